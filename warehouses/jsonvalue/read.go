package jsonvalue

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/tidemark/tidemark/inventory"
)

// What a row cannot be believed with, or without.
var (
	ErrMissing    = errors.New("it is missing")
	ErrNotUnicode = errors.New("the text holds a character that is not valid Unicode")
)

// Found says what a response is that is not what was expected, in words like those of a Kind. Nothing of the response is among them.
func Found(answer []byte) string {
	switch start := bytes.TrimSpace(answer); {
	case len(start) == 0:
		return "nothing"
	case start[0] == '<':
		return "an HTML page"
	case json.Valid(answer):
		return "JSON of another form"
	case start[0] == '{' || start[0] == '[':
		return "JSON that breaks off or goes on after its end"
	}
	return "something else"
}

// Parts are the members of an object with these names, all of which must be there, be it with null. An error calls the object so.
func (v Value) Parts(called string, names ...string) ([]Value, error) {
	if v.Kind() != Object {
		return nil, fmt.Errorf("%s: expected an object with %q, found %s", called, names[0], v.Kind())
	}
	parts, has := make([]Value, len(names)), make([]bool, len(names))
	twice, _ := v.Members(func(name string, member Value) error {
		for i := range names {
			if names[i] == name {
				parts[i], has[i] = member, true
			}
		}
		return nil
	})
	if twice != "" {
		return nil, fmt.Errorf("%s is given twice", inventory.Quoted(twice))
	}
	for i := range names {
		if !has[i] {
			return nil, fmt.Errorf("%q is missing", names[i])
		}
	}
	return parts, nil
}

// Descend follows names from object to object. A name that is missing, or given twice on the way, is an error.
func (v Value) Descend(path ...string) (Value, error) {
	for _, name := range path {
		parts, err := v.Parts("the answer", name)
		if err != nil {
			return Value{}, err
		}
		v = parts[0]
	}
	return v, nil
}

// ReadRow calls take for each member of an object that tells of a row. The first error becomes the row's Problem, and so does a name
// that is given twice. The row is read on after an error, for what else it says helps to find it.
func ReadRow(row *inventory.Row, object Value, take func(name string, member Value) error) {
	var sku, facility string // their names
	twice, _ := object.Members(func(name string, member Value) error {
		before, place, fine := row.SKU, row.Facility, row.Problem == ""
		if err := take(name, member); err != nil && fine {
			Note(row, name, err)
			NoteText(row, member)
		}
		if row.SKU != before {
			sku = name
		}
		if row.Facility != place {
			facility = name
		}
		return nil
	})
	NoteTwice(row, twice)
	Unclear(row, twice, []string{sku}, []string{facility})
}

// Unclear takes the SKU or the facility from a row when a name is given twice that it is read by: it is not known which one is meant.
func Unclear(row *inventory.Row, twice string, sku, facility []string) {
	same := func(name string) bool { return name != "" && strings.EqualFold(name, twice) }
	if slices.ContainsFunc(sku, same) {
		row.SKU = ""
	}
	if slices.ContainsFunc(facility, same) {
		row.Facility = ""
	}
}

// Note makes an error about a member the row's Problem, when it is the first one.
func Note(row *inventory.Row, name string, err error) {
	if err == nil || row.Problem != "" {
		return
	}
	kind := inventory.FaultForm
	switch {
	case errors.Is(err, ErrMissing):
		kind = inventory.FaultNoName
	case errors.Is(err, ErrNotUnicode):
		kind = inventory.FaultEncoding
	}
	row.RefuseFor(name, err, kind)
}

// NoteText keeps with the row's fault what stands in the response, where the fault does not say so.
func NoteText(row *inventory.Row, value Value) {
	if row.Fault != nil && row.Fault.Text == "" {
		fault := *row.Fault
		fault.Text = value.Raw()
		row.Refuse(fault, row.Problem)
	}
}

// NoteTwice makes a name that is given twice the row's Problem, before any other; empty is none.
func NoteTwice(row *inventory.Row, name string) {
	if name != "" {
		row.Refuse(inventory.Fault{Kind: inventory.FaultMemberTwice, Field: name}, inventory.Quoted(name)+" is given twice; it is not known which one is meant")
	}
}

// ReadText reads a name; null is none.
func ReadText(value Value) (string, error) {
	text, sound := value.Text()
	switch {
	case value.Kind() != Text && value.Kind() != Null:
		return "", fmt.Errorf("expected text, found %s", value.Kind())
	case !sound:
		return text, ErrNotUnicode
	}
	return text, nil
}

// ReadID reads a number that names something, from 1.
func ReadID(value Value) (int64, error) {
	id, err := strconv.ParseInt(value.Raw(), 10, 64)
	if err != nil || id <= 0 {
		return 0, fmt.Errorf("expected a positive whole number, found %s", value.Kind())
	}
	return id, nil
}

// ReadQuantity reads a figure; null is none, and is never taken for 0.
func ReadQuantity(value Value) (*int64, error) {
	switch value.Kind() {
	case Null:
		return nil, nil
	case Number:
		units, err := inventory.ParseQuantity(value.Raw())
		if err != nil {
			return nil, err
		}
		return &units, nil
	}
	return nil, fmt.Errorf("expected a whole number, found %s", value.Kind())
}

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
func Found(body []byte) string {
	switch start := bytes.TrimSpace(body); {
	case len(start) == 0:
		return "nothing"
	case start[0] == '<':
		return "an HTML page"
	case json.Valid(body):
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

// ReadDocument calls take for each member of a response that is one object. It is an error when a name is given twice, or when a required
// one is missing.
func ReadDocument(body []byte, required []string, take func(name string, member Value) error) error {
	document, err := Parse(body)
	if err != nil {
		return err
	}
	if document.Kind() != Object {
		return fmt.Errorf("expected an object, found %s", document.Kind())
	}
	given := map[string]bool{}
	twice, err := document.Members(func(name string, member Value) error {
		given[name] = true
		return take(name, member)
	})
	switch {
	case err != nil:
		return err
	case twice != "":
		return fmt.Errorf("%q is given twice", twice)
	}
	for _, name := range required {
		if !given[name] {
			return fmt.Errorf("%q is missing", name)
		}
	}
	return nil
}

// IsObject is true for a value that may tell of a row; otherwise the row is refused for its form.
func IsObject(row *inventory.Row, item Value) bool {
	if item.Kind() == Object {
		return true
	}
	row.Refuse(inventory.Fault{Kind: inventory.FaultForm, Text: item.Raw()}, fmt.Sprintf("expected an object, found %s", item.Kind()))
	return false
}

// List calls take for each element of what must be a list, counted from 1. An error calls the list so.
func (v Value) List(called string, take func(number int, element Value) error) error {
	if v.Kind() != List {
		return fmt.Errorf("%s: expected a list, found %s", called, v.Kind())
	}
	return v.Elements(take)
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

package config

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tidemark/tidemark/inventory"
)

// object is names with values of which the names were checked.
type object struct {
	l      *loader
	what   string // for messages: "warehouse portland"
	place  place
	fields map[string]field
	// excused are names of which a mistake was told already, so that their absence is no second one. The empty name stands for
	// an unknown name that is near to no known one.
	excused map[string]bool
}

// object checks that a node is names with values, that the names are known and that none comes twice.
func (l *loader) object(n *node, what string, names ...string) (*object, bool) {
	if n.kind != mapping {
		l.fail(n.place, "%s: expected lines like %s: …, found %s", what, names[0], n.kind)
		return nil, false
	}
	o := &object{l: l, what: what, place: n.place, fields: map[string]field{}, excused: map[string]bool{}}
	for _, item := range n.fields {
		first, twice := o.fields[item.name]
		switch {
		case !slices.Contains(names, item.name):
			near := suggest(item.name, names)
			o.excused[near] = true
			l.fail(item.place, "%s has no setting %s%s", what, inventory.Quoted(item.name), orElse(near, names))
		case twice:
			l.fail(item.place, "%s has %s twice; it stands first on line %d, keep one of them", what, item.name, first.line)
		case item.value.kind == nothing:
			o.excused[item.name] = true
			l.fail(item.place, "%s: %s has no value; give it one or remove the line", what, item.name)
		default:
			o.fields[item.name] = item
		}
	}
	return o, true
}

// orElse ends an error about an unknown name with what was meant, or with what there is.
func orElse(near string, names []string) string {
	switch {
	case near != "":
		return fmt.Sprintf("; did you mean %q?", near)
	case len(names) == 0:
		return ""
	}
	return "; it has " + strings.Join(names, ", ")
}

// sound is true when nothing was wrong with the object's names.
func (o *object) sound() bool { return len(o.excused) == 0 }

// get returns a value, nil when it is absent.
func (o *object) get(name string) *node {
	if field, ok := o.fields[name]; ok {
		return field.value
	}
	return nil
}

// need returns a value and tells its absence.
func (o *object) need(name, meaning string) *node {
	n := o.get(name)
	if n == nil && !o.excused[name] {
		o.l.fail(o.place, "%s needs %s: %s", o.what, name, meaning)
	}
	return n
}

// label is what an entry is called in messages: its kind and its id, where it has a valid one.
func label(kind string, n *node) string {
	for _, field := range n.fields {
		if field.name == "id" && field.value.kind == text && validID(field.value.text) {
			return kind + " " + field.value.text
		}
	}
	return "this " + kind
}

// text reads a text; an absent node is an empty one. It returns false when there is none, or not a usable one.
func (l *loader) text(n *node, what string) (string, bool) {
	switch {
	case n == nil:
		return "", false
	case n.kind == whole || n.kind == fraction || n.kind == truth:
		l.fail(n.place, "%s: expected text, found %s; put it in quotes", what, n.kind)
		return "", false
	case n.kind != text:
		l.fail(n.place, "%s: expected text, found %s", what, n.kind)
		return "", false
	case n.text == "":
		l.fail(n.place, "%s: the text is empty; give a value or remove the line", what)
		return "", false
	}
	return n.text, true
}

// sku reads a text that is passed on as it is: a facility, a location.
func (l *loader) sku(n *node, what string) (string, bool) {
	value, ok := l.text(n, what)
	if !ok {
		return "", false
	}
	if err := inventory.CheckSKU("text", value); err != nil {
		l.fail(n.place, "%s: %v", what, err)
		return "", false
	}
	return value, true
}

// maxIDLength is the longest id, in bytes: that of a DNS label, so that ids can stand in names of other systems.
const maxIDLength = 63

// id reads an id: of a merchant, warehouse, store or connection. One that is not valid is returned too, with false.
func (l *loader) id(n *node, what string) (string, bool) {
	value, ok := l.text(n, what)
	if !ok {
		return "", false
	}
	if !validID(value) {
		l.fail(n.place, "%s: %s is not a valid id; expected 1 to %d of a-z, 0-9 and -, not beginning with -", what, inventory.Quoted(value), maxIDLength)
		return value, false
	}
	return value, true
}

func validID(value string) bool {
	for i, letter := range []byte(value) {
		letterOrDigit := letter >= 'a' && letter <= 'z' || letter >= '0' && letter <= '9'
		if !letterOrDigit && (letter != '-' || i == 0) {
			return false
		}
	}
	return value != "" && len(value) <= maxIDLength
}

// truth reads true or false.
func (l *loader) truth(n *node, what string, absent bool) bool {
	switch {
	case n == nil:
		return absent
	case n.kind != truth:
		l.fail(n.place, "%s: expected true or false, found %s", what, found(n))
		return absent
	}
	return n.text == "true"
}

// number reads a whole number within bounds. It returns false when there is none, or not a usable one.
func (l *loader) number(n *node, what string, least, most int64) (int64, bool) {
	if n == nil {
		return 0, false
	}
	value, ok := int64(0), n.kind == whole && (n.text == "0" || !strings.HasPrefix(n.text, "0"))
	if ok {
		parsed, err := inventory.ParseQuantity(n.text)
		value, ok = parsed, err == nil && parsed >= least && parsed <= most
	}
	if !ok {
		l.fail(n.place, "%s: expected a whole number from %d to %d, found %s", what, least, most, found(n))
		return 0, false
	}
	return value, true
}

// choice reads one of several words.
func (l *loader) choice(n *node, what string, choices ...string) (string, bool) {
	if n == nil {
		return "", false
	}
	if n.kind != text || !slices.Contains(choices, n.text) {
		near := ""
		if n.kind == text {
			near = suggest(n.text, choices)
		}
		hint := ""
		if near != "" {
			hint = fmt.Sprintf("; did you mean %q?", near)
		}
		l.fail(n.place, "%s: expected %s, found %s%s", what, either(choices), found(n), hint)
		return "", false
	}
	return n.text, true
}

// list reads a list. It returns false when there is none, or something else.
func (l *loader) list(n *node, what string) ([]*node, bool) {
	switch {
	case n == nil:
		return nil, true
	case n.kind != list:
		l.fail(n.place, "%s: expected a list, found %s; begin each entry with \"- \", or write [] for none", what, n.kind)
		return nil, false
	}
	return n.items, true
}

// found describes a value that was not expected. Only short values of the file's own settings come here, never those of a
// driver, which may be secrets in the wrong place.
func found(n *node) string {
	switch n.kind {
	case text:
		return inventory.Quoted(n.text)
	case whole, fraction, truth:
		return n.text
	}
	return n.kind.String()
}

func either(choices []string) string {
	if len(choices) == 1 {
		return choices[0]
	}
	last := len(choices) - 1
	return strings.Join(choices[:last], ", ") + " or " + choices[last]
}

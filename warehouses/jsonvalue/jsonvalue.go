// Package jsonvalue reads JSON as it is written, for drivers of warehouses with an API.
//
// encoding/json reads into structs what it takes to be meant: a missing figure and null become 0, of two members whose names
// differ in case the last one wins, 1e3 and 5.0 are numbers like others, and invalid text is mended. Each of these would put a
// wrong number on a store. Here a driver sees every member, once, in its raw form, and decides.
package jsonvalue

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"
)

// Kind is what a value is.
type Kind string

// The kinds, in words that an error can use ("expected text, found a number").
const (
	Null    Kind = "null"
	Boolean Kind = "true or false"
	Number  Kind = "a number"
	Text    Kind = "text"
	List    Kind = "a list"
	Object  Kind = "an object"
)

// Value is a JSON value as it is written. The zero Value is none. It shares the memory of the text that it was parsed from.
type Value struct{ raw []byte }

// Parse takes in a document. Nothing may be missing at its end and nothing may follow it. A byte order mark before it is skipped.
func Parse(document []byte) (Value, error) {
	document = bytes.TrimPrefix(document, []byte("\ufeff"))
	if !json.Valid(document) {
		return Value{}, fmt.Errorf("expected one JSON value, whole and with nothing behind it; found %s", Found(document))
	}
	return Value{bytes.TrimSpace(document)}, nil
}

// Kind is what the value is.
func (v Value) Kind() Kind {
	if len(v.raw) == 0 {
		return Null
	}
	switch v.raw[0] {
	case '{':
		return Object
	case '[':
		return List
	case '"':
		return Text
	case 't', 'f':
		return Boolean
	case 'n':
		return Null
	}
	return Number
}

// Raw is the value as it is written: of a number the figures, not what they come to.
func (v Value) Raw() string { return string(v.raw) }

// Text is the content of a text, empty for another kind. It is not sound when it held something that is no Unicode text:
// invalid UTF-8 or half a surrogate pair, which all look the same once they are read.
func (v Value) Text() (text string, sound bool) {
	if v.Kind() != Text {
		return "", true
	}
	if bytes.IndexByte(v.raw, '\\') < 0 {
		text = string(v.raw[1 : len(v.raw)-1])
	} else if err := json.Unmarshal(v.raw, &text); err != nil {
		return "", false
	}
	return text, utf8.ValidString(text) && !strings.ContainsRune(text, utf8.RuneError)
}

// Members calls take for each member of an object, in order. It returns a name that is given twice, be it in another case;
// empty when there is none. A value that is no object has no members.
func (v Value) Members(take func(name string, member Value) error) (twice string, err error) {
	if v.Kind() != Object {
		return "", nil
	}
	var seen names
	for at := next(v.raw, 1); v.raw[at] != '}'; {
		end := skip(v.raw, at)
		name, _ := Value{v.raw[at:end]}.Text()
		if seen.add(name) {
			twice = name
		}
		at = next(v.raw, next(v.raw, end)+1) // behind the colon
		end = skip(v.raw, at)
		if err := take(name, Value{v.raw[at:end]}); err != nil {
			return "", err
		}
		if at = next(v.raw, end); v.raw[at] == ',' {
			at = next(v.raw, at+1)
		}
	}
	return twice, nil
}

// names are those that were seen: a few are compared with each other, which costs no memory; many are folded and looked up.
type names struct {
	few  [16]string
	used int
	many map[string]bool
}

// add notes a name, and tells whether it was seen before.
func (n *names) add(name string) (again bool) {
	if n.many == nil && n.used < len(n.few) {
		for _, before := range n.few[:n.used] {
			again = again || strings.EqualFold(before, name)
		}
		n.few[n.used] = name
		n.used++
		return again
	}
	if n.many == nil {
		n.many = map[string]bool{}
		for _, before := range n.few {
			n.many[folded(before)] = true
		}
	}
	again = n.many[folded(name)]
	n.many[folded(name)] = true
	return again
}

// folded makes names equal that strings.EqualFold takes for equal. It goes up and down, for some letters have two of one.
func folded(name string) string { return strings.ToLower(strings.ToUpper(name)) }

// Elements calls take for each element of a list, counted from 1. A value that is no list has none.
func (v Value) Elements(take func(number int, element Value) error) error {
	if v.Kind() != List {
		return nil
	}
	number := 1
	for at := next(v.raw, 1); v.raw[at] != ']'; number++ {
		end := skip(v.raw, at)
		if err := take(number, Value{v.raw[at:end]}); err != nil {
			return err
		}
		if at = next(v.raw, end); v.raw[at] == ',' {
			at = next(v.raw, at+1)
		}
	}
	return nil
}

// next is where the next thing that is not space begins. Inside a valid document there always is one.
func next(raw []byte, at int) int {
	for raw[at] == ' ' || raw[at] == '\n' || raw[at] == '\t' || raw[at] == '\r' {
		at++
	}
	return at
}

// skip is where the value ends that begins at a place.
func skip(raw []byte, at int) int {
	for depth := 0; ; {
		switch raw[at] {
		case '"':
			at = closing(raw, at)
		case '{', '[':
			depth++
			at++
		case '}', ']':
			depth--
			at++
		case ' ', '\n', '\t', '\r', ',', ':':
			at++
		default: // a number, true, false or null
			for at < len(raw) && bytes.IndexByte([]byte(" \n\t\r,:]}"), raw[at]) < 0 {
				at++
			}
		}
		if depth == 0 {
			return at
		}
	}
}

// closing is behind the text that begins at a place.
func closing(raw []byte, at int) int {
	for at++; raw[at] != '"'; at++ {
		if raw[at] == '\\' {
			at++
		}
	}
	return at + 1
}

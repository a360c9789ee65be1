package config

import (
	"bytes"
	"cmp"
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// kind is what a value of the file is.
type kind int

const (
	nothing kind = iota
	text
	whole    // an integer
	fraction // any other number
	truth
	list
	mapping
)

func (k kind) String() string {
	return [...]string{"nothing", "text", "a number", "a number with a fraction", "true or false", "a list", "names with values"}[k]
}

// node is a value of the file with its place.
type node struct {
	place
	kind   kind
	text   string // of a scalar, as it is written; of a text, its value
	fields []field
	items  []*node
}

// field is a name with its value.
type field struct {
	place // of the name
	name  string
	value *node
}

// maxDepth is how deep values may be nested. The configuration needs 7.
const maxDepth = 50

// tree parses the file, or says why it cannot be.
func (l *loader) tree(content []byte) *node {
	top := place{l.path, 1, 1}
	content = bytes.ReplaceAll(bytes.TrimPrefix(content, []byte("\ufeff")), []byte("\r\n"), []byte("\n"))
	switch {
	case len(content) > maxFileBytes:
		l.fail(place{file: l.path}, "the file is larger than %d MiB; move catalogues into CSV files and name these under catalog", maxFileBytes>>20)
		return nil
	case !utf8.Valid(content):
		l.fail(firstInvalid(l.path, content), "the file is not valid UTF-8; save it as UTF-8")
		return nil
	case bytes.IndexByte(content, '\r') >= 0:
		l.fail(after(l.path, content[:bytes.IndexByte(content, '\r')]),
			"a carriage return stands here without a line feed; save the file with line ends of one kind, LF or CR LF")
		return nil
	case tooDeep(content):
		l.fail(top, "the file opens brackets %d deep or deeper; close the brackets", 4*maxDepth)
		return nil
	}
	file, err := parse(content)
	if err != nil {
		l.syntax(err)
		return nil
	}
	var root *node
	for _, document := range file.Docs {
		if document.Body == nil || document.Body.Type() == ast.CommentType || document.Body.Type() == ast.CommentGroupType {
			continue
		}
		if root != nil {
			l.fail(l.at(cmp.Or(document.Start, document.Body.GetToken())), "a second document begins here; a configuration is one document, remove the line ---")
			return nil
		}
		root = &node{}
		if before := len(l.errors); !l.convert(document.Body, root, 0) || len(l.errors) > before {
			return nil
		}
	}
	if root == nil {
		l.fail(top, "the file is empty; a configuration has warehouses, stores and connections (see examples/demo.yaml)")
	}
	return root
}

// parse shields the caller from a parser that gives up in a panic.
func parse(content []byte) (file *ast.File, err error) {
	defer func() {
		if caught := recover(); caught != nil {
			file, err = nil, errors.New("the file is not YAML that can be read; look for stray characters and wrong indentation")
		}
	}()
	return parser.ParseBytes(content, 0, parser.AllowDuplicateMapKey())
}

// syntax tells a mistake of the file's form. The parser's picture of the line is left out, for it may hold a secret.
func (l *loader) syntax(err error) {
	var syntax *yaml.SyntaxError
	if errors.As(err, &syntax) && syntax.Token != nil {
		l.fail(l.at(syntax.Token), "this is not valid YAML: %s; check the indentation, the quotes and the brackets here and on the line before", syntax.Message)
		return
	}
	l.fail(place{l.path, 1, 1}, "%v", err)
}

func (l *loader) at(t *token.Token) place {
	if t == nil || t.Position == nil {
		return place{l.path, 1, 1}
	}
	return place{l.path, max(t.Position.Line, 1), max(t.Position.Column, 1)}
}

// convert turns a value of the parser into a node. It returns false when the value cannot be used; then it was told why.
func (l *loader) convert(from ast.Node, into *node, depth int) bool {
	into.place = l.at(from.GetToken())
	if depth > maxDepth {
		l.fail(into.place, "values are nested deeper than %d here; a configuration needs no such depth", maxDepth)
		return false
	}
	switch value := from.(type) {
	case *ast.MappingNode:
		return l.convertFields(value.Values, into, depth)
	case *ast.MappingValueNode:
		return l.convertFields([]*ast.MappingValueNode{value}, into, depth)
	case *ast.SequenceNode:
		into.kind = list
		ok := true
		for _, entry := range value.Values {
			item := &node{}
			ok = l.convert(entry, item, depth+1) && ok
			into.items = append(into.items, item)
		}
		return ok
	case *ast.NullNode:
		into.kind = nothing
	case *ast.StringNode:
		into.kind, into.text = text, value.Value
	case *ast.LiteralNode:
		into.kind, into.text = text, value.Value.Value
	case *ast.BoolNode:
		into.kind, into.text = truth, strings.ToLower(value.GetToken().Value)
	case *ast.IntegerNode:
		into.kind, into.text = whole, value.GetToken().Value
	case *ast.FloatNode:
		into.kind, into.text = fraction, value.GetToken().Value
	case *ast.InfinityNode, *ast.NanNode:
		into.kind, into.text = fraction, from.GetToken().Value
	case *ast.AnchorNode, *ast.AliasNode:
		l.fail(into.place, "anchors (&) and aliases (*) are not supported; write the value out, in quotes if it is text that begins so")
		return false
	case *ast.TagNode:
		l.fail(into.place, "tags (!) are not supported; write the value without it, in quotes if it is text that begins so")
		return false
	default:
		l.fail(into.place, "%s is not supported here; write a plain value", from.Type())
		return false
	}
	return true
}

func (l *loader) convertFields(pairs []*ast.MappingValueNode, into *node, depth int) bool {
	into.kind = mapping
	ok := true
	for i, pair := range pairs {
		at := l.at(pair.Key.GetToken())
		if i == 0 && (at.line < into.line || at.line == into.line && at.column < into.column) {
			into.place = at // without brackets, values begin at their first name and not at its colon
		}
		var name string
		switch key := pair.Key.(type) {
		case *ast.StringNode:
			name = key.Value
		case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.NullNode:
			name = key.GetToken().Value
		case *ast.MergeKeyNode:
			l.fail(at, "merging (<<) is not supported; write the values out")
			ok = false
			continue
		default:
			l.fail(at, "a name must be plain text; expected a line like name: value")
			ok = false
			continue
		}
		value := &node{}
		if pair.Value == nil {
			value.place = at
		} else {
			ok = l.convert(pair.Value, value, depth+1) && ok
		}
		into.fields = append(into.fields, field{place: at, name: name, value: value})
	}
	return ok
}

// tooDeep tells whether brackets are nested so deep that the parser should not be given the text. Brackets within quotes and
// comments count as well; a new name at the beginning of a line starts anew.
func tooDeep(content []byte) bool {
	for line := range bytes.Lines(content) {
		if bytes.Count(line, []byte("- ")) > 100*maxDepth && len(bytes.Trim(line, "- ?\r\n")) == 0 {
			return true
		}
	}
	open := 0
	start := true
	for _, character := range content {
		switch {
		case character == '[' || character == '{':
			open++
		case character == ']' || character == '}':
			open = max(open-1, 0)
		case start && character >= 'a' && character <= 'z':
			open = 0
		}
		if open > 4*maxDepth {
			return true
		}
		start = character == '\n'
	}
	return false
}

// firstInvalid is where a text stops being UTF-8.
func firstInvalid(path string, content []byte) place {
	valid := 0
	for valid < len(content) {
		letter, size := utf8.DecodeRune(content[valid:])
		if letter == utf8.RuneError && size == 1 {
			break
		}
		valid += size
	}
	return after(path, content[:valid])
}

// after is the place behind a text.
func after(path string, text []byte) place {
	return place{path, 1 + bytes.Count(text, []byte("\n")), 1 + utf8.RuneCount(text[bytes.LastIndexByte(text, '\n')+1:])}
}

package config

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/tidemark/tidemark/inventory"
)

const (
	// maxCatalogBytes and maxCatalogRows bound one catalogue file. A larger one is not a catalogue.
	maxCatalogBytes = 256 << 20
	maxCatalogRows  = 5_000_000
	// maxTextBytes bounds a name or a barcode.
	maxTextBytes = 1024
	// shownErrors is how many mistakes of one catalogue file are told: they tend to be the same one in every row.
	shownErrors = 20
)

// columns are the names of a file's columns, in any order.
type columns struct{ required, optional []string }

func (c columns) all() []string { return slices.Concat(c.required, c.optional) }

// table reads a CSV file with a header, row by row, and tells what is wrong with it.
type table struct {
	l        *loader
	file     string
	content  []byte
	reader   *csv.Reader
	position map[string]int // column → its position
	header   []string
	row      []string
	rows     int
	told     int
	over     bool
}

// openTable reads a file and its header. What is wrong with the file as a whole is told at the place that names it.
func (l *loader) openTable(file string, named place, c columns) (*table, bool) {
	content, err := readCatalog(file)
	if err != nil {
		l.fail(named, "%q: %s", file, err)
		return nil, false
	}
	content, at, wrong := plainText(file, content)
	if wrong != "" {
		l.fail(at, "%s", wrong)
		return nil, false
	}
	content, separator := separatorOf(content, c.all())
	t := &table{l: l, file: file, content: content, reader: csv.NewReader(bytes.NewReader(content)), position: map[string]int{}}
	t.reader.Comma = separator
	t.reader.FieldsPerRecord = -1 // rows of another length are told in our words
	t.reader.ReuseRecord = true
	return t, t.readHeader(c)
}

func readCatalog(file string) ([]byte, error) {
	info, err := os.Stat(file)
	switch {
	case err != nil:
		return nil, errors.New(unreadable(err))
	case !info.Mode().IsRegular():
		return nil, errors.New("this is not a file; name a CSV file")
	case info.Size() > maxCatalogBytes:
		return nil, fmt.Errorf("the file is larger than %d MiB; split it", maxCatalogBytes>>20)
	}
	content, err := os.ReadFile(file)
	if err != nil {
		return nil, errors.New(unreadable(err))
	}
	return content, nil
}

func (t *table) readHeader(c columns) bool {
	expected := "a first line with the columns " + strings.Join(c.all(), ",")
	row, err := t.reader.Read()
	if err == io.EOF {
		t.l.fail(place{t.file, 1, 1}, "the file is empty; expected %s", expected)
		return false
	}
	if err != nil {
		t.malformed(err)
		return false
	}
	t.header = slices.Clone(row)
	if !slices.ContainsFunc(t.header, func(name string) bool { return slices.Contains(c.all(), name) || suggest(name, c.all()) != "" }) {
		t.l.fail(t.at(0), "the file has no header; expected %s", expected)
		return false
	}
	before := len(t.l.errors)
	meant := map[string]bool{}
	for i, name := range t.header {
		_, twice := t.position[name]
		switch {
		case !slices.Contains(c.all(), name):
			near := suggest(name, c.all())
			meant[near] = true
			t.l.fail(t.at(i), "the column %s is not known%s", inventory.Quoted(name), orElse(near, c.all()))
		case twice:
			t.l.fail(t.at(i), "the column %s comes twice; keep one of them", name)
		default:
			t.position[name] = i
		}
	}
	for _, name := range c.required {
		if _, ok := t.position[name]; !ok && !meant[name] {
			t.l.fail(t.at(0), "the column %s is missing; expected %s", name, expected)
		}
	}
	return len(t.l.errors) == before
}

// next reads the next row that has the right number of fields.
func (t *table) next() bool {
	for !t.over {
		row, err := t.reader.Read()
		if err == io.EOF {
			return false
		}
		if err != nil {
			t.malformed(err) // where the next row begins is not known after that
			return false
		}
		if blank(row) {
			continue
		}
		t.row = row
		if t.rows++; t.rows > maxCatalogRows {
			t.fail(0, "the file has more than %d rows; split it", maxCatalogRows)
			return false
		}
		if len(row) == len(t.header) {
			return true
		}
		t.fail(min(len(row), len(t.header)+1)-1, "the row has %d fields, the header %d; put values with commas in quotes", len(row), len(t.header))
	}
	return false
}

// malformed tells a mistake of the file's form.
func (t *table) malformed(err error) {
	var parse *csv.ParseError
	if !errors.As(err, &parse) {
		t.l.fail(place{t.file, 1, 1}, "the file cannot be read: %v", err)
		return
	}
	reason := "this is not valid CSV"
	switch {
	case errors.Is(err, csv.ErrBareQuote):
		reason = "a quote stands within a value without quotes; put the value in quotes and double the quote"
	case errors.Is(err, csv.ErrQuote):
		reason = "a value in quotes does not end, or goes on after its closing quote; a quote within it is doubled"
		if parse.StartLine != parse.Line {
			reason += fmt.Sprintf(" (the row begins on line %d)", parse.StartLine)
		}
	}
	t.l.fail(t.characters(parse.Line, parse.Column), "%s", reason)
}

// at is where a field of the last row stands.
func (t *table) at(index int) place {
	line, column := t.reader.FieldPos(index)
	return t.characters(line, column)
}

// characters turns a column in bytes into one in characters.
func (t *table) characters(line, column int) place {
	rest := t.content
	for range line - 1 {
		_, after, matched := bytes.Cut(rest, []byte("\n"))
		if !matched {
			break
		}
		rest = after
	}
	return place{t.file, line, utf8.RuneCount(rest[:min(max(column-1, 0), len(rest))]) + 1}
}

// fail tells a mistake of a field, up to a number of them.
func (t *table) fail(index int, format string, arguments ...any) {
	line, column := t.reader.FieldPos(index)
	t.failAt(place{t.file, line, column}, format, arguments...)
}

// failAt is fail for a place whose column is in bytes.
func (t *table) failAt(at place, format string, arguments ...any) {
	t.told++
	switch {
	case t.told <= shownErrors:
		t.l.fail(t.characters(at.line, at.column), format, arguments...)
	case !t.over:
		t.over = true
		t.l.fail(t.characters(at.line, at.column), "the file has more mistakes from here on; correct those above first")
	}
}

// value returns a column of the row, empty when the file does not have it.
func (t *table) value(column string) (text string, index int) {
	index, ok := t.position[column]
	if !ok {
		return "", 0
	}
	return strings.Clone(t.row[index]), index
}

// sku reads an SKU. It is opaque: spaces around it belong to it.
func (t *table) sku(column string) (string, bool) {
	sku, index := t.value(column)
	if err := inventory.CheckSKU(column, sku); err != nil {
		t.fail(index, "%v; expected an SKU", err)
		return "", false
	}
	return sku, true
}

// short reads a text for people.
func (t *table) short(column string) string {
	value, index := t.value(column)
	if len(value) > maxTextBytes || strings.Contains(value, "\x00") {
		t.fail(index, "the %s is longer than %d bytes or holds a NUL byte; shorten it", column, maxTextBytes)
		return ""
	}
	return value
}

// count reads how many units of a component are in a bundle.
func (t *table) count(column string) (int64, bool) {
	value, index := t.value(column)
	count, err := inventory.ParseQuantity(value)
	if err != nil || count < 1 {
		t.fail(index, "the count %s cannot be used; expected a whole number from 1", inventory.Quoted(value))
		return 0, false
	}
	return count, true
}

// scope is the owner of a file's rows; a file whose owner is not known is a world of its own.
func (t *table) scope(owner string) string {
	if owner == "" {
		return "\x00" + t.file
	}
	return owner
}

// once refuses what was defined before. What is seen first is kept with its line and its column in bytes.
func once[K comparable](t *table, seen map[K]place, key K, column, what string) bool {
	index := t.position[column]
	line, inBytes := t.reader.FieldPos(index)
	if first, twice := seen[key]; twice {
		where := fmt.Sprintf("on line %d", first.line)
		if first.file != t.file {
			where = fmt.Sprintf("in %s:%d", first.file, first.line)
		}
		t.fail(index, "%s is defined twice, first %s; keep one of them", what, where)
		return false
	}
	seen[key] = place{t.file, line, inBytes}
	return true
}

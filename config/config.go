// Package config reads the configuration file and the catalogue files that it names, and checks all of it before anything is
// done with it.
//
// It is strict: an unknown key, a value of another type, a name that leads nowhere is an error, never ignored and never
// guessed around. Every error has its file, line and column, all of them are collected, and a mistake makes one error. It
// changes nothing, asks no server and resolves no credential: a credential in clear is refused without being repeated.
//
// Lines and columns are counted from 1, columns in characters.
package config

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/settings"
)

// Drivers are the drivers that a configuration may name, with what can be set on them.
type Drivers struct {
	Warehouses, Channels map[string]settings.Spec
}

// Options are the exceptions that a person asked for.
type Options struct {
	// Force turns the refusal of a Full Sync schedule of more than once a day into a warning.
	Force bool
}

// Error is one mistake.
type Error struct {
	File         string
	Line, Column int // 0 when the file as a whole is meant
	Message      string
}

func (e Error) Error() string { return place{e.File, e.Line, e.Column}.String() + ": " + e.Message }

// Errors are all the mistakes that were found, ordered by their place: the configuration file first, then the others by name.
type Errors []Error

// Error gives one mistake a line.
func (e Errors) Error() string {
	lines := make([]string, len(e))
	for i, failure := range e {
		lines[i] = failure.Error()
	}
	return strings.Join(lines, "\n")
}

// Warning is something that is allowed and that a person should know of.
type Warning struct {
	File         string
	Line, Column int
	Message      string
}

func (w Warning) String() string {
	return place{w.File, w.Line, w.Column}.String() + ": warning: " + w.Message
}

// maxFileBytes is the largest configuration file that is read. Catalogues belong in files of their own.
const maxFileBytes = 4 << 20

// Load reads and checks a configuration file. What is wrong with it is returned as Errors; then nothing else is returned.
func Load(path string, drivers Drivers, options Options) (ledger.Definitions, []Warning, error) {
	file, err := os.Open(path)
	if err != nil {
		return ledger.Definitions{}, nil, Errors{{File: path, Message: unreadable(err)}}
	}
	defer func() { _ = file.Close() }() // it was only read
	content, err := io.ReadAll(io.LimitReader(file, maxFileBytes+1))
	if err != nil {
		return ledger.Definitions{}, nil, Errors{{File: path, Message: unreadable(err)}}
	}
	return Parse(path, content, drivers, options)
}

// Parse checks the content of a configuration file. Catalogue files are read relative to the path's folder.
func Parse(path string, content []byte, drivers Drivers, options Options) (ledger.Definitions, []Warning, error) {
	l := &loader{path: path, drivers: drivers, options: options, pairs: map[[3]string]place{}, locations: map[string]place{}, insist: "apply with --force"}
	if root := l.tree(content); root != nil {
		l.document(root)
	}
	if len(l.errors) > 0 {
		slices.SortStableFunc(l.errors, func(a, b Error) int {
			return l.order(place{a.File, a.Line, a.Column}, place{b.File, b.Line, b.Column})
		})
		return ledger.Definitions{}, nil, l.errors
	}
	slices.SortStableFunc(l.warnings, func(a, b Warning) int {
		return l.order(place{a.File, a.Line, a.Column}, place{b.File, b.Line, b.Column})
	})
	return l.definitions, l.warnings, nil
}

// place is where something stands.
type place struct {
	file         string
	line, column int
}

func (p place) String() string {
	if p.line == 0 {
		return p.file
	}
	return fmt.Sprintf("%s:%d:%d", p.file, p.line, p.column)
}

// loader collects what is defined and what is wrong.
type loader struct {
	path        string
	drivers     Drivers
	options     Options
	errors      Errors
	warnings    []Warning
	definitions ledger.Definitions

	merchants   names
	warehouses  names
	stores      names
	connections names
	pairs       map[[3]string]place // connections by merchant, warehouse and store
	locations   map[string]place    // connection id → where its locations stand
	insist      string              // how a person insists on a Full Sync of more than once a day; empty where nobody can
}

func (l *loader) fail(at place, format string, arguments ...any) {
	l.errors = append(l.errors, Error{File: at.file, Line: at.line, Column: at.column, Message: fmt.Sprintf(format, arguments...)})
}

func (l *loader) warn(at place, format string, arguments ...any) {
	l.warnings = append(l.warnings, Warning{File: at.file, Line: at.line, Column: at.column, Message: fmt.Sprintf(format, arguments...)})
}

func (l *loader) order(a, b place) int {
	own := func(p place) int {
		if p.file == l.path {
			return 0
		}
		return 1
	}
	return cmp.Or(cmp.Compare(own(a), own(b)), cmp.Compare(a.file, b.file), cmp.Compare(a.line, b.line), cmp.Compare(a.column, b.column))
}

// document reads the whole file: first what others refer to, then those that refer.
func (l *loader) document(root *node) {
	o, ok := l.object(root, "the configuration", "warehouses", "stores", "connections", "strategies", "catalog", "console")
	if !ok {
		return
	}
	l.console(o.get("console"))
	l.each(o, "warehouses", &l.warehouses, l.warehouse)
	l.each(o, "stores", &l.stores, l.store)
	l.each(o, "connections", &l.connections, l.connection)
	l.each(o, "strategies", nil, l.strategy)
	if n := o.get("catalog"); n != nil {
		l.catalog(n)
	}
	l.checkOverwriting()
	if n := o.get("connections"); n != nil {
		l.checkEnabled(n)
	}
}

// each reads the entries of one of the file's lists. What refers to a list that could not be read whole is not checked
// against it, for the mistake was already told.
func (l *loader) each(o *object, name string, defined *names, read func(*node)) {
	items, ok := l.list(o.get(name), name)
	if defined != nil && (!ok || o.excused[name] || o.get(name) == nil && o.excused[""]) {
		defined.incomplete = true
	}
	for _, item := range items {
		read(item)
	}
	if defined != nil && defined.incomplete && defined != &l.connections {
		l.merchants.incomplete = true // merchants are known by what they own
	}
}

// unreadable says why a file cannot be read.
func unreadable(err error) string {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "there is no such file; check the path"
	case errors.Is(err, fs.ErrPermission):
		return "the file may not be read by this user; change its permissions"
	}
	var failed *fs.PathError
	if errors.As(err, &failed) {
		err = failed.Err
	}
	return fmt.Sprintf("the file cannot be read: %v", err)
}

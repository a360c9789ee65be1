package csv

import (
	"context"
	"errors"
	"io/fs"
	"strconv"

	"golang.org/x/text/encoding/unicode"

	"github.com/tidemark/tidemark/warehouses"
)

// unreadable is the error of a file or folder that its place does not let us read.
func unreadable(path string, err error) error {
	var judged *warehouses.Error
	switch {
	case errors.As(err, &judged), errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	case errors.Is(err, fs.ErrNotExist):
		return warehouses.NeedsPerson(nil, "%s is not there; check the setting path, and that the worker sees the folder", path)
	case errors.Is(err, fs.ErrPermission):
		return warehouses.NeedsPerson(nil, "%s may not be read by the worker; grant it the right to", path)
	}
	return warehouses.Faltered(err, "%s cannot be read", path)
}

// truncated is the error of a file that is not whole. A whole one may be on its way.
func truncated(name string, line int, what string) *warehouses.Error {
	if name == "" {
		return warehouses.Faltered(nil, "line %d: it is truncated: %s", line, what)
	}
	return warehouses.Faltered(nil, "%s:%d: the file is truncated: %s; nothing of it was taken", name, line, what)
}

// lineOf is a line for a person, of a file or, without its name, of what was sent.
func lineOf(name string, line int) string {
	if name == "" {
		return "line " + strconv.Itoa(line)
	}
	return name + ":" + strconv.Itoa(line)
}

// whole is a file for a person, or what was sent.
func whole(name string) string {
	if name == "" {
		return "the body"
	}
	return name
}

// advise is what a setting could do; nothing in Tidemark's own form, which no setting changes.
func (f format) advise(advice string) string {
	if f.own {
		return ""
	}
	return advice
}

// mended is an error that a setting would mend.
func mended(failed *warehouses.Error, setting string, value any) *warehouses.Error {
	failed.Mends = []warehouses.Setting{{Name: setting, Value: value}}
	return failed
}

// tooLarge is the error of a file that is larger than agreed on.
func (s *source) tooLarge(path, size string) error {
	return warehouses.NeedsPerson(nil, "%s has %s bytes, and max_bytes is %d; raise it if the file is right", path, size, s.maxBytes)
}

// altered is the error of a file that cannot be taken for one and the same from its beginning to its end.
func altered(path string) error {
	return warehouses.Faltered(nil, "%s changed while it was read; nothing of it was taken", path)
}

// broken is the error of a file that cannot be read on from a line.
func broken(f format, name string, line int, err error) error {
	const bare = "if the file puts no field in quotes, set quotes: none"
	switch {
	case errors.Is(err, errStrayQuote):
		return mended(warehouses.NeedsPerson(nil, "%s: %v%s", lineOf(name, line), err, f.advise(", or set quotes: none if the file puts no field in quotes")),
			"quotes", quotesNone)
	case errors.Is(err, errOpenQuote):
		return mended(truncated(name, line, "it ends inside a quoted field that begins in this row"+f.advise("; "+bare)), "quotes", quotesNone)
	case errors.Is(err, errTooLong) && f.own:
		return warehouses.NeedsPerson(nil, "%s: the row is longer than %d bytes; perhaps a quote is never closed", lineOf(name, line), f.limits.record)
	case errors.Is(err, errTooLong):
		return mended(warehouses.NeedsPerson(nil, "%s: %v: %s", lineOf(name, line), err, bare), "quotes", quotesNone)
	case errors.Is(err, errBackslash):
		return mended(warehouses.NeedsPerson(nil, "%s: %v%s", lineOf(name, line), err,
			f.advise("; if the file puts a backslash before it in place of that, set quotes: backslash")), "quotes", quotesBackslash)
	case errors.Is(err, errAfterQuote):
		return mended(warehouses.NeedsPerson(nil, "%s: %v%s", lineOf(name, line), err, f.advise("; "+bare)), "quotes", quotesNone)
	case errors.Is(err, unicode.ErrMissingBOM):
		return warehouses.NeedsPerson(nil, "%s: encoding is set to utf-16, and the file does not begin with a byte order mark; set encoding to what it is written in",
			whole(name))
	}
	return warehouses.Faltered(err, "%s: the file cannot be read on", lineOf(name, line))
}

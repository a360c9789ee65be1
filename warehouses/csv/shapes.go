package csv

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/tidemark/tidemark/settings"
)

// The names and choices of the settings that say what a file looks like around its rows.
const (
	nameHeader      = "header"
	nameHeaderLine  = "header_line"
	nameSkipRows    = "skip_rows"
	nameStopAt      = "stop_at"
	headerAuto      = "auto"
	quotesNone      = "none"
	quotesBackslash = "backslash"
	rowsAccept      = "accept"
)

// autoLines is how far down header: auto, and the hint of a header that is not in the first line, look for it.
const autoLines = 100

// shapes are what a file looks like around its rows.
type shapes struct {
	headerLine int  // on which line the header stands; 0 where the setting says nothing
	headerAuto bool // the header is the first line that has the columns
	short      bool // a row may leave out fields at its end
	long       bool // a row may have empty fields behind those of the header
	skip, stop patterns
}

func newShapes(values settings.Values) shapes {
	return shapes{
		headerLine: int(values.Integer(nameHeaderLine)),
		headerAuto: values.Text(nameHeader) == headerAuto,
		short:      values.Text("short_rows") == rowsAccept,
		long:       values.Text("long_rows") == rowsAccept,
		skip:       newPatterns(values.List(nameSkipRows)),
		stop:       newPatterns(values.List(nameStopAt)),
	}
}

// shapeSettings judges them.
type shapeSettings struct{}

// Judge reports what is wrong with each.
func (shapeSettings) Judge(spec settings.Spec, values settings.Values) []settings.Problem {
	var problems []settings.Problem
	tell := func(option, format string, arguments ...any) {
		problems = append(problems, settings.Problem{Option: option, Message: fmt.Sprintf("%s of %s: ", option, spec.Driver) + fmt.Sprintf(format, arguments...)})
	}
	_, plain := values[nameHeader].(bool)
	switch line := values.Integer(nameHeaderLine); {
	case line > 0 && values.Text(nameHeader) == headerAuto:
		tell(nameHeaderLine, "header: auto looks for the header, and this says where it is; leave one of them out")
	case line > 0 && plain && !values.Boolean(nameHeader):
		tell(nameHeaderLine, "header is false, so there is none; leave one of them out")
	}
	for _, option := range []string{nameSkipRows, nameStopAt} {
		for _, pattern := range values.List(option) {
			if strings.Trim(pattern, "*") == "" || strings.ContainsAny(pattern, "\r\n") {
				tell(option, "%q is not the text of a line, with * for any text, like \"Total*\"; it would fit every line", pattern)
			}
		}
	}
	return problems
}

// patterns are lines as they are written, with * for any text.
type patterns [][][]byte

func newPatterns(texts []string) patterns {
	var all patterns
	for _, text := range texts {
		var parts [][]byte
		for part := range strings.SplitSeq(text, "*") {
			parts = append(parts, []byte(part))
		}
		all = append(all, parts)
	}
	return all
}

// fit tells whether a line looks like one of the patterns.
func (p patterns) fit(line []byte) bool {
	for _, parts := range p {
		if fits(parts, line) {
			return true
		}
	}
	return false
}

// fits tells whether a line begins with the first part, ends with the last, and has the others between them in order.
func fits(parts [][]byte, line []byte) bool {
	last := len(parts) - 1
	if last == 0 {
		return bytes.Equal(line, parts[0])
	}
	line, begins := bytes.CutPrefix(line, parts[0])
	if !begins {
		return false
	}
	for _, part := range parts[1:last] {
		_, after, holds := bytes.Cut(line, part)
		if !holds {
			return false
		}
		line = after
	}
	return bytes.HasSuffix(line, parts[last])
}

// blank is true for a record of empty fields. Spreadsheets write so the rows below those that are filled.
func (r record) blank() bool { return r.blankFrom(0) }

// blankFrom is true where no field holds anything from one on. Of fields that were not kept it is not known.
func (r record) blankFrom(first int) bool {
	for _, field := range r.fields[min(first, len(r.fields)):] {
		if len(bytes.TrimFunc(field, unicode.IsSpace)) > 0 {
			return false
		}
	}
	return r.count == len(r.fields)
}

// endOfDOS is how old programs mark the end of a file.
const endOfDOS = "\x1a"

// bare is true when a quote stands inside a field that is not in quotes.
func (r record) bare(field int) bool { return slices.Contains(r.quotes, field) }

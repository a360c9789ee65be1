package csv

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/warehouses"
)

// scan is the way through the lines of one file: which of them are rows, and what the others say.
type scan struct {
	*source
	name     string
	lines    *reader
	full     bool
	expected map[string]bool
	out      *pages

	decoder *decoder // nil until the columns are known
	promise int64    // how many rows the trailer says there are; -1 before it
	stopped bool     // a line of stop_at was read: what follows are no rows
	skipped int      // lines of skip_rows
	above   []string // the fields of the first line above a header that is looked for
	aboves  int      // lines above it
	other   string   // what would separate the columns of one of them
}

// rows passes on the rows of one file. The decoder is returned with an error too, once the columns are known.
func (s *source) rows(ctx context.Context, name string, from io.Reader, full bool, expected map[string]bool, out *pages) (*decoder, error) {
	text, err := decoded(name, from, s.format)
	if err != nil {
		return nil, err
	}
	sc := &scan{source: s, name: name, lines: newReader(text, s.format.limits), full: full, expected: expected, out: out, promise: -1}
	for {
		r, err := sc.next()
		if err == io.EOF {
			break
		}
		if err == nil {
			err = sc.line(ctx, r)
		} else {
			err = broken(s.format, name, sc.lines.line, err)
		}
		if err != nil {
			return sc.decoder, err
		}
	}
	if err := sc.finish(); err != nil {
		return sc.decoder, err
	}
	return sc.decoder, out.flush(ctx)
}

// next returns the next record. Of lines that are no records for sure nothing is looked at: what stands above the header, or below the rows,
// is written by other rules.
func (sc *scan) next() (record, error) {
	if sc.stopped || sc.decoder == nil && sc.lines.line+1 < sc.format.shapes.headerLine {
		return sc.lines.physical()
	}
	return sc.lines.next()
}

// line sees to one line of the file.
func (sc *scan) line(ctx context.Context, r record) error {
	if sc.promise >= 0 {
		if len(r.raw) == 0 {
			return nil
		}
		return warehouses.NeedsPerson(nil, "%s: the file goes on after its trailer", lineOf(sc.name, r.line))
	}
	if count, ok := sc.format.trailer.count(r); ok {
		sc.promise = count
		return nil
	}
	if text, ok := sc.asOf.line(r); ok {
		return sc.out.date(sc.asOf, sc.name, r.line, text)
	}
	if names := r.line == 1 && inventory.NamedSeparator(r.raw) != 0; !names { // such a line is passed over, wherever the header is
		sc.out.report.Line(r.line, r.raw)
	}
	shapes := sc.format.shapes
	switch {
	case sc.stopped || sc.decoder == nil && r.line < shapes.headerLine:
		return sc.whole(r)
	case shapes.skip.fit(r.raw) && !sc.heads(r):
		if sc.skipped++; sc.decoder != nil {
			sc.decoder.skipped = sc.skipped
		}
		sc.out.report.Skipped(sc.skipped)
		return sc.whole(r)
	case shapes.stop.fit(r.raw):
		sc.stopped = true
		return sc.whole(r)
	case r.ended && r.blank(), string(r.raw) == endOfDOS, r.line == 1 && inventory.NamedSeparator(r.raw) != 0:
		return sc.separated(inventory.NamedSeparator(r.raw))
	case sc.decoder == nil:
		header, err := sc.begin(r)
		if err != nil {
			sc.gather()
		}
		if header || err != nil {
			return err
		}
	}
	return sc.row(ctx, r)
}

// whole refuses a last line that is cut, where that can be told.
func (sc *scan) whole(r record) error {
	if !r.ended && sc.format.finalNewline {
		return truncated(sc.name, r.line, "its last line does not end with a newline, and final_newline says that it should")
	}
	return nil
}

// row passes on one row.
func (sc *scan) row(ctx context.Context, r record) error {
	d := sc.decoder
	if !r.ended && d.cut(r) {
		return truncated(sc.name, r.line, fmt.Sprintf("it ends after %d of %d fields", r.count, d.width))
	}
	if err := sc.whole(r); err != nil {
		return err
	}
	if int64(sc.out.count) >= sc.maxRows {
		return warehouses.NeedsPerson(nil, "%s: the file has more than %d rows, which is max_rows; raise it if the file is right", lineOf(sc.name, r.line),
			sc.maxRows)
	}
	row := d.row(r)
	sc.out.report.Record(row.Place, r.raw, r.fields)
	return sc.out.add(ctx, row)
}

// begin finds the columns, in the header or in the first row. It tells whether the line is a header, or stands above one.
func (sc *scan) begin(r record) (header bool, err error) {
	f := sc.format
	if line := f.shapes.headerLine; line > 0 && r.line != line {
		return false, warehouses.NeedsPerson(nil, "%s: header_line is %d, and that line is blank or no line of its own; the next one is line %d; correct header_line",
			whole(sc.name), line, r.line)
	}
	if f.shapes.headerAuto && !sc.names(r) {
		if sc.aboves == 0 {
			sc.above = texts(r.fields)
		}
		if sc.other == "" {
			sc.other = sc.delimiter(r)
		}
		if sc.aboves++; sc.aboves >= autoLines {
			return true, sc.headless()
		}
		return true, nil
	}
	d, err := newDecoder(f, sc.name, r, sc.expected)
	sc.columns(r, d)
	if err != nil {
		if !r.ended && r.count <= f.limits.fields {
			return false, truncated(sc.name, r.line, "it ends in its first line")
		}
		return false, sc.hint(r, err)
	}
	d.skipped = sc.skipped
	sc.decoder = d
	return f.header, nil
}

// columns tells a report which columns there are, and what they are read as; d is nil where those that are read are not among them.
func (sc *scan) columns(r record, d *decoder) {
	if sc.out.report == nil {
		return
	}
	names, header, as := texts(r.fields), r.line, map[int]string{}
	if !sc.format.header {
		header = 0
		for i := range names {
			names[i] = strconv.Itoa(i + 1)
		}
	}
	for i, name := range names {
		names[i] = sc.format.rules.Undress(name)
	}
	if d != nil {
		for field, at := range d.at {
			as[at] = field
		}
	}
	sc.out.report.Columns(header, names, as)
}

// heads is true for the header, which a pattern for those that are repeated below fits too.
func (sc *scan) heads(r record) bool { return sc.decoder == nil && sc.format.header && sc.names(r) }

// names tells whether a line has the columns that are read.
func (sc *scan) names(r record) bool {
	_, err := newDecoder(sc.format, sc.name, r, nil)
	return err == nil
}

// hint adds to an error about the columns which line has them, where one further down does.
func (sc *scan) hint(r record, failed error) error {
	var judged *warehouses.Error
	if !errors.As(failed, &judged) || !r.ended || sc.names(r) || !sc.format.header || sc.format.shapes.headerLine > 0 {
		return failed
	}
	if other := sc.delimiter(r); other != "" {
		return parted(judged, other)
	}
	judged.Reason += sc.numbered(r)
	for range autoLines {
		r, err := sc.lines.next()
		if err != nil {
			break
		}
		sc.out.report.Line(r.line, r.raw)
		if other := sc.delimiter(r); other != "" {
			return parted(judged, other)
		}
		if sc.names(r) {
			judged.Mends = []warehouses.Setting{{Name: nameHeaderLine, Value: int64(r.line)}}
			judged.Reason += fmt.Sprintf("; line %d looks like the header: set header_line: %d, or header: auto", r.line, r.line)
			break
		}
	}
	return judged
}

// gather has a report keep the lines that follow, by which a person, or a suggestion, can tell what the file is like.
func (sc *scan) gather() {
	if sc.out.report == nil {
		return
	}
	for range autoLines {
		r, err := sc.lines.next()
		if err != nil {
			return
		}
		sc.out.report.Line(r.line, r.raw)
	}
}

// parted adds to an error about the columns which delimiter would give them.
func parted(failed *warehouses.Error, delimiter string) *warehouses.Error {
	failed.Reason += otherDelimiter(delimiter)
	failed.Mends = []warehouses.Setting{{Name: "delimiter", Value: strings.Trim(delimiter, `"`)}}
	return failed
}

// otherDelimiter says which delimiter to set; empty for none.
func otherDelimiter(written string) string {
	if written == "" {
		return ""
	}
	return fmt.Sprintf("; set delimiter: %s, which separates the columns that are read", written)
}

// numbered says how a file without a header is read, where its first line looks like a row: one of its fields is a figure.
func (sc *scan) numbered(r record) string {
	if len(sc.format.columns) > 0 {
		return ""
	}
	for i, field := range r.fields {
		if figure, err := sc.format.rules.Reading().Text(string(field)); i > 0 && err == nil && figure.Units != nil {
			return fmt.Sprintf(`; if the file has no header, set header: false and number the columns, like columns: {sku: "1", available: "%d"}`, i+1)
		}
	}
	return ""
}

// delimiter is the other delimiter that would give a line the columns that are read, as a configuration file holds it; empty when none does.
func (sc *scan) delimiter(r record) string {
	for _, other := range delimiters {
		if other.separator == sc.format.limits.delimiter || bytes.IndexByte(r.raw, other.separator) < 0 {
			continue
		}
		limits := sc.format.limits
		limits.delimiter = other.separator
		if again, err := newReader(bytes.NewReader(r.raw), limits).next(); err == nil && sc.names(again) {
			return other.written
		}
	}
	return ""
}

// separated refuses a file that names another delimiter than the one that is set, where it may be set to it.
func (sc *scan) separated(named byte) error {
	if sc.format.own && named != 0 && named != sc.format.limits.delimiter {
		return warehouses.NeedsPerson(nil, "%s: the first line says that the delimiter is %q; send it with commas, or from a warehouse of the driver csv, "+
			"which has the setting delimiter", lineOf(sc.name, 1), string(named))
	}
	for _, other := range delimiters {
		if other.separator == named && named != sc.format.limits.delimiter {
			return mended(warehouses.NeedsPerson(nil,
				"%s: its first line says that the delimiter is %s, and another is set; set delimiter: %s, or header_line: 2 to pass over that line",
				whole(sc.name), other.written, other.written), "delimiter", strings.Trim(other.written, `"`))
		}
	}
	return nil
}

// headless is the error of a file in which no header was found.
func (sc *scan) headless() error {
	d := decoder{header: sc.above}
	failed := warehouses.NeedsPerson(nil,
		"%s: header is auto, and none of the first %d lines that are not blank has the columns that are read; of its first line: %s"+
			"set columns to the names of the columns, or header_line to where they stand%s", whole(sc.name), sc.aboves, d.columnsFound(), otherDelimiter(sc.other))
	if sc.other != "" {
		failed.Mends = []warehouses.Setting{{Name: "delimiter", Value: strings.Trim(sc.other, `"`)}}
	}
	return failed
}

// finish checks what only the end of a file can tell.
func (sc *scan) finish() error {
	rows := int64(sc.out.count)
	switch {
	case sc.format.trailer != nil && sc.promise < 0:
		return truncated(sc.name, sc.lines.line, "it has no trailer")
	case sc.promise >= 0 && sc.promise != rows:
		beside := ""
		if sc.skipped > 0 {
			beside = fmt.Sprintf(" (besides the %d lines that skip_rows passes over)", sc.skipped)
		}
		return truncated(sc.name, sc.lines.line, fmt.Sprintf("it has %d rows%s, and its trailer says %d", rows, beside, sc.promise))
	case sc.aboves > 0 && sc.decoder == nil:
		return sc.headless()
	case sc.decoder == nil && (sc.format.header || sc.full && sc.promise < 0):
		return truncated(sc.name, 1, "it is empty")
	case sc.asOf.by == asOfLine && sc.out.asOf.IsZero():
		return warehouses.NeedsPerson(nil, "%s: none of its lines looks like %q, which is to say as of when it counts; correct as_of, or have the file written "+
			"with it",
			sc.name, sc.asOf.before+asOfTime+sc.asOf.after)
	}
	return nil
}

func texts(fields [][]byte) []string {
	all := make([]string, 0, len(fields))
	for _, field := range fields {
		all = append(all, string(field))
	}
	return all
}

package csv

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/settings"
	"github.com/tidemark/tidemark/warehouses"
	"github.com/tidemark/tidemark/warehouses/numbers"
)

// Upload is the rows of a CSV text that a warehouse sends, one after the other. Memory does not grow with their number.
//
// What a CSV warehouse sends is written as its files are: all of its settings that say how to read them hold. A text whose first line has
// Tidemark's own names of columns and nothing else, separated by commas, is read in that form whatever is set, so that a sender needs no
// settings; a warehouse of another driver sends in that form alone.
type Upload struct {
	scan *scan
	from *input
	ends int64 // how many rows the mark of the end says there are; -1 before it
}

// NewUpload begins to read what a warehouse of a driver sends; values are its settings.
func NewUpload(ctx context.Context, body io.Reader, driver string, values settings.Values, now func() time.Time) (*Upload, error) {
	own, err := newSource(ownValues(), now)
	if err != nil {
		return nil, err
	}
	own.format.own, own.format.rules, own.format.times.setting = true, numbers.New(values), ""
	from := &input{ctx: ctx, from: body}
	buffered := bufio.NewReaderSize(from, 64<<10)
	read := own
	if driver == Spec.Driver {
		if read, err = newChecked(values, now); err != nil {
			return nil, warehouses.NeedsPerson(err, "the settings of the warehouse cannot be used; correct and apply them")
		}
		own.format.facility = read.format.facility
		start, _ := buffered.Peek(buffered.Size()) // an error of reading comes again
		if read.format.givesWay(own.format, start) {
			read = own
		}
	}
	text, err := decoded("", buffered, read.format)
	if err != nil {
		return nil, from.error(err)
	}
	sc := &scan{source: read, lines: newReader(text, read.format.limits), out: &pages{}, promise: -1}
	return &Upload{scan: sc, from: from, ends: -1}, nil
}

// newChecked returns a source of settings as they are kept.
func newChecked(values settings.Values, now func() time.Time) (*source, error) {
	checked, problems := Spec.Check(values)
	if len(problems) > 0 {
		return nil, errors.New(problems[0].Message)
	}
	return newSource(checked, now)
}

// ownValues are the settings of Tidemark's own form.
func ownValues() settings.Values {
	values, _ := Spec.Check(settings.Values{"path": "-"})
	return values
}

// givesWay tells whether a text begins as Tidemark's own form does, and not as the warehouse's files do.
func (f format) givesWay(own format, start []byte) bool {
	start = bytes.TrimPrefix(start, []byte("\ufeff"))
	header, err := first(start, own.limits)
	if err != nil || own.foreign(header) != "" {
		return false
	}
	if names := texts(header.fields); !slices.Contains(names, fieldSKU) || !slices.Contains(names, fieldAvailable) && !slices.Contains(names, fieldOnHand) {
		return false
	}
	if !f.header || f.shapes.headerLine > 1 || f.wide { // whose files begin otherwise
		return true
	}
	set, err := first(start, f.limits)
	if err != nil {
		return true
	}
	_, err = newDecoder(f, "", set, nil)
	return err != nil
}

// first is the first record of a text that is not blank.
func first(text []byte, limits limits) (record, error) {
	lines := newReader(bytes.NewReader(text), limits)
	for {
		if r, err := lines.next(); err != nil || !r.blank() {
			return r, err
		}
	}
}

// foreign is the first name of a header that is none of Tidemark's own form; empty when all are.
func (f format) foreign(header record) string {
	for _, name := range texts(header.fields) {
		if name = f.rules.Undress(name); !slices.Contains(fields, name) {
			return inventory.Quoted(name)
		}
	}
	return ""
}

// endMark begins the last line of an upload that says how many rows there are: #END,1234
const endMark = "#END"

var errUnended = errors.New("the last line has no line end, so it was perhaps cut; end it with one")

// Next returns the next row, io.EOF after the last. A row that cannot be read has a Problem; an error means that the upload as a whole
// cannot be. An error of reading the text is returned as it is.
func (u *Upload) Next() (inventory.Row, error) {
	for {
		r, err := u.scan.next()
		switch {
		case err == io.EOF:
			return inventory.Row{}, u.finish()
		case err == nil:
			err = u.line(r)
		default:
			err = broken(u.scan.format, "", u.scan.lines.line, err)
		}
		if err != nil {
			return inventory.Row{}, u.from.error(err)
		}
		if page := u.scan.out.page; len(page) > 0 {
			u.scan.out.page = page[:0]
			return page[0], nil
		}
	}
}

// error is why the text could not be read on, where that is what failed.
func (i *input) error(err error) error {
	switch {
	case i.failed != nil:
		return i.failed
	case i.ctx.Err() != nil:
		return i.ctx.Err()
	}
	return err
}

// line sees to one line. The mark of the end is one whatever is set.
func (u *Upload) line(r record) error {
	sc := u.scan
	if u.ends >= 0 {
		if len(r.raw) == 0 || len(r.fields) > 0 && r.ended && r.blank() || string(r.raw) == endOfDOS {
			return nil
		}
		return warehouses.NeedsPerson(nil, "line %d: there is something behind the line %s", r.line, endMark)
	}
	if count, ok := sc.format.ends(r); ok {
		rows, err := strconv.ParseUint(count, 10, 31)
		if err != nil {
			return warehouses.NeedsPerson(nil, "line %d: %s: expected a number of rows", r.line, endMark)
		}
		u.ends = int64(rows)
		return nil
	}
	if _, promises := sc.format.trailer.count(r); !r.ended && !promises && string(r.raw) != endOfDOS {
		// 12 that is cut to 1 is a figure like any other.
		return warehouses.NeedsPerson(nil, "%v", errUnended)
	}
	if sc.format.own && sc.decoder == nil && !r.blank() && inventory.NamedSeparator(r.raw) == 0 {
		if name := sc.format.foreign(r); name != "" {
			return warehouses.NeedsPerson(nil, "line %d: there is no column %s; the columns are %s", r.line, name, strings.Join(fields, ", "))
		}
	}
	return sc.line(u.from.ctx, r)
}

// ends returns what the mark of the end says; ok is false for any other line.
func (f format) ends(r record) (count string, ok bool) {
	if len(r.fields) > 1 && string(r.fields[0]) == endMark {
		return string(r.fields[1]), true
	}
	return strings.CutPrefix(string(r.raw), endMark+",")
}

// finish checks what only the end of the text can tell.
func (u *Upload) finish() error {
	switch sc := u.scan; {
	case sc.decoder != nil:
	case sc.aboves > 0:
		return sc.headless()
	case sc.format.header:
		return warehouses.NeedsPerson(nil, "line 1: the body is empty; expected a header with the names of the columns")
	}
	return io.EOF
}

// Trailer is how many rows the last line says there are; -1 when there was none that does.
func (u *Upload) Trailer() int64 { return max(u.ends, u.scan.promise) }

// AsOf is as of when the rows count, where a line says so as the setting as_of expects it; zero where none does.
func (u *Upload) AsOf() time.Time { return u.scan.out.asOf }

package csv

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/warehouses"
	"github.com/tidemark/tidemark/warehouses/numbers"
)

// The fields of a row, as they are named in the setting columns.
const (
	fieldSKU        = "sku"
	fieldFacility   = "facility"
	fieldAvailable  = "available"
	fieldOnHand     = "on_hand"
	fieldCommitted  = "committed"
	fieldReportedAt = "reported_at"
)

var fields = []string{fieldSKU, fieldFacility, fieldAvailable, fieldOnHand, fieldCommitted, fieldReportedAt}

// decoder makes rows of the records of one file.
type decoder struct {
	format  format
	name    string // of the file, for places
	at      map[string]int
	width   int      // fields of a row
	header  []string // the names of the columns; nil without a header
	figures *numbers.Reading
	line    int          // of the header, or of the first row
	skipped int          // lines that skip_rows passed over
	short   map[int]bool // how many fields short rows had
}

// newDecoder finds the columns. The first record is the header, or the first row when there is none. Expected says which
// fields earlier files had and had not: a column that comes or goes by itself is a change of the source that a person should
// see, for it would file the same stock under other facilities, or lose a figure.
func newDecoder(f format, name string, first record, expected map[string]bool) (*decoder, error) {
	d := &decoder{format: f, name: name, line: first.line, at: map[string]int{}, width: first.count, figures: f.rules.Reading(), short: map[int]bool{}}
	if first.count > f.limits.fields {
		return nil, warehouses.NeedsPerson(nil, "%s: the line has %d fields, and max_fields is %d%s", lineOf(name, first.line), first.count, f.limits.fields,
			f.advise("; check the setting delimiter"))
	}
	for _, text := range first.fields {
		d.header = append(d.header, d.figures.Undress(string(text)))
	}
	if !f.header {
		d.header = nil
	}
	for _, field := range fields {
		if err := d.find(field); err != nil {
			return nil, err
		}
	}
	if !d.has(fieldAvailable) && !d.has(fieldOnHand) {
		return nil, d.missing(fieldAvailable, fieldAvailable)
	}
	for _, field := range fields {
		if before, ok := expected[field]; ok && before != d.has(field) {
			change := "has a column %s, which the files read before did not have"
			if before {
				change = "has no column %s, which the files read before had"
			}
			return nil, warehouses.NeedsPerson(nil, "%s "+change+"; %sif that is meant, say so with the setting columns: {%s: \"\"} when it is not to be used, or "+
				"columns: {%s: NAME} when it is", d.where(), field, d.columnsFound(), field, field)
		}
	}
	return d, nil
}

// find looks for the column of a field. A column that was set must be there.
func (d *decoder) find(field string) error {
	column, set := d.format.columns[field]
	switch {
	case set && column == "":
		return nil
	case !d.format.header && !set:
		return nil
	case !d.format.header:
		number, _ := strconv.Atoi(column) // checked when the source was opened
		if number > d.width {
			return warehouses.NeedsPerson(nil, "%s: the rows have %d fields, and the setting columns looks for %s in field %d; correct it, or the setting delimiter",
				d.where(), d.width, field, number)
		}
		d.at[field] = number - 1
		return nil
	case !set:
		column = field
	}
	named := d.named(field, column, set)
	at := slices.IndexFunc(d.header, named)
	again := slices.IndexFunc(d.header[at+1:], named)
	if at >= 0 && again >= 0 && d.format.own {
		return warehouses.NeedsPerson(nil, "%s: the column %s is there twice", d.where(), column)
	}
	if at >= 0 && again >= 0 {
		return warehouses.NeedsPerson(nil,
			"%s: two columns are named %q, the %s and the %s, and one is to be read as %s; say which by its number: columns: {%s: \"#%d\"}",
			d.where(), column, ordinal(at+1), ordinal(at+again+2), field, field, at+1)
	}
	number, numbered := columnNumber(column)
	switch {
	case at < 0 && set && numbered && number > len(d.header):
		return warehouses.NeedsPerson(nil, "%s: there is no column %q; the file has %d", d.where(), column, len(d.header))
	case at < 0 && set && numbered:
		d.at[field] = number - 1
		return nil

	case at >= 0 && !set && field == fieldFacility && d.format.facility != "" && !d.format.own:
		return warehouses.NeedsPerson(nil,
			"%s: there is a column facility, and the setting facility says %q; remove the setting, or set columns: {facility: \"\"} to ignore the column", d.where(),
			d.format.facility)
	case at >= 0:
		d.at[field] = at
	case set || field == fieldSKU:
		return d.missing(field, column)
	}
	return nil
}

// named returns what a column is known by: its name as it is written or, where none has it and a file cannot be read without, the name
// without the blanks around it. In Tidemark's own form names are as they are.
func (d *decoder) named(field, column string, set bool) func(name string) bool {
	needed := set || field == fieldSKU || field == fieldAvailable && !slices.Contains(d.header, fieldOnHand)
	if d.format.own || !needed || slices.Contains(d.header, column) {
		return func(name string) bool { return name == column }
	}
	return func(name string) bool { return strings.TrimFunc(name, inventory.IsBlank) == column }
}

// columnNumber is the number of a column that is given by it beside a header, like #4.
func columnNumber(column string) (int, bool) {
	digits, ok := strings.CutPrefix(column, "#")
	number, err := strconv.Atoi(digits)
	return number, ok && err == nil && number > 0
}

// ordinal is a number for people who read on, like 2nd.
func ordinal(number int) string {
	ending := "th"
	if tens := number % 100 / 10; tens != 1 {
		switch number % 10 {
		case 1:
			ending = "st"
		case 2:
			ending = "nd"
		case 3:
			ending = "rd"
		}
	}
	return strconv.Itoa(number) + ending
}

// where is the file, or the line of its columns where it has no name.
func (d *decoder) where() string {
	if d.name == "" {
		return lineOf("", d.line)
	}
	return d.name
}

func (d *decoder) missing(field, column string) error {
	if d.format.own {
		return warehouses.NeedsPerson(nil, "%s: there is no column %s; the columns are %s", d.where(), column, strings.Join(fields, ", "))
	}
	for _, name := range d.header {
		if d.format.encoding == nil && !utf8.ValidString(name) {
			return mended(warehouses.NeedsPerson(nil,
				"%s: there is no column %q; %sthe header is not valid UTF-8; if the file is written in another encoding, set encoding, "+
					"like encoding: windows-1252", d.where(), column, d.columnsFound()), "encoding", "windows-1252")
		}
	}
	return warehouses.NeedsPerson(nil, "%s: there is no column %q; %sset columns: {%s: NAME} to the column that holds it",
		d.where(), column, d.columnsFound(), field)
}

// shownColumns is how many columns an error lists.
const shownColumns = 20

// columnsFound lists the columns for a person.
func (d *decoder) columnsFound() string {
	if d.header == nil {
		return ""
	}
	names := make([]string, 0, shownColumns+1)
	for i, name := range d.header {
		if i == shownColumns {
			names = append(names, fmt.Sprintf("and %d more", len(d.header)-i))
			break
		}
		names = append(names, inventory.Quoted(name))
	}
	return "it has " + strings.Join(names, ", ") + "; "
}

func (d *decoder) has(field string) bool { _, ok := d.at[field]; return ok }

// fieldsFound are the fields that the file has, in the order of fields.
func (d *decoder) fieldsFound() []string {
	names := []string{}
	for _, field := range fields {
		if d.has(field) {
			names = append(names, field)
		}
	}
	return names
}

// cut is true for a last row, without a line end, that is shorter than any whole row before it: the rest may be on its way.
func (d *decoder) cut(r record) bool {
	return r.count < d.width && !d.short[r.count] && (!d.format.shapes.short || d.lacks(r) != "")
}

// lacks is the first field that is read and that a row is too short for; empty when there is none.
func (d *decoder) lacks(r record) string {
	for _, field := range fields {
		if at, ok := d.at[field]; ok && at >= r.count {
			return field
		}
	}
	return ""
}

// uneven says what is wrong with a row that has not as many fields as the header.
func (d *decoder) uneven(r record) (inventory.FaultKind, string) {
	lacks := d.lacks(r)
	switch {
	case r.count > d.width && r.blankFrom(d.width) && d.format.shapes.long:
		return "", ""
	case r.count > d.width && r.blankFrom(d.width):
		return inventory.FaultLong, fmt.Sprintf("the row has %d fields; expected %d; the further ones are empty", r.count, d.width) +
			d.format.advise(": set long_rows: accept if the warehouse ends its rows so")
	case r.count > d.width:
		return inventory.FaultTooLong, fmt.Sprintf("the row has %d fields; expected %d; a field that holds the delimiter must stand in quotes", r.count, d.width)
	case !d.format.shapes.short:
		kind := inventory.FaultShort
		if lacks != "" {
			kind = inventory.FaultTooShort
		}
		return kind, fmt.Sprintf("the row has %d fields; expected %d", r.count, d.width) +
			d.format.advise("; set short_rows: accept if the warehouse leaves out empty fields at the end of a row")
	case lacks != "":
		return inventory.FaultTooShort, fmt.Sprintf("the row has %d fields, and %s stands in field %d", r.count, lacks, d.at[lacks]+1)
	}
	return "", ""
}

// unsound says what is wrong with the texts of a row that are read. What stands in other columns does not matter.
func (d *decoder) unsound(r record) (inventory.Fault, string) {
	for _, field := range fields {
		at, ok := d.at[field]
		if !ok || at >= r.count {
			continue
		}
		text := r.fields[at]
		switch {
		case r.bare(at) && !(d.format.rules.Undresses() && dressed(string(text))):
			bare := "; if the file puts no field in quotes, set quotes: none"
			return inventory.Fault{Kind: inventory.FaultQuote, Field: field, Text: string(text)},
				field + ": a quote stands inside a field that is not quoted; expected the field in quotes, with the quote written twice" +
					d.format.advise(bare) + "; if it is a spreadsheet's =\"…\", set undress: true"
		case d.format.encoding == nil && !utf8.Valid(text):
			return inventory.Fault{Kind: inventory.FaultEncoding, Field: field, Text: string(text)}, field + ": the text is not valid UTF-8" +
				d.format.advise("; if the file is written in another encoding, set encoding, like encoding: windows-1252")
		case d.format.encoding != nil && bytes.ContainsRune(text, utf8.RuneError):
			return inventory.Fault{Kind: inventory.FaultEncoding, Field: field, Text: string(text)}, field +
				": the text holds a character that is not valid in the file's encoding; correct the setting encoding"
		}
	}
	return inventory.Fault{}, ""
}

// dressed is true for ="…", which has bare quotes.
func dressed(text string) bool {
	_, ok := inventory.Formula(strings.TrimFunc(text, inventory.IsBlank))
	return ok
}

// row reads a record. What cannot be read is the row's Problem.
func (d *decoder) row(r record) inventory.Row {
	row := inventory.Row{Place: lineOf(d.name, r.line), Facility: d.format.facility}
	text := func(field string) string {
		at, ok := d.at[field]
		if !ok || at >= r.count {
			return ""
		}
		return string(r.fields[at])
	}
	if r.count < d.width {
		d.short[r.count] = true
	}
	if r.count != d.width {
		if kind, problem := d.uneven(r); problem != "" {
			row.Refuse(inventory.Fault{Kind: kind, Text: string(r.raw)}, problem)
		}
	}
	if r.count > d.width && row.Problem != "" {
		return row // which field is which is not known
	}
	d.figures.SKU(&row, text(fieldSKU))
	if d.has(fieldFacility) {
		row.Facility = d.figures.Undress(text(fieldFacility))
	}
	if row.Problem != "" {
		return row
	}
	if fault, problem := d.unsound(r); problem != "" {
		row.Refuse(fault, problem)
		return row
	}
	if d.read(&row, text); row.Problem != "" {
		return row
	}
	if given := text(fieldReportedAt); given != "" {
		var err error
		if row.ReportedAt, err = d.format.times.parse(given); err != nil {
			row.RefuseFor(fieldReportedAt, err, inventory.FaultTime)
		}
	}
	return row
}

// read reads the figures of a row, to the first that cannot be read.
func (d *decoder) read(row *inventory.Row, text func(field string) string) {
	nowhere := false
	for _, entry := range []struct {
		field string
		into  **int64
		none  *bool
	}{{fieldAvailable, &row.Available, &row.NoAvailable}, {fieldOnHand, &row.OnHand, &row.NoOnHand}, {fieldCommitted, &row.Committed, &nowhere}} {
		if !d.has(entry.field) {
			continue
		}
		figure, err := d.figures.Text(text(entry.field))
		if err != nil {
			row.RefuseFor(entry.field, err, inventory.FaultNumber)
			return
		}
		*entry.into, *entry.none = figure.Units, figure.None
	}
}

// notes are what a person should know of how the file was read.
func (d *decoder) notes() []string {
	var notes []string
	if d.header != nil && d.line > 1 {
		notes = append(notes, fmt.Sprintf("%s: the header is line %d; what stands above it is passed over", whole(d.name), d.line))
	}
	if d.skipped > 0 {
		notes = append(notes, fmt.Sprintf("%s: skip_rows passes over %d lines", whole(d.name), d.skipped))
	}
	return notes
}

// trailer is the last line of a file that says how many rows it has.
type trailer struct{ before, after string }

func newTrailer(text string) (*trailer, error) {
	before, after, ok := strings.Cut(text, "{rows}")
	if !ok || before == "" || strings.Contains(after, "{rows}") || strings.ContainsAny(text, "\r\n") {
		return nil, fmt.Errorf("the setting trailer: %q is not one line that begins with a mark and holds {rows} once, like #END,{rows}", text)
	}
	return &trailer{before: before, after: after}, nil
}

// count returns how many rows the trailer says there are; ok is false when the record is not a trailer.
func (t *trailer) count(r record) (rows int64, ok bool) {
	if t == nil || !bytes.HasPrefix(r.raw, []byte(t.before)) || !bytes.HasSuffix(r.raw, []byte(t.after)) || len(r.raw) < len(t.before)+len(t.after) {
		return 0, false
	}
	rows, err := strconv.ParseInt(string(r.raw[len(t.before):len(r.raw)-len(t.after)]), 10, 64)
	return rows, err == nil && rows >= 0
}

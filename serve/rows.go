package serve

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/warehouses/jsonvalue"
	"github.com/tidemark/tidemark/warehouses/numbers"
)

// mostRowBytes is how long one row may be, as it is written.
const mostRowBytes = 64 << 10

// endMark begins the last line of a CSV snapshot that says how many rows there are: #END,1234
const endMark = "#END"

// rows are the rows of a snapshot, one after the other. Memory does not grow with their number.
type rows interface {
	// next returns the next row, io.EOF after the last. A row that cannot be read has a Problem; an error means that the snapshot as
	// a whole cannot be.
	next() (inventory.Row, error)
	// trailer is the number of rows that the last line tells, -1 when there was none.
	trailer() int64
}

func newRows(form string, body io.Reader, rules numbers.Rules, now time.Time) (rows, error) {
	if form == formCSV {
		return newCSVRows(body, rules, now)
	}
	lines := bufio.NewScanner(body)
	lines.Buffer(make([]byte, 0, 16<<10), mostRowBytes)
	return &jsonRows{lines: lines, figures: rules.Reading(), now: now, end: -1}, nil
}

// broken is a snapshot that cannot be read from a line on.
func broken(line int, format string, arguments ...any) error {
	return invalid("invalid_snapshot", "nothing was taken: line %d: %s", line, fmt.Sprintf(format, arguments...))
}

// ── CSV ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

// csvColumns are the columns that a file may have, in any order.
var csvColumns = []string{"sku", "facility", "available", "on_hand", "committed", "reported_at"}

type csvRows struct {
	from   *measured
	reader *csv.Reader
	at     map[string]int
	width  int
	line   int // of the last record

	figures *numbers.Reading
	now     time.Time
	end     int64
}

func newCSVRows(body io.Reader, rules numbers.Rules, now time.Time) (*csvRows, error) {
	c := &csvRows{from: &measured{from: body}, at: map[string]int{}, figures: rules.Reading(), now: now, end: -1}
	c.reader = csv.NewReader(c.from)
	c.reader.ReuseRecord, c.reader.FieldsPerRecord = true, -1
	header, err := c.read()
	if err == io.EOF {
		return nil, broken(1, "the body is empty; expected a header with the names of the columns")
	} else if err != nil {
		return nil, err
	}
	for i, name := range header {
		name = strings.TrimPrefix(name, "\ufeff") // as spreadsheets begin a file
		if !slices.Contains(csvColumns, name) {
			return nil, broken(1, "there is no column %s; the columns are %s", shown(name), strings.Join(csvColumns, ", "))
		}
		if _, twice := c.at[name]; twice {
			return nil, broken(1, "the column %s is there twice", name)
		}
		c.at[strings.Clone(name)] = i
	}
	if _, ok := c.at["sku"]; !ok {
		return nil, broken(1, "there is no column sku")
	}
	c.width = len(header)
	return c, nil
}

// read reads one record, within the limit of bytes.
func (c *csvRows) read() ([]string, error) {
	c.from.left = mostRowBytes
	record, err := c.reader.Read()
	var form *csv.ParseError
	switch {
	case err == io.EOF:
		return nil, err
	case err == nil:
		c.line, _ = c.reader.FieldPos(0)
		return record, nil
	case errors.Is(err, errLongRow):
		return nil, broken(c.line+1, "the row is longer than %d bytes; perhaps a quote is never closed", mostRowBytes)
	case errors.As(err, &form):
		return nil, broken(form.Line, "%v", form.Err)
	}
	return nil, bodyProblem(err)
}

func (c *csvRows) next() (inventory.Row, error) {
	record, err := c.read()
	for err == nil && blank(record) {
		record, err = c.read()
	}
	if err == io.EOF && c.end < 0 && c.from.last != '\n' {
		// 12 that is cut to 1 is a figure like any other.
		return inventory.Row{}, invalid("invalid_snapshot", "nothing was taken: the last line has no line end, so it was perhaps cut")
	}
	if err != nil {
		return inventory.Row{}, err
	}
	if c.end >= 0 {
		return inventory.Row{}, broken(c.line, "there is something behind the line %s", endMark)
	}
	if record[0] == endMark && len(record) >= 2 {
		if err := readCount(record[1], &c.end); err != nil {
			return inventory.Row{}, broken(c.line, "%s: %v", endMark, err)
		}
		return c.next()
	}
	return c.row(record), nil
}

func (c *csvRows) trailer() int64 { return c.end }

// blank is true for a row of empty fields, which is a blank line as spreadsheets write it.
func blank(record []string) bool { return strings.TrimSpace(strings.Join(record, "")) == "" }

// row makes a row of a record.
func (c *csvRows) row(record []string) inventory.Row {
	row := inventory.Row{Place: "line " + strconv.Itoa(c.line)}
	if len(record) != c.width {
		row.Problem = fmt.Sprintf("the row has %d fields; expected %d", len(record), c.width)
		return row
	}
	text := func(name string) string {
		if at, ok := c.at[name]; ok {
			return strings.Clone(record[at])
		}
		return ""
	}
	row.SKU, row.Facility = c.figures.Undress(text("sku")), c.figures.Undress(text("facility"))
	nowhere := false
	for _, one := range []struct {
		name string
		into **int64
		none *bool
	}{{"available", &row.Available, &row.NoAvailable}, {"on_hand", &row.OnHand, &row.NoOnHand}, {"committed", &row.Committed, &nowhere}} {
		if _, ok := c.at[one.name]; !ok {
			continue
		}
		figure, err := c.figures.Text(text(one.name))
		if err != nil {
			row.Problem = one.name + ": " + err.Error()
			return row
		}
		*one.into, *one.none = figure.Units, figure.None
	}
	if given := text("reported_at"); given != "" {
		var err error
		if row.ReportedAt, err = parseTime(given, c.now); err != nil {
			row.Problem = "reported_at: " + err.Error()
		}
	}
	return row
}

// errLongRow is for a row that does not end.
var errLongRow = errors.New("the row is too long")

// measured limits how much is read for one record: encoding/csv keeps a quote that is never closed, and all that follows, in memory.
type measured struct {
	from io.Reader
	left int
	last byte
}

func (m *measured) Read(into []byte) (int, error) {
	if m.left <= 0 {
		return 0, errLongRow
	}
	n, err := m.from.Read(into)
	m.left -= n
	if n > 0 {
		m.last = into[n-1]
	}
	return n, err
}

// ── NDJSON ──────────────────────────────────────────────────────────────────────────────────────────────────────────

type jsonRows struct {
	lines   *bufio.Scanner
	line    int
	figures *numbers.Reading
	now     time.Time
	end     int64
}

func (j *jsonRows) trailer() int64 { return j.end }

func (j *jsonRows) next() (inventory.Row, error) {
	for j.lines.Scan() {
		j.line++
		text := bytes.TrimSpace(j.lines.Bytes())
		if len(text) == 0 {
			continue
		}
		if j.end >= 0 {
			return inventory.Row{}, broken(j.line, "there is something behind the line that tells the number of rows")
		}
		value, err := jsonvalue.Parse(text)
		if err != nil {
			return inventory.Row{}, broken(j.line, "%v", err)
		}
		count, last, err := endOf(value)
		if err != nil {
			return inventory.Row{}, broken(j.line, "rows: %v", err)
		}
		if last {
			j.end = count
			continue
		}
		row, err := decodeFields(value, j.figures, j.now, func(string, jsonvalue.Value) error { return errUnknown })
		if err != nil {
			row.Problem = err.Error()
		}
		row.Place = "line " + strconv.Itoa(j.line)
		return row, nil
	}
	switch err := j.lines.Err(); {
	case errors.Is(err, bufio.ErrTooLong):
		return inventory.Row{}, broken(j.line+1, "the row is longer than %d bytes", mostRowBytes)
	case err != nil:
		return inventory.Row{}, bodyProblem(err)
	}
	return inventory.Row{}, io.EOF
}

// endOf reads {"rows":1234}, the line that tells how many rows there are. A row never has a member of that name.
func endOf(value jsonvalue.Value) (count int64, last bool, err error) {
	members := 0
	_, err = value.Members(func(name string, member jsonvalue.Value) error {
		members++
		if name == "rows" && members == 1 {
			last = true
			return readCount(member.Raw(), &count)
		}
		return nil
	})
	return count, last && members == 1, err
}

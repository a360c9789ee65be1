package serve

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/warehouses"
	"github.com/tidemark/tidemark/warehouses/csv"
	"github.com/tidemark/tidemark/warehouses/jsonvalue"
	"github.com/tidemark/tidemark/warehouses/numbers"
)

// mostRowBytes is how long one row of NDJSON may be, as it is written.
const mostRowBytes = 64 << 10

// rows are the rows of a snapshot, one after the other. Memory does not grow with their number.
type rows interface {
	// next returns the next row, io.EOF after the last. A row that cannot be read has a Problem; an error means that the snapshot as
	// a whole cannot be.
	next() (inventory.Row, error)
	// trailer is the number of rows that the last line tells, -1 when there was none.
	trailer() int64
	// asOf is as of when the rows count, where one of the lines says so; zero where none does.
	asOf() time.Time
}

func newRows(ctx context.Context, form string, body io.Reader, from ledger.Warehouse, now time.Time) (rows, error) {
	if form == formCSV {
		return newCSVRows(ctx, body, from, now)
	}
	lines := bufio.NewScanner(body)
	lines.Buffer(make([]byte, 0, 16<<10), mostRowBytes)
	return &jsonRows{lines: lines, figures: numbers.New(from.Settings).Reading(), now: now, end: -1}, nil
}

// broken is a snapshot that cannot be read from a line on.
func broken(line int, format string, arguments ...any) error {
	return invalid("invalid_snapshot", "nothing was taken: line %d: %s", line, fmt.Sprintf(format, arguments...))
}

// ── CSV ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

// csvRows are read as the files of a CSV warehouse are.
type csvRows struct {
	upload *csv.Upload
	now    time.Time
}

func newCSVRows(ctx context.Context, body io.Reader, from ledger.Warehouse, now time.Time) (*csvRows, error) {
	upload, err := csv.NewUpload(ctx, body, from.Driver, from.Settings, func() time.Time { return now })
	if err != nil {
		return nil, unreadable(err)
	}
	return &csvRows{upload: upload, now: now}, nil
}

func (c *csvRows) next() (inventory.Row, error) {
	row, err := c.upload.Next()
	if err != nil && err != io.EOF {
		return row, unreadable(err)
	}
	if row.Problem == "" && !row.ReportedAt.IsZero() {
		if err := checkTime(row.ReportedAt, c.now); err != nil {
			row.RefuseFor("reported_at", err, inventory.FaultTime)
		}
	}
	return row, err
}

func (c *csvRows) trailer() int64 { return c.upload.Trailer() }

func (c *csvRows) asOf() time.Time { return c.upload.AsOf() }

// unreadable is why a CSV text is not read on.
func unreadable(err error) error {
	var judged *warehouses.Error
	if errors.As(err, &judged) {
		return invalid("invalid_snapshot", "nothing was taken: %v", judged)
	}
	return bodyProblem(err)
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

func (j *jsonRows) asOf() time.Time { return time.Time{} }

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

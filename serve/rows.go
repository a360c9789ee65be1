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

// maxRowBytes is the longest row of NDJSON.
const maxRowBytes = 64 << 10

// rows iterates over the rows of a snapshot. Its memory does not grow with their number.
type rows interface {
	// next returns the next row, or io.EOF after the last row. A row that cannot be read has a Problem. An error means that the whole
	// snapshot cannot be read.
	next() (inventory.Row, error)
	// trailer is the number of rows in the last line, or -1 if there was no such line.
	trailer() int64
	// asOf is when the snapshot was made, if a line says so; otherwise zero.
	asOf() time.Time
}

func newRows(ctx context.Context, form string, body io.Reader, from ledger.Warehouse, now time.Time) (rows, error) {
	if form == formCSV {
		return newCSVRows(ctx, body, from, now)
	}
	lines := bufio.NewScanner(body)
	lines.Buffer(make([]byte, 0, 16<<10), maxRowBytes)
	return &jsonRows{lines: lines, figures: numbers.New(from.Settings).Reading(), now: now, end: -1}, nil
}

// broken is the response to a snapshot with a line that makes the rest unreadable.
func broken(line int, format string, arguments ...any) error {
	return invalid("invalid_snapshot", "nothing was accepted: line %d: %s", line, fmt.Sprintf(format, arguments...))
}

// ── CSV ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

// csvRows reads an upload in the same way as the files of a CSV warehouse.
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

// unreadable is the response to a CSV body that cannot be read further.
func unreadable(err error) error {
	var judged *warehouses.Error
	if errors.As(err, &judged) {
		return invalid("invalid_snapshot", "nothing was accepted: %v", judged)
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
			return inventory.Row{}, broken(j.line, "there is text after the line with the number of rows")
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
		return inventory.Row{}, broken(j.line+1, "the row is longer than %d bytes", maxRowBytes)
	case err != nil:
		return inventory.Row{}, bodyProblem(err)
	}
	return inventory.Row{}, io.EOF
}

// endOf recognises {"rows":1234}, the last line with the number of rows. A row never has a member of that name.
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

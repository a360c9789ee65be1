package sandbox

import (
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/warehouses"
	"github.com/tidemark/tidemark/warehouses/jsonvalue"
	"github.com/tidemark/tidemark/warehouses/numbers"
)

// page is one response of the warehouse.
type page struct {
	snapshot string
	asOf     time.Time
	total    int64
	next     string // empty on the last page
	rows     []inventory.Row
}

// decodePage reads a response; rows is memory that may be used again.
func decodePage(body []byte, number int, figures *numbers.Reading, rows []inventory.Row) (page, error) {
	p := page{rows: rows[:0]}
	err := jsonvalue.ReadDocument(body, []string{"snapshot", "as_of", "total", "items"}, func(name string, value jsonvalue.Value) error {
		return p.member(name, value, number, figures)
	})
	return p, err
}

// member reads one member of a response.
func (p *page) member(name string, value jsonvalue.Value, number int, figures *numbers.Reading) error {
	var err error
	text, _ := value.Text()
	switch name {
	case "snapshot":
		if text == "" {
			return fmt.Errorf("snapshot: expected text, found %s", value.Kind())
		}
		p.snapshot = text
	case "as_of":
		p.asOf, err = readTime(value)
		if err != nil || p.asOf.IsZero() {
			return fmt.Errorf("as_of: %w", errNotTime)
		}
	case "total":
		if p.total, err = strconv.ParseInt(value.Raw(), 10, 64); err != nil || p.total < 0 {
			return errors.New("total: expected a count")
		}
	case "next":
		if value.Kind() != jsonvalue.Null && text == "" {
			return fmt.Errorf("next: expected text, or null on the last page; found %s", value.Kind())
		}
		p.next = text
	case "items":
		return value.List(name, func(item int, value jsonvalue.Value) error {
			row := decodeItem(value, figures)
			row.Place = warehouses.PageItem(number, item)
			p.rows = append(p.rows, row)
			return nil
		})
	}
	return nil
}

// decodeItem reads one item. What is wrong with it is the row's Problem.
func decodeItem(item jsonvalue.Value, figures *numbers.Reading) inventory.Row {
	var row inventory.Row
	if !jsonvalue.IsObject(&row, item) {
		return row
	}
	jsonvalue.ReadRow(&row, item, figures.Watch("", func(name string, value jsonvalue.Value) error {
		var err error
		switch name {
		case "sku":
			row.SKU, err = jsonvalue.ReadText(value)
		case "facility":
			row.Facility, err = jsonvalue.ReadText(value)
		case "available":
			err = figures.Available(&row, value, false)
		case "on_hand":
			err = figures.OnHand(&row, value, false)
		case "committed":
			err = figures.Committed(&row, value, false)
		case "reported_at":
			row.ReportedAt, err = readTime(value)
		}
		return err
	}))
	figures.SKU(&row, row.SKU)
	row.Facility = figures.Undress(row.Facility)
	return row
}

var errNotTime = errors.New("expected a time like 2026-01-31T12:00:00Z")

// readTime reads a time; null is none.
func readTime(value jsonvalue.Value) (time.Time, error) {
	if value.Kind() == jsonvalue.Null {
		return time.Time{}, nil
	}
	text, _ := value.Text()
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return time.Time{}, errNotTime
	}
	return at.UTC(), nil
}

package jsonapi

import (
	"errors"
	"fmt"
	"hash/maphash"
	"strconv"
	"time"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/warehouses"
	"github.com/tidemark/tidemark/warehouses/jsonvalue"
	"github.com/tidemark/tidemark/warehouses/numbers"
)

// page is one response of the warehouse.
type page struct {
	rows  []inventory.Row
	given map[string]bool // parts that the response had, and fields that any item had, be it with null
	print uint64          // of the items as they are written
	next  string
	more  bool
	total int64
	asOf  time.Time
	dated time.Time // as a header says; zero where none is looked at
}

// seed makes the prints of this process.
var seed = maphash.MakeSeed()

// decodePage reads a response; rows is memory that may be used again.
func decodePage(body []byte, number int, f form, rows []inventory.Row) (page, error) {
	document, err := jsonvalue.Parse(body)
	if err != nil {
		return page{}, err
	}
	p := page{rows: rows[:0], given: map[string]bool{}}
	if f.whole {
		return p, p.items(document, number, f)
	}
	if document.Kind() != jsonvalue.Object {
		return page{}, fmt.Errorf("expected an object, found %s", document.Kind())
	}
	twice, err := f.response.walk(document, func(part string, value jsonvalue.Value) error {
		p.given[part] = true
		return p.part(part, value, number, f)
	})
	switch {
	case err != nil:
		return page{}, err
	case twice != "":
		return page{}, fmt.Errorf("%q is given twice", twice)
	}
	for _, part := range []string{partItems, partMore, partTotal, partAsOf} {
		if path := f.paths[part]; path != "" && !p.given[part] {
			return page{}, fmt.Errorf("there is nothing at the path %s, which is %s", path, part)
		}
	}
	return p, nil
}

// part reads one part of a response.
func (p *page) part(part string, value jsonvalue.Value, number int, f form) error {
	var err error
	switch part {
	case partItems:
		return p.items(value, number, f)
	case partNext:
		if p.next, err = readName(value); err != nil {
			return fmt.Errorf("%s: %w", part, err)
		}
	case partMore:
		if value.Kind() != jsonvalue.Boolean {
			return fmt.Errorf("%s: expected true or false, found %s", part, value.Kind())
		}
		p.more = value.Raw() == "true"
	case partTotal:
		if p.total, err = strconv.ParseInt(value.Raw(), 10, 64); err != nil || p.total < 0 {
			return fmt.Errorf("%s: expected a count, found %s", part, value.Kind())
		}
	case partAsOf:
		if p.asOf, err = f.times.read(value); err != nil {
			return fmt.Errorf("%s: %w", part, err)
		}
		if p.asOf.IsZero() {
			return fmt.Errorf("%s: expected a time, found %s", part, value.Kind())
		}
	}
	return nil
}

// items reads the list of items.
func (p *page) items(list jsonvalue.Value, number int, f form) error {
	p.print = maphash.String(seed, list.Raw())
	return list.List(partItems, func(item int, value jsonvalue.Value) error {
		row := p.item(value, f)
		row.Place = warehouses.PageItem(number, item)
		p.rows = append(p.rows, row)
		return nil
	})
}

// item reads one item. What is wrong with it is the row's Problem.
func (p *page) item(item jsonvalue.Value, f form) inventory.Row {
	row := inventory.Row{Facility: f.facility}
	if !jsonvalue.IsObject(&row, item) {
		return row
	}
	f.seen(item)
	twice, err := f.item.walk(item, func(field string, value jsonvalue.Value) error {
		p.given[field] = true
		if err := f.field(&row, field, value); err != nil && row.Problem == "" {
			jsonvalue.Note(&row, field, err)
			jsonvalue.NoteText(&row, value)
		}
		return nil // the item is read on, for what else it says helps to find it
	})
	switch {
	case twice != "":
		jsonvalue.NoteTwice(&row, twice)
		jsonvalue.Unclear(&row, twice, steps(f.paths[fieldSKU]), steps(f.paths[fieldFacility]))
	case err != nil && row.Problem == "":
		row.Refuse(inventory.Fault{Kind: inventory.FaultForm, Text: item.Raw()}, err.Error())
	case row.Facility == "" && f.paths[fieldFacility] != "" && row.Problem == "":
		row.Refuse(inventory.Fault{Kind: inventory.FaultNoName, Field: fieldFacility, Text: item.Raw()},
			"facility: there is none at the path "+f.paths[fieldFacility]) // no facility would be another level
	}
	return row
}

// seen has who watches see the members of an item, with their paths; those of objects within it too, a few steps down.
func (f form) seen(item jsonvalue.Value) {
	if f.figures.Watches() {
		f.members(item, "", 3)
	}
}

func (f form) members(object jsonvalue.Value, above string, steps int) {
	_, _ = object.Members(f.figures.Watch(above, func(name string, value jsonvalue.Value) error {
		if value.Kind() == jsonvalue.Object && steps > 0 {
			f.members(value, above+name+".", steps-1)
		}
		return nil
	}))
}

// field reads one field of an item.
func (f form) field(row *inventory.Row, field string, value jsonvalue.Value) (err error) {
	switch field {
	case fieldSKU:
		row.SKU, err = readName(value)
		f.figures.SKU(row, row.SKU)
	case fieldFacility:
		row.Facility, err = readName(value)
		row.Facility = f.figures.Undress(row.Facility)
	case fieldAvailable:
		err = f.figures.Available(row, value, f.asText)
	case fieldOnHand:
		err = f.figures.OnHand(row, value, f.asText)
	case fieldCommitted:
		err = f.figures.Committed(row, value, f.asText)
	case fieldReportedAt:
		row.ReportedAt, err = f.times.read(value)
	}
	if errors.Is(err, numbers.ErrText) {
		err = fmt.Errorf("%w; set figures_as_text if the API writes figures so", err)
	}
	return err
}

// readName reads what names something: text, or a whole number as it is written; null is none.
func readName(value jsonvalue.Value) (string, error) {
	switch value.Kind() {
	case jsonvalue.Null:
		return "", nil
	case jsonvalue.Text:
		text, sound := value.Text()
		if !sound {
			return text, jsonvalue.ErrNotUnicode
		}
		return text, nil
	case jsonvalue.Number:
		for _, digit := range value.Raw() {
			if digit < '0' || digit > '9' {
				return "", errors.New("expected text or a whole number, found a number with a sign, a fraction or an exponent")
			}
		}
		return value.Raw(), nil
	}
	return "", fmt.Errorf("expected text, found %s", value.Kind())
}

package extensiv

import (
	"fmt"
	"hash/fnv"
	"strconv"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/warehouses/jsonvalue"
	"github.com/tidemark/tidemark/warehouses/numbers"
)

// form says what rows are made of.
type form struct {
	details    bool // the rows are lots; otherwise summaries
	byID       bool // an item is known by its number; otherwise by its SKU
	append     bool // its qualifier is part of the SKU
	decimals   bool // 4.0 is 4
	held       bool // what is on hold counts as available
	facilities map[string]string
	figures    *numbers.Reading // of this fetch
}

// seen is what is known of rows as a whole.
type seen struct {
	rows      int
	item      bool // any row named its item, be it with null
	available bool // any row had an available figure, be it null
	foreign   bool // a row is of a facility that was not asked for
}

func (s *seen) merge(other seen) {
	s.rows += other.rows
	s.item = s.item || other.item
	s.available = s.available || other.available
	s.foreign = s.foreign || other.foreign
}

// page is one response with rows.
type page struct {
	seen
	total int64
	count int
	print uint64   // of the rows as they are written
	keys  []string // of rows that are there once: summaries by item, qualifier and facility
	rows  []inventory.Row
}

// decodePage reads a response; rows is memory that may be used again.
func decodePage(body []byte, place string, f form, rows []inventory.Row) (page, error) {
	document, err := jsonvalue.Parse(body)
	if err != nil {
		return page{}, err
	}
	list, total, err := listOf(document, f)
	if err != nil {
		return page{}, err
	}
	p := page{total: total, rows: rows[:0]}
	sum := fnv.New64a()
	_, _ = sum.Write([]byte(list.Raw()))
	p.print = sum.Sum64()
	err = list.Elements(func(number int, value jsonvalue.Value) error {
		p.count++
		p.row(value, place+", item "+strconv.Itoa(number), f)
		return nil
	})
	return p, err
}

// listOf finds the rows of a response and how many there are on all pages together.
func listOf(document jsonvalue.Value, f form) (list jsonvalue.Value, total int64, err error) {
	name := "summaries"
	if f.details {
		name = "_embedded"
	}
	parts, err := document.Parts("the answer", "totalResults", name)
	if err != nil {
		return list, 0, err
	}
	if total, err = strconv.ParseInt(parts[0].Raw(), 10, 64); err != nil || total < 0 {
		return list, 0, fmt.Errorf("totalResults: expected a whole number from 0, found %s", parts[0].Kind())
	}
	list = parts[1]
	if f.details {
		embedded, err := list.Parts(name, "item")
		if err != nil {
			return list, 0, err
		}
		list, name = embedded[0], "_embedded.item"
	}
	if list.Kind() != jsonvalue.List {
		return list, 0, fmt.Errorf("%s: expected a list, found %s", name, list.Kind())
	}
	return list, total, nil
}

// row reads one row. What is wrong with it is its Problem.
func (p *page) row(value jsonvalue.Value, place string, f form) {
	row := inventory.Row{Place: place}
	if value.Kind() != jsonvalue.Object {
		jsonvalue.Note(&row, "row", fmt.Errorf("expected an object, found %s", value.Kind()))
	}
	held, qualifier, number := false, "", ""
	var item jsonvalue.Value
	jsonvalue.ReadRow(&row, value, f.figures.Watch("", func(name string, value jsonvalue.Value) error {
		var err error
		switch name {
		case "itemIdentifier":
			p.item, item = true, value
		case "qualifier":
			qualifier, err = jsonvalue.ReadText(value)
		case "facilityId":
			if number = value.Raw(); !f.details {
				_, err = jsonvalue.ReadID(value)
			}
		case "available":
			p.available = true
			err = f.figure(f.figures.Available, &row, value)
		case "onHand":
			err = f.figure(f.figures.OnHand, &row, value)
		case "allocated":
			err = f.figure(f.figures.Committed, &row, value)
		case "isOnHold", "quarantined":
			var is bool
			is, err = readFlag(value)
			held = held || is
		}
		return err
	}))
	id := f.identify(&row, item)
	f.figures.SKU(&row, row.SKU)
	if f.append && qualifier != "" {
		row.SKU += "-" + qualifier
		if row.Written != "" {
			row.Written += "-" + qualifier
		}
	}
	switch {
	case f.details && held && !f.held:
		row.Available, row.NoAvailable = new(int64(0)), false
	case !f.details:
		p.place(&row, number, f)
	}
	if !f.details && id != 0 {
		p.keys = append(p.keys, fmt.Sprintf("%d %s %s", id, number, qualifier))
	}
	p.seen.rows++
	p.rows = append(p.rows, row)
}

// identify reads what item a row is of.
func (f form) identify(row *inventory.Row, item jsonvalue.Value) (id int64) {
	if item.Kind() != jsonvalue.Object {
		jsonvalue.Note(row, "itemIdentifier", fmt.Errorf("expected an object, found %s", item.Kind()))
		return 0
	}
	twice, _ := item.Members(f.figures.Watch("itemIdentifier.", func(name string, value jsonvalue.Value) error {
		var err error
		switch name {
		case "id":
			id, err = jsonvalue.ReadID(value)
		case "sku":
			if !f.byID {
				row.SKU, err = jsonvalue.ReadText(value)
			}
		}
		jsonvalue.Note(row, "itemIdentifier."+name, err)
		return nil
	}))
	jsonvalue.NoteTwice(row, twice)
	switch {
	case id == 0:
		jsonvalue.Note(row, "itemIdentifier.id", jsonvalue.ErrMissing)
	case f.byID:
		row.SKU = strconv.FormatInt(id, 10)
	}
	return id
}

// place says of which facility a row is.
func (p *page) place(row *inventory.Row, number string, f form) {
	row.Facility = number
	if number == "" || number == "null" {
		row.Facility = ""
		jsonvalue.Note(row, "facilityId", jsonvalue.ErrMissing) // no facility would be another level
		return
	}
	if f.facilities == nil {
		return
	}
	name, ok := f.facilities[number]
	p.foreign = p.foreign || !ok && row.Problem == ""
	if ok {
		row.Facility = name
	}
}

// readFlag reads yes or no; null is no.
func readFlag(value jsonvalue.Value) (bool, error) {
	if kind := value.Kind(); kind != jsonvalue.Boolean && kind != jsonvalue.Null {
		return false, fmt.Errorf("expected true or false, found %s", kind)
	}
	return value.Raw() == "true", nil
}

// figure reads a figure. One that is written with decimals is refused where the settings say that there are none.
func (f form) figure(read func(*inventory.Row, jsonvalue.Value, bool) error, row *inventory.Row, value jsonvalue.Value) error {
	if !f.decimals && value.Kind() == jsonvalue.Number {
		if _, err := inventory.ParseQuantity(value.Raw()); err != nil {
			return err
		}
	}
	return read(row, value, false)
}

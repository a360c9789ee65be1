package shiphero

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/warehouses"
	"github.com/tidemark/tidemark/warehouses/jsonvalue"
	"github.com/tidemark/tidemark/warehouses/numbers"
)

// seen is what is known of rows as a whole.
type seen struct {
	rows      int
	sku       bool   // any row had a SKU, be it null
	available bool   // any row had an available figure, be it null
	foreign   bool   // a row is of another warehouse than was asked for
	account   string // of the rows
	several   bool   // the rows are of several accounts
}

func (s *seen) merge(other seen) {
	s.rows += other.rows
	s.sku = s.sku || other.sku
	s.available = s.available || other.available
	s.foreign = s.foreign || other.foreign
	s.several = s.several || other.several
	s.of(other.account)
}

// of notes whose a row is.
func (s *seen) of(account string) {
	s.several = s.several || account != "" && s.account != "" && account != s.account
	if account != "" {
		s.account = account
	}
}

// page is one response with levels.
type page struct {
	seen
	more   bool
	cursor string
	count  int
	ids    []string // of the products, where they could be read
	rows   []inventory.Row
}

// decodePage reads a response; rows is memory that may be used again. A warehouse that is asked for is not empty.
func decodePage(body []byte, number int, warehouse string, figures *numbers.Reading, rows []inventory.Row) (page, error) {
	document, err := jsonvalue.Parse(body)
	if err != nil {
		return page{}, err
	}
	connection, err := document.Descend("data", "warehouse_products", "data")
	if err != nil {
		return page{}, err
	}
	parts, err := connection.Parts("warehouse_products.data", "pageInfo", "edges")
	if err != nil {
		return page{}, err
	}
	info, err := parts[0].Parts("pageInfo", "hasNextPage", "endCursor")
	if err != nil {
		return page{}, err
	}
	p := page{rows: rows[:0]}
	p.cursor, _ = info[1].Text()
	p.more = info[0].Raw() == "true"
	switch {
	case info[0].Kind() != jsonvalue.Boolean:
		return page{}, fmt.Errorf("hasNextPage: expected true or false, found %s", info[0].Kind())
	case p.more && p.cursor == "":
		return page{}, errors.New("there are more pages, and endCursor does not say where")
	}
	err = parts[1].List("edges", func(item int, edge jsonvalue.Value) error {
		p.count++
		p.edge(edge, warehouses.PageItem(number, item), warehouse, figures)
		return nil
	})
	return p, err
}

// edge reads one product of a warehouse. What is wrong with it is the row's Problem.
func (p *page) edge(edge jsonvalue.Value, place, warehouse string, figures *numbers.Reading) {
	row := inventory.Row{Place: place}
	node, err := edge.Descend("node")
	if err == nil && node.Kind() != jsonvalue.Object {
		err = fmt.Errorf("expected an object, found %s", node.Kind())
	}
	jsonvalue.Note(&row, "node", err)
	id := ""
	jsonvalue.ReadRow(&row, node, figures.Watch("", func(name string, value jsonvalue.Value) error {
		var err error
		switch name {
		case "id":
			id, err = jsonvalue.ReadText(value)
		case "account_id":
			var account string
			account, err = jsonvalue.ReadText(value)
			p.of(account)
		case "sku":
			p.sku = true
			row.SKU, err = jsonvalue.ReadText(value)
		case "warehouse_id":
			row.Facility, err = jsonvalue.ReadText(value)
		default:
			err = p.figure(&row, name, value, figures)
		}
		return err
	}))
	figures.SKU(&row, row.SKU)
	if row.Facility == "" {
		jsonvalue.Note(&row, "warehouse_id", jsonvalue.ErrMissing) // no facility would be another level
	}
	if id == "" {
		jsonvalue.Note(&row, "id", jsonvalue.ErrMissing)
	} else {
		p.ids = append(p.ids, id)
	}
	p.add(row, warehouse)
	p.rows = append(p.rows, row)
}

// add counts a row.
func (s *seen) add(row inventory.Row, warehouse string) {
	s.rows++
	s.foreign = s.foreign || warehouse != "" && row.Facility != "" && row.Facility != warehouse
}

// figure reads a member that may be a figure of the row. They have the same names in answers and in files.
func (s *seen) figure(row *inventory.Row, name string, value jsonvalue.Value, figures *numbers.Reading) (err error) {
	switch name {
	case "available":
		s.available = true
		err = figures.Available(row, value, false)
	case "on_hand":
		err = figures.OnHand(row, value, false)
	case "allocated":
		err = figures.Committed(row, value, false)
	}
	return err
}

// stock is what is read of the products in the file of a snapshot.
type stock struct {
	seen
	figures *numbers.Reading
	rows    []inventory.Row // that were not passed on yet
}

// product reads one product, which stands under a key that is its SKU, into a row for each warehouse. A product that no
// warehouse has makes no row.
func (s *stock) product(product jsonvalue.Value, key, place, warehouse string) {
	row := inventory.Row{Place: place}
	s.figures.SKU(&row, key)
	if strings.ContainsRune(key, utf8.RuneError) {
		jsonvalue.Note(&row, "sku", jsonvalue.ErrNotUnicode)
	}
	var levels jsonvalue.Value
	given := false
	jsonvalue.ReadRow(&row, product, func(name string, value jsonvalue.Value) error {
		switch name {
		case "sku":
			sku, err := jsonvalue.ReadText(value)
			if err == nil && sku != key {
				err = errors.New("it differs from the name under which the product stands")
			}
			return err
		case "warehouse_products":
			levels, given = value, true
		}
		return nil
	})
	s.sku = true
	if !given || levels.Kind() != jsonvalue.Object {
		jsonvalue.Note(&row, "warehouse_products", fmt.Errorf("expected an object, found %s", levels.Kind()))
		s.add(row, warehouse)
		s.rows = append(s.rows, row)
		return
	}
	number := 0
	// A warehouse that is named twice makes two rows of one level, which the ledger refuses; names that differ in case are two.
	_, _ = levels.Members(func(facility string, level jsonvalue.Value) error {
		number++
		s.level(row, level, facility, number, warehouse)
		return nil
	})
}

// level reads the stock of a product in one warehouse.
func (s *stock) level(row inventory.Row, level jsonvalue.Value, facility string, number int, warehouse string) {
	row.Place += ", warehouse " + strconv.Itoa(number)
	row.Facility = facility
	switch {
	case facility == "":
		jsonvalue.Note(&row, "warehouse_products", errors.New("the warehouse has no id")) // no facility would be another level
	case strings.ContainsRune(facility, utf8.RuneError):
		jsonvalue.Note(&row, "warehouse_products", jsonvalue.ErrNotUnicode)
	case level.Kind() != jsonvalue.Object:
		jsonvalue.Note(&row, "warehouse_products", fmt.Errorf("expected an object, found %s", level.Kind()))
	}
	jsonvalue.ReadRow(&row, level, func(name string, value jsonvalue.Value) error { return s.figure(&row, name, value, s.figures) })
	s.add(row, warehouse)
	s.rows = append(s.rows, row)
}

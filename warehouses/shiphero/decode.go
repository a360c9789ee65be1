package shiphero

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/warehouses/jsonvalue"
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

// page is one answer with levels.
type page struct {
	seen
	more   bool
	cursor string
	count  int
	ids    []string // of the products, where they could be read
	rows   []inventory.Row
}

// decodePage reads an answer; rows is memory that may be used again. A warehouse that is asked for is not empty.
func decodePage(body []byte, number int, warehouse string, rows []inventory.Row) (page, error) {
	document, err := jsonvalue.Parse(body)
	if err != nil {
		return page{}, fmt.Errorf("%w; found %s", err, found(body))
	}
	connection, err := descend(document, "data", "warehouse_products", "data")
	if err != nil {
		return page{}, err
	}
	parts, err := members(connection, "warehouse_products.data", "pageInfo", "edges")
	if err != nil {
		return page{}, err
	}
	info, err := members(parts[0], "pageInfo", "hasNextPage", "endCursor")
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
	case parts[1].Kind() != jsonvalue.List:
		return page{}, fmt.Errorf("edges: expected a list, found %s", parts[1].Kind())
	}
	err = parts[1].Elements(func(item int, edge jsonvalue.Value) error {
		p.count++
		p.edge(edge, "page "+strconv.Itoa(number)+", item "+strconv.Itoa(item), warehouse)
		return nil
	})
	return p, err
}

// edge reads one product of a warehouse. What is wrong with it is the row's Problem.
func (p *page) edge(edge jsonvalue.Value, place, warehouse string) {
	row := inventory.Row{Place: place}
	node, err := descend(edge, "node")
	if err == nil && node.Kind() != jsonvalue.Object {
		err = fmt.Errorf("expected an object, found %s", node.Kind())
	}
	note(&row, "node", err)
	id := ""
	twice, _ := node.Members(func(name string, value jsonvalue.Value) error {
		var err error
		switch name {
		case "id":
			id, err = readText(value)
		case "account_id":
			var account string
			account, err = readText(value)
			p.of(account)
		case "sku":
			p.sku = true
			row.SKU, err = readText(value)
		case "warehouse_id":
			row.Facility, err = readText(value)
		default:
			err = p.figure(&row, name, value)
		}
		note(&row, name, err)
		return nil // the node is read on, for what else it says helps to find it
	})
	noteTwice(&row, twice)
	if row.Facility == "" {
		note(&row, "warehouse_id", errMissing) // no facility would be another level
	}
	if id == "" {
		note(&row, "id", errMissing)
	} else {
		p.ids = append(p.ids, id)
	}
	p.add(row, warehouse)
	p.rows = append(p.rows, row)
}

// errMissing is for what a row cannot be believed without.
var errMissing = errors.New("it is missing")

// add counts a row.
func (s *seen) add(row inventory.Row, warehouse string) {
	s.rows++
	s.foreign = s.foreign || warehouse != "" && row.Facility != "" && row.Facility != warehouse
}

// figure reads a member that may be a figure of the row. They have the same names in answers and in files.
func (s *seen) figure(row *inventory.Row, name string, value jsonvalue.Value) (err error) {
	switch name {
	case "available":
		s.available = true
		row.Available, err = readQuantity(value)
	case "on_hand":
		row.OnHand, err = readQuantity(value)
	case "allocated":
		row.Committed, err = readQuantity(value)
	}
	return err
}

// stock is what is read of the products in the file of a snapshot.
type stock struct {
	seen
	rows []inventory.Row // that were not passed on yet
}

// product reads one product, which stands under a key that is its SKU, into a row for each warehouse. A product that no
// warehouse has makes no row.
func (s *stock) product(product jsonvalue.Value, key, place, warehouse string) {
	row := inventory.Row{Place: place, SKU: key}
	if strings.ContainsRune(key, utf8.RuneError) {
		note(&row, "sku", errNotUnicode)
	}
	var levels jsonvalue.Value
	given := false
	twice, _ := product.Members(func(name string, value jsonvalue.Value) error {
		switch name {
		case "sku":
			sku, err := readText(value)
			if err == nil && sku != key {
				err = errors.New("it differs from the name under which the product stands")
			}
			note(&row, name, err)
		case "warehouse_products":
			levels, given = value, true
		}
		return nil
	})
	noteTwice(&row, twice)
	s.sku = true
	if !given || levels.Kind() != jsonvalue.Object {
		note(&row, "warehouse_products", fmt.Errorf("expected an object, found %s", levels.Kind()))
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
		note(&row, "warehouse_products", errors.New("the warehouse has no id")) // no facility would be another level
	case strings.ContainsRune(facility, utf8.RuneError):
		note(&row, "warehouse_products", errNotUnicode)
	case level.Kind() != jsonvalue.Object:
		note(&row, "warehouse_products", fmt.Errorf("expected an object, found %s", level.Kind()))
	}
	twice, _ := level.Members(func(name string, value jsonvalue.Value) error {
		note(&row, name, s.figure(&row, name, value))
		return nil
	})
	noteTwice(&row, twice)
	s.add(row, warehouse)
	s.rows = append(s.rows, row)
}

// descend follows names from object to object. A name that is missing, or given twice on the way, is an error.
func descend(value jsonvalue.Value, path ...string) (jsonvalue.Value, error) {
	for _, name := range path {
		found, err := members(value, "the answer", name)
		if err != nil {
			return jsonvalue.Value{}, err
		}
		value = found[0]
	}
	return value, nil
}

// members are the members of an object with these names, all of which must be there.
func members(object jsonvalue.Value, called string, names ...string) ([]jsonvalue.Value, error) {
	if object.Kind() != jsonvalue.Object {
		return nil, fmt.Errorf("%s: expected an object with %q, found %s", called, names[0], object.Kind())
	}
	found, has := make([]jsonvalue.Value, len(names)), make([]bool, len(names))
	twice, _ := object.Members(func(name string, value jsonvalue.Value) error {
		for i := range names {
			if names[i] == name {
				found[i], has[i] = value, true
			}
		}
		return nil
	})
	if twice != "" {
		return nil, fmt.Errorf("%s is given twice", strconv.Quote(twice[:min(len(twice), 40)]))
	}
	for i := range names {
		if !has[i] {
			return nil, fmt.Errorf("%q is missing", names[i])
		}
	}
	return found, nil
}

// note makes an error the row's Problem, when it is the first one.
func note(row *inventory.Row, name string, err error) {
	if err != nil && row.Problem == "" {
		row.Problem = name + ": " + err.Error()
	}
}

func noteTwice(row *inventory.Row, name string) {
	if name != "" {
		row.Problem = fmt.Sprintf("%s is given twice; it is not known which one is meant", strconv.Quote(name[:min(len(name), 40)]))
	}
}

var errNotUnicode = errors.New("the text holds a character that is not valid Unicode")

// readText reads a name; null is none.
func readText(value jsonvalue.Value) (string, error) {
	text, sound := value.Text()
	switch {
	case value.Kind() != jsonvalue.Text && value.Kind() != jsonvalue.Null:
		return "", fmt.Errorf("expected text, found %s", value.Kind())
	case !sound:
		return text, errNotUnicode
	}
	return text, nil
}

// readQuantity reads a figure; null is none, and is never taken for 0.
func readQuantity(value jsonvalue.Value) (*int64, error) {
	switch value.Kind() {
	case jsonvalue.Null:
		return nil, nil
	case jsonvalue.Number:
		units, err := inventory.ParseQuantity(value.Raw())
		if err != nil {
			return nil, err
		}
		return &units, nil
	}
	return nil, fmt.Errorf("expected a whole number, found %s", value.Kind())
}

package shipbob

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/warehouses"
	"github.com/tidemark/tidemark/warehouses/jsonvalue"
	"github.com/tidemark/tidemark/warehouses/numbers"
)

// form says which rows are made of an item.
type form struct {
	locations bool // a row for each fulfillment center; otherwise one for all of them
	sellable  bool // the sellable figure is the available one; otherwise the fulfillable one
	byName    bool // a fulfillment center is known by its name; otherwise by its number
	byID      bool // a product is known by its inventory_id; otherwise by its SKU

	figures *numbers.Reading // of this fetch
}

// names are ShipBob's names of what a row holds.
type names struct{ sku, available, onHand, committed string }

func (f form) names() names {
	n := names{"sku", "total_fulfillable_quantity", "total_on_hand_quantity", "total_committed_quantity"}
	switch {
	case f.locations:
		n = names{"sku", "fulfillable_quantity", "on_hand_quantity", "committed_quantity"}
	case f.sellable:
		n.available = "total_sellable_quantity"
	}
	if f.byID {
		n.sku = "inventory_id"
	}
	return n
}

// page is one response of ShipBob.
type page struct {
	next, first, last string // addresses; next is empty on the last page
	items             int
	ids               []int64 // of the items, where they could be read
	rows              []inventory.Row
	given             given
	centers           map[string]string // names of fulfillment centers, by number
}

// given says which members any item had, be it with null.
type given struct{ sku, available bool }

func (g given) and(other given) given {
	return given{sku: g.sku || other.sku, available: g.available || other.available}
}

// decodePage reads a response; rows is memory that may be used again.
func decodePage(body []byte, number int, f form, rows []inventory.Row) (page, error) {
	p := page{rows: rows[:0], centers: map[string]string{}}
	// The member next is null on the last page, and not left out.
	err := jsonvalue.ReadDocument(body, []string{"items", "next"}, func(name string, value jsonvalue.Value) error {
		return p.member(name, value, number, f)
	})
	return p, err
}

// member reads one member of a response.
func (p *page) member(name string, value jsonvalue.Value, number int, f form) error {
	switch name {
	case "next":
		return readAddress(name, value, &p.next)
	case "first":
		return readAddress(name, value, &p.first)
	case "last":
		return readAddress(name, value, &p.last)
	case "items":
		return value.List(name, func(item int, value jsonvalue.Value) error {
			p.items++
			p.item(value, warehouses.PageItem(number, item), f)
			return nil
		})
	}
	return nil
}

// item reads one item into rows. What is wrong with it is the Problem of its rows.
func (p *page) item(item jsonvalue.Value, place string, f form) {
	row := inventory.Row{Place: place}
	if !jsonvalue.IsObject(&row, item) {
		p.rows = append(p.rows, row)
		return
	}
	var locations jsonvalue.Value
	listed, id, names := false, int64(0), f.names()
	jsonvalue.ReadRow(&row, item, f.figures.Watch("", func(name string, value jsonvalue.Value) error {
		p.given.sku = p.given.sku || name == names.sku
		var err error
		switch {
		case name == "inventory_id":
			id, err = jsonvalue.ReadID(value)
		case name == "sku" && !f.byID:
			row.SKU, err = jsonvalue.ReadText(value)
		case name == "locations":
			locations, listed = value, true
		case !f.locations:
			err = p.figure(&row, f, name, value)
		}
		return err
	}))
	f.figures.SKU(&row, row.SKU)
	switch {
	case id == 0:
		jsonvalue.Note(&row, "inventory_id", jsonvalue.ErrMissing)
	case f.byID:
		row.SKU, row.Written = strconv.FormatInt(id, 10), ""
		fallthrough
	default:
		p.ids = append(p.ids, id)
	}
	if !f.locations {
		p.rows = append(p.rows, row)
		return
	}
	if !listed || locations.Kind() != jsonvalue.List && locations.Kind() != jsonvalue.Null {
		jsonvalue.Note(&row, "locations", fmt.Errorf("expected a list, found %s", locations.Kind()))
		p.rows = append(p.rows, row)
		return
	}
	_ = locations.Elements(func(number int, location jsonvalue.Value) error {
		p.rows = append(p.rows, p.location(row, location, number, f))
		return nil
	})
}

// location reads the stock of an item in one fulfillment center.
func (p *page) location(row inventory.Row, location jsonvalue.Value, number int, f form) inventory.Row {
	row.Place += ", location " + strconv.Itoa(number)
	if location.Kind() != jsonvalue.Object {
		jsonvalue.Note(&row, "locations", fmt.Errorf("expected an object, found %s", location.Kind()))
		return row
	}
	id, called := "", ""
	jsonvalue.ReadRow(&row, location, f.figures.Watch("locations.", func(name string, value jsonvalue.Value) error {
		var err error
		switch name {
		case "location_id":
			if _, err = jsonvalue.ReadID(value); err == nil {
				id = value.Raw() // what is no id is no facility either: the row may be of any of the SKU's
			}
		case "name":
			if called, err = jsonvalue.ReadText(value); !f.byName {
				err = nil // it is only shown
			}
		default:
			err = p.figure(&row, f, name, value)
		}
		return err
	}))
	row.Facility = id
	if f.byName {
		row.Facility = f.figures.Undress(called)
	}
	if row.Facility == "" {
		jsonvalue.Note(&row, "locations", errors.New("the location has no location_id, or no name")) // no facility would be another level
	}
	p.centers[id] = called
	return row
}

// figure reads a member that may be a figure of the row.
func (p *page) figure(row *inventory.Row, f form, name string, value jsonvalue.Value) (err error) {
	names := f.names()
	switch name {
	case names.available:
		p.given.available = true
		err = f.figures.Available(row, value, false)
	case names.onHand:
		err = f.figures.OnHand(row, value, false)
	case names.committed:
		err = f.figures.Committed(row, value, false)
	}
	return err
}

// readAddress reads the address of another page; null is none.
func readAddress(name string, value jsonvalue.Value, into *string) error {
	text, _ := value.Text()
	if value.Kind() != jsonvalue.Null && text == "" {
		return fmt.Errorf("%s: expected an address or null, found %s", name, value.Kind())
	}
	*into = text
	return nil
}

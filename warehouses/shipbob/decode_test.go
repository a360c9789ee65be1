package shipbob

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/warehouses/jsonvalue"
	"github.com/tidemark/tidemark/warehouses/numbers"
	"github.com/tidemark/tidemark/warehouses/warehousetest"
)

func decode(t *testing.T, text string, f form) []inventory.Row {
	t.Helper()
	item, err := jsonvalue.Parse([]byte(text))
	require.NoError(t, err)
	f.figures = numbers.Rules{}.Reading()
	p := page{centers: map[string]string{}}
	p.item(item, "here", f)
	return p.rows
}

func TestDecodeItem(t *testing.T) {
	t.Parallel()
	five, minus, zero := new(int64(5)), new(int64(-3)), new(int64(0))
	for name, test := range map[string]struct {
		text string
		want inventory.Row
	}{
		"whole": {
			`{"inventory_id":7,"name":"Bike","sku":"A","total_awaiting_quantity":1.5,"total_fulfillable_quantity":5,"total_on_hand_quantity":0,` +
				`"total_committed_quantity":-3,"total_sellable_quantity":9}`,
			inventory.Row{SKU: "A", Available: five, OnHand: zero, Committed: minus},
		},
		"nulls":     {`{"inventory_id":7,"sku":null,"total_fulfillable_quantity":null,"total_on_hand_quantity":null}`, inventory.Row{}},
		"no figure": {`{"inventory_id":7,"sku":"A"}`, inventory.Row{SKU: "A"}},
		"nothing":   {`{}`, inventory.Row{Problem: "inventory_id: it is missing"}},
		"an id of text": {
			`{"inventory_id":"7","sku":"A","total_fulfillable_quantity":5}`,
			inventory.Row{SKU: "A", Available: five, Problem: "inventory_id: expected a positive whole number, found text"},
		},
		"an id with an exponent": {
			`{"inventory_id":7e0,"sku":"A"}`,
			inventory.Row{SKU: "A", Problem: "inventory_id: expected a positive whole number, found a number"},
		},
		"an id of nothing": {
			`{"inventory_id":0,"sku":"A"}`,
			inventory.Row{SKU: "A", Problem: "inventory_id: expected a positive whole number, found a number"},
		},
		"invalid UTF-8": {
			"{\"inventory_id\":7,\"sku\":\"A\xff\",\"total_fulfillable_quantity\":5}",
			inventory.Row{SKU: "A\xff", Available: five, Problem: "sku: the text holds a character that is not valid Unicode"},
		},
		"a lone surrogate": {
			`{"inventory_id":7,"sku":"A\ud800","total_fulfillable_quantity":5}`,
			inventory.Row{SKU: "A\ufffd", Available: five, Problem: "sku: the text holds a character that is not valid Unicode"},
		},
		"a name twice": {
			`{"inventory_id":7,"sku":"A","total_fulfillable_quantity":5,"total_fulfillable_quantity":0}`,
			inventory.Row{SKU: "A", Available: zero, Problem: `"total_fulfillable_quantity" is given twice; it is not known which one is meant`},
		},
		"a name twice, cases": {
			`{"inventory_id":7,"sku":"A","total_fulfillable_quantity":5,"Total_Fulfillable_Quantity":0}`,
			inventory.Row{SKU: "A", Available: five, Problem: `"Total_Fulfillable_Quantity" is given twice; it is not known which one is meant`},
		},
		"another case": {`{"inventory_id":7,"sku":"A","Total_Fulfillable_Quantity":5}`, inventory.Row{SKU: "A"}},
		"a number for a SKU": {
			`{"inventory_id":7,"sku":7,"total_fulfillable_quantity":5}`,
			inventory.Row{Available: five, Problem: "sku: expected text, found a number"},
		},
		"text for a figure": {
			`{"inventory_id":7,"sku":"A","total_fulfillable_quantity":"5"}`,
			inventory.Row{SKU: "A", Problem: "total_fulfillable_quantity: expected a whole number, found text"},
		},
		"not a number": {
			`{"inventory_id":7,"sku":"A","total_fulfillable_quantity":"NaN"}`,
			inventory.Row{SKU: "A", Problem: "total_fulfillable_quantity: \"NaN\" is not a whole number; if it stands for one, set texts: {\"NaN\": NUMBER}, or none " +
				"where it means that there is no level"},
		},
		"a bad figure of no concern": {
			`{"inventory_id":7,"sku":"A","total_fulfillable_quantity":5,"total_on_hand_quantity":1e3}`,
			inventory.Row{
				SKU: "A", Available: five,
				Problem: `total_on_hand_quantity: the quantity "1e3" is a number with an exponent; expected a whole number like 12`,
			},
		},
		"text": {`"A"`, inventory.Row{Problem: "expected an object, found text"}},
		"null": {`null`, inventory.Row{Problem: "expected an object, found null"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test.want.Place = "here"
			require.Equal(t, []inventory.Row{test.want}, warehousetest.InWords(t, decode(t, test.text, form{})...))
		})
	}
}

func TestDecodeLocations(t *testing.T) {
	t.Parallel()
	five := new(int64(5))
	f := form{locations: true}
	at := func(row inventory.Row, places ...string) inventory.Row {
		row.Place = strings.Join(append([]string{"here"}, places...), ", ")
		return row
	}
	for name, test := range map[string]struct {
		form form
		text string
		want []inventory.Row
	}{
		"the SKU comes last": {
			f,
			`{"inventory_id":7,"locations":[{"location_id":1,"name":"x","fulfillable_quantity":5},{"location_id":2,"fulfillable_quantity":null}],"sku":"A"}`,
			[]inventory.Row{at(inventory.Row{SKU: "A", Facility: "1", Available: five}, "location 1"), at(inventory.Row{SKU: "A", Facility: "2"}, "location 2")},
		},
		"the total is not taken": {
			f,
			`{"inventory_id":7,"sku":"A","fulfillable_quantity":9,"locations":[{"location_id":1,"total_fulfillable_quantity":5}]}`,
			[]inventory.Row{at(inventory.Row{SKU: "A", Facility: "1"}, "location 1")},
		},
		"by inventory id and name": {
			form{locations: true, byID: true, byName: true},
			`{"inventory_id":7,"sku":null,"locations":[{"location_id":1,"name":"x","fulfillable_quantity":5}]}`,
			[]inventory.Row{at(inventory.Row{SKU: "7", Facility: "x", Available: five}, "location 1")},
		},
		"a fault of the item is one of its rows": {
			f,
			`{"inventory_id":7,"sku":"A","SKU":"B","locations":[{"location_id":1,"fulfillable_quantity":5}]}`,
			[]inventory.Row{at(inventory.Row{Facility: "1", Available: five, Problem: `"SKU" is given twice; it is not known which one is meant`}, "location 1")},
		},
		"a location twice named": {
			f,
			`{"inventory_id":7,"sku":"A","locations":[{"location_id":1,"fulfillable_quantity":5,"Location_ID":2}]}`,
			[]inventory.Row{at(inventory.Row{SKU: "A", Facility: "1", Available: five, Problem: `"Location_ID" is given twice; it is not known which one is meant`},
				"location 1")},
		},
		"no location id": {
			f,
			`{"inventory_id":7,"sku":"A","locations":[{"fulfillable_quantity":5}]}`,
			[]inventory.Row{at(inventory.Row{SKU: "A", Available: five, Problem: "locations: the location has no location_id, or no name"}, "location 1")},
		},
		"no name": {
			form{locations: true, byName: true},
			`{"inventory_id":7,"sku":"A","locations":[{"location_id":1,"name":null,"fulfillable_quantity":5}]}`,
			[]inventory.Row{at(inventory.Row{SKU: "A", Available: five, Problem: "locations: the location has no location_id, or no name"}, "location 1")},
		},
		"an id of text": {
			f,
			`{"inventory_id":7,"sku":"A","locations":[{"location_id":"1","fulfillable_quantity":5}]}`,
			[]inventory.Row{at(inventory.Row{SKU: "A", Available: five, Problem: "location_id: expected a positive whole number, found text"}, "location 1")},
		},
		"a name that is only shown": {
			f,
			`{"inventory_id":7,"sku":"A","locations":[{"location_id":1,"name":7,"fulfillable_quantity":5}]}`,
			[]inventory.Row{at(inventory.Row{SKU: "A", Facility: "1", Available: five}, "location 1")},
		},
		"not an object": {
			f, `{"inventory_id":7,"sku":"A","locations":[5]}`,
			[]inventory.Row{at(inventory.Row{SKU: "A", Problem: "locations: expected an object, found a number"}, "location 1")},
		},
		"none":     {f, `{"inventory_id":7,"sku":"A","locations":[]}`, nil},
		"null":     {f, `{"inventory_id":7,"sku":"A","locations":null}`, nil},
		"left out": {f, `{"inventory_id":7,"sku":"A"}`, []inventory.Row{at(inventory.Row{SKU: "A", Problem: "locations: expected a list, found null"})}},
		"an object": {
			f, `{"inventory_id":7,"sku":"A","locations":{}}`,
			[]inventory.Row{at(inventory.Row{SKU: "A", Problem: "locations: expected a list, found an object"})},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, test.want, warehousetest.InWords(t, decode(t, test.text, test.form)...))
		})
	}
}

// FuzzItem: whatever an item holds, a figure that is believed stands in it, once, digit by digit.
func FuzzItem(f *testing.F) {
	f.Fuzz(func(t *testing.T, text []byte) {
		if !json.Valid(text) {
			return // never reaches item
		}
		for _, row := range decode(t, string(text), form{}) {
			if row.Problem != "" {
				continue
			}
			var members map[string]json.RawMessage
			require.NoError(t, json.Unmarshal(text, &members))
			requireFigures(t, members, form{}.names(), row)
		}
		rows := decode(t, string(text), form{locations: true})
		for i, row := range rows {
			if row.Problem != "" {
				continue
			}
			var document struct {
				SKU       *string                      `json:"sku"`
				Locations []map[string]json.RawMessage `json:"locations"`
			}
			require.NoError(t, json.Unmarshal(text, &document))
			require.Len(t, document.Locations, len(rows))
			requireFigures(t, document.Locations[i], form{locations: true}.names(), row)
			require.Equal(t, string(document.Locations[i]["location_id"]), row.Facility)
		}
	})
}

func requireFigures(t *testing.T, members map[string]json.RawMessage, names names, row inventory.Row) {
	t.Helper()
	for name, figure := range map[string]*int64{names.available: row.Available, names.onHand: row.OnHand, names.committed: row.Committed} {
		raw := string(bytes.TrimSpace(members[name]))
		if figure == nil {
			require.True(t, raw == "" || raw == "null", "%s: %s was left out", name, raw)
			continue
		}
		warehousetest.RequireUnits(t, raw, *figure)
	}
}

// FuzzPage: no response brings the decoder down, and one that it takes is JSON with as many items.
func FuzzPage(f *testing.F) {
	f.Fuzz(func(t *testing.T, body []byte) {
		p, err := decodePage(body, 1, form{figures: numbers.Rules{}.Reading()}, nil)
		if err != nil {
			return
		}
		var document struct {
			Items []json.RawMessage `json:"items"`
			Next  *string           `json:"next"`
		}
		require.NoError(t, json.Unmarshal(body, &document))
		require.Len(t, p.rows, len(document.Items))
		require.Equal(t, p.items, len(document.Items))
		require.Equal(t, document.Next == nil, p.next == "")
	})
}

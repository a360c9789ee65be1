package shiphero

import (
	"bytes"
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/outbound"
	"github.com/tidemark/tidemark/warehouses"
	"github.com/tidemark/tidemark/warehouses/jsonvalue"
	"github.com/tidemark/tidemark/warehouses/numbers"
	"github.com/tidemark/tidemark/warehouses/warehousetest"
)

func parsed(t *testing.T, text string) jsonvalue.Value {
	t.Helper()
	value, err := jsonvalue.Parse([]byte(text))
	require.NoError(t, err)
	return value
}

func TestDecodeNode(t *testing.T) {
	t.Parallel()
	five, minus, zero := new(int64(5)), new(int64(-3)), new(int64(0))
	const named = `"id":"1","account_id":"a","sku":"A","warehouse_id":"w"`
	for name, test := range map[string]struct {
		text string
		want inventory.Row
	}{
		"whole": {
			`{"node":{` + named + `,"on_hand":0,"allocated":-3,"available":5,"updated_at":7}}`,
			inventory.Row{SKU: "A", Facility: "w", Available: five, OnHand: zero, Committed: minus},
		},
		"nulls": {`{"node":{` + named + `,"on_hand":null,"available":null}}`, inventory.Row{SKU: "A", Facility: "w"}},
		"text": {
			`{"node":{` + named + `,"available":"5"}}`,
			inventory.Row{SKU: "A", Facility: "w", Problem: "available: expected a whole number, found text"},
		},
		"twice, in two cases": {
			`{"node":{` + named + `,"available":5,"Available":0}}`,
			inventory.Row{SKU: "A", Facility: "w", Available: five, Problem: `"Available" is given twice; it is not known which one is meant`},
		},
		"no id": {`{"node":{"sku":"A","warehouse_id":"w"}}`, inventory.Row{SKU: "A", Facility: "w", Problem: "id: it is missing"}},
		"no warehouse": {
			`{"node":{"id":"1","sku":"A","warehouse_id":null,"available":5}}`,
			inventory.Row{SKU: "A", Available: five, Problem: "warehouse_id: it is missing"},
		},
		"no SKU":         {`{"node":{"id":"1","sku":null,"warehouse_id":"w","available":5}}`, inventory.Row{Facility: "w", Available: five}},
		"a node of null": {`{"node":null}`, inventory.Row{Problem: "node: expected an object, found null"}},
		"no node":        {`{}`, inventory.Row{Problem: `node: "node" is missing`}},
		"null":           {`null`, inventory.Row{Problem: `node: the answer: expected an object with "node", found null`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := page{}
			p.edge(parsed(t, test.text), "here", "", numbers.Rules{}.Reading())
			test.want.Place = "here"
			require.Equal(t, []inventory.Row{test.want}, warehousetest.InWords(t, p.rows...))
		})
	}
}

func TestDecodeProduct(t *testing.T) {
	t.Parallel()
	five := new(int64(5))
	at := func(number string, row inventory.Row) inventory.Row {
		row.Place = "here, warehouse " + number
		return row
	}
	for name, test := range map[string]struct {
		key, text string
		want      []inventory.Row
	}{
		"warehouses that differ in case": {
			"A", `{"sku":"A","warehouse_products":{"w":{"available":5},"W":{"available":null,"on_hand":5}}}`,
			[]inventory.Row{at("1", inventory.Row{SKU: "A", Facility: "w", Available: five}), at("2", inventory.Row{SKU: "A", Facility: "W", OnHand: five})},
		},
		"a warehouse twice": {
			"A", `{"warehouse_products":{"w":{"available":5},"w":{"available":5}}}`,
			[]inventory.Row{at("1", inventory.Row{SKU: "A", Facility: "w", Available: five}), at("2", inventory.Row{SKU: "A", Facility: "w", Available: five})},
		},
		"a figure twice": {"A", `{"warehouse_products":{"w":{"available":5,"Available":6}}}`, []inventory.Row{at("1", inventory.Row{
			SKU: "A", Facility: "w",
			Available: five, Problem: `"Available" is given twice; it is not known which one is meant`,
		})}},
		"another SKU": {
			"A", `{"sku":"B","warehouse_products":{"w":{"available":5}}}`,
			[]inventory.Row{at("1", inventory.Row{SKU: "A", Facility: "w", Available: five, Problem: "sku: it differs from the name under which the product stands"})},
		},
		"a SKU of a number": {
			"7", `{"sku":7,"warehouse_products":{"w":{"available":5}}}`,
			[]inventory.Row{at("1", inventory.Row{SKU: "7", Facility: "w", Available: five, Problem: "sku: expected text, found a number"})},
		},
		"a mended SKU": {"A\ufffd", `{"warehouse_products":{"w":{"available":5}}}`, []inventory.Row{at("1", inventory.Row{
			SKU: "A\ufffd", Facility: "w",
			Available: five, Problem: "sku: the text holds a character that is not valid Unicode",
		})}},
		"a level of null": {
			"A", `{"warehouse_products":{"w":null}}`,
			[]inventory.Row{at("1", inventory.Row{SKU: "A", Facility: "w", Problem: "warehouse_products: expected an object, found null"})},
		},
		"no name": {
			"A", `{"warehouse_products":{"":{"available":5}}}`,
			[]inventory.Row{at("1", inventory.Row{SKU: "A", Available: five, Problem: "warehouse_products: the warehouse has no id"})},
		},
		"no warehouses": {"A", `{"warehouse_products":{}}`, nil},
		"left out":      {"A", `{}`, []inventory.Row{{SKU: "A", Place: "here", Problem: "warehouse_products: expected an object, found null"}}},
		"a list": {"A", `{"warehouse_products":[]}`, []inventory.Row{{
			SKU: "A", Place: "here",
			Problem: "warehouse_products: expected an object, found a list",
		}}},
		"an invalid Unicode": {"A", "{\"warehouse_products\":{\"w\xff\":{\"available\":5}}}", []inventory.Row{at("1", inventory.Row{
			SKU: "A", Facility: "w\xff",
			Available: five, Problem: "warehouse_products: the text holds a character that is not valid Unicode",
		})}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := stock{figures: numbers.Rules{}.Reading()}
			s.product(parsed(t, test.text), test.key, "here", "")
			require.Equal(t, test.want, warehousetest.InWords(t, s.rows...))
		})
	}
}

// FuzzItem: whatever a node holds, a figure that is believed stands in it, once, digit by digit.
func FuzzItem(f *testing.F) {
	f.Fuzz(func(t *testing.T, text []byte) {
		value, err := jsonvalue.Parse(text)
		if err != nil {
			return // never reaches edge
		}
		p := page{}
		p.edge(value, "here", "", numbers.Rules{}.Reading())
		require.Len(t, p.rows, 1)
		row := p.rows[0]
		if row.Problem != "" {
			return
		}
		var document struct {
			Node map[string]json.RawMessage `json:"node"`
		}
		require.NoError(t, json.Unmarshal(text, &document))
		for name, figure := range map[string]*int64{"available": row.Available, "on_hand": row.OnHand, "allocated": row.Committed} {
			raw := string(bytes.TrimSpace(document.Node[name]))
			if figure == nil {
				require.True(t, raw == "" || raw == "null", "%s: %s was left out", name, raw)
				continue
			}
			warehousetest.RequireUnits(t, raw, *figure)
		}
	})
}

// FuzzPage: no response brings the decoder down, and one that it takes is JSON with as many products.
func FuzzPage(f *testing.F) {
	f.Fuzz(func(t *testing.T, body []byte) {
		complaints(body)
		complexity(body, "warehouse_products")
		_, _ = decodeJob(body, "inventory_snapshot")
		p, err := decodePage(body, 1, "w", numbers.Rules{}.Reading(), nil)
		if err != nil {
			return
		}
		var document struct {
			Data struct {
				Products struct {
					Data struct {
						Edges []json.RawMessage `json:"edges"`
					} `json:"data"`
				} `json:"warehouse_products"`
			} `json:"data"`
		}
		require.NoError(t, json.Unmarshal(body, &document))
		require.Len(t, p.rows, len(document.Data.Products.Data.Edges))
	})
}

// FuzzFile: no file brings the reader down, and one that it believes is JSON that is of the snapshot, with as many products.
func FuzzFile(f *testing.F) {
	f.Fuzz(func(t *testing.T, file []byte) {
		s := &source{Base: warehouses.Base{Partner: outbound.Partner{ID: "w"}}, figures: numbers.Rules{}.Reading()}
		passed := 0
		read, err := s.stream(t.Context(), newMeter(bytes.NewReader(file), 1<<20, time.Hour, func() {}), "x", func(_ context.Context, rows []inventory.Row) error {
			passed += len(rows)
			return nil
		})
		if err != nil {
			return
		}
		require.Equal(t, passed, read.rows)
		require.True(t, json.Valid(file))
		var members map[string]json.RawMessage
		require.NoError(t, json.Unmarshal(file, &members))
		require.Contains(t, members, "products")
		var id string
		require.NoError(t, json.Unmarshal(members["snapshot_id"], &id))
		require.Equal(t, "x", id)
	})
}

package extensiv

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

func decode(t *testing.T, text string, f form) inventory.Row {
	t.Helper()
	value, err := jsonvalue.Parse([]byte(text))
	require.NoError(t, err)
	f.figures = numbers.Rules{}.Reading()
	p := page{}
	p.row(value, "here", f)
	require.Len(t, p.rows, 1)
	row := p.rows[0]
	require.Equal(t, "here", row.Place)
	row.Place = ""
	return row
}

func TestDecodeRow(t *testing.T) {
	t.Parallel()
	four, six, minus := new(int64(4)), new(int64(6)), new(int64(-3))
	const item = `"itemIdentifier":{"sku":"A","id":2},"facilityId":7,`
	for name, test := range map[string]struct {
		form form
		text string
		want inventory.Row
	}{
		"whole": {
			form{decimals: true},
			`{` + item + `"qualifier":"","totalReceived":2.5,"allocated":-3.0,"available":4.0,"onHand":6}`,
			inventory.Row{SKU: "A", Facility: "7", Available: four, OnHand: six, Committed: minus},
		},
		"nulls": {form{}, `{` + item + `"available":null,"onHand":null,"qualifier":null}`, inventory.Row{SKU: "A", Facility: "7"}},
		"no decimals": {
			form{},
			`{` + item + `"available":4.0}`,
			inventory.Row{SKU: "A", Facility: "7", Problem: `available: the quantity "4.0" is a number with a fraction; expected a whole number like 12`},
		},
		"a fraction": {
			form{decimals: true},
			`{` + item + `"available":4.5}`,
			inventory.Row{SKU: "A", Facility: "7", Problem: `available: the quantity "4.5" is a number with a fraction; expected a whole number like 12`},
		},
		"text": {
			form{},
			`{` + item + `"available":"4"}`,
			inventory.Row{SKU: "A", Facility: "7", Problem: "available: expected a whole number, found text"},
		},
		"nothing":       {form{}, `{}`, inventory.Row{Problem: "itemIdentifier: expected an object, found null"}},
		"not an object": {form{}, `7`, inventory.Row{Problem: "row: expected an object, found a number"}},
		"no facility": {
			form{},
			`{"itemIdentifier":{"sku":"A","id":2},"available":4}`,
			inventory.Row{SKU: "A", Available: four, Problem: "facilityId: it is missing"},
		},
		"a facility of null": {
			form{},
			`{"itemIdentifier":{"sku":"A","id":2},"facilityId":null,"available":4}`,
			inventory.Row{SKU: "A", Available: four, Problem: "facilityId: expected a positive whole number, found null"},
		},
		"no id": {
			form{},
			`{"itemIdentifier":{"sku":"A"},"facilityId":7}`,
			inventory.Row{SKU: "A", Facility: "7", Problem: "itemIdentifier.id: it is missing"},
		},
		"by id": {
			form{byID: true},
			`{"itemIdentifier":{"sku":null,"id":2},"facilityId":7,"available":4}`,
			inventory.Row{SKU: "2", Facility: "7", Available: four},
		},
		"a figure twice": {
			form{},
			`{` + item + `"available":4,"Available":0}`,
			inventory.Row{SKU: "A", Facility: "7", Available: four, Problem: `"Available" is given twice; it is not known which one is meant`},
		},
		"a SKU twice": {
			form{},
			`{"itemIdentifier":{"sku":"A","SKU":"B","id":2},"facilityId":7,"available":4}`,
			inventory.Row{SKU: "A", Facility: "7", Available: four, Problem: `"SKU" is given twice; it is not known which one is meant`},
		},
		"a lone surrogate": {
			form{},
			`{"itemIdentifier":{"sku":"A\ud800","id":2},"facilityId":7,"available":4}`,
			inventory.Row{SKU: "A\ufffd", Facility: "7", Available: four, Problem: "itemIdentifier.sku: the text holds a character that is not valid Unicode"},
		},
		"a lot": {
			form{details: true},
			`{` + item + `"available":4,"onHand":6,"isOnHold":false,"quarantined":null}`,
			inventory.Row{SKU: "A", Available: four, OnHand: six},
		},
		"a lot in quarantine": {
			form{details: true},
			`{` + item + `"available":4,"onHand":6,"quarantined":true}`,
			inventory.Row{SKU: "A", Available: new(int64(0)), OnHand: six},
		},
		"a lot that is held": {form{details: true, held: true}, `{` + item + `"available":4,"isOnHold":true}`, inventory.Row{SKU: "A", Available: four}},
		"a hold that is no one": {
			form{details: true},
			`{` + item + `"available":4,"isOnHold":"no"}`,
			inventory.Row{SKU: "A", Available: four, Problem: "isOnHold: expected true or false, found text"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, test.want, warehousetest.InWords(t, decode(t, test.text, test.form))[0])
		})
	}
}

// FuzzItem: whatever a row holds, a figure that is believed stands in it, once, digit by digit but for decimals that are 0.
func FuzzItem(f *testing.F) {
	f.Fuzz(func(t *testing.T, text []byte) {
		if !json.Valid(text) {
			return // never reaches row
		}
		row := decode(t, string(text), form{decimals: true})
		if row.Problem != "" {
			return
		}
		var members map[string]json.RawMessage
		require.NoError(t, json.Unmarshal(text, &members))
		for name, figure := range map[string]*int64{"available": row.Available, "onHand": row.OnHand, "allocated": row.Committed} {
			raw := string(bytes.TrimSpace(members[name]))
			if figure == nil {
				require.True(t, raw == "" || raw == "null", "%s: %s was left out", name, raw)
				continue
			}
			if whole, fraction, ok := strings.Cut(raw, "."); ok {
				require.Empty(t, strings.Trim(fraction, "0"))
				raw = whole
			}
			warehousetest.RequireUnits(t, raw, *figure)
		}
		require.Equal(t, string(bytes.TrimSpace(members["facilityId"])), row.Facility)
	})
}

// FuzzPage: no response brings the decoder down, and one that it takes is JSON with as many rows.
func FuzzPage(f *testing.F) {
	f.Fuzz(func(t *testing.T, body []byte) {
		if p, err := decodePage(body, "page 1", form{figures: numbers.Rules{}.Reading()}, nil); err == nil {
			var document struct {
				Summaries []json.RawMessage `json:"summaries"`
				Total     int64             `json:"totalResults"`
			}
			require.NoError(t, json.Unmarshal(body, &document))
			require.Len(t, p.rows, len(document.Summaries))
			require.Equal(t, document.Total, p.total)
		}
		if p, err := decodePage(body, "page 1", form{details: true, figures: numbers.Rules{}.Reading()}, nil); err == nil {
			var document struct {
				Embedded struct {
					Item []json.RawMessage `json:"item"`
				} `json:"_embedded"`
			}
			require.NoError(t, json.Unmarshal(body, &document))
			require.Len(t, p.rows, len(document.Embedded.Item))
		}
	})
}

package sandbox

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/warehouses/jsonvalue"
	"github.com/tidemark/tidemark/warehouses/numbers"
	"github.com/tidemark/tidemark/warehouses/warehousetest"
)

func decode(t *testing.T, text string) inventory.Row {
	t.Helper()
	item, err := jsonvalue.Parse([]byte(text))
	require.NoError(t, err)
	return decodeItem(item, numbers.Rules{}.Reading())
}

func TestDecodeItem(t *testing.T) {
	t.Parallel()
	five, minus, zero := int64(5), int64(-3), int64(0)
	for name, test := range map[string]struct {
		text string
		want inventory.Row
	}{
		"whole": {
			`{"sku":"A","facility":"east","available":5,"on_hand":0,"committed":-3,"reported_at":"2026-03-01T13:00:00.5+01:00"}`,
			inventory.Row{
				SKU: "A", Facility: "east", Available: &five, OnHand: &zero, Committed: &minus,
				ReportedAt: time.Date(2026, 3, 1, 12, 0, 0, 500_000_000, time.UTC),
			},
		},
		"nulls":              {`{"sku":"A","facility":null,"available":null,"on_hand":null,"committed":null,"reported_at":null}`, inventory.Row{SKU: "A"}},
		"nothing":            {`{}`, inventory.Row{}},
		"more than is known": {`{"sku":"A","available":5,"lots":[{"available":7}],"note":{"sku":"B"}}`, inventory.Row{SKU: "A", Available: &five}},
		"escapes":            {`{"sku":"\u0041\ud83d\ude00\n","available":5}`, inventory.Row{SKU: "A\U0001f600\n", Available: &five}},
		"a lone surrogate": {
			`{"sku":"A\ud800","available":5}`,
			inventory.Row{SKU: "A\ufffd", Available: &five, Problem: "sku: the text holds a character that is not valid Unicode"},
		},
		"invalid UTF-8": {
			"{\"sku\":\"A\xff\",\"available\":5}",
			inventory.Row{SKU: "A\xff", Available: &five, Problem: "sku: the text holds a character that is not valid Unicode"},
		},
		"a name twice": {
			`{"sku":"A","available":5,"available":0}`,
			inventory.Row{SKU: "A", Available: &zero, Problem: `"available" is given twice; it is not known which one is meant`},
		},
		"a name twice, cases": {
			`{"sku":"A","available":5,"AVAILABLE":0}`,
			inventory.Row{SKU: "A", Available: &five, Problem: `"AVAILABLE" is given twice; it is not known which one is meant`},
		},
		"a name twice, escaped": {
			`{"sku":"A","available":5,"\u0061vailable":0}`,
			inventory.Row{SKU: "A", Available: &zero, Problem: `"available" is given twice; it is not known which one is meant`},
		},
		"another case":        {`{"sku":"A","Available":5}`, inventory.Row{SKU: "A"}},
		"a number for a name": {`{"sku":7,"available":5}`, inventory.Row{Available: &five, Problem: "sku: expected text, found a number"}},
		"text for a figure":   {`{"sku":"A","available":"5"}`, inventory.Row{SKU: "A", Problem: "available: expected a whole number, found text"}},
		"a list for a figure": {
			`{"sku":"A","available":[5],"on_hand":5}`,
			inventory.Row{SKU: "A", OnHand: &five, Problem: "available: expected a whole number, found a list"},
		},
		"a bad figure of no concern": {
			`{"sku":"A","available":5,"on_hand":1.5}`,
			inventory.Row{SKU: "A", Available: &five, Problem: `on_hand: the quantity "1.5" is a number with a fraction; expected a whole number like 12`},
		},
		"a bad time": {
			`{"sku":"A","available":5,"reported_at":"now"}`,
			inventory.Row{SKU: "A", Available: &five, Problem: "reported_at: expected a time like 2026-01-31T12:00:00Z"},
		},
		"a time as a number": {
			`{"sku":"A","available":5,"reported_at":1}`,
			inventory.Row{SKU: "A", Available: &five, Problem: "reported_at: expected a time like 2026-01-31T12:00:00Z"},
		},
		"text":   {`"A"`, inventory.Row{Problem: "expected an object, found text"}},
		"null":   {`null`, inventory.Row{Problem: "expected an object, found null"}},
		"a list": {`[{"sku":"A"}]`, inventory.Row{Problem: "expected an object, found a list"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, test.want, warehousetest.InWords(t, decode(t, test.text))[0])
		})
	}
}

func TestDecodePage(t *testing.T) {
	t.Parallel()
	const whole = `{"snapshot":"s1","as_of":"2026-03-01T12:00:00.123456Z","total":2,"items":[{"sku":"A","available":1},7],"next":null}`
	first := int64(1)
	p, err := decodePage([]byte(whole), 3, numbers.Rules{}.Reading(), nil)
	require.NoError(t, err)
	p.rows = warehousetest.InWords(t, p.rows...)
	require.Equal(t, page{
		snapshot: "s1", asOf: time.Date(2026, 3, 1, 12, 0, 0, 123456000, time.UTC), total: 2,
		rows: []inventory.Row{{SKU: "A", Available: &first, Place: "page 3, item 1"}, {Place: "page 3, item 2", Problem: "expected an object, found a number"}},
	}, p)
	for name, test := range map[string]struct{ from, to, says string }{
		"next left out":       {`,"next":null`, "", ""},
		"more than is known":  {`"total"`, `"more":[{"a":[]}],"total"`, ""},
		"next is empty":       {`null}`, `""}`, "next: expected text, or null on the last page; found text"},
		"next is a number":    {`null}`, `7}`, "next: expected text, or null on the last page; found a number"},
		"total is a fraction": {`"total":2`, `"total":2.0`, "total: expected a count"},
		"total is negative":   {`"total":2`, `"total":-2`, "total: expected a count"},
		"total is text":       {`"total":2`, `"total":"2"`, "total: expected a count"},
		"total is null":       {`"total":2`, `"total":null`, "total: expected a count"},
		"total twice":         {`"total":2`, `"total":2,"Total":3`, `"Total" is given twice`},
		"items is an object":  {`[{"sku":"A","available":1},7]`, `{"0":{}}`, "items: expected a list"},
		"items is null":       {`[{"sku":"A","available":1},7]`, `null`, "items: expected a list"},
		"as_of is no time":    {`2026-03-01T12:00:00.123456Z`, `today`, "as_of: expected a time"},
		"as_of is null":       {`"2026-03-01T12:00:00.123456Z"`, `null`, "as_of: expected a time"},
		"snapshot is empty":   {`"s1"`, `""`, "snapshot: expected text"},
		"not JSON":            {`{"snapshot"`, `{snapshot`, "nothing behind it; found JSON that breaks off"},
		"a page":              {whole, " <html>", "found an HTML page"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			changed := strings.Replace(whole, test.from, test.to, 1)
			require.NotEqual(t, whole, changed)
			_, err := decodePage([]byte(changed), 1, numbers.Rules{}.Reading(), nil)
			if test.says == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, test.says)
		})
	}
}

// FuzzItem: whatever an item holds, a figure that is believed stands in it, once, digit by digit.
func FuzzItem(f *testing.F) {
	f.Fuzz(func(t *testing.T, text []byte) {
		if !json.Valid(text) {
			return // never reaches decodeItem
		}
		row := decode(t, string(text))
		if row.Problem != "" {
			return
		}
		var members map[string]json.RawMessage
		require.NoError(t, json.Unmarshal(text, &members))
		for name, figure := range map[string]*int64{"available": row.Available, "on_hand": row.OnHand, "committed": row.Committed} {
			raw := string(bytes.TrimSpace(members[name]))
			if figure == nil {
				require.True(t, raw == "" || raw == "null", "%s: %s was left out", name, raw)
				continue
			}
			warehousetest.RequireUnits(t, raw, *figure)
		}
		for name, remaining := range map[string]string{"sku": row.SKU, "facility": row.Facility} {
			var want *string
			if raw, ok := members[name]; ok {
				require.NoError(t, json.Unmarshal(raw, &want))
			}
			if want == nil {
				require.Empty(t, remaining)
				continue
			}
			require.Equal(t, *want, remaining)
		}
	})
}

// FuzzPage: no response brings the decoder down, and one that it takes is JSON with as many rows as items.
func FuzzPage(f *testing.F) {
	f.Fuzz(func(t *testing.T, body []byte) {
		p, err := decodePage(body, 1, numbers.Rules{}.Reading(), nil)
		if err != nil {
			return
		}
		var document struct {
			Items []json.RawMessage `json:"items"`
		}
		require.NoError(t, json.Unmarshal(body, &document))
		require.Len(t, p.rows, len(document.Items))
		require.NotEmpty(t, p.snapshot)
	})
}

func BenchmarkDecodePage(b *testing.B) {
	const rows = 1000
	item := `{"sku":"SKU-0000001","facility":"east","available":12,"on_hand":null,"committed":null,"reported_at":"2026-03-01T12:00:00.123456Z"}`
	body := []byte(`{"snapshot":"s1","as_of":"2026-03-01T12:00:00Z","total":1000,"items":[` + strings.Repeat(item+",", rows-1) + item + `]}`)
	var memory []inventory.Row
	b.ReportAllocs()
	for b.Loop() {
		p, err := decodePage(body, 1, numbers.Rules{}.Reading(), memory)
		require.NoError(b, err)
		require.Len(b, p.rows, rows)
		memory = p.rows
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/rows, "ns/row")
}

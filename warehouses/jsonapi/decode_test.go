package jsonapi

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/settings"
	"github.com/tidemark/tidemark/warehouses/jsonvalue"
	"github.com/tidemark/tidemark/warehouses/warehousetest"
)

// formOf is the form that settings describe.
func formOf(t testing.TB, raw settings.Values) form {
	t.Helper()
	whole := settings.Values{"endpoint": "https://x/stock", "fields": map[string]any{
		"sku": "code", "available": "stock.free", "on_hand": "stock.physical", "committed": "/stock/in.orders", "reported_at": "at",
	}}
	for name, value := range raw {
		whole[name] = value
	}
	values, problems := Spec.Check(whole)
	require.Empty(t, problems)
	f, err := newForm(values)
	require.NoError(t, err)
	return f
}

func decode(t testing.TB, text string, f form) inventory.Row {
	t.Helper()
	item, err := jsonvalue.Parse([]byte(text))
	require.NoError(t, err)
	p := page{given: map[string]bool{}}
	return p.item(item, f)
}

func TestDecodeItem(t *testing.T) {
	t.Parallel()
	five, minus, zero := new(int64(5)), new(int64(-3)), new(int64(0))
	plain := formOf(t, nil)
	asText := formOf(t, settings.Values{"figures_as_text": true, "facility": "east"})
	sited := formOf(t, settings.Values{"fields": map[string]any{"facility": "site.id"}})
	berlin := formOf(t, settings.Values{"time_layout": "02.01.2006 15:04", "timezone": "Europe/Berlin", "fields": map[string]any{"reported_at": "at"}})
	unix := formOf(t, settings.Values{"time_layout": "unix_ms", "fields": map[string]any{"reported_at": "at"}})
	at := time.Date(2026, 3, 1, 12, 0, 0, 500_000_000, time.UTC)
	for name, test := range map[string]struct {
		form form
		text string
		want inventory.Row
	}{
		"whole": {
			plain, `{"code":"A","stock":{"free":5,"physical":0,"in.orders":-3},"at":"2026-03-01T13:00:00.5+01:00"}`,
			inventory.Row{SKU: "A", Available: five, OnHand: zero, Committed: minus, ReportedAt: at},
		},
		"nulls":                    {plain, `{"code":"A","stock":{"free":null,"physical":null},"at":null}`, inventory.Row{SKU: "A"}},
		"a group of null":          {plain, `{"code":"A","stock":null}`, inventory.Row{SKU: "A"}},
		"nothing":                  {plain, `{}`, inventory.Row{}},
		"a group that is a number": {plain, `{"code":"A","stock":5}`, inventory.Row{SKU: "A", Problem: "stock: expected an object, found a number"}},
		"more than is known":       {plain, `{"code":"A","stock":{"free":5,"lots":[{"free":7}]},"free":9}`, inventory.Row{SKU: "A", Available: five}},
		"a number for a SKU":       {plain, `{"code":12345678901234567890,"stock":{"free":5}}`, inventory.Row{SKU: "12345678901234567890", Available: five}},
		"an exponent for a SKU": {
			plain, `{"code":1e3,"stock":{"free":5}}`,
			inventory.Row{Available: five, Problem: "sku: expected text or a whole number, found a number with a sign, a fraction or an exponent"},
		},
		"true for a SKU": {
			plain, `{"code":true,"stock":{"free":5}}`,
			inventory.Row{Available: five, Problem: "sku: expected text, found true or false"},
		},
		"a lone surrogate": {
			plain, `{"code":"A\ud800","stock":{"free":5}}`,
			inventory.Row{SKU: "A\ufffd", Available: five, Problem: "sku: the text holds a character that is not valid Unicode"},
		},
		"the SKU twice": {
			plain, `{"code":"A","code":"B","stock":{"free":5}}`,
			inventory.Row{Available: five, Problem: `"code" is given twice; it is not known which one is meant`},
		},
		"the SKU twice, in capitals": {
			plain, `{"code":"A","CODE":"B","stock":{"free":5}}`,
			inventory.Row{Available: five, Problem: `"CODE" is given twice; it is not known which one is meant`},
		},
		"a name twice, deep": {
			plain, `{"code":"A","stock":{"free":5,"FREE":0}}`,
			inventory.Row{SKU: "A", Available: five, Problem: `"FREE" is given twice; it is not known which one is meant`},
		},
		"a name twice, above": {
			plain, `{"code":"A","stock":{"free":5},"Stock":{"free":0}}`,
			inventory.Row{SKU: "A", Available: five, Problem: `"Stock" is given twice; it is not known which one is meant`},
		},
		"a group twice": {
			plain, `{"code":"A","stock":{"free":5},"stock":{"free":0}}`,
			inventory.Row{SKU: "A", Available: zero, Problem: `"stock" is given twice; it is not known which one is meant`},
		},
		"another case": {plain, `{"code":"A","stock":{"Free":5}}`, inventory.Row{SKU: "A"}},
		"text for a figure": {
			plain, `{"code":"A","stock":{"free":"5"}}`,
			inventory.Row{SKU: "A", Problem: "available: expected a whole number, found text; set figures_as_text if the API writes figures so"},
		},
		"a figure over int64": {
			plain, `{"code":"A","stock":{"free":9223372036854775808}}`,
			inventory.Row{
				SKU:     "A",
				Problem: `available: the quantity "9223372036854775808" is above 1000000000; a figure of that size is taken for a fault of the source`,
			},
		},
		"text, where that is right": {
			asText, `{"code":"A","stock":{"free":"5","physical":0}}`,
			inventory.Row{SKU: "A", Facility: "east", Available: five, OnHand: zero},
		},
		"text of NaN": {asText, `{"code":"A","stock":{"free":"NaN"}}`, inventory.Row{
			SKU: "A", Facility: "east",
			Problem: `available: "NaN" is not a whole number; if it stands for one, set texts: {"NaN": NUMBER}, or none where it means that there is no level`,
		}},
		"text of nothing": {
			asText, `{"code":"A","stock":{"free":""}}`,
			inventory.Row{SKU: "A", Facility: "east", Problem: "available: the quantity is empty; expected a whole number like 12"},
		},
		"text with an exponent": {
			asText, `{"code":"A","stock":{"free":"1e3"}}`,
			inventory.Row{SKU: "A", Facility: "east", Problem: `available: the quantity "1e3" is a number with an exponent; expected a whole number like 12`},
		},
		"a facility": {sited, `{"sku":"A","available":5,"site":{"id":7}}`, inventory.Row{SKU: "A", Facility: "7", Available: five}},
		"a facility left out": {
			sited, `{"sku":"A","available":5}`,
			inventory.Row{SKU: "A", Available: five, Problem: "facility: there is none at the path site.id"},
		},
		"a facility of null": {
			sited, `{"sku":"A","available":5,"site":{"id":null}}`,
			inventory.Row{SKU: "A", Available: five, Problem: "facility: there is none at the path site.id"},
		},
		"a time of one's own": {
			berlin, `{"sku":"A","available":5,"at":"01.03.2026 13:00"}`,
			inventory.Row{SKU: "A", Available: five, ReportedAt: at.Truncate(time.Minute)},
		},
		"a time in another form": {
			berlin, `{"sku":"A","available":5,"at":"2026-03-01T13:00:00Z"}`,
			inventory.Row{SKU: "A", Available: five, Problem: `reported_at: "2026-03-01T13:00:00Z" is not a time in the form of time_layout: 02.01.2006 15:04`},
		},
		"a count of milliseconds": {unix, `{"sku":"A","available":5,"at":1772366400500}`, inventory.Row{SKU: "A", Available: five, ReportedAt: at}},
		"a count written as text": {unix, `{"sku":"A","available":5,"at":"1772366400500"}`, inventory.Row{SKU: "A", Available: five, ReportedAt: at}},
		"a count with a fraction": {
			unix, `{"sku":"A","available":5,"at":1772366400.5}`,
			inventory.Row{SKU: "A", Available: five, Problem: `reported_at: "1772366400.5" is not a count since 1970 as time_layout: unix_ms says`},
		},
		"a count that is a list": {
			unix, `{"sku":"A","available":5,"at":[1]}`,
			inventory.Row{SKU: "A", Available: five, Problem: "reported_at: expected a time, found a list"},
		},
		"text for an item":            {plain, `"A"`, inventory.Row{Problem: "expected an object, found text"}},
		"the facility of text for it": {asText, `"A"`, inventory.Row{Facility: "east", Problem: "expected an object, found text"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, test.want, warehousetest.InWords(t, decode(t, test.text, test.form))[0])
		})
	}
}

// TestPlaces: every row can be found again.
func TestPlaces(t *testing.T) {
	t.Parallel()
	f := formOf(t, settings.Values{"items": ""})
	p, err := decodePage([]byte(` [{"code":"A"}, 7] `), 3, f, nil)
	require.NoError(t, err)
	require.Equal(t, []inventory.Row{{SKU: "A", Place: "page 3, item 1"}, {Place: "page 3, item 2", Problem: "expected an object, found a number"}},
		warehousetest.InWords(t, p.rows...))
}

// FuzzItem: whatever an item holds, a figure that is believed stands in it, digit by digit.
func FuzzItem(f *testing.F) {
	plain := formOf(f, nil)
	f.Fuzz(func(t *testing.T, text []byte) {
		if !json.Valid(text) {
			return // never reaches item
		}
		row := decode(t, string(text), plain)
		if row.Problem != "" {
			return
		}
		var members map[string]json.RawMessage
		require.NoError(t, json.Unmarshal(text, &members))
		var stock map[string]json.RawMessage
		if raw, ok := members["stock"]; ok {
			require.NoError(t, json.Unmarshal(raw, &stock))
		}
		for name, figure := range map[string]*int64{"free": row.Available, "physical": row.OnHand, "in.orders": row.Committed} {
			raw := string(stock[name])
			if figure == nil {
				require.True(t, raw == "" || raw == "null", "%s: %s was left out", name, raw)
				continue
			}
			warehousetest.RequireUnits(t, raw, *figure)
		}
	})
}

// FuzzPage: no response brings the decoder down, and one that it takes is JSON with as many rows as items.
func FuzzPage(f *testing.F) {
	paged := formOf(f, settings.Values{"items": "data.stock", "paging": "cursor", "next": "data.next", "total": "meta.total", "as_of": "meta.at"})
	f.Fuzz(func(t *testing.T, body []byte) {
		p, err := decodePage(body, 1, paged, nil)
		if err != nil {
			return
		}
		var document struct {
			Data map[string]json.RawMessage `json:"data"`
		}
		require.NoError(t, json.Unmarshal(body, &document))
		var items []json.RawMessage
		require.NoError(t, json.Unmarshal(document.Data["stock"], &items))
		require.Len(t, p.rows, len(items))
		require.False(t, p.asOf.IsZero())
		require.GreaterOrEqual(t, p.total, int64(0))
	})
}

// TestTimesAreCutOff: what is asked since a time is never asked since a later one.
func TestTimesAreCutOff(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 1, 12, 0, 59, 999_999_999, time.UTC)
	for name, want := range map[string]string{
		"rfc3339": "2026-03-01T12:00:59Z", "unix": "1772366459", "unix_ms": "1772366459999", "2006-01-02": "2026-03-01", "02.01.2006 15:04": "01.03.2026 12:00",
	} {
		values, problems := Spec.Check(settings.Values{"endpoint": "https://x", "since_layout": name})
		require.Empty(t, problems)
		l, err := newLayout(values, "since_layout")
		require.NoError(t, err)
		require.Equal(t, want, l.format(at))
		back, err := l.parse(want)
		require.NoError(t, err)
		require.False(t, back.After(at))
	}
}

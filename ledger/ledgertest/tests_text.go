package ledgertest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
)

var textTests = tests{
	"SKUs are opaque":              keepsSKUs,
	"listings and bundles as well": keepsListings,
	"what is no text is refused":   refusesText,
}

// opaque are SKUs that must be distinguished byte by byte.
var opaque = []string{
	"caf\u00e9", "cafe\u0301", // the same to the eye, two keys
	"abc", "ABC", "Abc", " abc", "abc ", "abc  ", "a b", "a  b", "\u00a0abc", "\ufeffabc", "\u200eabc",
	"0", "00", "007", "7", "7.0", "1e3", "1000", "+1", "-1", "null", "NULL", "true", "0x10", "Infinity", "NaN",
	"%", "%%", "_", "a_c", "a%c", "*", "?", "a?c", "$1", "'", "''", "\"", "\"\"", "`", "\\", "\\\\", `a\u0041b`, "a'; DROP TABLE levels; --",
	",", ";", "{a,b}", "{}", "[]", "(", "a\tb", "a\nb", "a\r\nb", "a\rb", "\x01", "\x7f", "\u0080",
	"ß", "SS", "ss", "ı", "i", "I", "İ", "\u5b9a\u898f", "\u05d0\u05d1", "\U0001f6b2", "\U0001f469\u200d\U0001f467", "\U0010ffff", "\uffff",
	strings.Repeat("x", inventory.MaxSKUBytes), strings.Repeat("x", inventory.MaxSKUBytes-1), strings.Repeat("\u00e9", inventory.MaxSKUBytes/2),
}

func keepsSKUs(t *testing.T, w *world) {
	lease := w.take(hubShop, ledger.Smart)
	var rows []inventory.Level
	for i, sku := range opaque {
		rows = append(rows, level(sku, int64(i)), inventory.Level{Facility: sku, SKU: "FACILITY", Available: int64(i)})
	}
	require.EqualValues(t, len(rows), w.report(lease, whole(), rows).Changed)
	require.Zero(t, w.report(lease, whole(), rows).Changed)
	w.resolve(lease, ledger.Smart)
	sorted := append(slices.Clone(opaque), "FACILITY")
	slices.Sort(sorted)
	var due []string
	for _, item := range w.due(lease) {
		due = append(due, item.ChannelSKU)
	}
	require.Equal(t, sorted, due, "in the order of their bytes")
	w.push(lease)
	for i, sku := range opaque {
		row := w.row(hubShop, sku)
		require.Equal(t, fmt.Sprintf("exported %d, shows %d", i, i), describe(row), "%q", sku)
		require.Equal(t, sku, row.Product)
		require.EqualValues(t, i, w.levelRow(hub, sku).Available)
		require.Equal(t, []string{"exported", "reported"}, w.kinds(sku, ""), "%q", sku)
	}
	// One of each kind changes, and nothing beside it.
	for _, i := range []int{0, 3, 30, 31, len(opaque) - 2} {
		result := w.report(lease, part(), []inventory.Level{level(opaque[i], 1000)})
		require.EqualValues(t, 1, result.Changed)
		require.Equal(t, []ledger.Affected{{Product: opaque[i]}}, w.affected(w.plan(hubShop, ledger.Smart)))
		require.Equal(t, []ledger.Affected{{Product: opaque[i]}}, w.affected(w.plan(hubShop, ledger.Smart), opaque[i]))
		w.resolve(lease, ledger.Smart)
		require.Len(t, w.due(lease, opaque[i]), 1)
		require.Len(t, w.due(lease), 1)
		w.push(lease)
	}
}

func keepsListings(t *testing.T, w *world) {
	d := definitions()
	for i, sku := range opaque {
		d.Products = append(d.Products, ledger.Product{Merchant: merchant, SKU: sku, Name: sku, Barcode: sku})
		d.Listings = append(d.Listings, listing(shop, sku, opaque[(i+1)%len(opaque)]))
		if len(sku) < inventory.MaxSKUBytes-1 {
			d.Bundles = append(d.Bundles, bundle("of "+sku, of(sku, 1)))
		}
	}
	require.NotEmpty(t, w.apply(d))
	require.Empty(t, w.apply(d))
	var rows []inventory.Level
	for i, sku := range opaque {
		rows = append(rows, level(sku, int64(i)))
	}
	w.pass(hubShop, ledger.Smart, rows...)
	for i, sku := range opaque {
		row := w.row(hubShop, opaque[(i+1)%len(opaque)])
		require.Equal(t, sku, row.Product)
		require.EqualValues(t, i, *row.Exported)
		require.Equal(t, sku, w.levelRow(hub, sku).Product)
		if len(sku) < inventory.MaxSKUBytes-1 {
			require.EqualValues(t, i, *w.row(hubShop, "of "+sku).Exported)
		}
	}
}

// refusesText: PostgreSQL cannot store NUL or invalid UTF-8, so both databases refuse such texts.
func refusesText(t *testing.T, w *world) {
	lease := w.changed(hubShop, level("A", 5))
	id := w.stage(lease, nil)
	now := w.now()
	for _, text := range []string{"\x00", "a\x00b", "\xff", "caf\xc3", "\xed\xa0\x80", "\xc0\x80"} {
		require.Error(t, w.StageRows(w.ctx(), id, []inventory.Level{level("GOOD", 1), level(text, 1)}, nil), "%q", text)
		require.Error(t, w.StageRows(w.ctx(), id, []inventory.Level{{Facility: text, SKU: "GOOD"}}, nil), "%q", text)
		_, err := w.Resolve(w.ctx(), lease, w.plan(hubShop, ledger.Smart), []ledger.Resolution{
			{Affected: ledger.Affected{Product: "A"}, Levels: []inventory.ChannelLevel{{ChannelSKU: text, Quantity: 1}}},
		}, now)
		require.Error(t, err, "%q", text)
		require.Error(t, w.Intend(w.ctx(), lease, ledger.Intent{Key: text, Items: w.due(lease), Deadline: now, Now: now}), "%q", text)
	}
	require.Equal(t, map[string]string{"A": "pending 5, shows ?"}, w.rows(hubShop))
	require.NoError(t, w.StageRows(w.ctx(), id, nil, []inventory.Refusal{{Facility: "\x00", SKU: "a\x00\xff", Place: "\xff", Reason: "\x00"}}),
		"a refusal is only shown to people, so its texts are made storable")
	result, err := w.Record(w.ctx(), lease, id, ledger.SnapshotEnd{Rows: 1, Guard: lax, Now: now})
	require.NoError(t, err)
	require.EqualValues(t, 1, result.Refused)
	require.Equal(t, map[string]int64{"A": 5}, w.available(hub))
}

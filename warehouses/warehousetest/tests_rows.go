package warehousetest

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/warehouses"
)

func (s Subject) arrivesOnce(t *testing.T) {
	stock := Stock(2*PageRows + 500)
	got, snapshot := whole(t, s.Start(t, stock).Open(t), warehouses.Request{})
	requireStock(t, stock, got.rows)
	require.GreaterOrEqual(t, got.calls, 3, "the rows come in pages")
	require.True(t, snapshot.Full)
	require.False(t, snapshot.Unchanged)
	require.False(t, snapshot.More)
	require.NotEmpty(t, snapshot.From)
}

// empty: no rows is either proved to be so, for the guard to judge, or an error.
func (s Subject) empty(t *testing.T) {
	var got fetched
	snapshot, err := s.Start(t, nil).Open(t).Fetch(t.Context(), warehouses.Request{}, got.sink)
	require.Empty(t, got.rows)
	require.Zero(t, got.calls, "no page is passed on without rows")
	if err != nil {
		requireError(t, err, warehouses.Retry, warehouses.AskPerson)
		return
	}
	require.Zero(t, snapshot.Rows)
	require.False(t, snapshot.Unchanged, "an empty stock is something to be told")
}

// unreadable are figures that no form may let through.
var unreadable = map[string]string{
	"left out":           "",
	"with an exponent":   "1e3",
	"with a fraction":    "5.5",
	"over int64":         "9223372036854775808",
	"over what is sane":  "1000000001",
	"under what is sane": "-1000000001",
	"a boolean":          "true",
	"null":               "null",
}

func (s Subject) refusesFigures(t *testing.T) {
	forms := map[string]string{}
	for name, form := range unreadable {
		forms[name] = form
	}
	for name, form := range s.Unreadable {
		forms[name] = form
	}
	for name, form := range forms {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			stock := Stock(3)
			stock[1].Available = form
			refusal := s.refusesSecond(t, stock)
			require.NotEmpty(t, refusal.Reason)
			require.Equal(t, stock[1].SKU, refusal.SKU, "it says which level it is of")
			require.Equal(t, stock[1].Facility, refusal.Facility)
			require.False(t, refusal.UnreadableSKU || refusal.UnreadableFacility)
		})
	}
}

// wholeDecimals: decimals that are all 0 do not make a figure another one.
func (s Subject) wholeDecimals(t *testing.T) {
	stock := Stock(3)
	stock[0].Available, stock[1].Available, stock[2].Available = "5.0", "12.0000", "-3.00"
	got, _ := whole(t, s.Start(t, stock).Open(t), warehouses.Request{})
	stock[0].Available, stock[1].Available, stock[2].Available = "5", "12", "-3"
	requireStock(t, stock, got.rows)
}

// codes: a figure that stands for something else is what the setting texts says, and one that stands for no level is no row of one.
func (s Subject) codes(t *testing.T) {
	stock := Stock(3)
	stock[0].Available, stock[1].Available = "-1", "9999"
	source := s.Start(t, stock).OpenWith(t, map[string]any{"texts": map[string]any{"-1": "none", "9999": 50}})
	got, _ := whole(t, source, warehouses.Request{})
	require.Len(t, got.rows, 3)
	require.True(t, inventory.NoLevel(got.rows[0], inventory.QuantityAvailable))
	require.Empty(t, got.rows[0].Problem)
	require.Nil(t, got.rows[0].Available)
	stock[1].Available = "50"
	requireStock(t, stock[1:], got.rows[1:])
}

// undresses: SKUs come without blanks around them where that is set.
func (s Subject) undresses(t *testing.T) {
	stock := Stock(3)
	stock[0].SKU, stock[1].SKU, stock[2].SKU = "S-39 ", "\u00a0S-40\u00a0 ", `="00125"`
	source := s.Start(t, stock).OpenWith(t, map[string]any{"undress": true})
	got, _ := whole(t, source, warehouses.Request{})
	stock[0].SKU, stock[1].SKU, stock[2].SKU = "S-39", "S-40", "00125"
	requireStock(t, stock, got.rows)
}

func (s Subject) keepsNegatives(t *testing.T) {
	stock := []Item{{SKU: "A", Facility: "east", Available: "-3"}, {SKU: "B", Facility: "east", Available: "0"}}
	got, _ := whole(t, s.Start(t, stock).Open(t), warehouses.Request{})
	requireStock(t, stock, got.rows)
}

// opaque are SKUs that must come through byte by byte.
var opaque = []string{
	"caf\u00e9", "cafe\u0301", // the same to the eye, two keys
	"abc", "ABC", " abc", "abc ", "a b", "\u00a0abc",
	"\u05d0\u05d1\u05d2", "\U0001f469\u200d\U0001f469\u200d\U0001f467", "\u200eabc", "\u5b9a\u898f",
	"=cmd|' /C calc'!A0", "+1", "-1", "@x", "<script>alert(1)</script>", `a"b`, `a""b`, "a,b", "a;b", "a\tb", "a\nb", "a\r\nb", `a\b`, `a\u0041b`, "007", "1e3",
	"null",
	strings.Repeat("x", inventory.MaxSKUBytes), strings.Repeat("\u00e9", inventory.MaxSKUBytes/2),
}

func (s Subject) keepsSKUs(t *testing.T) {
	var stock []Item
	for _, sku := range opaque {
		stock = append(stock, Item{SKU: sku, Facility: "east", Available: "1"})
	}
	for _, facility := range opaque {
		stock = append(stock, Item{SKU: "A", Facility: facility, Available: "2"})
	}
	got, _ := whole(t, s.Start(t, stock).Open(t), warehouses.Request{})
	requireStock(t, stock, got.rows)
}

// refusesBytes: what is no text refuses its row, and neither the rows beside it nor the fetch.
func (s Subject) refusesBytes(t *testing.T) {
	for name, sku := range map[string]string{
		"empty":         "",
		"invalid UTF-8": "a\xffb",
		"cut character": "caf\xc3",
		"NUL":           "a\x00b",
		"too long":      strings.Repeat("x", inventory.MaxSKUBytes+1),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			stock := Stock(3)
			stock[1].SKU = sku
			require.True(t, s.refusesSecond(t, stock).UnreadableSKU, "it is of no level that anybody could name")
		})
	}
}

func (s Subject) check(t *testing.T) {
	warehouse := s.Start(t, Stock(20))
	source := warehouse.Open(t)
	finding, err := source.Check(t.Context())
	require.NoError(t, err)
	require.Equal(t, []string{"east", "west"}, finding.Facilities)
	require.NotEmpty(t, finding.Sample)
	require.LessOrEqual(t, len(finding.Sample), 20)
	requireStock(t, Stock(len(finding.Sample)), finding.Sample)
	require.NotEmpty(t, finding.Notes)
	for _, note := range finding.Notes {
		require.NotContains(t, note, Credential)
	}

	_, snapshot := whole(t, source, warehouses.Request{})
	require.Equal(t, 20, snapshot.Rows, "a check leaves nothing behind")

	if _, excused := s.Excused[Unauthorised]; !excused {
		warehouse.Provoke(t, Unauthorised)
		_, err = source.Check(t.Context())
		requireError(t, err, warehouses.AskPerson)
	}
}

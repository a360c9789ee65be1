package inventory_test

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
)

func units(n int64) *int64 { return &n }

func TestAccept(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	for name, test := range map[string]struct {
		row      inventory.Row
		quantity inventory.QuantityField
		want     inventory.Level
	}{
		"available is taken": {
			row:  inventory.Row{Facility: "east", SKU: "BIKE", Available: units(5), OnHand: units(9), Committed: units(1), ReportedAt: at},
			want: inventory.Level{Facility: "east", SKU: "BIKE", Available: 5, OnHand: units(9), Committed: units(1), ReportedAt: at},
		},
		"it is never computed": {
			row:  inventory.Row{SKU: "BIKE", Available: units(100), OnHand: units(9), Committed: units(9)},
			want: inventory.Level{SKU: "BIKE", Available: 100, OnHand: units(9), Committed: units(9)},
		},
		"negative is recorded as reported": {
			row:  inventory.Row{SKU: "BIKE", Available: units(-4)},
			want: inventory.Level{SKU: "BIKE", Available: -4},
		},
		"on hand where the warehouse is set so": {
			row: inventory.Row{SKU: "BIKE", Available: units(5), OnHand: units(9)}, quantity: inventory.QuantityOnHand,
			want: inventory.Level{SKU: "BIKE", Available: 9, OnHand: units(9)},
		},
		"on hand without an available figure": {
			row: inventory.Row{SKU: "BIKE", OnHand: units(9)}, quantity: inventory.QuantityOnHand,
			want: inventory.Level{SKU: "BIKE", Available: 9, OnHand: units(9)},
		},
		"SKUs are opaque": {
			row:  inventory.Row{Facility: " ", SKU: " bike\t\u00e9e\u0301 ", Available: units(1)},
			want: inventory.Level{Facility: " ", SKU: " bike\t\u00e9e\u0301 ", Available: 1},
		},
		"the longest SKU": {
			row:  inventory.Row{SKU: strings.Repeat("x", inventory.MaxSKUBytes), Available: units(1)},
			want: inventory.Level{SKU: strings.Repeat("x", inventory.MaxSKUBytes), Available: 1},
		},
		"the largest figure": {
			row:  inventory.Row{SKU: "BIKE", Available: units(inventory.MaxQuantity)},
			want: inventory.Level{SKU: "BIKE", Available: inventory.MaxQuantity},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			level, refusal := inventory.Accept(test.row, test.quantity)
			require.Nil(t, refusal)
			require.Equal(t, test.want, level)
		})
	}
}

func TestAcceptRefuses(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		row      inventory.Row
		quantity inventory.QuantityField
		reason   string
	}{
		"a row that could not be read": {
			row:    inventory.Row{SKU: "BIKE", Available: units(5), Problem: "the quantity \"x\" is text"},
			reason: `the quantity "x" is text`,
		},
		"no figure at all": {row: inventory.Row{SKU: "BIKE"}, reason: "no available figure is reported"},
		"on hand alone":    {row: inventory.Row{SKU: "BIKE", OnHand: units(5)}, reason: "set the warehouse to quantity: on_hand"},
		"available alone where on hand": {
			row: inventory.Row{SKU: "BIKE", Available: units(5)}, quantity: inventory.QuantityOnHand,
			reason: "no on-hand figure is reported",
		},
		"too large": {
			row:    inventory.Row{SKU: "BIKE", Available: units(inventory.MaxQuantity + 1)},
			reason: "the available figure 1000000001 is outside",
		},
		"too far below zero": {
			row:    inventory.Row{SKU: "BIKE", Available: units(-inventory.MaxQuantity - 1)},
			reason: "the available figure -1000000001 is outside",
		},
		"another figure is absurd": {
			row:    inventory.Row{SKU: "BIKE", Available: units(5), Committed: units(1 << 40)},
			reason: "the committed figure 1099511627776 is outside",
		},
		"empty SKU":                       {row: inventory.Row{Available: units(5)}, reason: "the SKU is empty"},
		"over-long SKU":                   {row: inventory.Row{SKU: strings.Repeat("é", 300), Available: units(5)}, reason: "the SKU is 600 bytes long; at most 512"},
		"NUL in the SKU":                  {row: inventory.Row{SKU: "BI\x00KE", Available: units(5)}, reason: `the SKU "BI\x00KE" contains a NUL byte`},
		"invalid UTF-8 in the SKU":        {row: inventory.Row{SKU: "BI\xffKE", Available: units(5)}, reason: `the SKU "BI\xffKE" is not valid UTF-8`},
		"NUL in the facility":             {row: inventory.Row{Facility: "\x00", SKU: "BIKE", Available: units(5)}, reason: "the facility"},
		"an endless and broken complaint": {row: inventory.Row{SKU: "BIKE", Problem: strings.Repeat("\xff\x00", 100_000)}, reason: "\uFFFD"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test.row.Place = "stock.csv:17"
			level, refusal := inventory.Accept(test.row, test.quantity)
			require.Zero(t, level)
			require.NotNil(t, refusal)
			require.Contains(t, refusal.Reason, test.reason)
			require.Equal(t, "stock.csv:17", refusal.Place)
			for _, text := range []string{refusal.SKU, refusal.Facility, refusal.Reason} {
				require.True(t, utf8.ValidString(text) && !strings.Contains(text, "\x00"), "it can be stored: %q", text)
				require.Less(t, len(text), 10_000)
			}
		})
	}
	_, refusal := inventory.Accept(inventory.Row{Facility: "east", SKU: " BIKE ", Problem: "x"}, "")
	require.Equal(t, inventory.Refusal{Facility: "east", SKU: " BIKE ", Reason: "x"}, *refusal, "the level that is meant stays recognisable")
}

// A time that has not come would make everything look old that is reported until then: it counts as of now, or, where it is far away,
// is not believed.
func TestRefuseFuture(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	for ahead, want := range map[time.Duration]time.Duration{
		-1000 * time.Hour: -1000 * time.Hour, -time.Second: -time.Second, 0: 0, time.Second: 0, 24 * time.Hour: 0,
	} {
		row := inventory.RefuseFuture(inventory.Row{SKU: "BIKE", Available: units(5), ReportedAt: now.Add(ahead)}, now)
		level, refusal := inventory.Accept(row, inventory.QuantityAvailable)
		require.Nil(t, refusal, "%s ahead", ahead)
		require.Equal(t, now.Add(want), level.ReportedAt, "%s ahead", ahead)
	}
	row := inventory.RefuseFuture(inventory.Row{SKU: "BIKE", Available: units(5), ReportedAt: now.Add(24*time.Hour + time.Second)}, now)
	_, refusal := inventory.Accept(row, inventory.QuantityAvailable)
	require.NotNil(t, refusal)
	kept := inventory.RefuseFuture(inventory.Row{Problem: "x", ReportedAt: now.Add(1000 * time.Hour)}, now)
	require.Equal(t, "x", kept.Problem, "the first problem is told")
	require.Equal(t, inventory.Row{}, inventory.RefuseFuture(inventory.Row{}, now), "a source that gives no time")
}

func TestNoLevel(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		row      inventory.Row
		quantity inventory.QuantityField
		want     bool
	}{
		{inventory.Row{SKU: "A", NoAvailable: true}, inventory.QuantityAvailable, true},
		{inventory.Row{SKU: "A", NoAvailable: true}, inventory.QuantityOnHand, false},
		{inventory.Row{SKU: "A", NoOnHand: true}, inventory.QuantityOnHand, true},
		{inventory.Row{SKU: "A", NoOnHand: true}, inventory.QuantityAvailable, false},
		{inventory.Row{SKU: "A"}, inventory.QuantityAvailable, false},
		{inventory.Row{SKU: "A", NoAvailable: true, Problem: "it cannot be read"}, inventory.QuantityAvailable, false},
	} {
		require.Equal(t, test.want, inventory.NoLevel(test.row, test.quantity), "%+v", test)
	}
}

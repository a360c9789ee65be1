// Package bench measures what recording, resolving and pushing cost, each beside its floor: the same work without Tidemark, done a moment
// before on the same machine. Only the ratio means something elsewhere. The rows are those of docs/performance.md.
package bench

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
)

// figures are what a row measured: of Tidemark, and of the floor.
type figures struct{ ours, floor cost }

// ratio is how many times the floor's processor time Tidemark needs.
func (f figures) ratio() float64 { return f.ours.cpu.Seconds() / f.floor.cpu.Seconds() }

// line is a row of the table.
type line struct {
	name string
	full int // how many levels or SKUs are measured
	// measure prepares once, and then returns what one pair of runs took, as often as it is asked.
	measure func(t testing.TB, n int, location string) func() figures
}

// lines are the rows that are measured here.
func lines() []line {
	return []line{
		{"smart, nothing changed", 100_000, smart(0)},
		{"smart, 1 % changed", 100_000, smart(1)},
		{"full, 250 a call", 100_000, full},
		{"resolve, 5 stores, bundles", 50_000, resolve},
	}
}

// smart is a Smart Sync of n levels of which every hundredth moves by a number.
func smart(by int64) func(t testing.TB, n int, location string) func() figures {
	return func(t testing.TB, n int, location string) func() figures {
		d := newDepot(t, n)
		all := definitions(d, 1)
		h, f := newHouse(t, location, d, all), newFloor(t)
		h.sync("shop-0", ledger.Full)
		f.read(d)
		return func() figures {
			d.moved += by
			changed := int64(0)
			if by != 0 {
				changed = int64((n + 99) / 100)
			}
			var found figures
			found.floor = measure(t, func() { f.read(d) })
			found.ours = measure(t, func() {
				fetched, pushed := h.sync("shop-0", ledger.Smart)
				require.Equal(t, int64(n), fetched.Rows)
				require.Equal(t, changed, fetched.Changed)
				require.Equal(t, changed, pushed.Counts.Exported)
			})
			return found
		}
	}
}

// full is a Full Sync of n SKUs to a store that answers at once. Its floor does not read the warehouse.
func full(t testing.TB, n int, location string) func() figures {
	d := newDepot(t, n)
	h, f, store := newHouse(t, location, d, definitions(d, 1)), newFloor(t), &till{}
	h.sync("shop-0", ledger.Full)
	f.push(d, store)
	return func() figures {
		var found figures
		found.floor = measure(t, func() { f.push(d, store) })
		found.ours = measure(t, func() {
			_, pushed := h.sync("shop-0", ledger.Full)
			require.Equal(t, int64(n), pushed.Counts.Exported)
		})
		return found
	}
}

// resolve resolves n SKUs, and a bundle of four for every ten of them, for five stores with a buffer.
func resolve(t testing.TB, n int, location string) func() figures {
	d := newDepot(t, n)
	all := definitions(d, 5)
	var stores []string
	for _, connection := range all.Connections {
		stores = append(stores, connection.ID)
	}
	c := newCatalogue(d, stores)
	strategy := inventory.Strategy{BufferPercent: 10}
	all.Strategies = []ledger.StrategyDefinition{{Merchant: merchantID, Warehouse: warehouseID, Strategy: strategy}}
	for _, bundle := range c.bundles {
		all.Bundles = append(all.Bundles, ledger.BundleDefinition{Merchant: merchantID, Bundle: bundle})
	}
	h := newHouse(t, location, d, all)
	for i, store := range stores {
		r := h.begin(store, ledger.Full)
		if i == 0 {
			r.fetch()
		}
		r.resolve()
		r.end()
	}
	rows := len(stores) * (n + len(c.bundles))
	return func() figures {
		var found figures
		found.floor = measure(t, func() { require.Equal(t, rows, c.resolve(&strategy)) })
		found.ours = measure(t, func() {
			resolved := int64(0)
			for _, store := range stores {
				r := h.begin(store, ledger.Full)
				resolved += r.resolve().Resolved
				r.end()
			}
			require.Equal(t, int64(rows), resolved)
		})
		return found
	}
}

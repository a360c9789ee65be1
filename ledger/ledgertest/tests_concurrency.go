package ledgertest

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
)

var concurrencyTests = tests{
	"no cursor skips a version":   skipsNone,
	"one of many gets the store":  takesOnce,
	"use is never a restore":      watchesUse,
	"applies are one at a time":   appliesInTurn,
	"the first decision of many":  decidesFirst,
	"readers see whole snapshots": readsWhole,
}

// apart is a tester for a goroutine of its own: a failure ends only this goroutine.
type apart struct{ tester }

func (apart) FailNow() { runtime.Goexit() }

// together runs functions concurrently, each with a world that may fail, and waits for all.
func (w *world) together(t *testing.T, works ...func(w *world)) {
	t.Helper()
	var group sync.WaitGroup
	for _, work := range works {
		group.Go(func() { work(&world{Ledger: w.Ledger, t: apart{t}, ticks: w.ticks, counter: w.counter}) })
	}
	group.Wait()
	if t.Failed() {
		t.FailNow()
	}
}

// skipsNone: each round names a SKU that is never named again, so nothing would repair a version that a cursor skipped.
func skipsNone(t *testing.T, w *world) {
	const rounds = 12
	stores := []string{shop, market, "outlet"}
	d := alter(func(d *ledger.Definitions) {
		d.Stores = append(d.Stores, store("outlet"))
		d.Connections = append(d.Connections[:2], connection(hub, "outlet"))
	})
	w.apply(d)
	var works []func(w *world)
	for _, to := range stores {
		works = append(works, func(w *world) {
			for round := range rounds {
				lease := w.take(hub+"-"+to, ledger.Smart)
				w.report(lease, part(), []inventory.Level{level(fmt.Sprint(to, round), int64(round)), level("SHARED", int64(round))})
				w.resolve(lease, ledger.Smart)
				w.end(lease, ledger.Completed)
			}
		})
	}
	works = append(works, func(w *world) {
		for round := range rounds {
			next := d
			next.Products = append(next.Products, ledger.Product{Merchant: merchant, SKU: "SHARED", Name: fmt.Sprint(round)})
			next.Listings = []ledger.ListingDefinition{listing(shop, fmt.Sprint(market, round), "LISTED")}
			w.apply(next)
		}
	})
	w.together(t, works...)
	available := w.available(hub)
	require.Len(t, available, rounds*len(stores)+1)
	versions := map[int64]string{}
	for _, row := range w.levels(hub) {
		if row.SKU != "SHARED" {
			require.NotContains(t, versions, row.Version, "recorded at different times")
			versions[row.Version] = row.SKU
		}
	}
	for _, to := range stores {
		lease := w.take(hub+"-"+to, ledger.Smart)
		w.resolve(lease, ledger.Smart)
		quantities := map[string]int64{}
		for _, row := range w.channelLevels(hub + "-" + to) {
			if row.Status != ledger.StatusBlocked {
				quantities[row.Product] = row.Quantity
			}
		}
		require.Equal(t, available, quantities, to)
	}
	require.Equal(t, fmt.Sprint(market, rounds-1), w.row(hubShop, "LISTED").Product)
}

func takesOnce(t *testing.T, w *world) {
	var mutex sync.Mutex
	var won []ledger.Lease
	lost := 0
	var works []func(w *world)
	for i := range 8 {
		works = append(works, func(w *world) {
			granted, err := w.Begin(w.ctx(), w.claim([]string{hubShop, annexShop}[i%2], ledger.Smart))
			mutex.Lock()
			defer mutex.Unlock()
			var busy *ledger.BusyError
			if errors.As(err, &busy) {
				lost++
				return
			}
			require.NoError(w.t, err)
			won = append(won, granted.Lease)
		})
	}
	w.together(t, works...)
	require.Len(t, won, 1)
	require.Equal(t, 7, lost)
	holder, err := w.Holder(w.ctx(), shop)
	require.NoError(t, err)
	require.Equal(t, won[0].Run, holder.Run)
}

func watchesUse(t *testing.T, w *world) {
	var works []func(w *world)
	for _, connection := range []string{hubShop, hubMarket} {
		works = append(works, func(w *world) {
			for range 10 {
				restored, err := w.Watch(w.ctx(), w.now())
				require.NoError(w.t, err)
				require.Empty(w.t, restored)
				w.end(w.take(connection, ledger.Smart), ledger.Completed)
			}
		})
	}
	w.together(t, works...)
}

func appliesInTurn(t *testing.T, w *world) {
	before := w.plan(hubShop, ledger.Smart).Next.Definitions
	var mutex sync.Mutex
	created := 0
	var works []func(w *world)
	for range 6 {
		works = append(works, func(w *world) {
			changes := w.apply(catalogue())
			mutex.Lock()
			defer mutex.Unlock()
			created += len(changes)
		})
	}
	w.together(t, works...)
	require.Equal(t, 6, created, "two products, two bundles and two listings, by whoever was first")
	require.Equal(t, before+1, w.plan(hubShop, ledger.Smart).Next.Definitions)
}

func decidesFirst(t *testing.T, w *world) {
	lease, _ := w.held(hubShop, ledger.HoldSnapshot)
	var mutex sync.Mutex
	answers := map[string]bool{}
	var works []func(w *world)
	for i := range 6 {
		works = append(works, func(w *world) {
			answered, err := w.Decide(w.ctx(), lease.Run, []string{"approved", "rejected"}[i%2], fmt.Sprint("person ", i), w.now())
			require.NoError(w.t, err)
			require.Len(w.t, answered, 1)
			mutex.Lock()
			defer mutex.Unlock()
			answers[answered[0].Decision+" by "+answered[0].By] = true
		})
	}
	w.together(t, works...)
	given := map[string]int{}
	for answer := range answers {
		decision, _, _ := strings.Cut(answer, " by ")
		given[decision]++
	}
	if given["rejected"] > 0 {
		require.Equal(t, map[string]int{"rejected": 1, "lifted": 1}, given, "the first is told to everybody, until the first who approves has lifted it")
		return
	}
	require.Equal(t, map[string]int{"approved": 1}, given, "everybody is told the same")
}

// readsWhole: a snapshot becomes visible in one step, so all its figures are of the same round.
func readsWhole(t *testing.T, w *world) {
	const rounds = 15
	round := func(n int64) []inventory.Level { return []inventory.Level{level("A", n), level("B", n), level("C", n)} }
	lease := w.take(hubShop, ledger.Smart)
	w.report(lease, whole(), round(0))
	w.together(t,
		func(w *world) {
			for n := range int64(rounds) {
				w.report(lease, whole(), round(n+1))
			}
		},
		func(w *world) {
			for figure := int64(0); figure < rounds; {
				available := w.available(hub)
				require.Equal(w.t, map[string]int64{"A": available["A"], "B": available["A"], "C": available["A"]}, available)
				require.GreaterOrEqual(w.t, available["A"], figure)
				figure = available["A"]
				if w.t.(apart).tester.(*testing.T).Failed() {
					return
				}
			}
		},
	)
}

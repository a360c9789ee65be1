package ledgertest

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
)

var promiseTests = tests{"after one clean pass stores show what they should": keepsPromise}

// keepsPromise lets random things happen to a warehouse, its definitions, its stores and its runs, in any order, with a crash after every
// step. Then one Smart Sync of each connection must bring every store to the figures of an independent model.
func keepsPromise(t *testing.T, w *world) {
	rapid.Check(t, func(rt *rapid.T) {
		m := newModel(rt, w)
		for range rapid.IntRange(3, 15).Draw(rt, "steps") {
			switch rapid.IntRange(0, 13).Draw(rt, "step") {
			case 0, 1, 2:
				m.observe()
			case 13:
				m.event()
			case 3:
				m.define()
			case 4, 5:
				m.resolveSome()
			case 6, 7:
				m.sendSome()
			case 8:
				m.finishSome()
			case 9:
				m.stop()
			case 10:
				m.restore()
			case 11:
				m.tidyAll(m.now().Add(24 * time.Hour))
			case 12:
				m.refreshIDs()
			}
		}
		for _, id := range m.ids {
			m.cleanPass(id)
		}
		require.Equal(rt, m.recorded(), m.available(m.warehouse))
		for _, id := range m.ids {
			m.requireShown(id)
		}
	})
}

// spot is a place of a SKU in a warehouse or in a store.
type spot struct{ sku, place string }

// model is the expected content of the ledger, and what the stores show.
type model struct {
	*world
	draw      *rapid.T
	warehouse string
	ids       []string // of the connections
	defined   ledger.Definitions
	seen      map[spot]observation
	named     map[string]bool           // the facilities, by snapshots
	leases    map[string]ledger.Lease   // of the runs that live, by connection
	shown     map[string]map[spot]int64 // by connection
}

// refusedSKU is a SKU that no store accepts.
const refusedSKU = "D"

func newModel(rt *rapid.T, w *world) *model {
	m := &model{
		world: &world{Ledger: w.Ledger, t: rt, ticks: w.ticks, counter: w.counter}, draw: rt,
		seen: map[spot]observation{}, named: map[string]bool{}, leases: map[string]ledger.Lease{}, shown: map[string]map[spot]int64{},
	}
	m.warehouse = m.name("warehouse")
	owner := m.name("merchant")
	depot := warehouse(m.warehouse)
	depot.Merchant = owner
	m.defined.Warehouses = []ledger.Warehouse{depot}
	for range 2 {
		to := store(m.name("store"))
		to.Merchant = owner
		c := connection(m.warehouse, to.ID)
		c.Merchant = owner
		m.defined.Stores = append(m.defined.Stores, to)
		m.defined.Connections = append(m.defined.Connections, c)
		m.ids = append(m.ids, c.ID)
		m.shown[c.ID] = map[spot]int64{}
	}
	m.applied()
	return m
}

// applied applies the definitions; what an earlier draw left is removed.
func (m *model) applied() {
	_, err := m.Apply(m.ctx(), m.defined, ledger.ApplyOptions{Prune: true})
	require.NoError(m.t, err)
}

func (m *model) chance(what string) bool { return rapid.Bool().Draw(m.draw, what) }

func (m *model) connection() string { return rapid.SampledFrom(m.ids).Draw(m.draw, "connection") }

// lease returns the lease of the connection's run; a dead run is replaced.
func (m *model) lease(id string) ledger.Lease {
	if lease, ok := m.leases[id]; ok {
		return lease
	}
	m.leases[id] = m.begin(id).Lease
	return m.leases[id]
}

func (m *model) begin(id string) ledger.Grant {
	claim := m.claim(id, ledger.Smart)
	if holder, err := m.Holder(m.ctx(), m.of(id).Store); err == nil {
		claim.Replace = holder.Fence
	}
	return m.grant(claim)
}

func (m *model) of(id string) *ledger.Connection {
	for i := range m.defined.Connections {
		if m.defined.Connections[i].ID == id {
			return &m.defined.Connections[i]
		}
	}
	return nil
}

// recorded returns the model's figures in the form of world.available.
func (m *model) recorded() map[string]int64 {
	figures := map[string]int64{}
	for at, seen := range m.seen {
		key := at.sku
		if at.place != "east" {
			key += "@" + at.place
		}
		figures[key] = seen.available
	}
	return figures
}

// define changes one kind of definition.
func (m *model) define() {
	first := m.of(m.ids[0])
	owner := first.Merchant
	listed := func(pairs ...string) (listings []ledger.ListingDefinition) {
		for i := 0; i < len(pairs); i += 2 {
			listings = append(listings, listing(first.Store, pairs[i], pairs[i+1]))
		}
		return listings
	}
	bundled := func(components ...inventory.Component) []ledger.BundleDefinition {
		return []ledger.BundleDefinition{{Merchant: owner, Bundle: inventory.Bundle{SKU: "KIT", Components: components}}}
	}
	strategy := func(one inventory.Strategy) []ledger.StrategyDefinition {
		return []ledger.StrategyDefinition{{Merchant: owner, Warehouse: m.warehouse, Strategy: one}}
	}
	switch rapid.IntRange(0, 5).Draw(m.draw, "definition") {
	case 0:
		m.defined.Listings = rapid.SampledFrom([][]ledger.ListingDefinition{
			nil, listed("A", "X"), listed("B", "C"), listed("A", "C", "C", "A"), listed("A", "X", "A", "Y", "KIT", "B"), listed("C", "X"),
		}).Draw(m.draw, "listings")
	case 1:
		m.defined.Bundles = rapid.SampledFrom([][]ledger.BundleDefinition{nil, bundled(of("A", 2), of("B", 1)), bundled(of("C", 1))}).Draw(m.draw, "bundles")
	case 2:
		m.defined.Strategies = rapid.SampledFrom([][]ledger.StrategyDefinition{
			nil, strategy(inventory.Strategy{BufferUnits: 1}), strategy(inventory.Strategy{Minimum: 3, Distribution: inventory.DistributeAll}),
		}).Draw(m.draw, "strategy")
	case 3:
		first.Inventory.Unlisted = rapid.SampledFrom([]inventory.UnlistedPolicy{inventory.UnlistedPush, inventory.UnlistedBlock}).Draw(m.draw, "unlisted")
	case 4:
		m.of(m.ids[1]).Enabled = m.chance("enabled")
	case 5:
		first.Inventory.Locations = rapid.SampledFrom([][]inventory.Location{
			nil, {{ID: "n", Facilities: []string{"east"}}, {ID: "s", Facilities: []string{"east", "west"}}},
		}).Draw(m.draw, "locations")
	}
	m.applied()
}

// resolveSome resolves everything that is affected, or dies in the middle of it.
func (m *model) resolveSome() {
	id := m.connection()
	lease := m.lease(id)
	plan := m.plan(id, rapid.SampledFrom([]ledger.Mode{ledger.Smart, ledger.Full}).Draw(m.draw, "mode"))
	affected := m.affected(plan)
	if m.chance("dies in the middle") {
		m.resolvePage(lease, plan, affected[:len(affected)/2])
		delete(m.leases, id)
		return
	}
	m.resolvePage(lease, plan, affected)
	require.NoError(m.t, m.AdvanceCursor(m.ctx(), lease, plan))
}

// stop ends a run, or lets it die.
func (m *model) stop() {
	id := m.connection()
	if lease, ok := m.leases[id]; ok && m.chance("ends") {
		m.end(lease, rapid.SampledFrom([]ledger.Outcome{ledger.Completed, ledger.Partial, ledger.Failed}).Draw(m.draw, "outcome"))
	}
	delete(m.leases, id)
}

func (m *model) restore() {
	require.NoError(m.t, m.Restored(m.ctx(), "by the model", m.now()))
	clear(m.leases)
}

// refreshIDs makes everything due when no run holds the store.
func (m *model) refreshIDs() {
	_, err := m.RefreshIDs(m.ctx(), m.of(m.connection()).Store, nil)
	var busy *ledger.BusyError
	require.True(m.t, err == nil || errors.As(err, &busy), "%v", err)
}

package ledgertest

import (
	"slices"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
)

// arrives applies a call to the store, item by item. The same call may arrive several times.
func (m *model) arrives(id string, items []ledger.DueItem) {
	for _, item := range items {
		if item.Product != refusedSKU {
			m.shown[id][spot{item.ChannelSKU, item.Location}] = item.Quantity
		}
	}
}

// verdict is the store's result for an item that arrived.
func verdict(item ledger.DueItem) ledger.Status {
	if item.Product == refusedSKU {
		return ledger.StatusRejected
	}
	return ledger.StatusExported
}

// lost is true while a call without a ticket is open. The activities send nothing new before such a call is answered, and neither does the
// model.
func (m *model) lost(id string) bool {
	return slices.ContainsFunc(m.openCalls(id), func(call ledger.OpenCall) bool { return call.Ticket == "" })
}

// sendSome makes a call with a random outcome.
func (m *model) sendSome() {
	id := m.connection()
	lease := m.lease(id)
	if m.lost(id) {
		return
	}
	items := m.due(lease)
	if len(items) == 0 {
		return
	}
	items = items[:rapid.IntRange(1, len(items)).Draw(m.draw, "items")]
	m.outcome(id, m.intend(lease, items...))
}

// outcome draws what happens to a call that was just sent, or sent again.
func (m *model) outcome(id string, intent ledger.Intent) {
	lease := m.lease(id)
	switch rapid.IntRange(0, 4).Draw(m.draw, "outcome") {
	case 0: // it dies before the call, or the call is lost on its way
	case 1: // the call arrives and the answer is lost
		m.arrives(id, intent.Items)
	case 2: // each item has its own answer
		answer := ledger.Response{Key: intent.Key, Now: m.now()}
		for _, item := range intent.Items {
			answer.Items = append(answer.Items, says(item, m.fate(id, item)))
		}
		require.NoError(m.t, m.ApplyResponses(m.ctx(), lease, answer))
	case 3: // it is accepted for later
		m.submitted(lease, intent, m.name("ticket"))
		return
	case 4: // its bytes are given up, after they arrived or not
		if m.chance("arrived") {
			m.arrives(id, intent.Items)
		}
		require.NoError(m.t, m.Abandon(m.ctx(), lease, intent.Key, "given up", m.now()))
	}
	if m.chance("the run dies") {
		delete(m.leases, id)
	}
}

// fate draws the result for one item, and whether it takes effect in the store.
func (m *model) fate(id string, item ledger.DueItem) ledger.Status {
	status := rapid.SampledFrom([]ledger.Status{
		ledger.StatusExported, ledger.StatusExported, ledger.StatusRetrying, ledger.StatusPending, ledger.StatusUnknown,
	}).Draw(m.draw, "status")
	if item.Product == refusedSKU {
		return ledger.StatusRejected
	}
	if status == ledger.StatusExported || (status == ledger.StatusUnknown && m.chance("arrived")) {
		m.arrives(id, []ledger.DueItem{item})
	}
	return status
}

// finishSome sends the oldest lost call again, or asks for the oldest report.
func (m *model) finishSome() {
	id := m.connection()
	lease := m.lease(id)
	for _, call := range m.openCalls(id) {
		if call.Ticket == "" {
			now := m.now()
			require.NoError(m.t, m.Resend(m.ctx(), lease, call.Key, now.Add(callTime), now))
			m.outcome(id, call.Intent)
			return
		}
	}
	for _, call := range m.openCalls(id) {
		m.finish(id, lease, call)
		return
	}
}

// finish completes an open call: it sends the same bytes again or gets the report, and every item gets its result.
func (m *model) finish(id string, lease ledger.Lease, call ledger.OpenCall) {
	now := m.now()
	require.NoError(m.t, m.Resend(m.ctx(), lease, call.Key, now.Add(callTime), now))
	m.arrives(id, call.Items)
	answer := ledger.Response{Key: call.Key, Now: m.now()}
	for _, item := range call.Items {
		answer.Items = append(answer.Items, says(item, verdict(item)))
	}
	require.NoError(m.t, m.ApplyResponses(m.ctx(), lease, answer))
}

// cleanPass is a Smart Sync without faults, in the order of the activities: open calls first.
func (m *model) cleanPass(id string) {
	granted := m.begin(id)
	lease := granted.Lease
	m.resolve(lease, granted.Mode)
	for range 1000 {
		if open := m.openCalls(id); len(open) > 0 {
			m.finish(id, lease, open[0])
			continue
		}
		items := m.due(lease)
		if len(items) == 0 {
			m.end(lease, ledger.Completed)
			delete(m.leases, id)
			return
		}
		intent := m.intend(lease, items[:min(len(items), 3)]...)
		m.finish(id, lease, ledger.OpenCall{Intent: intent})
	}
	require.FailNow(m.t, "a pass does not end", "%v", m.rows(id))
}

// requireShown compares a store, and the ledger's rows for it, with the model.
func (m *model) requireShown(id string) {
	rows := map[spot]ledger.ChannelLevelRow{}
	for _, row := range m.channelLevels(id) {
		rows[spot{row.ChannelSKU, row.Location}] = row
		require.NotContains(m.t, []ledger.Status{ledger.StatusPending, ledger.StatusUnknown, ledger.StatusSent, ledger.StatusRetrying}, row.Status, describe(row))
	}
	for _, input := range m.inputs(id) {
		for _, level := range inventory.Resolve(input) {
			if level.Blocked != "" {
				continue
			}
			at := spot{level.ChannelSKU, level.Location}
			row, ok := rows[at]
			require.True(m.t, ok, "%s: no row for %v", id, at)
			require.Equal(m.t, level.Quantity, row.Quantity, "%s: %v should show", id, at)
			if input.Product == refusedSKU {
				require.Equal(m.t, ledger.StatusRejected, row.Status)
				continue
			}
			require.Equal(m.t, ledger.StatusExported, row.Status, "%s: %v: %s", id, at, row.Reason)
			require.Equal(m.t, level.Quantity, m.shown[id][at], "%s: %v shows", id, at)
			require.Equal(m.t, new(level.Quantity), row.Exported, "%s: %v", id, at)
		}
	}
}

// inputs returns the inputs of inventory.Resolve for a connection, from the model alone.
func (m *model) inputs(id string) []inventory.Input {
	to := m.of(id)
	base := inventory.Input{
		Connection: id, Locations: to.Inventory.Locations, Unlisted: to.Inventory.Unlisted, Levels: map[string][]inventory.Level{},
	}
	products := map[string]*inventory.Bundle{}
	for at, seen := range m.seen {
		base.Levels[at.sku] = append(base.Levels[at.sku], inventory.Level{SKU: at.sku, Facility: at.place, Available: seen.available})
		products[at.sku] = nil
	}
	for i := range m.defined.Bundles {
		products[m.defined.Bundles[i].SKU] = &m.defined.Bundles[i].Bundle
	}
	for i := range m.defined.Strategies {
		base.Strategy = &m.defined.Strategies[i].Strategy
	}
	for _, other := range m.defined.Connections {
		if other.Active() {
			base.Sharing = append(base.Sharing, other.ID)
		}
	}
	var inputs []inventory.Input
	for product, made := range products {
		input := base
		input.Product, input.Bundle = product, made
		for _, listed := range m.defined.Listings {
			if listed.Store == to.Store && listed.SKU == product {
				input.Listings = append(input.Listings, listed.Listing)
			}
			if listed.Store == to.Store && listed.ChannelSKU == product {
				input.TakenBy = listed.SKU
			}
		}
		inputs = append(inputs, input)
	}
	return inputs
}

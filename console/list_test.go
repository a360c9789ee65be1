package console

import (
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/ledger"
)

// The list is filtered by merchant and by platform, where there are several.
func TestTheListIsFilteredByPlatform(t *testing.T) {
	t.Parallel()
	connections := []ledger.Connection{{ID: "a", Merchant: "acme", Warehouse: "w1", Store: "s1"}, {ID: "b", Merchant: "acme", Warehouse: "w1", Store: "s2"}}
	warehouses, stores := []ledger.Warehouse{{ID: "w1", Driver: "csv"}}, []ledger.Store{{ID: "s1", Driver: "shopify"}, {ID: "s2", Driver: "ebay"}}
	var overview control.Overview
	for _, connection := range connections {
		overview.Connections, overview.Standings = append(overview.Connections,
			control.ConnectionStatus{Connection: connection}), append(overview.Standings, control.Standing{})
	}
	for text, want := range map[string][]string{
		"": {"a", "b"}, "store=ebay": {"b"}, "store=shopify": {"a"}, "warehouse=csv": {"a", "b"}, "merchant=birch": nil, "store=csv": nil,
	} {
		query, err := url.ParseQuery(text)
		require.NoError(t, err)
		choices := choicesOf(connections, warehouses, stores, query)
		view := viewConnections(overview, request{query: query, now: noon}, zonesOf(connections, noon), choices)
		var ids []string
		for _, row := range view.Rows {
			ids = append(ids, row.ID)
		}
		require.Equal(t, want, ids, text)
		require.Equal(t, text != "", view.Filtered, text)
	}
	choices := choicesOf(connections, warehouses, stores, url.Values{})
	require.Len(t, choices, 1, "all have one merchant and one kind of warehouse")
	require.Equal(t, []string{"ebay", "shopify"}, choices[0].All)
}

// A connection that waits to be enabled is enabled where somebody meets it: in the list, and on its page.
func TestAConnectionIsEnabledWhereItIsMet(t *testing.T) {
	t.Parallel()
	w := newWorld(t).signIn()
	for _, path := range []string{"/", "/c/acme-shop"} {
		_, body := w.get(path)
		require.NotContains(t, body, `action="/c/acme-shop/enable"`, "it is enabled")
	}
	w.fake.off = true
	for _, path := range []string{"/", "/c/acme-shop"} {
		_, body := w.get(path)
		require.Contains(t, body, `action="/c/acme-shop/enable"`, path)
		require.NotContains(t, body, `name="connection"`, "its schedules are not paused by hand")
	}
	_, body := w.get("/c/acme-shop")
	require.Contains(t, body, "The connection is not enabled. Enabling it asks for a first Full Sync.")
	for name, connection := range map[string]ledger.Connection{
		"enabled": {Enabled: true, EnabledByPages: true, Inventory: ledger.Flow{Enabled: true}}, "left to the file": {Inventory: ledger.Flow{Enabled: true}},
		"its flow is off": {EnabledByPages: true},
	} {
		require.False(t, mayEnable(connection), name)
	}
}

// Why a connection stands as it does is said once: what Temporal said stands above the list, and that a run waits for a person is its state, which leads there.
func TestWhyAConnectionStandsAsItDoes(t *testing.T) {
	t.Parallel()
	k := zonesOf(nil, noon).shared()
	require.Equal(t, "Temporal does not answer",
		whyWords(control.Standing{Condition: control.ConditionUnknown, Why: "Temporal does not answer: context deadline exceeded"}, k))
	require.Equal(t, "run 6: since 11:00 UTC", whyWords(control.Standing{Condition: control.ConditionHeld, Why: "run 6: since 2026-11-25 11:00 UTC"}, k))
	held := control.ConnectionStatus{Connection: ledger.Connection{ID: "a"}, Open: []control.OpenRun{{Run: ledger.Run{Mode: ledger.Smart, Outcome: ledger.Held}}}}
	row := viewConnectionRow(held, control.Standing{Condition: control.ConditionHeld}, false, k)
	require.Equal(t, []any{"waits for you", true, ""}, []any{row.Next, row.Held, row.Now})
	_, body := newWorld(t).signIn().get("/")
	require.Contains(t, body, `<a href="/held" data-key="held-acme-shop">waits for you`)
}

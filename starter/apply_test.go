package main

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/ledger"
)

func TestChangesOfACatalogueAreCounted(t *testing.T) {
	t.Parallel()
	changes := []ledger.Change{
		{Action: "created", Kind: "bundle", ID: "A"},
		{Action: "changed", Kind: "bundle", ID: "B"},
		{Action: "created", Kind: "bundle", ID: "C"},
		{Action: "changed", Kind: "connection", ID: "acme-shop", Detail: "schedules"},
		{Action: "removed", Kind: "listing", ID: "L"},
		{Action: "created", Kind: "strategy", ID: "acme/hub"},
	}
	require.Equal(t, []string{
		"connection acme-shop: would be changed (schedules)", "strategy acme/hub: would be created",
		"1 bundle: would be changed (-v lists them)", "2 bundles: would be created (-v lists them)", "1 listing: would be removed (-v lists them)",
	}, changeLines(changes, "would be ", false))
	require.Equal(t, []string{
		"connection acme-shop: changed (schedules)", "strategy acme/hub: created", "bundle A: created", "bundle B: changed", "bundle C: created", "listing L: removed",
	}, changeLines(changes, "", true))
	require.Equal(t, "1 warehouse, 0 stores, 2 connections, 0 strategies, 1 product, 0 bundles, 0 listings", contents(ledger.Definitions{
		Warehouses: make([]ledger.Warehouse, 1), Connections: make([]ledger.Connection, 2), Products: make([]ledger.Product, 1),
	}))
}

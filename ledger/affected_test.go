package ledger

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
)

// TestAffectedWalkFindsTheSame: many changes are read by walking the tables, and few are looked up by version. Both give the same result.
func TestAffectedWalkFindsTheSame(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, time.March, 1, 12, 0, 0, 0, time.UTC)
	opened, err := openSQLite(t.Context(), filepath.Join(t.TempDir(), "ledger.db"), now)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, opened.Close()) })

	flow := Flow{Enabled: true, Unlisted: inventory.UnlistedPush}
	definitions := Definitions{
		Warehouses:  []Warehouse{{ID: "hub", Merchant: "acme"}},
		Stores:      []Store{{ID: "shop", Merchant: "acme"}},
		Connections: []Connection{{ID: "hub-shop", Merchant: "acme", Warehouse: "hub", Store: "shop", Enabled: true, Inventory: flow}},
		Products:    []Product{{Merchant: "acme", SKU: "A"}, {Merchant: "acme", SKU: "B"}},
	}
	for _, one := range []struct{ bundle, component string }{{"KIT-1", "A"}, {"KIT-2", "B"}, {"KIT-3", "C"}, {"KIT-4", "D"}} {
		definitions.Bundles = append(definitions.Bundles, BundleDefinition{
			Merchant: "acme", Bundle: inventory.Bundle{SKU: one.bundle, Components: []inventory.Component{{SKU: one.component, Count: 1}}},
		})
		definitions.Listings = append(definitions.Listings, ListingDefinition{
			Store: "shop", Listing: inventory.Listing{SKU: one.component, ChannelSKU: "SHOP-" + one.component},
		})
	}
	apply := func() {
		_, err := opened.Apply(t.Context(), definitions, ApplyOptions{})
		require.NoError(t, err)
	}
	apply()
	granted, err := opened.Begin(t.Context(), Claim{Connection: "hub-shop", Mode: Smart, WorkflowRun: "one", Now: now})
	require.NoError(t, err)
	report := func(available int64, skus ...string) {
		id, err := opened.Stage(t.Context(), granted.Lease, SnapshotStart{Warehouse: "hub", Now: now})
		require.NoError(t, err)
		var levels []inventory.Level
		for _, sku := range skus {
			for _, facility := range []string{"east", "west"} {
				levels = append(levels, inventory.Level{SKU: sku, Facility: facility, Available: available})
			}
		}
		require.NoError(t, opened.StageRows(t.Context(), id, levels, nil))
		_, err = opened.Record(t.Context(), granted.Lease, id, SnapshotEnd{Rows: len(levels), Now: now})
		require.NoError(t, err)
	}
	report(1, "A", "B", "C", "D", "E", "F", "X", "Y")
	plan, err := opened.Plan(t.Context(), "hub-shop", Smart)
	require.NoError(t, err)
	require.NoError(t, opened.AdvanceCursor(t.Context(), granted.Lease, plan))

	report(2, "A", "C", "F")
	definitions.Products[1].Name = "Bolt"
	definitions.Bundles = definitions.Bundles[:3]                                                                     // KIT-4 is gone
	definitions.Listings[3] = ListingDefinition{Store: "shop", Listing: inventory.Listing{SKU: "E", ChannelSKU: "X"}} // D's is gone, E takes X
	apply()
	plan, err = opened.Plan(t.Context(), "hub-shop", Smart)
	require.NoError(t, err)
	require.False(t, plan.Everything)

	ways := map[string]func(tx *tx, q *query, after string){
		"few":  func(_ *tx, q *query, after string) { affectedFew(q, plan, after, 2) },
		"walk": func(t *tx, q *query, after string) { t.affectedWalk(q, plan, after, 2) },
	}
	for name, way := range ways {
		walked := []string{}
		for after, more := "", true; more; {
			page := 0
			err := opened.read(t.Context(), func(tx *tx) error {
				q := &query{}
				way(tx, q, after)
				return tx.each(t.Context(), func(row *sql.Rows) error {
					var redefined int
					page++
					err := row.Scan(&after, &redefined)
					walked = append(walked, fmt.Sprint(after, " ", redefined))
					return err
				}, q.text.String(), q.arguments...)
			})
			require.NoError(t, err)
			more = page == 2
		}
		require.Equal(t, []string{"A 0", "B 1", "C 0", "D 1", "E 1", "F 0", "KIT-1 0", "KIT-3 0", "KIT-4 1", "SHOP-D 1", "X 1"}, walked, name)
	}
}

package e2e

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/settings"
	"github.com/tidemark/tidemark/tests/vendure"
	"github.com/tidemark/tidemark/workflows"
)

// A real Vendure server follows a warehouse of CSV files: a Full Sync of 1,000 variants with listings and bundles, with the worker killed
// in the middle; a Smart Sync of 10; a variant that its owner deleted. Each time the server's own API is read back and equals the ledger.
func TestVendureFollowsAWarehouse(t *testing.T) {
	t.Parallel()
	const variants = 1000
	server := vendure.Start(t, variants, token)
	w := newWorld(t, scenario(1))
	stock := filepath.Join(w.folder, "stock.csv")
	figures := map[string]int64{}
	// SKU-0 to SKU-899 are sold as they are, 900 to 949 under listings, 950 to 999 are bundles of two of one and one of another.
	for n := range 900 {
		figures[fmt.Sprintf("SKU-%d", n)] = int64(10 + n%90)
	}
	definitions := vendureDefinitions(server, stock)
	for n := 900; n < 950; n++ {
		figures[fmt.Sprintf("W-%d", n)] = int64(n % 40)
		definitions.Listings = append(definitions.Listings, ledger.ListingDefinition{Store: "shop", Listing: inventory.Listing{SKU: fmt.Sprintf("W-%d", n), ChannelSKU: fmt.Sprintf("SKU-%d", n)}})
	}
	for n := 950; n < variants; n++ {
		definitions.Bundles = append(definitions.Bundles, ledger.BundleDefinition{Merchant: "acme", Bundle: inventory.Bundle{
			SKU: fmt.Sprintf("SKU-%d", n), Components: []inventory.Component{{SKU: fmt.Sprintf("SKU-%d", n-950), Count: 2}, {SKU: fmt.Sprintf("SKU-%d", n-900), Count: 1}},
		}})
	}
	writeStock(t, stock, figures)
	w.apply(definitions, ledger.ApplyOptions{})
	out, problems, code := w.starter("check", "shop")
	require.Zero(t, code, problems)
	require.Contains(t, out, "superadmin")

	worker := w.work()
	waitFor(t, "the push is in its middle", func(ctx context.Context) error {
		counts, err := w.ledger.StatusCounts(ctx, "shop")
		if err == nil && (counts[ledger.StatusExported] == 0 || counts[ledger.StatusPending] == 0) {
			err = fmt.Errorf("%v", counts)
		}
		return err
	})
	worker.stop(syscall.SIGKILL)
	w.work()
	report := w.firstFull("shop")
	require.Equal(t, ledger.Completed, report.Outcome, report.Reason)
	w.vendureShows(t, server, variants)

	for n := range 10 {
		figures[fmt.Sprintf("SKU-%d", 500+n)] = int64(700 + n)
	}
	writeStock(t, stock, figures)
	report = w.sync(ledger.Smart, "shop", workflows.SyncRequest{})
	require.Equal(t, ledger.Completed, report.Outcome, report.Reason)
	require.Equal(t, int64(10), report.Counts.Exported)
	w.vendureShows(t, server, variants)

	server.Ask(t, vendure.Question{
		Session:   server.Token,
		Document:  `mutation ($id: ID!) { deleteProductVariant(id: $id) { result } }`,
		Variables: map[string]any{"id": shownByVendure(t, server)["SKU-777"].id},
	}, nil)
	figures["SKU-777"], figures["SKU-778"] = 1, 2
	writeStock(t, stock, figures)
	report = w.sync(ledger.Smart, "shop", workflows.SyncRequest{})
	require.Equal(t, ledger.CompletedWithFailures, report.Outcome, "the deleted variant is parked, and holds nothing else up")
	require.Equal(t, int64(1), report.Counts.Exported)
	require.Equal(t, int64(1), report.Counts.Rejected)
	w.vendureShows(t, server, variants-1)
}

// vendureDefinitions connect the CSV warehouse to the server.
func vendureDefinitions(server *vendure.Server, stock string) ledger.Definitions {
	return ledger.Definitions{
		Warehouses: []ledger.Warehouse{{
			ID: "depot", Merchant: "acme", Driver: "csv", Quantity: inventory.QuantityAvailable, Missing: inventory.MissingKeep,
			Settings: settings.Values{"path": stock, "complete": "rename"},
			Guard:    ledger.Guard{MinimumRows: 0.8, MaximumRefused: 0.05, MaximumMissing: 0.05, MaximumZeroed: 0.2},
		}},
		Stores: []ledger.Store{{
			ID: "shop", Merchant: "acme", Driver: "vendure", Budget: ledger.Budget{Share: 0.8},
			Settings: settings.Values{"endpoint": server.Address + "/admin-api", "username": "superadmin", "password": "env:SANDBOX_TOKEN", "rate": int64(20)},
		}},
		Connections: []ledger.Connection{{
			ID: "shop", Merchant: "acme", Warehouse: "depot", Store: "shop", Enabled: true,
			Inventory: ledger.Flow{Enabled: true, Timezone: "UTC", Overlap: ledger.OverlapSkip, Unlisted: inventory.UnlistedPush, Smart: []ledger.Rule{{Every: time.Hour}}},
		}},
	}
}

// writeStock replaces the warehouse's file in one step, as the rule "rename" wants it.
func writeStock(t *testing.T, path string, figures map[string]int64) {
	t.Helper()
	var text strings.Builder
	text.WriteString("sku,available\n")
	for sku, n := range figures {
		fmt.Fprintf(&text, "%s,%d\n", sku, n)
	}
	require.NoError(t, os.WriteFile(path+".new", []byte(text.String()), 0o600))
	require.NoError(t, os.Rename(path+".new", path))
}

type vendureVariant struct {
	id    string
	stock int64
}

// shownByVendure reads every variant back through the server's own API.
func shownByVendure(t *testing.T, server *vendure.Server) map[string]vendureVariant {
	t.Helper()
	shown := map[string]vendureVariant{}
	for skip := 0; ; skip += 100 {
		var page struct {
			ProductVariants struct {
				TotalItems int
				Items      []struct {
					ID, SKU     string
					StockLevels []struct{ StockOnHand int64 }
				}
			}
		}
		server.Ask(t, vendure.Question{
			Session:   server.Token,
			Document:  `query ($skip: Int) { productVariants(options: { take: 100, skip: $skip, sort: { id: ASC } }) { totalItems items { id sku stockLevels { stockOnHand } } } }`,
			Variables: map[string]any{"skip": skip},
		}, &page)
		for _, item := range page.ProductVariants.Items {
			variant := vendureVariant{id: item.ID}
			for _, level := range item.StockLevels {
				variant.stock += level.StockOnHand
			}
			shown[item.SKU] = variant
		}
		if len(page.ProductVariants.Items) == 0 {
			require.Len(t, shown, page.ProductVariants.TotalItems)
			return shown
		}
	}
}

// vendureShows checks that the server shows what the ledger says, of so many variants.
func (w *world) vendureShows(t *testing.T, server *vendure.Server, variants int) {
	t.Helper()
	shown := shownByVendure(t, server)
	require.Len(t, shown, variants)
	exported := 0
	for after, more := "", true; more; {
		rows, err := w.ledger.ChannelLevels(context.Background(), "shop", "", "", ledger.Page{After: after, Limit: 500})
		require.NoError(t, err)
		for _, row := range rows {
			after = row.ChannelSKU
			if row.Status == ledger.StatusRejected {
				require.NotContains(t, shown, row.ChannelSKU)
				continue
			}
			require.Equal(t, ledger.StatusExported, row.Status, "%s: %s", row.ChannelSKU, row.Reason)
			require.Equal(t, row.Quantity, shown[row.ChannelSKU].stock, row.ChannelSKU)
			exported++
		}
		more = len(rows) > 0
	}
	require.Equal(t, variants, exported)
}

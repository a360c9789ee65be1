package ledger_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
)

// The life of a figure: a warehouse reports it; a run resolves it, records the intent before the call, and then the store's response.
func Example() {
	folder, err := os.MkdirTemp("", "ledger")
	try(err)
	defer func() { _ = os.RemoveAll(folder) }()
	ctx, now := context.Background(), time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	state, err := ledger.Open(ctx, filepath.Join(folder, "tidemark.db"), now) // or postgres://…
	try(err)
	defer func() { _ = state.Close() }()
	_, err = state.Apply(ctx, acme(), ledger.ApplyOptions{Now: now})
	try(err)

	// The warehouse reports a level. Its version grows when its figure changes.
	bike := ledger.Observation{Event: "order-1001", Level: inventory.Level{SKU: "BIKE", Available: 5}}
	observed, err := state.Observe(ctx, "portland", []ledger.Observation{bike}, now)
	try(err)
	fmt.Println("changed:", observed.Changed)

	// A run takes the store. From now on each of its writes carries the lease.
	granted, err := state.Begin(ctx, ledger.Claim{
		Connection: "acme-shop", Mode: ledger.Smart, Trigger: ledger.TriggerRequest,
		Workflow: "smart-sync/acme-shop", WorkflowRun: "a run of Temporal's", Pass: 1, SkipFetch: true, Now: now,
	})
	try(err)
	run := granted.Lease

	// The changes since the connection's cursor are resolved into channel levels, which are the figures that the store should show.
	plan, err := state.Plan(ctx, "acme-shop", ledger.Smart)
	try(err)
	affected, err := state.Affected(ctx, plan, nil, "", 100)
	try(err)
	inputs, err := state.Inputs(ctx, plan, []string{affected[0].Product})
	try(err)
	page := []ledger.Resolution{{Affected: affected[0], Levels: inventory.Resolve(inputs[0])}}
	_, err = state.Resolve(ctx, run, plan, page, now)
	try(err)
	try(state.AdvanceCursor(ctx, run, plan))

	// The intent is recorded before the call. If the process ended here, the row would be unknown, and would be sent again with the same bytes.
	due, err := state.NextDue(ctx, ledger.DueQuery{Connection: "acme-shop", Run: run.Run, MaximumTries: 3, Limit: 100})
	try(err)
	try(state.Intend(ctx, run, ledger.Intent{Key: "key-1", Body: []byte("the bytes"), Items: due, Deadline: now.Add(time.Minute), Now: now}))
	show(ctx, state)
	answer := ledger.ItemResponse{ChannelSKU: "ACME-BIKE", Status: ledger.StatusExported}
	try(state.ApplyResponses(ctx, run, ledger.Response{Key: "key-1", Items: []ledger.ItemResponse{answer}, Now: now}))
	show(ctx, state)
	try(state.EndRun(ctx, run, ledger.RunEnd{Outcome: ledger.Completed, Now: now}))
	// Output:
	// changed: [BIKE]
	// ACME-BIKE should show 5: unknown
	// ACME-BIKE should show 5: exported
}

// acme has a warehouse, a store, and a listing because the store uses another SKU.
func acme() ledger.Definitions {
	return ledger.Definitions{
		Warehouses: []ledger.Warehouse{{ID: "portland", Merchant: "acme", Driver: "csv", Quantity: inventory.QuantityAvailable, Missing: inventory.MissingKeep}},
		Stores:     []ledger.Store{{ID: "acme-shop", Merchant: "acme", Driver: "shopify", Budget: ledger.Budget{Share: 0.8}}},
		Connections: []ledger.Connection{{ID: "acme-shop", Merchant: "acme", Warehouse: "portland", Store: "acme-shop", Enabled: true, Inventory: ledger.Flow{
			Enabled: true, Smart: []ledger.Rule{{Every: time.Hour}}, Timezone: "UTC", Overlap: ledger.OverlapSkip, Unlisted: inventory.UnlistedPush,
		}}},
		Listings: []ledger.ListingDefinition{{Store: "acme-shop", Listing: inventory.Listing{SKU: "BIKE", ChannelSKU: "ACME-BIKE"}}},
	}
}

func show(ctx context.Context, state ledger.Ledger) {
	rows, err := state.ChannelLevels(ctx, "acme-shop", "", "", ledger.Page{Limit: 10})
	try(err)
	for _, row := range rows {
		fmt.Printf("%s should show %d: %s\n", row.ChannelSKU, row.Quantity, row.Status)
	}
}

func try(err error) {
	if err != nil {
		panic(err)
	}
}

package e2e

import (
	"context"
	"fmt"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/workflows"
)

// inLocations is a shop with the locations front and outlet, which show the facilities east and west, after its first Full Sync.
func inLocations(t *testing.T) (*world, ledger.Definitions) {
	one := shop{id: "shop", kind: "atomic"}
	w := newWorld(t, `seed: 11
warehouses:
  - id: depot
    facilities: [east, west]
    items: [{sku: BIKE, facility: east, available: 139}, {sku: BIKE, facility: west, available: 50}]
stores:
  - {id: shop, kind: atomic, locations: [front, outlet], rate: 100, burst: 100}
`)
	d := w.box.definitions(one)
	d.Connections[0].Inventory.Locations = []inventory.Location{{ID: "front", Facilities: []string{"east"}}, {ID: "outlet", Facilities: []string{"west"}}}
	w.apply(d, ledger.ApplyOptions{})
	w.work()
	w.firstFull("shop")
	require.Equal(t, map[place]int64{{"BIKE", "front"}: 139, {"BIKE", "outlet"}: 50}, w.box.levels("shop"))
	return w, d
}

// sell takes units off what a location of the shop shows, as the shop's own till does.
func (b *box) sell(sku, location string, units int64) {
	b.t.Helper()
	left := b.levels("shop")[place{sku, location}] - units
	b.post("/judge/stores/shop/set", map[string]any{"items": []figure{{SKU: sku, Location: location, Quantity: &left}}})
}

// west sets the warehouse's figure of facility west.
func (b *box) west(sku string, available int64) {
	b.t.Helper()
	b.post("/judge/warehouses/depot/set", map[string]any{"items": []figure{{SKU: sku, Facility: "west", Available: &available}}})
}

// A change in one facility leaves alone what the shop has sold of another's stock, whether an event or a fetch tells of it.
func TestAnotherFacilityUndoesNoSales(t *testing.T) {
	t.Parallel()
	w, _ := inLocations(t)
	w.box.sell("BIKE", "front", 7)

	forty := int64(49)
	w.send(workflows.InventoryUpdate{Event: "e1", SKU: "BIKE", Facility: "west", Available: &forty})
	waitFor(t, "the outlet shows what the event said", func(ctx context.Context) error {
		if shown := w.box.levels("shop")[place{"BIKE", "outlet"}]; shown != 49 {
			return fmt.Errorf("it shows %d", shown)
		}
		return w.closed(ctx, workflows.EventsID("shop"))
	})
	require.Equal(t, int64(132), w.box.levels("shop")[place{"BIKE", "front"}], "an event about west undoes no sales of east")

	w.box.west("BIKE", 48)
	report := w.sync(ledger.Smart, "shop", workflows.SyncRequest{})
	require.Equal(t, int64(1), report.Counts.Exported)
	require.Equal(t, map[place]int64{{"BIKE", "front"}: 132, {"BIKE", "outlet"}: 48}, w.box.levels("shop"), "nor does a fetch")

	w.sync(ledger.Smart, "shop", workflows.SyncRequest{SKUs: []string{"BIKE"}})
	require.Equal(t, map[place]int64{{"BIKE", "front"}: 139, {"BIKE", "outlet"}: 48}, w.box.levels("shop"), "who names the SKU has all of its places pushed")
}

// A link that is taken out leaves units behind at its location: apply says so, and with --zero-left the next run pushes 0 there, by whatever
// worker, although it is more than the guard lets go to 0 by itself.
func TestALinkThatIsTakenOut(t *testing.T) {
	t.Parallel()
	w, d := inLocations(t)
	d.Connections[0].Inventory.Locations = d.Connections[0].Inventory.Locations[:1]
	said := w.apply(d, ledger.ApplyOptions{DryRun: true}).Changes
	require.Equal(t, "1 row with 50 units stays behind at location outlet: the store keeps the numbers there; starter apply FILE --zero-left pushes 0 there", said[0].Detail)
	w.apply(d, ledger.ApplyOptions{})
	report := w.sync(ledger.Smart, "shop", workflows.SyncRequest{})
	require.Equal(t, ledger.Completed, report.Outcome)
	require.Equal(t, map[place]int64{{"BIKE", "front"}: 139, {"BIKE", "outlet"}: 50}, w.box.levels("shop"), "nothing is zeroed silently")
	status, _, code := w.starter("status")
	require.Zero(t, code)
	require.Contains(t, status, "1 row with 50 units stays behind at location outlet")

	w.apply(d, ledger.ApplyOptions{ZeroLeft: true})
	w.workers[0].stop(syscall.SIGKILL)
	w.work()
	require.Equal(t, ledger.Completed, w.sync(ledger.Smart, "shop", workflows.SyncRequest{}).Outcome)
	require.Equal(t, map[place]int64{{"BIKE", "front"}: 139, {"BIKE", "outlet"}: 0}, w.box.levels("shop"))
	status, _, _ = w.starter("status")
	require.NotContains(t, status, "behind")
}

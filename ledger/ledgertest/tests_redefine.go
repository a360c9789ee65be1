package ledgertest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
)

var redefineTests = tests{
	"a listing is removed":                          removesListing,
	"a listing is removed while a call is open":     removesListingOpen,
	"a listing comes back while a call is open":     returnsListingOpen,
	"a listing goes to another product":             givesListing,
	"a listing goes while a call is open":           givesListingOpen,
	"a listing takes the name of a reported SKU":    takesName,
	"a taken SKU changes alone":                     changesTaken,
	"a name that is given back":                     givesNameBack,
	"a name that is taken while a call is open":     takesNameOpen,
	"two products exchange their listings":          exchanges,
	"a removed row is due again when listed again":  listsAgain,
	"a removed row stays blocked through Full Sync": staysBlocked,
}

const removedReason = "the listing was removed; the store keeps its last number"

func listings(all ...ledger.ListingDefinition) ledger.Definitions {
	return alter(func(d *ledger.Definitions) { d.Listings = all })
}

func removesListing(t *testing.T, w *world) {
	w.apply(listings(listing(shop, "A", "X"), listing(shop, "A", "Y")))
	w.pass(hubShop, ledger.Smart, level("A", 5))
	w.apply(listings(listing(shop, "A", "Y")))
	lease := w.take(hubShop, ledger.Smart)
	w.resolve(lease, ledger.Smart)
	require.Equal(t, map[string]string{"X": "blocked 5, shows 5", "Y": "pending 5, shows 5"}, w.rows(hubShop))
	require.Equal(t, removedReason, w.row(hubShop, "X").Reason)
	w.push(lease)
	w.change(lease, level("A", 6))
	require.Equal(t, map[string]string{"X": "blocked 5, shows 5", "Y": "pending 6, shows 5"}, w.rows(hubShop))
}

func removesListingOpen(t *testing.T, w *world) {
	for _, answer := range []ledger.Status{ledger.StatusExported, ledger.StatusRejected, ledger.StatusRetrying, ledger.StatusPending} {
		w.apply(listings(listing(shop, "A", "X")))
		lease := w.take(hubShop, ledger.Full)
		w.report(lease, whole(), []inventory.Level{level("A", 5)})
		w.resolve(lease, ledger.Full)
		intent := w.intend(lease, w.item(lease, "X"))
		w.apply(definitions())
		w.resolve(lease, ledger.Smart)
		require.Equal(t, ledger.StatusUnknown, w.row(hubShop, "X").Status, "a call on it is open")
		require.Len(t, w.openCalls(hubShop), 1)
		w.answered(lease, intent, answer)
		row := w.row(hubShop, "X")
		require.Equal(t, ledger.StatusBlocked, row.Status, "answered %s", answer)
		require.Equal(t, removedReason, row.Reason)
		require.Empty(t, w.openCalls(hubShop))
		w.end(lease, ledger.Completed)
	}
	require.Equal(t, new(int64(5)), w.row(hubShop, "X").Exported, "what the first answer said")
}

func returnsListingOpen(t *testing.T, w *world) {
	w.apply(listings(listing(shop, "A", "X")))
	lease := w.changed(hubShop, level("A", 5))
	intent := w.intend(lease)
	w.apply(definitions())
	w.resolve(lease, ledger.Smart)
	w.apply(listings(listing(shop, "A", "X")))
	w.change(lease, level("A", 6))
	w.answered(lease, intent, ledger.StatusExported)
	require.Equal(t, "pending 6, shows 5", w.rows(hubShop)["X"])
	require.Empty(t, w.row(hubShop, "X").Reason)
}

func givesListing(t *testing.T, w *world) {
	w.apply(listings(listing(shop, "A", "X")))
	w.pass(hubShop, ledger.Smart, level("A", 5), level("B", 7))
	require.Equal(t, map[string]string{"X": "exported 5, shows 5", "B": "exported 7, shows 7"}, w.rows(hubShop))
	w.apply(listings(listing(shop, "B", "X")))
	lease := w.take(hubShop, ledger.Smart)
	w.resolve(lease, ledger.Smart)
	require.Equal(t, map[string]string{"X": "pending 7, shows 5", "A": "pending 5, shows ?", "B": "blocked 7, shows 7"}, w.rows(hubShop))
	require.Equal(t, "B", w.row(hubShop, "X").Product)
	w.push(lease)
	w.change(lease, level("A", 50))
	require.Equal(t, map[string]string{"X": "exported 7, shows 7", "A": "pending 50, shows 5", "B": "blocked 7, shows 7"}, w.rows(hubShop))
	// And back, where the new owner comes before the old one in the order of resolving.
	w.apply(listings(listing(shop, "A", "X")))
	w.resolve(lease, ledger.Smart)
	require.Equal(t, map[string]string{"X": "pending 50, shows 7", "A": "blocked 50, shows 5", "B": "pending 7, shows 7"}, w.rows(hubShop))
	require.Equal(t, "A", w.row(hubShop, "X").Product)
}

func givesListingOpen(t *testing.T, w *world) {
	w.apply(listings(listing(shop, "A", "X")))
	lease := w.changed(hubShop, level("A", 5), level("B", 7))
	intent := w.intend(lease, w.item(lease, "X"))
	w.apply(listings(listing(shop, "B", "X")))
	w.resolve(lease, ledger.Smart)
	require.Equal(t, "unknown 7, shows ?", w.rows(hubShop)["X"])
	w.answered(lease, intent, ledger.StatusExported)
	require.Equal(t, "pending 7, shows 5", w.rows(hubShop)["X"])
	require.Equal(t, "B", w.row(hubShop, "X").Product)
}

// takesName: the listing wins, whichever of the two products is resolved first.
func takesName(t *testing.T, w *world) {
	for _, names := range [][2]string{{"A", "B"}, {"B", "A"}} {
		taker, taken := names[0], names[1]
		w.apply(definitions())
		w.pass(hubShop, ledger.Full, level("A", 5), level("B", 7))
		w.apply(listings(listing(shop, taker, taken)))
		lease := w.take(hubShop, ledger.Smart)
		w.resolve(lease, ledger.Smart)
		figure := map[string]int64{"A": 5, "B": 7}[taker]
		row := w.row(hubShop, taken)
		require.Equal(t, taker, row.Product)
		require.Equal(t, figure, row.Quantity)
		require.Equal(t, ledger.StatusPending, row.Status)
		require.Equal(t, ledger.StatusBlocked, w.row(hubShop, taker).Status, "it goes out under another name")
		w.push(lease)
		w.end(lease, ledger.Completed)
		lease = w.take(hubShop, ledger.Full)
		w.resolve(lease, ledger.Full)
		row = w.row(hubShop, taken)
		require.Equal(t, taker, row.Product)
		require.Equal(t, figure, row.Quantity)
		w.push(lease)
		w.end(lease, ledger.Completed)
	}
}

func changesTaken(t *testing.T, w *world) {
	for _, names := range [][2]string{{"A", "B"}, {"B", "A"}} {
		taker, taken := names[0], names[1]
		w.apply(listings(listing(shop, taker, taken)))
		w.pass(hubShop, ledger.Full, level("A", 5), level("B", 7))
		lease := w.changed(hubShop, level(taken, 99))
		row := w.row(hubShop, taken)
		require.Equal(t, taker, row.Product)
		require.Equal(t, ledger.StatusExported, row.Status, "the figure of the product that is held back concerns nobody")
		require.Empty(t, w.due(lease))
		w.change(lease, level(taker, 4))
		require.Equal(t, int64(4), w.item(lease, taken).Quantity)
		w.push(lease)
		w.end(lease, ledger.Completed)
	}
}

func givesNameBack(t *testing.T, w *world) {
	for _, names := range [][2]string{{"A", "B"}, {"B", "A"}} {
		taker, taken := names[0], names[1]
		w.apply(listings(listing(shop, taker, taken)))
		w.pass(hubShop, ledger.Full, level("A", 5), level("B", 7))
		w.apply(definitions())
		w.pass(hubShop, ledger.Smart)
		require.Equal(t, map[string]string{"A": "exported 5, shows 5", "B": "exported 7, shows 7"}, w.rows(hubShop))
		require.Equal(t, taken, w.row(hubShop, taken).Product)
	}
}

func takesNameOpen(t *testing.T, w *world) {
	lease := w.changed(hubShop, level("A", 5), level("B", 7))
	intent := w.intend(lease, w.item(lease, "B"))
	w.apply(listings(listing(shop, "A", "B")))
	w.resolve(lease, ledger.Smart)
	require.Equal(t, "unknown 5, shows ?", w.rows(hubShop)["B"])
	w.answered(lease, intent, ledger.StatusExported)
	require.Equal(t, "pending 5, shows 7", w.rows(hubShop)["B"])
	w.push(lease)
	require.Equal(t, "exported 5, shows 5", w.rows(hubShop)["B"])
}

func exchanges(t *testing.T, w *world) {
	w.apply(listings(listing(shop, "A", "X"), listing(shop, "B", "Y")))
	w.pass(hubShop, ledger.Smart, level("A", 5), level("B", 7))
	w.apply(listings(listing(shop, "A", "Y"), listing(shop, "B", "X")))
	lease := w.take(hubShop, ledger.Smart)
	w.resolve(lease, ledger.Smart)
	require.Equal(t, map[string]string{"X": "pending 7, shows 5", "Y": "pending 5, shows 7"}, w.rows(hubShop))
	w.push(lease)
	require.Equal(t, map[string]string{"X": "exported 7, shows 7", "Y": "exported 5, shows 5"}, w.rows(hubShop))
}

func listsAgain(t *testing.T, w *world) {
	w.apply(listings(listing(shop, "A", "X")))
	w.pass(hubShop, ledger.Smart, level("A", 5))
	w.apply(definitions())
	w.pass(hubShop, ledger.Smart)
	w.apply(listings(listing(shop, "A", "X")))
	lease := w.take(hubShop, ledger.Smart)
	w.resolve(lease, ledger.Smart)
	require.Equal(t, "pending 5, shows 5", w.rows(hubShop)["X"])
	require.Empty(t, w.row(hubShop, "X").Reason)
}

func staysBlocked(t *testing.T, w *world) {
	w.apply(listings(listing(shop, "A", "X")))
	w.pass(hubShop, ledger.Smart, level("A", 5))
	w.apply(definitions())
	w.pass(hubShop, ledger.Smart)
	w.pass(hubShop, ledger.Full, level("A", 6))
	require.Equal(t, map[string]string{"X": "blocked 5, shows 5", "A": "exported 6, shows 6"}, w.rows(hubShop))
	require.Equal(t, removedReason, w.row(hubShop, "X").Reason)
}

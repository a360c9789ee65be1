package channels

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/temporal"

	"github.com/tidemark/tidemark/activities"
	"github.com/tidemark/tidemark/channels/amazon/amazontest"
	"github.com/tidemark/tidemark/channels/channeltest"
	"github.com/tidemark/tidemark/channels/sandbox/sandboxtest"
	"github.com/tidemark/tidemark/channels/walmart/walmarttest"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/settings"
)

// One item's answer is that item's, with every driver: what the drivers make of an answer is proved in channeltest, what the push makes of
// it here.

// spoiled is a fake of a store whose answers can be spoiled.
type spoiled interface {
	channeltest.Store
	Environment() settings.Environment
}

// keeper is a store with several ways to answer.
type keeper struct {
	driver   string
	location string
	start    func(t testing.TB, now func() time.Time) spoiled
	more     settings.Values
	// polls is true when the store reports later.
	polls bool
	// counts is true when its answers name what went wrong and count the rest.
	counts bool
	// atomic is true when the store takes all items of a call or none.
	atomic bool
}

// keepers are all drivers, in all their ways to push.
func keepers() map[string]keeper {
	all := map[string]keeper{}
	for name, one := range subjects() {
		all[name] = keeper{
			driver: one.driver, location: one.location, more: one.more,
			start: func(t testing.TB, now func() time.Time) spoiled { return one.start(t, now) },
			polls: one.driver == "adobecommerce" || name == "amazon feed" || name == "walmart feed", counts: name == "amazon feed",
			atomic: one.driver == "shopify" || one.driver == "bigcommerce" || one.driver == "vendure",
		}
	}
	for name, more := range map[string]settings.Values{"amazon feed": {"feed_from": int64(2)}, "walmart feed": {"feed_from": int64(2)}} {
		one := all[name]
		one.more = more
		all[name] = one
	}
	all["amazon, one by one and confirmed"] = keeper{
		driver: "amazon", polls: true, more: settings.Values{"feeds": false},
		start: func(t testing.TB, now func() time.Time) spoiled {
			return amazontest.Start(t, amazontest.Options{Now: now})
		},
	}
	all["walmart, one by one"] = keeper{
		driver: "walmart", more: settings.Values{"feeds": false},
		start: func(t testing.TB, now func() time.Time) spoiled {
			return walmarttest.Start(t, walmarttest.Options{Now: now})
		},
	}
	for _, kind := range []string{"atomic", "per_item", "feed", "single"} {
		all["sandbox "+kind] = keeper{
			driver: "sandbox", polls: kind == "feed", atomic: kind == "atomic",
			start: func(t testing.TB, _ func() time.Time) spoiled {
				return sandboxtest.Start(t, sandboxtest.Options{Kind: kind})
			},
		}
	}
	return all
}

// one tells that every call is for one item, whatever is set.
func (k keeper) one() bool {
	return k.driver == "sandbox" && !k.atomic && !k.polls || k.more["feeds"] == false || k.more["confirm"] == "accepted"
}

// rows is how many items are pushed.
const rows = 6

// sku is that of an item by its place in the order.
func sku(at int) string { return fmt.Sprintf("SKU-%06d", at) }

// words are what a store says of an item that it refuses.
const words = "This one is not yours to edit"

// stock opens a store with some items, which are due. Batch is the connection's limit of a call.
func (k keeper) stock(t *testing.T, batch int) (spoiled, *pushing) {
	t.Helper()
	at := newClock()
	store := k.start(t, at.now)
	joined := settings.Values{}
	maps.Copy(joined, store.Settings())
	maps.Copy(joined, k.more)
	p := newPushing(t, at, shop{driver: k.driver, settings: joined, environment: store.Environment(), batch: batch}, k.location)
	levels := catalogue(rows, 10)
	store.Set(nil, items(k.location, levels)...)
	p.take()
	p.report(levels)
	return store, p
}

// each runs a test with every keeper, with calls for one item and with calls for all.
func each(t *testing.T, test func(t *testing.T, k keeper, batch int)) {
	t.Helper()
	for name, k := range keepers() {
		for _, batch := range []int{1, 0} {
			t.Run(fmt.Sprintf("%s/batch %d", name, batch), func(t *testing.T) {
				t.Parallel()
				test(t, k, batch)
			})
		}
	}
}

// reasons are what is kept of each row, by SKU.
func (p *pushing) reasons() map[string]string {
	p.t.Helper()
	found, err := p.ledger.ChannelLevels(p.t.Context(), connectionID, "", "", ledger.Page{Limit: 100})
	require.NoError(p.t, err)
	reasons := map[string]string{}
	for _, row := range found {
		reasons[row.ChannelSKU] = row.Reason
	}
	return reasons
}

// exported are the statuses of rows of which some are refused.
func exported(refused int64) map[ledger.Status]int64 {
	want := map[ledger.Status]int64{ledger.StatusExported: rows - refused, ledger.StatusRejected: refused}
	maps.DeleteFunc(want, func(_ ledger.Status, count int64) bool { return count == 0 })
	return want
}

// requireShown checks what the store shows of the items that it was not closed for.
func requireShown(t *testing.T, k keeper, store spoiled, closed ...string) {
	t.Helper()
	shown, location := store.Shown(nil), k.location
	if k.driver == "adobecommerce" {
		location = "" // its fake has one source, and is not split
	}
	for sku, figure := range catalogue(rows, 10) {
		if !slices.Contains(closed, sku) {
			require.Equal(t, figure, shown[channeltest.Place{Location: location, SKU: sku}], sku)
		}
	}
}

// An item that a store refuses, in whatever words and wherever it stands in the order, is parked with these words, and the rest lands in
// the same run.
func TestARefusalOfOneItemIsThatItems(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, k keeper, batch int) {
		for _, one := range []struct{ status, at int }{
			{http.StatusUnauthorized, 0}, {http.StatusForbidden, 0}, {http.StatusForbidden, 3}, {http.StatusNotFound, rows - 1}, {http.StatusUnprocessableEntity, 1},
		} {
			closed := sku(one.at)
			store, p := k.stock(t, batch)
			store.Close(closed, channeltest.Closing{Status: one.status, Words: words, Whole: batch == 1})
			_, err := p.try()
			require.NoError(t, err, "%d for %s", one.status, closed)
			require.Equal(t, exported(1), p.statuses(), "%d for %s", one.status, closed)
			require.Contains(t, p.reasons()[closed], words)
			requireShown(t, k, store, closed)
		}
	})
}

// A call for several that a store refuses as a whole because of one item, a look-up or a report that it refuses for one, stop nobody: the
// item is parked with the store's words, and the rest lands in the same run.
func TestACallThatIsRefusedForOneItem(t *testing.T) {
	t.Parallel()
	for name, closing := range map[string]channeltest.Closing{
		"whole": {Whole: true, Words: words}, "reads": {Reads: true, Words: words},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			each(t, func(t *testing.T, k keeper, batch int) {
				for _, one := range []struct{ status, at int }{
					{http.StatusForbidden, 0}, {http.StatusUnauthorized, 3}, {http.StatusNotFound, rows - 1},
				} {
					closed := sku(one.at)
					store, p := k.stock(t, batch)
					refusal := closing
					refusal.Status = one.status
					store.Close(closed, refusal)
					_, err := p.try()
					require.NoError(t, err, "%d for %s", one.status, closed)
					if p.statuses()[ledger.StatusRejected] == 0 && !k.finds() { // its reads, or its calls for several, name no item
						require.Equal(t, exported(0), p.statuses())
						continue
					}
					require.Equal(t, exported(1), p.statuses(), "%d for %s: %v", one.status, closed, p.reasons())
					require.Contains(t, p.reasons()[closed], words)
					requireShown(t, k, store, closed)
				}
			})
		})
	}
}

// finds tells whether items are looked up.
func (k keeper) finds() bool {
	return slices.Contains([]string{"shopify", "ebay", "woocommerce", "adobecommerce", "vendure"}, k.driver)
}

// A credential that may be checked and not look items up is refused for every item, and none of them is to blame.
func TestACredentialThatMayNotLookUpStopsTheStore(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, k keeper, batch int) {
		if !k.finds() {
			return
		}
		store, p := k.stock(t, batch)
		for at := range rows {
			store.Close(sku(at), channeltest.Closing{Status: http.StatusForbidden, Words: words, Reads: true})
		}
		_, err := p.try()
		requireStopped(t, err)
		require.Zero(t, p.statuses()[ledger.StatusRejected])
		require.Zero(t, store.Calls(nil))
	})
}

// A credential that is refused, wherever it is seen first, stops the store: no item is to blame, and all are due when it is renewed.
func TestARefusalOfTheCredentialStopsTheStore(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, k keeper, batch int) {
		for _, fault := range []channeltest.Fault{channeltest.Unauthorized, channeltest.Forbidden} {
			for _, late := range []bool{false, true} {
				store, p := k.stock(t, batch)
				if late { // items that are known by ids are looked up already
					p.before = func() { store.Provoke(nil, fault) }
				} else {
					store.Provoke(nil, fault)
				}
				_, err := p.try()
				requireStopped(t, err)
				require.Zero(t, p.statuses()[ledger.StatusRejected], "%s: no item is to blame", fault)
				require.Zero(t, p.statuses()[ledger.StatusExported])

				p.before = nil
				store.Provoke(nil, channeltest.None)
				p.end()
				p.take()
				_, err = p.try()
				require.NoError(t, err)
				require.Equal(t, exported(0), p.statuses(), "%s", fault)
				requireShown(t, k, store)
			}
		}
	})
}

// A credential that may read and not write is refused for every item, and none of them is to blame.
func TestACredentialThatMayNotWriteStopsTheStore(t *testing.T) {
	t.Parallel()
	for name, k := range keepers() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store, p := k.stock(t, 1)
			for at := range rows {
				store.Close(sku(at), channeltest.Closing{Status: http.StatusForbidden, Words: words, Whole: true})
			}
			_, err := p.try()
			requireStopped(t, err)
			require.Zero(t, p.statuses()[ledger.StatusRejected])
			require.Less(t, store.Calls(nil), 4*rows, "it is not asked for ever")
		})
	}
}

func requireStopped(t *testing.T, err error) {
	t.Helper()
	var told *temporal.ApplicationError
	require.ErrorAs(t, err, &told)
	require.Equal(t, activities.ErrorCredentials, told.Type(), told.Error())
}

// An error that names no item is that of the one item on which the store says nothing else.
func TestAnErrorThatNamesNoItem(t *testing.T) {
	t.Parallel()
	for name, k := range keepers() {
		if k.one() && k.driver != "sandbox" {
			continue // an answer is about one item
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store, p := k.stock(t, 0)
			closed := []string{sku(2)}
			if k.counts { // what it does not name may be any item: here all the others are named
				for at := range rows {
					store.Close(sku(at), channeltest.Closing{Status: http.StatusForbidden, Words: words})
				}
				closed = []string{sku(0), sku(1), sku(2), sku(3), sku(4), sku(5)}
			}
			store.Close(sku(2), channeltest.Closing{Status: http.StatusForbidden, Words: words, Nameless: true})
			_, err := p.try()
			require.NoError(t, err)
			require.Equal(t, exported(int64(len(closed))), p.statuses())
			require.Contains(t, p.reasons()[sku(2)], words)
			requireShown(t, k, store, closed...)
		})
	}
}

// What passes is tried again in the same run, and blames nobody.
func TestWhatPassesIsTriedAgain(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, k keeper, batch int) {
		store, p := k.stock(t, batch)
		const said = "SQLSTATE[40001]: Serialization failure: 1213 Deadlock found when trying to get lock; try restarting transaction"
		store.Close(sku(1), channeltest.Closing{Status: http.StatusBadRequest, Words: said})
		met := false
		p.before = func() {
			for _, reason := range p.reasons() {
				met = met || reason != ""
			}
			if met {
				store.Reopen()
			}
		}
		_, err := p.try()
		require.NoError(t, err)
		require.True(t, met, "the store was met while its database faltered")
		require.Equal(t, exported(0), p.statuses())
		requireShown(t, k, store)
	})
}

// A byte order mark before whatever a store answers changes nothing.
func TestByteOrderMarksAreSkipped(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, k keeper, batch int) {
		store, p := k.stock(t, batch)
		store.Provoke(nil, channeltest.Marked)
		store.Close(sku(3), channeltest.Closing{Status: http.StatusForbidden, Words: words, Whole: batch == 1})
		_, err := p.try()
		require.NoError(t, err)
		require.Equal(t, exported(1), p.statuses())
		require.Contains(t, p.reasons()[sku(3)], words)
		requireShown(t, k, store, sku(3))
	})
}

// An answer that cannot be read is no verdict. The row says how it begins, without the secret in it, until the next answer.
func TestAnUnreadableAnswerIsShown(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, k keeper, batch int) {
		store, p := k.stock(t, batch)
		shown := ""
		p.before = func() {
			if len(p.calls) == 1 {
				store.Provoke(nil, channeltest.Notice)
				return
			}
			store.Provoke(nil, channeltest.None)
			for _, reason := range p.reasons() {
				shown = max(shown, reason)
			}
		}
		_, err := p.try()
		require.NoError(t, err)
		require.Contains(t, shown, `it begins with "<br />\n<b>Warning</b>`)
		require.NotContains(t, shown, channeltest.Credential)
		require.Equal(t, exported(0), p.statuses())
		requireShown(t, k, store)
	})
}

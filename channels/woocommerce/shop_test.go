package woocommerce_test

import (
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/channels/channeltest"
	"github.com/tidemark/tidemark/channels/woocommerce/woocommercetest"
)

func TestComposePutsTheVariationsOfAProductTogether(t *testing.T) {
	t.Parallel()
	store := woocommercetest.Start(t, woocommercetest.Options{Settings: map[string]any{"batch_limit": int64(2)}})
	channel := channels.Guarded(store.Open(t))
	product := func(id int) channels.Item {
		return channels.Item{ChannelSKU: fmt.Sprintf("P%d", id), Reference: fmt.Sprintf(`{"id":%d,"kind":"product"}`, id)}
	}
	variation := func(id, parent int) channels.Item {
		return channels.Item{ChannelSKU: fmt.Sprintf("V%d", id), Reference: fmt.Sprintf(`{"id":%d,"parent":%d,"kind":"variation"}`, id, parent)}
	}
	items := []channels.Item{variation(11, 1), product(2), variation(31, 3), variation(12, 1), product(4), {ChannelSKU: "ODD"}, product(5), variation(13, 1)}
	calls, err := channels.Compose(channel, items, channel.Limits().Batch)
	require.NoError(t, err)
	require.Equal(t, [][]int{{0, 3}, {7}, {1, 4}, {6}, {2}, {5}}, calls)
}

// A catalogue of products and of variations arrives as it does in production: looked up, composed and paced.
func TestACatalogueOfEverythingArrives(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)
	store := woocommercetest.Start(t, woocommercetest.Options{Variations: 7, Now: func() time.Time { return now }, Throttles: http.StatusTooManyRequests})
	items := make([]channels.Item, 1500)
	for i := range items {
		items[i] = channels.Item{ChannelSKU: fmt.Sprintf("SKU-%d", i), Quantity: int64(i % 90)}
	}
	store.Set(t, items...)
	for i := range 500 {
		store.Retype(items[i].ChannelSKU, "simple")
	}
	channel := channels.Guarded(store.Open(t))
	limits, paced := channel.Limits(), channeltest.NewPaced(t, channel, channels.PaceBudget{}, &now, time.Second)
	for part := range slices.Chunk(items, limits.Find) {
		paced.LookUp(part...)
	}
	for window := range slices.Chunk(items, limits.Window) {
		for _, part := range channeltest.Composed(t, channel, window...) {
			for _, reply := range paced.Push(part...).Items {
				require.Equal(t, channels.Applied, reply.Verdict)
			}
		}
	}
	shown := store.Shown(t)
	for _, item := range items {
		require.Equal(t, item.Quantity, shown[channeltest.Place{SKU: item.ChannelSKU}])
	}
	require.Zero(t, store.Overruns())
	require.Zero(t, store.Throttled())
	require.Equal(t, 17, store.Lookups())
	// 5 calls for the products; the other 1,000 SKUs belong to some 143 products, and one of those is cut by the window.
	require.InDelta(t, 5+143, store.Calls(t), 2)
}

func TestACallThatWasCutOffIsSentAgainAsItIs(t *testing.T) {
	t.Parallel()
	store := woocommercetest.Start(t, woocommercetest.Options{})
	items := []channels.Item{{ChannelSKU: "A", Quantity: 1}, {ChannelSKU: "B", Quantity: 2}, {ChannelSKU: "C", Quantity: 3}}
	store.Set(t, channels.Item{ChannelSKU: "A"}, channels.Item{ChannelSKU: "B"}, channels.Item{ChannelSKU: "C"})
	channel := channels.Guarded(store.Open(t))
	items = channeltest.LookUp(t, channel, items...)
	store.Die(2)
	_, err := channeltest.Push(t, channel, items...)
	channeltest.RequireError(t, err, channels.Resend)
	shown := store.Shown(t)
	require.Equal(t, int64(2), shown[channeltest.Place{SKU: "B"}], "what came first was applied")
	require.Equal(t, int64(0), shown[channeltest.Place{SKU: "C"}])
	reply, err := channeltest.Push(t, channel, items...)
	require.NoError(t, err)
	for i, item := range items {
		require.Equal(t, channels.Applied, reply.Items[i].Verdict)
		require.Equal(t, item.Quantity, store.Shown(t)[channeltest.Place{SKU: item.ChannelSKU}])
	}
}

func TestAPoisonedItemIsRejectedInTheFirstCall(t *testing.T) {
	t.Parallel()
	for _, variations := range []int{0, 10} {
		store := woocommercetest.Start(t, woocommercetest.Options{Variations: variations})
		items := []channels.Item{{ChannelSKU: "A", Quantity: 1}, {ChannelSKU: "B", Quantity: 2}, {ChannelSKU: "C", Quantity: 3}}
		store.Set(t, items...)
		store.Poison("B")
		channel := channels.Guarded(store.Open(t))
		reply, err := channeltest.Push(t, channel, channeltest.LookUp(t, channel, items...)...)
		require.NoError(t, err)
		require.Equal(t, channels.Applied, reply.Items[0].Verdict)
		require.Equal(t, channels.Rejected, reply.Items[1].Verdict)
		require.Contains(t, reply.Items[1].Code, "_not_created")
		require.Equal(t, channels.Applied, reply.Items[2].Verdict)
		require.Equal(t, 1, store.Calls(t))
	}
}

func TestASmallerBatchLimitOfTheShopIsTold(t *testing.T) {
	t.Parallel()
	store := woocommercetest.Start(t, woocommercetest.Options{Batch: 1})
	items := []channels.Item{{ChannelSKU: "A", Quantity: 1}, {ChannelSKU: "B", Quantity: 2}}
	store.Set(t, channels.Item{ChannelSKU: "A"}, channels.Item{ChannelSKU: "B"})
	channel := channels.Guarded(store.Open(t))
	items = channeltest.LookUp(t, channel, items...)
	_, err := channeltest.Push(t, channel, items...)
	channeltest.RequireError(t, err, channels.Smaller)
	require.Zero(t, store.Shown(t)[channeltest.Place{SKU: "A"}], "nothing of it was applied")
	_, err = channeltest.Push(t, channel, items[:1]...)
	require.NoError(t, err)
}

// How a host's limit shows is not confirmed.
func TestAHostThatThrottles(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		options woocommercetest.Options
		next    channels.Next
		stated  bool // until when
	}{
		"429":                    {woocommercetest.Options{Throttles: 429}, channels.Wait, false},
		"429 that says how long": {woocommercetest.Options{Throttles: 429, RetryAfter: "20"}, channels.Wait, true},
		"403":                    {woocommercetest.Options{Throttles: 403}, channels.Resend, false},
		"403 that says how long": {woocommercetest.Options{Throttles: 403, RetryAfter: "20"}, channels.Wait, true},
		"503":                    {woocommercetest.Options{Throttles: 503}, channels.Resend, false},
		"503 that says how long": {woocommercetest.Options{Throttles: 503, RetryAfter: "20"}, channels.Wait, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			now := noon
			test.options.Now = func() time.Time { return now }
			store := woocommercetest.Start(t, test.options)
			store.Set(t, channels.Item{ChannelSKU: "BIKE"})
			channel := channels.Guarded(store.Open(t))
			items := channeltest.LookUp(t, channel, channels.Item{ChannelSKU: "BIKE", Quantity: 5})
			for range 3 { // with the look-up, the whole bucket
				_, err := channeltest.Push(t, channel, items...)
				require.NoError(t, err)
			}
			_, err := channeltest.Push(t, channel, items...)
			failure := channeltest.RequireError(t, err, test.next)
			require.Equal(t, test.stated, failure.Until.Equal(now.Add(20*time.Second)))
			require.Equal(t, 1, store.Overruns())
			require.Equal(t, 1, store.Throttled())
			now = now.Add(20 * time.Second)
			_, err = channeltest.Push(t, channel, items...)
			require.NoError(t, err)
			store.Throttle(1)
			_, err = channeltest.Push(t, channel, items...)
			channeltest.RequireError(t, err, test.next)
			require.Equal(t, 1, store.Overruns(), "a host may throttle for reasons of its own")
			require.Equal(t, 2, store.Throttled())
		})
	}
}

func TestWhatTheMerchantChangesMeanwhile(t *testing.T) {
	t.Parallel()
	variations := woocommercetest.Options{Variations: 10}
	blocks := woocommercetest.Options{Settings: map[string]any{"unmanaged": "block"}}
	for name, test := range map[string]struct {
		options woocommercetest.Options
		change  func(*testing.T, *woocommercetest.Store)
		reason  string
		then    channels.Found // of a new look-up; a reference means any
	}{
		"the product is deleted and made again": {
			change: func(t *testing.T, store *woocommercetest.Store) { store.Renew(t, channels.Item{ChannelSKU: "BIKE"}) },
			reason: "Invalid ID.", then: channels.Found{Reference: "any"},
		},
		"the product is moved to the trash": {
			change: func(_ *testing.T, store *woocommercetest.Store) { store.Trash("BIKE") },
			reason: "in the trash", then: channels.Found{Missing: "no product with exactly this SKU"},
		},
		"the product gets another SKU": {
			change: func(_ *testing.T, store *woocommercetest.Store) { store.Rename("BIKE", "CYCLE") },
			reason: `has the SKU "CYCLE" now`, then: channels.Found{Missing: "no product with exactly this SKU"},
		},
		"its stock is not managed any more, and it is managed anew": {
			change: func(_ *testing.T, store *woocommercetest.Store) { store.Manage("BIKE", false) },
			reason: "not managed any more", then: channels.Found{Reference: "any"},
		},
		"its stock is not managed any more, and it is blocked": {
			options: blocks,
			change:  func(_ *testing.T, store *woocommercetest.Store) { store.Manage("BIKE", false) },
			reason:  "not managed any more", then: channels.Found{Blocked: "set unmanaged: manage"},
		},
		"the variation shares the stock of its product": {
			options: variations,
			change:  func(_ *testing.T, store *woocommercetest.Store) { store.Share("BIKE", "BIKES", 40) },
			reason:  "not managed any more", then: channels.Found{Blocked: "shares the stock of its product"},
		},
		"the variation is deleted and made again": {
			options: variations,
			change:  func(t *testing.T, store *woocommercetest.Store) { store.Renew(t, channels.Item{ChannelSKU: "BIKE"}) },
			reason:  "Invalid ID.", then: channels.Found{Reference: "any"},
		},
		"the product becomes a variation": {
			change: func(_ *testing.T, store *woocommercetest.Store) { store.Retype("BIKE", "variation") },
			reason: "To manipulate product variations", then: channels.Found{Blocked: "a variation without a product"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store := woocommercetest.Start(t, test.options)
			store.Set(t, channels.Item{ChannelSKU: "BIKE", Quantity: 4}, channels.Item{ChannelSKU: "BELL"})
			channel := channels.Guarded(store.Open(t))
			items := channeltest.LookUp(t, channel, channels.Item{ChannelSKU: "BIKE", Quantity: 5}, channels.Item{ChannelSKU: "BELL", Quantity: 6})
			test.change(t, store)
			before := store.Parent("BIKE")
			reply, err := channeltest.Push(t, channel, items...)
			require.NoError(t, err)
			require.True(t, reply.Items[0].Lost)
			require.Contains(t, reply.Items[0].Reason, test.reason)
			require.Equal(t, channels.Applied, reply.Items[1].Verdict)
			require.Equal(t, before, store.Parent("BIKE"))

			match := channeltest.Find(t, channel, items[0])[0]
			require.Contains(t, match.Missing, test.then.Missing)
			require.Contains(t, match.Blocked, test.then.Blocked)
			require.Equal(t, test.then.Reference != "", match.Reference != "")
			if match.Reference != "" {
				items[0].Reference = match.Reference
				reply, err = channeltest.Push(t, channel, items...)
				require.NoError(t, err)
				require.Equal(t, channels.Applied, reply.Items[0].Verdict)
				require.Equal(t, int64(5), store.Shown(t)[channeltest.Place{SKU: "BIKE"}])
			}
		})
	}
}

func TestAShopThatManagesNoStock(t *testing.T) {
	t.Parallel()
	for _, variations := range []int{0, 10} {
		store := woocommercetest.Start(t, woocommercetest.Options{NoStock: true, Variations: variations})
		store.Set(t, channels.Item{ChannelSKU: "BIKE"})
		channel := channels.Guarded(store.Open(t))
		reply, err := channeltest.Push(t, channel, channeltest.LookUp(t, channel, channels.Item{ChannelSKU: "BIKE", Quantity: 5})...)
		require.NoError(t, err)
		require.Equal(t, channels.Rejected, reply.Items[0].Verdict)
		require.Contains(t, reply.Items[0].Reason, "Enable stock management")
	}
}

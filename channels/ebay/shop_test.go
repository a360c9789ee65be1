package ebay_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/channels/channeltest"
	"github.com/tidemark/tidemark/channels/ebay/ebaytest"
	"github.com/tidemark/tidemark/settings"
)

// Whether eBay takes 25 SKUs in a call or one is not confirmed. If it is one, halving finds the way, and batch_limit: 1 is the cure.
func TestASellerThatTakesOneSKUInACall(t *testing.T) {
	t.Parallel()
	store := ebaytest.Start(t, ebaytest.Options{OneSKU: true})
	store.Set(t, channels.Item{ChannelSKU: "BIKE"}, channels.Item{ChannelSKU: "BELL"})
	channel := channels.Guarded(store.Open(t))
	items := channeltest.LookUp(t, channel, channels.Item{ChannelSKU: "BIKE", Quantity: 5}, channels.Item{ChannelSKU: "BELL", Quantity: 6})
	reply, err := channeltest.Push(t, channel, items...)
	require.NoError(t, err)
	require.True(t, reply.Refused)
	left, right := channels.Halves(items)
	for _, half := range [][]channels.Item{left, right} {
		reply, err := channeltest.Push(t, channel, half...)
		require.NoError(t, err)
		require.Equal(t, channels.Applied, reply.Items[0].Verdict)
	}
}

// Whether eBay takes 0 is not confirmed, and depends on the account.
func TestZero(t *testing.T) {
	t.Parallel()
	for _, refuses := range []bool{false, true} {
		t.Run(fmt.Sprintf("refused %t", refuses), func(t *testing.T) {
			t.Parallel()
			store := ebaytest.Start(t, ebaytest.Options{RefusesZero: refuses})
			store.Set(t, channels.Item{ChannelSKU: "BIKE", Quantity: 5}, channels.Item{ChannelSKU: "BELL", Quantity: 5})
			channel := channels.Guarded(store.Open(t))
			items := channeltest.LookUp(t, channel, channels.Item{ChannelSKU: "BIKE", Quantity: 0}, channels.Item{ChannelSKU: "BELL", Quantity: 3})
			reply, err := channeltest.Push(t, channel, items...)
			require.NoError(t, err)
			require.Equal(t, channels.Applied, reply.Items[1].Verdict)
			shown := store.Shown(t)
			require.Equal(t, int64(3), shown[channeltest.Place{SKU: "BELL"}])
			if refuses {
				require.Equal(t, channels.Rejected, reply.Items[0].Verdict)
				require.Contains(t, reply.Items[0].Reason, "it goes on selling")
				return
			}
			require.Equal(t, channels.Applied, reply.Items[0].Verdict)
			require.Equal(t, int64(0), shown[channeltest.Place{SKU: "BIKE"}])
		})
	}
}

// The limit that the driver tells keeps a SKU below what eBay takes in a day, and the day is eBay's.
func TestRevisionsOfADay(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 2, 20, 0, 0, 0, time.UTC) // noon on the Pacific coast
	store := ebaytest.Start(t, ebaytest.Options{Now: func() time.Time { return now }, PerSecond: 1000, Burst: 1000})
	store.Set(t, channels.Item{ChannelSKU: "BIKE"})
	channel := channels.Guarded(store.Open(t))
	items := channeltest.LookUp(t, channel, channels.Item{ChannelSKU: "BIKE"})
	limits := channel.Limits()
	send := func(quantity int64) channels.ItemReply {
		items[0].Quantity = quantity
		reply, err := channeltest.Push(t, channel, items...)
		require.NoError(t, err)
		return reply.Items[0]
	}
	for i := range limits.ItemCalls {
		require.Equal(t, channels.Applied, send(i).Verdict)
	}
	require.Zero(t, store.Overruns())
	require.Equal(t, channels.Rejected, send(1).Verdict, "once more is too often")
	require.Equal(t, 1, store.Overruns())

	local := now.In(limits.DayZone)
	now = time.Date(local.Year(), local.Month(), local.Day()+1, 0, 0, 0, 0, limits.DayZone)
	require.Equal(t, channels.Applied, send(2).Verdict)
}

func TestAThrottleIsAWait(t *testing.T) {
	t.Parallel()
	now := time.Now()
	store := ebaytest.Start(t, ebaytest.Options{Now: func() time.Time { return now }, Throttles: true, RetryAfter: "120"})
	store.Set(t, channels.Item{ChannelSKU: "BIKE"})
	channel := channels.Guarded(store.Open(t))
	items := channeltest.LookUp(t, channel, channels.Item{ChannelSKU: "BIKE", Quantity: 5})
	for range 9 { // with the look-up ten, and no time passes
		_, err := channeltest.Push(t, channel, items...)
		require.NoError(t, err)
	}
	_, err := channeltest.Push(t, channel, items...)
	failure := channeltest.RequireError(t, err, channels.Wait, "throttles")
	require.Equal(t, now.Add(2*time.Minute), failure.Until, "by the driver's clock")
	require.Equal(t, 1, store.Overruns())
	require.Equal(t, 1, store.Throttled())
	_, err = find(t, channel, items[0])
	channeltest.RequireError(t, err, channels.Wait, "throttles")
}

// A paced push stays within the limits, and is not slower than it must be.
func TestAPacedPushNeverOverruns(t *testing.T) {
	t.Parallel()
	now := time.Now()
	store := ebaytest.Start(t, ebaytest.Options{Now: func() time.Time { return now }, Throttles: true, Settings: settings.Values{"rate": int64(10)}})
	const skus = 500
	items := make([]channels.Item, skus)
	for i := range items {
		items[i] = channels.Item{ChannelSKU: fmt.Sprintf("SKU-%d", i), Quantity: int64(i % 90)}
	}
	store.Set(t, items...)
	channel := channels.Guarded(store.Open(t))
	began, paced := now, channeltest.NewPaced(t, channel, channels.PaceBudget{}, &now, 20*time.Millisecond)
	for part := range slices.Chunk(items, 1) {
		paced.LookUp(part...)
	}
	for part := range slices.Chunk(items, channel.Limits().Batch) {
		require.Equal(t, channels.Applied, paced.Push(part...).Items[0].Verdict)
	}
	require.Zero(t, store.Overruns())
	require.Zero(t, store.Throttled())
	require.Equal(t, skus, store.Lookups())
	require.Equal(t, skus/25, store.Calls(t))
	// 520 calls, of which 8 a second may be made.
	require.Less(t, now.Sub(began), 100*time.Second)
	t.Logf("looked up and pushed in %s", now.Sub(began))
}

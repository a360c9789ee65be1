package shopify_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/channels/channeltest"
	"github.com/tidemark/tidemark/channels/shopify/shopifytest"
)

// looked returns items with their references.
func looked(t *testing.T, channel channels.Channel, items ...channels.Item) []channels.Item {
	t.Helper()
	matches := find(t, channel, items...)
	for i, match := range matches {
		require.NotEmpty(t, match.Reference, "%+v", match)
		items[i].Reference = match.Reference
	}
	return items
}

func find(t *testing.T, channel channels.Channel, items ...channels.Item) []channels.Found {
	t.Helper()
	finder, ok := channels.AsFinder(channel)
	require.True(t, ok)
	matches, budget, err := finder.Find(t.Context(), items)
	require.NoError(t, err)
	require.True(t, budget.Known)
	return matches
}

// push sends items, which have been looked up.
func push(t *testing.T, channel channels.Channel, key string, items ...channels.Item) (channels.Reply, error) {
	t.Helper()
	body, err := channel.Encode(items, key)
	require.NoError(t, err)
	return channel.Send(t.Context(), channels.Call{Key: key, Body: body, Items: items})
}

func TestALocationIsANumberOrAGID(t *testing.T) {
	t.Parallel()
	store := shopifytest.Start(t, shopifytest.Options{Locations: []string{"106318430514"}})
	channel := channels.Guarded(store.Open(t))
	for i, location := range []string{"106318430514", "gid://shopify/Location/106318430514"} {
		item := channels.Item{Location: location, ChannelSKU: "BIKE", Quantity: int64(7 + i)}
		store.Set(t, channels.Item{Location: location, ChannelSKU: "BIKE"})
		reply, err := push(t, channel, location, looked(t, channel, item)...)
		require.NoError(t, err)
		require.Equal(t, channels.Applied, reply.Items[0].Verdict)
		require.Equal(t, item.Quantity, store.Shown(t)[channeltest.Place{Location: "106318430514", SKU: "BIKE"}])
	}
}

// What Shopify would do with a mixed call is not confirmed: either way the named are parked and the others sent again.
func TestAMixedCallIsSentAgainWithoutTheNamed(t *testing.T) {
	t.Parallel()
	for _, partial := range []bool{false, true} {
		t.Run(fmt.Sprintf("partial %t", partial), func(t *testing.T) {
			t.Parallel()
			store := shopifytest.Start(t, shopifytest.Options{Partial: partial})
			store.Set(t, channels.Item{ChannelSKU: "BIKE"}, channels.Item{ChannelSKU: "BELL"}, channels.Item{ChannelSKU: "LAMP"})
			store.Poison("BELL")
			store.Unstock("LAMP", "")
			channel := channels.Guarded(store.Open(t))
			items := looked(t, channel, channels.Item{ChannelSKU: "BIKE", Quantity: 5}, channels.Item{ChannelSKU: "BELL", Quantity: 6},
				channels.Item{ChannelSKU: "LAMP", Quantity: 7})
			reply, err := push(t, channel, "1", items...)
			require.NoError(t, err)
			require.Equal(t, channels.NotApplied, reply.Items[0].Verdict)
			require.Equal(t, channels.Rejected, reply.Items[1].Verdict)
			require.Equal(t, channels.Rejected, reply.Items[2].Verdict)
			reply, err = push(t, channel, "2", items[0])
			require.NoError(t, err)
			require.Equal(t, channels.Applied, reply.Items[0].Verdict)
			shown := store.Shown(t)
			require.Equal(t, int64(5), shown[channeltest.Place{SKU: "BIKE"}])
			require.Equal(t, int64(0), shown[channeltest.Place{SKU: "BELL"}])
		})
	}
}

// A refused call leaves its key behind. What Shopify says to the same key then is not confirmed.
func TestTheKeyOfARefusedCall(t *testing.T) {
	t.Parallel()
	for _, failedKeys := range []bool{false, true} {
		t.Run(fmt.Sprintf("refused %t", failedKeys), func(t *testing.T) {
			t.Parallel()
			store := shopifytest.Start(t, shopifytest.Options{FailedKeys: failedKeys})
			channel := channels.Guarded(store.Open(t))
			items := looked(t, channel, store.Offender(t))
			first, err := push(t, channel, "1", items...)
			require.NoError(t, err)
			again, err := push(t, channel, "1", items...)
			if failedKeys {
				channeltest.RequireError(t, err, channels.Anew)
				return
			}
			require.NoError(t, err)
			require.Equal(t, first.Items, again.Items)
		})
	}
}

func TestAStaleComparisonReadsWhatIsShown(t *testing.T) {
	t.Parallel()
	store := shopifytest.Start(t, shopifytest.Options{Locations: []string{"1", "2"}, Settings: map[string]any{"compare": true}})
	wrong := int64(4)
	items := []channels.Item{
		{Location: "1", ChannelSKU: "BIKE", Quantity: 9, Expected: &wrong},
		{Location: "1", ChannelSKU: "BELL", Quantity: 9, Expected: &wrong},
		{Location: "2", ChannelSKU: "BIKE", Quantity: 9, Expected: &wrong},
	}
	store.Set(t, channels.Item{Location: "1", ChannelSKU: "BIKE", Quantity: 11}, channels.Item{Location: "1", ChannelSKU: "BELL", Quantity: 12},
		channels.Item{Location: "2", ChannelSKU: "BIKE", Quantity: 13})
	channel := channels.Guarded(store.Open(t))
	reply, err := push(t, channel, "1", looked(t, channel, items...)...)
	require.NoError(t, err)
	require.Equal(t, 1, store.Calls(t))
	for i, actual := range []*int64{new(int64(11)), new(int64(12)), nil} { // one read is of one location
		require.Equal(t, channels.Conflict, reply.Items[i].Verdict)
		require.Equal(t, actual, reply.Items[i].Actual)
	}
	require.Less(t, reply.Budget.Remaining, 1990.0, "the budget is that after the read")

	items[2].Expected = new(int64(13))
	items[0].Expected, items[1].Expected = reply.Items[0].Actual, reply.Items[1].Actual
	reply, err = push(t, channel, "2", items...)
	require.NoError(t, err)
	require.Equal(t, channels.Applied, reply.Items[2].Verdict)
}

func TestATokenThatIsNotTakenIsRenewed(t *testing.T) {
	t.Parallel()
	store := shopifytest.Start(t, shopifytest.Options{App: true})
	store.Set(t, channels.Item{ChannelSKU: "BIKE"})
	channel := channels.Guarded(store.Open(t))
	items := looked(t, channel, channels.Item{ChannelSKU: "BIKE", Quantity: 5})
	require.Equal(t, 1, store.Tokens())
	store.Revoke()
	reply, err := push(t, channel, "1", items...)
	require.NoError(t, err)
	require.Equal(t, channels.Applied, reply.Items[0].Verdict)
	require.Equal(t, 2, store.Tokens())

	store.Provoke(t, channeltest.Unauthorized) // the fresh one is not taken either
	_, err = push(t, channel, "2", items...)
	channeltest.RequireError(t, err, channels.AskPerson)
	require.Equal(t, 3, store.Tokens())
	_, err = channel.Check(t.Context())
	channeltest.RequireError(t, err, channels.AskPerson)
	store.Provoke(t, channeltest.None)
	_, err = push(t, channel, "2", items...)
	require.NoError(t, err)
}

func TestAThrottleIsAWait(t *testing.T) {
	t.Parallel()
	now := time.Now()
	store := shopifytest.Start(t, shopifytest.Options{Now: func() time.Time { return now }, Capacity: 520, PerSecond: 50})
	store.Set(t, channels.Item{ChannelSKU: "BIKE"})
	channel := channels.Guarded(store.Open(t))
	items := looked(t, channel, channels.Item{ChannelSKU: "BIKE", Quantity: 5}) // 4 of 502 points are used
	store.Throttle(1)
	_, err := push(t, channel, "1", items...)
	channeltest.RequireError(t, err, channels.Wait)
	require.Equal(t, 1, store.Throttled())
	require.Zero(t, store.Overruns())
	for i := range 51 { // 516 points are left, and no time passes
		_, err := push(t, channel, fmt.Sprintf("key-%d", i), items...)
		require.NoError(t, err)
	}
	_, err = push(t, channel, "one more", items...)
	failure := channeltest.RequireError(t, err, channels.Wait)
	require.False(t, failure.Until.IsZero())
	require.Equal(t, 1, store.Overruns())
}

// A paced push stays within the shop's bucket, though look-ups cost much more than calls, and is not slower than it must be.
func TestAPacedPushNeverOverrunsTheShop(t *testing.T) {
	t.Parallel()
	now := time.Now()
	store := shopifytest.Start(t, shopifytest.Options{Now: func() time.Time { return now }})
	const skus = 5_000
	items := make([]channels.Item, skus)
	for i := range items {
		items[i] = channels.Item{ChannelSKU: fmt.Sprintf("SKU-%d", i), Quantity: int64(i % 90)}
	}
	store.Set(t, items...)
	channel := channels.Guarded(store.Open(t))
	began, paced := now, channeltest.NewPaced(t, channel, channels.PaceBudget{}, &now, 100*time.Millisecond)
	for part := range slices.Chunk(items, channel.Limits().Find) {
		paced.LookUp(part...)
	}
	looked := now.Sub(began)
	for part := range slices.Chunk(items, channel.Limits().Batch) {
		paced.Push(part...)
	}
	require.Zero(t, store.Overruns())
	require.Zero(t, store.Throttled())
	require.Equal(t, 50, store.Lookups())
	require.Equal(t, 20, store.Calls(t))
	// A look-up needs 222 points, and 80 of the shop's 100 points a second may be used.
	require.Less(t, looked, 150*time.Second)
	require.Less(t, now.Sub(began)-looked, 30*time.Second)
	t.Logf("looked up in %s, pushed in %s", looked, now.Sub(began)-looked)
}

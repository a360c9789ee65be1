package bigcommerce_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/channels/bigcommerce"
	"github.com/tidemark/tidemark/channels/bigcommerce/bigcommercetest"
	"github.com/tidemark/tidemark/channels/channeltest"
)

// shown is what a store that is not split shows of a SKU.
func shown(t *testing.T, store *bigcommercetest.Store, sku string) int64 {
	t.Helper()
	return store.Shown(t)[channeltest.Place{SKU: sku}]
}

func TestComposeSortsByLocation(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		batch := rapid.IntRange(1, 8).Draw(t, "batch")
		channel, err := bigcommerce.Driver().Open("shop", with(map[string]any{"batch_limit": int64(batch)}), bigcommercetest.Environment())
		require.NoError(t, err)
		var items []channels.Item
		for i, location := range rapid.SliceOfN(rapid.SampledFrom([]string{"1", "2", "30", "4"}), 1, 60).Draw(t, "locations") {
			items = append(items, channels.Item{Location: location, ChannelSKU: fmt.Sprint(i)})
		}
		calls, err := channels.Compose(channel, items, channel.Limits().Batch)
		require.NoError(t, err)
		require.Len(t, calls, (len(items)+batch-1)/batch, "as few calls as can be")
		before := items[calls[0][0]].Location
		done := map[string]bool{}
		for _, positions := range calls {
			for _, at := range positions {
				if location := items[at].Location; location != before {
					require.False(t, done[location], "a location is begun once")
					done[before], before = true, location
				}
			}
		}
	})
}

func TestAFigureThatIsTooLargeIsNotSent(t *testing.T) {
	t.Parallel()
	store := bigcommercetest.Start(t, bigcommercetest.Options{})
	store.Set(t, two...)
	channel := channels.Guarded(store.Open(t))
	reply, err := channeltest.Push(t, channel, channels.Item{ChannelSKU: "BIKE", Quantity: 2_147_483_648}, channels.Item{ChannelSKU: "BELL", Quantity: 9})
	require.NoError(t, err)
	require.Equal(t, channels.Rejected, reply.Items[0].Verdict)
	require.Contains(t, reply.Items[0].Reason, "BigCommerce keeps 2147483647 of an item at most")
	require.Equal(t, channels.NotApplied, reply.Items[1].Verdict)
	require.Zero(t, store.Calls(t))
	reply, err = channeltest.Push(t, channel, channels.Item{ChannelSKU: "BIKE", Quantity: 2_147_483_647})
	require.NoError(t, err)
	require.Equal(t, channels.Applied, reply.Items[0].Verdict)
	require.Equal(t, int64(2_147_483_647), shown(t, store, "BIKE"))
}

func TestTheQuotaOfAWindow(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		gradual bool
		wait    time.Duration // after 20 seconds
	}{
		"all at once": {false, 10 * time.Second},
		"bit by bit":  {true, 10 * time.Second}, // 2 in 30 seconds: the next comes after 15, and then after 30
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			now := noon
			store := bigcommercetest.Start(t, bigcommercetest.Options{Quota: 2, Gradual: test.gradual, Now: func() time.Time { return now }})
			store.Set(t, two...)
			channel := channels.Guarded(store.Open(t))
			for left := 1.0; left >= 0; left-- {
				reply, err := channeltest.Push(t, channel, two...)
				require.NoError(t, err)
				require.Equal(t, channels.Budget{Known: true, Capacity: 2, Remaining: left, PerSecond: 2.0 / 30, Cost: 1}, reply.Budget)
			}
			if test.gradual {
				now = now.Add(15 * time.Second)
				_, err := channeltest.Push(t, channel, two...)
				require.NoError(t, err)
				now = now.Add(5 * time.Second)
			} else {
				now = now.Add(20 * time.Second)
			}
			_, err := channeltest.Push(t, channel, two...)
			until := channeltest.RequireError(t, err, channels.Wait).Until
			require.WithinDuration(t, now.Add(test.wait), until, time.Millisecond, "BigCommerce tells whole milliseconds")
			require.Equal(t, []int{1, 1}, []int{store.Overruns(), store.Throttled()})
			now = until
			_, err = channeltest.Push(t, channel, two...)
			require.NoError(t, err)
			require.Equal(t, 1, store.Overruns())

			store.Throttle(1)
			_, err = channeltest.Push(t, channel, two...)
			channeltest.RequireError(t, err, channels.Wait)
			store.Overload(1)
			_, err = channeltest.Push(t, channel, two...)
			channeltest.RequireError(t, err, channels.Resend)
			require.Equal(t, 3, store.Throttled())
		})
	}
}

// How BigCommerce names an offender is not confirmed. Where it cannot be read, halving finds it.
func TestAnOffenderIsFoundHoweverItIsNamed(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		options bigcommercetest.Options
		remove  bool
		named   bool
	}{
		"by SKU":                      {bigcommercetest.Options{}, false, true},
		"by SKU, the rest is applied": {bigcommercetest.Options{Partial: true}, false, true},
		"by SKU, unknown":             {bigcommercetest.Options{}, true, true},
		"by list":                     {bigcommercetest.Options{Naming: bigcommercetest.ByList}, false, true},
		"by place":                    {bigcommercetest.Options{Naming: bigcommercetest.ByIndex}, false, true},
		"by variant":                  {bigcommercetest.Options{Naming: bigcommercetest.ByVariant}, false, false},
		"by nobody":                   {bigcommercetest.Options{Naming: bigcommercetest.ByNobody}, false, false},
		"by nobody, rest applied":     {bigcommercetest.Options{Naming: bigcommercetest.ByNobody, Partial: true}, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store := bigcommercetest.Start(t, test.options)
			items := make([]channels.Item, 64)
			for i := range items {
				items[i] = channels.Item{ChannelSKU: fmt.Sprintf("SKU-%d", i)}
			}
			store.Set(t, items...)
			for i := range items {
				items[i].Quantity = int64(100 + i)
			}
			store.Poison("SKU-40")
			if test.remove {
				store.Remove("SKU-40")
			}
			rejected := settle(t, channels.Guarded(store.Open(t)), items)
			require.Equal(t, []string{"SKU-40"}, rejected)
			for i, item := range items {
				if i != 40 {
					require.Equal(t, item.Quantity, shown(t, store, item.ChannelSKU))
				}
			}
			if test.named {
				require.Equal(t, 2, store.Calls(t), "one to learn who it is, one for the others")
			} else {
				require.Equal(t, 13, store.Calls(t), "halving 64 items takes 6 rounds of two calls")
			}
		})
	}
}

// settle sends items as the push activity does and returns the SKUs that were rejected.
func settle(t *testing.T, channel channels.Channel, items []channels.Item) (rejected []string) {
	t.Helper()
	for parts := [][]channels.Item{items}; len(parts) > 0; {
		part := parts[0]
		parts = parts[1:]
		reply, err := channeltest.Push(t, channel, part...)
		require.NoError(t, err)
		if reply.Refused && len(part) > 1 {
			left, right := channels.Halves(part)
			parts = append(parts, left, right)
			continue
		}
		var again []channels.Item
		for i, item := range reply.Items {
			switch {
			case reply.Refused, item.Verdict == channels.Rejected:
				rejected = append(rejected, part[i].ChannelSKU)
			case item.Verdict == channels.NotApplied:
				again = append(again, part[i])
			}
		}
		if len(again) > 0 {
			parts = append(parts, again)
		}
	}
	return rejected
}

func TestACallOfTooManyItemsIsHalved(t *testing.T) {
	t.Parallel()
	for _, status := range []int{http.StatusRequestEntityTooLarge, http.StatusUnprocessableEntity} {
		store := bigcommercetest.Start(t, bigcommercetest.Options{LongCalls: status})
		items := make([]channels.Item, 2001)
		for i := range items {
			items[i] = channels.Item{ChannelSKU: fmt.Sprintf("SKU-%d", i), Quantity: 1}
		}
		store.Set(t, items...)
		channel := store.Open(t) // without the guard, which lets no such call through
		reply, err := channeltest.Push(t, channel, items...)
		if status == http.StatusRequestEntityTooLarge {
			channeltest.RequireError(t, err, channels.Smaller)
		} else {
			require.NoError(t, err)
			require.True(t, reply.Refused)
		}
		reply, err = channeltest.Push(t, channel, items[1:]...)
		require.NoError(t, err)
		require.Equal(t, channels.Applied, reply.Items[1999].Verdict)
	}
}

// Items arrive as they do in production, composed and paced, and the pace is the store's own however it renews its quota.
func TestACatalogueArrivesWithoutAThrottle(t *testing.T) {
	t.Parallel()
	for name, gradual := range map[string]bool{"all at once": false, "bit by bit": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			now := noon
			store := bigcommercetest.Start(t, bigcommercetest.Options{
				Locations: []string{"1", "2"}, Quota: 150, Gradual: gradual, Now: func() time.Time { return now },
				Settings: map[string]any{"batch_limit": int64(10)}, // so that the quota matters
			})
			items := make([]channels.Item, 6000)
			for i := range items {
				items[i] = channels.Item{Location: fmt.Sprint(1 + i%2), ChannelSKU: fmt.Sprintf("SKU-%d", i/2)}
			}
			store.Set(t, items...)
			channel := channels.Guarded(store.Open(t))
			for i := range items {
				items[i].Quantity = int64(i % 90)
			}
			paced := channeltest.NewPaced(t, channel, channels.PaceBudget{}, &now, 50*time.Millisecond)
			for _, part := range channeltest.Composed(t, channel, items...) {
				paced.Push(part...)
			}
			require.Zero(t, store.Overruns())
			require.Less(t, now.Sub(noon), 5*time.Minute, "600 calls at 4 a second take 2 minutes and a half")
			arrived := store.Shown(t)
			for _, item := range items {
				require.Equal(t, item.Quantity, arrived[channeltest.Place{Location: item.Location, SKU: item.ChannelSKU}])
			}
		})
	}
}

// That a call was taken is all that BigCommerce says.
func TestAFigureShowsLater(t *testing.T) {
	t.Parallel()
	now := noon
	store := bigcommercetest.Start(t, bigcommercetest.Options{Delay: time.Minute, Now: func() time.Time { return now }})
	store.Set(t, channels.Item{ChannelSKU: "BIKE"}, channels.Item{ChannelSKU: "BELL"})
	store.Drop("BELL")
	channel := channels.Guarded(store.Open(t))
	reply, err := channeltest.Push(t, channel, two...)
	require.NoError(t, err)
	require.Equal(t, channels.Applied, reply.Items[0].Verdict)
	require.Equal(t, channels.Applied, reply.Items[1].Verdict, "no answer tells of what is not made later")
	require.Zero(t, shown(t, store, "BIKE"))
	now = now.Add(time.Minute)
	require.Equal(t, int64(5), shown(t, store, "BIKE"))
	require.Zero(t, shown(t, store, "BELL"))
}

// Two calls of the same item are made in their order, for the second goes out after the response to the first.
func TestTheLastFigureStays(t *testing.T) {
	t.Parallel()
	now := noon
	store := bigcommercetest.Start(t, bigcommercetest.Options{Delay: time.Minute, Now: func() time.Time { return now }})
	store.Set(t, two...)
	channel := channels.Guarded(store.Open(t))
	for quantity := range int64(3) {
		_, err := channeltest.Push(t, channel, channels.Item{ChannelSKU: "BIKE", Quantity: 10 + quantity})
		require.NoError(t, err)
	}
	now = now.Add(time.Hour)
	require.Equal(t, int64(12), shown(t, store, "BIKE"))
}

func TestAnUnknownLocationIsNamed(t *testing.T) {
	t.Parallel()
	store := bigcommercetest.Start(t, bigcommercetest.Options{Locations: []string{"1", "2"}})
	items := []channels.Item{
		{ChannelSKU: "BIKE", Location: "1"},
		{ChannelSKU: "BIKE", Location: "7"},
		{ChannelSKU: "BELL", Location: "8"},
		{ChannelSKU: "BELL", Location: "2"},
	}
	store.Set(t, items[0], items[3])
	reply, err := channeltest.Push(t, channels.Guarded(store.Open(t)), items...)
	require.NoError(t, err)
	var verdicts []channels.Verdict
	for _, item := range reply.Items {
		verdicts = append(verdicts, item.Verdict)
	}
	require.Equal(t, []channels.Verdict{channels.NotApplied, channels.Rejected, channels.Rejected, channels.NotApplied}, verdicts)
}

package channeltest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/channels"
)

// lookedUp returns the items with the store's references, where the channel is a Finder.
func lookedUp(t *testing.T, channel channels.Channel, items []channels.Item) []channels.Item {
	t.Helper()
	if _, finds := channels.AsFinder(channel); !finds {
		return items
	}
	return LookUp(t, channel, items...)
}

// unknownSKU is of no item of any fake. It is a pattern, should the driver ask with one.
const unknownSKU = "CT-*"

func (s suite) finds(t *testing.T, store Store) {
	channel := open(t, store)
	finder, ok := channels.AsFinder(channel)
	require.True(t, ok)
	require.Positive(t, channel.Limits().Find)
	existing := s.items(t, store, channel)[0]
	unknown := channels.Item{Location: existing.Location, ChannelSKU: unknownSKU}
	first, _, err := finder.Find(t.Context(), []channels.Item{existing})
	require.NoError(t, err)
	require.NotEmpty(t, first[0].Reference)
	again, _, err := finder.Find(t.Context(), []channels.Item{existing})
	require.NoError(t, err)
	require.Equal(t, first, again)
	none, _, err := finder.Find(t.Context(), []channels.Item{unknown})
	require.NoError(t, err)
	require.Empty(t, none[0].Reference)
	require.NotEmpty(t, none[0].Missing, "a person must see why nothing can be set")
	require.Zero(t, store.Calls(t), "a look-up changes nothing")
}

func (s suite) lost(t *testing.T, store Store) {
	channel := open(t, store)
	items := s.items(t, store, channel)
	renewer, ok := store.(Renewer)
	require.True(t, ok, "the fake of a store with ids of its own is a Renewer")
	old := call(t, channel, "key-1", items...)
	renewer.Renew(t, items[0])
	reply := sendThrough(t, channel, old)
	require.True(t, reply.Items[0].Lost, "%+v", reply.Items[0])
	require.Equal(t, channels.NotApplied, reply.Items[0].Verdict)
	for _, other := range reply.Items[1:] {
		require.False(t, other.Lost)
	}
	anew := call(t, channel, "key-2", items...)
	require.NotEqual(t, old.Items[0].Reference, anew.Items[0].Reference)
	require.Equal(t, every(len(items), channels.Applied), verdicts(sendThrough(t, channel, anew)))
	requireShown(t, store, items...)
}

func (s suite) noFinder(t *testing.T, store Store) {
	_, finds := channels.AsFinder(open(t, store))
	require.False(t, finds)
}

// findFailure checks that a look-up that fails says what should happen next, and finds when the fault is gone.
func (s suite) findFailure(t *testing.T, store Store, fault Fault, outcome outcome) {
	channel := open(t, store)
	finder, ok := channels.AsFinder(channel)
	require.True(t, ok)
	items := s.items(t, store, channel)[:1]
	store.Provoke(t, fault)
	ctx, cancel := outcome.patience(t)
	defer cancel()
	matches, _, err := finder.Find(ctx, items)
	require.Empty(t, matches)
	failure := judged(t, channels.Reply{}, err)
	require.Equal(t, outcome.next, failure.Next)
	requireBeginning(t, failure, fault)
	require.Zero(t, store.Leaks(t))
	store.Provoke(t, None)
	require.NotEmpty(t, lookedUp(t, channel, items)[0].Reference)
}

func (s suite) composes(t *testing.T, store Store) {
	channel := open(t, store)
	limits := channel.Limits()
	items := lookedUp(t, channel, s.listed(t, store, min(max(limits.Window, limits.Batch), 20)))
	calls := Composed(t, channel, items...)
	require.Equal(t, calls, Composed(t, channel, items...))
	for _, part := range calls {
		require.NotEmpty(t, part)
		reply := sendThrough(t, channel, call(t, channel, "key-"+part[0].ChannelSKU, part...))
		require.Equal(t, every(len(part), channels.Applied), verdicts(reply))
	}
	requireShown(t, store, items...)
}

func (s suite) meters(t *testing.T, store Store) {
	channel := store.Open(t)
	metered, ok := channel.(channels.Metered)
	if !ok {
		require.Empty(t, channel.Limits().Rates, "rates that nothing counts against")
		return
	}
	items := s.listed(t, store, 1)
	for _, operation := range []channels.Operation{channels.Sending, channels.Polling, channels.Looking} {
		if name := metered.Meter(operation, items); name != "" {
			require.Contains(t, channel.Limits().Rates, name, "%s", operation)
		}
	}
	for name, rate := range channel.Limits().Rates {
		require.Positive(t, rate.PerSecond, name)
		require.GreaterOrEqual(t, rate.Burst, 1.0, name)
	}
}

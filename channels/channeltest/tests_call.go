package channeltest

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/channels"
)

func (s suite) limits(t *testing.T, store Store) {
	limits := store.Open(t).Limits()
	require.Positive(t, limits.Batch)
	require.Positive(t, limits.Timeout, "a call without an end would keep the store for ever")
	require.Positive(t, limits.Calls, "a driver states how many calls its store takes at once")
	require.GreaterOrEqual(t, limits.Rate, 0.0)
	require.GreaterOrEqual(t, limits.Burst, 0.0)
	require.Equal(t, s.subject.Compare, limits.Compare)
	require.Equal(t, s.subject.Keys, limits.KeyLifetime > 0, "a store has keys, or a key lifetime of 0")
	if s.subject.Shape == Single {
		require.Equal(t, 1, limits.Batch)
	}
}

func (s suite) encode(t *testing.T, store Store) {
	channel := open(t, store)
	items := s.items(t, store, channel)
	expected := int64(3)
	items[0].Expected = &expected
	before := slices.Clone(items)
	first := call(t, channel, "key-1", items...)
	require.NotEmpty(t, first.Body)
	for range 20 { // maps come in another order now and then
		require.Equal(t, first.Body, call(t, open(t, store), "key-1", items...).Body)
	}
	require.Equal(t, before, items, "the items are not touched")
	require.False(t, bytes.Contains(first.Body, []byte(Credential)), "bytes are kept in the ledger and hold no credential")
	require.Zero(t, store.Calls(t), "nothing is sent by writing a call")
	if s.subject.Keys {
		return // the key may be in the bytes
	}
	require.Equal(t, first.Body, call(t, channel, "key-2", items...).Body)
}

func (s suite) figures(t *testing.T, store Store) {
	channel := open(t, store)
	items := s.items(t, store, channel)
	for i, quantity := range []int64{10, 0, 900} {
		items = with(items, quantity)
		reply := sendThrough(t, channel, call(t, channel, fmt.Sprintf("key-%d", i), items...))
		require.Equal(t, every(len(items), channels.Applied), verdicts(reply))
		require.False(t, reply.Refused)
		for _, item := range reply.Items {
			require.Nil(t, item.Clamped)
			require.Empty(t, item.Reason)
		}
		requireShown(t, store, items...)
	}
	require.Equal(t, 3, store.Calls(t), "one call here is one call there")
}

func (s suite) fullBatch(t *testing.T, store Store) {
	channel := open(t, store)
	items := s.listed(t, store, min(channel.Limits().Batch, 250))
	reply := sendThrough(t, channel, call(t, channel, "key-1", items...))
	require.Equal(t, every(len(items), channels.Applied), verdicts(reply))
	requireShown(t, store, items...)
}

// oddSKUs are what merchants really use, and what breaks addresses, paths, JSON and markup.
var oddSKUs = []string{
	"a b", " leading", "trailing ", "sl/ash", "..", "quer?y=1&b#c", "per%2Fcent", "plus+plus", `quo"te`, `back\slash`, "<b>&amp;",
	"ÄÖÜ-漢字-🚲", "e\u0301", "\u00e9", "UPPER", "upper", "0012", "1e3", "null", "tab\there", strings.Repeat("long", 50),
}

func (s suite) oddSKUs(t *testing.T, store Store) {
	channel := open(t, store)
	var items []channels.Item
	for i, sku := range oddSKUs {
		items = append(items, channels.Item{Location: s.location(i), ChannelSKU: sku})
	}
	store.Set(t, items...)
	items = with(items, 100)
	for part := range slices.Chunk(items, channel.Limits().Batch) {
		reply := sendThrough(t, channel, call(t, channel, "key-"+part[0].ChannelSKU, part...))
		require.Equal(t, every(len(part), channels.Applied), verdicts(reply), "%v", part)
	}
	requireShown(t, store, items...)
}

func (s suite) clamped(t *testing.T, store Store) {
	channel := open(t, store)
	items := s.items(t, store, channel)
	items[0].Quantity = s.subject.Clamp + 5
	reply := sendThrough(t, channel, call(t, channel, "key-1", items...))
	require.Equal(t, every(len(items), channels.Applied), verdicts(reply))
	require.NotNil(t, reply.Items[0].Clamped)
	require.Equal(t, s.subject.Clamp, *reply.Items[0].Clamped)
	for _, item := range reply.Items[1:] {
		require.Nil(t, item.Clamped)
	}
}

func (s suite) repeated(t *testing.T, store Store) {
	channel := open(t, store)
	items := s.items(t, store, channel)
	once := call(t, channel, "key-1", items...)
	require.Equal(t, every(len(items), channels.Applied), verdicts(sendThrough(t, channel, once)))
	sold := with(items, 50)
	store.Set(t, sold...)
	require.Equal(t, every(len(items), channels.Applied), verdicts(sendThrough(t, open(t, store), once)))
	if s.subject.Keys {
		requireShown(t, store, sold...) // the second had no effect
	} else {
		requireShown(t, store, items...) // absolute figures: the second did the same again
	}
}

func (s suite) reused(t *testing.T, store Store) {
	channel := open(t, store)
	items := s.items(t, store, channel)
	sendThrough(t, channel, call(t, channel, "key-1", items...))
	failure, _ := fail(t, channel, call(t, channel, "key-1", with(items, 70)...), outcome{})
	require.Equal(t, channels.Anew, failure.Next, failure.Error())
	requireShown(t, store, items...)
}

func (s suite) stale(t *testing.T, store Store) {
	channel := open(t, store)
	items := s.items(t, store, channel)
	store.Set(t, with(items, 5)...)
	right, wrong := int64(5), int64(6)

	items[0].Expected = &wrong
	reply := sendThrough(t, channel, call(t, channel, "key-1", items...))
	require.Equal(t, channels.Conflict, reply.Items[0].Verdict)
	require.NotNil(t, reply.Items[0].Actual)
	require.Equal(t, right, *reply.Items[0].Actual)
	requireShown(t, store, with(items, 5)[0])
	if s.subject.Shape == AllOrNothing {
		require.Equal(t, every(len(items)-1, channels.NotApplied), verdicts(reply)[1:])
		requireShown(t, store, with(items, 5)...)
	}

	items[0].Expected = &right
	reply = sendThrough(t, channel, call(t, channel, "key-2", items...))
	require.Equal(t, every(len(items), channels.Applied), verdicts(reply))
	requireShown(t, store, items...)
}

func (s suite) notCompared(t *testing.T, store Store) {
	channel := open(t, store)
	items := s.items(t, store, channel)
	wrong := int64(123_456)
	for i := range items {
		items[i].Expected = &wrong
	}
	reply := sendThrough(t, channel, call(t, channel, "key-1", items...))
	require.Equal(t, every(len(items), channels.Applied), verdicts(reply))
}

func (s suite) cancelled(t *testing.T, store Store) {
	channel := open(t, store)
	items := s.items(t, store, channel)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	began := time.Now()
	reply, err := channel.Send(ctx, call(t, channel, "key-1", items...))
	require.Less(t, time.Since(began), patience)
	require.Equal(t, channels.Resend, judged(t, reply, err).Next)
	require.Zero(t, store.Calls(t))
}

func (s suite) check(t *testing.T, store Store) {
	channel := open(t, store)
	s.items(t, store, channel)
	before := store.Shown(t)
	finding, err := channel.Check(t.Context())
	require.NoError(t, err)
	require.NotEmpty(t, finding.Account, "a person must see whose credential it is")
	if len(s.subject.Locations) > 0 {
		require.Subset(t, finding.Locations, s.subject.Locations)
	}
	require.Equal(t, before, store.Shown(t))
	require.Zero(t, store.Calls(t), "a check changes nothing")
	for _, fault := range []Fault{Unauthorized, Redirect, HTML} {
		if s.subject.applies(fault) {
			store.Provoke(t, fault)
			_, err := channel.Check(t.Context())
			require.Equal(t, outcomes[fault].next, judged(t, channels.Reply{}, err).Next, string(fault))
		}
	}
	require.Zero(t, store.Leaks(t))
}

func (s suite) budget(t *testing.T, store Store) {
	channel := open(t, store)
	reply := send(t, channel, call(t, channel, "key-1", s.items(t, store, channel)...))
	require.True(t, reply.Budget.Known)
	require.Positive(t, reply.Budget.Capacity)
	require.Positive(t, reply.Budget.PerSecond)
	require.GreaterOrEqual(t, reply.Budget.Remaining, 0.0)
}

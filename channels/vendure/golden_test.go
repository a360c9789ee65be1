package vendure_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/channels/channeltest"
	"github.com/tidemark/tidemark/channels/vendure/venduretest"
)

// TestBodies compares what is sent, byte for byte. The files are indented for the reader; the bytes are not.
func TestBodies(t *testing.T) {
	t.Parallel()
	locations := []string{"1", "2"}
	items := []channels.Item{
		{Location: "1", ChannelSKU: "A&B/ü", Quantity: 5},
		{Location: "2", ChannelSKU: "A&B/ü", Quantity: 0},
		{Location: "2", ChannelSKU: "C", Quantity: 7},
	}
	for name, test := range map[string]struct {
		options   venduretest.Options
		items     []channels.Item
		operation string
	}{
		"set_stock": {
			venduretest.Options{Settings: map[string]any{"location": "1"}},
			[]channels.Item{{ChannelSKU: "A&B/ü", Quantity: 5}, {ChannelSKU: "C", Quantity: 0}},
			"TidemarkSetStock",
		},
		"set_stock_locations": {venduretest.Options{Locations: locations}, items, "TidemarkSetStock"},
		"find_variants":       {venduretest.Options{Locations: locations}, items, "TidemarkFindVariants"},
		"check":               {venduretest.Options{}, items[:1], "TidemarkCheck"},
		"check_api_key":       {venduretest.Options{APIKey: true}, items[:1], "TidemarkCheck"},
		"log_in":              {venduretest.Options{}, items[:1], "TidemarkLogin"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store := venduretest.Start(t, test.options)
			store.Set(t, test.items...)
			channel := channels.Guarded(store.Open(t))
			_, err := channel.Check(t.Context())
			require.NoError(t, err)
			require.Equal(t, channels.Applied, sent(t, channel, test.items...).Items[0].Verdict)
			channeltest.Golden(t, name, store.Body(test.operation))
		})
	}
}

// call makes a call of items that were looked up.
func call(t *testing.T, channel channels.Channel, items ...channels.Item) channels.Call {
	t.Helper()
	body, err := channel.Encode(items, "key")
	require.NoError(t, err)
	return channels.Call{Key: "key", Body: body, Items: items}
}

// sent looks items up and sends them.
func sent(t *testing.T, channel channels.Channel, items ...channels.Item) channels.Reply {
	t.Helper()
	reply, err := channel.Send(t.Context(), call(t, channel, channeltest.LookUp(t, channel, items...)...))
	require.NoError(t, err)
	return reply
}

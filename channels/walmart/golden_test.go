package walmart_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/channels/channeltest"
	"github.com/tidemark/tidemark/channels/walmart/walmarttest"
)

// TestBodies compares what is sent, byte for byte. The files are indented for the reader; the bytes are not.
func TestBodies(t *testing.T) {
	t.Parallel()
	two := []channels.Item{{ChannelSKU: "A&B/ü", Quantity: 5}, {ChannelSKU: "C", Quantity: 0}}
	for name, test := range map[string]struct {
		items     []channels.Item
		operation string
	}{
		"put":  {items: two[:1], operation: "put"},
		"feed": {items: two, operation: "feed"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store := walmarttest.Start(t, walmarttest.Options{})
			store.Set(t, two...)
			_, err := channeltest.Push(t, channels.Guarded(store.Open(t)), test.items...)
			require.NoError(t, err)
			channeltest.Golden(t, name, store.Body(test.operation))
		})
	}
}

// TestHeaders checks what goes with the bytes. The correlation id is the call's key, or always the same for the same key.
func TestHeaders(t *testing.T) {
	t.Parallel()
	const key = "0b8f4f3c-6f1d-4a39-9d0e-5a9f2f0b3c11"
	store, channel := start(t, walmarttest.Options{Settings: map[string]any{"channel_type": "type-1", "service_name": "Tidemark at Acme"}})
	correlation := func(key string, items ...channels.Item) string {
		body, err := channel.Encode(items, key)
		require.NoError(t, err)
		_, err = channel.Send(t.Context(), channels.Call{Key: key, Body: body, Items: items})
		require.NoError(t, err)
		operation := "put"
		if len(items) > 1 {
			operation = "feed"
		}
		header := store.Header(operation)
		require.Equal(t, "type-1", header.Get("WM_CONSUMER.CHANNEL.TYPE"))
		require.Equal(t, "Tidemark at Acme", header.Get("WM_SVC.NAME"))
		return header.Get("WM_QOS.CORRELATION_ID")
	}
	require.Equal(t, key, correlation(key, bike))
	require.Equal(t, key, correlation(key, bike, bell))
	require.Equal(t, "Tidemark at Acme", store.Header("token").Get("WM_SVC.NAME"))
	other := correlation("key-1", bike)
	require.NotEqual(t, key, other)
	require.Equal(t, other, correlation("key-1", bike))
	require.NotEqual(t, other, correlation("key-2", bike))
}

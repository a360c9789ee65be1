package amazon_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/channels/amazon/amazontest"
	"github.com/tidemark/tidemark/channels/channeltest"
	"github.com/tidemark/tidemark/settings"
)

// TestBodies compares what is sent, byte for byte. The files are indented for the reader; the bytes are not.
func TestBodies(t *testing.T) {
	t.Parallel()
	two := []channels.Item{{ChannelSKU: "A&B/ü", Quantity: 5}, {ChannelSKU: "C", Quantity: 0}}
	for name, test := range map[string]struct {
		settings  settings.Values
		items     []channels.Item
		operation string
	}{
		"patch": {items: two[:1], operation: "patchListingsItem"},
		"patch_replace": {
			settings: settings.Values{"op": "replace", "product_type": "BICYCLE", "fulfillment_channel_code": "STORE-1"}, items: two[1:],
			operation: "patchListingsItem",
		},
		"feed":                 {items: two, operation: "upload"},
		"feed_locale":          {settings: settings.Values{"issue_locale": "de_DE", "product_type": "BICYCLE"}, items: two, operation: "upload"},
		"create_feed_document": {items: two, operation: "createFeedDocument"},
		"create_feed":          {items: two, operation: "createFeed"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store := amazontest.Start(t, amazontest.Options{Settings: test.settings})
			store.Set(t, two...)
			_, err := channeltest.Push(t, channels.Guarded(store.Open(t)), test.items...)
			require.NoError(t, err)
			channeltest.Golden(t, name, store.Body(test.operation))
		})
	}
}

package adobecommerce_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/channels/adobecommerce/adobecommercetest"
	"github.com/tidemark/tidemark/channels/channeltest"
)

func TestFindSaysWhatCannotBeSet(t *testing.T) {
	t.Parallel()
	store := adobecommercetest.Start(t, adobecommercetest.Options{})
	var items []channels.Item
	for _, sku := range []string{"BIKE", "SHIRT", "SET", "GROUP", "GIFT", "FILE", "A,B", "Bell", "twin", "TWIN"} {
		items = append(items, channels.Item{ChannelSKU: sku})
	}
	store.Set(t, items...)
	store.Retype("SHIRT", "configurable")
	store.Retype("SET", "bundle")
	store.Retype("GROUP", "grouped")
	store.Retype("GIFT", "virtual")
	store.Retype("FILE", "downloadable")
	items = append(items, channels.Item{ChannelSKU: "bell "}, channels.Item{ChannelSKU: "UNKNOWN"}, channels.Item{ChannelSKU: "A"},
		channels.Item{ChannelSKU: "Twin"}, channels.Item{ChannelSKU: "BIKE", Location: "east"})
	matches := channeltest.Find(t, channels.Guarded(store.Open(t)), items...)
	for i, want := range map[int]string{0: "BIKE", 4: "GIFT", 5: "FILE", 6: "A,B", 7: "Bell", 8: "twin", 9: "TWIN", 10: "Bell", 14: "BIKE"} {
		require.Equal(t, channels.Found{Reference: want}, matches[i])
	}
	for i, kind := range map[int]string{1: "configurable", 2: "bundle", 3: "grouped"} {
		require.Contains(t, matches[i].Blocked, "of the type "+kind+" has no stock of its own")
	}
	require.Contains(t, matches[11].Missing, "no product with this SKU")
	require.Contains(t, matches[12].Missing, "no product with this SKU")
	require.Contains(t, matches[13].Blocked, "2 products have this SKU")
	require.Equal(t, 1, store.Lookups(), "one call")
}

func TestALookUpThatIsTooLarge(t *testing.T) {
	t.Parallel()
	long := make([]channels.Item, 50)
	for i := range long {
		long[i].ChannelSKU = fmt.Sprint(strings.Repeat("漢", 64), i)
	}
	store := adobecommercetest.Start(t, adobecommercetest.Options{})
	store.Set(t, long...)
	finder, _ := channels.AsFinder(store.Open(t))
	_, _, err := finder.Find(t.Context(), long)
	channeltest.RequireError(t, err, channels.Smaller, "longer than web servers read")
	require.NotEmpty(t, channeltest.Find(t, store.Open(t), long[0])[0].Reference)

	for name, test := range map[string]struct {
		response canned
		alone    channels.Found
		next     channels.Next
	}{
		"the server reads less": {canned{status: 414, body: page}, channels.Found{}, channels.AskPerson},
		"a page is not enough": {
			canned{status: 200, body: `{"items":[{"sku":"BIKE","type_id":"simple"}],"total_count":301}`},
			channels.Found{Blocked: "more than 300 products have SKUs that the store takes for this one, so it is not known which one is meant; give each a more " +
				"distinct SKU"},
			0,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			finder, _ := channels.AsFinder(answering(t, test.response))
			_, _, err := finder.Find(t.Context(), []channels.Item{bike, bell})
			channeltest.RequireError(t, err, channels.Smaller, "")
			matches, _, err := finder.Find(t.Context(), []channels.Item{bike})
			if test.next != 0 {
				channeltest.RequireError(t, err, test.next, "does not take the call")
				return
			}
			require.NoError(t, err)
			require.Equal(t, []channels.Found{test.alone}, matches)
		})
	}
	for _, body := range []string{`{"items":[{"type_id":"simple"}],"total_count":1}`, `{"items":[{"sku":"BIKE"}],"total_count":1}`, `{"items":[]}`} {
		finder, _ := channels.AsFinder(answering(t, canned{status: 200, body: body}))
		_, _, err := finder.Find(t.Context(), []channels.Item{bike})
		channeltest.RequireError(t, err, channels.Resend, "is not believed")
	}
}

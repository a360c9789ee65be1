package ebay_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/channels/channeltest"
	"github.com/tidemark/tidemark/channels/ebay"
	"github.com/tidemark/tidemark/channels/ebay/ebaytest"
	"github.com/tidemark/tidemark/settings"
)

func TestOpenSetsTheLimits(t *testing.T) {
	t.Parallel()
	pacific, err := time.LoadLocation("America/Los_Angeles")
	require.NoError(t, err)
	for name, test := range map[string]struct {
		values settings.Values
		want   channels.Limits
	}{
		"by default": {
			want: channels.Limits{Calls: 10, Batch: 25, Find: 1, Rate: 10, Burst: 10, ItemCalls: 250, DayZone: pacific, Timeout: 30 * time.Second},
		},
		"as set": {
			values: settings.Values{"batch_limit": int64(1), "rate": int64(23), "revisions": int64(20), "timeout": "5s"},
			want:   channels.Limits{Calls: 10, Batch: 1, Find: 1, Rate: 23, Burst: 23, ItemCalls: 20, DayZone: pacific, Timeout: 5 * time.Second},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			channel, err := ebay.Driver().Open("shop", values(test.values), ebaytest.Environment())
			require.NoError(t, err)
			require.Equal(t, test.want, channel.Limits())
		})
	}
	require.False(t, ebay.Spec.CreatesUnknown, "a SKU that is not found is never made")
}

func TestOpenSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	for want, more := range map[string]settings.Values{
		`ebay needs the setting "client_id"`:          {"client_id": nil},
		"setting refresh_token: the environment":      {"refresh_token": "env:MISSING"},
		"setting client_secret: the environment":      {"client_secret": "env:MISSING"},
		"a credential is given by reference":          {"client_secret": "PRD-0a1b2c3d"},
		`"us" is not a marketplace like EBAY_US`:      {"marketplace": "us"},
		"26 is outside 1 to 25":                       {"batch_limit": int64(26)},
		"251 is outside 1 to 250":                     {"revisions": int64(251)},
		`ebay has no setting "colour"; it has batch_`: {"colour": "red"},
	} {
		_, err := ebay.Driver().Open("shop", values(more), ebaytest.Environment())
		require.ErrorContains(t, err, want)
	}
}

func TestEncodeSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	channel, err := ebay.Driver().Open("shop", values(nil), ebaytest.Environment())
	require.NoError(t, err)
	for want, item := range map[string]channels.Item{
		`channel SKU "A" is for the location "front"`: {ChannelSKU: "A", Location: "front", Reference: `["1"]`},
		`channel SKU "B" has not been looked up`:      {ChannelSKU: "B"},
		`channel SKU "C" has not been looked up`:      {ChannelSKU: "C", Reference: `[]`},
		`channel SKU "D" has not been looked up`:      {ChannelSKU: "D", Reference: `gid://shopify/InventoryItem/1`},
	} {
		_, err := channel.Encode([]channels.Item{item}, "key")
		require.ErrorContains(t, err, want)
	}
	_, err = channel.Send(t.Context(), channels.Call{Body: []byte("{}"), Items: []channels.Item{{ChannelSKU: "B"}}})
	channeltest.RequireError(t, err, channels.Anew, "has not been looked up")
}

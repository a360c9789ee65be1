package vendure_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/channels/vendure"
	"github.com/tidemark/tidemark/channels/vendure/venduretest"
	"github.com/tidemark/tidemark/settings"
)

const endpoint = "http://127.0.0.1:3000/admin-api"

func TestOpenSetsTheLimits(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		values settings.Values
		want   channels.Limits
	}{
		"by default": {settings.Values{}, channels.Limits{Calls: 1, Batch: 100, Find: 100, Rate: 2, Burst: 4, Timeout: 30 * time.Second}},
		"as set": {
			settings.Values{"batch": 500, "rate": 10, "timeout": "1m"},
			channels.Limits{Calls: 1, Batch: 500, Find: 100, Rate: 10, Burst: 20, Timeout: time.Minute},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test.values["endpoint"], test.values["api_key"] = endpoint, "env:PASSWORD"
			channel, err := vendure.Driver().Open("shop", test.values, venduretest.Environment())
			require.NoError(t, err)
			require.Equal(t, test.want, channel.Limits())
		})
	}
}

func TestOpenSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	for want, values := range map[string]settings.Values{
		`vendure needs the setting "endpoint"`:         {"api_key": "env:PASSWORD"},
		"either the setting api_key or":                {"endpoint": endpoint},
		"or the settings username and password":        {"endpoint": endpoint, "api_key": "env:PASSWORD", "username": "me"},
		"needs the settings username and password tog": {"endpoint": endpoint, "username": "me"},
		"settings username and password together":      {"endpoint": endpoint, "password": "env:PASSWORD"},
		"the environment variable MISSING is not set":  {"endpoint": endpoint, "api_key": "env:MISSING"},
		"501 is outside 1 to 500":                      {"endpoint": endpoint, "api_key": "env:PASSWORD", "batch": 501},
		`vendure has no setting "colour"`:              {"endpoint": endpoint, "api_key": "env:PASSWORD", "colour": "red"},
	} {
		_, err := vendure.Driver().Open("shop", values, venduretest.Environment())
		require.ErrorContains(t, err, want)
	}
}

func TestEncodeNeedsTheVariant(t *testing.T) {
	t.Parallel()
	channel, err := vendure.Driver().Open("shop", settings.Values{"endpoint": endpoint, "api_key": "env:PASSWORD"}, venduretest.Environment())
	require.NoError(t, err)
	_, err = channel.Encode([]channels.Item{{ChannelSKU: "BIKE", Quantity: 5}}, "key")
	require.ErrorContains(t, err, `"BIKE" has no variant id`)
}

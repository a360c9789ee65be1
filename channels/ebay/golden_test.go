package ebay_test

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/channels/channeltest"
	"github.com/tidemark/tidemark/channels/ebay"
	"github.com/tidemark/tidemark/channels/ebay/ebaytest"
	"github.com/tidemark/tidemark/settings"
)

// TestBodies compares what is sent, byte for byte. The files are indented for the reader; the bytes are not.
func TestBodies(t *testing.T) {
	t.Parallel()
	channel, err := ebay.Driver().Open("shop", values(nil), ebaytest.Environment())
	require.NoError(t, err)
	for name, items := range map[string][]channels.Item{
		"update_one": {{ChannelSKU: "BIKE", Quantity: 5, Reference: `["8209815011"]`}},
		"update": {
			{ChannelSKU: "A&B/ü", Quantity: 5, Reference: `["8209815011"]`},
			{ChannelSKU: "C", Quantity: 0, Reference: `["8209815012","8209815013"]`},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			body, err := channel.Encode(items, "key")
			require.NoError(t, err)
			channeltest.Golden(t, name, body)
		})
	}
}

// TestHeaders checks what goes along with the bytes of a call, and that they are sent as they are.
func TestHeaders(t *testing.T) {
	t.Parallel()
	server := channeltest.Answering(t, http.StatusOK, nil, token.body)
	channel, err := ebay.Driver().Open("shop", values(settings.Values{"endpoint": server.URL, "language": "de-DE"}), ebaytest.Environment())
	require.NoError(t, err)
	_, err = channel.Send(t.Context(), channels.Call{Key: "key", Body: []byte(` {"as": "it is"}`), Items: two})
	require.ErrorContains(t, err, "holds no results")

	const login, send = "/identity/v1/oauth2/token", "/sell/inventory/v1/bulk_update_price_quantity"
	requests := map[string]channeltest.Request{}
	for _, request := range server.Requests() {
		requests[request.URL.Path] = request
	}
	basic := base64.StdEncoding.EncodeToString([]byte(ebaytest.Client + ":" + channeltest.Credential))
	require.Equal(t, http.MethodPost, requests[login].Method)
	require.Equal(t, "Basic "+basic, requests[login].Header.Get("Authorization"))
	require.Equal(t, "application/x-www-form-urlencoded", requests[login].Header.Get("Content-Type"))
	form, err := url.ParseQuery(string(requests[login].Content))
	require.NoError(t, err)
	require.Equal(t, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {channeltest.Credential}, "scope": {ebaytest.Scope}}, form)

	require.Equal(t, http.MethodPost, requests[send].Method)
	require.Equal(t, "Bearer v^1.1", requests[send].Header.Get("Authorization"))
	require.Equal(t, "application/json", requests[send].Header.Get("Content-Type"))
	require.Equal(t, "de-DE", requests[send].Header.Get("Content-Language"))
	require.Equal(t, ` {"as": "it is"}`, string(requests[send].Content))
}

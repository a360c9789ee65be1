package ebay_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/channels/channeltest"
	"github.com/tidemark/tidemark/channels/ebay"
	"github.com/tidemark/tidemark/channels/ebay/ebaytest"
	"github.com/tidemark/tidemark/settings"
)

func TestATokenIsKeptForTwoHours(t *testing.T) {
	t.Parallel()
	now := time.Now()
	store := ebaytest.Start(t, ebaytest.Options{Now: func() time.Time { return now }})
	channel := channels.Guarded(store.Open(t))
	for _, after := range []time.Duration{0, time.Minute, 118 * time.Minute} {
		_, err := find(t, channel, channels.Item{ChannelSKU: ebaytest.Poison})
		require.NoError(t, err)
		require.Equal(t, 1, store.Tokens(), after)
		now = now.Add(after)
	}
	_, err := find(t, channel, channels.Item{ChannelSKU: ebaytest.Poison})
	require.NoError(t, err)
	require.Equal(t, 2, store.Tokens(), "a new one before the end of the old one")
}

func TestATokenThatIsNotTakenIsRenewedOnce(t *testing.T) {
	t.Parallel()
	store := ebaytest.Start(t, ebaytest.Options{})
	store.Set(t, channels.Item{ChannelSKU: "BIKE"})
	channel := channels.Guarded(store.Open(t))
	items := channeltest.LookUp(t, channel, channels.Item{ChannelSKU: "BIKE", Quantity: 5})
	store.Revoke()
	reply, err := channeltest.Push(t, channel, items...)
	require.NoError(t, err)
	require.Equal(t, channels.Applied, reply.Items[0].Verdict)
	require.Equal(t, 2, store.Tokens())

	before := store.Calls(t)
	store.Provoke(t, channeltest.Unauthorized)
	_, err = channeltest.Push(t, channel, items...)
	channeltest.RequireError(t, err, channels.AskPerson, "does not accept the credential")
	require.Equal(t, before+2, store.Calls(t), "once more with a fresh token, and not again")
	_, err = channeltest.Push(t, channel, items...)
	channeltest.RequireError(t, err, channels.AskPerson, "does not accept the credential")
	require.Equal(t, before+3, store.Calls(t), "the token was dropped, so this one is fresh and final")
	_, err = channel.Check(t.Context())
	channeltest.RequireError(t, err, channels.AskPerson, "does not accept the credential")
	require.Zero(t, store.Leaks(t))

	store.Provoke(t, channeltest.None)
	_, err = channeltest.Push(t, channel, items...)
	require.NoError(t, err)
}

func TestAskingForAToken(t *testing.T) {
	t.Parallel()
	refused := func(code string) string { return `{"error":"` + code + `","error_description":"canary-0123456789"}` }
	for name, test := range map[string]struct {
		token canned
		next  channels.Next
		fault string
		code  string
	}{
		"the refresh token has ended": {canned{status: 400, body: refused("invalid_grant")}, channels.AskPerson, "have the seller consent again", "invalid_grant"},
		"the scope is missing": {
			canned{status: 400, body: refused("invalid_scope")},
			channels.AskPerson, "does not hold the scope sell.inventory",
			"invalid_scope",
		},
		"an unknown application": {
			canned{status: 401, body: refused("invalid_client")},
			channels.AskPerson, "check client_id and client_secret",
			"invalid_client",
		},
		"another refusal": {
			canned{status: 400, body: refused("canary-0123456789")},
			channels.AskPerson, "check client_id, client_secret and refresh_token",
			"",
		},
		"a wall":         {canned{status: 403, body: "canary-0123456789"}, channels.AskPerson, "check client_id, client_secret and refresh_token", ""},
		"throttled":      {canned{status: 429, header: http.Header{"Retry-After": {"60"}}}, channels.Wait, "throttles", ""},
		"away":           {canned{status: 503}, channels.Resend, "server error", ""},
		"a redirect":     {canned{status: 302, header: http.Header{"Location": {"https://example.com/"}}}, channels.AskPerson, "redirect", ""},
		"a page":         {canned{body: "<html>canary-0123456789"}, channels.Resend, "not the JSON", ""},
		"no token":       {canned{body: `{"expires_in":7200}`}, channels.Resend, "holds no token", ""},
		"no life":        {canned{body: `{"access_token":"canary-0123456789"}`}, channels.Resend, "holds no token", ""},
		"a life of days": {canned{body: `{"access_token":"canary-0123456789","expires_in":864000}`}, channels.Resend, "holds no token", ""},
		"created":        {canned{status: 201, body: token.body}, channels.Resend, "not one that the token API promises", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			channel := answering(t, test.token, canned{})
			_, err := channeltest.Push(t, channel, two...)
			require.Equal(t, test.code, channeltest.RequireError(t, err, test.next, test.fault).Code)
			_, err = find(t, channel, two[0])
			channeltest.RequireError(t, err, test.next, test.fault)
			_, err = channel.Check(t.Context())
			channeltest.RequireError(t, err, test.next, test.fault)
		})
	}
}

func TestCheckSaysWhoseListingsTheseAre(t *testing.T) {
	t.Parallel()
	store := ebaytest.Start(t, ebaytest.Options{})
	finding, err := store.Open(t).Check(t.Context())
	require.NoError(t, err)
	require.Equal(t, channels.Finding{
		Account: "the seller who consented to the application AcmeBike-Tidemark-PRD-0a1b2c3d4-5e6f7a8b, on EBAY_US",
		Notes: []string{
			"the credential has the scope sell.inventory",
			"1 inventory items; listings that were not made by the Inventory API are not among them",
			`the first one, "POISON", has a published offer`,
		},
	}, finding)
	store.Withdraw(ebaytest.Poison)
	finding, err = store.Open(t).Check(t.Context())
	require.NoError(t, err)
	require.Contains(t, finding.Notes[2], `"POISON", cannot be set: the offer of this SKU on EBAY_US is not published`)
}

func TestCheckSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	for want, test := range map[string]struct {
		change settings.Values
		scopes []string
	}{
		"does not hold the scope sell.inventory": {scopes: []string{ebaytest.Scope + ".readonly"}},
		"does not know the application":          {change: settings.Values{"client_id": "another"}},
	} {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			store := ebaytest.Start(t, ebaytest.Options{})
			if test.scopes != nil {
				store.Grant(test.scopes...)
			}
			channel, err := ebay.Driver().Open("shop", with(store.Settings(), test.change), store.Environment())
			require.NoError(t, err)
			_, err = channel.Check(t.Context())
			channeltest.RequireError(t, err, channels.AskPerson, want)
		})
	}
	for want, test := range map[string]struct {
		response canned
		next     channels.Next
	}{
		"does not count the inventory items":    {canned{body: `{}`}, channels.Resend},
		"check the setting endpoint":            {canned{status: 404, body: `canary-0123456789`}, channels.AskPerson},
		"does not let its inventory be read":    {canned{status: 400, body: `{"errors":[` + inventory("25706", "canary-0123456789") + `]}`}, channels.AskPerson},
		"the credential does not permit":        {canned{status: 403}, channels.AskPerson},
		"not one that eBay's API promises":      {canned{status: 204}, channels.Resend},
		"it is not the JSON that this store's ": {canned{body: `canary-0123456789`}, channels.Resend},
	} {
		_, err := answering(t, token, test.response).Check(t.Context())
		channeltest.RequireError(t, err, test.next, want)
	}
	finding, err := answering(t, token, canned{status: 404, body: `{"errors":[` + inventory("25710", "gone") + `]}`}).Check(t.Context())
	require.NoError(t, err)
	require.Contains(t, finding.Notes[1], "0 inventory items")
}

// with returns settings with some changed.
func with(base, change settings.Values) settings.Values {
	changed := settings.Values{}
	for _, values := range []settings.Values{base, change} {
		for name, value := range values {
			changed[name] = value
		}
	}
	return changed
}

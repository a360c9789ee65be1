package walmart_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/channels/channeltest"
	"github.com/tidemark/tidemark/channels/walmart"
	"github.com/tidemark/tidemark/channels/walmart/walmarttest"
	"github.com/tidemark/tidemark/settings"
)

// quick are settings that do not wait.
var quick = map[string]any{"report_after": "0s"}

func start(t *testing.T, options walmarttest.Options) (*walmarttest.Store, channels.Channel) {
	t.Helper()
	if options.Settings == nil {
		options.Settings = quick
	}
	store := walmarttest.Start(t, options)
	for _, item := range []channels.Item{bike, bell, frame} {
		store.Set(t, channels.Item{ChannelSKU: item.ChannelSKU, Quantity: 77})
	}
	return store, channels.Guarded(store.Open(t))
}

// through sends items and polls until nothing is open. Of each item the first final verdict counts, as in the ledger.
func through(t *testing.T, channel channels.Channel, items ...channels.Item) (settled []channels.ItemReply, polls int, err error) {
	t.Helper()
	settled = make([]channels.ItemReply, len(items))
	reply, err := channeltest.Push(t, channel, items...)
	for {
		for i, item := range reply.Items {
			if now := settled[i].Verdict; now == channels.Unknown || now == channels.Accepted {
				settled[i] = item
			}
		}
		if err != nil || reply.Ticket == "" {
			return settled, polls, err
		}
		reply, err = channeltest.Poll(t, channel, reply.Ticket, items...)
		polls++
		require.Less(t, polls, 20, "the report comes to an end")
	}
}

func TestATokenThatIsNotTakenAnyMoreIsRenewedOnce(t *testing.T) {
	t.Parallel()
	store, channel := start(t, walmarttest.Options{})
	for range 2 { // the second time with a token that was kept
		settled, _, err := through(t, channel, bike)
		require.NoError(t, err)
		require.Equal(t, channels.Applied, settled[0].Verdict)
		store.Revoke()
	}
	settled, _, err := through(t, channel, bike, bell)
	require.NoError(t, err)
	require.Equal(t, []channels.ItemReply{applied, applied}, settled)

	before := store.Calls(t)
	store.Provoke(t, channeltest.Unauthorized)
	_, err = channeltest.Push(t, channel, bike)
	channeltest.RequireError(t, err, channels.AskPerson, "does not accept the credential")
	require.Equal(t, before+2, store.Calls(t), "asked once more with a new token, and not again")
	_, err = channeltest.Push(t, channel, bike)
	channeltest.RequireError(t, err, channels.AskPerson, "does not accept the credential")
	require.Equal(t, before+3, store.Calls(t), "the token was dropped, so this one is fresh and final")
}

func TestLogin(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		token canned
		next  channels.Next
		fault string
	}{
		"the key is not taken": {canned{status: 401, body: problem("UNAUTHORIZED.GMP_GATEWAY_API", "")}, channels.AskPerson, "check client_id and client_secret"},
		"the key is malformed": {
			canned{status: 400, body: `{"error":"invalid_client","error_description":"canary-0123456789"}`},
			channels.AskPerson,
			"check client_id and client_secret",
		},
		"throttled":  {canned{status: 429, header: http.Header{"Retry-After": {"60"}}}, channels.Wait, "throttles"},
		"away":       {canned{status: 503}, channels.Resend, "server error"},
		"a redirect": {canned{status: 302, header: http.Header{"Location": {"https://example.com/"}}}, channels.AskPerson, "redirect"},
		"a page":     {canned{status: 200, body: page}, channels.Resend, "not the JSON"},
		"XML": {
			canned{status: 200, body: `<OAuthTokenDTO><accessToken>canary-0123456789</accessToken></OAuthTokenDTO>`},
			channels.Resend,
			"not the JSON",
		},
		"no token": {canned{status: 200, body: `{"expires_in":900}`}, channels.Resend, "holds no token"},
		"no life":  {canned{status: 200, body: `{"access_token":"canary-0123456789"}`}, channels.Resend, "holds no token"},
		"201":      {canned{status: 201, body: `{"access_token":"canary-0123456789","expires_in":900}`}, channels.Resend, "status is not one"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			channel := answering(t, script{"token": test.token}, nil)
			_, err := channeltest.Push(t, channel, bike)
			channeltest.RequireError(t, err, test.next, test.fault)
			_, err = channeltest.Poll(t, channel, "feed:0:F1@A", bike, bell)
			channeltest.RequireError(t, err, test.next, test.fault)
			_, err = channel.Check(t.Context())
			channeltest.RequireError(t, err, test.next, test.fault)
		})
	}
}

func TestWrongCredentials(t *testing.T) {
	t.Parallel()
	store, _ := start(t, walmarttest.Options{})
	wrong := settings.Environment{Variable: func(string) (string, bool) { return "wrong", true }}
	channel, err := walmart.Driver().Open("shop", store.Settings(), wrong)
	require.NoError(t, err)
	_, err = channel.Check(t.Context())
	channeltest.RequireError(t, err, channels.AskPerson, "check client_id and client_secret")
}

func TestCheckTellsWhatItFound(t *testing.T) {
	t.Parallel()
	check := func(options walmarttest.Options) (channels.Finding, error) {
		_, channel := start(t, options)
		_, err := channeltest.Push(t, channel, bike, bell)
		require.NoError(t, err)
		return channel.Check(t.Context())
	}
	finding, err := check(walmarttest.Options{FeedsPerHour: 6})
	require.NoError(t, err)
	require.Equal(t, channels.Finding{
		Account: `seller 100009, "Tidemark Bikes"`, Locations: []string{"NODE-1", "NODE-2"},
		Notes: []string{
			"3 SKUs have an inventory",
			"Walmart takes 6 inventory feeds in 3600 SECOND; the setting feeds_per_hour should say so",
			"the API key has full_access to inventory", "the API key has full_access to feeds",
			`the ship node NODE-OFF ("Closed") is inactive`,
			"Walmart still works on 1 inventory feeds",
		},
	}, finding)

	finding, err = check(walmarttest.Options{Unreadable: []string{"/v3/settings/partnerprofile", "/v3/token/detail", "/v3/settings/shipping/shipnodes"}})
	require.NoError(t, err)
	require.Equal(t, "the API key "+walmarttest.Client, finding.Account)
	require.Equal(t, []string{"the API key may not read the account", "the API key may not read its own permissions", "the API key may not read the ship nodes"},
		finding.Notes[1:4])

	for _, path := range []string{"/v3/inventories", "/v3/feeds"} {
		store, channel := start(t, walmarttest.Options{Unreadable: []string{path}})
		_, err = channel.Check(t.Context())
		channeltest.RequireError(t, err, channels.AskPerson, "does not permit")
		require.Zero(t, store.Calls(t))
	}
	for scope, level := range map[string]string{"inventory": "view_only", "feeds": "no_access"} {
		_, err = check(walmarttest.Options{Scopes: map[string]string{scope: level}})
		channeltest.RequireError(t, err, channels.AskPerson, fmt.Sprintf("has %q to %s; give it full access", level, scope))
	}
	_, err = check(walmarttest.Options{Scopes: map[string]string{}})
	require.NoError(t, err, "a key without a list of permissions")
	_, err = answering(t, script{"/v3/inventories": {status: 200, body: `{}`}}, nil).Check(t.Context())
	channeltest.RequireError(t, err, channels.Resend, "does not count the SKUs")
}

// TestWhatIsNotConfirmed runs one call of three items, the second of which is a poison, against each response that Walmart may give.
func TestWhatIsNotConfirmed(t *testing.T) {
	t.Parallel()
	poison := []string{"BELL"}
	ghost := channels.Item{ChannelSKU: "GHOST", Quantity: 1}
	limit := func(limit int) map[string]any { return map[string]any{"report_after": "0s", "details_limit": limit} }
	some := []channels.Verdict{channels.Applied, channels.Rejected, channels.Applied}
	for name, test := range map[string]struct {
		options walmarttest.Options
		items   []channels.Item
		want    []channels.Verdict
		polls   int
		refused bool
	}{
		"1,000 rows are given":   {options: walmarttest.Options{Poisons: poison}, want: some, polls: 4},
		"1,000 rows are refused": {options: walmarttest.Options{Poisons: poison, DetailsLimit: 50}, want: some, polls: 5},
		"1,000 rows are cut":     {options: walmarttest.Options{Poisons: poison, DetailsLimit: 2, DetailsCut: true}, want: some, polls: 5},
		"50 rows are asked for":  {options: walmarttest.Options{Poisons: poison, DetailsLimit: 50, Settings: limit(50)}, want: some, polls: 4},
		"the feed holds as many": {
			options: walmarttest.Options{FeedItems: 3},
			want:    []channels.Verdict{channels.Applied, channels.Applied, channels.Applied}, polls: 3,
		},
		"the feed does not hold as many":       {options: walmarttest.Options{FeedItems: 2}, refused: true, polls: 3},
		"an unknown SKU is refused, in a feed": {items: []channels.Item{bike, ghost}, want: some[:2], polls: 4},
		// the report cannot tell
		"an unknown SKU is accepted, in a feed": {
			options: walmarttest.Options{UnknownAccepted: true}, items: []channels.Item{bike, ghost},
			want: []channels.Verdict{channels.Applied, channels.Applied}, polls: 3,
		},
		"an unknown SKU is refused, by itself":  {items: []channels.Item{ghost}, want: some[1:2]},
		"an unknown SKU is accepted, by itself": {options: walmarttest.Options{UnknownAccepted: true}, items: []channels.Item{ghost}, want: some[:1]},
		"what Walmart fails on": {
			options: walmarttest.Options{Faulty: map[string]string{"BIKE": "SYSTEM_ERROR", "BELL": "TIMEOUT_ERROR"}},
			want:    []channels.Verdict{channels.NotApplied, channels.NotApplied, channels.Applied}, polls: 4,
		},
		"a feed that fails by its data, as a whole": {options: walmarttest.Options{Failing: "DATA_ERROR"}, refused: true, polls: 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store, channel := start(t, test.options)
			if test.items == nil {
				test.items = []channels.Item{bike, bell, frame}
			}
			settled, polls, err := through(t, channel, test.items...)
			require.NoError(t, err)
			require.Equal(t, test.polls, polls)
			for i, item := range test.items {
				want, shows := channels.NotApplied, int64(77)
				if !test.refused {
					want = test.want[i]
				}
				if want == channels.Applied {
					shows = item.Quantity
				}
				require.Equal(t, want, settled[i].Verdict, settled[i].Reason)
				if item.ChannelSKU != ghost.ChannelSKU {
					require.Equal(t, shows, store.Shown(t)[channeltest.Place{SKU: item.ChannelSKU}])
				}
			}
		})
	}
	for _, fault := range []string{"SYSTEM_ERROR", "TIMEOUT_ERROR"} {
		_, channel := start(t, walmarttest.Options{Failing: fault})
		_, _, err := through(t, channel, bike, bell)
		channeltest.RequireError(t, err, channels.Anew, "by a fault of its own")
	}
}

// TestTheWrongShipNode stops the run: bisecting would spend the feeds of many hours on what is set wrong.
func TestTheWrongShipNode(t *testing.T) {
	t.Parallel()
	_, channel := start(t, walmarttest.Options{})
	far := bike
	far.Location = "NODE-9"
	_, err := channeltest.Push(t, channel, far)
	channeltest.RequireError(t, err, channels.AskPerson, "does not take the ship node")
	other := bell
	other.Location = "NODE-9"
	_, err = channeltest.Push(t, channel, far, other)
	channeltest.RequireError(t, err, channels.AskPerson, "does not take the ship node")
}

func TestAThrottleInWalmartsForm(t *testing.T) {
	t.Parallel()
	for replenishment, latest := range map[string]time.Duration{"": time.Millisecond, walmarttest.Seconds: time.Second, walmarttest.Date: time.Millisecond} {
		t.Run(replenishment, func(t *testing.T) {
			t.Parallel()
			store, channel := start(t, walmarttest.Options{Throttle: true, Now: func() time.Time { return now }, Replenishment: replenishment})
			for left := 9.0; left >= 0; left-- {
				reply, err := channeltest.Push(t, channel, bike, bell)
				require.NoError(t, err)
				require.Equal(t, channels.Budget{Known: true, Capacity: 10, Remaining: left}, reply.Budget)
			}
			reply, err := channeltest.Push(t, channel, bike, bell)
			until := channeltest.RequireError(t, err, channels.Wait, "throttles").Until
			require.WithinRange(t, until, now.Add(6*time.Minute), now.Add(6*time.Minute+latest))
			require.Equal(t, channels.Budget{Known: true, Capacity: 10}, reply.Budget)
			_, err = channeltest.Push(t, channel, bike)
			require.NoError(t, err, "a PUT is counted apart")
			require.Equal(t, 1, store.Throttled())
			require.Equal(t, 1, store.Overruns())
		})
	}
}

// TestThePaceOfACatalogue pushes 20,450 figures of two ship nodes as the push loop does, on a clock that does not wait: no call may be
// over a published rate.
func TestThePaceOfACatalogue(t *testing.T) {
	t.Parallel()
	at := now
	store := walmarttest.Start(t, walmarttest.Options{
		Throttle: true, Now: func() time.Time { return at }, Processing: 30 * time.Minute,
		Faulty: map[string]string{"SKU-00007": "TIMEOUT_ERROR"},
	})
	var items []channels.Item
	for i := range 20_450 {
		items = append(items, channels.Item{ChannelSKU: fmt.Sprintf("SKU-%05d", i), Location: fmt.Sprintf("NODE-%d", 1+i/20_300)})
	}
	store.Set(t, items...)
	for i := range items {
		items[i].Quantity = int64(i%1000 + 1)
	}
	channel := channels.Guarded(store.Open(t))
	paced := channeltest.NewPaced(t, channel, channels.PaceBudget{Share: 1}, &at, 0)
	calls := channeltest.Composed(t, channel, items...)
	require.Len(t, calls, 150+3, "150 at the second node go one by one")
	for _, part := range calls {
		paced.PushThrough(part...)
	}
	require.Zero(t, store.Overruns())
	require.Zero(t, store.Throttled())
	require.Equal(t, 3, store.Feeds())
	shown := store.Shown(t)
	for i, item := range items {
		want := item.Quantity
		if i == 7 {
			want = 0
		}
		require.Equal(t, want, shown[channeltest.Place{Location: item.Location, SKU: item.ChannelSKU}])
	}
}

package amazon_test

import (
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/channels/amazon"
	"github.com/tidemark/tidemark/channels/amazon/amazontest"
	"github.com/tidemark/tidemark/channels/channeltest"
	"github.com/tidemark/tidemark/settings"
)

// quick are settings that do not wait.
var quick = map[string]any{"report_after": "0s", "confirm_after": "0s", "feed_from": 1}

func start(t *testing.T, options amazontest.Options) (*amazontest.Store, channels.Channel) {
	t.Helper()
	if options.Settings == nil {
		options.Settings = quick
	}
	store := amazontest.Start(t, options)
	for _, item := range []channels.Item{bike, bell, frame} {
		store.Set(t, channels.Item{ChannelSKU: item.ChannelSKU, Quantity: 77})
	}
	return store, channels.Guarded(store.Open(t))
}

// through sends items and polls until nothing is open.
func through(t *testing.T, channel channels.Channel, items ...channels.Item) (channels.Reply, error) {
	t.Helper()
	reply, err := channeltest.Push(t, channel, items...)
	for err == nil && reply.Ticket != "" {
		reply, err = channeltest.Poll(t, channel, reply.Ticket, items...)
	}
	return reply, err
}

func TestATokenThatIsNotTakenAnyMoreIsRenewedOnce(t *testing.T) {
	t.Parallel()
	store, channel := start(t, amazontest.Options{})
	for range 2 { // the second time with a token that was kept
		reply, err := through(t, channel, bike)
		require.NoError(t, err)
		require.Equal(t, channels.Applied, reply.Items[0].Verdict)
		store.Revoke()
	}
	reply, err := through(t, channel, bike, bell)
	require.NoError(t, err)
	require.Equal(t, []channels.ItemReply{applied, applied}, reply.Items)
	require.Zero(t, store.Leaks(t))

	before := store.Calls(t)
	store.Provoke(t, channeltest.Forbidden)
	_, err = channeltest.Push(t, channel, bike)
	channeltest.RequireError(t, err, channels.AskPerson, "does not permit")
	require.Equal(t, before+2, store.Calls(t), "asked once more with a new token, and not again")
	_, err = channeltest.Push(t, channel, bike)
	channeltest.RequireError(t, err, channels.AskPerson, "does not permit")
	require.Equal(t, before+3, store.Calls(t), "the token was dropped, so this one is fresh and final")
}

func TestLogin(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		token canned
		next  channels.Next
		fault string
	}{
		"the refresh token is not taken": {
			canned{status: 400, body: `{"error":"invalid_grant","error_description":"canary-0123456789"}`},
			channels.AskPerson,
			"check client_id, client_secret and refresh_token",
		},
		"the client is not taken": {
			canned{status: 401, body: `{"error":"invalid_client","error_description":"canary-0123456789"}`},
			channels.AskPerson,
			"check client_id, client_secret and refresh_token",
		},
		"throttled":  {canned{status: 429, header: http.Header{"Retry-After": {"60"}}}, channels.Wait, "throttles"},
		"away":       {canned{status: 503}, channels.Resend, "server error"},
		"a redirect": {canned{status: 302, header: http.Header{"Location": {"https://example.com/"}}}, channels.AskPerson, "redirect"},
		"a page":     {canned{status: 200, body: page}, channels.Resend, "not the JSON"},
		"no token":   {canned{status: 200, body: `{"expires_in":3600}`}, channels.Resend, "holds no token"},
		"no life":    {canned{status: 200, body: `{"access_token":"Atza|canary-0123456789"}`}, channels.Resend, "holds no token"},
		"201": {
			canned{status: 201, body: `{"access_token":"Atza|canary-0123456789","expires_in":3600}`},
			channels.Resend,
			"status is not one that the token API promises",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			channel := answering(t, script{"token": test.token}, nil)
			_, err := channeltest.Push(t, channel, bike)
			channeltest.RequireError(t, err, test.next, test.fault)
			_, err = channeltest.Poll(t, channel, "feed:0:f1", bike, bell)
			channeltest.RequireError(t, err, test.next, test.fault)
			_, err = channel.Check(t.Context())
			channeltest.RequireError(t, err, test.next, test.fault)
		})
	}
}

func TestWrongCredentials(t *testing.T) {
	t.Parallel()
	store, _ := start(t, amazontest.Options{})
	wrong := settings.Environment{Variable: func(string) (string, bool) { return "wrong", true }}
	channel, err := amazon.Driver().Open("shop", store.Settings(), wrong)
	require.NoError(t, err)
	_, err = channel.Check(t.Context())
	channeltest.RequireError(t, err, channels.AskPerson, "check client_id, client_secret and refresh_token")
}

func TestCheckTellsWhatItFound(t *testing.T) {
	t.Parallel()
	store, channel := start(t, amazontest.Options{})
	finding, err := channel.Check(t.Context())
	require.NoError(t, err)
	require.Equal(t, "seller A2TIDEMARK in marketplace ATVPDKIKX0DER", finding.Account)
	require.Equal(t, "3 listings are found", finding.Notes[0])
	require.Len(t, finding.Notes, 2)
	_, err = channeltest.Push(t, channel, bike, bell)
	require.NoError(t, err)
	finding, err = channel.Check(t.Context())
	require.NoError(t, err)
	require.Contains(t, finding.Notes[2], "1 feeds of this kind wait")

	values := store.Settings()
	values["marketplace_id"] = "A1PA6795UKMFR9"
	other, err := amazon.Driver().Open("shop", values, store.Environment())
	require.NoError(t, err)
	_, err = other.Check(t.Context())
	channeltest.RequireError(t, err, channels.AskPerson, "check seller_id, marketplace_id, region and endpoint")
	_, err = answering(t, script{"search": {status: 200, body: `{}`}}, nil).Check(t.Context())
	channeltest.RequireError(t, err, channels.Resend, "does not count the listings")
}

func TestWhatIsNotConfirmed(t *testing.T) {
	t.Parallel()
	productType := map[string]any{"report_after": "0s", "confirm_after": "0s", "product_type": "BICYCLE"}
	ghost := channels.Item{ChannelSKU: "GHOST", Quantity: 1}
	for name, test := range map[string]struct {
		options amazontest.Options
		items   []channels.Item
		want    []channels.Verdict
	}{
		"PRODUCT is taken, by itself":     {amazontest.Options{}, []channels.Item{bike}, []channels.Verdict{channels.Applied}},
		"PRODUCT is taken, in a feed":     {amazontest.Options{}, []channels.Item{bike, bell}, []channels.Verdict{channels.Applied, channels.Applied}},
		"PRODUCT is not taken, by itself": {amazontest.Options{StrictProductType: true}, []channels.Item{bike}, []channels.Verdict{channels.Rejected}},
		"PRODUCT is not taken, in a feed": {
			amazontest.Options{StrictProductType: true},
			[]channels.Item{bike, bell},
			[]channels.Verdict{channels.Rejected, channels.Rejected},
		},
		"another type is taken": {
			amazontest.Options{StrictProductType: true, Settings: productType},
			[]channels.Item{bike, bell},
			[]channels.Verdict{channels.Applied, channels.Applied},
		},
		"an unknown SKU is refused, by itself":  {amazontest.Options{}, []channels.Item{ghost}, []channels.Verdict{channels.Rejected}},
		"an unknown SKU is refused, in a feed":  {amazontest.Options{}, []channels.Item{bike, ghost}, []channels.Verdict{channels.Applied, channels.Rejected}},
		"an unknown SKU is accepted, by itself": {amazontest.Options{UnknownAccepted: true}, []channels.Item{ghost}, []channels.Verdict{channels.Rejected}},
		// the report cannot tell
		"an unknown SKU is a success, in a feed": {
			amazontest.Options{UnknownAccepted: true},
			[]channels.Item{bike, ghost},
			[]channels.Verdict{channels.Applied, channels.Applied},
		},
		"a poison in a feed, with a gzip report": {
			amazontest.Options{Compressed: true, Poisons: []string{"BELL"}},
			[]channels.Item{bike, bell},
			[]channels.Verdict{channels.Applied, channels.Rejected},
		},
		"a poison that is found later, by itself": {
			amazontest.Options{LateRefusal: true, Poisons: []string{"BELL"}},
			[]channels.Item{bell},
			[]channels.Verdict{channels.Rejected},
		},
		"what is fulfilled by Amazon, by itself": {amazontest.Options{}, []channels.Item{{ChannelSKU: "FBA", Quantity: 1}}, []channels.Verdict{channels.Rejected}},
		"what is fulfilled by Amazon, in the feed": {
			amazontest.Options{},
			[]channels.Item{{ChannelSKU: "FBA", Quantity: 1}, bike},
			[]channels.Verdict{channels.Rejected, channels.Applied},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store, channel := start(t, test.options)
			store.SetFulfilledByAmazon("FBA")
			reply, err := through(t, channel, test.items...)
			require.NoError(t, err)
			for i, want := range test.want {
				require.Equal(t, want, reply.Items[i].Verdict, reply.Items[i].Reason)
				if want == channels.Applied && test.items[i].ChannelSKU != "GHOST" {
					require.Equal(t, test.items[i].Quantity, store.Shown(t)[channeltest.Place{SKU: test.items[i].ChannelSKU}])
				}
			}
		})
	}
	for _, end := range []string{"FATAL", "CANCELLED"} {
		store, channel := start(t, amazontest.Options{End: end})
		_, err := through(t, channel, bike, bell)
		channeltest.RequireError(t, err, channels.Anew, "the items are sent again")
		require.Equal(t, 1, store.Feeds())
	}
}

func TestAThrottleInAmazonsForm(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	store, channel := start(t, amazontest.Options{Throttle: true, Now: func() time.Time { return now }})
	for range 5 {
		_, err := channeltest.Push(t, channel, bike)
		require.NoError(t, err)
	}
	_, err := channeltest.Push(t, channel, bike)
	require.Zero(t, channeltest.RequireError(t, err, channels.Wait, "throttles").Until, "Amazon does not say until when")
	for range 5 {
		_, err = channeltest.Push(t, channel, bike, bell)
		require.NoError(t, err)
	}
	_, err = channeltest.Push(t, channel, bike, bell)
	channeltest.RequireError(t, err, channels.Wait, "throttles")
	require.Equal(t, 2, store.Throttled())
	require.Equal(t, 2, store.Overruns())
}

// TestThePaceOfACatalogue pushes 10,100 figures as the push loop does, on a clock that does not wait: no call may be over a published
// rate.
func TestThePaceOfACatalogue(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	store := amazontest.Start(t, amazontest.Options{
		Throttle: true, Now: func() time.Time { return now }, Processing: 7 * time.Minute,
		Propagation: 90 * time.Second,
	})
	items := make([]channels.Item, 10_100)
	for i := range items {
		items[i].ChannelSKU = fmt.Sprintf("SKU-%05d", i)
	}
	store.Set(t, items...)
	for i := range items {
		items[i].Quantity = int64(i % 1000)
	}
	channel := channels.Guarded(store.Open(t))
	paced := channeltest.NewPaced(t, channel, channels.PaceBudget{Share: 1}, &now, 0)
	const windowed = 5000 // the true one needs no more calls, but longer
	for window := range slices.Chunk(items, windowed) {
		for _, part := range channeltest.Composed(t, channel, window...) {
			for _, item := range paced.PushThrough(part...).Items {
				require.Equal(t, channels.Applied, item.Verdict, item.Reason)
			}
		}
	}
	require.Zero(t, store.Overruns())
	require.Zero(t, store.Throttled())
	require.Equal(t, 2, store.Feeds())
	shown := store.Shown(t)
	for _, item := range items {
		require.Equal(t, item.Quantity, shown[channeltest.Place{SKU: item.ChannelSKU}])
	}
}

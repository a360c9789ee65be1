package vendure_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/channels/channeltest"
	"github.com/tidemark/tidemark/channels/vendure"
	"github.com/tidemark/tidemark/channels/vendure/venduretest"
	"github.com/tidemark/tidemark/settings"
)

// answering opens a channel, with an API key, to a server that answers everything the same.
func answering(t *testing.T, status int, header http.Header, body string) channels.Channel {
	t.Helper()
	server := channeltest.Answering(t, status, header, body)
	channel, err := vendure.Driver().Open("shop", settings.Values{"endpoint": server.URL, "api_key": "env:PASSWORD"}, venduretest.Environment())
	require.NoError(t, err)
	return channels.Guarded(channel)
}

// failed is a response with one error and no data.
func failed(code, message string) string {
	return `{"errors":[{"message":` + message + `,"path":["updateProductVariants"],"extensions":{"code":"` + code + `"}}],"data":null}`
}

func TestAnswers(t *testing.T) {
	t.Parallel()
	five, three, four := int64(5), int64(3), int64(4)
	bike := channels.ItemReply{Verdict: channels.Applied, Actual: &five}
	bell := channels.ItemReply{Verdict: channels.Applied, Actual: &three}
	notApplied := channels.ItemReply{Verdict: channels.NotApplied}
	lost := channels.ItemReply{
		Verdict: channels.NotApplied, Lost: true, Code: "ENTITY_NOT_FOUND",
		Reason: "the variant that it was known by is deleted, or not in the store's channel any more",
	}
	refused := func(why string) channels.Reply {
		reply := channels.ItemReply{Verdict: channels.NotApplied, Reason: why}
		return channels.Reply{Refused: true, Reason: why, Items: []channels.ItemReply{reply, reply}}
	}
	replies := func(items ...channels.ItemReply) channels.Reply { return channels.Reply{Items: items} }
	items := []channels.Item{{ChannelSKU: "BIKE", Quantity: 5, Reference: "17"}, {Location: "2", ChannelSKU: "BELL", Quantity: 3, Reference: "9"}}
	const (
		bikes = `{"id":"17","sku":"BIKE","stockLevels":[{"stockLocationId":"1","stockOnHand":5},{"stockLocationId":"2","stockOnHand":99}]}`
		bells = `{"id":"9","sku":"BELL","stockLevels":[{"stockLocationId":"2","stockOnHand":3}]}`
	)
	for name, test := range map[string]struct {
		status int // 0 is 200
		header http.Header
		body   string
		items  []channels.Item // nil is both
		want   channels.Reply
		next   channels.Next // with fault
		fault  string        // empty: no error
	}{
		"applied, in another order": {body: `{"data":{"updateProductVariants":[` + bells + `,` + bikes + `]}}`, want: replies(bike, bell)},
		"one is not mentioned": {
			body: `{"data":{"updateProductVariants":[` + bikes + `]}}`,
			want: replies(bike, channels.ItemReply{Reason: "the store's answer does not mention it"}),
		},
		"one could not be read back": {
			body: `{"errors":[{"message":"oh","path":["updateProductVariants",1,"sku"],"extensions":{"code":"INTERNAL_SERVER_ERROR"}}],` +
				`"data":{"updateProductVariants":[` + bikes + `,null]}}`,
			want: replies(bike, channels.ItemReply{Reason: "the store's answer does not mention it"}),
		},
		"one that nobody asked for": {
			body: `{"data":{"updateProductVariants":[{"id":"1","sku":"X","stockLevels":[]},` + bikes + `,` + bells + `]}}`,
			want: replies(bike, bell),
		},
		"another figure is shown": {
			body: `{"data":{"updateProductVariants":[{"id":"17","sku":"BIKE","stockLevels":[{"stockLocationId":"1","stockOnHand":4}]},` + bells + `]}}`,
			want: replies(channels.ItemReply{Verdict: channels.Applied, Actual: &four, Clamped: &four}, bell),
		},
		"an id that is another SKU's now": {
			body: `{"data":{"updateProductVariants":[{"id":"17","sku":"TANDEM","stockLevels":[{"stockLocationId":"1","stockOnHand":5}]},` + bells + `]}}`,
			want: replies(channels.ItemReply{Verdict: channels.NotApplied, Lost: true, Reason: "the variant that it was known by has another SKU now"}, bell),
		},
		"a location of another channel": {
			body: `{"data":{"updateProductVariants":[` + bikes + `,{"id":"9","sku":"BELL","stockLevels":[]}]}}`,
			want: replies(bike, channels.ItemReply{
				Verdict: channels.Rejected,
				Reason:  `the stock location "2" does not belong to the store's channel; assign it to the channel in Vendure, or correct the location`,
			}),
		},
		"no list":            {body: `{"data":{"updateProductVariants":null}}`, fault: "does not list the variants"},
		"other data":         {body: `{"data":{"updateProductVariants":{"id":"17"}}}`, fault: "does not list the variants"},
		"no data, no errors": {body: `{"data":null}`, fault: "neither data nor errors"},
		"more JSON follows":  {body: `{"data":{"updateProductVariants":[]}}{}`, fault: "something follows"},
		"a page":             {body: `<!DOCTYPE html>`, fault: "not the JSON of a GraphQL response"},

		"a variant that is gone": {body: failed("ENTITY_NOT_FOUND", `"No ProductVariant with the id \"9\" could be found"`), want: replies(notApplied, lost)},
		"a variant that is gone, at two locations": {
			body: failed("ENTITY_NOT_FOUND", `"No ProductVariant with the id \"9\" could be found"`), want: replies(lost, notApplied, lost),
			items: []channels.Item{{Location: "1", ChannelSKU: "BELL", Reference: "9"}, items[0], items[1]},
		},
		"a variant that is gone, by an id of another form": {
			body: failed("ENTITY_NOT_FOUND", `"No ProductVariant with the id \"-1\" could be found"`),
			want: refused(`ENTITY_NOT_FOUND: No ProductVariant with the id "-1" could be found`),
		},
		"a variant that is gone, by an id of another form, alone": {
			body:  failed("ENTITY_NOT_FOUND", `"No ProductVariant with the id \"-1\" could be found"`),
			items: items[:1], want: replies(lost),
		},
		"a number that is too large": {body: `{"errors":[{"message":"Variable \"$input\" got invalid value 3000000000 at ` +
			`\"input[1].stockLevels[0].stockOnHand\"; no Int","extensions":{"code":"BAD_USER_INPUT"}},{"message":"Too many errors",` +
			`"extensions":{"code":"BAD_USER_INPUT"}}]}`, want: replies(notApplied, channels.ItemReply{
			Verdict: channels.Rejected, Code: "BAD_USER_INPUT",
			Reason: `Variable "$input" got invalid value 3000000000 at "input[1].stockLevels[0].stockOnHand"; no Int`,
		})},
		"a number that is too large, nowhere": {body: failed("BAD_USER_INPUT", `"no Int"`), want: refused("BAD_USER_INPUT: no Int")},
		"a number that is too large, of an item that was not there": {
			body:  failed("BAD_USER_INPUT", `"bad at \"input[2].id\""`),
			fault: "names an item that was not in the call",
		},
		"a plugin's refusal": {
			body: failed("USER_INPUT_ERROR", `"not\non Sundays"`),
			want: refused("USER_INPUT_ERROR: not on Sundays"),
		},
		"a location that does not exist": {
			body: `{"errors":[{"message":"insert or update on table \"stock_level\" violates foreign key constraint \"FK_984\"","path":["updateProductVariants"]}],` +
				`"data":null}`,
			want: refused("the store has no such stock location; correct the location"),
		},
		"the database falters": {body: `{"errors":[{"message":"deadlock detected","path":["updateProductVariants"]}],"data":null}`, fault: "server error"},
		"the server falters":   {body: failed("INTERNAL_SERVER_ERROR", `"oh"`), fault: "server error"},
		"no permission":        {body: failed("FORBIDDEN", `"You are not"`), fault: "needs ReadProduct, UpdateProduct", next: channels.AskPerson},
		"a credential that ended": {
			body: failed("FORBIDDEN", `"You are not"`), header: http.Header{"Vendure-Auth-Token": {""}},
			fault: "does not accept the credential", next: channels.AskPerson,
		},
		"a wrong channel token": {body: failed("CHANNEL_NOT_FOUND", `"No Channel"`), fault: "correct the setting channel", next: channels.AskPerson},
		"another schema": {
			status: 400, body: `{"errors":[{"message":"Cannot query field","extensions":{"code":"GRAPHQL_VALIDATION_FAILED"}}]}`,
			fault: "Vendure 2.0 or later", next: channels.AskPerson,
		},
		"another address": {
			status: 404, body: `{"statusCode":404,"message":"Cannot POST /"}`, fault: "no Admin API at this address",
			next: channels.AskPerson,
		},
		"too large a body": {status: 413, body: `{}`, fault: "too large", next: channels.Smaller},
		"a gateway that throttles": {
			status: 429, header: http.Header{"Retry-After": {"3"}}, fault: "it throttles", next: channels.Wait,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			status, requested := test.status, test.items
			if status == 0 {
				status = http.StatusOK
			}
			if requested == nil {
				requested = items
			}
			channel := answering(t, status, test.header, test.body)
			reply, err := channel.Send(t.Context(), call(t, channel, requested...))
			if test.fault != "" {
				channeltest.RequireError(t, err, test.next, test.fault)
				return
			}
			require.NoError(t, err)
			require.Equal(t, test.want, reply)
		})
	}
}

func TestLookUp(t *testing.T) {
	t.Parallel()
	store := venduretest.Start(t, venduretest.Options{Locations: []string{"1", "2"}})
	names := []string{"PLAIN", "TWICE", "UNTRACKED", "DELETED", "BELL", "bell"}
	var items []channels.Item
	for _, name := range names {
		items = append(items, channels.Item{Location: "1", ChannelSKU: name})
	}
	store.Set(t, items...)
	store.Duplicate("TWICE")
	store.Track("UNTRACKED", "FALSE", true)
	store.Delete("DELETED")
	items = append(items, channels.Item{Location: "2", ChannelSKU: "PLAIN"})
	matches := channeltest.Find(t, channels.Guarded(store.Open(t)), items...)
	require.Equal(t, channels.Found{Reference: "1"}, matches[0])
	require.Contains(t, matches[1].Blocked, "2 variants in the store have this SKU")
	require.Contains(t, matches[2].Blocked, "does not track this variant's stock")
	require.Contains(t, matches[3].Missing, "no variant in the store's channel has exactly this SKU")
	require.Equal(t, []channels.Found{{Reference: "5"}, {Reference: "6"}, {Reference: "1"}}, matches[4:],
		"case is kept, and both locations are the same variant's")

	store.Track("PLAIN", "INHERIT", false)
	store.Track("BELL", "TRUE", false)
	matches = channeltest.Find(t, channels.Guarded(store.Open(t)), items...)
	require.Contains(t, matches[0].Blocked, "does not track", "the server's setting is inherited")
	require.Equal(t, channels.Found{Reference: "5"}, matches[4])
}

func TestALookUpThatIsCutShortIsNotTrusted(t *testing.T) {
	t.Parallel()
	store := venduretest.Start(t, venduretest.Options{ListLimit: 3})
	items := []channels.Item{{ChannelSKU: "A"}, {ChannelSKU: "B"}, {ChannelSKU: "C"}, {ChannelSKU: "NONE"}}
	store.Set(t, items[:3]...)
	store.Duplicate("B")
	store.Duplicate("A")
	finder, ok := channels.AsFinder(channels.Guarded(store.Open(t)))
	require.True(t, ok)
	_, _, err := finder.Find(t.Context(), items)
	var failure *channels.Error
	require.ErrorAs(t, err, &failure)
	require.Equal(t, channels.Smaller, failure.Next, "of five variants three are listed, so there may be more with any SKU")
	require.Contains(t, channeltest.Find(t, channels.Guarded(store.Open(t)), items[0])[0].Blocked, "2 variants")
	require.Equal(t, channels.Found{Reference: "3"}, channeltest.Find(t, channels.Guarded(store.Open(t)), items[2])[0])
}

func TestALookUpThatTheServerWouldNotReadIsNotSent(t *testing.T) {
	t.Parallel()
	store := venduretest.Start(t, venduretest.Options{})
	finder, ok := channels.AsFinder(channels.Guarded(store.Open(t)))
	require.True(t, ok)
	long := strings.Repeat("漢", 20_000)
	_, _, err := finder.Find(t.Context(), []channels.Item{{ChannelSKU: long + "1"}, {ChannelSKU: long + "2"}})
	channeltest.RequireError(t, err, channels.Smaller)
	require.Empty(t, store.Body("TidemarkFindVariants"))
}

func TestAnotherAnswerToALookUp(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		body  string
		fault string
		next  channels.Next
	}{
		"no count":   {`{"data":{"globalSettings":{"trackInventory":true},"productVariants":{"items":[]}}}`, "does not say how many", channels.Resend},
		"other data": {`{"data":[]}`, "has another form", channels.Resend},
		"a refusal": {
			`{"errors":[{"message":"no","path":["productVariants"],"extensions":{"code":"USER_INPUT_ERROR"}}],"data":null}`,
			`refuses to be read at "productVariants" ("USER_INPUT_ERROR")`, channels.AskPerson,
		},
		"no permission": {
			`{"errors":[{"message":"no","path":["productVariants"],"extensions":{"code":"FORBIDDEN"}}],"data":null}`, "needs ReadProduct",
			channels.AskPerson,
		},
		"a server fault": {`{"errors":[{"message":"Connection terminated","path":["productVariants"]}],"data":null}`, "server error", channels.Resend},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			finder, ok := channels.AsFinder(answering(t, http.StatusOK, nil, test.body))
			require.True(t, ok)
			_, _, err := finder.Find(t.Context(), []channels.Item{{ChannelSKU: "BIKE"}})
			channeltest.RequireError(t, err, test.next, test.fault)
		})
	}
}

func TestASessionThatEndedIsRenewedInTheSameCall(t *testing.T) {
	t.Parallel()
	store := venduretest.Start(t, venduretest.Options{})
	channel := channels.Guarded(store.Open(t))
	item := channels.Item{ChannelSKU: "BIKE", Quantity: 5}
	store.Set(t, item)
	once := call(t, channel, channeltest.LookUp(t, channel, item)...)
	require.Equal(t, 1, store.Tokens())
	store.Revoke()
	reply, err := channel.Send(t.Context(), once)
	require.NoError(t, err)
	require.Equal(t, channels.Applied, reply.Items[0].Verdict)
	require.Equal(t, 2, store.Tokens())
	require.Equal(t, int64(5), store.Shown(t)[channeltest.Place{SKU: "BIKE"}])
}

// loggingIn opens a channel to a server that answers a login with a body and, where it is not empty, a token, and every other call
// as if it did not know the session.
func loggingIn(t *testing.T, body, token string) (channels.Channel, func() int) {
	t.Helper()
	calls := 0 // one after another
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		calls++
		if r.Header.Get("Authorization") != "" {
			w.Header()["Vendure-Auth-Token"] = []string{""}
			_, _ = w.Write([]byte(failed("FORBIDDEN", `"You are not"`)))
			return
		}
		if token != "" {
			w.Header().Set("Vendure-Auth-Token", token)
		}
		_, _ = w.Write([]byte(body))
	}))
	t.Cleanup(server.Close)
	channel, err := vendure.Driver().Open("shop", settings.Values{"endpoint": server.URL, "username": "me", "password": "env:PASSWORD"}, venduretest.Environment())
	require.NoError(t, err)
	return channels.Guarded(channel), func() int { return calls }
}

func TestLoginsThatFail(t *testing.T) {
	t.Parallel()
	const success = `{"data":{"login":{"__typename":"CurrentUser"}}}`
	for name, test := range map[string]struct {
		body, token, fault string
		next               channels.Next
		calls              int
	}{
		"a wrong password": {
			`{"data":{"login":{"__typename":"InvalidCredentialsError","errorCode":"INVALID_CREDENTIALS_ERROR"}}}`, "",
			"does not let me log in (INVALID_CREDENTIALS_ERROR)", channels.AskPerson, 1,
		},
		"only cookies":           {success, "", "add bearer to authOptions.tokenMethod", channels.AskPerson, 1},
		"no verdict":             {`{"data":{"login":{}}}`, "t", "does not say whether the login succeeded", channels.Resend, 1},
		"not JSON":               {`{`, "t", "not the JSON", channels.Resend, 1},
		"a token without effect": {success, "t", "does not accept the credential", channels.AskPerson, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			channel, calls := loggingIn(t, test.body, test.token)
			_, err := channel.Check(t.Context())
			channeltest.RequireError(t, err, test.next, test.fault)
			require.Equal(t, test.calls, calls())
		})
	}
}

func TestCheckFindsWhatDoesNotFit(t *testing.T) {
	t.Parallel()
	const (
		channel   = `"activeChannel":{"code":"main","token":"main-token"}`
		locations = `"stockLocations":{"items":[{"id":"1","name":"Hall"},{"id":"7","name":"Outlet"}]}`
		rest      = `"globalSettings":{"outOfStockThreshold":3},"productVariants":{"totalItems":2,"items":[{"sku":"BIKE"}]}`
	)
	me := func(code, permission string) string {
		return `"me":{"identifier":"tidemark","channels":[{"code":"` + code + `","permissions":["Authenticated","` + permission + `"]}]}`
	}
	for name, test := range map[string]struct {
		data   string
		values settings.Values
		fault  string
	}{
		"all fits": {data: channel + "," + me("main", "UpdateCatalog") + "," + locations + "," + rest},
		"another channel": {
			data: channel + "," + locations + "," + rest, values: settings.Values{"channel": "other-token"},
			fault: `takes the call for its only one, "main"`,
		},
		"may only read": {
			data:  channel + "," + me("main", "ReadProduct") + "," + locations + "," + rest,
			fault: "give the role the permission UpdateProduct",
		},
		"may set elsewhere": {
			data:  channel + "," + me("other", "UpdateProduct") + "," + locations + "," + rest,
			fault: "give the role the permission UpdateProduct",
		},
		"no such location": {
			data: channel + "," + locations + "," + rest, values: settings.Values{"location": "2"},
			fault: `has no stock location 2; set location to one of 1 (Hall), 7 (Outlet)`,
		},
		"no location at all":    {data: channel + `,"stockLocations":{"items":[]},` + rest, fault: "has no stock location; assign one"},
		"the channel is unsaid": {data: locations + "," + rest, fault: "does not name the channel"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				_, _ = w.Write([]byte(`{"data":{` + test.data + `}}`))
			}))
			t.Cleanup(server.Close)
			values := settings.Values{"endpoint": server.URL, "api_key": "env:PASSWORD"}
			for name, value := range test.values {
				values[name] = value
			}
			opened, err := vendure.Driver().Open("shop", values, venduretest.Environment())
			require.NoError(t, err)
			finding, err := opened.Check(t.Context())
			if test.fault != "" {
				require.ErrorContains(t, err, test.fault)
				return
			}
			require.NoError(t, err)
			require.Equal(t, channels.Finding{
				Account: "tidemark in the channel main", Locations: []string{"1", "7"},
				Notes: []string{
					"without locations, figures go to stock location 1 (Hall)",
					`the channel has 2 variants; the first is "BIKE"`,
					"figures become stockOnHand; Vendure sells that less the units of orders that are not fulfilled",
					"the server's out-of-stock threshold is 3: it sells so many less, or more when it is below zero",
					"whether the API key may set stock shows with the first call; its role needs UpdateProduct",
				},
			}, finding)
		})
	}
}

func TestADeletedVariantIsLostAndThenMissing(t *testing.T) {
	t.Parallel()
	store := venduretest.Start(t, venduretest.Options{})
	channel := channels.Guarded(store.Open(t))
	items := []channels.Item{{ChannelSKU: "A", Quantity: 1}, {ChannelSKU: "B", Quantity: 2}, {ChannelSKU: "C", Quantity: 3}}
	store.Set(t, items...)
	once := call(t, channel, channeltest.LookUp(t, channel, items...)...)
	store.Delete("B")
	reply, err := channel.Send(t.Context(), once)
	require.NoError(t, err)
	require.True(t, reply.Items[1].Lost)
	require.False(t, reply.Items[0].Lost || reply.Items[2].Lost)
	require.NotEmpty(t, channeltest.Find(t, channel, items[1])[0].Missing)
}

func TestAPluginsRefusalIsBisected(t *testing.T) {
	t.Parallel()
	store := venduretest.Start(t, venduretest.Options{})
	channel := channels.Guarded(store.Open(t))
	items := []channels.Item{{ChannelSKU: "A", Quantity: 1}, {ChannelSKU: "B", Quantity: 2}}
	store.Set(t, items...)
	store.Poison("B")
	reply := sent(t, channel, items...)
	require.True(t, reply.Refused)
	require.Equal(t, channels.Applied, sent(t, channel, items[0]).Items[0].Verdict)
}

func TestARenamedVariantIsLost(t *testing.T) {
	t.Parallel()
	store := venduretest.Start(t, venduretest.Options{})
	channel := channels.Guarded(store.Open(t))
	store.Set(t, channels.Item{ChannelSKU: "OLD"})
	once := call(t, channel, channeltest.LookUp(t, channel, channels.Item{ChannelSKU: "OLD", Quantity: 4})...)
	store.Rename("OLD", "NEW")
	reply, err := channel.Send(t.Context(), once)
	require.NoError(t, err)
	require.True(t, reply.Items[0].Lost)
}

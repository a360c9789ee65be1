package ebay_test

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/channels/channeltest"
	"github.com/tidemark/tidemark/channels/ebay"
	"github.com/tidemark/tidemark/channels/ebay/ebaytest"
	"github.com/tidemark/tidemark/settings"
)

// canned is a canned response.
type canned struct {
	status int // 0 is 200
	body   string
	header http.Header
}

func (s canned) write(w http.ResponseWriter) {
	for name, values := range s.header {
		w.Header()[name] = values
	}
	if s.status != 0 {
		w.WriteHeader(s.status)
	}
	_, _ = w.Write([]byte(s.body))
}

var token = canned{body: `{"access_token":"v^1.1","expires_in":7200,"token_type":"User Access Token"}`}

// values are the settings that every store needs, and more.
func values(more settings.Values) settings.Values {
	values := settings.Values{"client_id": ebaytest.Client, "client_secret": "env:SECRET", "refresh_token": "env:TOKEN"}
	maps.Copy(values, more)
	return values
}

// answering opens a channel to an eBay that answers every call the same, and with a token.
func answering(t *testing.T, token, given canned) channels.Channel {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/identity/v1/oauth2/token" {
			token.write(w)
			return
		}
		given.write(w)
	}))
	t.Cleanup(server.Close)
	channel, err := ebay.Driver().Open("shop", values(settings.Values{"endpoint": server.URL}), ebaytest.Environment())
	require.NoError(t, err)
	return channels.Guarded(channel)
}

// two are items as they are sent; the second has two offers.
var two = []channels.Item{
	{ChannelSKU: "BIKE", Quantity: 5, Reference: `["101"]`},
	{ChannelSKU: "BELL", Quantity: 0, Reference: `["201","202"]`},
}

// rows is a response with results: bell is what stands for the offers of the second item, for the first all is well.
func rows(bell string) string {
	return `{"responses":[{"sku":"BIKE","offerId":"101","statusCode":200},` + bell + `]}`
}

// failing is a result of the second item's first offer; the other offer is fine.
func failing(status, faults string) string {
	return rows(`{"sku":"BELL","offerId":"201","statusCode":` + status + `,"errors":[` + faults + `]},{"sku":"BELL","offerId":"202","statusCode":200}`)
}

func inventory(id, message string) string {
	return `{"errorId":` + id + `,"domain":"API_INVENTORY","category":"REQUEST","message":"` + message + `"}`
}

const system = `{"errorId":25001,"domain":"API_INVENTORY","category":"APPLICATION","message":"A system error has occurred."}`

func TestResults(t *testing.T) {
	t.Parallel()
	applied := channels.ItemReply{Verdict: channels.Applied}
	rejected := func(code, reason string) channels.ItemReply {
		return channels.ItemReply{Verdict: channels.Rejected, Code: code, Reason: reason}
	}
	lost := func(code, reason string) channels.ItemReply {
		return channels.ItemReply{Verdict: channels.NotApplied, Lost: true, Code: code, Reason: reason}
	}
	unknown := func(code, reason string) channels.ItemReply {
		return channels.ItemReply{Code: code, Reason: reason}
	}
	partly := unknown("", "eBay's answer does not mention all its offers")
	fine := `{"sku":"BELL","offerId":"201","statusCode":200},{"sku":"BELL","offerId":"202","statusCode":200}`
	for name, test := range map[string]struct {
		status int // 0 is 207
		body   string
		bike   *channels.ItemReply // nil: applied
		bell   channels.ItemReply
	}{
		"applied":                      {status: 200, body: rows(fine), bell: applied},
		"applied, as a mixed answer":   {body: rows(fine), bell: applied},
		"applied, with the SKU itself": {body: rows(`{"sku":"BELL","statusCode":200},` + fine), bell: applied},
		"applied, with a warning": {body: rows(`{"sku":"BELL","offerId":"201","statusCode":200,"warnings":[` + inventory("25028", "dropped") +
			`]},{"sku":"BELL","offerId":"202","statusCode":204}`), bell: applied},
		"applied, the SKU not named": {body: rows(`{"offerId":"202","statusCode":200},{"offerId":"201","statusCode":200}`), bell: applied},
		"in another order":           {body: `{"responses":[` + fine + `,{"sku":"BIKE","offerId":"101","statusCode":200}]}`, bell: applied},
		"a result nobody asked for": {
			body: rows(`{"sku":"LAMP","offerId":"301","statusCode":400,"errors":[` + inventory("25002", "no") + `]},` + fine),
			bell: applied,
		},
		"any user error": {body: failing("400", inventory("25002", "Any User error.")), bell: rejected("25002", "Any User error.")},
		"a longer message": {body: failing("400",
			`{"errorId":25002,"domain":"API_INVENTORY","category":"REQUEST","message":"short","longMessage":"long"}`), bell: rejected("25002", "long")},
		"an invalid field": {
			body: failing("400", inventory("25709", "Invalid value for availableQuantity.")),
			bell: rejected("25709", "Invalid value for availableQuantity."),
		},
		"below what auctions hold": {
			body: failing("400", inventory("25759", "auction")),
			bell: rejected("25759", "eBay does not take less than the auctions of this SKU hold; end them, or push at least as many"),
		},
		"zero is not taken": {
			body: failing("400", inventory("25004", "Invalid quantity.")),
			bell: rejected("25004",
				"eBay does not take 0 for this listing, so it goes on selling; switch the out-of-stock option on in the seller account, or end the listing"),
		},
		"the selling limit":        {body: failing("400", inventory("25026", "Selling limits exceeded.")), bell: rejected("25026", "Selling limits exceeded.")},
		"a new error":              {body: failing("400", inventory("25999", `not\ntoday`)), bell: rejected("25999", "not today")},
		"refused without an error": {body: failing("400", ""), bell: rejected("400", "eBay does not take the figure and says no more")},
		"an offer that is gone": {
			body: failing("400", inventory("25713", "This Offer is not available.")),
			bell: lost("25713", "This Offer is not available."),
		},
		"a SKU that is gone":          {body: failing("404", inventory("25702", "not available in the system")), bell: lost("25702", "not available in the system")},
		"a SKU that is not there":     {body: failing("400", inventory("25701", "not in the system")), bell: lost("25701", "not in the system")},
		"an entity that is gone":      {body: failing("400", inventory("25710", "not found")), bell: lost("25710", "not found")},
		"not found, without an error": {body: failing("404", ""), bell: lost("404", "eBay does not find it")},
		"a system error":              {body: failing("500", system), bell: unknown("25001", "A system error has occurred.")},
		"a system error with a 400":   {body: failing("400", system), bell: unknown("25001", "A system error has occurred.")},
		"concurrent access":           {body: failing("500", inventory("25025", "Concurrent access.")), bell: unknown("25025", "Concurrent access.")},
		"a 503 without an error":      {body: failing("503", ""), bell: unknown("503", "eBay does not say whether the figure was taken")},
		"no status": {
			body: rows(`{"sku":"BELL","offerId":"201"},{"sku":"BELL","offerId":"202","statusCode":200}`),
			bell: unknown("0", "eBay does not say whether the figure was taken"),
		},
		"throttled": {
			body: failing("429", inventory("25002", "no")),
			bell: channels.ItemReply{Verdict: channels.NotApplied, Code: "25002", Reason: "eBay throttles"},
		},
		"over the limit": {
			body: failing("400", `{"errorId":2001,"domain":"ACCESS","category":"REQUEST","message":"limit"}`),
			bell: channels.ItemReply{Verdict: channels.NotApplied, Code: "2001", Reason: "limit"},
		},
		"the SKU itself is refused": {
			body: rows(`{"sku":"BELL","statusCode":400,"errors":[` + inventory("25002", "no") + `]},` + fine),
			bell: rejected("25002", "no"),
		},
		"one is gone, one refused": {body: rows(`{"sku":"BELL","offerId":"201","statusCode":400,"errors":[` + inventory("25713", "gone") +
			`]},{"sku":"BELL","offerId":"202","statusCode":400,"errors":[` + inventory("25002", "no") + `]}`), bell: rejected("25002", "no")},
		"fine and then refused": {
			body: rows(fine + `,{"sku":"BELL","offerId":"202","statusCode":400,"errors":[` + inventory("25002", "no") + `]}`),
			bell: rejected("25002", "no"),
		},
		"an error in spite of a 200": {body: failing("200", inventory("25002", "no")), bell: rejected("25002", "no")},
		"an offer is not mentioned":  {body: rows(`{"sku":"BELL","offerId":"202","statusCode":200}`), bell: partly},
		"only the SKU is mentioned":  {body: rows(`{"sku":"BELL","statusCode":200}`), bell: partly},
		"one offer twice":            {body: rows(`{"sku":"BELL","offerId":"202","statusCode":200},{"sku":"BELL","offerId":"202","statusCode":200}`), bell: partly},
		"not mentioned at all": {
			body: `{"responses":[{"sku":"BIKE","offerId":"101","statusCode":200}]}`,
			bell: unknown("", "eBay's answer does not mention it"),
		},
		"the offer of another SKU": {
			body: `{"responses":[{"sku":"BELL","offerId":"101","statusCode":200},` + fine + `]}`,
			bike: &channels.ItemReply{Reason: "eBay's answer does not mention it"}, bell: applied,
		},
		"results in spite of a 400": {status: 400, body: failing("400", inventory("25002", "no")), bell: rejected("25002", "no")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			status, bike := test.status, applied
			if status == 0 {
				status = http.StatusMultiStatus
			}
			if test.bike != nil {
				bike = *test.bike
			}
			reply, err := channeltest.Push(t, answering(t, token, canned{status: status, body: test.body}), two...)
			require.NoError(t, err)
			require.Equal(t, channels.Reply{Items: []channels.ItemReply{bike, test.bell}}, reply)
		})
	}
}

func TestAnswersToAWholeCall(t *testing.T) {
	t.Parallel()
	errs := func(faults string) string { return `{"errors":[` + faults + `]}` }
	for name, test := range map[string]struct {
		response canned
		next     channels.Next // with fault
		fault    string        // empty: no error
		refused  string        // with two items
		single   channels.ItemReply
	}{
		"a bad request": {
			response: canned{status: 400, body: errs(inventory("25002", "no"))}, refused: "25002: no",
			single: channels.ItemReply{Verdict: channels.Rejected, Code: "25002", Reason: "no"},
		},
		"a bad field": {
			response: canned{status: 400, body: errs(inventory("25709", "Invalid value for sku."))}, refused: "25709: Invalid value for sku.",
			single: channels.ItemReply{Verdict: channels.Rejected, Code: "25709", Reason: "Invalid value for sku."},
		},
		"an unknown offer": {
			response: canned{status: 404, body: errs(inventory("25713", "gone"))}, refused: "25713: gone",
			single: channels.ItemReply{Verdict: channels.NotApplied, Lost: true, Code: "25713", Reason: "gone"},
		},
		"a bad header": {
			response: canned{status: 400, body: errs(inventory("25709", "Invalid value for header Content-Language."))},
			fault:    "check the setting language", next: channels.AskPerson,
		},
		"a bad call": {
			response: canned{status: 400, body: errs(`{"errorId":2004,"domain":"ACCESS","category":"REQUEST","message":"canary-0123456789"}`)},
			fault:    "check the setting endpoint", next: channels.AskPerson,
		},
		"another address":  {response: canned{status: 404, body: "canary-0123456789"}, fault: "check the setting endpoint", next: channels.AskPerson},
		"a fault of eBay":  {response: canned{status: 400, body: errs(system)}, fault: "server error", next: channels.Resend},
		"the server fails": {response: canned{status: 500, body: errs(system)}, fault: "server error", next: channels.Resend},
		"a gateway":        {response: canned{status: 504, body: "<html>canary-0123456789"}, fault: "server error", next: channels.Resend},
		"throttled": {
			response: canned{status: 429, body: errs(`{"errorId":2001,"domain":"ACCESS","category":"REQUEST","message":"canary-0123456789"}`)},
			fault:    "throttles", next: channels.Wait,
		},
		"throttled with a 400": {
			response: canned{status: 400, body: errs(`{"errorId":2001,"domain":"ACCESS","category":"REQUEST","message":"canary-0123456789"}`)},
			fault:    "throttles", next: channels.Wait,
		},
		"no permission": {
			response: canned{status: 403, body: errs(`{"errorId":1100,"domain":"ACCESS","category":"REQUEST","message":"canary-0123456789"}`)},
			fault:    "does not permit", next: channels.AskPerson,
		},
		"too large":         {response: canned{status: 413}, fault: "too large", next: channels.Smaller},
		"a redirect":        {response: canned{status: 302, header: http.Header{"Location": {"https://example.com/"}}}, fault: "redirect", next: channels.AskPerson},
		"nothing":           {response: canned{}, fault: "not the JSON"},
		"no content":        {response: canned{status: 204}, fault: "not one that eBay's API promises"},
		"created":           {response: canned{status: 201, body: rows(`{}`)}, fault: "not one that eBay's API promises"},
		"a page":            {response: canned{body: `<!DOCTYPE html>canary-0123456789`}, fault: "not the JSON"},
		"cut":               {response: canned{body: `{"responses":[{"sku":"canary-0123456789"`}, fault: "not the JSON"},
		"other JSON":        {response: canned{body: `{"canary-0123456789":1}`}, fault: "holds no results"},
		"a list":            {response: canned{body: `[]`}, fault: "not the JSON"},
		"no results":        {response: canned{body: `{"responses":[]}`}, fault: "holds no results"},
		"results of text":   {response: canned{body: `{"responses":"canary-0123456789"}`}, fault: "not the JSON"},
		"more JSON follows": {response: canned{body: rows(`{}`) + `{}`}, fault: "not the JSON"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			channel := answering(t, token, test.response)
			many, err := channeltest.Push(t, channel, two...)
			if test.fault != "" {
				channeltest.RequireError(t, err, test.next, test.fault)
				_, err = channeltest.Push(t, channel, two[0])
				channeltest.RequireError(t, err, test.next, test.fault)
				return
			}
			require.NoError(t, err)
			require.True(t, many.Refused)
			require.Equal(t, test.refused, many.Reason)
			alone, err := channeltest.Push(t, channel, two[0])
			require.NoError(t, err)
			require.Equal(t, []channels.ItemReply{test.single}, alone.Items)
		})
	}
}

func TestACallOfTooManyIsMadeSmaller(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"25727", "25730"} {
		channel := answering(t, token, canned{status: 400, body: `{"errors":[` + inventory(id, "cannot exceed 1") + `]}`})
		_, err := channeltest.Push(t, channel, two...)
		channeltest.RequireError(t, err, channels.Smaller, "lower the setting batch_limit")
		reply, err := channeltest.Push(t, channel, two[0])
		require.NoError(t, err)
		require.Equal(t, channels.Rejected, reply.Items[0].Verdict)
	}
}

func TestAThrottleSaysUntilWhen(t *testing.T) {
	t.Parallel()
	body := `{"errors":[{"errorId":2001,"domain":"ACCESS","category":"REQUEST","message":"Too many requests."}]}`
	channel := answering(t, token, canned{status: 429, body: body, header: http.Header{"Retry-After": {"30"}}})
	began := time.Now()
	_, err := channeltest.Push(t, channel, two...)
	failure := channeltest.RequireError(t, err, channels.Wait, "throttles")
	require.Equal(t, "2001", failure.Code)
	require.False(t, failure.Until.Before(began.Add(30*time.Second)))
	require.False(t, failure.Until.After(time.Now().Add(30*time.Second)))
}

// What was applied and not answered is sent again as it was: the figures are absolute.
func TestALostAnswerIsHarmless(t *testing.T) {
	t.Parallel()
	store := ebaytest.Start(t, ebaytest.Options{})
	store.Set(t, channels.Item{ChannelSKU: "BIKE"})
	channel := channels.Guarded(store.Open(t))
	items := channeltest.LookUp(t, channel, channels.Item{ChannelSKU: "BIKE", Quantity: 5})
	store.Provoke(t, channeltest.LostAnswer)
	_, err := channeltest.Push(t, channel, items...)
	channeltest.RequireError(t, err, channels.Resend, "broke")
	require.Equal(t, int64(5), store.Shown(t)[channeltest.Place{SKU: "BIKE"}])
	store.Provoke(t, channeltest.None)
	reply, err := channeltest.Push(t, channel, items...)
	require.NoError(t, err)
	require.Equal(t, channels.Applied, reply.Items[0].Verdict)
}

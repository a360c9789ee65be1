package adobecommerce_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/channels/adobecommerce"
	"github.com/tidemark/tidemark/channels/adobecommerce/adobecommercetest"
	"github.com/tidemark/tidemark/channels/channeltest"
	"github.com/tidemark/tidemark/settings"
)

// canned is a canned response.
type canned struct {
	status int
	body   string
	header http.Header
}

var now = time.Date(2026, 11, 25, 8, 0, 0, 0, time.UTC)

// answering opens a channel to a store that answers everything the same, at 8 o'clock.
func answering(t *testing.T, given canned) channels.Channel {
	t.Helper()
	server := channeltest.Answering(t, given.status, given.header, given.body)
	environment := adobecommercetest.Environment()
	environment.Now = func() time.Time { return now }
	channel, err := adobecommerce.Driver().Open("shop", with(settings.Values{"endpoint": server.URL}), environment)
	require.NoError(t, err)
	return channels.Guarded(channel)
}

var (
	bike = channels.Item{ChannelSKU: "BIKE", Reference: "BIKE", Quantity: 5}
	bell = channels.Item{ChannelSKU: "bell", Reference: "Bell", Location: "east", Quantity: 3}
)

func is(verdict channels.Verdict, code, reason string) channels.ItemReply {
	return channels.ItemReply{Verdict: verdict, Code: code, Reason: reason}
}

var (
	accepted = is(channels.Accepted, "", "")
	applied  = is(channels.Applied, "", "")
)

func TestReceipts(t *testing.T) {
	t.Parallel()
	receipt := func(items string) string { return `{"bulk_uuid":"b1","request_items":[` + items + `],"errors":false}` }
	waiting := func(items ...channels.ItemReply) channels.Reply {
		return channels.Reply{Ticket: "0:b1", PollAfter: 10 * time.Second, Items: items}
	}
	const first, refused = `{"id":0,"data_hash":"6b86","status":"accepted"}`, `{"id":1,"status":"rejected","error_message":"no\nway","error_code":0}`
	for name, test := range map[string]struct {
		body string
		want channels.Reply
	}{
		"all are queued":    {receipt(first + `,{"id":1,"status":"accepted"}`), waiting(accepted, accepted)},
		"without a list":    {`{"bulk_uuid":"b1"}`, waiting(accepted, accepted)},
		"one is not queued": {receipt(first + `,` + refused), waiting(accepted, is(channels.Rejected, "", "no way"))},
		"in another order":  {receipt(refused + `,` + first), waiting(accepted, is(channels.Rejected, "", "no way"))},
		"told twice":        {receipt(refused + `,` + refused), waiting(accepted, is(channels.Rejected, "", "no way"))},
		"one too many":      {receipt(first + `,{"id":2,"status":"rejected"},{"id":-1,"status":"rejected"}`), waiting(accepted, accepted)},
		"another status":    {receipt(`{"id":0,"status":"pondered"}`), waiting(accepted, accepted)},
		"none is queued": {
			receipt(`{"id":0,"status":"rejected"},` + refused),
			channels.Reply{Items: []channels.ItemReply{is(channels.Rejected, "", "the store names no reason"), is(channels.Rejected, "", "no way")}},
		},
		"without messages": {receipt(`{"id":0,"status":"accepted","error_message":null,"error_code":null}`), waiting(accepted, accepted)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			reply, err := channeltest.Push(t, answering(t, canned{status: 202, body: test.body}), bike, bell)
			require.NoError(t, err)
			require.Equal(t, test.want, reply)
		})
	}
}

// failures are what means the same for every call.
var failures = map[string]struct {
	response canned
	next     channels.Next
	fault    string
}{
	"the token is not taken": {canned{status: 401, body: `{"message":"canary-0123456789"}`}, channels.AskPerson, "standalone Bearer tokens"},
	"a resource is missing": {
		canned{
			status: 401,
			body:   `{"message":"The consumer isn't authorized to access %resources.","parameters":{"resources":"Magento_Catalog::products"}}`,
		},
		channels.AskPerson,
		"no access to the resource Magento_Catalog::products",
	},
	"a resource is told wrong": {
		canned{status: 401, body: `{"message":"x","parameters":{"resources":"canary-0123456789 <b>"}}`},
		channels.AskPerson,
		"does not accept the token",
	},
	"a firewall":            {canned{status: 403, body: page}, channels.AskPerson, "does not permit"},
	"no API at the address": {canned{status: 404, body: page}, channels.AskPerson, "no such API at this address"},
	"no route":              {canned{status: 404, body: `{"message":"Request does not match any route."}`}, channels.AskPerson, "no such API at this address"},
	"a method that is not":  {canned{status: 405, body: `{"message":"canary-0123456789"}`}, channels.AskPerson, "does not take the call"},
	"throttled":             {canned{status: 429, header: http.Header{"Retry-After": {"60"}}}, channels.Wait, "throttles"},
	"a fault of the store": {
		canned{status: 500, body: `{"message":"Internal Error. Details are available in Magento log file. Report ID: canary-0123456789"}`},
		channels.Resend, "server error",
	},
	"under maintenance":         {canned{status: 503, body: page}, channels.Resend, "server error"},
	"a redirect":                {canned{status: 302, header: http.Header{"Location": {"https://example.com/"}}}, channels.AskPerson, "redirect"},
	"a page":                    {canned{status: 200, body: page}, channels.Resend, "not the JSON"},
	"other JSON":                {canned{status: 200, body: `["canary-0123456789"]`}, channels.Resend, "not the JSON"},
	"JSON that says nothing":    {canned{status: 200, body: `{}`}, channels.Resend, "is not believed"},
	"more JSON follows":         {canned{status: 200, body: `{"bulk_uuid":"b1","bulk_id":"b1","total_count":0}{}`}, channels.Resend, "not the JSON"},
	"a status that is not told": {canned{status: 204}, channels.Resend, "status is not one"},
}

const page = "<!DOCTYPE html><title>canary-0123456789</title>"

func TestFailures(t *testing.T) {
	t.Parallel()
	for name, test := range failures {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			channel := answering(t, test.response)
			finder, ok := channels.AsFinder(channel)
			require.True(t, ok)
			_, sent := channeltest.Push(t, channel, bike, bell)
			_, polled := channeltest.Poll(t, channel, "0:b1", bike, bell)
			_, _, looked := finder.Find(t.Context(), []channels.Item{bike})
			_, checked := channel.Check(t.Context())
			for _, err := range []error{sent, polled, looked, checked} {
				failure := channeltest.RequireError(t, err, test.next, test.fault)
				require.Equal(t, test.next == channels.Wait, failure.Until.Equal(now.Add(time.Minute)))
			}
		})
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		response canned
		next     channels.Next
		want     string
		whole    bool // refused, without an error
	}{
		"too many": {canned{
			status: 400,
			body:   `{"message":"Maximum items of type \"%type\" is %max","parameters":{"type":"canary-0123456789","max":20}}`,
		}, channels.Smaller, "fewer figures", false},
		"too many, in other words": {
			canned{status: 400, body: `{"message":"The bulk exceeds the maximum number of entities"}`},
			channels.Smaller, "fewer figures",
			false,
		},
		"too large": {canned{status: 413, body: page}, channels.Smaller, "too large", false},
		"with a list": {
			canned{status: 400, body: `{"message":"Error occurred during \"%1\" processing. %2 (%3)","parameters":["sku",10]}`},
			0,
			`Error occurred during "sku" processing. 10 (%3)`, true,
		},
		"with names": {
			canned{status: 400, body: `{"message":"%fieldName is a required field, %field.","parameters":{"fieldName":"sku","field":"qty"}}`},
			0, "sku is a required field, qty.", true,
		},
		"with nothing":      {canned{status: 422, body: `{"message":"Decoding error.","trace":"canary-0123456789"}`}, 0, "Decoding error.", true},
		"without a message": {canned{status: 400, body: page}, channels.AskPerson, "does not take the call", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			reply, err := channeltest.Push(t, answering(t, test.response), bike, bell)
			if !test.whole {
				channeltest.RequireError(t, err, test.next, test.want)
				return
			}
			require.NoError(t, err)
			require.True(t, reply.Refused)
			require.Equal(t, test.want, reply.Reason)
		})
	}
}

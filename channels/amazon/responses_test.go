package amazon_test

import (
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/channels/amazon"
	"github.com/tidemark/tidemark/channels/amazon/amazontest"
	"github.com/tidemark/tidemark/channels/channeltest"
	"github.com/tidemark/tidemark/settings"
)

// canned is a canned response; URL in a body stands for the server's address.
type canned struct {
	status int
	body   string
	header http.Header
}

// script is the canned responses of the operations, by their names; the ones that make a feed work unless they are set.
type script map[string]canned

var usual = script{
	"token":    {status: 200, body: `{"access_token":"Atza|1","token_type":"bearer","expires_in":3600}`},
	"announce": {status: 201, body: `{"feedDocumentId":"d1","url":"URL/upload/d1?sign=1"}`},
	"upload":   {status: 200},
	"create":   {status: 202, body: `{"feedId":"f1"}`},
	"document": {status: 200, body: `{"feedDocumentId":"r1","url":"URL/download/r1?sign=1"}`},
}

// operation names what a request asks for.
func operation(r *http.Request) string {
	path := r.URL.Path
	switch {
	case path == "/auth/o2/token":
		return "token"
	case path == "/feeds/2021-06-30/documents":
		return "announce"
	case path == "/feeds/2021-06-30/feeds" && r.Method == http.MethodPost:
		return "create"
	case path == "/feeds/2021-06-30/feeds":
		return "feeds"
	case strings.HasPrefix(path, "/feeds/2021-06-30/feeds/"):
		return "progress"
	case strings.HasPrefix(path, "/feeds/2021-06-30/documents/"):
		return "document"
	case r.Method == http.MethodPatch:
		return "patch"
	case strings.HasPrefix(path, "/upload/"):
		return "upload"
	case strings.HasPrefix(path, "/download/"):
		return "download"
	case path == "/listings/2021-08-01/items/"+amazontest.Seller:
		return "search"
	}
	return "listing"
}

// answering opens a channel to an account that answers as told.
func answering(t *testing.T, given script, more settings.Values) channels.Channel {
	t.Helper()
	var server *httptest.Server
	server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		response, ok := given[operation(r)]
		if !ok {
			response = usual[operation(r)]
		}
		for name, values := range response.header {
			w.Header()[name] = values
		}
		w.WriteHeader(response.status)
		_, _ = w.Write([]byte(strings.ReplaceAll(response.body, "URL", server.URL)))
	}))
	t.Cleanup(server.Close)
	values := settings.Values{
		"endpoint": server.URL, "token_endpoint": server.URL + "/auth/o2/token", "seller_id": amazontest.Seller, "marketplace_id": amazontest.Marketplace,
		"client_id": amazontest.Client, "client_secret": "env:SECRET", "refresh_token": "env:TOKEN",
	}
	maps.Copy(values, more)
	channel, err := amazon.Driver().Open("shop", values, amazontest.Environment())
	require.NoError(t, err)
	return channels.Guarded(channel)
}

var (
	bike  = channels.Item{ChannelSKU: "BIKE", Quantity: 5}
	bell  = channels.Item{ChannelSKU: "BELL", Quantity: 3}
	frame = channels.Item{ChannelSKU: "FRAME", Quantity: 0}
)

func single(item channels.ItemReply) channels.Reply {
	return channels.Reply{Items: []channels.ItemReply{item}}
}

var (
	applied  = channels.ItemReply{Verdict: channels.Applied}
	accepted = channels.ItemReply{Verdict: channels.Accepted}
	rejected = channels.ItemReply{Verdict: channels.Rejected, Code: "90220", Reason: "it is required"}
)

const page = `<!DOCTYPE html><title>Sorry</title>`

func TestPatches(t *testing.T) {
	t.Parallel()
	waits := channels.Reply{Items: []channels.ItemReply{accepted}, Ticket: "listing:0:BIKE", PollAfter: time.Minute}
	for name, test := range map[string]struct {
		response canned
		want     channels.Reply
		next     channels.Next // with fault
		fault    string        // empty: no error
	}{
		"accepted": {response: canned{status: 200, body: `{"sku":"BIKE","status":"ACCEPTED","submissionId":"1","issues":[]}`}, want: waits},
		"accepted with a warning": {response: canned{
			status: 200,
			body:   `{"sku":"BIKE","status":"ACCEPTED","submissionId":"1","issues":[{"code":"18027","message":"the image has text","severity":"WARNING"}]}`,
		}, want: waits},
		"invalid": {response: canned{status: 200, body: `{"sku":"BIKE","status":"INVALID","submissionId":"1","issues":[{"code":"1",` +
			`"message":"so so","severity":"WARNING"},{"code":"90220","message":"it is required","severity":"ERROR"}]}`}, want: single(rejected)},
		"invalid without an issue": {
			response: canned{status: 200, body: `{"sku":"BIKE","status":"INVALID","submissionId":"1"}`},
			want:     single(channels.ItemReply{Verdict: channels.Rejected, Code: "INVALID", Reason: "Amazon does not accept the figure and names no error"}),
		},
		"invalid by a fault of Amazon's": {
			response: canned{
				status: 200,
				body:   `{"sku":"BIKE","status":"INVALID","submissionId":"1","issues":[{"code":"InternalFailure","message":"try again","severity":"ERROR"}]}`,
			},
			next: channels.Resend, fault: "by a fault of its own",
		},
		"a preview": {
			response: canned{status: 200, body: `{"sku":"BIKE","status":"VALID","submissionId":"1"}`},
			fault:    "whether the figure is accepted",
		},
		"another SKU": {
			response: canned{status: 200, body: `{"sku":"BELL","status":"ACCEPTED","submissionId":"1"}`},
			fault:    "does not name the SKU",
		},
		"no JSON": {response: canned{status: 200, body: `{"sku":`}, fault: "not the JSON"},
		"a page":  {response: canned{status: 200, body: page}, fault: "not the JSON"},
		"202":     {response: canned{status: 202, body: `{"sku":"BIKE","status":"ACCEPTED"}`}, fault: "status is not one"},
		"a bad request": {
			response: canned{
				status: 400,
				body:   `{"errors":[{"code":"InvalidInput","message":"Invalid input","details":"the SKU is too long"}]}`,
			},
			want: single(channels.ItemReply{Verdict: channels.Rejected, Code: "InvalidInput", Reason: "Invalid input the SKU is too long"}),
		},
		"an unknown SKU": {
			response: canned{status: 404, body: `{"errors":[{"code":"NOT_FOUND","message":"SKU not found"}]}`},
			want:     single(channels.ItemReply{Verdict: channels.Rejected, Code: "NOT_FOUND", Reason: "SKU not found"}),
		},
		"another address": {response: canned{status: 404, body: page}, next: channels.AskPerson, fault: "check the endpoint"},
		"an unsupported type": {
			response: canned{status: 415, body: `{"errors":[{"code":"UnsupportedMediaType","message":"no"}]}`},
			next:     channels.AskPerson, fault: "check the endpoint",
		},
		"throttled": {response: canned{
			status: 429,
			body:   `{"errors":[{"code":"QuotaExceeded","message":"You exceeded your quota for the requested resource."}]}`,
		}, next: channels.Wait, fault: "throttles"},
		"throttled with another status": {response: canned{
			status: 400,
			body:   `{"errors":[{"code":"QuotaExceeded","message":"You exceeded your quota for the requested resource."}]}`,
		}, next: channels.Wait, fault: "throttles"},
		"the permission is missing": {response: canned{
			status: 403,
			body:   `{"errors":[{"code":"Unauthorized","message":"Access to requested resource is denied."}]}`,
		}, next: channels.AskPerson, fault: "does not permit"},
		"the body is too large": {
			response: canned{status: 413, body: `{"errors":[{"code":"RequestTooLarge","message":"no"}]}`}, next: channels.Smaller,
			fault: "too large",
		},
		"a redirect": {
			response: canned{status: 301, header: http.Header{"Location": {"https://example.com/"}}}, next: channels.AskPerson,
			fault: "redirect",
		},
		"Amazon fails": {response: canned{
			status: 500,
			body:   `{"errors":[{"code":"InternalFailure","message":"We encountered an internal error. Please try again."}]}`,
		}, fault: "server error"},
		"Amazon is away": {response: canned{status: 503}, fault: "server error"},
		"the rate that this seller is told": {
			response: canned{
				status: 200, body: `{"sku":"BIKE","status":"ACCEPTED","submissionId":"1"}`,
				header: http.Header{"X-Amzn-Ratelimit-Limit": {"10.0"}},
			},
			want: channels.Reply{Items: waits.Items, Ticket: waits.Ticket, PollAfter: waits.PollAfter, Budget: channels.Budget{Known: true, PerSecond: 10}},
		},
		"a rate that makes no sense": {response: canned{
			status: 200, body: `{"sku":"BIKE","status":"ACCEPTED","submissionId":"1"}`,
			header: http.Header{"X-Amzn-Ratelimit-Limit": {"NaN"}},
		}, want: waits},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			reply, err := channeltest.Push(t, answering(t, script{"patch": test.response}, nil), bike)
			if test.fault != "" {
				channeltest.RequireError(t, err, test.next, test.fault)
				return
			}
			require.NoError(t, err)
			require.Equal(t, test.want, reply)
		})
	}
	t.Run("accepted is the end where that is set", func(t *testing.T) {
		t.Parallel()
		given := script{"patch": {status: 200, body: `{"sku":"BIKE","status":"ACCEPTED","submissionId":"1"}`}}
		reply, err := channeltest.Push(t, answering(t, given, settings.Values{"confirm": "accepted"}), bike)
		require.NoError(t, err)
		require.Equal(t, single(applied), reply)
	})
}

func TestFeedsAreMadeInSteps(t *testing.T) {
	t.Parallel()
	bad := `{"errors":[{"code":"InvalidInput","message":"Invalid request parameters","details":""}]}`
	quota := `{"errors":[{"code":"QuotaExceeded","message":"You exceeded your quota for the requested resource."}]}`
	for name, test := range map[string]struct {
		responses script
		next      channels.Next
		fault     string
	}{
		"announced, throttled":     {responses: script{"announce": {status: 429, body: quota}}, next: channels.Wait, fault: "throttles"},
		"announced, a bad request": {responses: script{"announce": {status: 400, body: bad}}, next: channels.AskPerson, fault: "createFeedDocument is not taken"},
		"announced, no JSON":       {responses: script{"announce": {status: 201, body: page}}, fault: "not the JSON"},
		"announced, no address":    {responses: script{"announce": {status: 201, body: `{"feedDocumentId":"d1"}`}}, fault: "no https address"},
		"announced, a file's address": {
			responses: script{"announce": {status: 201, body: `{"feedDocumentId":"d1","url":"file:///etc/passwd"}`}},
			fault:     "no https address",
		},
		"announced, no document": {responses: script{"announce": {status: 201, body: `{"url":"URL/upload/d1"}`}}, fault: "does not name the document"},
		"the upload's address expired": {
			responses: script{"upload": {status: 403, body: `<Error><Code>AccessDenied</Code></Error>`}},
			fault:     "upload of the feed document is not taken",
		},
		"the upload is redirected": {
			responses: script{"upload": {status: 307, header: http.Header{"Location": {"https://example.com/"}}}},
			fault:     "upload of the feed document is not taken",
		},
		"made, a bad request": {
			responses: script{"create": {status: 400, body: bad}}, next: channels.AskPerson,
			fault: "createFeed is not taken; check seller_id",
		},
		"made, too many":       {responses: script{"create": {status: 429, body: quota}}, next: channels.Wait, fault: "throttles"},
		"made, not named":      {responses: script{"create": {status: 202, body: `{}`}}, fault: "does not name the feed"},
		"made, another status": {responses: script{"create": {status: 200, body: `{"feedId":"f1"}`}}, fault: "status is not one"},
		"made, faltering":      {responses: script{"create": {status: 503}}, fault: "server error"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := channeltest.Push(t, answering(t, test.responses, nil), bike, bell)
			channeltest.RequireError(t, err, test.next, test.fault)
			require.NotContains(t, err.Error(), "sign=")
		})
	}
	reply, err := channeltest.Push(t, answering(t, nil, nil), bike, bell)
	require.NoError(t, err)
	require.Equal(t, channels.Reply{Items: []channels.ItemReply{accepted, accepted}, Ticket: "feed:0:f1", PollAfter: time.Minute}, reply)
}

func TestProgressOfAFeed(t *testing.T) {
	t.Parallel()
	both := []channels.ItemReply{accepted, accepted}
	for name, test := range map[string]struct {
		ticket   string
		response canned
		want     channels.Reply
		next     channels.Next
		fault    string
	}{
		"in the queue": {
			ticket: "feed:0:f1", response: canned{status: 200, body: `{"feedId":"f1","processingStatus":"IN_QUEUE"}`},
			want: channels.Reply{Ticket: "feed:1:f1", PollAfter: 2 * time.Minute, Items: both},
		},
		"in progress for long": {
			ticket: "feed:70:f1", response: canned{status: 200, body: `{"feedId":"f1","processingStatus":"IN_PROGRESS"}`},
			want: channels.Reply{Ticket: "feed:71:f1", PollAfter: 15 * time.Minute, Items: both},
		},
		"done": {
			ticket: "feed:3:f1", response: canned{
				status: 200,
				body:   `{"feedId":"f1","processingStatus":"DONE","resultFeedDocumentId":"amzn1.tortuga.3:r"}`,
			},
			want: channels.Reply{Ticket: "report:f1:amzn1.tortuga.3:r", Items: both},
		},
		"done without a report": {ticket: "feed:3:f1", response: canned{status: 200, body: `{"feedId":"f1","processingStatus":"DONE"}`}, fault: "no report"},
		"fatal": {
			ticket: "feed:3:f1", response: canned{status: 200, body: `{"feedId":"f1","processingStatus":"FATAL","resultFeedDocumentId":"r1"}`},
			next: channels.Anew, fault: "some of it may have been applied; the items are sent again",
		},
		"cancelled": {
			ticket: "feed:3:f1", response: canned{status: 200, body: `{"feedId":"f1","processingStatus":"CANCELLED"}`}, next: channels.Anew,
			fault: "cancelled before it was processed; the items are sent again",
		},
		"another status": {ticket: "feed:3:f1", response: canned{status: 200, body: `{"feedId":"f1","processingStatus":"PONDERING"}`}, fault: "not known"},
		"another feed": {
			ticket: "feed:3:f1", response: canned{status: 200, body: `{"feedId":"f2","processingStatus":"DONE","resultFeedDocumentId":"r1"}`},
			fault: "not about the feed",
		},
		"unknown, as the models do": {
			ticket: "feed:3:f1", response: canned{status: 400, body: `{"errors":[{"code":"400","message":"Invalid input"}]}`},
			next: channels.Anew, fault: "does not know the feed",
		},
		"unknown":                  {ticket: "feed:3:f1", response: canned{status: 404}, next: channels.Anew, fault: "does not know the feed"},
		"throttled":                {ticket: "feed:3:f1", response: canned{status: 429}, next: channels.Wait, fault: "throttles"},
		"a ticket of nobody":       {ticket: "f1", next: channels.Anew, fault: "not one that this driver writes"},
		"a ticket without a feed":  {ticket: "feed:0:", next: channels.Anew, fault: "not one that this driver writes"},
		"a ticket asked backwards": {ticket: "feed:-1:f1", next: channels.Anew, fault: "not one that this driver writes"},
		"a ticket of one listing":  {ticket: "listing:0:BIKE", next: channels.Anew, fault: "not one that this driver writes"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			reply, err := channeltest.Poll(t, answering(t, script{"progress": test.response}, nil), test.ticket, bike, bell)
			if test.fault != "" {
				channeltest.RequireError(t, err, test.next, test.fault)
				return
			}
			require.NoError(t, err)
			require.Equal(t, test.want, reply)
		})
	}
}

func TestListings(t *testing.T) {
	t.Parallel()
	shows := func(quantity string, issues string) canned {
		return canned{status: 200, body: `{"sku":"BIKE","fulfillmentAvailability":[{"fulfillmentChannelCode":"AMAZON_NA"},{"fulfillmentChannelCode":"DEFAULT"` +
			quantity + `}],"issues":[` + issues + `]}`}
	}
	about := `{"code":"90220","message":"it is required","severity":"ERROR","attributeNames":["fulfillment_availability.quantity"]}`
	later := func(served int, wait time.Duration) channels.Reply {
		return channels.Reply{Items: []channels.ItemReply{accepted}, Ticket: fmt.Sprintf("listing:%d:BIKE", served), PollAfter: wait}
	}
	five, four := int64(5), int64(4)
	for name, test := range map[string]struct {
		requested int
		response  canned
		want      channels.Reply
		next      channels.Next
		fault     string
	}{
		"it shows the figure":     {response: shows(`,"quantity":5`, about), want: single(channels.ItemReply{Verdict: channels.Applied, Actual: &five})},
		"it shows another figure": {response: shows(`,"quantity":4`, ""), want: later(1, 2*time.Minute)},
		"it shows no figure yet":  {requested: 2, response: shows("", ""), want: later(3, 8*time.Minute)},
		"it shows nothing yet":    {requested: 3, response: canned{status: 200, body: `{"sku":"BIKE"}`}, want: later(4, 16*time.Minute)},
		"it still shows another figure": {requested: 4, response: shows(`,"quantity":4`, ""), want: single(channels.ItemReply{
			Verdict: channels.Conflict, Actual: &four,
			Reason: "Amazon took 5, but its listing still shows 4: it was sold from meanwhile, or the figure was not applied",
		})},
		"it still shows no figure": {
			requested: 4, response: canned{status: 200, body: `{"sku":"BIKE","fulfillmentAvailability":[]}`}, next: channels.Anew,
			fault: "its listing shows none",
		},
		"Amazon fulfils it": {requested: 4, response: shows("", ""), want: single(channels.ItemReply{
			Verdict: channels.Rejected,
			Code:    "NOT_MERCHANT_FULFILLED", Reason: "the listing has no fulfilment channel DEFAULT; what Amazon fulfils cannot be set",
		})},
		"an error about the quantity":  {response: shows(`,"quantity":4`, about), want: single(rejected)},
		"a warning about the quantity": {response: shows(`,"quantity":4`, strings.Replace(about, "ERROR", "WARNING", 1)), want: later(1, 2*time.Minute)},
		"an error about something else": {
			response: shows(`,"quantity":4`, strings.Replace(about, "fulfillment_availability", "fulfillment_availability_note", 1)),
			want:     later(1, 2*time.Minute),
		},
		"a fault of Amazon's": {response: shows(`,"quantity":4`, strings.Replace(about, "90220", "InternalFailure", 1)), want: later(1, 2*time.Minute)},
		"there is none": {
			response: canned{status: 404, body: `{"errors":[{"code":"NOT_FOUND","message":"SKU 'BIKE' not found"}]}`},
			want: single(channels.ItemReply{Verdict: channels.Rejected, Code: "NOT_FOUND", Reason: "Amazon took the figure, but has no listing of this SKU in the " +
				"marketplace; list it, or correct the listing's channel SKU (Amazon says: SKU 'BIKE' not found)"}),
		},
		"another listing": {response: canned{status: 200, body: `{"sku":"BELL"}`}, fault: "not the listing"},
		"a page":          {response: canned{status: 200, body: page}, fault: "not the JSON"},
		"throttled":       {response: canned{status: 429}, next: channels.Wait, fault: "throttles"},
		"it cannot be asked for": {
			response: canned{status: 400, body: `{"errors":[{"code":"InvalidInput","message":"the SKU is too long"}]}`},
			want:     single(channels.ItemReply{Verdict: channels.Rejected, Code: "InvalidInput", Reason: "the SKU is too long"}),
		},
		"the rate that the seller is told": {
			response: canned{status: 200, body: `{"sku":"BIKE"}`, header: http.Header{"X-Amzn-Ratelimit-Limit": {"5"}}},
			want: channels.Reply{
				Items: []channels.ItemReply{accepted}, Ticket: "listing:1:BIKE", PollAfter: 2 * time.Minute,
				Budget: channels.Budget{Known: true, PerSecond: 5},
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			reply, err := channeltest.Poll(t, answering(t, script{"listing": test.response}, nil), fmt.Sprintf("listing:%d:BIKE", test.requested), bike)
			if test.fault != "" {
				channeltest.RequireError(t, err, test.next, test.fault)
				return
			}
			require.NoError(t, err)
			require.Equal(t, test.want, reply)
		})
	}
	_, err := channeltest.Poll(t, answering(t, nil, nil), "listing:0:BELL", bike)
	channeltest.RequireError(t, err, channels.Anew, "not one that this driver writes")
}

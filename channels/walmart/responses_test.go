package walmart_test

import (
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/channels/channeltest"
	"github.com/tidemark/tidemark/channels/walmart"
	"github.com/tidemark/tidemark/channels/walmart/walmarttest"
	"github.com/tidemark/tidemark/settings"
)

// canned is a canned response.
type canned struct {
	status int
	body   string
	header http.Header
}

// script is the canned responses of the operations, by their names.
type script map[string]canned

// operation names what a request asks for.
func operation(r *http.Request) string {
	switch {
	case r.URL.Path == "/v3/token":
		return "token"
	case r.Method == http.MethodPut:
		return "put"
	case r.Method == http.MethodPost:
		return "feed"
	case r.URL.Query().Get("includeDetails") == "true":
		return "details"
	case r.URL.Query().Get("includeDetails") == "false":
		return "poll"
	}
	return r.URL.Path
}

var now = time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)

// answering opens a channel to an account that answers as told, at 8 o'clock.
func answering(t *testing.T, given script, more settings.Values) channels.Channel {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		response, ok := given[operation(r)]
		if !ok {
			response = canned{status: 200, body: `{"access_token":"canary-0123456789","token_type":"Bearer","expires_in":900}`}
		}
		for name, values := range response.header {
			w.Header()[name] = values
		}
		w.WriteHeader(response.status)
		_, _ = w.Write([]byte(response.body))
	}))
	t.Cleanup(server.Close)
	values := minimal(settings.Values{"endpoint": server.URL})
	maps.Copy(values, more)
	environment := walmarttest.Environment()
	environment.Now = func() time.Time { return now }
	channel, err := walmart.Driver().Open("shop", values, environment)
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

func rejected(code, reason string) channels.ItemReply {
	return channels.ItemReply{Verdict: channels.Rejected, Code: code, Reason: reason}
}

var (
	applied  = channels.ItemReply{Verdict: channels.Applied}
	accepted = channels.ItemReply{Verdict: channels.Accepted}
)

const page = `<!DOCTYPE html><title>canary-0123456789</title>`

// problem is an error in the form of the pages.
func problem(code, field string) string {
	return fmt.Sprintf(`{"errors":[{"code":%q,"message":"it is wrong","category":"DATA","severity":"ERROR","field":%q}]}`, code, field)
}

// refusals are the answers to a call that mean the same for a PUT, a feed and a poll.
var refusals = map[string]struct {
	response canned
	next     channels.Next
	fault    string
}{
	"another address":    {canned{status: 404, body: page}, channels.AskPerson, "check the endpoint"},
	"an unknown address": {canned{status: 404, body: problem("URI_NOT_FOUND.GMP_GATEWAY_API", "")}, channels.AskPerson, "URI_NOT_FOUND"},
	"a header is wrong": {
		canned{status: 400, body: problem("INVALID_REQUEST_HEADER.GMP_GATEWAY_API", "WM_SVC.NAME")},
		channels.AskPerson,
		"check the endpoint, service_name",
	},
	"a header is missing": {
		canned{status: 400, body: problem("MISSING_REQUEST_HEADER", "WM_SVC.NAME")},
		channels.AskPerson,
		"check the endpoint, service_name",
	},
	"the ship node is wrong":    {canned{status: 400, body: problem("INVALID_REQUEST_PARAM", "shipNode")}, channels.AskPerson, "does not take the ship node"},
	"the ship node is unknown":  {canned{status: 404, body: problem("CONTENT_NOT_FOUND", "shipNode")}, channels.AskPerson, "does not take the ship node"},
	"a method is not allowed":   {canned{status: 405, body: problem("METHOD_NOT_ALLOWED", "")}, channels.AskPerson, "METHOD_NOT_ALLOWED"},
	"an unsupported type":       {canned{status: 415, body: problem("UNSUPPORTED_MEDIA_TYPE", "")}, channels.AskPerson, "check the endpoint"},
	"not acceptable":            {canned{status: 406, body: problem("INVALID_ACCEPT_TYPE", "")}, channels.AskPerson, "check the endpoint"},
	"the permission is missing": {canned{status: 403, body: problem("FORBIDDEN.GMP_GATEWAY_API", "")}, channels.AskPerson, "does not permit"},
	"the token is not taken": {
		canned{status: 401, body: problem("UNAUTHORIZED.GMP_GATEWAY_API", "")}, channels.AskPerson, "does not accept the credential",
	},
	"too large":                     {canned{status: 413}, channels.Smaller, "too large"},
	"locked":                        {canned{status: 423, body: problem("RESOURCE_IS_LOCKED.GMP_RECEIVER_API", "")}, channels.Resend, "locked"},
	"throttled":                     {canned{status: 429, body: problem("REQUEST_THRESHOLD_VIOLATED.GMP_GATEWAY_API", "")}, channels.Wait, "throttles"},
	"throttled with another status": {canned{status: 400, body: problem("REQUEST_THRESHOLD_VIOLATED", "")}, channels.Wait, "throttles"},
	"Walmart fails":                 {canned{status: 500, body: problem("SYSTEM_ERROR", "")}, channels.Resend, "server error"},
	"Walmart takes too long":        {canned{status: 504, body: problem("DOWNSTREAM_SYSTEM_TIME_OUT", "")}, channels.Resend, "server error"},
	"Walmart is away":               {canned{status: 503}, channels.Resend, "server error"},
	"part of it":                    {canned{status: 206, body: problem("SOME_CONTENT_NOT_FOUND", "")}, channels.Resend, "status is not one"},
	"another success":               {canned{status: 202, body: `{}`}, channels.Resend, "status is not one"},
	"a redirect":                    {canned{status: 302, header: http.Header{"Location": {"https://example.com/"}}}, channels.AskPerson, "redirect"},
	"a page":                        {canned{status: 200, body: page}, channels.Resend, "not the JSON"},
	"JSON that is cut":              {canned{status: 200, body: `{"sku":`}, channels.Resend, "not the JSON"},
	"more after the JSON":           {canned{status: 200, body: `{"sku":"BIKE"} {}`}, channels.Resend, "not the JSON"},
	"other JSON":                    {canned{status: 200, body: `{}`}, channels.Resend, "not believed"},
	"errors with 200":               {canned{status: 200, body: problem("SYSTEM_ERROR", "")}, channels.Resend, "not believed"},
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	for name, test := range refusals {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			channel := answering(t, script{"put": test.response, "feed": test.response, "poll": test.response, "details": test.response},
				settings.Values{"details_limit": int64(50)})
			_, err := channeltest.Push(t, channel, bike)
			channeltest.RequireError(t, err, test.next, test.fault)
			_, err = channeltest.Push(t, channel, bike, bell)
			channeltest.RequireError(t, err, test.next, test.fault)
			if test.response.status == http.StatusNotFound || test.response.status == http.StatusBadRequest && test.next == channels.AskPerson {
				test.next, test.fault = channels.Anew, "does not know the feed any more"
			}
			for _, ticket := range []string{"feed:0:F1@A", "details:0:50:F1@A"} {
				_, err = channeltest.Poll(t, channel, ticket, bike, bell)
				channeltest.RequireError(t, err, test.next, test.fault)
			}
		})
	}
}

func TestPuts(t *testing.T) {
	t.Parallel()
	five, four := int64(5), int64(4)
	for name, test := range map[string]struct {
		response canned
		want     channels.Reply
		fault    string // empty: no error
	}{
		"taken": {
			response: canned{status: 200, body: `{"sku":"BIKE","quantity":{"unit":"EACH","amount":5}}`},
			want:     single(channels.ItemReply{Verdict: channels.Applied, Actual: &five}),
		},
		"another figure": {
			response: canned{status: 200, body: `{"sku":"BIKE","quantity":{"unit":"EACH","amount":4}}`},
			want:     single(channels.ItemReply{Verdict: channels.Applied, Actual: &four, Clamped: &four}),
		},
		"another SKU": {response: canned{status: 200, body: `{"sku":"BELL","quantity":{"unit":"EACH","amount":5}}`}, fault: "not believed"},
		"no figure":   {response: canned{status: 200, body: `{"sku":"BIKE"}`}, fault: "not believed"},
		"an unknown SKU": {
			response: canned{status: 404, body: problem("CONTENT_NOT_FOUND.GMP_INVENTORY_API", "")},
			want: single(rejected("CONTENT_NOT_FOUND.GMP_INVENTORY_API",
				"Walmart has no such SKU; list it there, or correct the listing's channel SKU: it is wrong")),
		},
		"a bad request": {
			response: canned{status: 400, body: problem("INVALID_REQUEST_PARAM", "sku")},
			want:     single(rejected("INVALID_REQUEST_PARAM", "it is wrong")),
		},
		"bad content": {
			response: canned{status: 400, body: `{"error":[{"code":"INVALID_REQUEST_CONTENT","description":"it is bad"}]}`},
			want:     single(rejected("INVALID_REQUEST_CONTENT", "it is bad")),
		},
		"bad content, in depth": {
			response: canned{status: 400, body: `{"errors":{"error":[{"code":"INVALID_REQUEST","description":"it is bad"}]}}`},
			want:     single(rejected("INVALID_REQUEST", "it is bad")),
		},
		"not processable": {
			response: canned{status: 422, body: problem("INVALID_REQUEST_CONTENT", "")},
			want:     single(rejected("INVALID_REQUEST_CONTENT", "it is wrong")),
		},
		"a bad request of nobody": {response: canned{status: 400, body: `{"errors":[]}`}, fault: "check the endpoint"},
		"a bad request in text":   {response: canned{status: 400, body: `{"error":"invalid_request"}`}, fault: "check the endpoint"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			reply, err := channeltest.Push(t, answering(t, script{"put": test.response}, nil), bike)
			if test.fault != "" {
				require.ErrorContains(t, err, test.fault)
				return
			}
			require.NoError(t, err)
			require.Equal(t, test.want, reply)
		})
	}
}

func TestReceipts(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		response canned
		next     channels.Next
		fault    string // empty: no error
		refused  string
	}{
		"not named":  {response: canned{status: 200, body: `{"feedId":""}`}, fault: "does not name the feed"},
		"a bad file": {response: canned{status: 400, body: problem("INVALID_REQUEST", "")}, refused: "INVALID_REQUEST: it is wrong"},
		"bad content": {
			response: canned{status: 400, body: problem("INVALID_REQUEST_CONTENT.GMP_FEED_API", "file")},
			refused:  "INVALID_REQUEST_CONTENT.GMP_FEED_API: it is wrong",
		},
		"content that is no JSON": {response: canned{status: 400, body: problem("MALFORMED_REQUEST_CONTENT", "")}, refused: "MALFORMED_REQUEST_CONTENT: it is wrong"},
		"the kind of feed is wrong": {
			response: canned{status: 400, body: problem("INVALID_REQUEST", "feedType")}, next: channels.AskPerson,
			fault: "the feed is not taken",
		},
		"a parameter is wrong": {
			response: canned{status: 400, body: problem("INVALID_REQUEST_PARAM", "")}, next: channels.AskPerson,
			fault: "the connection's locations",
		},
		"something is not found": {
			response: canned{status: 404, body: problem("CONTENT_NOT_FOUND", "")}, next: channels.AskPerson,
			fault: "the connection's locations",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			reply, err := channeltest.Push(t, answering(t, script{"feed": test.response}, nil), bike, bell)
			if test.fault != "" {
				channeltest.RequireError(t, err, test.next, test.fault)
				return
			}
			require.NoError(t, err)
			require.True(t, reply.Refused)
			require.Equal(t, test.refused, reply.Reason)
		})
	}
	given := script{"feed": {status: 200, body: `{"feedId":"F1@A"}`}}
	reply, err := channeltest.Push(t, answering(t, given, nil), bike, bell)
	require.NoError(t, err)
	require.Equal(t, channels.Reply{Items: []channels.ItemReply{accepted, accepted}, Ticket: "feed:0:F1@A", PollAfter: 2 * time.Minute}, reply)
}

func TestBudgets(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		header http.Header
		put    channels.Budget
		feed   channels.Budget
		until  time.Time // of a throttle
	}{
		"nothing is told": {},
		"milliseconds": {
			header: http.Header{"X-Current-Token-Count": {"7"}, "X-Next-Replenishment-Time": {"1795420830500"}},
			put:    channels.Budget{Known: true, Capacity: 200, Remaining: 7}, feed: channels.Budget{Known: true, Capacity: 10, Remaining: 7},
			until: now.Add(30500 * time.Millisecond),
		},
		"seconds": {
			header: http.Header{"x-current-token-count": {" 0 "}, "x-next-replenish-time": {"1795420830"}},
			put:    channels.Budget{Known: true, Capacity: 200}, feed: channels.Budget{Known: true, Capacity: 10}, until: now.Add(30 * time.Second),
		},
		"a date": {
			header: http.Header{"X-CURRENT-TOKEN-COUNT": {"29"}, "X-NEXT-REPLENISHMENT-TIME": {"2026-11-23T08:00:30.250Z"}},
			put:    channels.Budget{Known: true, Capacity: 200, Remaining: 29}, feed: channels.Budget{Known: true, Capacity: 29, Remaining: 29},
			until: now.Add(30250 * time.Millisecond),
		},
		"a date elsewhere":       {header: http.Header{"X-Next-Replenishment-Time": {"2026-11-23T03:00:30-05:00"}}, until: now.Add(30 * time.Second)},
		"a date without a zone":  {header: http.Header{"X-Next-Replenishment-Time": {"2026-11-23T08:00:30"}}, until: now.Add(30 * time.Second)},
		"an HTTP date":           {header: http.Header{"X-Next-Replenishment-Time": {"Mon, 23 Nov 2026 08:00:30 GMT"}}, until: now.Add(30 * time.Second)},
		"a wait":                 {header: http.Header{"X-Next-Replenishment-Time": {"30"}}, until: now.Add(30 * time.Second)},
		"Retry-After goes first": {header: http.Header{"Retry-After": {"10"}, "X-Next-Replenishment-Time": {"30"}}, until: now.Add(10 * time.Second)},
		"the past":               {header: http.Header{"X-Next-Replenishment-Time": {"1695420830500"}}},
		"no sense":               {header: http.Header{"X-Current-Token-Count": {"many"}, "X-Next-Replenishment-Time": {"soon"}}},
		"less than nothing":      {header: http.Header{"X-Current-Token-Count": {"-1"}, "X-Next-Replenishment-Time": {"-5"}}},
		"no number":              {header: http.Header{"X-Current-Token-Count": {"NaN"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			taken := answering(t, script{
				"put":  {status: 200, body: `{"sku":"BIKE","quantity":{"amount":5}}`, header: test.header},
				"feed": {status: 200, body: `{"feedId":"F1@A"}`, header: test.header},
				"poll": {status: 200, body: `{"feedId":"F1@A","feedStatus":"INPROGRESS"}`, header: test.header},
			}, nil)
			reply, err := channeltest.Push(t, taken, bike)
			require.NoError(t, err)
			require.Equal(t, test.put, reply.Budget)
			reply, err = channeltest.Push(t, taken, bike, bell)
			require.NoError(t, err)
			require.Equal(t, test.feed, reply.Budget)
			reply, err = channeltest.Poll(t, taken, reply.Ticket, bike, bell)
			require.NoError(t, err)
			require.Equal(t, test.put, reply.Budget)

			for _, status := range []int{429, 400} {
				if status == 400 && test.header.Get("Retry-After") != "" {
					continue
				}
				body := problem("REQUEST_THRESHOLD_VIOLATED.GMP_GATEWAY_API", "")
				throttled := answering(t, script{"feed": {status: status, body: body, header: test.header}}, nil)
				reply, err = channeltest.Push(t, throttled, bike, bell)
				failure := channeltest.RequireError(t, err, channels.Wait, "throttles")
				require.True(t, test.until.Equal(failure.Until), "%s", failure.Until)
				require.Equal(t, test.feed, reply.Budget)
			}
		})
	}
}

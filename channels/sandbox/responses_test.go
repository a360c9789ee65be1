package sandbox_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/channels/channeltest"
	"github.com/tidemark/tidemark/channels/sandbox"
	"github.com/tidemark/tidemark/channels/sandbox/sandboxtest"
	"github.com/tidemark/tidemark/settings"
)

// answering opens a channel to a store that answers everything the same.
func answering(t *testing.T, kind string, status int, body string) channels.Channel {
	t.Helper()
	server := channeltest.Answering(t, status, nil, body)
	channel, err := sandbox.Driver().Open("shop", settings.Values{"endpoint": server.URL, "token": "env:TOKEN", "kind": kind}, sandboxtest.Environment())
	require.NoError(t, err)
	return channels.Guarded(channel)
}

func TestAnswers(t *testing.T) {
	t.Parallel()
	three := int64(3)
	applied := channels.ItemReply{Verdict: channels.Applied}
	notApplied := channels.ItemReply{Verdict: channels.NotApplied}
	two := []channels.Item{{ChannelSKU: "BIKE", Quantity: 5}, {Location: "front", ChannelSKU: "BELL", Quantity: 3}}
	for name, test := range map[string]struct {
		kind    string
		status  int
		body    string
		want    channels.Reply
		next    channels.Next // with fault
		fault   string        // empty: no error
		oneItem bool
	}{
		"atomic, applied": {
			kind: "atomic", status: 200, body: `{"applied":true,"extra":1}`,
			want: channels.Reply{Items: []channels.ItemReply{applied, applied}},
		},
		"atomic, both": {kind: "atomic", status: 200, body: `{"applied":true,"errors":[{"index":0,"code":"poison"}]}`, fault: "does not say clearly"},
		"atomic, neither": {
			kind: "atomic", status: 200, body: `{"applied":false}`,
			want: channels.Reply{Refused: true, Reason: "the store applied nothing and gave no reason", Items: []channels.ItemReply{{
				Verdict: channels.NotApplied,
				Reason:  "the store applied nothing and gave no reason",
			}, {Verdict: channels.NotApplied, Reason: "the store applied nothing and gave no reason"}}},
		},
		"atomic, no index": {
			kind: "atomic", status: 200, body: `{"applied":false,"errors":[{"code":"poison"}]}`,
			want: channels.Reply{Refused: true, Reason: "poison", Items: []channels.ItemReply{
				{Verdict: channels.NotApplied, Reason: "poison"},
				{Verdict: channels.NotApplied, Reason: "poison"},
			}},
		},
		"atomic, an index and none": {
			kind: "atomic", status: 200, body: `{"applied":false,"errors":[{"code":"poison"},{"index":1,"code":"poison"}]}`,
			want: channels.Reply{Items: []channels.ItemReply{notApplied, {Verdict: channels.Rejected, Code: "poison"}}},
		},
		"atomic, index below":       {kind: "atomic", status: 200, body: `{"applied":false,"errors":[{"index":-1,"code":"poison"}]}`, fault: "was not in the call"},
		"atomic, more JSON follows": {kind: "atomic", status: 200, body: `{"applied":true}{"applied":true}`, fault: "not the JSON"},
		"atomic, 204":               {kind: "atomic", status: 204, fault: "not one that the store's API promises"},
		"atomic, unknown SKU and stale": {
			kind: "atomic", status: 200, body: `{"applied":false,"errors":[{"index":1,"code":"quantity_stale","message":"it moved","actual":3}]}`,
			want: channels.Reply{Items: []channels.ItemReply{notApplied, {Verdict: channels.Conflict, Code: "quantity_stale", Reason: "it moved", Actual: &three}}},
		},
		"atomic, a message in lines": {
			kind: "atomic", status: 200, body: `{"applied":false,"errors":[{"index":0,"code":"poison","message":"no\n\u001b[31mnever"}]}`,
			want: channels.Reply{Items: []channels.ItemReply{{Verdict: channels.Rejected, Code: "poison", Reason: "no [31mnever"}, notApplied}},
		},
		"atomic, a bad request": {
			kind: "atomic", status: 400, body: `{"error":{"code":"bad_request"}}`, fault: `does not take the call ("bad_request")`,
			next: channels.AskPerson,
		},
		"atomic, another address": {kind: "atomic", status: 404, body: `<h1>404</h1>`, fault: "no store at this address", next: channels.AskPerson},
		"atomic, batch too large": {kind: "atomic", status: 413, body: `{"error":{"code":"batch_too_large"}}`, fault: "too large", next: channels.Smaller},
		"per_item, no results":    {kind: "per_item", status: 200, body: `{"results":null}`, fault: "no results"},
		"per_item, other status": {
			kind: "per_item", status: 200,
			body: `{"results":[{"sku":"BIKE","status":"OK?"},{"sku":"BELL","location":"front","status":"ok"}]}`,
			want: channels.Reply{Items: []channels.ItemReply{{Reason: `the store's answer gives it the status "OK?", which is not known`}, applied}},
		},
		"per_item, other location": {
			kind: "per_item", status: 200,
			body: `{"results":[{"sku":"BIKE","status":"ok"},{"sku":"BELL","location":"outlet","status":"ok"}]}`,
			want: channels.Reply{Items: []channels.ItemReply{applied, {Reason: "the store's answer does not mention it"}}},
		},
		"per_item, contradiction": {
			kind: "per_item", status: 200, body: `{"results":[{"sku":"BIKE","status":"error","code":"poison"},{"sku":"BIKE","status":"ok"},{"sku":"BELL",` +
				`"location":"front","status":"ok","quantity":3}]}`,
			want: channels.Reply{Items: []channels.ItemReply{{Reason: "the store's answer contradicts itself about it"}, {Verdict: channels.Applied, Actual: &three}}},
		},
		"feed, no id": {kind: "feed", status: 202, body: `{"poll_after_ms":5}`, fault: "does not name the feed"},
		"feed, an absurd wait": {
			kind: "feed", status: 202, body: `{"feed":"f1","poll_after_ms":9999999999}`,
			want: channels.Reply{Ticket: "f1", PollAfter: time.Hour, Items: []channels.ItemReply{{Verdict: channels.Accepted}, {Verdict: channels.Accepted}}},
		},
		"single, no figure": {kind: "single", status: 200, body: `{}`, oneItem: true, fault: "does not say what the store shows"},
		"single, clamped": {
			kind: "single", status: 200, body: `{"quantity":3}`, oneItem: true,
			want: channels.Reply{Items: []channels.ItemReply{{Verdict: channels.Applied, Actual: &three, Clamped: &three}}},
		},
		"single, unknown SKU": {
			kind: "single", status: 404, body: `{"error":{"code":"unknown_sku","message":"who?"}}`, oneItem: true,
			want: channels.Reply{Items: []channels.ItemReply{{Verdict: channels.Rejected, Code: "unknown_sku", Reason: "who?"}}},
		},
		"single, another address": {kind: "single", status: 404, body: `not here`, oneItem: true, fault: "no store at this address", next: channels.AskPerson},
		"single, stale": {
			kind: "single", status: 409, body: `{"error":{"code":"quantity_stale","message":"moved","actual":3}}`, oneItem: true,
			want: channels.Reply{Items: []channels.ItemReply{{Verdict: channels.Conflict, Code: "quantity_stale", Reason: "moved", Actual: &three}}},
		},
		"single, not stocked here": {
			kind: "single", status: 400, body: `{"error":{"code":"not_stocked"}}`, oneItem: true,
			want: channels.Reply{Items: []channels.ItemReply{{Verdict: channels.Rejected, Code: "not_stocked"}}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			channel, items := answering(t, test.kind, test.status, test.body), two
			if test.oneItem {
				items = two[:1]
			}
			reply, err := channeltest.Push(t, channel, items...)
			if test.fault != "" {
				channeltest.RequireError(t, err, test.next, test.fault)
				return
			}
			require.NoError(t, err)
			require.Equal(t, test.want, reply)
		})
	}
}

func TestPollOfAFeed(t *testing.T) {
	t.Parallel()
	items := []channels.Item{{ChannelSKU: "BIKE", Quantity: 5}}
	accepted := []channels.ItemReply{{Verdict: channels.Accepted}}
	for name, test := range map[string]struct {
		ticket string
		body   string
		want   channels.Reply
		fault  string
	}{
		"queued": {
			ticket: "f1", body: `{"feed":"f1","state":"queued","poll_after_ms":500}`,
			want: channels.Reply{Ticket: "f1", PollAfter: time.Second / 2, Items: accepted},
		},
		"done": {ticket: "f1", body: `{"feed":"f1","state":"done","poll_after_ms":500}`, want: channels.Reply{Ticket: "f1/report", Items: accepted}},
		"failed": {ticket: "f1", body: `{"feed":"f1","state":"failed"}`, want: channels.Reply{
			Refused: true, Reason: "the store could not process the feed",
			Items: []channels.ItemReply{{Verdict: channels.NotApplied, Reason: "the store could not process the feed"}},
		}},
		"another state": {ticket: "f1", body: `{"feed":"f1","state":"pondering"}`, fault: "a state that is not known"},
		"reported": {
			ticket: "f1/report", body: `{"results":[{"sku":"BIKE","status":"ok"}]}`,
			want: channels.Reply{Items: []channels.ItemReply{{Verdict: channels.Applied}}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			poller, ok := channels.AsPoller(answering(t, "feed", http.StatusOK, test.body))
			require.True(t, ok)
			reply, err := poller.Poll(t.Context(), test.ticket, items)
			if test.fault != "" {
				require.ErrorContains(t, err, test.fault)
				return
			}
			require.NoError(t, err)
			require.Equal(t, test.want, reply)
		})
	}
}

func TestCheckFindsTheWrongKind(t *testing.T) {
	t.Parallel()
	store := sandboxtest.Start(t, sandboxtest.Options{Kind: "feed", Settings: map[string]any{"kind": "atomic"}})
	_, err := store.Open(t).Check(t.Context())
	require.ErrorContains(t, err, `it is of the kind "feed" and is set to atomic; correct the setting kind`)
	_, err = answering(t, "atomic", http.StatusUnprocessableEntity, "{}").Check(t.Context())
	require.ErrorContains(t, err, "refuses to be read")
}

func TestASmallerBatchLimitOfTheStoreIsTold(t *testing.T) {
	t.Parallel()
	store := sandboxtest.Start(t, sandboxtest.Options{Kind: "per_item", BatchLimit: 1})
	channel := store.Open(t)
	items := []channels.Item{{ChannelSKU: "BIKE", Quantity: 5}, {ChannelSKU: "BELL", Quantity: 3}}
	body, err := channel.Encode(items, "")
	require.NoError(t, err)
	_, err = channel.Send(t.Context(), channels.Call{Body: body, Items: items})
	channeltest.RequireError(t, err, channels.Smaller)
	require.Empty(t, store.Shown(t))
}

package walmart_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/channels/channeltest"
)

// progress is what Walmart says of the feed F1@A.
func progress(status string, received, succeeded, failed int, more string) canned {
	return canned{status: 200, body: fmt.Sprintf(`{"feedId":"F1@A","feedStatus":%q,"itemsReceived":%d,"itemsSucceeded":%d,"itemsFailed":%d,"itemsProcessing":0%s}`,
		status, received, succeeded, failed, more)}
}

func TestProgressOfAFeed(t *testing.T) {
	t.Parallel()
	both := []channels.ItemReply{accepted, accepted}
	details := channels.Reply{Ticket: "details:0:1000:F1@A", Items: both}
	failure := func(types ...string) canned {
		for i, kind := range types {
			types[i] = fmt.Sprintf(`{"type":%q,"code":"ERR_1","description":"too many items"}`, kind)
		}
		return progress("ERROR", 0, 0, 0, `,"ingestionErrors":{"ingestionError":[`+strings.Join(types, ",")+`]}`)
	}
	refused := func(more string) channels.Reply {
		item := channels.ItemReply{Verdict: channels.NotApplied, Reason: "Walmart processed nothing of the feed F1@A" + more}
		return channels.Reply{Refused: true, Reason: item.Reason, Items: []channels.ItemReply{item, item}}
	}
	for name, test := range map[string]struct {
		ticket   string
		response canned
		want     channels.Reply
		next     channels.Next
		fault    string
	}{
		"received": {
			response: progress("RECEIVED", 0, 0, 0, ""),
			want:     channels.Reply{Ticket: "feed:1:F1@A", PollAfter: 4 * time.Minute, Items: both},
		},
		"in progress for long": {
			ticket: "feed:70:F1@A", response: progress("INPROGRESS", 2, 1, 0, ""),
			want: channels.Reply{Ticket: "feed:71:F1@A", PollAfter: 15 * time.Minute, Items: both},
		},
		"processed, but not all of it": {
			response: canned{
				status: 200,
				body:   `{"feedId":"F1@A","feedStatus":"PROCESSED","itemsReceived":2,"itemsSucceeded":1,"itemsFailed":0,"itemsProcessing":1}`,
			},
			want: channels.Reply{Ticket: "feed:1:F1@A", PollAfter: 4 * time.Minute, Items: both},
		},
		"processed":                {response: progress("PROCESSED", 2, 2, 0, ""), want: channels.Reply{Items: []channels.ItemReply{applied, applied}}},
		"one failed":               {response: progress("PROCESSED", 2, 1, 1, ""), want: details},
		"one is not counted":       {response: progress("PROCESSED", 1, 1, 0, ""), want: details},
		"one succeeded less":       {response: progress("PROCESSED", 2, 1, 0, ""), want: details},
		"one is counted too often": {response: progress("PROCESSED", 3, 3, 0, ""), want: details},
		"nothing is counted":       {response: canned{status: 200, body: `{"feedId":"F1@A","feedStatus":"PROCESSED"}`}, fault: "does not count"},
		"failed by its data":       {response: failure("SYSTEM_ERROR", "DATA_ERROR"), want: refused(": ERR_1: too many items")},
		"failed without a word":    {response: progress("ERROR", 0, 0, 0, ""), want: refused("")},
		"failed by Walmart's own": {
			response: failure("SYSTEM_ERROR", "TIMEOUT_ERROR"), next: channels.Anew,
			fault: "by a fault of its own; the items are sent again",
		},
		"another status":           {response: progress("PONDERING", 2, 0, 0, ""), fault: "not known"},
		"another feed":             {ticket: "feed:0:F2@A", response: progress("PROCESSED", 2, 2, 0, ""), fault: "not about the feed"},
		"unknown":                  {response: canned{status: 404, body: problem("CONTENT_NOT_FOUND", "")}, next: channels.Anew, fault: "does not know the feed"},
		"a ticket of nobody":       {ticket: "F1@A", next: channels.Anew, fault: "not one that this driver writes"},
		"a ticket without a feed":  {ticket: "feed:0:", next: channels.Anew, fault: "not one that this driver writes"},
		"a ticket asked backwards": {ticket: "feed:-1:F1@A", next: channels.Anew, fault: "not one that this driver writes"},
		"a ticket without a limit": {ticket: "details:0:F1@A", next: channels.Anew, fault: "not one that this driver writes"},
		"a ticket of no rows":      {ticket: "details:0:0:F1@A", next: channels.Anew, fault: "not one that this driver writes"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if test.ticket == "" {
				test.ticket = "feed:0:F1@A"
			}
			reply, err := channeltest.Poll(t, answering(t, script{"poll": test.response}, nil), test.ticket, bike, bell)
			if test.fault != "" {
				channeltest.RequireError(t, err, test.next, test.fault)
				return
			}
			require.NoError(t, err)
			require.Equal(t, test.want, reply)
		})
	}
}

// rows are the details of a feed.
func rows(received int, rows ...string) canned {
	return progress("PROCESSED", received, 0, 1, `,"itemDetails":{"itemIngestionStatus":[`+strings.Join(rows, ",")+`]}`)
}

func row(sku, status, errors string) string {
	if errors != "" {
		errors = `,"ingestionErrors":{"ingestionError":` + errors + `}`
	}
	return fmt.Sprintf(`{"martId":0,"sku":%q,"index":7,"ingestionStatus":%q%s}`, sku, status, errors)
}

const locked = `{"type":"DATA_ERROR","code":"ERR_1","description":"it is locked"}`

func TestDetails(t *testing.T) {
	t.Parallel()
	entry, two, three := row("BIKE", "SUCCESS", ""), row("BELL", "SUCCESS", ""), row("FRAME", "SUCCESS", "null")
	bad := rejected("ERR_1", "it is locked")
	unnamed := channels.ItemReply{Reason: "Walmart's report does not name it"}
	own := func(code string) channels.ItemReply {
		return channels.ItemReply{Verdict: channels.NotApplied, Code: code, Reason: "Walmart names no reason"}
	}
	for name, test := range map[string]struct {
		ticket   string
		response canned
		want     channels.Reply
		next     channels.Next
		fault    string
	}{
		"one failed": {
			response: rows(3, entry, row("BELL", "DATA_ERROR", "["+locked+"]"), three),
			want:     channels.Reply{Items: []channels.ItemReply{applied, bad, applied}},
		},
		"in another order": {
			response: rows(3, three, row("BELL", "DATA_ERROR", "["+locked+"]"), entry),
			want:     channels.Reply{Items: []channels.ItemReply{applied, bad, applied}},
		},
		"one failed twice": {
			response: rows(3, entry, row("BELL", "DATA_ERROR", "["+locked+`,{"code":"ERR_2"}]`), three),
			want:     channels.Reply{Items: []channels.ItemReply{applied, bad, applied}},
		},
		"an error that is no list": {
			response: rows(3, entry, row("BELL", "DATA_ERROR", locked), three),
			want:     channels.Reply{Items: []channels.ItemReply{applied, bad, applied}},
		},
		"an error that is no error": {
			response: rows(3, entry, row("BELL", "DATA_ERROR", `"?"`), three),
			want:     channels.Reply{Items: []channels.ItemReply{applied, rejected("DATA_ERROR", "Walmart names no reason"), applied}},
		},
		"faults of Walmart's own": {
			response: rows(3, row("BIKE", "SYSTEM_ERROR", ""), row("BELL", "TIMEOUT_ERROR", ""), three),
			want:     channels.Reply{Items: []channels.ItemReply{own("SYSTEM_ERROR"), own("TIMEOUT_ERROR"), applied}},
		},
		"nothing else": {
			response: rows(3, row("BIKE", "SYSTEM_ERROR", ""), row("BELL", "TIMEOUT_ERROR", ""), row("FRAME", "SYSTEM_ERROR", "")),
			next:     channels.Anew, fault: "failed on every item",
		},
		"one is still in progress": {
			response: rows(3, entry, row("BELL", "INPROGRESS", ""), three),
			want:     channels.Reply{Items: []channels.ItemReply{applied, {Reason: "Walmart's report says that the feed is processed, but not this item"}, applied}},
		},
		"a status that is not known": {
			response: rows(3, entry, row("BELL", "PENDING", ""), three),
			want:     channels.Reply{Items: []channels.ItemReply{applied, {Reason: `Walmart's report gives it the status "PENDING", which is not known`}, applied}},
		},
		"one named twice": {response: rows(3, entry, two, three, two), want: channels.Reply{Items: []channels.ItemReply{applied, applied, applied}}},
		"one that is contradicted": {
			response: rows(3, entry, two, three, row("BELL", "DATA_ERROR", "["+locked+"]")),
			want:     channels.Reply{Items: []channels.ItemReply{applied, {Reason: "Walmart's report contradicts itself about it"}, applied}},
		},
		"one that was not sent": {
			response: rows(4, row("OTHER", "DATA_ERROR", ""), entry, two, three),
			want:     channels.Reply{Items: []channels.ItemReply{applied, applied, applied}},
		},
		"one instead of another": {
			response: rows(3, entry, row("OTHER", "SUCCESS", ""), three),
			want:     channels.Reply{Items: []channels.ItemReply{applied, unnamed, applied}},
		},
		"the first page": {
			response: rows(3, entry, row("BELL", "DATA_ERROR", "["+locked+"]")),
			want:     channels.Reply{Ticket: "details:2:1000:F1@A", Items: []channels.ItemReply{applied, bad, accepted}},
		},
		// the ledger has the others' verdicts
		"the last page": {
			ticket: "details:2:1000:F1@A", response: rows(3, three),
			want: channels.Reply{Items: []channels.ItemReply{unnamed, unnamed, applied}},
		},
		"one that was not sent, before": {
			response: rows(4, row("OTHER", "SUCCESS", ""), entry, two),
			want:     channels.Reply{Ticket: "details:3:1000:F1@A", Items: []channels.ItemReply{applied, applied, accepted}},
		},
		"all named, and more announced": {response: rows(9, entry, two, three), want: channels.Reply{Items: []channels.ItemReply{applied, applied, applied}}},
		"one is missing": {
			response: rows(2, entry, two),
			want:     channels.Reply{Ticket: "details:2:1000:F1@A", Items: []channels.ItemReply{applied, applied, accepted}},
		},
		"the end before the end": {
			ticket: "details:2:1000:F1@A", response: rows(2), next: channels.Anew,
			fault: "ends after 2 of 3 items; the items are sent again",
		},
		"no rows":                 {response: progress("PROCESSED", 3, 2, 1, ""), next: channels.Anew, fault: "ends after 0 of 3 items"},
		"another feed":            {ticket: "details:0:1000:F2@A", response: rows(3, entry, two, three), fault: "not about the feed"},
		"it is in progress again": {response: progress("INPROGRESS", 3, 0, 0, ""), fault: "not one that follows"},
		"more rows than Walmart gives": {
			ticket: "details:50:1000:F1@A", response: canned{status: 400, body: problem("INVALID_REQUEST_PARAM", "limit")},
			want: channels.Reply{Ticket: "details:50:50:F1@A", Items: []channels.ItemReply{accepted, accepted, accepted}},
		},
		"no more than that, and refused": {
			ticket: "details:50:50:F1@A", response: canned{status: 400, body: problem("INVALID_REQUEST_PARAM", "limit")},
			next: channels.Anew, fault: "does not know the feed any more",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if test.ticket == "" {
				test.ticket = "details:0:1000:F1@A"
			}
			reply, err := channeltest.Poll(t, answering(t, script{"details": test.response}, nil), test.ticket, bike, bell, frame)
			if test.fault != "" {
				channeltest.RequireError(t, err, test.next, test.fault)
				return
			}
			require.NoError(t, err)
			require.Equal(t, test.want, reply)
		})
	}
}

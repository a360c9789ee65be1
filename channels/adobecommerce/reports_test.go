package adobecommerce_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/channels/channeltest"
)

// reported is what the store says of the bulk b1.
func reported(operations ...string) canned {
	return canned{status: 200, body: `{"operations_list":[` + strings.Join(operations, ",") +
		`],"bulk_id":"b1","description":"Topic x","user_id":1,"operation_count":2}`}
}

// failure is an operation that failed, with what it held.
func failure(id, status, message, held string) string {
	return `{"id":` + id + `,"status":` + status + `,"result_message":"` + message +
		`","error_code":0,"serialized_data":"{\"entity_id\":null,\"meta_information\":\"` + held + `\"}"}`
}

// The items as operations hold them.
const (
	heldBike  = `{\\\"sourceItems\\\":[{\\\"sku\\\":\\\"BIKE\\\",\\\"source_code\\\":\\\"default\\\",\\\"quantity\\\":5.0,\\\"status\\\":1}]}`
	heldBell  = `{\\\"source_items\\\":[{\\\"sku\\\":\\\"Bell\\\",\\\"source_code\\\":\\\"east\\\"}]}`
	heldWest  = `{\\\"source_items\\\":[{\\\"sku\\\":\\\"Bell\\\",\\\"source_code\\\":\\\"west\\\"}]}`
	firstDone = `{"id":0,"status":1,"result_message":"Service execution success","error_code":null,"serialized_data":null}`
	doneToo   = `{"id":1,"status":1}`
	openToo   = `{"id":1,"status":4,"result_message":null}`
)

func TestReports(t *testing.T) {
	t.Parallel()
	unknown := func(reason string) channels.ItemReply { return is(channels.Unknown, "", reason) }
	notSaved, notFound := is(channels.NotApplied, "", "Could not save Source Item"), is(channels.NotApplied, "", `Validation Failed: Product with requested 'sku'`)
	notFound.Reason, notFound.Lost = `Validation Failed: Product with requested "sku": "BIKE" was was not found.`, true
	const missing = "the store's report does not name it"
	for name, test := range map[string]struct {
		response canned
		want     []channels.ItemReply
		ticket   string
		after    time.Duration
	}{
		"applied":          {response: reported(firstDone, doneToo), want: []channels.ItemReply{applied, applied}},
		"in another order": {response: reported(openToo, firstDone), want: []channels.ItemReply{applied, accepted}, ticket: "1:b1", after: 20 * time.Second},
		"nothing is done": {
			response: reported(`{"id":0,"status":4}`, openToo), want: []channels.ItemReply{accepted, accepted}, ticket: "1:b1",
			after: 20 * time.Second,
		},
		"nothing is queued": {response: reported(), want: []channels.ItemReply{accepted, accepted}, ticket: "1:b1", after: 20 * time.Second},
		"retriable": {
			response: reported(failure("0", "2", "Deadlock", heldBike), doneToo),
			want:     []channels.ItemReply{is(channels.NotApplied, "", "Deadlock"), applied},
		},
		"not retriable": {
			response: reported(failure("0", "3", `no\nway`, heldBike), failure("1", "3", "", heldBell)),
			want:     []channels.ItemReply{is(channels.Rejected, "", "no way"), is(channels.Rejected, "", "the store names no reason")},
		},
		"rejected, with a code": {
			response: reported(`{"id":0,"status":5,"result_message":"no","error_code":1205}`, doneToo),
			want:     []channels.ItemReply{is(channels.Rejected, "1205", "no"), applied},
		},
		"a deadlock": {response: reported(failure("0", "3", "SQLSTATE[40001]: Serialization failure: 1213 Deadlock found when trying to get lock",
			heldBike), doneToo), want: []channels.ItemReply{is(channels.NotApplied, "",
			"SQLSTATE[40001]: Serialization failure: 1213 Deadlock found when trying to get lock"), applied}},
		"a lock wait": {
			response: reported(failure("0", "3",
				"SQLSTATE[HY000]: General error: 1205 Lock wait timeout exceeded; try restarting transaction", heldBike), doneToo),
			want: []channels.ItemReply{
				is(channels.NotApplied, "", "SQLSTATE[HY000]: General error: 1205 Lock wait timeout exceeded; try restarting transaction"),
				applied,
			},
		},
		"a lost connection": {
			response: reported(failure("0", "3", "SQLSTATE[HY000]: General error: 2006 MySQL server has gone away", heldBike), doneToo),
			want:     []channels.ItemReply{is(channels.NotApplied, "", "SQLSTATE[HY000]: General error: 2006 MySQL server has gone away"), applied},
		},
		"no connection free": {
			response: reported(failure("0", "3", "SQLSTATE[HY000] [1040] Too many connections", heldBike), doneToo),
			want:     []channels.ItemReply{is(channels.NotApplied, "", "SQLSTATE[HY000] [1040] Too many connections"), applied},
		},
		"a fault of the database": {
			response: reported(failure("0", "3", "Could not save Source Item", heldBike), doneToo),
			want:     []channels.ItemReply{notSaved, applied},
		},
		"no such product": {response: reported(failure("0", "3", `Validation Failed: Product with requested \"sku\": \"BIKE\" was was not found.`, heldBike),
			doneToo), want: []channels.ItemReply{notFound, applied}},
		"another status": {
			response: reported(`{"id":0,"status":9}`, doneToo),
			want:     []channels.ItemReply{unknown("the store's report gives it the status 9, which is not known"), applied},
		},
		"without a status": {
			response: reported(`{"id":0}`, doneToo),
			want:     []channels.ItemReply{unknown("the store's report gives it the status 0, which is not known"), applied},
		},
		"one is missing":            {response: reported(doneToo), want: []channels.ItemReply{unknown(missing), applied}},
		"one is missing, one waits": {response: reported(openToo), want: []channels.ItemReply{unknown(missing), accepted}, ticket: "1:b1", after: 20 * time.Second},
		"one too many": {
			response: reported(`{"id":2,"status":3}`, `{"id":-1,"status":3}`, `{"status":3}`, firstDone, doneToo),
			want:     []channels.ItemReply{applied, applied},
		},
		"one twice": {response: reported(firstDone, firstDone, doneToo), want: []channels.ItemReply{applied, applied}},
		"a contradiction": {
			response: reported(firstDone, doneToo, `{"id":0,"status":3}`),
			want:     []channels.ItemReply{unknown("the store's report contradicts itself about it"), applied},
		},
		"data of another form": {
			response: reported(failure("0", "3", "no", `[7]`), `{"id":1,"status":1,"serialized_data":"a:1:{}"}`),
			want:     []channels.ItemReply{is(channels.Rejected, "", "no"), applied},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			reply, err := channeltest.Poll(t, answering(t, test.response), "0:b1", bike, bell)
			require.NoError(t, err)
			require.Equal(t, channels.Reply{Ticket: test.ticket, PollAfter: test.after, Items: test.want}, reply)
		})
	}
	reply, err := channeltest.Poll(t, answering(t, reported(openToo)), "70:b1", bike, bell)
	require.NoError(t, err)
	require.Equal(t, 5*time.Minute, reply.PollAfter)
}

func TestReportsThatCannotBeRead(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		ticket   string
		response canned
		next     channels.Next
		fault    string
	}{
		"another bulk": {"0:b2", reported(firstDone, doneToo), channels.Resend, "not about the bulk"},
		"forgotten": {
			"0:b1",
			canned{status: 404, body: `{"message":"Bulk uuid %bulkUuid not exist","parameters":{"bulkUuid":"canary-0123456789"}}`},
			channels.Anew, "does not know the bulk",
		},
		"a ticket of nobody":           {"b1", canned{status: 200}, channels.Anew, "not one that this driver writes"},
		"a ticket without a bulk":      {"0:", canned{status: 200}, channels.Anew, "not one that this driver writes"},
		"a ticket asked backwards":     {"-1:b1", canned{status: 200}, channels.Anew, "not one that this driver writes"},
		"numbered across bulks":        {"0:b1", reported(`{"id":1001,"status":1}`, `{"id":1002,"status":1}`), channels.AskPerson, "numbers the operations"},
		"numbered from one":            {"0:b1", reported(failure("1", "3", "no", heldBike)), channels.AskPerson, "numbers the operations"},
		"an item of another source":    {"0:b1", reported(firstDone, failure("1", "3", "no", heldWest)), channels.AskPerson, "numbers the operations"},
		"an operation of another form": {"0:b1", reported(`["canary-0123456789"]`), channels.Resend, "not the JSON"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := channeltest.Poll(t, answering(t, test.response), test.ticket, bike, bell)
			channeltest.RequireError(t, err, test.next, test.fault)
		})
	}
}

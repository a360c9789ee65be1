package push

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/ledger"
)

// due are rows that stand in a ledger, each with a figure of its own.
func due(skus ...string) []ledger.DueItem {
	rows := make([]ledger.DueItem, len(skus))
	for i, sku := range skus {
		rows[i] = ledger.DueItem{ChannelSKU: sku, Product: sku, Quantity: int64(10 + i), Observed: int64(100 + i)}
	}
	return rows
}

// machine is a machine that has read which calls are open, and that there are some rows.
func machine(limits channels.Limits, rows ...ledger.DueItem) *Machine {
	m := New(Setup{Store: "north", Connection: "north", Run: 7, Limits: limits, Finds: limits.Find > 0, Compose: inOrder})
	m.Opened(nil)
	if len(rows) > 0 {
		m.Due(rows)
	}
	return m
}

// inOrder composes rows in order, as many as fit.
func inOrder(items []channels.Item, batch int) (calls [][]int, err error) {
	for at := range items {
		if at%batch == 0 {
			calls = append(calls, nil)
		}
		calls[len(calls)-1] = append(calls[len(calls)-1], at)
	}
	return calls, nil
}

// steps are the kinds of steps that can be done now.
func steps(t *testing.T, m *Machine, now time.Time) []Kind {
	t.Helper()
	plan, err := m.Next(now)
	require.NoError(t, err)
	kinds := []Kind{}
	for _, step := range plan.Steps {
		kinds = append(kinds, step.Kind)
	}
	return kinds
}

// step is what is to be done next.
func step(t *testing.T, m *Machine, kind Kind) Step {
	t.Helper()
	plan, err := m.Next(noon)
	require.NoError(t, err)
	for _, step := range plan.Steps {
		if step.Kind == kind {
			return step
		}
	}
	require.Failf(t, "there is no such step", "%v of %v", kind, plan.Steps)
	return Step{}
}

// sends begins the next new call under a key.
func sends(t *testing.T, m *Machine, key string) int {
	t.Helper()
	next := step(t, m, Send)
	return m.Began(next, ledger.OpenCall{Intent: m.Intent(next, key, []byte("bytes"), noon)})
}

// calling is a machine with one call under way: new, or once more, or the request for a report.
func calling(t *testing.T, kind Kind, limits channels.Limits, rows ...ledger.DueItem) (m *Machine, number int) {
	t.Helper()
	if kind == Send {
		m = machine(limits, rows...)
		return m, sends(t, m, "k")
	}
	standing := ledger.CallStanding{Key: "k", Begun: noon.Add(-time.Minute), Deadline: noon.Add(-time.Second), Sends: 1}
	whole := ledger.OpenCall{Intent: ledger.Intent{Key: "k", Body: []byte("bytes"), Items: rows}, Sends: 1}
	if kind == Poll {
		standing.Ticket, whole.Ticket = "feed 1", "feed 1"
	}
	m = machine(limits)
	m.Opened([]ledger.CallStanding{standing})
	require.Equal(t, "k", step(t, m, ReadCall).Key)
	m.Read(whole)
	next := step(t, m, kind)
	require.Equal(t, whole, next.Call, "the bytes and the key are the call's own")
	return m, m.Began(next, next.Call)
}

// What a response says of an item is what the ledger keeps of it.
func TestVerdicts(t *testing.T) {
	t.Parallel()
	seven := int64(7)
	for name, test := range map[string]struct {
		reply channels.ItemReply
		want  ledger.ItemResponse
	}{
		"nothing is said: it is not known": {channels.ItemReply{}, ledger.ItemResponse{Status: ledger.StatusUnknown}},
		"applied":                          {channels.ItemReply{Verdict: channels.Applied}, ledger.ItemResponse{Status: ledger.StatusExported}},
		"applied, with the store's own limit": {channels.ItemReply{Verdict: channels.Applied, Clamped: &seven}, ledger.ItemResponse{
			Status: ledger.StatusExported,
			Shown:  &seven,
		}},
		"accepted": {channels.ItemReply{Verdict: channels.Accepted}, ledger.ItemResponse{Status: ledger.StatusSent}},
		"rejected, with code and words": {
			channels.ItemReply{Verdict: channels.Rejected, Code: "GONE", Reason: "no such item"}, ledger.ItemResponse{
				Status: ledger.StatusRejected,
				Reason: "GONE: no such item",
			},
		},
		"rejected, with a code alone": {channels.ItemReply{Verdict: channels.Rejected, Code: "GONE"}, ledger.ItemResponse{
			Status: ledger.StatusRejected,
			Reason: "GONE",
		}},
		"not applied because of others: no try is counted": {
			channels.ItemReply{Verdict: channels.NotApplied}, ledger.ItemResponse{Status: ledger.StatusPending},
		},
		"not applied for a reason of its own: a try is counted": {
			channels.ItemReply{Verdict: channels.NotApplied, Reason: "busy"}, ledger.ItemResponse{Status: ledger.StatusRetrying, Reason: "busy"},
		},
		"not applied because its reference is lost: a try is counted": {
			channels.ItemReply{Verdict: channels.NotApplied, Lost: true}, ledger.ItemResponse{Status: ledger.StatusRetrying},
		},
		"conflict: the store's own figure is kept, and it is tried again": {
			channels.ItemReply{Verdict: channels.Conflict, Actual: &seven}, ledger.ItemResponse{Status: ledger.StatusRetrying, Shown: &seven},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, number := calling(t, Send, channels.Limits{Batch: 2}, due("A", "B")...)
			reply := channels.Reply{Items: []channels.ItemReply{test.reply, {Verdict: channels.Applied}}, Reason: "in general"}
			test.want.ChannelSKU = "A"
			effects := m.Answered(number, reply, nil, noon)
			require.Equal(t, Effects{Forget: effects.Forget, Response: &ledger.Response{
				Key: "k", Note: "in general", Now: noon,
				Items: []ledger.ItemResponse{test.want, {ChannelSKU: "B", Status: ledger.StatusExported}},
			}}, effects)
			if test.reply.Lost {
				require.Equal(t, []string{"A"}, effects.Forget, "its id is refreshed")
			} else {
				require.Empty(t, effects.Forget)
			}
		})
	}
}

func TestSubmission(t *testing.T) {
	t.Parallel()
	m, number := calling(t, Send, channels.Limits{Batch: 1}, due("A")...)
	accepted := channels.Reply{Items: []channels.ItemReply{{Verdict: channels.Accepted}}, Ticket: "feed 1", PollAfter: time.Minute}
	require.Equal(t, Effects{Response: &ledger.Response{
		Key: "k", Ticket: "feed 1", PollAfter: noon.Add(time.Minute), Now: noon, Items: []ledger.ItemResponse{{ChannelSKU: "A", Status: ledger.StatusSent}},
	}}, m.Answered(number, accepted, nil, noon))
	require.Equal(t, []Kind{ReadOpen}, steps(t, m, noon), "the ledger says which calls are open still")
}

// What is done about a call that failed as a whole: as much as its rows need, and never more than the failure says.
func TestFailures(t *testing.T) {
	t.Parallel()
	fails := func(next channels.Next) error { return &channels.Error{Next: next, Reason: "no"} }
	type want struct {
		status    ledger.Status
		pollAfter time.Duration // the call stays open, and is looked after again then
		ticket    string
		abandoned bool
		again     int  // rows in the next call, which is at hand
		fails     bool // the push ends
	}
	for name, test := range map[string]struct {
		kind   Kind
		rows   []ledger.DueItem
		failed error
		want   want
	}{
		"the answer was lost": {Send, due("A", "B"), fails(channels.Resend), want{status: ledger.StatusUnknown, pollAfter: time.Second}},
		"a failure that the driver does not know": {
			Send, due("A", "B"), errors.New("no"), want{status: ledger.StatusUnknown, pollAfter: time.Second},
		},
		"a request that does not exist": {Send, due("A", "B"), fails(99), want{status: ledger.StatusUnknown, pollAfter: time.Second}},
		"the answer was lost again":     {Resend, due("A", "B"), fails(channels.Resend), want{status: ledger.StatusUnknown, pollAfter: 2 * time.Second}},
		"no report came": {
			Poll, due("A", "B"), fails(channels.Resend), want{status: ledger.StatusSent, pollAfter: 2 * time.Second, ticket: "feed 1"},
		},
		"throttled: nothing was done":      {Send, due("A", "B"), fails(channels.Wait), want{status: ledger.StatusPending, again: 2}},
		"throttled when it was sent again": {Resend, due("A", "B"), fails(channels.Wait), want{status: ledger.StatusUnknown, pollAfter: 2 * time.Second}},
		"throttled when a report was due": {Poll, due("A", "B"), fails(channels.Wait), want{
			status: ledger.StatusSent, pollAfter: 2 * time.Second,
			ticket: "feed 1",
		}},
		"the key must not be used again": {Send, due("A", "B"), fails(channels.Anew), want{abandoned: true}},
		"the submission is not known":    {Poll, due("A", "B"), fails(channels.Anew), want{abandoned: true}},
		"too large":                      {Send, due("A", "B", "C"), fails(channels.Smaller), want{status: ledger.StatusPending, again: 2}},
		"a single row is too large":      {Send, due("A"), fails(channels.Smaller), want{status: ledger.StatusRejected}},
		"a person is needed":             {Send, due("A", "B"), fails(channels.AskPerson), want{status: ledger.StatusPending, fails: true}},
		"a person is needed, sent before": {Resend, due("A"), fails(channels.AskPerson), want{
			status: ledger.StatusUnknown, pollAfter: 2 * time.Second,
			fails: true,
		}},
		"a person is needed for the report": {Poll, due("A"), fails(channels.AskPerson), want{
			status: ledger.StatusSent, pollAfter: 2 * time.Second,
			ticket: "feed 1", fails: true,
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, number := calling(t, test.kind, channels.Limits{Batch: 3}, test.rows...)
			effects := m.Answered(number, channels.Reply{}, test.failed, noon)
			if effects.Check {
				effects = m.Checked(number, revoked, noon)
			}
			require.Zero(t, m.UnderWay())
			require.Equal(t, test.want.fails, effects.Fail != nil)
			if test.want.fails {
				require.ErrorContains(t, effects.Fail, "store north: no")
				require.ErrorIs(t, effects.Fail, test.failed)
			}
			if test.want.abandoned {
				require.Equal(t, Effects{Abandon: &Abandoned{Key: "k", Why: "no"}}, effects)
				return
			}
			require.Equal(t, "k", effects.Response.Key)
			require.Equal(t, "no", effects.Response.Note)
			require.Equal(t, test.want.ticket, effects.Response.Ticket)
			require.Len(t, effects.Response.Items, len(test.rows))
			for i, item := range effects.Response.Items {
				require.Equal(t, test.want.status, item.Status)
				require.Equal(t, test.rows[i].ChannelSKU, item.ChannelSKU)
				require.Equal(t, "no", item.Reason)
			}
			if test.want.pollAfter > 0 {
				require.Equal(t, noon.Add(test.want.pollAfter), effects.Response.PollAfter)
				require.Equal(t, []Kind{ReadOpen}, steps(t, m, noon), "nothing else before the ledger says what is open")
				return
			}
			require.Zero(t, effects.Response.PollAfter)
			if test.want.again > 0 {
				require.Len(t, step(t, m, Send).Call.Items, test.want.again)
			}
		})
	}
}

// A call that was refused as a whole is halved until the culprit stands alone. The limit goes with the rows.
func TestRefusalOfTheWhole(t *testing.T) {
	t.Parallel()
	silent := make([]channels.ItemReply, 5)
	for i := range silent {
		silent[i].Verdict = channels.NotApplied
	}
	for name, reply := range map[string]channels.Reply{
		"in words":                        {Refused: true, Reason: "bad", Items: silent},
		"by an answer that names nothing": {Reason: "bad", Items: silent},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, number := calling(t, Send, channels.Limits{Batch: 5}, due("A", "B", "C", "D", "E")...)
			effects := m.Answered(number, reply, nil, noon)
			left, right := channels.Halves(due("A", "B", "C", "D", "E"))
			for _, item := range effects.Response.Items {
				require.Equal(t, ledger.StatusPending, item.Status)
				require.Equal(t, len(left), item.Part)
				require.Equal(t, "bad", item.Reason)
			}
			next := step(t, m, Send)
			require.Equal(t, skus(left), skus(next.Call.Items))
			m.Answered(sends(t, m, "l"), channels.Reply{Items: []channels.ItemReply{
				{Verdict: channels.Applied},
				{Verdict: channels.Applied},
				{Verdict: channels.Applied},
			}}, nil, noon)
			require.Equal(t, skus(right), skus(step(t, m, Send).Call.Items))
		})
	}
	m, number := calling(t, Send, channels.Limits{Batch: 5}, due("A")...)
	effects := m.Answered(number, channels.Reply{Refused: true, Reason: "bad", Items: silent[:1]}, nil, noon)
	require.Equal(t, []ledger.ItemResponse{{ChannelSKU: "A", Status: ledger.StatusRejected, Reason: "bad"}}, effects.Response.Items)
}

// A refusal of one item in words for the whole is judged when it is known whether reads work.
func TestRefusalOfASingleItem(t *testing.T) {
	t.Parallel()
	refusal := &channels.Error{Next: channels.AskPerson, Reason: "not permitted"}
	for name, test := range map[string]struct {
		read  error
		tries int
		want  ledger.Status
		fails bool
	}{
		"reads work: the others tell":                       {nil, 0, ledger.StatusRetrying, false},
		"reads work, and it was refused often":              {nil, triesPerRun - 1, ledger.StatusRejected, false},
		"reads do not work":                                 {&channels.Error{Next: channels.AskPerson, Reason: "revoked"}, 0, ledger.StatusPending, true},
		"the driver does not know why a read failed":        {errors.New("no"), 0, ledger.StatusPending, true},
		"a read without an answer says nothing":             {&channels.Error{Next: channels.Resend, Reason: "no"}, 0, ledger.StatusPending, false},
		"a read that is throttled says nothing":             {&channels.Error{Next: channels.Wait, Reason: "no"}, 0, ledger.StatusPending, false},
		"a read without an answer, of a row refused before": {&channels.Error{Next: channels.Resend, Reason: "no"}, triesPerRun - 1, ledger.StatusPending, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rows := due("A")
			rows[0].Attempts = test.tries
			m, number := calling(t, Send, channels.Limits{Batch: 1}, rows...)
			require.Equal(t, Effects{Check: true}, m.Answered(number, channels.Reply{}, refusal, noon))
			effects := m.Checked(number, test.read, noon)
			require.Zero(t, m.UnderWay())
			require.Equal(t, []ledger.ItemResponse{{ChannelSKU: "A", Status: test.want, Reason: "not permitted"}}, effects.Response.Items)
			require.Equal(t, test.fails, effects.Fail != nil)
		})
	}
}

// Once is enough to know whether reads work, and a store that took an item needs not be asked.
func TestReadsAreTriedOnce(t *testing.T) {
	t.Parallel()
	refusal := &channels.Error{Next: channels.AskPerson, Reason: "not permitted"}
	m, number := calling(t, Send, channels.Limits{Batch: 1}, due("A", "B", "C")...)
	require.True(t, m.Answered(number, channels.Reply{}, refusal, noon).Check)
	m.Checked(number, nil, noon)
	effects := m.Answered(sends(t, m, "l"), channels.Reply{}, refusal, noon)
	require.False(t, effects.Check)
	require.Equal(t, ledger.StatusRetrying, effects.Response.Items[0].Status)

	m, number = calling(t, Send, channels.Limits{Batch: 1}, due("A", "B")...)
	m.Answered(number, channels.Reply{Items: []channels.ItemReply{{Verdict: channels.Applied}}}, nil, noon)
	effects = m.Answered(sends(t, m, "l"), channels.Reply{}, refusal, noon)
	require.Equal(t, ledger.StatusRejected, effects.Response.Items[0].Status, "it took another one")
}

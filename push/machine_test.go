package push

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/ledger"
)

// lost is a call without a response that may be sent again now.
func lost(key string) ledger.CallStanding {
	return ledger.CallStanding{Key: key, Begun: noon.Add(-time.Minute), Deadline: noon.Add(-time.Second), Sends: 1}
}

// submitted is a call on which the store will report.
func submitted(key string, pollAfter time.Time) ledger.CallStanding {
	return ledger.CallStanding{Key: key, Begun: noon.Add(-time.Minute), Sends: 1, Ticket: "feed " + key, PollAfter: pollAfter}
}

// What is done first: open calls, then new ones; and what waits for what.
func TestNext(t *testing.T) {
	t.Parallel()
	later := noon.Add(10 * time.Second)
	faltering := lost("k")
	faltering.PollAfter = later
	spent := lost("k")
	spent.Sends = sendsPerCall
	for name, test := range map[string]struct {
		open   []ledger.CallStanding
		read   bool // what the open calls hold is known
		rows   []ledger.DueItem
		limits channels.Limits
		want   []Kind
		until  time.Time
		faulty bool
	}{
		"rows that are due":                                {rows: due("A"), want: []Kind{Send}},
		"nothing is known of rows":                         {want: []Kind{ReadDue}},
		"a lost call, of which the ledger has the bytes":   {open: []ledger.CallStanding{lost("k")}, rows: due("A"), want: []Kind{ReadCall}},
		"a lost call is sent again, and nothing else":      {open: []ledger.CallStanding{lost("k")}, read: true, rows: due("A"), want: []Kind{Resend}},
		"two lost calls: one after the other":              {open: []ledger.CallStanding{lost("k"), lost("l")}, read: true, rows: due("A"), want: []Kind{Resend}},
		"the store has server errors: nothing new is sent": {open: []ledger.CallStanding{faltering}, rows: due("A"), want: []Kind{}, until: later, faulty: true},
		"the store has server errors, and a report is due earlier": {
			open: []ledger.CallStanding{faltering, submitted("l", noon.Add(time.Second))}, rows: due("A"), want: []Kind{}, until: noon.Add(time.Second),
		},
		"a lost call may still be under way": {
			open: []ledger.CallStanding{{Key: "k", Begun: noon, Deadline: later, Sends: 1}}, rows: due("A"), want: []Kind{},
			until: later, faulty: true,
		},
		"a call that is given up":                 {open: []ledger.CallStanding{spent}, rows: due("A"), want: []Kind{Abandon}},
		"a report that is ready, before new rows": {open: []ledger.CallStanding{submitted("k", noon)}, read: true, rows: due("A"), want: []Kind{Poll, Send}},
		"a report that is not ready":              {open: []ledger.CallStanding{submitted("k", later)}, rows: due("A"), want: []Kind{Send}, until: later},
		"as many submissions as the store takes": {
			open: []ledger.CallStanding{submitted("k", later)}, rows: due("A"), limits: channels.Limits{Tickets: 1}, want: []Kind{}, until: later,
		},
		"fewer submissions than the store takes": {
			open: []ledger.CallStanding{submitted("k", later)}, rows: due("A"), limits: channels.Limits{Tickets: 2}, want: []Kind{Send}, until: later,
		},
		"rows to be looked up, of which the ledger may know": {rows: due("A"), limits: channels.Limits{Find: 5}, want: []Kind{ReadReferences}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := machine(test.limits, test.rows...)
			m.Opened(test.open)
			if test.read {
				for _, call := range test.open {
					m.Read(ledger.OpenCall{Intent: ledger.Intent{Key: call.Key, Items: due("X")}, Ticket: call.Ticket})
				}
			}
			plan, err := m.Next(noon)
			require.NoError(t, err)
			require.Equal(t, test.want, steps(t, m, noon))
			require.Equal(t, test.until, plan.Until)
			require.Equal(t, test.faulty, plan.Faulty)
			require.Equal(t, !test.until.IsZero(), plan.Why != "")
		})
	}
	require.Equal(t, []Kind{ReadOpen}, steps(t, New(Setup{}), noon), "the ledger is asked first")
}

// A call that is given up makes its rows due, and they are read.
func TestAbandoned(t *testing.T) {
	t.Parallel()
	spent := lost("k")
	spent.Sends = sendsPerCall
	m := machine(channels.Limits{})
	m.Due(nil)
	require.Empty(t, steps(t, m, noon))
	m.Opened([]ledger.CallStanding{spent})
	next := step(t, m, Abandon)
	require.Equal(t, "k", next.Key)
	require.NotEmpty(t, next.Why)
	m.Abandoned("k")
	require.Equal(t, []Kind{ReadDue}, steps(t, m, noon))
}

// While as many calls are under way as the store takes, nothing begins; the call that is under way is not sent again, though the ledger
// has it without a response.
func TestCallsUnderWay(t *testing.T) {
	t.Parallel()
	m, _ := calling(t, Send, channels.Limits{Batch: 1}, due("A", "B")...)
	require.Equal(t, 1, m.UnderWay())
	require.Empty(t, steps(t, m, noon))
	m.Opened([]ledger.CallStanding{lost("k"), lost("l")})
	require.Empty(t, steps(t, m, noon))
	require.Len(t, m.open, 1, "its own call is not lost")
	require.Equal(t, 1, m.Begun())
}

// Rows are read on and on; when the last ones are answered it begins again at the first, for rows came back; and it is over when there are
// none.
func TestRowsAreReadToTheEnd(t *testing.T) {
	t.Parallel()
	m := New(Setup{Connection: "north", Run: 7, Scope: []string{"A"}, Limits: channels.Limits{Batch: 9, Window: 40, ItemCalls: 3}, Batch: 2, Compose: inOrder})
	m.Opened(nil)
	query := ledger.DueQuery{Connection: "north", Run: 7, Scope: []string{"A"}, MaximumTries: 3, Limit: 40, MaximumCalls: 3, Day: ledger.DayOf(noon, nil)}
	require.Equal(t, query, step(t, m, ReadDue).Query)
	m.Due([]ledger.DueItem{{ChannelSKU: "A", Location: "east"}, {ChannelSKU: "A", Location: "west"}, {ChannelSKU: "B"}})
	number := sends(t, m, "k")
	require.Empty(t, steps(t, m, noon))
	applied := channels.Reply{Items: []channels.ItemReply{{Verdict: channels.Applied}, {Verdict: channels.Applied}}}
	m.Answered(number, applied, nil, noon)
	number = sends(t, m, "l")
	m.Answered(number, channels.Reply{Items: applied.Items[:1]}, nil, noon)

	query.AfterSKU = "B"
	require.Equal(t, query, step(t, m, ReadDue).Query, "after the last row")
	m.Due(nil)
	query.AfterSKU = ""
	require.Equal(t, query, step(t, m, ReadDue).Query, "rows came back")
	m.Due(nil)
	plan, err := m.Next(noon)
	require.NoError(t, err)
	require.Equal(t, NextSteps{}, plan, "the push is over")
}

func TestBatch(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ limit, set, want int }{
		"as many as the store takes": {250, 0, 250},
		"as a person set it":         {250, 100, 100},
		"a person set too many":      {250, 1000, 250},
		"a store of single items":    {0, 0, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, test.want, New(Setup{Limits: channels.Limits{Batch: test.limit}, Batch: test.set}).batch)
		})
	}
}

func TestComposingFails(t *testing.T) {
	t.Parallel()
	m := machine(channels.Limits{}, due("A")...)
	m.setup.Compose = func([]channels.Item, int) ([][]int, error) { return nil, errors.New("the driver is wrong") }
	_, err := m.Next(noon)
	require.EqualError(t, err, "the driver is wrong")
}

func TestIntent(t *testing.T) {
	t.Parallel()
	m := machine(channels.Limits{Timeout: 30 * time.Second, ItemCalls: 5}, due("A")...)
	next := step(t, m, Send)
	require.Equal(t, ledger.Intent{
		Key: "k", Body: []byte("bytes"), Items: due("A"), Now: noon, Deadline: noon.Add(35 * time.Second), CountOn: ledger.DayOf(noon, nil),
	}, m.Intent(next, "k", []byte("bytes"), noon))
	require.Equal(t, noon.Add(125*time.Second), machine(channels.Limits{}).Deadline(noon), "a driver that states no timeout")
	require.Zero(t, machine(channels.Limits{}).Intent(next, "k", nil, noon).CountOn, "a store that does not count calls for an item")
}

// The figure that the store is believed to show is compared twice at most: then it could not be learned.
func TestItemsAreCompared(t *testing.T) {
	t.Parallel()
	four := int64(4)
	row := func(attempts int) []ledger.DueItem {
		return []ledger.DueItem{{ChannelSKU: "A", Location: "east", Quantity: 9, Reference: "id", Exported: &four, Attempts: attempts}}
	}
	item := channels.Item{ChannelSKU: "A", Location: "east", Quantity: 9, Reference: "id"}
	compared := item
	compared.Expected = &four
	require.Equal(t, []channels.Item{item}, machine(channels.Limits{}).Items(row(0)))
	m := machine(channels.Limits{Compare: true})
	require.Equal(t, []channels.Item{compared}, m.Items(row(comparedTries-1)))
	require.Equal(t, []channels.Item{item}, m.Items(row(comparedTries)))
}

func TestOperations(t *testing.T) {
	t.Parallel()
	for kind, want := range map[Kind]channels.Operation{
		ReadOpen: "", ReadCall: "", ReadDue: "", ReadReferences: "", Abandon: "",
		Send: channels.Sending, Resend: channels.Sending, Poll: channels.Polling, Find: channels.Looking,
	} {
		require.Equal(t, want, Step{Kind: kind}.Operation())
	}
}

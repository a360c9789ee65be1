package push

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/ledger"
)

func TestBlame(t *testing.T) {
	t.Parallel()
	three := map[string]bool{"A": true, "B": true, "C": true}
	for name, test := range map[string]struct {
		refusals refusals
		call     refused
		want     culprit
	}{
		"the store took another item":                           {refusals{works: true}, refused{kind: Send, items: 1}, theItem},
		"it took another after it had refused many":             {refusals{works: true, refused: three}, refused{kind: Send, items: 1}, theItem},
		"reading works: the others tell":                        {refusals{}, refused{kind: Send, items: 1, reads: true}, unclear},
		"reading works, and there is nobody else to learn from": {refusals{}, refused{kind: Send, items: 1, tries: triesPerRun - 1, reads: true}, theItem},
		"reading does not work":                                 {refusals{}, refused{kind: Send, items: 1}, theStore},
		"three items refused and none taken: it may read only":  {refusals{refused: three}, refused{kind: Send, items: 1, reads: true}, theStore},
		"three items refused, two of them by slices before": {
			refusals{waiting: 3},
			refused{kind: Send, items: 1, tries: triesPerRun - 1, reads: true},
			theStore,
		},
		"three items refused, the first for the third time": {
			refusals{refused: three},
			refused{kind: Send, items: 1, tries: triesPerRun - 1, reads: true},
			theStore,
		},
		"two items refused, none taken, the first for the third": {refusals{waiting: 2}, refused{kind: Send, items: 1, tries: triesPerRun - 1, reads: true}, theItem},

		"three items refused, and another call is under way":   {refusals{refused: three}, refused{kind: Send, items: 1, reads: true, others: 1}, unclear},
		"reading does not work, and another call is under way": {refusals{refused: three}, refused{kind: Send, items: 1, others: 1}, theStore},

		"a call for several, and reading works":              {refusals{}, refused{kind: Send, items: 2, reads: true}, someItem},
		"a call for several, and others were taken":          {refusals{works: true}, refused{kind: Send, items: 2}, someItem},
		"a call for several, and many were refused alone":    {refusals{refused: three}, refused{kind: Send, items: 2, reads: true}, someItem},
		"a call for several, and nothing works":              {refusals{}, refused{kind: Send, items: 2}, theStore},
		"a look-up of several, and reading works":            {refusals{}, refused{kind: Find, items: 2, reads: true}, someItem},
		"a look-up of several, and nothing works":            {refusals{}, refused{kind: Find, items: 2}, theStore},
		"a look-up of one, and others are found":             {refusals{works: true}, refused{kind: Find, items: 1}, theItem},
		"a look-up of one, and reading works":                {refusals{}, refused{kind: Find, items: 1, reads: true}, unclear},
		"a call that was sent before tells nothing":          {refusals{works: true}, refused{kind: Resend, items: 1, reads: true}, unclear},
		"a call for several that was sent before":            {refusals{works: true}, refused{kind: Resend, items: 2, reads: true}, unclear},
		"a call that was sent before, and nothing works":     {refusals{}, refused{kind: Resend, items: 1}, theStore},
		"a report on one item, and others are reported on":   {refusals{works: true}, refused{kind: Poll, items: 1}, theItem},
		"a report on one item, and reading works":            {refusals{}, refused{kind: Poll, items: 1, reads: true}, unclear},
		"a report on one item, refused in these words twice": {refusals{}, refused{kind: Poll, items: 1, tries: triesPerRun - 1, reads: true}, theItem},
		"a report on several is no item's":                   {refusals{works: true}, refused{kind: Poll, items: 2, reads: true}, theStore},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, test.want, test.refusals.blame(test.call))
		})
	}
}

// forbidden is a refusal that may be about the credential or about an item.
var forbidden = &channels.Error{Next: channels.AskPerson, Status: http.StatusForbidden, Reason: "not permitted", Words: "It is archived"}

// revoked is what a store says of a credential that does not work any more.
var revoked = &channels.Error{Next: channels.AskPerson, Status: http.StatusUnauthorized, Reason: "revoked"}

// A call for several that is refused in words for the whole is halved where reads work, until the item stands alone.
func TestRefusalOfSeveral(t *testing.T) {
	t.Parallel()
	m, number := calling(t, Send, channels.Limits{Batch: 4}, due("A", "B", "C", "D")...)
	require.Equal(t, Effects{Check: true}, m.Answered(number, channels.Reply{}, forbidden, noon))
	effects := m.Checked(number, nil, noon)
	require.NoError(t, effects.Fail)
	for _, item := range effects.Response.Items {
		require.Equal(t, ledger.StatusPending, item.Status)
		require.Equal(t, 2, item.Part, "the limit goes with the row")
	}
	require.Equal(t, []string{"A", "B"}, skus(step(t, m, Send).Call.Items))
	effects = m.Answered(sends(t, m, "l"), channels.Reply{}, forbidden, noon)
	require.False(t, effects.Check, "once is enough")
	require.Equal(t, []string{"A"}, skus(step(t, m, Send).Call.Items))

	m, number = calling(t, Send, channels.Limits{Batch: 4}, due("A", "B")...)
	m.Answered(number, channels.Reply{}, forbidden, noon)
	effects = m.Checked(number, revoked, noon)
	require.ErrorContains(t, effects.Fail, "store north: not permitted")
	require.Equal(t, ledger.StatusPending, effects.Response.Items[0].Status, "nobody is to blame")
}

// Rows of calls that have no response yet are not rows that were refused.
func TestCallsUnderWayWereNotRefused(t *testing.T) {
	t.Parallel()
	m, number := calling(t, Send, channels.Limits{Batch: 4}, due("A", "B", "C", "D")...)
	m.Answered(number, channels.Reply{}, forbidden, noon)
	m.Earlier(ledger.Counts{Retrying: 4}) // its own
	require.NoError(t, m.Checked(number, nil, noon).Fail)
	m.Answered(sends(t, m, "l"), channels.Reply{}, forbidden, noon)
	effects := m.Answered(sends(t, m, "m"), channels.Reply{}, forbidden, noon)
	require.NoError(t, effects.Fail)
	require.Equal(t, ledger.StatusRetrying, effects.Response.Items[0].Status)
}

// A look-up that is refused in words for the whole is judged like a call: halved for several, and the one item tells after the others.
func TestLookUpsThatAreRefused(t *testing.T) {
	t.Parallel()
	m := looking(t, channels.Limits{Batch: 9, Find: 3}, due("A", "B", "C", "D")...)
	number, _ := looks(t, m)
	require.Equal(t, Effects{Check: true}, m.Found(number, nil, forbidden, noon))
	halved := func(effects Effects, part int) {
		require.NotEmpty(t, effects.Park)
		for _, parked := range effects.Park {
			require.Equal(t, ledger.ItemResponse{Status: ledger.StatusPending, Reason: "not permitted (status 403)", Part: part}, parked.Response)
		}
	}
	halved(m.Checked(number, nil, noon), 2)
	for _, size := range []int{2, 1} {
		var keys []string
		number, keys = looks(t, m)
		require.Len(t, keys, size)
		if size > 1 {
			halved(m.Found(number, nil, forbidden, noon), 1)
		}
	}
	effects := m.Found(number, nil, forbidden, noon)
	require.Equal(t, []Parked{{parted(due("A")[0]), ledger.ItemResponse{Status: ledger.StatusRetrying, Reason: "not permitted (status 403)"}}}, effects.Park)
	number, keys := looks(t, m)
	require.Equal(t, []string{"B"}, keys, "the others go on")
	m.Found(number, []channels.Found{{Reference: "b"}}, nil, noon)
	number, keys = looks(t, m)
	require.Equal(t, []string{"C", "D"}, keys)
	halved(m.Found(number, nil, forbidden, noon), 1)
	number, _ = looks(t, m)
	effects = m.Found(number, nil, forbidden, noon)
	require.Equal(t, []Parked{{parted(due("A", "B", "C")[2]), ledger.ItemResponse{Status: ledger.StatusRejected, Reason: "It is archived (status 403)"}}},
		effects.Park, "others are found")
	number, _ = looks(t, m)
	m.Found(number, []channels.Found{{Reference: "d"}}, nil, noon)
	require.Equal(t, []string{"B", "D"}, skus(step(t, m, Send).Call.Items), "what is parked is not sent")
}

// What a poll was refused with comes from the ledger, with the call.
func TestAPollKnowsItsLastAnswer(t *testing.T) {
	t.Parallel()
	m := machine(channels.Limits{Batch: 1})
	m.Opened([]ledger.CallStanding{{Key: "k", Begun: noon.Add(-time.Minute), Deadline: noon, Sends: 2, Ticket: "feed 1", Note: forbidden.Error()}})
	m.Read(ledger.OpenCall{Intent: ledger.Intent{Key: step(t, m, ReadCall).Key, Items: due("A")}, Ticket: "feed 1", Sends: 2})
	next := step(t, m, Poll)
	number := m.Began(next, next.Call)
	require.True(t, m.Answered(number, channels.Reply{}, forbidden, noon).Check)
	require.Equal(t, ledger.StatusRejected, m.Checked(number, nil, noon).Response.Items[0].Status)
}

// A row whose figure moved while its look-up was refused is not put back with the old figure after the check.
func TestRowsThatMovedWhileTheirLookUpWasJudged(t *testing.T) {
	t.Parallel()
	m := looking(t, channels.Limits{Batch: 9, Find: 2}, due("A", "B")...)
	number, _ := looks(t, m)
	m.Moved([]ledger.MovedPlace{{ChannelSKU: "A", Product: "A"}})
	require.True(t, m.Found(number, nil, forbidden, noon).Check)
	m.Checked(number, nil, noon)
	m.Due(nil) // what moved is not due any more
	_, keys := looks(t, m)
	require.Equal(t, []string{"B"}, keys)
}

// parted is a row that is to stand alone.
func parted(row ledger.DueItem) ledger.DueItem {
	row.Part = 1
	return row
}

// A look-up is the store's trouble when reads do not work, or when it refuses every item.
func TestLookUpsThatStopTheStore(t *testing.T) {
	t.Parallel()
	m := looking(t, channels.Limits{Batch: 9, Find: 1}, due("A")...)
	number, _ := looks(t, m)
	require.True(t, m.Found(number, nil, forbidden, noon).Check)
	effects := m.Checked(number, revoked, noon)
	require.ErrorContains(t, effects.Fail, "store north: not permitted")
	require.Empty(t, effects.Park)
	require.Zero(t, m.UnderWay())

	m = looking(t, channels.Limits{Batch: 9, Find: 1}, due("A")...)
	number, _ = looks(t, m)
	m.Found(number, nil, forbidden, noon)
	effects = m.Checked(number, &channels.Error{Next: channels.Resend, Reason: "no"}, noon)
	require.NotNil(t, effects.Pause, "a read without an answer says nothing")
	require.NoError(t, effects.Fail)
	_, keys := looks(t, m)
	require.Equal(t, []string{"A"}, keys)

	m = looking(t, channels.Limits{Batch: 9, Find: 1}, due("A", "B", "C", "D")...)
	for i := range refusedItems {
		number, _ = looks(t, m)
		effects = m.Found(number, nil, forbidden, noon)
		if effects.Check {
			effects = m.Checked(number, nil, noon)
		}
		require.Equal(t, i == refusedItems-1, effects.Fail != nil, "item %d", i)
	}
}

// A refusal to take a call once more says nothing of the first time: where the credential works, it is sent again until it is given up.
func TestRefusalOfACallThatWasSentBefore(t *testing.T) {
	t.Parallel()
	m, number := calling(t, Resend, channels.Limits{Batch: 2}, due("A", "B")...)
	require.True(t, m.Answered(number, channels.Reply{}, forbidden, noon).Check)
	effects := m.Checked(number, nil, noon)
	require.NoError(t, effects.Fail)
	require.Equal(t, ledger.StatusUnknown, effects.Response.Items[0].Status)
	require.True(t, effects.Response.PollAfter.After(noon))
	require.Equal(t, []Kind{ReadOpen}, steps(t, m, noon), "the ledger says when")
}

// A report on one item that is refused is the item's when others are reported on, and when it is refused twice in the same words.
func TestRefusalOfAReport(t *testing.T) {
	t.Parallel()
	refuse := func(note string) Effects {
		m, _ := calling(t, Poll, channels.Limits{Batch: 1}, due("A")...)
		m.open, m.flights = nil, map[int]*flight{}
		number := m.Began(Step{Kind: Poll, Why: note}, ledger.OpenCall{Intent: ledger.Intent{Key: "k", Items: due("A")}, Ticket: "feed 1", Sends: 1})
		require.True(t, m.Answered(number, channels.Reply{}, forbidden, noon).Check)
		m.Earlier(ledger.Counts{Sent: 3})
		return m.Checked(number, nil, noon)
	}
	effects := refuse("")
	require.NoError(t, effects.Fail)
	require.Equal(t, ledger.StatusSent, effects.Response.Items[0].Status, "that figures are taken does not say that reports can be read")
	require.Equal(t, "feed 1", effects.Response.Ticket)
	effects = refuse(forbidden.Error())
	require.Equal(t, []ledger.ItemResponse{{ChannelSKU: "A", Status: ledger.StatusRejected, Reason: "It is archived (status 403)"}}, effects.Response.Items)
}

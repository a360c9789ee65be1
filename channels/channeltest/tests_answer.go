package channeltest

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/channels"
)

// offenderAmong is a call with an offender in its middle, or alone where there is room for one only.
func (s suite) offenderAmong(t *testing.T, store Store, channel channels.Channel) (items []channels.Item, at int) {
	t.Helper()
	offender := store.Offender(t)
	if channel.Limits().Batch == 1 {
		return []channels.Item{offender}, 0
	}
	items = s.listed(t, store, 2)
	return slices.Insert(items, 1, offender), 1
}

func (s suite) offender(t *testing.T, store Store) {
	channel := open(t, store)
	items, at := s.offenderAmong(t, store, channel)
	before := store.Shown(t)
	reply := sendThrough(t, channel, call(t, channel, "key-1", items...))
	require.False(t, reply.Refused)
	require.Equal(t, channels.Rejected, reply.Items[at].Verdict)
	require.NotEmpty(t, reply.Items[at].Code+reply.Items[at].Reason, "a person must see why")
	rest, good := slices.Delete(verdicts(reply), at, at+1), slices.Delete(slices.Clone(items), at, at+1)
	if s.subject.Shape == AllOrNothing {
		require.Equal(t, every(len(rest), channels.NotApplied), rest)
		require.Equal(t, before, store.Shown(t))
		reply = sendThrough(t, channel, call(t, channel, "key-2", good...))
		rest = verdicts(reply)
	}
	require.Equal(t, every(len(rest), channels.Applied), rest)
	requireShown(t, store, good...)
}

func (s suite) unnamedOffender(t *testing.T, store Store) {
	channel := open(t, store)
	items, _ := s.offenderAmong(t, store, channel)
	before := store.Shown(t)
	store.Provoke(t, UnnamedOffender)
	reply := send(t, channel, call(t, channel, "key-1", items...))
	require.True(t, reply.Refused)
	require.NotEmpty(t, reply.Reason)
	require.Equal(t, before, store.Shown(t))
}

func (s suite) reordered(t *testing.T, store Store) {
	channel := open(t, store)
	items, at := s.offenderAmong(t, store, channel)
	items = append(items[:at:at], append(items[at+1:], items[at])...) // the offender last: backwards it would be the first
	store.Provoke(t, Reordered)
	reply := sendThrough(t, channel, call(t, channel, "key-1", items...))
	last := len(items) - 1
	require.Equal(t, channels.Rejected, reply.Items[last].Verdict, "results are matched by what they name, not by their place")
	require.Equal(t, every(last, channels.Applied), verdicts(reply)[:last])
	for _, item := range reply.Items {
		require.Nil(t, item.Clamped)
	}
}

func (s suite) shortened(t *testing.T, store Store) {
	channel := open(t, store)
	items := s.listed(t, store, 3)
	store.Provoke(t, Shortened)
	reply := sendThrough(t, channel, call(t, channel, "key-1", items...))
	require.Equal(t, []channels.Verdict{channels.Applied, channels.Applied, channels.Unknown}, verdicts(reply), "what is not mentioned is not a success")
}

func (s suite) stray(t *testing.T, store Store) {
	channel := open(t, store)
	store.Provoke(t, Stray)
	if s.subject.Shape == AllOrNothing {
		items, _ := s.offenderAmong(t, store, channel)
		failure, _ := fail(t, channel, call(t, channel, "key-1", items...), outcome{})
		require.Equal(t, channels.Resend, failure.Next)
		return
	}
	items := s.listed(t, store, 3)
	reply := sendThrough(t, channel, call(t, channel, "key-1", items...))
	require.Equal(t, every(len(items), channels.Applied), verdicts(reply))
}

func (s suite) marked(t *testing.T, store Store) {
	channel := open(t, store)
	items := s.items(t, store, channel)
	store.Provoke(t, Marked)
	reply := sendThrough(t, channel, call(t, channel, "key-1", items...))
	require.Equal(t, every(len(items), channels.Applied), verdicts(reply))
	requireShown(t, store, items...)
}

func (s suite) report(t *testing.T, store Store) {
	channel := open(t, store)
	items, at := s.offenderAmong(t, store, channel)
	submitted := call(t, channel, "key-1", items...)
	reply := send(t, channel, submitted)
	require.Equal(t, every(len(items), channels.Accepted), verdicts(reply), "taking a submission is not applying it")
	require.NotEmpty(t, reply.Ticket)
	if s.subject.Keys {
		again := send(t, channel, submitted)
		require.Equal(t, reply.Ticket, again.Ticket, "the same key is the same submission")
	}

	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for reply.Ticket != "" {
		require.Equal(t, every(len(items), channels.Accepted), verdicts(reply))
		reply = poll(ctx, t, open(t, store), submitted, reply) // another worker may ask
	}
	require.Equal(t, channels.Rejected, reply.Items[at].Verdict)
	requireShown(t, store, slices.Delete(slices.Clone(items), at, at+1)...)
}

func (s suite) forgotten(t *testing.T, store Store) {
	channel := open(t, store)
	items := s.items(t, store, channel)
	poller, ok := channels.AsPoller(channel)
	require.True(t, ok)
	reply, err := poller.Poll(t.Context(), "no/such?ticket", items)
	require.Equal(t, channels.Anew, judged(t, reply, err).Next)
}

func (s suite) noPoller(t *testing.T, store Store) {
	_, polls := channels.AsPoller(open(t, store))
	require.False(t, polls)
}

// failure checks that a fault is neither a success nor the end: the driver says what should happen next, and when the fault
// is gone the same bytes with the same key bring the figures.
func (s suite) failure(t *testing.T, store Store, fault Fault, outcome outcome) {
	channel := open(t, store)
	items := s.items(t, store, channel)
	before := store.Shown(t)
	once := call(t, channel, "key-1", items...)
	store.Provoke(t, fault)
	began := time.Now()
	failure, budget := fail(t, channel, once, outcome)
	require.Equal(t, outcome.next, failure.Next, failure.Error())
	requireBeginning(t, failure, fault)
	s.requireUntil(t, failure, fault, began)
	require.Equal(t, 1, store.Calls(t), "one call here is one call there")
	require.Zero(t, store.Leaks(t), "a redirect is not followed, so no credential goes with it")
	if !outcome.maybe {
		require.Equal(t, before, store.Shown(t))
	}
	if budget.Known {
		require.Positive(t, budget.Capacity)
	}
	store.Provoke(t, None)
	reply := sendThrough(t, channel, once)
	require.Equal(t, every(len(items), channels.Applied), verdicts(reply))
	requireShown(t, store, items...)
}

// requireBeginning checks that the message about a response that cannot be read shows how it begins: escaped, 80 characters of it at most,
// and no secret.
func requireBeginning(t *testing.T, failure *channels.Error, fault Fault) {
	t.Helper()
	if fault != Notice && fault != HTML && fault != WrongJSON && fault != OtherJSON {
		return
	}
	_, shown, begins := strings.Cut(failure.Reason, "it begins with ")
	require.True(t, begins, failure.Reason)
	plain, err := strconv.Unquote(strings.TrimSuffix(shown, "…"))
	require.NoError(t, err, shown)
	require.LessOrEqual(t, len(plain), 80)
	require.NotContains(t, shown, "\n")
	require.NotContains(t, shown, "\x1b")
	if fault == Notice {
		require.True(t, strings.HasPrefix(plain, "<br />\n<b>Warning</b>"), shown)
		require.True(t, strings.HasSuffix(shown, "…"), "it says that there is more")
	}
}

// requireUntil checks how long a throttle says to wait.
func (s suite) requireUntil(t *testing.T, failure *channels.Error, fault Fault, began time.Time) {
	t.Helper()
	if fault != ThrottleSeconds && fault != ThrottleDate {
		require.Zero(t, failure.Until)
		return
	}
	// A date has whole seconds.
	require.False(t, failure.Until.Before(began.Add(s.subject.RetryAfter-2*time.Second)), "until %s", failure.Until)
	latest := time.Now().Add(s.subject.RetryAfter + time.Second)
	if s.subject.RetryAfter == 0 {
		latest = time.Now().Add(time.Hour)
	}
	require.False(t, failure.Until.After(latest), "until %s", failure.Until)
}

// pollFailure checks the same of a poll.
func (s suite) pollFailure(t *testing.T, store Store, fault Fault, outcome outcome) {
	if fault == TooLarge || fault == Nowhere {
		return // a poll carries nothing; and a submission that is not there any more is forgotten
	}
	channel := open(t, store)
	items := s.items(t, store, channel)
	submitted := call(t, channel, "key-1", items...)
	reply := send(t, channel, submitted)
	poller, ok := channels.AsPoller(channel)
	require.True(t, ok)
	store.Provoke(t, fault)
	ctx, cancel := outcome.patience(t)
	defer cancel()
	polled, err := poller.Poll(ctx, reply.Ticket, items)
	failure := judged(t, polled, err)
	require.Equal(t, outcome.next, failure.Next)
	requireBeginning(t, failure, fault)
	require.Zero(t, store.Leaks(t))
	store.Provoke(t, None)
	require.Equal(t, every(len(items), channels.Applied), verdicts(pollThrough(t, channel, submitted, reply)))
	requireShown(t, store, items...)
}

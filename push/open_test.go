package push

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/ledger"
)

var noon = time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)

func TestDecideAboutOpenCalls(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	keyed := channels.Limits{KeyLifetime: 24 * time.Hour}
	call := func(change func(*ledger.CallStanding)) ledger.CallStanding {
		c := ledger.CallStanding{Key: "k", Begun: now.Add(-time.Minute), Deadline: now.Add(-time.Second), Sends: 1}
		change(&c)
		return c
	}
	for name, test := range map[string]struct {
		call   ledger.CallStanding
		limits channels.Limits
		want   verb
		at     time.Time
	}{
		"lost, over: the same bytes go out again": {call(func(*ledger.CallStanding) {}), channels.Limits{}, send, time.Time{}},
		"lost, perhaps under way, no key: wait until it is over": {
			call(func(c *ledger.CallStanding) { c.Deadline = now.Add(20 * time.Second) }), channels.Limits{}, wait, now.Add(20 * time.Second),
		},
		"lost, perhaps under way, with a key: a copy is harmless": {
			call(func(c *ledger.CallStanding) { c.Deadline = now.Add(20 * time.Second) }), keyed, send, time.Time{},
		},
		"the store has server errors: back off": {
			call(func(c *ledger.CallStanding) { c.PollAfter = now.Add(4 * time.Second) }), keyed, wait, now.Add(4 * time.Second),
		},
		"sent often enough":     {call(func(c *ledger.CallStanding) { c.Sends = sendsPerCall }), keyed, abandon, time.Time{}},
		"the key is forgotten":  {call(func(c *ledger.CallStanding) { c.Begun = now.Add(-25 * time.Hour) }), keyed, abandon, time.Time{}},
		"a report is not ready": {call(func(c *ledger.CallStanding) { c.Ticket, c.PollAfter = "f1", now.Add(time.Second) }), keyed, wait, now.Add(time.Second)},
		"a report is ready":     {call(func(c *ledger.CallStanding) { c.Ticket, c.Sends = "f1", 99 }), keyed, poll, time.Time{}},
		"a report never came":   {call(func(c *ledger.CallStanding) { c.Ticket, c.Begun = "f1", now.Add(-25*time.Hour) }), keyed, abandon, time.Time{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := decide(test.call, test.limits, now)
			require.Equal(t, test.want, got.what)
			require.Equal(t, test.at, got.until)
			if got.what == wait || got.what == abandon {
				require.NotEmpty(t, got.why)
			}
		})
	}
}

func TestWhatAStoreSaidIsShown(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	call := ledger.CallStanding{Key: "k", Begun: now, PollAfter: now.Add(time.Second), Sends: 1}
	require.Equal(t, "the store has server errors; the last call is sent again", decide(call, channels.Limits{}, now).why)
	call.Note = "no connection to 127.0.0.1:9470"
	require.Equal(t, "the store has server errors (no connection to 127.0.0.1:9470); the last call is sent again", decide(call, channels.Limits{}, now).why)
}

func TestBackoffGrowsToAMost(t *testing.T) {
	t.Parallel()
	last := time.Duration(0)
	for n := range 100 {
		next := backoff(n)
		require.GreaterOrEqual(t, next, last)
		require.LessOrEqual(t, next, 2*time.Minute)
		last = next
	}
	require.Equal(t, time.Second, backoff(1))
}

// What was refused as a whole comes back in parts that no row is too many for, whoever goes on with it.
func TestRowsStandAmongAsManyAsTheyMay(t *testing.T) {
	t.Parallel()
	rows := func(parts ...int) []ledger.DueItem {
		all := make([]ledger.DueItem, len(parts))
		for i, part := range parts {
			all[i].Part = part
		}
		return all
	}
	for name, test := range map[string]struct {
		rows []ledger.DueItem
		want []int
	}{
		"none":                       {rows(), nil},
		"no limits":                  {rows(0, 0, 0), []int{3}},
		"halves":                     {rows(2, 2, 2, 2), []int{2, 2}},
		"an odd half":                {rows(2, 2, 2), []int{2, 1}},
		"singles":                    {rows(1, 1, 1), []int{1, 1, 1}},
		"a fresh row joins a part":   {rows(2, 0, 0, 0), []int{2, 2}},
		"a limit comes later":        {rows(0, 0, 1, 0), []int{2, 1, 1}},
		"a limit comes early enough": {rows(0, 3, 0, 0), []int{3, 1}},
		"one in the first rows":      {rows(1, 0, 0), []int{1, 2}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got []int
			for _, part := range within(test.rows) {
				got = append(got, len(part))
			}
			require.Equal(t, test.want, got)
		})
	}
}

func TestNothingNamed(t *testing.T) {
	t.Parallel()
	reply := func(items ...channels.ItemReply) channels.Reply { return channels.Reply{Items: items} }
	silent := channels.ItemReply{Verdict: channels.NotApplied}
	require.True(t, nothingNamed(reply(silent, silent)))
	require.False(t, nothingNamed(reply()))
	require.False(t, nothingNamed(reply(silent, channels.ItemReply{Verdict: channels.Rejected})))
	require.False(t, nothingNamed(reply(silent, channels.ItemReply{Verdict: channels.NotApplied, Lost: true})), "its id is refreshed")
	require.False(t, nothingNamed(reply(channels.ItemReply{Verdict: channels.NotApplied, Reason: "SYSTEM_ERROR"})), "it has a cause of its own")
}

func TestReferencesAgeAtTheirOwnTimes(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	const skus = 10_000
	count := func(age time.Duration) (old int) {
		for i := range skus {
			if aged(fmt.Sprintf("SKU-%06d", i), now.Add(-age), now) {
				old++
			}
		}
		return old
	}
	require.Zero(t, count(referenceLife))
	for tenth := 1; tenth < 10; tenth++ {
		require.InDelta(t, skus*tenth/10, count(referenceLife+referenceLife*time.Duration(tenth)/10), skus/50)
	}
	require.Equal(t, skus, count(2*referenceLife))
	require.True(t, aged("SKU", time.Time{}, now), "what was never found")
}

// The last send of a call may still be under way when its caller is lost. Whatever is done about the call, it is done after that.
func TestTheLastSendIsWaitedForToo(t *testing.T) {
	t.Parallel()
	lost := ledger.CallStanding{Begun: noon, Deadline: noon.Add(time.Minute), Sends: sendsPerCall}
	require.Equal(t, wait, decide(lost, channels.Limits{}, noon.Add(10*time.Second)).what)
	keyed := channels.Limits{KeyLifetime: time.Hour}
	require.Equal(t, wait, decide(lost, keyed, noon.Add(10*time.Second)).what, "a new key does not stop a call under the old one")
	require.Equal(t, abandon, decide(lost, keyed, noon.Add(time.Minute)).what)
}

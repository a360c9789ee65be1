package channeltest

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/channels"
)

// Paced calls a store as the push activity does: each call when the pacing of package channels lets it. Its clock does not wait, and the
// fake is to read the same one.
type Paced struct {
	t       testing.TB
	channel channels.Channel
	meters  *channels.Meters
	clock   *time.Time
	takes   time.Duration
	calls   int
}

// NewPaced returns a Paced whose every call takes so long.
func NewPaced(t testing.TB, channel channels.Channel, budget channels.PaceBudget, clock *time.Time, takes time.Duration) *Paced {
	return &Paced{t: t, channel: channel, meters: channels.NewMeters(channel, budget, channels.Picture{}), clock: clock, takes: takes}
}

// LookUp looks items up in one call, and gives them the store's references.
func (p *Paced) LookUp(items ...channels.Item) {
	p.t.Helper()
	finder, ok := channels.AsFinder(p.channel)
	require.True(p.t, ok)
	p.call(channels.Looking, items, func() (channels.Budget, error) {
		matches, budget, err := finder.Find(p.t.Context(), items)
		for i, match := range matches {
			require.NotEmpty(p.t, match.Reference, "%q is not found: %s%s", items[i].ChannelSKU, match.Missing, match.Blocked)
			items[i].Reference = match.Reference
		}
		return budget, err
	})
}

// Push sends items in a call with a key of its own.
func (p *Paced) Push(items ...channels.Item) (reply channels.Reply) {
	p.t.Helper()
	p.calls++
	p.call(channels.Sending, items, func() (_ channels.Budget, err error) {
		reply, err = pushAs(p.t, p.channel, fmt.Sprintf("key-%d", p.calls), items)
		return reply.Budget, err
	})
	return reply
}

// PushThrough sends items and polls, as late as the store asks for, until nothing is open.
func (p *Paced) PushThrough(items ...channels.Item) channels.Reply {
	p.t.Helper()
	reply := p.Push(items...)
	for reply.Ticket != "" {
		*p.clock = p.clock.Add(reply.PollAfter)
		p.call(channels.Polling, items, func() (_ channels.Budget, err error) {
			reply, err = Poll(p.t, p.channel, reply.Ticket, items...)
			return reply.Budget, err
		})
	}
	return reply
}

func (p *Paced) call(operation channels.Operation, items []channels.Item, call func() (channels.Budget, error)) {
	p.t.Helper()
	pacer := p.meters.For(operation, items, *p.clock)
	for at, _ := pacer.Ready(*p.clock, 0); at.After(*p.clock); at, _ = pacer.Ready(*p.clock, 0) {
		*p.clock = at
	}
	number := pacer.Began(*p.clock)
	budget, err := call()
	require.NoError(p.t, err)
	*p.clock = p.clock.Add(p.takes)
	pacer.Answered(number, *p.clock, budget, nil)
}

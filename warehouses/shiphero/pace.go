package shiphero

import (
	"context"
	"time"
)

// ShipHero's budget (developer.shiphero.com/getting-started): an account has at most 4,004 credits, no call may need more, and 60 are
// restored a second. And it may make 7,000 calls in five minutes, of which a fetch takes no more than 5,000.
const (
	mostCredits = 4004
	restored    = 60 // a second
	shortest    = 5 * time.Minute / 5000
)

// pace spreads the calls of one fetch, so that it uses no more credits than are restored. A fetch that is throttled half-way and
// begins again at its first page pays for all of them again, so it waits where it stands.
type pace struct {
	perSecond int
	now       func() time.Time
	wait      func(ctx context.Context, span time.Duration) error
	next      time.Time // no call begins earlier
	begun     bool      // a call was answered
}

func (s *source) pace() *pace { return &pace{perSecond: s.perSecond, now: s.Now, wait: s.Wait} }

// take waits until a call may begin.
func (p *pace) take(ctx context.Context) error {
	if rest := p.next.Sub(p.now()); rest > 0 {
		if err := p.wait(ctx, rest); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// spent puts the next call off for what a call has cost.
func (p *pace) spent(credits int64) {
	p.begun = true
	rate := time.Duration(p.perSecond)
	span := (time.Duration(min(max(credits, 0), mostCredits))*time.Second + rate - 1) / rate // rounded up
	p.next = p.now().Add(max(span, shortest))
}

package shipbob

import (
	"context"
	"net/http"
	"strconv"
	"time"
)

// window is the span in which ShipBob counts calls: it permits 150 in any minute, to a user and application, over all of its
// APIs (developer.shipbob.com/2026-07/rate-limit).
const window = time.Minute

// pace spreads the calls of one fetch. A fetch that is throttled half-way begins again at its first page, so one with many
// pages would never end if it ran into the limit.
type pace struct {
	every time.Duration
	now   func() time.Time
	wait  func(ctx context.Context, span time.Duration) error
	next  time.Time // no call begins earlier
}

// take waits until a call may begin.
func (p *pace) take(ctx context.Context) error {
	if rest := p.next.Sub(p.now()); rest > 0 {
		if err := p.wait(ctx, rest); err != nil {
			return err
		}
	}
	p.next = p.now().Add(p.every)
	return nil
}

// heed puts the next call off when a response says that no call is left, because others used them. It does not say for how
// long; after a window everything that counted then counts no more.
func (p *pace) heed(header http.Header) {
	if left, err := strconv.Atoi(header.Get("X-Remaining-Calls")); err == nil && left <= 0 {
		p.next = p.now().Add(window)
	}
}

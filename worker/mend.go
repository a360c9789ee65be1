package main

import (
	"context"
	"log/slog"
	"time"

	"github.com/tidemark/tidemark/control"
)

const (
	mendEvery = 30 * time.Second
	mendSoon  = 100 * time.Millisecond // the least time between two rounds
)

// mendSchedules ends overrides of schedules when their time comes, and updates schedules in Temporal that differ from the ledger because an
// edit was interrupted. Every worker does it.
func mendSchedules(ctx context.Context, mend func(context.Context) (control.MendResult, error), now func() time.Time, log *slog.Logger) {
	for {
		mended, err := mend(ctx)
		if err != nil && ctx.Err() == nil {
			log.Warn("schedules could not be brought to what the ledger says; it is tried again", "error", err)
		}
		if len(mended.Schedules) > 0 {
			log.Info("schedules were brought to what the ledger says", "schedules", mended.Schedules)
		}
		wait := mendEvery
		if !mended.Next.IsZero() {
			wait = max(min(wait, mended.Next.Sub(now())), mendSoon)
		}
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return
		}
	}
}

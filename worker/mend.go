package main

import (
	"context"
	"log/slog"
	"time"

	"github.com/tidemark/tidemark/control"
)

const (
	mendEvery = 30 * time.Second
	mendSoon  = 100 * time.Millisecond // between two looks at least
)

// mendSchedules ends overrides of schedules in time, and brings Temporal to what the ledger says where that broke off. Every worker does it.
func mendSchedules(ctx context.Context, mend func(context.Context) (control.Mended, error), now func() time.Time, log *slog.Logger) {
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

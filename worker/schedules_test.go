package main

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/control"
)

func TestSchedulesAreMeasured(t *testing.T) {
	t.Parallel()
	collect := newSchedules(slog.New(slog.DiscardHandler))
	at := time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)
	collect.now = func() time.Time { return at }
	_, get := observed(t, collect)
	metrics := func() string {
		t.Helper()
		_, content := get("/metrics")
		return content
	}
	require.NotContains(t, metrics(), "tidemark_schedule", "Temporal is not connected")
	require.Contains(t, metrics(), "tidemark_temporal_up 0")

	none := 0
	calls := 0
	collect.asking(func(context.Context) ([]control.ScheduleStatus, error) {
		calls++
		return []control.ScheduleStatus{
			{ID: "smart-sync/a", Missed: 3, Skipped: 7},
			{ID: "full-sync/a", Paused: true},
			{ID: "smart-sync/b", Missing: true},
			{ID: "full-sync/b", Remaining: &none},
			{ID: "smart-sync/c", Ledger: "THEIRSTHEIRS"},
		}, nil
	})
	content := metrics()
	require.Contains(t, content, "tidemark_temporal_up 1")
	for _, line := range []string{
		`tidemark_schedule_missed_starts_total{schedule="smart-sync/a"} 3`, `tidemark_schedule_skipped_starts_total{schedule="smart-sync/a"} 7`,
		`tidemark_schedule_paused{schedule="smart-sync/a"} 0`, `tidemark_schedule_paused{schedule="full-sync/a"} 1`,
		`tidemark_schedule_paused{schedule="full-sync/b"} 1`,
		`tidemark_schedule_missing{schedule="smart-sync/a"} 0`, `tidemark_schedule_missing{schedule="smart-sync/b"} 1`,
		`tidemark_schedule_missing{schedule="smart-sync/c"} 1`,
	} {
		require.Contains(t, content, line)
	}
	require.NotContains(t, content, `tidemark_schedule_paused{schedule="smart-sync/b"}`)
	metrics()
	require.Equal(t, 1, calls, "the answer is kept for a moment")

	collect.asking(func(context.Context) ([]control.ScheduleStatus, error) { return nil, errors.New("unavailable") })
	require.Contains(t, metrics(), "smart-sync/a")
	at = at.Add(schedulesKept)
	content = metrics()
	require.NotContains(t, content, "tidemark_schedule", "what is not known is absent")
	require.Contains(t, content, "tidemark_temporal_up 0")
}

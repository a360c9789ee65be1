package record_test

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/sandbox/internal/record"
)

var start = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func setup() *record.Recorder { return record.New(func() time.Time { return start }) }

func TestRecorderCountsAndRemembers(t *testing.T) {
	t.Parallel()
	r := setup()
	first, second := r.Arrive("GET", "/a"), r.Arrive("POST", "/b")
	require.Equal(t, record.Totals{InFlight: 2, MaxParallel: 2, Faults: map[string]uint64{}}, r.Totals())
	r.Finish(second, record.Outcome{Status: 0, Fault: "lost_answer", Items: 3, Applied: 3}, false)
	r.Finish(first, record.Outcome{Status: 200}, true)
	require.Equal(t, record.Totals{Calls: 2, MaxParallel: 2, Faults: map[string]uint64{"lost_answer": 1}}, r.Totals())
	r.Applied(first, 9)

	calls, oldest := r.Calls(0, 10)
	require.Equal(t, uint64(1), oldest)
	require.Equal(t, []record.Call{
		{N: 1, At: start, Method: "GET", Path: "/a", Outcome: record.Outcome{Status: 200, Applied: 9}, SentAt: start},
		{N: 2, At: start, Method: "POST", Path: "/b", Outcome: record.Outcome{Fault: "lost_answer", Items: 3, Applied: 3}},
	}, calls)
	calls, _ = r.Calls(1, 10)
	require.Len(t, calls, 1)
	calls, _ = r.Calls(0, 1)
	require.Len(t, calls, 1)
	calls, _ = r.Calls(2, 10)
	require.Empty(t, calls)
}

func TestRecorderForgetsTheOldest(t *testing.T) {
	t.Parallel()
	r := setup()
	calls, oldest := r.Calls(0, 10)
	require.Empty(t, calls)
	require.Zero(t, oldest)
	hanging := r.Arrive("GET", "/hangs")
	for range record.Kept + 10 {
		r.Finish(r.Arrive("GET", "/"), record.Outcome{Status: 200}, true)
	}
	r.Finish(hanging, record.Outcome{Status: 418}, true) // its place is taken
	r.Applied(hanging, 5)
	calls, oldest = r.Calls(0, 1)
	require.Equal(t, uint64(12), oldest)
	require.Equal(t, oldest, calls[0].N)
	calls, _ = r.Calls(0, 2*record.Kept)
	require.Len(t, calls, record.Kept)
	for i, call := range calls {
		require.Equal(t, oldest+uint64(i), call.N)
		require.Equal(t, 200, call.Status)
		require.Zero(t, call.Applied)
	}
	require.Equal(t, uint64(record.Kept+11), r.Totals().Calls)
}

func TestWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := setup()
		require.NoError(t, r.Wait(t.Context(), 0, 0, 0))
		var finished, arrived bool
		go func() { finished = r.Wait(t.Context(), 2, 0, 0) == nil }()
		go func() { arrived = r.Wait(t.Context(), 0, 2, 0) == nil }()
		r.Finish(r.Arrive("GET", "/"), record.Outcome{}, true)
		synctest.Wait()
		require.False(t, arrived)
		second := r.Arrive("GET", "/")
		synctest.Wait()
		require.True(t, arrived)
		require.False(t, finished)
		r.Finish(second, record.Outcome{}, true)
		synctest.Wait()
		require.True(t, finished)

		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		require.ErrorIs(t, r.Wait(ctx, 3, 0, 0), context.DeadlineExceeded)
	})
}

func TestPause(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := setup()
		require.NoError(t, r.Hang(t.Context(), false))
		r.Resume() // nothing to resume
		r.Pause(false)
		r.Pause(false) // is paused already
		var released atomic.Int32
		for range 3 {
			go func() {
				if r.Hang(t.Context(), false) == nil {
					released.Add(1)
				}
			}()
			synctest.Wait()
		}
		require.Zero(t, released.Load())
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		require.ErrorIs(t, r.Hang(ctx, false), context.DeadlineExceeded)
		require.Equal(t, 3, r.Totals().Hanging, "who has left does not hang")
		r.Pause(true)
		require.NoError(t, r.Hang(t.Context(), true), "a call that reads")
		hung := make(chan error)
		go func() { hung <- r.Wait(t.Context(), 0, 0, 4) }()
		synctest.Wait()
		require.Empty(t, hung)
		go func() { _ = r.Hang(t.Context(), false) }()
		require.NoError(t, <-hung)
		r.Resume()
		require.Zero(t, r.Totals().Hanging)
		synctest.Wait()
		require.Equal(t, int32(3), released.Load())
		require.NoError(t, r.Hang(t.Context(), false))
	})
}

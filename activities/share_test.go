package activities

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/ledger"
)

func TestSharedSince(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		requested *time.Time
		want      time.Time
	}{
		"nobody asked":                   {nil, noon.Add(-time.Minute)},
		"asked a moment ago":             {new(noon.Add(-time.Second)), noon.Add(-time.Second)},
		"asked long ago":                 {new(noon.Add(-time.Hour)), noon.Add(-time.Minute)},
		"asked by a clock that is ahead": {new(noon.Add(time.Second)), noon.Add(time.Second)},
	} {
		require.Equal(t, test.want, sharedSince(noon, time.Minute, test.requested), name)
	}
}

func TestFetchPollGrows(t *testing.T) {
	t.Parallel()
	require.Equal(t, 500*time.Millisecond, fetchPoll(1))
	require.Equal(t, 2*time.Second, fetchPoll(4))
	require.Equal(t, 2*time.Second, fetchPoll(400))
}

func (w *world) fetch(lease ledger.Lease, connection string, change func(*FetchInput)) (FetchResult, error) {
	w.t.Helper()
	input := FetchInput{Lease: lease, Connection: connection, Mode: ledger.Full}
	if change != nil {
		change(&input)
	}
	return do[FetchResult](w, w.fetcher().Fetch, input)
}

// The snapshot of another connection's run is shared within the freshness, unless the run was requested after that fetch began, or a person approved
// a new fetch.
func TestFetchIsShared(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		later     time.Duration
		change    func(*FetchInput)
		freshness time.Duration
		shared    bool
	}{
		"at once":                  {0, nil, time.Minute, true},
		"within the freshness":     {time.Minute, nil, time.Minute, true},
		"beyond the freshness":     {time.Minute + time.Second, nil, time.Minute, false},
		"without a freshness":      {0, nil, 0, false},
		"asked before the fetch":   {30 * time.Second, func(in *FetchInput) { in.Asked = new(noon.Add(-time.Second)) }, time.Minute, true},
		"asked after it had begun": {30 * time.Second, func(in *FetchInput) { in.Asked = new(noon.Add(time.Second)) }, time.Minute, false},
		"after an approval":        {0, func(in *FetchInput) { in.Approved = true }, time.Minute, false},
		"a Smart Sync":             {0, func(in *FetchInput) { in.Mode = ledger.Smart }, time.Minute, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t)
			d := definitions()
			d.Warehouses[0].Freshness = test.freshness
			w.apply(d)
			north, south := w.take("north", ledger.Full), w.take("south", ledger.Full)
			first, err := w.fetch(north, "north", nil)
			require.NoError(t, err)
			require.Equal(t, FetchResult{From: "page 1", SnapshotFigures: ledger.SnapshotFigures{Rows: 1, Changed: 1}}, first)
			w.now = noon.Add(test.later)
			second, err := w.fetch(south, "south", test.change)
			require.NoError(t, err)
			if test.shared {
				require.Equal(t, FetchResult{From: "page 1", SnapshotFigures: ledger.SnapshotFigures{Rows: 1, Changed: 1}, Shared: north.Run}, second)
				require.Equal(t, 1, w.source.fetches)
			} else {
				require.Equal(t, FetchResult{From: "page 1", SnapshotFigures: ledger.SnapshotFigures{Rows: 1}}, second)
				require.Equal(t, 2, w.source.fetches)
			}
		})
	}
}

// A run that waits for another one's fetch is retried by the server, and does not count as failed.
func TestFetchWaitsForAnother(t *testing.T) {
	t.Parallel()
	w := setup(t)
	north, south := w.take("north", ledger.Full), w.take("south", ledger.Full)
	w.source.read = func() {
		w.source.read = nil
		_, err := w.fetch(south, "south", nil)
		waits := temporalError(t, err)
		require.Equal(t, ErrorFetching, waits.Type())
		require.False(t, waits.NonRetryable())
		require.Equal(t, 500*time.Millisecond, waits.NextRetryDelay())
		require.Contains(t, waits.Message(), "waiting for run 1")
	}
	_, err := w.fetch(north, "north", nil)
	require.NoError(t, err)
	shared, err := w.fetch(south, "south", nil)
	require.NoError(t, err)
	require.Equal(t, north.Run, shared.Shared)
	require.Equal(t, 1, w.source.fetches)
}

// racing lets another run do something right before a snapshot is staged.
type racing struct {
	ledger.Ledger
	before func()
}

func (r *racing) Stage(ctx context.Context, lease ledger.Lease, start ledger.SnapshotStart) (int64, error) {
	if before := r.before; before != nil {
		r.before = nil
		before()
	}
	return r.Ledger.Stage(ctx, lease, start)
}

// When two runs find no snapshot and begin to fetch at once, the later one gives way and leaves nothing staged.
func TestFetchGivesWay(t *testing.T) {
	t.Parallel()
	w := setup(t)
	north, south := w.take("north", ledger.Full), w.take("south", ledger.Full)
	var staged int64
	w.Ledger = &racing{Ledger: w.Ledger, before: func() {
		var err error
		staged, err = w.Ledger.Stage(t.Context(), south, ledger.SnapshotStart{Warehouse: "depot", Now: w.now})
		require.NoError(t, err)
	}}
	_, err := w.fetch(north, "north", nil)
	require.Equal(t, ErrorFetching, temporalError(t, err).Type())
	require.Zero(t, w.source.fetches)
	require.NoError(t, w.Discard(t.Context(), staged))
	_, err = w.fetch(south, "south", nil)
	require.NoError(t, err, "nothing of the other one is waited for")
	require.Equal(t, 1, w.source.fetches)
}

// A sequence of runs with a scope leaves the store to an unscoped run that waits for it and tries often.
func TestWholeRunHasItsTurn(t *testing.T) {
	t.Parallel()
	w := setup(t)
	begin := func(first string, scope ...string) (BeginResult, error) {
		return do[BeginResult](w, w.gate().Begin, BeginInput{FirstRun: first, Connection: "north", Mode: ledger.Smart, Trigger: ledger.TriggerSchedule, Scope: scope})
	}
	lease := w.take("north", ledger.Smart, "BIKE")
	_, err := begin("scheduled")
	require.Equal(t, ErrorStoreBusy, temporalError(t, err).Type())
	require.Equal(t, w.gate().Poll, temporalError(t, err).NextRetryDelay())
	require.NoError(t, w.EndRun(t.Context(), lease, ledger.RunEnd{Outcome: ledger.Completed, Now: w.now}))

	// The environment of the test gives every workflow the same id, so somebody else's turn is written by hand.
	require.NoError(t, w.Await(t.Context(), "north", "default-test-workflow-id", w.now, w.now))
	require.NoError(t, w.Await(t.Context(), "north", "smart-sync/north-2026", w.now.Add(time.Minute), w.now))
	_, err = begin("event", "BIKE")
	require.Equal(t, ErrorStoreBusy, temporalError(t, err).Type())
	require.Contains(t, err.Error(), "leaving store north to smart-sync/north-2026")
	begun, err := begin("scheduled")
	require.NoError(t, err)
	require.Equal(t, BeginGo, begun.Action)
}

// A scheduled run waits for a run with a scope that holds the store, because that is over in a moment. For an unscoped run it is skipped.
func TestScheduledRunWaitsForAMoment(t *testing.T) {
	t.Parallel()
	begin := func(w *world) (BeginResult, error) {
		return do[BeginResult](w, w.gate().Begin, BeginInput{FirstRun: "scheduled", Connection: "north", Mode: ledger.Smart, Trigger: ledger.TriggerSchedule})
	}
	w := setup(t)
	w.take("north", ledger.Smart, "BIKE")
	_, err := begin(w)
	require.Equal(t, ErrorStoreBusy, temporalError(t, err).Type())

	w = setup(t)
	w.take("north", ledger.Smart)
	begun, err := begin(w)
	require.NoError(t, err)
	require.Equal(t, BeginSkip, begun.Action)
}

// removed returns a run whose connection was removed meanwhile.
func removed(w *world) ledger.Lease {
	w.t.Helper()
	lease := w.take("north", ledger.Smart)
	d := definitions()
	d.Connections, d.Stores = d.Connections[1:], d.Stores[1:]
	_, err := w.Apply(w.t.Context(), d, ledger.ApplyOptions{Prune: true})
	require.NoError(w.t, err)
	return lease
}

// A run whose connection is removed ends at once, and is not retried for hours.
func TestARunOfARemovedConnectionEnds(t *testing.T) {
	t.Parallel()
	w := setup(t)
	resolve := &Resolve{Ledger: w.Ledger, Now: w.clock}
	_, err := do[ResolveResult](w, resolve.Resolve, ResolveInput{Lease: removed(w), Connection: "north", Mode: ledger.Smart})
	require.True(t, temporalError(t, err).NonRetryable(), "%v", err)
}

func TestARunOfARemovedConnectionIsFinished(t *testing.T) {
	t.Parallel()
	w := setup(t)
	_, err := do[FinishResult](w, w.gate().Finish, FinishInput{Lease: removed(w), Outcome: ledger.Failed})
	require.NoError(t, err)
}

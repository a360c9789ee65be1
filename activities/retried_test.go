package activities

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/ledger"
)

func TestRetried(t *testing.T) {
	t.Parallel()
	policy := &temporal.RetryPolicy{InitialInterval: 2 * time.Second, BackoffCoefficient: 2, MaximumInterval: 2 * time.Minute}
	down := convert("fetching", errors.New("the warehouse is down"), noon)
	for name, test := range map[string]struct {
		failed error
		info   activity.Info
		want   string
	}{
		"the first attempt": {
			down,
			activity.Info{Attempt: 1, RetryPolicy: policy},
			"fetching, attempt 1 failed, the next one is due at 2026-11-25 12:00:02 UTC: fetching: the warehouse is down",
		},
		"the third": {
			down,
			activity.Info{Attempt: 3, RetryPolicy: policy},
			"fetching, attempt 3 failed, the next one is due at 2026-11-25 12:00:08 UTC: fetching: the warehouse is down",
		},
		"one of many": {
			down,
			activity.Info{Attempt: 1 << 30, RetryPolicy: policy},
			"fetching, attempt 1073741824 failed, the next one is due at 2026-11-25 12:02:00 UTC: fetching: the warehouse is down",
		},
		"a server that says less": {down, activity.Info{Attempt: 2}, "fetching, attempt 2 failed: fetching: the warehouse is down"},
		"a wait": {
			tryAfter(ErrorFetching, "waiting for run 12", time.Minute),
			activity.Info{Attempt: 2, RetryPolicy: policy},
			"fetching, attempt 2 waits, the next one is due at 2026-11-25 12:01:00 UTC: waiting for run 12",
		},
		"a person must act": {askPerson(ErrorSource, "no", nil), activity.Info{Attempt: 1, RetryPolicy: policy}, ""},
		"a cancellation":    {temporal.NewCanceledError(), activity.Info{Attempt: 1, RetryPolicy: policy}, ""},
		"no failure":        {nil, activity.Info{Attempt: 1, RetryPolicy: policy}, ""},
	} {
		require.Equal(t, test.want, retried("fetching", test.failed, test.info, noon), name)
	}
}

// A run whose fetch is retried says why, for `starter runs` and the pages, which read only the ledger.
func TestAFetchThatFailsIsSaid(t *testing.T) {
	t.Parallel()
	w := setup(t)
	lease := w.take("north", ledger.Smart)
	phase := func() string {
		run, err := w.Run(t.Context(), lease.Run)
		require.NoError(t, err)
		return run.Phase
	}
	w.source.err = errors.New("the warehouse is down")
	_, err := do[FetchResult](w, w.fetcher().Fetch, FetchInput{Lease: lease, Connection: "north", Mode: ledger.Smart})
	require.Error(t, err)
	require.Equal(t, "fetching, attempt 1 failed: fetching from the warehouse: the warehouse is down", phase())
	run, err := w.Run(t.Context(), lease.Run)
	require.NoError(t, err)
	require.Equal(t, ledger.PhaseFetching, run.Step())
	w.source.err = nil
	_, err = do[FetchResult](w, w.fetcher().Fetch, FetchInput{Lease: lease, Connection: "north", Mode: ledger.Smart})
	require.NoError(t, err)
	require.Equal(t, ledger.PhaseResolving, phase(), "it is over")
}

// Each activity records the end of its stage.
func TestStagesHaveTheirTimes(t *testing.T) {
	t.Parallel()
	p := newPushing(t, &script{limits: channels.Limits{Batch: 1}}, "A", "B")
	_, err := do[FetchResult](p.world, p.fetcher().Fetch, FetchInput{Lease: p.lease, Connection: "north", Mode: ledger.Smart})
	require.NoError(t, err)
	_, err = do[ResolveResult](p.world, p.resolver().Resolve, ResolveInput{Lease: p.lease, Connection: "north", Mode: ledger.Smart})
	require.NoError(t, err)
	run, err := p.Run(t.Context(), p.lease.Run)
	require.NoError(t, err)
	require.NotNil(t, run.FetchedAt)
	require.NotNil(t, run.ResolvedAt)
	require.Nil(t, run.PushedAt)
	require.NoError(t, p.run())
	run, err = p.Run(t.Context(), p.lease.Run)
	require.NoError(t, err)
	require.NotNil(t, run.PushedAt)
}

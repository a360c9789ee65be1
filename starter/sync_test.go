package main

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/temporal"

	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/workflows"
)

func TestUnfinished(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(t.Context())
	failed := fmt.Errorf("workflow: %w", errors.New("the token has expired"))
	err := unfinished(ctx, "smart-sync/acme-shop", failed)
	require.EqualError(t, err, "smart-sync/acme-shop did not complete: the token has expired")
	stop()
	// The words of the step that failed, which name the store and the place, and not of what it ran into.
	unset := errors.New("the environment variable ACME_TOKEN is not set for this process")
	step := temporal.NewApplicationErrorWithOptions("store acme-shop: setting token: "+unset.Error(), "Credentials",
		temporal.ApplicationErrorOptions{Cause: unset})
	for _, wrapped := range []error{step, fmt.Errorf("workflow: %w", fmt.Errorf("activity: %w", step))} {
		require.EqualError(t, unfinished(t.Context(), "smart-sync/acme-shop", wrapped),
			"smart-sync/acme-shop did not complete: store acme-shop: setting token: the environment variable ACME_TOKEN is not set for this process")
	}
	err = unfinished(ctx, "smart-sync/acme-shop", context.Canceled)
	require.EqualError(t, err, "stopped waiting; smart-sync/acme-shop goes on (starter status shows how it stands)")
	require.Equal(t, exitFailed, exitCode(err))
}

func TestProgressInWords(t *testing.T) {
	t.Parallel()
	until := time.Date(2026, 12, 6, 7, 45, 1, 0, time.UTC)
	for _, test := range []struct {
		progress workflows.Progress
		want     string
	}{
		{workflows.Progress{Phase: "pushing", Counts: ledger.Counts{Due: 500, Exported: 1}, Left: 499}, "pushing: 1 of 500 rows due exported, 499 left"},
		{workflows.Progress{Phase: "pushing", Counts: ledger.Counts{Due: 505}, Open: 505}, "pushing: 0 of 505 rows due exported, 0 left, 505 in open calls"},
		{workflows.Progress{Phase: "held", Waiting: "half would go to 0", Until: &until}, "held; waiting: half would go to 0 (until 2026-12-06 07:45:01 UTC)"},
		{workflows.Progress{Phase: "waiting", Waiting: "store shop is in use"}, "waiting; waiting: store shop is in use"},
		// What has ended waits for nothing: its reason is told as such.
		{
			workflows.Progress{Phase: "rejected", Counts: ledger.Counts{Due: 2}, Left: 2, Waiting: "rejected by ann"},
			"rejected: 0 of 2 rows due exported, 2 left; rejected by ann",
		},
		{workflows.Progress{Phase: "failed", Waiting: "the token has expired"}, "failed; the token has expired"},
	} {
		require.Equal(t, test.want, describeProgress(test.progress))
	}
}

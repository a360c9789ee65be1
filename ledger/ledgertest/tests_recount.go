package ledgertest

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
)

// recounts: whatever a test has done, what the ledger keeps counts of is as a recount finds it. Tests that close or damage their ledger say so.
func recounts(t *testing.T, w *world) {
	found, err := w.Recount(context.WithoutCancel(w.ctx()))
	if err != nil {
		return // closed or damaged on purpose
	}
	require.Empty(t, found.Wrong)
}

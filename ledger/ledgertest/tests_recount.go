package ledgertest

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
)

// recounts: after any test, the figures that the ledger stores are equal to a recount. Tests that close or damage their ledger opt out.
func recounts(t *testing.T, w *world) {
	recount, err := w.Recount(context.WithoutCancel(w.ctx()))
	if err != nil {
		return // closed or damaged on purpose
	}
	require.Empty(t, recount.Wrong)
}

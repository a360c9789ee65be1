package ledgertest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/ledger"
)

var auditTests = tests{
	"acts are kept, and listed from the newest by a cursor": auditEntries,
	"acts outlive tidying": auditTidied,
}

func auditEntries(t *testing.T, w *world) {
	none, err := w.Audits(w.ctx(), 0, 10)
	require.NoError(t, err)
	require.Empty(t, none)
	paused := ledger.AuditEntry{
		At: w.now(), Who: "ann", From: "page", Act: "pause", On: "acme-shop", Before: "active", After: "paused: the\x00 sale", Result: ledger.AuditRefused, Reason: "not now",
	}
	require.NoError(t, w.Audit(w.ctx(), paused))
	require.NoError(t, w.Audit(w.ctx(), ledger.AuditEntry{At: w.now(), Who: "bob", From: "API", Act: "resume", On: "acme-shop", Result: ledger.AuditDone}))
	require.NoError(t, w.Audit(w.ctx(), ledger.AuditEntry{At: w.now(), Who: "cy", From: "file", Act: "apply", On: "a.yaml", Result: ledger.AuditFailed}))

	newest, err := w.Audits(w.ctx(), 0, 2)
	require.NoError(t, err)
	require.Len(t, newest, 2)
	require.Equal(t, []string{"cy", "bob"}, []string{newest[0].Who, newest[1].Who})
	rest, err := w.Audits(w.ctx(), newest[1].ID, 2)
	require.NoError(t, err)
	require.Len(t, rest, 1)
	paused.ID, paused.After = rest[0].ID, "paused: the\uFFFD sale"
	require.True(t, rest[0].At.Equal(paused.At))
	paused.At = rest[0].At
	require.Equal(t, paused, rest[0])
}

func auditTidied(t *testing.T, w *world) {
	require.NoError(t, w.Audit(w.ctx(), ledger.AuditEntry{At: w.now(), Who: "ann", Act: "pause", Result: ledger.AuditDone}))
	_, err := w.Tidy(w.ctx(), w.now().AddDate(10, 0, 0))
	require.NoError(t, err)
	kept, err := w.Audits(w.ctx(), 0, 10)
	require.NoError(t, err)
	require.Len(t, kept, 1)
}

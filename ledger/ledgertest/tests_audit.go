package ledgertest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/ledger"
)

var auditTests = tests{
	"acts are kept, and listed from the newest by a cursor": auditEntries,
	"acts are found by who, what, on what, result and time": auditFiltered,
	"acts outlive tidying": auditTidied,
}

func auditEntries(t *testing.T, w *world) {
	none, err := w.Audits(w.ctx(), ledger.AuditQuery{Limit: 10})
	require.NoError(t, err)
	require.Empty(t, none)
	paused := ledger.AuditEntry{
		At: w.now(), Who: "ann", From: "page", Act: "pause", On: "acme-shop", Before: "active", After: "paused: the\x00 sale",
		Result: ledger.AuditRefused, Reason: "not now",
	}
	require.NoError(t, w.Audit(w.ctx(), paused))
	require.NoError(t, w.Audit(w.ctx(), ledger.AuditEntry{At: w.now(), Who: "bob", From: "API", Act: "resume", On: "acme-shop", Result: ledger.AuditDone}))
	require.NoError(t, w.Audit(w.ctx(), ledger.AuditEntry{At: w.now(), Who: "cy", From: "file", Act: "apply", On: "a.yaml", Result: ledger.AuditFailed}))

	newest, err := w.Audits(w.ctx(), ledger.AuditQuery{Limit: 2})
	require.NoError(t, err)
	require.Len(t, newest, 2)
	require.Equal(t, []string{"cy", "bob"}, []string{newest[0].Who, newest[1].Who})
	rest, err := w.Audits(w.ctx(), ledger.AuditQuery{Before: newest[1].ID, Limit: 2})
	require.NoError(t, err)
	require.Len(t, rest, 1)
	paused.ID, paused.After = rest[0].ID, "paused: the\uFFFD sale"
	require.True(t, rest[0].At.Equal(paused.At))
	paused.At = rest[0].At
	require.Equal(t, paused, rest[0])
}

func auditFiltered(t *testing.T, w *world) {
	first := w.now()
	for n, entry := range []ledger.AuditEntry{
		{Who: "ann", Act: "pause", On: "acme-shop", Result: ledger.AuditDone},
		{Who: "Anna, from 127.0.0.1", Act: "resume", On: "acme-shop", Result: ledger.AuditRefused},
		{Who: "bob", Act: "Pause", On: "100%_\\", Result: ledger.AuditFailed},
	} {
		entry.At = first.Add(time.Duration(n) * time.Hour)
		require.NoError(t, w.Audit(w.ctx(), entry))
	}
	for name, row := range map[string]struct {
		query ledger.AuditQuery
		want  []string
	}{
		"all":                       {ledger.AuditQuery{}, []string{"bob", "Anna, from 127.0.0.1", "ann"}},
		"a name in small letters":   {ledger.AuditQuery{Who: "ann"}, []string{"Anna, from 127.0.0.1", "ann"}},
		"a name in capital letters": {ledger.AuditQuery{Who: "BOB"}, []string{"bob"}},
		"an act":                    {ledger.AuditQuery{Act: "pause"}, []string{"bob", "ann"}},
		"on what":                   {ledger.AuditQuery{On: "shop"}, []string{"Anna, from 127.0.0.1", "ann"}},
		"what LIKE would match":     {ledger.AuditQuery{On: "%"}, []string{"bob"}},
		"one character":             {ledger.AuditQuery{On: "_"}, []string{"bob"}},
		"the mark of LIKE":          {ledger.AuditQuery{On: "\\"}, []string{"bob"}},
		"a result":                  {ledger.AuditQuery{Result: ledger.AuditRefused}, []string{"Anna, from 127.0.0.1"}},
		"from a moment on":          {ledger.AuditQuery{From: first.Add(time.Hour)}, []string{"bob", "Anna, from 127.0.0.1"}},
		"before a moment":           {ledger.AuditQuery{Until: first.Add(time.Hour)}, []string{"ann"}},
		"all of it": {
			ledger.AuditQuery{
				Who: "ann", Act: "resume", On: "acme", Result: ledger.AuditRefused, From: first, Until: first.Add(2 * time.Hour),
			},
			[]string{"Anna, from 127.0.0.1"},
		},
		"nobody":         {ledger.AuditQuery{Who: "cy"}, nil},
		"the newest one": {ledger.AuditQuery{Act: "pause", Limit: 1}, []string{"bob"}},
	} {
		matching, err := w.Audits(w.ctx(), row.query)
		require.NoError(t, err)
		var who []string
		for _, entry := range matching {
			who = append(who, entry.Who)
		}
		require.Equal(t, row.want, who, name)
	}
	entries, err := w.Audits(w.ctx(), ledger.AuditQuery{Act: "pause", Limit: 1})
	require.NoError(t, err)
	rest, err := w.Audits(w.ctx(), ledger.AuditQuery{Act: "pause", Before: entries[0].ID})
	require.NoError(t, err)
	require.Len(t, rest, 1)
	require.Equal(t, "ann", rest[0].Who)
}

func auditTidied(t *testing.T, w *world) {
	require.NoError(t, w.Audit(w.ctx(), ledger.AuditEntry{At: w.now(), Who: "ann", Act: "pause", Result: ledger.AuditDone}))
	_, err := w.Tidy(w.ctx(), w.now().AddDate(10, 0, 0))
	require.NoError(t, err)
	kept, err := w.Audits(w.ctx(), ledger.AuditQuery{Limit: 10})
	require.NoError(t, err)
	require.Len(t, kept, 1)
}

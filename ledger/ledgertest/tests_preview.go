package ledgertest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/ledger"
)

var previewTests = tests{
	"a preview is kept until it expires, and listed a part at a time": previewKept,
	"a preview takes the place of the one before it":                  previewReplaced,
	"a run that lost its store keeps none":                            previewFenced,
	"previews that have expired are tidied":                           previewTidied,
	"a connection that is removed takes its preview with it":          previewRemoved,
}

var previewed = []ledger.PreviewRow{
	{N: 1, Product: "A", ChannelSKU: "a", Location: "front", Shows: new(int64(5)), Would: 9, Move: ledger.PreviewRaise, Why: "9 available"},
	{N: 2, Product: "B", ChannelSKU: "B", Would: 3, Move: ledger.PreviewNew, Why: "3 available"},
	{N: 3, Product: "C", ChannelSKU: "C", Shows: new(int64(7)), Would: 0, Move: ledger.PreviewZero, Why: "0 available"},
	{N: 4, Product: "D", ChannelSKU: "a", Shows: new(int64(7)), Would: 7, Move: ledger.PreviewBlocked, Why: "a listing has it"},
}

// keepPreview stores rows as a dry run does at its end.
func (w *world) keepPreview(connection string, rows []ledger.PreviewRow, lasts time.Duration) ledger.Preview {
	w.t.Helper()
	lease := w.take(connection, ledger.Full)
	made := w.now()
	preview := ledger.Preview{
		Run: lease.Run, Connection: connection, MadeAt: made, ExpiresAt: made.Add(lasts),
		PreviewCounts: ledger.PreviewCounts{Same: 4},
	}
	counts := map[ledger.PreviewMove]*int64{
		ledger.PreviewRaise: &preview.Raise, ledger.PreviewLower: &preview.Lower, ledger.PreviewZero: &preview.Zero, ledger.PreviewNew: &preview.New,
		ledger.PreviewBlocked: &preview.Blocked,
	}
	for _, row := range rows {
		*counts[row.Move]++
	}
	lease.Fence = 0 // a dry run takes no store
	require.NoError(w.t, w.KeepPreview(w.ctx(), lease, preview, rows))
	require.NoError(w.t, w.KeepPreview(w.ctx(), lease, preview, rows), "a step that is done twice")
	require.NoError(w.t, w.EndRun(w.ctx(), lease, ledger.RunEnd{Outcome: ledger.Completed, Now: w.now()}))
	return preview
}

func previewKept(t *testing.T, w *world) {
	_, err := w.Preview(w.ctx(), hubShop, w.now())
	require.ErrorIs(t, err, ledger.ErrNotFound)
	kept := w.keepPreview(hubShop, previewed, time.Hour)
	stored, err := w.Preview(w.ctx(), hubShop, kept.MadeAt)
	require.NoError(t, err)
	require.True(t, stored.MadeAt.Equal(kept.MadeAt) && stored.ExpiresAt.Equal(kept.ExpiresAt))
	stored.MadeAt, stored.ExpiresAt = kept.MadeAt, kept.ExpiresAt
	require.Equal(t, kept, stored)
	_, err = w.Preview(w.ctx(), hubShop, kept.ExpiresAt)
	require.ErrorIs(t, err, ledger.ErrNotFound, "it has expired")

	first, err := w.PreviewRows(w.ctx(), kept.Run, "", 0, 3)
	require.NoError(t, err)
	require.Equal(t, previewed[:3], first)
	rest, err := w.PreviewRows(w.ctx(), kept.Run, "", 3, 3)
	require.NoError(t, err)
	require.Equal(t, previewed[3:], rest)
	zero, err := w.PreviewRows(w.ctx(), kept.Run, ledger.PreviewZero, 0, 3)
	require.NoError(t, err)
	require.Equal(t, previewed[2:3], zero)
}

func previewReplaced(t *testing.T, w *world) {
	old := w.keepPreview(hubShop, previewed, time.Hour)
	other := w.keepPreview(hubMarket, previewed[:1], time.Hour)
	newer := w.keepPreview(hubShop, nil, time.Hour)
	stored, err := w.Preview(w.ctx(), hubShop, newer.MadeAt)
	require.NoError(t, err)
	require.Equal(t, newer.Run, stored.Run)
	rows, err := w.PreviewRows(w.ctx(), old.Run, "", 0, 10)
	require.NoError(t, err)
	require.Empty(t, rows)
	rows, err = w.PreviewRows(w.ctx(), other.Run, "", 0, 10)
	require.NoError(t, err)
	require.Len(t, rows, 1, "another connection's stays")
}

func previewFenced(t *testing.T, w *world) {
	lease := w.take(hubShop, ledger.Full)
	w.end(lease, ledger.Cancelled)
	require.ErrorIs(t, w.KeepPreview(w.ctx(), lease, ledger.Preview{MadeAt: w.now(), ExpiresAt: w.now().Add(time.Hour)}, previewed), ledger.ErrFenced)
	_, err := w.Preview(w.ctx(), hubShop, w.now())
	require.ErrorIs(t, err, ledger.ErrNotFound)
}

func previewTidied(t *testing.T, w *world) {
	kept := w.keepPreview(hubShop, previewed, time.Hour)
	w.tidyAll(kept.ExpiresAt)
	rows, err := w.PreviewRows(w.ctx(), kept.Run, "", 0, 10)
	require.NoError(t, err)
	require.Len(t, rows, 4)
	w.tidyAll(kept.ExpiresAt.Add(time.Second))
	rows, err = w.PreviewRows(w.ctx(), kept.Run, "", 0, 10)
	require.NoError(t, err)
	require.Empty(t, rows)
	_, err = w.Preview(w.ctx(), hubShop, kept.MadeAt)
	require.ErrorIs(t, err, ledger.ErrNotFound)
}

func previewRemoved(t *testing.T, w *world) {
	kept := w.keepPreview(hubShop, previewed, time.Hour)
	_, err := w.Apply(w.ctx(), ledger.Definitions{}, ledger.ApplyOptions{Prune: true})
	require.NoError(t, err)
	_, err = w.Preview(w.ctx(), hubShop, kept.MadeAt)
	require.ErrorIs(t, err, ledger.ErrNotFound)
	rows, err := w.PreviewRows(w.ctx(), kept.Run, "", 0, 10)
	require.NoError(t, err)
	require.Empty(t, rows)
}

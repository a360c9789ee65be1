package control

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/workflows"
)

// A preview is read a part at a time and by move, expires, and is pushed only as it was seen.
func TestPreviewsAreReadAndPushed(t *testing.T) {
	t.Parallel()
	s := newScheduled(t)
	ctx := acting(t)
	_, err := s.Preview(ctx, "acme-shop", "", 0, 10)
	var absent *AbsentError
	require.ErrorAs(t, err, &absent)
	_, err = s.Preview(ctx, "other", "", 0, 10)
	require.ErrorAs(t, err, &absent)
	_, err = s.Preview(ctx, "acme-shop", "sideways", 0, 10)
	require.EqualError(t, err, `there is no move "sideways"; there are raise, lower, zero, new, blocked`)

	keep := func(name string, rows ...ledger.PreviewRow) int64 {
		t.Helper()
		lease := runIn(t, wholeLedger(s.state), name, s.clock())
		require.NoError(t, wholeLedger(s.state).KeepPreview(t.Context(), lease, ledger.Preview{MadeAt: s.clock(), ExpiresAt: s.clock().Add(time.Hour)}, rows))
		require.NoError(t, wholeLedger(s.state).EndRun(t.Context(), lease, ledger.RunEnd{Outcome: ledger.Completed, Now: s.clock()}))
		return lease.Run
	}
	first := keep("first", ledger.PreviewRow{Product: "B", ChannelSKU: "B", Move: ledger.PreviewZero, Would: 0},
		ledger.PreviewRow{Product: "A", ChannelSKU: "A", Move: ledger.PreviewBlocked},
		ledger.PreviewRow{Product: "A", ChannelSKU: "a", Move: ledger.PreviewRaise, Would: 3})
	shown, err := s.Preview(ctx, "acme-shop", "", 0, 2)
	require.NoError(t, err)
	require.Len(t, shown.Rows, 2)
	require.EqualValues(t, 2, shown.Next)
	require.Equal(t, ledger.Smart, shown.Mode)
	shown, err = s.Preview(ctx, "acme-shop", "", shown.Next, 2)
	require.NoError(t, err)
	require.Equal(t, "a", shown.Rows[0].ChannelSKU)
	require.Zero(t, shown.Next)
	require.Equal(t, []string{"A", "B"},
		changedProducts([]ledger.PreviewRow{
			{Product: "B", Move: ledger.PreviewNew}, {Product: "A", Move: ledger.PreviewRaise}, {Product: "A"}, {Product: "C", Move: ledger.PreviewBlocked},
		}))

	// What is asked for is a push of those SKUs; nobody has reported them here, so it ends there, and says which.
	_, err = s.PushPreview(ctx, "acme-shop", first, workflows.SyncRequest{})
	require.ErrorContains(t, err, `nothing is known of a SKU "A" of acme`)
	second := keep("second", ledger.PreviewRow{Product: "A", ChannelSKU: "A", Move: ledger.PreviewBlocked})
	_, err = s.PushPreview(ctx, "acme-shop", first, workflows.SyncRequest{})
	require.ErrorContains(t, err, "made another preview of acme-shop since")
	_, err = s.PushPreview(ctx, "acme-shop", second, workflows.SyncRequest{})
	require.ErrorContains(t, err, "would change nothing")
	s.pass(time.Hour)
	_, err = s.PushPreview(ctx, "acme-shop", second, workflows.SyncRequest{})
	require.ErrorAs(t, err, &absent, "it has expired")
	noted, err := s.Log(t.Context(), ledger.AuditQuery{Limit: 1})
	require.NoError(t, err)
	require.Equal(t, ledger.AuditRefused, noted[0].Result)
	require.Contains(t, noted[0].Act, "push what the preview of run")
}

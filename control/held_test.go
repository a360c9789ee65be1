package control

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/ledger"
)

// due is a ledger with due rows, which it returns page by page.
type due struct {
	Ledger
	rows []ledger.ChannelLevelRow
}

func (d *due) ChannelLevels(_ context.Context, _, _ string, status ledger.Status, page ledger.Page) ([]ledger.ChannelLevelRow, error) {
	if status != ledger.StatusPending {
		return nil, nil
	}
	var found []ledger.ChannelLevelRow
	for _, row := range d.rows {
		if row.ChannelSKU > page.After && len(found) < page.Limit {
			found = append(found, row)
		}
	}
	return found, nil
}

// The rows that a held run takes to 0 are listed, largest figures first, within bounds that keep the answer quick for a large store.
func TestRowsOfAHeldRun(t *testing.T) {
	t.Parallel()
	d := &due{}
	for n := range 4500 {
		row := ledger.ChannelLevelRow{ChannelSKU: fmt.Sprintf("SKU-%05d", n), Quantity: 0, Exported: new(int64(n % 7))}
		switch {
		case n%3 == 0:
			row.Quantity = 2
		case n == 4:
			row.Exported = nil
		case n == 2200:
			row.Exported = new(int64(900))
		case n == 4400:
			row.Exported = new(int64(5000))
		}
		d.rows = append(d.rows, row)
	}
	c := &Control{state: d, now: time.Now}
	rows, err := c.HeldRows(t.Context(), "acme-shop", 50)
	require.NoError(t, err)
	require.Len(t, rows.Rows, 50)
	require.Equal(t, "SKU-02200", rows.Rows[0].ChannelSKU)
	for _, row := range rows.Rows {
		require.Zero(t, row.Quantity)
		require.Positive(t, *row.Exported)
	}
	require.Equal(t, []any{3000, false}, []any{rows.Examined, rows.Whole})
	d.rows = d.rows[:20]
	rows, err = c.HeldRows(t.Context(), "acme-shop", 50)
	require.NoError(t, err)
	require.Equal(t, []any{20, true}, []any{rows.Examined, rows.Whole})
	require.Len(t, rows.Rows, 10, "what stays, what shows 0 already and what is not known is none of them")
}

// A run that was approved and found more says what was approved, by whom and when, and how much it is now.
func TestAskedAgain(t *testing.T) {
	t.Parallel()
	approved := ledger.Approval{Rows: 198, By: "mia", At: time.Date(2026, 11, 29, 19, 5, 0, 0, time.UTC)}
	for want, hold := range map[string]ledger.Hold{
		"": {Kind: ledger.HoldZeroing, Zeroing: 200},
		"Asked again: mia approved 198 rows at 19:05; now it is 200 (2 more).": {Kind: ledger.HoldZeroing, Zeroing: 200, Before: &approved},
		"Asked again: somebody approved 1 row at 19:05; now it is 3 (2 more).": {
			Kind: ledger.HoldZeroing, Zeroing: 3, Before: &ledger.Approval{Rows: 1, At: approved.At},
		},
		"Asked again: mia approved a snapshot of 198 rows at 19:05; now it has 80, or leaves more out.": {
			Kind: ledger.HoldSnapshot, Rows: 80, Before: &approved,
		},
	} {
		require.Equal(t, want, AskedAgain(hold, func(at time.Time) string { return at.Format("15:04") }))
	}
}

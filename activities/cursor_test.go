package activities

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
)

// stumbling is a ledger that fails to write resolved pages from the nth on.
type stumbling struct {
	ledger.Ledger
	pages int
}

func (s *stumbling) Resolve(ctx context.Context, lease ledger.Lease, plan ledger.Plan, page []ledger.Resolution, now time.Time) (int64, error) {
	if s.pages--; s.pages < 0 {
		return 0, errors.New("the disk is slow")
	}
	return s.Ledger.Resolve(ctx, lease, plan, page, now)
}

// The cursor moves after all pages are written. When a run stops before its last page, the next run does the work.
func TestCursorWaitsForTheLastPage(t *testing.T) {
	t.Parallel()
	w := setup(t)
	levels := make([]ledger.Observation, productsPerPage+1)
	for i := range levels {
		level := inventory.Level{SKU: fmt.Sprintf("SKU-%05d", i), Facility: "east", Available: 5}
		levels[i] = ledger.Observation{Event: level.SKU, Level: level}
	}
	_, err := w.Observe(t.Context(), "depot", levels, w.now)
	require.NoError(t, err)
	lease := w.take("north", ledger.Smart)
	before, err := w.Plan(t.Context(), "north", ledger.Smart)
	require.NoError(t, err)
	resolve := func(state ledger.Ledger) (ResolveResult, error) {
		return do[ResolveResult](w, (&Resolve{Ledger: state, Now: w.clock}).Resolve, ResolveInput{Lease: lease, Connection: "north", Mode: ledger.Smart})
	}
	_, err = resolve(&stumbling{Ledger: w.Ledger, pages: 1})
	require.False(t, temporalError(t, err).NonRetryable())
	after, err := w.Plan(t.Context(), "north", ledger.Smart)
	require.NoError(t, err)
	require.Equal(t, before.Cursor, after.Cursor, "what the last page should have held would never be looked at again")

	result, err := resolve(w.Ledger)
	require.NoError(t, err)
	require.EqualValues(t, len(levels), result.Due)
	after, err = w.Plan(t.Context(), "north", ledger.Smart)
	require.NoError(t, err)
	require.Equal(t, before.Next, after.Cursor)
}

// An approval of a number of rows that go to 0 does not cover more rows than that.
func TestApprovalIsForSoManyRows(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		approved bool
		zeroing  int64
		held     bool
	}{
		"nobody was asked":             {held: true},
		"an approval of as many":       {approved: true, zeroing: 5},
		"an approval of more":          {approved: true, zeroing: 6},
		"an approval of fewer":         {approved: true, zeroing: 4, held: true},
		"an approval of none":          {approved: true, held: true},
		"a figure that nobody allowed": {zeroing: 100, held: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t)
			w.shows(10)
			gone := make([]ledger.Observation, 5)
			for i := range gone {
				level := inventory.Level{SKU: fmt.Sprintf("SKU-%05d", i), Facility: "east"}
				gone[i] = ledger.Observation{Event: "gone " + level.SKU, Level: level}
			}
			_, err := w.Observe(t.Context(), "depot", gone, w.now)
			require.NoError(t, err)
			result, err := do[ResolveResult](w, w.resolver().Resolve, ResolveInput{
				Lease: w.take("north", ledger.Smart), Connection: "north", Mode: ledger.Smart, Approved: test.approved, ApprovedZeroing: test.zeroing,
			})
			require.NoError(t, err)
			require.EqualValues(t, 5, result.Zeroing)
			require.Equal(t, test.held, result.Held != "", result.Held)
		})
	}
}

// shows makes the store north show 5 of a number of SKUs.
func (w *world) shows(skus int) {
	w.t.Helper()
	levels := make([]ledger.Observation, skus)
	for i := range levels {
		level := inventory.Level{SKU: fmt.Sprintf("SKU-%05d", i), Facility: "east", Available: 5}
		levels[i] = ledger.Observation{Event: level.SKU, Level: level}
	}
	_, err := w.Observe(w.t.Context(), "depot", levels, w.now)
	require.NoError(w.t, err)
	lease := w.take("north", ledger.Full)
	_, err = do[ResolveResult](w, w.resolver().Resolve, ResolveInput{Lease: lease, Connection: "north", Mode: ledger.Full})
	require.NoError(w.t, err)
	due, err := w.NextDue(w.t.Context(), ledger.DueQuery{Connection: "north", Run: lease.Run})
	require.NoError(w.t, err)
	require.NoError(w.t, w.Intend(w.t.Context(), lease, ledger.Intent{Key: "shows", Items: due, Now: w.now, Deadline: w.now}))
	answer := ledger.Response{Key: "shows", Now: w.now}
	for _, item := range due {
		answer.Items = append(answer.Items, ledger.ItemResponse{Location: item.Location, ChannelSKU: item.ChannelSKU, Status: ledger.StatusExported})
	}
	require.NoError(w.t, w.ApplyResponses(w.t.Context(), lease, answer))
	require.NoError(w.t, w.EndRun(w.t.Context(), lease, ledger.RunEnd{Outcome: ledger.Completed, Now: w.now}))
}

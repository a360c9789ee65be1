package activities

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
)

// The rows that would newly go to 0 are compared with all live rows of the store, even for a run with a scope. A run of one SKU is never held.
func TestZeroingIsMeasuredAgainstTheWholeStore(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		rows, gone int // the store shows so many, and the first of them are sold out
		scoped     bool
		held       string
	}{
		"everything, at the threshold":  {rows: 10, gone: 2},
		"everything, above it":          {rows: 10, gone: 3, held: "3 of 10 live rows would newly go to 0, more than 20 %"},
		"one SKU of many":               {rows: 10, gone: 1, scoped: true},
		"the only SKU":                  {rows: 1, gone: 1, scoped: true},
		"a few SKUs of many":            {rows: 10, gone: 2, scoped: true},
		"more SKUs than are believable": {rows: 10, gone: 3, scoped: true, held: "3 of 10 live rows would newly go to 0, more than 20 %"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t)
			var scope []string
			rows := make([]inventory.Level, test.rows)
			observations := make([]ledger.Observation, test.gone)
			for i := range rows {
				rows[i] = inventory.Level{SKU: fmt.Sprintf("SKU-%02d", i), Facility: "east", Available: 5}
				if i < test.gone {
					gone := rows[i]
					gone.Available = 0
					observations[i] = ledger.Observation{Event: gone.SKU, Level: gone}
					scope = append(scope, gone.SKU)
				}
			}
			if !test.scoped {
				scope = nil
			}
			all := make([]ledger.Observation, len(rows))
			for i, row := range rows {
				all[i] = ledger.Observation{Event: "first " + row.SKU, Level: row}
			}
			resolve := func(lease ledger.Lease, scope []string) ResolveResult {
				r := &Resolve{Ledger: w.Ledger, Now: w.clock}
				result, err := do[ResolveResult](w, r.Resolve, ResolveInput{Lease: lease, Connection: "north", Mode: ledger.Smart, Scope: scope})
				require.NoError(t, err)
				return result
			}
			_, err := w.Observe(t.Context(), "depot", all, w.now)
			require.NoError(t, err)
			lease := w.take("north", ledger.Full)
			require.Empty(t, resolve(lease, nil).Held)
			due, err := w.NextDue(t.Context(), ledger.DueQuery{Connection: "north", Run: lease.Run})
			require.NoError(t, err)
			require.NoError(t, w.Intend(t.Context(), lease, ledger.Intent{Key: "k", Items: due, Now: w.now, Deadline: w.now}))
			answer := ledger.Response{Key: "k", Now: w.now}
			for _, item := range due {
				answer.Items = append(answer.Items, ledger.ItemResponse{Location: item.Location, ChannelSKU: item.ChannelSKU, Status: ledger.StatusExported})
			}
			require.NoError(t, w.ApplyResponses(t.Context(), lease, answer))
			require.NoError(t, w.EndRun(t.Context(), lease, ledger.RunEnd{Outcome: ledger.Completed, Now: w.now}))

			_, err = w.Observe(t.Context(), "depot", observations, w.now)
			require.NoError(t, err)
			result := resolve(w.take("north", ledger.Smart, scope...), scope)
			require.Equal(t, test.held, result.Held)
			require.EqualValues(t, test.gone, result.Zeroing)
			require.EqualValues(t, test.rows, result.Live)
		})
	}
}

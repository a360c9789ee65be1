package ledger

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
)

func TestHoldSnapshot(t *testing.T) {
	t.Parallel()
	usual := Guard{MinimumRows: 0.8, MaximumRefused: 0.05}
	for name, test := range map[string]struct {
		end    SnapshotEnd
		result SnapshotResult
		before bool
		held   string // a part of the reason
	}{
		"the first snapshot":          {SnapshotEnd{Full: true, Guard: usual}, SnapshotResult{SnapshotFigures: SnapshotFigures{Rows: 3}}, false, ""},
		"the first snapshot is empty": {SnapshotEnd{Full: true, Guard: usual}, SnapshotResult{}, false, ""},
		"as many rows as are needed": {SnapshotEnd{Full: true, Guard: usual}, SnapshotResult{
			SnapshotFigures: SnapshotFigures{Rows: 80},
			LastRows:        100,
		}, true, ""},
		"a part that is no round number in binary": {
			SnapshotEnd{Full: true, Guard: Guard{MinimumRows: 0.55}},
			SnapshotResult{SnapshotFigures: SnapshotFigures{Rows: 55}, LastRows: 100},
			true, "",
		},
		"a row too few": {SnapshotEnd{Full: true, Guard: usual}, SnapshotResult{
			SnapshotFigures: SnapshotFigures{Rows: 79},
			LastRows:        100,
		}, true, "79 rows, fewer than 80 % of the 100"},
		"few rows of a delta":      {SnapshotEnd{Guard: usual}, SnapshotResult{SnapshotFigures: SnapshotFigures{Rows: 1}, LastRows: 100}, true, ""},
		"an empty delta":           {SnapshotEnd{Guard: usual}, SnapshotResult{LastRows: 100}, true, ""},
		"empty":                    {SnapshotEnd{Full: true, Guard: usual}, SnapshotResult{LastRows: 100}, true, "is empty"},
		"empty, without a minimum": {SnapshotEnd{Full: true}, SnapshotResult{LastRows: 100}, true, "is empty"},
		"empty, after deltas only": {SnapshotEnd{Full: true, Guard: usual}, SnapshotResult{}, true, "is empty"},
		"as many refusals as are allowed": {
			SnapshotEnd{Full: true, Guard: usual},
			SnapshotResult{SnapshotFigures: SnapshotFigures{Rows: 100, Refused: 5}},
			false, "",
		},
		"a refusal too many": {
			SnapshotEnd{Full: true, Guard: usual},
			SnapshotResult{SnapshotFigures: SnapshotFigures{Rows: 100, Refused: 6}},
			false, "6 of the 100 rows were refused, more than 5 %",
		},
		"refusals in a delta": {SnapshotEnd{Guard: usual}, SnapshotResult{
			SnapshotFigures: SnapshotFigures{Rows: 2, Refused: 1},
			LastRows:        100,
		}, true, "1 of the 2 rows"},
		"approved": {
			SnapshotEnd{Full: true, Guard: usual, Approved: true, ApprovedRows: 10},
			SnapshotResult{SnapshotFigures: SnapshotFigures{Rows: 8, Refused: 4}, LastRows: 100},
			true, "",
		},
		"approved, and now much less": {
			SnapshotEnd{Full: true, Guard: usual, Approved: true, ApprovedRows: 10},
			SnapshotResult{SnapshotFigures: SnapshotFigures{Rows: 7}, LastRows: 100},
			true, "7 rows",
		},
		"approved, and now well again": {
			SnapshotEnd{Full: true, Guard: usual, Approved: true, ApprovedRows: 60},
			SnapshotResult{SnapshotFigures: SnapshotFigures{Rows: 100}, LastRows: 100},
			true, "",
		},
		"approved empty": {SnapshotEnd{Full: true, Guard: usual, Approved: true}, SnapshotResult{LastRows: 100}, true, ""},
		"approved, and now empty without a minimum": {SnapshotEnd{Full: true, Approved: true, ApprovedRows: 10}, SnapshotResult{LastRows: 100}, true, "is empty"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			held := holdSnapshot(test.end, test.result, absence{}, test.before)
			if test.held == "" {
				require.Empty(t, held)
				return
			}
			require.Contains(t, held, test.held)
			require.Contains(t, held, "approve", "it says what to do")
		})
	}
}

func TestLevelsAreCounted(t *testing.T) {
	t.Parallel()
	distinct, copies := countCopies([]inventory.Level{
		{SKU: "A", Facility: "east"},
		{SKU: "A"},
		{SKU: "B"},
		{SKU: "A", Facility: "east", Available: 1},
		{SKU: "A", Facility: "east"},
	})
	require.Equal(t, []inventory.Level{{SKU: "A", Facility: "east"}, {SKU: "A"}, {SKU: "B"}}, distinct)
	require.Equal(t, []int64{3, 1, 1}, copies)
}

// Results are stored in the ledger as JSON. Releases before SnapshotFigures wrote the names of the fields with capital letters.
func TestStoredSnapshotResult(t *testing.T) {
	t.Parallel()
	want := SnapshotResult{SnapshotFigures: SnapshotFigures{Rows: 5, Refused: 1, Missing: 2, Changed: 3, Older: 4}, Version: 6}
	for name, stored := range map[string]string{
		"by an earlier release": `{"Rows":5,"Refused":1,"Missing":2,"Changed":3,"Older":4,"Version":6,"Held":"","LastRows":0,"Absent":{},"More":false}`,
		"by this one":           encode(want),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var result SnapshotResult
			require.NoError(t, decode("the result", stored, &result))
			require.Equal(t, want, result)
		})
	}
	require.Contains(t, encode(Counts{SnapshotFigures: want.SnapshotFigures}), `{"rows":5,"refused":1,"missing":2,"changed":3,"older":4,"resolved":0`)
}

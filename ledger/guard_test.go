package ledger

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestHoldSnapshotForWhatItLeavesOut(t *testing.T) {
	t.Parallel()
	usual := Guard{MinimumRows: 0.8, MaximumRefused: 0.05, MaximumMissing: 0.05}
	full := SnapshotEnd{Full: true, Guard: usual}
	approved := func(levels, twice int64) SnapshotEnd {
		return SnapshotEnd{Full: true, Guard: usual, Approved: true, ApprovedRows: 100, ApprovedAbsent: Absence{Levels: levels, Twice: twice}}
	}
	out := func(levels, twice, before int64) absence {
		return absence{Absence: Absence{Levels: levels, Twice: twice}, units: levels * 10, twiceUnits: twice * 10, stocked: 100, before: before, keeps: true}
	}
	for name, test := range map[string]struct {
		end    SnapshotEnd
		absent absence
		held   string // a part of the reason; empty: it is not held
	}{
		"nothing is left out":           {full, out(0, 0, 0), ""},
		"as much as may be":             {full, out(5, 0, 0), ""},
		"a level too many":              {full, out(6, 0, 0), "leaves out 6 of the 100 recorded levels with stock (60 units), more than 5 %"},
		"the last one left as much out": {full, out(10, 0, 10), ""},
		"and so much more":              {full, out(15, 0, 10), ""},
		"and more than that":            {full, out(16, 0, 10), "leaves out 16 of the 100"},
		"one level that would count twice": {
			full, out(1, 1, 0),
			"leaves out 1 recorded level with stock of SKUs that it names elsewhere, so 10 units would count twice",
		},
		"several": {
			full, out(3, 2, 0),
			"leaves out 2 recorded levels with stock of SKUs that it names elsewhere, so 20 units would count twice",
		},
		"a delta says nothing of the rest":          {SnapshotEnd{Guard: usual}, out(50, 50, 0), ""},
		"without a limit":                           {SnapshotEnd{Full: true, Guard: Guard{MaximumMissing: 1}}, out(100, 0, 0), ""},
		"without a limit, twice all the same":       {SnapshotEnd{Full: true, Guard: Guard{MaximumMissing: 1}}, out(1, 1, 0), "would count twice"},
		"none may be left out":                      {SnapshotEnd{Full: true}, out(1, 0, 0), "leaves out 1 of the 100"},
		"approved":                                  {approved(50, 50), out(50, 50, 0), ""},
		"approved, and now less":                    {approved(50, 50), out(20, 10, 0), ""},
		"approved, and now one more twice":          {approved(50, 50), out(51, 51, 0), "51 recorded levels"},
		"approved, and now more left out":           {approved(10, 0), out(11, 0, 0), "leaves out 11 of the 100"},
		"approved, and a little more than nothing":  {approved(0, 0), out(5, 0, 0), ""},
		"approved for its rows, and now twice":      {approved(0, 0), out(5, 5, 0), "would count twice"},
		"approved twice, and more left out besides": {approved(3, 3), out(4, 3, 0), ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			held := holdSnapshot(test.end, SnapshotResult{SnapshotFigures: SnapshotFigures{Rows: 100}, LastRows: 100}, test.absent, true)
			if test.held == "" {
				require.Empty(t, held)
				return
			}
			require.Contains(t, held, test.held)
			require.Contains(t, held, "approve it to")
		})
	}
}

func TestAReasonNamesTheFacilities(t *testing.T) {
	t.Parallel()
	full := SnapshotEnd{Full: true, Guard: Guard{MinimumRows: 0.8, MaximumMissing: 0.05}}
	renamed := absence{
		Absence: Absence{Levels: 10, Twice: 10}, units: 50, twiceUnits: 50, stocked: 10, keeps: true,
		gone: []string{"east", "", "a\u202eb", "west"}, came: []string{"EAST"},
	}
	held := holdSnapshot(full, SnapshotResult{SnapshotFigures: SnapshotFigures{Rows: 5}, LastRows: 10}, renamed, true)
	require.Equal(t, "the full snapshot has 5 rows, fewer than 80 % of the 10 rows of the last one; "+
		"the full snapshot leaves out 10 recorded levels with stock of SKUs that it names elsewhere, so 50 units would count twice; "+
		"the full snapshot leaves out 10 of the 10 recorded levels with stock (50 units), more than 5 % "+
		`(left out: "east", no facility, "a\u202eb", …; new: "EAST"); nothing was recorded; `+
		"approve it to fetch it again, record it and take those levels of SKUs that it names elsewhere to 0, or reject it; "+
		"where a level is left out because it is sold out, set missing: zero on the warehouse", held)

	zeroes := absence{Absence: Absence{Levels: 10}, units: 50, stocked: 10, gone: []string{"ü" + string(make([]rune, 100))}}
	held = holdSnapshot(full, SnapshotResult{SnapshotFigures: SnapshotFigures{Rows: 10}, LastRows: 10}, zeroes, true)
	require.Contains(t, held, "take the levels that it leaves out to 0")
	require.Less(t, len(held), 600, "a name that is too long is cut")
}

func TestAGuardOfAnEarlierProgram(t *testing.T) {
	t.Parallel()
	var guard Guard
	require.NoError(t, json.Unmarshal([]byte(`{"minimum_rows":0.5,"maximum_refused":0.1,"maximum_zeroed":0.3}`), &guard))
	require.Equal(t, Guard{MinimumRows: 0.5, MaximumRefused: 0.1, MaximumMissing: DefaultMaximumMissing, MaximumZeroed: 0.3}, guard)
	require.NoError(t, json.Unmarshal([]byte(`{"maximum_missing":0}`), &guard))
	require.Zero(t, guard.MaximumMissing)
}

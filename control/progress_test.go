package control

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/ledger"
)

// How far a run is can be told while it pushes; how fast, after 5 seconds and 3 calls; what is left, while it waits for nothing.
func TestProgressOfARun(t *testing.T) {
	t.Parallel()
	pushing := func(pushed time.Duration, change func(*ledger.Run)) ledger.Run {
		run := ledger.Run{
			Outcome: ledger.Running, Phase: ledger.PhasePushing, StartedAt: noon.Add(-pushed - time.Hour), ResolvedAt: new(noon.Add(-pushed)),
			Counts: ledger.Counts{Due: 1000, Exported: 190, Sent: 20, Rejected: 30, Retrying: 10, Calls: 5},
		}
		if change != nil {
			change(&run)
		}
		return run
	}
	left := 3 * time.Minute
	for name, test := range map[string]struct {
		run  ledger.Run
		want *RunProgress
	}{
		"it pushes":         {pushing(time.Minute, nil), &RunProgress{Done: 250, Total: 1000, PerMinute: 250, Left: &left}},
		"it has just begun": {pushing(4*time.Second, nil), &RunProgress{Done: 250, Total: 1000}},
		"two calls":         {pushing(time.Minute, func(run *ledger.Run) { run.Counts.Calls = 2 }), &RunProgress{Done: 250, Total: 1000}},
		"no answer yet":     {pushing(time.Minute, func(run *ledger.Run) { run.Counts = ledger.Counts{Due: 7, Calls: 3} }), &RunProgress{Total: 7}},
		"it waits": {
			pushing(time.Minute, func(run *ledger.Run) { run.Phase = "pushing, waits for the store" }), &RunProgress{Done: 250, Total: 1000, PerMinute: 250},
		},
		"a person decides":  {pushing(time.Minute, func(run *ledger.Run) { run.Outcome = ledger.Held }), &RunProgress{Done: 250, Total: 1000, PerMinute: 250}},
		"more than was due": {pushing(time.Second, func(run *ledger.Run) { run.Counts.Exported = 2000 }), &RunProgress{Done: 1000, Total: 1000}},
		"nothing is due":    {pushing(time.Minute, func(run *ledger.Run) { run.Counts.Due = 0 }), nil},
		"it does not push":  {pushing(time.Minute, func(run *ledger.Run) { run.ResolvedAt = nil }), nil},
		"it has ended":      {pushing(time.Minute, func(run *ledger.Run) { run.EndedAt = &noon }), nil},
		"it has pushed all": {
			pushing(time.Minute, func(run *ledger.Run) { run.Counts.Due = 250 }), &RunProgress{Done: 250, Total: 250, PerMinute: 250, Left: new(time.Duration)},
		},
		"the clock goes back": {pushing(-time.Minute, nil), &RunProgress{Done: 250, Total: 1000}},
	} {
		got, ok := ProgressOf(test.run, noon)
		require.Equal(t, test.want != nil, ok, name)
		if ok {
			require.Equal(t, *test.want, got, name)
		}
	}
}

package inventory_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/tidemark/tidemark/inventory"
)

// runs are so many runs of a time.
func runs(n int, took time.Duration) []time.Duration {
	spans := make([]time.Duration, n)
	for i := range spans {
		spans[i] = took
	}
	return spans
}

func TestAdvise(t *testing.T) {
	t.Parallel()
	const minute = time.Minute
	for name, test := range map[string]struct {
		seen     inventory.Observed
		interval time.Duration
		average  time.Duration
		worst    time.Duration
		byFloor  bool
		quiet    bool
	}{
		"no run":       {},
		"too few runs": {seen: inventory.Observed{Took: runs(19, 20*minute)}},
		"just enough runs": {
			seen: inventory.Observed{Took: runs(20, 20*minute), Changed: 1}, interval: 60 * minute, average: 50 * minute,
			worst: 80 * minute,
		},
		"the seed's 20 minutes": {
			seen: inventory.Observed{Took: runs(100, 20*minute), Changed: 100}, interval: 60 * minute, average: 50 * minute,
			worst: 80 * minute,
		},
		"short runs, no floor given": {seen: inventory.Observed{Took: runs(100, time.Second), Changed: 100}, interval: 30 * minute, average: 15*minute +
			time.Second, worst: 30*minute + time.Second, byFloor: true},
		"a floor that is longer": {
			seen: inventory.Observed{Took: runs(100, minute), Changed: 100, Floor: 45 * minute}, interval: 60 * minute,
			average: 31 * minute, worst: 61 * minute, byFloor: true,
		},
		"a floor of hours": {
			seen: inventory.Observed{Took: runs(100, minute), Changed: 100, Floor: 4 * time.Hour}, interval: 4 * time.Hour,
			average: 121 * minute, worst: 241 * minute, byFloor: true,
		},
		"a floor that is met exactly": {
			seen: inventory.Observed{Took: runs(100, 15*minute), Changed: 100}, interval: 30 * minute, average: 30 * minute,
			worst: 45 * minute,
		},
		"rounded to 5": {seen: inventory.Observed{Took: runs(100, minute), Changed: 100, Floor: minute}, interval: 5 * minute, average: 2*minute +
			30*time.Second + minute, worst: 6 * minute},
		"exactly 5": {
			seen: inventory.Observed{Took: runs(100, 150*time.Second), Changed: 100, Floor: minute}, interval: 5 * minute,
			average: 5 * minute, worst: 5*minute + 150*time.Second,
		},
		"a second more than 5": {
			seen: inventory.Observed{Took: runs(100, 150*time.Second+time.Second), Changed: 100, Floor: minute}, interval: 10 * minute,
			average: 5*minute + 151*time.Second, worst: 10*minute + 151*time.Second,
		},
		"rounded to 15": {
			seen: inventory.Observed{Took: runs(100, 6*minute), Changed: 100, Floor: minute}, interval: 15 * minute,
			average: 13*minute + 30*time.Second, worst: 21 * minute,
		},
		"rounded to 30": {
			seen: inventory.Observed{Took: runs(100, 8*minute), Changed: 100, Floor: minute}, interval: 30 * minute,
			average: 23 * minute, worst: 38 * minute,
		},
		"rounded to 60": {
			seen: inventory.Observed{Took: runs(100, 16*minute), Changed: 100, Floor: minute}, interval: 60 * minute,
			average: 46 * minute, worst: 76 * minute,
		},
		"rounded to hours": {
			seen: inventory.Observed{Took: runs(100, 61*minute), Changed: 100}, interval: 3 * time.Hour, average: 151 * minute,
			worst: 241 * minute,
		},
		"exactly two hours": {
			seen: inventory.Observed{Took: runs(100, 60*minute), Changed: 100}, interval: 2 * time.Hour, average: 2 * time.Hour,
			worst: 3 * time.Hour,
		},
		"one long run in twenty": {
			seen: inventory.Observed{Took: append(runs(19, minute), 3*time.Hour), Changed: 20}, interval: 30 * minute,
			average: 16 * minute, worst: 31 * minute, byFloor: true,
		},
		"two long runs in twenty": {
			seen: inventory.Observed{Took: append(runs(18, minute), 3*time.Hour, 3*time.Hour), Changed: 20}, interval: 6 * time.Hour,
			average: 181 * minute, worst: 9 * time.Hour,
		},
		"no run found a change": {
			seen: inventory.Observed{Took: runs(100, 20*minute)}, interval: 60 * minute, average: 50 * minute, worst: 80 * minute,
			quiet: true,
		},
		"one in a hundred did": {
			seen: inventory.Observed{Took: runs(100, 20*minute), Changed: 1}, interval: 60 * minute, average: 50 * minute,
			worst: 80 * minute,
		},
		"one in a hundred and one did": {
			seen: inventory.Observed{Took: runs(101, 20*minute), Changed: 1}, interval: 60 * minute, average: 50 * minute,
			worst: 80 * minute, quiet: true,
		},
		"too few runs are never quiet": {seen: inventory.Observed{Took: runs(19, minute)}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			advice := inventory.Advise(test.seen)
			require.Equal(t, len(test.seen.Took), advice.Runs)
			require.Equal(t, 20, advice.Needed)
			require.Equal(t, test.interval, advice.Interval)
			require.Equal(t, test.average, advice.Average)
			require.Equal(t, test.worst, advice.Worst)
			require.Equal(t, test.byFloor, advice.ByFloor)
			require.Equal(t, test.quiet, advice.Quiet)
		})
	}
}

// What was seen is shown whatever the advice, in the form in which it is counted.
func TestAdviceSaysWhatWasSeen(t *testing.T) {
	t.Parallel()
	advice := inventory.Advise(inventory.Observed{
		Took: []time.Duration{3 * time.Minute, time.Minute, 2 * time.Minute, 9 * time.Minute}, Changed: 2, ChangedRows: 10, Waited: 1, Skipped: 3,
		Interval: 30 * time.Minute,
	})
	require.Equal(t, inventory.Advice{
		Runs: 4, Needed: 20, P50: 2 * time.Minute, P95: 9 * time.Minute, Longest: 9 * time.Minute, Floor: 30 * time.Minute,
		Today: 30 * time.Minute, TodayAverage: 17 * time.Minute, TodayWorst: 39 * time.Minute, Changed: 2, ChangedRows: 2.5, Waited: 1, Skipped: 3,
	}, advice)
}

// An interval shorter than the runs makes no store fresher, as the seed says: its starts are dropped.
func TestAgesOfAnInterval(t *testing.T) {
	t.Parallel()
	advice := inventory.Advise(inventory.Observed{Took: runs(30, 20*time.Minute)})
	for interval, want := range map[time.Duration][2]time.Duration{
		0:                {0, 0},
		30 * time.Minute: {35 * time.Minute, 50 * time.Minute},
		60 * time.Minute: {50 * time.Minute, 80 * time.Minute},
		20 * time.Minute: {30 * time.Minute, 40 * time.Minute},
		15 * time.Minute: {35 * time.Minute, 50 * time.Minute},
		5 * time.Minute:  {30 * time.Minute, 40 * time.Minute},
	} {
		average, worst := advice.Ages(interval)
		require.Equal(t, want, [2]time.Duration{average, worst}, "every %s", interval)
	}
}

// The advised interval is one of the steps, leaves runs twice their time, and no shorter step does.
func TestAdviceIsTheShortestStepThatPays(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		seen := inventory.Observed{
			Took:  rapid.SliceOfN(rapid.Map(rapid.IntRange(1, 20_000), func(n int) time.Duration { return time.Duration(n) * time.Second }), 20, 60).Draw(t, "took"),
			Floor: time.Duration(rapid.IntRange(0, 300).Draw(t, "floor")) * time.Minute,
		}
		advice := inventory.Advise(seen)
		least := max(2*advice.P95, advice.Floor)
		require.GreaterOrEqual(t, advice.Interval, least)
		shorter := map[time.Duration]time.Duration{
			5 * time.Minute: 0, 10 * time.Minute: 5 * time.Minute, 15 * time.Minute: 10 * time.Minute,
			30 * time.Minute: 15 * time.Minute, time.Hour: 30 * time.Minute,
		}
		before, step := shorter[advice.Interval]
		if !step {
			require.Zero(t, advice.Interval%time.Hour)
			before = advice.Interval - time.Hour
		}
		require.Less(t, before, least)
	})
}

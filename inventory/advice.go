package inventory

import (
	"slices"
	"time"
)

// The advice how often to run Smart Sync is worked out from past runs.

const (
	// AdviceRuns is how many past runs are needed for an advice.
	AdviceRuns = 20
	// DefaultFloor is the shortest interval that is advised when the connection configures none.
	DefaultFloor = 30 * time.Minute
	// safeRatio: an advised interval is at least so many times as long as a run takes.
	safeRatio = 2
	// quietShare: when fewer runs than this share found a change, a longer interval would lose nothing.
	quietShare = 0.01
)

// adviceSteps are the intervals up to one hour that can be advised. Longer ones are whole hours.
var adviceSteps = []time.Duration{5 * time.Minute, 10 * time.Minute, 15 * time.Minute, 30 * time.Minute, time.Hour}

// Observed is what is known of a connection's past Smart Syncs. Only runs of all SKUs that completed count.
type Observed struct {
	Took        []time.Duration // how long each run took
	Changed     int             // runs that found a change
	ChangedRows int64           // rows that all runs changed, added up
	Waited      int             // runs that waited for the store's budget
	Skipped     int             // starts that were dropped because a run was under way
	Interval    time.Duration   // the shortest interval of today's schedule; 0: it has none
	Floor       time.Duration   // the shortest interval that may be advised; 0: DefaultFloor
}

// Advice is how often a Smart Sync should run, and what that would mean. Ages are the ages of the figures that the store shows.
type Advice struct {
	Runs    int           `json:"runs"`    // how many past runs it is based on
	Needed  int           `json:"needed"`  // how many it needs
	P50     time.Duration `json:"p50"`     // half of the runs took no longer
	P95     time.Duration `json:"p95"`     // 95 % of them took no longer
	Longest time.Duration `json:"longest"` // none took longer
	// Interval is the advised interval: the longer one of twice P95 and Floor, rounded up. 0 when there are too few runs.
	Interval time.Duration `json:"interval"`
	Average  time.Duration `json:"average"` // average age with the advised interval
	Worst    time.Duration `json:"worst"`   // greatest age with the advised interval
	// Floor is the shortest interval that may be advised; ByFloor is true when Interval is that and not twice P95.
	Floor   time.Duration `json:"floor"`
	ByFloor bool          `json:"by_floor"`
	// Today is the interval of the schedule in force, 0 when it has none.
	Today        time.Duration `json:"today"`
	TodayAverage time.Duration `json:"today_average"`
	TodayWorst   time.Duration `json:"today_worst"`
	// Quiet is true when fewer than 1 % of the runs found a change, so that a longer interval would lose nothing.
	Quiet       bool    `json:"quiet"`
	Changed     int     `json:"changed"`      // runs that found a change
	ChangedRows float64 `json:"changed_rows"` // rows that a run changed on average
	Waited      int     `json:"waited"`       // runs that waited for the store's budget
	Skipped     int     `json:"skipped"`      // starts that were dropped because a run was under way
}

// Advise works out how often a Smart Sync should run:
//
//	interval = max(2 × the 95th percentile of the run time, the floor), rounded up to 5, 10, 15, 30 or 60 minutes, above that to hours
//
// A run time includes the time that the run waited for the store's budget, so a store that throttles gets a longer interval. With fewer
// than AdviceRuns runs Interval is 0; the other fields are set all the same.
func Advise(o Observed) Advice {
	advice := Advice{
		Runs: len(o.Took), Needed: AdviceRuns, Floor: o.Floor, Today: o.Interval, Changed: o.Changed, Waited: o.Waited, Skipped: o.Skipped,
	}
	if advice.Floor <= 0 {
		advice.Floor = DefaultFloor
	}
	if advice.Runs == 0 {
		return advice
	}
	took := slices.Sorted(slices.Values(o.Took))
	advice.P50, advice.P95, advice.Longest = percentile(took, 50), percentile(took, 95), took[len(took)-1]
	advice.ChangedRows = float64(o.ChangedRows) / float64(advice.Runs)
	if o.Interval > 0 {
		advice.TodayAverage, advice.TodayWorst = advice.Ages(o.Interval)
	}
	if advice.Runs < AdviceRuns {
		return advice
	}
	wanted := safeRatio * advice.P95
	advice.ByFloor = advice.Floor > wanted
	advice.Interval = roundUp(max(wanted, advice.Floor))
	advice.Average, advice.Worst = advice.Ages(advice.Interval)
	advice.Quiet = float64(o.Changed) < quietShare*float64(advice.Runs)
	return advice
}

// Ages are how old the store's figures are with an interval, on average and at worst. A figure ages from the fetch of one run to the end of
// the next run. When the interval is shorter than a run takes, the schedule drops starts while a run is under way, so the effective
// interval is the next multiple that is as long as a run.
func (a Advice) Ages(interval time.Duration) (average, worst time.Duration) {
	if interval <= 0 {
		return 0, 0
	}
	if interval < a.P95 {
		interval *= (a.P95 + interval - 1) / interval
	}
	return interval/2 + a.P50, interval + a.P95
}

// percentile returns the smallest of the sorted values that at least the given percentage of them does not exceed.
func percentile(sorted []time.Duration, percent int) time.Duration {
	return sorted[(len(sorted)*percent+99)/100-1]
}

// roundUp returns the shortest interval that can be advised and is not below the given one.
func roundUp(wanted time.Duration) time.Duration {
	for _, step := range adviceSteps {
		if wanted <= step {
			return step
		}
	}
	return (wanted + time.Hour - 1) / time.Hour * time.Hour
}

package inventory

import (
	"slices"
	"time"
)

// How often a Smart Sync pays is worked out from runs that took place, not from a number that feels fast.

const (
	// AdviceRuns is how many runs advice needs.
	AdviceRuns = 20
	// DefaultFloor is the shortest interval that is advised where none is configured: the shorter end of the usual 30 to 60 minutes.
	DefaultFloor = 30 * time.Minute
	// safeRatio is how many times as long as a run an interval is at least.
	safeRatio = 2
	// quietShare is the share of runs with a change below which a longer interval loses nothing.
	quietShare = 0.01
)

// adviceSteps are the intervals that are advised, up to an hour; above that it is whole hours.
var adviceSteps = []time.Duration{5 * time.Minute, 10 * time.Minute, 15 * time.Minute, 30 * time.Minute, time.Hour}

// Observed is what was seen of a connection's Smart Syncs of everything that went through.
type Observed struct {
	Took        []time.Duration // how long each took
	Changed     int             // how many of them found a change
	ChangedRows int64           // rows that they changed together
	Waited      int             // how many of them waited for the store's budget
	Skipped     int             // starts that were dropped because a run was under way
	Interval    time.Duration   // of today's schedule, the shortest; 0: it has none
	Floor       time.Duration   // the shortest interval that may be advised; 0: DefaultFloor
}

// Advice is how often a Smart Sync should run, and what that would mean. Ages are those of the figures in the store.
type Advice struct {
	Runs    int           `json:"runs"`    // that it is worked out from
	Needed  int           `json:"needed"`  // that it needs at least
	P50     time.Duration `json:"p50"`     // half of the runs took no longer
	P95     time.Duration `json:"p95"`     // 95 % of them took no longer
	Longest time.Duration `json:"longest"` // none took longer
	// Interval is what is advised: the longer one of twice P95 and the floor, rounded up. 0 with too few runs.
	Interval time.Duration `json:"interval"`
	Average  time.Duration `json:"average"` // age with the advised interval, on average
	Worst    time.Duration `json:"worst"`   // and at worst
	// Floor is the shortest interval that may be advised, and ByFloor is true where it decided.
	Floor   time.Duration `json:"floor"`
	ByFloor bool          `json:"by_floor"`
	// Today is the interval of the schedule in force, 0 where it has none.
	Today        time.Duration `json:"today"`
	TodayAverage time.Duration `json:"today_average"`
	TodayWorst   time.Duration `json:"today_worst"`
	// Quiet: fewer than 1 % of the runs found a change, so that a longer interval would lose nothing.
	Quiet       bool    `json:"quiet"`
	Changed     int     `json:"changed"`      // runs that found a change
	ChangedRows float64 `json:"changed_rows"` // rows that a run changed, on average
	Waited      int     `json:"waited"`       // runs that waited for the store's budget
	Skipped     int     `json:"skipped"`      // starts that were dropped because a run was under way
}

// Advise works out how often a Smart Sync should run:
//
//	interval = max(2 × the 95th percentile of the run time, the floor), rounded up to 5, 10, 15, 30 or 60 minutes, above that to hours
//
// Run times hold what runs waited for the store's budget, so a store that throttles gets a longer interval. With fewer than AdviceRuns
// runs there is no advice, and what was seen all the same.
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

// Ages are how old the store's figures are with an interval, on average and at worst: they grow older by the second from one run's fetch to
// the end of the next. Of an interval shorter than the runs, starts that fall into a run are dropped, so it is worth no more than the
// multiple of it that the runs leave.
func (a Advice) Ages(interval time.Duration) (average, worst time.Duration) {
	if interval <= 0 {
		return 0, 0
	}
	if interval < a.P95 {
		interval *= (a.P95 + interval - 1) / interval
	}
	return interval/2 + a.P50, interval + a.P95
}

// percentile is the smallest of sorted spans that so many in a hundred do not exceed.
func percentile(sorted []time.Duration, percent int) time.Duration {
	return sorted[(len(sorted)*percent+99)/100-1]
}

// roundUp is the next interval that is advised.
func roundUp(wanted time.Duration) time.Duration {
	for _, step := range adviceSteps {
		if wanted <= step {
			return step
		}
	}
	return (wanted + time.Hour - 1) / time.Hour * time.Hour
}

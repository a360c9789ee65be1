package channels

import (
	"errors"
	"fmt"
	"math"
	"testing"
	"time"
	_ "time/tzdata" // the quiet hours are tested on machines without time zones, too

	"github.com/stretchr/testify/require"
)

func throttledFor(wait time.Duration) error {
	return fmt.Errorf("sending: %w", &Error{Next: Wait, Until: epoch.Add(wait), Reason: "throttled"})
}

func TestPacerSaysWhy(t *testing.T) {
	t.Parallel()
	clock := func(hour, minute int) time.Time { return time.Date(2026, 3, 2, hour, minute, 0, 0, time.UTC) }
	quiet := &QuietHours{From: "22:00", To: "06:30", Timezone: "Europe/Paris"}
	for name, test := range map[string]struct {
		budget PaceBudget
		failed error
		now    time.Time
		today  int64
		at     time.Time
		why    string
	}{
		"the bucket begins empty": {now: epoch, at: epoch.Add(time.Second), why: "pacing"}, // half of 80 % of 2.5 a second
		"ready":                   {now: epoch.Add(time.Second)},
		"throttled": {
			failed: throttledFor(5 * time.Minute), now: epoch.Add(time.Minute),
			at: epoch.Add(5 * time.Minute), why: "throttled by the store until 09:05:00 UTC",
		},
		"the throttle is over": {failed: throttledFor(5 * time.Minute), now: epoch.Add(5 * time.Minute)},
		"a throttle of a year": {
			failed: throttledFor(365 * 24 * time.Hour), now: epoch, at: epoch.Add(24 * time.Hour),
			why: "throttled by the store until 09:00:00 UTC",
		},
		"a throttle in the past": {failed: throttledFor(-time.Hour), now: epoch, at: epoch.Add(4 * time.Second), why: "pacing"},
		"quiet hours": {
			budget: PaceBudget{QuietHours: quiet}, now: clock(21, 30), at: clock(5, 30).AddDate(0, 0, 1),
			why: "quiet hours until 06:30 Europe/Paris",
		},
		"after quiet hours": {budget: PaceBudget{QuietHours: quiet}, now: clock(5, 30).AddDate(0, 0, 1)},
		"a throttle that ends in quiet hours": {
			budget: PaceBudget{QuietHours: quiet}, failed: throttledFor(14 * time.Hour), now: clock(20, 0),
			at: clock(5, 30).AddDate(0, 0, 1), why: "quiet hours until 06:30 Europe/Paris",
		},
		"pacing that ends in quiet hours": {
			budget: PaceBudget{QuietHours: &QuietHours{From: "09:00", To: "09:01"}}, now: epoch.Add(-time.Nanosecond),
			at: epoch.Add(time.Minute), why: "quiet hours until 09:01 UTC",
		},
		"quiet hours that cannot be read": {
			budget: PaceBudget{QuietHours: &QuietHours{From: "22:00", To: "06:00", Timezone: "Mars/Olympus"}}, now: epoch.Add(time.Hour),
			at:  epoch.Add(65 * time.Minute),
			why: `no calls: quiet hours: timezone: "Mars/Olympus" is not known to this machine; expected a name like Europe/Paris; correct the store's budget`,
		},
		"daily calls left": {budget: PaceBudget{DailyCalls: 5000}, today: 4999, now: epoch.Add(time.Hour)},
		"daily calls spent": {
			budget: PaceBudget{DailyCalls: 5000}, today: 5000, now: clock(23, 59), at: clock(24, 0),
			why: "daily budget of 5000 calls is spent until 00:00 UTC",
		},
		"midnight in quiet hours": {
			budget: PaceBudget{DailyCalls: 10, QuietHours: quiet}, today: 10, now: clock(20, 0),
			at: clock(5, 30).AddDate(0, 0, 1), why: "quiet hours until 06:30 Europe/Paris",
		},
		"a throttle beyond midnight": {
			budget: PaceBudget{DailyCalls: 10}, today: 10, failed: throttledFor(20 * time.Hour), now: clock(20, 0),
			at: clock(5, 0).AddDate(0, 0, 1), why: "throttled by the store until 05:00:00 UTC",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			start := epoch
			if test.now.Before(epoch) {
				start = test.now
			}
			pacer := NewPacer(Limits{Rate: 2.5, Burst: 5}, test.budget, start)
			if test.failed != nil {
				pacer.Answered(pacer.Began(epoch), epoch, Budget{}, test.failed)
			}
			at, why := pacer.Ready(test.now, test.today)
			require.Equal(t, test.why, why)
			require.WithinDuration(t, test.at, at, time.Microsecond)
			if !at.IsZero() && why == "pacing" {
				again, _ := pacer.Ready(at, test.today)
				require.Zero(t, again, "it keeps its word")
			}
		})
	}
}

func TestPacerCutsAndClimbs(t *testing.T) {
	t.Parallel()
	pacer := NewPacer(Limits{Rate: 10, Burst: 10}, PaceBudget{}, epoch)
	require.InDelta(t, 4, pacer.Rate(), 1e-9, "half of 80 %")
	call := func(at time.Duration, err error) {
		pacer.Answered(pacer.Began(epoch.Add(at)), epoch.Add(at), Budget{}, err)
	}

	call(time.Second, nil)
	require.InDelta(t, 4.4, pacer.Rate(), 1e-9, "5 % for a clean second")
	call(1500*time.Millisecond, nil)
	require.InDelta(t, 4.6, pacer.Rate(), 1e-9)
	call(time.Hour, nil)
	require.InDelta(t, 5, pacer.Rate(), 1e-9, "an idle hour proves nothing")
	call(time.Hour+time.Second, errors.New("the answer was lost"))
	require.InDelta(t, 5, pacer.Rate(), 1e-9, "a lost answer is neither clean nor a throttle")
	call(time.Hour+2*time.Second, &Error{Next: Resend})
	require.InDelta(t, 5, pacer.Rate(), 1e-9)
	var none *Error
	call(time.Hour+2*time.Second, none)
	require.InDelta(t, 5, pacer.Rate(), 1e-9)
	for second := range 30 {
		call(time.Hour+time.Duration(second)*time.Second, nil)
	}
	require.InDelta(t, 8, pacer.Rate(), 1e-9, "80 % is the most")

	at := 2 * time.Hour
	var together []int
	for range 3 {
		together = append(together, pacer.Began(epoch.Add(at)))
	}
	for _, number := range together {
		pacer.Answered(number, epoch.Add(at+time.Second), Budget{}, &Error{Next: Wait})
	}
	require.InDelta(t, 4, pacer.Rate(), 1e-9, "calls that were under way together are throttled once")
	for second := range 20 {
		call(at+time.Duration(2+second)*time.Second, &Error{Next: Wait})
	}
	require.InDelta(t, 0.1, pacer.Rate(), 1e-9, "one call in 10 seconds is the floor")
}

func TestPacerHasASlowestPaceForSlowStores(t *testing.T) {
	t.Parallel()
	pacer := NewPacer(Limits{Rate: 0.05, Burst: 5}, PaceBudget{Share: 1}, epoch)
	for second := range 20 {
		at := epoch.Add(time.Duration(second) * time.Second)
		pacer.Answered(pacer.Began(at), at, Budget{}, &Error{Next: Wait})
	}
	require.InDelta(t, 0.05/8, pacer.Rate(), 1e-9)
}

func TestPacerAllowsOneCallWhenAThrottleEnds(t *testing.T) {
	t.Parallel()
	pacer := NewPacer(Limits{Rate: 10, Burst: 10}, PaceBudget{}, epoch)
	now := epoch.Add(time.Minute)
	pacer.Answered(pacer.Began(now), now, Budget{}, &Error{Next: Wait, Until: now.Add(time.Minute)})
	now = now.Add(time.Minute)
	at, _ := pacer.Ready(now, 0)
	require.Zero(t, at)
	pacer.Answered(pacer.Began(now), now, Budget{}, nil)
	at, why := pacer.Ready(now, 0)
	require.Equal(t, "pacing", why)
	require.WithinDuration(t, now.Add(time.Second/2), at, 50*time.Millisecond)
}

func TestPacerWithoutAPublishedRateIsCareful(t *testing.T) {
	t.Parallel()
	require.InDelta(t, 0.4, NewPacer(Limits{}, PaceBudget{}, epoch).Rate(), 1e-9)
}

func TestPacerTakesOtherSharesForTheDefault(t *testing.T) {
	t.Parallel()
	for _, share := range []float64{0, -1, 1.5, math.NaN(), math.Inf(1)} {
		require.InDelta(t, 4, NewPacer(Limits{Rate: 10}, PaceBudget{Share: share}, epoch).Rate(), 1e-9)
	}
}

func TestPacerForgetsACallThatNeverEnded(t *testing.T) {
	t.Parallel()
	pacer := NewPacer(Limits{Rate: 1, Burst: 1, Timeout: 10 * time.Second}, PaceBudget{}, epoch)
	pacer.Began(epoch.Add(time.Minute))
	at, why := pacer.Ready(epoch.Add(2*time.Minute), 0)
	require.Equal(t, "pacing", why, "a bucket of one call has no room for a second")
	require.True(t, at.After(epoch.Add(2*time.Minute)))
	_, _ = pacer.Ready(epoch.Add(3*time.Minute), 0)
	at, _ = pacer.Ready(epoch.Add(4*time.Minute), 0)
	require.Zero(t, at)
}

func TestPacerDoesNotBelieveNonsense(t *testing.T) {
	t.Parallel()
	for _, budget := range []Budget{
		{Known: true},
		{Known: true, Capacity: math.NaN(), Remaining: math.NaN(), PerSecond: math.NaN(), Cost: math.NaN()},
		{Known: true, Capacity: math.Inf(1), Remaining: math.Inf(-1), PerSecond: math.Inf(1), Cost: math.Inf(1)},
		{Known: true, Capacity: -1, Remaining: -1, PerSecond: -1, Cost: -1},
		{Known: true, Capacity: 10, Remaining: math.NaN(), PerSecond: 10},
		{Known: true, PerSecond: 10},
		{Capacity: 1, Remaining: -1e9, PerSecond: 1e-9},
	} {
		pacer := NewPacer(Limits{Rate: 10, Burst: 10}, PaceBudget{}, epoch)
		now := epoch.Add(time.Minute)
		pacer.Answered(pacer.Began(now), now, budget, nil)
		require.InDelta(t, 4.4, pacer.Rate(), 0.01, "%+v", budget)
		at, _ := pacer.Ready(now, 0)
		require.Zero(t, at, "%+v", budget)
	}
	pacer := NewPacer(Limits{Rate: 10, Burst: 10}, PaceBudget{}, epoch)
	pacer.Answered(0, epoch, Budget{Known: true, Capacity: 10, Remaining: -1e300}, nil)
	at, _ := pacer.Ready(epoch, 0)
	require.WithinDuration(t, epoch, at, 10*time.Second, "a debt is at most a bucket")
}

func TestBucketWaitsAtMostADay(t *testing.T) {
	t.Parallel()
	b := newBucket(Limits{Rate: 1e-9, Burst: 1}, 1, epoch)
	require.Equal(t, epoch.Add(MaxThrottle), b.readyAt(epoch, 1e-9, 0))
}

// A full bucket holds our share of the store's burst: the rest stays for its other applications.
func TestPacerLeavesTheOthersTheirShareOfTheBurst(t *testing.T) {
	t.Parallel()
	for share, most := range map[float64]int{0.2: 2, 0.5: 5, 1: 10} {
		pacer := NewPacer(Limits{Rate: 1, Burst: 10}, PaceBudget{Share: share}, epoch)
		now, calls := epoch.Add(time.Hour), 0
		for ; calls < 20; calls++ {
			if at, _ := pacer.Ready(now, 0); !at.IsZero() {
				break
			}
			pacer.Answered(pacer.Began(now), now, Budget{}, nil)
		}
		require.Equal(t, most, calls, "a share of %v", share)
	}
}

// Calls at once climb to what the store takes, and are halved by a throttle as the rate is.
func TestPacerLimitsCallsAtOnce(t *testing.T) {
	t.Parallel()
	pacer, now := NewPacer(Limits{Rate: 100, Burst: 1000, Calls: 8}, PaceBudget{}, epoch), epoch
	atOnce := func() int {
		now = now.Add(time.Second)
		var under []int
		for !pacer.Full(now) {
			under = append(under, pacer.Began(now))
		}
		for _, number := range under {
			pacer.Answered(number, now, Budget{}, nil)
		}
		return len(under)
	}
	require.Equal(t, 4, atOnce())
	for range 12 {
		atOnce()
	}
	require.Equal(t, 8, atOnce())
	pacer.Answered(pacer.Began(now), now, Budget{}, &Error{Next: Wait})
	require.Equal(t, 4, atOnce())
	for range 10 {
		pacer.Answered(pacer.Began(now), now, Budget{}, &Error{Next: Wait})
	}
	require.Equal(t, 1, atOnce(), "one call is made always")
	require.False(t, NewPacer(Limits{}, PaceBudget{}, epoch).Full(epoch), "a store of which nothing is known takes one")
}

// Answers come in any order: a throttle of a call that began after the last throttle counts, also while older calls are under way.
func TestPacerKnowsWhichCallWasAnswered(t *testing.T) {
	t.Parallel()
	pacer := NewPacer(Limits{Rate: 100, Burst: 100, Calls: 3}, PaceBudget{}, epoch)
	pacer.Began(epoch)
	second := pacer.Began(epoch)
	pacer.Answered(second, epoch.Add(time.Second), Budget{}, &Error{Next: Wait})
	before := pacer.Rate()
	third := pacer.Began(epoch.Add(2 * time.Second))
	pacer.Answered(third, epoch.Add(3*time.Second), Budget{}, &Error{Next: Wait})
	require.InDelta(t, before/2, pacer.Rate(), 1e-9)
}

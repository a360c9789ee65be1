package channels

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

var epoch = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// trueBucket is a store's own bucket.
type trueBucket struct {
	capacity, rate, tokens float64
	at                     time.Time
}

func (b *trueBucket) refill(now time.Time) {
	b.tokens, b.at = min(b.capacity, b.tokens+now.Sub(b.at).Seconds()*b.rate), now
}

// take lets a call in or throttles it. A millionth of a call is forgiven: it is the rounding of two clocks.
func (b *trueBucket) take(now time.Time, cost float64) bool {
	b.refill(now)
	if b.tokens < cost-1e-6 {
		return false
	}
	b.tokens -= cost
	return true
}

// simulation drives pacers against a true bucket.
type simulation struct {
	store    trueBucket
	tells    bool           // answers carry the bucket
	waits    bool           // a throttle carries a Retry-After that is exact
	cost     func() float64 // of a call
	latency  func() (there, back time.Duration)
	parallel int // the most calls under way

	now      time.Time
	calls    int
	overruns int
	used     float64
	underway []answered
}

type answered struct {
	number        int // by which the pacer knows it
	arrives, ends time.Time
	arrived       bool
	budget        Budget
	err           error
}

// run uses a pacer until the time.
func (s *simulation) run(pacer *Pacer, until time.Time) {
	for s.now.Before(until) {
		at, _ := pacer.Ready(s.now, 0)
		if at.IsZero() && len(s.underway) < s.parallel {
			number := pacer.Began(s.now)
			there, back := s.latency()
			s.underway = append(s.underway, answered{number: number, arrives: s.now.Add(there), ends: s.now.Add(there + back)})
			continue
		}
		s.step(pacer, at, until)
	}
	for len(s.underway) > 0 {
		s.step(pacer, time.Time{}, until)
	}
}

// step goes on to the next thing that happens: an arrival, an end, or the time that Ready gave.
func (s *simulation) step(pacer *Pacer, ready, until time.Time) {
	next, which := ready, -1
	if len(s.underway) >= s.parallel {
		next = time.Time{}
	}
	for i, call := range s.underway {
		due := call.arrives
		if call.arrived {
			due = call.ends
		}
		if next.IsZero() || due.Before(next) {
			next, which = due, i
		}
	}
	if next.IsZero() {
		return
	}
	if which < 0 && next.After(until) {
		next = until // whoever takes over does not wait for this call
	}
	if next.After(s.now) {
		s.now = next
	}
	if which < 0 {
		return
	}
	call := &s.underway[which]
	if !call.arrived {
		s.arrive(call)
		return
	}
	pacer.Answered(call.number, s.now, call.budget, call.err)
	s.underway = append(s.underway[:which], s.underway[which+1:]...)
}

func (s *simulation) arrive(call *answered) {
	call.arrived = true
	s.calls++
	cost := s.cost()
	if s.store.take(s.now, cost) {
		s.used += cost
	} else {
		s.overruns++
		failed := &Error{Next: Wait, Reason: "throttled"}
		if s.waits {
			failed.Until = s.now.Add(time.Duration((cost - s.store.tokens) / s.store.rate * float64(time.Second)))
		}
		call.err = failed
	}
	if s.tells {
		call.budget = Budget{Known: true, Capacity: s.store.capacity, Remaining: s.store.tokens, PerSecond: s.store.rate, Cost: cost}
	}
}

func unitCost() float64 { return 1 }

func instant() (time.Duration, time.Duration) { return 0, 0 }

// drawLatency draws trips of up to a part of the time between two calls.
func drawLatency(t *rapid.T, rate, part float64) func() (time.Duration, time.Duration) {
	most := int64(part / rate * float64(time.Second))
	trip := rapid.Int64Range(0, most/2)
	return func() (time.Duration, time.Duration) {
		return time.Duration(trip.Draw(t, "there")), time.Duration(trip.Draw(t, "back"))
	}
}

func drawRate(t *rapid.T) float64 {
	return float64(rapid.IntRange(5, 20_000).Draw(t, "rate in hundredths of a call")) / 100
}

func drawShare(t *rapid.T) float64 {
	return float64(rapid.OneOf(rapid.Just(80), rapid.Just(100), rapid.IntRange(10, 100)).Draw(t, "share in percent")) / 100
}

func seconds(n float64) time.Duration { return time.Duration(n * float64(time.Second)) }

func TestPacerNeverOverrunsAPublishedBudget(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		rate, burst := drawRate(t), float64(rapid.IntRange(1, 20).Draw(t, "burst"))
		limits := Limits{Rate: rate, Burst: burst}
		sim := &simulation{
			store: trueBucket{capacity: burst, rate: rate, tokens: burst, at: epoch}, now: epoch,
			tells: rapid.Bool().Draw(t, "tells"), cost: unitCost, latency: drawLatency(t, rate, rapid.SampledFrom([]float64{0.1, 4}).Draw(t, "slowness")),
			parallel: rapid.IntRange(1, 4).Draw(t, "parallel"),
		}
		share := drawShare(t)
		for range rapid.IntRange(1, 20).Draw(t, "holders") {
			pacer := NewPacer(limits, PaceBudget{Share: share}, sim.now)
			sim.run(pacer, sim.now.Add(seconds(float64(rapid.IntRange(1, 30).Draw(t, "held"))/rate)))
			require.Zero(t, sim.overruns, "after %d calls", sim.calls)
			if rapid.Bool().Draw(t, "a while without a holder") {
				sim.now = sim.now.Add(seconds(float64(rapid.IntRange(1, 20).Draw(t, "idle")) / rate))
			}
		}
	})
}

func TestPacerNeverOverrunsABudgetThatItIsTold(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		rate, capacity := drawRate(t), float64(rapid.IntRange(2, 40).Draw(t, "capacity"))
		sim := &simulation{
			store: trueBucket{capacity: capacity, rate: rate, tokens: capacity, at: epoch}, now: epoch,
			tells: true, cost: unitCost, latency: drawLatency(t, rate, 2), parallel: 1,
		}
		pacer := NewPacer(Limits{Rate: drawRate(t), Burst: float64(rapid.IntRange(0, 100).Draw(t, "published burst"))}, PaceBudget{}, epoch)
		sim.run(pacer, sim.now.Add(seconds(100/rate)+time.Minute))
		require.Zero(t, sim.overruns, "after %d calls", sim.calls)
	})
}

func TestPacerUsesWhatItIsAllowed(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		rate, capacity := drawRate(t), float64(rapid.IntRange(2, 20).Draw(t, "capacity"))
		sim := &simulation{
			store: trueBucket{capacity: capacity, rate: rate, tokens: capacity, at: epoch}, now: epoch,
			tells: rapid.Bool().Draw(t, "tells"), cost: unitCost, latency: drawLatency(t, rate, 0.5), parallel: 1,
		}
		share := drawShare(t)
		pacer := NewPacer(Limits{Rate: rate, Burst: capacity}, PaceBudget{Share: share}, epoch)
		sim.run(pacer, sim.now.Add(30*time.Second+seconds(40/(share*rate)))) // the climb
		before, begin := sim.calls, sim.now
		sim.run(pacer, sim.now.Add(seconds(200/(share*rate))))
		used := float64(sim.calls-before) / sim.now.Sub(begin).Seconds()
		require.GreaterOrEqual(t, used, 0.95*share*rate)
		require.LessOrEqual(t, used, 1.05*share*rate+capacity/sim.now.Sub(begin).Seconds())
		require.Zero(t, sim.overruns)
	})
}

func TestPacerCountsCostPoints(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		rate := float64(rapid.IntRange(50, 2000).Draw(t, "points a second"))
		capacity := 20 * rate
		points := rapid.IntRange(10, 13)
		sim := &simulation{
			store: trueBucket{capacity: capacity, rate: rate, tokens: capacity, at: epoch}, now: epoch, tells: true,
			cost: func() float64 { return float64(points.Draw(t, "cost")) }, latency: drawLatency(t, rate/10, 0.5), parallel: 1,
		}
		pacer := NewPacer(Limits{Rate: rate / 10, Burst: 5}, PaceBudget{}, epoch)
		sim.run(pacer, sim.now.Add(30*time.Second))
		before, begin := sim.used, sim.now
		sim.run(pacer, sim.now.Add(seconds(3000/rate)))
		require.GreaterOrEqual(t, (sim.used-before)/sim.now.Sub(begin).Seconds(), 0.95*DefaultShare*rate)
		require.Zero(t, sim.overruns)
	})
}

func TestPacerFollowsAChangedBudget(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		rate, capacity := drawRate(t), float64(rapid.IntRange(2, 20).Draw(t, "capacity"))
		sim := &simulation{
			store: trueBucket{capacity: capacity, rate: rate, tokens: capacity, at: epoch}, now: epoch,
			tells: true, waits: rapid.Bool().Draw(t, "waits"), cost: unitCost, latency: instant, parallel: 1,
		}
		pacer := NewPacer(Limits{Rate: rate, Burst: capacity}, PaceBudget{}, epoch)
		changes := rapid.IntRange(1, 5).Draw(t, "changes")
		for range changes {
			sim.run(pacer, sim.now.Add(seconds(60/sim.store.rate)))
			over := sim.overruns
			sim.store.refill(sim.now)
			sim.store.rate, sim.store.capacity = drawRate(t), float64(rapid.IntRange(2, 20).Draw(t, "new capacity"))
			sim.store.tokens = min(sim.store.tokens, sim.store.capacity)
			sim.run(pacer, sim.now.Add(seconds(60/sim.store.rate)))
			require.LessOrEqual(t, sim.overruns-over, 1, "one throttle at most for one change")
		}
	})
}

func TestPacerSettlesWhenAStoreAllowsLessAndSaysNothing(t *testing.T) {
	t.Parallel()
	sim := &simulation{store: trueBucket{capacity: 4, rate: 4, tokens: 4, at: epoch}, now: epoch, cost: unitCost, latency: instant, parallel: 1}
	pacer := NewPacer(Limits{Rate: 4, Burst: 4}, PaceBudget{}, epoch)
	sim.run(pacer, epoch.Add(time.Minute))
	require.Zero(t, sim.overruns)
	sim.store.rate, sim.store.capacity = 1, 2
	over, calls := sim.overruns, sim.calls
	for end := sim.now.Add(time.Minute); pacer.Rate() > sim.store.rate && sim.now.Before(end); {
		sim.run(pacer, sim.now.Add(100*time.Millisecond))
	}
	require.LessOrEqual(t, pacer.Rate(), sim.store.rate)
	require.LessOrEqual(t, sim.calls-calls, 10)
	require.LessOrEqual(t, sim.overruns-over, 3)
	over, calls = sim.overruns, sim.calls
	sim.run(pacer, sim.now.Add(10*time.Minute))
	require.Less(t, float64(sim.overruns-over), 0.15*float64(sim.calls-calls), "throttles stay rare")
	require.Greater(t, sim.calls-calls, 300, "half of what it allows is used at least")
}

func TestPacerLeavesRoomForOtherApplications(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		rate := float64(rapid.IntRange(1, 50).Draw(t, "rate"))
		sim := &simulation{
			store: trueBucket{capacity: 20, rate: rate, tokens: 20, at: epoch}, now: epoch, tells: true, cost: unitCost, latency: instant, parallel: 1,
		}
		pacer := NewPacer(Limits{Rate: rate, Burst: 20}, PaceBudget{}, epoch)
		// Another application calls at half of the rate: together it is more than the store gives.
		refused := 0
		for range 2000 {
			sim.run(pacer, sim.now.Add(seconds(2/rate)))
			if !sim.store.take(sim.now, 1) {
				refused++
			}
		}
		require.Zero(t, sim.overruns)
		require.Zero(t, refused, "the other application is never throttled because of us")
		require.Greater(t, float64(sim.calls), 0.45*rate*sim.now.Sub(epoch).Seconds(), "what the other leaves is used")
	})
}

func TestPacerRecoversAfterAThrottle(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		rate := float64(rapid.IntRange(20, 20_000).Draw(t, "rate in hundredths of a call")) / 100
		sim := &simulation{store: trueBucket{capacity: 8, rate: rate, tokens: 8, at: epoch}, now: epoch, cost: unitCost, latency: instant, parallel: 1}
		pacer := NewPacer(Limits{Rate: rate, Burst: 8}, PaceBudget{}, epoch)
		sim.run(pacer, epoch.Add(time.Minute))
		for range rapid.IntRange(1, 20).Draw(t, "throttles") {
			at, _ := pacer.Ready(sim.now, 0)
			if !at.IsZero() {
				sim.now = at
			}
			pacer.Answered(pacer.Began(sim.now), sim.now, Budget{}, &Error{Next: Wait})
		}
		sim.run(pacer, sim.now.Add(5*time.Minute+seconds(40/rate)))
		require.InDelta(t, DefaultShare*rate, pacer.Rate(), 0.001*rate)
		require.Zero(t, sim.overruns)
	})
}

func TestPacerAnswersToAStormWithFewCalls(t *testing.T) {
	t.Parallel()
	pacer, now, calls := NewPacer(Limits{Rate: 50, Burst: 100}, PaceBudget{}, epoch), epoch, 0
	for now.Before(epoch.Add(time.Hour)) {
		if at, _ := pacer.Ready(now, 0); !at.IsZero() {
			now = at
		}
		pacer.Answered(pacer.Began(now), now, Budget{}, &Error{Next: Wait})
		calls++
	}
	require.InDelta(t, 360, calls, 20, "one call in 10 seconds is the floor")
}

// A day of work in which holders die at any time, and the next one takes over after the last call is over.
func TestPacerStandsADayOfTakeovers(t *testing.T) {
	t.Parallel()
	for _, seed := range []uint64{1, 2, 3} {
		random := rand.New(rand.NewPCG(seed, seed))
		latency := func() (time.Duration, time.Duration) {
			return time.Duration(random.Int64N(int64(300 * time.Millisecond))), time.Duration(random.Int64N(int64(300 * time.Millisecond)))
		}
		sim := &simulation{
			store: trueBucket{capacity: 8, rate: 4, tokens: 8, at: epoch}, now: epoch,
			tells: seed%2 == 0, cost: unitCost, latency: latency, parallel: 2,
		}
		for sim.now.Before(epoch.Add(24 * time.Hour)) {
			pacer := NewPacer(Limits{Rate: 4, Burst: 8}, PaceBudget{}, sim.now)
			sim.run(pacer, sim.now.Add(time.Duration(1+random.Int64N(int64(10*time.Minute)))))
		}
		require.Zero(t, sim.overruns, "seed %d", seed)
		require.Greater(t, float64(sim.calls), 0.9*DefaultShare*4*24*3600, "seed %d: dying and starting slowly costs a tenth at most", seed)
	}
}

package channels

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A holder goes on from what the one before knew: it never has more than that one would have, and is not made to begin anew.
func TestPacerGoesOnFromAPicture(t *testing.T) {
	t.Parallel()
	before := Pace{At: epoch, Tokens: 500, Cost: 10, Units: true, Capacity: 2000, PerSecond: 100, Level: 1}
	with := func(change func(pace *Pace)) Pace {
		pace := before
		change(&pace)
		return pace
	}
	for name, test := range map[string]struct {
		pace   Pace
		closed bool
		after  time.Duration
		tokens float64
		level  float64
	}{
		"at once":                               {before, true, 0, 500, 1},
		"calls may be under way":                {before, false, 0, 500 - 5*10, 1},
		"it has filled since, by our share":     {before, true, 5 * time.Second, 900, 1},
		"it is full: our share of the bucket":   {before, true, time.Hour, 1600, 1},
		"it is full, calls may be under way":    {before, false, time.Hour, 1550, 1},
		"slowly, as the one before":             {with(func(p *Pace) { p.Level = 0.25 }), true, 4 * time.Second, 580, 0.25},
		"more than it may hold":                 {with(func(p *Pace) { p.Tokens = 1e9 }), true, 0, 1600, 1},
		"overdrawn":                             {with(func(p *Pace) { p.Tokens = -100 }), true, time.Second, -20, 1},
		"our clock is behind: it does not fill": {with(func(p *Pace) { p.At = epoch.Add(time.Minute) }), true, 0, 500, 1},
		"a day old":                             {before, true, 25 * time.Hour, 0, startLevel},
		"from the day after tomorrow":           {with(func(p *Pace) { p.At = epoch.Add(48 * time.Hour) }), true, 0, 0, startLevel},
		"nonsense":                              {with(func(p *Pace) { p.Cost = 0 }), true, 0, 0, startLevel},
		"above the fastest":                     {with(func(p *Pace) { p.Level = 7 }), true, 0, 500, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			now := epoch.Add(test.after)
			pacer := NewPacer(Limits{Rate: 10, Burst: 200, Calls: 5}, PaceBudget{}, now)
			pacer.resume(test.pace, test.closed, now)
			require.InDelta(t, test.tokens, pacer.bucket.tokens, 1e-6)
			require.InDelta(t, test.level, pacer.climb.level, 1e-9)
		})
	}
}

func TestPacerRemembersAThrottle(t *testing.T) {
	t.Parallel()
	pacer := NewPacer(Limits{Rate: 10, Burst: 10}, PaceBudget{}, epoch)
	until := epoch.Add(time.Minute)
	pacer.Answered(pacer.Began(epoch), epoch, Budget{}, &Error{Next: Wait, Until: until})
	pace, under := pacer.pace(epoch)
	require.False(t, under)
	next := NewPacer(Limits{Rate: 10, Burst: 10}, PaceBudget{}, epoch)
	next.resume(pace, true, epoch.Add(time.Second))
	at, _ := next.Ready(epoch.Add(time.Second), 0)
	require.Equal(t, until, at)
}

// A picture is of all meters, also of those that were not used since, and only of the settings that it was made with.
func TestMetersGoOnFromAPicture(t *testing.T) {
	t.Parallel()
	channel := &paced{limits: Limits{Rate: 10, Burst: 100, Calls: 2}}
	first := NewMeters(channel, PaceBudget{}, Picture{Of: "x"})
	pacer := first.For(Sending, nil, epoch)
	number := pacer.Began(epoch.Add(10 * time.Second))
	require.False(t, first.Picture(epoch.Add(10*time.Second)).Closed, "a call is under way")
	pacer.Answered(number, epoch.Add(11*time.Second), Budget{}, nil)
	picture := ReadPicture(first.Picture(epoch.Add(11 * time.Second)).String())
	require.True(t, picture.Closed)
	second := NewMeters(channel, PaceBudget{}, picture)
	require.Equal(t, picture.Meters, second.Picture(epoch.Add(11*time.Second)).Meters)
	later := second.Picture(epoch)
	require.Greater(t, later.Number, picture.Number)
	require.Equal(t, later, picture.Newer(later))
	require.Equal(t, later, later.Newer(picture))
	at, _ := second.For(Sending, nil, epoch.Add(11*time.Second)).Ready(epoch.Add(11*time.Second), 0)
	require.True(t, at.IsZero())
	require.Equal(t, Picture{}, ReadPicture("not a picture"))
}

// paced is a channel of which only the limits matter.
type paced struct {
	Channel
	limits Limits
}

func (p *paced) Limits() Limits { return p.limits }

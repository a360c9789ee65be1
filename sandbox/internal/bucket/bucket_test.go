package bucket_test

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/tidemark/tidemark/sandbox/internal/bucket"
)

var start = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func TestBucketEmptiesAndRefills(t *testing.T) {
	t.Parallel()
	b := bucket.New(4, 8, start)
	for left := 7; left >= 0; left-- {
		level, taken := b.Take(start)
		require.True(t, taken)
		require.InDelta(t, left, level.Remaining, 1e-9)
	}
	level, taken := b.Take(start)
	require.False(t, taken)
	require.Equal(t, bucket.Level{Capacity: 8, Rate: 4, Wait: 250 * time.Millisecond}, level)

	_, taken = b.Take(start.Add(249 * time.Millisecond))
	require.False(t, taken)
	_, taken = b.Take(start.Add(250 * time.Millisecond))
	require.True(t, taken, "what was refused took nothing")
	require.InDelta(t, 8, b.Level(start.Add(time.Hour)).Remaining, 1e-9, "it never holds more than its size")
}

func TestTimeThatComesOutOfOrderRefillsNothing(t *testing.T) {
	t.Parallel()
	b := bucket.New(1, 1, start)
	_, taken := b.Take(start.Add(time.Second))
	require.True(t, taken)
	_, taken = b.Take(start)
	require.False(t, taken)
	_, taken = b.Take(start.Add(1999 * time.Millisecond))
	require.False(t, taken)
}

// Over any pattern of calls, and over any span of it, no more calls are accepted than the burst and the refill of the span. And it is
// not miserly: a call is refused only when the bucket is really empty.
func TestBucketProperty(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		rate := rapid.Float64Range(0.01, 5000).Draw(t, "rate")
		burst := rapid.IntRange(1, 50).Draw(t, "burst")
		gaps := rapid.SliceOfN(rapid.Int64Range(0, int64(3*float64(time.Second)/rate)), 1, 200).Draw(t, "gaps")
		b := bucket.New(rate, burst, start)
		var accepted []time.Duration
		var at time.Duration
		held := float64(burst) // a plain model of the same bucket
		for _, gap := range gaps {
			at += time.Duration(gap)
			held = min(float64(burst), held+rate*time.Duration(gap).Seconds())
			level, taken := b.Take(start.Add(at))
			if taken {
				accepted = append(accepted, at)
				require.GreaterOrEqual(t, held, 1-1e-3)
				held--
			} else {
				require.Less(t, held, 1+1e-3)
				require.Positive(t, level.Wait)
			}
			require.InDelta(t, held, level.Remaining, 1e-3)
		}
		for i := range accepted {
			for j := i; j < len(accepted); j++ {
				most := float64(burst) + rate*(accepted[j]-accepted[i]).Seconds()
				require.LessOrEqual(t, float64(j-i+1), most+1e-9)
			}
		}
	})
}

func TestConcurrentCallsNeverTakeMoreThanThereIs(t *testing.T) {
	t.Parallel()
	b := bucket.New(1, 25, start)
	var accepted atomic.Int64
	var group sync.WaitGroup
	for range 100 {
		group.Go(func() {
			if _, taken := b.Take(start); taken {
				accepted.Add(1)
			}
		})
	}
	group.Wait()
	require.Equal(t, int64(25), accepted.Load())
}

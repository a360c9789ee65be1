package channeltest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestABucket(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_700_000_000, 0)
	bucket := NewBucket(2, 3, now)
	for range 3 {
		require.True(t, bucket.Take(1, now))
	}
	require.False(t, bucket.Take(1, now))
	now = now.Add(499 * time.Millisecond)
	require.False(t, bucket.Take(1, now), "what is missing a little is missing")
	now = now.Add(time.Millisecond)
	require.True(t, bucket.Take(1, now))
	require.False(t, bucket.Take(1, now.Add(-time.Hour)), "a clock that goes back brings nothing")
	now = now.Add(time.Hour)
	require.True(t, bucket.Take(2.5, now), "no more than it holds comes back")
	require.Equal(t, 0.5, bucket.Available)
	bucket.Refund(1)
	require.Equal(t, 1.5, bucket.Available)
	bucket.Refund(10)
	require.Equal(t, 3.0, bucket.Available)
}

func TestALimiter(t *testing.T) {
	t.Parallel()
	var limiter Limiter
	require.True(t, limiter.Admit(true, true))
	require.True(t, limiter.Admit(false, false), "only counted")
	require.False(t, limiter.Admit(false, true))
	limiter.Throttle(2)
	require.False(t, limiter.Admit(true, false))
	require.False(t, limiter.Admit(false, false))
	require.True(t, limiter.Admit(true, false))
	require.Equal(t, []int{3, 3}, []int{limiter.Overruns(), limiter.Throttled()})
}

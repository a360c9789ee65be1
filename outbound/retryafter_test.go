package outbound_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/outbound"
)

var now = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]time.Duration{
		"0":                              0,
		"7":                              7 * time.Second,
		" 7 ":                            7 * time.Second,
		"1.5":                            1500 * time.Millisecond,
		"-5":                             0,
		"-1e300":                         0,
		"31536000":                       outbound.MaxRetryAfter,
		"1e300":                          outbound.MaxRetryAfter,
		"Mon, 02 Mar 2026 09:00:30 GMT":  30 * time.Second,
		"Mon, 02 Mar 2026 08:00:00 GMT":  0,
		"Tue, 02 Mar 2027 09:00:00 GMT":  outbound.MaxRetryAfter,
		"Monday, 02-Mar-26 09:00:30 GMT": 30 * time.Second,
		"Mon Mar  2 09:00:30 2026":       30 * time.Second,
	} {
		wait, ok := outbound.RetryAfter(value, now)
		require.True(t, ok, "%q", value)
		require.Equal(t, want, wait, "%q", value)
	}
	for _, value := range []string{"", "  ", "soon", "NaN", "Inf", "-Inf", "1e999", "7s", "2026-03-02T09:00:30Z", strings.Repeat("1", 65)} {
		wait, ok := outbound.RetryAfter(value, now)
		require.False(t, ok, "%q", value)
		require.Zero(t, wait, "%q", value)
	}
}

func FuzzRetryAfter(f *testing.F) {
	for _, seed := range []string{"", "7", "-5", "1e300", "NaN", "Inf", "0x1p-2", "Mon, 02 Mar 2026 09:00:30 GMT", "Mon Mar  2 09:00:30 2026", "\x00"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, value string) {
		wait, ok := outbound.RetryAfter(value, now)
		require.GreaterOrEqual(t, wait, time.Duration(0))
		require.LessOrEqual(t, wait, outbound.MaxRetryAfter)
		if !ok {
			require.Zero(t, wait)
		}
		again, saidAgain := outbound.RetryAfter(strings.TrimSpace(value), now)
		require.Equal(t, ok, saidAgain)
		require.Equal(t, wait, again)
	})
}

package control

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestAmounts(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		-time.Second: "0 s", 0: "0 s", 440 * time.Millisecond: "0.4 s", 41 * time.Second: "41 s", 15 * time.Minute: "15 min", 372 * time.Second: "6 min 12 s",
		time.Hour: "1 h", 80 * time.Minute: "1 h 20 min", 24 * time.Hour: "1 day", 51 * time.Hour: "2 days 3 h",
	} {
		require.Equal(t, want, Span(d))
	}
	for part, want := range map[float64]string{0: "0 %", .8: "80 %", .125: "12.5 %", 1: "100 %", .07: "7 %"} {
		require.Equal(t, want, Percent(part))
	}
}

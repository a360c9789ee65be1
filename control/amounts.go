package control

import (
	"fmt"
	"math"
	"strconv"
	"time"
)

// Every face writes amounts by these functions, so that all write them alike.

// Span writes a duration: 0.4 s, 41 s, 6 min 12 s, 1 h 21 min, 2 days 3 h. A negative one is written as 0 s.
func Span(d time.Duration) string {
	switch d = max(d, 0); {
	case d < 10*time.Second:
		return strconv.FormatFloat(d.Round(100*time.Millisecond).Seconds(), 'f', -1, 64) + " s"
	case d < time.Minute:
		return fmt.Sprintf("%d s", d/time.Second)
	case d < time.Hour:
		return twoUnits(int64(d/time.Minute), "min", int64(d%time.Minute/time.Second), "s")
	case d < 24*time.Hour:
		return twoUnits(int64(d/time.Hour), "h", int64(d%time.Hour/time.Minute), "min")
	}
	days, unit := int64(d/(24*time.Hour)), "days"
	if days == 1 {
		unit = "day"
	}
	return twoUnits(days, unit, int64(d%(24*time.Hour)/time.Hour), "h")
}

func twoUnits(large int64, unit string, small int64, smaller string) string {
	text := fmt.Sprintf("%d %s", large, unit)
	if small > 0 {
		text += fmt.Sprintf(" %d %s", small, smaller)
	}
	return text
}

// Percent writes a fraction as a percentage: 0.8 as 80 %, 0.125 as 12.5 %.
func Percent(part float64) string {
	return strconv.FormatFloat(math.Round(part*1e8)/1e6, 'f', -1, 64) + " %"
}

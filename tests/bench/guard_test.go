package bench

import (
	_ "embed"
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
)

// recorded are the ratios that were measured last, at the size of TestRatios, by the row's name.
//
//go:embed ratios.json
var recorded []byte

const (
	// guarded is a part of the benchmark's levels that takes seconds.
	guarded = 20
	// pairs are measured of each row at most, until one is within its limit: other work on the machine makes a pair worse, never better.
	pairs = 5
	// generous is how far a ratio may be above the recorded one.
	generous = 2.0
)

// TestRatios fails, and names the row, when a ratio of processor time is more than twice the recorded one. After a change that is meant to
// cost, or that gains, write the ratio that this test logs into ratios.json.
func TestRatios(t *testing.T) {
	if raced {
		t.Skip("the race detector changes the ratios; make check measures them without it")
	}
	ratios := map[string]float64{}
	require.NoError(t, json.Unmarshal(recorded, &ratios))
	require.Len(t, ratios, len(lines()), "ratios.json has the rows that are measured")
	for _, one := range lines() {
		t.Run(one.name, func(t *testing.T) {
			limit := generous * ratios[one.name]
			pair := one.measure(t, one.full/guarded, "")
			best := pair()
			for n := 1; n < pairs && best.ratio() > limit; n++ {
				if next := pair(); next.ratio() < best.ratio() {
					best = next
				}
			}
			t.Logf("%.2f times the floor (%v and %v); recorded %.2f", best.ratio(), best.ours.cpu, best.floor.cpu, ratios[one.name])
			require.LessOrEqual(t, best.ratio(), limit, "row %q fell back: it was recorded with %.2f times its floor", one.name, ratios[one.name])
		})
	}
}

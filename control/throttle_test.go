package control

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestPace(t *testing.T) {
	t.Parallel()
	p := pace{burst: 3, every: 10 * time.Second}
	after := func(seconds int) time.Time { return noon.Add(time.Duration(seconds) * time.Second) }
	for name, test := range map[string]struct {
		clean, now time.Time
		next       time.Time
		wait       time.Duration
	}{
		"the first ever":                    {time.Time{}, noon, after(10), 0},
		"the last of a burst":               {after(20), noon, after(30), 0},
		"one too many":                      {after(30), noon, after(30), 10 * time.Second},
		"one too many, a moment later":      {after(30), after(9), after(30), time.Second},
		"the next when its time has come":   {after(30), after(10), after(40), 0},
		"a whole burst when all has passed": {after(30), after(30), after(40), 0},
		"long after":                        {after(30), after(3000), after(3010), 0},
	} {
		next, wait := p.attempt(test.clean, test.now)
		require.Equal(t, test.next, next, name)
		require.Equal(t, test.wait, wait, name)
	}
	require.Equal(t, after(20), p.refund(after(30)))
}

// Names are remembered in bounded memory, and those that were tried most are not the ones that are forgotten.
func TestSuspectsAreBounded(t *testing.T) {
	t.Parallel()
	s := newSuspects[string](pace{burst: 3, every: time.Hour})
	for range 3 {
		require.Zero(t, s.attempt("ann", noon))
	}
	for n := range mostSuspects + 50 {
		require.Zero(t, s.attempt(fmt.Sprint(n), noon.Add(time.Second)))
	}
	require.Len(t, s.clean, mostSuspects)
	require.NotZero(t, s.attempt("ann", noon.Add(time.Second)), "a flood of other names does not wash hers away")
	require.Zero(t, s.attempt("new", noon.Add(4*time.Hour)))
	require.Len(t, s.clean, 1, "who is clean again is forgotten")
}

func TestNetworks(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"192.0.2.7": "192.0.2.7/32", "::ffff:192.0.2.7": "192.0.2.7/32", "2001:db8:1:2:3:4:5:6": "2001:db8:1:2::/64", "fe80::1%eth0": "fe80::/64",
		"somewhere": "invalid Prefix", "": "invalid Prefix",
	} {
		require.Equal(t, want, networkOf(address).String(), address)
	}
}

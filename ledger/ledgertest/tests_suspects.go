package ledgertest

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/ledger"
)

// Failed attempts to sign in are stored for all servers of a ledger, for a bounded number of suspects.
var suspectTests = tests{
	"all are charged, or none":          chargesAll,
	"attempts come one after the other": chargesInTurn,
	"who is clean soonest is forgotten": forgetsSuspects,
}

// later returns a charge that makes a suspect clean a minute later than before, or wait if that is more than most after now.
func later(kind, key string, now time.Time, most time.Duration) ledger.Charge {
	return ledger.Charge{Kind: kind, Key: key, Next: func(clean time.Time) (time.Time, time.Duration) {
		if clean.Before(now) {
			clean = now
		}
		if over := clean.Add(time.Minute).Sub(now) - most; over > 0 {
			return clean, over
		}
		return clean.Add(time.Minute), 0
	}}
}

func (w *world) charge(now time.Time, charges ...ledger.Charge) time.Duration {
	w.t.Helper()
	wait, err := w.Charge(w.ctx(), now, charges...)
	require.NoError(w.t, err)
	return wait
}

func chargesAll(t *testing.T, w *world) {
	now := w.now()
	name := func(key string) ledger.Charge { return later(ledger.SuspectName, key, now, 2*time.Minute) }
	address := func(key string) ledger.Charge { return later(ledger.SuspectAddress, key, now, time.Hour) }
	require.Zero(t, w.charge(now, name("ann"), address("192.0.2.7")))
	require.Zero(t, w.charge(now, name("ann"), address("192.0.2.7")))
	require.Equal(t, time.Minute, w.charge(now, name("ann"), address("192.0.2.8")), "of a third, whatever its address")
	var clean []time.Time
	seen := func(at time.Time) (time.Time, time.Duration) {
		clean = append(clean, at)
		return at, time.Nanosecond
	}
	w.charge(now, ledger.Charge{Kind: ledger.SuspectName, Key: "ann", Next: seen}, ledger.Charge{Kind: ledger.SuspectAddress, Key: "192.0.2.8", Next: seen},
		ledger.Charge{Kind: ledger.SuspectAddress, Key: "ann", Next: seen})
	require.Equal(t, []time.Time{now.Add(2 * time.Minute), {}, {}}, clean, "who had to wait charged nothing, and a name is no address")
	require.Zero(t, w.charge(now, name("bob")))
}

func chargesInTurn(t *testing.T, w *world) {
	now := w.now()
	var through, refused int
	var mutex sync.Mutex
	var group sync.WaitGroup
	for range 12 {
		group.Go(func() {
			wait, err := w.Charge(w.ctx(), now, later(ledger.SuspectName, "ann", now, 5*time.Minute))
			mutex.Lock()
			defer mutex.Unlock()
			if err != nil {
				t.Error(err)
			} else if wait == 0 {
				through++
			} else {
				refused++
			}
		})
	}
	group.Wait()
	require.Equal(t, []int{5, 7}, []int{through, refused})
}

func forgetsSuspects(t *testing.T, w *world) {
	now := w.now()
	set := func(key string, clean time.Time) ledger.Charge {
		return ledger.Charge{Kind: ledger.SuspectName, Key: key, Next: func(time.Time) (time.Time, time.Duration) { return clean, 0 }}
	}
	isStored := func(key string) bool {
		t.Helper()
		stored := false
		w.charge(now, ledger.Charge{Kind: ledger.SuspectName, Key: key, Next: func(clean time.Time) (time.Time, time.Duration) {
			stored = !clean.IsZero()
			return clean, time.Second
		}})
		return stored
	}
	var many []ledger.Charge
	for n := range ledger.MaximumSuspects {
		many = append(many, set(fmt.Sprint(n), now.Add(time.Duration(n+1)*time.Second)))
	}
	require.Zero(t, w.charge(now, many...))
	require.True(t, isStored("0"))
	require.Zero(t, w.charge(now, set("newest", now.Add(time.Millisecond))))
	require.False(t, isStored("0"), "it is clean soonest")
	require.True(t, isStored("newest"))
	require.True(t, isStored("1"))
	now = now.Add(5 * time.Second)
	require.Zero(t, w.charge(now, set("later", now.Add(time.Hour))))
	for key, want := range map[string]bool{"newest": false, "1": false, "4": false, "5": true, "later": true} {
		require.Equal(t, want, isStored(key), key)
	}
}

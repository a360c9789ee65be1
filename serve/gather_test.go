package serve

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/workflows"
)

// some are so many events with names of their own.
func some(name string, n int) []workflows.InventoryUpdate {
	updates := make([]workflows.InventoryUpdate, n)
	for i := range updates {
		updates[i] = workflows.InventoryUpdate{Event: fmt.Sprintf("%s-%d", name, i), SKU: "BIKE", Available: new(int64(i))}
	}
	return updates
}

// sizes are how many events each signal had.
func (f *fake) sizes() []int {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	var sizes []int
	for _, signal := range f.handed {
		sizes = append(sizes, len(signal.Updates))
	}
	return sizes
}

func TestRequestsShareASignal(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		control := &fake{}
		g := newGatherer(control, "depot")
		began := time.Now()
		var done sync.WaitGroup
		for i := range 40 {
			done.Go(func() {
				if err := g.submit(t.Context(), some(fmt.Sprint(i), 5)); err != nil {
					t.Error(err)
				}
			})
		}
		done.Wait()
		require.Equal(t, gatherFor, time.Since(began), "nobody waits longer than for the signal to fill")
		require.Equal(t, []int{200}, control.sizes())

		for i, n := range []int{400, 400} {
			done.Go(func() {
				if err := g.submit(t.Context(), some(fmt.Sprint("large", i), n)); err != nil {
					t.Error(err)
				}
			})
			synctest.Wait()
		}
		done.Wait()
		require.Equal(t, []int{200, 400, 400}, control.sizes(), "a part is not divided")
		require.NoError(t, g.submit(t.Context(), some("whole", workflows.MaximumUpdates)))
		require.Zero(t, g.waiting.Load())
		g.close()
	})
}

func TestSignalsStaySmall(t *testing.T) {
	t.Parallel()
	updates := some("large", 500)
	for i := range updates {
		updates[i].SKU = strings.Repeat("S", 500)
	}
	control := &fake{}
	g := newGatherer(control, "depot")
	defer g.close()
	require.NoError(t, g.submit(t.Context(), updates))
	require.Greater(t, len(control.sizes()), 2)
	var ids []string
	for _, update := range updates {
		ids = append(ids, update.Event)
	}
	require.Equal(t, ids, control.events(), "all of them, in order")
	for _, signal := range control.handed {
		bytes := 0
		for _, update := range signal.Updates {
			bytes += sizeOf(update)
		}
		require.LessOrEqual(t, bytes, maxSignalBytes)
	}
}

// When Temporal does not answer, senders are told in time, what waits is bounded, and what nobody waits for is not handed over.
func TestTemporalDoesNotAnswer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		control := &fake{gate: make(chan struct{})}
		g := newGatherer(control, "depot")
		began := time.Now()
		answers := make(chan error, 20)
		for i := range 12 {
			go func() { answers <- g.submit(t.Context(), some(fmt.Sprint(i), 500)) }()
			synctest.Wait()
		}
		busy := 0
		for range 12 {
			err := <-answers
			require.Error(t, err)
			if errors.Is(err, errBusy) {
				busy++
				require.Zero(t, time.Since(began), "there is no use in waiting")
			}
		}
		require.Equal(t, 12-maxWaiting/500, busy)
		require.LessOrEqual(t, time.Since(began), senderTimeout)
		synctest.Wait()
		close(control.gate)
		synctest.Wait()
		require.NoError(t, g.submit(t.Context(), some("after", 1)))
		got := control.events()
		require.Equal(t, "after-0", got[len(got)-1])
		require.Equal(t, 501, len(got), "besides the signal that was under way nothing went out for those who had left: they send again")
		require.Zero(t, g.waiting.Load())
		g.close()
	})
}

func TestSenderWhoLeaves(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		control := &fake{}
		g := newGatherer(control, "depot")
		ctx, leave := context.WithCancel(t.Context())
		left := make(chan error, 1)
		go func() { left <- g.submit(ctx, some("left", 3)) }()
		synctest.Wait()
		leave()
		require.ErrorIs(t, <-left, context.Canceled)
		require.NoError(t, g.submit(t.Context(), some("stayed", 1)))
		require.Equal(t, []string{"stayed-0"}, control.events())
		g.close()
	})
}

// A signal that fails fails for every request that it carries, and for no other.
func TestFailedSignal(t *testing.T) {
	t.Parallel()
	failure := errors.New("no")
	control := &fake{err: failure}
	g := newGatherer(control, "depot")
	defer g.close()
	require.ErrorIs(t, g.submit(t.Context(), some("a", 1)), failure)
	control.mutex.Lock()
	control.err = nil
	control.mutex.Unlock()
	require.NoError(t, g.submit(t.Context(), some("b", 1)))
	require.Equal(t, []string{"b-0"}, control.events())
}

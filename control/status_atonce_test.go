package control

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
)

// Some connections are looked at at the same time, each once, and no more than that; the first error ends it.
func TestSomeAreLookedAtAtOnce(t *testing.T) {
	t.Parallel()
	var mutex sync.Mutex
	var under, most int
	together := make(chan struct{}) // closed when as many are under way as may be
	calls := make([]atomic.Int64, 3*questionsAtOnce)
	require.NoError(t, inParallel(t.Context(), len(calls), func(_ context.Context, i int) error {
		calls[i].Add(1)
		count := func(by int) {
			mutex.Lock()
			defer mutex.Unlock()
			if under += by; under == questionsAtOnce && most < under {
				close(together)
			}
			most = max(most, under)
		}
		count(1)
		defer count(-1)
		<-together
		return nil
	}))
	for i := range calls {
		require.EqualValues(t, 1, calls[i].Load())
	}
	require.Equal(t, questionsAtOnce, most)

	failed := errors.New("no answer")
	err := inParallel(t.Context(), 2, func(ctx context.Context, i int) error {
		if i == 0 {
			return failed
		}
		<-ctx.Done()
		return ctx.Err()
	})
	require.ErrorIs(t, err, failed)
}

package shipbob_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/warehouses"
	"github.com/tidemark/tidemark/warehouses/shipbob"
	"github.com/tidemark/tidemark/warehouses/shipbob/shipbobtest"
	"github.com/tidemark/tidemark/warehouses/warehousetest"
)

// TestThePace: a fetch with many pages stays within the budget, and goes on after others used it up.
func TestThePace(t *testing.T) {
	t.Parallel()
	const pages = 400
	for name, test := range map[string]struct {
		perMinute int
		others    int
		longest   time.Duration
	}{
		"the most":           {140, 0, time.Minute / 140},
		"a share":            {120, 0, time.Minute / 120},
		"others leave none":  {120, 149, time.Minute},
		"others leave a few": {120, 140, time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake, clock := shipbobtest.Start(t, warehousetest.Stock(pages)), warehousetest.NewClock()
			began := clock.Now()
			fake.Count(clock.Now, test.others)
			_, snapshot := warehousetest.Read(t, open(t, fake, clock, map[string]any{"page": 1, "calls_per_minute": test.perMinute}), warehouses.Request{})
			require.Equal(t, pages, snapshot.Rows)
			require.Len(t, clock.Waits, pages-1, "nothing waits before the first call")
			require.Equal(t, test.longest, slices.Max(clock.Waits))
			require.GreaterOrEqual(t, clock.Now().Sub(began), (pages-1)*(time.Minute/time.Duration(test.perMinute)))
		})
	}
}

// TestAWaitThatIsCancelled: who waits for a turn is not deaf.
func TestAWaitThatIsCancelled(t *testing.T) {
	t.Parallel()
	fake := shipbobtest.Start(t, warehousetest.Stock(10))
	source, err := shipbob.Driver().Open(shipbobtest.ID, fake.Settings(map[string]any{"page": 5, "calls_per_minute": 1}), warehousetest.Environment())
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	_, err = source.Fetch(ctx, warehouses.Request{}, func(context.Context, []inventory.Row) error {
		cancel()
		return nil
	})
	require.ErrorIs(t, err, context.Canceled)
	require.Len(t, fake.Calls(), 1)
}

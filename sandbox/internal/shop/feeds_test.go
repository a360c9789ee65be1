package shop_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/sandbox/internal/shop"
)

const delay = time.Second

// feeds are the feeds of a new store, under the clock of a bubble.
type feeds struct {
	*shop.Feeds
	store   *shop.Store
	applied map[uint64]int
	calls   uint64
}

func bubble(t *testing.T, together bool, test func(t *testing.T, f *feeds)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		var running sync.WaitGroup
		f := &feeds{store: shop.New(shop.Setup{}, time.Now), applied: map[uint64]int{}}
		f.Feeds = shop.NewFeeds(ctx, &running, f.store, delay, together, func(call uint64, items int) { f.applied[call] = items })
		test(t, f)
		cancel()
		running.Wait()
	})
}

func (f *feeds) submit(key string, items ...shop.Item) (string, shop.Seen) {
	f.calls++
	call := shop.Call{N: f.calls, Poison: map[string]string{"BAD": ""}}
	answer, seen := f.SubmitOnce(key, sha256.Sum256(fmt.Append(nil, items)), call, items, func(id string) shop.Answer {
		return shop.Answer{Status: 202, Body: []byte(id)}
	})
	return string(answer.Body), seen
}

func (f *feeds) state(t *testing.T, id string) shop.State {
	t.Helper()
	progress, exists := f.Progress(id)
	require.True(t, exists)
	return progress.State
}

func pass(span time.Duration) {
	time.Sleep(span)
	synctest.Wait()
}

func TestFeed(t *testing.T) {
	t.Parallel()
	bubble(t, false, func(t *testing.T, f *feeds) {
		id, _ := f.submit("k1", shop.Item{SKU: "A", Quantity: 1}, shop.Item{SKU: "BAD", Quantity: 2})
		progress, _ := f.Progress(id)
		require.Equal(t, shop.Progress{State: shop.Queued, Left: delay}, progress)
		pass(delay / 2)
		require.Equal(t, shop.Processing, f.state(t, id))
		pass(delay/2 - 1)
		require.Empty(t, shown(f.store))
		pass(1)
		require.Equal(t, map[string]int64{"A": 1}, shown(f.store))
		progress, _ = f.Progress(id)
		require.Equal(t, shop.Done, progress.State)
		require.Equal(t, []string{"", shop.CodePoison}, codes(progress.Outcomes))
		require.Len(t, progress.Items, 2)
		require.Equal(t, map[uint64]int{1: 1}, f.applied)
		require.Equal(t, uint64(1), f.store.Counts().Poisoned)

		again, seen := f.submit("k1", shop.Item{SKU: "A", Quantity: 1}, shop.Item{SKU: "BAD", Quantity: 2})
		require.Equal(t, shop.Repeated, seen)
		require.Equal(t, id, again)
		_, seen = f.submit("k1", shop.Item{SKU: "A", Quantity: 2})
		require.Equal(t, shop.Reused, seen)
		_, exists := f.Progress("f99")
		require.False(t, exists)
	})
}

func TestFeedsKeepTheirOrder(t *testing.T) {
	t.Parallel()
	bubble(t, false, func(t *testing.T, f *feeds) {
		var last string
		for n := range 50 {
			last, _ = f.submit("", shop.Item{SKU: "A", Quantity: int64(n)})
		}
		pass(delay)
		require.Equal(t, shop.Done, f.state(t, last))
		require.Equal(t, map[string]int64{"A": 49}, shown(f.store))
		last, _ = f.submit("", shop.Item{SKU: "A", Quantity: 50})
		pass(delay)
		require.Equal(t, shop.Done, f.state(t, last), "the work begins again")
	})
}

func TestFeedFailsAsAWhole(t *testing.T) {
	t.Parallel()
	bubble(t, true, func(t *testing.T, f *feeds) {
		bad, _ := f.submit("", shop.Item{SKU: "A", Quantity: 1}, shop.Item{SKU: "BAD", Quantity: 2})
		good, _ := f.submit("", shop.Item{SKU: "B", Quantity: 1})
		pass(delay)
		require.Equal(t, shop.Failed, f.state(t, bad))
		require.Equal(t, shop.Done, f.state(t, good))
		require.Equal(t, map[string]int64{"B": 1}, shown(f.store))
	})
}

func TestFeedsAreForgotten(t *testing.T) {
	t.Parallel()
	bubble(t, false, func(t *testing.T, f *feeds) {
		first, _ := f.submit("")
		for range shop.KeptFeeds {
			f.submit("")
		}
		require.Equal(t, shop.Queued, f.state(t, first), "what is under way is not forgotten")
		pass(delay)
		_, exists := f.Progress(first)
		require.False(t, exists)
		require.Equal(t, shop.Done, f.state(t, "f2"))
	})
}

func TestFeedsEnd(t *testing.T) {
	t.Parallel()
	bubble(t, false, func(t *testing.T, f *feeds) {
		f.submit("", shop.Item{SKU: "A", Quantity: 1}) // bubble ends while it waits; running.Wait would hang if it stayed
		require.Empty(t, shown(f.store))
	})
}

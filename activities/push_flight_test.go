package activities

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/ledger"
)

// crowd is a script whose store answers when so many calls are under way, the last one first.
func crowd(store *script, size int, each func(n int) error) {
	var mutex sync.Mutex
	var waiting []chan struct{}
	store.answer = func(n int, _ channels.Call) (channels.Reply, error) {
		mutex.Lock()
		mine := make(chan struct{})
		waiting = append(waiting, mine)
		if len(waiting) == size {
			for i := len(waiting) - 1; i >= 0; i-- {
				close(waiting[i])
			}
			waiting = nil
		}
		mutex.Unlock()
		<-mine
		return channels.Reply{}, each(n)
	}
}

// flowing is a push whose time flows, for a bucket that fills while calls are under way. At the rate of these stores nobody waits for it.
func flowing(t *testing.T, store channels.Channel, skus ...string) *pushing {
	t.Helper()
	p, began := newPushing(t, store, skus...), time.Now()
	p.push.Now = func() time.Time { return p.now.Add(time.Since(began)) }
	p.push.After = func(span time.Duration, _ int) <-chan time.Time { return time.After(span) }
	return p
}

func skusOf(n int) []string {
	skus := make([]string, n)
	for i := range skus {
		skus[i] = fmt.Sprintf("SKU-%02d", i)
	}
	return skus
}

// fast is a store that takes some calls at once, and never waits for its bucket.
func fast(calls int) *script {
	return &script{limits: channels.Limits{Batch: 1, Rate: 1e6, Burst: 1e6, Calls: 2 * calls, KeyLifetime: time.Hour}}
}

// A store that takes several calls at once gets them: each answers only when four are under way. At the half of the pace at which a new
// holder begins, that is half of what it takes.
func TestCallsAreUnderWayTogether(t *testing.T) {
	t.Parallel()
	store := fast(4)
	crowd(store, 4, func(int) error { return nil })
	p := flowing(t, store, skusOf(12)...)
	require.NoError(t, p.run())
	require.Len(t, store.calls, 12)
	require.Empty(t, p.open())
	require.EqualValues(t, 12, p.results[len(p.results)-1].Counts.Exported)
}

// A run that is cancelled waits for all calls under way and writes their answers; nothing new begins.
func TestCancelledRunWaitsForItsCalls(t *testing.T) {
	t.Parallel()
	store := fast(4)
	var once sync.Once
	var p *pushing
	crowd(store, 4, func(int) error {
		once.Do(func() { p.cancel() })
		return nil
	})
	p = flowing(t, store, skusOf(12)...)
	_, err := p.slice()
	require.Error(t, err)
	require.Empty(t, p.open(), "each call is answered")
	counts, err := p.StatusCounts(t.Context(), "north")
	require.NoError(t, err)
	require.EqualValues(t, len(store.calls), counts[ledger.StatusExported])
	require.Less(t, len(store.calls), 12)
}

// When calls under way lose their answers, no other begins; each is sent again with its bytes and key, one after the other.
func TestLostAnswersOfManyCalls(t *testing.T) {
	t.Parallel()
	store := fast(4)
	lost := 0
	crowd(store, 4, func(int) error { return errLost })
	p := flowing(t, store, skusOf(8)...)
	result, err := p.slice()
	require.NoError(t, err)
	require.True(t, result.Faulty)
	first := store.calls
	require.Len(t, first, 4)
	store.calls, store.answer = nil, nil
	p.now = p.now.Add(time.Minute)
	require.NoError(t, p.run())
	for _, call := range store.calls[:4] {
		require.Contains(t, first, call)
		lost++
	}
	require.Equal(t, 4, lost)
	require.Len(t, store.calls, 8)
}

// overtaken is a store whose first call is answered, with a loss, while the second is begun.
type overtaken struct {
	*script
	second   chan struct{} // closed when the second intent comes
	first    chan struct{} // closed when the first call is answered
	answered <-chan struct{}
}

func (s *overtaken) Send(ctx context.Context, call channels.Call) (channels.Reply, error) {
	reply, err := s.script.Send(ctx, call)
	if err != nil {
		<-s.second
		s.answered = ctx.Done() // a call's time ends when its answer waits for the loop
		close(s.first)
	}
	return reply, err
}

// overtaking holds the second intent back until the answer to the first call waits for the loop.
type overtaking struct {
	ledger.Ledger
	store   *overtaken
	intents int
}

func (o *overtaking) Intend(ctx context.Context, lease ledger.Lease, intent ledger.Intent) error {
	if o.intents++; o.intents == 2 {
		close(o.store.second)
		<-o.store.first
		<-o.store.answered
	}
	return o.Ledger.Intend(ctx, lease, intent)
}

// An answer that has come is settled before another call begins: it may say that the store falters. A wait that ends at the same moment changes
// nothing: it is tried some times, because which of the two is seen first is chance.
func TestAnswersAreSettledBeforeTheNextCall(t *testing.T) {
	t.Parallel()
	for range 8 {
		overtake(t)
	}
}

func overtake(t *testing.T) {
	t.Helper()
	store := &overtaken{script: fast(4), second: make(chan struct{}), first: make(chan struct{})}
	store.answer = func(n int, _ channels.Call) (channels.Reply, error) {
		if n == 1 {
			return channels.Reply{}, errLost
		}
		return channels.Reply{}, nil
	}
	p := flowing(t, store, skusOf(8)...)
	p.push.After = func(time.Duration, int) <-chan time.Time {
		over := make(chan time.Time)
		close(over)
		return over
	}
	p.push.Ledger = &overtaking{Ledger: p.Ledger, store: store}
	result, err := p.slice()
	require.NoError(t, err)
	require.True(t, result.Faulty)
	require.Len(t, store.calls, 2, "the store takes four at once, and after the loss nothing new begins")
}

// A person may lower how many calls are under way at once.
func TestCallsAtOnceAreLowered(t *testing.T) {
	t.Parallel()
	store := fast(4)
	var mutex sync.Mutex
	under, most := 0, 0
	store.answer = func(int, channels.Call) (channels.Reply, error) {
		mutex.Lock()
		under++
		most = max(most, under)
		mutex.Unlock()
		defer func() {
			mutex.Lock()
			under--
			mutex.Unlock()
		}()
		return channels.Reply{}, nil
	}
	p := flowing(t, store, skusOf(8)...)
	d := definitions()
	d.Stores[0].Budget.Calls = 1
	p.apply(d)
	require.NoError(t, p.run())
	require.Equal(t, 1, most)
}

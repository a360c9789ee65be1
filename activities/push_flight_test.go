package activities

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/ledger"
)

// crowd is a script whose store answers once a number of calls are in progress, the last one first.
func crowd(store *script, size int, each func(n int) error) {
	var mutex sync.Mutex
	var waiting []chan struct{}
	store.answer = func(n int, _ channels.Call) (channels.Reply, error) {
		mutex.Lock()
		answered := make(chan struct{})
		waiting = append(waiting, answered)
		if len(waiting) == size {
			for i := len(waiting) - 1; i >= 0; i-- {
				close(waiting[i])
			}
			waiting = nil
		}
		mutex.Unlock()
		<-answered
		return channels.Reply{}, each(n)
	}
}

// flowing is a push whose time passes, so that a bucket fills while calls are in progress. At the rate of these stores no call waits for it.
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

// fast is a store that takes several concurrent calls, and whose bucket never makes them wait.
func fast(calls int) *script {
	return &script{limits: channels.Limits{Batch: 1, Rate: 1e6, Burst: 1e6, Calls: 2 * calls, KeyLifetime: time.Hour}}
}

// A store that takes several concurrent calls gets them: each answers only when four are in progress. A new holder begins at half the pace, so
// that is half of what the store takes.
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

// A cancelled run waits for all calls in progress and records their responses; no new call begins.
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

// When the responses to concurrent calls are lost, no other call begins. Each is sent again with its bytes and key, one after the other.
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

// overtaken is a store whose second call loses its response: while the fifth call is prepared, or earlier, while the first response is recorded.
type overtaken struct {
	*script
	early    bool
	prepared int
	fifth    chan struct{}          // closed when the fifth call is prepared
	well     chan (<-chan struct{}) // of a call that is answered: what is closed when the answer waits for the loop
	lost     chan (<-chan struct{}) // of the second
}

func (s *overtaken) Encode(items []channels.Item, key string) ([]byte, error) {
	if s.prepared++; s.prepared == 5 {
		close(s.fifth)
		<-<-s.lost
	}
	return s.script.Encode(items, key)
}

func (s *overtaken) Send(ctx context.Context, call channels.Call) (channels.Reply, error) {
	s.mutex.Lock()
	s.calls = append(s.calls, call)
	n := len(s.calls)
	s.mutex.Unlock()
	switch n { // a call's time ends when its answer waits for the loop
	case 1, 3, 4:
		s.well <- ctx.Done()
	case 2:
		if s.early {
			s.well <- ctx.Done()
		} else {
			<-s.fifth
			s.lost <- ctx.Done()
		}
		return channels.Reply{}, errLost
	}
	return channels.All(call.Items, channels.Applied), nil
}

// grouped notes what is recorded together. It holds the first responses back until a number of them wait for the loop or are being recorded.
type grouped struct {
	ledger.Ledger
	waits            int
	store            *overtaken
	intents, answers []int
}

func (g *grouped) Intend(ctx context.Context, lease ledger.Lease, intents ...ledger.Intent) error {
	if len(intents) > 0 {
		g.intents = append(g.intents, len(intents))
	}
	return g.Ledger.Intend(ctx, lease, intents...)
}

func (g *grouped) ApplyResponses(ctx context.Context, lease ledger.Lease, answers ...ledger.Response) error {
	if len(g.answers) == 0 {
		for range g.waits {
			<-<-g.store.well
		}
	}
	g.answers = append(g.answers, len(answers))
	return g.Ledger.ApplyResponses(ctx, lease, answers...)
}

// The intents of calls that begin together are recorded together, and so are responses that arrive while others are recorded. A response that has
// arrived is recorded before another call begins, because it may show that the store has server errors. A wait that ends at the same moment
// changes nothing. The test runs several times, because it is random which of the two is seen first.
func TestResponsesAreWrittenBeforeTheNextCall(t *testing.T) {
	t.Parallel()
	for range 8 {
		require.Equal(t, []int{4, 1}, overtake(t, false, 3), "there is room for eight, and after the loss nothing new begins")
		require.Equal(t, []int{4}, overtake(t, true, 4))
	}
}

// overtake returns how many calls began together.
func overtake(t *testing.T, early bool, waits int) []int {
	t.Helper()
	store := &overtaken{script: fast(4), early: early, fifth: make(chan struct{}), well: make(chan (<-chan struct{}), 4), lost: make(chan (<-chan struct{}), 1)}
	p := flowing(t, store, skusOf(8)...)
	var ticks atomic.Int64 // 10 µs at each look at the clock, in which the bucket fills
	p.push.Now = func() time.Time { return p.now.Add(time.Duration(ticks.Add(10)) * time.Microsecond) }
	p.push.After = func(time.Duration, int) <-chan time.Time {
		over := make(chan time.Time)
		close(over)
		return over
	}
	written := &grouped{Ledger: p.Ledger, waits: waits, store: store}
	p.push.Ledger = written
	result, err := p.slice()
	require.NoError(t, err)
	require.True(t, result.Faulty)
	require.Less(t, len(written.answers), len(store.calls), "what came meanwhile is written together")
	sum := 0
	for _, n := range written.answers {
		sum += n
	}
	require.Len(t, store.calls, sum)
	return written.intents
}

// When the intents of calls that begin together cannot be recorded, none of the calls is made.
func TestIntentsAreWrittenTogetherOrNotAtAll(t *testing.T) {
	t.Parallel()
	store := fast(4)
	p := flowing(t, store, skusOf(8)...)
	p.push.Ledger = &moving{Ledger: p.Ledger}
	_, err := p.slice()
	require.ErrorContains(t, err, "no longer due as it says")
	require.Empty(t, store.calls)
	require.Empty(t, p.open())
	p.push.Ledger = p.Ledger
	require.NoError(t, p.run())
	require.Len(t, store.calls, 8)
}

// moving is a ledger in which the last of some rows changes right before their intents are recorded.
type moving struct{ ledger.Ledger }

func (m *moving) Intend(ctx context.Context, lease ledger.Lease, intents ...ledger.Intent) error {
	intents[len(intents)-1].Items[0].Quantity++
	return m.Ledger.Intend(ctx, lease, intents...)
}

// A person may lower the number of concurrent calls.
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

// stalled is a ledger after whose recording of an intent, or of a resend, the worker is suspended for a while.
type stalled struct {
	ledger.Ledger
	world *world
	span  time.Duration
}

func (s *stalled) Intend(ctx context.Context, lease ledger.Lease, intents ...ledger.Intent) error {
	defer s.world.pass(s.span)
	return s.Ledger.Intend(ctx, lease, intents...)
}

// A worker that was suspended between the intent and its call does not make the call after its deadline: another worker may have sent the same
// bytes since, and newer figures after them.
func TestACallWhoseTimeIsOverIsNotMade(t *testing.T) {
	t.Parallel()
	for span, made := range map[time.Duration]int{19 * time.Second: 1, 20 * time.Second: 0, 2 * time.Minute: 0} {
		t.Run(span.String(), func(t *testing.T) {
			t.Parallel()
			store := &script{limits: channels.Limits{Batch: 1, Timeout: 20 * time.Second}}
			p := newPushing(t, store, "A")
			p.push.Ledger = &stalled{p.Ledger, p.world, span}
			p.push.Slice = time.Second // what comes after it is another slice's
			_, err := p.slice()
			require.NoError(t, err)
			require.Len(t, store.calls, made)

			p.push.Ledger, p.push.Slice = p.Ledger, time.Minute
			require.NoError(t, p.run())
			require.Len(t, store.calls, 1, "it is sent then")
		})
	}
}

package channels

import (
	"context"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/settings"
)

// slow is a way to stores on which every call takes time of the clock: half of it there, half back. The clock moves when all calls under way
// are on their way, to where the first of them arrives, or to where the push wanted to wait for.
type slow struct {
	clock    *clock
	latency  time.Duration // of a call, ±50 %
	answered func()        // before an answer comes, while the push waits; nil does nothing

	mutex sync.Mutex
	moved *sync.Cond
	trips []trip
	made  []made
}

// trip is half of a call.
type trip struct {
	ends time.Time
	back bool
	done chan struct{}
}

// made is a call that was made.
type made struct {
	operation channels.Operation
	meter     string
	began     time.Time
	took      time.Duration
	cost      float64          // as the store said
	figures   map[string]int64 // by channel SKU, of a call that sets them
}

// arrived is when the call came to the store.
func (m made) arrived() time.Time { return m.began.Add(m.took / 2) }

func newSlow(at *clock, latency time.Duration) *slow {
	s := &slow{clock: at, latency: latency}
	s.moved = sync.NewCond(&s.mutex)
	return s
}

// wait is After of a push.
func (s *slow) wait(span time.Duration, calls int) <-chan time.Time {
	if calls == 0 {
		return s.clock.after(span)
	}
	fired := make(chan time.Time, 1)
	go s.advance(s.clock.now().Add(max(span, 0)), calls, fired)
	return fired
}

// advance moves the clock until a call is answered, or the time has come.
func (s *slow) advance(until time.Time, calls int, fired chan<- time.Time) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	for {
		for len(s.trips) < calls {
			s.moved.Wait()
		}
		first := 0
		for i, one := range s.trips {
			if one.ends.Before(s.trips[first].ends) {
				first = i
			}
		}
		next := s.trips[first]
		if until.Before(next.ends) {
			s.clock.set(until)
			fired <- until
			return
		}
		s.clock.set(next.ends)
		s.trips = append(s.trips[:first], s.trips[first+1:]...)
		if next.back && s.answered != nil {
			s.answered()
		}
		close(next.done)
		if next.back {
			return
		}
	}
}

// begin is a call that begins. It takes always as long as another about the same.
func (s *slow) begin(d distant, operation channels.Operation, items []channels.Item) made {
	about := fnv.New64a()
	_, _ = fmt.Fprint(about, operation, items[0].ChannelSKU, items[0].Quantity)
	took := s.latency/2 + time.Duration(rand.New(rand.NewPCG(1, about.Sum64())).Int64N(int64(s.latency)+1))
	one := made{operation: operation, meter: d.Meter(operation, items), began: s.clock.now(), took: took}
	if operation == channels.Sending {
		one.figures = make(map[string]int64, len(items))
		for _, item := range items {
			one.figures[item.ChannelSKU] = item.Quantity
		}
	}
	return one
}

// end notes a call that is answered, which travels back.
func (s *slow) end(one made, budget channels.Budget) {
	one.cost = budget.Cost
	s.mutex.Lock()
	s.made = append(s.made, one)
	s.mutex.Unlock()
	s.travel(one.took/2, true)
}

// travel takes half of a call.
func (s *slow) travel(span time.Duration, back bool) {
	one := trip{s.clock.now().Add(span), back, make(chan struct{})}
	s.mutex.Lock()
	s.trips = append(s.trips, one)
	s.mutex.Unlock()
	s.moved.Broadcast()
	<-one.done
}

// drivers puts the way before some drivers.
func (s *slow) drivers(drivers map[string]channels.Driver) map[string]channels.Driver {
	far := make(map[string]channels.Driver, len(drivers))
	for name, driver := range drivers {
		open := driver.Open
		driver.Open = func(store string, values settings.Values, environment settings.Environment) (channels.Channel, error) {
			channel, err := open(store, values, environment)
			if err != nil {
				return nil, err
			}
			return s.before(channel), nil
		}
		far[name] = driver
	}
	return far
}

// before puts the way before a store, which keeps its capabilities.
func (s *slow) before(channel channels.Channel) channels.Channel {
	one := distant{channel, s}
	_, finds := channel.(channels.Finder)
	_, polls := channel.(channels.Poller)
	switch {
	case finds && polls:
		return struct {
			distant
			finding
			polling
		}{one, finding{one}, polling{one}}
	case finds:
		return struct {
			distant
			finding
		}{one, finding{one}}
	case polls:
		return struct {
			distant
			polling
		}{one, polling{one}}
	}
	return one
}

// distant is a store at the end of the way.
type distant struct {
	channels.Channel
	way *slow
}

func (d distant) Send(ctx context.Context, call channels.Call) (channels.Reply, error) {
	one := d.way.begin(d, channels.Sending, call.Items)
	d.way.travel(one.took/2, false)
	reply, err := d.Channel.Send(ctx, call)
	d.way.end(one, reply.Budget)
	return reply, err
}

// Compose is that of the store; all in one is what a store without it does.
func (d distant) Compose(items []channels.Item) [][]int {
	if composer, ok := d.Channel.(channels.Composer); ok {
		return composer.Compose(items)
	}
	whole := make([]int, len(items))
	for i := range whole {
		whole[i] = i
	}
	return [][]int{whole}
}

// Meter is that of the store; one meter is what a store without it has.
func (d distant) Meter(operation channels.Operation, items []channels.Item) string {
	if metered, ok := d.Channel.(channels.Metered); ok {
		return metered.Meter(operation, items)
	}
	return ""
}

// Submits is that of the store.
func (d distant) Submits(items []channels.Item) bool { return channels.Submits(d.Channel, items) }

type finding struct{ to distant }

func (f finding) Find(ctx context.Context, items []channels.Item) ([]channels.Found, channels.Budget, error) {
	one := f.to.way.begin(f.to, channels.Looking, items)
	f.to.way.travel(one.took/2, false)
	found, budget, err := f.to.Channel.(channels.Finder).Find(ctx, items)
	f.to.way.end(one, budget)
	return found, budget, err
}

type polling struct{ to distant }

func (p polling) Poll(ctx context.Context, ticket string, items []channels.Item) (channels.Reply, error) {
	one := p.to.way.begin(p.to, channels.Polling, items)
	p.to.way.travel(one.took/2, false)
	reply, err := p.to.Channel.(channels.Poller).Poll(ctx, ticket, items)
	p.to.way.end(one, reply.Budget)
	return reply, err
}

package shop

import (
	"context"
	"crypto/sha256"
	"strconv"
	"sync"
	"time"
)

// A store remembers its last feeds: so many, and so many items of their reports. Feeds that are still under way do not count.
const (
	KeptFeeds     = 1000
	keptFeedItems = 500_000
)

// State is how far a feed is.
type State string

// The states of feeds.
const (
	Queued     State = "queued"
	Processing State = "processing"
	Done       State = "done"
	Failed     State = "failed" // nothing was applied
)

// Progress is what is known of a feed.
type Progress struct {
	State State
	// Left is how long it takes until the feed is done.
	Left time.Duration
	// Items and Outcomes are the report, in the order of the call; set when the feed is done.
	Items    []Item
	Outcomes []Outcome
}

// Feeds takes items now and sets them later, in the order of submission. It is safe for concurrent use.
type Feeds struct {
	store    *Store
	delay    time.Duration
	together bool
	applied  func(call uint64, items int)
	ends     context.Context // of the background work, not of a call
	running  *sync.WaitGroup

	mutex  sync.Mutex
	last   uint64
	feeds  map[string]*feed
	queue  []*feed
	works  bool // a goroutine processes the queue
	done   []*feed
	items  int // of the reports in done
	latest time.Time
}

type feed struct {
	id       string
	call     Call
	due      time.Time
	items    []Item
	outcomes []Outcome
	state    State // Queued until it is over
}

// NewFeeds returns the feeds of a store. A feed takes a delay, or longer when others are before it. With together, a feed with an
// offender fails as a whole. Applied is told how many items of a call took effect. The background work ends with the context;
// running waits for it.
func NewFeeds(ctx context.Context, running *sync.WaitGroup, store *Store, delay time.Duration, together bool, applied func(call uint64, items int)) *Feeds {
	return &Feeds{store: store, delay: delay, together: together, applied: applied, ends: ctx, running: running, feeds: map[string]*feed{}}
}

// SubmitOnce takes a feed, once for each key. Answer makes the answer to the feed's id.
func (f *Feeds) SubmitOnce(name string, sum [sha256.Size]byte, call Call, items []Item, answer func(id string) Answer) (Answer, Seen) {
	given, seen, _ := f.store.once(name, sum, call.N, items, func() (Answer, int) { return answer(f.submit(call, items)), 0 })
	return given, seen
}

func (f *Feeds) submit(call Call, items []Item) string {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	f.last++
	queued := &feed{id: "f" + strconv.FormatUint(f.last, 10), call: call, items: items, state: Queued, due: f.store.now().Add(f.delay)}
	if queued.due.Before(f.latest) {
		queued.due = f.latest
	}
	f.latest = queued.due
	f.feeds[queued.id] = queued
	f.queue = append(f.queue, queued)
	if !f.works && f.ends.Err() == nil {
		f.works = true
		f.running.Go(f.work)
	}
	return queued.id
}

// work processes feeds until there are none.
func (f *Feeds) work() {
	for {
		f.mutex.Lock()
		if len(f.queue) == 0 {
			f.works = false
			f.mutex.Unlock()
			return
		}
		feed := f.queue[0]
		f.mutex.Unlock()
		timer := time.NewTimer(feed.due.Sub(f.store.now()))
		select {
		case <-timer.C:
		case <-f.ends.Done():
			timer.Stop()
			return
		}
		outcomes, applied := f.store.Set(feed.call, feed.items, f.together)
		f.applied(feed.call.N, applied)
		f.finish(feed, outcomes)
	}
}

// finish makes the report of a feed known, and forgets the oldest ones.
func (f *Feeds) finish(done *feed, outcomes []Outcome) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	done.outcomes, done.state = outcomes, Done
	for _, outcome := range outcomes {
		if f.together && outcome.Problem != nil {
			done.outcomes, done.items, done.state = nil, nil, Failed
			break
		}
	}
	f.queue = f.queue[1:]
	f.done = append(f.done, done)
	f.items += len(done.items)
	for len(f.done) > KeptFeeds || (f.items > keptFeedItems && len(f.done) > 1) {
		f.items -= len(f.done[0].items)
		delete(f.feeds, f.done[0].id)
		f.done = f.done[1:]
	}
}

// Progress says how far a feed is; false when there is no such feed, or it is forgotten.
func (f *Feeds) Progress(id string) (Progress, bool) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	feed, exists := f.feeds[id]
	if !exists {
		return Progress{}, false
	}
	if feed.state != Queued {
		return Progress{State: feed.state, Items: feed.items, Outcomes: feed.outcomes}, true
	}
	left := max(0, feed.due.Sub(f.store.now()))
	if left <= f.delay/2 {
		return Progress{State: Processing, Left: left}, true
	}
	return Progress{State: Queued, Left: left}, true
}

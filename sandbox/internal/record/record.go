// Package record is the memory of a sandbox target (a store or a warehouse): every call that it had, how many were under way at
// once, and a gate at which calls hang while the target is paused.
//
// It keeps digests and counts, never a body, and only the last calls, so that it stays small whatever is thrown at it.
package record

import (
	"context"
	"crypto/sha256"
	"maps"
	"strings"
	"sync"
	"time"
)

// Kept is how many calls a recorder remembers one by one; the counts cover all of them.
const Kept = 50_000

// maxPath is how much of a path is kept.
const maxPath = 1024

// Outcome is what became of a call.
type Outcome struct {
	Key     string            // its Idempotency-Key
	Body    [sha256.Size]byte // the digest of its body
	HasBody bool
	Items   int    // how many it carried
	Applied int    // how many of them took effect
	Status  int    // what was answered; 0 when the answer was lost on purpose
	Fault   string // the fault that befell it, empty for none
}

// Call is one recorded call.
type Call struct {
	N      uint64 // counted from 1 for each target
	At     time.Time
	Method string
	Path   string // with the query, cut after maxPath bytes
	Outcome
	// SentAt is when the answer went out; zero while the call is under way, when the answer was lost on purpose and when the
	// caller did not wait for it.
	SentAt time.Time
}

// Totals are counts over all calls.
type Totals struct {
	Calls       uint64 // finished
	InFlight    int
	Hanging     int // of those in flight: they wait for a paused target
	MaxParallel int
	Faults      map[string]uint64
}

// Recorder records the calls of one target. It is safe for concurrent use.
type Recorder struct {
	now func() time.Time

	mutex    sync.Mutex
	arrived  uint64
	totals   Totals
	calls    []Call        // a ring once it is full: call n is at (n-1) % Kept
	progress chan struct{} // closed, and replaced, whenever a call arrives, begins to hang or finishes
	gate     chan struct{} // closed by Resume; nil while the target is not paused
	spared   bool          // the pause is for calls that write; those that read pass
}

// New returns an empty recorder.
func New(now func() time.Time) *Recorder {
	return &Recorder{now: now, totals: Totals{Faults: map[string]uint64{}}, progress: make(chan struct{})}
}

// Arrive records that a call has come and returns its number. Each Arrive is followed by one Finish.
func (r *Recorder) Arrive(method, path string) uint64 {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.arrived++
	r.totals.InFlight++
	r.totals.MaxParallel = max(r.totals.MaxParallel, r.totals.InFlight)
	call := Call{N: r.arrived, At: r.now(), Method: method, Path: strings.Clone(path[:min(len(path), maxPath)])}
	if len(r.calls) < Kept {
		r.calls = append(r.calls, call)
	} else {
		*r.slot(call.N) = call
	}
	r.advance()
	return call.N
}

// Finish records what became of a call. Sent says whether the caller is given an answer.
//
// It is called just before the answer is written: who has an answer finds it recorded, and a next call that is made at once does
// not overlap with this one.
func (r *Recorder) Finish(n uint64, outcome Outcome, sent bool) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.totals.InFlight--
	r.totals.Calls++
	if outcome.Fault != "" {
		r.totals.Faults[outcome.Fault]++
	}
	if call := r.slot(n); call.N == n {
		call.Outcome = outcome
		if sent {
			call.SentAt = r.now()
		}
	}
	r.advance()
}

// Applied records how many items of a finished call took effect later.
func (r *Recorder) Applied(n uint64, items int) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if call := r.slot(n); call.N == n {
		call.Applied = items
	}
}

func (r *Recorder) slot(n uint64) *Call { return &r.calls[(n-1)%Kept] }

func (r *Recorder) advance() {
	close(r.progress)
	r.progress = make(chan struct{})
}

// Totals returns the counts.
func (r *Recorder) Totals() Totals {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	totals := r.totals
	totals.Faults = maps.Clone(totals.Faults)
	return totals
}

// Calls returns up to limit remembered calls with numbers above after, oldest first, and the number of the oldest call that is
// remembered (0 when there is none).
func (r *Recorder) Calls(after uint64, limit int) (calls []Call, oldest uint64) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if r.arrived == 0 {
		return nil, 0
	}
	oldest = r.arrived - uint64(len(r.calls)) + 1
	for n := max(after+1, oldest); n <= r.arrived && len(calls) < limit; n++ {
		calls = append(calls, *r.slot(n))
	}
	return calls, oldest
}

// Wait returns when the target has had so many calls: finished of them answered, arrived of them come in, and hanging of them hang at
// the same time. It returns the context's error when that ends first.
func (r *Recorder) Wait(ctx context.Context, finished, arrived uint64, hanging int) error {
	for {
		r.mutex.Lock()
		done, progress := r.totals.Calls >= finished && r.arrived >= arrived && r.totals.Hanging >= hanging, r.progress
		r.mutex.Unlock()
		if done {
			return nil
		}
		select {
		case <-progress:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Pause has every later Hang wait; with onlyWrites only those of calls that write.
func (r *Recorder) Pause(onlyWrites bool) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.spared = onlyWrites
	if r.gate == nil {
		r.gate = make(chan struct{})
	}
}

// Resume releases what hangs.
func (r *Recorder) Resume() {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if r.gate != nil {
		close(r.gate)
		r.gate, r.totals.Hanging = nil, 0
	}
}

// Hang returns at once, or when a target that is paused for such a call is resumed. It returns the context's error when that ends first.
func (r *Recorder) Hang(ctx context.Context, reads bool) error {
	gate := r.halt(reads)
	if gate == nil {
		return nil
	}
	select {
	case <-gate:
		return nil
	case <-ctx.Done():
		r.mutex.Lock()
		defer r.mutex.Unlock()
		if r.gate == gate {
			r.totals.Hanging--
		}
		return ctx.Err()
	}
}

// halt returns the gate at which a call hangs, nil when there is none for it.
func (r *Recorder) halt(reads bool) chan struct{} {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if r.gate == nil || reads && r.spared {
		return nil
	}
	r.totals.Hanging++
	r.advance()
	return r.gate
}

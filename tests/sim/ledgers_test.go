package sim

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tidemark/tidemark/ledger"
)

// watched is the real ledger, with time that passes before each step and with processes that die or stand still between two of them.
type watched struct {
	ledger.Ledger
	world *world
	calls atomic.Int64

	mutex  sync.Mutex
	fences map[string]int64 // the newest of each store
}

// mostCalls is more than any history makes of the ledger.
const mostCalls = 100_000

// crash unwinds the code of a process that died.
var crash = new(int)

// act does a step of an activity. No time passes within it, so that it is done as a whole or not at all, and is not asked for when its time is over.
func (l *watched) act(ctx context.Context, name string, step func(context.Context) error) error {
	one := attemptOf(ctx)
	if one == nil {
		return step(ctx) // of a person, or of the judge
	}
	if l.calls.Add(1) > mostCalls {
		panic(fmt.Sprintf("seed %d goes in circles:\n%s", l.world.seed, l.world.story))
	}
	one.before(name)
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	l.mutex.Lock()
	err := step(context.WithoutCancel(ctx))
	l.mutex.Unlock()
	if name == "ApplyResponses" && err == nil {
		for _, s := range one.world.shops {
			s.wrote(one.worker)
		}
	}
	if debug {
		one.world.tell("  %s %s %s %d: %v", one.x.id, one.kind, name, one.number, err)
	}
	one.after(name)
	return err
}

// granted notes the fence with which a store was taken.
func (l *watched) granted(grant ledger.Grant, err error) error {
	if err == nil && grant.Lease.Fence > l.fences[grant.Lease.Store] {
		l.fences[grant.Lease.Store] = grant.Lease.Fence
	}
	return err
}

// fenced judges a write that was not refused.
func (l *watched) fenced(lease ledger.Lease, err error) error {
	if newest := l.fences[lease.Store]; err == nil && lease.Fence < newest {
		l.world.violated(secondWriter, "run %d wrote with the fence %d of %s, which was taken with %d since", lease.Run, lease.Fence, lease.Store, newest)
	}
	return err
}

// before lets a moment pass. The process may die in it, or stand still.
func (t *attempt) before(name string) {
	time.Sleep(t.chance.between(time.Microsecond, 2*time.Millisecond))
	t.worker.await(t.chance)
	t.live(name, "before")
}

func (t *attempt) after(name string) { t.live(name, "after") }

func (t *attempt) live(name, when string) {
	dies, stands := t.worker.burn()
	if dies {
		t.world.tell("worker %d dies %s %s of %s", t.worker.number+1, when, name, t.x.id)
		t.world.die(t.worker)
	}
	if t.dead() {
		panic(crash)
	}
	if stands > 0 {
		t.world.tell("worker %d stands still for %s %s %s of %s", t.worker.number+1, stands, when, name, t.x.id)
		t.worker.freeze(stands)
		t.worker.await(t.chance)
		if t.dead() {
			panic(crash)
		}
	}
}

// burn counts a step of the process.
func (p *process) burn() (dies bool, stands time.Duration) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if p.fuse >= 0 {
		dies = p.fuse == 0
		p.fuse--
	}
	if p.stands >= 0 {
		if p.stands == 0 {
			stands = p.span
		}
		p.stands--
	}
	return dies, stands
}

package sim

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/testsuite"

	"github.com/tidemark/tidemark/activities"
	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/settings"
	"github.com/tidemark/tidemark/warehouses"
)

// world is all that a history happens to.
type world struct {
	seed    uint64
	began   time.Time
	running sync.WaitGroup
	crew    chan func()  // goroutines that have done something and wait for more; see dispatch
	coming  atomic.Int64 // events and files that are on their way

	ledger *watched
	server *server
	*story
	executions *control.Executions
	standing   *standing
	path       string // of the ledger
	backup     *backup
	restores   int // of the ledger; each gave it another path

	setting  setting
	shared   bool // a strategy shares the stock, or has
	strategy int  // which of them does
	greeted  int  // connections that were enabled again
	absent   bool // a person has approved a snapshot that does not name what it should
	restored bool // the ledger was put back

	mutex     sync.Mutex // of what follows
	processes []*process
	depots    map[string]*depot
	shops     map[string]*shop
	defined   ledger.Definitions
	calm      bool // nothing goes wrong any more
}

func (w *world) chance(what string) *chance { return newChance(w.seed, what) }

func workflowOptions(id string) client.StartWorkflowOptions {
	return client.StartWorkflowOptions{ID: id, TaskQueue: "tidemark"}
}

// dispatch has something done by a goroutine, best by one that has done something before: its stack has grown already.
func (w *world) dispatch(work func()) {
	w.running.Add(1)
	counted := func() { defer w.running.Done(); work() }
	select {
	case w.crew <- counted:
	default:
		go func() {
			counted()
			for more := range w.crew {
				more()
			}
		}()
	}
}

// process is a worker's process.
type process struct {
	number int
	died   chan struct{}
	push   *activities.Push

	mutex  sync.Mutex
	begins chan struct{} // closed when it stands still
	thaws  chan struct{} // closed when it goes on again; nil while it works
	fuse   int           // ledger calls until it dies; below 0: none
	stands int           // ledger calls until it stands still
	span   time.Duration // for so long
}

func (w *world) newProcess(number int) *process {
	return &process{
		number: number, died: make(chan struct{}), begins: make(chan struct{}), fuse: -1, stands: -1,
		push: &activities.Push{
			Ledger: w.ledger, Drivers: w.channels(), Stores: activities.NewStores(), Now: time.Now, Slice: time.Minute,
			After: func(span time.Duration, _ int) <-chan time.Time { return time.After(span) },
		},
	}
}

// worker is a process that takes the next task.
func (w *world) worker(c *chance) *process {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	return w.processes[c.IntN(len(w.processes))]
}

// die ends a process and begins another in its place, which takes tasks from the next moment on.
func (w *world) die(p *process) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	if w.processes[p.number] != p {
		return
	}
	close(p.died)
	w.processes[p.number] = w.newProcess(p.number)
}

// frozen returns a channel that is closed while the process stands still, and one that is closed when it goes on.
func (p *process) frozen() (begins, thaws <-chan struct{}) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if p.thaws == nil {
		return p.begins, nil
	}
	return p.begins, p.thaws
}

// still is true while the process stands still.
func (p *process) still() bool {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	return p.thaws != nil
}

// await returns when the process does not stand still. What waited for it goes on at a moment of its own.
func (p *process) await(c *chance) {
	p.mutex.Lock()
	thaws := p.thaws
	p.mutex.Unlock()
	if thaws != nil {
		<-thaws
		time.Sleep(c.between(time.Microsecond, time.Millisecond))
	}
}

// freeze has a process stand still for a while.
func (p *process) freeze(span time.Duration) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if p.thaws != nil {
		return
	}
	p.thaws = make(chan struct{})
	close(p.begins)
	time.AfterFunc(span, func() {
		p.mutex.Lock()
		defer p.mutex.Unlock()
		close(p.thaws)
		p.thaws, p.begins = nil, make(chan struct{})
	})
}

// register makes the activities known to an environment.
func (w *world) register(env *testsuite.TestWorkflowEnvironment) {
	executions := w.executions
	env.RegisterActivity(&activities.Gate{Ledger: w.ledger, Executions: executions, Now: time.Now, Poll: 2 * time.Second})
	env.RegisterActivity(&activities.Fetch{Ledger: w.ledger, Drivers: w.sources(), Executions: executions, Now: time.Now})
	env.RegisterActivity(&activities.Intake{Ledger: w.ledger, Requests: executions, Executions: executions, Now: time.Now})
	env.RegisterActivity(&activities.Resolve{Ledger: w.ledger, Executions: executions, Now: time.Now})
	env.RegisterActivity(&activities.Push{}) // each worker has its own
}

const driverName = "simulated"

// sources are the drivers of warehouses.
func (w *world) sources() warehouses.Drivers {
	return warehouses.Drivers{driverName: {Open: func(id string, _ settings.Values, _ settings.Environment) (warehouses.Source, error) {
		return w.depots[id], nil
	}}}
}

// channels are the drivers of stores.
func (w *world) channels() channels.Drivers {
	return channels.Drivers{driverName: {Open: func(id string, _ settings.Values, _ settings.Environment) (channels.Channel, error) {
		return w.shops[id].driver(), nil
	}}}
}

// workflowEnded is told of every workflow that is over.
func (w *world) workflowEnded(x *execution, err error) {
	switch {
	case x.terminated():
		w.tell("%s was terminated", x.id)
	case err != nil:
		w.tell("%s failed: %v", x.id, err)
	default:
		w.tell("%s ended", x.id)
	}
}

// standing is the ledger as package control has it: no time passes within it, for control asks while others wait for what it remembers.
type standing struct{ ledger.Ledger }

// backup is a copy of the ledger's file, and of what SQLite had written ahead.
type backup struct{ content, ahead []byte }

// backUp keeps a copy of the ledger.
func (w *world) backUp() {
	content, err := os.ReadFile(w.path)
	must(err)
	w.backup = &backup{content, aheadOf(w.path)}
	w.tell("the ledger is backed up")
}

// restore puts the ledger back as it was. Whoever does that stops the workers first.
func (w *world) restore() {
	if w.backup == nil {
		return
	}
	for _, p := range w.processes {
		w.die(p)
	}
	from, own := w.path, w.restores > 0
	w.restores++
	w.path = filepath.Join(filepath.Dir(from), fmt.Sprintf("restored-%d.db", w.restores))
	must(os.Rename(from+generationSuffix, w.path+generationSuffix)) // it stays beside the ledger, whatever becomes of that
	if own {
		must(errors.Join(w.ledger.Close(), removeLedger(from, "", "-wal", "-shm")))
	}
	must(os.WriteFile(w.path, w.backup.content, 0o600))
	setAhead(w.path, w.backup.ahead)
	state, err := ledger.Open(everywhere, w.path, time.Now())
	must(err)
	why, err := state.Watch(everywhere, time.Now())
	must(err)
	w.ledger.Ledger, w.standing.Ledger, w.restored = state, state, true
	clear(w.ledger.fences)
	w.tell("the workers are stopped, the ledger is put back from the backup, and they start again: %s", why)
	for _, s := range w.shops {
		s.unwritten()
	}
	w.applyAgain()
}

// close closes the ledger, where it is not the one that other histories use too.
func (w *world) close() error {
	if w.restores == 0 {
		return nil
	}
	return errors.Join(w.ledger.Close(), removeLedger(w.path, "", "-wal", "-shm", generationSuffix))
}

// must fails the history: the simulator itself is wrong.
func must(err error) {
	if err != nil {
		panic(fmt.Sprintf("the simulator: %v", err))
	}
}

var everywhere = context.Background()

func (w *world) setCalm() {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	w.calm = true
	w.tell("from now on nothing goes wrong")
	for _, p := range w.processes {
		p.mutex.Lock()
		p.fuse, p.stands = -1, -1
		p.mutex.Unlock()
	}
}

func (w *world) isCalm() bool {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	return w.calm
}

package serve

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tidemark/tidemark/workflows"
)

// The events of many requests share a signal, because each signal costs Temporal a transaction and the workflow an event of its history. A
// request gets its response only when the signal with its events is durable.
const (
	gatherFor = 10 * time.Millisecond // after the first event of a signal
	// maxSignalBytes is the largest size of the events in one signal. It is far below the limit of Temporal (2 MiB), because the history of
	// the workflow contains all its signals.
	maxSignalBytes = 128 << 10
	// maxWaiting is the largest number of events of one warehouse that wait for their signal, including the signal under way. More would
	// wait longer than their senders do.
	maxWaiting = 5000
	// signalTimeout is how long one signal may take; a sender waits for answerWithin at most.
	signalTimeout = 5 * time.Second
	senderTimeout = 8 * time.Second
)

// The reasons why events were not accepted. The sender must send them again; an event that was accepted all the same has one effect.
var (
	errBusy = errors.New("too many events are waiting")
	errLate = errors.New("the events could not be signalled in time")
)

// Intake sends events to the intake of a warehouse. If it returns no error, they are durable.
type Intake interface {
	Intake(ctx context.Context, warehouse string, updated workflows.InventoryUpdated) error
}

// gatherer collects the events of one warehouse into signals. It sends the signals one after another, in the order of arrival.
type gatherer struct {
	intake    Intake
	warehouse string
	waiting   atomic.Int64
	parts     chan *part
	closed    chan struct{}
	done      sync.WaitGroup
}

// part is the events of one request that go into one signal. A part is never divided.
type part struct {
	ctx     context.Context // of the request; a part whose sender has left is not sent
	updates []workflows.InventoryUpdate
	bytes   int
	result  chan error
}

func newGatherer(intake Intake, warehouse string) *gatherer {
	// A part has at least one event, so the channel has room for every part that may wait.
	g := &gatherer{intake: intake, warehouse: warehouse, parts: make(chan *part, maxWaiting), closed: make(chan struct{})}
	g.done.Go(g.run)
	return g
}

// close waits for the signal that is under way. It must not be called while requests are being served.
func (g *gatherer) close() {
	close(g.closed)
	g.done.Wait()
}

// submit returns nil when all events are durable, or else the reason why some may not be.
func (g *gatherer) submit(ctx context.Context, updates []workflows.InventoryUpdate) error {
	n := int64(len(updates))
	if g.waiting.Add(n) > maxWaiting {
		g.waiting.Add(-n)
		return errBusy
	}
	ctx, cancel := context.WithTimeoutCause(ctx, senderTimeout, errLate)
	defer cancel()
	parts := split(ctx, updates)
	for _, part := range parts {
		g.parts <- part
	}
	for _, part := range parts {
		select {
		case err := <-part.result:
			if err != nil {
				return err
			}
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	return nil
}

// split divides events into parts that fit into a signal.
func split(ctx context.Context, updates []workflows.InventoryUpdate) []*part {
	var parts []*part
	var last *part
	for _, update := range updates {
		bytes := sizeOf(update)
		if last == nil || !last.hasRoom(1, bytes) {
			last = &part{ctx: ctx, result: make(chan error, 1)}
			parts = append(parts, last)
		}
		last.updates, last.bytes = append(last.updates, update), last.bytes+bytes
	}
	return parts
}

// hasRoom is true if more events fit into the same signal.
func (p *part) hasRoom(updates, bytes int) bool {
	return len(p.updates) == 0 || len(p.updates)+updates <= workflows.MaximumUpdates && p.bytes+bytes <= maxSignalBytes
}

// sizeOf estimates the size of an event as JSON: its texts, plus the names and numbers of its fields.
func sizeOf(update workflows.InventoryUpdate) int {
	const fields = 180
	return fields + len(update.Event) + len(update.SKU) + len(update.Facility) + len(update.Problem)
}

// run sends signals until the gatherer is closed.
func (g *gatherer) run() {
	var first *part
	for {
		if first == nil {
			select {
			case first = <-g.parts:
			case <-g.closed:
				return
			}
		}
		batch, next := g.gather(first)
		g.send(batch)
		first = next
	}
}

// gather collects parts for the signal of the first part, for gatherFor at most. If a part does not fit, it returns that part as next.
func (g *gatherer) gather(first *part) (batch []*part, next *part) {
	batch = []*part{first}
	total := part{updates: first.updates[:len(first.updates):len(first.updates)], bytes: first.bytes}
	timer := time.NewTimer(gatherFor)
	defer timer.Stop()
	for len(total.updates) < workflows.MaximumUpdates {
		select {
		case next := <-g.parts:
			if !total.hasRoom(len(next.updates), next.bytes) {
				return batch, next
			}
			batch = append(batch, next)
			total.updates, total.bytes = append(total.updates, next.updates...), total.bytes+next.bytes
		case <-timer.C:
			return batch, nil
		}
	}
	return batch, nil
}

// send sends a batch as one signal and gives the result to the waiting requests.
func (g *gatherer) send(batch []*part) {
	var updates []workflows.InventoryUpdate
	for _, part := range batch {
		if part.ctx.Err() == nil {
			updates = append(updates, part.updates...)
		}
	}
	var err error
	if len(updates) > 0 {
		ctx, cancel := context.WithTimeout(context.Background(), signalTimeout)
		err = g.intake.Intake(ctx, g.warehouse, workflows.InventoryUpdated{Updates: updates})
		cancel()
	}
	for _, part := range batch {
		g.waiting.Add(-int64(len(part.updates)))
		if part.ctx.Err() != nil && err == nil {
			// The sender has left, perhaps only now, so the part may not be in the signal: the result must not be success.
			part.result <- errLate
			continue
		}
		part.result <- err
	}
}

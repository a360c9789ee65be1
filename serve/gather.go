package serve

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tidemark/tidemark/workflows"
)

// How events are gathered into signals. A signal costs Temporal a transaction and the history an event, so those of many requests
// share one; a request is answered only when the signal that carries its events is durable.
const (
	gatherFor = 10 * time.Millisecond // after the first event of a signal
	// mostSignalBytes is how much the events of one signal may come to: far below what Temporal takes (2 MiB), because all signals of
	// a workflow stand in its history.
	mostSignalBytes = 128 << 10
	// mostWaiting is how many events of one warehouse may wait for their signal, those under way included. More would only wait
	// longer than their senders do.
	mostWaiting = 5000
	// signalWithin is how long one signal may take; a sender waits for answerWithin at most.
	signalWithin = 5 * time.Second
	answerWithin = 8 * time.Second
)

// Why events were not taken. The sender is to send them again; those that were taken all the same have one effect.
var (
	errBusy = errors.New("too many events wait already")
	errLate = errors.New("the events could not be handed over in time")
)

// Intake hands events over: when it returns without an error, they are durable.
type Intake interface {
	Intake(ctx context.Context, warehouse string, updated workflows.InventoryUpdated) error
}

// gatherer gathers the events of one warehouse into signals, which go out one after the other, in the order of arrival.
type gatherer struct {
	intake    Intake
	warehouse string
	waiting   atomic.Int64
	parts     chan *part
	closed    chan struct{}
	done      sync.WaitGroup
}

// part is what a request has for one signal. It is never divided.
type part struct {
	ctx     context.Context // of the sender: a part whose sender has left is not handed over
	updates []workflows.InventoryUpdate
	bytes   int
	result  chan error
}

func newGatherer(intake Intake, warehouse string) *gatherer {
	// A part has one event at least, so there is room in the channel for all that may wait.
	g := &gatherer{intake: intake, warehouse: warehouse, parts: make(chan *part, mostWaiting), closed: make(chan struct{})}
	g.done.Go(g.run)
	return g
}

// close waits for the signal that is under way. No request may be in hand any more.
func (g *gatherer) close() {
	close(g.closed)
	g.done.Wait()
}

// hand returns when all the events are durable, or with the reason why some may not be.
func (g *gatherer) hand(ctx context.Context, updates []workflows.InventoryUpdate) error {
	n := int64(len(updates))
	if g.waiting.Add(n) > mostWaiting {
		g.waiting.Add(-n)
		return errBusy
	}
	ctx, cancel := context.WithTimeoutCause(ctx, answerWithin, errLate)
	defer cancel()
	parts := split(ctx, updates)
	for _, one := range parts {
		g.parts <- one
	}
	for _, one := range parts {
		select {
		case err := <-one.result:
			if err != nil {
				return err
			}
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	return nil
}

// split makes parts that each fit into a signal.
func split(ctx context.Context, updates []workflows.InventoryUpdate) []*part {
	var parts []*part
	var last *part
	for _, update := range updates {
		bytes := sizeOf(update)
		if last == nil || !last.takes(1, bytes) {
			last = &part{ctx: ctx, result: make(chan error, 1)}
			parts = append(parts, last)
		}
		last.updates, last.bytes = append(last.updates, update), last.bytes+bytes
	}
	return parts
}

// takes tells whether there is room for more.
func (p *part) takes(updates, bytes int) bool {
	return len(p.updates) == 0 || len(p.updates)+updates <= workflows.MaximumUpdates && p.bytes+bytes <= mostSignalBytes
}

// sizeOf is about how much an event comes to as JSON: its texts, and the names and figures of its fields.
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

// gather waits a moment for what fits into the signal of the first part. It returns a part that did not fit, if one came.
func (g *gatherer) gather(first *part) (batch []*part, next *part) {
	batch = []*part{first}
	whole := part{updates: first.updates[:len(first.updates):len(first.updates)], bytes: first.bytes}
	timer := time.NewTimer(gatherFor)
	defer timer.Stop()
	for len(whole.updates) < workflows.MaximumUpdates {
		select {
		case one := <-g.parts:
			if !whole.takes(len(one.updates), one.bytes) {
				return batch, one
			}
			batch = append(batch, one)
			whole.updates, whole.bytes = append(whole.updates, one.updates...), whole.bytes+one.bytes
		case <-timer.C:
			return batch, nil
		}
	}
	return batch, nil
}

// send hands a batch over and tells the senders that still wait.
func (g *gatherer) send(batch []*part) {
	var updates []workflows.InventoryUpdate
	for _, one := range batch {
		if one.ctx.Err() == nil {
			updates = append(updates, one.updates...)
		}
	}
	var err error
	if len(updates) > 0 {
		ctx, cancel := context.WithTimeout(context.Background(), signalWithin)
		err = g.intake.Intake(ctx, g.warehouse, workflows.InventoryUpdated{Updates: updates})
		cancel()
	}
	for _, one := range batch {
		g.waiting.Add(-int64(len(one.updates)))
		if one.ctx.Err() != nil && err == nil {
			// Its sender has left, or leaves at this moment; it was perhaps not handed over, so it must not be told that it was.
			one.result <- errLate
			continue
		}
		one.result <- err
	}
}

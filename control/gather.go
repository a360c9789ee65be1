package control

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/workflows"
)

// Requests are gathered into signals. A signal costs Temporal a transaction and the workflow's history several events, so requests that come while
// a signal to the same workflow is being sent share the next one. No request waits longer for it: one that comes alone is sent at once. Each is
// answered only when Temporal has stored the signal that carries it.

const (
	// mostGathered is how many requests to one workflow may wait for their signal. With more, the last would wait longer than their clients do.
	mostGathered = 5000
	// gatheredBytes bounds the size of a signal, because all signals of a workflow are in its history.
	gatheredBytes = 64 << 10
	// signalPatience is how long sending one signal may take.
	signalPatience = 10 * time.Second
)

// errCrowded is for a request that comes while too many wait already.
var errCrowded = errors.New("too many requests for this connection wait to be handed to Temporal; ask again in a moment")

// pendingRequest is a request that waits for its signal.
type pendingRequest struct {
	ctx     context.Context // of the client: a request is dropped when its client has gone
	request workflows.SyncRequest
	answer  chan pendingAnswer
}

type pendingAnswer struct {
	SyncAnswer
	err error
}

// gatherer holds the requests that wait for their signal, by workflow and by the fields that all requests of a signal must share. While a key is in
// the map, a goroutine sends its signals.
type gatherer struct {
	mutex   sync.Mutex
	waiting map[gatherKey][]*pendingRequest
}

type gatherKey struct {
	workflow  string
	skipFetch bool
	moved     bool
}

// shareable is true for a request that can share a signal. A dry run needs a signal of its own, and so does a request without an id.
func shareable(request workflows.SyncRequest) bool {
	return request.ID != "" && !request.DryRun && len(request.Also) == 0
}

// sender sends one signal.
type sender func(context.Context, workflows.SyncRequest) (SyncAnswer, error)

// share sends a request, in a signal with others that come meanwhile, and returns the answer to the signal.
func (g *gatherer) share(ctx context.Context, key gatherKey, request workflows.SyncRequest, send sender) (SyncAnswer, error) {
	waiter := &pendingRequest{ctx: ctx, request: request, answer: make(chan pendingAnswer, 1)}
	g.mutex.Lock()
	waiting, busy := g.waiting[key]
	if len(waiting) >= mostGathered {
		g.mutex.Unlock()
		return SyncAnswer{}, errCrowded
	}
	if g.waiting == nil {
		g.waiting = map[gatherKey][]*pendingRequest{}
	}
	g.waiting[key] = append(waiting, waiter)
	g.mutex.Unlock()
	if !busy {
		go g.sendAll(context.WithoutCancel(ctx), key, send)
	}
	select {
	case answer := <-waiter.answer:
		return answer.SyncAnswer, answer.err
	case <-ctx.Done():
		return SyncAnswer{}, context.Cause(ctx)
	}
}

// sendAll sends one signal after the other, until no request waits any more.
func (g *gatherer) sendAll(ctx context.Context, key gatherKey, send sender) {
	for {
		g.mutex.Lock()
		next, remaining := nextBatch(g.waiting[key])
		if len(next) == 0 {
			delete(g.waiting, key)
			g.mutex.Unlock()
			return
		}
		g.waiting[key] = remaining
		g.mutex.Unlock()
		var answer pendingAnswer
		within, cancel := context.WithTimeout(ctx, signalPatience)
		answer.SyncAnswer, answer.err = send(within, mergeRequests(next))
		cancel()
		for _, waiter := range next {
			waiter.answer <- answer
		}
	}
}

// nextBatch takes the requests of the next signal, in the order in which they came, and drops those whose client has gone.
func nextBatch(waiting []*pendingRequest) (next, remaining []*pendingRequest) {
	bytes := 0
	for n, waiter := range waiting {
		if waiter.ctx.Err() != nil {
			continue
		}
		bytes += requestBytes(waiter.request)
		if len(next) > 0 && (len(next) > workflows.MostAlso || bytes > gatheredBytes) {
			return next, waiting[n:]
		}
		next = append(next, waiter)
	}
	return next, nil
}

func requestBytes(request workflows.SyncRequest) int {
	bytes := len(request.ID) + len(request.By)
	for _, sku := range request.SKUs {
		bytes += len(sku)
	}
	return bytes
}

// mergeRequests makes one request of several. It asks for the SKUs of all of them, or for everything where one of them does, or where the SKUs are
// too many to name.
func mergeRequests(requests []*pendingRequest) workflows.SyncRequest {
	all := requests[0].request
	everything := false
	var skus []string
	for n, request := range requests {
		everything = everything || len(request.request.SKUs) == 0
		skus = append(skus, request.request.SKUs...)
		if n > 0 {
			all.Also = append(all.Also, workflows.AlsoRequested{ID: request.request.ID, By: request.request.By})
		}
	}
	if len(requests) == 1 {
		return all
	}
	slices.Sort(skus)
	if all.SKUs = slices.Compact(skus); everything || len(all.SKUs) > workflows.MaximumScope {
		all.SKUs = nil
	}
	return all
}

// request asks a connection's workflow for a run.
func (c *Control) request(ctx context.Context, connection ledger.Connection, mode ledger.Mode, request workflows.SyncRequest) (SyncAnswer, error) {
	send := func(ctx context.Context, request workflows.SyncRequest) (SyncAnswer, error) {
		return c.requestNow(ctx, connection, mode, request)
	}
	if !shareable(request) {
		return send(ctx, request)
	}
	return c.gatherer.share(ctx, gatherKey{workflows.WorkflowID(mode, connection.ID), request.SkipFetch, request.Moved}, request, send)
}

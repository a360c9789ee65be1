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

// How requests are gathered into signals. A signal costs Temporal a transaction and the workflow's history several events, so those that
// come while a signal to the same workflow is under way share the next one. Nobody waits longer for it: a request that comes alone goes
// at once, and each is answered only when the signal that carries it is durable.

const (
	// mostGathered is how many requests of one workflow may wait for their signal. More would only wait longer than who asks does.
	mostGathered = 5000
	// gatheredBytes bounds what a signal carries; all signals of a workflow stand in its history.
	gatheredBytes = 64 << 10
	// signalPatience is how long one signal may take.
	signalPatience = 10 * time.Second
)

// errCrowded is for requests of which too many wait already.
var errCrowded = errors.New("too many requests for this connection wait to be handed to Temporal; ask again in a moment")

// pendingRequest is a request that waits for its signal.
type pendingRequest struct {
	ctx     context.Context // of who asks: one who has left is not asked for
	request workflows.SyncRequest
	answer  chan pendingAnswer
}

type pendingAnswer struct {
	SyncAnswer
	err error
}

// gatherer has the requests that wait for their signal, by workflow and by what can share one. A workflow that is in it has a signal
// under way.
type gatherer struct {
	mutex   sync.Mutex
	waiting map[gatherKey][]*pendingRequest
}

type gatherKey struct {
	workflow  string
	skipFetch bool
	moved     bool
}

// shareable is true for a request that can share a signal. A dry run is looked at by itself, and a request without an id is a signal.
func shareable(request workflows.SyncRequest) bool {
	return request.ID != "" && !request.DryRun && len(request.Also) == 0
}

// sender sends one signal.
type sender func(context.Context, workflows.SyncRequest) (SyncAnswer, error)

// share hands a request over together with those that come meanwhile.
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

// sendAll sends one signal after the other, until nothing waits any more.
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

// nextBatch chooses the requests of the next signal, in the order of their coming; those whose asker has left are dropped.
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

// mergeRequests makes one request of several. It asks for what all of them ask for: the SKUs of all, or everything where one does, or where
// that is too many to name.
func mergeRequests(requests []*pendingRequest) workflows.SyncRequest {
	all := requests[0].request
	everything := false
	var skus []string
	for n, request := range requests {
		everything = everything || len(request.request.SKUs) == 0
		skus = append(skus, request.request.SKUs...)
		if n > 0 {
			all.Also = append(all.Also, workflows.AlsoAsked{ID: request.request.ID, By: request.request.By})
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

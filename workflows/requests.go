package workflows

import (
	"slices"
	"sort"
	"time"

	"github.com/tidemark/tidemark/ledger"
)

// inbox holds the requests that no pass has served yet. All of it is decided here, without Temporal.
type inbox struct {
	pending []pending
	seen    []string // ids of requests taken in, newest last
}

// remembered bounds the ids that are kept; older ones are known to the ledger.
const remembered = 1000

// add takes a request in, unless one with its id is known already.
func (i *inbox) add(request pending) bool {
	if slices.Contains(i.seen, request.ID) {
		return false
	}
	i.seen = append(i.seen, request.ID)
	if len(i.seen) > remembered {
		i.seen = slices.Delete(i.seen, 0, len(i.seen)-remembered)
	}
	if len(request.SKUs) > MaximumScope {
		request.SKUs = nil // too many to name: everything
	}
	i.pending = append(i.pending, request)
	i.collapse()
	return true
}

// crowdedScope is how many SKUs may be named by requests that wait and need no fetch.
const crowdedScope = 2000

// collapse makes one request for everything of those that name many SKUs and need no fetch. All that changed is pushed then, and what a
// workflow hands on to its next run stays small, however long the store is taken.
func (i *inbox) collapse() {
	var rest []pending
	var all pending // the newest of those that name SKUs
	named := 0
	for _, one := range i.pending {
		if one.SkipFetch && !one.DryRun && len(one.SKUs) > 0 {
			named, all = named+len(one.SKUs), one
		} else {
			rest = append(rest, one)
		}
	}
	if named > crowdedScope {
		all.SKUs = nil
		i.pending = append(rest, all)
	}
}

// plan is one pass over the connection.
type plan struct {
	requests  []pending
	scope     []string // empty: everything
	dryRun    bool
	skipFetch bool
	rest      bool // it goes on where the pass before had to stop
}

// next takes as many requests as one pass can serve. Requests to push come before dry runs. One request for everything serves
// every request to push; otherwise those that name SKUs are served together, as many as fit. The warehouse is asked unless none
// of them wants it to be.
func (i *inbox) next() plan {
	next := i.choose()
	next.skipFetch = len(next.requests) > 0 && !slices.ContainsFunc(next.requests, func(p pending) bool { return !p.SkipFetch })
	return next
}

func (i *inbox) choose() plan {
	push := func(p pending) bool { return !p.DryRun }
	if !slices.ContainsFunc(i.pending, push) {
		dry := plan{dryRun: true}
		dry.requests, i.pending = i.pending[:1:1], slices.Clone(i.pending[1:])
		dry.scope = dry.requests[0].SKUs
		return dry
	}
	everything := slices.ContainsFunc(i.pending, func(p pending) bool { return !p.DryRun && len(p.SKUs) == 0 })
	var next plan
	scope := map[string]bool{}
	var rest []pending
	for _, request := range i.pending {
		switch {
		case request.DryRun:
			rest = append(rest, request)
		case everything:
			next.requests = append(next.requests, request)
		default:
			if fresh := countNew(scope, request.SKUs); len(scope)+fresh > MaximumScope {
				rest = append(rest, request)
				continue
			}
			for _, sku := range request.SKUs {
				if !scope[sku] {
					scope[sku] = true
					next.scope = append(next.scope, sku)
				}
			}
			next.requests = append(next.requests, request)
		}
	}
	i.pending = rest
	sort.Strings(next.scope)
	return next
}

func countNew(scope map[string]bool, skus []string) int {
	fresh := 0
	for _, sku := range skus {
		if !scope[sku] {
			fresh++
		}
	}
	return fresh
}

// asked is the requests of a pass as the ledger keeps them.
func (p plan) asked() []ledger.Request {
	var requests []ledger.Request
	for _, request := range p.requests {
		requests = append(requests, ledger.Request{ID: request.ID, By: request.By, At: request.At})
	}
	return requests
}

// newest is when the newest request of a pass was made; nil when there is none.
func (p plan) newest() *time.Time {
	var newest *time.Time
	for i := range p.requests {
		if at := &p.requests[i].At; newest == nil || at.After(*newest) {
			newest = at
		}
	}
	return newest
}

func (i *inbox) ids() []string {
	var ids []string
	for _, request := range i.pending {
		ids = append(ids, request.ID)
	}
	return ids
}

package workflows

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
)

// inbox holds the requests that no pass has served yet. It is pure: it decides without Temporal.
type inbox struct {
	pending []pending
	seen    []string        // ids of the requests that were taken in, newest last
	seenIDs map[string]bool // the same ids as a set
	groups  int             // how many groups were made so far, for their ids
}

// remembered is how many ids an inbox remembers; the ledger has older ones.
const remembered = 1000

// add takes a request in. It returns false when the inbox has seen its id already. Its cost does not grow with the number of requests that wait, because
// a burst is taken in within one workflow task.
func (i *inbox) add(request pending) bool {
	if i.seenIDs == nil {
		i.seenIDs = make(map[string]bool, len(i.seen))
		for _, id := range i.seen {
			i.seenIDs[id] = true
		}
	}
	if i.seenIDs[request.ID] {
		return false
	}
	i.seenIDs[request.ID] = true
	i.seen = append(i.seen, request.ID)
	if len(i.seen) > remembered {
		delete(i.seenIDs, i.seen[0])
		i.seen = i.seen[1:]
	}
	if len(request.SKUs) > MaximumScope {
		request.SKUs = nil // too many to name: everything
	}
	i.pending = append(i.pending, request)
	return true
}

const (
	// crowdedScope is how many SKUs the waiting requests without a fetch may name. It is more than one pass takes: a pass for everything would keep the
	// schedule from its turn, and events never end.
	crowdedScope = 2000
	// mostWaiting is how many requests wait one by one. More are put into a group, and the ledger keeps their ids.
	mostWaiting = 200
	// mostNamed bounds the bytes of the SKUs that waiting requests name.
	mostNamed = 64 << 10
	// mostDry is how many dry runs may wait. They are served one by one, so more are refused.
	mostDry = 50
)

// load measures what waits in an inbox.
type load struct {
	pushing, dry   int // requests to push, and for dry runs
	scope          int // distinct SKUs that requests with a fetch name
	events         int // SKUs that requests without a fetch name, repetitions included
	bytes          int // bytes of all SKUs that requests name
	ids            int // bytes of the ids of requests and the names of who asked
	single, groups int // of the requests to push: single ones, and groups
}

func (i *inbox) load() load {
	var l load
	scope := map[string]bool{}
	for _, request := range i.pending {
		l.ids += len(request.ID) + len(request.By)
		if request.DryRun {
			l.dry++
			l.bytes += bytesOf(request.SKUs)
			continue
		}
		l.pushing++
		if request.Count > 0 {
			l.groups++
		} else {
			l.single++
		}
		l.bytes += bytesOf(request.SKUs)
		if request.SkipFetch {
			l.events += len(request.SKUs)
			continue
		}
		for _, sku := range request.SKUs {
			scope[sku] = true
		}
	}
	l.scope = len(scope)
	return l
}

func bytesOf(skus []string) int {
	n := 0
	for _, sku := range skus {
		n += len(sku)
	}
	return n
}

// crowded is true when too much waits, so that crowd must shrink it.
func (l load) crowded() bool {
	return l.single > mostWaiting || l.groups > 1 || l.bytes > mostNamed || l.scope > MaximumScope || l.events > crowdedScope || l.dry > mostDry
}

// portable is true when what waits fits into one payload: under half of the 2 MB that a Temporal server accepts.
func (l load) portable() bool { return l.single+l.dry <= 2000 && l.bytes+l.ids <= 512<<10 }

// collapse replaces the requests that name SKUs and need no fetch by one request for everything, where they name too many SKUs. It is the rule of
// histories from before crowd, which also keeps the ids of the requests that it replaces.
func (i *inbox) collapse() {
	if i.load().events <= crowdedScope {
		return
	}
	var remaining []pending
	var all pending // the newest of the requests that are replaced
	for _, request := range i.pending {
		if request.SkipFetch && !request.DryRun && len(request.SKUs) > 0 {
			all = request
		} else {
			remaining = append(remaining, request)
		}
	}
	all.SKUs = nil
	i.pending = append(remaining, all)
}

// crowdResult is what crowd took out of an inbox: noted are requests that are in a group now, whose ids the ledger is to keep; refused are dry runs.
type crowdResult struct {
	group   string
	noted   []pending
	refused []pending
}

// crowd shrinks what waits, once for everything that was read together. Requests that name too many SKUs become requests for everything, many requests
// to push become one group, and excess dry runs are refused. The requests are served as before: one pass serves all requests to push anyway.
func (i *inbox) crowd(prefix string) crowdResult {
	l := i.load()
	widen := l.scope > MaximumScope
	for n := range i.pending {
		request := &i.pending[n]
		if !request.DryRun && ((request.SkipFetch && l.events > crowdedScope) || (!request.SkipFetch && widen)) {
			request.SKUs = nil
		}
	}
	var out crowdResult
	if l = i.load(); l.single > mostWaiting || l.groups > 1 || l.bytes > mostNamed {
		i.gather(prefix, &out)
	}
	if l.dry > mostDry {
		i.refuse(&out)
	}
	return out
}

// gather puts all requests to push into one group.
func (i *inbox) gather(prefix string, out *crowdResult) {
	group := pending{SyncRequest: SyncRequest{SkipFetch: true, Moved: true}}
	scope := map[string]bool{}
	everything := false
	var remaining []pending
	for _, request := range i.pending {
		if request.DryRun {
			remaining = append(remaining, request)
			continue
		}
		if request.Count > 0 && group.ID == "" {
			group.ID = request.ID
		} else {
			out.noted = append(out.noted, request)
		}
		group.Count += max(request.Count, 1)
		group.SkipFetch, group.Moved = group.SkipFetch && request.SkipFetch, group.Moved && request.Moved
		if request.At.After(group.At) {
			group.At = request.At
		}
		everything = everything || len(request.SKUs) == 0
		for _, sku := range request.SKUs {
			if !scope[sku] {
				scope[sku] = true
				group.SKUs = append(group.SKUs, sku)
			}
		}
	}
	if group.ID == "" {
		i.groups++
		group.ID = fmt.Sprintf("%s/group/%d", prefix, i.groups)
	}
	sort.Strings(group.SKUs)
	if everything || len(group.SKUs) > MaximumScope {
		group.SKUs = nil
	}
	group.By = fmt.Sprintf("%d requests", group.Count)
	out.group = group.ID
	i.pending = append(remaining, group)
}

// refuse takes out the newest dry runs above mostDry.
func (i *inbox) refuse(out *crowdResult) {
	remaining := i.pending[:0:0]
	dry := 0
	for _, request := range i.pending {
		if request.DryRun {
			if dry++; dry > mostDry {
				out.refused = append(out.refused, request)
				continue
			}
		}
		remaining = append(remaining, request)
	}
	i.pending = remaining
}

// assignment says what one pass has to do.
type assignment struct {
	requests  []pending
	scope     []string // the SKUs; empty for everything
	dryRun    bool
	skipFetch bool
	continues bool // it goes on where the pass before had to stop
}

// next takes as many requests as one pass can serve. Requests to push come before dry runs. Where one request asks for everything, the pass serves all
// requests to push; otherwise it serves as many as name SKUs within MaximumScope. The pass fetches unless none of its requests wants that.
func (i *inbox) next() assignment {
	next := i.choose()
	next.skipFetch = len(next.requests) > 0 && !slices.ContainsFunc(next.requests, func(p pending) bool { return !p.SkipFetch })
	return next
}

func (i *inbox) choose() assignment {
	push := func(p pending) bool { return !p.DryRun }
	if !slices.ContainsFunc(i.pending, push) {
		dry := assignment{dryRun: true}
		dry.requests, i.pending = i.pending[:1:1], slices.Clone(i.pending[1:])
		dry.scope = dry.requests[0].SKUs
		return dry
	}
	everything := slices.ContainsFunc(i.pending, func(p pending) bool { return !p.DryRun && len(p.SKUs) == 0 })
	var next assignment
	scope := map[string]bool{}
	var remaining []pending
	for _, request := range i.pending {
		switch {
		case request.DryRun:
			remaining = append(remaining, request)
		case everything:
			next.requests = append(next.requests, request)
		default:
			if fresh := countNew(scope, request.SKUs); len(scope)+fresh > MaximumScope {
				remaining = append(remaining, request)
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
	i.pending = remaining
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

// ledgerRequests converts requests to the ledger's type.
func ledgerRequests(requests []pending) []ledger.Request {
	var converted []ledger.Request
	for _, request := range requests {
		converted = append(converted, ledger.Request{ID: request.ID, By: request.By, At: request.At})
	}
	return converted
}

// ledgerRequests are the requests of a pass in the ledger's type.
func (p assignment) ledgerRequests() []ledger.Request { return ledgerRequests(p.requests) }

// named are the SKUs that people and services named, sorted, each once. SKUs of levels that moved are not among them. It is empty for a pass that
// continues another, which must not begin its SKUs anew.
func (p assignment) named() []string {
	var skus []string
	for _, request := range p.requests {
		if !request.Moved && !p.continues {
			skus = append(skus, request.SKUs...)
		}
	}
	slices.Sort(skus)
	return slices.Compact(skus)
}

// requestCount is how many requests the pass serves, those in groups included.
func (p assignment) requestCount() int {
	n := 0
	for _, request := range p.requests {
		n += max(request.Count, 1)
	}
	return n
}

// newest is when the newest request of the pass was made; nil when it has none.
func (p assignment) newest() *time.Time {
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

// waiting counts the requests that wait, those in groups included.
func (i *inbox) waiting() int {
	n := 0
	for _, request := range i.pending {
		n += max(request.Count, 1)
	}
	return n
}

// mostID bounds the bytes of a request's id, and of the name of who asks.
const mostID = 255

// storableRequest is a request in a form that the ledger can store; a signal can hold anything. An id that is too long or cannot be stored is replaced
// by its digest, under which it can be looked up as well. A SKU that no warehouse can report is left out.
func storableRequest(request SyncRequest) SyncRequest {
	request.ID = RequestID(request.ID)
	request.By = inventory.Storable(request.By)
	if len(request.By) > mostID {
		request.By = strings.ToValidUTF8(request.By[:mostID], "")
	}
	if slices.ContainsFunc(request.SKUs, unreportable) {
		request.SKUs = slices.DeleteFunc(slices.Clone(request.SKUs), unreportable)
	}
	return request
}

func unreportable(sku string) bool { return inventory.CheckSKU("SKU", sku) != nil }

// RequestID is the id under which the ledger has a request: its own, or its digest where it is too long or cannot be stored.
func RequestID(id string) string {
	control := func(r rune) bool { return r < ' ' }
	if id == "" || (len(id) <= mostID && inventory.CheckSKU("id", id) == nil && !strings.ContainsFunc(id, control)) {
		return id
	}
	digest := sha256.Sum256([]byte(id))
	return "sha256:" + hex.EncodeToString(digest[:])
}

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

// inbox holds the requests that no pass has served yet. All of it is decided here, without Temporal.
type inbox struct {
	pending []pending
	seen    []string        // ids of requests taken in, newest last
	seenIDs map[string]bool // the same as a set
	groups  int             // groups made so far, for their ids
}

// remembered bounds the ids that are kept; older ones are known to the ledger.
const remembered = 1000

// add takes a request in, unless one with its id is known already. Its cost does not grow with what waits, for a burst is taken in
// within one workflow task.
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
	// crowdedScope is how many SKUs may be named by requests that wait and need no fetch. It is more than one pass takes: a pass for
	// everything keeps a schedule from its turn, and events never end.
	crowdedScope = 2000
	// mostWaiting is how many requests wait one by one. More of them are a group, whose ids the ledger keeps.
	mostWaiting = 200
	// mostNamed bounds the bytes of the SKUs that requests that wait one by one name.
	mostNamed = 64 << 10
	// mostDry is how many dry runs of different SKUs wait. They are served one by one, so more are refused.
	mostDry = 50
)

// load is what waits in an inbox.
type load struct {
	pushing, dry   int // requests
	scope          int // SKUs that requests name which want the warehouse to be asked, each once
	events         int // SKUs that requests name which do not, as often as they are named
	bytes          int // of all names of SKUs
	ids            int // bytes of what says who asked
	single, groups int // of the requests that push
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

// crowded is true when what waits must be made less.
func (l load) crowded() bool {
	return l.single > mostWaiting || l.groups > 1 || l.bytes > mostNamed || l.scope > MaximumScope || l.events > crowdedScope || l.dry > mostDry
}

// portable is true when what waits can be handed on in one payload: under half of the 2 MB that a Temporal server takes.
func (l load) portable() bool { return l.single+l.dry <= 2000 && l.bytes+l.ids <= 512<<10 }

// collapse makes one request for everything of those that name many SKUs and need no fetch. It is the rule of histories from before
// crowd, which also remembers whom it collapsed.
func (i *inbox) collapse() {
	if i.load().events <= crowdedScope {
		return
	}
	var rest []pending
	var all pending // the newest of those that name SKUs
	for _, request := range i.pending {
		if request.SkipFetch && !request.DryRun && len(request.SKUs) > 0 {
			all = request
		} else {
			rest = append(rest, request)
		}
	}
	all.SKUs = nil
	i.pending = append(rest, all)
}

// apart is what crowd took out of an inbox: requests that are in a group now, whose ids the ledger is to keep, and dry runs that are
// refused.
type apart struct {
	group   string
	noted   []pending
	refused []pending
}

// crowd makes what waits less, once for everything that was read together: requests that name too many SKUs become requests for
// everything, many requests that push become one group, and dry runs that are too many are refused. Nothing else about them changes:
// what pushes is served by one pass anyway.
func (i *inbox) crowd(prefix string) apart {
	l := i.load()
	widen := l.scope > MaximumScope
	for n := range i.pending {
		request := &i.pending[n]
		if !request.DryRun && ((request.SkipFetch && l.events > crowdedScope) || (!request.SkipFetch && widen)) {
			request.SKUs = nil
		}
	}
	var out apart
	if l = i.load(); l.single > mostWaiting || l.groups > 1 || l.bytes > mostNamed {
		i.gather(prefix, &out)
	}
	if l.dry > mostDry {
		i.refuse(&out)
	}
	return out
}

// gather makes one group of all requests that push.
func (i *inbox) gather(prefix string, out *apart) {
	group := pending{SyncRequest: SyncRequest{SkipFetch: true, Moved: true}}
	scope := map[string]bool{}
	everything := false
	var rest []pending
	for _, request := range i.pending {
		if request.DryRun {
			rest = append(rest, request)
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
	i.pending = append(rest, group)
}

// refuse takes out the newest dry runs that are too many.
func (i *inbox) refuse(out *apart) {
	kept := i.pending[:0:0]
	dry := 0
	for _, request := range i.pending {
		if request.DryRun {
			if dry++; dry > mostDry {
				out.refused = append(out.refused, request)
				continue
			}
		}
		kept = append(kept, request)
	}
	i.pending = kept
}

// assignment is one pass over the connection.
type assignment struct {
	requests  []pending
	scope     []string // empty: everything
	dryRun    bool
	skipFetch bool
	rest      bool // it goes on where the pass before had to stop
}

// next takes as many requests as one pass can serve. Requests to push come before dry runs. One request for everything serves
// every request to push; otherwise those that name SKUs are served together, as many as fit. The warehouse is asked unless none
// of them wants it to be.
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

// ledgerRequests is requests as the ledger keeps them.
func ledgerRequests(requests []pending) []ledger.Request {
	var kept []ledger.Request
	for _, request := range requests {
		kept = append(kept, ledger.Request{ID: request.ID, By: request.By, At: request.At})
	}
	return kept
}

// ledgerRequests is the requests of a pass as the ledger keeps them.
func (p assignment) ledgerRequests() []ledger.Request { return ledgerRequests(p.requests) }

// named are the SKUs that persons and services named, in order, each once; those of levels that moved are not among them. What could not
// be finished before is not begun anew.
func (p assignment) named() []string {
	var skus []string
	for _, request := range p.requests {
		if !request.Moved && !p.rest {
			skus = append(skus, request.SKUs...)
		}
	}
	slices.Sort(skus)
	return slices.Compact(skus)
}

// together is how many requests one pass serves.
func (p assignment) together() int {
	n := 0
	for _, request := range p.requests {
		n += max(request.Count, 1)
	}
	return n
}

// newest is when the newest request of a pass was made; nil when there is none.
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

// mostID bounds what names a request and who asks for it.
const mostID = 255

// keepable makes a request one that the ledger can keep. A signal can hold anything: an id that is too long or cannot be kept is
// replaced by its digest, under which it can be asked for as well, and a SKU that no warehouse can report is left out.
func keepable(request SyncRequest) SyncRequest {
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

// RequestID is the id under which a request is kept: its own, or the digest of one that is too long or cannot be kept.
func RequestID(id string) string {
	control := func(r rune) bool { return r < ' ' }
	if id == "" || (len(id) <= mostID && inventory.CheckSKU("id", id) == nil && !strings.ContainsFunc(id, control)) {
		return id
	}
	digest := sha256.Sum256([]byte(id))
	return "sha256:" + hex.EncodeToString(digest[:])
}

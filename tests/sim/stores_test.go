package sim

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/tidemark/tidemark/channels"
)

// answerKind is one of the four ways in which stores answer.
type answerKind string

// The kinds of stores.
const (
	perItem  answerKind = "answers per item"
	whole    answerKind = "takes all or nothing"
	reports  answerKind = "reports later"
	singular answerKind = "takes one at a time"
)

// shop is a store: what it shows, and how it answers. Its limits are those that it publishes, and it counts whether they are kept.
type shop struct {
	world *world
	id    string
	kind  answerKind
	limit channels.Limits
	names bool  // a refusal of a whole call names the items
	finds bool  // it knows its items by ids of its own
	top   int64 // the most that it shows of an item; 0: any figure

	mutex     sync.Mutex
	shown     map[spot]int64 // by location and channel SKU
	written   map[spot]write // what Tidemark wrote last
	edited    map[spot]bool  // by somebody else since
	poison    map[string]bool
	ids       int                       // how often its ids have changed
	keys      map[string]channels.Reply // what was answered to a key
	tickets   map[string]*ticket
	faults    []callFault
	calls     int
	bucket    float64
	rate      float64
	filled    time.Time
	barred    time.Time              // no call before, it said, and that was written down
	heard     map[*process]time.Time // what a worker has heard and not yet written
	halved    bool                   // it takes fewer calls than it publishes
	revoked   time.Time              // until then it does not take Tidemark's key
	throttles int                    // since it is halved
	requests  map[string]int
}

// write is a figure that was applied.
type write struct {
	quantity int64
	at       time.Time
	sent     time.Time // when its call was made first
	key      string
	late     bool // its caller had given it up
}

type ticket struct {
	reply channels.Reply
	ready time.Time
	items []channels.Item
}

// callFault is what happens to a call.
type callFault string

// What happens to calls, after row B of the fault matrix.
const (
	callThrottled callFault = "is throttled"
	callBare      callFault = "is throttled without a time"
	callFaltered  callFault = "falters and is not applied"
	callBroke     callFault = "is applied and falters"
	callLost      callFault = "is applied and its answer is lost"
	callGone      callFault = "never arrives"
	callSlow      callFault = "is slow"
	callPartial   callFault = "is applied in part"
	callGarbled   callFault = "is applied and its answer is garbled"
	callAnew      callFault = "must not be sent again as it was"
	callRefused   callFault = "is refused as a whole, and nobody is named"
	callLate      callFault = "is given up, and arrives later"
	callRevoked   callFault = "has a key that is revoked"
	callSmaller   callFault = "is too large"
	callLies      callFault = "is said to be applied, and some of it is not"
	callPast      callFault = "is throttled until a time that is past"
)

var callFaults = []callFault{
	callThrottled, callBare, callFaltered, callBroke, callLost, callGone, callSlow, callPartial, callGarbled, callAnew, callRefused, callLate,
	callSmaller, callLies, callPast,
}

func newShop(w *world, of storeSetting) *shop {
	s := &shop{
		world: w, id: of.ID, kind: of.Kind, names: of.Names, finds: of.Finds, top: of.Top,
		shown: map[spot]int64{}, written: map[spot]write{}, edited: map[spot]bool{}, poison: map[string]bool{}, keys: map[string]channels.Reply{},
		tickets: map[string]*ticket{}, requests: map[string]int{}, heard: map[*process]time.Time{},
		limit: channels.Limits{
			Batch: of.Most, Rate: of.Rate, Burst: of.Burst, Timeout: 20 * time.Second, Calls: of.Calls, Tickets: of.Tickets, Compare: of.Compare, Find: of.Most,
		},
	}
	if of.Keys {
		s.limit.KeyLifetime = 24 * time.Hour
	}
	s.bucket, s.filled, s.rate = s.limit.Burst, time.Now(), of.Rate
	return s
}

// driver is the driver of the store, as a worker opens it.
func (s *shop) driver() channels.Channel {
	var opened channels.Channel = &driver{s}
	if s.kind == reports {
		opened = &reporter{&driver{s}}
	}
	if s.finds {
		opened = &finder{opened, s}
	}
	return opened
}

// finder is the driver of a store that knows its items by ids of its own.
type finder struct {
	channels.Channel
	shop *shop
}

// Unwrap returns the driver that is within.
func (f *finder) Unwrap() channels.Channel { return f.Channel }

// Find looks ids up.
func (f *finder) Find(ctx context.Context, items []channels.Item) ([]channels.Found, channels.Budget, error) {
	s := f.shop
	chance, fault, err := s.request(ctx, "find "+about(items))
	if err == nil {
		err = nap(ctx, chance.between(5*time.Millisecond, 400*time.Millisecond))
	}
	if err != nil {
		return nil, channels.Budget{}, err
	}
	s.mutex.Lock()
	defer s.mutex.Unlock()
	switch fault {
	case callRevoked:
		return nil, channels.Budget{}, errRevoked
	case callThrottled:
		return nil, channels.Budget{}, throttled(chance)
	case callFaltered, callGone, callLost, callBroke:
		return nil, channels.Budget{}, &channels.Error{Next: channels.Resend, Reason: "faltered"}
	}
	found := make([]channels.Found, len(items))
	for i, item := range items {
		found[i].Reference = s.idOf(item.ChannelSKU)
	}
	return found, channels.Budget{}, nil
}

func (s *shop) idOf(sku string) string { return fmt.Sprintf("%s/%d", sku, s.ids) }

// forget gives all items other ids.
func (s *shop) forget() {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.finds {
		s.ids++
		s.world.tell("%s has other ids for its items", s.id)
	}
}

// refuse has the store take an item no more.
func (s *shop) refuse(sku string) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.poison[sku], s.poison["L-"+sku] = true, true
	s.world.tell("%s does not take %s any more", s.id, sku)
}

type driver struct{ shop *shop }

func (d *driver) Limits() channels.Limits { return d.shop.limit }

// Check reads something.
func (d *driver) Check(context.Context) (channels.Finding, error) {
	d.shop.mutex.Lock()
	defer d.shop.mutex.Unlock()
	if d.shop.isRevoked() {
		return channels.Finding{}, errRevoked
	}
	return channels.Finding{}, nil
}

func (d *driver) Encode(items []channels.Item, _ string) ([]byte, error) { return json.Marshal(items) }

// body reads what is sent; the items beside it are only for the driver.
func body(call channels.Call) []channels.Item {
	var items []channels.Item
	must(json.Unmarshal(call.Body, &items))
	return items
}

func about(items []channels.Item) string {
	texts := make([]string, len(items))
	for i, item := range items {
		texts[i] = fmt.Sprintf("%s=%d", placed(item), item.Quantity)
	}
	slices.Sort(texts)
	return strings.Join(texts, " ")
}

func placed(item channels.Item) spot { return spot{item.Location, item.ChannelSKU} }

// request begins one request to the store: it takes from the store's bucket, and draws what happens to it.
func (s *shop) request(ctx context.Context, what string) (*chance, callFault, error) {
	s.mutex.Lock()
	barred := s.barred
	if one := attemptOf(ctx); one != nil && s.heard[one.worker].After(barred) {
		barred = s.heard[one.worker]
	}
	s.requests[what]++
	chance := s.world.chance(fmt.Sprintf("call %s %s %d", s.id, what, s.requests[what]))
	s.mutex.Unlock()
	time.Sleep(chance.between(time.Microsecond, 3*time.Millisecond))
	if one := attemptOf(ctx); one != nil {
		one.worker.await(chance)
		if one.dead() {
			return nil, "", &channels.Error{Reason: "the process died"}
		}
	}
	if err := ctx.Err(); err != nil {
		return nil, "", err // nothing is sent whose time is over
	}
	s.mutex.Lock()
	defer s.mutex.Unlock()
	now := time.Now()
	s.calls++
	s.bucket = min(s.bucket+s.rate*now.Sub(s.filled).Seconds(), s.limit.Burst)
	s.filled = now
	if s.bucket--; s.bucket < -0.05 && s.halved {
		s.bucket++
		if s.throttles++; s.throttles > mostThrottles {
			s.world.violated(overrun, "%s took half as many calls, and had to say so %d times", s.id, s.throttles)
		}
		return chance, callThrottled, nil
	}
	if s.bucket < -0.05 {
		s.world.violated(overrun, "%s got more calls than it takes: its bucket is at %.2f of %.0f", s.id, s.bucket, s.limit.Burst)
	}
	if now.Before(barred.Add(-10 * time.Millisecond)) {
		s.world.violated(overrun, "%s was called before the time that it had said, %s", s.id, clock(barred))
	}
	fault := callFault("")
	if len(s.faults) > 0 && !s.world.isCalm() {
		fault, s.faults = s.faults[0], s.faults[1:]
	}
	if s.isRevoked() {
		fault = callRevoked
	}
	return chance, fault, nil
}

var errRevoked = &channels.Error{Next: channels.AskPerson, Status: 401, Reason: "the key was revoked"}

func (s *shop) isRevoked() bool { return time.Now().Before(s.revoked) && !s.world.isCalm() }

// revoke has the store take Tidemark's key no more, for a while.
func (s *shop) revoke(span time.Duration) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.revoked = time.Now().Add(span)
	s.world.tell("%s does not take the key any more for %s", s.id, span)
}

// Send makes a call.
func (d *driver) Send(ctx context.Context, call channels.Call) (channels.Reply, error) {
	s, items, sent := d.shop, body(call), time.Now()
	chance, fault, err := s.request(ctx, about(items))
	if err != nil {
		return channels.Reply{}, err
	}
	lost := &channels.Error{Next: channels.Resend, Reason: "no answer"}
	if fault == callSlow {
		_ = nap(ctx, chance.between(time.Second, 15*time.Second))
	}
	if fault == callGone {
		_ = nap(ctx, chance.between(time.Second, 10*time.Second))
		s.tell(fault, items)
		return channels.Reply{}, lost
	}
	way := chance.between(5*time.Millisecond, 400*time.Millisecond)
	if fault == callLate {
		go func() {
			time.Sleep(chance.between(time.Second, s.limit.Timeout-5*time.Second))
			s.arrive(call, items, sent, callLate, chance)
		}()
		_ = nap(ctx, way)
		s.tell(fault, items)
		return channels.Reply{}, lost
	}
	if err := nap(ctx, way); err != nil {
		if chance.in(500) { // it is on its way, and nobody waits for it
			s.arrive(call, items, sent, "", chance)
		}
		return channels.Reply{}, err
	}
	reply, err := s.arrive(call, items, sent, fault, chance)
	if fault == callLost {
		_ = nap(ctx, s.limit.Timeout+time.Second)
		return channels.Reply{}, lost
	}
	if nap(ctx, chance.between(5*time.Millisecond, 400*time.Millisecond)) != nil {
		return channels.Reply{}, ctx.Err()
	}
	s.says(ctx, err)
	return reply, err
}

// throttled is an answer that says when the store may be called again.
func throttled(chance *chance) error {
	until := time.Now().Add(chance.between(time.Second, 90*time.Second))
	return &channels.Error{Next: channels.Wait, Until: until, Reason: "throttled"}
}

// says notes when the store may be called again, for whoever begins a call after the answer is there. A worker that stood still meanwhile has not
// read it.
func (s *shop) says(ctx context.Context, err error) {
	var told *channels.Error
	one := attemptOf(ctx)
	if errors.As(err, &told) && told.Next == channels.Wait && !told.Until.IsZero() && one != nil && !one.worker.still() && !one.dead() {
		s.mutex.Lock()
		defer s.mutex.Unlock()
		s.heard[one.worker] = told.Until
	}
}

// wrote notes that a worker has written down what it was told: from now on the others know it, too.
func (s *shop) wrote(p *process) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.heard[p].After(s.barred) {
		s.barred = s.heard[p]
	}
}

// unwritten: the ledger that was put back may not know when the store may be called.
func (s *shop) unwritten() {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.barred = time.Time{}
}

func (s *shop) tell(fault callFault, items []channels.Item) {
	if fault != "" {
		s.world.tell("a call of %s %s: %s", s.id, fault, about(items))
	}
}

// arrive is what the store does with a call.
func (s *shop) arrive(call channels.Call, items []channels.Item, sent time.Time, fault callFault, chance *chance) (channels.Reply, error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if fault != callLate {
		s.tell(fault, items)
	}
	switch fault {
	case callThrottled:
		return channels.Reply{}, throttled(chance)
	case callBare:
		return channels.Reply{}, &channels.Error{Next: channels.Wait, Reason: "throttled"}
	case callPast:
		return channels.Reply{}, &channels.Error{Next: channels.Wait, Until: time.Now().Add(-time.Hour), Reason: "throttled"}
	case callRevoked:
		return channels.Reply{}, errRevoked
	case callSmaller:
		if len(items) > 1 {
			return channels.Reply{}, &channels.Error{Next: channels.Smaller, Reason: "too many items"}
		}
	case callFaltered:
		return channels.Reply{}, &channels.Error{Next: channels.Resend, Reason: "faltered"}
	case callAnew:
		return channels.Reply{}, &channels.Error{Next: channels.Anew, Reason: "the key is spent"}
	case callRefused:
		if len(items) > 1 {
			return channels.Reply{Refused: true, Reason: "something is wrong"}, nil
		}
	}
	if known, ok := s.keys[call.Key]; ok && s.limit.KeyLifetime > 0 {
		return known, nil // the same key has the same answer, and is applied once
	}
	reply := s.judge(call, items, sent, fault, chance)
	if s.limit.KeyLifetime > 0 {
		s.keys[call.Key] = reply
	}
	switch fault {
	case callBroke, callLost:
		return channels.Reply{}, &channels.Error{Next: channels.Resend, Reason: "faltered"}
	case callGarbled:
		return channels.Reply{Items: reply.Items[1:]}, nil
	}
	return reply, nil
}

// judge applies a call, as far as it is applied.
func (s *shop) judge(call channels.Call, items []channels.Item, sent time.Time, fault callFault, chance *chance) channels.Reply {
	reply := channels.Reply{Items: make([]channels.ItemReply, len(items))}
	bad := slices.ContainsFunc(items, func(item channels.Item) bool { return s.poison[item.ChannelSKU] })
	if s.kind == whole && bad && len(items) > 1 {
		if !s.names {
			return channels.Reply{Refused: true, Reason: "an item is not known"}
		}
		for i, item := range items {
			reply.Items[i] = channels.ItemReply{Verdict: channels.NotApplied}
			if s.poison[item.ChannelSKU] {
				reply.Items[i] = channels.ItemReply{Verdict: channels.Rejected, Reason: "not known"}
			}
		}
		return reply
	}
	var told []string
	for i, item := range items {
		at := placed(item)
		switch {
		case s.poison[item.ChannelSKU]:
			reply.Items[i] = channels.ItemReply{Verdict: channels.Rejected, Reason: "not known"}
			continue
		case s.finds && item.Reference != s.idOf(item.ChannelSKU):
			reply.Items[i] = channels.ItemReply{Verdict: channels.NotApplied, Reason: "no such id", Lost: true}
			continue
		case fault == callPartial && chance.in(500):
			reply.Items[i] = channels.ItemReply{Verdict: channels.NotApplied, Reason: "not now"}
			continue
		case s.limit.Compare && item.Expected != nil && *item.Expected != s.shown[at]:
			reply.Items[i] = channels.ItemReply{Verdict: channels.Conflict, Actual: new(s.shown[at])}
			continue
		}
		shows := item.Quantity
		reply.Items[i] = channels.ItemReply{Verdict: channels.Applied}
		if s.top > 0 && shows > s.top {
			shows = s.top
			reply.Items[i].Clamped = new(shows)
		}
		if fault == callLies && chance.in(500) {
			s.edited[at] = true
			continue
		}
		s.apply(at, write{shows, time.Now(), sent, call.Key, fault == callLate})
		told = append(told, fmt.Sprintf("%s=%d", at, shows))
	}
	if len(told) > 0 {
		slices.Sort(told)
		s.world.tell("%s shows %s", s.id, strings.Join(told, ", "))
	}
	return reply
}

// apply shows a figure.
func (s *shop) apply(at spot, now write) {
	s.world.judgeWrite(s, at, s.written[at], now)
	if now.late {
		s.edited[at] = s.edited[at] || now.quantity != s.shown[at] // a plain store cannot tell, and neither can Tidemark
	}
	if !now.late || !s.edited[at] {
		delete(s.edited, at)
	}
	s.shown[at], s.written[at] = now.quantity, now
}

// reporter is the driver of a store that reports later.
type reporter struct{ *driver }

func (r *reporter) Send(ctx context.Context, call channels.Call) (channels.Reply, error) {
	reply, err := r.driver.Send(ctx, call)
	s, items := r.shop, len(body(call))
	if err != nil || reply.Refused || len(reply.Items) != items {
		return reply, err
	}
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.requests["report"]++
	chance := s.world.chance(fmt.Sprintf("report %s %d", s.id, s.requests["report"]))
	if s.tickets[call.Key] == nil {
		takes := chance.between(100*time.Millisecond, one(chance, 5*time.Second, 5*time.Second, time.Minute))
		s.tickets[call.Key] = &ticket{reply: reply, ready: time.Now().Add(takes), items: body(call)}
	}
	return r.pending(call.Key, len(reply.Items)), nil
}

func (r *reporter) pending(name string, items int) channels.Reply {
	waits := channels.Reply{Ticket: name, PollAfter: 5 * time.Second, Items: make([]channels.ItemReply, items)}
	for i := range waits.Items {
		waits.Items[i].Verdict = channels.Accepted
	}
	return waits
}

// Poll asks for a report.
func (r *reporter) Poll(ctx context.Context, name string, items []channels.Item) (channels.Reply, error) {
	s := r.shop
	chance, fault, err := s.request(ctx, "poll "+about(items))
	if err != nil {
		return channels.Reply{}, err
	}
	if err := nap(ctx, chance.between(5*time.Millisecond, 400*time.Millisecond)); err != nil {
		return channels.Reply{}, err
	}
	s.mutex.Lock()
	defer s.mutex.Unlock()
	now := time.Now()
	switch fault {
	case callRevoked:
		return channels.Reply{}, errRevoked
	case callThrottled:
		return channels.Reply{}, throttled(chance)
	case callFaltered, callGone, callLost, callBroke:
		return channels.Reply{}, &channels.Error{Next: channels.Resend, Reason: "faltered"}
	}
	one := s.tickets[name]
	if one == nil {
		return channels.Reply{}, &channels.Error{Next: channels.Anew, Reason: "no such submission"}
	}
	if now.Before(one.ready) {
		return r.pending(name, len(items)), nil
	}
	// The report is in the order of the submission; the items that are asked about may be fewer.
	reply := channels.Reply{Items: make([]channels.ItemReply, len(items))}
	for i, item := range items {
		same := func(other channels.Item) bool { return placed(other) == placed(item) }
		if at := slices.IndexFunc(one.items, same); at >= 0 {
			reply.Items[i] = one.reply.Items[at]
		}
	}
	return reply, nil
}

// buy is what shoppers do; it returns how many they got.
func (s *shop) buy(at spot, most int64) int64 {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	bought := min(s.shown[at], most)
	if bought > 0 {
		s.shown[at] -= bought
		s.edited[at] = true
	}
	return bought
}

// edit is what another writer does.
func (s *shop) edit(at spot, quantity int64) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.shown[at] = quantity
	s.edited[at] = true
}

// mostThrottles is how often a store may have to say that it takes fewer calls than it publishes.
const mostThrottles = 12

// halve has the store take half as many calls.
func (s *shop) halve() {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if !s.halved {
		s.halved, s.rate = true, s.rate/2
		s.world.tell("%s takes half as many calls from now on", s.id)
	}
}

// fail has something happen to the next calls.
func (s *shop) fail(faults ...callFault) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.faults = append(s.faults, faults...)
}

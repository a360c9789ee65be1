package server

import (
	"bufio"
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"iter"
	"net/http"
	"strconv"
	"time"

	"github.com/tidemark/tidemark/sandbox/internal/scenario"
	"github.com/tidemark/tidemark/sandbox/internal/shop"
	"github.com/tidemark/tidemark/sandbox/internal/stock"
)

const (
	defaultCalls  = 1000
	maxCalls      = 10_000
	maxTradeSteps = 1_000_000
	defaultWait   = 30 * time.Second
	maxWait       = 10 * time.Minute
)

// judge answers what tests, demos and people ask, and does what they tell. No token, no bucket, no fault.
func (b *Box) judge(w http.ResponseWriter, r *http.Request, path []string) {
	if len(path) >= 2 && (path[0] == "stores" || path[0] == "warehouses") {
		t, ok := b.target(path[0] + "/" + path[1])
		if !ok {
			b.unknown(path[0] + "/" + path[1]).write(w)
			return
		}
		b.judgeTarget(w, r, t, path)
		return
	}
	route := r.Method + " "
	if len(path) == 1 {
		route += path[0]
	}
	switch {
	case len(path) > 1:
		noRoute(r).write(w)
	case route == "GET ":
		b.list().write(w)
	case route == "POST faults":
		b.replaceFaults(r).write(w)
	case route == "POST pause":
		b.pause(r).write(w)
	case route == "POST resume":
		b.resume(r).write(w)
	case route == "GET wait":
		b.await(r).write(w)
	default:
		noRoute(r).write(w)
	}
}

func (b *Box) judgeTarget(w http.ResponseWriter, r *http.Request, t *target, path []string) {
	s, house := b.stores[path[1]], b.warehouses[path[1]]
	isStore := path[0] == "stores"
	route := r.Method + " "
	if len(path) == 3 {
		route += path[2]
	}
	switch {
	case len(path) > 3:
		noRoute(r).write(w)
	case route == "GET calls":
		t.calls(r).write(w)
	case route == "GET " && isStore:
		s.facts().write(w)
	case route == "GET levels" && isStore:
		stream(w, s.lines())
	case route == "GET writes" && isStore:
		stream(w, s.written())
	case route == "POST outdated" && isStore:
		s.outdated(r).write(w)
	case route == "POST set" && isStore:
		s.edit(r).write(w)
	case route == "GET " && !isStore:
		house.facts().write(w)
	case route == "GET levels" && !isStore:
		stream(w, house.lines())
	case route == "POST set" && !isStore:
		house.set(r).write(w)
	case route == "POST trade" && !isStore:
		house.trade(r).write(w)
	default:
		noRoute(r).write(w)
	}
}

// list says what there is.
func (b *Box) list() answer {
	type kind struct {
		ID   string `json:"id"`
		Kind string `json:"kind,omitempty"`
	}
	warehouses, stores := []kind{}, []kind{}
	for _, warehouse := range b.scenario.Warehouses {
		warehouses = append(warehouses, kind{ID: warehouse.ID})
	}
	for _, store := range b.scenario.Stores {
		stores = append(stores, kind{store.ID, store.Kind})
	}
	return reply(http.StatusOK, map[string]any{"seed": b.scenario.Seed, "warehouses": warehouses, "stores": stores})
}

func (s *store) facts() answer {
	totals, counts := s.recorder.Totals(), s.shop.Counts()
	throttled, overruns := s.refused()
	return reply(http.StatusOK, map[string]any{
		"kind": s.setup.Kind, "items": counts.Items, "calls": totals.Calls, "in_flight": totals.InFlight, "hanging": totals.Hanging,
		"items_written": counts.Written, "throttled": throttled, "overruns": overruns, "duplicate_keys": counts.DuplicateKeys, "key_conflicts": counts.KeyConflicts,
		"poisoned": counts.Poisoned, "max_parallel": totals.MaxParallel, "faults": totals.Faults, "stale_writes": counts.StaleWrites,
	})
}

func (w *warehouse) facts() answer {
	totals := w.recorder.Totals()
	throttled, _ := w.refused()
	return reply(http.StatusOK, map[string]any{
		"items": w.stock.Count(), "calls": totals.Calls, "in_flight": totals.InFlight, "hanging": totals.Hanging, "throttled": throttled,
		"max_parallel": totals.MaxParallel, "faults": totals.Faults,
	})
}

// recorded is a call as it is listed.
type recorded struct {
	N       uint64  `json:"n"`
	At      string  `json:"at"`
	Method  string  `json:"method"`
	Path    string  `json:"path"`
	Key     string  `json:"key"`
	Body    string  `json:"body_sha256"`
	Items   int     `json:"items"`
	Status  int     `json:"status"`
	Fault   string  `json:"fault"`
	Applied int     `json:"applied"`
	SentAt  *string `json:"sent_at"`
}

func (t *target) calls(r *http.Request) answer {
	limit, err := number(r, "limit", defaultCalls, 1, maxCalls)
	if err != nil {
		return badRequest("%v", err)
	}
	after, err := number(r, "after", 0, 0, 1<<62)
	if err != nil {
		return badRequest("%v", err)
	}
	calls, oldest := t.recorder.Calls(uint64(after), limit)
	list := make([]recorded, len(calls))
	for i, call := range calls {
		list[i] = recorded{
			N: call.N, At: stamp(call.At), Method: call.Method, Path: call.Path, Key: call.Key,
			Items: call.Items, Status: call.Status, Fault: call.Fault, Applied: call.Applied,
		}
		if call.HasBody {
			list[i].Body = hex.EncodeToString(call.Outcome.Body[:])
		}
		if !call.SentAt.IsZero() {
			list[i].SentAt = new(stamp(call.SentAt))
		}
	}
	return reply(http.StatusOK, map[string]any{"calls": list, "oldest": oldest})
}

// stream sends lines of JSON.
func stream(w http.ResponseWriter, lines iter.Seq[[]byte]) {
	w.Header().Set("Content-Type", "application/x-ndjson")
	buffered := bufio.NewWriterSize(w, 1<<16)
	for line := range lines {
		if _, err := buffered.Write(append(line, '\n')); err != nil {
			return // nobody listens
		}
	}
	_ = buffered.Flush()
}

func (s *store) lines() iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		var line []byte
		for level := range s.shop.All {
			line = append(line[:0], `{"sku":`...)
			line = appendText(line, level.SKU)
			line = append(line, `,"location":`...)
			line = appendText(line, level.Location)
			line = append(line, `,"quantity":`...)
			line = strconv.AppendInt(line, level.Quantity, 10)
			line = append(line, `,"set_at":"`...)
			line = level.SetAt.AppendFormat(line, timeLayout)
			line = append(line, `","call":`...)
			line = strconv.AppendUint(line, level.Call, 10)
			if line = append(line, '}'); !yield(line) {
				return
			}
		}
	}
}

// written are the items that calls have written, oldest first.
func (s *store) written() iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		var line []byte
		for _, write := range s.shop.Writes() {
			line = append(line[:0], `{"sku":`...)
			line = appendText(line, write.SKU)
			line = append(line, `,"location":`...)
			line = appendText(line, write.Location)
			line = append(line, `,"quantity":`...)
			line = strconv.AppendInt(line, write.Quantity, 10)
			line = append(line, `,"at":"`...)
			line = write.At.AppendFormat(line, timeLayout)
			line = append(line, `","call":`...)
			line = strconv.AppendUint(line, write.Call, 10)
			if line = append(line, '}'); !yield(line) {
				return
			}
		}
	}
}

func (w *warehouse) lines() iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		var line []byte
		for level := range w.stock.Levels {
			if line = appendLevel(line[:0], level, strconv.FormatInt(level.Available, 10)); !yield(line) {
				return
			}
		}
	}
}

// judgeBody reads what the judge is told.
func judgeBody(r *http.Request, into any) error {
	body, err := io.ReadAll(io.LimitReader(r.Body, 4*maxBody))
	if err != nil {
		return err
	}
	return decode(body, into)
}

func (s *store) edit(r *http.Request) answer {
	var body struct {
		Items []wire `json:"items"`
	}
	if err := judgeBody(r, &body); err != nil {
		return badRequest("%v", err)
	}
	items := make([]shop.Item, len(body.Items))
	for i, item := range body.Items {
		items[i] = item.item(nil)
	}
	if err := s.shop.Edit(items); err != nil {
		return badRequest("nothing was set: %v", err)
	}
	return reply(http.StatusOK, map[string]int{"set": len(items)})
}

func (w *warehouse) set(r *http.Request) answer {
	var body struct {
		Items []struct {
			SKU       string `json:"sku"`
			Facility  string `json:"facility"`
			Available *int64 `json:"available"`
		} `json:"items"`
	}
	if err := judgeBody(r, &body); err != nil {
		return badRequest("%v", err)
	}
	figures := make([]stock.Figure, len(body.Items))
	for i, item := range body.Items {
		if item.SKU == "" || item.Available == nil {
			return badRequest("nothing was set: item %d needs a sku and an available figure", i)
		}
		if facilities := w.stock.Facilities(); item.Facility == "" && len(facilities) == 1 {
			item.Facility = facilities[0] // no other can be meant
		}
		figures[i] = stock.Figure{SKU: item.SKU, Facility: item.Facility, Available: *item.Available}
	}
	if err := w.stock.Set(figures); err != nil {
		return badRequest("nothing was set: %v", err)
	}
	return reply(http.StatusOK, map[string]int{"set": len(figures)})
}

func (w *warehouse) trade(r *http.Request) answer {
	steps, err := number(r, "steps", 1, 1, maxTradeSteps)
	if err != nil {
		return badRequest("%v", err)
	}
	type change struct {
		SKU      string `json:"sku"`
		Facility string `json:"facility"`
		Before   int64  `json:"before"`
		After    int64  `json:"after"`
	}
	changes := []change{}
	for _, item := range w.stock.Trade(steps) {
		changes = append(changes, change(item))
	}
	return reply(http.StatusOK, map[string]any{"changes": changes})
}

func (b *Box) replaceFaults(r *http.Request) answer {
	var body struct {
		Target string          `json:"target"`
		Faults scenario.Faults `json:"faults"`
	}
	if err := judgeBody(r, &body); err != nil {
		return badRequest("%v", err)
	}
	t, ok := b.target(body.Target)
	if !ok {
		return b.unknown(body.Target)
	}
	if problems := body.Faults.Check(t.bucket != nil); len(problems) > 0 {
		return badRequest("%s: %s", problems[0].Path, problems[0].Message)
	}
	body.Faults.Fill()
	t.setFaults(body.Faults)
	b.log.Info("faults replaced", "target", body.Target)
	return reply(http.StatusOK, body)
}

// pause has the calls of a target hang, or those of them that write.
func (b *Box) pause(r *http.Request) answer {
	var body struct {
		Target string `json:"target"`
		Writes bool   `json:"writes"`
	}
	if err := judgeBody(r, &body); err != nil {
		return badRequest("%v", err)
	}
	t, ok := b.target(body.Target)
	if !ok {
		return b.unknown(body.Target)
	}
	t.recorder.Pause(body.Writes)
	return reply(http.StatusOK, body)
}

func (b *Box) resume(r *http.Request) answer {
	var body struct {
		Target string `json:"target"`
	}
	if err := judgeBody(r, &body); err != nil {
		return badRequest("%v", err)
	}
	t, ok := b.target(body.Target)
	if !ok {
		return b.unknown(body.Target)
	}
	t.recorder.Resume()
	return reply(http.StatusOK, body)
}

// await answers when a target has had so many calls.
func (b *Box) await(r *http.Request) answer {
	query := r.URL.Query()
	t, ok := b.target(query.Get("target"))
	if !ok {
		return b.unknown(query.Get("target"))
	}
	calls, err := number(r, "calls", 0, 0, 1<<62)
	if err != nil {
		return badRequest("%v", err)
	}
	arrived, err := number(r, "arrived", 0, 0, 1<<62)
	if err != nil {
		return badRequest("%v", err)
	}
	hanging, err := number(r, "hanging", 0, 0, 1<<31-1)
	if err != nil {
		return badRequest("%v", err)
	}
	limit, err := span(query.Get("timeout"))
	if err != nil {
		return badRequest("%v", err)
	}
	ctx, release := b.until(r.Context())
	defer release()
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	err = t.recorder.Wait(ctx, uint64(calls), uint64(arrived), hanging)
	totals := t.recorder.Totals()
	if err != nil {
		return refuse(http.StatusRequestTimeout, "timeout", "%s has had %d calls, %d are under way, and %d of them hang", t.name, totals.Calls, totals.InFlight,
			totals.Hanging)
	}
	return reply(http.StatusOK, map[string]any{"calls": totals.Calls, "in_flight": totals.InFlight})
}

func span(text string) (time.Duration, error) {
	if text == "" {
		return defaultWait, nil
	}
	limit, err := time.ParseDuration(text)
	if err != nil || limit <= 0 || limit > maxWait {
		return 0, fmt.Errorf("timeout: expected a time span up to %v, like 30s, found %q", maxWait, text)
	}
	return limit, nil
}

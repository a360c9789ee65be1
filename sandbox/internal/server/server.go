// Package server is the sandbox over HTTP: warehouses, stores and the judge, as sandbox/API.md describes them.
//
// Every call at a warehouse or a store walks the same way (target.go): it is recorded, takes from the bucket, hangs while its target
// is paused, meets its fault, and only then reaches the work of the warehouse or the store.
package server

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/tidemark/tidemark/sandbox/internal/bucket"
	"github.com/tidemark/tidemark/sandbox/internal/draw"
	"github.com/tidemark/tidemark/sandbox/internal/record"
	"github.com/tidemark/tidemark/sandbox/internal/scenario"
	"github.com/tidemark/tidemark/sandbox/internal/shop"
	"github.com/tidemark/tidemark/sandbox/internal/stock"
)

// Options of a sandbox.
type Options struct {
	Now func() time.Time // with a monotonic reading, as time.Now
	Log *slog.Logger     // nil is silent
}

// Box is a whole sandbox. It is an http.Handler.
type Box struct {
	scenario   scenario.Scenario
	now        func() time.Time
	log        *slog.Logger
	warehouses map[string]*warehouse
	stores     map[string]*store
	ends       context.Context // of calls that wait, and of what happens in the background
	running    sync.WaitGroup
}

// New makes the sandbox of a scenario that was loaded. What it does in the background ends with the context, and so does the waiting
// of calls; Wait returns when nothing runs in the background any more.
func New(ctx context.Context, s scenario.Scenario, options Options) (*Box, error) {
	b := &Box{scenario: s, now: options.Now, log: options.Log, ends: ctx, warehouses: map[string]*warehouse{}, stores: map[string]*store{}}
	if b.log == nil {
		b.log = slog.New(slog.DiscardHandler)
	}
	for _, warehouse := range s.Warehouses {
		added, err := b.newWarehouse(warehouse)
		if err != nil {
			return nil, fmt.Errorf("warehouse %s: %w", warehouse.ID, err)
		}
		b.warehouses[warehouse.ID] = added
	}
	for _, store := range s.Stores {
		b.stores[store.ID] = b.newStore(store)
	}
	if s.Trade != nil {
		b.running.Go(func() { b.trade(s.Trade.Every.Duration(), s.Trade.Steps) })
	}
	return b, nil
}

func (b *Box) newWarehouse(setup scenario.Warehouse) (*warehouse, error) {
	w := &warehouse{}
	b.prepare(&w.target, "warehouses/"+setup.ID, setup.Token, setup.Latency, setup.Faults)
	items := make([]stock.Level, len(setup.Items))
	for i, item := range setup.Items {
		items[i] = stock.Level{SKU: item.SKU, Facility: item.Facility, Available: item.Available, Committed: item.Committed}
	}
	var err error
	w.stock, err = stock.New(stock.Setup{Facilities: setup.Facilities, SKUs: setup.SKUs, Items: items}, w.draws, b.now)
	w.target.work = w.work
	return w, err
}

func (b *Box) newStore(setup scenario.Store) *store {
	s := &store{setup: setup}
	b.prepare(&s.target, "stores/"+setup.ID, setup.Token, setup.Latency, setup.Faults)
	s.bucket = bucket.New(setup.Rate, setup.Burst, b.now())
	s.shop = shop.New(shop.Setup{Locations: setup.Locations, Listed: setup.Knows == scenario.KnowsListed, Items: setup.Items, Clamp: setup.Clamp}, b.now)
	if setup.Kind == scenario.Feed {
		s.feeds = shop.NewFeeds(b.ends, &b.running, s.shop, setup.FeedDelay.Duration(), setup.Unnamed, s.recorder.Applied)
	}
	s.target.work = s.work
	return s
}

func (b *Box) prepare(t *target, name, token string, latency scenario.Span, faults scenario.Faults) {
	t.name, t.token, t.latency = name, token, latency.Duration()
	t.draws = draw.New(b.scenario.Seed, name)
	t.recorder = record.New(b.now)
	t.setFaults(faults)
}

// trade lets every warehouse sell and restock, until the sandbox ends.
func (b *Box) trade(every time.Duration, steps int) {
	ticks := time.NewTicker(every)
	defer ticks.Stop()
	for {
		select {
		case <-ticks.C:
			for id, w := range b.warehouses {
				b.log.Debug("trade", "warehouse", id, "changes", len(w.stock.Trade(steps)))
			}
		case <-b.ends.Done():
			return
		}
	}
}

// Wait returns when nothing runs in the background any more, which the context of New ends.
func (b *Box) Wait() { b.running.Wait() }

// ServeHTTP finds what a call is for. The path is taken apart before it is decoded, so that ids may hold any character.
func (b *Box) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path := strings.Split(strings.Trim(r.URL.EscapedPath(), "/"), "/")
	for i, part := range path {
		decoded, err := url.PathUnescape(part)
		if err != nil {
			badRequest("the path cannot be decoded").write(w)
			return
		}
		path[i] = decoded
	}
	switch {
	case slices.Equal(path, []string{"healthz"}):
		reply(http.StatusOK, map[string]bool{"ok": true}).write(w)
	case path[0] == "judge":
		b.judge(w, r, path[1:])
	case len(path) < 2:
		noRoute(r).write(w)
	default:
		t, ok := b.target(path[0] + "/" + path[1])
		if !ok {
			b.unknown(path[0] + "/" + path[1]).write(w)
			return
		}
		b.serve(t, w, r, path[2:])
	}
}

// target finds a target by its name, "stores/acme-shop".
func (b *Box) target(name string) (*target, bool) {
	room, id, _ := strings.Cut(name, "/")
	switch room {
	case "warehouses":
		if w, ok := b.warehouses[id]; ok {
			return &w.target, true
		}
	case "stores":
		if s, ok := b.stores[id]; ok {
			return &s.target, true
		}
	}
	return nil, false
}

func (b *Box) unknown(name string) answer {
	return refuse(http.StatusNotFound, "unknown_target", "there is no %q in the scenario; GET /judge lists what there is", name)
}

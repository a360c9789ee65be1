package chaos

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/tests/chaos/check"
)

// storeRate is how many calls a second a store takes.
const storeRate = 200

// caller has connections of its own.
var caller = &http.Client{Transport: &http.Transport{}}

// box is the sandbox, and what its warehouse was told.
type box struct {
	t       testing.TB
	address string

	mutex   sync.Mutex
	figure  int64 // the last one that was reported
	reports []check.Report
}

// firstFigure is larger than all figures with which a warehouse begins, so that each figure stands for one report.
const firstFigure = 1_000_000

func startBox(w *world) *box {
	t := w.t
	t.Helper()
	text := fmt.Sprintf("seed: %d\ntoken: %s\nwarehouses:\n  - {id: depot, facilities: [east], skus: %d}\nstores:\n", w.chance.Uint32(), token, w.skus)
	for _, one := range w.shops {
		text += fmt.Sprintf("  - {id: %s, kind: %s, batch_limit: %d, rate: %d, burst: %d, feed_delay: 200ms}\n", one.id, one.kind, one.batch, storeRate, storeRate)
	}
	path := filepath.Join(w.folder, "scenario.yaml")
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	listen := "127.0.0.1:" + freePort(t)
	b := &box{t: t, address: "http://" + listen, figure: firstFigure}
	require.NotNil(t, w.start(nil, "sandbox", "--listen", listen, "--scenario", path))
	waitFor(t, "the sandbox answers", func(ctx context.Context) error { return b.call(ctx, http.MethodGet, "/healthz", nil, nil) })
	b.mustLines("/judge/warehouses/depot/levels", func(line []byte) error {
		var level struct {
			SKU       string `json:"sku"`
			Available int64  `json:"available"`
		}
		err := json.Unmarshal(line, &level)
		b.reports = append(b.reports, check.Report{SKU: level.SKU, Figure: level.Available})
		return err
	})
	require.Len(t, b.reports, w.skus)
	return b
}

func (b *box) call(ctx context.Context, method, path string, body any, read func(io.Reader) error) error {
	content, err := json.Marshal(body)
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, method, b.address+path, bytes.NewReader(content))
	if err != nil {
		return err
	}
	response, err := caller.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode >= 300 {
		text, _ := io.ReadAll(response.Body)
		return fmt.Errorf("%s %s: %s %s", method, path, response.Status, text)
	}
	if read == nil {
		return nil
	}
	return read(response.Body)
}

func (b *box) must(method, path string, body any, read func(io.Reader) error) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	require.NoError(b.t, b.call(ctx, method, path, body, read))
}

func (b *box) lines(ctx context.Context, path string, each func(line []byte) error) error {
	return b.call(ctx, http.MethodGet, path, nil, func(body io.Reader) error {
		lines := bufio.NewScanner(body)
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			if err := each(lines.Bytes()); err != nil {
				return err
			}
		}
		return lines.Err()
	})
}

func (b *box) mustLines(path string, each func(line []byte) error) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	require.NoError(b.t, b.lines(ctx, path, each))
}

func (b *box) shown(ctx context.Context, store string) (map[string]int64, error) {
	shown := map[string]int64{}
	return shown, b.lines(ctx, "/judge/stores/"+store+"/levels", func(line []byte) error {
		var level check.Write
		err := json.Unmarshal(line, &level)
		shown[level.SKU] = level.Figure
		return err
	})
}

func sku(n int) string { return fmt.Sprintf("SKU-%05d", n) }

// sell gives SKUs new figures in the warehouse and returns them.
func (b *box) sell(skus ...string) map[string]int64 {
	b.t.Helper()
	figures := map[string]int64{}
	b.mutex.Lock()
	for _, sku := range skus {
		b.figure++
		figures[sku] = b.figure
	}
	b.mutex.Unlock()
	return b.set(figures)
}

// sellOut takes SKUs to 0 in the warehouse.
func (b *box) sellOut(skus ...string) map[string]int64 {
	b.t.Helper()
	figures := map[string]int64{}
	for _, sku := range skus {
		figures[sku] = 0
	}
	return b.set(figures)
}

func (b *box) set(figures map[string]int64) map[string]int64 {
	b.t.Helper()
	var items []map[string]any
	now := time.Now()
	b.mutex.Lock()
	for sku, figure := range figures {
		items = append(items, map[string]any{"sku": sku, "facility": "east", "available": figure})
		b.reports = append(b.reports, check.Report{SKU: sku, Figure: figure, At: now})
	}
	b.mutex.Unlock()
	b.must(http.MethodPost, "/judge/warehouses/depot/set", map[string]any{"items": items}, nil)
	return figures
}

// faults replaces the faults of a target.
func (b *box) faults(target string, faults map[string]any) {
	b.t.Helper()
	b.must(http.MethodPost, "/judge/faults", map[string]any{"target": target, "faults": faults}, nil)
}

// facts are what the sandbox counts of a store.
type facts struct {
	Calls    int64            `json:"calls"`
	Overruns int64            `json:"overruns"`
	Faults   map[string]int64 `json:"faults"`
}

func (b *box) facts(store string) (found facts) {
	b.t.Helper()
	b.must(http.MethodGet, "/judge/stores/"+store, nil, func(body io.Reader) error { return json.NewDecoder(body).Decode(&found) })
	return found
}

// seen is what a store shows and was told.
func (b *box) seen(store string) check.Store {
	b.t.Helper()
	seen := check.Store{Name: store, Overruns: b.facts(store).Overruns}
	b.mustLines("/judge/stores/"+store+"/writes", func(line []byte) error {
		var write check.Write
		err := json.Unmarshal(line, &write)
		seen.Writes = append(seen.Writes, write)
		return err
	})
	for after, more := int64(0), true; more; {
		var page struct {
			Calls []check.Call `json:"calls"`
		}
		b.must(http.MethodGet, fmt.Sprintf("/judge/stores/%s/calls?after=%d&limit=10000", store, after), nil, func(body io.Reader) error {
			return json.NewDecoder(body).Decode(&page)
		})
		if more = len(page.Calls) > 0; more {
			seen.Calls = append(seen.Calls, page.Calls...)
			after = page.Calls[len(page.Calls)-1].N
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	var err error
	seen.Shown, err = b.shown(ctx, store)
	require.NoError(b.t, err)
	return seen
}

// judge judges every shop, when a Smart Sync has ended that nothing disturbed.
func (w *world) judge() (total check.Verdict) {
	w.t.Helper()
	for _, one := range w.shops {
		w.sync("smart", one.id)
	}
	w.box.mutex.Lock()
	defer w.box.mutex.Unlock()
	for _, one := range w.shops {
		verdict := check.Judge(w.box.reports, w.box.seen(one.id))
		for promise, broken := range map[string][]string{
			"lost": verdict.Lost, "stale": verdict.Stale, "zeroed by absence": verdict.Zeroed, "invented": verdict.Invented, "a key of other bytes": verdict.Rekeyed,
		} {
			if len(broken) > 0 {
				w.t.Errorf("%s: %d\n%s", promise, len(broken), last(strings.Join(broken, "\n"), 2000))
			}
		}
		require.Zero(w.t, verdict.Overruns, "calls over the limit of %s", one.id)
		total.Calls, total.Extra, total.Again = total.Calls+verdict.Calls, total.Extra+verdict.Extra, total.Again+verdict.Again
		counted.add(verdict)
	}
	return total
}

// onlyOnce demands that each figure that was sold since the beginning was told to each shop once, but for SKUs of which events have told as well: a Smart
// Sync beside the event may tell the same. Who does not know whether a call was made asks about it with its key.
func (w *world) onlyOnce(events map[string]bool) {
	w.t.Helper()
	for _, one := range w.shops {
		seen := w.box.seen(one.id)
		seen.Writes = slices.DeleteFunc(seen.Writes, func(write check.Write) bool { return write.Figure <= firstFigure || events[write.SKU] })
		require.Empty(w.t, check.Twice(seen))
	}
}

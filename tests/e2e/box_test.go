package e2e

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
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/settings"
)

// caller is not the default client: whenever a test closes an httptest server, that one's idle connections break.
var caller = &http.Client{Transport: &http.Transport{}}

// box is the sandbox as the tests see it.
type box struct {
	t       testing.TB
	address string
	process *running
}

type place struct{ sku, location string }

type facts struct {
	Calls         int64            `json:"calls"`
	InFlight      int64            `json:"in_flight"`
	ItemsWritten  int64            `json:"items_written"`
	Throttled     int64            `json:"throttled"`
	Overruns      int64            `json:"overruns"`
	DuplicateKeys int64            `json:"duplicate_keys"`
	KeyConflicts  int64            `json:"key_conflicts"`
	MaxParallel   int64            `json:"max_parallel"`
	StaleWrites   int64            `json:"stale_writes"`
	Faults        map[string]int64 `json:"faults"`
}

func startSandbox(t testing.TB, folder, scenario string) *box {
	t.Helper()
	binaries, err := programs()
	require.NoError(t, err)
	path := filepath.Join(folder, "scenario.yaml")
	require.NoError(t, os.WriteFile(path, []byte("token: "+token+"\n"+scenario), 0o600))
	listen := "127.0.0.1:" + port(t)
	b := &box{t: t, address: "http://" + listen, process: launch(t, nil, filepath.Join(binaries, "sandbox"), "--listen", listen, "--scenario", path)}
	t.Cleanup(func() {
		b.process.stop(syscall.SIGKILL)
		if t.Failed() {
			t.Logf("sandbox:\n%s", last(b.process.output.String(), 2000))
		}
	})
	waitFor(t, "the sandbox answers", func(ctx context.Context) error { return get(ctx, b.address+"/healthz", nil) })
	return b
}

func get(ctx context.Context, address string, read func(io.Reader) error) error {
	return call(ctx, http.MethodGet, address, nil, read)
}

func call(ctx context.Context, method, address string, body any, read func(io.Reader) error) error {
	content, err := json.Marshal(body)
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(content))
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
		return fmt.Errorf("%s %s: %s %s", method, address, response.Status, text)
	}
	if read == nil {
		return nil
	}
	return read(response.Body)
}

func (b *box) post(path string, body any) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	require.NoError(b.t, call(ctx, http.MethodPost, b.address+path, body, nil))
}

func (b *box) get(path string, read func(io.Reader) error) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	require.NoError(b.t, get(ctx, b.address+path, read))
}

func (b *box) facts(store string) facts {
	b.t.Helper()
	var found facts
	b.get("/judge/stores/"+store, func(body io.Reader) error { return json.NewDecoder(body).Decode(&found) })
	return found
}

// recorded is a call as the sandbox keeps it.
type recorded struct {
	N       int64     `json:"n"`
	At      time.Time `json:"at"` // when it came
	Method  string    `json:"method"`
	Key     string    `json:"key"`
	Body    string    `json:"body_sha256"`
	Status  int       `json:"status"` // 0 while it is under way
	Applied int64     `json:"applied"`
}

// writes are the calls of a store after the nth that carried figures, oldest first.
func (b *box) writes(store string, after int64) []recorded {
	b.t.Helper()
	var found []recorded
	for more := true; more; {
		var page struct {
			Calls []recorded `json:"calls"`
		}
		b.get(fmt.Sprintf("/judge/stores/%s/calls?after=%d&limit=10000", store, after), func(body io.Reader) error {
			return json.NewDecoder(body).Decode(&page)
		})
		for _, one := range page.Calls {
			if one.Method != http.MethodGet {
				found = append(found, one)
			}
			after = one.N
		}
		more = len(page.Calls) > 0
	}
	return found
}

// catch pauses a store until a call that carries figures hangs there, and returns it. The store has done nothing of what it asks.
func (b *box) catch(store string) recorded {
	b.t.Helper()
	b.post("/judge/pause", map[string]any{"target": "stores/" + store, "writes": true})
	b.get("/judge/wait?target=stores/"+store+"&hanging=1&timeout=60s", nil)
	writes := b.writes(store, 0)
	return writes[len(writes)-1]
}

func (b *box) levels(store string) map[place]int64 {
	b.t.Helper()
	shown := map[place]int64{}
	b.get("/judge/stores/"+store+"/levels", func(body io.Reader) error {
		lines := bufio.NewScanner(body)
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			var level struct {
				SKU      string `json:"sku"`
				Location string `json:"location"`
				Quantity int64  `json:"quantity"`
			}
			if err := json.Unmarshal(lines.Bytes(), &level); err != nil {
				return err
			}
			shown[place{level.SKU, level.Location}] = level.Quantity
		}
		return lines.Err()
	})
	return shown
}

type figure struct {
	SKU       string `json:"sku"`
	Facility  string `json:"facility,omitempty"`
	Location  string `json:"location,omitempty"`
	Available *int64 `json:"available,omitempty"`
	Quantity  *int64 `json:"quantity,omitempty"`
}

// set sets the warehouse's figures of facility east.
func (b *box) set(warehouse string, figures map[string]int64) {
	b.t.Helper()
	var items []figure
	for sku, n := range figures {
		items = append(items, figure{SKU: sku, Facility: "east", Available: &n})
	}
	b.post("/judge/warehouses/"+warehouse+"/set", map[string]any{"items": items})
}

// edit changes a store behind Tidemark's back.
func (b *box) edit(store, sku string, quantity int64) {
	b.t.Helper()
	b.post("/judge/stores/"+store+"/set", map[string]any{"items": []figure{{SKU: sku, Quantity: &quantity}}})
}

func (b *box) faults(target string, faults map[string]any) {
	b.t.Helper()
	b.post("/judge/faults", map[string]any{"target": target, "faults": faults})
}

func (b *box) pause(target string) {
	b.t.Helper()
	b.post("/judge/pause", map[string]any{"target": target})
}

func (b *box) resume(target string) {
	b.t.Helper()
	b.post("/judge/resume", map[string]any{"target": target})
}

// waitArrived waits until so many calls of a target have come in, those that hang included.
func (b *box) waitArrived(target string, calls int64) {
	b.t.Helper()
	b.get(fmt.Sprintf("/judge/wait?target=%s&arrived=%d&timeout=60s", target, calls), nil)
}

// waitCalls waits until a target has had so many calls.
func (b *box) waitCalls(target string, calls int64) {
	b.t.Helper()
	b.get(fmt.Sprintf("/judge/wait?target=%s&calls=%d&timeout=60s", target, calls), nil)
}

// shop is a store of a test.
type shop struct {
	id, kind string
	batch    int64
	rate     int64
}

// definitions are a merchant with one warehouse ("depot", facility east) and a connection for each shop, of the same id.
func (b *box) definitions(shops ...shop) ledger.Definitions {
	d := ledger.Definitions{Warehouses: []ledger.Warehouse{{
		ID: "depot", Merchant: "acme", Driver: "sandbox", Quantity: inventory.QuantityAvailable, Missing: inventory.MissingKeep,
		Settings: settings.Values{"endpoint": b.address + "/warehouses/depot", "token": "env:SANDBOX_TOKEN", "page": int64(5000)},
		Guard:    ledger.Guard{MinimumRows: 0.8, MaximumRefused: 0.05, MaximumMissing: 0.05, MaximumZeroed: 0.2},
	}}}
	for _, one := range shops {
		values := settings.Values{"endpoint": b.address + "/stores/" + one.id, "token": "env:SANDBOX_TOKEN", "kind": one.kind}
		if one.batch > 0 {
			values["batch_limit"] = one.batch
		}
		rate := one.rate
		if rate == 0 {
			rate = 100
		}
		values["rate"], values["burst"] = rate, rate
		d.Stores = append(d.Stores, ledger.Store{ID: one.id, Merchant: "acme", Driver: "sandbox", Settings: values, Budget: ledger.Budget{Share: 0.8}})
		d.Connections = append(d.Connections, ledger.Connection{
			ID: one.id, Merchant: "acme", Warehouse: "depot", Store: one.id, Enabled: true,
			Inventory: ledger.Flow{
				Enabled: true, Timezone: "UTC", Overlap: ledger.OverlapSkip, Unlisted: inventory.UnlistedPush,
				Smart: []ledger.Rule{{Every: time.Hour}},
			},
		})
	}
	return d
}

// scenario is a warehouse of so many SKUs and the shops.
func scenario(skus int, shops ...shop) string {
	text := fmt.Sprintf("seed: 11\nwarehouses:\n  - {id: depot, facilities: [east], skus: %d}\nstores:\n", skus)
	for _, one := range shops {
		rate := one.rate
		if rate == 0 {
			rate = 100
		}
		text += fmt.Sprintf("  - {id: %s, kind: %s, rate: %d, burst: %d", one.id, one.kind, rate, rate)
		if one.batch > 0 {
			text += fmt.Sprintf(", batch_limit: %d", one.batch)
		}
		text += "}\n"
	}
	return text
}

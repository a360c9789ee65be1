package e2e

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/ledger"
)

const (
	hookKey  = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	apiToken = "the-api-token-of-e2e"
)

// face is a starter serve process.
type face struct {
	t       testing.TB
	process *running
	address string
}

// withHook are the definitions of the shops, with a depot that may send.
func withHook(d ledger.Definitions) ledger.Definitions {
	d.Warehouses[0].Hook = &ledger.Hook{Format: ledger.HookStandard, Keys: []string{"env:HOOK_KEY"}}
	return d
}

// serve starts starter serve on an address, empty for a new one.
func (w *world) serve(listen string) *face {
	w.t.Helper()
	folder, err := programs()
	require.NoError(w.t, err)
	if listen == "" {
		listen = "127.0.0.1:" + port(w.t)
	}
	environment := append(w.environment(), "HOOK_KEY="+hookKey, "API_TOKEN="+apiToken)
	f := &face{t: w.t, address: listen, process: launch(w.t, environment, filepath.Join(folder, "starter"), "serve", "--listen", listen, "--api-token", "env:API_TOKEN")}
	w.t.Cleanup(func() {
		f.process.stop(syscall.SIGKILL)
		if w.t.Failed() {
			w.t.Logf("serve:\n%s", last(f.process.output.String(), 3000))
		}
	})
	waitFor(w.t, "starter serve is well", func(ctx context.Context) error { return get(ctx, "http://"+listen+"/healthz", nil) })
	return f
}

// send sends a signed body to the hook of the depot; the status is 0 when there was no answer.
func (f *face) send(ctx context.Context, id, path, form, body string) (status int, answer []byte) {
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(hookKey, "whsec_"))
	if err != nil {
		return 0, nil
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+f.address+path, strings.NewReader(body))
	if err != nil {
		return 0, nil
	}
	stamp := strconv.FormatInt(time.Now().Unix(), 10)
	mac := hmac.New(sha256.New, key)
	_, _ = mac.Write([]byte(id + "." + stamp + "." + body))
	request.Header.Set("Content-Type", form)
	request.Header.Set("Webhook-Id", id)
	request.Header.Set("Webhook-Timestamp", stamp)
	request.Header.Set("Webhook-Signature", "v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	response, err := caller.Do(request)
	if err != nil {
		return 0, nil
	}
	defer func() { _ = response.Body.Close() }()
	if answer, err = io.ReadAll(response.Body); err != nil {
		return 0, nil
	}
	return response.StatusCode, answer
}

// event sends one event and tells whether it was acknowledged.
func (f *face) event(ctx context.Context, id, sku string, available int64) int {
	status, _ := f.send(ctx, id, "/hooks/depot", "application/json", fmt.Sprintf(`{"sku":%q,"facility":"east","available":%d}`, sku, available))
	return status
}

// ask asks the API.
func (f *face) ask(path string, into any) {
	f.t.Helper()
	request, err := http.NewRequestWithContext(f.t.Context(), http.MethodGet, "http://"+f.address+path, nil)
	require.NoError(f.t, err)
	request.Header.Set("Authorization", "Bearer "+apiToken)
	response, err := caller.Do(request)
	require.NoError(f.t, err)
	defer func() { _ = response.Body.Close() }()
	require.Equal(f.t, http.StatusOK, response.StatusCode)
	require.NoError(f.t, json.NewDecoder(response.Body).Decode(into))
}

// An event that is posted reaches the store, once; so does a snapshot; and the API tells of both.
func TestPostedEventReachesTheStore(t *testing.T) {
	t.Parallel()
	one := shop{id: "shop", kind: "atomic"}
	w := newWorld(t, scenario(40, one))
	w.apply(withHook(w.box.definitions(one)), ledger.ApplyOptions{})
	w.work()
	w.firstFull("shop")
	front := w.serve("")
	require.Equal(t, http.StatusAccepted, front.event(t.Context(), "order-1", "SKU-00001", 4711))
	w.shows("shop", map[string]int64{"SKU-00001": 4711})

	// The event comes again, with another figure, after a restart: it has had its effect.
	front.process.stop(syscall.SIGTERM)
	require.Zero(t, front.process.command.ProcessState.ExitCode(), front.process.output.String())
	front = w.serve("")
	require.Equal(t, http.StatusAccepted, front.event(t.Context(), "order-1", "SKU-00001", 9))
	require.Equal(t, http.StatusAccepted, front.event(t.Context(), "order-2", "SKU-00002", 4712))
	w.shows("shop", map[string]int64{"SKU-00002": 4712})
	require.Equal(t, int64(4711), w.box.levels("shop")[place{"SKU-00001", ""}])

	// A signature has whole seconds, and a snapshot is no newer than its signature: of the same second, the event would win.
	happened := time.Now()
	waitFor(t, "the next second", func(context.Context) error {
		if time.Now().Unix() == happened.Unix() {
			return errors.New("it is the same second")
		}
		return nil
	})
	status, answer := front.send(t.Context(), "s1", "/hooks/depot?rows=2", "text/csv", "sku,facility,available\nSKU-00003,east,4713\nSKU-00001,east,12\n")
	require.Equal(t, http.StatusAccepted, status, "%s", answer)
	w.shows("shop", map[string]int64{"SKU-00003": 4713, "SKU-00001": 12})
	w.same("shop")

	var explained struct {
		Items []struct {
			Lines []string `json:"lines"`
		} `json:"items"`
	}
	front.ask("/api/v1/connections/shop/explain/SKU-00003", &explained)
	require.Contains(t, strings.Join(explained.Items[0].Lines, "\n"), "4713")
	var standing struct {
		Workers     int              `json:"workers"`
		Connections []map[string]any `json:"connections"`
	}
	front.ask("/api/v1/status", &standing)
	require.Equal(t, 1, standing.Workers)
	require.Len(t, standing.Connections, 1)
}

// starter serve is killed in the middle of a burst: what it had acknowledged reaches the store, and what it had not is sent again, as
// senders do.
func TestServeIsKilledInTheMiddle(t *testing.T) {
	t.Parallel()
	const events = 400
	one := shop{id: "shop", kind: "atomic"}
	w := newWorld(t, scenario(events, one))
	w.apply(withHook(w.box.definitions(one)), ledger.ApplyOptions{})
	w.work()
	w.firstFull("shop")
	front := w.serve("")
	sku := func(i int) string { return fmt.Sprintf("SKU-%05d", i+1) }
	var acknowledged atomic.Int64
	var killed sync.Once
	before := make([]bool, events) // acknowledged by the process that was killed
	var senders sync.WaitGroup
	for sender := range 8 {
		senders.Go(func() {
			for i := sender; i < events; i += 8 {
				if front.event(t.Context(), "e"+strconv.Itoa(i), sku(i), int64(5000+i)) != http.StatusAccepted {
					continue
				}
				before[i] = true
				if acknowledged.Add(1) == events/4 {
					killed.Do(func() { front.process.stop(syscall.SIGKILL) })
				}
			}
		})
	}
	senders.Wait()
	require.GreaterOrEqual(t, acknowledged.Load(), int64(events/4))
	require.Less(t, acknowledged.Load(), int64(events), "it was killed in the middle")
	figures := map[string]int64{}
	for i, was := range before {
		if was {
			figures[sku(i)] = int64(5000 + i)
		}
	}
	w.shows("shop", figures)
	again := w.serve(front.address)
	for i, was := range before {
		if !was {
			require.Equal(t, http.StatusAccepted, again.event(t.Context(), "e"+strconv.Itoa(i), sku(i), int64(5000+i)))
		}
	}
	for i := range events {
		figures[sku(i)] = int64(5000 + i)
	}
	w.shows("shop", figures)
	w.same("shop")
}

// starter serve refuses to start where it would not be safe, and says what to do.
func TestServeRefusesToStart(t *testing.T) {
	t.Parallel()
	one := shop{id: "shop", kind: "atomic"}
	w := newWorld(t, scenario(4, one))
	w.apply(withHook(w.box.definitions(one)), ledger.ApplyOptions{})
	for _, test := range []struct {
		arguments []string
		want      string
	}{
		{[]string{"--api-token", "env:NONE"}, "--api-token: the environment variable NONE is not set"},
		{[]string{"--api-token", "in-clear"}, "--api-token: a credential is given by reference, as env:NAME or file:/path"},
		{[]string{"--max-snapshot", "much"}, `--max-snapshot: "much" is not a size like 200MiB or 4GiB`},
	} {
		_, problems, code := w.starter(append([]string{"serve"}, test.arguments...)...)
		require.Equal(t, 2, code, problems)
		require.Contains(t, problems, test.want)
	}
	w.apply(w.box.definitions(one), ledger.ApplyOptions{})
	_, problems, code := w.starter("serve", "--listen", "0.0.0.0:0")
	require.Equal(t, 2, code)
	require.Contains(t, problems, "0.0.0.0:0 can be reached from other machines, and there is no API token")
}

package serve

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/settings"
	"github.com/tidemark/tidemark/workflows"
)

// caller is not the default client: whenever a test closes an httptest server, that one's idle connections break.
var caller = &http.Client{Transport: &http.Transport{}}

// now is the time of the tests.
var now = time.Date(2026, time.November, 24, 9, 30, 0, 0, time.UTC)

// secrets are what the references of the tests lead to.
var secrets = map[string]string{
	"KEY":    "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
	"OTHER":  "whsec_c2VjcmV0LW9mLWEtcm90YXRlZC1lbmRwb2ludA==",
	"HERO":   "shiphero-shared-secret",
	"BEARER": "a-bearer-key-of-the-depot",
	"EMPTY":  "",
	"SHORT":  "whsec_c2hvcnQ=",
	"LITTLE": "fifteen-letters",
	"CUT":    "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS",
	"PLAIN":  "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
}

const apiToken = "api-token-of-the-tests"

func environment() settings.Environment {
	return settings.Environment{Variable: func(name string) (string, bool) { value, ok := secrets[name]; return value, ok }}
}

// fake is a control without Temporal, whose Intake is counted, and may block or fail, and whose acts are kept.
type fake struct {
	Control
	mutex  sync.Mutex
	handed []workflows.InventoryUpdated
	gate   chan struct{} // Intake waits until it is closed; nil: it does not wait
	err    error
	synced []workflows.SyncRequest
	acts   []string
	away   string // why Temporal cannot be asked
}

func (f *fake) Intake(ctx context.Context, warehouse string, updated workflows.InventoryUpdated) error {
	if f.gate != nil {
		select {
		case <-f.gate:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if f.err != nil {
		return f.err
	}
	f.handed = append(f.handed, updated)
	return nil
}

func (f *fake) Sync(ctx context.Context, mode ledger.Mode, connection string, request workflows.SyncRequest) (control.SyncAnswer, error) {
	if err := f.known(ctx, connection); err != nil {
		return control.SyncAnswer{}, err
	}
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if f.err != nil {
		return control.SyncAnswer{}, f.err
	}
	f.synced = append(f.synced, request)
	return control.SyncAnswer{Workflow: workflows.WorkflowID(mode, connection), Run: "run"}, nil
}

// Requests knows one request that waits, beside those of the ledger.
func (f *fake) Requests(ctx context.Context, connection, id string, limit int) ([]ledger.RequestEntry, error) {
	if id != "waits" {
		return f.Control.Requests(ctx, connection, id, limit)
	}
	return []ledger.RequestEntry{{Connection: "acme-shop", ID: id, Mode: ledger.Smart, Outcome: ledger.RequestWaiting, Reason: "it waits for run 7 to end"}}, nil
}

// known is an error where there is no such connection, as control has it.
func (f *fake) known(ctx context.Context, connection string) error {
	_, err := f.Control.Runs(ctx, connection, 1)
	return err
}

// events are the ids of all events that were handed over, in order.
func (f *fake) events() []string {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	var ids []string
	for _, signal := range f.handed {
		for _, update := range signal.Updates {
			ids = append(ids, update.Event)
		}
	}
	return ids
}

// world is a server with everything around it.
type world struct {
	t       *testing.T
	server  *Server
	http    *httptest.Server
	fake    *fake
	ledger  ledger.Ledger
	log     *bytes.Buffer
	options Options
}

func warehouse(id string, format ledger.HookFormat, keys ...string) ledger.Warehouse {
	return ledger.Warehouse{
		ID: id, Merchant: "acme", Driver: "sandbox", Quantity: inventory.QuantityAvailable, Missing: inventory.MissingKeep,
		Guard: ledger.Guard{MinimumRows: 0.8, MaximumRefused: 0.05, MaximumMissing: 0.05, MaximumZeroed: 0.2}, Hook: &ledger.Hook{Format: format, Keys: keys},
	}
}

// definitions are a warehouse of each format, and one without a hook.
func definitions() ledger.Definitions {
	silent := warehouse("silent", ledger.HookStandard)
	silent.Hook = nil
	return ledger.Definitions{
		Warehouses: []ledger.Warehouse{
			warehouse("depot", ledger.HookStandard, "env:KEY", "env:OTHER"), warehouse("hero", ledger.HookShipHero, "env:HERO"),
			warehouse("plain", ledger.HookBearer, "env:BEARER"), silent,
		},
		Stores: []ledger.Store{{ID: "shop", Merchant: "acme", Driver: "sandbox", Budget: ledger.Budget{Share: 0.8}}},
		Connections: []ledger.Connection{{
			ID: "acme-shop", Merchant: "acme", Warehouse: "depot", Store: "shop", Enabled: true,
			Inventory: ledger.Flow{Enabled: true, Timezone: "UTC", Overlap: ledger.OverlapSkip, Unlisted: inventory.UnlistedPush},
		}},
	}
}

// opening is how a server is made, on which ledger.
type opening struct {
	*Options
	Ledger ledger.Ledger
}

func setup(t *testing.T, change ...func(*opening)) *world {
	t.Helper()
	state, err := ledger.Open(t.Context(), filepath.Join(t.TempDir(), "ledger.db"), now)
	require.NoError(t, err)
	_, err = state.Apply(t.Context(), definitions(), ledger.ApplyOptions{})
	require.NoError(t, err)
	w := &world{t: t, fake: &fake{}, ledger: state, log: &bytes.Buffer{}}
	w.options = Options{
		Control: w.fake, Token: settings.NewCredential(apiToken), Environment: environment(), Folder: t.TempDir(),
		Log: slog.New(slog.NewTextHandler(&locked{to: w.log}, nil)), Now: func() time.Time { return now },
	}
	how := &opening{&w.options, state}
	for _, item := range change {
		item(how)
	}
	w.fake.Control = control.New(how.Ledger, nil, w.options.Now)
	w.server, err = New(t.Context(), w.options)
	require.NoError(t, err)
	w.http = httptest.NewServer(w.server.Handler())
	t.Cleanup(func() {
		w.http.Close()
		w.server.Close()
		require.NoError(t, state.Close())
	})
	return w
}

// locked is a log that is written by many.
type locked struct {
	mutex sync.Mutex
	to    io.Writer
}

func (l *locked) Write(text []byte) (int, error) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return l.to.Write(text)
}

// respond is what was answered.
type respond struct {
	status  int
	code    string // of an error
	message string
	header  http.Header
	body    map[string]any
}

// call sends a request; header is name, value, name, value.
func (w *world) call(method, path string, body io.Reader, header ...string) respond {
	w.t.Helper()
	request, err := http.NewRequestWithContext(w.t.Context(), method, w.http.URL+path, body)
	require.NoError(w.t, err)
	for i := 0; i < len(header); i += 2 {
		request.Header.Add(header[i], header[i+1])
	}
	response, err := caller.Do(request)
	require.NoError(w.t, err)
	defer func() { _ = response.Body.Close() }()
	answer := respond{status: response.StatusCode, header: response.Header}
	require.Equal(w.t, "application/json", response.Header.Get("Content-Type"))
	require.NoError(w.t, json.NewDecoder(response.Body).Decode(&answer.body))
	if body, ok := answer.body["error"].(map[string]any); ok {
		answer.code, answer.message = body["code"].(string), body["message"].(string)
	}
	return answer
}

// sign makes the headers of Standard Webhooks.
func sign(secret, id string, at time.Time, body string) []string {
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	if err != nil {
		panic(err)
	}
	stamp := strconv.FormatInt(at.Unix(), 10)
	return []string{headerID, id, headerTimestamp, stamp, headerSignature, "v1," + mac(key, id+"."+stamp+"."+body)}
}

func mac(key []byte, text string) string {
	sum := hmac.New(sha256.New, key)
	sum.Write([]byte(text))
	return base64.StdEncoding.EncodeToString(sum.Sum(nil))
}

// post sends a signed body to the hook of the depot.
func (w *world) post(id, body string, more ...string) respond {
	w.t.Helper()
	return w.call(http.MethodPost, "/hooks/depot", strings.NewReader(body), append(sign(secrets["KEY"], id, now, body), more...)...)
}

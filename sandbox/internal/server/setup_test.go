package server_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/tidemark/tidemark/sandbox/internal/scenario"
	"github.com/tidemark/tidemark/sandbox/internal/server"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// box is a sandbox that is called without a network.
type box struct {
	*server.Box
	end func()
}

// setup makes the sandbox of a scenario. It ends with the test.
func setup(t *testing.T, text string) *box {
	t.Helper()
	return setupAt(t, text, time.Now)
}

func setupAt(t *testing.T, text string, now func() time.Time) *box {
	t.Helper()
	loaded, err := scenario.Decode("scenario.yaml", []byte(text))
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	made, err := server.New(ctx, loaded, server.Options{Now: now})
	require.NoError(t, err)
	end := func() { cancel(); made.Wait() }
	t.Cleanup(end)
	return &box{made, end}
}

// store is a scenario with one store of a kind, "shop", that knows more settings.
func store(kind, more string) string {
	return "token: secret\nstores: [{id: shop, kind: " + kind + ", rate: 1000, burst: 1000" + more + "}]\n"
}

// got is what came back.
type got struct {
	status  int
	header  http.Header
	body    string
	aborted bool // the connection was closed instead of, or in the middle of, an answer
}

func (g got) code() string {
	var body struct {
		Error struct {
			Code string `json:"code"`
		} `json:"error"`
	}
	_ = json.Unmarshal([]byte(g.body), &body)
	return body.Error.Code
}

// read decodes the body of a good answer.
func read[T any](t *testing.T, g got) T {
	t.Helper()
	require.Less(t, g.status, 300, g.body)
	var into T
	require.NoError(t, json.Unmarshal([]byte(g.body), &into), g.body)
	return into
}

// call calls with the right token. Headers are given as name, value.
func (b *box) call(method, path, body string, headers ...string) got {
	return b.within(context.Background(), method, path, body, headers...)
}

func (b *box) within(ctx context.Context, method, path, body string, headers ...string) (g got) {
	request := httptest.NewRequestWithContext(ctx, method, path, strings.NewReader(body))
	request.Header.Set("Authorization", "Bearer secret")
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	recorder := httptest.NewRecorder()
	defer func() {
		if caught := recover(); caught != nil {
			if err, ok := caught.(error); !ok || !errors.Is(err, http.ErrAbortHandler) {
				panic(caught)
			}
			g.aborted = true
		}
		g.header, g.body = recorder.Header(), recorder.Body.String()
		if len(g.body) > 0 || !g.aborted {
			g.status = recorder.Code
		}
	}()
	b.ServeHTTP(recorder, request)
	return g
}

func (b *box) faults(t *testing.T, target, faults string) {
	t.Helper()
	g := b.call("POST", "/judge/faults", `{"target":"`+target+`","faults":`+faults+`}`)
	require.Equal(t, 200, g.status, g.body)
}

type facts struct {
	Kind          string            `json:"kind"`
	Items         int               `json:"items"`
	Calls         uint64            `json:"calls"`
	InFlight      int               `json:"in_flight"`
	Hanging       int               `json:"hanging"`
	ItemsWritten  uint64            `json:"items_written"`
	Throttled     uint64            `json:"throttled"`
	Overruns      uint64            `json:"overruns"`
	DuplicateKeys uint64            `json:"duplicate_keys"`
	KeyConflicts  uint64            `json:"key_conflicts"`
	Poisoned      uint64            `json:"poisoned"`
	MaxParallel   int               `json:"max_parallel"`
	Faults        map[string]uint64 `json:"faults"`
	StaleWrites   uint64            `json:"stale_writes"`
}

func (b *box) facts(t *testing.T) facts {
	t.Helper()
	return read[facts](t, b.call("GET", "/judge/stores/shop", ""))
}

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

func (b *box) calls(t *testing.T, target, query string) []recorded {
	t.Helper()
	return read[struct{ Calls []recorded }](t, b.call("GET", "/judge/"+target+"/calls"+query, "")).Calls
}

// lines decodes NDJSON.
func lines[T any](t *testing.T, g got) (all []T) {
	t.Helper()
	require.Equal(t, 200, g.status)
	require.Equal(t, "application/x-ndjson", g.header.Get("Content-Type"))
	for line := range strings.Lines(g.body) {
		var decoded T
		require.NoError(t, json.Unmarshal([]byte(line), &decoded))
		all = append(all, decoded)
	}
	return all
}

type level struct {
	SKU      string `json:"sku"`
	Location string `json:"location"`
	Quantity int64  `json:"quantity"`
	SetAt    string `json:"set_at"`
	Call     uint64 `json:"call"`
}

// shown is what the store shows, by SKU or SKU@location.
func (b *box) shown(t *testing.T) map[string]int64 {
	t.Helper()
	all := map[string]int64{}
	for _, line := range lines[level](t, b.call("GET", "/judge/stores/shop/levels", "")) {
		all[strings.TrimSuffix(line.SKU+"@"+line.Location, "@")] = line.Quantity
	}
	return all
}

func jsonText(t *testing.T, text string) string {
	t.Helper()
	quoted, err := json.Marshal(text)
	require.NoError(t, err)
	return string(quoted)
}

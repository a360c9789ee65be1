package sandbox_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/channels/channeltest"
	"github.com/tidemark/tidemark/channels/sandbox"
	"github.com/tidemark/tidemark/channels/sandbox/sandboxtest"
	"github.com/tidemark/tidemark/settings"
)

// caller is not the default client: whenever a test closes an httptest server, that one's idle connections break.
var caller = &http.Client{Transport: &http.Transport{}}

// storesEach is how many fresh stores of each kind the process holds; every test of the suite takes one.
const storesEach = 80

// process is the sandbox program, built and started once for all tests here.
var process struct {
	once    sync.Once
	address string
	failed  error
	command *exec.Cmd
	folder  string
	next    sync.Map // a subject's name → how many of its stores are taken
}

func TestMain(m *testing.M) {
	code := m.Run()
	if process.command != nil {
		_ = process.command.Process.Kill()
		_ = process.command.Wait()
	}
	if process.folder != "" {
		_ = os.RemoveAll(process.folder)
	}
	os.Exit(code)
}

// startProcess builds and starts the sandbox.
func startProcess() (err error) {
	if process.folder, err = os.MkdirTemp("", "tidemark-sandbox"); err != nil {
		return err
	}
	program := filepath.Join(process.folder, "sandbox")
	if output, err := exec.Command("go", "build", "-o", program, "../../sandbox").CombinedOutput(); err != nil {
		return fmt.Errorf("go build ./sandbox: %w\n%s", err, output)
	}
	scenario := filepath.Join(process.folder, "scenario.yaml")
	if err := os.WriteFile(scenario, []byte(stores()), 0o600); err != nil {
		return err
	}
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	listen := free.Addr().String()
	if err := free.Close(); err != nil {
		return err
	}
	var body bytes.Buffer
	process.command = exec.Command(program, "--listen", listen, "--scenario", scenario)
	process.command.Stdout, process.command.Stderr = &body, &body
	if err := process.command.Start(); err != nil {
		process.command = nil
		return err
	}
	process.address = "http://" + listen
	ticks := time.NewTicker(20 * time.Millisecond)
	defer ticks.Stop()
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); <-ticks.C {
		response, err := caller.Get(process.address + "/healthz")
		if err == nil {
			_ = response.Body.Close()
			return nil
		}
	}
	_ = process.command.Process.Kill()
	_ = process.command.Wait()
	process.command = nil
	return fmt.Errorf("the sandbox does not answer; it said:\n%s", body.String())
}

// stores is a scenario with fresh stores for every subject.
func stores() string {
	var text strings.Builder
	fmt.Fprintf(&text, "seed: 7\ntoken: %s\nstores:\n", channeltest.Credential)
	for name, test := range subjects {
		for n := range storesEach {
			fmt.Fprintf(&text, "  - {id: %s, kind: %s, rate: 1000, burst: 1000, clamp: %d, locations: [%s], faults: {poison: [%s]}}\n",
				storeID(name, n), test.options.Kind, test.subject.Clamp, strings.Join(test.subject.Locations, ", "), sandboxtest.Poison)
		}
	}
	fmt.Fprintf(&text, "  - {id: unnamed, kind: atomic, unnamed: true, rate: 1000, burst: 1000, faults: {poison: [%s]}}\n", sandboxtest.Poison)
	return text.String()
}

func storeID(subject string, n int) string {
	return fmt.Sprintf("%s-%d", strings.NewReplacer(" ", "-", "_", "-").Replace(subject), n)
}

// realStore is a store of the sandbox program behind a Front, for the faults that the program does not make.
type realStore struct {
	*channeltest.Front
	id     string
	values map[string]any
}

func startReal(t *testing.T, name string) *realStore {
	t.Helper()
	process.once.Do(func() { process.failed = startProcess() })
	require.NoError(t, process.failed)
	counter, _ := process.next.LoadOrStore(name, new(atomic.Int64))
	taken := int(counter.(*atomic.Int64).Add(1)) - 1
	require.Less(t, taken, storesEach, "more stores are needed in the scenario")
	return openReal(t, storeID(name, taken), subjects[name].options)
}

func openReal(t *testing.T, id string, options sandboxtest.Options) *realStore {
	t.Helper()
	address, err := url.Parse(process.address)
	require.NoError(t, err)
	proxy := &httputil.ReverseProxy{
		Transport:    caller.Transport,
		Rewrite:      func(request *httputil.ProxyRequest) { request.SetURL(address) },
		ErrorHandler: func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) }, // a lost response stays one
	}
	s := &realStore{Front: channeltest.NewFront(t, proxy), id: id, values: map[string]any{"kind": options.Kind, "rate": 1000, "burst": 1000}}
	for name, value := range options.Settings {
		s.values[name] = value
	}
	return s
}

func (s *realStore) Open(t *testing.T) channels.Channel {
	t.Helper()
	channel, err := sandbox.Driver().Open(s.id, s.Settings(), sandboxtest.Environment())
	require.NoError(t, err)
	return channel
}

func (s *realStore) Settings() settings.Values {
	values := settings.Values{"endpoint": s.URL + "/stores/" + s.id, "token": "env:TOKEN"}
	for name, value := range s.values {
		values[name] = value
	}
	return values
}

// own are the faults that the program makes.
var own = map[channeltest.Fault]map[string]any{
	channeltest.ThrottleSeconds: {"throttle": 1, "retry_after": "seconds"},
	channeltest.ThrottleDate:    {"throttle": 1, "retry_after": "date"},
	channeltest.ThrottleSilent:  {"throttle": 1, "retry_after": "none"},
	channeltest.LostAnswer:      {"lost_answer": 1},
	channeltest.ServerError:     {"error_500": 1},
	channeltest.WrongJSON:       {"wrong_json": 1},
	channeltest.HTML:            {"html": 1},
	channeltest.NoAnswer:        {"slow": 1, "slow_for": "1m"},
	channeltest.Unauthorized:    {"unauthorized": true},
	channeltest.Redirect:        {"redirect": ""}, // to the trap
}

func (s *realStore) Provoke(t *testing.T, fault channeltest.Fault) {
	t.Helper()
	faults := map[string]any{"poison": []string{sandboxtest.Poison}}
	made, ok := own[fault]
	for name, value := range made {
		faults[name] = value
	}
	if fault == channeltest.Redirect {
		faults["redirect"] = s.Trap()
	}
	if ok {
		fault = channeltest.None
	}
	s.Front.Provoke(t, fault)
	s.judge(t, http.MethodPost, "/judge/faults", map[string]any{"target": "stores/" + s.id, "faults": faults}, nil)
}

func (s *realStore) Set(t *testing.T, items ...channels.Item) {
	t.Helper()
	type item struct {
		SKU      string `json:"sku"`
		Location string `json:"location,omitempty"`
		Quantity int64  `json:"quantity"`
	}
	set := make([]item, len(items))
	for i, entry := range items {
		set[i] = item{entry.ChannelSKU, entry.Location, entry.Quantity}
	}
	s.judge(t, http.MethodPost, "/judge/stores/"+s.id+"/set", map[string]any{"items": set}, nil)
}

func (s *realStore) Offender(*testing.T) channels.Item {
	offender := channels.Item{ChannelSKU: sandboxtest.Poison, Quantity: 1}
	if strings.Contains(s.id, "locations") || strings.HasPrefix(s.id, "per-item") {
		offender.Location = "front"
	}
	return offender
}

func (s *realStore) Shown(t *testing.T) map[channeltest.Place]int64 {
	t.Helper()
	shown := map[channeltest.Place]int64{}
	s.judge(t, http.MethodGet, "/judge/stores/"+s.id+"/levels", nil, func(body io.Reader) error {
		for lines := bufio.NewScanner(body); lines.Scan(); {
			var level struct {
				SKU, Location string
				Quantity      int64
			}
			if err := json.Unmarshal(lines.Bytes(), &level); err != nil {
				return err
			}
			shown[channeltest.Place{Location: level.Location, SKU: level.SKU}] = level.Quantity
		}
		return nil
	})
	return shown
}

func (s *realStore) judge(t *testing.T, method, path string, body any, read func(io.Reader) error) {
	t.Helper()
	content, err := json.Marshal(body)
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, method, process.address+path, bytes.NewReader(content))
	require.NoError(t, err)
	response, err := caller.Do(request)
	require.NoError(t, err)
	defer func() { _ = response.Body.Close() }()
	require.Less(t, response.StatusCode, 300, "%s %s", method, path)
	if read != nil {
		require.NoError(t, read(response.Body))
	}
}

func TestConformanceWithTheSandbox(t *testing.T) {
	t.Parallel()
	for name, test := range subjects {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			subject := test.subject
			subject.TellsBudget = true
			subject.Driver = sandbox.Driver()
			subject.Start = func(t *testing.T) channeltest.Store { return startReal(t, name) }
			subject.Excused = map[channeltest.Fault]string{
				channeltest.UnnamedOffender: "whole stores are set to it; TestUnnamedOffenderOfTheSandbox",
				channeltest.Reordered:       "it answers in another order in every test",
				channeltest.Shortened:       "it always answers in full; TestConformance",
				channeltest.Closed:          "it refuses poison alone; TestConformance",
				channeltest.ItemServerError: "it falters on whole calls only",
				channeltest.Nameless:        "its errors name their items; TestConformance",
				channeltest.Stray:           "it never answers about other items; TestConformance",
			}
			channeltest.Run(t, subject)
		})
	}
}

func TestUnnamedOffenderOfTheSandbox(t *testing.T) {
	t.Parallel()
	process.once.Do(func() { process.failed = startProcess() })
	require.NoError(t, process.failed)
	store := openReal(t, "unnamed", sandboxtest.Options{Kind: "atomic"})
	channel := channels.Guarded(store.Open(t))
	items := []channels.Item{{ChannelSKU: "BIKE", Quantity: 5}, {ChannelSKU: sandboxtest.Poison, Quantity: 3}}
	reply, err := channeltest.Push(t, channel, items...)
	require.NoError(t, err)
	require.True(t, reply.Refused)
	require.NotEmpty(t, reply.Reason)
	require.NotContains(t, store.Shown(t), channeltest.Place{SKU: "BIKE"})
}

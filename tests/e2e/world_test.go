// Package e2e runs Tidemark as its users do: real processes, a real Temporal server, real HTTP, real databases, and a sandbox that
// judges from outside what the stores were told. Nothing here reaches into the worker.
package e2e

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/control/gateway"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/workflows"
)

const (
	token    = "e2e-token"
	patience = 90 * time.Second
)

// programs are built once for all tests.
var programs = sync.OnceValues(func() (string, error) {
	folder, err := os.MkdirTemp("", "tidemark-e2e-")
	if err != nil {
		return "", err
	}
	for _, name := range []string{"worker", "starter", "sandbox"} {
		build := exec.Command("go", "build", "-o", filepath.Join(folder, name), "./"+name)
		build.Dir = filepath.Join("..", "..")
		if output, err := build.CombinedOutput(); err != nil {
			return "", fmt.Errorf("building %s: %w\n%s", name, err, output)
		}
	}
	return folder, nil
})

func TestMain(m *testing.M) {
	code := m.Run()
	if folder, err := programs(); err == nil {
		_ = os.RemoveAll(folder)
	}
	if shared.process != nil {
		shared.process.stop(syscall.SIGTERM)
	}
	os.Exit(code)
}

// temporalBinary is the devserver, or an installed CLI.
func temporalBinary(t testing.TB) string {
	t.Helper()
	path := os.Getenv("TEMPORAL_CLI")
	if path == "" {
		path = filepath.Join("..", "..", "bin", "temporal")
	}
	path, err := filepath.Abs(path)
	require.NoError(t, err)
	if _, err := os.Stat(path); err != nil {
		if os.Getenv("TIDEMARK_REQUIRE_ALL") == "1" {
			t.Fatalf("no Temporal server at %s; run make build first", path)
		}
		t.Skipf("no Temporal server at %s; run make build, or set TEMPORAL_CLI", path)
	}
	return path
}

// running is a process of ours.
type running struct {
	t       testing.TB
	name    string
	command *exec.Cmd
	output  *lockedBuffer
	done    chan struct{}
}

type lockedBuffer struct {
	mutex  sync.Mutex
	buffer bytes.Buffer
}

func (b *lockedBuffer) Write(text []byte) (int, error) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	return b.buffer.Write(text)
}

func (b *lockedBuffer) String() string {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	return b.buffer.String()
}

func launch(t testing.TB, environment []string, path string, arguments ...string) *running {
	t.Helper()
	r := &running{t: t, name: filepath.Base(path), command: exec.Command(path, arguments...), output: &lockedBuffer{}, done: make(chan struct{})}
	r.command.Stdout, r.command.Stderr = r.output, r.output
	r.command.Env = append(os.Environ(), environment...)
	r.command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	require.NoError(t, r.command.Start())
	go func() {
		_ = r.command.Wait()
		close(r.done)
	}()
	return r
}

// stop sends a signal and waits for the end.
func (r *running) stop(signal syscall.Signal) {
	_ = r.command.Process.Signal(signal)
	select {
	case <-r.done:
	case <-time.After(patience):
		_ = r.command.Process.Kill()
		<-r.done
	}
}

// port is one that nobody listens on now.
func port(t testing.TB) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { _ = listener.Close() }()
	_, port, err := net.SplitHostPort(listener.Addr().String())
	require.NoError(t, err)
	return port
}

// temporal is a server process.
type temporal struct {
	*process
	address string
}

type process = running

var (
	sharedMutex sync.Mutex
	shared      temporal
)

// server returns the Temporal server that the tests share; each has a namespace of its own on it.
func server(t testing.TB) temporal {
	t.Helper()
	path := temporalBinary(t)
	sharedMutex.Lock()
	defer sharedMutex.Unlock()
	if shared.process == nil {
		shared = startTemporal(t, path, port(t))
	}
	return shared
}

func startTemporal(t testing.TB, path, port string, more ...string) temporal {
	t.Helper()
	arguments := append([]string{"server", "start-dev", "--headless", "--ip", "127.0.0.1", "--port", port, "--log-level", "error"}, more...)
	started := temporal{process: launch(t, nil, path, arguments...), address: "127.0.0.1:" + port}
	waitFor(t, "the Temporal server answers", func(ctx context.Context) error {
		c, err := client.DialContext(ctx, client.Options{HostPort: started.address})
		if err == nil {
			c.Close()
		}
		return err
	})
	return started
}

// world is one Tidemark with everything around it.
type world struct {
	t         testing.TB
	temporal  temporal
	namespace string
	folder    string
	location  string // of the ledger
	keys      string // seal what goes to Temporal; none when empty
	box       *box
	control   *control.Control
	client    client.Client
	ledger    ledger.Ledger
	workers   []*running
}

// atFirst is a world with a shop whose first Full Sync is over.
func atFirst(t *testing.T, skus int, options ...func(*world)) *world {
	t.Helper()
	one := shop{id: "shop", kind: "atomic"}
	w := newWorld(t, scenario(skus, one), options...)
	w.apply(w.box.definitions(one), ledger.ApplyOptions{})
	w.work()
	w.firstFull("shop")
	return w
}

// newWorld starts a sandbox with a scenario and opens a fresh ledger and namespace. The worker starts with work.
func newWorld(t testing.TB, scenario string, options ...func(*world)) *world {
	t.Helper()
	w := &world{t: t, folder: t.TempDir(), namespace: "e2e-" + uuid.NewString()[:8]}
	for _, option := range options {
		option(w)
	}
	if w.temporal.process == nil {
		w.temporal = server(t)
	}
	if w.location == "" {
		w.location = filepath.Join(w.folder, "ledger.db")
	}
	w.register()
	w.box = startSandbox(t, w.folder, scenario)
	w.connect()
	return w
}

func (w *world) register() {
	w.t.Helper()
	c, err := client.NewNamespaceClient(client.Options{HostPort: w.temporal.address})
	require.NoError(w.t, err)
	defer c.Close()
	require.NoError(w.t, c.Register(context.Background(), &workflowservice.RegisterNamespaceRequest{
		Namespace: w.namespace, WorkflowExecutionRetentionPeriod: durationpb.New(72 * time.Hour),
	}))
	waitFor(w.t, "the namespace is known", func(ctx context.Context) error {
		c, err := client.DialContext(ctx, client.Options{HostPort: w.temporal.address, Namespace: w.namespace})
		if err != nil {
			return err
		}
		defer c.Close()
		_, err = c.CountWorkflow(ctx, &workflowservice.CountWorkflowExecutionsRequest{Namespace: w.namespace})
		return err
	})
}

// connect opens the test's own client and ledger, as a second program beside the worker.
func (w *world) connect() {
	w.t.Helper()
	options := client.Options{HostPort: w.temporal.address, Namespace: w.namespace, Logger: quiet{}}
	if w.keys != "" {
		options.ConnectionOptions.DialOptions = append(options.ConnectionOptions.DialOptions, grpc.WithChainUnaryInterceptor(w.seals()))
	}
	c, err := client.Dial(options)
	require.NoError(w.t, err)
	state, err := ledger.Open(context.Background(), w.location, time.Now())
	require.NoError(w.t, err)
	w.ledger = state
	w.client = c
	w.control = control.New(state, gateway.New(c, w.namespace), time.Now)
	w.t.Cleanup(func() {
		for _, worker := range w.workers {
			worker.stop(syscall.SIGKILL)
			if w.t.Failed() {
				w.t.Logf("worker:\n%s", last(worker.output.String(), 6000))
			}
		}
		c.Close()
		_ = state.Close()
	})
}

func last(text string, most int) string {
	if len(text) > most {
		return "…" + text[len(text)-most:]
	}
	return text
}

type quiet struct{}

func (quiet) Debug(string, ...any) {}
func (quiet) Info(string, ...any)  {}
func (quiet) Warn(string, ...any)  {}
func (quiet) Error(string, ...any) {}

// environment is what the programs of this world run with.
func (w *world) environment() []string {
	return []string{
		"TEMPORAL_ADDRESS=" + w.temporal.address, "TEMPORAL_NAMESPACE=" + w.namespace, ledger.EnvVariable + "=" + w.location,
		"SANDBOX_TOKEN=" + token, "TEMPORAL_CONFIG_FILE=" + filepath.Join(w.folder, "none.toml"),
		gateway.KeysVariable + "=" + map[bool]string{true: "env:PAYLOAD_KEYS"}[w.keys != ""], "PAYLOAD_KEYS=" + w.keys,
	}
}

// work starts a worker process.
func (w *world) work(arguments ...string) *running {
	w.t.Helper()
	folder, err := programs()
	require.NoError(w.t, err)
	address := "127.0.0.1:" + port(w.t)
	worker := launch(w.t, w.environment(), filepath.Join(folder, "worker"), append([]string{"--listen", address, "--push-slice", "10s"}, arguments...)...)
	w.workers = append(w.workers, worker)
	waitFor(w.t, "the worker is well", func(ctx context.Context) error { return get(ctx, "http://"+address+"/healthz", nil) })
	return worker
}

// starter runs the command line and returns its output and exit code.
func (w *world) starter(arguments ...string) (stdout, stderr string, code int) {
	w.t.Helper()
	folder, err := programs()
	require.NoError(w.t, err)
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	command := exec.CommandContext(ctx, filepath.Join(folder, "starter"), arguments...)
	var out, problems bytes.Buffer
	command.Stdout, command.Stderr, command.Env = &out, &problems, append(os.Environ(), w.environment()...)
	if err := command.Run(); err != nil {
		require.NotNil(w.t, command.ProcessState, "%v", err)
	}
	return out.String(), problems.String(), command.ProcessState.ExitCode()
}

// asAdmin is the context of who may do everything, as starter's is.
func asAdmin() context.Context {
	return control.WithActor(context.Background(), control.Actor{Name: "the test", Face: control.FaceCommandLine, Role: ledger.Admin})
}

// apply applies definitions through control.
func (w *world) apply(definitions ledger.Definitions, options ledger.ApplyOptions) control.ApplyReport {
	w.t.Helper()
	report, err := w.control.Apply(asAdmin(), definitions, control.ApplyOptions{ApplyOptions: options})
	require.NoError(w.t, err)
	return report
}

// sync asks for a run and waits for its end.
func (w *world) sync(mode ledger.Mode, connection string, request workflows.SyncRequest) workflows.SyncReport {
	w.t.Helper()
	answer := w.ask(mode, connection, request)
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	report, err := w.control.Wait(ctx, answer)
	require.NoError(w.t, err)
	return report
}

func (w *world) ask(mode ledger.Mode, connection string, request workflows.SyncRequest) control.SyncAnswer {
	w.t.Helper()
	answer, err := w.control.Sync(asAdmin(), mode, connection, request)
	require.NoError(w.t, err)
	return answer
}

// firstFull waits for the Full Sync that the first apply requested.
func (w *world) firstFull(connection string) workflows.SyncReport {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	report, err := w.control.Wait(ctx, control.SyncAnswer{Workflow: workflows.WorkflowID(ledger.Full, connection)})
	require.NoError(w.t, err)
	return report
}

// waitFor asks until there is no error, with a growing pause. It is for what happens in other processes, which cannot be waited
// for in any other way.
func waitFor(t testing.TB, what string, ask func(context.Context) error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for wait := 10 * time.Millisecond; ; wait = min(wait*2, 500*time.Millisecond) {
		err := ask(ctx)
		if err == nil {
			return
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			t.Fatalf("timed out after %s of waiting until %s: %v", patience, what, err)
		case <-timer.C:
		}
	}
}

// same checks that a store shows exactly what the ledger says, and that its budget was never overrun.
func (w *world) same(connection string) {
	w.t.Helper()
	ctx := context.Background()
	definition, err := w.ledger.Connection(ctx, connection)
	require.NoError(w.t, err)
	shown := w.box.levels(definition.Store)
	after := ""
	for {
		rows, err := w.ledger.ChannelLevels(ctx, connection, "", "", ledger.Page{After: after, Limit: 1000})
		require.NoError(w.t, err)
		for _, row := range rows {
			key := place{row.ChannelSKU, row.Location}
			if row.Status == ledger.StatusRejected || row.Status == ledger.StatusBlocked {
				continue
			}
			require.Equal(w.t, ledger.StatusExported, row.Status, "%s: %v %s", connection, key, row.Reason)
			require.Equal(w.t, row.Quantity, shown[key], "%s: %v", connection, key)
		}
		if len(rows) < 1000 {
			break
		}
		after = rows[len(rows)-1].ChannelSKU
	}
	require.Zero(w.t, w.box.facts(definition.Store).Overruns, "calls over the budget of %s", definition.Store)
}

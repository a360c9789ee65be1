package chaos

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"
)

// patience is how long anything may take that is to happen. A step that a dead worker had begun is tried again after half a minute at most.
const patience = 3 * time.Minute

var (
	seed  = flag.Uint64("seed", 0, "what all chance is drawn from; 0 draws one")
	whole = flag.Bool("whole", false, "kill at every crash point, three times each, and not at a few")
)

// chance is what a test draws from: the same for the same seed, whatever other tests run beside it.
func chance(name string) *rand.Rand {
	hash := fnv.New64a()
	_, _ = hash.Write([]byte(name)) // never fails
	return rand.New(rand.NewPCG(*seed, hash.Sum64()))
}

// programs are built once for all tests, with the points at which they can be killed.
var programs = sync.OnceValues(func() (string, error) {
	folder, err := filepath.Abs(filepath.Join("..", "..", "bin", "chaos"))
	if err != nil {
		return "", err
	}
	build := exec.Command("go", "build", "-tags", "crash", "-o", folder+string(filepath.Separator), "./worker", "./starter", "./sandbox")
	build.Dir = filepath.Join("..", "..")
	if output, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("building the programs: %w\n%s", err, output)
	}
	return folder, nil
})

func program(t testing.TB, name string) string {
	t.Helper()
	folder, err := programs()
	require.NoError(t, err)
	return filepath.Join(folder, name)
}

// temporalProgram is the devserver, or an installed CLI.
func temporalProgram(t testing.TB) string {
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

// process is a program that runs.
type process struct {
	command *exec.Cmd
	output  *output
	ended   chan struct{}
}

// output keeps what a program said.
type output struct {
	mutex sync.Mutex
	text  bytes.Buffer
}

func (o *output) Write(text []byte) (int, error) {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	return o.text.Write(text)
}

func (o *output) String() string {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	return o.text.String()
}

// last is the end of a text.
func last(text string, most int) string {
	if len(text) > most {
		return "…" + text[len(text)-most:]
	}
	return text
}

func launch(environment []string, path string, arguments ...string) (*process, error) {
	p := &process{command: exec.Command(path, arguments...), output: &output{}, ended: make(chan struct{})}
	p.command.Stdout, p.command.Stderr, p.command.Env = p.output, p.output, append(os.Environ(), environment...)
	p.command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := p.command.Start(); err != nil {
		return nil, err
	}
	go func() {
		_ = p.command.Wait() // how it ended is in its state
		close(p.ended)
	}()
	return p, nil
}

func (p *process) signal(signal syscall.Signal) { _ = p.command.Process.Signal(signal) }

// kill kills a process, also one that stands still, and waits for its end.
func (p *process) kill() {
	p.signal(syscall.SIGKILL)
	<-p.ended
}

// killed is true for a process that has ended by SIGKILL.
func (p *process) killed() bool {
	status, ok := p.command.ProcessState.Sys().(syscall.WaitStatus)
	return ok && status.Signaled() && status.Signal() == syscall.SIGKILL
}

func (p *process) over() bool {
	select {
	case <-p.ended:
		return true
	default:
		return false
	}
}

// The ports that processes are told to listen on are not of those that a system gives to connections, so that none of them takes one meanwhile.
const firstPort, ports = 20_000, 10_000

var (
	portsMutex sync.Mutex
	portsGiven = map[int]bool{}
)

// freePort is one that nobody listens on now, and that no other test was given.
func freePort(t testing.TB) string {
	t.Helper()
	portsMutex.Lock()
	defer portsMutex.Unlock()
	for range ports {
		port := firstPort + rand.IntN(ports)
		listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err != nil || portsGiven[port] {
			if err == nil {
				_ = listener.Close()
			}
			continue
		}
		portsGiven[port] = true
		require.NoError(t, listener.Close())
		return strconv.Itoa(port)
	}
	t.Fatal("no port is free")
	return ""
}

// waitFor asks until there is no error, with a growing pause. It is for what happens in other processes, which cannot be waited for in any
// other way.
func waitFor(t testing.TB, what string, ask func(context.Context) error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for wait := 20 * time.Millisecond; ; wait = min(wait*2, 500*time.Millisecond) {
		err := ask(ctx)
		if err == nil {
			return
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			t.Fatalf("waited for %s until %s: %v", patience, what, err)
		case <-timer.C:
		}
	}
}

// temporal is a Temporal server with a file.
type temporal struct {
	*process
	address, file string
}

var (
	sharedMutex sync.Mutex
	shared      *temporal
)

// sharedTemporal is the server of the tests that leave it in peace; each has a namespace of its own on it.
func sharedTemporal(t testing.TB) *temporal {
	t.Helper()
	path := temporalProgram(t)
	sharedMutex.Lock()
	defer sharedMutex.Unlock()
	if shared == nil {
		folder, err := os.MkdirTemp("", "tidemark-chaos-")
		require.NoError(t, err)
		shared = startTemporal(t, path, freePort(t), filepath.Join(folder, "temporal.db"))
	}
	return shared
}

func startTemporal(t testing.TB, path, port, file string) *temporal {
	t.Helper()
	p, err := launch(nil, path, "server", "start-dev", "--headless", "--ip", "127.0.0.1", "--port", port, "--log-level", "error", "--db-filename", file)
	require.NoError(t, err)
	started := &temporal{process: p, address: "127.0.0.1:" + port, file: file}
	waitFor(t, "the Temporal server answers", func(ctx context.Context) error {
		c, err := client.DialContext(ctx, client.Options{HostPort: started.address, Logger: silent{}})
		if err == nil {
			c.Close()
		}
		return err
	})
	return started
}

type silent struct{}

func (silent) Debug(string, ...any) {}
func (silent) Info(string, ...any)  {}
func (silent) Warn(string, ...any)  {}
func (silent) Error(string, ...any) {}

func TestMain(m *testing.M) {
	if folder := os.Getenv(diskFolder); folder != "" {
		holdDisk(folder)
	}
	flag.Parse()
	if *seed == 0 {
		*seed = rand.Uint64N(1_000_000) + 1
	}
	fmt.Printf("seed %d\n", *seed)
	code := m.Run()
	if err := writeFigures(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	if shared != nil {
		shared.kill()
		_ = os.RemoveAll(filepath.Dir(shared.file))
	}
	os.Exit(code)
}

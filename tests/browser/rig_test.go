package browser

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// rig is a Tidemark whose programs are processes of the test's own, so that each can be stopped and started again by itself. Its warehouses trade
// only when they are told, and its stores are without faults. Browsers reach the pages through a proxy that can cut their streams.
type rig struct {
	*demo
	folder   string
	http     string // Temporal's own HTTP API
	temporal *process
	worker   *process
	streams  *streams
}

// process is a program that can be stopped and started again.
type process struct {
	t         *testing.T
	log       string
	program   string
	arguments []string
	variables []string
	command   *exec.Cmd
}

func (p *process) start() {
	p.t.Helper()
	log, err := os.OpenFile(p.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	require.NoError(p.t, err)
	p.command = exec.Command(p.program, p.arguments...)
	p.command.Env, p.command.Stdout, p.command.Stderr = p.variables, log, log
	require.NoError(p.t, p.command.Start(), "make build makes what this test needs")
	require.NoError(p.t, log.Close())
}

// stop asks the process to end, and waits until it has. One that does not run is left alone.
func (p *process) stop() {
	p.t.Helper()
	if p.command == nil {
		return
	}
	require.NoError(p.t, p.command.Process.Signal(syscall.SIGTERM))
	_ = p.command.Wait() // how it says that it was stopped is its own
	p.command = nil
}

// says waits until the log of the process has something, and returns that.
func (p *process) says(what *regexp.Regexp) []string {
	p.t.Helper()
	var found []string
	require.Eventually(p.t, func() bool {
		text, err := os.ReadFile(p.log)
		found = what.FindStringSubmatch(string(text))
		return err == nil && found != nil
	}, patience, 50*time.Millisecond, "%s says %s", p.program, what)
	return found
}

var (
	servedLink = regexp.MustCompile(`pages +((http://\S+)/in\?key=\S+)`)
	quietLines = regexp.MustCompile(`(?m)^(trade|    faults):.*$`)
)

// changes are what a rig has differently from the demo: the sandbox's scenario, and the configuration. What is nil is as it is there.
type changes struct{ scenario, configuration func(text string) string }

// startRig starts everything but the worker.
func startRig(t *testing.T, differs changes) *rig {
	t.Helper()
	as := func(text string) string { return text }
	if differs.scenario == nil {
		differs.scenario = as
	}
	if differs.configuration == nil {
		differs.configuration = as
	}
	programs, err := filepath.Abs(filepath.Join(root, "bin"))
	require.NoError(t, err)
	r := &rig{demo: &demo{t: t}, folder: t.TempDir()}
	ports := freePorts(t, 4)
	server, box := ports[0], ports[1]
	r.http = "http://127.0.0.1:" + ports[3]
	r.sandbox = "http://127.0.0.1:" + box
	r.variables = append(os.Environ(), "TEMPORAL_ADDRESS=127.0.0.1:"+server, "TEMPORAL_NAMESPACE=default", "SANDBOX_TOKEN=sandbox-token", "TIDEMARK_LEDGER="+filepath.Join(r.folder, "ledger.db"))
	launch := func(name string, arguments ...string) *process {
		p := &process{t: t, log: filepath.Join(r.folder, name+".log"), program: filepath.Join(programs, name), arguments: arguments, variables: r.variables}
		if installed := os.Getenv("TEMPORAL_CLI"); installed != "" && name == "temporal" {
			p.program = installed
		}
		t.Cleanup(func() {
			p.stop()
			if text, err := os.ReadFile(p.log); err == nil && t.Failed() {
				t.Logf("%s:\n%s", name, text[max(0, len(text)-3000):])
			}
		})
		return p
	}
	r.temporal = launch("temporal", "server", "start-dev", "--ip", "127.0.0.1", "--port", server, "--http-port", ports[3], "--headless", "--db-filename", filepath.Join(r.folder, "temporal.db"), "--log-level", "warn")
	r.temporal.start()
	examples := filepath.Join(r.folder, "examples")
	require.NoError(t, os.CopyFS(examples, os.DirFS(filepath.Join(root, "examples"))))
	r.rewrite(filepath.Join(examples, "demo.yaml"), func(text string) string {
		return differs.configuration(strings.ReplaceAll(text, "127.0.0.1:9470", "127.0.0.1:"+box))
	})
	scenario := filepath.Join(examples, "sandbox.yaml")
	r.rewrite(scenario, func(text string) string { return differs.scenario(quietLines.ReplaceAllString(text, "")) })
	launch("sandbox", "--listen", "127.0.0.1:"+box, "--scenario", scenario).start()
	answers(t, "127.0.0.1:"+server)
	answers(t, "127.0.0.1:"+box)
	require.Eventually(t, func() bool { return r.try("apply", filepath.Join(examples, "demo.yaml")) == nil }, patience, 200*time.Millisecond, "the configuration is applied")
	r.worker = launch("worker", "--listen", "127.0.0.1:"+ports[2])
	pages := launch("starter", "serve", "--pages", "--listen", "127.0.0.1:0")
	pages.start()
	link := pages.says(servedLink)
	r.streams = newStreams(t, link[2])
	r.address = r.streams.address
	r.link = strings.Replace(link[1], link[2], r.address, 1)
	return r
}

func (r *rig) rewrite(file string, change func(string) string) {
	r.t.Helper()
	text, err := os.ReadFile(file)
	require.NoError(r.t, err)
	require.NoError(r.t, os.WriteFile(file, []byte(change(string(text))), 0o600))
}

// try runs a command that may fail.
func (r *rig) try(arguments ...string) error {
	command := exec.Command(filepath.Join(root, "bin", "starter"), arguments...)
	command.Env = r.variables
	if said, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %s", err, said)
	}
	return nil
}

// answers waits until somebody listens at an address.
func answers(t *testing.T, address string) {
	t.Helper()
	require.Eventually(t, func() bool {
		connection, err := net.DialTimeout("tcp", address, time.Second)
		return err == nil && connection.Close() == nil
	}, patience, 50*time.Millisecond, "%s answers", address)
}

// freePorts are ports that nobody listens on.
func freePorts(t *testing.T, n int) (ports []string) {
	t.Helper()
	for range n {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		defer func() { require.NoError(t, listener.Close()) }() // all stay taken until all are found
		_, port, err := net.SplitHostPort(listener.Addr().String())
		require.NoError(t, err)
		ports = append(ports, port)
	}
	return ports
}

// streams is a proxy before the pages. While it is cut, streams break off, and new ones are answered as a proxy does whose server is away.
type streams struct {
	address string

	mutex   sync.Mutex
	isCut   bool
	refused int // since the cut
	open    map[*http.Request]context.CancelFunc
}

func newStreams(t *testing.T, pages string) *streams {
	t.Helper()
	target, err := url.Parse(pages)
	require.NoError(t, err)
	s := &streams{open: map[*http.Request]context.CancelFunc{}}
	onward := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(target)
		r.Out.Host = r.In.Host
	}, ErrorHandler: func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusBadGateway) }}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/live" {
			onward.ServeHTTP(w, r)
			return
		}
		ctx, end := context.WithCancel(r.Context())
		defer end()
		if !s.enter(r, end) {
			http.Error(w, "the server is away", http.StatusBadGateway)
			return
		}
		defer s.leave(r)
		onward.ServeHTTP(w, r.WithContext(ctx))
	}))
	t.Cleanup(server.CloseClientConnections)
	s.address = server.URL
	return s
}

func (s *streams) enter(r *http.Request, end context.CancelFunc) bool {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.isCut {
		s.refused++
		return false
	}
	s.open[r] = end
	return true
}

func (s *streams) leave(r *http.Request) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	delete(s.open, r)
}

func (s *streams) cut() {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.isCut, s.refused = true, 0
	for _, end := range s.open {
		end()
	}
}

func (s *streams) mend() {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.isCut = false
}

// tried is how often a browser has tried to open a stream since the cut.
func (s *streams) tried() int {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.refused
}

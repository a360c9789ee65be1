// Package vendure starts a real Vendure server (server.js) for tests: the driver's own, and whole runs against it.
package vendure

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/ledger/ledgertest"
)

// caller is not the default client: whenever a test closes an httptest server, that one's idle connections break.
var caller = &http.Client{Transport: &http.Transport{}}

const (
	readyPatience = 4 * time.Minute // on a small machine with much else to do
	endPatience   = time.Minute
)

// Server is a running server with a database of its own.
type Server struct {
	Address string // without /admin-api
	Token   string // a session of the administrator, for Ask
	// password is the administrator's, who is called superadmin.
	password string
}

// Start starts a server with so many variants, SKU-0 and up. It ends with the test. Where Vendure is not installed the test is skipped, or
// fails under TIDEMARK_REQUIRE_ALL=1.
func Start(t testing.TB, variants int, password string) *Server {
	t.Helper()
	_, self, _, _ := runtime.Caller(0)
	folder := filepath.Dir(self)
	if _, err := os.Stat(filepath.Join(folder, "node_modules", "@vendure", "core", "package.json")); err != nil {
		const advice = "no real Vendure is installed; `make vendure` installs it (Node.js 20 or later)"
		if os.Getenv("TIDEMARK_REQUIRE_ALL") == "1" {
			t.Fatal(advice)
		}
		t.Skip(advice)
	}
	database := ledgertest.EmptyPostgres(t)
	free, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	_, port, err := net.SplitHostPort(free.Addr().String())
	require.NoError(t, err)
	require.NoError(t, free.Close())
	node := exec.Command("node", "server.js")
	node.Dir = folder
	node.Env = append(os.Environ(), "VENDURE_DATABASE="+database, "VENDURE_PORT="+port, "VENDURE_PASSWORD="+password, "VENDURE_VARIANTS="+strconv.Itoa(variants))
	run(t, node)
	server := &Server{Address: "http://127.0.0.1:" + port, password: password}
	server.LogIn(t)
	return server
}

// run starts the process, waits until it is ready, and ends it with the test.
func run(t testing.TB, node *exec.Cmd) {
	t.Helper()
	var said bytes.Buffer
	node.Stderr = &said
	output, err := node.StdoutPipe()
	require.NoError(t, err)
	input, err := node.StdinPipe()
	require.NoError(t, err)
	require.NoError(t, node.Start())
	ended := make(chan struct{})
	ready := make(chan struct{})
	go func() {
		defer close(ended)
		for lines := bufio.NewScanner(output); lines.Scan(); {
			if lines.Text() == "READY" {
				close(ready)
			}
		}
		_ = node.Wait()
	}()
	t.Cleanup(func() { // it ends with its standard input, however this process ends
		_ = input.Close()
		select {
		case <-ended:
		case <-time.After(endPatience):
			_ = node.Process.Kill()
			<-ended
		}
		if t.Failed() {
			t.Logf("Vendure said:\n%s", said.String()[max(0, said.Len()-4000):])
		}
	})
	select {
	case <-ready:
	case <-ended:
		require.Fail(t, "Vendure ended before it was ready")
	case <-time.After(readyPatience):
		require.Fail(t, "Vendure does not get ready")
	}
}

// LogIn begins a new session of the administrator. A session knows the Vendure channels of its beginning.
func (s *Server) LogIn(t testing.TB) {
	t.Helper()
	s.Token = s.Ask(t, Question{
		Document:  `mutation ($password: String!) { login(username: "superadmin", password: $password) { __typename } }`,
		Variables: map[string]any{"password": s.password},
	}, nil)
}

// Question is a call to the Admin API.
type Question struct {
	Session   string
	Channel   string // the token of a Vendure channel; empty for the default one
	Document  string
	Variables map[string]any
}

// Ask makes a call, decodes its data and returns the session that it began, if any.
func (s *Server) Ask(t testing.TB, asked Question, into any) (session string) {
	t.Helper()
	body, err := json.Marshal(map[string]any{"query": asked.Document, "variables": asked.Variables})
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), time.Minute)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, s.Address+"/admin-api", bytes.NewReader(body))
	require.NoError(t, err)
	request.Header = http.Header{"Content-Type": {"application/json"}, "Authorization": {"Bearer " + asked.Session}, "Vendure-Token": {asked.Channel}}
	answer, err := caller.Do(request)
	require.NoError(t, err)
	defer func() { _ = answer.Body.Close() }()
	var said struct {
		Data   json.RawMessage
		Errors []struct{ Message string }
	}
	require.NoError(t, json.NewDecoder(answer.Body).Decode(&said))
	require.Empty(t, said.Errors, asked.Document)
	if into != nil {
		require.NoError(t, json.Unmarshal(said.Data, into))
	}
	return answer.Header.Get("Vendure-Auth-Token")
}

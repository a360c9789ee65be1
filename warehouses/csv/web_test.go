package csv

import (
	"bufio"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/warehouses"
	"github.com/tidemark/tidemark/warehouses/warehousetest"
)

// StartWeb starts a web server that ends with the test; the settings lead to its file stock.csv and trust it.
func StartWeb(t testing.TB, handler http.HandlerFunc) map[string]any {
	t.Helper()
	server := httptest.NewUnstartedServer(handler)
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	t.Cleanup(server.CloseClientConnections)
	file := filepath.Join(t.TempDir(), "ca.pem")
	require.NoError(t, os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}), 0o600))
	return map[string]any{"path": server.URL + "/stock.csv", "ca_file": file}
}

const short = "sku,available\nA,1\n"

func TestWebFile(t *testing.T) {
	t.Parallel()
	text := short
	var calls atomic.Int64
	raw := StartWeb(t, func(w http.ResponseWriter, r *http.Request) {
		calls.Add(1)
		if r.Method != http.MethodGet || r.RequestURI != "/stock.csv?kind=all&key="+canary {
			w.WriteHeader(http.StatusTeapot)
			return
		}
		http.ServeContent(w, r, "", time.Time{}, strings.NewReader(text))
	})
	shown := raw["path"].(string)
	s := openAt(t, with(raw, "path", shown+"?kind=all&key="+canary))
	rows, first, err := fetch(t, s, "")
	require.NoError(t, err)
	require.Equal(t, []string{"A=1"}, rows)
	require.Equal(t, shown, first.From)
	require.NotContains(t, first.Cursor, canary)
	require.Equal(t, int64(2), calls.Load(), "one to know whether it is new, one to read it")

	_, second, err := fetch(t, s, first.Cursor)
	require.NoError(t, err)
	require.True(t, second.Unchanged)
	text = "sku,available\nA,2\n"
	rows, _, err = fetch(t, s, first.Cursor)
	require.NoError(t, err)
	require.Equal(t, []string{"A=2"}, rows)
	finding, err := s.Check(t.Context())
	require.NoError(t, err)
	require.Equal(t, []string{"A=2"}, []string{took(finding.Sample[0])})
}

func TestWebCredential(t *testing.T) {
	t.Parallel()
	var elsewhere atomic.Int64
	trap := StartWeb(t, func(http.ResponseWriter, *http.Request) { elsewhere.Add(1) })
	raw := StartWeb(t, func(w http.ResponseWriter, r *http.Request) {
		user, password, basic := r.BasicAuth()
		switch {
		case r.URL.Path == "/elsewhere.csv":
			http.Redirect(w, r, trap["path"].(string), http.StatusFound)
		case r.Header.Get("Authorization") == "Bearer "+canary, basic && user == "anna" && password == canary:
			_, _ = w.Write([]byte(short))
		default:
			http.Error(w, "not "+r.Header.Get("Authorization"), http.StatusUnauthorized)
		}
	})
	address := raw["path"].(string)
	for _, more := range [][]any{{"token", "env:CANARY"}, {"password", "env:CANARY", "path", strings.Replace(address, "//", "//anna@", 1)}} {
		rows, _, err := fetch(t, openAt(t, with(map[string]any{"path": address, "ca_file": raw["ca_file"]}, more...)), "")
		require.NoError(t, err)
		require.Equal(t, []string{"A=1"}, rows)
	}
	for _, more := range [][]any{{}, {"password", "env:CANARY", "path", strings.Replace(address, "//", "//bert@", 1)}} {
		s := openAt(t, with(map[string]any{"path": address, "ca_file": raw["ca_file"]}, more...))
		_, snapshot, err := fetch(t, s, "")
		requireNothing(t, snapshot, err, warehouses.AskPerson, "does not accept the credential (status 401)")
		_, err = s.Check(t.Context())
		warehousetest.RequireError(t, err, warehouses.AskPerson, "status 401")
	}
	s := openAt(t, with(map[string]any{"ca_file": raw["ca_file"], "token": "env:CANARY"}, "path", strings.Replace(address, "stock", "elsewhere", 1)))
	_, snapshot, err := fetch(t, s, "")
	requireNothing(t, snapshot, err, warehouses.AskPerson, "redirect (status 302)")
	require.Zero(t, elsewhere.Load())
}

// raw answers with bytes as they are, and hangs up.
func raw(w http.ResponseWriter, text string) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	out := bufio.NewWriter(conn)
	_, _ = out.WriteString(text)
	_ = out.Flush()
	_ = conn.Close()
}

func TestWebAnswers(t *testing.T) {
	t.Parallel()
	var counter atomic.Int64
	for name, test := range map[string]struct {
		handler http.HandlerFunc
		raw     []any
		next    warehouses.Next
		says    string // empty when the file is read
	}{
		"with its length": {handler: func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(short)) }},
		"in chunks": {handler: func(w http.ResponseWriter, _ *http.Request) {
			raw(w, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n12\r\n"+short+"\r\n0\r\n\r\n")
		}},
		"chunks break off": {handler: func(w http.ResponseWriter, _ *http.Request) {
			raw(w, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n12\r\n"+short+"\r\n")
		}, says: "broke"},
		"less than said": {handler: func(w http.ResponseWriter, _ *http.Request) {
			raw(w, "HTTP/1.1 200 OK\r\nContent-Length: 22\r\n\r\n"+short)
		}, says: "broke"},
		"without a length": {
			handler: func(w http.ResponseWriter, _ *http.Request) { raw(w, "HTTP/1.0 200 OK\r\n\r\n"+short) }, next: warehouses.AskPerson,
			says: "without its length",
		},
		"but with a trailer": {
			handler: func(w http.ResponseWriter, _ *http.Request) { raw(w, "HTTP/1.0 200 OK\r\n\r\n"+short+"#END,1\n") },
			raw:     []any{"complete", "trailer"},
		},
		"a trailer is cut": {
			handler: func(w http.ResponseWriter, _ *http.Request) { raw(w, "HTTP/1.0 200 OK\r\n\r\n"+short) }, raw: []any{"complete", "trailer"},
			says: "it has no trailer",
		},
		"half written": {
			handler: func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(short + "B")) },
			says:    "stock.csv:3: the file is truncated",
		},
		"nothing": {handler: func(http.ResponseWriter, *http.Request) {}, says: "it is empty"},
		"something else each time": {handler: func(w http.ResponseWriter, _ *http.Request) {
			_, _ = fmt.Fprintf(w, "sku,available\nA,%d\n", counter.Add(1))
		}, says: "changed while it was read"},
		"compressed": {handler: func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = w.Write([]byte("\x1f\x8b"))
		}, next: warehouses.AskPerson, says: "is sent compressed"},
		"a sign-in page": {handler: func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write([]byte("<!doctype html>\n<title>Sign in</title>\n"))
		}, next: warehouses.AskPerson, says: `is a web page, not CSV`},
		"too large": {handler: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", strconv.Itoa(1<<40))
			_, _ = w.Write([]byte(short))
		}, raw: []any{"max_bytes", 1000}, next: warehouses.AskPerson, says: "and max_bytes is 1000"},
		"without end": {handler: func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				if _, err := w.Write([]byte(strings.Repeat("A,1\n", 1000))); err != nil {
					return
				}
			}
		}, raw: []any{"max_bytes", 100_000}, next: warehouses.AskPerson, says: "more bytes, and max_bytes is 100000"},
		"silence": {handler: func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "22")
			_, _ = w.Write([]byte(short))
			_ = http.NewResponseController(w).Flush()
			<-r.Context().Done()
		}, raw: []any{"timeout", "2s"}, says: "sent nothing for 2s"},
		"no answer": {handler: func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, raw: []any{"timeout", "2s"}, says: "did not answer within 2s"},
		"absent":    {handler: http.NotFound, next: warehouses.AskPerson, says: "stock.csv is not there"},
		"a part": {
			handler: func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusPartialContent) }, next: warehouses.AskPerson,
			says: "status 206",
		},
		"forbidden": {handler: func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) }, next: warehouses.AskPerson, says: "status 403"},
		"faltering": {handler: func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) }, says: "status 502"},
		"throttled": {handler: func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTooManyRequests) }, next: warehouses.Wait, says: "status 429"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := openAt(t, with(StartWeb(t, test.handler), test.raw...))
			rows, snapshot, err := fetch(t, s, "")
			if test.says == "" {
				require.NoError(t, err)
				require.Equal(t, []string{"A=1"}, rows)
				return
			}
			requireNothing(t, snapshot, err, test.next, test.says)
		})
	}
}

func TestWebMarker(t *testing.T) {
	t.Parallel()
	written := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	marker := written.Add(-time.Second)
	var dated atomic.Bool
	raw := StartWeb(t, func(w http.ResponseWriter, r *http.Request) {
		at := written
		if r.URL.Path == "/stock.csv.done" {
			at = marker
		}
		if !dated.Load() {
			at = time.Time{}
		}
		http.ServeContent(w, r, "", at, strings.NewReader(short))
	})
	s := openAt(t, with(raw, "complete", "marker"))
	_, snapshot, err := fetch(t, s, "")
	requireNothing(t, snapshot, err, warehouses.AskPerson, "does not say when the file was written")
	dated.Store(true)
	_, snapshot, err = fetch(t, s, "")
	requireNothing(t, snapshot, err, warehouses.Retry, "stock.csv.done is not there, or is older")
	marker = written
	rows, _, err := fetch(t, s, "")
	require.NoError(t, err)
	require.Equal(t, []string{"A=1"}, rows)
}

func TestWebConnectionThatDrops(t *testing.T) {
	t.Parallel()
	var calls atomic.Int64
	rowsCame := make(chan struct{})
	raw := StartWeb(t, func(w http.ResponseWriter, r *http.Request) {
		text := large
		broken := calls.Add(1) // the first breaks off at once; the third, which is the second look at the file, after rows have come
		if broken == 1 || broken == 3 {
			w.Header().Set("Content-Length", strconv.Itoa(len(text)))
			_, _ = w.Write([]byte(text[:len(text)/2]))
			_ = http.NewResponseController(w).Flush()
			if broken == 3 {
				<-rowsCame
			}
			panic(http.ErrAbortHandler)
		}
		http.ServeContent(w, r, "", time.Time{}, strings.NewReader(text))
	})
	s := openAt(t, raw)
	rows, snapshot, err := fetch(t, s, "")
	requireNothing(t, snapshot, err, warehouses.Retry, "stock.csv cannot be read: the connection to the server broke")
	require.Empty(t, rows)
	snapshot, err = fetchWhile(t, s, func() { close(rowsCame) })
	requireNothing(t, snapshot, err, warehouses.Retry, "stock.csv cannot be read: the connection to the server broke")
	_, snapshot, err = fetch(t, s, "")
	require.NoError(t, err)
	require.Equal(t, 500*rowsPerPage, snapshot.Rows)
}

func TestWebTrust(t *testing.T) {
	t.Parallel()
	var calls atomic.Int64
	raw := StartWeb(t, func(http.ResponseWriter, *http.Request) { calls.Add(1) })
	_, snapshot, err := fetch(t, openAt(t, with(raw, "ca_file", nil, "token", "env:CANARY")), "")
	requireNothing(t, snapshot, err, warehouses.AskPerson, "certificate of the server is not valid", "ca_file")
	require.Zero(t, calls.Load())

	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	closed := listener.Addr().String()
	require.NoError(t, listener.Close())
	_, snapshot, err = fetch(t, openAt(t, map[string]any{"path": "https://" + closed + "/stock.csv"}), "")
	requireNothing(t, snapshot, err, warehouses.Retry, closed, "no connection", "refused")
}

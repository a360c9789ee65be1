package outbound_test

import (
	"compress/gzip"
	"context"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/outbound"
	"github.com/tidemark/tidemark/settings"
)

const (
	credential = "canary-credential"
	query      = "canary-query"
)

// serve starts a server that ends with the test.
func serve(t *testing.T, handler http.HandlerFunc) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	t.Cleanup(server.CloseClientConnections)
	return server
}

func post(t *testing.T, client *outbound.Client, address string) (outbound.Response, error) {
	t.Helper()
	header := outbound.Bearer(settings.NewCredential(credential))
	return client.Do(t.Context(), http.MethodPost, address+"?token="+query, header, []byte(`{"n":1}`))
}

// requireClean checks that an error holds nothing that must stay inside.
func requireClean(t *testing.T, err error) {
	t.Helper()
	require.Error(t, err)
	require.NotContains(t, err.Error(), credential)
	require.NotContains(t, err.Error(), query)
	require.NotContains(t, err.Error(), "canary")
}

func TestDoSendsWhatItIsGiven(t *testing.T) {
	t.Parallel()
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		w.Header().Set("X-Seen", strings.Join([]string{
			r.Method, r.URL.RequestURI(), r.Header.Get("Authorization"), r.Header.Get("User-Agent"),
			r.Header.Get("Content-Type"), string(body),
		}, "|"))
		w.WriteHeader(http.StatusTeapot)
		_, _ = w.Write([]byte("answer"))
	})
	client := outbound.NewClient(outbound.Limits{})
	response, err := post(t, client, server.URL+"/a%2Fb")
	require.NoError(t, err)
	require.Equal(t, http.StatusTeapot, response.Status)
	require.Equal(t, "answer", string(response.Body))
	require.Equal(t, `POST|/a%2Fb?token=canary-query|Bearer canary-credential|Tidemark|application/json|{"n":1}`, response.Header.Get("X-Seen"))

	response, err = client.Do(t.Context(), http.MethodGet, server.URL, http.Header{"User-Agent": {"Other"}}, nil)
	require.NoError(t, err)
	require.Equal(t, "GET|/||Other||", response.Header.Get("X-Seen"))
}

func TestDoDoesNotFollowRedirects(t *testing.T) {
	t.Parallel()
	var trapped atomic.Int64
	trap := serve(t, func(http.ResponseWriter, *http.Request) { trapped.Add(1) })
	for _, status := range []int{301, 302, 303, 307, 308} {
		server := serve(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, trap.URL, status) })
		response, err := post(t, outbound.NewClient(outbound.Limits{}), server.URL)
		require.NoError(t, err)
		require.Equal(t, status, response.Status, "the caller sees the redirect")
	}
	require.Zero(t, trapped.Load(), "no call, so no credential, went elsewhere")
}

func TestDoReadsNoMoreThanAgreed(t *testing.T) {
	t.Parallel()
	const limit = 1 << 20
	client := outbound.NewClient(outbound.Limits{Bytes: limit})
	exact := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, limit)) })
	response, err := post(t, client, exact.URL)
	require.NoError(t, err)
	require.Len(t, response.Body, limit)

	over := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, limit+1)) })
	response, err = post(t, client, over.URL)
	require.ErrorIs(t, err, outbound.ErrTooLarge)
	require.NotErrorIs(t, err, outbound.ErrNotSent)
	require.Equal(t, http.StatusOK, response.Status)
	require.Empty(t, response.Body, "a part is not an answer")
	requireClean(t, err)
}

func TestDoCutsAGzipBombAtItsDecodedSize(t *testing.T) {
	// Not parallel: it looks at what the process allocates.
	bomb := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if !strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			return
		}
		w.Header().Set("Content-Encoding", "gzip")
		packed := gzip.NewWriter(w)
		zeros := make([]byte, 1<<20)
		for range 1024 { // a GiB, in a MiB
			if _, err := packed.Write(zeros); err != nil {
				return
			}
		}
		_ = packed.Close()
	})
	client := outbound.NewClient(outbound.Limits{Bytes: 1 << 20})
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := post(t, client, bomb.URL)
	runtime.ReadMemStats(&after)
	require.ErrorIs(t, err, outbound.ErrTooLarge)
	require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(64<<20))
}

func TestDoHasADeadline(t *testing.T) {
	t.Parallel()
	for name, handler := range map[string]http.HandlerFunc{
		"no headers": func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
		"a body that drips": func(w http.ResponseWriter, r *http.Request) {
			ticks := time.NewTicker(time.Millisecond)
			defer ticks.Stop()
			for r.Context().Err() == nil {
				<-ticks.C
				_, _ = w.Write([]byte(" "))
				_ = http.NewResponseController(w).Flush()
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := serve(t, func(w http.ResponseWriter, r *http.Request) {
				_, _ = io.Copy(io.Discard, r.Body) // or the server does not see that the client leaves
				handler(w, r)
			})
			began := time.Now()
			_, err := post(t, outbound.NewClient(outbound.Limits{Timeout: 200 * time.Millisecond}), server.URL)
			requireClean(t, err)
			require.NotErrorIs(t, err, outbound.ErrNotSent)
			require.Less(t, time.Since(began), 10*time.Second)

			ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
			defer cancel()
			_, err = outbound.NewClient(outbound.Limits{}).Do(ctx, http.MethodPost, server.URL, nil, []byte("{}"))
			requireClean(t, err)
			require.NotErrorIs(t, err, outbound.ErrNotSent)
		})
	}
}

func TestDoSaysWhenItWasCancelled(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	server := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		cancel()
		<-r.Context().Done()
	})
	_, err := outbound.NewClient(outbound.Limits{}).Do(ctx, http.MethodPost, server.URL, nil, []byte("{}"))
	require.ErrorIs(t, err, context.Canceled)
	require.NotErrorIs(t, err, outbound.ErrNotSent, "it may have been applied")
}

// A connection that was kept open and breaks in the middle of a call is what makes HTTP clients send a call twice.
func TestDoSendsOnce(t *testing.T) {
	t.Parallel()
	for _, header := range []http.Header{nil, {"Idempotency-Key": {"k"}}} {
		var calls atomic.Int64
		server := serve(t, func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			if calls.Add(1) > 1 {
				panic(http.ErrAbortHandler) // applied, and no response
			}
		})
		client := outbound.NewClient(outbound.Limits{})
		_, err := client.Do(t.Context(), http.MethodPost, server.URL, header, []byte("{}"))
		require.NoError(t, err)
		_, err = client.Do(t.Context(), http.MethodPost, server.URL, header, []byte("{}"))
		requireClean(t, err)
		require.NotErrorIs(t, err, outbound.ErrNotSent)
		require.Equal(t, int64(2), calls.Load())
	}
}

func TestDoSaysWhatWasNotSent(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	closed := "http://" + listener.Addr().String()
	require.NoError(t, listener.Close())
	client := outbound.NewClient(outbound.Limits{})

	_, err = post(t, client, closed)
	require.ErrorIs(t, err, outbound.ErrNotSent)
	require.NotErrorIs(t, err, outbound.ErrUntrusted)
	require.ErrorContains(t, err, listener.Addr().String(), "it names the place")
	requireClean(t, err)

	_, err = post(t, client, "http://[::1")
	require.ErrorIs(t, err, outbound.ErrNotSent)
	requireClean(t, err)

	_, err = client.Do(t.Context(), http.MethodGet, closed, outbound.Bearer(settings.NewCredential("canary\ncredential")), nil)
	require.ErrorIs(t, err, outbound.ErrNotSent)
	require.ErrorContains(t, err, "header Authorization")
	requireClean(t, err)
}

func TestDoTrustsNoUnknownCertificate(t *testing.T) {
	t.Parallel()
	var calls atomic.Int64
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { calls.Add(1) }))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	_, err := post(t, outbound.NewClient(outbound.Limits{}), server.URL)
	require.ErrorIs(t, err, outbound.ErrUntrusted)
	require.ErrorIs(t, err, outbound.ErrNotSent)
	requireClean(t, err)
	require.Zero(t, calls.Load())
}

func TestDoReadsNoEndlessHeader(t *testing.T) {
	t.Parallel()
	server := serve(t, func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("X-Long", strings.Repeat("x", 1<<20)) })
	_, err := post(t, outbound.NewClient(outbound.Limits{}), server.URL)
	requireClean(t, err)
}

func TestAnswerThatBreaksOffKeepsItsStatus(t *testing.T) {
	t.Parallel()
	server := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = w.Write([]byte("canary"))
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	})
	response, err := post(t, outbound.NewClient(outbound.Limits{}), server.URL)
	requireClean(t, err)
	require.ErrorContains(t, err, "broke off after 6 bytes")
	require.Equal(t, http.StatusUnauthorized, response.Status)
}

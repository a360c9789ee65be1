package serve

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
)

func levelOf(sku string, available int64) inventory.Level {
	return inventory.Level{SKU: sku, Available: available}
}

// signedEvent is a request with one event for the depot.
func signedEvent(t *testing.T, server net.Addr) *http.Request {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+server.String()+"/hooks/depot", strings.NewReader(event))
	require.NoError(t, err)
	header := sign(secrets["KEY"], "msg", now, event)
	for i := 0; i < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	return request
}

func readAll(response *http.Response) (string, error) {
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	return string(body), err
}

func TestListensOnLoopbackUnlessThereIsAToken(t *testing.T) {
	t.Parallel()
	w := setup(t, func(options *opening) { options.Token = secretOf("") })
	for _, address := range []string{"0.0.0.0:0", ":0", "[::]:0", "192.0.2.1:0", "example.com:0"} {
		_, err := w.server.Listen(t.Context(), address)
		var unsafe *UnsafeError
		require.ErrorAs(t, err, &unsafe, address)
		require.ErrorContains(t, err, "can be reached from other machines, and there is no API token; give one with --api-token env:NAME")
	}
	for _, address := range []string{"127.0.0.1:0", "localhost:0", "127.9.9.9:0"} {
		listener, err := w.server.Listen(t.Context(), address)
		require.NoError(t, err, address)
		require.NoError(t, listener.Close())
	}
	guarded := w.options
	guarded.Guarded = true
	behind, err := New(t.Context(), guarded)
	require.NoError(t, err)
	listener, err := behind.Listen(t.Context(), "0.0.0.0:0")
	require.NoError(t, err, "pages that people sign in to need no API token")
	require.NoError(t, listener.Close())
	_, err = w.server.Listen(t.Context(), "9480")
	require.ErrorContains(t, err, `"9480" is not an address like 127.0.0.1:9480`)
	taken, err := w.server.Listen(t.Context(), "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { _ = taken.Close() }()
	_, err = w.server.Listen(t.Context(), taken.Addr().String())
	require.ErrorContains(t, err, "is another starter serve running?")
}

// What is in hand when the server is told to stop is answered; then nothing listens any more.
func TestStopsWhenItHasAnswered(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.fake.gate = make(chan struct{})
	server, err := New(t.Context(), w.options)
	require.NoError(t, err)
	listener, err := server.Listen(t.Context(), "127.0.0.1:0")
	require.NoError(t, err)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(ctx, listener) }()

	conn, err := net.Dial("tcp", listener.Addr().String())
	require.NoError(t, err)
	defer func() { _ = conn.Close() }()
	request := signedEvent(t, listener.Addr())
	require.NoError(t, request.Write(conn))
	require.Eventually(t, func() bool { return server.gathererOf("depot").waiting.Load() > 0 }, time.Minute, time.Millisecond, "it is in hand")
	stop()
	require.Eventually(t, func() bool {
		other, err := net.Dial("tcp", listener.Addr().String())
		return err != nil || other.Close() != nil
	}, time.Minute, time.Millisecond, "nobody new is let in")
	require.Empty(t, ended, "a request is in hand")
	close(w.fake.gate)
	response, err := http.ReadResponse(bufio.NewReader(conn), request)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	require.Equal(t, http.StatusAccepted, response.StatusCode)
	require.NoError(t, <-ended)
	require.Equal(t, []string{"msg"}, w.fake.events())
	_, err = net.Dial("tcp", listener.Addr().String())
	require.Error(t, err)
}

// Connections are counted: one more than may be open waits until one is closed, and one that is closed twice frees one place.
func TestConnectionsAreCounted(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.server.maxOpen = 1
	listener, err := w.server.Listen(t.Context(), "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { _ = listener.Close() }()
	for range 3 {
		conn, err := net.Dial("tcp", listener.Addr().String())
		require.NoError(t, err)
		defer func() { _ = conn.Close() }()
	}
	// A place is held from before a connection is accepted until it is closed, so never more than one is open.
	var open, most, accepted atomic.Int64
	var all sync.WaitGroup
	for range 3 {
		all.Go(func() {
			conn, err := listener.Accept()
			if !assert.NoError(t, err) {
				return
			}
			accepted.Add(1)
			most.Store(max(most.Load(), open.Add(1)))
			for range 1000 { // the others have time to be let in beside it
				runtime.Gosched()
			}
			open.Add(-1)
			assert.NoError(t, conn.Close())
			_ = conn.Close()
		})
	}
	all.Wait()
	require.EqualValues(t, 3, accepted.Load())
	require.EqualValues(t, 1, most.Load())
}

// A thousand connections that never finish their header do not keep the webhook from being answered.
func TestSlowConnectionsKeepNobodyOut(t *testing.T) {
	t.Parallel()
	w := setup(t)
	server, err := New(t.Context(), w.options)
	require.NoError(t, err)
	listener, err := server.Listen(t.Context(), "127.0.0.1:0")
	require.NoError(t, err)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(ctx, listener) }()
	var slow []net.Conn
	for range 1000 {
		conn, err := net.Dial("tcp", listener.Addr().String())
		require.NoError(t, err)
		_, err = conn.Write([]byte("POST /hooks/depot HTTP/1.1\r\nHost: x\r\nX-Slow: "))
		require.NoError(t, err)
		slow = append(slow, conn)
	}
	response, err := caller.Do(signedEvent(t, listener.Addr()))
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	require.Equal(t, http.StatusAccepted, response.StatusCode)
	_, err = io.ReadAll(slow[0]) // they are closed after ReadHeaderTimeout
	require.NoError(t, err)
	for _, conn := range slow {
		require.NoError(t, conn.Close())
	}
	stop()
	require.NoError(t, <-ended)
}

package serve

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"testing"

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
	for server.gathererOf("depot").waiting.Load() == 0 { // it is in hand
		runtime.Gosched()
	}
	stop()
	for { // until nobody new is let in
		other, err := net.Dial("tcp", listener.Addr().String())
		if err != nil {
			break
		}
		require.NoError(t, other.Close())
	}
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

// Connections are counted: one more than may be open waits until one is closed.
func TestConnectionsAreCounted(t *testing.T) {
	t.Parallel()
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	listener := &capped{Listener: inner, slots: make(chan struct{}, 1)}
	defer func() { _ = listener.Close() }()
	for range 2 {
		conn, err := net.Dial("tcp", inner.Addr().String())
		require.NoError(t, err)
		defer func() { _ = conn.Close() }()
	}
	first, err := listener.Accept()
	require.NoError(t, err)
	accepted := make(chan net.Conn)
	go func() {
		if conn, err := listener.Accept(); err == nil {
			accepted <- conn
		}
	}()
	select {
	case <-accepted:
		t.Fatal("two connections where one may be open")
	default:
	}
	require.NoError(t, first.Close())
	require.Error(t, first.Close(), "closing twice frees one place")
	second := <-accepted
	require.Len(t, listener.slots, 1)
	require.NoError(t, second.Close())
	require.Empty(t, listener.slots)
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

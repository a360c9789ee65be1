package chaos

import (
	"errors"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// relay listens on a port and passes each connection on. It counts what its clients ask of it, so that a play knows whether anybody has met a
// fault; and it gives a port to a server that listens on a Unix socket.
type relay struct {
	listener         net.Listener
	network, address string       // where connections go
	asked            atomic.Int64 // connections that were opened, and pieces that clients have sent
}

func startRelay(t testing.TB, network, address string) *relay {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	r := &relay{listener: listener, network: network, address: address}
	t.Cleanup(func() { _ = listener.Close() })
	go r.serve()
	return r
}

func (r *relay) listens() string { return r.listener.Addr().String() }

func (r *relay) serve() {
	for {
		client, err := r.listener.Accept()
		if err != nil {
			return
		}
		r.asked.Add(1)
		go r.pass(client)
	}
}

// pass passes a connection on. How one side ends, the other does: by its end, or by a reset.
func (r *relay) pass(client net.Conn) {
	server, err := (&net.Dialer{Timeout: 5 * time.Second}).Dial(r.network, r.address)
	if err != nil {
		end(client, err)
		return
	}
	var both sync.WaitGroup
	both.Go(func() {
		_, err := io.Copy(server, &countingReader{client, &r.asked})
		end(server, err)
		end(client, err)
	})
	both.Go(func() {
		_, err := io.Copy(client, server)
		end(client, err)
		end(server, err)
	})
	both.Wait()
}

// end closes a connection, with a reset where the other side of it was not closed in order.
func end(connection net.Conn, why error) {
	if tcp, is := connection.(*net.TCPConn); is && why != nil && !errors.Is(why, net.ErrClosed) {
		_ = tcp.SetLinger(0)
	}
	_ = connection.Close()
}

// countingReader counts what is read.
type countingReader struct {
	io.Reader
	pieces *atomic.Int64
}

func (c *countingReader) Read(into []byte) (int, error) {
	n, err := c.Reader.Read(into)
	if n > 0 {
		c.pieces.Add(1)
	}
	return n, err
}

package serve

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"golang.org/x/net/netutil"
)

// DefaultListen is the default address of the server: on loopback, for a TLS proxy.
const DefaultListen = "127.0.0.1:9480"

const (
	maxConnections  = 2000
	refreshEvery    = 30 * time.Second
	stopTimeout     = 30 * time.Second // longer than senderTimeout
	headerTimeout   = 5 * time.Second
	requestTimeout  = 15 * time.Second // header and body; uploads have a deadline of their own
	responseTimeout = 60 * time.Second // longer than any response takes
	idleTimeout     = 2 * time.Minute
	maxHeaderBytes  = 32 << 10
)

// UnsafeError refuses an address that other machines can reach while nobody has to authenticate. Its message says what to do.
type UnsafeError struct{ message string }

func (e *UnsafeError) Error() string { return e.message }

// Loopback is true for an address that only this machine can reach.
func Loopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	ip := net.ParseIP(host)
	return err == nil && (host == "localhost" || ip != nil && ip.IsLoopback())
}

// Listen opens the address. An address other than loopback needs an API token or guarded pages (Options.Guarded). Hooks without keys accept
// nothing, so they do not matter here.
func (s *Server) Listen(ctx context.Context, address string) (net.Listener, error) {
	if _, _, err := net.SplitHostPort(address); err != nil {
		return nil, &UnsafeError{fmt.Sprintf("%q is not an address like %s", address, DefaultListen)}
	}
	if !Loopback(address) && len(s.tokens) == 0 && !s.options.Guarded {
		return nil, &UnsafeError{fmt.Sprintf("%s can be reached from other machines, and there is no API token; give one with --api-token env:NAME, or listen on %s",
			address, DefaultListen)}
	}
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("cannot listen on %s: %w; is another starter serve running?", address, err)
	}
	return netutil.LimitListener(listener, s.maxOpen), nil // further connections wait in the queue of the kernel
}

// Serve serves until the context ends. It then finishes the requests that are being served.
func (s *Server) Serve(ctx context.Context, listener net.Listener) error {
	server := &http.Server{
		Handler:           s.Handler(),
		ReadHeaderTimeout: headerTimeout, ReadTimeout: requestTimeout, WriteTimeout: responseTimeout, IdleTimeout: idleTimeout,
		MaxHeaderBytes: maxHeaderBytes,
	}
	defer s.Close()
	if s.options.Stop != nil {
		server.RegisterOnShutdown(s.options.Stop)
		defer s.options.Stop()
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	ticker := time.NewTicker(refreshEvery)
	defer ticker.Stop()
	for {
		select {
		case err := <-ended:
			return err
		case <-ticker.C:
			if err := s.Refresh(ctx); err != nil && ctx.Err() == nil {
				s.options.Log.Error("some hook keys cannot be read: hooks keep the keys that they had, and a hook that had none accepts nothing",
					"error", err)
			}
		case <-ctx.Done():
			stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
			defer cancel()
			err := server.Shutdown(stopping)
			if errors.Is(err, context.DeadlineExceeded) { // a long upload: its sender starts it again
				err = server.Close()
			}
			if served := <-ended; !errors.Is(served, http.ErrServerClosed) {
				err = errors.Join(err, served)
			}
			return err
		}
	}
}

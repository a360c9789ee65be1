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

// DefaultListen is where the server listens when nothing is said: on loopback, for a proxy that speaks TLS.
const DefaultListen = "127.0.0.1:9480"

const (
	mostConnections = 2000
	refreshEvery    = 30 * time.Second
	stopWithin      = 30 * time.Second // longer than any sender waits for its answer
	headerWithin    = 5 * time.Second
	requestWithin   = 15 * time.Second // header and body; uploads have their own patience
	respondWithin   = 60 * time.Second // longer than any answer takes
	idleFor         = 2 * time.Minute
	mostHeaderBytes = 32 << 10
)

// UnsafeError is an address on which this server will not listen as it is set. Its message says what to do.
type UnsafeError struct{ message string }

func (e *UnsafeError) Error() string { return e.message }

// Loopback is true for an address that only this machine can reach.
func Loopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	ip := net.ParseIP(host)
	return err == nil && (host == "localhost" || ip != nil && ip.IsLoopback())
}

// Listen opens the address. It listens elsewhere than on loopback only when there is an API token, or pages that are guarded, and, as New has
// seen to, keys for every hook.
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
	return netutil.LimitListener(listener, s.openAtOnce), nil // more wait in the kernel's queue
}

// Serve answers until the context ends. What is in hand then is answered first.
func (s *Server) Serve(ctx context.Context, listener net.Listener) error {
	server := &http.Server{
		Handler:           s.Handler(),
		ReadHeaderTimeout: headerWithin, ReadTimeout: requestWithin, WriteTimeout: respondWithin, IdleTimeout: idleFor,
		MaxHeaderBytes: mostHeaderBytes,
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
				s.options.Log.Error("some hooks cannot be used as they are configured: they keep the keys that they had, and take nothing where they had none",
					"error", err)
			}
		case <-ctx.Done():
			stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopWithin)
			defer cancel()
			err := server.Shutdown(stopping)
			if errors.Is(err, context.DeadlineExceeded) { // an upload: it is begun again by its sender
				err = server.Close()
			}
			if served := <-ended; !errors.Is(served, http.ErrServerClosed) {
				err = errors.Join(err, served)
			}
			return err
		}
	}
}

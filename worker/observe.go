package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/uber-go/tally/v4"
	"github.com/uber-go/tally/v4/prometheus"
	"go.temporal.io/sdk/client"
	sdktally "go.temporal.io/sdk/contrib/tally"
)

// observation is one metrics scope for the SDK and for Tidemark, served with the health of the process.
type observation struct {
	scope    tally.Scope
	closer   func() error
	listener net.Listener
	server   *http.Server
	check    atomic.Pointer[func(context.Context) error]
}

// observe listens at once, so that a taken port is known before any work is.
func observe(address string) (*observation, error) {
	o := &observation{}
	reporter := prometheus.NewReporter(prometheus.Options{})
	scope, closer := tally.NewRootScope(tally.ScopeOptions{
		CachedReporter:  reporter,
		Separator:       prometheus.DefaultSeparator,
		SanitizeOptions: &sdktally.PrometheusSanitizeOptions,
	}, time.Second)
	o.scope, o.closer = sdktally.NewPrometheusNamingScope(scope), closer.Close
	if address == "" {
		return o, nil
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, errors.Join(&startError{fmt.Errorf("cannot listen on %s for /metrics and /healthz: %w; choose another address with --listen", address, err)}, o.closer())
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", reporter.HTTPHandler())
	mux.HandleFunc("GET /healthz", o.healthz)
	o.listener = listener
	o.server = &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: 30 * time.Second}
	go func() { _ = o.server.Serve(listener) }() // ends with close
	return o, nil
}

func (o *observation) healthz(response http.ResponseWriter, request *http.Request) {
	check := o.check.Load()
	if check == nil {
		http.Error(response, "starting", http.StatusServiceUnavailable)
		return
	}
	ctx, cancel := context.WithTimeout(request.Context(), 3*time.Second)
	defer cancel()
	if err := (*check)(ctx); err != nil {
		http.Error(response, "the ledger does not answer", http.StatusServiceUnavailable)
		return
	}
	_, _ = response.Write([]byte("ok\n"))
}

func (o *observation) health(check func(context.Context) error) { o.check.Store(&check) }

func (o *observation) handler() client.MetricsHandler { return sdktally.NewMetricsHandler(o.scope) }

func (o *observation) address() string {
	if o.listener == nil {
		return ""
	}
	return o.listener.Addr().String()
}

func (o *observation) close() {
	if o.server != nil {
		_ = o.server.Close()
	}
	_ = o.closer()
}

package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync/atomic"
	"time"
	"unicode"

	prom "github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/uber-go/tally/v4"
	"github.com/uber-go/tally/v4/prometheus"
	"go.temporal.io/sdk/client"
	sdktally "go.temporal.io/sdk/contrib/tally"
)

// probe checks that a service which the worker needs answers.
type probe func(context.Context) error

// observation serves the metrics of the SDK and of Tidemark, and the health of the process.
type observation struct {
	scope    tally.Scope
	closer   func() error
	listener net.Listener
	server   *http.Server
	ledger   atomic.Pointer[probe]
	temporal atomic.Pointer[probe]
}

// asTheyAre keeps label values unchanged. They are ids of stores, for example, and Prometheus accepts any text.
func asTheyAre() *tally.SanitizeOptions {
	options := sdktally.PrometheusSanitizeOptions
	options.ValueCharacters = tally.ValidCharacters{Ranges: []tally.SanitizeRange{{' ', unicode.MaxRune}}}
	return &options
}

// observe starts to listen, so that an occupied port is known before any work begins. The collectors are read together with the metrics.
func observe(address string, who access, more ...prom.Collector) (*observation, error) {
	if address != "" {
		if err := who.check(address); err != nil {
			return nil, err
		}
	}
	o := &observation{}
	registry := prom.NewRegistry()
	for _, collector := range append(more, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{})) {
		if err := registry.Register(collector); err != nil {
			return nil, err
		}
	}
	reporter := prometheus.NewReporter(prometheus.Options{Registerer: registry, Gatherer: registry})
	scope, closer := tally.NewRootScope(tally.ScopeOptions{
		CachedReporter:  reporter,
		Separator:       prometheus.DefaultSeparator,
		SanitizeOptions: asTheyAre(),
	}, time.Second)
	o.scope, o.closer = sdktally.NewPrometheusNamingScope(scope), closer.Close
	if address == "" {
		return o, nil
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, errors.Join(&startError{fmt.Errorf("cannot listen on %s for /metrics, /healthz and /readyz: %w; choose another address with --listen", address,
			err)}, o.closer())
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", who.guard(reporter.HTTPHandler()))
	mux.HandleFunc("GET /healthz", o.health(false))
	mux.HandleFunc("GET /readyz", o.health(true))
	o.listener = listener
	o.server = &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: 30 * time.Second}
	go func() { _ = o.server.Serve(listener) }() // ends with close
	return o, nil
}

// health reports whether the ledger answers. With whole it also reports whether this worker polls Temporal. /healthz leaves that out,
// because a restart would not help: a worker waits for Temporal.
func (o *observation) health(whole bool) http.HandlerFunc {
	return func(response http.ResponseWriter, request *http.Request) {
		ledger, temporal := o.ledger.Load(), o.temporal.Load()
		if ledger == nil || temporal == nil {
			http.Error(response, "starting", http.StatusServiceUnavailable)
			return
		}
		ctx, cancel := context.WithTimeout(request.Context(), 3*time.Second)
		defer cancel()
		if err := (*ledger)(ctx); err != nil {
			http.Error(response, "the ledger does not answer", http.StatusServiceUnavailable)
			return
		}
		if whole {
			if err := (*temporal)(ctx); err != nil {
				http.Error(response, err.Error(), http.StatusServiceUnavailable)
				return
			}
		}
		_, _ = response.Write([]byte("ok\n"))
	}
}

// watch sets what is probed. Until then the endpoints report that the worker is starting.
func (o *observation) watch(ledger, temporal probe) {
	o.ledger.Store(&ledger)
	o.temporal.Store(&temporal)
}

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

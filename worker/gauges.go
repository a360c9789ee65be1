package main

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/settings"
)

// gauges are metrics of the active connections, read from the ledger when the metrics are collected. All workers on one ledger report the
// same values, except for the stores and warehouses whose drivers this worker cannot open. While the ledger does not answer,
// tidemark_ledger_up is 0 and the other gauges are absent.
type gauges struct {
	ledger      gaugeLedger
	environment settings.Environment
	log         *slog.Logger
	now         func() time.Time

	up, took, due, rows, age, holds, store, warehouse, refused *prometheus.Desc

	mutex sync.Mutex
	last  gaugeValues
	spent time.Duration // how long the last read took
	until time.Time     // last is reported until then
}

// gaugeLedger is the part of the ledger that the gauges read.
type gaugeLedger interface {
	ledger.DefinitionReader
	StatusCounts(ctx context.Context, connection string) (map[ledger.Status]int64, error)
	LastSuccess(ctx context.Context, connection string) (ledger.Run, error)
	OpenHolds(ctx context.Context) ([]ledger.Hold, error)
	CountStale(ctx context.Context, warehouse string) (ledger.StaleCount, error)
}

// gaugeValues are what the last read returned.
type gaugeValues struct {
	connections []connectionValues
	partners    []partner // stores and warehouses that active connections use
	holds       int
	refused     map[string]int64 // stale levels, by warehouse of an active connection
}

type connectionValues struct {
	id        string
	rows      map[ledger.Status]int64
	succeeded *time.Time // nil when no run ever succeeded
}

const (
	gaugesKept    = 15 * time.Second
	gaugesTimeout = 8 * time.Second // shorter than the ten seconds for which Prometheus waits, so that tidemark_ledger_up is still reported
	// gaugesShare is for how many times its own duration a read is reported again: where a million rows make it slow, it is done less often.
	gaugesShare = 20
)

func newGauges(state gaugeLedger, log *slog.Logger) *gauges {
	describe := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc(name, help, labels, nil)
	}
	return &gauges{
		ledger: state, environment: settings.Process(), log: log, now: time.Now,
		up:    describe("tidemark_ledger_up", "1 when the ledger answered this worker, 0 when it did not within 8 seconds."),
		took:  describe("tidemark_ledger_read_seconds", "How long this worker last took to read these metrics from the ledger."),
		due:   describe("tidemark_connection_due_rows", "Rows of an active connection that wait to be pushed.", "connection"),
		rows:  describe("tidemark_connection_rows", "Rows of an active connection by status.", "connection", "status"),
		age:   describe("tidemark_connection_last_success_age_seconds", "Since the last run of everything that completed.", "connection"),
		holds: describe("tidemark_open_holds", "Runs that wait for a person's decision."),
		store: describe("tidemark_store_credentials_unreadable",
			"1 where this worker cannot read the credentials or settings of a store in use: its runs fail here.", "store"),
		warehouse: describe("tidemark_warehouse_credentials_unreadable",
			"1 where this worker cannot read the credentials or settings of a warehouse in use: its runs fail here.", "warehouse"),
		refused: describe("tidemark_levels_refused", "Levels of a warehouse in use whose last row was refused, or of which no row was ever read.", "warehouse"),
	}
}

// Describe sends the descriptions of all gauges.
func (g *gauges) Describe(descriptions chan<- *prometheus.Desc) {
	for _, description := range []*prometheus.Desc{g.up, g.took, g.due, g.rows, g.age, g.holds, g.store, g.warehouse, g.refused} {
		descriptions <- description
	}
}

// Collect reports the last read while it is fresh, otherwise it reads the ledger.
func (g *gauges) Collect(metrics chan<- prometheus.Metric) {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	show := func(what *prometheus.Desc, value float64, labels ...string) {
		metrics <- prometheus.MustNewConstMetric(what, prometheus.GaugeValue, value, labels...)
	}
	if began := g.now(); !began.Before(g.until) {
		ctx, cancel := context.WithTimeout(context.Background(), gaugesTimeout)
		defer cancel()
		counts, err := g.read(ctx)
		if err != nil {
			g.log.Warn("the metrics of the connections could not be read from the ledger", "error", err)
			show(g.up, 0)
			return
		}
		ended := g.now()
		g.spent = ended.Sub(began)
		g.last, g.until = counts, ended.Add(max(gaugesKept, gaugesShare*g.spent))
	}
	show(g.up, 1)
	show(g.took, g.spent.Seconds())
	for _, connection := range g.last.connections {
		show(g.due, float64(connection.rows[ledger.StatusPending]+connection.rows[ledger.StatusRetrying]), connection.id)
		for _, status := range []ledger.Status{
			ledger.StatusPending, ledger.StatusUnknown, ledger.StatusSent, ledger.StatusExported, ledger.StatusRetrying, ledger.StatusRejected, ledger.StatusBlocked,
		} {
			show(g.rows, float64(connection.rows[status]), connection.id, string(status))
		}
		if connection.succeeded != nil {
			show(g.age, g.now().Sub(*connection.succeeded).Seconds(), connection.id)
		}
	}
	for _, partner := range g.last.partners {
		unreadable, desc := 0.0, g.store
		if partner.fault != nil {
			unreadable = 1
		}
		if partner.kind == "warehouse" {
			desc = g.warehouse
		}
		show(desc, unreadable, partner.id)
	}
	for warehouse, levels := range g.last.refused {
		show(g.refused, float64(levels), warehouse)
	}
	show(g.holds, float64(g.last.holds))
}

func (g *gauges) read(ctx context.Context) (gaugeValues, error) {
	values := gaugeValues{refused: map[string]int64{}}
	connections, err := g.ledger.Connections(ctx)
	if err != nil {
		return values, err
	}
	for _, connection := range connections {
		if !connection.Active() {
			continue
		}
		counts := connectionValues{id: connection.ID}
		if counts.rows, err = g.ledger.StatusCounts(ctx, connection.ID); err != nil {
			return values, err
		}
		run, err := g.ledger.LastSuccess(ctx, connection.ID)
		if err == nil {
			counts.succeeded = run.EndedAt
		} else if !errors.Is(err, ledger.ErrNotFound) {
			return values, err
		}
		values.connections = append(values.connections, counts)
		count, err := g.ledger.CountStale(ctx, connection.Warehouse)
		if err != nil {
			return values, err
		}
		values.refused[connection.Warehouse] = count.Levels + count.Unread
	}
	all, err := partners(ctx, g.ledger, g.environment)
	if err != nil {
		return values, err
	}
	values.partners = slices.DeleteFunc(all, func(candidate partner) bool { return !candidate.active })
	holds, err := g.ledger.OpenHolds(ctx)
	values.holds = len(holds)
	return values, err
}

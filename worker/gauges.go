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

// gauges tell from the ledger how the active connections stand, when the metrics are read. They are the same in every worker on
// one ledger, but for those of stores and warehouses that this worker cannot call. While the ledger does not answer, one says so and the
// others are absent.
type gauges struct {
	ledger      gaugeLedger
	environment settings.Environment
	log         *slog.Logger
	now         func() time.Time

	up, took, due, rows, age, holds, store, warehouse, refused *prometheus.Desc

	mutex sync.Mutex
	last  standing
	spent time.Duration // that reading last took
	until time.Time     // last is shown until then
}

// gaugeLedger is what the gauges read of the ledger.
type gaugeLedger interface {
	ledger.DefinitionReader
	StatusCounts(ctx context.Context, connection string) (map[ledger.Status]int64, error)
	LastSuccess(ctx context.Context, connection string) (ledger.Run, error)
	OpenHolds(ctx context.Context) ([]ledger.Hold, error)
	CountStale(ctx context.Context, warehouse string) (ledger.StaleCount, error)
}

// standing is what the ledger said.
type standing struct {
	connections []connectionStanding
	partners    []partner // that active connections use
	holds       int
	refused     map[string]int64 // levels that are stale, by warehouse that an active connection reads
}

type connectionStanding struct {
	id        string
	rows      map[ledger.Status]int64
	succeeded *time.Time // nil when no run ever did
}

const (
	gaugesKept    = 15 * time.Second
	gaugesTimeout = 8 * time.Second // shorter than the ten seconds for which Prometheus waits, so that what is down is told
	// gaugesShare is how many times as long as counting took its result is kept: where a million rows make it slow, it is done less often.
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

// Describe names all of them.
func (g *gauges) Describe(into chan<- *prometheus.Desc) {
	for _, one := range []*prometheus.Desc{g.up, g.took, g.due, g.rows, g.age, g.holds, g.store, g.warehouse, g.refused} {
		into <- one
	}
}

// Collect shows what the ledger says now, or said a moment ago.
func (g *gauges) Collect(into chan<- prometheus.Metric) {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	show := func(what *prometheus.Desc, value float64, labels ...string) {
		into <- prometheus.MustNewConstMetric(what, prometheus.GaugeValue, value, labels...)
	}
	if began := g.now(); !began.Before(g.until) {
		ctx, cancel := context.WithTimeout(context.Background(), gaugesTimeout)
		defer cancel()
		found, err := g.stand(ctx)
		if err != nil {
			g.log.Warn("the ledger could not be asked for the metrics of its connections", "error", err)
			show(g.up, 0)
			return
		}
		ended := g.now()
		g.spent = ended.Sub(began)
		g.last, g.until = found, ended.Add(max(gaugesKept, gaugesShare*g.spent))
	}
	show(g.up, 1)
	show(g.took, g.spent.Seconds())
	for _, one := range g.last.connections {
		show(g.due, float64(one.rows[ledger.StatusPending]+one.rows[ledger.StatusRetrying]), one.id)
		for _, status := range []ledger.Status{
			ledger.StatusPending, ledger.StatusUnknown, ledger.StatusSent, ledger.StatusExported, ledger.StatusRetrying, ledger.StatusRejected, ledger.StatusBlocked,
		} {
			show(g.rows, float64(one.rows[status]), one.id, string(status))
		}
		if one.succeeded != nil {
			show(g.age, g.now().Sub(*one.succeeded).Seconds(), one.id)
		}
	}
	for _, one := range g.last.partners {
		unreadable, desc := 0.0, g.store
		if one.fault != nil {
			unreadable = 1
		}
		if one.kind == "warehouse" {
			desc = g.warehouse
		}
		show(desc, unreadable, one.id)
	}
	for warehouse, levels := range g.last.refused {
		show(g.refused, float64(levels), warehouse)
	}
	show(g.holds, float64(g.last.holds))
}

func (g *gauges) stand(ctx context.Context) (standing, error) {
	found := standing{refused: map[string]int64{}}
	connections, err := g.ledger.Connections(ctx)
	if err != nil {
		return found, err
	}
	for _, connection := range connections {
		if !connection.Active() {
			continue
		}
		one := connectionStanding{id: connection.ID}
		if one.rows, err = g.ledger.StatusCounts(ctx, connection.ID); err != nil {
			return found, err
		}
		run, err := g.ledger.LastSuccess(ctx, connection.ID)
		if err == nil {
			one.succeeded = run.EndedAt
		} else if !errors.Is(err, ledger.ErrNotFound) {
			return found, err
		}
		found.connections = append(found.connections, one)
		count, err := g.ledger.CountStale(ctx, connection.Warehouse)
		if err != nil {
			return found, err
		}
		found.refused[connection.Warehouse] = count.Levels + count.Unread
	}
	all, err := partners(ctx, g.ledger, g.environment)
	if err != nil {
		return found, err
	}
	found.partners = slices.DeleteFunc(all, func(one partner) bool { return !one.active })
	holds, err := g.ledger.OpenHolds(ctx)
	found.holds = len(holds)
	return found, err
}

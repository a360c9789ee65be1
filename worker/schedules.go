package main

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/tidemark/tidemark/control"
)

// schedules tell from Temporal how the schedules of active connections stand, when the metrics are read. They are the same in every
// worker. While Temporal does not answer, one says so and the others are absent.
type schedules struct {
	log *slog.Logger
	now func() time.Time

	up, missed, skipped, paused, gone *prometheus.Desc

	mutex sync.Mutex
	ask   func(context.Context) ([]control.ScheduleStatus, error) // nil until Temporal is connected
	last  []control.ScheduleStatus
	until time.Time // last is shown until then
}

// schedulesKept is how long an answer is shown: it takes a request for each schedule.
const schedulesKept = time.Minute

func newSchedules(log *slog.Logger) *schedules {
	describe := func(name, help string) *prometheus.Desc {
		return prometheus.NewDesc(name, help, []string{"schedule"}, nil)
	}
	return &schedules{
		log: log, now: time.Now,
		up:     prometheus.NewDesc("tidemark_temporal_up", "1 when Temporal answered this worker, 0 when it did not within 8 seconds.", nil, nil),
		missed: describe("tidemark_schedule_missed_starts_total", "Starts of a schedule that were too late to be made up for, since it was created."),
		skipped: describe("tidemark_schedule_skipped_starts_total",
			"Starts of a schedule that were dropped because its run before was not over, since it was created."),
		paused: describe("tidemark_schedule_paused", "1 for a schedule that is paused, or has no starts left."),
		gone:   describe("tidemark_schedule_missing", "1 for a schedule that is configured and that Temporal does not have, or that belongs to another ledger."),
	}
}

// asking is where the answers come from, from now on.
func (s *schedules) asking(ask func(context.Context) ([]control.ScheduleStatus, error)) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.ask = ask
}

// Describe names all of them.
func (s *schedules) Describe(into chan<- *prometheus.Desc) {
	for _, one := range []*prometheus.Desc{s.up, s.missed, s.skipped, s.paused, s.gone} {
		into <- one
	}
}

// Collect shows what Temporal says now, or said a moment ago.
func (s *schedules) Collect(into chan<- prometheus.Metric) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	stand := func(up bool) { into <- prometheus.MustNewConstMetric(s.up, prometheus.GaugeValue, truth(up)) }
	if s.ask == nil {
		stand(false)
		return
	}
	if began := s.now(); !began.Before(s.until) {
		ctx, cancel := context.WithTimeout(context.Background(), gaugesTimeout)
		defer cancel()
		found, err := s.ask(ctx)
		if err != nil {
			s.log.Warn("Temporal could not be asked for the metrics of the schedules", "error", err)
			stand(false)
			return
		}
		ended := s.now()
		s.last, s.until = found, ended.Add(max(schedulesKept, gaugesShare*ended.Sub(began)))
	}
	stand(true)
	for _, one := range s.last {
		show := func(what *prometheus.Desc, kind prometheus.ValueType, value float64) {
			into <- prometheus.MustNewConstMetric(what, kind, value, one.ID)
		}
		show(s.gone, prometheus.GaugeValue, truth(one.Missing || one.Ledger != ""))
		if one.Missing {
			continue
		}
		show(s.missed, prometheus.CounterValue, float64(one.Missed))
		show(s.skipped, prometheus.CounterValue, float64(one.Skipped))
		show(s.paused, prometheus.GaugeValue, truth(one.Paused || one.Remaining != nil && *one.Remaining == 0))
	}
}

func truth(is bool) float64 {
	if is {
		return 1
	}
	return 0
}

package main

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/tidemark/tidemark/control"
)

// schedules are metrics of the schedules of active connections, read from Temporal when the metrics are collected. All workers report the
// same values. While Temporal does not answer, tidemark_temporal_up is 0 and the others are absent.
type schedules struct {
	log *slog.Logger
	now func() time.Time

	up, missed, skipped, paused, gone *prometheus.Desc

	mutex sync.Mutex
	ask   func(context.Context) ([]control.ScheduleStatus, error) // nil until Temporal is connected
	last  []control.ScheduleStatus
	until time.Time // last is reported until then
}

// schedulesKept is how long a result is reported again: reading it takes one request for each schedule.
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

// asking sets the function that reads the schedules.
func (s *schedules) asking(ask func(context.Context) ([]control.ScheduleStatus, error)) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.ask = ask
}

// Describe sends the descriptions of all metrics.
func (s *schedules) Describe(descriptions chan<- *prometheus.Desc) {
	for _, description := range []*prometheus.Desc{s.up, s.missed, s.skipped, s.paused, s.gone} {
		descriptions <- description
	}
}

// Collect reports the last result while it is fresh, otherwise it asks Temporal.
func (s *schedules) Collect(metrics chan<- prometheus.Metric) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	showUp := func(up bool) { metrics <- prometheus.MustNewConstMetric(s.up, prometheus.GaugeValue, truth(up)) }
	if s.ask == nil {
		showUp(false)
		return
	}
	if began := s.now(); !began.Before(s.until) {
		ctx, cancel := context.WithTimeout(context.Background(), gaugesTimeout)
		defer cancel()
		statuses, err := s.ask(ctx)
		if err != nil {
			s.log.Warn("the metrics of the schedules could not be read from Temporal", "error", err)
			showUp(false)
			return
		}
		ended := s.now()
		s.last, s.until = statuses, ended.Add(max(schedulesKept, gaugesShare*ended.Sub(began)))
	}
	showUp(true)
	for _, schedule := range s.last {
		show := func(what *prometheus.Desc, kind prometheus.ValueType, value float64) {
			metrics <- prometheus.MustNewConstMetric(what, kind, value, schedule.ID)
		}
		show(s.gone, prometheus.GaugeValue, truth(schedule.Missing || schedule.Ledger != ""))
		if schedule.Missing {
			continue
		}
		show(s.missed, prometheus.CounterValue, float64(schedule.Missed))
		show(s.skipped, prometheus.CounterValue, float64(schedule.Skipped))
		show(s.paused, prometheus.GaugeValue, truth(schedule.Paused || schedule.Remaining != nil && *schedule.Remaining == 0))
	}
}

func truth(is bool) float64 {
	if is {
		return 1
	}
	return 0
}

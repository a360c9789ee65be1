package main

import (
	"errors"
	"fmt"
	"time"
)

// ListenAddress is where the worker serves /metrics, /healthz and /readyz by default.
const ListenAddress = "127.0.0.1:9464"

// options are the values of the flags.
type options struct {
	ledger, listen, level, format string
	slice, retention              time.Duration
	activities                    int
	metricsToken                  string // reference to the token, like env:NAME
	openMetrics                   bool
}

const (
	shortestRetention = 24 * time.Hour
	mostActivities    = 1000
	shortestSlice     = time.Second
	longestSlice      = 2 * time.Minute // with the longest call at its end it is shorter than an activity may take
)

// check refuses values with which a worker could not work.
func (o options) check() error {
	switch {
	case o.metricsToken != "" && o.openMetrics:
		return &startError{errors.New("--metrics-token and --open-metrics exclude each other")}
	case o.retention != 0 && o.retention < shortestRetention:
		return &startError{fmt.Errorf("--retention %s would remove what is still needed; give at least 24h, or 0 to keep everything", o.retention)}
	case o.activities < 1 || o.activities > mostActivities:
		return &startError{fmt.Errorf("--concurrent-activities %d is not between 1 and %d", o.activities, mostActivities)}
	case o.slice < shortestSlice || o.slice > longestSlice:
		return &startError{fmt.Errorf("--push-slice %s is not between %s and %s", o.slice, shortestSlice, longestSlice)}
	}
	return nil
}

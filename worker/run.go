package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"runtime/debug"
	"time"

	"go.temporal.io/sdk/worker"

	"github.com/tidemark/tidemark/activities"
	channelsall "github.com/tidemark/tidemark/channels/all"
	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/control/gateway"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/settings"
	warehousesall "github.com/tidemark/tidemark/warehouses/all"
	"github.com/tidemark/tidemark/workflows"
)

const (
	stopTimeout     = time.Minute // longer than the longest call to a store
	heartbeatAtMost = time.Second // no heartbeat is delayed longer than this
	// stickyFor is how long a task of a workflow waits for the worker that has the workflow in memory, before any worker takes it.
	stickyFor     = 2 * time.Second
	startPatience = 30 * time.Second
)

func run(ctx context.Context, options options) error {
	if err := options.check(); err != nil {
		return err
	}
	log, err := logger(options.level, options.format)
	if err != nil {
		return err
	}
	who, err := accessOf(options, settings.Process())
	if err != nil {
		return err
	}
	built, _ := debug.ReadBuildInfo()
	version, err := deployment(os.Getenv, built)
	if err != nil {
		return &startError{err}
	}
	state, err := openLedger(ctx, options.ledger, log)
	if err != nil {
		return err
	}
	defer func() { _ = state.Close() }()
	if err := reportPartners(ctx, state, settings.Process(), log); err != nil {
		return err
	}
	scheduleMetrics := newSchedules(log)
	observed, err := observe(options.listen, who, newGauges(state, log), scheduleMetrics)
	if err != nil {
		return err
	}
	defer observed.close()
	temporal, namespace, err := gateway.Dial(ctx, log, observed.handler(), startPatience)
	if err != nil {
		return &startError{err}
	}
	defer temporal.Close()
	reached := gateway.New(temporal, namespace)
	tidemark := control.New(state, reached, time.Now)
	scheduleMetrics.asking(tidemark.Schedules)

	identity, fatal := identify(), make(chan error, 2)
	w := worker.New(temporal, workflows.TaskQueue, worker.Options{
		Identity:                           identity,
		DeploymentOptions:                  version,
		WorkerStopTimeout:                  stopTimeout,
		StickyScheduleToStartTimeout:       stickyFor,
		MaxHeartbeatThrottleInterval:       heartbeatAtMost,
		DefaultHeartbeatThrottleInterval:   heartbeatAtMost,
		MaxConcurrentActivityExecutionSize: options.activities,
		OnFatalError:                       func(err error) { fatal <- err }, // called once
	})
	workflows.Register(w)
	register(w, state, reached, options)

	observed.watch(state.Check, polls{temporal: temporal, identity: identity, now: time.Now}.check)
	go tidy(ctx, state, options.retention, log)
	go mendSchedules(ctx, tidemark.MendSchedules, time.Now, log)
	go func() {
		if err := ledger.AwaitDamage(ctx, state); err != nil {
			fatal <- err
		}
	}()
	if err := w.Start(); err != nil {
		return &startError{fmt.Errorf("the worker cannot start on namespace %q: %w", namespace, err)}
	}
	log.Info("worker is running", "namespace", namespace, "task_queue", workflows.TaskQueue, "listen", observed.address(),
		"deployment", version.Version.DeploymentName, "build", version.Version.BuildID)
	err = untilOver(ctx, fatal)
	log.Info("worker is stopping; a call that is under way is finished first")
	w.Stop()
	log.Info("worker has stopped")
	if err != nil {
		return fmt.Errorf("the worker cannot go on in namespace %q: %w", namespace, err)
	}
	return nil
}

// untilOver waits until the worker is told to stop or cannot go on. In the second case it returns the reason, and the process ends: a
// process that went on without working would look healthy.
func untilOver(ctx context.Context, fatal <-chan error) error {
	select {
	case <-ctx.Done():
	case err := <-fatal:
		return err
	}
	select { // both happened: the fault counts
	case err := <-fatal:
		return err
	default:
		return nil
	}
}

func register(w worker.ActivityRegistry, state ledger.Ledger, temporal gateway.Temporal, options options) {
	executions := control.NewExecutions(state, temporal)
	w.RegisterActivity(&activities.Gate{Ledger: state, Executions: executions, Now: time.Now, Poll: 2 * time.Second})
	w.RegisterActivity(&activities.Fetch{Ledger: state, Drivers: warehousesall.Drivers(), Environment: settings.Process(), Executions: executions, Now: time.Now})
	w.RegisterActivity(&activities.Intake{Ledger: state, Requests: executions, Executions: executions, Now: time.Now})
	w.RegisterActivity(&activities.Resolve{Ledger: state, Executions: executions, Now: time.Now})
	w.RegisterActivity(&activities.Push{
		Ledger: state, Drivers: channelsall.Drivers(), Environment: settings.Process(), Stores: activities.NewStores(),
		Now: time.Now, After: func(span time.Duration, _ int) <-chan time.Time { return time.After(span) }, Slice: options.slice,
	})
}

// openLedger opens the ledger and checks whether it was restored from a backup.
func openLedger(ctx context.Context, location string, log *slog.Logger) (ledger.Ledger, error) {
	state, err := ledger.Open(ctx, ledger.Locate(location), time.Now())
	if err != nil {
		return nil, &startError{err}
	}
	for _, name := range ledger.Exposed(ledger.Locate(location)) {
		log.Warn("other users may read or write a file of the ledger; its owner can change that", "run", "chmod 600 "+name)
	}
	restored, err := state.Watch(ctx, time.Now())
	if err != nil {
		return nil, errors.Join(&startError{err}, state.Close())
	}
	if restored != "" {
		log.Warn("the ledger counts as restored from a backup; every connection's next run is a Full Sync", "reason", restored)
	}
	return state, nil
}

// oldest is the time since which runs and activity are kept. Without a retention everything is kept, except for staged rows that were never
// recorded.
func oldest(now time.Time, retention time.Duration) time.Time {
	if retention == 0 {
		return time.Unix(0, 0)
	}
	return now.Add(-retention)
}

// tidy removes old rows from the ledger, once an hour.
func tidy(ctx context.Context, state ledger.Tidier, retention time.Duration, log *slog.Logger) {
	ticker := time.NewTicker(time.Hour)
	defer ticker.Stop()
	for {
		if removed, err := state.Tidy(ctx, oldest(time.Now(), retention)); err != nil && ctx.Err() == nil {
			log.Warn("old runs and activity could not be removed; it is tried again in an hour", "error", err)
		} else if removed > 0 {
			log.Info("old runs and activity were removed", "rows", removed)
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
	}
}

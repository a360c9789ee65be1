package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"runtime/debug"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"

	"github.com/tidemark/tidemark/activities"
	channelsall "github.com/tidemark/tidemark/channels/all"
	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/settings"
	warehousesall "github.com/tidemark/tidemark/warehouses/all"
	"github.com/tidemark/tidemark/workflows"
)

const (
	stopTimeout   = time.Minute      // longer than the longest call to a store
	beatAtMost    = 10 * time.Second // a heartbeat older than this is not held back any longer
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
	if err := checkDefinitions(ctx, state, log); err != nil {
		return err
	}
	observed, err := observe(options.listen, newGauges(state, log))
	if err != nil {
		return err
	}
	defer observed.close()
	temporal, namespace, err := control.Dial(ctx, log, observed.handler(), startPatience)
	if err != nil {
		return &startError{err}
	}
	defer temporal.Close()

	w := worker.New(temporal, workflows.TaskQueue, worker.Options{
		DeploymentOptions:                  version,
		WorkerStopTimeout:                  stopTimeout,
		MaxHeartbeatThrottleInterval:       beatAtMost,
		DefaultHeartbeatThrottleInterval:   beatAtMost,
		MaxConcurrentActivityExecutionSize: options.activities,
		OnFatalError:                       func(err error) { log.Error("the worker cannot go on", "error", err) },
	})
	workflows.Register(w)
	register(w, state, temporal, namespace, options)

	observed.watch(state.Check, func(ctx context.Context) error {
		_, err := temporal.CheckHealth(ctx, &client.CheckHealthRequest{})
		return err
	})
	go tidy(ctx, state, options.retention, log)
	if err := w.Start(); err != nil {
		return &startError{fmt.Errorf("the worker cannot start on namespace %q: %w", namespace, err)}
	}
	log.Info("worker is running", "namespace", namespace, "task_queue", workflows.TaskQueue, "listen", observed.address(),
		"deployment", version.Version.DeploymentName, "build", version.Version.BuildID)
	<-ctx.Done()
	log.Info("worker is stopping; a call that is under way is finished first")
	w.Stop()
	log.Info("worker has stopped")
	return nil
}

func register(w worker.ActivityRegistry, state ledger.Ledger, temporal client.Client, namespace string, options options) {
	executions := control.NewExecutions(state, temporal, namespace)
	w.RegisterActivity(&activities.Gate{Ledger: state, Executions: executions, Now: time.Now, Poll: 2 * time.Second})
	w.RegisterActivity(&activities.Fetch{Ledger: state, Drivers: warehousesall.Drivers(), Environment: settings.Process(), Now: time.Now})
	w.RegisterActivity(&activities.Intake{Ledger: state, Requests: executions, Now: time.Now})
	w.RegisterActivity(&activities.Resolve{Ledger: state, Now: time.Now})
	w.RegisterActivity(&activities.Push{
		Ledger: state, Drivers: channelsall.Drivers(), Environment: settings.Process(), Stores: activities.NewStores(),
		Now: time.Now, After: time.After, Slice: options.slice,
	})
}

// openLedger opens the ledger and looks whether it is the one that was used last.
func openLedger(ctx context.Context, location string, log *slog.Logger) (ledger.Ledger, error) {
	state, err := ledger.Open(ctx, ledger.Locate(location), time.Now())
	if err != nil {
		return nil, &startError{err}
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

// checkDefinitions refuses to start on definitions that this worker cannot serve, before it takes any work. What no active connection
// uses may be half set up: it is only told.
func checkDefinitions(ctx context.Context, state ledger.Ledger, log *slog.Logger) error {
	connections, err := state.Connections(ctx)
	if err != nil {
		return err
	}
	sources, targets := map[string]bool{}, map[string]bool{}
	for _, connection := range connections {
		if connection.Active() {
			sources[connection.Warehouse], targets[connection.Store] = true, true
		}
	}
	var problems []error
	check := func(used bool, what, driver string, known bool, open func() error) {
		problem := fmt.Errorf("this worker has no driver %q; it may be older than the starter that applied the configuration", driver)
		if known {
			problem = open()
		}
		switch {
		case problem == nil:
		case used:
			problems = append(problems, fmt.Errorf("%s: %w", what, problem))
		default:
			log.Warn("what no active connection uses is not ready", "what", what, "error", problem)
		}
	}
	environment := settings.Process()
	warehouses, err := state.Warehouses(ctx)
	if err != nil {
		return err
	}
	for _, warehouse := range warehouses {
		driver, known := warehousesall.Drivers()[warehouse.Driver]
		check(sources[warehouse.ID], "warehouse "+warehouse.ID, warehouse.Driver, known, func() error {
			_, err := driver.Open(warehouse.ID, warehouse.Settings, environment)
			return err
		})
	}
	stores, err := state.Stores(ctx)
	if err != nil {
		return err
	}
	for _, store := range stores {
		driver, known := channelsall.Drivers()[store.Driver]
		check(targets[store.ID], "store "+store.ID, store.Driver, known, func() error {
			_, err := driver.Open(store.ID, store.Settings, environment)
			return err
		})
	}
	if len(problems) > 0 {
		return &startError{errors.Join(problems...)}
	}
	return nil
}

// oldest is the time from which on runs and activity are kept. Without a retention all are, and only what was never recorded goes.
func oldest(now time.Time, retention time.Duration) time.Time {
	if retention == 0 {
		return time.Unix(0, 0)
	}
	return now.Add(-retention)
}

// tidy keeps the ledger from growing for ever.
func tidy(ctx context.Context, state ledger.Ledger, retention time.Duration, log *slog.Logger) {
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

// Command temporal is a Temporal server and its Web UI in one process, for development and tests.
//
// It understands what the Temporal CLI understands of `temporal server start-dev`, so that the SDK's
// testsuite.StartDevServer can start it through ExistingPath, and so that the CLI can replace it. It is no
// client: for `temporal workflow list` and the like, install the Temporal CLI and point it at this server.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"
)

const (
	exitFailed = 1
	exitUsage  = 2
)

// stopTimeout bounds a clean stop. The server's own limit is five minutes for each of its four services.
const stopTimeout = 15 * time.Second

func main() {
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}

// run executes one command line and returns the exit code: 0 after a clean stop, 1 when the server cannot
// run, 2 when the command line is wrong.
func run(args []string, stdout, stderr io.Writer) int {
	options, err := parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		writeUsage(stdout)
		return 0
	case errors.Is(err, errVersion):
		fmt.Fprintln(stdout, version())
		return 0
	case err != nil:
		fmt.Fprintf(stderr, "temporal: %v\nTry `temporal server start-dev --help`.\n", err)
		return exitUsage
	}

	ctx, release := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer release()
	if err := serve(ctx, options, stdout, stderr); err != nil {
		fmt.Fprintf(stderr, "temporal: %v\n", err)
		return exitFailed
	}
	return 0
}

// serve runs the server until the context ends.
func serve(ctx context.Context, options options, stdout, stderr io.Writer) error {
	logger := newLogger(stderr, options.logLevel, options.logFormat)
	server, err := start(ctx, options, logger)
	if err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return err
	}
	announce(stdout, server.options)
	<-ctx.Done()

	// A second signal must end the process even while it stops.
	again := make(chan os.Signal, 1)
	signal.Notify(again, os.Interrupt, syscall.SIGTERM)
	defer signal.Stop(again)
	if !options.logLevelGiven {
		logger.quieten() // Services that stop one after another complain about each other.
	}
	stopped := make(chan error, 1)
	go func() { stopped <- server.stop() }()
	select {
	case err := <-stopped:
		return err
	case <-again:
		return errors.New("stopped by a second signal before the services had ended; a database file stays consistent")
	case <-time.After(stopTimeout):
		return fmt.Errorf("the services did not end within %s; a database file stays consistent", stopTimeout)
	}
}

// announce prints where the server listens, once it answers.
func announce(w io.Writer, options options) {
	line := func(name, value string) { fmt.Fprintf(w, "%-17s %s\n", name+":", value) }
	fmt.Fprintln(w, version())
	line("Temporal server", hostPort(friendly(options.ip), options.port))
	if options.headless {
		line("Web UI", "off (--headless)")
	} else {
		line("Web UI", "http://"+hostPort(friendly(options.uiIP), options.uiPort)+options.uiPublicPath)
	}
	if options.metricsPort != 0 {
		line("Metrics", "http://"+hostPort(friendly(options.ip), options.metricsPort)+"/metrics")
	}
	if options.databaseFile == "" {
		line("Database", "in memory, gone when the server stops (--db-filename keeps it)")
	} else {
		line("Database", options.databaseFile)
	}
}

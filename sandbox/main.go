// Command sandbox is a warehouse and stores to try Tidemark against: real HTTP, seeded faults, and a record of everything that it was
// told (sandbox/API.md).
//
// It shares no code with the rest of Tidemark, so that it can be its judge.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/tidemark/tidemark/sandbox/internal/scenario"
	"github.com/tidemark/tidemark/sandbox/internal/server"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := command().ExecuteContext(ctx)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "sandbox:", err)
	}
	os.Exit(exitCode(err))
}

// stopPatience is how long a stop waits for answers that are on their way.
const stopPatience = 5 * time.Second

// run serves until the context ends.
func run(ctx context.Context, given options, out, logs io.Writer) error {
	log, err := given.logger(logs)
	if err != nil {
		return err
	}
	loaded, err := given.load()
	if err != nil {
		return err
	}
	address, err := given.address()
	if err != nil {
		return err
	}
	background, end := context.WithCancel(context.Background())
	defer end()
	box, err := server.New(background, loaded, server.Options{Now: time.Now, Log: log})
	if err != nil {
		return &startError{err}
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return &startError{fmt.Errorf("%w; choose another address with --listen", err)}
	}
	if bound, ok := listener.Addr().(*net.TCPAddr); ok && !bound.IP.IsLoopback() {
		log.Warn("open to the network: everyone who reaches this address can read and change the sandbox", "address", bound.String())
	}
	if _, err := fmt.Fprintln(out, greeting(listener.Addr().String(), loaded)); err != nil {
		return errors.Join(err, listener.Close())
	}
	web := &http.Server{Handler: box, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute}
	failed := make(chan error, 1)
	go func() { failed <- web.Serve(listener) }()
	select {
	case err = <-failed:
	case <-ctx.Done():
		end() // what hangs or waits is answered now
		patience, cancel := context.WithTimeout(context.Background(), stopPatience)
		defer cancel()
		if web.Shutdown(patience) != nil {
			err = web.Close()
		}
	}
	end()
	box.Wait()
	return err
}

// named is how many warehouses and stores the greeting names.
const named = 12

// greeting is the one line that says where the sandbox is and what is in it.
func greeting(address string, s scenario.Scenario) string {
	warehouses := make([]string, len(s.Warehouses))
	for i, warehouse := range s.Warehouses {
		warehouses[i] = warehouse.ID
	}
	stores := make([]string, len(s.Stores))
	for i, store := range s.Stores {
		stores[i] = fmt.Sprintf("%s (%s)", store.ID, store.Kind)
	}
	return fmt.Sprintf("sandbox at http://%s, seed %d; warehouses: %s; stores: %s", address, s.Seed, enumerate(warehouses), enumerate(stores))
}

func enumerate(names []string) string {
	switch {
	case len(names) == 0:
		return "none"
	case len(names) > named:
		return fmt.Sprintf("%s and %d more", strings.Join(names[:named], ", "), len(names)-named)
	}
	return strings.Join(names, ", ")
}

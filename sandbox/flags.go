package main

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"

	"github.com/spf13/cobra"

	"github.com/tidemark/tidemark/sandbox/internal/scenario"
)

// ListenAddress is where the sandbox listens by default.
const ListenAddress = "127.0.0.1:9470"

// options are what can be said on the command line.
type options struct {
	listen   string
	scenario string
	seed     uint64
	seeded   bool // --seed was given
	level    string
}

// startError is what a person must put right before the sandbox can start. Exit code 2.
type startError struct{ error }

func (e *startError) Unwrap() error { return e.error }

func command() *cobra.Command {
	var given options
	root := &cobra.Command{
		Use:   "sandbox",
		Short: "A warehouse and stores to try Tidemark against",
		Long: `sandbox is a server with warehouses that sell and restock, and stores that answer as those of real sales channels do, with API
budgets and faults. What goes wrong is drawn from a seed: the same seed, the same faults at the same calls. It records everything that
it is told, and says so under /judge. sandbox/API.md describes all of it.

Without --scenario it has the warehouses and stores of the demo, without faults. Without a host, --listen is this machine only.

Exit codes: 0 stopped as asked, 1 a fault, 2 something must be put right first.`,
		Example: `  sandbox
  sandbox --listen 127.0.0.1:9470 --scenario examples/sandbox.yaml --seed 42
  curl -H 'Authorization: Bearer sandbox-token' 'http://127.0.0.1:9470/warehouses/portland/levels?limit=5'
  curl http://127.0.0.1:9470/judge/stores/acme-shop`,
		Args: func(_ *cobra.Command, given []string) error {
			if len(given) > 0 {
				return &startError{fmt.Errorf("%q is not a flag; sandbox --help lists them", given[0])}
			}
			return nil
		},
		SilenceUsage:  true,
		SilenceErrors: true,
		RunE: func(cmd *cobra.Command, _ []string) error {
			given.seeded = cmd.Flags().Changed("seed")
			return run(cmd.Context(), given, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	root.CompletionOptions.DisableDefaultCmd = true
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error {
		return &startError{fmt.Errorf("%w; sandbox --help lists the flags", err)}
	})
	flags := root.Flags()
	flags.StringVar(&given.listen, "listen", ListenAddress, "address to listen on; it is open to the network only if its host says so (0.0.0.0:9470)")
	flags.StringVar(&given.scenario, "scenario", "", "a YAML file that says what there is and what goes wrong; default: built in")
	flags.Uint64Var(&given.seed, "seed", 0, "in place of the scenario's seed")
	flags.StringVar(&given.level, "log", "info", "debug (every call), info, warn or error")
	return root
}

// load reads the scenario.
func (o options) load() (scenario.Scenario, error) {
	read := scenario.Default
	if o.scenario != "" {
		read = func() (scenario.Scenario, error) { return scenario.Load(o.scenario) }
	}
	s, err := read()
	if err != nil {
		return s, &startError{err}
	}
	if o.seeded {
		s.Seed = o.seed
	}
	return s, nil
}

// address is where to listen: on this machine only, unless a host is named.
func (o options) address() (string, error) {
	host, port, err := net.SplitHostPort(o.listen)
	if err != nil {
		return "", &startError{fmt.Errorf("--listen %q is not an address like %s", o.listen, ListenAddress)}
	}
	if host == "" {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, port), nil
}

func (o options) logger(to io.Writer) (*slog.Logger, error) {
	var threshold slog.Level
	if err := threshold.UnmarshalText([]byte(o.level)); err != nil {
		return nil, &startError{fmt.Errorf("--log %q is not debug, info, warn or error", o.level)}
	}
	return slog.New(slog.NewTextHandler(to, &slog.HandlerOptions{Level: threshold})), nil
}

// exitCode is what the process ends with.
func exitCode(err error) int {
	var wrong *startError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &wrong):
		return 2
	}
	return 1
}

// Command worker runs Tidemark's workflows and activities. Any number of workers may run, on any number of machines, with the same ledger
// and the same Temporal namespace.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
	_ "time/tzdata" // schedules and quiet hours have time zones, and small images have none

	"github.com/spf13/cobra"

	"github.com/tidemark/tidemark/inventory"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := command().ExecuteContext(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "worker:", inventory.VisibleLines(err.Error()))
		var wrong *startError
		if errors.As(err, &wrong) {
			os.Exit(2)
		}
		os.Exit(1)
	}
}

// startError is a problem that a person must fix before the worker can start. The exit code is 2.
type startError struct{ error }

func (e *startError) Unwrap() error { return e.error }

func command() *cobra.Command {
	var settings options
	root := &cobra.Command{
		Use:   "worker",
		Short: "Run Tidemark's workflows and activities",
		Long: `worker runs Tidemark's workflows and activities until it is told to stop (SIGTERM or Ctrl-C). It then finishes the call that it
is making, for at most a minute, and what is left goes on in another worker or after the next start.

The ledger is a file (default tidemark.db) or a PostgreSQL URL, from --ledger or TIDEMARK_LEDGER. Temporal is found through the
variables and profiles that the temporal command uses too (TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, TEMPORAL_PROFILE, …). Where
TIDEMARK_PAYLOAD_KEYS refers to keys (file:/path or env:NAME), what goes there is sealed with them.
Credentials of stores and warehouses are read where the configuration refers to: this process's environment and files.

It listens on loopback unless told otherwise, and elsewhere only with a token for /metrics or with --open-metrics. /healthz and /readyz
are open to whoever reaches them.

Exit codes: 0 stopped as asked, 1 a fault, 2 something must be put right first.`,
		Example: "  TIDEMARK_LEDGER=postgres://tidemark@db/tidemark TEMPORAL_ADDRESS=temporal:7233 worker --listen 0.0.0.0:9464 --metrics-token " +
			"file:/run/secrets/metrics",
		Args:          cobra.NoArgs,
		SilenceUsage:  true,
		SilenceErrors: true,
		RunE:          func(cmd *cobra.Command, _ []string) error { return run(cmd.Context(), settings) },
	}
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error {
		return &startError{fmt.Errorf("%w; worker --help lists the flags", err)}
	})
	flags := root.Flags()
	flags.StringVar(&settings.ledger, "ledger", "", "a file or a postgres:// URL; default $TIDEMARK_LEDGER, else tidemark.db")
	flags.StringVar(&settings.listen, "listen", ListenAddress, "address for /metrics, /healthz and /readyz; empty serves none of them")
	flags.StringVar(&settings.metricsToken, "metrics-token", "", "where the token for /metrics is: env:NAME or file:/path; 16 characters at least")
	flags.BoolVar(&settings.openMetrics, "open-metrics", false, "let whoever reaches the address read /metrics without a token, also from other machines")
	flags.StringVar(&settings.level, "log-level", "info", "debug, info, warn or error")
	flags.StringVar(&settings.format, "log-format", "text", "text or json")
	flags.DurationVar(&settings.slice, "push-slice", 45*time.Second, "how long one push activity works before it reports back, 1s to 2m")
	flags.DurationVar(&settings.retention, "retention", 90*24*time.Hour, "how long runs and activity are kept in the ledger, at least 24h; 0 keeps them for ever")
	flags.IntVar(&settings.activities, "concurrent-activities", 50, "the most activities at once in this process, 1 to 1000")
	root.AddCommand(healthCommand())
	return root
}

func healthCommand() *cobra.Command {
	var address string
	health := &cobra.Command{
		Use:           "health",
		Short:         "Ask a running worker whether it is well; exit code 0 when it is",
		Example:       "  worker health --listen 127.0.0.1:9464",
		Args:          cobra.NoArgs,
		SilenceUsage:  true,
		SilenceErrors: true,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, cancel := context.WithTimeout(cmd.Context(), 5*time.Second)
			defer cancel()
			request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+reachable(address)+"/healthz", nil)
			if err != nil {
				return err
			}
			response, err := http.DefaultClient.Do(request)
			if err != nil {
				return err
			}
			defer func() { _ = response.Body.Close() }()
			if response.StatusCode != http.StatusOK {
				return fmt.Errorf("the worker at %s is not well: %s", address, response.Status)
			}
			return nil
		},
	}
	health.Flags().StringVar(&address, "listen", ListenAddress, "the address that the worker listens on")
	return health
}

// reachable turns an address to listen on into an address to call.
func reachable(address string) string {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return address
	}
	if ip := net.ParseIP(host); host == "" || (ip != nil && ip.IsUnspecified()) {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, port)
}

func logger(level, format string) (*slog.Logger, error) {
	var threshold slog.Level
	if err := threshold.UnmarshalText([]byte(level)); err != nil {
		return nil, &startError{fmt.Errorf("--log-level %q is not debug, info, warn or error", level)}
	}
	options := &slog.HandlerOptions{Level: threshold}
	switch format {
	case "text":
		return slog.New(slog.NewTextHandler(os.Stderr, options)), nil
	case "json":
		return slog.New(slog.NewJSONHandler(os.Stderr, options)), nil
	}
	return nil, &startError{fmt.Errorf("--log-format %q is not text or json", format)}
}

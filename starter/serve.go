package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/serve"
	"github.com/tidemark/tidemark/settings"
)

func serveCommand(s *session) *cobra.Command {
	var listen, token, largest string
	command := &cobra.Command{
		Use:   "serve",
		Short: "Take in what warehouses send, and answer questions, over HTTP",
		Long: `serve answers HTTP requests until it is told to stop (SIGTERM or Ctrl-C); what is in hand then is answered first.

  POST /hooks/WAREHOUSE   update events and whole snapshots of warehouses that have a hook in the configuration. 2xx is answered
                          only when the events are safe with Temporal; 503 with Retry-After means that they were not taken.
  /api/v1/…               status, levels, explanations, and syncs on demand, for who has the API token. Without --api-token there
                          is no API. /api/v1/openapi.json describes all of it; docs/signals.md has examples.
  GET /healthz            well when the ledger answers.

It listens on loopback unless told otherwise, and elsewhere only with an API token. It speaks no TLS: put a proxy before it that
does. The keys of the hooks are read where the configuration refers to: this process's environment and files. A configuration that
is applied while serve runs is taken up within half a minute.`,
		Example: "  TIDEMARK_API_TOKEN=$(openssl rand -hex 32) starter serve --api-token env:TIDEMARK_API_TOKEN\n" +
			"  starter serve --listen 0.0.0.0:9480 --api-token file:/run/secrets/api --max-snapshot 4GiB",
		Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			most, err := parseBytes(largest)
			if err != nil {
				return &flagError{fmt.Errorf("--max-snapshot: %w", err)}
			}
			s.creates = true // a configuration may be applied while it runs
			return s.with(command.Context(), func(c *control.Control) error {
				return runServer(command.Context(), c, listen, token, most)
			})
		},
	}
	command.Flags().StringVar(&listen, "listen", serve.DefaultListen, "the address to listen on")
	command.Flags().StringVar(&token, "api-token", "", "where the API token is: env:NAME or file:/path; 16 characters at least")
	command.Flags().StringVar(&largest, "max-snapshot", "1GiB", "the largest snapshot that is taken, like 200MiB or 4GiB")
	return command
}

func runServer(ctx context.Context, c *control.Control, listen, token string, most int64) error {
	options := serve.Options{
		Control: c, Ledger: c.Ledger, MaximumSnapshot: most, Environment: settings.Process(), Now: time.Now,
		Log: slog.New(slog.NewTextHandler(os.Stderr, nil)),
	}
	if token != "" {
		secret, err := settings.Reference(token).Resolve(options.Environment)
		if err != nil {
			return &control.UsageError{Message: "--api-token: " + err.Error()}
		}
		options.Token = secret
	}
	server, err := serve.New(ctx, options)
	if err != nil {
		return &control.UsageError{Message: err.Error()}
	}
	listener, err := server.Listen(ctx, listen)
	var unsafe *serve.UnsafeError
	if errors.As(err, &unsafe) {
		return &control.UsageError{Message: err.Error()}
	} else if err != nil {
		return err
	}
	options.Log.Info("serving", "listen", listener.Addr().String(), "hooks", server.Hooks(), "api", token != "")
	err = server.Serve(ctx, listener)
	options.Log.Info("stopped")
	return err
}

// parseBytes reads a size like 200MiB.
func parseBytes(text string) (int64, error) {
	for _, unit := range []struct {
		name string
		size int64
	}{{"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}, {"TiB", 1 << 40}} {
		digits, ok := strings.CutSuffix(text, unit.name)
		if !ok {
			continue
		}
		count, err := strconv.ParseInt(digits, 10, 64)
		if err == nil && count > 0 && count <= 1<<20 {
			return count * unit.size, nil
		}
	}
	return 0, fmt.Errorf("%q is not a size like 200MiB or 4GiB", text)
}

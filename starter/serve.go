package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tidemark/tidemark/console"
	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/serve"
	"github.com/tidemark/tidemark/settings"
)

func serveCommand(s *session) *cobra.Command {
	var o serving
	command := &cobra.Command{
		Use:   "serve",
		Short: "Serve webhooks, the HTTP API and the pages",
		Long: `serve is the HTTP server of Tidemark. It runs until you stop it (SIGTERM or Ctrl-C), and finishes the
requests that are under way.

  POST /hooks/WAREHOUSE   update events and whole snapshots, from warehouses that have a hook in the
                          configuration. A 2xx response means that the events are safe with Temporal; 503
                          with Retry-After means that they were not accepted.
  /api/v1/…               status, levels, explanations and syncs on demand, with an API token. Without
                          --api-token there is no API. /api/v1/openapi.json describes it;
                          docs/signals.md has examples.
  GET /healthz            200 if the ledger answers.
  /                       the pages, with --pages: connections, runs, levels and SKUs, and buttons to
                          update, pause, approve and reject.

People sign in to the pages (starter people). While there are no people, and only on loopback, serve
prints two links: one signs your browser in, the other creates the first admin.

serve listens on loopback by default. It listens elsewhere only with an API token, or with pages that
people sign in to. It does not speak TLS: put a proxy in front that does, and give the proxy's address
with --pages-url. If the proxy signs people in itself, trust it with --proxy-user. The keys of the
hooks are read from this process's environment and files, as the configuration says. serve picks up an
applied configuration within half a minute.`,
		Example: "  starter serve --api-token viewer=env:READING_TOKEN --api-token operator=file:/run/secrets/operator\n" +
			"  TIDEMARK_API_TOKEN=$(openssl rand -hex 32) starter serve --api-token env:TIDEMARK_API_TOKEN\n" +
			"  starter serve --pages\n" +
			"  starter serve --pages --pages-url https://stock.example.com --proxy-from 127.0.0.1\n" +
			"  starter serve --pages --pages-url https://stock.example.com --proxy-from 10.0.0.5 --proxy-user X-Forwarded-User --proxy-role X-Forwarded-Role\n" +
			"  starter serve --listen 0.0.0.0:9480 --api-token file:/run/secrets/api --max-snapshot 4GiB",
		Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			var err error
			if o.most, err = parseBytes(o.largest); err != nil {
				return &flagError{fmt.Errorf("--max-snapshot: %w", err)}
			}
			if err := o.check(o.pages); err != nil {
				return err
			}
			s.creates = true // a configuration may be applied while it runs
			return s.with(command.Context(), func(c *control.Control) error { return runServer(command.Context(), c, o) })
		},
	}
	command.Flags().StringVar(&o.paging.listen, "listen", serve.DefaultListen, "the address to listen on")
	command.Flags().StringArrayVar(&o.tokens, "api-token", nil,
		"an API token of at least 16 characters, as env:NAME or file:/path. Write viewer=, operator= or admin= before it\n"+
			"for its role (default: admin). May be repeated")
	command.Flags().StringVar(&o.largest, "max-snapshot", "1GiB", "the largest snapshot that is accepted, like 200MiB or 4GiB")
	command.Flags().BoolVar(&o.pages, "pages", false, "serve the pages; prints how to sign in")
	o.flags(command)
	return command
}

// serving is how starter serve is to serve.
type serving struct {
	paging
	tokens  []string
	largest string
	most    int64
	pages   bool
}

func runServer(ctx context.Context, c *control.Control, o serving) error {
	c.UseTester(tester{})
	options := serve.Options{
		Control: c, MaximumSnapshot: o.most, Environment: settings.Process(), Now: time.Now,
		Log: slog.New(slog.NewTextHandler(os.Stderr, nil)),
	}
	if err := addTokens(&options, o.tokens); err != nil {
		return &control.UsageError{Message: "--api-token: " + err.Error()}
	}
	var pages *console.Console
	if o.pages {
		var err error
		if pages, err = o.pagesOf(ctx, c, options.Log); err != nil {
			return err
		}
		options.Pages, options.Stop, options.Guarded = pages.Handler(), pages.Close, o.origin != ""
	}
	server, err := serve.New(ctx, options)
	if err != nil {
		return &control.UsageError{Message: err.Error()}
	}
	listener, err := server.Listen(ctx, o.listen)
	var unsafe *serve.UnsafeError
	if errors.As(err, &unsafe) {
		return &control.UsageError{Message: err.Error()}
	} else if err != nil {
		return err
	}
	options.Log.Info("serving", "listen", listener.Addr().String(), "hooks", server.Hooks(), "api", len(o.tokens) > 0)
	if pages != nil {
		if err := o.printPages(ctx, os.Stderr, c, pages, listener.Addr().String()); err != nil {
			return errors.Join(err, listener.Close())
		}
	}
	err = server.Serve(ctx, listener)
	options.Log.Info("stopped")
	return err
}

// addTokens looks up API tokens, each with its role.
func addTokens(options *serve.Options, given []string) error {
	options.Tokens = map[ledger.Role][]settings.Credential{}
	for _, item := range given {
		role, reference, named := strings.Cut(item, "=")
		if named = named && slices.Contains(ledger.Roles(), ledger.Role(role)); !named {
			reference = item
		}
		secret, err := settings.Reference(reference).Resolve(options.Environment)
		switch {
		case err != nil:
			return err
		case named:
			options.Tokens[ledger.Role(role)] = append(options.Tokens[ledger.Role(role)], secret)
		case !options.Token.Empty():
			return errors.New("two tokens have no role; write viewer=, operator= or admin= before one of them")
		default:
			options.Token = secret
		}
	}
	return nil
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

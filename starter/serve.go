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
		Short: "Take in what warehouses send, and answer questions, over HTTP",
		Long: `serve answers HTTP requests until it is told to stop (SIGTERM or Ctrl-C); what is in hand then is answered first.

  POST /hooks/WAREHOUSE   update events and whole snapshots of warehouses that have a hook in the configuration. 2xx is answered
                          only when the events are safe with Temporal; 503 with Retry-After means that they were not taken.
  /api/v1/…               status, levels, explanations, and syncs on demand, for who has an API token. Without --api-token there
                          is no API. /api/v1/openapi.json describes all of it; docs/signals.md has examples.
  GET /healthz            well when the ledger answers.
  /                       with --pages, the pages: how every connection stands, its runs, levels and SKUs, and buttons to update, pause,
                          approve and reject. People sign in (starter people). While there are none, and on loopback alone, a browser is
                          signed in by the link that is printed, and by another one the first admin is made.

It listens on loopback unless told otherwise, and elsewhere only with an API token, or with pages that people sign in to. It speaks no TLS:
put a proxy before it that does, and say with --pages-url where browsers reach that. A proxy that signs people in itself is trusted with
--proxy-user. The keys of the hooks are read where the configuration refers to: this process's environment and files. A configuration that
is applied while serve runs is taken up within half a minute.`,
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
	command.Flags().StringArrayVar(&o.tokens, "api-token", nil, "where an API token is: env:NAME or file:/path; 16 characters at least. viewer=, operator= or admin= before it\n"+
		"says what who has it may do; without that an admin's acts. May be repeated")
	command.Flags().StringVar(&o.largest, "max-snapshot", "1GiB", "the largest snapshot that is taken, like 200MiB or 4GiB")
	command.Flags().BoolVar(&o.pages, "pages", false, "serve the pages; how somebody signs in is printed")
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
	for _, one := range given {
		role, reference, named := strings.Cut(one, "=")
		if named = named && slices.Contains(ledger.Roles(), ledger.Role(role)); !named {
			reference = one
		}
		secret, err := settings.Reference(reference).Resolve(options.Environment)
		switch {
		case err != nil:
			return err
		case named:
			options.Tokens[ledger.Role(role)] = append(options.Tokens[ledger.Role(role)], secret)
		case !options.Token.Empty():
			return errors.New("two of them name no role; write viewer=, operator= or admin= before one")
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

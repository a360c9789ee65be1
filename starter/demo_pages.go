package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/tidemark/tidemark/serve"
	"github.com/tidemark/tidemark/settings"
)

// servePages serves the pages and hooks in the demo's own process until it is stopped, and returns the link that signs a browser in.
func (d *demo) servePages(ctx context.Context, cancel context.CancelCauseFunc) (link string, stop func(), err error) {
	log, err := os.Create(filepath.Join(d.folder, "serve.log"))
	if err != nil {
		return "", nil, err
	}
	d.control.UseTester(tester{})
	options := serve.Options{Control: d.control, Environment: settings.Process(), Now: time.Now, Log: slog.New(slog.NewTextHandler(log, nil))}
	pages, err := (&paging{listen: serve.DefaultListen, webUI: d.ui}).pagesOf(ctx, d.control, options.Log)
	if err != nil {
		return "", nil, err
	}
	options.Pages, options.Stop = pages.Handler(), pages.Close
	server, err := serve.New(ctx, options)
	if err != nil {
		return "", nil, err
	}
	listener, err := server.Listen(ctx, pagesAddress())
	if err != nil {
		return "", nil, err
	}
	ctx, end := context.WithCancel(ctx)
	var served sync.WaitGroup
	served.Go(func() {
		if err := errors.Join(server.Serve(ctx, listener), log.Close()); err != nil {
			cancel(fmt.Errorf("serving the pages: %w", err))
		}
	})
	d.pages = "http://" + listener.Addr().String()
	return pages.Link(listener.Addr().String()), func() { end(); served.Wait() }, nil
}

// pagesAddress is the usual one, and any free one where that is taken.
func pagesAddress() string {
	if _, usual, err := net.SplitHostPort(serve.DefaultListen); err == nil && portIsFree(usual) {
		return serve.DefaultListen
	}
	return "127.0.0.1:0"
}

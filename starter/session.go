package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/user"
	"text/tabwriter"
	"time"

	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/inventory"
)

// session opens what a command needs, when it needs it.
type session struct {
	location string
	output   string
	out      io.Writer
	in       io.Reader // nil: the standard input
	creates  bool      // a ledger file that is not there is made
}

func (s *session) check() error {
	if s.output != "text" && s.output != "json" {
		return &flagError{fmt.Errorf("-o %q is not text or json", s.output)}
	}
	return nil
}

// with runs a command with a ledger and a Temporal client.
func (s *session) with(ctx context.Context, do func(*control.Control) error) error {
	return s.withLedger(ctx, func(c *control.Control) error {
		disconnect, err := c.Connect(ctx, usualPatience)
		if err != nil {
			return err
		}
		defer disconnect()
		return do(c)
	})
}

// withLedger runs a command with a ledger alone.
func (s *session) withLedger(ctx context.Context, do func(*control.Control) error) error {
	if err := s.check(); err != nil {
		return err
	}
	c, err := control.Open(ctx, s.location, s.creates, time.Now)
	if err != nil {
		return err
	}
	err = do(c)
	return errors.Join(err, c.Close())
}

// withWhatAnswers runs a command with a ledger, and a Temporal client if it can be had. missing is why there is none.
func (s *session) withWhatAnswers(ctx context.Context, do func(c *control.Control, missing error) error) error {
	return s.withLedger(ctx, func(c *control.Control) error {
		disconnect, err := c.Connect(ctx, shortPatience)
		var wrong *control.UsageError
		if ctx.Err() != nil || errors.As(err, &wrong) {
			return err
		}
		if err == nil {
			defer disconnect()
		}
		return do(c, err)
	})
}

// withTemporalIf runs a command with a ledger, and where it is wanted with a Temporal client if it can be had.
func (s *session) withTemporalIf(ctx context.Context, wanted bool, do func(*control.Control) error) error {
	if !wanted {
		return s.withLedger(ctx, do)
	}
	return s.withWhatAnswers(ctx, func(c *control.Control, _ error) error { return do(c) })
}

// How long a command waits for Temporal: one that needs it, and one that can do without.
const (
	usualPatience = 15 * time.Second
	shortPatience = 5 * time.Second
)

func (s *session) writer() io.Writer {
	if s.out != nil {
		return s.out
	}
	return os.Stdout
}

// print writes JSON, or what text makes of the value.
func (s *session) print(value any, text func(w io.Writer)) error {
	if s.output == "json" {
		encoder := json.NewEncoder(s.writer())
		encoder.SetIndent("", "  ")
		encoder.SetEscapeHTML(false)
		return encoder.Encode(value)
	}
	text(s.writer())
	return nil
}

// table writes rows in columns.
func table(w io.Writer, header string, rows func(row func(format string, cells ...any))) {
	columns := tabwriter.NewWriter(w, 2, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(columns, header)
	rows(func(format string, cells ...any) {
		_, _ = fmt.Fprintf(columns, format+"\n", visible(cells, inventory.Visible)...)
	})
	_ = columns.Flush()
}

func line(w io.Writer, format string, arguments ...any) {
	_, _ = fmt.Fprintf(w, format+"\n", visible(arguments, inventory.VisibleLines)...)
}

// visible escapes what cannot be seen in the texts among what is printed: most come from warehouses, stores and people.
func visible(arguments []any, escape func(string) string) []any {
	shown := make([]any, len(arguments))
	for i, argument := range arguments {
		switch value := argument.(type) {
		case string:
			shown[i] = escape(value)
		case error:
			shown[i] = escape(value.Error())
		default:
			shown[i] = argument
		}
	}
	return shown
}

// me is who asks, as others will read it.
func me() string {
	name := "someone"
	if current, err := user.Current(); err == nil {
		name = current.Username
	}
	if host, err := os.Hostname(); err == nil {
		name += "@" + host
	}
	return name
}

package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/workflows"
)

func previewCommand(s *session) *cobra.Command {
	var move string
	var after int64
	var limit int
	var push bool
	command := &cobra.Command{
		Use:   "preview CONNECTION",
		Short: "Show what the last dry run of a connection would push, row by row; --push pushes it",
		Long: `preview shows what the last dry run (starter sync smart|full CONNECTION --dry-run) would push: how many
rows it would raise, lower, take to zero or leave as they are. For each row that would change or is
blocked it shows what the store shows, what it would show, and why.

A preview is kept for a day. The next dry run of the connection replaces it. --push requests a push of
the SKUs that would change. That run fetches the warehouse again, so it pushes the figures of that
moment.`,
		Example: "  starter sync full acme-shop --dry-run --wait\n  starter preview acme-shop --move zero\n  starter preview acme-shop --push",
		Args:    cobra.ExactArgs(1),
		RunE: func(command *cobra.Command, arguments []string) error {
			ctx, id := command.Context(), arguments[0]
			if err := checkLimit(limit); err != nil {
				return err
			}
			if push && move != "" {
				return &flagError{errors.New("--push pushes every row that would change; leave out --move")}
			}
			return s.withTemporalIf(ctx, push, func(c *control.Control) error {
				shown, err := c.Preview(ctx, id, ledger.PreviewMove(move), after, limit)
				if err != nil {
					return err
				}
				if !push {
					return s.print(shown, func(w io.Writer) { showDryRun(w, shown) })
				}
				request := workflows.SyncRequest{ID: uuid.NewString(), By: me()}
				answer, err := c.PushPreview(ctx, id, shown.Run, request)
				if err != nil {
					return err
				}
				return s.print(answer, func(w io.Writer) { line(w, "%s; request %s", fate(answer), request.ID) })
			})
		},
	}
	command.Flags().StringVar(&move, "move", "", "only rows of this kind: raise, lower, zero, new, blocked")
	command.Flags().Int64Var(&after, "after", 0, "start after this row")
	command.Flags().IntVar(&limit, "limit", 100, "how many rows")
	command.Flags().BoolVar(&push, "push", false, "push what would change")
	return command
}

func showDryRun(w io.Writer, shown control.PreviewPage) {
	line(w, "%s of %s, run %d, made %s, kept until %s", control.SyncName(shown.Mode), shown.Connection, shown.Run, stamp(&shown.MadeAt), stamp(&shown.ExpiresAt))
	line(w, "it would push: %s", sum(part{shown.Raise, "raised"}, part{shown.Lower, "lowered"}, part{shown.Zero, "to zero"}, part{shown.Same, "the same"},
		part{shown.New, "new"}, part{shown.Blocked, "blocked"}))
	if len(shown.Rows) == 0 {
		line(w, "there is no such row")
		return
	}
	table(w, "CHANNEL SKU\tLOCATION\tSHOWS\tWOULD SHOW\tWHAT\tWHY", func(row func(string, ...any)) {
		for _, r := range shown.Rows {
			row("%s\t%s\t%s\t%d\t%s\t%s", plain(r.ChannelSKU), plain(r.Location), figure(r.Shows), r.Would, string(r.Move), plain(r.Why))
		}
	})
	if shown.Next != 0 {
		line(w, "%s", fmt.Sprintf("more: --after %d", shown.Next))
	}
}

package main

import (
	"cmp"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tidemark/tidemark/control"
)

func requestsCommand(s *session) *cobra.Command {
	var connection string
	var limit int
	command := &cobra.Command{
		Use:   "requests [ID]",
		Short: "Show what became of requests for syncs: served, covered, or failed and why",
		Long: `requests lists requests for syncs, newest first, or what became of one. A request is in the list from when a run takes it up, or when
more than 200 wait for one; until then it waits in its workflow.`,
		Example: "  starter requests\n  starter requests order-4711\n  starter requests --connection acme-shop --limit 50",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(command *cobra.Command, arguments []string) error {
			if err := checkLimit(limit); err != nil {
				return err
			}
			return s.withLedger(command.Context(), func(c *control.Control) error {
				found, err := c.Requests(command.Context(), connection, strings.Join(arguments, ""), limit+1)
				if err != nil {
					return err
				}
				found, more := cut(found, limit)
				return s.print(found, func(w io.Writer) {
					table(w, "REQUEST\tCONNECTION\tMODE\tBY\tMADE\tOUTCOME\tENDED\tRUN\tREASON", func(row func(string, ...any)) {
						for _, one := range found {
							row("%s\t%s\t%s\t%s\t%s\t%s\t%s\t%d\t%s", plain(one.ID), one.Connection, one.Mode, cmp.Or(plain(one.By), "-"), stamp(&one.MadeAt), one.Outcome,
								stamp(one.EndedAt), one.Run, cmp.Or(plain(one.Reason), "-"))
						}
					})
					showMore(w, more, limit)
				})
			})
		},
	}
	command.Flags().StringVar(&connection, "connection", "", "only of this connection")
	command.Flags().IntVar(&limit, "limit", 20, "how many")
	return command
}

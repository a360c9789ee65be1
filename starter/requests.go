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
		Short: "Show what became of requests for syncs: served, already satisfied, or failed with a reason",
		Long: `requests lists requests for syncs, newest first, or shows one request.

The list has a request from the time when a run takes it up, or when more than 200 requests wait. A
single request is found as soon as it was accepted: the command then also looks in the open workflows,
and REASON says what the request waits for.`,
		Example: "  starter requests\n  starter requests order-4711\n  starter requests --connection acme-shop --limit 50",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(command *cobra.Command, arguments []string) error {
			if err := checkLimit(limit); err != nil {
				return err
			}
			id := strings.Join(arguments, "")
			return s.withTemporalIf(command.Context(), id != "", func(c *control.Control) error {
				found, err := c.Requests(command.Context(), connection, id, limit+1)
				if err != nil {
					return err
				}
				found, more := cut(found, limit)
				return s.print(found, func(w io.Writer) {
					table(w, "REQUEST\tCONNECTION\tMODE\tBY\tMADE\tOUTCOME\tENDED\tRUN\tREASON", func(row func(string, ...any)) {
						for _, request := range found {
							row("%s\t%s\t%s\t%s\t%s\t%s\t%s\t%d\t%s", plain(request.ID), request.Connection, request.Mode, cmp.Or(plain(request.By), "-"), stamp(&request.MadeAt),
								request.Outcome,
								stamp(request.EndedAt), request.Run, cmp.Or(plain(request.Reason), "-"))
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

package main

import (
	"cmp"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/tidemark/tidemark/control"
)

func logCommand(s *session) *cobra.Command {
	filters := map[string]*string{}
	var limit int
	command := &cobra.Command{
		Use:   "log",
		Short: "List what people and programs did, and whether it was done",
		Long: `log lists every act, newest first: requested syncs, pauses, decisions, cancelled runs, applied
configurations and so on, from the command line, the API and the pages. Acts that were refused or
failed are listed with the reason. Entries are never changed or removed.`,
		Example: "  starter log\n  starter log --before 4711 --limit 100\n  starter log --who ann --on acme-shop --from 2026-03-01 --to 2026-03-07",
		Args:    cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			if err := checkLimit(limit); err != nil {
				return err
			}
			query, err := control.LogQuery(func(filter string) string { return *filters[filter] }, time.UTC)
			if err != nil {
				return err
			}
			query.Limit = limit + 1
			return s.withLedger(command.Context(), func(c *control.Control) error {
				found, err := c.Log(command.Context(), query)
				if err != nil {
					return err
				}
				found, more := cut(found, limit)
				return s.print(found, func(w io.Writer) {
					table(w, "ENTRY\tTIME\tWHO\tFROM\tACT\tON\tBEFORE\tAFTER\tRESULT\tREASON", func(row func(string, ...any)) {
						for _, entry := range found {
							row("%d\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s", entry.ID, stamp(&entry.At), plain(entry.Who), entry.From, entry.Act, cmp.Or(plain(entry.On), "-"),
								cmp.Or(plain(entry.Before), "-"), cmp.Or(plain(entry.After), "-"), entry.Result, cmp.Or(plain(entry.Reason), "-"))
						}
					})
					if more {
						line(w, "there are older ones: --before %d", found[len(found)-1].ID)
					}
				})
			})
		},
	}
	for filter, help := range map[string]string{
		"who":    "only acts of people and programs whose name has this text",
		"act":    "only acts whose name has this text, like pause",
		"on":     "only acts on something whose name has this text, like a connection's id",
		"result": "only acts with this result: done, refused or failed",
		"from":   "only acts from this date (UTC) or time on",
		"to":     "only acts up to the end of this date (UTC), or before this time",
		"before": "only entries older than this one",
	} {
		filters[filter] = command.Flags().String(filter, "", help)
	}
	command.Flags().IntVar(&limit, "limit", 20, "how many")
	return command
}

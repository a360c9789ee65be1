package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/tidemark/tidemark/control"
)

func snapshotCommand(s *session) *cobra.Command {
	var limit int
	command := &cobra.Command{
		Use:   "snapshot WAREHOUSE",
		Short: "Show a warehouse's last snapshot: its figures, why it was held, odd rows and refused rows",
		Long: `snapshot shows the last snapshot of a warehouse, whether it was fetched or sent: how many rows it had,
what it changed, why it was held (if it was), odd rows, and the refused rows.

Odd rows are only reported; they change no outcome. Each kind is counted, with an example and what to
do; -o json has up to three examples. The level that a refused row names is stale until it is read
again (starter levels warehouse ID --stale).`,
		Example: "  starter snapshot portland\n  starter snapshot portland --limit 1000 -o json",
		Args:    cobra.ExactArgs(1),
		RunE: func(command *cobra.Command, arguments []string) error {
			if limit < 1 {
				return &flagError{fmt.Errorf("--limit %d is not above 0", limit)}
			}
			return s.withLedger(command.Context(), func(c *control.Control) error {
				shown, err := c.Snapshot(command.Context(), arguments[0], limit)
				if err != nil {
					return err
				}
				return s.print(shown, func(w io.Writer) { showSnapshot(w, shown) })
			})
		},
	}
	command.Flags().IntVar(&limit, "limit", 100, "show at most this many refused rows")
	return command
}

func showSnapshot(w io.Writer, shown control.Snapshot) {
	kind, source := "a part", "sent to us"
	if shown.Full {
		kind = "full"
	}
	if shown.Run != 0 {
		source = fmt.Sprintf("fetched by run %d", shown.Run)
	}
	if shown.From != "" {
		source += " from " + plain(shown.From)
	}
	line(w, "%s: %s, %s, %s", shown.Warehouse, stamp(&shown.EndedAt), kind, source)
	line(w, "  %s read: %d older than what is recorded, %d refused; %s changed, %s not named", count(shown.Rows, "row"),
		shown.Older, shown.Refused, count(shown.Changed, "level"), count(shown.Missing, "recorded level"))
	if shown.Held != "" {
		line(w, "  held, nothing of it was recorded: %s", shown.Held)
	}
	if shown.Rejected != "" {
		line(w, "  nothing of it was recorded: it was %s", plain(shown.Rejected))
	}
	for _, odd := range shown.Oddities {
		line(w, "  odd: %s", plain(odd.Text))
		line(w, "    %s", odd.Advice)
	}
	if len(shown.Refusals) == 0 {
		return
	}
	line(w, "")
	table(w, "REFUSED SKU\tFACILITY\tWHERE\tWHY", func(row func(string, ...any)) {
		for _, refusal := range shown.Refusals {
			row("%s\t%s\t%s\t%s", plain(refusal.SKU), plain(refusal.Facility), plain(refusal.Place), plain(refusal.Reason))
		}
	})
	if more := shown.Refused - int64(len(shown.Refusals)); more > 0 {
		line(w, "and %s: --limit %d", count(more, "more row"), shown.Refused)
	}
}

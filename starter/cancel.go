package main

import (
	"cmp"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/ledger"
)

func cancelCommand(s *session) *cobra.Command {
	var within time.Duration
	command := &cobra.Command{
		Use:   "cancel RUN",
		Short: "Stop a run; what it has not pushed is due in the next run",
		Long: `cancel stops a run by its number (starter runs and starter status show it), and waits until the run has
stopped. If a call to the store is under way, the run ends after that call. Nothing is lost: what was
not pushed is due in the next run.`,
		Example: "  starter runs acme-shop\n  starter cancel 42",
		Args:    cobra.ExactArgs(1),
		RunE: func(command *cobra.Command, arguments []string) error {
			id, err := strconv.ParseInt(arguments[0], 10, 64)
			if err != nil {
				return &flagError{fmt.Errorf("%q is not a run number; starter runs lists them", arguments[0])}
			}
			return s.with(command.Context(), func(c *control.Control) error {
				if _, err := c.Cancel(command.Context(), id); err != nil {
					return err
				}
				run, err := c.AwaitRunEnd(command.Context(), id, within)
				if err != nil {
					return err
				}
				err = s.print(run, func(w io.Writer) {
					if run.EndedAt == nil {
						line(w, "run %d of %s is stopping (%s); starter runs shows when it has ended", id, run.Connection, cmp.Or(run.Phase, "running"))
						return
					}
					line(w, "%s", endedAs(run))
				})
				if err == nil && run.EndedAt == nil {
					err = &runError{fmt.Sprintf("run %d has not ended within %s", id, within)}
				}
				return err
			})
		},
	}
	command.Flags().DurationVar(&within, "within", time.Minute, "how long to wait until it has stopped")
	return command
}

// endedAs is how a run ended, with the reason where that says more.
func endedAs(run ledger.Run) string {
	reason := plain(run.Reason)
	if reason == string(run.Outcome) {
		reason = ""
	}
	return fmt.Sprintf("run %d of %s: %s%s", run.ID, run.Connection, run.Outcome, reasonOf(reason))
}

package main

import (
	"errors"
	"io"

	"github.com/spf13/cobra"

	"github.com/tidemark/tidemark/control"
)

func adviseCommand(s *session) *cobra.Command {
	var apply, undo bool
	command := &cobra.Command{
		Use:   "advise CONNECTION",
		Short: "Recommend how often a connection's Smart Sync should run, from its past runs",
		Long: `advise recommends an interval from the last 200 runs. It takes twice the time in which 95 % of them
finished, or the connection's floor if that is longer ("floor" in its inventory; 30 minutes by
default), and rounds up to 5, 10, 15, 30 or 60 minutes, or to whole hours. It needs 20 completed Smart
Syncs of all SKUs. --apply sets the interval, as starter schedule would; --undo restores the schedule
from before.`,
		Example: "  starter advise acme-shop\n  starter advise acme-shop --apply",
		Args:    cobra.ExactArgs(1),
		RunE: func(command *cobra.Command, arguments []string) error {
			ctx, id := command.Context(), arguments[0]
			if apply && undo {
				return &flagError{errors.New("--apply and --undo exclude each other")}
			}
			return s.withTemporalIf(ctx, apply || undo, func(c *control.Control) error {
				advice, err := c.Advise(ctx, id)
				if err != nil {
					return err
				}
				if !apply && !undo {
					return s.print(advice, func(w io.Writer) { showInterval(w, advice) })
				}
				var edited control.ScheduleEditResult
				if apply {
					edited, err = c.ApplyAdvice(ctx, id, advice.Setting.Version, me())
				} else {
					edited, err = c.UndoAdvice(ctx, id, advice.Setting.Version)
				}
				if err != nil {
					return err
				}
				return s.print(edited, func(w io.Writer) { showEdited(w, edited) })
			})
		},
	}
	command.Flags().BoolVar(&apply, "apply", false, "set the recommended interval")
	command.Flags().BoolVar(&undo, "undo", false, "restore the schedule from before --apply")
	return command
}

func showInterval(w io.Writer, advice control.Advice) {
	if advice.Runs > 0 {
		line(w, "%s: half of the last %s took up to %s, 95 %% up to %s, the longest %s", advice.Connection, count(advice.Runs, "run"),
			control.Span(advice.P50), control.Span(advice.P95), control.Span(advice.Longest))
	}
	line(w, "in force: %s, %s", control.ScheduleWords(advice.Setting.Schedule), control.SettingWords(advice.Setting))
	if advice.Skipped > 0 {
		line(w, "%s dropped because a run was under way", count(advice.Skipped, "start"))
	}
	if advice.Interval > 0 {
		line(w, "advised: every %s", control.Span(advice.Interval))
	}
	for _, sentence := range advice.Why {
		line(w, "  %s", sentence)
	}
	if advice.Applicable {
		line(w, "starter advise %s --apply   sets it", advice.Connection)
	}
	if advice.Applied {
		line(w, "starter advise %s --undo   brings back what was there before", advice.Connection)
	}
}

package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/workflows"
)

func pauseCommand(s *session) *cobra.Command {
	var reason string
	command := &cobra.Command{
		Use:     "pause CONNECTION",
		Short:   "Pause a connection's schedules until starter resume; apply keeps the pause",
		Example: "  starter pause acme-shop --reason 'stocktaking until Monday'",
		Args:    cobra.ExactArgs(1),
		RunE: func(command *cobra.Command, arguments []string) error {
			return s.with(command.Context(), func(c *control.Control) error {
				done, err := c.Pause(command.Context(), arguments[0], me(), reason)
				if err != nil {
					return err
				}
				return s.print(done, func(w io.Writer) {
					for _, id := range done {
						line(w, "schedule %s: paused", id)
					}
				})
			})
		},
	}
	command.Flags().StringVar(&reason, "reason", "", "why, for people who find it paused")
	return command
}

func resumeCommand(s *session) *cobra.Command {
	return &cobra.Command{
		Use:     "resume CONNECTION",
		Short:   "Resume a connection's schedules",
		Example: "  starter resume acme-shop",
		Args:    cobra.ExactArgs(1),
		RunE: func(command *cobra.Command, arguments []string) error {
			return s.with(command.Context(), func(c *control.Control) error {
				done, err := c.Resume(command.Context(), arguments[0], me())
				if err != nil {
					return err
				}
				return s.print(done, func(w io.Writer) {
					for _, id := range done {
						line(w, "schedule %s: resumed", id)
					}
				})
			})
		},
	}
}

func enableCommand(s *session, enabled bool) *cobra.Command {
	name, short := "disable", "Disable a connection whose configuration does not say whether it is enabled"
	if enabled {
		name, short = "enable", "Enable a connection whose configuration does not say so; it begins with a Full Sync"
	}
	return &cobra.Command{
		Use:   name + " CONNECTION",
		Short: short,
		Long: `enable and disable are for connections whose configuration has no line "enabled". Such a connection
is disabled at first. Then it is what somebody set, here or on the page of its settings. If the
configuration has the line, only the configuration counts, and these commands are refused. A
connection that becomes enabled begins with a Full Sync. Disabling a connection does not end a run
that is under way.`,
		Example: "  starter " + name + " acme-shop",
		Args:    cobra.ExactArgs(1),
		RunE: func(command *cobra.Command, arguments []string) error {
			return s.withWhatAnswers(command.Context(), func(c *control.Control, _ error) error {
				done, err := c.SetEnabled(command.Context(), arguments[0], enabled, me())
				if err != nil {
					return err
				}
				return s.print(done, func(w io.Writer) { showEnabled(w, done) })
			})
		},
	}
}

func showEnabled(w io.Writer, done control.EnableResult) {
	switch {
	case !done.Enabled:
		line(w, "connection %s: disabled", done.Connection)
	case done.Requested:
		line(w, "connection %s: enabled; a first Full Sync is requested (starter runs %s)", done.Connection, done.Connection)
	default:
		line(w, "connection %s: enabled; its first run is a Full Sync", done.Connection)
	}
	for _, warning := range done.Warnings {
		line(w, "  warning: %s", warning)
	}
	if done.Waits != "" {
		line(w, "  saved in the ledger; Temporal could not be updated yet (%s), and a worker does that as soon as it can", done.Waits)
	}
}

func decideCommand(s *session, approve bool) *cobra.Command {
	use, short := "reject RUN", "Reject a held run: its snapshot is not recorded, and nothing is pushed"
	long := `reject refuses what a held run wants to do, and ends the run. Tidemark does not ask about the same
again: if a later run finds the same snapshot, or would take the same rows to 0, it reports who
rejected that and pushes the rest. starter approve RUN lifts the rejection.`
	if approve {
		use, short = "approve RUN", "Approve a held run; it fetches again first and then continues"
		long = `approve lets a held run continue, with every other run that waits because of the same snapshot. The run
fetches again first. If what it finds then is worse than what you approved, it asks again. A run that
was already rejected does not continue; approving it lifts the rejection, and the next run asks
again.`
	}
	name := use[:len(use)-len(" RUN")]
	return &cobra.Command{
		Use:     use,
		Short:   short,
		Long:    long,
		Example: "  starter status\n  starter " + name + " 42",
		Args:    cobra.ExactArgs(1),
		RunE: func(command *cobra.Command, arguments []string) error {
			run, err := strconv.ParseInt(arguments[0], 10, 64)
			if err != nil {
				return &flagError{fmt.Errorf("%q is not a run number; starter status shows what waits", arguments[0])}
			}
			return s.with(command.Context(), func(c *control.Control) error {
				decided, err := c.Decide(command.Context(), run, approve, me())
				if err != nil {
					return err
				}
				return s.print(decided, func(w io.Writer) { line(w, "%s", became(decided, name)) })
			})
		},
	}
}

func liftCommand(s *session) *cobra.Command {
	return &cobra.Command{
		Use:   "lift CONNECTION",
		Short: "Take back rejections: push the figures that a rejection keeps too high",
		Long: `lift takes back every rejection that keeps figures of a connection above 0 (starter status lists them),
and requests a Smart Sync that pushes those figures. If that would take too much to 0, the run is held
and asks once more. starter approve RUN takes back the rejection of one run only.`,
		Example: "  starter levels channel acme-shop --status too_high\n  starter lift acme-shop",
		Args:    cobra.ExactArgs(1),
		RunE: func(command *cobra.Command, arguments []string) error {
			return s.with(command.Context(), func(c *control.Control) error {
				request := workflows.SyncRequest{ID: uuid.NewString(), By: me()}
				done, err := c.LiftRejections(command.Context(), arguments[0], request)
				if err != nil {
					return err
				}
				return s.print(done, func(w io.Writer) {
					line(w, "the rejection in %s is taken back; %s; request %s", runs(done.Lifted), fate(done.SyncAnswer), request.ID)
				})
			})
		},
	}
}

// became says what became of an answer to a held run.
func became(d control.DecisionResult, name string) string {
	who := fmt.Sprintf("run %d of %s", d.Run, d.Connection)
	others := ""
	if len(d.Runs) > 1 {
		others = "; the decision is for " + runs(d.Runs)
	}
	by := ""
	if d.By != "" {
		by = " by " + d.By
	}
	switch d.Answer {
	case control.Approved:
		return fmt.Sprintf("%s: approved%s; it fetches again and continues%s", who, by, others)
	case control.Rejected:
		return fmt.Sprintf("%s: rejected%s; Tidemark does not ask about the same again%s", who, by, others)
	case control.Dissolved:
		return fmt.Sprintf("%s: nobody needs to decide any more: the hold was dissolved%s", who, by)
	case control.Lifted:
		return fmt.Sprintf("%s: the rejection is lifted%s; the next run asks again (starter sync smart %s)", who, by, d.Connection)
	case control.NotHeld:
		return fmt.Sprintf("%s: the decision changed nothing: %s", who, d.Why)
	}
	return fmt.Sprintf("%s: %s is accepted, and no worker has answered yet; is one running?", who, name)
}

// runs names runs in words.
func runs(numbers []int64) string {
	if len(numbers) == 1 {
		return fmt.Sprintf("run %d", numbers[0])
	}
	words := make([]string, len(numbers))
	for i, number := range numbers {
		words[i] = strconv.FormatInt(number, 10)
	}
	return "runs " + strings.Join(words, ", ")
}

func restoredCommand(s *session) *cobra.Command {
	var reason string
	command := &cobra.Command{
		Use:   "restored",
		Short: "Declare that the ledger was restored from a backup",
		Long: `restored declares that the ledger may be older than the figures that the stores were sent. Every
connection's next run is then a Full Sync, so that every difference is corrected. A worker notices a
restored SQLite file when it starts, unless the .generation file beside it was restored as well.
Nothing notices a restored PostgreSQL database, so run this command after you restore one.`,
		Example: "  starter restored --reason 'disk failure, backup of 02:00'",
		Args:    cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			return s.withLedger(command.Context(), func(c *control.Control) error {
				if err := c.Restored(command.Context(), me(), reason); err != nil {
					return err
				}
				return s.print(map[string]bool{"restored": true}, func(w io.Writer) { line(w, "noted: every connection's next run is a Full Sync") })
			})
		},
	}
	command.Flags().StringVar(&reason, "reason", "restored from a backup", "why, for the record")
	return command
}

func refreshIDsCommand(s *session) *cobra.Command {
	var skus []string
	command := &cobra.Command{
		Use:     "refresh-ids STORE",
		Aliases: []string{"relearn"}, // its former name
		Short:   "Look a store's item ids up again and push their figures, when a SKU has moved to another item",
		Long: `refresh-ids forgets the ids under which a store knows its items, and makes their figures due. The next
run looks the ids up again and pushes the figures. Use it when a SKU has moved to another item in the
store and the first item still exists: no response of the store reveals that, and without this command
Tidemark notices it only after one to two months. If the store reports that an item is gone, its id is
refreshed without this command.`,
		Example: "  starter refresh-ids acme-shop --sku ACME-1\n  starter refresh-ids acme-shop",
		Args:    cobra.ExactArgs(1),
		RunE: func(command *cobra.Command, arguments []string) error {
			return s.withLedger(command.Context(), func(c *control.Control) error {
				done, err := c.RefreshIDs(command.Context(), arguments[0], skus)
				if err != nil {
					return err
				}
				return s.print(done, func(w io.Writer) {
					line(w, "the ids of %s are looked up again; due now: %s, pushed by the next run (starter sync smart CONNECTION)",
						count(done.References, "item"), count(done.Due, "figure"))
					if done.Open > 0 {
						line(w, "%s %s left out: a call for them has no response yet; run this again after the next run", count(done.Open, "figure"), were(done.Open))
					}
				})
			})
		},
	}
	command.Flags().StringArrayVar(&skus, "sku", nil, "only this SKU of the store; may be repeated")
	return command
}

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
		Short:   "Pause a connection's schedules until resume; apply keeps the pause",
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
	command.Flags().StringVar(&reason, "reason", "", "why, for those who find it paused")
	return command
}

func resumeCommand(s *session) *cobra.Command {
	return &cobra.Command{
		Use:     "resume CONNECTION",
		Short:   "Start a connection's schedules again",
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
	name, short := "disable", "Disable a connection that the configuration leaves to the pages: its schedules start nothing any more"
	if enabled {
		name, short = "enable", "Enable a connection that the configuration leaves to the pages; it begins with a Full Sync"
	}
	return &cobra.Command{
		Use:   name + " CONNECTION",
		Short: short,
		Long: `enable and disable are for connections whose configuration has no line enabled: those are not enabled at first, and then as somebody set them,
here or on the page of their settings. Where the configuration says whether a connection is enabled, that counts, and this is refused. What is
enabled begins with a Full Sync; what is disabled ends no run that is under way.`,
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

func showEnabled(w io.Writer, done control.Enabled) {
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
		line(w, "  it is safe in the ledger, and Temporal could not be told yet (%s); a worker does that as soon as it can", done.Waits)
	}
}

func decideCommand(s *session, approve bool) *cobra.Command {
	use, short := "reject RUN", "Refuse what a held run wants to do: a held snapshot is not recorded, and nothing is pushed"
	long := `reject refuses what a held run wants to do, and ends it. The same is not asked about again: a later run that meets the same snapshot, or would
take the same rows to 0, says that it was rejected and by whom, and pushes the rest. starter approve RUN lifts that again.`
	if approve {
		use, short = "approve RUN", "Let a held run go on; it fetches anew first"
		long = `approve lets a held run go on, and every other run that waits on the same snapshot. It fetches anew first, and asks again where that is
worse than what was approved. A run that was rejected is not taken up again; to approve it lifts the rejection, and the next run asks anew.`
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
		Short: "Push figures after all that stay too high because somebody rejected to take them to 0",
		Long: `lift takes back every rejection that keeps figures of a connection above 0 (starter status names them), and asks for a Smart Sync, which pushes
those figures. Where that would take too much to 0, the run is held and asks once more. starter approve RUN takes back that of one run alone.`,
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
					line(w, "what was rejected in %s is taken back; %s; request %s", runs(done.Lifted), fate(done.SyncAnswer), request.ID)
				})
			})
		},
	}
}

// became says what became of an answer to a held run.
func became(d control.Decided, name string) string {
	who := fmt.Sprintf("run %d of %s", d.Run, d.Connection)
	others := ""
	if len(d.Runs) > 1 {
		others = "; the answer is for " + runs(d.Runs)
	}
	by := ""
	if d.By != "" {
		by = " by " + d.By
	}
	switch d.Answer {
	case control.Approved:
		return fmt.Sprintf("%s: approved%s; it fetches anew and goes on%s", who, by, others)
	case control.Rejected:
		return fmt.Sprintf("%s: rejected%s; the same is not asked about again%s", who, by, others)
	case control.Dissolved:
		return fmt.Sprintf("%s: nobody needs to decide any more: the hold was dissolved%s", who, by)
	case control.Lifted:
		return fmt.Sprintf("%s: the rejection is lifted%s; the next run asks anew (starter sync smart %s)", who, by, d.Connection)
	case control.NotHeld:
		return fmt.Sprintf("%s: the answer changed nothing: %s", who, d.Why)
	}
	return fmt.Sprintf("%s: the %s is safe with Temporal, and no worker has answered yet; is one running?", who, name)
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
		Long: `restored declares that the ledger may be older than what the stores were told since. Every connection's next run is then a Full Sync,
so that no difference can hide. A restored SQLite file is noticed by the worker at its start, unless the .generation file beside it was put back
too; a restored PostgreSQL database is not.`,
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
		Short:   "Refresh a store's ids and push their figures again, when a SKU has moved to another item there",
		Long: `refresh-ids forgets by which ids a store knows its items, and makes their figures due: the next run refreshes the ids and pushes
them again. It helps when a SKU has moved to another item in the store while the first still exists, which no answer of the store tells;
without it that is noticed after one to two months. Where the store says that an item is gone, its id is refreshed without that.`,
		Example: "  starter refresh-ids acme-shop --sku ACME-1\n  starter refresh-ids acme-shop",
		Args:    cobra.ExactArgs(1),
		RunE: func(command *cobra.Command, arguments []string) error {
			return s.withLedger(command.Context(), func(c *control.Control) error {
				done, err := c.RefreshIDs(command.Context(), arguments[0], skus)
				if err != nil {
					return err
				}
				return s.print(done, func(w io.Writer) {
					line(w, "forgotten: the ids of %s; due now: %s, pushed by the next run (starter sync smart CONNECTION)", count(done.References, "item"), count(done.Due, "figure"))
					if done.Open > 0 {
						line(w, "%s %s left: a call for them is not answered yet; do it again after the next run", count(done.Open, "figure"), were(done.Open))
					}
				})
			})
		},
	}
	command.Flags().StringArrayVar(&skus, "sku", nil, "only this SKU of the store; may be repeated")
	return command
}

package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/google/uuid"
	"github.com/spf13/cobra"
	"go.temporal.io/sdk/temporal"

	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/workflows"
)

func syncCommand(s *session) *cobra.Command {
	var request workflows.SyncRequest
	var wait bool
	command := &cobra.Command{
		Use:   "sync smart|full CONNECTION",
		Short: "Request a Smart Sync or a Full Sync now",
		Long: `sync requests a Smart Sync (push what changed) or a Full Sync (push everything) of a connection. It says
what became of the request: a run started for it; it joined a run that had not begun to fetch; it
waits for the run that is under way; or it is already satisfied.

--wait waits for the run and shows its progress. If no worker answers within some seconds, the request
is safe with Temporal all the same, and starter requests ID shows what becomes of it.`,
		Example: "  starter sync smart acme-shop --wait\n  starter sync full acme-shop --dry-run --wait\n  starter sync smart acme-shop --sku BIKE --sku LIGHT",
		Args:    cobra.ExactArgs(2),
		RunE: func(command *cobra.Command, arguments []string) error {
			mode := ledger.Mode(arguments[0])
			if mode != ledger.Smart && mode != ledger.Full {
				return &flagError{fmt.Errorf("%q is neither smart nor full", arguments[0])}
			}
			if request.ID == "" {
				request.ID = uuid.NewString()
			}
			if request.By == "" {
				request.By = me()
			}
			return s.with(command.Context(), func(c *control.Control) error {
				return s.sync(command.Context(), c, mode, arguments[1], request, wait)
			})
		},
	}
	command.Flags().StringArrayVar(&request.SKUs, "sku", nil, "only this warehouse SKU and the bundles that contain it; may be repeated")
	command.Flags().BoolVar(&request.DryRun, "dry-run", false, "read and record the warehouse's levels and show what would be pushed; push nothing")
	command.Flags().BoolVar(&wait, "wait", false, "wait for the run and show its progress; exit code 3 if it does not complete")
	command.Flags().StringVar(&request.ID, "request-id", "", "the id of the request; a request with the same id is served only once")
	command.Flags().StringVar(&request.By, "by", "", "who requests it, for the record (default: you)")
	return command
}

func (s *session) sync(ctx context.Context, c *control.Control, mode ledger.Mode, connection string, request workflows.SyncRequest, wait bool) error {
	if mode == ledger.Full && len(request.SKUs) == 0 && !request.DryRun {
		line(os.Stderr, "a Full Sync pushes every SKU of %s, changed or not; Smart Sync is enough for the day to day", connection)
	}
	answer, err := c.SyncWithAnswer(ctx, mode, connection, request)
	if err != nil {
		return err
	}
	if !wait {
		return s.print(answer, func(w io.Writer) { line(w, "%s; request %s", fate(answer), request.ID) })
	}
	if answer.Fate != "" && answer.Fate != workflows.SyncStarted {
		line(os.Stderr, "  %s", fate(answer))
	}
	report, err := s.follow(ctx, c, answer)
	if err != nil {
		return unfinished(ctx, answer.Workflow, err)
	}
	if err := s.print(report, func(w io.Writer) { showReport(w, report) }); err != nil {
		return err
	}
	if report.Outcome != ledger.Completed && report.Outcome != ledger.CompletedWithFailures && report.Outcome != ledger.Covered {
		return &runError{fmt.Sprintf("run %d ended as %s: %s", report.Run, report.Outcome, report.Reason)}
	}
	return nil
}

// fate says what became of a request.
func fate(a control.SyncAnswer) string {
	var text string
	switch a.Fate {
	case workflows.SyncStarted:
		text = fmt.Sprintf("%s started as run %d", a.Workflow, a.ByRun)
	case workflows.SyncJoined:
		text = fmt.Sprintf("%s: the request joined run %d", a.Workflow, a.ByRun)
	case workflows.SyncWaits:
		text = fmt.Sprintf("%s: the request waits", a.Workflow)
	case workflows.SyncCovered:
		text = fmt.Sprintf("%s: nothing is left to do", a.Workflow)
	case workflows.SyncFailed:
		text = fmt.Sprintf("%s: no run began", a.Workflow)
	default:
		text = a.Workflow + " started, and has not answered yet; is a worker running?"
		if a.Joined {
			text = a.Workflow + " was open and has the request; it has not answered yet"
		}
	}
	if a.Why != "" {
		text += ": " + a.Why
	}
	return text
}

// unfinished is why there is no report of a run that was waited for.
func unfinished(ctx context.Context, workflow string, err error) error {
	if ctx.Err() != nil {
		return &runError{fmt.Sprintf("stopped waiting; %s goes on (starter status shows how it stands)", workflow)}
	}
	return &runError{fmt.Sprintf("%s did not complete: %s", workflow, failure(err))}
}

// follow waits for a run and shows how it goes on standard error.
func (s *session) follow(ctx context.Context, c *control.Control, answer control.SyncAnswer) (workflows.SyncReport, error) {
	type ended struct {
		report workflows.SyncReport
		err    error
	}
	done := make(chan ended, 1)
	go func() {
		report, err := c.Wait(ctx, answer)
		done <- ended{report, err}
	}()
	ticker := time.NewTicker(2 * time.Second)
	defer ticker.Stop()
	last := ""
	for {
		select {
		case end := <-done:
			return end.report, end.err
		case <-ticker.C:
			asking, cancel := context.WithTimeout(ctx, time.Second)
			progress, err := c.Progress(asking, answer.Workflow)
			cancel()
			text := "no worker answers yet; is one running?"
			if err == nil {
				text = describeProgress(progress)
			}
			if retry, failed := c.Retry(ctx, answer.Workflow); failed == nil && retry != nil {
				text += "; " + plain(describeRetry(*retry))
			}
			if ctx.Err() == nil && text != last {
				line(os.Stderr, "  %s", text)
				last = text
			}
		}
	}
}

func describeProgress(p workflows.Progress) string {
	text := p.Phase
	if p.Counts.Due > 0 {
		text += fmt.Sprintf(": %d of %s due exported, %d left", p.Counts.Exported, count(p.Counts.Due, "row"), p.Left)
	}
	if p.Open > 0 {
		text += fmt.Sprintf(", %d in open calls", p.Open)
	}
	if p.Waiting != "" {
		text += "; "
		if !hasEnded(p) {
			text += "waiting: "
		}
		text += p.Waiting
		if p.Until != nil {
			text += " (until " + stamp(p.Until) + ")"
		}
	}
	return text
}

// hasEnded is true when the pass is over: its phase is then its outcome, and what it says is the reason. A pass that is held waits until some
// time.
func hasEnded(p workflows.Progress) bool {
	switch ledger.Outcome(p.Phase) {
	case ledger.Completed, ledger.CompletedWithFailures, ledger.Partial, ledger.Skipped, ledger.Covered, ledger.Held, ledger.RejectedOutcome,
		ledger.Cancelled, ledger.Failed:
		return p.Until == nil
	case ledger.Running:
	}
	return false
}

func showReport(w io.Writer, report workflows.SyncReport) {
	if report.Outcome == ledger.Covered {
		line(w, "%s", satisfiedBy(report))
		return
	}
	c := report.Counts
	line(w, "run %d (%s): %s", report.Run, control.SyncName(report.Mode), report.Outcome)
	if report.Reason != "" {
		line(w, "  %s", report.Reason)
	}
	line(w, "  warehouse: %s", readings(c))
	for _, odd := range report.Oddities {
		line(w, "    odd: %s", plain(odd))
	}
	if len(report.Oddities) > 0 {
		line(w, "    what to do about it: starter snapshot")
	}
	line(w, "  store: %s", pushed(c))
	if p := report.Preview; p != nil {
		would := sum(part{p.Raise, "raised"}, part{p.Lower, "lowered"}, part{p.Zero, "to zero"}, part{p.Same, "the same"}, part{p.New, "new"},
			part{p.Blocked, "blocked"})
		line(w, "  it would push: %s", cmp.Or(would, "nothing"))
		for _, text := range p.Lines {
			line(w, "    %s", text)
		}
	}
}

// satisfiedBy says which run did what a request asked for; that run may have been of the other mode.
func satisfiedBy(report workflows.SyncReport) string {
	if report.Reason == "" {
		return fmt.Sprintf("nothing was left to do: run %d had already satisfied the request", report.Run)
	}
	return fmt.Sprintf("nothing was left to do: %s", report.Reason)
}

// readings says what a run read of the warehouse.
func readings(c ledger.Counts) string {
	if c.Rows == 0 {
		return "nothing new was read by this run"
	}
	text := fmt.Sprintf("%s read, %s changed", count(c.Rows, "row"), count(c.Changed, "level"))
	rest := sum(part{c.Refused, plural(c.Refused, "row") + " refused"}, part{c.Missing, plural(c.Missing, "level") + " not named"},
		part{c.Older, plural(c.Older, "row") + " older than what is recorded"})
	if rest != "" {
		text += ", " + rest
	}
	return text
}

// pushed says what became of the rows that were due.
func pushed(c ledger.Counts) string {
	became := sum(part{c.Exported, "exported"}, part{c.Sent, "sent and not yet confirmed"}, part{c.Rejected, "newly rejected"},
		part{c.Parked, "parked since an earlier run"}, part{c.Blocked, "blocked"}, part{c.Retrying, "to be tried again"})
	switch {
	case became == "" && c.Due == 0:
		return "nothing was due"
	case became == "":
		became = "nothing was pushed"
	}
	return fmt.Sprintf("%s due when the push began; in all: %s, in %s", count(c.Due, "row"), became, count(c.Calls, "call"))
}

// failure is the message that a person needs: that of the step that failed, which names the thing and the place. Without a step it is the
// innermost one.
func failure(err error) string {
	var step *temporal.ApplicationError
	if errors.As(err, &step) {
		return workflows.Failure(err)
	}
	for inner := err; inner != nil; inner = errors.Unwrap(inner) {
		err = inner
	}
	return err.Error()
}

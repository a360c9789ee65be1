package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/spf13/cobra"

	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
)

func statusCommand(s *session) *cobra.Command {
	return &cobra.Command{
		Use:     "status [CONNECTION]",
		Short:   "Show every connection: schedules, rows by status, last run, and what waits for a decision",
		Example: "  starter status\n  starter status acme-shop -o json",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(command *cobra.Command, arguments []string) error {
			return s.withWhatAnswers(command.Context(), func(c *control.Control, missing error) error {
				status, err := c.Status(command.Context(), strings.Join(arguments, ""))
				if err != nil {
					return err
				}
				if missing != nil {
					status.Unreachable = missing.Error()
				}
				return s.print(status, func(w io.Writer) { showStatus(w, status) })
			})
		},
	}
}

func showStatus(w io.Writer, status control.Status) {
	switch {
	case status.Unreachable != "":
		line(w, "Temporal cannot be reached, so this is only what the ledger knows: %s\n", plain(status.Unreachable))
	case status.Workers == 0:
		line(w, "No worker polls for work: nothing runs until one is started (bin/worker).\n")
	case status.Idle != nil:
		line(w, "No worker has taken up work since %s: start one (bin/worker), and the work continues.\n", stamp(status.Idle))
	}
	for _, hold := range status.Holds {
		line(w, "Run %d of %s waits for a decision: %s", hold.Run, hold.Connection, hold.Reason)
		if again := control.AskedAgain(hold.Hold, func(at time.Time) string { return stamp(&at) }); again != "" {
			line(w, "  %s", again)
		}
		line(w, "  starter approve %d   or   starter reject %d%s\n", hold.Run, hold.Run, deadline(hold.DecideBy))
	}
	for _, last := range status.Snapshots {
		said := fmt.Sprintf("%d of its %s %s refused", last.Refused, count(last.Rows, "row"), were(last.Refused))
		if last.Held != "" {
			said = "held, nothing of it was recorded: " + last.Held
		}
		if last.Rejected != "" {
			said = "nothing of it was recorded: it was " + last.Rejected
		}
		line(w, "The last snapshot of %s (%s): %s\n  starter snapshot %s\n", last.Warehouse, stamp(&last.EndedAt), plain(said), last.Warehouse)
	}
	for _, intake := range status.Intakes {
		line(w, "%s\n", intakeLine(intake))
	}
	showStale(w, status.Stale)
	for _, c := range status.Connections {
		state := "enabled"
		if !c.Active() {
			state = "not enabled"
		}
		line(w, "%s (%s: %s → %s), %s", c.ID, c.Merchant, c.Warehouse, c.Store, state)
		for _, schedule := range c.Schedules {
			when := "next " + stamp(schedule.Next)
			switch {
			case schedule.Missing:
				when = "missing; apply the configuration again"
			case schedule.Paused:
				when = pausedBecause(schedule.Note)
			}
			line(w, "  schedule %s: %s", schedule.ID, strings.Join(append([]string{when}, besides(schedule)...), ", "))
		}
		for _, setting := range c.Settings {
			if setting.Override != nil {
				line(w, "  %s: %s, %s", control.SyncName(setting.Mode), control.ScheduleWords(setting.Schedule), control.SettingWords(setting))
			}
		}
		line(w, "  rows by status: %s", partition(c.Rows))
		if c.Today != nil {
			line(w, "  store %s today (UTC): %s", c.Store, todayOf(*c.Today))
		}
		for _, left := range c.Left {
			line(w, "  %s", plain(left.Words()))
		}
		if c.Kept != "" {
			line(w, "  %s\n    starter lift %s   pushes them after all", plain(c.Kept), shellWord(c.ID))
		}
		if c.Last != nil {
			line(w, "  last run: %d, %s, started %s, %s%s", c.Last.ID, control.SyncName(c.Last.Mode), stamp(&c.Last.StartedAt), c.Last.Outcome, reasonOf(c.Last.Reason))
		}
		for _, run := range c.Open {
			line(w, "  run %d (%s) is under way: %s", run.ID, run.Mode, openPhase(run))
			if retry := run.Retry; retry != nil {
				line(w, "    %s\n    starter cancel %d   ends it", plain(describeRetry(*retry)), run.ID)
			}
			if run.Idle != nil {
				line(w, "    no worker has taken up its next step since %s: it goes on when one does (bin/worker)", stamp(run.Idle))
			}
		}
		if c.Holder != nil {
			line(w, "  store %s is in use by run %d (workflow %s)", c.Store, c.Holder.Run, c.Holder.Workflow)
		}
	}
	if len(status.Connections) == 0 {
		line(w, "no connections yet; apply a configuration (starter apply FILE)")
	}
}

// todayOf says how a store was called today.
func todayOf(today control.StoreToday) string {
	text := count(today.Calls, "call") + ", " + fmt.Sprint(today.Throttled) + " throttled"
	if today.Answered != nil {
		text += "; last answer " + stamp(today.Answered)
	}
	return text
}

// openPhase is how far a run is that has not ended. What fails stands below it where the server has told that.
func openPhase(run control.OpenRun) string {
	switch {
	case run.Outcome == ledger.Held:
		return "it waits for a decision"
	case run.Retry != nil:
		return plain(cmp.Or(run.Step(), "running"))
	}
	return plain(cmp.Or(run.Phase, "running"))
}

// describeRetry says what failed last in a run, and when it is tried again.
func describeRetry(retry control.Retry) string {
	when := "attempt %d is under way"
	if retry.Next != nil {
		when = "attempt %d is due at " + stamp(retry.Next)
	}
	return fmt.Sprintf("%s: "+when, retry.Error, retry.Attempt)
}

// pausedBecause is a note that says the word by itself, or the word and the note.
func pausedBecause(note string) string {
	switch {
	case note == "":
		return "paused"
	case slices.Contains(strings.FieldsFunc(strings.ToLower(note), func(r rune) bool { return !unicode.IsLetter(r) }), "paused"):
		return plain(note)
	}
	return "paused: " + plain(note)
}

func deadline(decideBy *time.Time) string {
	if decideBy == nil {
		return ""
	}
	return "   until " + stamp(decideBy) + "; then the run ends undecided, and pushes nothing"
}

func reasonOf(reason string) string {
	if reason == "" {
		return ""
	}
	return ": " + reason
}

// nextTry adds what will make a row be tried again to the reason why the store refused it.
func nextTry(next string) string {
	if next == "" {
		return ""
	}
	return "; " + next
}

func runsCommand(s *session) *cobra.Command {
	var limit int
	command := &cobra.Command{
		Use:   "runs [CONNECTION|RUN]",
		Short: "List runs, newest first; or show one run with the times of its stages",
		Long: `runs lists runs, newest first. With the number of a run it shows that run, with the times of its stages.

  LEVELS CHANGED   levels of the warehouse that this run's own fetch changed
  ROWS DUE         rows of the store that had to be pushed when the push began; a row is a SKU at a
                   location of the store
  EXPORTED         rows that the store confirmed
  NEWLY REJECTED   rows that the store refused for good in this run
  PARKED           rows that the store refused in an earlier run; this run did not try them
  CALLS            calls to the store
  REFUSED          rows of the warehouse that could not be believed (starter snapshot lists them)
  ODD              odd rows of the warehouse (starter snapshot lists them)

While a run is under way, OUTCOME shows its phase, and the figures are those so far.`,
		Example: "  starter runs\n  starter runs acme-shop --limit 5\n  starter runs 42",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(command *cobra.Command, arguments []string) error {
			if err := checkLimit(limit); err != nil {
				return err
			}
			return s.withLedger(command.Context(), func(c *control.Control) error {
				if run, is, err := oneRun(command.Context(), c, arguments); is {
					if err != nil {
						return err
					}
					return s.print(run, func(w io.Writer) { showRun(w, run, time.Now()) })
				}
				runs, err := c.Runs(command.Context(), strings.Join(arguments, ""), limit+1)
				if err != nil {
					return err
				}
				runs, more := cut(runs, limit)
				return s.print(runs, func(w io.Writer) {
					showRuns(w, runs)
					showMore(w, more, limit)
				})
			})
		},
	}
	command.Flags().IntVar(&limit, "limit", 20, "how many")
	return command
}

// oneRun is the run of a number; false where that is no number, or where a connection has it as its id.
func oneRun(ctx context.Context, c *control.Control, arguments []string) (run ledger.Run, is bool, err error) {
	if len(arguments) == 0 {
		return ledger.Run{}, false, nil
	}
	id, err := strconv.ParseInt(arguments[0], 10, 64)
	if err != nil {
		return ledger.Run{}, false, nil
	}
	if _, err := c.Connection(ctx, arguments[0]); err == nil {
		return ledger.Run{}, false, nil
	}
	run, err = c.Run(ctx, id)
	return run, true, err
}

// showRun shows one run with the times of its stages.
func showRun(w io.Writer, run ledger.Run, now time.Time) {
	showRuns(w, []ledger.Run{run})
	line(w, "began %s", stamp(&run.StartedAt))
	if run.FetchBegan != nil {
		line(w, "asked the warehouse %s, after %s", stamp(run.FetchBegan), control.Span(run.FetchBegan.Sub(run.StartedAt)))
	}
	for _, stage := range control.StagesOf(run) {
		line(w, "%s %s; %s %s", strings.ToLower(stage.Name), stamp(&stage.At), stage.What, control.Span(stage.Took))
	}
	if progress, pushes := control.ProgressOf(run, now); pushes {
		line(w, "%s", progressLine(progress))
	}
	if run.EndedAt != nil {
		line(w, "ended %s; all of it took %s", stamp(run.EndedAt), control.Span(run.EndedAt.Sub(run.StartedAt)))
	}
	if run.Reason != "" {
		line(w, "%s", plain(run.Reason))
	}
}

// progressLine says how far a run is, how fast and what is left, as far as that is known.
func progressLine(progress control.RunProgress) string {
	text := fmt.Sprintf("pushed so far: %d of %s", progress.Done, count(progress.Total, "row"))
	if progress.PerMinute > 0 {
		text += fmt.Sprintf(", %.0f a minute", max(1, progress.PerMinute))
	}
	if progress.Left != nil && progress.Done < progress.Total {
		text += ", about " + control.Span(progress.Left.Round(time.Second)) + " left"
	}
	return text
}

// outcomeOf is how a run ended, or how far it is. Why it lasts stands below the table.
func outcomeOf(run ledger.Run) string {
	if run.Outcome == ledger.Running && run.Phase != "" {
		return plain(run.Step())
	}
	return string(run.Outcome)
}

func showRuns(w io.Writer, runs []ledger.Run) {
	table(w, "RUN\tCONNECTION\tMODE\tTRIGGER\tSTARTED (UTC)\tTOOK\tOUTCOME\tREFUSED\tODD\tLEVELS CHANGED\tROWS DUE\tEXPORTED\tNEWLY REJECTED\tPARKED\tCALLS",
		func(row func(string, ...any)) {
			for _, run := range runs {
				took, k := "-", run.Counts
				figure := func(n int64) string {
					if n == 0 && run.EndedAt == nil {
						return "-" // it has not come so far
					}
					return fmt.Sprint(n)
				}
				if run.EndedAt != nil {
					took = run.EndedAt.Sub(run.StartedAt).Round(100 * time.Millisecond).String()
				}
				row("%d\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s", run.ID, run.Connection, run.Mode, run.Trigger, moment(&run.StartedAt), took,
					outcomeOf(run), figure(k.Refused), figure(k.Odd), figure(k.Changed), figure(k.Due), figure(k.Exported), figure(k.Rejected), figure(k.Parked),
					figure(k.Calls))
			}
		})
	for _, run := range runs {
		if run.Outcome == ledger.Running && run.Phase != run.Step() {
			line(w, "run %d: %s", run.ID, plain(run.Phase))
		}
	}
	if len(runs) == 0 {
		line(w, "no runs yet; starter sync smart CONNECTION starts one")
	}
}

func levelsCommand(s *session) *cobra.Command {
	var sku, status, after string
	var limit int
	var stale bool
	command := &cobra.Command{
		Use:   "levels warehouse|channel ID",
		Short: "List the levels of a warehouse, or what a store should show and does show",
		Long: `levels lists the levels of a warehouse, or what a connection's store should show and does show.

A level of a warehouse is STALE if its last row was refused: its figure is not what the warehouse
reports now. It is stale until a row of it is read.`,
		Example: "  starter levels warehouse portland --sku BIKE\n  starter levels channel acme-shop --status rejected\n" +
			"  starter levels warehouse portland --stale\n  starter levels channel acme-shop --after ACME-100 --limit 50",
		Args: cobra.ExactArgs(2),
		RunE: func(command *cobra.Command, arguments []string) error {
			ctx := command.Context()
			if err := checkLimit(limit); err != nil {
				return err
			}
			return s.withLedger(ctx, func(c *control.Control) error {
				page := ledger.Page{After: after, Limit: limit}
				if stale {
					return listStale(ctx, s, c, arguments, sku, page)
				}
				switch arguments[0] {
				case "warehouse":
					list := func(page ledger.Page) ([]ledger.LevelRow, error) { return c.Levels(ctx, arguments[1], sku, page) }
					rows, next, err := onePage(page, list, func(row ledger.LevelRow) string { return row.SKU })
					if err != nil {
						return err
					}
					return s.print(rows, func(w io.Writer) { showLevels(w, rows); showNext(w, next) })
				case "channel":
					list := func(page ledger.Page) ([]ledger.ChannelLevelRow, error) {
						return c.ChannelLevels(ctx, arguments[1], sku, ledger.Status(status), page)
					}
					rows, next, err := onePage(page, list, func(row ledger.ChannelLevelRow) string { return row.ChannelSKU })
					if err != nil {
						return err
					}
					return s.print(rows, func(w io.Writer) { showChannelLevels(w, rows); showNext(w, next) })
				}
				return &flagError{fmt.Errorf("%q is neither warehouse nor channel", arguments[0])}
			})
		},
	}
	command.Flags().StringVar(&sku, "sku", "", "only this SKU (with channel: the channel SKU)")
	command.Flags().StringVar(&status, "status", "", "with channel: only rows with this status; too_high lists rows that a rejection keeps above 0")
	command.Flags().BoolVar(&stale, "stale", false, "with warehouse: only stale levels, and SKUs that were never read")
	command.Flags().StringVar(&after, "after", "", "start after this SKU")
	command.Flags().IntVar(&limit, "limit", 100, "how many")
	return command
}

func checkLimit(limit int) error {
	if limit < 1 {
		return &flagError{fmt.Errorf("--limit %d is below 1", limit)}
	}
	return nil
}

// cut leaves the first of a list, and tells whether there were more.
func cut[T any](list []T, limit int) ([]T, bool) {
	if len(list) <= limit {
		return list, false
	}
	return list[:limit], true
}

// onePage lists a page, and after what the next one begins; nothing when there is none.
func onePage[T any](page ledger.Page, list func(ledger.Page) ([]T, error), key func(T) string) (rows []T, next string, err error) {
	rows, err = list(page)
	if err != nil || len(rows) < page.Limit {
		return rows, "", err
	}
	last := key(rows[len(rows)-1])
	behind, err := list(ledger.Page{After: last, Limit: 1})
	if err != nil || len(behind) == 0 {
		return rows, "", err
	}
	return rows, last, nil
}

func showMore(w io.Writer, more bool, limit int) {
	if more {
		line(w, "more: --limit %d", 2*limit)
	}
}

func showNext(w io.Writer, after string) {
	if after != "" {
		line(w, "more: --after %s", shellWord(plain(after)))
	}
}

// shellWord quotes a text for a shell, where it must be.
func shellWord(text string) string {
	if !strings.ContainsFunc(text, func(r rune) bool {
		return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:@", r)
	}) {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}

func showLevels(w io.Writer, rows []ledger.LevelRow) {
	table(w, "SKU\tFACILITY\tAVAILABLE\tON HAND\tCOMMITTED\tREPORTED (UTC)\tRECORDED (UTC)\tPRODUCT\tSTALE", func(row func(string, ...any)) {
		for _, r := range rows {
			row("%s\t%s\t%d\t%s\t%s\t%s\t%s\t%s\t%s", plain(r.SKU), plain(r.Facility), r.Available, figure(r.OnHand), figure(r.Committed),
				moment(&r.ReportedAt), moment(&r.RecordedAt), plain(r.Product), staleOf(r.Stale))
		}
	})
}

func showChannelLevels(w io.Writer, rows []ledger.ChannelLevelRow) {
	table(w, "CHANNEL SKU\tLOCATION\tPRODUCT\tSHOULD SHOW\tSHOWS\tSTATUS\tLAST EXPORTED (UTC)\tREASON", func(row func(string, ...any)) {
		for _, r := range rows {
			row("%s\t%s\t%s\t%d\t%s\t%s\t%s\t%s", plain(r.ChannelSKU), plain(r.Location), plain(r.Product), r.Quantity, figure(r.Exported), r.Status,
				moment(r.LastExported), plain(r.Reason+nextTry(r.Next)))
		}
	})
}

// plain is foreign text as a terminal may show it.
func plain(text string) string { return inventory.Visible(text) }

func activityCommand(s *session) *cobra.Command {
	var merchant, connection string
	var before int64
	var limit int
	command := &cobra.Command{
		Use:     "activity SKU",
		Short:   "List what happened to a SKU, newest first: every change of the warehouse, every push and its response",
		Example: "  starter activity BIKE --merchant acme",
		Args:    cobra.ExactArgs(1),
		RunE: func(command *cobra.Command, arguments []string) error {
			if err := checkLimit(limit); err != nil {
				return err
			}
			return s.withLedger(command.Context(), func(c *control.Control) error {
				entries, err := c.Activity(command.Context(), ledger.ActivityQuery{
					Merchant: merchant, SKU: arguments[0], Connection: connection, Before: before, Limit: limit + 1,
				})
				if err != nil {
					return err
				}
				entries, more := cut(entries, limit)
				return s.print(entries, func(w io.Writer) { showActivity(w, entries); showMore(w, more, limit) })
			})
		},
	}
	command.Flags().StringVar(&merchant, "merchant", "", "the merchant; required if there are several")
	command.Flags().StringVar(&connection, "connection", "", "only pushes of this connection")
	command.Flags().Int64Var(&before, "before", 0, "only entries older than this one; the ids are in the output of --json")
	command.Flags().IntVar(&limit, "limit", 50, "how many")
	return command
}

func showActivity(w io.Writer, entries []ledger.ActivityEntry) {
	table(w, "AT (UTC)\tRUN\tWHAT\tWHERE\tSKU\tBEFORE\tAFTER\tNOTE", func(row func(string, ...any)) {
		for _, e := range entries {
			where, sku := strings.Trim(e.Warehouse+" "+e.Facility, " "), e.SKU
			if e.Connection != "" {
				where, sku = strings.Trim(e.Connection+" "+e.Location, " "), e.ChannelSKU
			}
			row("%s\t%d\t%s\t%s\t%s\t%s\t%s\t%s", moment(&e.At), e.Run, e.Kind, plain(where), plain(sku), figure(e.Before), figure(e.After), plain(e.Note))
		}
	})
}

// at names a location, where a store has several.
func at(location string) string {
	if location == "" {
		return ""
	}
	return " at " + plain(location)
}

func explainCommand(s *session) *cobra.Command {
	return &cobra.Command{
		Use:     "explain CONNECTION CHANNEL-SKU",
		Short:   "Explain a number: warehouse level → bundle → strategy → listing → call → response",
		Example: "  starter explain acme-shop ACME-CITY-KIT",
		Args:    cobra.ExactArgs(2),
		RunE: func(command *cobra.Command, arguments []string) error {
			return s.withLedger(command.Context(), func(c *control.Control) error {
				explanations, err := c.Explain(command.Context(), arguments[0], arguments[1])
				if err != nil {
					return err
				}
				return s.print(explanations, func(w io.Writer) {
					for _, explanation := range explanations {
						line(w, "%s%s on %s: %d%s", plain(explanation.Row.ChannelSKU), at(explanation.Row.Location), explanation.Row.Connection, explanation.Row.Quantity,
							nowSomethingElse(explanation))
						for _, text := range explanation.Lines() {
							line(w, "  %s", plain(text))
						}
						if len(explanation.Activity) > 0 {
							line(w, "  what happened:")
							for _, e := range explanation.Activity {
								text := fmt.Sprintf("%s run %d: %s%s %s → %s %s", stamp(&e.At), e.Run, e.Kind, at(e.Location), figure(e.Before), figure(e.After), plain(e.Note))
								line(w, "    %s", strings.TrimSpace(text))
							}
						}
					}
				})
			})
		},
	}
}

// nowSomethingElse is the figure that the next run will push, where it is another.
func nowSomethingElse(e control.RowExplanation) string {
	if e.Now == nil || e.Now.Blocked != "" || e.Now.Quantity == e.Row.Quantity {
		return ""
	}
	return fmt.Sprintf(", and %d as the ledger has it now", e.Now.Quantity)
}

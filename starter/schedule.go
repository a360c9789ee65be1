package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/ledger"
)

// scheduling is what the command line says of a schedule.
type scheduling struct {
	every, hourly, daily, flexible []string
	none, force, dryRun            bool
	timezone, reason, until        string
	version                        int64
	versionGiven, zoneGiven        bool
}

func scheduleCommand(s *session) *cobra.Command {
	var given scheduling
	command := &cobra.Command{
		Use:   "schedule CONNECTION [show | edit smart|full | clear smart|full]",
		Short: "Show and change when a connection's runs start, without editing the configuration file",
		Long: `schedule shows the two schedules of a connection: what is in force, who set it, the next five starts in
the schedule's time zone, and what changes of the clock do to them.

edit replaces all rules of one schedule. Several rules add up. If the configuration file mentions the
schedule, the edit is an override: it needs a reason, may have an end, and apply keeps it while the
file says the same. If the file does not mention it, the schedule belongs to whoever sets it, here or
on the pages. clear ends what was set.

  --every 45m                       every 45 minutes
  --hourly 2:15                     every 2 hours, counted from midnight, at 15 minutes past
  --daily 01:00                     once a day
  --flexible '30m 8-18 mon,tue'     every 30 minutes from 08:00 to 18:59 on those days (all days if none is given)
  --none                            no scheduled starts

--until takes a time in the schedule's zone ('2026-11-30 08:00'), a time with its own zone
(2026-11-30T08:00:00+01:00), or a duration from now (36h).

If somebody else changes the schedule meanwhile, the edit is refused. With --version (from show -o
json) that also covers changes from before the command started.`,
		Example: "  starter schedule acme-shop\n  starter schedule acme-shop edit smart --every 30m --reason 'the sale' --until '2026-11-30 08:00'\n" +
			"  starter schedule acme-shop edit full --daily 01:00 --timezone Europe/Paris --dry-run\n  starter schedule acme-shop clear smart",
		Args: cobra.RangeArgs(1, 3),
		RunE: func(command *cobra.Command, arguments []string) error {
			flags := command.Flags()
			given.versionGiven, given.zoneGiven = flags.Changed("version"), flags.Changed("timezone")
			return s.schedule(command.Context(), arguments, given)
		},
	}
	command.Flags().StringArrayVar(&given.every, "every", nil, "a rule: the time between two starts, like 45m; rules may be repeated")
	command.Flags().StringArrayVar(&given.hourly, "hourly", nil, "a rule: HOURS:MINUTE, like 2:15")
	command.Flags().StringArrayVar(&given.daily, "daily", nil, "a rule: a time of day, like 01:00")
	command.Flags().StringArrayVar(&given.flexible, "flexible", nil, "a rule: 'INTERVAL FROM-TO [DAYS]', like '30m 8-18 mon,tue'")
	command.Flags().BoolVar(&given.none, "none", false, "no rule: the schedule starts no runs")
	command.Flags().StringVar(&given.timezone, "timezone", "", "the time zone of the rules, like Europe/Paris (default: the one in force)")
	command.Flags().StringVar(&given.reason, "reason", "", "why, for other people; required if the configuration file mentions the schedule")
	command.Flags().StringVar(&given.until, "until", "", "when it ends (default: never)")
	command.Flags().Int64Var(&given.version, "version", 0, "the version that you read; the edit is refused if the version is another one now")
	command.Flags().BoolVar(&given.dryRun, "dry-run", false, "show the next starts; change nothing")
	command.Flags().BoolVar(&given.force, "force", false, "allow a Full Sync more than once a day")
	return command
}

// schedule does what the arguments say.
func (s *session) schedule(ctx context.Context, arguments []string, given scheduling) error {
	id, act, mode := arguments[0], "show", ledger.Mode("")
	if len(arguments) > 1 {
		act = arguments[1]
	}
	if len(arguments) > 2 {
		mode = ledger.Mode(arguments[2])
	}
	named := mode == ledger.Smart || mode == ledger.Full
	switch {
	case act == "show" && len(arguments) < 3:
		return s.withLedger(ctx, func(c *control.Control) error { return s.showSchedules(ctx, c, id) })
	case act == "edit" && named:
		return s.withWhatAnswers(ctx, func(c *control.Control, _ error) error { return s.editSchedule(ctx, c, id, mode, given) })
	case act == "clear" && named:
		return s.withWhatAnswers(ctx, func(c *control.Control, _ error) error { return s.clearSchedule(ctx, c, id, mode, given) })
	case act == "edit" || act == "clear":
		return &flagError{fmt.Errorf("name the schedule: starter schedule %s %s smart, or full", id, act)}
	}
	return &flagError{fmt.Errorf("%q is not show, edit or clear; starter schedule --help explains them", strings.Join(arguments[1:], " "))}
}

func (s *session) showSchedules(ctx context.Context, c *control.Control, id string) error {
	var shown []control.ScheduleWithPreview
	for _, mode := range []ledger.Mode{ledger.Smart, ledger.Full} {
		one, err := c.Schedule(ctx, id, mode)
		if err != nil {
			return err
		}
		shown = append(shown, one)
	}
	return s.print(shown, func(w io.Writer) {
		for _, schedule := range shown {
			line(w, "%s of %s: %s", control.SyncName(schedule.Mode), id, control.ScheduleWords(schedule.ScheduleSetting.Schedule))
			line(w, "  %s", control.SettingWords(schedule.ScheduleSetting))
			showPreview(w, schedule.SchedulePreview)
		}
	})
}

func showPreview(w io.Writer, preview control.SchedulePreview) {
	showStarts(w, preview.Starts)
	for _, day := range preview.ChangeDays {
		line(w, "  on %s %s", day.Date, day.Text())
	}
	for _, warning := range preview.Warnings {
		line(w, "  warning: %s", warning)
	}
}

func showStarts(w io.Writer, starts []time.Time) {
	var moments []string
	for _, at := range starts {
		moments = append(moments, at.Format("Mon 2006-01-02 15:04 MST"))
	}
	if len(moments) > 0 {
		line(w, "  next starts: %s", strings.Join(moments, ", "))
	}
}

func (s *session) editSchedule(ctx context.Context, c *control.Control, id string, mode ledger.Mode, given scheduling) error {
	setting, err := c.Schedule(ctx, id, mode)
	if err != nil {
		return err
	}
	rules, err := given.rules()
	if err != nil {
		return &flagError{err}
	}
	edit := control.ScheduleEdit{
		Schedule: ledger.Schedule{Rules: rules, Timezone: setting.Timezone}, Reason: given.reason, Version: setting.Version, Force: given.force,
		Insist: "give --force", By: me(),
	}
	if given.zoneGiven {
		edit.Timezone = given.timezone
	}
	if given.versionGiven {
		edit.Version = given.version
	}
	if edit.Until, err = endOf(given.until, edit.Timezone, time.Now()); err != nil {
		return &flagError{err}
	}
	if given.dryRun {
		preview, err := c.PreviewSchedule(ctx, id, mode, edit)
		if err != nil {
			return err
		}
		return s.print(preview, func(w io.Writer) {
			line(w, "%s of %s would be %s", control.SyncName(mode), id, control.ScheduleWords(edit.Schedule))
			showPreview(w, preview)
		})
	}
	edited, err := c.EditSchedule(ctx, id, mode, edit)
	if err != nil {
		return err
	}
	return s.print(edited, func(w io.Writer) { showEdited(w, edited) })
}

func (s *session) clearSchedule(ctx context.Context, c *control.Control, id string, mode ledger.Mode, given scheduling) error {
	setting, err := c.Schedule(ctx, id, mode)
	if err != nil {
		return err
	}
	if !given.versionGiven {
		given.version = setting.Version
	}
	edited, err := c.ClearOverride(ctx, id, mode, given.version)
	if err != nil {
		return err
	}
	return s.print(edited, func(w io.Writer) { showEdited(w, edited) })
}

func showEdited(w io.Writer, edited control.ScheduleEditResult) {
	line(w, "%s of %s: %s", control.SyncName(edited.Mode), edited.Connection, control.ScheduleWords(edited.Schedule))
	line(w, "  %s", control.SettingWords(edited.ScheduleSetting))
	showStarts(w, edited.Starts)
	for _, warning := range edited.Warnings {
		line(w, "  warning: %s", warning)
	}
	if edited.Waits != "" {
		line(w, "  saved in the ledger; Temporal could not be updated yet (%s), and a worker does that as soon as it can", edited.Waits)
	}
}

// rules are those of the flags.
func (g scheduling) rules() ([]ledger.Rule, error) {
	rules := []ledger.Rule{}
	for _, text := range g.every {
		span, err := time.ParseDuration(text)
		if err != nil || span == 0 {
			return nil, fmt.Errorf("--every %q is not a duration like 45m or 2h", text)
		}
		rules = append(rules, ledger.Rule{Every: span})
	}
	for _, text := range g.hourly {
		hours, minute, ok := strings.Cut(text, ":")
		every, err := strconv.Atoi(hours)
		past, wrong := strconv.Atoi(minute)
		if !ok || errors.Join(err, wrong) != nil {
			return nil, fmt.Errorf("--hourly %q is not HOURS:MINUTE, like 2:15", text)
		}
		rules = append(rules, ledger.Rule{Hourly: &ledger.Hourly{Every: every, Minute: past}})
	}
	for _, text := range g.daily {
		rules = append(rules, ledger.Rule{Daily: text})
	}
	for _, text := range g.flexible {
		rule, err := flexibleRule(text)
		if err != nil {
			return nil, err
		}
		rules = append(rules, ledger.Rule{Flexible: rule})
	}
	switch {
	case g.none && len(rules) > 0:
		return nil, errors.New("--none cannot be combined with rules")
	case !g.none && len(rules) == 0:
		return nil, errors.New("give a rule (--every, --hourly, --daily, --flexible), or --none for no scheduled starts")
	}
	return rules, nil
}

// flexibleRule reads '30m 8-18 mon,tue'.
func flexibleRule(text string) (*ledger.Flexible, error) {
	wrong := fmt.Errorf("--flexible %q is not 'INTERVAL FROM-TO [DAYS]', like '30m 8-18 mon,tue'", text)
	parts := strings.Fields(text)
	if len(parts) < 2 || len(parts) > 3 {
		return nil, wrong
	}
	every, err := time.ParseDuration(parts[0])
	first, last, ok := strings.Cut(parts[1], "-")
	from, badFrom := strconv.Atoi(first)
	to, badTo := strconv.Atoi(last)
	if !ok || errors.Join(err, badFrom, badTo) != nil {
		return nil, wrong
	}
	rule := &ledger.Flexible{Every: every, From: from, To: to}
	if len(parts) == 3 {
		rule.Days = strings.Split(parts[2], ",")
	}
	return rule, nil
}

// endOf reads when an override ends; nil for never.
func endOf(text, timezone string, now time.Time) (*time.Time, error) {
	if text == "" {
		return nil, nil
	}
	if span, err := time.ParseDuration(text); err == nil {
		return new(now.Add(span)), nil
	}
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return &at, nil
	}
	zone, err := time.LoadLocation(timezone)
	if err != nil {
		zone = time.UTC
	}
	at, err := time.ParseInLocation("2006-01-02 15:04", text, zone)
	if err != nil {
		return nil, fmt.Errorf("--until %q is not a time like '2026-11-30 08:00' or a duration from now like 36h", text)
	}
	return &at, nil
}

// showOverrides says what an apply makes of schedules that were set beside the configuration. What it has no business with is listed where
// somebody asks what it would do.
func showOverrides(w io.Writer, fates []control.OverrideFate, dryRun bool) {
	for _, fate := range fates {
		if fate.OfThePages() && !dryRun {
			continue
		}
		line(w, "%s: %s %s, %s", fate.Action, fate.Connection, fate.Mode, fate.Detail)
	}
}

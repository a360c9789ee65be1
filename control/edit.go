package control

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/tidemark/tidemark/config"
	"github.com/tidemark/tidemark/control/gateway"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/workflows"
)

// Schedules are edited in the ledger first, and Temporal is brought to that. Where it does not answer, or this process ends in between, a
// worker brings it to that later: see MendSchedules.

// ScheduleEdit is a schedule that somebody wants in force.
type ScheduleEdit struct {
	ledger.Schedule // without a zone: it keeps that which it has
	Reason          string
	Until           *time.Time // nil: for good
	// Version is that of the setting that the edit was made on.
	Version int64
	// Force allows a Full Sync of more than once a day; Insist is how a person sets it, for the refusal.
	Force  bool
	Insist string
	By     string
	// advised and previous are of an override that comes from the advice.
	advised  bool
	previous *ledger.Override
}

// ScheduleEditResult is what became of an edit.
type ScheduleEditResult struct {
	ScheduleSetting
	Starts   []time.Time `json:"starts"` // the next ones
	Warnings []string    `json:"warnings"`
	// Waits is why Temporal could not be brought to it yet; a worker does that as soon as it can.
	Waits string `json:"waits,omitempty"`
}

// SchedulePreview is what a schedule would do.
type SchedulePreview struct {
	Starts     []time.Time `json:"starts"` // the next ones, in the schedule's zone
	ChangeDays []ChangeDay `json:"change_days"`
	Warnings   []string    `json:"warnings"`
	YAML       []string    `json:"yaml"` // as a configuration has it, in lines
}

// shownStarts is how many of the next starts are shown.
const shownStarts = 5

// StaleEditError is an edit that was made on a setting which somebody has changed since.
type StaleEditError struct {
	Now    ScheduleSetting
	Wanted ledger.Schedule
}

func (e *StaleEditError) Error() string {
	return fmt.Sprintf("nothing was changed: the %s schedule of %s was changed while you edited it. It is now %s, %s; you wanted %s. Look at it again, and decide anew",
		e.Now.Mode, e.Now.Connection, ScheduleWords(e.Now.Schedule), sourceWords(e.Now), ScheduleWords(e.Wanted))
}

// Unwrap makes it a refusal as any other of what was read before somebody changed it, for who does not show the difference.
func (e *StaleEditError) Unwrap() error { return &OutdatedError{Message: e.Error()} }

// OutdatedError is an edit that was made on what somebody has changed since it was read. Its message says what there is now.
type OutdatedError struct{ Message string }

func (e *OutdatedError) Error() string { return e.Message }

// Unwrap makes it a refusal as any other.
func (e *OutdatedError) Unwrap() error { return &UsageError{Message: e.Message} }

// sourceWords say who set a schedule.
func sourceWords(setting ScheduleSetting) string {
	switch setting.Source {
	case SetByOverride:
		return "overridden " + overrideWords(*setting.Override)
	case SetOnPages:
		return "set " + overrideWords(*setting.Override)
	case SetInFile:
		return "as the configuration says"
	case SetByDefault:
	}
	return "the default"
}

// Settings are what the schedules of a connection are set to, Smart Sync's first.
func (c *Control) Settings(ctx context.Context, id string) ([]ScheduleSetting, error) {
	connection, err := c.connection(ctx, id)
	if err != nil {
		return nil, err
	}
	_, settings, err := c.inForce(ctx, connection)
	return settings, err
}

// setting is what one schedule of a connection is set to.
func (c *Control) setting(ctx context.Context, id string, mode ledger.Mode) (ScheduleSetting, error) {
	settings, err := c.Settings(ctx, id)
	if err != nil {
		return ScheduleSetting{}, err
	}
	for _, setting := range settings {
		if setting.Mode == mode {
			return setting, nil
		}
	}
	return ScheduleSetting{}, usage("there is no schedule %q; there are smart and full", mode)
}

func (c *Control) inForce(ctx context.Context, connection ledger.Connection) (ledger.Connection, []ScheduleSetting, error) {
	connections, settings, err := c.allInForce(ctx, []ledger.Connection{connection})
	if err != nil {
		return connection, nil, err
	}
	return connections[0], settings[connection.ID], nil
}

// allInForce are connections with the schedules that are in force, and their settings by connection.
func (c *Control) allInForce(ctx context.Context, configured []ledger.Connection) ([]ledger.Connection, map[string][]ScheduleSetting, error) {
	states, err := c.states(ctx)
	if err != nil {
		return nil, nil, err
	}
	configuration, err := c.state.Configuration(ctx)
	if err != nil {
		return nil, nil, err
	}
	connections, settings, now := make([]ledger.Connection, len(configured)), map[string][]ScheduleSetting{}, c.now()
	for i, connection := range configured {
		connections[i] = connection
		for _, mode := range []ledger.Mode{ledger.Smart, ledger.Full} {
			state := states[scheduleKey{connection.ID, mode}]
			state.Mode = mode
			setting := settingOf(connection, state, configuration, now)
			connections[i] = withOverride(connections[i], mode, setting.Override)
			settings[connection.ID] = append(settings[connection.ID], setting)
		}
	}
	return connections, settings, nil
}

// ScheduleWithPreview is a setting with what it does.
type ScheduleWithPreview struct {
	ScheduleSetting
	SchedulePreview
}

// Schedule is what one schedule of a connection is set to, and what it does.
func (c *Control) Schedule(ctx context.Context, id string, mode ledger.Mode) (ScheduleWithPreview, error) {
	setting, err := c.setting(ctx, id, mode)
	if err != nil {
		return ScheduleWithPreview{}, err
	}
	preview, err := c.PreviewSchedule(ctx, id, mode, ScheduleEdit{Schedule: setting.Schedule, Force: true})
	return ScheduleWithPreview{setting, preview}, err
}

// PreviewSchedule says what a schedule would do: its next starts, what changes of the clock do to them, and what speaks against it.
func (c *Control) PreviewSchedule(ctx context.Context, id string, mode ledger.Mode, edit ScheduleEdit) (SchedulePreview, error) {
	if edit.Timezone == "" {
		setting, err := c.setting(ctx, id, mode)
		if err != nil {
			return SchedulePreview{}, err
		}
		edit.Timezone = setting.Timezone
	}
	warnings, err := c.checkEdit(ctx, id, mode, edit)
	if err != nil {
		return SchedulePreview{}, err
	}
	now := c.now()
	return SchedulePreview{
		Starts: orEmpty(NextStarts(edit.Rules, edit.Timezone, now, shownStarts)), ChangeDays: orEmpty(changeDaysOf(id, mode, edit.Schedule, now)),
		Warnings: orEmpty(warnings), YAML: config.ScheduleYAML(mode, edit.Schedule),
	}, nil
}

// checkEdit refuses a schedule that no configuration could have, and returns what speaks against one.
func (c *Control) checkEdit(ctx context.Context, id string, mode ledger.Mode, edit ScheduleEdit) ([]string, error) {
	warnings, err := config.CheckSchedule(edit.Schedule, config.ScheduleCheck{Connection: id, Mode: mode, Force: edit.Force, Insist: edit.Insist})
	if err != nil {
		return nil, usage("%v", err)
	}
	if mode == ledger.Smart {
		slow, err := c.tooFast(ctx, id, edit.Rules)
		if err != nil {
			return nil, err
		}
		if slow != "" {
			warnings = append(warnings, slow)
		}
	}
	return warnings, nil
}

// editSchedule sets a schedule of a connection; see EditSchedule.
func (c *Control) editSchedule(ctx context.Context, id string, mode ledger.Mode, edit ScheduleEdit) (ScheduleEditResult, error) {
	setting, err := c.setting(ctx, id, mode)
	if err != nil {
		return ScheduleEditResult{}, err
	}
	edit.Timezone = cmp.Or(edit.Timezone, setting.Timezone)
	warnings, err := c.checkEdit(ctx, id, mode, edit)
	if err != nil {
		return ScheduleEditResult{}, err
	}
	now := c.now()
	edit.Reason = strings.TrimSpace(edit.Reason)
	switch {
	case setting.Version != edit.Version:
		return ScheduleEditResult{}, &StaleEditError{Now: setting, Wanted: edit.Schedule}
	case setting.ReadOnly:
		return ScheduleEditResult{}, usage("nothing was changed: schedules are set in the configuration alone (console: {schedules: read-only})")
	case setting.File != nil && edit.Reason == "":
		return ScheduleEditResult{}, usage("nothing was changed: the %s schedule of %s is set in the configuration; say why it is overridden, for those who find it so", mode, id)
	case edit.Until != nil && !edit.Until.After(now):
		return ScheduleEditResult{}, usage("nothing was changed: the end, %s, is not in the future", momentWords(*edit.Until, edit.Timezone))
	case setting.Override == nil && setting.Same(edit.Schedule):
		return ScheduleEditResult{}, usage("nothing was changed: the %s schedule of %s is so already", mode, id)
	}
	override := &ledger.Override{
		Schedule: edit.Schedule, Reason: edit.Reason, By: edit.By, Since: now, Until: edit.Until, Base: setting.File, Advised: edit.advised, Previous: edit.previous,
	}
	edited, err := c.writeOverride(ctx, setting, override, edit.Schedule)
	edited.Warnings = orEmpty(warnings)
	return edited, err
}

// clearOverride ends what somebody set of a schedule; see ClearOverride.
func (c *Control) clearOverride(ctx context.Context, id string, mode ledger.Mode, version int64) (ScheduleEditResult, error) {
	setting, err := c.setting(ctx, id, mode)
	if err != nil {
		return ScheduleEditResult{}, err
	}
	switch {
	case setting.Version != version:
		return ScheduleEditResult{}, &StaleEditError{Now: setting, Wanted: setting.Default}
	case setting.Override == nil:
		return ScheduleEditResult{}, usage("nothing was changed: nothing is set of the %s schedule of %s beside the configuration", mode, id)
	}
	edited, err := c.writeOverride(ctx, setting, nil, setting.Default)
	edited.Warnings = []string{}
	return edited, err
}

// writeOverride writes an override, or its removal, and brings Temporal to it.
func (c *Control) writeOverride(ctx context.Context, setting ScheduleSetting, override *ledger.Override, wanted ledger.Schedule) (ScheduleEditResult, error) {
	waits, err := c.checkEditable(ctx, setting)
	if err != nil {
		return ScheduleEditResult{}, err
	}
	_, err = c.state.SetOverride(ctx, setting.Connection, setting.Mode, override, setting.Version, c.now())
	var outdated *ledger.OutdatedError
	switch {
	case errors.As(err, &outdated):
		if setting, err = c.setting(ctx, setting.Connection, setting.Mode); err != nil {
			return ScheduleEditResult{}, err
		}
		return ScheduleEditResult{}, &StaleEditError{Now: setting, Wanted: wanted}
	case errors.Is(err, ledger.ErrSchedulesReadOnly):
		return ScheduleEditResult{}, usage("nothing was changed: schedules are set in the configuration alone (console: {schedules: read-only})")
	case err != nil:
		return ScheduleEditResult{}, err
	}
	if waits == "" {
		if err := c.settleSchedule(ctx, setting.Connection, setting.Mode); err != nil {
			waits = brief(err)
		}
	}
	if setting, err = c.setting(ctx, setting.Connection, setting.Mode); err != nil {
		return ScheduleEditResult{}, err
	}
	return ScheduleEditResult{
		ScheduleSetting: setting, Starts: orEmpty(NextStarts(setting.Rules, setting.Timezone, c.now(), shownStarts)), Waits: waits,
	}, nil
}

// checkEditable refuses a schedule that belongs to another ledger. Where Temporal does not answer soon, that shows later: waits says why, and whoever edits
// leaves it to a worker to bring Temporal to it.
func (c *Control) checkEditable(ctx context.Context, setting ScheduleSetting) (waits string, err error) {
	if c.temporal == nil {
		return noConnection, nil
	}
	id := workflows.WorkflowID(setting.Mode, setting.Connection)
	within, cancel := context.WithTimeout(ctx, alivePatience)
	defer cancel()
	_, err = c.ownSchedule(within, c.temporal.Schedule(id))
	var theirs *UsageError
	switch {
	case errors.As(err, &theirs):
		return "", usage("nothing was changed: schedule %s: %s", id, theirs.Message)
	case err == nil, gateway.Absent(err):
		return "", nil
	}
	return brief(err), nil
}

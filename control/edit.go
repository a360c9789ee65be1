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

// A schedule is edited in the ledger first, and then in Temporal. Where Temporal does not answer, or this process ends in between, a worker changes
// Temporal later: see MendSchedules.

// ScheduleEdit is a schedule that somebody wants in force.
type ScheduleEdit struct {
	ledger.Schedule // an empty zone keeps the present one
	Reason          string
	Until           *time.Time // nil for good
	// Version is the version of the setting that the edit was made on.
	Version int64
	// Force allows a Full Sync more than once a day. Insist tells a person how to set it, for the refusal.
	Force  bool
	Insist string
	By     string
	// advised and previous are set where the edit applies the advice; see ledger.Override.
	advised  bool
	previous *ledger.Override
}

// ScheduleEditResult is a schedule after an edit.
type ScheduleEditResult struct {
	ScheduleSetting
	Starts   []time.Time `json:"starts"` // the next ones
	Warnings []string    `json:"warnings"`
	// Waits is why the schedule in Temporal could not be changed yet. A worker changes it as soon as it can.
	Waits string `json:"waits,omitempty"`
}

// SchedulePreview says what a schedule would do.
type SchedulePreview struct {
	Starts     []time.Time `json:"starts"` // the next ones, in the schedule's zone
	ChangeDays []ChangeDay `json:"change_days"`
	Warnings   []string    `json:"warnings"`
	YAML       []string    `json:"yaml"` // as a configuration has it, in lines
}

// shownStarts is how many of the next starts are shown.
const shownStarts = 5

// StaleEditError is for an edit of a schedule that somebody has changed since it was read.
type StaleEditError struct {
	Now    ScheduleSetting
	Wanted ledger.Schedule
}

func (e *StaleEditError) Error() string {
	return fmt.Sprintf("nothing was changed: the %s schedule of %s was changed while you edited it. "+
		"It is now %s, %s; you wanted %s. Look at it again, and decide anew",
		e.Now.Mode, e.Now.Connection, ScheduleWords(e.Now.Schedule), sourceWords(e.Now), ScheduleWords(e.Wanted))
}

// Unwrap makes it an *OutdatedError too, for callers that do not show the two values.
func (e *StaleEditError) Unwrap() error { return &OutdatedError{Message: e.Error()} }

// OutdatedError is for an edit of something that somebody has changed since it was read. Its message says the present value.
type OutdatedError struct{ Message string }

func (e *OutdatedError) Error() string { return e.Message }

// Unwrap makes it a *UsageError too.
func (e *OutdatedError) Unwrap() error { return &UsageError{Message: e.Message} }

// sourceWords say in words where a schedule comes from.
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

// Settings are the settings of a connection's schedules, Smart Sync's first.
func (c *Control) Settings(ctx context.Context, id string) ([]ScheduleSetting, error) {
	connection, err := c.connection(ctx, id)
	if err != nil {
		return nil, err
	}
	_, settings, err := c.inForce(ctx, connection)
	return settings, err
}

// setting is the setting of one schedule of a connection.
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

// inForce is a connection with the schedules in force, and their settings.
// inForce is a connection with the schedules in force, and their settings.
func (c *Control) inForce(ctx context.Context, connection ledger.Connection) (ledger.Connection, []ScheduleSetting, error) {
	connections, settings, err := c.allInForce(ctx, []ledger.Connection{connection})
	if err != nil {
		return connection, nil, err
	}
	return connections[0], settings[connection.ID], nil
}

// allInForce are connections with the schedules in force, and their settings by connection.
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

// ScheduleWithPreview is the setting of a schedule with what it does.
type ScheduleWithPreview struct {
	ScheduleSetting
	SchedulePreview
}

// Schedule is the setting of one schedule of a connection, and what it does.
func (c *Control) Schedule(ctx context.Context, id string, mode ledger.Mode) (ScheduleWithPreview, error) {
	setting, err := c.setting(ctx, id, mode)
	if err != nil {
		return ScheduleWithPreview{}, err
	}
	preview, err := c.PreviewSchedule(ctx, id, mode, ScheduleEdit{Schedule: setting.Schedule, Force: true})
	return ScheduleWithPreview{setting, preview}, err
}

// PreviewSchedule says what a schedule would do: its next starts, the effect of clock changes, and warnings.
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

// checkEdit refuses a schedule that a configuration could not have, and returns warnings about one that it could.
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
		return ScheduleEditResult{}, usage("nothing was changed: the %s schedule of %s is set in the configuration; "+
			"say why it is overridden, for those who find it so", mode, id)
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

// clearOverride ends the schedule that somebody set; see ClearOverride.
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

// writeOverride writes an override to the ledger, or removes it where override is nil, and brings Temporal to it.
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

// checkEditable refuses a schedule that belongs to another ledger. Where Temporal does not answer soon, it cannot tell, and waits says why: the
// edit is then written to the ledger only, and a worker changes Temporal later.
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

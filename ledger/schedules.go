package ledger

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tidemark/tidemark/inventory"
)

// A connection has a schedule for each mode. The configuration sets it where it names it; otherwise people set it on the pages. A schedule that
// somebody sets on a page or the command line, in place of the configuration's, is an override. This file stores overrides, and the version
// of each schedule: an edit is refused when the schedule has another version than the edit was made on.

// ErrSchedulesReadOnly is returned when only the configuration may set schedules.
var ErrSchedulesReadOnly = errors.New("ledger: schedules are set in the configuration alone")

// Schedule holds the rules that start runs of a mode, and their time zone. A run starts whenever any rule fires.
type Schedule struct {
	Rules    []Rule `json:"rules"`
	Timezone string `json:"timezone"`
}

// Same is true for two schedules with the same meaning.
func (s Schedule) Same(other Schedule) bool { return s.Form() == other.Form() }

// Form returns the same text for all schedules with the same meaning. The order of rules has no meaning, and neither has the zone of a
// schedule without rules.
func (s Schedule) Form() string {
	if len(s.Rules) == 0 {
		return ""
	}
	return cmp.Or(s.Timezone, "UTC") + " " + strings.Join(ruleForms(s.Rules), " ")
}

// ruleForms returns a normal form of each distinct rule, sorted.
func ruleForms(rules []Rule) []string {
	var forms []string
	for _, rule := range rules {
		if rule.Flexible != nil {
			flexible := *rule.Flexible
			flexible.Days = slices.Compact(slices.Sorted(slices.Values(flexible.Days)))
			if len(flexible.Days) == daysOfWeek {
				flexible.Days = nil
			}
			rule.Flexible = &flexible
		}
		forms = append(forms, encode(rule))
	}
	slices.Sort(forms)
	return slices.Compact(forms)
}

const daysOfWeek = 7

// Names is true when the configuration names the schedule of a mode.
func (f Flow) Names(mode Mode) bool { return !slices.Contains(f.Unnamed, mode) }

// Schedule returns the schedule of a mode.
func (f Flow) Schedule(mode Mode) Schedule {
	rules := f.Smart
	if mode == Full {
		rules = f.Full
	}
	return Schedule{Rules: rules, Timezone: cmp.Or(f.Zones[mode], f.Timezone)}
}

// With returns the flow with another schedule for a mode.
func (f Flow) With(mode Mode, schedule Schedule) Flow {
	if mode == Full {
		f.Full = schedule.Rules
	} else {
		f.Smart = schedule.Rules
	}
	zones := map[Mode]string{}
	for other, zone := range f.Zones {
		if other != mode {
			zones[other] = zone
		}
	}
	if schedule.Timezone != f.Timezone {
		zones[mode] = schedule.Timezone
	}
	f.Zones = nil
	if len(zones) > 0 {
		f.Zones = zones
	}
	return f
}

// Override is a schedule that somebody set in place of the configuration's, or where the configuration names none.
type Override struct {
	Schedule
	Reason string     `json:"reason,omitempty"`
	By     string     `json:"by"`
	Since  time.Time  `json:"since"`
	Until  *time.Time `json:"until,omitempty"` // when it ends; nil: never
	// Base is the schedule in the configuration when the override was made; nil when the configuration did not name it.
	Base *Schedule `json:"base,omitempty"`
	// Advised: the override was applied from the advice. Previous is the override that it replaced, so that this can be undone.
	Advised  bool      `json:"advised,omitempty"`
	Previous *Override `json:"previous,omitempty"`
}

// Ended is true from the override's end on.
func (o *Override) Ended(now time.Time) bool { return o.Until != nil && !now.Before(*o.Until) }

// ScheduleState is what the ledger stores of a connection's schedule for a mode, beside its configuration. A schedule of which nothing was
// ever stored has version 0.
type ScheduleState struct {
	Connection string    `json:"connection"`
	Mode       Mode      `json:"mode"`
	Version    int64     `json:"version"`    // grows with every change, by the configuration or by an override
	ChangedAt  time.Time `json:"changed_at"` // when the schedule got this version
	Reconciled int64     `json:"reconciled"` // the version that Temporal's schedule was last brought to
	Override   *Override `json:"override,omitempty"`
}

// OverrideChange is a change of an override that belongs to an apply. The apply fails when the schedule has another version.
type OverrideChange struct {
	Connection string
	Mode       Mode
	Version    int64
	Override   *Override // nil removes the override
}

// OutdatedError is returned for an edit of a schedule that was changed since it was read. Now is its present state.
type OutdatedError struct{ Now ScheduleState }

func (e *OutdatedError) Error() string {
	return fmt.Sprintf("ledger: the %s schedule of %s has changed meanwhile, to version %d", e.Now.Mode, e.Now.Connection, e.Now.Version)
}

// AppliedConfiguration is what the ledger stores of the configuration as a whole.
type AppliedConfiguration struct {
	From              string `json:"from"` // name of the file that was applied last, for people
	SchedulesReadOnly bool   `json:"schedules_read_only"`
	SettingsReadOnly  bool   `json:"settings_read_only"`
}

// Scheduler stores what is set for schedules beside the configuration.
type Scheduler interface {
	// ScheduleStates lists the stored states, by connection and mode: of one connection, or of all when the name is empty. An absent
	// state has version 0.
	ScheduleStates(ctx context.Context, connection string) ([]ScheduleState, error)
	// SetOverride sets the override of a schedule, or removes it (nil). It returns an *OutdatedError when the schedule has another
	// version, ErrSchedulesReadOnly when only the configuration may set schedules (an override may still be removed), and ErrNotFound
	// when there is no such connection.
	SetOverride(ctx context.Context, connection string, mode Mode, override *Override, version int64, now time.Time) (ScheduleState, error)
	// ScheduleReconciled records that Temporal's schedule was brought to a version. It returns false when the schedule has another
	// version by now.
	ScheduleReconciled(ctx context.Context, connection string, mode Mode, version int64) (bool, error)
	// Configuration returns what is stored of the configuration as a whole.
	Configuration(ctx context.Context) (AppliedConfiguration, error)
}

const scheduleColumns = "connection, mode, version, changed_at, reconciled, override, reason, set_by, set_at, ends_at, base, advised, previous"

func scanScheduleState(row scanner) (ScheduleState, error) {
	var state ScheduleState
	var changed, set int64
	var ends sql.NullInt64
	var value, base, previous sql.NullString
	var override Override
	err := row.Scan(&state.Connection, &state.Mode, &state.Version, &changed, &state.Reconciled, &value, &override.Reason, &override.By,
		&set, &ends, &base, &override.Advised, &previous)
	if err != nil {
		return ScheduleState{}, err
	}
	state.ChangedAt = fromMicros(changed)
	if !value.Valid {
		return state, nil
	}
	name := fmt.Sprintf("the override of %s %s", state.Connection, state.Mode)
	override.Since, override.Until = fromMicros(set), fromOptional(ends)
	err = decode(name, value.String, &override.Schedule)
	if err == nil && base.Valid {
		override.Base = &Schedule{}
		err = decode(name, base.String, override.Base)
	}
	if err == nil && previous.Valid {
		override.Previous = &Override{}
		err = decode(name, previous.String, override.Previous)
	}
	state.Override = &override
	return state, err
}

// ScheduleStates lists the stored states of schedules; see Scheduler.
func (d *database) ScheduleStates(ctx context.Context, connection string) ([]ScheduleState, error) {
	query, arguments := "SELECT "+scheduleColumns+" FROM schedules", []any{}
	if connection != "" {
		query, arguments = query+" WHERE connection = ?", append(arguments, connection)
	}
	var states []ScheduleState
	err := d.read(ctx, func(t *tx) error {
		states = nil
		return t.each(ctx, func(row *sql.Rows) error {
			state, err := scanScheduleState(row)
			states = append(states, state)
			return err
		}, query+" ORDER BY connection, mode", arguments...)
	})
	return states, err
}

// scheduleState returns the stored state of a schedule; with version 0 when there is none.
func (t *tx) scheduleState(ctx context.Context, connection string, mode Mode) (ScheduleState, error) {
	state, err := scanScheduleState(t.row(ctx, "SELECT "+scheduleColumns+" FROM schedules WHERE connection = ? AND mode = ?", connection, mode))
	if errors.Is(err, sql.ErrNoRows) {
		return ScheduleState{Connection: connection, Mode: mode}, nil
	}
	return state, err
}

// keepSchedule stores the next version of a schedule, which must then be reconciled.
func (t *tx) keepSchedule(ctx context.Context, state ScheduleState, now time.Time) (ScheduleState, error) {
	state.Version, state.ChangedAt = state.Version+1, fromMicros(micros(now))
	override, value := Override{}, (*string)(nil)
	if state.Override != nil {
		override = *state.Override
		value = new(encode(override.Schedule))
	}
	var ends *int64
	if override.Until != nil {
		ends = optionalMicros(*override.Until)
	}
	_, err := t.exec(ctx, "INSERT INTO schedules ("+scheduleColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (connection, mode) DO UPDATE SET version = excluded.version, changed_at = excluded.changed_at, override = excluded.override,
		reason = excluded.reason, set_by = excluded.set_by, set_at = excluded.set_at, ends_at = excluded.ends_at, base = excluded.base,
		advised = excluded.advised, previous = excluded.previous`,
		state.Connection, state.Mode, state.Version, micros(now), state.Reconciled, value, inventory.Storable(override.Reason),
		inventory.Storable(override.By), micros(override.Since), ends,
		optionalJSON(override.Base), override.Advised, optionalJSON(override.Previous))
	return state, err
}

// optionalJSON returns a value as JSON; nil, which is stored as NULL, for nil.
func optionalJSON[T any](value *T) *string {
	if value == nil {
		return nil
	}
	return new(encode(value))
}

// SetOverride sets or removes an override; see Scheduler.
func (d *database) SetOverride(
	ctx context.Context, connection string, mode Mode, override *Override, version int64, now time.Time,
) (ScheduleState, error) {
	var kept ScheduleState
	err := d.write(ctx, func(t *tx) error {
		var readOnly bool // read under the lock of an apply, so that edits and applies wait for each other
		if err := t.row(ctx, "SELECT schedules_read_only FROM state"+t.dialect.lock("state")).Scan(&readOnly); err != nil {
			return err
		}
		if readOnly && override != nil {
			return ErrSchedulesReadOnly
		}
		if _, err := definition[json.RawMessage](ctx, t, "connection", connection); err != nil {
			return err
		}
		state, err := t.scheduleState(ctx, connection, mode)
		if err != nil {
			return err
		}
		if state.Version != version {
			return &OutdatedError{Now: state}
		}
		state.Override = override
		kept, err = t.keepSchedule(ctx, state, now)
		return err
	})
	return kept, err
}

// ScheduleReconciled records the version that Temporal's schedule was brought to; see Scheduler.
func (d *database) ScheduleReconciled(ctx context.Context, connection string, mode Mode, version int64) (bool, error) {
	current := false
	err := d.write(ctx, func(t *tx) error {
		_, err := t.exec(ctx, "UPDATE schedules SET reconciled = version WHERE connection = ? AND mode = ? AND version = ?", connection, mode, version)
		if err != nil {
			return err
		}
		state, err := t.scheduleState(ctx, connection, mode)
		current = state.Version == version
		return err
	})
	return current, err
}

// Configuration returns what is stored of the configuration as a whole.
func (d *database) Configuration(ctx context.Context) (AppliedConfiguration, error) {
	var applied AppliedConfiguration
	err := d.read(ctx, func(t *tx) error {
		return t.row(ctx, "SELECT applied_from, schedules_read_only, settings_read_only FROM state").
			Scan(&applied.From, &applied.SchedulesReadOnly, &applied.SettingsReadOnly)
	})
	return applied, err
}

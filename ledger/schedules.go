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

// A connection has a schedule for each mode. It belongs to the configuration where that names it, else to the pages. What somebody sets in
// its place, on a page or the command line, is an override: kept here, with the version that an edit must have been made on.

// ErrSchedulesReadOnly: the configuration leaves no schedule to the pages.
var ErrSchedulesReadOnly = errors.New("ledger: schedules are set in the configuration alone")

// Schedule is when runs of a mode start: rules that stack, in a time zone.
type Schedule struct {
	Rules    []Rule `json:"rules"`
	Timezone string `json:"timezone"`
}

// Same is true for schedules that mean the same.
func (s Schedule) Same(other Schedule) bool { return s.Form() == other.Form() }

// Form is one text for all schedules that mean the same. The order of rules means nothing, and without rules neither does the zone.
func (s Schedule) Form() string {
	if len(s.Rules) == 0 {
		return ""
	}
	return cmp.Or(s.Timezone, "UTC") + " " + strings.Join(ruleForms(s.Rules), " ")
}

// ruleForms are one form of rules, each once.
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

// Names is true where the configuration names the schedule of a mode.
func (f Flow) Names(mode Mode) bool { return !slices.Contains(f.Unnamed, mode) }

// Schedule is the schedule of a mode.
func (f Flow) Schedule(mode Mode) Schedule {
	rules := f.Smart
	if mode == Full {
		rules = f.Full
	}
	return Schedule{Rules: rules, Timezone: cmp.Or(f.Zones[mode], f.Timezone)}
}

// With is the flow with another schedule for a mode.
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
	Until  *time.Time `json:"until,omitempty"` // nil: for good
	// Base is what the configuration said when it was made; nil: it did not name the schedule.
	Base *Schedule `json:"base,omitempty"`
	// Advised: it was applied from the advice. Previous is the override that it replaced, for who undoes that.
	Advised  bool      `json:"advised,omitempty"`
	Previous *Override `json:"previous,omitempty"`
}

// Ended is true from its end on.
func (o *Override) Ended(now time.Time) bool { return o.Until != nil && !now.Before(*o.Until) }

// ScheduleState is what is kept of a connection's schedule for a mode, beside its configuration. The zero version is that of one of which
// nothing was ever kept.
type ScheduleState struct {
	Connection string    `json:"connection"`
	Mode       Mode      `json:"mode"`
	Version    int64     `json:"version"`    // grows with every change, by the configuration or by an override
	ChangedAt  time.Time `json:"changed_at"` // when the version was made
	Reconciled int64     `json:"reconciled"` // the version that the schedule in Temporal was brought to last
	Override   *Override `json:"override,omitempty"`
}

// OverrideChange is what becomes of an override with an apply. It counts only while the schedule has the version.
type OverrideChange struct {
	Connection string
	Mode       Mode
	Version    int64
	Override   *Override // nil: it is gone
}

// OutdatedError is an edit of a schedule that somebody has changed since it was read.
type OutdatedError struct{ Now ScheduleState }

func (e *OutdatedError) Error() string {
	return fmt.Sprintf("ledger: the %s schedule of %s has changed meanwhile, to version %d", e.Now.Mode, e.Now.Connection, e.Now.Version)
}

// AppliedConfiguration is what is kept of the configuration as a whole.
type AppliedConfiguration struct {
	From              string `json:"from"` // the file that was applied last, as people know it
	SchedulesReadOnly bool   `json:"schedules_read_only"`
	SettingsReadOnly  bool   `json:"settings_read_only"`
}

// Scheduler keeps what is set of schedules beside the configuration.
type Scheduler interface {
	// ScheduleStates lists what is kept, by connection and mode; of one connection where it is named. What is absent has version 0.
	ScheduleStates(ctx context.Context, connection string) ([]ScheduleState, error)
	// SetOverride sets the override of a schedule, or removes it (nil). It returns an *OutdatedError when the schedule has another version,
	// ErrSchedulesReadOnly when the configuration leaves none to the pages (what is there may be removed all the same), and ErrNotFound when
	// there is no such connection.
	SetOverride(ctx context.Context, connection string, mode Mode, override *Override, version int64, now time.Time) (ScheduleState, error)
	// ScheduleReconciled notes that the schedule in Temporal says what a version says. It is false when the schedule has another version by
	// now.
	ScheduleReconciled(ctx context.Context, connection string, mode Mode, version int64) (bool, error)
	// Configuration is what is kept of the configuration as a whole.
	Configuration(ctx context.Context) (AppliedConfiguration, error)
}

const scheduleColumns = "connection, mode, version, changed_at, reconciled, override, reason, set_by, set_at, ends_at, base, advised, previous"

func scanScheduleState(row scanner) (ScheduleState, error) {
	var state ScheduleState
	var changed, set int64
	var ends sql.NullInt64
	var value, base, previous sql.NullString
	var made Override
	err := row.Scan(&state.Connection, &state.Mode, &state.Version, &changed, &state.Reconciled, &value, &made.Reason, &made.By, &set, &ends, &base, &made.Advised, &previous)
	if err != nil {
		return ScheduleState{}, err
	}
	state.ChangedAt = fromMicros(changed)
	if !value.Valid {
		return state, nil
	}
	what := fmt.Sprintf("the override of %s %s", state.Connection, state.Mode)
	made.Since, made.Until = fromMicros(set), fromOptional(ends)
	err = decode(what, value.String, &made.Schedule)
	if err == nil && base.Valid {
		made.Base = &Schedule{}
		err = decode(what, base.String, made.Base)
	}
	if err == nil && previous.Valid {
		made.Previous = &Override{}
		err = decode(what, previous.String, made.Previous)
	}
	state.Override = &made
	return state, err
}

// ScheduleStates lists what is kept of schedules; see Scheduler.
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

// scheduleState is what is kept of one schedule, of version 0 where nothing is.
func (t *tx) scheduleState(ctx context.Context, connection string, mode Mode) (ScheduleState, error) {
	state, err := scanScheduleState(t.row(ctx, "SELECT "+scheduleColumns+" FROM schedules WHERE connection = ? AND mode = ?", connection, mode))
	if errors.Is(err, sql.ErrNoRows) {
		return ScheduleState{Connection: connection, Mode: mode}, nil
	}
	return state, err
}

// keepSchedule writes the next version of a schedule, which is then to be reconciled.
func (t *tx) keepSchedule(ctx context.Context, state ScheduleState, now time.Time) (ScheduleState, error) {
	state.Version, state.ChangedAt = state.Version+1, fromMicros(micros(now))
	made, value := Override{}, (*string)(nil)
	if state.Override != nil {
		made = *state.Override
		value = new(encode(made.Schedule))
	}
	var ends *int64
	if made.Until != nil {
		ends = optionalMicros(*made.Until)
	}
	_, err := t.exec(ctx, "INSERT INTO schedules ("+scheduleColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (connection, mode) DO UPDATE SET version = excluded.version, changed_at = excluded.changed_at, override = excluded.override,
		reason = excluded.reason, set_by = excluded.set_by, set_at = excluded.set_at, ends_at = excluded.ends_at, base = excluded.base,
		advised = excluded.advised, previous = excluded.previous`,
		state.Connection, state.Mode, state.Version, micros(now), state.Reconciled, value, inventory.Storable(made.Reason), inventory.Storable(made.By), micros(made.Since), ends,
		optionalJSON(made.Base), made.Advised, optionalJSON(made.Previous))
	return state, err
}

// optionalJSON is a value as JSON, NULL when there is none.
func optionalJSON[T any](value *T) *string {
	if value == nil {
		return nil
	}
	return new(encode(value))
}

// SetOverride sets or removes an override; see Scheduler.
func (d *database) SetOverride(ctx context.Context, connection string, mode Mode, override *Override, version int64, now time.Time) (ScheduleState, error) {
	var kept ScheduleState
	err := d.write(ctx, func(t *tx) error {
		var readOnly bool // read under the lock of an apply, so that edits and applies come one after the other
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

// ScheduleReconciled notes which version Temporal was brought to; see Scheduler.
func (d *database) ScheduleReconciled(ctx context.Context, connection string, mode Mode, version int64) (bool, error) {
	current := false
	err := d.write(ctx, func(t *tx) error {
		if _, err := t.exec(ctx, "UPDATE schedules SET reconciled = version WHERE connection = ? AND mode = ? AND version = ?", connection, mode, version); err != nil {
			return err
		}
		state, err := t.scheduleState(ctx, connection, mode)
		current = state.Version == version
		return err
	})
	return current, err
}

// Configuration is what is kept of the configuration as a whole.
func (d *database) Configuration(ctx context.Context) (AppliedConfiguration, error) {
	var applied AppliedConfiguration
	err := d.read(ctx, func(t *tx) error {
		return t.row(ctx, "SELECT applied_from, schedules_read_only, settings_read_only FROM state").Scan(&applied.From, &applied.SchedulesReadOnly, &applied.SettingsReadOnly)
	})
	return applied, err
}

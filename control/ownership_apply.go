package control

import (
	"context"
	"fmt"
	"strings"

	"github.com/tidemark/tidemark/ledger"
)

// OverrideFate says what an apply does about a schedule that somebody set beside the configuration.
type OverrideFate struct {
	Connection string      `json:"connection"`
	Mode       ledger.Mode `json:"mode"`
	// Action is "kept", "kept over the file", "taken from the file", "adopted", "handed to the pages", "left to the pages" or "ended".
	Action string `json:"action"`
	Detail string `json:"detail"`
	// Override is the override that is left afterwards; nil when none is.
	Override *ledger.Override `json:"override,omitempty"`
}

// Changes is true where the apply changes the override.
func (f OverrideFate) Changes() bool {
	return f.Action != string(fateKept) && f.Action != string(fatePages)
}

// OfThePages is true where the configuration leaves the schedule to the pages, as before.
func (f OverrideFate) OfThePages() bool { return f.Action == string(fatePages) }

// scheduleKey names a schedule.
type scheduleKey struct {
	connection string
	mode       ledger.Mode
}

// decideOverrides decides about every schedule and setting of the configuration before anything is written. It refuses the apply where the file and
// the pages both changed a value and nobody chose. applied are the connections of the last apply.
func (a *applyOperation) decideOverrides(ctx context.Context, applied []ledger.Connection) error {
	states, err := a.states(ctx)
	if err != nil {
		return err
	}
	before := map[string]ledger.Connection{}
	for _, connection := range applied {
		before[connection.ID] = connection
	}
	conflicts, err := a.decideSettings(ctx)
	if err != nil {
		return err
	}
	a.overrides = map[scheduleKey]*ledger.Override{}
	for _, wanted := range a.definitions.Connections {
		for _, mode := range []ledger.Mode{ledger.Smart, ledger.Full} {
			key := scheduleKey{wanted.ID, mode}
			state := states[key]
			claimed := claim{
				usual: wanted.Inventory.Schedule(mode), override: state.Override, readOnly: a.definitions.SchedulesReadOnly, choice: a.options.Choice,
			}
			if wanted.Inventory.Names(mode) {
				claimed.now = new(wanted.Inventory.Schedule(mode))
			}
			if old, ok := before[wanted.ID]; ok && old.Inventory.Names(mode) {
				claimed.before = new(old.Inventory.Schedule(mode))
			}
			outcome, override := claimed.decide(a.now())
			if outcome == fateConflict {
				conflicts = append(conflicts, claimed.conflict(key))
				continue
			}
			a.overrides[key] = override
			if outcome == fateFile || outcome == fatePages && override == nil {
				continue
			}
			fate := OverrideFate{Connection: key.connection, Mode: mode, Action: string(outcome), Detail: claimed.detail(outcome, override), Override: override}
			a.report.Overrides = append(a.report.Overrides, fate)
			if fate.Changes() {
				change := ledger.OverrideChange{Connection: key.connection, Mode: mode, Version: state.Version, Override: override}
				a.options.Overrides = append(a.options.Overrides, change)
			}
		}
	}
	if len(conflicts) > 0 {
		return clash(conflicts, a.definitions.SchedulesReadOnly || a.definitions.SettingsReadOnly)
	}
	return nil
}

// states are the ledger's states of all schedules.
func (c *Control) states(ctx context.Context) (map[scheduleKey]ledger.ScheduleState, error) {
	all, err := c.state.ScheduleStates(ctx, "")
	if err != nil {
		return nil, err
	}
	states := map[scheduleKey]ledger.ScheduleState{}
	for _, state := range all {
		states[scheduleKey{state.Connection, state.Mode}] = state
	}
	return states, nil
}

// detail says in words what the apply does about a schedule.
func (c claim) detail(outcome fate, override *ledger.Override) string {
	switch outcome {
	case fateKept:
		return fmt.Sprintf("overridden %s: %s", overrideWords(*override), ScheduleWords(override.Schedule))
	case fateRebased:
		return fmt.Sprintf("overridden %s: %s; the file says %s now",
			overrideWords(*override), ScheduleWords(override.Schedule), ScheduleWords(*c.now))
	case fateTaken:
		return fmt.Sprintf("what was set %s is gone: %s", overrideWords(*c.override), ScheduleWords(c.override.Schedule))
	case fateAdopted:
		return fmt.Sprintf("the file says what was set %s", overrideWords(*c.override))
	case fateHanded:
		return fmt.Sprintf("the file does not name it any more; it stays as it is, %s, until somebody changes it on the pages or with starter schedule",
			ScheduleWords(override.Schedule))
	case fatePages:
		return fmt.Sprintf("set %s: %s", overrideWords(*override), ScheduleWords(override.Schedule))
	case fateEnded:
		return fmt.Sprintf("what was set %s is over", overrideWords(*c.override))
	case fateFile, fateConflict:
	}
	return ""
}

// conflict shows the three values of a schedule that was changed both in the file and on the pages.
func (c claim) conflict(key scheduleKey) string {
	words := func(schedule *ledger.Schedule) string {
		if schedule == nil {
			return "nothing: it left the schedule to the pages"
		}
		return ScheduleWords(*schedule)
	}
	says := words(c.now)
	if c.now == nil {
		says = "nothing, which with read-only schedules means " + ScheduleWords(c.usual)
	}
	return fmt.Sprintf("  %s of %s\n    the file said    %s\n    the file says    %s\n    the pages say    %s, set %s",
		key.mode, key.connection, words(c.override.Base), says, ScheduleWords(c.override.Schedule), overrideWords(*c.override))
}

// clash is the refusal of an apply with conflicts that a person must decide.
func clash(conflicts []string, readOnly bool) error {
	why := "these were changed in the file and on the pages"
	advice := "Apply with --take-file, which ends what was set on the pages, or with --keep-pages, which keeps that."
	if readOnly {
		why = "the file says read-only of console, and these were set on the pages"
		advice = "Apply with --take-file, which ends what was set on the pages, or write it into the file first (starter export)."
	}
	return usage("nothing was changed: %s\n%s\n%s", why, strings.Join(conflicts, "\n"), advice)
}

// inForce is a connection of the configuration with the schedules in force, and with the overlap setting in force.
func (a *applyOperation) inForce(connection ledger.Connection) ledger.Connection {
	key := ledger.SettingKey{Kind: ledger.OfConnection, ID: connection.ID, Name: ledger.SettingOverlap}
	if override := a.settingOverrides[key]; override != nil {
		of := ledger.Definitions{Connections: []ledger.Connection{connection}}
		if err := of.Set(key, override.Value); err == nil { // it cannot fail: decideSettings has read the value before
			connection = of.Connections[0]
		}
	}
	for _, mode := range []ledger.Mode{ledger.Smart, ledger.Full} {
		connection = withOverride(connection, mode, a.overrides[scheduleKey{connection.ID, mode}])
	}
	return connection
}

// withOverride is a connection whose schedule of a mode is replaced by an override; a nil override changes nothing.
func withOverride(connection ledger.Connection, mode ledger.Mode, override *ledger.Override) ledger.Connection {
	if override != nil {
		connection.Inventory = connection.Inventory.With(mode, override.Schedule)
	}
	return connection
}

package control

import (
	"time"

	"github.com/tidemark/tidemark/ledger"
)

// A schedule, or another setting, belongs to the configuration where that names it, else to the pages. What somebody sets in place of the
// configuration's is an override, which an apply keeps as long as the configuration says what it said when the override was made. This file
// decides, and does nothing.

// ScheduleSource says who set what is in force.
type ScheduleSource string

// The sources of schedules.
const (
	SetInFile     ScheduleSource = "file"     // the configuration
	SetByOverride ScheduleSource = "override" // somebody, in place of what the configuration says
	SetOnPages    ScheduleSource = "pages"    // somebody; the configuration leaves it to the pages
	SetByDefault  ScheduleSource = "default"  // nobody; the configuration leaves it to the pages
)

// ScheduleSetting is what a schedule of a connection is set to, and by whom.
type ScheduleSetting struct {
	Connection string      `json:"connection"`
	Mode       ledger.Mode `json:"mode"`
	// Schedule is what is in force.
	ledger.Schedule
	Source ScheduleSource `json:"source"`
	// Since is when it came in force, where that is known.
	Since time.Time `json:"since,omitzero"`
	// File is what the configuration says, and FileName which file that is; nil: it leaves the schedule to the pages.
	File     *ledger.Schedule `json:"file,omitempty"`
	FileName string           `json:"file_name,omitempty"`
	// Default is what is in force where nobody sets anything and the configuration leaves it to the pages.
	Default ledger.Schedule `json:"default"`
	// Override is what somebody set; nil when nobody did, or its end has come.
	Override *ledger.Override `json:"override,omitempty"`
	// Version is what an edit must have been made on.
	Version int64 `json:"version"`
	// Pending: Temporal has not been brought to it yet.
	Pending  bool `json:"pending,omitempty"`
	ReadOnly bool `json:"read_only,omitempty"`
}

// settingOf is what a schedule of a connection, as it is configured, is set to at a moment.
func settingOf(connection ledger.Connection, state ledger.ScheduleState, configuration ledger.AppliedConfiguration, now time.Time) ScheduleSetting {
	own := connection.Inventory.Schedule(state.Mode)
	setting := ScheduleSetting{
		Connection: connection.ID, Mode: state.Mode, Schedule: own, Source: SetByDefault, Since: state.ChangedAt, Default: own,
		FileName: configuration.From, Version: state.Version, Pending: state.Reconciled < state.Version, ReadOnly: configuration.SchedulesReadOnly,
	}
	if connection.Inventory.Names(state.Mode) {
		setting.Source, setting.File = SetInFile, &own
	}
	switch override := state.Override; {
	case override == nil:
	case override.Ended(now):
		setting.Pending = true
		if override.Until.After(setting.Since) {
			setting.Since = *override.Until
		}
	default:
		setting.Schedule, setting.Override, setting.Source = override.Schedule, override, SetOnPages
		if setting.File != nil {
			setting.Source = SetByOverride
		}
	}
	return setting
}

// Choice is what a person says to an apply that meets schedules which the file and the pages both changed.
type Choice string

// The choices.
const (
	ChooseNothing Choice = ""           // stop, and show them
	TakeFile      Choice = "take-file"  // the file's count
	KeepPages     Choice = "keep-pages" // those of the pages do
)

// ownership is what an apply meets of anything that the file may say and somebody may set beside it. Values stand in a form that is the same for
// all that mean the same.
type ownership struct {
	before, now *string // what the ledger has of the configuration, and what the file says; nil: it does not name it
	usual       string  // what counts where the file does not name it and nobody sets anything
	set, base   *string // what somebody set, and what the configuration said then; nil: nobody did, and it did not name it
	ended       bool    // the end of what somebody set has come
	readOnly    bool    // the file alone sets it
	choice      Choice
}

// fate is what becomes of it with an apply.
type fate string

const (
	fateFile     fate = "file"                // the file's counts, and nobody set anything
	fatePages    fate = "left to the pages"   // it is no business of the file
	fateKept     fate = "kept"                // the override counts: the file says what it said then
	fateAdopted  fate = "adopted"             // the file says what the override says, which ends with that
	fateTaken    fate = "taken from the file" // both changed, and a person chose the file
	fateRebased  fate = "kept over the file"  // both changed, and a person chose the pages
	fateHanded   fate = "handed to the pages" // the file does not name it any more; it stays as it is
	fateEnded    fate = "ended"               // the override's end has come
	fateConflict fate = "both changed"        // nothing may be written before a person chooses
)

func (o ownership) decide() fate {
	if o.set == nil || o.ended {
		switch {
		case o.now == nil && o.before != nil && !o.readOnly && *o.before != o.usual:
			return fateHanded
		case o.ended:
			return fateEnded
		case o.now == nil:
			return fatePages
		}
		return fateFile
	}
	configured := o.now
	if configured == nil && o.readOnly {
		configured = &o.usual
	}
	switch {
	case configured == nil && o.base == nil:
		return fatePages
	case configured == nil:
		return fateHanded
	case !o.readOnly && o.base != nil && *o.base == *configured:
		return fateKept
	case *o.set == *configured:
		return fateAdopted
	case o.choice == TakeFile:
		return fateTaken
	case o.choice == KeepPages && !o.readOnly:
		return fateRebased
	}
	return fateConflict
}

// claim is what an apply meets of a schedule.
type claim struct {
	before   *ledger.Schedule // what the ledger has of the configuration; nil: it did not name the schedule
	now      *ledger.Schedule // what the file says; nil: it does not name it
	usual    ledger.Schedule  // what counts where the file does not name it and nobody sets anything
	override *ledger.Override // what somebody set
	readOnly bool             // the file alone sets schedules
	choice   Choice
}

// formOf is the form of a schedule; nil for none.
func formOf(schedule *ledger.Schedule) *string {
	if schedule == nil {
		return nil
	}
	return new(schedule.Form())
}

// decide decides what becomes of a schedule, and what is set beside the file afterwards.
func (c claim) decide(now time.Time) (fate, *ledger.Override) {
	state := ownership{before: formOf(c.before), now: formOf(c.now), usual: c.usual.Form(), readOnly: c.readOnly, choice: c.choice}
	if c.override != nil {
		state.set, state.base, state.ended = formOf(&c.override.Schedule), formOf(c.override.Base), c.override.Ended(now)
	}
	switch outcome := state.decide(); {
	case outcome == fateHanded && (c.override == nil || state.ended):
		return outcome, &ledger.Override{Schedule: *c.before, By: byTheConfiguration, Reason: "it named the schedule until then", Since: now}
	case outcome == fateHanded:
		handed := *c.override
		handed.Base = nil
		return outcome, &handed
	case outcome == fateRebased:
		rebased := *c.override
		rebased.Base = c.now
		return outcome, &rebased
	case outcome == fateKept, outcome == fatePages, outcome == fateConflict:
		return outcome, c.override
	default:
		return outcome, nil
	}
}

// byTheConfiguration is who has set what the configuration does not name any more.
const byTheConfiguration = "the configuration"

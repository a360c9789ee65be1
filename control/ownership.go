package control

import (
	"time"

	"github.com/tidemark/tidemark/ledger"
)

// A schedule, or another setting, belongs to the configuration where the configuration names it, otherwise to the pages. A value that somebody
// sets in place of the configuration's is an override. An apply keeps the override as long as the configuration says what it said when the
// override was made. The functions of this file decide, and change nothing.

// ScheduleSource says where the schedule or the setting that is in force comes from.
type ScheduleSource string

// The sources of schedules and settings.
const (
	SetInFile     ScheduleSource = "file"     // the configuration sets it
	SetByOverride ScheduleSource = "override" // a person set it in place of what the configuration says
	SetOnPages    ScheduleSource = "pages"    // a person set it; the configuration leaves it to the pages
	SetByDefault  ScheduleSource = "default"  // nobody set it; the configuration leaves it to the pages
)

// ScheduleSetting is a schedule of a connection, and where it comes from.
type ScheduleSetting struct {
	Connection string      `json:"connection"`
	Mode       ledger.Mode `json:"mode"`
	// Schedule is the schedule in force.
	ledger.Schedule
	Source ScheduleSource `json:"source"`
	// Since is when it came into force, where that is known.
	Since time.Time `json:"since,omitzero"`
	// File is what the configuration says, nil where it leaves the schedule to the pages; FileName is the configuration's host and path.
	File     *ledger.Schedule `json:"file,omitempty"`
	FileName string           `json:"file_name,omitempty"`
	// Default is the schedule without an override: the configuration's, or the default where it leaves the schedule to the pages.
	Default ledger.Schedule `json:"default"`
	// Override is the schedule that somebody set; nil when nobody did, or its end has come.
	Override *ledger.Override `json:"override,omitempty"`
	// Version is the version that an edit must have been made on.
	Version int64 `json:"version"`
	// Pending is true while the schedule in Temporal does not have this setting yet.
	Pending  bool `json:"pending,omitempty"`
	ReadOnly bool `json:"read_only,omitempty"`
}

// settingOf is the setting of a schedule at a moment: connection is as the configuration has it, state has the override.
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

// Choice is a person's decision about values that were changed both in the file and on the pages, for an apply.
type Choice string

// The choices.
const (
	ChooseNothing Choice = ""           // stop, and show the conflicts
	TakeFile      Choice = "take-file"  // use the values of the file
	KeepPages     Choice = "keep-pages" // keep the values of the pages
)

// ownership holds what decides about one value at an apply: a schedule or a setting, which the file may name and somebody may set beside it.
// Values are in a canonical form, so that two values that mean the same are equal.
type ownership struct {
	before, now *string // the file's value at the last apply and at this one; nil where the file did not name it
	usual       string  // the default, in force where the file does not name the value and nobody sets it
	set, base   *string // the value that somebody set, nil where nobody did; the file's value at that time, nil where it named none
	ended       bool    // the end of the value that somebody set has come
	readOnly    bool    // only the file may set it
	choice      Choice
}

// fate is what an apply does about such a value.
type fate string

const (
	fateFile     fate = "file"                // the file's value is in force, and nobody set another
	fatePages    fate = "left to the pages"   // the file does not name it
	fateKept     fate = "kept"                // the override stays: the file says what it said when the override was made
	fateAdopted  fate = "adopted"             // the file now says what the override says, so the override ends
	fateTaken    fate = "taken from the file" // both changed, and a person chose the file
	fateRebased  fate = "kept over the file"  // both changed, and a person chose the pages
	fateHanded   fate = "handed to the pages" // the file does not name it any more; the value stays as it is
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

// claim holds what decides about a schedule at an apply; see ownership.
type claim struct {
	before   *ledger.Schedule // the file's schedule at the last apply; nil where the file did not name it
	now      *ledger.Schedule // the file's schedule at this apply; nil where the file does not name it
	usual    ledger.Schedule  // the default, in force where the file does not name the schedule and nobody sets it
	override *ledger.Override // the schedule that somebody set
	readOnly bool             // only the file may set schedules
	choice   Choice
}

// formOf is the canonical form of a schedule; nil for a nil schedule.
func formOf(schedule *ledger.Schedule) *string {
	if schedule == nil {
		return nil
	}
	return new(schedule.Form())
}

// decide decides what the apply does about the schedule, and which override is left afterwards.
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

// byTheConfiguration is the author of a value that the configuration named before and does not name any more.
const byTheConfiguration = "the configuration"

package control

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/ledger"
)

// every is a schedule of one interval.
func every(minutes int) *ledger.Schedule {
	return &ledger.Schedule{Rules: []ledger.Rule{{Every: time.Duration(minutes) * time.Minute}}, Timezone: "UTC"}
}

// What an apply does about a schedule, by the file before, the file now, and the override.
func TestWhatAnApplyMakesOfASchedule(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)
	set := func(value, base *ledger.Schedule) *ledger.Override {
		return &ledger.Override{Schedule: *value, By: "ann", Reason: "the sale", Since: now.Add(-time.Hour), Base: base}
	}
	until := func(override *ledger.Override, after time.Duration) *ledger.Override {
		override.Until = new(now.Add(after))
		return override
	}
	handed := func(value *ledger.Schedule) *ledger.Override {
		return &ledger.Override{Schedule: *value, By: "the configuration", Reason: "it named the schedule until then", Since: now}
	}
	usual := every(60)
	for name, test := range map[string]struct {
		before, now *ledger.Schedule
		override    *ledger.Override
		readOnly    bool
		choice      Choice
		want        fate
		after       *ledger.Override
	}{
		"nobody sets anything":                      {want: fatePages},
		"the file alone":                            {before: every(30), now: every(30), want: fateFile},
		"the file alone, changed":                   {before: every(30), now: every(45), want: fateFile},
		"the file alone, new":                       {now: every(30), want: fateFile},
		"the file lets go":                          {before: every(30), want: fateHanded, after: handed(every(30))},
		"the file lets go of the default":           {before: every(60), want: fatePages},
		"the file lets go, and the file alone sets": {before: every(30), readOnly: true, want: fatePages},
		"a page's own":                              {override: set(every(30), nil), want: fatePages, after: set(every(30), nil)},
		"a page's own, and the file names it now":   {now: every(45), override: set(every(30), nil), want: fateConflict, after: set(every(30), nil)},
		"the same, and the file is taken":           {now: every(45), override: set(every(30), nil), choice: TakeFile, want: fateTaken},
		"the same, and the pages are kept": {
			now: every(45), override: set(every(30), nil), choice: KeepPages, want: fateRebased, after: set(every(30), every(45)),
		},
		"a page's own, and the file says the same now": {now: every(30), override: set(every(30), nil), want: fateAdopted},
		"an override, and the file is as it was": {
			before: every(45), now: every(45), override: set(every(30), every(45)), want: fateKept, after: set(every(30), every(45)),
		},
		"the same, whatever somebody chose": {
			before: every(45), now: every(45), override: set(every(30), every(45)), choice: TakeFile, want: fateKept, after: set(every(30), every(45)),
		},
		"an override, and the file changed": {
			before: every(45), now: every(50), override: set(every(30), every(45)), want: fateConflict, after: set(every(30), every(45)),
		},
		"both changed, and the file is taken": {
			before: every(45), now: every(50), override: set(every(30), every(45)), choice: TakeFile, want: fateTaken,
		},
		"both changed, and the pages are kept": {
			before: every(45), now: every(50), override: set(every(30), every(45)), choice: KeepPages, want: fateRebased, after: set(every(30), every(50)),
		},
		"both changed to the same":          {before: every(45), now: every(30), override: set(every(30), every(45)), want: fateAdopted},
		"an override, and the file lets go": {before: every(45), override: set(every(30), every(45)), want: fateHanded, after: set(every(30), nil)},
		"an override with an end": {
			before: every(45), now: every(45), override: until(set(every(30), every(45)), time.Second), want: fateKept,
			after: until(set(every(30), every(45)), time.Second),
		},
		"an override whose end has come": {before: every(45), now: every(45), override: until(set(every(30), every(45)), 0), want: fateEnded},
		"an override whose end has come, and a new file": {
			before: every(45), now: every(50), override: until(set(every(30), every(45)), -time.Hour), want: fateEnded,
		},
		"an override whose end has come, and the file lets": {
			before: every(45), override: until(set(every(30), every(45)), -time.Hour), want: fateHanded, after: handed(every(45)),
		},
		"a page's own whose end has come": {override: until(set(every(30), nil), -time.Hour), want: fateEnded},
		"an override like the file, which is as it was": {
			before: every(30), now: every(30), override: set(every(30), every(30)), want: fateKept, after: set(every(30), every(30)),
		},
		"an override, and the file alone sets now": {
			before: every(45), now: every(45), override: set(every(30), every(45)), readOnly: true, want: fateConflict, after: set(every(30), every(45)),
		},
		"the same, and the file is taken, alone": {
			before: every(45), now: every(45), override: set(every(30), every(45)), readOnly: true, choice: TakeFile, want: fateTaken,
		},
		"the same, and the pages cannot be kept": {
			before: every(45), now: every(45), override: set(every(30), every(45)), readOnly: true, choice: KeepPages, want: fateConflict,
			after: set(every(30), every(45)),
		},
		"a page's own, and the file alone sets now":     {override: set(every(30), nil), readOnly: true, want: fateConflict, after: set(every(30), nil)},
		"a page's own like the default, the file alone": {override: set(every(60), nil), readOnly: true, want: fateAdopted},
		"the file says what the page says, alone":       {now: every(30), override: set(every(30), nil), readOnly: true, want: fateAdopted},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			became, after := claim{before: test.before, now: test.now, usual: *usual, override: test.override, readOnly: test.readOnly, choice: test.choice}.decide(now)
			require.Equal(t, test.want, became)
			require.Equal(t, test.after, after)
		})
	}
}

// The setting of a schedule, and where it comes from.
func TestWhatAScheduleIsSetTo(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)
	flow := ledger.Flow{Smart: every(45).Rules, Timezone: "UTC"}
	page := flow
	page.Unnamed = []ledger.Mode{ledger.Smart}
	set := &ledger.Override{Schedule: *every(30), By: "ann"}
	ends := &ledger.Override{Schedule: *every(30), By: "ann", Until: new(now)}
	for name, test := range map[string]struct {
		flow  ledger.Flow
		state ledger.ScheduleState
		want  ScheduleSetting
	}{
		"the file": {flow: flow, want: ScheduleSetting{Schedule: *every(45), Source: SetInFile, File: every(45)}},
		"the file, not reconciled": {
			flow: flow, state: ledger.ScheduleState{Version: 2, Reconciled: 1, ChangedAt: now},
			want: ScheduleSetting{Schedule: *every(45), Source: SetInFile, File: every(45), Version: 2, Since: now, Pending: true},
		},
		"the default": {flow: page, want: ScheduleSetting{Schedule: *every(45), Source: SetByDefault}},
		"a page's own": {
			flow: page, state: ledger.ScheduleState{Version: 1, Reconciled: 1, ChangedAt: now, Override: set},
			want: ScheduleSetting{Schedule: *every(30), Source: SetOnPages, Override: set, Version: 1, Since: now},
		},
		"an override": {
			flow: flow, state: ledger.ScheduleState{Version: 1, Reconciled: 1, ChangedAt: now, Override: set},
			want: ScheduleSetting{Schedule: *every(30), Source: SetByOverride, File: every(45), Override: set, Version: 1, Since: now},
		},
		"an override whose end has come": {
			flow: flow, state: ledger.ScheduleState{Version: 1, Reconciled: 1, ChangedAt: now.Add(-time.Hour), Override: ends},
			want: ScheduleSetting{Schedule: *every(45), Source: SetInFile, File: every(45), Version: 1, Since: now, Pending: true},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test.state.Mode = ledger.Smart
			test.want.Connection, test.want.Mode, test.want.FileName = "shop", ledger.Smart, "box:/tidemark.yaml"
			test.want.Default, test.want.ReadOnly = *every(45), true
			configuration := ledger.AppliedConfiguration{From: "box:/tidemark.yaml", SchedulesReadOnly: true}
			require.Equal(t, test.want, settingOf(ledger.Connection{ID: "shop", Inventory: test.flow}, test.state, configuration, now))
		})
	}
}

package control

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/ledger"
)

// An override goes to the ledger and to Temporal, an apply keeps it, and it is cleared again.
func TestAScheduleIsOverridden(t *testing.T) {
	t.Parallel()
	s := newScheduled(t)
	require.Equal(t, []int{60}, s.intervals(ledger.Smart))

	edited := s.edit(ledger.Smart, ScheduleEdit{Schedule: *every(90), Reason: " the sale "})
	require.Equal(t, SetByOverride, edited.Source)
	require.Equal(t, "the sale", edited.Override.Reason)
	require.Equal(t, every(60), edited.Override.Base)
	require.False(t, edited.Pending)
	require.Empty(t, edited.Waits)
	require.Len(t, edited.Starts, 5)
	require.Equal(t, []int{90}, s.intervals(ledger.Smart))
	connection, err := s.Connection(acting(t), "acme-shop")
	require.NoError(t, err)
	require.Equal(t, every(90).Rules, connection.Inventory.Smart, "who asks for the connection gets what is in force")

	changes := s.fake.changes
	for _, dry := range []bool{true, false} {
		report := s.apply(ApplyOptions{ApplyOptions: ledger.ApplyOptions{DryRun: dry}})
		require.Empty(t, report.Schedules)
		require.Empty(t, report.Changes)
		require.Len(t, report.Overrides, 1)
		require.Equal(t, "kept", report.Overrides[0].Action)
		require.Equal(t, "overridden by ann (the sale): every 90 minutes (UTC)", report.Overrides[0].Detail)
	}
	require.Equal(t, changes, s.fake.changes)

	cleared, err := s.ClearOverride(acting(t), "acme-shop", ledger.Smart, edited.Version)
	require.NoError(t, err)
	require.Equal(t, SetInFile, cleared.Source)
	require.Equal(t, []int{60}, s.intervals(ledger.Smart))
	_, err = s.ClearOverride(acting(t), "acme-shop", ledger.Smart, cleared.Version)
	require.ErrorContains(t, err, "nothing is set of the smart schedule")
}

// A schedule that the file does not name belongs to the pages: an apply leaves it alone, and says so when it is asked.
func TestAScheduleOfThePages(t *testing.T) {
	t.Parallel()
	s := newScheduled(t)
	require.Nil(t, s.intervals(ledger.Full))
	edited := s.edit(ledger.Full, ScheduleEdit{Schedule: *every(24 * 60)})
	require.Equal(t, SetOnPages, edited.Source, "and needs no reason")
	require.Equal(t, []int{24 * 60}, s.intervals(ledger.Full))
	report := s.apply(ApplyOptions{})
	require.Empty(t, report.Schedules)
	require.Equal(t, "left to the pages", report.Overrides[0].Action)
	require.Equal(t, []int{24 * 60}, s.intervals(ledger.Full))

	// The file names it from now on.
	s.file(func(f *ledger.Flow) { f.Unnamed, f.Full = nil, every(48*60).Rules })
	_, err := s.Apply(acting(t), s.definitions, ApplyOptions{})
	require.ErrorContains(t, err, "the file said    nothing: it left the schedule to the pages")
	s.apply(ApplyOptions{Choice: TakeFile})
	require.Equal(t, []int{48 * 60}, s.intervals(ledger.Full))

	// And lets go again: it stays as it is.
	s.file(func(f *ledger.Flow) { f.Unnamed, f.Full = []ledger.Mode{ledger.Full}, nil })
	report = s.apply(ApplyOptions{})
	require.Equal(t, "handed to the pages", report.Overrides[0].Action)
	require.Contains(t, report.Overrides[0].Detail, "it stays as it is, every 48 hours (UTC)")
	require.Empty(t, report.Schedules)
	require.Equal(t, []int{48 * 60}, s.intervals(ledger.Full))
	require.Equal(t, "left to the pages", s.apply(ApplyOptions{}).Overrides[0].Action)
}

// Where the file and the pages both changed a schedule, an apply writes nothing, shows the three values, and does what a person chooses.
func TestTheFileAndThePagesBothChanged(t *testing.T) {
	t.Parallel()
	for choice, want := range map[Choice]struct {
		minutes int
		action  string
	}{TakeFile: {120, "taken from the file"}, KeepPages: {90, "kept over the file"}} {
		t.Run(string(choice), func(t *testing.T) {
			t.Parallel()
			s := newScheduled(t)
			s.edit(ledger.Smart, ScheduleEdit{Schedule: *every(90), Reason: "the sale"})
			s.file(func(f *ledger.Flow) { f.Smart, f.Overlap = every(120).Rules, ledger.OverlapBuffer })
			for _, dry := range []bool{true, false} {
				_, err := s.Apply(acting(t), s.definitions, ApplyOptions{ApplyOptions: ledger.ApplyOptions{DryRun: dry}})
				var wrong *UsageError
				require.ErrorAs(t, err, &wrong)
				for _, words := range []string{
					"nothing was changed", "smart of acme-shop", "the file said    every 60 minutes (UTC)", "the file says    every 2 hours (UTC)",
					"the pages say    every 90 minutes (UTC), set by ann (the sale)", "--take-file", "--keep-pages",
				} {
					require.ErrorContains(t, err, words)
				}
				connection, err := wholeLedger(s.state).Connection(acting(t), "acme-shop")
				require.NoError(t, err)
				require.Equal(t, ledger.OverlapSkip, connection.Inventory.Overlap, "nothing of the file is written")
				require.Equal(t, []int{90}, s.intervals(ledger.Smart))
			}
			foretold := s.apply(ApplyOptions{Choice: choice, ApplyOptions: ledger.ApplyOptions{DryRun: true}})
			report := s.apply(ApplyOptions{Choice: choice})
			require.Equal(t, foretold.Overrides, report.Overrides)
			require.Equal(t, foretold.Schedules, report.Schedules)
			require.Equal(t, want.action, report.Overrides[0].Action)
			require.Equal(t, []int{want.minutes}, s.intervals(ledger.Smart))
			require.Empty(t, s.apply(ApplyOptions{}).Schedules, "the next apply finds nothing to do")
		})
	}
}

// The file comes to say what somebody set: the override has done its work.
func TestTheFileSaysWhatThePagesSay(t *testing.T) {
	t.Parallel()
	s := newScheduled(t)
	s.edit(ledger.Smart, ScheduleEdit{Schedule: *every(90), Reason: "the sale"})
	s.file(func(f *ledger.Flow) { f.Smart = every(90).Rules })
	report := s.apply(ApplyOptions{})
	require.Equal(t, "adopted", report.Overrides[0].Action)
	require.Empty(t, report.Schedules)
	settings, err := s.Settings(acting(t), "acme-shop")
	require.NoError(t, err)
	require.Equal(t, SetInFile, settings[0].Source)
	require.Empty(t, s.apply(ApplyOptions{}).Overrides)
}

// console: {schedules: read-only} refuses edits, and an apply of it does not silently end what somebody set.
func TestSchedulesOfTheFileAlone(t *testing.T) {
	t.Parallel()
	s := newScheduled(t)
	s.edit(ledger.Smart, ScheduleEdit{Schedule: *every(90), Reason: "the sale"})
	s.definitions.SchedulesReadOnly = true
	_, err := s.Apply(acting(t), s.definitions, ApplyOptions{Choice: KeepPages})
	require.ErrorContains(t, err, "read-only")
	s.apply(ApplyOptions{Choice: TakeFile})
	require.Equal(t, []int{60}, s.intervals(ledger.Smart))
	settings, err := s.Settings(acting(t), "acme-shop")
	require.NoError(t, err)
	require.True(t, settings[0].ReadOnly)
	_, err = s.EditSchedule(acting(t), "acme-shop", ledger.Smart, ScheduleEdit{Schedule: *every(90), Reason: "x", Version: settings[0].Version})
	require.ErrorContains(t, err, "schedules are set in the configuration alone")
}

// Two editors: the second is refused and shown what there is now.
func TestASecondEditorIsRefused(t *testing.T) {
	t.Parallel()
	s := newScheduled(t)
	s.edit(ledger.Smart, ScheduleEdit{Schedule: *every(90), Reason: "the sale"})
	_, err := s.EditSchedule(acting(t), "acme-shop", ledger.Smart, ScheduleEdit{Schedule: *every(45), Reason: "more", By: "bob", Version: 0})
	var stale *StaleEditError
	require.ErrorAs(t, err, &stale)
	require.Equal(t, *every(90), stale.Now.Schedule)
	require.Equal(t, *every(45), stale.Wanted)
	require.ErrorContains(t, err, "It is now every 90 minutes (UTC), overridden by ann (the sale); you wanted every 45 minutes (UTC)")
	var wrong *UsageError
	require.ErrorAs(t, err, &wrong)
	_, err = s.ClearOverride(acting(t), "acme-shop", ledger.Smart, 0)
	require.ErrorAs(t, err, &stale)
	require.Equal(t, []int{90}, s.intervals(ledger.Smart))

	// An apply that changes the schedule makes what was read old, too.
	setting, err := s.setting(acting(t), "acme-shop", ledger.Full)
	require.NoError(t, err)
	s.file(func(f *ledger.Flow) { f.Unnamed, f.Full = nil, every(24*60).Rules })
	s.apply(ApplyOptions{})
	_, err = s.EditSchedule(acting(t), "acme-shop", ledger.Full, ScheduleEdit{Schedule: *every(48 * 60), Reason: "x", By: "bob", Version: setting.Version})
	require.ErrorAs(t, err, &stale)
	require.ErrorContains(t, err, "as the configuration says")
}

func TestEditsThatAreRefused(t *testing.T) {
	t.Parallel()
	s := newScheduled(t)
	for name, test := range map[string]struct {
		mode ledger.Mode
		id   string
		edit ScheduleEdit
		want string
	}{
		"no such connection":        {ledger.Smart, "acme-shp", ScheduleEdit{Schedule: *every(90), Reason: "x"}, "there are acme-shop"},
		"no such schedule":          {"both", "acme-shop", ScheduleEdit{Schedule: *every(90), Reason: "x"}, `there is no schedule "both"`},
		"no reason for an override": {ledger.Smart, "acme-shop", ScheduleEdit{Schedule: *every(90), Reason: " "}, "say why it is overridden"},
		"an end that is over":       {ledger.Smart, "acme-shop", ScheduleEdit{Schedule: *every(90), Reason: "x", Until: new(noon)}, "is not in the future"},
		"as it is":                  {ledger.Smart, "acme-shop", ScheduleEdit{Schedule: *every(60), Reason: "x"}, "is so already"},
		"what no file could have": {
			ledger.Smart, "acme-shop",
			ScheduleEdit{Schedule: ledger.Schedule{Rules: []ledger.Rule{{Every: time.Second}}, Timezone: "UTC"}, Reason: "x"},
			"expected whole minutes",
		},
		"no time zone": {
			ledger.Smart, "acme-shop", ScheduleEdit{Schedule: ledger.Schedule{Rules: every(90).Rules, Timezone: "Mars/Base"}, Reason: "x"}, "not a known time zone",
		},
		"Full Sync every hour": {ledger.Full, "acme-shop", ScheduleEdit{Schedule: *every(60), Insist: "give --force"}, "or give --force"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := s.EditSchedule(acting(t), test.id, test.mode, test.edit)
			var wrong *UsageError
			require.ErrorAs(t, err, &wrong)
			require.ErrorContains(t, err, test.want)
		})
	}
	states, err := wholeLedger(s.state).ScheduleStates(acting(t), "")
	require.NoError(t, err)
	require.Empty(t, states)
	s.edit(ledger.Full, ScheduleEdit{Schedule: *every(60), Force: true})
}

// A schedule that was written to the ledger reaches Temporal, also when Temporal did not answer at the time or the process ended in between.
func TestAnEditThatBrokeOffIsMended(t *testing.T) {
	t.Parallel()
	s := newScheduled(t)
	s.fake.failing(errors.New("unavailable"))
	edited := s.edit(ledger.Smart, ScheduleEdit{Schedule: *every(90), Reason: "the sale"})
	require.Equal(t, "unavailable", edited.Waits)
	require.True(t, edited.Pending)
	s.fake.failing(nil)
	require.Equal(t, []int{60}, s.intervals(ledger.Smart))

	mended, err := s.MendSchedules(acting(t))
	require.NoError(t, err)
	require.Empty(t, mended.Schedules, "who wrote it may be about to bring Temporal to it")
	s.pass(mendGrace)
	s.fake.failing(errors.New("unavailable"))
	_, err = s.MendSchedules(acting(t))
	require.ErrorContains(t, err, "schedule smart-sync/acme-shop: unavailable")
	s.fake.failing(nil)
	mended, err = s.MendSchedules(acting(t))
	require.NoError(t, err)
	require.Equal(t, []string{"smart-sync/acme-shop"}, mended.Schedules)
	require.Equal(t, []int{90}, s.intervals(ledger.Smart))
	mended, err = s.MendSchedules(acting(t))
	require.NoError(t, err)
	require.Empty(t, mended.Schedules)

	// The next apply mends it as well.
	s.fake.failing(errors.New("unavailable"))
	s.edit(ledger.Smart, ScheduleEdit{Schedule: *every(45), Reason: "the sale"})
	s.fake.failing(nil)
	require.Len(t, s.apply(ApplyOptions{}).Schedules, 1)
	require.Equal(t, []int{45}, s.intervals(ledger.Smart))
	setting, err := s.setting(acting(t), "acme-shop", ledger.Smart)
	require.NoError(t, err)
	require.False(t, setting.Pending)
}

// An override with an end gives way when that comes, also where nobody looks.
func TestAnOverrideEnds(t *testing.T) {
	t.Parallel()
	s := newScheduled(t)
	end := noon.Add(2 * time.Hour)
	s.edit(ledger.Smart, ScheduleEdit{Schedule: *every(90), Reason: "the sale", Until: &end})
	s.edit(ledger.Full, ScheduleEdit{Schedule: *every(24 * 60), Until: new(end.Add(time.Hour))})
	mended, err := s.MendSchedules(acting(t))
	require.NoError(t, err)
	require.Equal(t, MendResult{Next: end}, mended)

	s.pass(2*time.Hour - time.Microsecond)
	require.Contains(t, s.apply(ApplyOptions{}).Overrides[0].Detail, "until Wed 2026-11-25 14:00 UTC")
	require.Equal(t, []int{90}, s.intervals(ledger.Smart))
	s.pass(time.Microsecond)
	setting, err := s.setting(acting(t), "acme-shop", ledger.Smart)
	require.NoError(t, err)
	require.Equal(t, SetInFile, setting.Source)
	require.Equal(t, end, setting.Since)
	require.Equal(t, []int{90}, s.intervals(ledger.Smart), "nobody has told Temporal yet")

	mended, err = s.MendSchedules(acting(t))
	require.NoError(t, err)
	require.Equal(t, MendResult{Schedules: []string{"smart-sync/acme-shop"}, Next: end.Add(time.Hour)}, mended)
	require.Equal(t, []int{60}, s.intervals(ledger.Smart))
	require.Equal(t, []int{24 * 60}, s.intervals(ledger.Full))
	setting, err = s.setting(acting(t), "acme-shop", ledger.Smart)
	require.NoError(t, err)
	require.Equal(t, end, setting.Since)
	require.False(t, setting.Pending)

	// An apply ends it too, where it is first.
	s.pass(time.Hour)
	report := s.apply(ApplyOptions{})
	require.Equal(t, "ended", report.Overrides[0].Action)
	require.Len(t, report.Schedules, 1)
	require.Nil(t, s.intervals(ledger.Full), "the default has no rules")
	mended, err = s.MendSchedules(acting(t))
	require.NoError(t, err)
	require.Equal(t, MendResult{}, mended)
}

// A process that brought Temporal to a version that is old by then does it again with the newest one.
func TestAnOlderVersionDoesNotStay(t *testing.T) {
	t.Parallel()
	s := newScheduled(t)
	s.fake.before = func() { // between reading the ledger and telling Temporal
		s.edit(ledger.Smart, ScheduleEdit{Schedule: *every(45), Reason: "bob was faster"})
	}
	s.edit(ledger.Smart, ScheduleEdit{Schedule: *every(90), Reason: "the sale"})
	require.Equal(t, []int{45}, s.intervals(ledger.Smart))
	setting, err := s.setting(acting(t), "acme-shop", ledger.Smart)
	require.NoError(t, err)
	require.Equal(t, *every(45), setting.Schedule)
	require.False(t, setting.Pending)
}

// A schedule of another ledger is refused before anything is written.
func TestAScheduleOfAnotherLedgerIsNotEdited(t *testing.T) {
	t.Parallel()
	s := newScheduled(t)
	other := &Control{state: shopLedger(t), temporal: s.temporal, now: s.clock}
	_, err := other.EditSchedule(acting(t), "acme-shop", ledger.Smart,
		ScheduleEdit{Schedule: ledger.Schedule{Rules: every(90).Rules, Timezone: "UTC"}, Reason: "x", By: "bob"})
	require.ErrorContains(t, err, "nothing was changed: schedule smart-sync/acme-shop: it belongs to ledger")
	states, err := wholeLedger(other.state).ScheduleStates(acting(t), "")
	require.NoError(t, err)
	require.Empty(t, states)
}

// A preview says what a schedule would do, and what speaks against it.
func TestAPreviewOfASchedule(t *testing.T) {
	t.Parallel()
	s := newScheduled(t)
	for n := range 6 {
		lease := runIn(t, wholeLedger(s.state), string(rune('a'+n)), noon.Add(time.Duration(n)*time.Hour))
		require.NoError(t,
			wholeLedger(s.state).EndRun(acting(t), lease, ledger.RunEnd{Outcome: ledger.Completed, Now: noon.Add(time.Duration(n)*time.Hour + 40*time.Minute)}))
	}
	preview, err := s.PreviewSchedule(acting(t), "acme-shop", ledger.Smart,
		ScheduleEdit{Schedule: ledger.Schedule{Rules: []ledger.Rule{{Daily: "02:30"}, {Every: time.Hour}}, Timezone: "Europe/Paris"}})
	require.NoError(t, err)
	require.Len(t, preview.Starts, 5)
	require.Equal(t, "2026-11-25T14:00:00+01:00", preview.Starts[0].Format(time.RFC3339))
	require.Len(t, preview.ChangeDays, 2)
	require.Equal(t, "the clock skips 02:30; it runs once, at 03:00 (+02:00)", preview.ChangeDays[0].Text())
	require.Contains(t, preview.Warnings[len(preview.Warnings)-1], "an interval below 1 h 20 min makes no store fresher")
	require.Equal(t, "timezone: Europe/Paris", preview.YAML[3])
	_, err = s.PreviewSchedule(acting(t), "acme-shop", ledger.Smart, ScheduleEdit{Schedule: ledger.Schedule{Rules: []ledger.Rule{{}}, Timezone: "UTC"}})
	require.ErrorContains(t, err, "a rule of the schedule says nothing")
}

// A connection is not late by starts of a schedule that came in force after its last run.
func TestANewScheduleMakesNobodyLate(t *testing.T) {
	t.Parallel()
	s := newScheduled(t)
	s.pass(50 * time.Minute)
	s.edit(ledger.Smart, ScheduleEdit{Schedule: *every(5), Reason: "the sale"})
	overview := func(ctx context.Context) ConnectionStatus {
		status, err := s.Status(ctx, "acme-shop")
		require.NoError(t, err)
		return status.Connections[0]
	}
	success := ledger.Run{StartedAt: noon, EndedAt: new(noon.Add(time.Minute))}
	_, late := firstMissedStart(overview(acting(t)), success, s.clock())
	require.False(t, late)
	_, late = firstMissedStart(overview(acting(t)), success, s.clock().Add(21*time.Minute))
	require.True(t, late)
}

// The export names the schedules in force: applying it changes none of them, and it replaces what was set beside the file.
func TestAnExportSaysWhatIsInForce(t *testing.T) {
	t.Parallel()
	s := newScheduled(t)
	exported, err := s.Export(acting(t))
	require.NoError(t, err)
	s.definitions = exported.Definitions
	report := s.apply(ApplyOptions{ApplyOptions: ledger.ApplyOptions{DryRun: true}})
	require.Empty(t, report.Changes)
	require.Empty(t, report.Schedules)
	require.Empty(t, report.Overrides)

	s.edit(ledger.Smart, ScheduleEdit{Schedule: ledger.Schedule{Rules: every(90).Rules, Timezone: "Europe/Paris"}, Reason: "the sale"})
	s.edit(ledger.Full, ScheduleEdit{Schedule: *every(24 * 60)})
	exported, err = s.Export(acting(t))
	require.NoError(t, err)
	require.Empty(t, exported.Definitions.Connections[0].Inventory.Unnamed)
	require.Contains(t, exported.Notes.Schedules["acme-shop"][ledger.Smart], "overridden by ann (the sale)")
	require.Contains(t, exported.Notes.Schedules["acme-shop"][ledger.Full], "set by ann")
	s.definitions = exported.Definitions
	for _, dry := range []bool{true, false} {
		report = s.apply(ApplyOptions{ApplyOptions: ledger.ApplyOptions{DryRun: dry}})
		require.Empty(t, report.Schedules, "nothing changes of when runs start")
		require.Equal(t, "adopted", report.Overrides[0].Action)
		require.Equal(t, "adopted", report.Overrides[1].Action)
	}
	report = s.apply(ApplyOptions{})
	require.Empty(t, report.Changes)
	require.Empty(t, report.Overrides)
}

package control

import (
	"context"
	"fmt"
	"strings"

	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/workflows"
)

// Every function here changes something. Each act is noted in the activity log with the person who did it: see audited.

// Sync asks for a run now, by a signal. It returns when Temporal has stored the request, not when a run has served it; Wait waits for that.
func (c *Control) Sync(ctx context.Context, mode ledger.Mode, id string, request workflows.SyncRequest) (SyncAnswer, error) {
	return audited(ctx, c, syncAct(mode, id, request), syncOutcome(request), func() (SyncAnswer, error) { return c.sync(ctx, mode, id, request) })
}

// SyncWithAnswer asks for a run now, as Sync does for programs, and says what became of the request where a worker answers in time. SKUs of which nothing
// is known are refused, for people misspell.
func (c *Control) SyncWithAnswer(ctx context.Context, mode ledger.Mode, id string, request workflows.SyncRequest) (SyncAnswer, error) {
	return audited(ctx, c, syncAct(mode, id, request), syncOutcome(request), func() (SyncAnswer, error) { return c.syncWithAnswer(ctx, mode, id, request) })
}

// PushPreview asks for a push of the SKUs that the preview of a run would change, or of everything where they are too many to name. It is
// refused where a newer preview has replaced this one. The warehouse is read again, so the figures that go out may differ from the preview's.
func (c *Control) PushPreview(ctx context.Context, id string, run int64, request workflows.SyncRequest) (SyncAnswer, error) {
	d := &auditedAct{kind: ActSync, act: previewName(run), on: id}
	return audited(ctx, c, d, syncOutcome(request), func() (SyncAnswer, error) { return c.pushPreview(ctx, id, run, request) })
}

func syncAct(mode ledger.Mode, id string, request workflows.SyncRequest) *auditedAct {
	act := SyncName(mode)
	if len(request.SKUs) > 0 {
		act += " of " + shortened(request.SKUs)
	}
	if request.DryRun {
		act += ", as a dry run"
	}
	return &auditedAct{kind: ActSync, act: act, on: id}
}

// syncOutcome makes the function that puts the answer to a request into words, for the activity log.
func syncOutcome(request workflows.SyncRequest) func(SyncAnswer) string {
	return func(answer SyncAnswer) string {
		words := "accepted"
		if answer.Fate != "" {
			words = string(answer.Fate)
		}
		if answer.ByRun != 0 {
			words += fmt.Sprintf(", run %d", answer.ByRun)
		}
		if request.ID != "" {
			words += ", request " + request.ID
		}
		return words
	}
}

// Pause stops a connection's schedules until Resume. An open run goes on, and requests are still served. It returns the ids of the schedules.
func (c *Control) Pause(ctx context.Context, id, by, reason string) ([]string, error) {
	paused := "paused"
	if reason != "" {
		paused += ": " + reason
	}
	d := &auditedAct{kind: ActPause, act: "pause", on: id}
	return audited(ctx, c, d, func([]string) string { return paused }, func() (done []string, err error) {
		done, d.before, err = c.pause(ctx, id, by, reason)
		return done, err
	})
}

// Resume starts a connection's schedules again, and returns their ids.
func (c *Control) Resume(ctx context.Context, id, by string) ([]string, error) {
	d := &auditedAct{kind: ActPause, act: "resume", on: id}
	return audited(ctx, c, d, func([]string) string { return activeState }, func() (done []string, err error) {
		done, d.before, err = c.resume(ctx, id, by)
		return done, err
	})
}

// SetEnabled enables or disables a connection whose configuration leaves that to the pages. An enabled connection begins with a Full Sync. A
// disabled one starts no more runs; its open run goes on.
func (c *Control) SetEnabled(ctx context.Context, id string, enabled bool, by string) (EnableResult, error) {
	d := &auditedAct{kind: ActEnable, act: "disable", on: id}
	if enabled {
		d.act = "enable"
	}
	if connection, err := c.state.Connection(ctx, id); err == nil {
		d.before = enabledWords(connection.Enabled)
	}
	outcome := func(done EnableResult) string { return enabledWords(done.Enabled) }
	return audited(ctx, c, d, outcome, func() (EnableResult, error) { return c.setEnabled(ctx, id, enabled, by) })
}

// TestStore tries whether a store can be used with its settings and credentials, which this process looks up. It makes one read and changes nothing.
func (c *Control) TestStore(ctx context.Context, id string) (TestResult, error) {
	return audited(ctx, c, &auditedAct{kind: ActTest, act: "test store", on: id}, testOutcome, func() (TestResult, error) { return c.testStore(ctx, id) })
}

// TestWarehouse tries whether a warehouse can be read with its settings. It reads the first rows and records nothing.
func (c *Control) TestWarehouse(ctx context.Context, id string) (TestResult, error) {
	return audited(ctx, c, &auditedAct{kind: ActTest, act: "test warehouse", on: id}, testOutcome, func() (TestResult, error) { return c.testWarehouse(ctx, id) })
}

// Decide approves or rejects what a run holds. Approving a rejected hold lifts the rejection: the next run may hold the same again.
func (c *Control) Decide(ctx context.Context, run int64, approve bool, by string) (DecisionResult, error) {
	d := auditedAct{kind: ActDecide, act: "reject", on: runName(run)}
	if approve {
		d.act = "approve"
	}
	hold, err := c.state.HoldOf(ctx, run)
	if err == nil {
		d.on += " of " + hold.Connection
		d.before = "held: " + string(hold.Kind)
		if hold.Decision != "" {
			d.before = hold.Decision
		}
	}
	return audited(ctx, c, &d, decisionOutcome, func() (DecisionResult, error) { return c.decide(ctx, run, hold, err, approve, by) })
}

// LiftRejections takes back the rejections that keep figures of a connection above 0, and asks for a Smart Sync, which pushes those figures.
// Where that would take too many rows to 0, the run is held and asks a person once more.
func (c *Control) LiftRejections(ctx context.Context, id string, request workflows.SyncRequest) (LiftedRejections, error) {
	d := &auditedAct{kind: ActDecide, act: "lift rejections", on: id}
	kept, err := c.keptFigures(ctx, id)
	if err != nil {
		return LiftedRejections{}, err
	}
	d.before = kept.Words()
	outcome := func(done LiftedRejections) string {
		return "taken back: " + runNames(done.Lifted) + "; Smart Sync " + syncOutcome(request)(done.SyncAnswer)
	}
	return audited(ctx, c, d, outcome, func() (LiftedRejections, error) { return c.liftRejections(ctx, id, kept, request) })
}

func decisionOutcome(decided DecisionResult) string {
	if decided.Answer == "" {
		return "accepted"
	}
	if decided.Why != "" {
		return decided.Answer + ": " + decided.Why
	}
	return decided.Answer
}

func runName(run int64) string { return fmt.Sprintf("run %d", run) }

// Cancel stops a run. What it has pushed stands, the rest is due for the next run, and a call that is under way is finished first. Cancel
// returns when the run has been asked to stop; AwaitRunEnd waits until it has stopped. A run whose workflow is over is ended here.
func (c *Control) Cancel(ctx context.Context, id int64) (ledger.Run, error) {
	d := auditedAct{kind: ActCancel, act: "cancel", on: runName(id)}
	if run, err := c.state.Run(ctx, id); err == nil {
		d.on, d.before = d.on+" of "+run.Connection, outcomeOr(run, "open")
	}
	outcome := func(run ledger.Run) string { return outcomeOr(run, "asked to stop") }
	return audited(ctx, c, &d, outcome, func() (ledger.Run, error) { return c.cancel(ctx, id) })
}

// outcomeOr is the outcome of a run that has ended, or the text for an open run.
func outcomeOr(run ledger.Run, open string) string {
	if run.EndedAt == nil {
		return open
	}
	return string(run.Outcome)
}

// RefreshIDs forgets the ids that the store has for some channel SKUs, or for all when none is named, and makes their figures due: the next run
// reads the ids again and pushes the figures.
func (c *Control) RefreshIDs(ctx context.Context, store string, channelSKUs []string) (ledger.RefreshedIDs, error) {
	d := auditedAct{kind: ActRefreshIDs, act: "relearn", on: store}
	if len(channelSKUs) > 0 {
		d.act += " of " + shortened(channelSKUs)
	}
	return audited(ctx, c, &d, func(done ledger.RefreshedIDs) string {
		return fmt.Sprintf("%d items forgotten, %d figures due", done.References, done.Due)
	}, func() (ledger.RefreshedIDs, error) { return c.refreshIDs(ctx, store, channelSKUs) })
}

// Restored declares that the ledger was restored from a backup, so that every connection's next run is a Full Sync.
func (c *Control) Restored(ctx context.Context, by, reason string) error {
	d := auditedAct{kind: ActRestored, act: "declare the ledger restored", on: "the ledger"}
	_, err := audited(ctx, c, &d, func(struct{}) string { return reason }, func() (struct{}, error) {
		return struct{}{}, c.state.Restored(ctx, by+": "+reason, c.now())
	})
	return err
}

// Apply brings the ledger and the schedules to what the definitions say. Each step can be repeated: an apply that broke off is completed by
// applying the same again. Ids that belong to another ledger are refused before anything is changed. A dry run is not noted.
func (c *Control) Apply(ctx context.Context, definitions ledger.Definitions, options ApplyOptions) (ApplyReport, error) {
	if options.DryRun {
		return c.apply(ctx, definitions, options)
	}
	d := auditedAct{kind: ActApply, act: "apply", on: options.From, from: FaceFile}
	return audited(ctx, c, &d, applyOutcome, func() (ApplyReport, error) { return c.apply(ctx, definitions, options) })
}

// applyOutcome lists what an apply changed, for the activity log.
func applyOutcome(report ApplyReport) string {
	var changed []string
	for _, change := range report.Changes {
		changed = append(changed, strings.TrimSuffix(strings.Join([]string{change.Action, change.Kind, change.ID}, " ")+": "+change.Detail, ": "))
	}
	for _, schedule := range report.Schedules {
		changed = append(changed, schedule.Action+" schedule "+schedule.ID)
	}
	for _, fate := range report.Overrides {
		if fate.Changes() {
			changed = append(changed, fmt.Sprintf("%s schedule of %s %s: %s", fate.Mode, fate.Connection, fate.Action, fate.Detail))
		}
	}
	for _, fate := range report.Settings {
		if fate.Changes() {
			changed = append(changed, fmt.Sprintf("%s %s: %s", fate.SettingKey, fate.Action, fate.Detail))
		}
	}
	for _, connection := range report.Requested {
		changed = append(changed, "first Full Sync of "+connection+" requested")
	}
	if len(changed) == 0 {
		return "nothing differed"
	}
	return shortened(changed)
}

// EditSchedule sets a schedule of a connection. The new schedule replaces the configuration's, or is the only one where the configuration
// leaves it to the pages.
func (c *Control) EditSchedule(ctx context.Context, id string, mode ledger.Mode, edit ScheduleEdit) (ScheduleEditResult, error) {
	return c.auditSchedule(ctx, "set the "+string(mode)+" schedule", id, mode, func() (ScheduleEditResult, error) { return c.editSchedule(ctx, id, mode, edit) })
}

// ClearOverride ends the schedule that somebody set: from then on the configuration's schedule is in force, or the default where it names none.
func (c *Control) ClearOverride(ctx context.Context, id string, mode ledger.Mode, version int64) (ScheduleEditResult, error) {
	return c.auditSchedule(ctx, "clear the "+string(mode)+" schedule", id, mode, func() (ScheduleEditResult, error) {
		return c.clearOverride(ctx, id, mode, version)
	})
}

// ApplyAdvice sets the schedule of Smart Sync to the advised one. The version is that of the setting that was read with the advice.
func (c *Control) ApplyAdvice(ctx context.Context, id string, version int64, by string) (ScheduleEditResult, error) {
	return c.auditSchedule(ctx, "apply the advice", id, ledger.Smart, func() (ScheduleEditResult, error) { return c.applyAdvice(ctx, id, version, by) })
}

// UndoAdvice ends the schedule that was applied from advice. The override that was set before it comes back, else the configuration's schedule.
func (c *Control) UndoAdvice(ctx context.Context, id string, version int64) (ScheduleEditResult, error) {
	return c.auditSchedule(ctx, "undo the advice", id, ledger.Smart, func() (ScheduleEditResult, error) { return c.undoAdvice(ctx, id, version) })
}

// auditSchedule does an act on a schedule, and notes what was in force before and after.
func (c *Control) auditSchedule(ctx context.Context, act, id string, mode ledger.Mode, do func() (ScheduleEditResult, error)) (ScheduleEditResult, error) {
	d := auditedAct{kind: ActSchedule, act: act, on: id}
	if setting, err := c.setting(ctx, id, mode); err == nil {
		d.before = scheduleLine(setting)
	}
	return audited(ctx, c, &d, func(edited ScheduleEditResult) string { return scheduleLine(edited.ScheduleSetting) }, do)
}

func scheduleLine(setting ScheduleSetting) string {
	return ScheduleWords(setting.Schedule) + ", " + sourceWords(setting)
}

// EditSetting sets a setting of a connection, a store or a warehouse. The new value replaces the configuration's, or is the only one where
// the configuration leaves the setting to the pages.
func (c *Control) EditSetting(ctx context.Context, key ledger.SettingKey, edit SettingEdit) (SettingEditResult, error) {
	return c.auditSetting(ctx, "set "+key.Name, key, func() (SettingEditResult, error) { return c.editSetting(ctx, key, edit) })
}

// ClearSetting ends the value that somebody set: from then on the configuration's value is in force, or the default where it names none.
func (c *Control) ClearSetting(ctx context.Context, key ledger.SettingKey, version int64) (SettingEditResult, error) {
	return c.auditSetting(ctx, "clear "+key.Name, key, func() (SettingEditResult, error) { return c.clearSetting(ctx, key, version) })
}

// auditSetting does an act on a setting, and notes what was in force before and after.
func (c *Control) auditSetting(ctx context.Context, act string, key ledger.SettingKey, do func() (SettingEditResult, error)) (SettingEditResult, error) {
	d := auditedAct{kind: ActSettings, act: act, on: key.Kind + " " + key.ID}
	if setting, err := c.settingByKey(ctx, key); err == nil {
		d.before = setting.logText()
	}
	return audited(ctx, c, &d, func(edited SettingEditResult) string { return edited.logText() }, do)
}

// mostNamed is how many items of a list an entry of the log names.
const mostNamed = 20

// shortened is a list as the log names it: its beginning, and how many more items there are.
func shortened(list []string) string { return joinFirst(list, mostNamed) }

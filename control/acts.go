package control

import (
	"context"
	"fmt"
	"strings"

	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/workflows"
)

// Everything that changes something is here, and each is noted in the activity log with who did it: see audited.

// Sync asks for a run now, by a signal. It returns when the request is durable, not when it is served; Wait waits for that.
func (c *Control) Sync(ctx context.Context, mode ledger.Mode, id string, request workflows.SyncRequest) (SyncAnswer, error) {
	return audited(ctx, c, syncAct(mode, id, request), syncOutcome(request), func() (SyncAnswer, error) { return c.sync(ctx, mode, id, request) })
}

// SyncWithAnswer asks for a run now, as Sync does for programs, and says what became of the request where a worker answers in time. SKUs of which nothing
// is known are refused, for people misspell.
func (c *Control) SyncWithAnswer(ctx context.Context, mode ledger.Mode, id string, request workflows.SyncRequest) (SyncAnswer, error) {
	return audited(ctx, c, syncAct(mode, id, request), syncOutcome(request), func() (SyncAnswer, error) { return c.syncWithAnswer(ctx, mode, id, request) })
}

// PushPreview asks for a push of what the preview of a run would change, by its SKUs; of everything where those are too many to name. It is
// refused where another preview has taken its place. The figures that go out are those of then: the warehouse is asked anew.
func (c *Control) PushPreview(ctx context.Context, id string, run int64, request workflows.SyncRequest) (SyncAnswer, error) {
	d := &auditedAct{kind: ActSync, act: previewName(run), on: id}
	return audited(ctx, c, d, syncOutcome(request), func() (SyncAnswer, error) { return c.pushPreview(ctx, id, run, request) })
}

func syncAct(mode ledger.Mode, id string, request workflows.SyncRequest) *auditedAct {
	act := SyncName(mode)
	if len(request.SKUs) > 0 {
		act += " of " + some(request.SKUs)
	}
	if request.DryRun {
		act += ", as a dry run"
	}
	return &auditedAct{kind: ActSync, act: act, on: id}
}

// syncOutcome says what became of a request when it was answered.
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

// Pause stops a connection's schedules until Resume. A run that is under way goes on; requests are still served.
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

// Resume starts a connection's schedules again.
func (c *Control) Resume(ctx context.Context, id, by string) ([]string, error) {
	d := &auditedAct{kind: ActPause, act: "resume", on: id}
	return audited(ctx, c, d, func([]string) string { return activeState }, func() (done []string, err error) {
		done, d.before, err = c.resume(ctx, id, by)
		return done, err
	})
}

// SetEnabled enables or disables a connection whose configuration leaves that to the pages. One that is enabled begins with a Full Sync; one
// that is disabled ends nothing that is under way, and starts nothing any more.
func (c *Control) SetEnabled(ctx context.Context, id string, enabled bool, by string) (EnableResult, error) {
	d := &auditedAct{kind: ActEnable, act: "disable", on: id}
	if enabled {
		d.act = "enable"
	}
	if connection, err := c.state.Connection(ctx, id); err == nil {
		d.before = enabledWords(connection.Enabled)
	}
	return audited(ctx, c, d, func(done EnableResult) string { return enabledWords(done.Enabled) }, func() (EnableResult, error) { return c.setEnabled(ctx, id, enabled, by) })
}

// TestStore tries whether a store can be used as it is set: its credentials, in the process that asks. It makes one read and changes nothing.
func (c *Control) TestStore(ctx context.Context, id string) (TestResult, error) {
	return audited(ctx, c, &auditedAct{kind: ActTest, act: "test store", on: id}, testOutcome, func() (TestResult, error) { return c.testStore(ctx, id) })
}

// TestWarehouse tries whether a warehouse can be read as it is set. It reads its first rows, and records nothing.
func (c *Control) TestWarehouse(ctx context.Context, id string) (TestResult, error) {
	return audited(ctx, c, &auditedAct{kind: ActTest, act: "test warehouse", on: id}, testOutcome, func() (TestResult, error) { return c.testWarehouse(ctx, id) })
}

// Decide approves or rejects what a run holds. To approve what was rejected lifts the rejection: the next run may ask anew.
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
// Where that would take too much to 0, it is held and asks once more.
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

// Cancel stops a run. What it has pushed stands, what is left is due for the next run; a call that is under way is waited for. It
// returns when the run has been asked to stop, not when it has stopped; AwaitRunEnd waits for that. A run whose workflow is over is ended here.
func (c *Control) Cancel(ctx context.Context, id int64) (ledger.Run, error) {
	d := auditedAct{kind: ActCancel, act: "cancel", on: runName(id)}
	if run, err := c.state.Run(ctx, id); err == nil {
		d.on, d.before = d.on+" of "+run.Connection, outcomeOr(run, "open")
	}
	return audited(ctx, c, &d, func(run ledger.Run) string { return outcomeOr(run, "asked to stop") }, func() (ledger.Run, error) { return c.cancel(ctx, id) })
}

// outcomeOr is the outcome of a run that has ended, else another text.
func outcomeOr(run ledger.Run, open string) string {
	if run.EndedAt == nil {
		return open
	}
	return string(run.Outcome)
}

// RefreshIDs forgets the store's ids and makes their figures due: the next run refreshes the ids and pushes the figures again: those of some channel SKUs, or of all when none is named.
func (c *Control) RefreshIDs(ctx context.Context, store string, channelSKUs []string) (ledger.RefreshedIDs, error) {
	d := auditedAct{kind: ActRefreshIDs, act: "relearn", on: store}
	if len(channelSKUs) > 0 {
		d.act += " of " + some(channelSKUs)
	}
	return audited(ctx, c, &d, func(done ledger.RefreshedIDs) string {
		return fmt.Sprintf("%d items forgotten, %d figures due", done.References, done.Due)
	}, func() (ledger.RefreshedIDs, error) { return c.refreshIDs(ctx, store, channelSKUs) })
}

// Restored declares that the ledger was restored from a backup: every connection's next run is a Full Sync.
func (c *Control) Restored(ctx context.Context, by, reason string) error {
	_, err := audited(ctx, c, &auditedAct{kind: ActRestored, act: "declare the ledger restored", on: "the ledger"}, func(struct{}) string { return reason }, func() (struct{}, error) {
		return struct{}{}, c.state.Restored(ctx, by+": "+reason, c.now())
	})
	return err
}

// Apply makes the ledger and the schedules what the definitions say. Each step can be repeated: when it breaks off, the same apply
// again completes it. Ids that are another ledger's are refused before anything is changed. A dry run is no act, and is not noted.
func (c *Control) Apply(ctx context.Context, definitions ledger.Definitions, options ApplyOptions) (ApplyReport, error) {
	if options.DryRun {
		return c.apply(ctx, definitions, options)
	}
	d := auditedAct{kind: ActApply, act: "apply", on: options.From, from: FaceFile}
	return audited(ctx, c, &d, applyOutcome, func() (ApplyReport, error) { return c.apply(ctx, definitions, options) })
}

// applyOutcome lists what an apply changed.
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
	return some(changed)
}

// EditSchedule sets a schedule of a connection: in place of what the configuration says, or where that leaves it to the pages.
func (c *Control) EditSchedule(ctx context.Context, id string, mode ledger.Mode, edit ScheduleEdit) (ScheduleEditResult, error) {
	return c.auditSchedule(ctx, "set the "+string(mode)+" schedule", id, mode, func() (ScheduleEditResult, error) { return c.editSchedule(ctx, id, mode, edit) })
}

// ClearOverride ends what somebody set of a schedule: from then on the configuration's counts, or the default where that names none.
func (c *Control) ClearOverride(ctx context.Context, id string, mode ledger.Mode, version int64) (ScheduleEditResult, error) {
	return c.auditSchedule(ctx, "clear the "+string(mode)+" schedule", id, mode, func() (ScheduleEditResult, error) { return c.clearOverride(ctx, id, mode, version) })
}

// ApplyAdvice sets the schedule of Smart Sync to what is advised. The version is that of the setting that was read with the advice.
func (c *Control) ApplyAdvice(ctx context.Context, id string, version int64, by string) (ScheduleEditResult, error) {
	return c.auditSchedule(ctx, "apply the advice", id, ledger.Smart, func() (ScheduleEditResult, error) { return c.applyAdvice(ctx, id, version, by) })
}

// UndoAdvice ends what was applied from advice: what was set before comes back, else the configuration's counts.
func (c *Control) UndoAdvice(ctx context.Context, id string, version int64) (ScheduleEditResult, error) {
	return c.auditSchedule(ctx, "undo the advice", id, ledger.Smart, func() (ScheduleEditResult, error) { return c.undoAdvice(ctx, id, version) })
}

// auditSchedule is an act on a schedule, with what was in force before and after.
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

// EditSetting sets a setting of a connection, a store or a warehouse: in place of what the configuration says, or where that leaves it to the pages.
func (c *Control) EditSetting(ctx context.Context, key ledger.SettingKey, edit SettingEdit) (SettingEditResult, error) {
	return c.auditSetting(ctx, "set "+key.Name, key, func() (SettingEditResult, error) { return c.editSetting(ctx, key, edit) })
}

// ClearSetting ends what somebody set: from then on the configuration's counts, or the default where that names none.
func (c *Control) ClearSetting(ctx context.Context, key ledger.SettingKey, version int64) (SettingEditResult, error) {
	return c.auditSetting(ctx, "clear "+key.Name, key, func() (SettingEditResult, error) { return c.clearSetting(ctx, key, version) })
}

// auditSetting is an act on a setting, with what was in force before and after.
func (c *Control) auditSetting(ctx context.Context, act string, key ledger.SettingKey, do func() (SettingEditResult, error)) (SettingEditResult, error) {
	d := auditedAct{kind: ActSettings, act: act, on: key.Kind + " " + key.ID}
	if setting, err := c.settingByKey(ctx, key); err == nil {
		d.before = setting.logText()
	}
	return audited(ctx, c, &d, func(edited SettingEditResult) string { return edited.logText() }, do)
}

// mostNamed is how many of a list an entry of the log names.
const mostNamed = 20

// some is a list as the log names it: its beginning, and how many more there are.
func some(list []string) string {
	if len(list) <= mostNamed {
		return strings.Join(list, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(list[:mostNamed], ", "), len(list)-mostNamed)
}

package workflows

import (
	"fmt"
	"strings"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/tidemark/tidemark/activities"
)

var receive *activities.Intake // as in pass.go

// InventoryIntake takes in what a warehouse sends: it records update events and snapshots, and asks for Smart Syncs of what changed. It ends when
// nothing has come for intakeIdle.
func InventoryIntake(ctx workflow.Context, input IntakeInput) (IntakeReport, error) {
	i := &intake{input: input, batch: batch{updates: input.Pending, snapshots: input.Snapshots}, requests: input.Requests}
	if err := i.setup(ctx); err != nil {
		return i.report, err
	}
	return i.serve(ctx)
}

// intake is one workflow of a warehouse.
type intake struct {
	input        IntakeInput
	batch        batch           // read and not recorded yet
	requests     []IntakeRequest // for what is recorded, and not made yet
	signal       workflow.ReceiveChannel
	report       IntakeReport
	requestsMade int             // requests so far in this run of the workflow, for their ids
	merchant     string          // the warehouse's merchant; empty until a step has returned it
	together     int             // updates in the batch that is being recorded
	timer        workflow.Future // ends the wait for more; nil until there is one
}

func (i *intake) setup(ctx workflow.Context) error {
	if i.input.Warehouse == "" {
		return temporal.NewNonRetryableApplicationError(`the input names no warehouse; start with {"warehouse": "…"}`, activities.ErrorNotConfigured, nil)
	}
	for _, update := range i.input.Pending {
		i.batch.bytes += size(update)
	}
	if i.input.Carried != nil {
		i.report = *i.input.Carried
	}
	i.signal = workflow.GetSignalChannelWithOptions(ctx, SignalInventoryUpdated, workflow.SignalChannelOptions{
		Description: `Says what a warehouse has now. Payload: {"updates": [{"event": "…", "sku": "…", "facility": "…", "available": 5}]}.`,
	})
	return workflow.SetQueryHandlerWithOptions(ctx, QueryProgress, func() (IntakeReport, error) { return i.report, nil }, workflow.QueryHandlerOptions{
		Description: "What was taken in since the workflow started, and what keeps it from recording more.",
	})
}

// serve records batches until no more come. It reads the signals once more right before the end, so that none is lost.
func (i *intake) serve(ctx workflow.Context) (IntakeReport, error) {
	for {
		if err := i.await(ctx); err != nil {
			return i.report, err
		}
		i.gather(ctx)
		if i.idle() {
			i.paint(ctx, "ended")
			return i.report, ctx.Err()
		}
		// The senders were told that it is safe, so the batch is recorded even after a cancellation.
		work, _ := workflow.NewDisconnectedContext(ctx)
		if err := i.record(work, i.batch.next()); err != nil {
			if !i.survivesFailures(ctx) {
				i.paint(ctx, "failed")
				return i.report, err
			}
			i.failed(ctx, err)
			if ctx.Err() != nil {
				err = i.giveUp(ctx, err)
				i.paint(ctx, "failed")
				return i.report, err
			}
			continue
		}
		i.recovered(ctx)
		if historyIsLong(workflow.GetInfo(ctx)) && ctx.Err() == nil {
			i.drain(ctx)
			if !i.batch.full() {
				return i.report, i.continueAsNew(ctx)
			}
		}
	}
}

// idle is true when nothing is left to do.
func (i *intake) idle() bool { return i.batch.empty() && len(i.requests) == 0 }

// gather waits for a signal. It does not wait for a burst to end, because no timer of a server is finer than about a second: signals that come while a
// batch is being recorded make the next batch.
func (i *intake) gather(ctx workflow.Context) {
	i.paint(ctx, "listening")
	i.drain(ctx)
	until := workflow.Now(ctx).Add(intakeIdle)
	for i.idle() {
		// A signal that cannot be read adds nothing, so the wait goes on after it.
		arrived, err := i.listen(ctx, until)
		i.drain(ctx)
		if !arrived || err != nil {
			return
		}
	}
}

// listen waits for a signal, and returns false when none has come until the moment until.
//
// One timer serves the waits for many events: it runs on when an event has come, and a new one is started only when it fires before until. A timer for
// each event would cost one more action, and one more workflow task when it fires.
func (i *intake) listen(ctx workflow.Context, until time.Time) (bool, error) {
	if eventsVersion(ctx) < 3 {
		return workflow.AwaitWithTimeout(ctx, intakeIdle, func() bool { return i.signal.Len() > 0 })
	}
	for {
		if i.timer == nil {
			left := until.Sub(workflow.Now(ctx))
			if left <= 0 {
				return false, nil
			}
			i.timer = workflow.NewTimerWithOptions(ctx, left, workflow.TimerOptions{Summary: "end when nothing comes"})
		}
		if err := workflow.Await(ctx, func() bool { return i.signal.Len() > 0 || i.timer.IsReady() }); err != nil {
			return false, err
		}
		if i.signal.Len() > 0 {
			return true, nil
		}
		err := i.timer.Get(ctx, nil) // it is ready; a cancellation ends it before its time
		i.timer = nil
		if err != nil {
			return false, err
		}
	}
}

// drain reads what is there, without waiting.
func (i *intake) drain(ctx workflow.Context) {
	for !i.batch.full() {
		var signal InventoryUpdated
		if !i.signal.ReceiveAsync(&signal) {
			return
		}
		if signal.unreadable > 0 && !i.survivesFailures(ctx) {
			continue // histories from before the version passed over such a signal
		}
		i.batch.add(signal, workflow.Now(ctx))
	}
}

// record records a batch and asks for Smart Syncs of what it changed. Where a step fails, the unrecorded part is put back into the intake's batch, and
// requests that could not be made wait.
func (i *intake) record(ctx workflow.Context, taken batch) error {
	i.paint(ctx, "recording")
	i.together = len(taken.updates)
	changed, err := i.recordUpdates(ctx, taken.updates)
	if err != nil {
		i.batch.putBack(taken)
		return err
	}
	i.report.Batches++
	i.count(taken)
	everything := false
	var failed error
	for n, snapshot := range taken.snapshots {
		moved, err := i.recordSnapshot(ctx, snapshot)
		if err != nil {
			i.batch.putBack(batch{snapshots: taken.snapshots[n:]})
			failed = err
			break
		}
		everything = everything || moved
	}
	if failed != nil && !i.survivesFailures(ctx) {
		return failed
	}
	i.addRequests(ctx, changed, everything)
	if err := i.requestSyncs(ctx); err != nil {
		return err
	}
	return failed
}

// count adds the updates of a batch, with its refused ones, to the report.
func (i *intake) count(taken batch) {
	i.report.Updates += taken.refused + int64(len(taken.updates))
	i.report.Refused += taken.refused
}

func (i *intake) recordUpdates(ctx workflow.Context, updates []InventoryUpdate) ([]string, error) {
	if len(updates) == 0 {
		return nil, nil
	}
	input := activities.RecordUpdatesInput{
		Ledger: i.input.Ledger, Warehouse: i.input.Warehouse, Updates: updates, Batch: i.batchID(ctx), Again: i.report.Failure != nil,
	}
	var recorded activities.RecordUpdatesResult
	summary := fmt.Sprintf("record %d updates", len(updates))
	atOnce := len(updates) <= mostAtOnce && i.atOnce(ctx)
	err := execute[activities.RecordUpdatesResult](i.prioritised(ctx), atOnce, recordOptions, summary, receive.RecordUpdates, input).Get(ctx, &recorded)
	if err != nil {
		return nil, err
	}
	i.label(ctx, recorded.Labels)
	i.report.Changed += recorded.Changed
	i.report.Duplicates += recorded.Duplicates
	i.report.Older += recorded.Older
	i.report.Refused += recorded.Refused
	workflow.GetLogger(ctx).Info("updates recorded", "updates", len(updates), "changed", recorded.Changed, "duplicates", recorded.Duplicates,
		"older", recorded.Older, "refused", recorded.Refused)
	return recorded.SKUs, nil
}

// recordSnapshot records a snapshot, and returns whether it changed any level.
func (i *intake) recordSnapshot(ctx workflow.Context, snapshot UploadedSnapshot) (bool, error) {
	var recorded activities.RecordSnapshotResult
	summary := fmt.Sprintf("record snapshot %d: %d rows", snapshot.ID, snapshot.Rows)
	input := activities.RecordSnapshotInput{Ledger: i.input.Ledger, Warehouse: i.input.Warehouse, Snapshot: snapshot}
	if err := workflow.ExecuteActivity(options(i.prioritised(ctx), recordOptions, summary), receive.RecordSnapshot, input).Get(ctx, &recorded); err != nil {
		return false, err
	}
	i.label(ctx, recorded.Labels)
	i.report.Snapshots++
	i.report.Changed += recorded.Changed
	i.report.Older += recorded.Older
	i.report.Refused += recorded.Refused
	i.report.LastHeld = recorded.Held
	workflow.GetLogger(ctx).Info("snapshot recorded", "snapshot", snapshot.ID, "rows", recorded.Rows, "changed", recorded.Changed, "held", recorded.Held)
	return recorded.Changed > 0, nil
}

// addRequests adds the requests that are to be made for what was recorded: one for everything, or as few as can name all SKUs that changed.
func (i *intake) addRequests(ctx workflow.Context, changed []string, everything bool) {
	scopes := chunks(changed, MaximumScope)
	if everything {
		scopes = [][]string{nil}
	}
	for _, skus := range scopes {
		i.requests = append(i.requests, IntakeRequest{ID: i.nextID(ctx), SKUs: skus})
	}
}

// atOnce is true where short steps are done within the workflow task.
func (i *intake) atOnce(ctx workflow.Context) bool {
	return !historyIsLong(workflow.GetInfo(ctx)) && doesAtOnce(ctx, i.together)
}

// batchID is the id of the batch that is being recorded. A batch that is recorded again, after a failure or because its worker was lost, has the same id.
func (i *intake) batchID(ctx workflow.Context) string {
	return fmt.Sprintf("%s/%d", workflow.GetInfo(ctx).FirstRunID, i.report.Batches)
}

func (i *intake) nextID(ctx workflow.Context) string {
	i.requestsMade++
	return fmt.Sprintf("%s/%d", workflow.GetInfo(ctx).WorkflowExecution.RunID, i.requestsMade)
}

// requestSyncs makes the requests that are to be made. Each asks every connection on the warehouse for a Smart Sync of its SKUs, or of everything when
// it names none. A request that fails does not keep the others from being made; it waits for the next try.
func (i *intake) requestSyncs(ctx workflow.Context) error {
	var failed error
	var remaining []IntakeRequest
	for _, request := range i.requests {
		if failed != nil && !i.survivesFailures(ctx) {
			return failed
		}
		input := activities.RequestInput{Ledger: i.input.Ledger, Warehouse: i.input.Warehouse, ID: request.ID, SKUs: request.SKUs}
		summary := "ask for Smart Syncs of what was recorded"
		if len(request.SKUs) > 0 {
			summary = fmt.Sprintf("ask for Smart Syncs of %d SKUs", len(request.SKUs))
		}
		var requested activities.RequestResult
		err := execute[activities.RequestResult](i.prioritised(ctx), i.atOnce(ctx), requestOptions, summary, receive.Request, input).Get(ctx, &requested)
		if err != nil {
			failed = err
			remaining = append(remaining, request)
			continue
		}
		i.report.Requests += requested.Requests
	}
	if i.requests = remaining; tooManyRequests(remaining) {
		i.requests = []IntakeRequest{{ID: i.nextID(ctx)}}
	}
	return failed
}

// continueAsNew goes on in a new run with a short history. What was read and not recorded goes along, because with a steady stream of updates there is
// no moment at which everything is recorded. It is less than one batch; after a failure it is as much as fits into a payload.
func (i *intake) continueAsNew(ctx workflow.Context) error {
	i.count(batch{refused: i.batch.refused})
	return workflow.NewContinueAsNewError(ctx, InventoryIntakeType, IntakeInput{
		Warehouse: i.input.Warehouse, Ledger: i.input.Ledger, Carried: &i.report, Pending: i.batch.updates,
		Snapshots: i.batch.snapshots, Requests: i.requests,
	})
}

// paint shows the report in the workflow's current details.
func (i *intake) paint(ctx workflow.Context, phase string) {
	workflow.SetCurrentDetails(ctx, i.report.markdown(i.input.Warehouse, phase))
}

func (r IntakeReport) markdown(warehouse, phase string) string {
	var page strings.Builder
	fmt.Fprintf(&page, "### intake of %s: %s\n\n", warehouse, phase)
	if r.LastHeld != "" {
		fmt.Fprintf(&page, "**the last snapshot was held:** %s\n\n", escapeText(r.LastHeld))
	}
	if failure := r.Failure; failure != nil {
		fmt.Fprintf(&page, "**since %s nothing can be recorded:** %s\n\n", until(failure.Since), escapeText(failure.Error))
		fmt.Fprintf(&page, "%d updates and %d snapshots wait, and what comes now waits with them; the next attempt is at %s. "+
			"Mend what is wrong; nothing else is to be done.\n\n", failure.Updates, failure.Snapshots, until(failure.Next))
	}
	page.WriteString("| | |\n|---|---:|\n")
	for _, row := range []struct {
		name string
		n    int64
	}{
		{"updates", r.Updates},
		{"changed levels", r.Changed},
		{"duplicates", r.Duplicates},
		{"older than what was recorded", r.Older},
		{"refused", r.Refused},
		{"batches", r.Batches},
		{"snapshots", r.Snapshots},
		{"Smart Syncs asked for", r.Requests},
	} {
		fmt.Fprintf(&page, "| %s | %d |\n", row.name, row.n)
	}
	return page.String()
}

package workflows

import (
	"cmp"
	"errors"
	"fmt"
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/tidemark/tidemark/activities"
	"github.com/tidemark/tidemark/ledger"
)

// The receivers only name the activities; the worker registers the real ones.
var (
	gate    *activities.Gate
	fetch   *activities.Fetch
	resolve *activities.Resolve
	push    *activities.Push
)

// pass is one run of the connection.
type pass struct {
	*sync
	assignment
	lease      ledger.Lease
	mode       ledger.Mode
	begun      bool // the ledger has begun the run, so it must be ended, which gives its store back
	trigger    ledger.Trigger
	skipped    string // why the pass gave up after it had fetched; empty when it did not
	again      string // why the pass must resolve again before it pushes on; empty when it need not
	unchanged  string // since when the warehouse is unchanged, in words; empty when it is not
	rechecking bool   // the pass is held, and is being checked again
	merchant   string
	stage      stage     // the long step that the pass has come to
	since      time.Time // when the stage was begun first
	notBefore  time.Time // a call of the run before may be open until then
	fetched    bool      // the pass has fetched in an earlier run of the workflow
	faulty     int       // waits in a row for a store with server errors
	verdict    string    // a person's decision about its hold, in words
	// What a person has rejected in an earlier run, in words: the snapshot, and figures that would go to 0.
	snapshotRejected, zeroingRejected string
	counts                            ledger.Counts
	preview                           *activities.Preview

	// What a person has approved of this run.
	fetchApproved, zeroApproved *activities.DecideResult
}

// run takes the pass through its phases, and returns its outcome and the reason. An error means that a person must act, or a cancellation.
func (p *pass) run(ctx workflow.Context, next turn) (ledger.Outcome, string, error) {
	p.trigger = next.trigger
	switch {
	case next.begun != nil:
		return p.continueBegun(ctx, *next.begun)
	case next.held != nil:
		return p.resume(ctx, *next.held)
	}
	begun, err := p.begin(ctx, next.trigger)
	if err != nil {
		return "", "", err
	}
	p.merchant = begun.Merchant
	ctx = p.prioritised(ctx)
	switch begun.Action {
	case activities.BeginSkip:
		return ledger.Skipped, begun.Reason, nil
	case activities.BeginCovered:
		p.lease.Run = begun.CoveredBy
		return ledger.Covered, begun.Reason, nil
	case activities.BeginGo:
	}
	if err := p.outlast(ctx, begun.NotBefore); err != nil {
		return "", "", err
	}
	return p.work(ctx, nil)
}

// work prepares the pass and pushes. It does so again for as long as the push finds that too much has changed meanwhile.
func (p *pass) work(ctx workflow.Context, waits *heldPass) (ledger.Outcome, string, error) {
	for {
		outcome, reason, err := p.prepareAndPush(ctx, waits)
		if p.again == "" || err != nil {
			return outcome, reason, err
		}
		waits = nil
		p.resolveAgain(ctx)
	}
}

// resolveAgain makes the pass resolve again: what has changed since, and what it has not pushed yet. What it has pushed does not become due again.
func (p *pass) resolveAgain(ctx workflow.Context) {
	workflow.GetLogger(ctx).Info("resolving again", "why", p.again)
	p.again, p.fetched, p.continues = "", true, true
}

// prepareAndPush fetches, resolves and pushes, and waits for a person where that is needed. waits is set for a pass that waits already.
func (p *pass) prepareAndPush(ctx workflow.Context, waits *heldPass) (ledger.Outcome, string, error) {
	for {
		if waits == nil {
			hold, err := p.prepare(ctx)
			if err != nil {
				return "", "", err
			}
			if hold == nil {
				break
			}
			if p.isForEvents(ctx) && workflow.GetVersion(ctx, "events-do-not-wait", workflow.DefaultVersion, 1) == 1 {
				// More events wait behind these. The rows stay due, and the next run of everything asks for a decision.
				return ledger.Held, hold.Reason + "; the next run of everything asks whether it may", nil
			}
			if waits, err = p.hold(ctx, *hold); err != nil {
				return "", "", err
			}
		}
		decision, err := p.decide(ctx, *waits)
		if err != nil {
			return "", "", err
		}
		switch decision {
		case activities.Approved:
		case activities.Dissolved:
			return p.finishPrepared(ctx)
		case activities.Rejected, activities.Lifted: // lifted: the next run asks anew
			return ledger.RejectedOutcome, cmp.Or(p.verdict, waits.Reason), nil
		default:
			return ledger.Held, "nobody decided in time: " + waits.Reason, nil
		}
		waits = nil
	}
	return p.finishPrepared(ctx)
}

// finishPrepared pushes a prepared pass, unless it was skipped or is a dry run.
func (p *pass) finishPrepared(ctx workflow.Context) (ledger.Outcome, string, error) {
	if p.skipped != "" {
		return ledger.Skipped, p.skipped, nil
	}
	if p.dryRun {
		return ledger.Completed, "a dry run: nothing was pushed", nil
	}
	return p.push(ctx)
}

// atOnce is true for a pass without a fetch whose short steps are done within the workflow task.
func (p *pass) atOnce(ctx workflow.Context) bool {
	return p.skipFetch && !p.long(ctx) && doesAtOnce(ctx, p.requestCount())
}

// isForEvents is true for a pass that a warehouse's events asked for.
func (p *pass) isForEvents(ctx workflow.Context) bool {
	return p.skipFetch && (len(p.scope) > 0 || workflow.GetInfo(ctx).WorkflowExecution.ID == EventsID(p.input.Connection))
}

func (p *pass) begin(ctx workflow.Context, trigger ledger.Trigger) (activities.BeginResult, error) {
	p.show(ctx, "beginning")
	first := fetchesFirst(ctx)
	summary := "take the store"
	if first {
		summary = "begin the run"
	}
	var begun activities.BeginResult
	err := p.wait(ctx, func(ctx workflow.Context) workflow.Future {
		return execute[activities.BeginResult](ctx, p.atOnce(ctx), beginOptions, summary, gate.Begin, activities.BeginInput{
			FirstRun: workflow.GetInfo(ctx).FirstRunID, Connection: p.input.Connection, Ledger: p.input.Ledger, Mode: p.sync.mode, Trigger: trigger,
			Pass: p.passes, Requests: p.ledgerRequests(), Scope: p.scope, DryRun: p.dryRun,
			FetchFirst: first, SkipFetch: first && p.skipFetch,
		})
	}, &begun)
	if continued := (*continuedError)(nil); errors.As(err, &continued) {
		return begun, err // the pass keeps its turn in the queue for the store
	}
	if err != nil {
		_, reason := outcomeOf(err)
		p.fates.begin(SyncAnswer{Answer: SyncFailed, Reason: reason})
		p.leave(ctx, err)
		return begun, err
	}
	p.fates.begin(beginAnswer(begun))
	p.lease, p.mode = begun.Lease, begun.Mode
	p.begun = begun.Action == activities.BeginGo
	p.progress.Run = p.lease.Run
	p.labelled = begun.Attributes
	p.label(ctx, begun, trigger)
	workflow.GetLogger(ctx).Info("begin", "action", begun.Action, "run", p.lease.Run, "mode", begun.Mode, "reason", begun.Reason)
	return begun, nil
}

// leave takes a pass that never had the store out of the queue for it, so that no other run waits for it.
func (p *pass) leave(ctx workflow.Context, cause error) {
	if workflow.GetVersion(ctx, "leaves-the-queue", workflow.DefaultVersion, 1) == workflow.DefaultVersion {
		return
	}
	outcome, reason := outcomeOf(cause)
	clean, cancel := workflow.NewDisconnectedContext(ctx)
	defer cancel()
	err := workflow.ExecuteActivity(options(clean, finishOptions, "leave the queue for the store"), gate.Leave,
		activities.LeaveInput{FirstRun: workflow.GetInfo(ctx).FirstRunID, Pass: p.passes, Outcome: outcome, Reason: reason}).Get(clean, nil)
	if err != nil {
		// Its turn in the queue expires soon; people must see the error that made the pass fail.
		workflow.GetLogger(ctx).Warn("leaving the queue failed", "error", err)
	}
}

// prepare fetches and resolves. It returns the hold that a person must decide about first; nil when there is none.
func (p *pass) prepare(ctx workflow.Context) (*activities.HoldInput, error) {
	summary := "resolve what was recorded"
	fetchedBefore := p.fetched
	p.fetched = false // a pass that is prepared again fetches again
	// A Full Sync always fetches, also one that took the place of a Smart Sync.
	if (!p.skipFetch || p.mode == ledger.Full) && !fetchedBefore {
		fetched, err := p.fetch(ctx)
		if err != nil {
			return nil, err
		}
		if fetched.Held != "" {
			return &activities.HoldInput{Kind: ledger.HoldSnapshot, Reason: fetched.Held, Rows: heldRows(fetched), Absent: fetched.Absent}, nil
		}
		summary = fmt.Sprintf("resolve: levels changed: %d (rows read: %d)", fetched.Changed, fetched.Rows)
		if fetched.Shared != 0 {
			summary += fmt.Sprintf(" (shared with run %d)", fetched.Shared)
		}
	}

	if err := p.acquire(ctx); err != nil || p.skipped != "" {
		return nil, err
	}
	p.enter(ctx, stageResolve)
	p.show(ctx, "resolving")
	resolving := activities.ResolveInput{Lease: p.lease, Connection: p.input.Connection, Mode: p.mode, Scope: p.scope, Named: p.named(), DryRun: p.dryRun}
	if p.continues {
		// The rows that the pass before did not reach are still due. A Full Sync would begin again with the first row.
		resolving.Mode, resolving.Named = ledger.Smart, nil
	}
	if approved := p.zeroApproved; approved != nil {
		resolving.Approved, resolving.ApprovedZeroing = true, approved.Zeroing
	}
	var resolved activities.ResolveResult
	err := p.step(ctx, func(ctx workflow.Context) workflow.Future {
		atOnce := len(p.scope) > 0 && len(p.scope) <= mostAtOnce && p.atOnce(ctx)
		return execute[activities.ResolveResult](ctx, atOnce, resolveOptions, summary, resolve.Resolve, resolving)
	}, &resolved)
	if err != nil {
		return nil, err
	}
	p.counts.Resolved, p.counts.Due, p.zeroingRejected = resolved.Resolved, resolved.Due, resolved.Rejected
	p.preview, p.progress.Counts, p.progress.Left, p.progress.Open = resolved.Preview, p.counts, resolved.Due-resolved.Open, resolved.Open
	workflow.GetLogger(ctx).Info("resolved", "resolved", resolved.Resolved, "due", resolved.Due, "zeroing", resolved.Zeroing, "held", resolved.Held)
	if resolved.Held != "" {
		return &activities.HoldInput{Kind: ledger.HoldZeroing, Reason: resolved.Held, Zeroing: resolved.Zeroing}, nil
	}
	return nil, nil
}

// acquire takes the store for a run that does not have it yet. A dry run needs no store, because it pushes nothing.
func (p *pass) acquire(ctx workflow.Context) error {
	if p.lease.Fence != 0 || p.dryRun {
		return nil
	}
	p.enter(ctx, stageAcquire)
	p.show(ctx, "taking the store")
	var acquired activities.BeginResult
	approved := p.fetchApproved != nil || p.zeroApproved != nil || p.rechecking
	begin := func(ctx workflow.Context) workflow.Future {
		return workflow.ExecuteActivity(options(ctx, beginOptions, "take the store"), gate.Acquire, activities.AcquireInput{
			Run: p.lease.Run, Connection: p.input.Connection, Trigger: p.trigger, Scope: p.scope, Waits: approved,
		})
	}
	var err error
	if approved {
		err = p.step(ctx, begin, &acquired)
	} else {
		err = p.wait(ctx, begin, &acquired)
	}
	if err != nil {
		return err
	}
	if acquired.Action == activities.BeginSkip {
		p.skipped = acquired.Reason
		return nil
	}
	p.lease = acquired.Lease
	return p.outlast(ctx, acquired.NotBefore)
}

// fetch reads the warehouse's levels and records them.
func (p *pass) fetch(ctx workflow.Context) (activities.FetchResult, error) {
	p.enter(ctx, stageFetch)
	p.show(ctx, "fetching from the warehouse")
	input := activities.FetchInput{Lease: p.lease, Connection: p.input.Connection, Mode: p.mode, Asked: p.newest()}
	if approved := p.fetchApproved; approved != nil {
		input.Approved, input.ApprovedRows, input.ApprovedAbsent = true, approved.Rows, approved.Absent
	}
	var fetched activities.FetchResult
	err := p.step(ctx, func(ctx workflow.Context) workflow.Future {
		return workflow.ExecuteActivity(options(ctx, fetchOptions, "fetch levels from the warehouse"), fetch.Fetch, input)
	}, &fetched)
	if err != nil {
		return fetched, err
	}
	p.counts, p.unchanged = read(p.counts, fetched), unchanged(fetched)
	p.progress.Counts, p.progress.Shared, p.snapshotRejected = p.counts, fetched.Shared, fetched.Rejected
	p.progress.Oddities = fetched.Oddities
	workflow.GetLogger(ctx).Info("fetched", "rows", fetched.Rows, "changed", fetched.Changed, "refused", fetched.Refused, "held", fetched.Held,
		"from", fetched.From, "shared", fetched.Shared)
	return fetched, nil
}

// push pushes in slices until nothing is due, and waits where the store asks for it.
func (p *pass) push(ctx workflow.Context) (ledger.Outcome, string, error) {
	p.enter(ctx, stagePush)
	p.show(ctx, "pushing")
	pace := "" // the first slice takes the pace of the run before from the ledger
	for {
		var slice activities.PushResult
		summary := pushing(p.progress)
		err := p.step(ctx, func(ctx workflow.Context) workflow.Future {
			return workflow.ExecuteActivity(options(ctx, pushOptions, summary), push.Push,
				activities.PushInput{Lease: p.lease, Connection: p.input.Connection, Scope: p.scope, Pace: pace})
		}, &slice)
		if err != nil {
			return "", "", err
		}
		pace = slice.Pace
		p.count(slice)
		p.paint(ctx)
		workflow.GetLogger(ctx).Info("pushed", "done", slice.Done, "left", slice.Left, "exported", slice.Counts.Exported, "why", slice.Why)
		if p.again = slice.Again; p.again != "" {
			return "", "", nil
		}
		if slice.Done {
			outcome, reason := pushOutcome(p.counts, slice.Left)
			return outcome, reason, nil
		}
		if p.faulty = patience(p.faulty, slice); p.faulty > faultyMost {
			return ledger.CompletedWithFailures, "what is left is due for the next run: " + slice.Why, nil
		}
		if historyIsLong(workflow.GetInfo(ctx)) {
			return ledger.Partial, "a long run goes on in a new one", nil
		}
		if !slice.Until.IsZero() {
			p.counts.Waits++
			err := p.idle(ctx, slice.Until, slice.Why)
			if continued := (*continuedError)(nil); errors.As(err, &continued) {
				return ledger.Partial, "a long run goes on in a new one", nil
			}
			if err != nil {
				return "", "", err
			}
		}
	}
}

// pushing is the summary of a slice of a push: how many rows are due.
func pushing(p Progress) string {
	if p.Open == 0 {
		return fmt.Sprintf("push: %d due", p.Left)
	}
	return fmt.Sprintf("push: %d due, and %d in open calls", p.Left, p.Open)
}

func (p *pass) count(slice activities.PushResult) {
	c := slice.Counts
	p.counts.Exported, p.counts.Sent, p.counts.Rejected, p.counts.Blocked, p.counts.Retrying = c.Exported, c.Sent, c.Rejected, c.Blocked, c.Retrying
	p.counts.Parked = c.Parked
	p.counts.Calls = c.Calls
	p.progress.Counts, p.progress.Left, p.progress.Open = p.counts, slice.Left, slice.Open
}

// patience counts the waits in a row for a store with server errors; any other slice ends the row.
func patience(before int, slice activities.PushResult) int {
	if slice.Faulty {
		return before + 1
	}
	return 0
}

// historyIsLong is true well before the limits of a history: a server allows 51,200 events, and suggests to continue as new at 4,096.
func historyIsLong(info *workflow.Info) bool {
	return info.GetContinueAsNewSuggested() || info.GetCurrentHistoryLength() > 3000
}

func (p *pass) finish(ctx workflow.Context, outcome ledger.Outcome, reason string) error {
	p.show(ctx, "ending")
	var finished activities.FinishResult
	err := execute[activities.FinishResult](p.prioritised(ctx), p.atOnce(ctx), finishOptions, "end the run: "+string(outcome), gate.Finish,
		activities.FinishInput{Lease: p.lease, Outcome: outcome, Reason: reason, Counts: p.counts}).Get(ctx, &finished)
	if err == nil {
		p.counts = finished.Counts
	}
	return err
}

// until writes a moment for people who read the Web UI.
func until(at time.Time) string { return at.UTC().Format("2006-01-02 15:04:05 UTC") }

package activities

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.temporal.io/sdk/activity"

	"github.com/tidemark/tidemark/crash"
	"github.com/tidemark/tidemark/ledger"
)

// Executions is what the activities need of Temporal's workflow executions.
type Executions interface {
	// Alive is true while the chain of runs that began with firstRun is open under the workflow id. It must ask Temporal itself (describe) and
	// not the visibility store, which lags.
	Alive(ctx context.Context, workflow, firstRun string) (bool, error)
	// Decide signals a held run's workflow that its hold was answered.
	Decide(ctx context.Context, workflow, decision, by string) error
	// Dissolved signals a held run's workflow that no decision is needed any more, because of a run or a snapshot.
	Dissolved(ctx context.Context, workflow string, run int64, by string) error
	// Attributes is true when the namespace knows Tidemark's search attributes.
	Attributes(ctx context.Context) (bool, error)
}

// Gate takes and gives back stores.
type Gate struct {
	Ledger     GateLedger
	Executions Executions
	Now        func() time.Time
	// Poll is the delay before a run that waits for a store tries again. For unscoped runs it may grow to six times as much.
	Poll time.Duration
}

// Begin takes the store of a connection and starts a run. When another run holds the store, a scheduled run ends as skipped or waits, by the
// connection's overlap policy, and a requested run waits. To wait, Begin returns an error that makes the server retry, so waiting occupies no
// worker and does not grow the history.
func (g *Gate) Begin(ctx context.Context, input BeginInput) (BeginResult, error) {
	_, stop := heartbeat(ctx)
	defer stop()
	result, err := g.begin(ctx, input)
	return result, convert("taking the store", err, g.Now())
}

func (g *Gate) begin(ctx context.Context, input BeginInput) (BeginResult, error) {
	if refused, err := foreignTo(ctx, g.Ledger, input.Ledger); err != nil {
		return BeginResult{}, err
	} else if refused != "" {
		return BeginResult{}, askPerson(ErrorNotConfigured, refused, nil)
	}
	connection, err := g.Ledger.Connection(ctx, input.Connection)
	if errors.Is(err, ledger.ErrNotFound) {
		return BeginResult{}, askPerson(ErrorNotConfigured,
			fmt.Sprintf("there is no connection %q; apply a configuration that has it, or remove its schedules with starter apply --prune", input.Connection), err)
	} else if err != nil {
		return BeginResult{}, err
	}
	result := BeginResult{Merchant: connection.Merchant, Warehouse: connection.Warehouse, Store: connection.Store, Mode: input.Mode}
	if result.Attributes, err = g.Executions.Attributes(ctx); err != nil {
		return BeginResult{}, err
	}
	claim := ledger.Claim{
		Connection: input.Connection, Mode: input.Mode, Trigger: input.Trigger, Pass: input.Pass, Requests: input.Requests,
		DryRun: input.DryRun, Scope: input.Scope, Workflow: activity.GetInfo(ctx).WorkflowExecution.ID, WorkflowRun: input.FirstRun, Now: g.Now(),
		FetchFirst: input.FetchFirst, SkipFetch: input.SkipFetch,
	}
	if !connection.Active() {
		result.Action, result.Reason = BeginSkip, fmt.Sprintf("connection %s is not enabled", connection.ID)
		result.Lease.Run, err = g.Ledger.SkipRun(ctx, claim, ledger.Skipped, result.Reason)
		return result, err
	}
	if input.FetchFirst && !input.SkipFetch {
		if err := g.closeDead(ctx, claim); err != nil {
			return BeginResult{}, err
		}
	}
	skips := input.Trigger == ledger.TriggerSchedule && connection.Inventory.Overlap != ledger.OverlapBuffer
	claim.Yields = skips
	grant, err := g.take(ctx, claim)
	var busy *ledger.BusyError
	if errors.As(err, &busy) {
		if skips {
			if skips, err = g.unscoped(ctx, busy.Holder); err != nil {
				return BeginResult{}, err
			}
		}
		if skips {
			result.Action, result.Reason = BeginSkip, inUse(busy.Holder)
			result.Lease.Run, err = g.Ledger.SkipRun(ctx, claim, ledger.Skipped, result.Reason)
			return result, err
		}
		claim.Yields = false
		if grant, err = g.take(ctx, claim); errors.As(err, &busy) {
			return BeginResult{}, g.wait(ctx, busy.Holder, len(claim.Scope) == 0)
		}
	}
	var turn *ledger.TurnError
	if errors.As(err, &turn) {
		return BeginResult{}, tryAfter(ErrorStoreBusy, fmt.Sprintf("leaving store %s to %s, which has waited for it", turn.Store, turn.Workflow), g.Poll)
	} else if err != nil {
		return BeginResult{}, err
	}
	if grant.Covered {
		result.Action, result.CoveredBy = BeginCovered, grant.CoveredBy
		result.Reason = "what was asked for has been done already"
		if grant.CoveredBy != 0 {
			result.Reason = fmt.Sprintf("what was asked for has been done by run %d", grant.CoveredBy)
		}
		return result, nil
	}
	result.Action, result.Lease, result.Mode, result.NotBefore = BeginGo, grant.Lease, grant.Mode, grant.NotBefore
	crash.At(crash.RunBegun)
	return result, nil
}

// moment is the format of times in reasons, in UTC.
const moment = "2006-01-02 15:04:05 UTC"

// inUse is the reason that another run holds the store.
func inUse(holder ledger.Holder) string {
	return fmt.Sprintf("store %s is in use by %s (run %d) since %s", holder.Store, holder.Workflow, holder.Run, holder.TakenAt.UTC().Format(moment))
}

// closeDead ends the connection's runs whose workflow is over. A run that was terminated while it had no store blocks no other run, so
// nothing else would find it.
func (g *Gate) closeDead(ctx context.Context, claim ledger.Claim) error {
	open, err := g.Ledger.OpenRuns(ctx, claim.Connection)
	if err != nil {
		return err
	}
	for _, run := range open {
		if run.WorkflowRun == claim.WorkflowRun {
			continue
		}
		alive, err := g.Executions.Alive(ctx, run.Workflow, run.WorkflowRun)
		if err != nil {
			return err
		}
		if alive {
			continue
		}
		err = g.Ledger.EndRun(ctx, ledger.Lease{Store: run.Store, Run: run.ID}, ledger.RunEnd{
			Outcome: ledger.Cancelled, Reason: workflowOver, Counts: run.Counts,
			Now: g.Now(),
		})
		if err != nil {
			return err
		}
		crash.At(crash.DeadRunClosed)
	}
	return nil
}

// workflowOver is the reason of a run that another run closed.
const workflowOver = "its workflow ended without giving the store back"

// unscoped is false for a holder whose run has a scope, because such a run is over in a moment. A warehouse's events may cause many such
// runs, one after the other. A scheduled run that was skipped for each of them would never take place.
func (g *Gate) unscoped(ctx context.Context, holder ledger.Holder) (bool, error) {
	run, err := g.Ledger.Run(ctx, holder.Run)
	return len(run.Scope) == 0, err
}

// Acquire takes the store for a run that has fetched without it. When another run holds the store, a scheduled run that may not wait ends as
// skipped; the next run pushes what it recorded. Every other run waits.
func (g *Gate) Acquire(ctx context.Context, input AcquireInput) (BeginResult, error) {
	_, stop := heartbeat(ctx)
	defer stop()
	result, err := g.acquire(ctx, input)
	return result, convert("taking the store", err, g.Now())
}

func (g *Gate) acquire(ctx context.Context, input AcquireInput) (BeginResult, error) {
	take := func(fence int64) (ledger.Grant, error) { return g.Ledger.Acquire(ctx, input.Run, fence, g.Now()) }
	grant, err := take(0)
	var busy *ledger.BusyError
	if errors.As(err, &busy) {
		alive, failed := g.Executions.Alive(ctx, busy.Holder.Workflow, busy.Holder.WorkflowRun)
		if failed != nil {
			return BeginResult{}, failed
		}
		if alive {
			return g.yieldTo(ctx, busy.Holder, input)
		}
		grant, err = g.replace(ctx, busy.Holder, take)
	}
	var turn *ledger.TurnError
	if errors.As(err, &turn) {
		return BeginResult{}, tryAfter(ErrorStoreBusy, fmt.Sprintf("leaving store %s to %s, which has waited for it", turn.Store, turn.Workflow), g.Poll)
	} else if err != nil {
		return BeginResult{}, err
	}
	crash.At(crash.StoreTaken)
	return BeginResult{Action: BeginGo, Lease: grant.Lease, Mode: grant.Mode, NotBefore: grant.NotBefore}, nil
}

// yieldTo decides whether a run that has fetched waits or is skipped while another run holds the store.
func (g *Gate) yieldTo(ctx context.Context, holder ledger.Holder, input AcquireInput) (BeginResult, error) {
	if input.Trigger == ledger.TriggerSchedule && !input.Waits {
		connection, err := g.Ledger.Connection(ctx, input.Connection)
		if err != nil {
			return BeginResult{}, err
		}
		unscoped, err := g.unscoped(ctx, holder)
		if err != nil {
			return BeginResult{}, err
		}
		if unscoped && connection.Inventory.Overlap != ledger.OverlapBuffer {
			return BeginResult{Action: BeginSkip, Reason: inUse(holder) + "; what was fetched is recorded, and goes out with the next run"}, nil
		}
	}
	if err := g.Ledger.Progress(ctx, input.Run, fmt.Sprintf("waiting for %s (run %d)", holder.Workflow, holder.Run), ledger.Counts{}); err != nil {
		return BeginResult{}, err
	}
	return BeginResult{}, g.wait(ctx, holder, len(input.Scope) == 0)
}

// Retake takes the store again for a run that gave it back while a person decided. It always waits.
func (g *Gate) Retake(ctx context.Context, input ReacquireInput) (BeginResult, error) {
	_, stop := heartbeat(ctx)
	defer stop()
	grant, err := g.Ledger.Reacquire(ctx, input.Run, 0, g.Now())
	var busy *ledger.BusyError
	if errors.As(err, &busy) {
		var alive bool
		if alive, err = g.Executions.Alive(ctx, busy.Holder.Workflow, busy.Holder.WorkflowRun); err == nil {
			if alive {
				return BeginResult{}, g.wait(ctx, busy.Holder, true)
			}
			grant, err = g.replace(ctx, busy.Holder, func(fence int64) (ledger.Grant, error) {
				return g.Ledger.Reacquire(ctx, input.Run, fence, g.Now())
			})
		}
	}
	if err != nil {
		return BeginResult{}, convert("taking the store again", err, g.Now())
	}
	return BeginResult{Action: BeginGo, Lease: grant.Lease, Mode: grant.Mode, NotBefore: grant.NotBefore}, nil
}

// Leave ends the wait of a pass that was cancelled, or failed, before it had the store.
func (g *Gate) Leave(ctx context.Context, input LeaveInput) error {
	_, stop := heartbeat(ctx)
	defer stop()
	end := ledger.RunEnd{Outcome: input.Outcome, Reason: input.Reason, Now: g.Now()}
	err := g.Ledger.Leave(ctx, input.FirstRun, input.Pass, activity.GetInfo(ctx).WorkflowExecution.ID, end)
	return convert("leaving the queue for the store", err, g.Now())
}

// take begins a run in the ledger, and replaces a holder whose workflow is over.
func (g *Gate) take(ctx context.Context, claim ledger.Claim) (ledger.Grant, error) {
	grant, err := g.Ledger.Begin(ctx, claim)
	var busy *ledger.BusyError
	if !errors.As(err, &busy) {
		return grant, err
	}
	alive, failed := g.Executions.Alive(ctx, busy.Holder.Workflow, busy.Holder.WorkflowRun)
	if failed != nil {
		return ledger.Grant{}, failed
	}
	if alive {
		return ledger.Grant{}, busy
	}
	return g.replace(ctx, busy.Holder, func(fence int64) (ledger.Grant, error) {
		claim.Replace = fence
		return g.Ledger.Begin(ctx, claim)
	})
}

// replace closes the run of a holder that is known to be dead, and then takes its store. In the other order, a dead run that could not be
// closed would stay open for ever, because the new holder has no reason to look at it again.
func (g *Gate) replace(ctx context.Context, dead ledger.Holder, take func(fence int64) (ledger.Grant, error)) (ledger.Grant, error) {
	lease := ledger.Lease{Store: dead.Store, Fence: dead.Fence, Run: dead.Run}
	err := g.Ledger.EndRun(ctx, lease, ledger.RunEnd{
		Outcome: ledger.Cancelled, Reason: workflowOver, Now: g.Now(),
	})
	if err != nil {
		return ledger.Grant{}, err
	}
	return take(dead.Fence)
}

// wait returns the error that makes the server retry. An unscoped run also reserves the store, so that runs with a scope do not get it first.
// While another unscoped run holds the store, which takes longer, the delay grows with each attempt.
func (g *Gate) wait(ctx context.Context, holder ledger.Holder, reserves bool) error {
	info := activity.GetInfo(ctx)
	delay := g.Poll
	if reserves {
		unscoped, err := g.unscoped(ctx, holder)
		if err != nil {
			return err
		}
		if unscoped {
			delay *= time.Duration(min(info.Attempt, 6))
		}
		const late = 5 * time.Second // the server's retry may be late by this much
		if err := g.Ledger.Await(ctx, holder.Store, info.WorkflowExecution.ID, g.Now().Add(delay+late), g.Now()); err != nil {
			return err
		}
	}
	return tryAfter(ErrorStoreBusy, fmt.Sprintf("waiting for %s (run %d), which has store %s since %s",
		holder.Workflow, holder.Run, holder.Store, holder.TakenAt.UTC().Format(moment)), delay)
}

// Finish ends a run and gives the store back.
func (g *Gate) Finish(ctx context.Context, input FinishInput) (FinishResult, error) {
	_, stop := heartbeat(ctx)
	defer stop()
	counts, err := g.Ledger.Tally(ctx, input.Lease.Run)
	if err == nil {
		counts = merge(input.Counts, counts)
		err = g.Ledger.EndRun(ctx, input.Lease, ledger.RunEnd{Outcome: input.Outcome, Reason: input.Reason, Counts: counts, Now: g.Now()})
	}
	if errors.Is(err, ledger.ErrNotFound) {
		return FinishResult{Outcome: input.Outcome, Counts: input.Counts}, nil // the run was removed together with its connection
	} else if err != nil {
		return FinishResult{}, convert("ending the run", err, g.Now())
	}
	crash.At(crash.RunEnded)
	return FinishResult{Outcome: input.Outcome, Counts: counts}, nil
}

// merge joins the workflow's counts with the ledger's counts of the push.
func merge(run, push ledger.Counts) ledger.Counts {
	run.Exported, run.Sent, run.Rejected, run.Blocked, run.Retrying = push.Exported, push.Sent, push.Rejected, push.Blocked, push.Retrying
	run.Parked, run.Calls = push.Parked, push.Calls
	return run
}

// Hold records that a run waits for a person and gives the store back meanwhile.
func (g *Gate) Hold(ctx context.Context, input HoldInput) (HoldResult, error) {
	_, stop := heartbeat(ctx)
	defer stop()
	within, err := g.hold(ctx, input)
	return HoldResult{Within: within}, convert("recording the hold", err, g.Now())
}

func (g *Gate) hold(ctx context.Context, input HoldInput) (time.Duration, error) {
	connection, err := g.Ledger.Connection(ctx, input.Connection)
	if err != nil {
		return 0, err
	}
	warehouse, err := g.Ledger.Warehouse(ctx, connection.Warehouse)
	if err != nil {
		return 0, err
	}
	err = g.Ledger.Hold(ctx, ledger.Hold{
		Run: input.Lease.Run, Kind: input.Kind, Connection: connection.ID, Warehouse: connection.Warehouse,
		Workflow: activity.GetInfo(ctx).WorkflowExecution.ID, Reason: input.Reason, Rows: input.Rows, Zeroing: input.Zeroing, Absent: input.Absent, At: g.Now(),
	})
	if err != nil {
		return 0, err
	}
	crash.At(crash.HoldRecorded)
	return warehouse.Guard.DecideWithin, g.Ledger.Release(ctx, input.Lease)
}

// Decide answers a hold, and signals every other run that waited on the same snapshot. The first answer stands, except that an approval lifts a
// rejection. In that case no run waits, so none is signalled.
func (g *Gate) Decide(ctx context.Context, input DecideInput) (DecideResult, error) {
	_, stop := heartbeat(ctx)
	defer stop()
	answered, err := g.Ledger.Decide(ctx, input.Run, input.Decision, input.By, g.Now())
	if err != nil {
		return DecideResult{}, convert("answering the hold", err, g.Now())
	}
	crash.At(crash.DecisionRecorded)
	result := DecideResult{Runs: []int64{input.Run}}
	for _, hold := range answered {
		if hold.Run == input.Run {
			result.Decision, result.By, result.Rows, result.Zeroing, result.Absent = hold.Decision, hold.By, hold.Rows, hold.Zeroing, hold.Absent
			result.Verdict = hold.Verdict()
			continue
		}
		result.Runs = append(result.Runs, hold.Run)
		if hold.Decision == Lifted {
			continue
		}
		if err := g.Executions.Decide(ctx, hold.Workflow, hold.Decision, hold.By); err != nil {
			return DecideResult{}, convert("telling "+hold.Workflow+" of the answer", err, g.Now())
		}
	}
	return result, nil
}

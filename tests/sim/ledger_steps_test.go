package sim

import (
	"context"
	"time"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
)

// What is only read to know what is to be done is no step: nobody dies there. Like those it takes no time.

func (l *watched) Connection(ctx context.Context, id string) (ledger.Connection, error) {
	if ctx.Err() != nil {
		return ledger.Connection{}, ctx.Err()
	}
	return l.Ledger.Connection(context.WithoutCancel(ctx), id)
}

func (l *watched) Warehouse(ctx context.Context, id string) (ledger.Warehouse, error) {
	if ctx.Err() != nil {
		return ledger.Warehouse{}, ctx.Err()
	}
	return l.Ledger.Warehouse(context.WithoutCancel(ctx), id)
}

func (l *watched) Store(ctx context.Context, id string) (ledger.Store, error) {
	if ctx.Err() != nil {
		return ledger.Store{}, ctx.Err()
	}
	return l.Ledger.Store(context.WithoutCancel(ctx), id)
}

// The steps of activities at which a process may die or stand still, and between which others have their turn.

func (l *watched) Begin(ctx context.Context, claim ledger.Claim) (result ledger.Grant, err error) {
	err = l.act(ctx, "Begin", func(ctx context.Context) error {
		result, err = l.Ledger.Begin(ctx, claim)
		return l.granted(result, err)
	})
	return result, err
}

func (l *watched) Await(
	ctx context.Context, store, workflow string, until, now time.Time,
) error {
	return l.act(ctx, "Await", func(ctx context.Context) error { return l.Ledger.Await(ctx, store, workflow, until, now) })
}

func (l *watched) Leave(
	ctx context.Context, workflowRun string, pass int, workflow string, end ledger.RunEnd,
) error {
	return l.act(ctx, "Leave", func(ctx context.Context) error { return l.Ledger.Leave(ctx, workflowRun, pass, workflow, end) })
}

func (l *watched) Release(ctx context.Context, lease ledger.Lease) error {
	return l.act(ctx, "Release", func(ctx context.Context) error { return l.Ledger.Release(ctx, lease) })
}

func (l *watched) Acquire(ctx context.Context, run int64, replace int64, now time.Time) (result ledger.Grant, err error) {
	err = l.act(ctx, "Acquire", func(ctx context.Context) error {
		result, err = l.Ledger.Acquire(ctx, run, replace, now)
		return l.granted(result, err)
	})
	return result, err
}

func (l *watched) EndRun(ctx context.Context, lease ledger.Lease, end ledger.RunEnd) error {
	return l.act(ctx, "EndRun", func(ctx context.Context) error { return l.Ledger.EndRun(ctx, lease, end) })
}

func (l *watched) Progress(
	ctx context.Context, run int64, phase string, counts ledger.Counts,
) error {
	return l.act(ctx, "Progress", func(ctx context.Context) error { return l.Ledger.Progress(ctx, run, phase, counts) })
}

func (l *watched) EndStage(
	ctx context.Context, run int64, stage ledger.Stage, next string, counts ledger.Counts, now time.Time,
) error {
	return l.act(ctx, "EndStage", func(ctx context.Context) error { return l.Ledger.EndStage(ctx, run, stage, next, counts, now) })
}

func (l *watched) NoteRequests(
	ctx context.Context, connection string, mode ledger.Mode, group string, requests []ledger.Request,
) error {
	return l.act(ctx, "NoteRequests", func(ctx context.Context) error { return l.Ledger.NoteRequests(ctx, connection, mode, group, requests) })
}

func (l *watched) EndUnserved(
	ctx context.Context, connection string, mode ledger.Mode, requests []ledger.Request, end ledger.RequestEnd,
) error {
	return l.act(ctx, "EndUnserved", func(ctx context.Context) error { return l.Ledger.EndUnserved(ctx, connection, mode, requests, end) })
}

func (l *watched) SkipRun(
	ctx context.Context, claim ledger.Claim, outcome ledger.Outcome, reason string,
) (result int64, err error) {
	err = l.act(ctx, "SkipRun", func(ctx context.Context) error {
		result, err = l.Ledger.SkipRun(ctx, claim, outcome, reason)
		return err
	})
	return result, err
}

func (l *watched) Share(
	ctx context.Context, lease ledger.Lease, query ledger.ShareQuery,
) (result ledger.Shared, err error) {
	err = l.act(ctx, "Share", func(ctx context.Context) error { result, err = l.Ledger.Share(ctx, lease, query); return err })
	return result, err
}

func (l *watched) Observe(
	ctx context.Context, warehouse string, observations []ledger.Observation, now time.Time,
) (result ledger.Observed, err error) {
	err = l.act(ctx, "Observe", func(ctx context.Context) error {
		result, err = l.Ledger.Observe(ctx, warehouse, observations, now)
		return err
	})
	return result, err
}

func (l *watched) RecordUpload(ctx context.Context, snapshot int64, end ledger.SnapshotEnd) (result ledger.SnapshotResult, err error) {
	err = l.act(ctx, "RecordUpload", func(ctx context.Context) error { result, err = l.Ledger.RecordUpload(ctx, snapshot, end); return err })
	return result, err
}

func (l *watched) SourceCursor(ctx context.Context, warehouse string) (result string, err error) {
	err = l.act(ctx, "SourceCursor", func(ctx context.Context) error { result, err = l.Ledger.SourceCursor(ctx, warehouse); return err })
	return result, err
}

func (l *watched) Stage(
	ctx context.Context, lease ledger.Lease, start ledger.SnapshotStart,
) (result int64, err error) {
	err = l.act(ctx, "Stage", func(ctx context.Context) error { result, err = l.Ledger.Stage(ctx, lease, start); return err })
	return result, err
}

func (l *watched) StageRows(
	ctx context.Context, snapshot int64, levels []inventory.Level, refusals []inventory.Refusal,
) error {
	return l.act(ctx, "StageRows", func(ctx context.Context) error { return l.Ledger.StageRows(ctx, snapshot, levels, refusals) })
}

func (l *watched) Confirm(
	ctx context.Context, lease ledger.Lease, snapshot int64, end ledger.SnapshotEnd,
) (result ledger.SnapshotResult, confirmed bool, err error) {
	err = l.act(ctx, "Confirm", func(ctx context.Context) error {
		result, confirmed, err = l.Ledger.Confirm(ctx, lease, snapshot, end)
		return err
	})
	return result, confirmed, err
}

func (l *watched) Record(
	ctx context.Context, lease ledger.Lease, snapshot int64, end ledger.SnapshotEnd,
) (result ledger.SnapshotResult, err error) {
	err = l.act(ctx, "Record", func(ctx context.Context) error { result, err = l.Ledger.Record(ctx, lease, snapshot, end); return err })
	return result, err
}

func (l *watched) Discard(ctx context.Context, snapshot int64) error {
	return l.act(ctx, "Discard", func(ctx context.Context) error { return l.Ledger.Discard(ctx, snapshot) })
}

func (l *watched) Pages(ctx context.Context, warehouse string) (result []byte, err error) {
	err = l.act(ctx, "Pages", func(ctx context.Context) error { result, err = l.Ledger.Pages(ctx, warehouse); return err })
	return result, err
}

func (l *watched) Plan(ctx context.Context, connection string, mode ledger.Mode) (result ledger.Plan, err error) {
	err = l.act(ctx, "Plan", func(ctx context.Context) error { result, err = l.Ledger.Plan(ctx, connection, mode); return err })
	return result, err
}

func (l *watched) Affected(
	ctx context.Context, plan ledger.Plan, scope []string, after string, limit int,
) (result []ledger.Affected, err error) {
	err = l.act(ctx, "Affected", func(ctx context.Context) error {
		result, err = l.Ledger.Affected(ctx, plan, scope, after, limit)
		return err
	})
	return result, err
}

func (l *watched) Inputs(ctx context.Context, plan ledger.Plan, products []string) (result []inventory.Input, err error) {
	err = l.act(ctx, "Inputs", func(ctx context.Context) error { result, err = l.Ledger.Inputs(ctx, plan, products); return err })
	return result, err
}

func (l *watched) Resolve(
	ctx context.Context, lease ledger.Lease, plan ledger.Plan, page []ledger.Resolution, now time.Time,
) (result int64, err error) {
	err = l.act(ctx, "Resolve", func(ctx context.Context) error {
		result, err = l.Ledger.Resolve(ctx, lease, plan, page, now)
		return l.fenced(lease, err)
	})
	return result, err
}

func (l *watched) AdvanceCursor(ctx context.Context, lease ledger.Lease, plan ledger.Plan) error {
	return l.act(ctx, "AdvanceCursor", func(ctx context.Context) error { return l.fenced(lease, l.Ledger.AdvanceCursor(ctx, lease, plan)) })
}

func (l *watched) Due(ctx context.Context, connection string, scope []string) (result ledger.Due, err error) {
	err = l.act(ctx, "Due", func(ctx context.Context) error { result, err = l.Ledger.Due(ctx, connection, scope); return err })
	return result, err
}

func (l *watched) Zeroed(ctx context.Context, connection string, since time.Time) (result ledger.Zeroed, err error) {
	err = l.act(ctx, "Zeroed", func(ctx context.Context) error { result, err = l.Ledger.Zeroed(ctx, connection, since); return err })
	return result, err
}

func (l *watched) ApproveZeroing(ctx context.Context, lease ledger.Lease) error {
	return l.act(ctx, "ApproveZeroing", func(ctx context.Context) error { return l.fenced(lease, l.Ledger.ApproveZeroing(ctx, lease)) })
}

func (l *watched) DissolveZeroing(ctx context.Context, lease ledger.Lease, now time.Time) (result []ledger.Hold, err error) {
	err = l.act(ctx, "DissolveZeroing", func(ctx context.Context) error {
		result, err = l.Ledger.DissolveZeroing(ctx, lease, now)
		return l.fenced(lease, err)
	})
	return result, err
}

func (l *watched) OpenCalls(ctx context.Context, connection string) (result []ledger.CallStanding, err error) {
	err = l.act(ctx, "OpenCalls", func(ctx context.Context) error { result, err = l.Ledger.OpenCalls(ctx, connection); return err })
	return result, err
}

func (l *watched) NextDue(ctx context.Context, query ledger.DueQuery) (result []ledger.DueItem, err error) {
	err = l.act(ctx, "NextDue", func(ctx context.Context) error { result, err = l.Ledger.NextDue(ctx, query); return err })
	return result, err
}

func (l *watched) Intend(
	ctx context.Context, lease ledger.Lease, intents ...ledger.Intent,
) error {
	if len(intents) == 0 { // nothing is written, so nothing is refused
		return l.act(ctx, "Intend", func(ctx context.Context) error { return l.Ledger.Intend(ctx, lease) })
	}
	return l.act(ctx, "Intend", func(ctx context.Context) error { return l.fenced(lease, l.Ledger.Intend(ctx, lease, intents...)) })
}

func (l *watched) Resend(
	ctx context.Context, lease ledger.Lease, key string, deadline, now time.Time,
) error {
	return l.act(ctx, "Resend", func(ctx context.Context) error {
		return l.fenced(lease, l.Ledger.Resend(ctx, lease, key, deadline, now))
	})
}

func (l *watched) ApplyResponses(
	ctx context.Context, lease ledger.Lease, answers ...ledger.Response,
) error {
	if len(answers) == 0 {
		return l.act(ctx, "ApplyResponses", func(ctx context.Context) error { return l.Ledger.ApplyResponses(ctx, lease) })
	}
	return l.act(ctx, "ApplyResponses", func(ctx context.Context) error {
		return l.fenced(lease, l.Ledger.ApplyResponses(ctx, lease, answers...))
	})
}

func (l *watched) Abandon(
	ctx context.Context, lease ledger.Lease, key, reason string, now time.Time,
) error {
	return l.act(ctx, "Abandon", func(ctx context.Context) error {
		return l.fenced(lease, l.Ledger.Abandon(ctx, lease, key, reason, now))
	})
}

func (l *watched) Remember(
	ctx context.Context, lease ledger.Lease, references map[string]string, now time.Time,
) error {
	return l.act(ctx, "Remember", func(ctx context.Context) error {
		return l.fenced(lease, l.Ledger.Remember(ctx, lease, references, now))
	})
}

func (l *watched) Forget(ctx context.Context, lease ledger.Lease, skus []string) error {
	return l.act(ctx, "Forget", func(ctx context.Context) error { return l.fenced(lease, l.Ledger.Forget(ctx, lease, skus)) })
}

func (l *watched) Park(
	ctx context.Context, lease ledger.Lease, items []ledger.DueItem, answers []ledger.ItemResponse, now time.Time,
) error {
	return l.act(ctx, "Park", func(ctx context.Context) error {
		return l.fenced(lease, l.Ledger.Park(ctx, lease, items, answers, now))
	})
}

func (l *watched) Hold(ctx context.Context, hold ledger.Hold) error {
	return l.act(ctx, "Hold", func(ctx context.Context) error { return l.Ledger.Hold(ctx, hold) })
}

func (l *watched) Decide(
	ctx context.Context, run int64, decision, by string, now time.Time,
) (result []ledger.Hold, err error) {
	err = l.act(ctx, "Decide", func(ctx context.Context) error {
		result, err = l.Ledger.Decide(ctx, run, decision, by, now)
		return err
	})
	return result, err
}

func (l *watched) Moves(
	ctx context.Context, plan ledger.Plan, page []ledger.Resolution,
) (result ledger.Moves, err error) {
	err = l.act(ctx, "Moves", func(ctx context.Context) error { result, err = l.Ledger.Moves(ctx, plan, page); return err })
	return result, err
}

func (l *watched) Newest(ctx context.Context, connection string) (result ledger.Cursor, err error) {
	err = l.act(ctx, "Newest", func(ctx context.Context) error { result, err = l.Ledger.Newest(ctx, connection); return err })
	return result, err
}

package control

import (
	"context"
	"errors"
	"time"

	"github.com/tidemark/tidemark/control/gateway"
	"github.com/tidemark/tidemark/ledger"
)

// cancel stops a run, or ends one whose workflow is over; see Cancel.
func (c *Control) cancel(ctx context.Context, id int64) (ledger.Run, error) {
	run, err := c.state.Run(ctx, id)
	if errors.Is(err, ledger.ErrNotFound) {
		return run, noRun(id)
	} else if err != nil {
		return run, err
	}
	if run.EndedAt != nil {
		return run, usage("run %d of %s has ended already (%s)", id, run.Connection, run.Outcome)
	}
	alive, err := (&Executions{control: c}).Alive(ctx, run.Workflow, run.WorkflowRun)
	if err != nil {
		return run, err
	}
	if alive {
		err = c.temporal.Cancel(ctx, run.Workflow)
		if gateway.Absent(err) {
			err = nil // it has ended at this moment
		}
		return run, err
	}
	err = c.state.EndRun(ctx, ledger.Lease{Store: run.Store, Run: run.ID}, ledger.RunEnd{
		Outcome: ledger.Cancelled, Reason: "its workflow was over without having ended it", Counts: run.Counts, Now: c.now(),
	})
	if err != nil {
		return run, err
	}
	return c.state.Run(ctx, id)
}

// AwaitRunEnd waits until a run has ended, and returns the ended run. When the time within is over first, it returns the open run.
func (c *Control) AwaitRunEnd(ctx context.Context, id int64, within time.Duration) (ledger.Run, error) {
	ticker := time.NewTicker(250 * time.Millisecond)
	defer ticker.Stop()
	over := time.NewTimer(within)
	defer over.Stop()
	for {
		run, err := c.state.Run(ctx, id)
		if err != nil || run.EndedAt != nil {
			return run, err
		}
		select {
		case <-ctx.Done():
			return run, ctx.Err()
		case <-over.C:
			return run, nil
		case <-ticker.C:
		}
	}
}

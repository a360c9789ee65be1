package control

import (
	"context"
	"fmt"
	"strings"

	"github.com/tidemark/tidemark/activities"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/workflows"
)

// LiftedRejections is the result of taking back the rejections of a connection.
type LiftedRejections struct {
	SyncAnswer // of the Smart Sync that pushes the figures which the rejections kept
	// Lifted are the runs whose rejected holds were taken back, the newest first.
	Lifted []int64 `json:"lifted"`
}

// liftRejections takes back the rejections that keep figures of a connection above 0, and asks for a Smart Sync; see LiftRejections. It takes
// nothing back while Temporal does not answer, because no run could be asked for. Beside an error, the result lists what was taken back before.
func (c *Control) liftRejections(ctx context.Context, id string, kept ledger.Kept, request workflows.SyncRequest) (LiftedRejections, error) {
	lifted := LiftedRejections{Lifted: []int64{}}
	connection, err := c.checkSyncRequest(ctx, id, request)
	if err != nil {
		return lifted, err
	}
	if len(kept.Runs) == 0 {
		return lifted, usage("no figure of %s stays above what it should be any more", id)
	}
	if _, err := c.isOpen(ctx, workflows.WorkflowID(ledger.Smart, connection.ID)); err != nil {
		return lifted, err
	}
	for _, run := range kept.Runs {
		if _, err := c.state.Decide(ctx, run, activities.Approved, request.By, c.now()); err != nil {
			return lifted, fmt.Errorf("taking back the rejection of run %d: %w", run, err)
		}
		lifted.Lifted = append(lifted.Lifted, run)
	}
	if lifted.SyncAnswer, err = c.syncWithAnswer(ctx, ledger.Smart, connection.ID, request); err != nil {
		return lifted, fmt.Errorf("what was rejected in %s is taken back, and the next Smart Sync pushes it; none could be asked for now: %w",
			runNames(lifted.Lifted), err)
	}
	return lifted, nil
}

// keptFigures are the figures of a connection that rejections keep above 0; none where the ledger does not have the connection.
func (c *Control) keptFigures(ctx context.Context, id string) (ledger.Kept, error) {
	states, err := c.state.ConnectionStates(ctx, []string{id}, c.now())
	if err != nil || states[id] == nil {
		return ledger.Kept{}, err
	}
	return states[id].Kept, nil
}

// runNames lists runs in words: run 9, run 6.
func runNames(runs []int64) string {
	names := make([]string, len(runs))
	for i, run := range runs {
		names[i] = runName(run)
	}
	return strings.Join(names, ", ")
}

package activities

import (
	"context"
	"time"

	"go.temporal.io/sdk/activity"

	"github.com/tidemark/tidemark/ledger"
)

// tellPatience is how long a step takes at most to tell held runs that nobody need decide any more.
const tellPatience = 10 * time.Second

// tellDissolved tells the workflows of held runs that their holds have dissolved. The ledger knows it already, and a held run is checked again by
// itself, so who cannot be told does not make the step fail.
func tellDissolved(ctx context.Context, executions Executions, dissolved []ledger.Hold) {
	if len(dissolved) == 0 {
		return
	}
	telling, cancel := context.WithTimeout(ctx, tellPatience)
	defer cancel()
	for _, hold := range dissolved {
		if err := executions.Dissolved(telling, hold.Workflow, hold.Run, hold.By); err != nil {
			activity.GetLogger(ctx).Warn("a held run could not be told that its hold has dissolved; it is checked again by itself",
				"workflow", hold.Workflow, "run", hold.Run, "by", hold.By, "error", err)
		}
	}
}

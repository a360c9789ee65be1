package activities

import (
	"context"
	"time"

	"go.temporal.io/sdk/activity"

	"github.com/tidemark/tidemark/ledger"
)

// signalPatience is how long a step may take to signal held runs that their holds have dissolved.
const signalPatience = 10 * time.Second

// signalDissolved signals the workflows of held runs that their holds have dissolved. A signal that fails does not make the step fail, because
// the ledger has recorded it, and a held run checks again by itself.
func signalDissolved(ctx context.Context, executions Executions, dissolved []ledger.Hold) {
	if len(dissolved) == 0 {
		return
	}
	limited, cancel := context.WithTimeout(ctx, signalPatience)
	defer cancel()
	for _, hold := range dissolved {
		if err := executions.Dissolved(limited, hold.Workflow, hold.Run, hold.By); err != nil {
			activity.GetLogger(ctx).Warn("a held run could not be told that its hold has dissolved; it is checked again by itself",
				"workflow", hold.Workflow, "run", hold.Run, "by", hold.By, "error", err)
		}
	}
}

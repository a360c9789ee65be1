package workflows

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/workflow"
)

// The death of a worker is noticed by the silence of its step, whichever step it was.
func TestASilentStepIsGivenToAnotherWorkerSoon(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]workflow.ActivityOptions{
		"begin": beginOptions, "fetch": fetchOptions, "resolve": resolveOptions, "push": pushOptions, "hold": holdOptions, "note": noteOptions,
		"finish": finishOptions, "record": recordOptions, "request": requestOptions,
	} {
		require.Equal(t, 5*time.Second, row.HeartbeatTimeout, name)
		require.LessOrEqual(t, row.RetryPolicy.InitialInterval, time.Second, name)
	}
}

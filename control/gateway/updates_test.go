package gateway

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
)

// An update that brought no answer was refused, for the reason that the workflow gives, or was not answered, or failed in another way.
func TestWhatIsSaidOfAFailedUpdate(t *testing.T) {
	t.Parallel()
	for name, err := range map[string]error{
		"a worker of before":       temporal.NewApplicationError("unknown update sync. KnownUpdates=[]", ""),
		"no worker":                client.NewWorkflowUpdateServiceTimeoutOrCanceledError(context.DeadlineExceeded),
		"no worker, by the server": fmt.Errorf("asking: %w", serviceerror.NewDeadlineExceeded("late")),
		"too late":                 context.DeadlineExceeded,
		"2,000 updates in one run": serviceerror.NewResourceExhausted(0, "limit exceeded"),
	} {
		require.ErrorIs(t, updateError(err), ErrUnanswered, name)
		require.ErrorIs(t, updateError(err), err, name)
	}
	for name, err := range map[string]error{
		"the workflow is over": serviceerror.NewNotFound("no"),
		"no Temporal":          errors.New("connection refused"),
		"who asks has gone":    context.Canceled,
		"an answer":            nil,
	} {
		require.Equal(t, err, updateError(err), name)
	}
	var refused *RefusedError
	require.ErrorAs(t, updateError(fmt.Errorf("asking: %w", temporal.NewApplicationError("501 SKUs are too many", ""))), &refused)
	require.Equal(t, "501 SKUs are too many", refused.Reason)
}

func TestAbsent(t *testing.T) {
	t.Parallel()
	require.True(t, Absent(fmt.Errorf("schedule x: %w", serviceerror.NewNotFound("no"))))
	require.False(t, Absent(serviceerror.NewUnavailable("down")))
	require.False(t, Absent(nil))
}

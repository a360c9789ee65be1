package control

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

// What is done about an update that brought no answer: who asked is told why it was refused, and what was not answered goes by signal.
func TestWhatIsDoneAboutAFailedUpdate(t *testing.T) {
	t.Parallel()
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	for name, one := range map[string]struct {
		ctx  context.Context
		err  error
		want updateFailure
	}{
		"refused":                       {t.Context(), temporal.NewApplicationError("501 SKUs are more than one request may name", ""), updateRefused},
		"a worker of before":            {t.Context(), temporal.NewApplicationError("unknown update sync. KnownUpdates=[]", ""), updateUnanswered},
		"no worker":                     {t.Context(), client.NewWorkflowUpdateServiceTimeoutOrCanceledError(context.DeadlineExceeded), updateUnanswered},
		"no worker, by the server":      {t.Context(), fmt.Errorf("asking: %w", serviceerror.NewDeadlineExceeded("late")), updateUnanswered},
		"too late":                      {t.Context(), context.DeadlineExceeded, updateUnanswered},
		"2,000 updates in one run":      {t.Context(), serviceerror.NewResourceExhausted(0, "limit exceeded"), updateUnanswered},
		"who asks has gone":             {gone, context.DeadlineExceeded, updateFailed},
		"the workflow is over":          {t.Context(), serviceerror.NewNotFound("no"), updateFailed},
		"no Temporal":                   {t.Context(), errors.New("connection refused"), updateFailed},
		"refused, and who asks is gone": {gone, temporal.NewApplicationError("no", ""), updateRefused},
	} {
		require.Equal(t, one.want, unansweredUpdate(one.ctx, one.err), name)
	}
}

package main

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/protobuf/types/known/timestamppb"
)

type queues map[enumspb.TaskQueueType]func() (*workflowservice.DescribeTaskQueueResponse, error)

func (q queues) DescribeTaskQueue(_ context.Context, _ string, kind enumspb.TaskQueueType) (*workflowservice.DescribeTaskQueueResponse, error) {
	return q[kind]()
}

// TestReadinessIsThatThisProcessPolls: a server that answers is not enough, nor are the polls of other processes or of an hour ago.
func TestReadinessIsThatThisProcessPolls(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, time.March, 1, 12, 0, 0, 0, time.UTC)
	type reply = func() (*workflowservice.DescribeTaskQueueResponse, error)
	polled := func(identity string, ago time.Duration) reply {
		return func() (*workflowservice.DescribeTaskQueueResponse, error) {
			return &workflowservice.DescribeTaskQueueResponse{Pollers: []*taskqueuepb.PollerInfo{
				{Identity: "other", LastAccessTime: timestamppb.New(now)},
				{Identity: identity, LastAccessTime: timestamppb.New(now.Add(-ago))},
			}}, nil
		}
	}
	failing := func(err error) reply {
		return func() (*workflowservice.DescribeTaskQueueResponse, error) { return nil, err }
	}
	fresh := polled("me", time.Minute)
	for name, test := range map[string]struct {
		workflows, activities reply
		want                  error
	}{
		"it polls for both":              {fresh, fresh, nil},
		"never for workflows":            {polled("you", 0), fresh, errNoPolls},
		"never for activities":           {fresh, polled("you", 0), errNoPolls},
		"not any more for workflows":     {polled("me", pollFresh), fresh, errNoPolls},
		"not any more for activities":    {fresh, polled("me", pollFresh), errNoPolls},
		"the namespace is gone":          {failing(&serviceerror.NamespaceNotFound{}), fresh, errNoNamespace},
		"Temporal does not answer":       {failing(errors.New("refused")), fresh, errNoTemporal},
		"Temporal answers one question":  {fresh, failing(errors.New("refused")), errNoTemporal},
		"the namespace goes in between ": {fresh, failing(&serviceerror.NamespaceNotFound{}), errNoNamespace},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			queried := queues{enumspb.TASK_QUEUE_TYPE_WORKFLOW: test.workflows, enumspb.TASK_QUEUE_TYPE_ACTIVITY: test.activities}
			err := polls{temporal: queried, identity: "me", now: func() time.Time { return now }}.check(t.Context())
			require.Equal(t, test.want, err)
		})
	}
	require.NotEqual(t, identify(), identify(), "no two processes have the same, whatever their machine calls itself")
}

// TestAFatalErrorEndsTheWorker with the reason, also when it is told to stop at that moment.
func TestAFatalErrorEndsTheWorker(t *testing.T) {
	t.Parallel()
	gone := errors.New("the namespace is gone")
	fatal := make(chan error, 1)
	stopped, stop := context.WithCancel(t.Context())
	stop()
	require.NoError(t, untilOver(stopped, fatal))
	fatal <- gone
	require.ErrorIs(t, untilOver(t.Context(), fatal), gone)
	for range 20 { // whichever of the two is noticed first
		fatal <- gone
		require.ErrorIs(t, untilOver(stopped, fatal), gone)
	}
}

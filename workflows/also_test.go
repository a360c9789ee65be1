package workflows

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/activities"
	"github.com/tidemark/tidemark/ledger"
)

// Requests that share a signal are requests like others: each is known by its id, once, and asks for what the signal's own does.
func TestRequestsThatShareASignal(t *testing.T) {
	t.Parallel()
	b := setup(t)
	var asked []ledger.Request
	var scope []string
	b.OnActivity(gate.Begin, mock.Anything, mock.Anything).Return(func(_ context.Context, in activities.BeginInput) (activities.BeginResult, error) {
		asked, scope = append(asked, in.Requests...), in.Scope
		return activities.BeginResult{Action: activities.BeginGo, Lease: lease, Mode: ledger.Smart}, nil
	})
	b.goes()
	b.RegisterDelayedCallback(func() {
		b.SignalWorkflow(SignalSyncRequested,
			SyncRequest{ID: "a", By: "ada", SKUs: []string{"BIKE"}, Also: []AlsoRequested{{ID: "b", By: "bob"}, {ID: "a"}, {ID: "c"}, {}}})
		b.SignalWorkflow(SignalSyncRequested, SyncRequest{ID: "c", SKUs: []string{"BIKE"}, Also: []AlsoRequested{{ID: "d"}}})
	}, 0)
	b.ExecuteWorkflow(SmartSync, SyncInput{Connection: "acme"})
	b.result()
	require.Equal(t, []string{"BIKE"}, scope)
	var ids []string
	for _, one := range asked {
		ids = append(ids, one.ID+" "+one.By)
	}
	require.Len(t, ids, 5)
	require.Equal(t, []string{"a ada", "b bob", "c "}, ids[:3])
	require.Contains(t, ids, "d ")
}

// Many signals of many requests are one pass, and their ids are kept.
func TestABurstOfSharedSignalsIsOnePass(t *testing.T) {
	t.Parallel()
	b := setup(t)
	noted := 0
	b.OnActivity(gate.Note, mock.Anything, mock.Anything).Return(func(_ context.Context, in activities.RequestsInput) (activities.RequestsResult, error) {
		noted += len(in.Requests)
		return activities.RequestsResult{}, nil
	})
	b.goes()
	const signals = 100
	b.RegisterDelayedCallback(func() {
		for n := range signals {
			request := SyncRequest{ID: fmt.Sprint(n)}
			for m := range MostAlso {
				request.Also = append(request.Also, AlsoRequested{ID: fmt.Sprint(n, "/", m)})
			}
			b.SignalWorkflow(SignalSyncRequested, request)
		}
	}, 0)
	b.ExecuteWorkflow(SmartSync, SyncInput{Connection: "acme"})
	report := b.result()
	require.Equal(t, 1, report.Passes)
	require.Equal(t, signals*(1+MostAlso), noted)
}

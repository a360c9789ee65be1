package control

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"

	"github.com/tidemark/tidemark/control/gateway"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/workflows"
)

// started is a Temporal whose workers answer each update with a run that started.
type started struct {
	gateway.Temporal
	away    bool
	updates []gateway.Update
}

func (s *started) Describe(ctx context.Context, workflow string) (*workflowservice.DescribeWorkflowExecutionResponse, error) {
	if s.away {
		return nil, serviceerror.NewUnavailable("down")
	}
	return s.Temporal.Describe(ctx, workflow)
}

func (s *started) UpdateWithStart(_ context.Context, _ gateway.Start, update gateway.Update, answer any) (string, error) {
	s.updates = append(s.updates, update)
	*answer.(*workflows.SyncAnswer) = workflows.SyncAnswer{Answer: workflows.SyncStarted, Run: 12}
	return "run", nil
}

// rejectZeroes has figures of acme-shop stay above 0, because bob rejected to take them there; it returns the run that was held.
func rejectZeroes(t *testing.T, state ledger.Ledger) int64 {
	t.Helper()
	lease := runIn(t, state, "rejected", noon)
	snapshotOf(t, state, lease, 5, "A", "B", "C")
	resolved(t, state, lease, true)
	snapshotOf(t, state, lease, 0, "A", "B", "C")
	resolved(t, state, lease, false)
	require.NoError(t, state.Hold(t.Context(), ledger.Hold{
		Run: lease.Run, Kind: ledger.HoldZeroing, Connection: "acme-shop", Warehouse: "depot", Workflow: "w", Reason: "much to 0", At: noon.Add(time.Second),
	}))
	_, err := state.Decide(t.Context(), lease.Run, "rejected", "bob", noon)
	require.NoError(t, err)
	require.NoError(t, state.EndRun(t.Context(), lease, ledger.RunEnd{Outcome: ledger.Completed, Now: noon}))
	return lease.Run
}

// The rejections of all figures that stay too high are taken back, and one run is asked for, with one entry in the activity log. Where no figure
// stays too high that is refused, and while Temporal does not answer nothing is taken back.
func TestRejectionsAreLifted(t *testing.T) {
	t.Parallel()
	s := newScheduled(t)
	temporal := &started{Temporal: s.temporal}
	s.temporal = temporal
	state := wholeLedger(s.state)
	_, err := s.LiftRejections(acting(t), "acme-shop", workflows.SyncRequest{By: "ann"})
	require.EqualError(t, err, "no figure of acme-shop stays above what it should be any more")
	_, err = s.LiftRejections(acting(t), "none", workflows.SyncRequest{By: "ann"})
	require.ErrorContains(t, err, `there is no connection "none"`)

	held := rejectZeroes(t, state)
	kept, err := s.keptFigures(t.Context(), "acme-shop")
	require.NoError(t, err)
	require.EqualValues(t, 3, kept.Rows)
	require.Equal(t, []int64{held}, kept.Runs)
	lifted, err := s.LiftRejections(acting(t), "acme-shop", workflows.SyncRequest{ID: "r", By: "ann"})
	require.NoError(t, err)
	require.Equal(t, []int64{held}, lifted.Lifted)
	require.EqualValues(t, 12, lifted.ByRun)
	require.Len(t, temporal.updates, 1)
	require.Equal(t, workflows.SyncRequest{ID: "r", By: "ann"}, temporal.updates[0].Payload)
	kept, err = s.keptFigures(t.Context(), "acme-shop")
	require.NoError(t, err)
	require.Empty(t, kept.Words())
	hold, err := state.HoldOf(t.Context(), held)
	require.NoError(t, err)
	require.Equal(t, []string{"lifted", "ann"}, []string{hold.Decision, hold.By})

	noted, err := s.Log(t.Context(), ledger.AuditQuery{Limit: 3})
	require.NoError(t, err)
	require.Equal(t, []string{"lift rejections", "acme-shop", "done"}, []string{noted[0].Act, noted[0].On, string(noted[0].Result)})
	require.Contains(t, noted[0].Before, "3 figures stay above 0: taking them to 0 was rejected by bob")
	require.Equal(t, "taken back: "+runName(held)+"; Smart Sync started, run 12, request r", noted[0].After)
	require.Equal(t, ledger.AuditRefused, noted[1].Result)
	require.Equal(t, ledger.AuditRefused, noted[2].Result)
}

func TestRejectionsStayWhileTemporalDoesNotAnswer(t *testing.T) {
	t.Parallel()
	s := newScheduled(t)
	rejectZeroes(t, wholeLedger(s.state))
	s.temporal = &started{Temporal: s.temporal, away: true}
	_, err := s.LiftRejections(acting(t), "acme-shop", workflows.SyncRequest{By: "ann"})
	require.ErrorContains(t, err, "down")
	kept, err := s.keptFigures(t.Context(), "acme-shop")
	require.NoError(t, err)
	require.EqualValues(t, 3, kept.Rows)
}

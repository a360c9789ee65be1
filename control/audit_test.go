package control

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/mocks"

	"github.com/tidemark/tidemark/control/gateway"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/workflows"
)

var ann = Actor{Name: "ann", Face: FacePage, Role: ledger.Admin}

// acting is the context of ann, who may do everything.
func acting(t *testing.T) context.Context {
	t.Helper()
	return WithActor(t.Context(), ann)
}

// Every act is noted with who did it, also when it was refused or failed, and reading is not.
func TestActsAreNoted(t *testing.T) {
	t.Parallel()
	away := errors.New("no server answers")
	type act func(ctx context.Context, c *Control) error
	for name, test := range map[string]struct {
		do   act
		want ledger.AuditEntry
	}{
		"a sync of no connection": {func(ctx context.Context, c *Control) error {
			_, err := c.Sync(ctx, ledger.Full, "other", workflows.SyncRequest{})
			return err
		}, ledger.AuditEntry{Act: "Full Sync", On: "other", Result: ledger.AuditRefused, Reason: `there is no connection "other"; there are acme-shop`}},
		"a push without Temporal": {func(ctx context.Context, c *Control) error {
			_, err := c.SyncWithAnswer(ctx, ledger.Smart, "acme-shop", workflows.SyncRequest{})
			return err
		}, ledger.AuditEntry{Act: "Smart Sync", On: "acme-shop", Result: ledger.AuditFailed, Reason: "asking Temporal for smart-sync/acme-shop: no server answers"}},
		"a push of SKUs that nobody knows": {func(ctx context.Context, c *Control) error {
			_, err := c.SyncWithAnswer(ctx, ledger.Smart, "acme-shop", workflows.SyncRequest{SKUs: []string{"BIKE", "LAMP"}})
			return err
		}, ledger.AuditEntry{
			Act: "Smart Sync of BIKE, LAMP", On: "acme-shop", Result: ledger.AuditRefused,
			Reason: `nothing is known of a SKU "BIKE" of acme: no warehouse has reported it, and no product, bundle or listing has it; check the spelling ` +
				`(capitals and spaces count)`,
		}},
		"a pause of no connection": {func(ctx context.Context, c *Control) error {
			_, err := c.Pause(ctx, "other", "ann", "a sale")
			return err
		}, ledger.AuditEntry{Act: "pause", On: "other", Result: ledger.AuditRefused, Reason: `there is no connection "other"; there are acme-shop`}},
		"a resume of no connection": {func(ctx context.Context, c *Control) error {
			_, err := c.Resume(ctx, "other", "ann")
			return err
		}, ledger.AuditEntry{Act: "resume", On: "other", Result: ledger.AuditRefused, Reason: `there is no connection "other"; there are acme-shop`}},
		"a cancel of no run": {func(ctx context.Context, c *Control) error {
			_, err := c.Cancel(ctx, 12)
			return err
		}, ledger.AuditEntry{Act: "cancel", On: "run 12", Result: ledger.AuditRefused, Reason: "there is no run 12; starter runs lists them"}},
		"an approval of nothing": {func(ctx context.Context, c *Control) error {
			_, err := c.Decide(ctx, 12, true, "ann")
			return err
		}, ledger.AuditEntry{Act: "approve", On: "run 12", Result: ledger.AuditRefused, Reason: "there is no run 12; starter runs lists them"}},
		"a rejection of nothing": {func(ctx context.Context, c *Control) error {
			_, err := c.Decide(ctx, 12, false, "ann")
			return err
		}, ledger.AuditEntry{Act: "reject", On: "run 12", Result: ledger.AuditRefused, Reason: "there is no run 12; starter runs lists them"}},
		"a relearn": {func(ctx context.Context, c *Control) error {
			_, err := c.RefreshIDs(ctx, "shop", nil)
			return err
		}, ledger.AuditEntry{Act: "relearn", On: "shop", After: "0 items forgotten, 0 figures due", Result: ledger.AuditDone}},
		"a restored ledger": {func(ctx context.Context, c *Control) error { return c.Restored(ctx, "ann", "a disk was lost") }, ledger.AuditEntry{
			Act: "declare the ledger restored", On: "the ledger", After: "a disk was lost", Result: ledger.AuditDone,
		}},
		"a schedule that is set": {func(ctx context.Context, c *Control) error {
			c.temporal = nil // a worker brings Temporal to it
			_, err := c.EditSchedule(ctx, "acme-shop", ledger.Smart, ScheduleEdit{
				Schedule: ledger.Schedule{Rules: []ledger.Rule{{Every: 2 * time.Hour}}, Timezone: "UTC"}, Reason: "the sale", By: "ann",
			})
			return err
		}, ledger.AuditEntry{
			Act: "set the smart schedule", On: "acme-shop", Before: "every 60 minutes (UTC), as the configuration says",
			After: "every 2 hours (UTC), overridden by ann (the sale)", Result: ledger.AuditDone,
		}},
		"a schedule that nothing was set of": {func(ctx context.Context, c *Control) error {
			_, err := c.ClearOverride(ctx, "acme-shop", ledger.Full, 0)
			return err
		}, ledger.AuditEntry{
			Act: "clear the full schedule", On: "acme-shop", Before: "by hand only, as the configuration says", Result: ledger.AuditRefused,
			Reason: "nothing was changed: nothing is set of the full schedule of acme-shop beside the configuration",
		}},
		"advice from no runs": {func(ctx context.Context, c *Control) error {
			_, err := c.ApplyAdvice(ctx, "acme-shop", 0, "ann")
			return err
		}, ledger.AuditEntry{
			Act: "apply the advice", On: "acme-shop", Before: "every 60 minutes (UTC), as the configuration says", Result: ledger.AuditRefused,
			Reason: "nothing was changed: 0 of 20 runs: there is no advice before that many Smart Syncs of everything have gone through.",
		}},
		"advice that nobody applied": {func(ctx context.Context, c *Control) error {
			_, err := c.UndoAdvice(ctx, "acme-shop", 0)
			return err
		}, ledger.AuditEntry{
			Act: "undo the advice", On: "acme-shop", Before: "every 60 minutes (UTC), as the configuration says", Result: ledger.AuditRefused,
			Reason: "nothing was changed: what is in force for Smart Sync of acme-shop was not applied from advice",
		}},
		"an apply without Temporal": {func(ctx context.Context, c *Control) error {
			_, err := c.Apply(ctx, ledger.Definitions{Connections: []ledger.Connection{{ID: "acme-shop"}}}, ApplyOptions{From: "host: a.yaml"})
			return err
		}, ledger.AuditEntry{
			From: FaceFile, Act: "apply", On: "host: a.yaml", Result: ledger.AuditFailed,
			Reason: "nothing was changed; schedule smart-sync/acme-shop: no server answers",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			temporal := mocks.NewClient(t)
			temporal.On("DescribeWorkflowExecution", mock.Anything, mock.Anything, "").Return(nil, away).Maybe()
			schedules, handle := mocks.NewScheduleClient(t), mocks.NewScheduleHandle(t)
			temporal.On("ScheduleClient").Return(schedules).Maybe()
			schedules.On("GetHandle", mock.Anything, mock.Anything).Return(handle).Maybe()
			handle.On("Describe", mock.Anything).Return(nil, away).Maybe()
			c := &Control{state: shopLedger(t), temporal: gateway.New(temporal, "shops"), now: func() time.Time { return noon }}
			gone, cancel := context.WithCancel(WithActor(t.Context(), ann))
			defer cancel()
			err := test.do(gone, c)
			require.Equal(t, test.want.Result == ledger.AuditDone, err == nil, err)
			noted, err := c.Log(t.Context(), ledger.AuditQuery{Limit: 10})
			require.NoError(t, err)
			require.Len(t, noted, 1)
			require.True(t, noted[0].At.Equal(noon))
			want := test.want
			want.ID, want.At, want.Who = noted[0].ID, noted[0].At, "ann"
			if want.From == "" {
				want.From = FacePage
			}
			require.Equal(t, want, noted[0])
		})
	}
}

// An act is noted although who asked for it has gone, and one that cannot be noted is not called done.
func TestNotingAnActIsNotLost(t *testing.T) {
	t.Parallel()
	state := emptyLedger(t)
	c := &Control{state: state, now: func() time.Time { return noon }}
	ctx, leave := context.WithCancel(WithActor(t.Context(), ann))
	_, err := audited(ctx, c, &auditedAct{
		kind: ActPause, act: "wave", on: "the shop", before: "still",
	}, func(text string) string { return text }, func() (string, error) {
		leave()
		return "waved", nil
	})
	require.NoError(t, err)
	noted, err := c.Log(t.Context(), ledger.AuditQuery{Limit: 10})
	require.NoError(t, err)
	require.Len(t, noted, 1)
	require.Equal(t, "still → waved", noted[0].Before+" → "+noted[0].After)

	lost := errors.New("the disk is full")
	c.state = deaf{state, lost}
	_, err = audited(acting(t), c, &auditedAct{kind: ActPause, act: "wave", on: "the shop"}, func(text string) string { return text },
		func() (string, error) { return "waved", nil })
	require.ErrorIs(t, err, lost)
	require.EqualError(t, err, "wave on the shop: done, and that could not be noted in the activity log: the disk is full")
}

// deaf is a ledger in which nothing can be noted.
type deaf struct {
	ledger.Ledger
	err error
}

func (d deaf) Audit(context.Context, ledger.AuditEntry) error { return d.err }

// The changes of an apply are listed, and a long list is cut.
func TestWhatAnApplyChangedIsNoted(t *testing.T) {
	t.Parallel()
	require.Equal(t, "nothing differed", applyOutcome(ApplyReport{}))
	require.Equal(t, "changed connection acme-shop: interval 1h, created store shop, paused schedule smart-sync/acme-shop, smart schedule of acme-shop "+
		"taken from the file: what was set by ann is gone, first Full Sync of acme-shop requested", applyOutcome(ApplyReport{
		Changes:   []ledger.Change{{Action: "changed", Kind: "connection", ID: "acme-shop", Detail: "interval 1h"}, {Action: "created", Kind: "store", ID: "shop"}},
		Schedules: []ScheduleChange{{ID: "smart-sync/acme-shop", Action: "paused"}}, Requested: []string{"acme-shop"},
		Overrides: []OverrideFate{{Connection: "acme-shop", Mode: ledger.Full, Action: string(fateKept), Detail: "still"}, {
			Connection: "acme-shop", Mode: ledger.Smart, Action: string(fateTaken), Detail: "what was set by ann is gone",
		}},
	}))
	require.Equal(t, "x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x and 1 more", shortened([]string{
		"x", "x", "x", "x", "x", "x", "x", "x", "x", "x", "x", "x", "x", "x", "x", "x", "x", "x", "x", "x", "x",
	}))
}

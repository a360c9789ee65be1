package control

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/workflows"
)

// settleSchedule brings one schedule in Temporal to the schedule in force.
func (c *Control) settleSchedule(ctx context.Context, id string, mode ledger.Mode) error {
	if c.temporal == nil {
		return errors.New(noConnection)
	}
	connection, err := c.connection(ctx, id)
	if err != nil {
		return err
	}
	identity, err := c.identity(ctx)
	if err != nil {
		return err
	}
	withAttributes, err := c.attributesRegistered(ctx)
	if err != nil {
		return err
	}
	a := &applyOperation{
		Control: c, self: owner{ledger: identity}, wasActive: map[string]bool{id: connection.Active()}, configured: map[string]bool{id: true}, report: &ApplyReport{},
	}
	_, err = a.settle(ctx, connection, mode, withAttributes)
	return err
}

// settleTries is how often settle tries again when somebody changes the schedule meanwhile.
const settleTries = 5

// settle brings a schedule in Temporal to the schedule in force, and notes its version in the ledger. When somebody changes the schedule at that
// moment, settle does it again, so that Temporal ends with the newest version whichever process comes last.
func (a *applyOperation) settle(ctx context.Context, configured ledger.Connection, mode ledger.Mode, withAttributes bool) (reconcileResult, error) {
	if a.options.DryRun {
		return a.reconcile(ctx, a.inForce(configured), mode, withAttributes)
	}
	var first reconcileResult
	for try := range settleTries {
		state, err := a.stateOf(ctx, configured.ID, mode)
		if err != nil {
			return first, err
		}
		if configured, err = a.connection(ctx, configured.ID); err != nil { // with the settings in force
			return first, err
		}
		override := state.Override
		if override != nil && override.Ended(a.now()) {
			override = nil
		}
		done, err := a.reconcile(ctx, withOverride(configured, mode, override), mode, withAttributes)
		if try == 0 || done.change != nil {
			first = done
		}
		if err != nil {
			return first, err
		}
		current, err := a.markSettled(ctx, state)
		if err != nil || current {
			return first, err
		}
	}
	return first, errors.New("it is being changed again and again; a worker brings it to what is set")
}

// stateOf is the ledger's state of a schedule; a zero state where it has none.
func (c *Control) stateOf(ctx context.Context, id string, mode ledger.Mode) (ledger.ScheduleState, error) {
	states, err := c.state.ScheduleStates(ctx, id)
	for _, state := range states {
		if state.Mode == mode {
			return state, err
		}
	}
	return ledger.ScheduleState{Connection: id, Mode: mode}, err
}

// markSettled notes the version that Temporal was brought to. It returns false when the schedule has a newer version by now.
func (c *Control) markSettled(ctx context.Context, state ledger.ScheduleState) (bool, error) {
	if state.Reconciled < state.Version {
		return c.state.ScheduleReconciled(ctx, state.Connection, state.Mode, state.Version)
	}
	now, err := c.stateOf(ctx, state.Connection, state.Mode)
	return now.Version == state.Version, err
}

// MendResult is what MendSchedules did.
type MendResult struct {
	Schedules []string  // ids of schedules that were brought to what the ledger says
	Settings  []string  // settings whose override has ended
	Next      time.Time // when the next override ends; zero when none does
}

// noteEnd notes when an override ends, and keeps the earliest end.
func (m *MendResult) noteEnd(end time.Time) {
	if m.Next.IsZero() || end.Before(m.Next) {
		m.Next = end
	}
}

// mendGrace is how long the process that changed a schedule has to bring Temporal to it, before a worker does it.
const mendGrace = 30 * time.Second

// MendSchedules ends overrides whose end has come. It also brings schedules in Temporal to what the ledger says, where a process changed the ledger
// and stopped before it changed Temporal. Workers call it again and again; several may do so at once.
func (c *Control) MendSchedules(ctx context.Context) (MendResult, error) {
	states, err := c.state.ScheduleStates(ctx, "")
	if err != nil {
		return MendResult{}, err
	}
	var mended MendResult
	var failures []error
	now := c.now()
	if err := c.endSettings(ctx, &mended); err != nil {
		failures = append(failures, err)
	}
	for _, state := range states {
		ended := state.Override != nil && state.Override.Ended(now)
		if end := state.Override; end != nil && end.Until != nil && !ended {
			mended.noteEnd(*end.Until)
		}
		if !ended && (state.Reconciled >= state.Version || now.Sub(state.ChangedAt) < mendGrace) {
			continue
		}
		id := workflows.WorkflowID(state.Mode, state.Connection)
		if err := c.mendSchedule(ctx, state, ended); err != nil {
			failures = append(failures, fmt.Errorf("schedule %s: %w", id, err))
			continue
		}
		mended.Schedules = append(mended.Schedules, id)
	}
	return mended, errors.Join(failures...)
}

func (c *Control) mendSchedule(ctx context.Context, state ledger.ScheduleState, ended bool) error {
	if ended {
		_, err := c.state.SetOverride(ctx, state.Connection, state.Mode, nil, state.Version, *state.Override.Until)
		var outdated *ledger.OutdatedError
		if err != nil && !errors.As(err, &outdated) { // another worker was faster, or somebody set another
			return err
		}
	}
	return c.settleSchedule(ctx, state.Connection, state.Mode)
}

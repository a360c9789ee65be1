package control

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"

	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"

	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/workflows"
)

// ScheduleChange is what became of one schedule.
type ScheduleChange struct {
	ID     string `json:"id"`
	Action string `json:"action"` // "created", "changed", "removed", "paused", "unpaused"
	Detail string `json:"detail,omitempty"`
}

// reconciled is what became of a schedule.
type reconciled struct {
	change *ScheduleChange // nil when it was as it should be
	paused string          // the note of a person's pause, which is kept; empty when there is none
}

// reconcile makes one schedule what it should be. It looks at what is there, so an edit or a deletion behind our back is mended,
// and a pause by a person is kept.
func (c *Control) reconcile(ctx context.Context, connection ledger.Connection, mode ledger.Mode, labelled, dryRun bool) (reconciled, error) {
	id := workflows.WorkflowID(mode, connection.ID)
	handle := c.Client.ScheduleClient().GetHandle(ctx, id)
	found, err := handle.Describe(ctx)
	exists := err == nil
	var absent *serviceerror.NotFound
	if !exists && !errors.As(err, &absent) {
		return reconciled{}, err
	}
	wanted := schedule(connection, mode)
	if wanted != nil && !labelled {
		wanted.Action.(*client.ScheduleWorkflowAction).TypedSearchAttributes = temporal.SearchAttributes{}
	}
	change := func(action, detail string) reconciled {
		return reconciled{change: &ScheduleChange{ID: id, Action: action, Detail: detail}}
	}
	switch {
	case wanted == nil && !exists:
		return reconciled{}, nil
	case wanted == nil:
		done := change("removed", "the configuration has no rules for it")
		if dryRun {
			return done, nil
		}
		return done, handle.Delete(ctx)
	case !exists && dryRun:
		return change("created", ""), nil
	case !exists:
		_, err := c.Client.ScheduleClient().Create(ctx, *wanted)
		if errors.Is(err, temporal.ErrScheduleAlreadyRunning) {
			return c.reconcile(ctx, connection, mode, labelled, dryRun) // somebody created it meanwhile
		}
		return change("created", ""), err
	}
	state, action := pauseState(*found.Schedule.State, wanted.Paused)
	same, err := alike(found.Schedule, wanted)
	if err != nil {
		return reconciled{}, err
	}
	var done reconciled
	if !same || action != "" {
		done = change(cmp.Or(action, "changed"), "")
	}
	if state.Paused && state.Note != DisabledNote {
		done.paused = cmp.Or(state.Note, "no note says why")
	}
	if done.change == nil || dryRun {
		return done, nil
	}
	return done, handle.Update(ctx, client.ScheduleUpdateOptions{DoUpdate: func(client.ScheduleUpdateInput) (*client.ScheduleUpdate, error) {
		return &client.ScheduleUpdate{Schedule: &client.Schedule{
			Action: wanted.Action, Spec: &wanted.Spec, State: &state,
			Policy: &client.SchedulePolicies{Overlap: wanted.Overlap, CatchupWindow: wanted.CatchupWindow, PauseOnFailure: wanted.PauseOnFailure},
		}}, nil
	}})
}

// pauseState decides about a pause: what a person paused stays paused; what we paused follows the configuration.
func pauseState(found client.ScheduleState, disabled bool) (client.ScheduleState, string) {
	switch {
	case disabled && !found.Paused:
		found.Paused, found.Note = true, DisabledNote
		return found, "paused"
	case !disabled && found.Paused && found.Note == DisabledNote:
		found.Paused, found.Note = false, ""
		return found, "unpaused"
	}
	return found, ""
}

// alike compares a schedule as the server describes it with one as we would create it. The server fills in defaults, so both are
// brought to one form first.
func alike(found client.Schedule, wanted *client.ScheduleOptions) (bool, error) {
	action, ok := found.Action.(*client.ScheduleWorkflowAction)
	if !ok {
		return false, nil
	}
	ours := wanted.Action.(*client.ScheduleWorkflowAction)
	theirArguments, err := argument(action.Args)
	if err != nil {
		return false, err
	}
	ourArguments, err := argument(ours.Args)
	if err != nil {
		return false, err
	}
	return theirArguments == ourArguments &&
		fmt.Sprint(action.Workflow) == fmt.Sprint(ours.Workflow) &&
		action.ID == ours.ID && action.TaskQueue == ours.TaskQueue &&
		action.WorkflowExecutionTimeout == ours.WorkflowExecutionTimeout &&
		action.StaticSummary == ours.StaticSummary && action.Priority == ours.Priority &&
		reflect.DeepEqual(action.TypedSearchAttributes.GetUntypedValues(), ours.TypedSearchAttributes.GetUntypedValues()) &&
		found.Policy.Overlap == wanted.Overlap && found.Policy.CatchupWindow == wanted.CatchupWindow &&
		found.Policy.PauseOnFailure == wanted.PauseOnFailure &&
		reflect.DeepEqual(canonical(*found.Spec), canonical(wanted.Spec)), nil
}

func argument(arguments []any) (string, error) {
	var inputs []workflows.SyncInput
	for _, one := range arguments {
		payload, ok := one.(*commonpb.Payload)
		if !ok {
			var err error
			if payload, err = converter.GetDefaultDataConverter().ToPayload(one); err != nil {
				return "", err
			}
		}
		var input workflows.SyncInput
		if err := converter.GetDefaultDataConverter().FromPayload(payload, &input); err != nil {
			return "something else: " + err.Error(), nil //nolint:nilerr // arguments of another shape are simply not ours
		}
		inputs = append(inputs, input)
	}
	form, err := json.Marshal(inputs)
	return string(form), err
}

// canonical writes every default out.
func canonical(spec client.ScheduleSpec) client.ScheduleSpec {
	result := client.ScheduleSpec{TimeZoneName: spec.TimeZoneName, Jitter: spec.Jitter, StartAt: spec.StartAt, EndAt: spec.EndAt}
	if result.TimeZoneName == "UTC" {
		result.TimeZoneName = ""
	}
	result.Intervals = append(result.Intervals, spec.Intervals...)
	for _, calendar := range append(append([]client.ScheduleCalendarSpec(nil), spec.Calendars...), spec.Skip...) {
		result.Calendars = append(result.Calendars, client.ScheduleCalendarSpec{
			Second:     ranges(calendar.Second, client.ScheduleRange{}),
			Minute:     ranges(calendar.Minute, client.ScheduleRange{}),
			Hour:       ranges(calendar.Hour, client.ScheduleRange{}),
			DayOfMonth: ranges(calendar.DayOfMonth, client.ScheduleRange{Start: 1, End: 31}),
			Month:      ranges(calendar.Month, client.ScheduleRange{Start: 1, End: 12}),
			DayOfWeek:  ranges(calendar.DayOfWeek, client.ScheduleRange{Start: 0, End: 6}),
			Year:       ranges(calendar.Year),
		})
	}
	return result
}

func ranges(given []client.ScheduleRange, otherwise ...client.ScheduleRange) []client.ScheduleRange {
	if len(given) == 0 {
		given = otherwise
	}
	var result []client.ScheduleRange
	for _, one := range given {
		result = append(result, client.ScheduleRange{Start: one.Start, End: max(one.Start, one.End), Step: max(one.Step, 1)})
	}
	return result
}

package control

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"

	"github.com/tidemark/tidemark/control/gateway"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/workflows"
)

// ScheduleChange is a change of one schedule in Temporal.
type ScheduleChange struct {
	ID     string `json:"id"`
	Action string `json:"action"` // "created", "changed", "removed", "paused", "unpaused"
	Detail string `json:"detail,omitempty"`
}

// reconcileResult is what reconcile did to a schedule, and what it kept.
type reconcileResult struct {
	change  *ScheduleChange // nil when the schedule was as it should be
	paused  string          // the note of a person's pause, which is kept; empty when there is none
	limited string          // in words, a limit of starts that somebody set and that is kept; empty when there is none
}

// reconcile brings one schedule in Temporal to what it should be. It compares with the schedule that exists, so it also mends edits and deletions
// that were made outside Tidemark. It keeps a pause by a person.
func (a *applyOperation) reconcile(ctx context.Context, connection ledger.Connection, mode ledger.Mode, withAttributes bool) (reconcileResult, error) {
	id, dryRun := workflows.WorkflowID(mode, connection.ID), a.options.DryRun
	handle := a.temporal.Schedule(id)
	described, err := handle.Describe(ctx)
	exists := err == nil
	if !exists && !gateway.Absent(err) {
		return reconcileResult{}, err
	}
	self := a.self
	if exists && self.from == "" {
		self.from = ownerOf(described.Schedule).from // an edit of a schedule applies no file, so the last one's name stays
	}
	wanted := scheduleOptions(connection, mode, self, a.now())
	if wanted != nil && !withAttributes {
		wanted.Action.(*client.ScheduleWorkflowAction).TypedSearchAttributes = temporal.SearchAttributes{}
	}
	change := func(action string, details ...string) reconcileResult {
		return reconcileResult{change: &ScheduleChange{ID: id, Action: action, Detail: joinNonEmpty(details...)}}
	}
	switch {
	case !exists && wanted == nil:
		return reconcileResult{}, nil
	case !exists && dryRun:
		return change("created"), nil
	case !exists:
		a.recentChanges.note(id, a.now())
		err := a.temporal.CreateSchedule(ctx, *wanted)
		if errors.Is(err, temporal.ErrScheduleAlreadyRunning) {
			return a.reconcile(ctx, connection, mode, withAttributes) // somebody created it meanwhile
		}
		return change("created"), err
	}
	theirs := ownerOf(described.Schedule)
	verdict := a.decide(connection.ID, theirs)
	if verdict == refuse { // it was created after the check
		return reconcileResult{}, fmt.Errorf("it %s, and this is ledger %s", theirs, ledger.ShortIdentity(a.self.ledger))
	}
	whose := ownerChange(verdict, connection.ID, theirs)
	if wanted == nil {
		done := change("removed", "the configuration has no rules for it", whose)
		if dryRun {
			return done, nil
		}
		a.recentChanges.note(id, a.now())
		return done, handle.Delete(ctx)
	}
	state, action := pauseState(*described.Schedule.State, wanted.Paused)
	same, err := sameSchedule(described.Schedule, wanted)
	if err != nil {
		return reconcileResult{}, err
	}
	var done reconcileResult
	if !same || action != "" {
		still := ""
		if state.Paused && action == "" {
			still = "it stays paused: " + cmp.Or(state.Note, "no note says why")
		}
		done = change(cmp.Or(action, "changed"), whose, still)
	}
	if state.Paused && !ourPause(state.Note) {
		done.paused = cmp.Or(state.Note, "no note says why")
	}
	done.limited = limitNote(id, state)
	if done.change == nil || dryRun {
		return done, nil
	}
	if verdict == usurp {
		state.Note = joinNonEmpty(state.Note, "taken over: it "+theirs.String())
	}
	a.recentChanges.note(id, a.now())
	return done, handle.Update(ctx, client.ScheduleUpdateOptions{DoUpdate: func(client.ScheduleUpdateInput) (*client.ScheduleUpdate, error) {
		return &client.ScheduleUpdate{Schedule: &client.Schedule{
			Action: wanted.Action, Spec: &wanted.Spec, State: &state,
			Policy: &client.SchedulePolicies{Overlap: wanted.Overlap, CatchupWindow: wanted.CatchupWindow, PauseOnFailure: wanted.PauseOnFailure},
		}}, nil
	}})
}

// ownerChange says that a schedule has a new owner; it is empty when it has not.
func ownerChange(verdict verdict, connection string, theirs owner) string {
	switch verdict {
	case adopt:
		return fmt.Sprintf("adopted: it named no ledger, and connection %s is this ledger's", connection)
	case usurp:
		return "taken over: it " + theirs.String()
	case tend, refuse, remove, mention, spare:
	}
	return ""
}

// limitNote says how many more runs a schedule starts, where somebody limited that with a tool of Temporal's; it is empty where nobody did. Deleting
// the schedule and applying again lifts the limit.
func limitNote(id string, state client.ScheduleState) string {
	if !state.LimitedActions {
		return ""
	}
	left := "has no starts left, so it starts nothing"
	if state.RemainingActions > 0 {
		left = "has " + Count(int64(state.RemainingActions), "start", "starts") + " left, and starts nothing after that"
	}
	return left + ": somebody limited it outside Tidemark; temporal schedule delete --schedule-id " + id + ", and apply again, lifts the limit"
}

// joinNonEmpty joins the parts that are not empty by semicolons.
// joinNonEmpty joins the parts that are not empty by semicolons.
func joinNonEmpty(parts ...string) string {
	parts = slices.DeleteFunc(parts, func(part string) bool { return part == "" })
	return strings.Join(parts, "; ")
}

// pauseState decides about a pause: a schedule that a person paused stays paused; one that Tidemark paused follows the configuration. It returns the
// new state, and the action "paused" or "unpaused"; empty for none.
func pauseState(state client.ScheduleState, disabled bool) (client.ScheduleState, string) {
	switch {
	case disabled && !state.Paused:
		state.Paused, state.Note = true, DisabledNote
		return state, "paused"
	case !disabled && state.Paused && ourPause(state.Note):
		state.Paused, state.Note = false, ""
		return state, "unpaused"
	}
	return state, ""
}

// ourPause is true for the note of a pause by Tidemark. The note may go on after that.
func ourPause(note string) bool { return strings.HasPrefix(note, DisabledNote) }

// sameSchedule compares a schedule that the server describes with the wanted one. The server fills in defaults, so both are brought to a canonical
// form first.
func sameSchedule(described client.Schedule, wanted *client.ScheduleOptions) (bool, error) {
	action, ok := described.Action.(*client.ScheduleWorkflowAction)
	if !ok {
		return false, nil
	}
	ours := wanted.Action.(*client.ScheduleWorkflowAction)
	theirArguments, err := argumentForm(action.Args)
	if err != nil {
		return false, err
	}
	ourArguments, err := argumentForm(ours.Args)
	if err != nil {
		return false, err
	}
	return theirArguments == ourArguments &&
		fmt.Sprint(action.Workflow) == fmt.Sprint(ours.Workflow) &&
		action.ID == ours.ID && action.TaskQueue == ours.TaskQueue &&
		action.WorkflowExecutionTimeout == ours.WorkflowExecutionTimeout &&
		action.StaticSummary == ours.StaticSummary && action.StaticDetails == ours.StaticDetails && action.Priority == ours.Priority &&
		reflect.DeepEqual(action.TypedSearchAttributes.GetUntypedValues(), ours.TypedSearchAttributes.GetUntypedValues()) &&
		described.Policy.Overlap == wanted.Overlap && described.Policy.CatchupWindow == wanted.CatchupWindow &&
		described.Policy.PauseOnFailure == wanted.PauseOnFailure &&
		reflect.DeepEqual(canonical(*described.Spec), canonical(wanted.Spec)), nil
}

// argumentForm is a canonical form of the input with which a schedule starts its runs.
func argumentForm(arguments []any) (string, error) {
	for _, argument := range arguments {
		if payload, ok := argument.(*commonpb.Payload); ok {
			var input workflows.SyncInput
			if err := converter.GetDefaultDataConverter().FromPayload(payload, &input); err != nil {
				return "something else: " + err.Error(), nil // input of another type differs from every input of ours
			}
		}
	}
	form, err := json.Marshal(inputs(arguments))
	return string(form), err
}

// inputs are the inputs with which a schedule starts its runs: payloads where the server returned them, structs where they were made here. Arguments
// of other types are left out.
func inputs(arguments []any) []workflows.SyncInput {
	var inputs []workflows.SyncInput
	for _, argument := range arguments {
		input, plain := argument.(workflows.SyncInput)
		payload, ok := argument.(*commonpb.Payload)
		if plain || (ok && converter.GetDefaultDataConverter().FromPayload(payload, &input) == nil) {
			inputs = append(inputs, input)
		}
	}
	return inputs
}

// canonical is a specification with every default written out.
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

// ranges are the spans, or the default where there are none, with their ends and steps written out.
// ranges are the spans, or the default where there are none, with their ends and steps written out.
func ranges(spans []client.ScheduleRange, otherwise ...client.ScheduleRange) []client.ScheduleRange {
	if len(spans) == 0 {
		spans = otherwise
	}
	var result []client.ScheduleRange
	for _, span := range spans {
		result = append(result, client.ScheduleRange{Start: span.Start, End: max(span.Start, span.End), Step: max(span.Step, 1)})
	}
	return result
}

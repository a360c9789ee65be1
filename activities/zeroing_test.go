package activities

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
)

func TestDecideZeroing(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		zeroing
		want zeroingVerdict
	}{
		"nothing goes":                       {zeroing{base: 100}, zeroingPasses},
		"nothing goes now":                   {zeroing{base: 100, before: 50}, zeroingPasses},
		"at the threshold":                   {zeroing{base: 100, going: 20}, zeroingPasses},
		"above it":                           {zeroing{base: 100, going: 21}, zeroingHeld},
		"the first slice":                    {zeroing{base: 100, going: 19}, zeroingPasses},
		"the second slice":                   {zeroing{base: 100, before: 19, going: 19}, zeroingHeld},
		"both slices at the threshold":       {zeroing{base: 100, before: 10, going: 10}, zeroingPasses},
		"one more than both":                 {zeroing{base: 100, before: 10, going: 11}, zeroingHeld},
		"one SKU":                            {zeroing{base: 100, before: 99, going: 1, single: true}, zeroingPasses},
		"the first push":                     {zeroing{}, zeroingPasses},
		"everything":                         {zeroing{base: 1, going: 1}, zeroingHeld},
		"approved":                           {zeroing{base: 100, going: 30, approved: true, approvedRows: 30}, zeroingApproved},
		"approved, and fewer go":             {zeroing{base: 100, going: 29, approved: true, approvedRows: 30}, zeroingApproved},
		"approved, and more go":              {zeroing{base: 100, going: 31, approved: true, approvedRows: 30}, zeroingHeld},
		"approved, with single events since": {zeroing{base: 100, before: 2, going: 30, approved: true, approvedRows: 30}, zeroingApproved},
		"approved, and no longer too many":   {zeroing{base: 100, going: 10, approved: true, approvedRows: 30}, zeroingPasses},
	} {
		test.maximum = 0.2
		require.Equal(t, test.want, decideZeroing(test.zeroing), name)
	}
	require.Equal(t, zeroingPasses, decideZeroing(zeroing{base: 100, going: 100, maximum: 1}), "a guard that is off")
}

// losses is a store of a hundred live rows.
type losses struct {
	*world
	event int
}

func newLosses(t *testing.T) *losses {
	t.Helper()
	s := &losses{world: setup(t)}
	require.Empty(t, s.run(s.set(0, 100, 5)...).Held)
	return s
}

// set lets the warehouse report a figure for some SKUs.
func (s *losses) set(from, to int, available int64) []string {
	s.t.Helper()
	var skus []string
	var observations []ledger.Observation
	for i := from; i < to; i++ {
		s.event++
		level := inventory.Level{SKU: fmt.Sprintf("SKU-%03d", i), Facility: "east", Available: available}
		observations = append(observations, ledger.Observation{Event: fmt.Sprint(s.event), Level: level})
		skus = append(skus, level.SKU)
	}
	_, err := s.Observe(s.t.Context(), "depot", observations, s.now)
	require.NoError(s.t, err)
	return skus
}

func (s *losses) resolve(lease ledger.Lease, approved int64, scope ...string) ResolveResult {
	s.t.Helper()
	resolve := &Resolve{Ledger: s.Ledger, Now: s.clock}
	result, err := do[ResolveResult](s.world, resolve.Resolve, ResolveInput{
		Lease: lease, Connection: "north", Mode: ledger.Smart, Scope: scope, Approved: approved > 0, ApprovedZeroing: approved,
	})
	require.NoError(s.t, err)
	return result
}

// start takes the store for a run of its own.
func (s *losses) start(scope ...string) ledger.Lease {
	s.t.Helper()
	s.event++
	granted, err := s.Begin(s.t.Context(), ledger.Claim{
		Connection: "north", Mode: ledger.Smart, Trigger: ledger.TriggerRequest, Workflow: "smart-sync/north", WorkflowRun: fmt.Sprint(s.event), Scope: scope,
		Now: s.now,
	})
	require.NoError(s.t, err)
	return granted.Lease
}

// run resolves, and pushes unless it is held. Without a scope it pushes everything.
func (s *losses) run(scope ...string) ResolveResult {
	s.t.Helper()
	lease := s.start(scope...)
	result := s.resolve(lease, 0, scope...)
	if result.Held == "" {
		s.push(lease, ledger.StatusExported, scope...)
	}
	s.end(lease)
	return result
}

func (s *losses) end(lease ledger.Lease) {
	s.t.Helper()
	require.NoError(s.t, s.EndRun(s.t.Context(), lease, ledger.RunEnd{Outcome: ledger.Completed, Now: s.now}))
}

// push lets the store accept everything that is due.
func (s *losses) push(lease ledger.Lease, status ledger.Status, scope ...string) {
	s.t.Helper()
	due, err := s.NextDue(s.t.Context(), ledger.DueQuery{Connection: "north", Run: lease.Run, Scope: scope, Limit: 1000})
	require.NoError(s.t, err)
	if len(due) == 0 {
		return
	}
	s.event++
	intent := ledger.Intent{Key: fmt.Sprint("key ", s.event), Items: due, Now: s.now, Deadline: s.now}
	require.NoError(s.t, s.Intend(s.t.Context(), lease, intent))
	answer := ledger.Response{Key: intent.Key, Now: s.now}
	if status == ledger.StatusSent {
		answer.Ticket = "ticket"
	}
	for _, item := range due {
		answer.Items = append(answer.Items, ledger.ItemResponse{Location: item.Location, ChannelSKU: item.ChannelSKU, Status: status})
	}
	require.NoError(s.t, s.ApplyResponses(s.t.Context(), lease, answer))
}

// A warehouse that loses a fifth of its stock in each run is held in the second, because the runs of a day count together.
func TestMassZeroingInSlicesIsHeld(t *testing.T) {
	t.Parallel()
	s := newLosses(t)
	s.set(0, 19, 0)
	require.Empty(t, s.run().Held)
	s.now = s.now.Add(time.Hour)
	s.set(19, 38, 0)
	result := s.run()
	require.Equal(t, "38 of 100 live rows would have gone to 0 within a day, more than 20 %: 19 since 2026-11-25 12:00 UTC, 19 now", result.Held)
	require.EqualValues(t, 19, result.Zeroing)

	// Rows that came back no longer count, whether the store shows them again or they are due to.
	s.set(0, 18, 5)
	s.set(37, 38, 5)
	require.Empty(t, s.run().Held, "1 went and did not come back, 18 go now")

	// After a day the losses of the day before no longer count.
	s.now = s.now.Add(zeroingWindow)
	s.set(40, 55, 0)
	require.Empty(t, s.run().Held)
}

// Rows that events take to 0 count too, but an event for one SKU goes out all the same.
func TestEventsCountTowardsMassZeroing(t *testing.T) {
	t.Parallel()
	s := newLosses(t)
	require.Empty(t, s.run(s.set(0, 19, 0)...).Held)
	require.NotEmpty(t, s.run(s.set(19, 21, 0)...).Held)
	require.Empty(t, s.run(s.set(21, 22, 0)...).Held, "one SKU that is sold out is nobody's accident")
	s.set(22, 23, 0)
	require.Equal(t, "23 of 100 live rows would have gone to 0 within a day, more than 20 %: 20 since 2026-11-25 12:00 UTC, 3 now", s.run().Held)
}

// Rows that an unanswered call takes to 0 count, and so do rows whose present figure in the store is not known.
func TestRowsOfOpenCallsCountTowardsMassZeroing(t *testing.T) {
	t.Parallel()
	for name, unanswered := range map[string]func(s *losses, lease ledger.Lease){
		"sent": func(*losses, ledger.Lease) {},
		"forgotten": func(s *losses, lease ledger.Lease) {
			open, err := s.OpenCalls(s.t.Context(), "north")
			require.NoError(s.t, err)
			require.NoError(s.t, s.Abandon(s.t.Context(), lease, open[0].Key, "no answer", s.now))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newLosses(t)
			s.set(0, 19, 0)
			lease := s.start()
			require.Empty(t, s.resolve(lease, 0).Held)
			s.push(lease, ledger.StatusSent)
			unanswered(s, lease)
			s.end(lease)
			s.set(19, 38, 0)
			require.Equal(t, "38 of 100 live rows would newly go to 0, more than 20 %", s.run().Held)
		})
	}
}

// The run that holds the store completes the rows in open calls, so its push has work although nothing else is due.
func TestRowsOfOpenCallsAreDue(t *testing.T) {
	t.Parallel()
	s := newLosses(t)
	s.set(0, 100, 3)
	lease := s.start()
	first := s.resolve(lease, 0)
	require.EqualValues(t, 100, first.Due)
	require.Zero(t, first.Open)
	s.push(lease, ledger.StatusSent)
	s.end(lease)
	result := s.run()
	require.EqualValues(t, 100, result.Due)
	require.EqualValues(t, 100, result.Open)
}

// Approved rows are not counted again, whatever happens to them; rows beyond the approval are.
func TestApprovedZeroingIsNotCountedAgain(t *testing.T) {
	t.Parallel()
	s := newLosses(t)
	s.set(0, 30, 0)
	lease := s.start()
	require.NotEmpty(t, s.resolve(lease, 29).Held, "more go than were approved")
	require.Empty(t, s.resolve(lease, 30).Held)
	s.push(lease, ledger.StatusRetrying)
	s.end(lease)

	s.set(30, 44, 0)
	require.Empty(t, s.run().Held, "14 of the 70 that are left")
	s.set(44, 45, 0)
	require.Equal(t, "15 of 70 live rows would have gone to 0 within a day, more than 20 %: 14 since 2026-11-25 12:00 UTC, 1 now", s.run().Held)
}

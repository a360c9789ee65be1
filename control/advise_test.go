package control

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/ledger"
)

// ran lets n Smart Syncs complete, each in the time took.
func (s *scheduled) ran(n int, took time.Duration, counts ledger.Counts) {
	s.t.Helper()
	for range n {
		lease := runIn(s.t, wholeLedger(s.state), "at "+s.clock().String(), s.clock())
		s.pass(took)
		require.NoError(s.t, wholeLedger(s.state).EndRun(acting(s.t), lease, ledger.RunEnd{Outcome: ledger.Completed, Counts: counts, Now: s.clock()}))
		s.pass(time.Minute)
	}
}

func (s *scheduled) advice() Advice {
	s.t.Helper()
	advice, err := s.Advise(acting(s.t), "acme-shop")
	require.NoError(s.t, err)
	return advice
}

// Advice is worked out, applied with its reason, and undone.
func TestAdviceIsAppliedAndUndone(t *testing.T) {
	t.Parallel()
	s := newScheduled(t)
	s.ran(19, 40*time.Minute, ledger.Counts{SnapshotFigures: ledger.SnapshotFigures{Changed: 3}})
	advice := s.advice()
	require.Equal(t, []string{"19 of 20 runs: there is no advice before that many Smart Syncs of everything have gone through."}, advice.Why)
	require.False(t, advice.Applicable)
	_, err := s.ApplyAdvice(acting(t), "acme-shop", advice.Setting.Version, "ann")
	require.ErrorContains(t, err, "nothing was changed: 19 of 20 runs")

	s.ran(1, 40*time.Minute, ledger.Counts{SnapshotFigures: ledger.SnapshotFigures{Changed: 3}, Waits: 2})
	advice = s.advice()
	require.Equal(t, 2*time.Hour, advice.Interval)
	require.True(t, advice.Applicable)
	require.False(t, advice.Applied)
	require.Equal(t, []string{
		"95 % of the last 20 runs took up to 40 min; twice that is 1 h 20 min, rounded up to 2 hours.",
		"With 2 hours, figures in the store are 1 h 40 min old on average and 2 h 40 min at worst; with 60 minutes, as today, 1 h 10 min and 1 h 40 min.",
		"1 of 20 runs waited for the store's budget; more frequent ones would wait more.",
	}, advice.Why)

	applied, err := s.ApplyAdvice(acting(t), "acme-shop", advice.Setting.Version, "ann")
	require.NoError(t, err)
	require.Equal(t, []int{120}, s.intervals(ledger.Smart))
	require.Equal(t, "advised: 95 % of 20 runs took up to 40 min", applied.Override.Reason)
	require.Empty(t, applied.Warnings, "nothing speaks against what is advised")
	require.Equal(t, "ann", applied.Override.By)
	advice = s.advice()
	require.True(t, advice.Applied)
	require.False(t, advice.Applicable, "it is so already")
	_, err = s.ApplyAdvice(acting(t), "acme-shop", applied.Version, "ann")
	require.ErrorContains(t, err, "as advised")
	_, err = s.UndoAdvice(acting(t), "acme-shop", applied.Version-1)
	require.ErrorAs(t, err, new(*StaleEditError))

	undone, err := s.UndoAdvice(acting(t), "acme-shop", applied.Version)
	require.NoError(t, err)
	require.Equal(t, SetInFile, undone.Source)
	require.Equal(t, []int{60}, s.intervals(ledger.Smart))
	_, err = s.UndoAdvice(acting(t), "acme-shop", undone.Version)
	require.ErrorContains(t, err, "was not applied from advice")
}

// Undoing the advice brings back the override from before it, also after advice on advice, unless the end of that override has come meanwhile.
func TestAdviceComesOverAnOverride(t *testing.T) {
	t.Parallel()
	s := newScheduled(t)
	s.ran(20, 40*time.Minute, ledger.Counts{})
	end := s.clock().Add(48 * time.Hour)
	set := s.edit(ledger.Smart, ScheduleEdit{Schedule: *every(45), Reason: "the sale", Until: &end})
	first, err := s.ApplyAdvice(acting(t), "acme-shop", set.Version, "bob")
	require.NoError(t, err)
	require.Equal(t, set.Override, first.Override.Previous)
	s.ran(20, 70*time.Minute, ledger.Counts{})
	second, err := s.ApplyAdvice(acting(t), "acme-shop", first.Version, "bob")
	require.NoError(t, err)
	require.Equal(t, []int{180}, s.intervals(ledger.Smart))
	undone, err := s.UndoAdvice(acting(t), "acme-shop", second.Version)
	require.NoError(t, err)
	require.Equal(t, set.Override, undone.Override)
	require.Equal(t, []int{45}, s.intervals(ledger.Smart))

	third, err := s.ApplyAdvice(acting(t), "acme-shop", undone.Version, "bob")
	require.NoError(t, err)
	s.pass(49 * time.Hour)
	undone, err = s.UndoAdvice(acting(t), "acme-shop", third.Version)
	require.NoError(t, err)
	require.Nil(t, undone.Override)
	require.Equal(t, []int{60}, s.intervals(ledger.Smart))
}

// Only Smart Syncs of everything that went through and that nobody had to wait for say how long a run takes.
func TestRunsThatAdviceLooksAt(t *testing.T) {
	t.Parallel()
	s := newScheduled(t)
	s.ran(20, time.Minute, ledger.Counts{SnapshotFigures: ledger.SnapshotFigures{Changed: 2}})
	held := runIn(t, wholeLedger(s.state), "held", s.clock())
	hold(t, wholeLedger(s.state), held, s.clock())
	s.pass(24 * time.Hour)
	_, err := wholeLedger(s.state).Decide(acting(t), held.Run, "approved", "ann", s.clock())
	require.NoError(t, err)
	require.NoError(t, wholeLedger(s.state).EndRun(acting(t), held, ledger.RunEnd{Outcome: ledger.Completed, Now: s.clock()}))
	advice := s.advice()
	require.Equal(t, 20, advice.Runs)
	require.Equal(t, time.Minute, advice.Longest)

	end := noon.Add(time.Hour)
	run := func(change func(*ledger.Run)) ledger.Run {
		run := ledger.Run{Mode: ledger.Smart, Outcome: ledger.Completed, StartedAt: noon, EndedAt: &end}
		change(&run)
		return run
	}
	observation := observe([]ledger.Run{
		run(func(*ledger.Run) {}), run(func(r *ledger.Run) { r.Mode = ledger.Full }), run(func(r *ledger.Run) { r.Scope = []string{"A"} }),
		run(func(r *ledger.Run) { r.DryRun = true }),
		run(func(r *ledger.Run) { r.Outcome = ledger.Failed }), run(func(r *ledger.Run) { r.Outcome = ledger.Skipped }), run(func(r *ledger.Run) { r.EndedAt = nil }),
		run(func(r *ledger.Run) { r.Outcome, r.Counts.Changed, r.Counts.Waits = ledger.CompletedWithFailures, 7, 3 }),
	})
	require.Equal(t, []time.Duration{time.Hour, time.Hour}, observation.Took)
	require.Equal(t, []int{1, 1, 1, 7}, []int{observation.Changed, observation.Waited, observation.Skipped, int(observation.ChangedRows)})
}

func TestAdviceInWords(t *testing.T) {
	t.Parallel()
	s := newScheduled(t)
	s.file(func(f *ledger.Flow) { f.Smart, f.Floor = every(5).Rules, 20*time.Minute })
	s.apply(ApplyOptions{})
	s.ran(20, 7*time.Minute, ledger.Counts{})
	require.Equal(t, []string{
		"95 % of the last 20 runs took up to 7 min; twice that is less than the shortest interval that pays here, 20 minutes.",
		"With 30 minutes, figures in the store are 22 min old on average and 37 min at worst; with 5 minutes, as today, 12 min and 17 min.",
		"Today's interval is shorter than the runs: starts that fall into a run are dropped, and the store is no fresher for it.",
		"0 of 20 runs found a change: a longer interval would lose nothing.",
	}, s.advice().Why)
}

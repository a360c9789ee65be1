package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/workflows"
)

func TestIntakeLine(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 28, 7, 39, 0, 0, time.UTC)
	failure := &workflows.IntakeFailure{Error: "the disk is full", Since: at, Next: at.Add(time.Minute), Updates: 3, Snapshots: 1}
	for name, test := range map[string]struct {
		one  control.IntakeStatus
		want []string
	}{
		"retried": {control.IntakeStatus{Retry: &control.Retry{Error: "locked", Attempt: 4}}, []string{"The intake of depot cannot record", "locked", "attempt 4"}},
		"failed": {
			control.IntakeStatus{Failure: failure},
			[]string{"since 2026-11-28 07:39", "the disk is full", "3 updates and 1 snapshot wait", "the next attempt is at 2026-11-28 07:40", "Nothing is lost"},
		},
		"ended": {
			control.IntakeStatus{Failure: failure, Ended: "failed", Workflow: "intake/depot"},
			[]string{"is failed", "were not recorded: the disk is full", "the history of the workflow intake/depot", "send them again"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test.one.Warehouse = "depot"
			for _, want := range test.want {
				require.Contains(t, intakeLine(test.one), want)
			}
		})
	}
}

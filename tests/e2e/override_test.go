package e2e

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/ledger"
)

// interval is the distance of the starts of a schedule, as the server has it.
func (w *world) interval(schedule string) (time.Duration, error) {
	description, err := w.client.ScheduleClient().GetHandle(context.Background(), schedule).Describe(context.Background())
	if err != nil {
		return 0, err
	}
	if len(description.Schedule.Spec.Intervals) != 1 {
		return 0, fmt.Errorf("%v", description.Schedule.Spec.Intervals)
	}
	return description.Schedule.Spec.Intervals[0].Every, nil
}

// A schedule is set on the command line in place of the file's, Temporal follows, apply keeps it, and it ends by itself: a worker does that.
// What could not reach Temporal when it was set is brought there by a worker, too.
func TestAScheduleIsSetBesideTheFile(t *testing.T) {
	t.Parallel()
	one := shop{id: "shop", kind: "atomic"}
	w := newWorld(t, scenario(5, one))
	definitions := w.box.definitions(one)
	definitions.Connections[0].Inventory.Smart = []ledger.Rule{{Every: time.Hour}}
	w.apply(definitions, ledger.ApplyOptions{})
	is := func(want time.Duration) {
		t.Helper()
		found, err := w.interval("smart-sync/shop")
		require.NoError(t, err)
		require.Equal(t, want, found)
	}
	is(time.Hour)

	_, problems, code := w.starter("schedule", "shop", "edit", "smart", "--every", "90m")
	require.Equal(t, 2, code)
	require.Contains(t, problems, "say why it is overridden")
	out, problems, code := w.starter("schedule", "shop", "edit", "smart", "--every", "90m", "--reason", "the sale", "--until", "3s")
	require.Zero(t, code, problems)
	require.Contains(t, out, "Smart Sync of shop: every 90 minutes (UTC)")
	require.Contains(t, out, "next starts: ")
	is(90 * time.Minute)
	require.Equal(t, "kept", w.apply(definitions, ledger.ApplyOptions{}).Overrides[0].Action)
	is(90 * time.Minute)

	// Written to the ledger, and no further: the process ended there.
	_, err := w.ledger.SetOverride(context.Background(), "shop", ledger.Full, &ledger.Override{
		Schedule: ledger.Schedule{Rules: []ledger.Rule{{Every: 24 * time.Hour}}, Timezone: "UTC"}, Reason: "the sale", By: "ann", Base: &ledger.Schedule{Timezone: "UTC"},
	}, 0, time.Now().Add(-time.Hour))
	require.NoError(t, err)
	w.work()
	waitFor(t, "the override has ended", func(context.Context) error {
		found, err := w.interval("smart-sync/shop")
		if err == nil && found != time.Hour {
			err = fmt.Errorf("every %s", found)
		}
		return err
	})
	waitFor(t, "what was only in the ledger is in Temporal", func(context.Context) error {
		_, err := w.interval("full-sync/shop")
		return err
	})
	out, problems, code = w.starter("schedule", "shop")
	require.Zero(t, code, problems)
	require.Contains(t, out, "Smart Sync of shop: every 60 minutes (UTC)")
	require.Contains(t, out, "Full Sync of shop: every 24 hours (UTC)\n  overridden by ann (the sale)")
}

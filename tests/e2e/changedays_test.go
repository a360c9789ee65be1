package e2e

import (
	"context"
	"fmt"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/ledger"
)

// The server itself says when a daily schedule runs in 2027 and 2028: once on every day of its zone. The days that the clock changes are
// in the table; on every other day, the time of the rule is a time of the clock.
func TestTheServerRunsADailyScheduleOnceADay(t *testing.T) {
	t.Parallel()
	w := &world{t: t, namespace: "e2e-" + uuid.NewString()[:8], temporal: server(t)}
	w.register()
	c, err := client.Dial(client.Options{HostPort: w.temporal.address, Namespace: w.namespace, Logger: quiet{}})
	require.NoError(t, err)
	defer c.Close()
	for i, test := range []struct {
		zone, daily string
		change      []string // what is not simply the time of the rule, or is that at one of two times
	}{
		{"Europe/Paris", "02:30", []string{"2027-03-28T03:00:00+02:00", "2027-10-31T02:30:00+02:00", "2028-03-26T03:00:00+02:00", "2028-10-29T02:30:00+02:00"}},
		{"Europe/London", "01:00", []string{"2027-03-28T02:00:00+01:00", "2027-10-31T01:00:00+01:00", "2028-03-26T02:00:00+01:00", "2028-10-29T01:00:00+01:00"}},
		{"America/New_York", "01:30", []string{"2027-11-07T01:30:00-04:00", "2028-11-05T01:30:00-04:00"}},
		{"America/New_York", "02:30", []string{"2027-03-14T03:00:00-04:00", "2028-03-12T03:00:00-04:00"}},
		{"Australia/Sydney", "02:30", []string{"2027-04-04T02:30:00+11:00", "2027-10-03T03:00:00+11:00", "2028-04-02T02:30:00+11:00", "2028-10-01T03:00:00+11:00"}},
		{"Australia/Lord_Howe", "01:45", []string{"2027-04-04T01:45:00+11:00", "2028-04-02T01:45:00+11:00"}},
		{"Australia/Lord_Howe", "02:15", []string{"2027-10-03T02:30:00+11:00", "2028-10-01T02:30:00+11:00"}},
		{"America/Santiago", "00:30", []string{"2027-09-05T01:00:00-03:00", "2028-09-03T01:00:00-03:00"}},
		{"America/Santiago", "23:30", []string{"2027-04-03T23:30:00-03:00", "2028-04-01T23:30:00-03:00"}},
		{"Africa/Cairo", "00:00", []string{"2027-04-30T01:00:00+03:00", "2028-04-28T01:00:00+03:00"}},
		{"Africa/Cairo", "23:15", []string{"2027-10-28T23:15:00+03:00", "2028-10-26T23:15:00+03:00"}},
		{"America/Havana", "00:30", []string{"2027-03-14T01:00:00-04:00", "2027-11-07T00:30:00-04:00", "2028-03-12T01:00:00-04:00", "2028-11-05T00:30:00-04:00"}},
		{"America/Nuuk", "23:30", []string{"2027-03-27T22:55:00-02:00", "2027-10-30T23:30:00-01:00", "2028-03-25T22:55:00-02:00", "2028-10-28T23:30:00-01:00"}},
		{"Europe/Paris", "01:00", nil}, // the server alone would start it at 01:00 and at 02:00 on the day that repeats 02:00
		{"Europe/Paris", "01:59", nil},
		{"Australia/Sydney", "01:15", nil},
		{"Australia/Lord_Howe", "01:15", nil},
		{"Australia/Lord_Howe", "00:45", nil},
		{"Africa/Cairo", "22:30", nil},
		{"America/New_York", "00:30", nil},
		{"Asia/Tokyo", "02:30", nil},
		{"Europe/Paris", "04:00", nil},
	} {
		zone, err := time.LoadLocation(test.zone)
		require.NoError(t, err)
		moved := map[string]time.Time{}
		for _, text := range test.change {
			at, err := time.Parse(time.RFC3339, text)
			require.NoError(t, err)
			moved[text[:10]] = at
		}
		clock, err := time.Parse("15:04", test.daily)
		require.NoError(t, err)
		var want []string
		from, to := time.Date(2027, 1, 1, 0, 0, 0, 0, zone), time.Date(2029, 1, 1, 0, 0, 0, 0, zone)
		for day := time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC); day.Year() < 2029; day = day.AddDate(0, 0, 1) {
			at, touched := moved[day.Format(time.DateOnly)]
			if !touched {
				at = time.Date(day.Year(), day.Month(), day.Day(), clock.Hour(), clock.Minute(), 0, 0, zone)
			}
			want = append(want, at.UTC().Format(time.RFC3339))
		}
		spec := control.Spec([]ledger.Rule{{Daily: test.daily}}, test.zone, time.Date(2026, 11, 28, 15, 0, 0, 0, time.UTC))
		spec.Jitter = 0 // it spreads the starts, which are compared to the second
		require.Equal(t, want, matching(t, c, w.namespace, fmt.Sprint("daily-", i), spec, from, to), "%s at %s", test.zone, test.daily)
	}
}

// matching are the times at which the server would start a schedule.
func matching(t *testing.T, c client.Client, namespace, id string, spec client.ScheduleSpec, from, to time.Time) []string {
	t.Helper()
	_, err := c.ScheduleClient().Create(context.Background(), client.ScheduleOptions{
		ID: id, Spec: spec, Paused: true, Action: &client.ScheduleWorkflowAction{ID: id, Workflow: "Nothing", TaskQueue: "nobody"},
	})
	require.NoError(t, err)
	var found []string
	waitFor(t, "the schedule answers", func(ctx context.Context) error {
		answer, err := c.WorkflowService().ListScheduleMatchingTimes(ctx, &workflowservice.ListScheduleMatchingTimesRequest{
			Namespace: namespace, ScheduleId: id, StartTime: timestamppb.New(from.Add(-time.Second)), EndTime: timestamppb.New(to.Add(-time.Second)),
		})
		if err != nil {
			return err
		}
		found = nil
		for _, at := range answer.GetStartTime() {
			found = append(found, at.AsTime().UTC().Format(time.RFC3339))
		}
		return nil
	})
	return found
}

// A schedule whose change days are written out is the same at the next apply, which says again what happens on them.
func TestChangeDaysAreAppliedOnce(t *testing.T) {
	t.Parallel()
	one := shop{id: "shop", kind: "atomic"}
	w := newWorld(t, scenario(5, one))
	definitions := w.box.definitions(one)
	flow := &definitions.Connections[0].Inventory
	flow.Timezone = "Europe/Paris"
	flow.Smart, flow.Full = []ledger.Rule{{Daily: "02:10"}}, []ledger.Rule{{Daily: "02:30"}}
	first := w.apply(definitions, ledger.ApplyOptions{})
	require.Len(t, first.Schedules, 2)
	require.Len(t, first.ChangeDays, 4, "two schedules, and two changes of the clock a year: %v", first.ChangeDays)
	again := w.apply(definitions, ledger.ApplyOptions{})
	require.Empty(t, again.Schedules)
	require.Equal(t, first.ChangeDays, again.ChangeDays)
}

// What people are told of a schedule's next starts is what the server will do, also around the days on which the clock changes.
func TestNextStartsAreThoseOfTheServer(t *testing.T) {
	t.Parallel()
	w := &world{t: t, namespace: "e2e-" + uuid.NewString()[:8], temporal: server(t)}
	w.register()
	c, err := client.Dial(client.Options{HostPort: w.temporal.address, Namespace: w.namespace, Logger: quiet{}})
	require.NoError(t, err)
	defer c.Close()
	kinds := map[string][]ledger.Rule{
		"every":    {{Every: 45 * time.Minute}},
		"hourly":   {{Hourly: &ledger.Hourly{Every: 1, Minute: 20}}},
		"third":    {{Hourly: &ledger.Hourly{Every: 3, Minute: 5}}},
		"daily":    {{Daily: "02:30"}, {Daily: "01:15"}},
		"flexible": {{Flexible: &ledger.Flexible{Every: 40 * time.Minute, From: 22, To: 3, Days: []string{"sat", "sun"}}}},
		"all":      {{Every: 6 * time.Hour}, {Daily: "02:00"}, {Hourly: &ledger.Hourly{Every: 12, Minute: 30}}},
	}
	for _, place := range []struct{ zone, day string }{
		{"Europe/Paris", "2027-03-28"},
		{"Europe/Paris", "2027-10-31"},
		{"America/New_York", "2027-03-14"},
		{"America/New_York", "2027-11-07"},
		{"Australia/Lord_Howe", "2027-04-04"},
		{"Australia/Lord_Howe", "2027-10-03"},
		{"Asia/Kolkata", "2027-05-01"},
		{"America/Havana", "2027-11-07"},
	} {
		zone, err := time.LoadLocation(place.zone)
		require.NoError(t, err)
		day, err := time.ParseInLocation(time.DateOnly, place.day, zone)
		require.NoError(t, err)
		from, to := day.AddDate(0, 0, -1), day.AddDate(0, 0, 2)
		for kind, rules := range kinds {
			// Of calendars that start in every hour, server 1.32 shifts starts in an hour that a zone east of Greenwich repeats.
			compared := func(at time.Time) bool {
				_, before := at.Add(-time.Hour).Zone()
				_, after := at.Add(time.Hour).Zone()
				return (kind != "hourly" && kind != "flexible") || after == before
			}
			var want []string
			for _, at := range control.NextStarts(rules, place.zone, from.Add(-time.Second), 1000) {
				if at.Before(to) && compared(at) {
					want = append(want, at.UTC().Format(time.RFC3339))
				}
			}
			spec := control.Spec(rules, place.zone, from)
			spec.Jitter = 0
			var found []string
			for _, text := range matching(t, c, w.namespace, fmt.Sprintf("starts-%s-%s-%s", kind, place.zone, place.day), spec, from, to) {
				at, err := time.Parse(time.RFC3339, text)
				require.NoError(t, err)
				if compared(at.In(zone)) {
					found = append(found, text)
				}
			}
			require.Equal(t, found, want, "%s in %s about %s", kind, place.zone, place.day)
		}
	}
}

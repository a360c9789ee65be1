package control_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/ledger"
)

func TestNextStarts(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		rules []ledger.Rule
		zone  string
		after string
		want  []string
	}{
		"no rules": {zone: "UTC", after: "2026-11-28T15:00:00Z"},
		"an interval begins at midnight": {
			[]ledger.Rule{{Every: 90 * time.Minute}}, "UTC", "2026-11-28T15:00:00Z", []string{"2026-11-28T16:30:00Z", "2026-11-28T18:00:00Z", "2026-11-28T19:30:00Z"},
		},
		"a start is behind the moment": {
			[]ledger.Rule{{Every: time.Hour}}, "UTC", "2026-11-28T15:00:00Z", []string{"2026-11-28T16:00:00Z", "2026-11-28T17:00:00Z", "2026-11-28T18:00:00Z"},
		},
		"daily, in its zone": {
			[]ledger.Rule{{Daily: "01:00"}},
			"America/Los_Angeles", "2026-11-28T15:00:00Z",
			[]string{"2026-11-29T01:00:00-08:00", "2026-11-30T01:00:00-08:00", "2026-12-01T01:00:00-08:00"},
		},
		"every other hour": {
			[]ledger.Rule{{Hourly: &ledger.Hourly{Every: 2, Minute: 15}}},
			"UTC", "2026-11-28T21:30:00Z",
			[]string{"2026-11-28T22:15:00Z", "2026-11-29T00:15:00Z", "2026-11-29T02:15:00Z"},
		},
		"over midnight on some days": {
			[]ledger.Rule{{Flexible: &ledger.Flexible{Every: 90 * time.Minute, From: 23, To: 0, Days: []string{"sat"}}}},
			"UTC", "2026-11-28T15:00:00Z",
			[]string{"2026-11-28T23:00:00Z", "2026-11-29T00:30:00Z", "2026-12-05T23:00:00Z"},
		},
		"rules stack, and a moment of two is one start": {
			[]ledger.Rule{{Every: 12 * time.Hour}, {Daily: "00:00"}, {Daily: "01:30"}},
			"UTC", "2026-11-28T15:00:00Z",
			[]string{"2026-11-29T00:00:00Z", "2026-11-29T01:30:00Z", "2026-11-29T12:00:00Z"},
		},
		"the clock skips the start": {
			[]ledger.Rule{{Daily: "02:30"}},
			"Europe/Paris", "2027-03-27T12:00:00Z",
			[]string{"2027-03-28T03:00:00+02:00", "2027-03-29T02:30:00+02:00", "2027-03-30T02:30:00+02:00"},
		},
		"the clock shows it twice": {
			[]ledger.Rule{{Daily: "02:30"}},
			"Europe/Paris", "2027-10-30T12:00:00Z",
			[]string{"2027-10-31T02:30:00+02:00", "2027-11-01T02:30:00+01:00", "2027-11-02T02:30:00+01:00"},
		},
		"hourly over a repeated hour": {
			[]ledger.Rule{{Hourly: &ledger.Hourly{Every: 1, Minute: 10}}},
			"Europe/Paris", "2027-10-31T00:00:00Z",
			[]string{"2027-10-31T02:10:00+02:00", "2027-10-31T02:10:00+01:00", "2027-10-31T03:10:00+01:00"},
		},
		"hourly over a skipped hour": {
			[]ledger.Rule{{Hourly: &ledger.Hourly{Every: 1, Minute: 10}}},
			"Europe/Paris", "2027-03-28T00:00:00Z",
			[]string{"2027-03-28T01:10:00+01:00", "2027-03-28T03:10:00+02:00", "2027-03-28T04:10:00+02:00"},
		},
		"a zone that nobody knows": {[]ledger.Rule{{Daily: "02:30"}}, "Mars/Olympus", "2027-03-27T12:00:00Z", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			after, err := time.Parse(time.RFC3339, test.after)
			require.NoError(t, err)
			var found []string
			for _, at := range control.NextStarts(test.rules, test.zone, after, 3) {
				found = append(found, at.Format(time.RFC3339))
			}
			require.Equal(t, test.want, found)
		})
	}
}

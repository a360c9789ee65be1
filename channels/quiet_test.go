package channels

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestQuietHours(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		quiet QuietHours
		at    string
		end   string // empty: not quiet
	}{
		"before":               {QuietHours{"22:00", "06:30", "UTC"}, "2026-03-02T21:59:59.999Z", ""},
		"begins":               {QuietHours{"22:00", "06:30", "UTC"}, "2026-03-02T22:00:00Z", "2026-03-03T06:30:00Z"},
		"after midnight":       {QuietHours{"22:00", "06:30", "UTC"}, "2026-03-03T03:00:00Z", "2026-03-03T06:30:00Z"},
		"ends":                 {QuietHours{"22:00", "06:30", "UTC"}, "2026-03-03T06:30:00Z", ""},
		"within a day":         {QuietHours{"09:00", "17:00", "UTC"}, "2026-03-03T16:59:00Z", "2026-03-03T17:00:00Z"},
		"no zone is UTC":       {QuietHours{"09:00", "17:00", ""}, "2026-03-03T08:59:00Z", ""},
		"until midnight":       {QuietHours{"20:00", "00:00", "UTC"}, "2026-03-03T23:00:00Z", "2026-03-04T00:00:00Z"},
		"another zone":         {QuietHours{"22:00", "06:00", "America/Los_Angeles"}, "2026-01-10T13:00:00Z", "2026-01-10T14:00:00Z"},
		"half an hour's zone":  {QuietHours{"22:00", "06:00", "Asia/Kolkata"}, "2026-01-10T00:29:00Z", "2026-01-10T00:30:00Z"},
		"over the end of year": {QuietHours{"22:00", "06:00", "Asia/Tokyo"}, "2026-12-31T20:00:00Z", "2026-12-31T21:00:00Z"},

		// Paris: 2026-03-29 02:00 becomes 03:00, 2026-10-25 03:00 becomes 02:00.
		"a short night":                        {QuietHours{"22:00", "06:30", "Europe/Paris"}, "2026-03-29T00:30:00Z", "2026-03-29T04:30:00Z"},
		"an end that is left out":              {QuietHours{"22:00", "02:30", "Europe/Paris"}, "2026-03-29T00:59:59Z", "2026-03-29T01:00:00Z"},
		"past an end that is left out":         {QuietHours{"22:00", "02:30", "Europe/Paris"}, "2026-03-29T01:00:00Z", ""},
		"before a begin that is left out":      {QuietHours{"02:30", "05:00", "Europe/Paris"}, "2026-03-29T00:59:59Z", ""},
		"a begin that is left out":             {QuietHours{"02:30", "05:00", "Europe/Paris"}, "2026-03-29T01:00:00Z", "2026-03-29T03:00:00Z"},
		"a long night":                         {QuietHours{"22:00", "06:30", "Europe/Paris"}, "2026-10-25T03:00:00Z", "2026-10-25T05:30:00Z"},
		"an end that comes twice":              {QuietHours{"22:00", "02:30", "Europe/Paris"}, "2026-10-25T00:45:00Z", "2026-10-25T01:30:00Z"},
		"past an end that comes twice":         {QuietHours{"22:00", "02:30", "Europe/Paris"}, "2026-10-25T01:30:00Z", ""},
		"a begin that comes twice":             {QuietHours{"02:30", "05:00", "Europe/Paris"}, "2026-10-25T00:30:00Z", "2026-10-25T04:00:00Z"},
		"between a begin that comes twice":     {QuietHours{"02:30", "05:00", "Europe/Paris"}, "2026-10-25T01:05:00Z", "2026-10-25T04:00:00Z"},
		"before a begin that comes twice":      {QuietHours{"02:30", "05:00", "Europe/Paris"}, "2026-10-25T00:29:00Z", ""},
		"a change of half an hour (Lord Howe)": {QuietHours{"22:00", "01:45", "Australia/Lord_Howe"}, "2026-04-04T15:00:00Z", "2026-04-04T15:15:00Z"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			span, err := test.quiet.parse()
			require.NoError(t, err)
			at, err := time.Parse(time.RFC3339Nano, test.at)
			require.NoError(t, err)
			end, quiet := span.end(at)
			require.Equal(t, test.end != "", quiet)
			if quiet {
				require.Equal(t, test.end, end.UTC().Format(time.RFC3339))
			}
		})
	}
}

func TestQuietHoursThatCannotBeRead(t *testing.T) {
	t.Parallel()
	for want, quiet := range map[string]QuietHours{
		`from: expected a time of day like 22:00, found "24:00"`: {From: "24:00", To: "06:00"},
		`to: expected a time of day like 06:30, found ""`:        {From: "22:00"},
		"both 06:00":      {From: "06:00", To: "06:00"},
		`"Europe/Atlant"`: {From: "22:00", To: "06:00", Timezone: "Europe/Atlant"},
	} {
		require.ErrorContains(t, quiet.Check(), want)
	}
	require.NoError(t, QuietHours{From: "22:00", To: "06:00", Timezone: "Europe/Paris"}.Check())
}

// Whatever the zone and the day: the end of quiet hours is later, not quiet itself, and not further away than a day and the
// widest change of the clocks.
func TestQuietHoursEnd(t *testing.T) {
	t.Parallel()
	zones := []string{
		"UTC", "Europe/Paris", "America/New_York", "America/Sao_Paulo", "Australia/Lord_Howe", "Asia/Kathmandu", "America/Havana",
		"Africa/Casablanca",
	}
	rapid.Check(t, func(t *rapid.T) {
		clock := func(label string) string {
			return time.Unix(60*rapid.Int64Range(0, 24*60-1).Draw(t, label), 0).UTC().Format("15:04")
		}
		quiet := QuietHours{From: clock("from"), To: clock("to"), Timezone: rapid.SampledFrom(zones).Draw(t, "zone")}
		if quiet.From == quiet.To {
			t.Skip("not quiet hours")
		}
		span, err := quiet.parse()
		require.NoError(t, err)
		at := time.Unix(rapid.Int64Range(1_500_000_000, 1_900_000_000).Draw(t, "at"), 0)
		end, isQuiet := span.end(at)
		if !isQuiet {
			return
		}
		require.True(t, end.After(at))
		require.LessOrEqual(t, end.Sub(at), 25*time.Hour)
		require.False(t, func() bool { _, again := span.end(end); return again }(), "quiet again at %s", end)
	})
}

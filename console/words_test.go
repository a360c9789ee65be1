package console

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/ledger"
)

func TestSpans(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		0: "0 s", 440 * time.Millisecond: "0.4 s", 41 * time.Second: "41 s", 372 * time.Second: "6 min 12 s", 2 * time.Minute: "2 min",
		81 * time.Minute: "1 h 21 min", 24 * time.Hour: "1 day", 51 * time.Hour: "2 days 3 h", -time.Second: "0 s",
	} {
		require.Equal(t, want, span(d))
	}
	for n, want := range map[int64]string{0: "0", 999: "999", 1000: "1,000", 24318: "24,318", 1234567: "1,234,567", -1204: "−1,204"} {
		require.Equal(t, want, number(n))
	}
}

func TestMoments(t *testing.T) {
	t.Parallel()
	zone, err := time.LoadLocation("America/Los_Angeles")
	require.NoError(t, err)
	k := clock{now: time.Date(2026, 11, 28, 23, 6, 0, 0, time.UTC), zone: zone} // 15:06 there
	require.Equal(t, "14:06", k.at(k.now.Add(-time.Hour)))
	require.Equal(t, "Tomorrow 01:00", k.at(time.Date(2026, 11, 29, 9, 0, 0, 0, time.UTC)))
	require.Equal(t, "Nov 27, 09:41", k.at(time.Date(2026, 11, 27, 17, 41, 0, 0, time.UTC)))
	require.Equal(t, "Nov 27 2025, 09:41", k.at(time.Date(2025, 11, 27, 17, 41, 0, 0, time.UTC)))
	require.Equal(t, "16:00, in 54 min", k.next(k.now.Add(54*time.Minute)))
	require.Equal(t, "15:06, in 30 s", k.next(k.now.Add(30*time.Second)))
	require.Equal(t, "15:05, now", k.next(k.now.Add(-time.Minute)))
	require.Equal(t, "Times in America/Los Angeles (PST)", zoneWords(k))
	for text, want := range map[string]string{
		"rejected by bob on 2026-11-28 22:06 UTC (run 1) and others": "rejected by bob at 14:06 (run 1) and others",
		"taken on 2026-11-27 17:41:30 UTC; due 2026-11-29 09:00 UTC": "taken on Nov 27 2026, 09:41:30; due tomorrow 01:00",
		"set by bob, on Fri 2026-11-27 17:41 UTC; it stays":          "set by bob, on Nov 27, 09:41; it stays",
		"since Sat 2026-11-28 22:06 UTC":                             "since 14:06",
		"until 2026-11-28 22:06 CET, or 2026-13-28 22:06 UTC":        "until 2026-11-28 22:06 CET, or 2026-13-28 22:06 UTC",
		"": "",
	} {
		require.Equal(t, want, k.localTimes(text))
	}
}

// The seed's worked example: runs of 20 minutes every 30 minutes leave figures 35 minutes old on average, and 50 at most.
func TestAgesOfTheWorkedExample(t *testing.T) {
	t.Parallel()
	var runs []ledger.Run
	for began := noon.Add(-3 * time.Hour); began.Before(noon); began = began.Add(30 * time.Minute) {
		runs = slices.Insert(runs, 0, ledger.Run{
			Outcome: ledger.Completed, StartedAt: began.Add(-5 * time.Minute), FetchBegan: new(began), EndedAt: new(began.Add(20 * time.Minute)),
		})
	}
	ages := agesOf(runs, noon.Add(-2*time.Hour), noon)
	average, most := summary(ages)
	require.Equal(t, 50*time.Minute, most)
	require.InDelta(t, 35*time.Minute, average, float64(time.Second))
	require.Equal(t, age{noon.Add(-2 * time.Hour), 30 * time.Minute}, ages[0], "the picture begins with what was so then")

	require.Empty(t, agesOf(nil, noon.Add(-time.Hour), noon))
	scoped := []ledger.Run{{Outcome: ledger.Completed, Scope: []string{"A"}, StartedAt: noon.Add(-time.Hour), EndedAt: new(noon.Add(-30 * time.Minute))}}
	require.Empty(t, agesOf(scoped, noon.Add(-2*time.Hour), noon), "a run of some SKUs says nothing of the others")
	old := []ledger.Run{{Outcome: ledger.Completed, StartedAt: noon.Add(-4 * time.Hour), EndedAt: new(noon.Add(-3 * time.Hour))}}
	require.Equal(t, []age{{noon.Add(-time.Hour), 3 * time.Hour}, {noon, 4 * time.Hour}}, agesOf(old, noon.Add(-time.Hour), noon))
}

func TestPicturesStayInTheirFrames(t *testing.T) {
	t.Parallel()
	runs := []ledger.Run{
		{Outcome: ledger.Running, Mode: ledger.Smart, StartedAt: noon.Add(-time.Second)},
		{Outcome: ledger.Failed, Mode: ledger.Smart, StartedAt: noon.Add(-2 * time.Hour), EndedAt: new(noon.Add(-time.Hour))},
		{Outcome: ledger.Skipped, Mode: ledger.Smart, StartedAt: noon.Add(-3 * time.Hour), EndedAt: new(noon.Add(-3 * time.Hour))},
		{Outcome: ledger.Completed, Mode: ledger.Full, StartedAt: noon.Add(-30 * time.Hour), EndedAt: new(noon.Add(-20 * time.Hour))},
	}
	small := string(strip(runs, noon))
	require.Equal(t, 4, strings.Count(small, "<rect"))
	require.Contains(t, small, `class="failbar"`)
	require.Contains(t, small, `class="skip-mark"`)
	for _, run := range runs {
		x, width := place(run, noon.Add(-24*time.Hour), noon, 0, stripWide)
		require.GreaterOrEqual(t, x, 0.0)
		require.LessOrEqual(t, x+width, stripWide+1e-9)
	}
	day := string(dayPicture(runs, agesOf(runs, noon.Add(-24*time.Hour), noon), clock{now: noon, zone: time.UTC}))
	require.Contains(t, day, "1 Smart Sync, 1 Full Sync, 1 failed, 1 skipped")
	require.NotContains(t, day, "NaN")
}

func TestMatch(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		pattern, path string
		values        map[string]string
		ok            bool
	}{
		{"/{$}", "/", nil, true},
		{"/{$}", "/runs", nil, false},
		{"/c/{id}", "/c/a%20b", map[string]string{"id": "a b"}, true},
		{"/c/{id}", "/c/", nil, false},
		{"/c/{id}", "/c/a/levels", nil, false},
		{"/runs/{n}", "/c/5", nil, false},
		{"/c/{id}", "/c/%zz", nil, false},
		{"/sku/{merchant}/{sku...}", "/sku/acme/A%2F1", map[string]string{"merchant": "acme", "sku": "A/1"}, true},
		{"/sku/{merchant}/{sku...}", "/sku/acme/A/1", map[string]string{"merchant": "acme", "sku": "A/1"}, true},
		{"/sku/{merchant}/{sku...}", "/sku/acme/", nil, false},
		{"/sku/{merchant}/{sku...}", "/sku/acme", nil, false},
	} {
		values, ok := match(test.pattern, test.path)
		require.Equal(t, test.ok, ok, test.path)
		require.Equal(t, test.values, values, test.path)
	}
}

func TestNoticesEnd(t *testing.T) {
	t.Parallel()
	now := noon
	kept := newNotices(func() time.Time { return now })
	key, err := kept.keep(notice{Text: "done"})
	require.NoError(t, err)
	request := httptest.NewRequest(http.MethodGet, "/?notice="+key, nil)
	now = now.Add(noticeLasts)
	require.Equal(t, "done", kept.of(request).Text)
	now = now.Add(time.Second)
	require.Nil(t, kept.of(request))
	require.Nil(t, kept.of(httptest.NewRequest(http.MethodGet, "/", nil)))
}

// Those that need somebody come first, and others by their names.
func TestConnectionsThatNeedSomebodyComeFirst(t *testing.T) {
	t.Parallel()
	var overview control.Overview
	for _, status := range []struct {
		id        string
		condition control.Condition
	}{{"d", control.ConditionOnTime}, {"c", control.ConditionOff}, {"b", control.ConditionFailing}, {"a", control.ConditionOnTime}, {"e", control.ConditionHeld}} {
		overview.Connections = append(overview.Connections, control.ConnectionStatus{Connection: ledger.Connection{ID: status.id}})
		overview.Standings = append(overview.Standings, control.Standing{Condition: status.condition})
	}
	view := viewConnections(overview, request{query: url.Values{}, now: noon}, zonesOf(nil, noon), nil)
	var order []string
	for _, row := range view.Rows {
		order = append(order, row.ID)
	}
	require.Equal(t, []string{"e", "b", "a", "d", "c"}, order)
	require.Equal(t, "5 connections: 1 held, 1 failing, 2 on time, 1 off.", view.Lede)
}

func TestPlacesThatMayShowSomethingElse(t *testing.T) {
	t.Parallel()
	row := func(connection, location, shows string) soldRow {
		return soldRow{Connection: connection, channelRow: channelRow{Location: location, Shows: shows, Should: 1024, State: rowState(ledger.StatusPending)}}
	}
	market, shop := row("market", "", "24"), row("shop", "front", figure(nil))
	for _, test := range []struct {
		differ []soldRow
		all    int
		want   string
	}{
		{nil, 3, ""},
		{[]soldRow{market}, 1, "It is not known to be shown as it should: market shows 24 and should show 1,024 (pending)."},
		{[]soldRow{shop}, 3, "1 of 3 places is not known to show what it should: shop, front, has not confirmed a figure and should show 1,024 (pending)."},
		{
			[]soldRow{market, shop},
			2,
			"2 of 2 places are not known to show what they should: market shows 24 and should show 1,024 (pending); shop, front, has not confirmed a figure " +
				"and should show 1,024 (pending).",
		},
		{
			[]soldRow{market, market, market, market, market},
			6,
			"5 of 6 places are not known to show what they should: " + strings.Repeat("market shows 24 and should show 1,024 (pending); ", 3) + "and 2 more.",
		},
	} {
		require.Equal(t, test.want, notShown(test.differ, test.all))
	}
}

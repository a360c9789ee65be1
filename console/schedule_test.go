package console

import (
	"context"
	"encoding/csv"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
)

// setting is what the fake's Smart Sync is set to: an override of the file's, at version 3.
func setting() control.ScheduleSetting {
	made := &ledger.Override{
		Schedule: ledger.Schedule{Rules: []ledger.Rule{{Every: 45 * time.Minute}, {Daily: "06:30"}}, Timezone: "America/Los_Angeles"},
		Reason:   "a sale " + hostile, By: "bob", Since: noon,
	}
	return control.ScheduleSetting{
		Connection: "acme-shop", Mode: ledger.Smart, Schedule: made.Schedule, Source: control.SetByOverride, FileName: "host:/etc/tidemark.yaml",
		File: &ledger.Schedule{Rules: []ledger.Rule{{Every: time.Hour}}, Timezone: "America/Los_Angeles"}, Override: made, Version: 3,
	}
}

func (f *fake) Schedule(_ context.Context, connection string, mode ledger.Mode) (control.ScheduleWithPreview, error) {
	if connection != "acme-shop" || mode != ledger.Smart {
		return control.ScheduleWithPreview{}, &control.UsageError{Message: fmt.Sprintf("there is no %s schedule of %s", mode, connection)}
	}
	return control.ScheduleWithPreview{
		ScheduleSetting: setting(), SchedulePreview: control.SchedulePreview{Starts: []time.Time{noon}, YAML: []string{"smart:", "  - every: 45m"}},
	}, nil
}

func (f *fake) PreviewSchedule(_ context.Context, _ string, _ ledger.Mode, edit control.ScheduleEdit) (control.SchedulePreview, error) {
	if len(edit.Rules) == 0 {
		return control.SchedulePreview{}, &control.UsageError{Message: "that is too little " + hostile}
	}
	return control.SchedulePreview{Starts: []time.Time{noon.Add(time.Hour)}, Warnings: []string{"that is often"}}, nil
}

func (f *fake) EditSchedule(_ context.Context, connection string, mode ledger.Mode, edit control.ScheduleEdit) (control.ScheduleEditResult, error) {
	if edit.Version != setting().Version {
		return control.ScheduleEditResult{}, &control.StaleEditError{Now: setting(), Wanted: edit.Schedule}
	}
	until := "for good"
	if edit.Until != nil {
		until = edit.Until.UTC().Format(time.RFC3339)
	}
	f.note(fmt.Sprintf("edit %s %s: %s, %s, %s, force %t, by %s", connection, mode, control.ScheduleWords(edit.Schedule), edit.Reason, until, edit.Force, edit.By))
	changed := setting()
	changed.Schedule = edit.Schedule
	return control.ScheduleEditResult{ScheduleSetting: changed, Starts: []time.Time{noon}, Waits: "no server answers"}, nil
}

func (f *fake) ClearOverride(_ context.Context, connection string, mode ledger.Mode, version int64) (control.ScheduleEditResult, error) {
	f.note(fmt.Sprintf("clear %s %s at %d", connection, mode, version))
	return control.ScheduleEditResult{ScheduleSetting: setting()}, nil
}

func (f *fake) Advise(_ context.Context, connection string) (control.Advice, error) {
	if connection != "acme-shop" {
		return control.Advice{}, &control.UsageError{Message: "there is no connection " + connection}
	}
	seen := inventory.Observed{Interval: time.Hour, Changed: 20, ChangedRows: 210, Skipped: 3, Waited: 2}
	for range 20 {
		seen.Took = append(seen.Took, 20*time.Minute)
	}
	return control.Advice{
		Connection: connection, Advice: inventory.Advise(seen), Why: []string{"because"}, Setting: setting(), Applicable: true, Applied: true,
	}, nil
}

func (f *fake) ApplyAdvice(_ context.Context, connection string, version int64, by string) (control.ScheduleEditResult, error) {
	f.note(fmt.Sprintf("apply the advice of %s at %d by %s", connection, version, by))
	return control.ScheduleEditResult{ScheduleSetting: setting(), Warnings: []string{"runs may take longer"}}, nil
}

func (f *fake) UndoAdvice(_ context.Context, connection string, version int64) (control.ScheduleEditResult, error) {
	f.note(fmt.Sprintf("undo the advice of %s at %d", connection, version))
	return control.ScheduleEditResult{ScheduleSetting: setting()}, nil
}

func (f *fake) Log(_ context.Context, query ledger.AuditQuery) ([]ledger.AuditEntry, error) {
	f.logged = append(f.logged, query)
	if query.Before != 0 {
		query.Limit = 1 // the last page
	}
	entries := make([]ledger.AuditEntry, query.Limit)
	for i := range entries {
		entries[i] = ledger.AuditEntry{
			ID: int64(1000 - i), At: noon, Who: "ann", From: control.FacePage, Act: "pause", On: "acme-shop", Before: "active", After: hostile,
			Result: ledger.AuditRefused, Reason: hostile,
		}
	}
	return entries, nil
}

// form is a schedule as the editor sends it.
func filled(changes ...string) url.Values {
	values := url.Values{
		"rules": {"1"}, "version": {"3"}, "timezone": {"America/Los_Angeles"}, "r0.kind": {"every"}, "r0.every": {"15"},
		"r2.kind": {"flexible"}, "r2.distance": {"30"}, "r2.from": {"8"}, "r2.to": {"18"}, "r2.day": {"mon", "tue"}, "reason": {"the sale"},
		"until": {"2026-11-30T08:00"},
	}
	for i := 0; i < len(changes); i += 2 {
		values.Set(changes[i], changes[i+1])
	}
	return values
}

// The editor shows what is in force and who set it, and previews what it was sent with.
func TestTheEditorOfASchedule(t *testing.T) {
	t.Parallel()
	w := newWorld(t).signIn()
	path := "/c/acme-shop/schedule/smart"
	for address, wanted := range map[string][]string{
		path: {
			"Every 45 minutes", "Daily at 06:30", "Overridden by bob (a sale =cmd()&lt;script&gt;", "tidemark.yaml says every 60 minutes", `name="r0.every" value="45"`,
			`name="r1.time" value="06:30"`, "Until, if it ends (America/Los_Angeles)", `name="until_zone" value="America/Los_Angeles"`,
			"Wed Nov 25, 04:00 PST", "Change the override", "End the override", `name="version" value="3"`, ">smart:\n  - every: 45m\n",
		},
		path + "?" + filled("r2.day", "mon").Encode(): {
			"every 15 minutes; every 30 minutes from 08:00 to 18:59 on Mon (America/Los_Angeles)", "Wed Nov 25, 05:00 PST", "That is often.",
			`value="the sale"`, `value="2026-11-30T08:00"`,
			`value="mon" checked`, `name="r1.distance" value="30"`,
		},
		path + "?" + filled("version", "2").Encode(): {`name="version" value="2"`},
		path + "?" + filled("timezone", "Asia/Tokyo", "until_zone", "America/Los_Angeles").Encode(): {
			"(Asia/Tokyo)", "Until, if it ends (America/Los_Angeles)", `name="until_zone" value="America/Los_Angeles"`, `name="until" value="2026-11-30T08:00"`,
		},
		path + "?rules=1": {"That cannot be", "that is too little =cmd()&lt;script&gt;"},
		path + "?" + filled("r0.every", "often", "r2.to", "24", "timezone", "Mars", "until", "soon").Encode(): {
			`name="r0.every" value="often" inputmode="numeric" size="5" aria-invalid="true" aria-describedby="r0.every-wrong">`,
			`id="r0.every-wrong">A whole number of minutes, from 1 to 44640.<`, `id="r1.to-wrong">An hour of the day, from 0 to 23.<`,
			`id="timezone-wrong">A time zone, like America/New_York or UTC.<`,
			`id="until-wrong">A date and a time, or nothing.<`, "what they should be stands at each",
		},
		path + "?" + filled("timezone", `"><script>alert(1)</script>`).Encode(): {"&lt;script&gt;"},
	} {
		status, body := w.get(address)
		require.Equal(t, http.StatusOK, status, address)
		for _, words := range wanted {
			require.Contains(t, body, words, address)
		}
		require.NotContains(t, body, "<script>alert", address)
	}
	for _, address := range []string{"/c/acme-shop/schedule/hourly", "/c/other/schedule/smart", "/c/other/tune"} {
		status, _ := w.get(address)
		require.Equal(t, http.StatusNotFound, status, address)
	}
	require.Empty(t, w.fake.did())
}

// What is saved is what the form says; what is refused comes back as it was entered.
func TestSchedulesAreEditedOnThePage(t *testing.T) {
	t.Parallel()
	path := "/c/acme-shop/schedule/smart"
	for name, test := range map[string]struct {
		path string
		form url.Values
		did  []string
		said []string
	}{
		"saved": {path, filled(), []string{
			"edit acme-shop smart: every 15 minutes; every 30 minutes from 08:00 to 18:59 on Mon, Tue (America/Los_Angeles), the sale, 2026-11-30T16:00:00Z, " +
				"force false, by ann",
		}, []string{"Smart Sync runs every 15 minutes", "Next start: Wed Nov 25, 12:00 UTC.", "a worker does that as soon as it can", "Recent runs"}},
		"in another zone, with the same end": {path, filled("timezone", "Asia/Tokyo", "until_zone", "America/Los_Angeles"), []string{
			"edit acme-shop smart: every 15 minutes; every 30 minutes from 08:00 to 18:59 on Mon, Tue (Asia/Tokyo), the sale, 2026-11-30T16:00:00Z, force false, by ann",
		}, []string{"Saved"}},
		"with an end in a zone that is none": {
			path, filled("until_zone", "Mars"),
			[]string{`refused set the schedule on acme-shop: until is "2026-11-30T08:00": A date and a time, or nothing.`},
			[]string{"A date and a time, or nothing."},
		},
		"for good, and often": {path, filled("until", "", "force", "on"), []string{
			"edit acme-shop smart: every 15 minutes; every 30 minutes from 08:00 to 18:59 on Mon, Tue (America/Los_Angeles), the sale, for good, force true, by ann",
		}, []string{"Saved"}},
		"on a version that is gone": {
			path, filled("version", "2"), nil, []string{"was changed while you edited it", `name="r0.every" value="15"`, `name="version" value="3"`},
		},
		"without a version": {
			path, filled("version", ""),
			[]string{"refused set the schedule on acme-shop: the form does not say on which version it was made; open the page again"},
			[]string{"open the page again", `name="r0.every" value="15"`},
		},
		"with an end that is none": {
			path, filled("until", "Monday"),
			[]string{`refused set the schedule on acme-shop: until is "Monday": A date and a time, or nothing.`},
			[]string{"A date and a time, or nothing.", `value="Monday"`},
		},
		"with a rule that is none": {
			path, filled("r0.every", "x"),
			[]string{`refused set the schedule on acme-shop: rule 1, every is "x": A whole number of minutes, from 1 to 44640.`},
			[]string{"Nothing was saved. What the fields should be stands at each.", `id="r0.every-wrong"`},
		},
		"cleared": {path + "/clear", url.Values{"version": {"3"}}, []string{"clear acme-shop smart at 3"}, []string{"Ended"}},
		"cleared without a version": {
			path + "/clear", nil,
			[]string{"refused clear the schedule on acme-shop: the form does not say on which version it was made; open the page again"},
			[]string{"open the page again"},
		},
		"advice is applied": {
			"/c/acme-shop/advice",
			url.Values{"version": {"3"}},
			[]string{"apply the advice of acme-shop at 3 by ann"},
			[]string{"Applied", "Runs may take longer."},
		},
		"advice is undone": {"/c/acme-shop/advice/undo", url.Values{"version": {"3"}}, []string{"undo the advice of acme-shop at 3"}, []string{"Undone"}},
		"advice without a version": {
			"/c/acme-shop/advice", nil,
			[]string{"refused apply the advice on acme-shop: the form does not say on which version it was made; open the page again"},
			[]string{"open the page again"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t).signIn()
			status, body := w.post(test.path, test.form)
			require.Equal(t, http.StatusOK, status)
			require.Equal(t, test.did, w.fake.did())
			for _, words := range test.said {
				require.Contains(t, body, words)
			}
			require.NotContains(t, body, "<script>alert")
		})
	}
}

// The page of advice says what was seen, why, and draws it; the log goes on where a page ends.
func TestTuneAndLog(t *testing.T) {
	t.Parallel()
	w := newWorld(t).signIn()
	status, body := w.get("/c/acme-shop/tune")
	require.Equal(t, http.StatusOK, status)
	for _, words := range []string{
		"Advised for Smart Sync: Every 60 minutes", "because", "20 min", "10.5", "20 runs with a change", "2 runs", "Apply it", "Undo",
		"Every 1 h, figures are 50 min old on average and 1 h 20 min at worst. Today, every 1 h, 50 min and 1 h 20 min.",
	} {
		require.Contains(t, body, words)
	}
	require.NotContains(t, body, "%!", "the picture is drawn from numbers")
	status, body = w.get("/log")
	require.Equal(t, http.StatusOK, status)
	for _, words := range []string{"ann", "page", "pause", "active", "Refused", "=cmd()&lt;script&gt;", "/log?before=901"} {
		require.Contains(t, body, words)
	}
	require.NotContains(t, body, "<script>alert")
	status, body = w.get("/log?before=901")
	require.Equal(t, http.StatusOK, status)
	require.NotContains(t, body, "Older ones")
	status, _ = w.get("/log?before=x")
	require.Equal(t, http.StatusNotFound, status)
}

// The log is filtered on its page and in its file, and the next page stays filtered. The file is safe for spreadsheets.
func TestTheLogIsFiltered(t *testing.T) {
	t.Parallel()
	w := newWorld(t).signIn()
	const filter = "from=2026-03-01&on=acme&result=refused&to=2026-03-02&who=ann"
	// Days of the zone in which the page tells times, that of all schedules.
	first, last := time.Date(2026, time.March, 1, 8, 0, 0, 0, time.UTC), time.Date(2026, time.March, 3, 8, 0, 0, 0, time.UTC)
	want := ledger.AuditQuery{Who: "ann", On: "acme", Result: ledger.AuditRefused, From: first, Until: last}
	status, body := w.get("/log?" + filter)
	require.Equal(t, http.StatusOK, status)
	for _, words := range []string{
		`name="who" value="ann"`, `name="on" value="acme"`, `name="from" value="2026-03-01"`, `name="to" value="2026-03-02"`,
		`<option value="refused" selected>Refused`,
		`href="/log?before=901&amp;` + strings.ReplaceAll(filter, "&", "&amp;") + `"`, `href="/log.csv?` + strings.ReplaceAll(filter, "&", "&amp;") + `"`,
		`href="/log">Show all`,
	} {
		require.Contains(t, body, words)
	}
	status, body = w.get("/log.csv?" + filter)
	require.Equal(t, http.StatusOK, status)
	lines, err := csv.NewReader(strings.NewReader(body)).ReadAll()
	require.NoError(t, err)
	require.Len(t, lines, 1+csvPage+1, "every page of it")
	require.Equal(t, []string{"entry", "time_utc", "who", "from", "act", "on", "before", "after", "result", "reason"}, lines[0])
	require.Equal(t,
		[]string{"1000", noon.UTC().Format(time.RFC3339), "ann", "page", "pause", "acme-shop", "active", "'" + hostile, "refused", "'" + hostile}, lines[1])
	require.Len(t, w.fake.logged, 3)
	for i, query := range w.fake.logged {
		limit := []int{logRows, csvPage, csvPage}[i]
		before := []int64{0, 0, 1}[i]
		query.Limit, query.Before = query.Limit-limit, query.Before-before
		query.From, query.Until = query.From.UTC(), query.Until.UTC()
		require.Equal(t, want, query)
	}
	for _, path := range []string{"/log?from=yesterday", "/log.csv?from=yesterday"} {
		status, body = w.get(path)
		require.Equal(t, http.StatusNotFound, status)
		require.Contains(t, body, "expected a date like 2026-03-01")
	}
	_, body = w.get("/log")
	require.NotContains(t, body, "Show all")
	require.Contains(t, body, `href="/log.csv"`)
}

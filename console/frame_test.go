package console

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/inventory"
)

// Who is signed in keeps the menu on pages that are not there or not allowed; who signed out is led to sign in.
func TestPagesThatAreNotThereKeepTheMenu(t *testing.T) {
	t.Parallel()
	w := newWorld(t).signIn()
	const menu = `<nav aria-label="Operation">`
	for _, path := range []string{"/nothing", "/runs/7", "/c/nobody", "/levels.csv"} {
		_, body := w.get(path)
		if path != "/levels.csv" { // it is a list
			require.Contains(t, body, menu, path)
			require.Contains(t, body, "1 worker", path)
		}
	}
	_, body := w.get("/runs/7")
	require.NotContains(t, body, "starter", "the menu leads to the runs")
	status, body := w.post("/c/acme-shop/sync", url.Values{"mode": {"smart"}}, "Sec-Fetch-Site", "cross-site")
	require.Equal(t, http.StatusForbidden, status)
	require.Contains(t, body, menu)
	_, body = w.post("/out", nil)
	require.Contains(t, body, `href="/in">Sign in</a>`)
	require.NotContains(t, body, "Connections</a>")
	_, body = w.get("/nothing")
	require.NotContains(t, body, menu)
	require.NotContains(t, body, "Connections</a>", "it would lead to itself")
}

// Moments and amounts are not broken at the end of a line, and nothing else is changed of a text.
func TestProse(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"since Tue 2026-12-01 10:00 PST (a sale)": `since [Tue 2026-12-01 10:00 PST] (a sale)`,
		"on 2026-11-29":                         `on [2026-11-29]`,
		"8 since 2026-11-29 18:56 UTC, 205 now": `8 since [2026-11-29 18:56 UTC], 205 now`,
		"more than 20 %: 3":                     `more than [20 %]: 3`,
		"Tomorrow 01:01, in 14 h 5 min":         `Tomorrow 01:01, in [14 h 5 min]`,
		"2 days 3 h":                            `[2 days 3 h]`,
		"3 shops, 2 hours":                      `3 shops, 2 hours`,
		`<b>"5 s"</b>`:                          `&lt;b&gt;&#34;[5 s]&#34;&lt;/b&gt;`,
	} {
		require.Equal(t, strings.NewReplacer("[", `<span class="nowrap">`, "]", "</span>").Replace(want), string(prose(text)))
	}
	require.NotContains(t, string(prose("a\u202eb")), "\u202e")
}

// A curve is drawn for wide and for narrow windows; what its marks say stands above their lines and within its frame.
func TestCurve(t *testing.T) {
	t.Parallel()
	advice := control.Advice{Advice: inventory.Advise(inventory.Observed{Took: slicesOf(20, time.Minute), Changed: 20, ChangedRows: 20, Interval: time.Hour})}
	view := viewTune(advice)
	curve := string(view.Curve)
	require.Equal(t, 1, strings.Count(curve, `class="chart curve wide" viewBox="0 0 740 200"`))
	require.Equal(t, 1, strings.Count(curve, `class="chart curve narrow" viewBox="0 0 330 200"`))
	require.Equal(t, 2, strings.Count(curve, "advised, "+span(advice.Interval)))
	require.Equal(t, 2, strings.Count(curve, "today, 1 h"))
	mark := regexp.MustCompile(`<line class="now" x1="[\d.]+" x2="[\d.]+" y1="([\d.]+)" y2="[\d.]+"/><text class="tick" x="[\d.]+" y="(\d+)"`)
	marks := mark.FindAllStringSubmatch(curve, -1)
	require.Len(t, marks, 4)
	for _, mark := range marks {
		require.Contains(t, []string{"17.000000", "31.000000"}, mark[1])
		require.Contains(t, []string{"12", "26"}, mark[2])
	}
	require.Equal(t, 3*time.Hour, scaleTop(2*time.Hour+time.Minute), "an axis goes little farther than its values")
}

func slicesOf(n int, of time.Duration) []time.Duration {
	var all []time.Duration
	for range n {
		all = append(all, of)
	}
	return all
}

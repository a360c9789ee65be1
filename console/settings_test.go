package console

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"
)

// What the forms of settings and strategies say comes to control whole, and what is refused goes back to the form as it was sent.
func TestSettingsAreSetOnThePage(t *testing.T) {
	t.Parallel()
	fields := url.Values{"version": {"3"}, "value": {"60%"}, "reason": {"the sale"}, "until": {"2026-12-01T08:00"}}
	strategy := url.Values{"version": {"3"}, "buffer_units": {"2"}, "distribution": {"weighted"}, "weights": {"acme-shop: 2"}, "reason": {"a try"}}
	unversioned := ": the form does not say on which version it was made; open the page again"
	for name, test := range map[string]struct {
		path string
		sent url.Values
		did  []string
		said []string
	}{
		"of the store": {
			"/c/acme-shop/settings/share", fields,
			[]string{"set share of store shop: 60%, the sale, 2026-12-01T16:00:00Z, by ann"},
			[]string{"share: 60%.", "a worker does that as soon as it can"},
		},
		"of the warehouse, for good": {
			"/c/acme-shop/settings/maximum_zeroed",
			url.Values{"version": {"3"}, "value": {"30%"}},
			[]string{"set maximum_zeroed of warehouse portland: 30%, , for good, by ann"},
			[]string{"maximum zeroed: 30%."},
		},
		"cleared": {"/c/acme-shop/settings/share/clear", url.Values{"version": {"3"}}, []string{"clear share of store shop at 3"}, []string{"Ended"}},
		"on a version that is gone": {
			"/c/acme-shop/settings/share",
			url.Values{"version": {"2"}, "value": {"61%"}},
			nil,
			[]string{"was changed while you edited it", `<details id="share" open>`, `value="61%"`, `name="version" value="3"`},
		},
		"without a version":         {"/c/acme-shop/settings/share", url.Values{"value": {"61%"}}, []string{"refused set a setting on acme-shop" + unversioned}, []string{`value="61%"`}},
		"cleared without a version": {"/c/acme-shop/settings/share/clear", nil, []string{"refused clear a setting on acme-shop" + unversioned}, []string{"open the page again"}},
		"with an end that is none": {
			"/c/acme-shop/settings/share",
			url.Values{"version": {"3"}, "value": {"60%"}, "until": {"soon"}},
			[]string{`refused set a setting on acme-shop: the end, "soon", is no date and time`},
			[]string{`value="soon"`},
		},
		"of no setting": {"/c/acme-shop/settings/colour", fields, []string{`refused set a setting on acme-shop: there is no setting "colour"`}, []string{"there is no setting"}},
		"a strategy": {
			"/strategies/portland", strategy,
			[]string{"set strategy of warehouse portland: {buffer_units: 2, distribution: weighted, weights: {acme-shop: 2}}, a try, for good, by ann"},
			[]string{"The strategy of portland is {buffer_units: 2"},
		},
		"a strategy, cleared": {"/strategies/portland/clear", url.Values{"version": {"3"}}, []string{"clear strategy of warehouse portland at 3"}, []string{"Ended"}},
		"a strategy that is none": {
			"/strategies/portland",
			url.Values{"version": {"3"}, "minimum": {"few"}, "sku": {"A"}},
			[]string{`refused set the strategy on portland: "few" is no whole number`},
			[]string{"is no whole number", `value="few"`},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t).signIn()
			status, body := w.post(test.path, test.sent)
			require.Equal(t, http.StatusOK, status)
			require.Equal(t, test.did, w.fake.did())
			for _, words := range test.said {
				require.Contains(t, body, words)
			}
			require.NotContains(t, body, "<script>alert")
		})
	}
}

// What was set is told in the zone that the page names, as on the other pages of the connection, and not in UTC.
func TestSettingsAreToldInTheZoneOfTheConnection(t *testing.T) {
	t.Parallel()
	w := newWorld(t).signIn()
	_, body := w.get("/c/acme-shop/settings")
	body = inOneLine.ReplaceAllString(body, "$1")
	require.Contains(t, body, "Times in America/Los Angeles (PST)")
	require.Contains(t, body, "verridden by bob (a sale")
	require.Contains(t, body, "since Wed 2026-11-25 04:00 PST")
	for _, path := range []string{"", "/levels", "/preview", "/tune", "/settings"} {
		_, body := w.get("/c/acme-shop" + path)
		require.NotRegexp(t, `\d\d:\d\d(:\d\d)? UTC`, inOneLine.ReplaceAllString(body, "$1"), path)
		require.Contains(t, body, "Times in America/Los Angeles (PST)", path)
	}
	_, body = w.get("/runs?connection=acme-shop")
	require.Contains(t, body, "Times in America/Los Angeles (PST)")
}

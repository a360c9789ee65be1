package console

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/ledger"
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
		"with an end in the zone that the form shows": { // another than that of the schedule by now
			"/c/acme-shop/settings/share",
			url.Values{"version": {"3"}, "value": {"60%"}, "until": {"2026-12-01T08:00"}, "until_zone": {"Asia/Tokyo"}},
			[]string{"set share of store shop: 60%, , 2026-11-30T23:00:00Z, by ann"},
			[]string{"share: 60%."},
		},
		"with an end in a zone that is none": {
			"/c/acme-shop/settings/share",
			url.Values{"version": {"3"}, "value": {"60%"}, "until": {"2026-12-01T08:00"}, "until_zone": {"Mars"}},
			[]string{`refused set a setting on acme-shop: the zone of the end, "Mars", is none`},
			[]string{"Until, if it ends (America/Los_Angeles)", `value="2026-12-01T08:00"`},
		},
		"cleared": {"/c/acme-shop/settings/share/clear", url.Values{"version": {"3"}}, []string{"clear share of store shop at 3"}, []string{"Ended"}},
		"on a version that is gone": {
			"/c/acme-shop/settings/share",
			url.Values{"version": {"2"}, "value": {"61%"}},
			nil,
			[]string{"was changed while you edited it", `<details id="share" open>`, `value="61%"`, `name="version" value="3"`},
		},
		"without a version": {
			"/c/acme-shop/settings/share", url.Values{"value": {"61%"}}, []string{"refused set a setting on acme-shop" + unversioned}, []string{`value="61%"`},
		},
		"cleared without a version": {
			"/c/acme-shop/settings/share/clear", nil, []string{"refused clear a setting on acme-shop" + unversioned}, []string{"open the page again"},
		},
		"with an end that is none": {
			"/c/acme-shop/settings/share",
			url.Values{"version": {"3"}, "value": {"60%"}, "until": {"soon"}},
			[]string{`refused set a setting on acme-shop: the end, "soon", is no date and time`},
			[]string{`value="soon"`},
		},
		"of no setting": {
			"/c/acme-shop/settings/colour", fields,
			[]string{`refused set a setting on acme-shop: there is no setting "colour"`},
			[]string{"there is no setting"},
		},
		"a strategy": {
			"/strategies/portland", strategy,
			[]string{"set strategy of warehouse portland: {buffer_units: 2, distribution: weighted, weights: {acme-shop: 2}}, a try, for good, by ann"},
			[]string{"The strategy of portland is {buffer_units: 2"},
		},
		"a strategy with an end in the zone that the form shows": {
			"/strategies/portland",
			url.Values{"version": {"3"}, "buffer_units": {"2"}, "until": {"2026-12-01T08:00"}, "until_zone": {"America/Los_Angeles"}},
			[]string{"set strategy of warehouse portland: {buffer_units: 2}, , 2026-12-01T16:00:00Z, by ann"},
			[]string{"The strategy of portland is {buffer_units: 2}"},
		},
		"a strategy, cleared": {"/strategies/portland/clear", url.Values{"version": {"3"}}, []string{"clear strategy of warehouse portland at 3"}, []string{"Ended"}},
		"a strategy that is none": {
			"/strategies/portland",
			url.Values{"version": {"3"}, "minimum": {"few"}, "sku": {"A"}},
			[]string{`refused set the strategy on portland: minimum is "few": A whole number, or nothing.`},
			[]string{"What the fields should be stands at each.", `id="minimum-wrong">A whole number`, `value="few"`},
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

// What somebody set for a reason and until a moment is opened with both, in the zone of the form, so that who edits the value keeps them.
func TestAnOverrideIsOpenedWithItsReasonAndItsEnd(t *testing.T) {
	t.Parallel()
	zone := "America/Los_Angeles"
	setup := control.Setup{Connection: ledger.Connection{ID: "acme-shop", Inventory: ledger.Flow{Timezone: zone}}}
	set := &control.SettingOverride{Value: "7%", By: "bob", Reason: "a sale", Since: noon, Until: new(noon.Add(48 * time.Hour))}
	setting := control.Setting{SettingKey: ledger.SettingKey{Kind: ledger.OfStore, ID: "shop", Name: ledger.SettingShare}, Value: "7%", Override: set}
	form := viewSettingForm(setup, setting, url.Values{})
	require.Equal(t, []string{"a sale", "2026-11-27T04:00"}, []string{form.Reason, form.Until})
	end, err := endOf(url.Values{"until": {form.Until}, "until_zone": {form.Zone}}, "Asia/Tokyo")
	require.NoError(t, err)
	require.True(t, end.Equal(*set.Until), "what is sent back is the same end, whatever the zone of the schedule is by then")
	form = viewSettingForm(setup, setting, url.Values{"setting": {setting.Name}, "reason": {"another"}, "until": {""}, "until_zone": {"Asia/Tokyo"}})
	require.Equal(t, []string{"another", "", "Asia/Tokyo"}, []string{form.Reason, form.Until, form.Zone}, "what was sent and refused comes back as it was")
	setting.Override = nil
	form = viewSettingForm(setup, setting, url.Values{})
	require.Equal(t, []string{"", ""}, []string{form.Reason, form.Until})

	row := viewStrategy(control.StockSharing{Setting: control.Setting{Override: set}}, zone)
	require.Equal(t, []string{"a sale", "2026-11-27T04:00", zone}, []string{row.Form.Reason, row.Form.Until, row.Form.UntilZone})
}

// Everything that is wrong with a strategy is said at once, each at its field.
func TestWhatIsWrongWithAStrategyStandsAtItsFields(t *testing.T) {
	t.Parallel()
	_, err := strategyForm{BufferPercent: "NaN", BufferUnits: "1.5", Minimum: "few", Weights: "acme-shop", Caps: "a: b"}.strategy()
	var unread *formError
	require.ErrorAs(t, err, &unread)
	amounts, whole := "Whole numbers by connection, like acme-shop: 2, acme-market: 1.", "A whole number, or nothing."
	require.Equal(t,
		wrong{"buffer_percent": "A percentage, like 7.5, or nothing.", "buffer_units": whole, "minimum": whole, "weights": amounts, "caps": amounts},
		unread.fields)
	_, err = strategyForm{BufferPercent: "7.5", Minimum: "2", Weights: "acme-shop: 2"}.strategy()
	require.NoError(t, err)
}

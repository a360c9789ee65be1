package bigcommerce_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/channels/bigcommerce"
	"github.com/tidemark/tidemark/channels/bigcommerce/bigcommercetest"
	"github.com/tidemark/tidemark/channels/channeltest"
	"github.com/tidemark/tidemark/settings"
)

func TestCheckSaysWhoseStoreItIs(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		options bigcommercetest.Options
		account string
	}{
		"adjustments of nothing are refused": {bigcommercetest.Options{}, "abc123 (Acme Bikes, acme.example.com, plan Pro)"},
		"they are taken":                     {bigcommercetest.Options{EmptyCalls: http.StatusOK}, "abc123 (Acme Bikes, acme.example.com, plan Pro)"},
		"they are malformed":                 {bigcommercetest.Options{EmptyCalls: http.StatusBadRequest}, "abc123 (Acme Bikes, acme.example.com, plan Pro)"},
		"the name must not be read":          {bigcommercetest.Options{NoInformation: true}, "abc123"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test.options.Locations = []string{"1", "20"}
			store := bigcommercetest.Start(t, test.options)
			finding, err := store.Open(t).Check(t.Context())
			require.NoError(t, err)
			require.Equal(t, channels.Finding{Account: test.account, Locations: []string{"1", "20"}, Notes: []string{
				`location 1 is "Location 1", enabled`, `location 20 is "Location 20", enabled`,
				`items whose inventory is tracked: 1; the first has the SKU "POISON"`,
				"the token may read and adjust the inventory",
			}}, finding)
			require.Zero(t, store.Calls(t))
		})
	}
}

func TestCheckSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	for want, test := range map[string]struct {
		options bigcommercetest.Options
		values  settings.Values
		token   string
	}{
		"does not accept the credential":           {token: "another"},
		"give the API account the scopes":          {options: bigcommercetest.Options{ReadOnly: true}},
		"Store Locations (read-only), and check":   {options: bigcommercetest.Options{NoLocations: true}},
		"correct the setting store_hash":           {values: settings.Values{"store_hash": "other"}},
		"it has no location 7; correct the settin": {values: settings.Values{"location": int64(7)}},
		"there is no such store, or no such API":   {options: bigcommercetest.Options{EmptyCalls: http.StatusNotFound}},
	} {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			test.options.Settings = test.values
			store := bigcommercetest.Start(t, test.options)
			environment := store.Environment()
			if test.token != "" {
				environment.Variable = func(string) (string, bool) { return test.token, true }
			}
			channel, err := bigcommerce.Driver().Open("shop", store.Settings(), environment)
			require.NoError(t, err)
			_, err = channels.Guarded(channel).Check(t.Context())
			channeltest.RequireError(t, err, channels.AskPerson, want)
		})
	}
}

func TestCheckOfAnswersThatAreOdd(t *testing.T) {
	t.Parallel()
	const item = `{"data":[{"id":2,"label":"Back","enabled":false}],"meta":{"pagination":{"total":300}}}`
	for name, test := range map[string]struct {
		locations, items, written string
		note, fault               string
	}{
		"more locations than a page": {item, `{"data":[]}`, `{}`, "not among the first 1 locations", ""},
		"a location that is off":     {item, `{"data":[]}`, `{}`, `location 2 is "Back", not enabled`, ""},
		"no items":                   {item, `{"data":[]}`, `{}`, "tracks the inventory of no item", ""},
		"no locations":               {`{"data":[]}`, `{}`, `{}`, "", "lists no locations"},
		"a page for items":           {item, `<p>`, `{}`, "", "not the JSON"},
		"a page for adjustments":     {item, `{"data":[]}`, `<p>`, "", "not the JSON"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				body := test.locations
				switch {
				case strings.HasSuffix(r.URL.Path, "/items"):
					body = test.items
				case r.Method == http.MethodPut:
					body = test.written
				}
				_, _ = w.Write([]byte(body))
			}))
			t.Cleanup(server.Close)
			channel, err := bigcommerce.Driver().Open("shop", with(settings.Values{"endpoint": server.URL}), bigcommercetest.Environment())
			require.NoError(t, err)
			finding, err := channel.Check(t.Context())
			if test.fault != "" {
				channeltest.RequireError(t, err, channels.Resend, test.fault)
				return
			}
			require.NoError(t, err)
			require.Equal(t, "abc123", finding.Account, "it says no name")
			require.Contains(t, strings.Join(finding.Notes, "\n"), test.note)
		})
	}
}

package woocommerce_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/channels/channeltest"
	"github.com/tidemark/tidemark/channels/woocommerce"
	"github.com/tidemark/tidemark/channels/woocommerce/woocommercetest"
	"github.com/tidemark/tidemark/settings"
)

func TestCheckSaysWhoseShopItIs(t *testing.T) {
	t.Parallel()
	store := woocommercetest.Start(t, woocommercetest.Options{})
	finding, err := store.Open(t).Check(t.Context())
	require.NoError(t, err)
	require.Equal(t, "Acme Bikes ("+strings.TrimPrefix(store.URL, "http://")+", key …al-2f6c)", finding.Account)
	require.Empty(t, finding.Locations)
	require.Equal(t, []string{"the key may read and write", "the shop manages stock", "products besides variations: 1", `one product has the SKU "POISON"`},
		finding.Notes)
	require.Zero(t, store.Calls(t))
}

func TestCheckSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	for want, test := range map[string]struct {
		options woocommercetest.Options
		path    string
		key     string
	}{
		"is not one with the permission Read/Write": {options: woocommercetest.Options{Permissions: "read"}},
		"does not accept the consumer key":          {options: woocommercetest.Options{Permissions: "write"}},
		"the key is revoked":                        {key: "another"},
		"no WooCommerce API at this address":        {path: "/elsewhere"},
		`switch "Enable stock management" on`:       {options: woocommercetest.Options{NoStock: true}},
	} {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			store := woocommercetest.Start(t, test.options)
			values := store.Settings()
			values["endpoint"] = store.URL + test.path
			environment := store.Environment()
			if test.key != "" {
				environment.Variable = func(string) (string, bool) { return test.key, true }
			}
			channel, err := woocommerce.Driver().Open("shop", values, environment)
			require.NoError(t, err)
			_, err = channels.Guarded(channel).Check(t.Context())
			channeltest.RequireError(t, err, channels.AskPerson, want)
		})
	}
}

// What only a key with more rights is told is not needed.
func TestCheckDoesWithoutWhatIsNotTold(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.Path, "/products") && !strings.Contains(r.URL.Path, "settings") {
			_, _ = w.Write([]byte(`[]`))
			return
		}
		w.WriteHeader(http.StatusForbidden)
		_, _ = w.Write([]byte(`{"code":"woocommerce_rest_cannot_view"}`))
	}))
	t.Cleanup(server.Close)
	environment := woocommercetest.Environment()
	environment.Variable = func(string) (string, bool) { return "short", true }
	channel, err := woocommerce.Driver().Open("shop", with(settings.Values{"endpoint": server.URL}), environment)
	require.NoError(t, err)
	finding, err := channel.Check(t.Context())
	require.NoError(t, err)
	require.Equal(t, strings.TrimPrefix(server.URL, "http://"), finding.Account)
	require.Len(t, finding.Notes, 2)
	require.Contains(t, finding.Notes[1], "does not say whether it manages stock")
}

package extensiv_test

import (
	"maps"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/settings"
	"github.com/tidemark/tidemark/warehouses/extensiv"
	"github.com/tidemark/tidemark/warehouses/warehousetest"
)

func TestSettingsThatCannotBe(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		other settings.Values
		says  string
	}{
		{settings.Values{"client_id": nil}, `needs the setting "client_id"`},
		{settings.Values{"client_secret": warehousetest.Credential}, "by reference"},
		{settings.Values{"client_secret": "env:OTHER"}, "OTHER is not set"},
		{settings.Values{"user_login_id": nil}, "user_login_id, or user_login"},
		{settings.Values{"user_login": "x"}, "user_login_id, or user_login"},
		{settings.Values{"page": 501}, "outside 1 to 500"},
		{settings.Values{"facilities": map[string]any{"east": "1"}}, "expected Extensiv's number of a facility"},
		{settings.Values{"facilities": map[string]any{"1": ""}}, "expected Extensiv's number of a facility"},
		{settings.Values{"levels": "details"}, "set customer_id and facilities"},
		{settings.Values{"levels": "details", "customer_id": 1}, "set customer_id and facilities"},
		{settings.Values{"levels": "details", "customer_id": 1, "facilities": map[string]any{"1": "x"}, "since": "a"}, "set levels: summaries, or leave since out"},
		{settings.Values{"since": "a=b"}, "expected a property"},
	} {
		raw := settings.Values{"client_id": "c", "client_secret": "env:SECRET", "user_login_id": "1"}
		maps.Copy(raw, test.other)
		_, err := extensiv.Driver().Open("reno", raw, settings.Environment{Variable: func(name string) (string, bool) { return "x", name == "SECRET" }})
		require.ErrorContains(t, err, test.says)
		require.NotContains(t, err.Error(), warehousetest.Credential)
	}
}

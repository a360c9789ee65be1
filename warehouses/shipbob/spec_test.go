package shipbob_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/settings"
	"github.com/tidemark/tidemark/warehouses/shipbob"
	"github.com/tidemark/tidemark/warehouses/warehousetest"
)

func TestSettingsThatCannotBe(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		raw  settings.Values
		says string
	}{
		{settings.Values{}, `needs the setting "token"`},
		{settings.Values{"token": warehousetest.Credential}, "by reference"},
		{settings.Values{"token": "env:TOKEN"}, "TOKEN is not set"},
		{settings.Values{"token": "env:TOKEN", "calls_per_minute": 141}, "outside 1 to 140"},
		{settings.Values{"token": "env:TOKEN", "levels": "lots"}, `"lots" is not one of total, locations`},
		{settings.Values{"token": "env:TOKEN", "levels": "locations", "figure": "sellable"}, "set levels: total, or figure: fulfillable"},
	} {
		_, err := shipbob.Driver().Open("moreno", test.raw, settings.Environment{Variable: func(string) (string, bool) { return "", false }})
		require.ErrorContains(t, err, test.says)
		require.NotContains(t, err.Error(), warehousetest.Credential)
	}
}

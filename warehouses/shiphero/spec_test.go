package shiphero_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/settings"
	"github.com/tidemark/tidemark/warehouses/shiphero"
	"github.com/tidemark/tidemark/warehouses/warehousetest"
)

func TestSettingsThatCannotBe(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		raw  settings.Values
		says string
	}{
		{settings.Values{}, "takes one credential: the setting refresh_token, or token"},
		{settings.Values{"token": "env:A", "refresh_token": "env:B"}, "takes one credential"},
		{settings.Values{"refresh_token": warehousetest.Credential}, "by reference"},
		{settings.Values{"refresh_token": "env:TOKEN"}, "TOKEN is not set"},
		{settings.Values{"token": "env:TOKEN"}, "TOKEN is not set"},
		{settings.Values{"token": "env:TOKEN", "credits_per_second": 61}, "outside 1 to 60"},
		{settings.Values{"token": "env:TOKEN", "full": "all"}, `"all" is not one of snapshot, pages`},
	} {
		_, err := shiphero.Driver().Open("fulton", test.raw, settings.Environment{Variable: func(string) (string, bool) { return "", false }})
		require.ErrorContains(t, err, test.says)
		require.NotContains(t, err.Error(), warehousetest.Credential)
	}
}

package jsonapi_test

import (
	"maps"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/settings"
	"github.com/tidemark/tidemark/warehouses/jsonapi"
	"github.com/tidemark/tidemark/warehouses/warehousetest"
)

func TestSettingsThatCannotBe(t *testing.T) {
	t.Parallel()
	type object = map[string]any
	for name, test := range map[string]struct {
		raw  settings.Values
		says string
	}{
		"no endpoint":              {settings.Values{"endpoint": nil}, `needs the setting "endpoint"`},
		"a query in the endpoint":  {settings.Values{"endpoint": "https://x/stock?a=b"}, "the parameters in the setting query"},
		"a credential in clear":    {settings.Values{"auth": "bearer", "credential": warehousetest.Credential}, "by reference"},
		"a credential not set":     {settings.Values{"auth": "bearer", "credential": "env:TOKEN"}, "TOKEN is not set"},
		"no credential":            {settings.Values{"auth": "header"}, "auth: header needs one"},
		"a credential for nothing": {settings.Values{"credential": "env:TOKEN"}, "say how it is sent"},
		"no user":                  {settings.Values{"auth": "basic", "credential": "env:TOKEN"}, "needs a user"},
		"a user with a colon":      {settings.Values{"auth": "basic", "credential": "env:TOKEN", "user": "a:b"}, "without a colon"},
		"not a header":             {settings.Values{"auth": "header", "credential": "env:TOKEN", "auth_header": "a b"}, "not the name of a header"},
		"not headers":              {settings.Values{"headers": object{"a:b": "c"}}, "not the name of a header"},
		"a credential as a header": {settings.Values{"headers": object{"authorization": warehousetest.Credential}}, "Authorization holds a credential"},
		"a key as a header":        {settings.Values{"headers": object{"x-api-key": warehousetest.Credential}}, "X-Api-Key holds a credential"},
		"an unknown field":         {settings.Values{"fields": object{"name": "name"}}, `"name" is not one of sku, facility`},
		"no SKU":                   {settings.Values{"fields": object{"sku": ""}}, "a path to sku"},
		"no figure":                {settings.Values{"fields": object{"available": ""}}, "a path to available, or to on_hand"},
		"two facilities":           {settings.Values{"fields": object{"facility": "site"}, "facility": "east"}, "exclude each other"},
		"not a path":               {settings.Values{"items": "data..stock"}, `items of json: "data..stock" is not a path`},
		"not a path either":        {settings.Values{"fields": object{"sku": "/a/"}}, `sku of json: "/a/" is not a path`},
		"a total of a list":        {settings.Values{"items": "", "total": "total"}, "total of json: there is no path to it"},
		"a cursor of a list":       {settings.Values{"items": "", "paging": "cursor"}, "next of json: there is no path to it"},
		"a cursor of nothing":      {settings.Values{"paging": "cursor", "next": ""}, "needs the path to the next page"},
		"a parameter twice":        {settings.Values{"paging": "page", "query": object{"page": "1"}}, `the parameter "page" is set twice`},
		"a parameter twice, too":   {settings.Values{"size_param": "n", "since_param": "n"}, `the parameter "n" is set twice`},
		"not a layout":             {settings.Values{"time_layout": "yyyy-mm-dd"}, `time_layout of json: "yyyy-mm-dd" does not tell a day`},
		"not a layout, since":      {settings.Values{"since_layout": "15:04"}, "since_layout of json"},
		"not a time zone":          {settings.Values{"timezone": "Europe/Atlantis"}, "not a time zone"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			raw := settings.Values{"endpoint": "https://x/stock"}
			maps.Copy(raw, test.raw)
			_, err := jsonapi.Driver().Open("lyon", raw, settings.Environment{Variable: func(string) (string, bool) { return "", false }})
			require.ErrorContains(t, err, test.says)
			require.NotContains(t, err.Error(), warehousetest.Credential)
		})
	}
	_, err := jsonapi.Driver().Open("lyon", settings.Values{"endpoint": "https://x/stock", "fields": object{"available": "", "on_hand": "qty"}},
		settings.Environment{})
	require.NoError(t, err, "on_hand alone is for a warehouse with quantity: on_hand")
	require.Equal(t, "json", jsonapi.Driver().Spec.Driver)
}

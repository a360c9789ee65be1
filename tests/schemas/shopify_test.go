package schemas

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator"
	"github.com/vektah/gqlparser/v2/validator/rules"
)

const shopify = "../../channels/shopify"

// shopifySchema is the hand-written part of Shopify's schema that the driver uses.
func shopifySchema(t *testing.T) *ast.Schema {
	t.Helper()
	path := filepath.Join(shopify, "testdata", "schema.graphql")
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	schema, err := gqlparser.LoadSchema(&ast.Source{Name: path, Input: string(text)})
	require.NoError(t, err)
	return schema
}

func TestShopifyDocumentsFitTheSchema(t *testing.T) {
	t.Parallel()
	schema := shopifySchema(t)
	paths, err := filepath.Glob(filepath.Join(shopify, "*.graphql"))
	require.NoError(t, err)
	require.Len(t, paths, 4)
	for _, path := range paths {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		document, faults := gqlparser.LoadQueryWithRules(schema, string(text), rules.NewDefaultRules())
		require.Empty(t, faults, path)
		require.Len(t, document.Operations, 1, path)
	}
}

// The golden bodies are what the driver sends: their documents and variables fit the schema, too.
func TestShopifyBodiesFitTheSchema(t *testing.T) {
	t.Parallel()
	schema := shopifySchema(t)
	paths, err := filepath.Glob(filepath.Join(shopify, "testdata", "*.json"))
	require.NoError(t, err)
	require.Len(t, paths, 5)
	for _, path := range paths {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		var body struct {
			Query     string
			Variables map[string]any
		}
		require.NoError(t, json.Unmarshal(text, &body))
		document, faults := gqlparser.LoadQueryWithRules(schema, body.Query, rules.NewDefaultRules())
		require.Empty(t, faults, path)
		_, err = validator.VariableValues(schema, document.Operations[0], body.Variables)
		require.NoError(t, err, path)
	}
}

// The rules that a schema cannot say: the directive stands on the mutation's field, and every quantity says what it changes from.
func TestShopifyMutationsCarryWhatVersion202604Demands(t *testing.T) {
	t.Parallel()
	schema := shopifySchema(t)
	for _, name := range []string{"set_quantities.json", "set_quantities_compare.json"} {
		text, err := os.ReadFile(filepath.Join(shopify, "testdata", name))
		require.NoError(t, err)
		var body struct {
			Query     string
			Variables struct {
				Key   string
				Input struct {
					Quantities []map[string]any
				}
			}
		}
		require.NoError(t, json.Unmarshal(text, &body))
		require.NotEmpty(t, body.Variables.Key)
		document, faults := gqlparser.LoadQueryWithRules(schema, body.Query, rules.NewDefaultRules())
		require.Empty(t, faults)
		field, ok := document.Operations[0].SelectionSet[0].(*ast.Field)
		require.True(t, ok)
		require.NotNil(t, field.Directives.ForName("idempotent"))
		require.NotEmpty(t, body.Variables.Input.Quantities)
		require.False(t, slices.ContainsFunc(body.Variables.Input.Quantities, func(one map[string]any) bool {
			_, said := one["changeFromQuantity"]
			return !said
		}))
	}
}

// What the schema is for: it finds a misspelled field, a missing argument and a variable of another type.
func TestShopifySchemaFindsMistakes(t *testing.T) {
	t.Parallel()
	schema := shopifySchema(t)
	for _, document := range []string{
		`query { productVariants(first: 1) { nodes { sku inventoryItem { available } } } }`,
		`mutation { inventorySetQuantities { userErrors { code } } }`,
		`mutation($key: String!) @idempotent(key: $key) { inventorySetQuantities(input: {name: "available", reason: "correction", quantities: []}) { userErrors { code } } }`,
		`query($first: String!) { productVariants(first: $first) { nodes { sku } } }`,
	} {
		_, faults := gqlparser.LoadQueryWithRules(schema, document, rules.NewDefaultRules())
		require.NotEmpty(t, faults, document)
	}
}

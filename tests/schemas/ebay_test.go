package schemas

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/channels/ebay"
	"github.com/tidemark/tidemark/channels/ebay/ebaytest"
)

// ebayFile is eBay's OpenAPI document, beside the repository.
const ebayFile = "../../../shared/schemas/ebay/sell_inventory_v1_oas3.json"

// ebayBase is where its paths begin.
const ebayBase = "/sell/inventory/v1"

// ebayParameter is one that a call may have.
type ebayParameter struct {
	Name     string `json:"name"`
	In       string `json:"in"`
	Required bool   `json:"required"`
}

// ebayAPI is eBay's document.
type ebayAPI struct {
	Paths map[string]map[string]struct {
		Parameters []ebayParameter `json:"parameters"`
		Request    struct {
			Content map[string]struct {
				Schema struct {
					Ref string `json:"$ref"`
				} `json:"schema"`
			} `json:"content"`
		} `json:"requestBody"`
		Responses map[string]json.RawMessage `json:"responses"`
	} `json:"paths"`
	compiler *jsonschema.Compiler
}

// openEbay reads the document. Without it the test is skipped; it fails instead when TIDEMARK_REQUIRE_ALL is 1.
func openEbay(t *testing.T) *ebayAPI {
	t.Helper()
	content, err := os.ReadFile(ebayFile)
	if err != nil && os.Getenv("TIDEMARK_REQUIRE_ALL") != "1" {
		t.Skipf("eBay's OpenAPI document is not here: %v", err)
	}
	require.NoError(t, err)
	api := &ebayAPI{compiler: jsonschema.NewCompiler()}
	require.NoError(t, json.Unmarshal(content, api))
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(content))
	require.NoError(t, err)
	ebayClose(document)
	require.NoError(t, api.compiler.AddResource("ebay", document))
	return api
}

// ebayClose makes every object schema refuse fields that it does not name. OpenAPI lets them pass, so a misspelled one would not be found.
func ebayClose(value any) {
	switch value := value.(type) {
	case map[string]any:
		if _, named := value["properties"].(map[string]any); named && value["type"] == "object" {
			value["additionalProperties"] = false
		}
		for _, part := range value {
			ebayClose(part)
		}
	case []any:
		for _, part := range value {
			ebayClose(part)
		}
	}
}

// validate holds JSON to one of the document's schemas.
func (a *ebayAPI) validate(t *testing.T, name string, content []byte) error {
	t.Helper()
	schema, err := a.compiler.Compile("ebay#/components/schemas/" + name)
	require.NoError(t, err)
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(content))
	require.NoError(t, err)
	return schema.Validate(value)
}

// ebayCall is a call and its answer.
type ebayCall struct {
	request *http.Request
	body    []byte
	status  int
	answer  []byte
}

// ebayRecorded opens a channel to a seller and keeps the calls that are made.
func ebayRecorded(t *testing.T, store *ebaytest.Store) (channels.Channel, func() []ebayCall) {
	t.Helper()
	var mutex sync.Mutex
	var calls []ebayCall
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		call := ebayCall{request: r, body: body}
		r.Body = io.NopCloser(bytes.NewReader(body))
		kept := httptest.NewRecorder()
		store.ServeHTTP(kept, r)
		call.status, call.answer = kept.Code, kept.Body.Bytes()
		mutex.Lock()
		calls = append(calls, call)
		mutex.Unlock()
		w.WriteHeader(kept.Code)
		_, _ = w.Write(call.answer)
	}))
	t.Cleanup(server.Close)
	values := store.Settings()
	values["endpoint"] = server.URL
	channel, err := ebay.Driver().Open("shop", values, store.Environment())
	require.NoError(t, err)
	return channels.Guarded(channel), func() []ebayCall {
		mutex.Lock()
		defer mutex.Unlock()
		return calls
	}
}

// TestEbayCallsFollowTheAPI holds every call of the driver, and every answer of its fake, to eBay's document: paths, methods, queries,
// headers, bodies.
func TestEbayCallsFollowTheAPI(t *testing.T) {
	t.Parallel()
	api := openEbay(t)
	store := ebaytest.Start(t, ebaytest.Options{SKURows: true})
	items := []channels.Item{{ChannelSKU: "BIKE", Quantity: 5}, {ChannelSKU: "A&B/ü 100%", Quantity: 0}, {ChannelSKU: ebaytest.Poison, Quantity: 1}}
	store.Set(t, items...)
	store.Offer("BIKE", "EBAY_DE", "FIXED_PRICE")
	channel, calls := ebayRecorded(t, store)
	finder, _ := channels.AsFinder(channel)
	_, err := channel.Check(t.Context())
	require.NoError(t, err)
	for i, item := range append(items, channels.Item{ChannelSKU: "UNKNOWN"}) {
		found, _, err := finder.Find(t.Context(), []channels.Item{item})
		require.NoError(t, err)
		if i < len(items) {
			items[i].Reference = found[0].Reference
		}
	}
	body, err := channel.Encode(items, "key")
	require.NoError(t, err)
	_, err = channel.Send(t.Context(), channels.Call{Key: "key", Body: body, Items: items})
	require.NoError(t, err)

	answers := map[string]string{"/offer": "Offers", "/inventory_item": "InventoryItems", "/bulk_update_price_quantity": "BulkPriceQuantityResponse"}
	seen := map[string]bool{}
	for _, call := range calls() {
		path, ours := strings.CutPrefix(call.request.URL.Path, ebayBase)
		if !ours { // the token's
			continue
		}
		method := strings.ToLower(call.request.Method)
		operation, exists := api.Paths[path][method]
		require.True(t, exists, "%s %s", method, path)
		ebayParameters(t, operation.Parameters, call.request)
		if len(call.body) > 0 {
			ref := operation.Request.Content["application/json"].Schema.Ref
			require.NoError(t, api.validate(t, strings.TrimPrefix(ref, "#/components/schemas/"), call.body))
		}
		require.Contains(t, operation.Responses, strconv.Itoa(call.status))
		if call.status < http.StatusBadRequest {
			require.NoError(t, api.validate(t, answers[path], call.answer), "%s: %s", path, call.answer)
		} else {
			ebayErrors(t, api, call.answer)
		}
		seen[path] = true
	}
	require.Len(t, seen, len(answers))
}

// ebayParameters checks that a call has only what is documented, and all that is required.
func ebayParameters(t *testing.T, parameters []ebayParameter, r *http.Request) {
	t.Helper()
	queries := map[string]bool{}
	for _, one := range parameters {
		switch one.In {
		case "query":
			queries[one.Name] = true
			require.True(t, !one.Required || r.URL.Query().Has(one.Name), one.Name)
		case "header":
			require.True(t, !one.Required || r.Header.Get(one.Name) != "", one.Name)
		}
	}
	for name := range r.URL.Query() {
		require.True(t, queries[name], "the query %s is not documented", name)
	}
}

// ebayErrors checks an answer that refuses a call.
func ebayErrors(t *testing.T, api *ebayAPI, answer []byte) {
	t.Helper()
	var said struct {
		Errors []json.RawMessage `json:"errors"`
	}
	require.NoError(t, json.Unmarshal(answer, &said))
	require.NotEmpty(t, said.Errors)
	for _, one := range said.Errors {
		require.NoError(t, api.validate(t, "Error", one))
	}
}

// What the document is for: it finds a misspelled field and a value of another type.
func TestEbaySchemaFindsMistakes(t *testing.T) {
	t.Parallel()
	api := openEbay(t)
	const right = `{"requests":[{"sku":"BIKE","shipToLocationAvailability":{"quantity":5},"offers":[{"offerId":"1","availableQuantity":5}]}]}`
	require.NoError(t, api.validate(t, "BulkPriceQuantity", []byte(right)))
	for _, wrong := range [][2]string{
		{"availableQuantity", "quantity"}, {`"offerId":"1"`, `"offerId":1`}, {`"quantity":5`, `"quantity":"5"`}, {"shipToLocationAvailability", "availability"}, {"requests", "request"},
	} {
		require.Error(t, api.validate(t, "BulkPriceQuantity", []byte(strings.Replace(right, wrong[0], wrong[1], 1))), wrong[1])
	}
}

// The golden bodies are what the driver sends: they fit the schema, too.
func TestEbayBodiesFitTheSchema(t *testing.T) {
	t.Parallel()
	api := openEbay(t)
	for _, name := range []string{"update", "update_one"} {
		body, err := os.ReadFile("../../channels/ebay/testdata/" + name + ".json")
		require.NoError(t, err)
		require.NoError(t, api.validate(t, "BulkPriceQuantity", body), name)
	}
}

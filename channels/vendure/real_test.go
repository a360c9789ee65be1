package vendure_test

import (
	"fmt"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/channels/channeltest"
	"github.com/tidemark/tidemark/channels/vendure"
	"github.com/tidemark/tidemark/channels/vendure/venduretest"
	"github.com/tidemark/tidemark/settings"
	vendureserver "github.com/tidemark/tidemark/tests/vendure"
)

// channelsMade is how many Vendure channels there are for tests.
const channelsMade = 8

// realServer is a real Vendure server with a database of its own. Every test has a Vendure channel of its own: variants and SKUs of one
// are not seen in another.
type realServer struct {
	*vendureserver.Server
	outlet string // the id of a second stock location
	// channels are the ids of channels that are not taken yet. A server that makes one shows it to all calls only a moment later, so they
	// are made before the first test.
	channels chan string
	slugs    atomic.Int64
}

// TestVendure runs the driver against the real server. Where that is not installed it is skipped, or fails under
// TIDEMARK_REQUIRE_ALL=1.
func TestVendure(t *testing.T) {
	t.Parallel()
	server := startVendure(t)
	for name, test := range map[string]func(*testing.T, *realServer){
		"figures arrive":                        figuresArrive,
		"a deleted variant is lost":             deletedVariant,
		"variants are looked up":                lookUp,
		"locations that do not fit":             wrongLocations,
		"the documented permissions are enough": credentials,
		"a session that ended is renewed":       endedSession,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, server)
		})
	}
}

// startVendure starts the server, which ends with the test.
func startVendure(t *testing.T) *realServer {
	t.Helper()
	const variants = 10
	server := &realServer{Server: vendureserver.Start(t, variants, channeltest.Credential), channels: make(chan string, channelsMade)}
	server.prepare(t)
	return server
}

// prepare makes the second stock location and the channels, and logs in.
func (v *realServer) prepare(t *testing.T) {
	t.Helper()
	v.LogIn(t)
	var location struct{ CreateStockLocation struct{ ID string } }
	v.admin(t, "", `mutation { createStockLocation(input: { name: "Outlet" }) { id } }`, nil, &location)
	v.outlet = location.CreateStockLocation.ID
	for i := range channelsMade {
		var made struct{ CreateChannel struct{ ID string } }
		name := fmt.Sprintf("test-%d", i)
		v.admin(t, "", `mutation ($input: CreateChannelInput!) { createChannel(input: $input) { ... on Channel { id } } }`, object{"input": object{
			"code": name, "token": name, "defaultLanguageCode": "en", "defaultCurrencyCode": "USD", "pricesIncludeTax": false, "defaultTaxZoneId": "1",
			"defaultShippingZoneId": "1",
		}}, &made)
		v.channels <- made.CreateChannel.ID
	}
	v.LogIn(t) // a session knows the channels of its beginning
}

// admin makes a call of the administrator, in a channel or in the default channel.
func (v *realServer) admin(t *testing.T, channel, document string, variables object, into any) {
	t.Helper()
	v.Ask(t, vendureserver.Question{Session: v.Token, Channel: channel, Document: document, Variables: variables}, into)
}

type object map[string]any

// realStore is a channel of the server, behind a Front for answers that are lost.
type realStore struct {
	*channeltest.Front
	server *realServer
	token  string       // of the channel
	number string       // the channel's id
	split  bool         // figures are shown by location
	seen   atomic.Value // the last Authorization header
}

// channel takes a channel and gives it one stock location, or two.
func (v *realServer) channel(t *testing.T, split bool) *realStore {
	t.Helper()
	address, err := url.Parse(v.Address)
	require.NoError(t, err)
	s := &realStore{server: v, split: split}
	select {
	case s.number = <-v.channels:
	default:
		require.Fail(t, "more channels are needed; raise channelsMade")
	}
	proxy := &httputil.ReverseProxy{
		Transport: &http.Transport{}, // not the default one, whose connections every closed httptest server breaks
		Rewrite: func(request *httputil.ProxyRequest) {
			request.SetURL(address)
			s.seen.Store(request.In.Header.Get("Authorization"))
		},
		ErrorHandler: func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) }, // a lost response stays one
	}
	s.Front = channeltest.NewFront(t, proxy)
	s.Front.Sort = venduretest.Sort
	var shop struct{ Channel struct{ Token string } }
	v.admin(t, "", `query ($id: ID!) { channel(id: $id) { token } }`, object{"id": s.number}, &shop)
	s.token = shop.Channel.Token
	locations := []string{"1"}
	if split {
		locations = append(locations, v.outlet)
	}
	v.admin(t, "", `mutation ($input: AssignStockLocationsToChannelInput!) { assignStockLocationsToChannel(input: $input) { id } }`,
		object{"input": object{"channelId": s.number, "stockLocationIds": locations}}, nil)
	return s
}

// admin makes a call of the administrator in the store's channel.
func (s *realStore) admin(t *testing.T, document string, variables object, into any) {
	t.Helper()
	s.server.admin(t, s.token, document, variables, into)
}

func (s *realStore) settings() settings.Values {
	return settings.Values{"endpoint": s.URL + "/admin-api", "channel": s.token, "username": "superadmin", "password": "env:PASSWORD"}
}

func (s *realStore) open(t *testing.T) channels.Channel {
	t.Helper()
	return s.openWith(t, nil, venduretest.Environment())
}

func (s *realStore) openWith(t *testing.T, values settings.Values, environment settings.Environment) channels.Channel {
	t.Helper()
	merged := s.settings()
	for name, value := range values {
		merged[name] = value
	}
	channel, err := vendure.Driver().Open("shop", merged, environment)
	require.NoError(t, err)
	return channel
}

// place is a stock location of the server.
func (s *realStore) place(location string) string {
	if location == "" {
		return "1"
	}
	return location
}

// set makes variants where there are none, as an import would, and edits figures.
func (s *realStore) set(t *testing.T, items ...channels.Item) {
	t.Helper()
	ids := s.variants(t)
	var missing []string
	for _, item := range items {
		if _, exists := ids[item.ChannelSKU]; !exists {
			missing, ids[item.ChannelSKU] = append(missing, item.ChannelSKU), ""
		}
	}
	s.create(t, missing...)
	ids = s.variants(t)
	input := make([]object, len(items))
	for i, item := range items {
		input[i] = object{"id": ids[item.ChannelSKU], "stockLevels": []object{{"stockLocationId": s.place(item.Location), "stockOnHand": item.Quantity}}}
	}
	s.admin(t, `mutation ($input: [UpdateProductVariantInput!]!) { updateProductVariants(input: $input) { id } }`, object{"input": input}, nil)
}

// create makes variants, each of a product of its own.
func (s *realStore) create(t *testing.T, skus ...string) {
	t.Helper()
	if len(skus) == 0 {
		return
	}
	var document strings.Builder
	for i := range skus {
		number := s.server.slugs.Add(1)
		fmt.Fprintf(&document, `p%d: createProduct(input: { translations: [{ languageCode: en, name: "P", slug: "p-%d", description: "" }] }) { id } `, i, number)
	}
	products := map[string]struct{ ID string }{}
	s.admin(t, "mutation { "+document.String()+"}", nil, &products)
	input := make([]object, len(skus))
	for i, sku := range skus {
		input[i] = object{
			"productId": products[fmt.Sprintf("p%d", i)].ID, "sku": sku, "price": 100, "trackInventory": "TRUE",
			"translations": []object{{"languageCode": "en", "name": "P"}},
		}
	}
	s.admin(t, `mutation ($input: [CreateProductVariantInput!]!) { createProductVariants(input: $input) { id } }`, object{"input": input}, nil)
}

// listedVariant is a variant as the server shows it.
type listedVariant struct {
	ID, SKU     string
	StockLevels []struct {
		StockLocationID string
		StockOnHand     int64
	}
}

func (s *realStore) list(t *testing.T) []listedVariant {
	t.Helper()
	var document struct {
		ProductVariants struct{ Items []listedVariant }
	}
	s.admin(t, `{ productVariants { items { id sku stockLevels { stockLocationId stockOnHand } } } }`, nil, &document)
	return document.ProductVariants.Items
}

func (s *realStore) variants(t *testing.T) map[string]string {
	t.Helper()
	ids := map[string]string{}
	for _, variant := range s.list(t) {
		ids[variant.SKU] = variant.ID
	}
	return ids
}

func (s *realStore) remove(t *testing.T, sku string) {
	t.Helper()
	s.admin(t, `mutation ($id: ID!) { deleteProductVariant(id: $id) { result } }`, object{"id": s.variants(t)[sku]}, nil)
}

func (s *realStore) shown(t *testing.T) map[channeltest.Place]int64 {
	t.Helper()
	shown := map[channeltest.Place]int64{}
	for _, variant := range s.list(t) {
		for _, level := range variant.StockLevels {
			location := level.StockLocationID
			if !s.split {
				location = ""
			}
			shown[channeltest.Place{Location: location, SKU: variant.SKU}] = level.StockOnHand
		}
	}
	return shown
}

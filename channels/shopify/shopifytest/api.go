package shopifytest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/tidemark/tidemark/channels/channeltest"
)

const tokenPath = "/admin/oauth/access_token"

// tokenLife is how long a token of an app lives, in seconds, as recorded.
const tokenLife = 86_399

// maxArray is the most elements of an input array.
const maxArray = 250

// maxQuery is the most points of one query.
const maxQuery = 1000

// problem is a top-level error.
type problem struct {
	Message    string            `json:"message"`
	Path       []any             `json:"path,omitempty"`
	Extensions map[string]string `json:"extensions"`
}

// response is a GraphQL response.
type response struct {
	Data       any            `json:"data,omitempty"`
	Errors     []problem      `json:"errors,omitempty"`
	Extensions map[string]any `json:"extensions,omitempty"`
}

func refusal(code, message string, path ...any) response {
	return response{Errors: []problem{{Message: message, Path: path, Extensions: map[string]string{"code": code}}}}
}

func (s *Store) serve(w http.ResponseWriter, r *http.Request, body []byte) {
	var version string
	if parts := strings.Split(r.URL.Path, "/"); len(parts) == 5 && parts[2] == "api" && parts[4] == "graphql.json" {
		version = parts[3]
	}
	switch {
	case r.Method != http.MethodPost:
		w.WriteHeader(http.StatusMethodNotAllowed)
	case r.URL.Path == tokenPath:
		r.Body = io.NopCloser(bytes.NewReader(body))
		s.token(w, r)
	case version < "2026-04":
		channeltest.Reply(w, http.StatusNotFound, map[string]string{"errors": "Not Found"})
	case !s.takes(r.Header.Get("X-Shopify-Access-Token")):
		channeltest.Reply(w, http.StatusUnauthorized, map[string]string{"errors": "[API] Invalid API key or access token (unrecognized login or wrong password)"})
	default:
		channeltest.Reply(w, http.StatusOK, s.graphql(body))
	}
}

// token gives an app a token by the client credentials grant.
func (s *Store) token(w http.ResponseWriter, r *http.Request) {
	if r.FormValue("grant_type") != "client_credentials" || r.FormValue("client_id") != "app" || r.FormValue("client_secret") != channeltest.Credential {
		channeltest.Reply(w, http.StatusBadRequest, map[string]string{"error": "application_cannot_be_found"})
		return
	}
	token := s.IssueToken("shpat_", tokenLife*time.Second)
	channeltest.Reply(w, http.StatusOK, map[string]any{"access_token": token, "scope": strings.Join(s.scopes, ","), "expires_in": tokenLife})
}

func (s *Store) takes(token string) bool {
	if !s.options.App {
		return token == channeltest.Credential
	}
	return s.TakesToken(token)
}

// operation is one thing that the shop can do: what it costs at the most, and what it answers and then costs.
type operation struct {
	scopes    []string
	requested float64
	run       func() (reply response, actual float64)
}

func (s *Store) graphql(body []byte) response {
	var call struct {
		Query     string          `json:"query"`
		Variables json.RawMessage `json:"variables"`
	}
	if json.Unmarshal(body, &call) != nil {
		return refusal("BAD_REQUEST", "the body is not JSON")
	}
	request, refused := s.operation(call.Query, call.Variables)
	if refused != nil {
		return *refused
	}
	if request.requested > maxQuery {
		return refusal("MAX_COST_EXCEEDED", fmt.Sprintf("Query cost is %v, which exceeds the single query max cost limit", request.requested))
	}
	within := s.bucket.Take(request.requested, s.Now())
	if !s.Admit(within, true) {
		if within { // throttled for another reason, which costs nothing
			s.bucket.Refund(request.requested)
		}
		throttled := refusal("THROTTLED", "Throttled")
		throttled.Extensions = s.bucket.extensions(request.requested, nil)
		return throttled
	}
	for _, scope := range request.scopes {
		if !slices.Contains(s.scopes, scope) && !slices.Contains(s.scopes, strings.Replace(scope, "read_", "write_", 1)) {
			denied := refusal("ACCESS_DENIED", "Access denied. Required access: `"+scope+"` access scope.")
			s.bucket.Refund(request.requested)
			denied.Extensions = s.bucket.extensions(request.requested, new(0.0))
			return denied
		}
	}
	reply, actual := request.run()
	s.bucket.Refund(request.requested - actual)
	reply.Extensions = s.bucket.extensions(request.requested, &actual)
	return reply
}

// operation reads what is asked for. It knows the driver's documents by the fields that they ask for.
func (s *Store) operation(query string, variables []byte) (operation, *response) {
	switch {
	case strings.Contains(query, "inventorySetQuantities("):
		return s.setQuantities(query, variables)
	case strings.Contains(query, "productVariants(first: $first"):
		var request struct {
			First  int
			Search string
		}
		if json.Unmarshal(variables, &request) != nil || request.First < 1 || request.First > maxArray {
			return operation{}, new(refusal("INVALID_VARIABLE", "first is not valid"))
		}
		skus, err := terms(request.Search)
		if err != nil {
			return operation{}, new(refusal("BAD_REQUEST", err.Error()))
		}
		// A connection costs 2, and each of its objects 1.
		return operation{[]string{"read_products"}, 2 + 2*float64(request.First), func() (response, float64) { return s.find(skus, request.First) }}, nil
	case strings.Contains(query, "nodes(ids: $items)"):
		var request struct {
			Items    []string
			Location string
		}
		if json.Unmarshal(variables, &request) != nil || len(request.Items) > maxArray {
			return operation{}, new(refusal("MAX_INPUT_SIZE_EXCEEDED", "too many ids"))
		}
		points := 3 * float64(len(request.Items))
		return operation{[]string{"read_inventory"}, points, func() (response, float64) { return s.shownAt(request.Items, request.Location), points }}, nil
	case strings.Contains(query, "currentAppInstallation"):
		return operation{[]string{"read_locations", "read_products"}, 258, s.about}, nil
	}
	return operation{}, new(refusal("undefinedField", "the field does not exist"))
}

// find answers a look-up.
func (s *Store) find(skus []string, first int) (response, float64) {
	s.CountLookup()
	items := s.variants(skus)
	shown := items[:min(first, len(items))]
	nodes := make([]map[string]any, len(shown))
	for i, item := range shown {
		nodes[i] = map[string]any{
			"sku": item.sku, "requiresComponents": item.bundle,
			"inventoryItem": map[string]any{"id": itemGID(item.id), "tracked": !item.untracked, "duplicateSkuCount": s.sameSKU(item)},
		}
	}
	return response{Data: map[string]any{"productVariants": map[string]any{
		"nodes": nodes, "pageInfo": map[string]bool{"hasNextPage": len(items) > first},
	}}}, 2 + 2*float64(len(nodes))
}

// shownAt answers what items show at a location.
func (s *Store) shownAt(ids []string, location string) response {
	nodes := make([]any, len(ids))
	for i, id := range ids {
		entry, exists := s.item(id)
		if !exists {
			continue
		}
		node := map[string]any{"id": id, "inventoryLevel": nil}
		if !entry.unstocked[location] {
			node["inventoryLevel"] = map[string]any{"quantities": []any{map[string]any{"name": "available", "quantity": s.levels[level{entry.id, location}]}}}
		}
		nodes[i] = node
	}
	return response{Data: map[string]any{"nodes": nodes}}
}

// about answers a check.
func (s *Store) about() (response, float64) {
	locations := []any{}
	for _, id := range slices.Sorted(func(yield func(string) bool) {
		for id := range s.locations {
			if !yield(id) {
				return
			}
		}
	}) {
		locations = append(locations, map[string]any{"id": id, "name": "Shop location", "isActive": true})
	}
	granted := []any{}
	for _, scope := range s.scopes {
		granted = append(granted, map[string]string{"handle": scope})
	}
	variants := []any{}
	for _, item := range s.items {
		variants = append(variants, map[string]string{"sku": item.sku})
		break
	}
	return response{Data: map[string]any{
		"shop":                   map[string]string{"name": "Acme Bikes", "myshopifyDomain": "acme.myshopify.com"},
		"currentAppInstallation": map[string]any{"accessScopes": granted},
		"locations":              map[string]any{"nodes": locations, "pageInfo": map[string]bool{"hasNextPage": false}},
		"productVariants":        map[string]any{"nodes": variants},
	}}, float64(8 + len(locations))
}

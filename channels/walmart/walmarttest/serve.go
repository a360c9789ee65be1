package walmarttest

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/tidemark/tidemark/channels/channeltest"
)

// serve routes by the escaped path, as it was sent: the @ in the id of a feed must be encoded.
func (s *Store) serve(w http.ResponseWriter, r *http.Request, body []byte) {
	path := r.URL.EscapedPath()
	operation := route(r.Method, path)
	s.headers[operation] = r.Header
	_, wrong := uuid.Parse(r.Header.Get("WM_QOS.CORRELATION_ID"))
	switch {
	case wrong != nil || r.Header.Get("WM_SVC.NAME") == "" || r.Header.Get("Accept") != "application/json":
		refuse(w, http.StatusBadRequest, "INVALID_REQUEST_HEADER.GMP_GATEWAY_API", "", "A header is missing or malformed")
		return
	case operation == "token":
		s.login(w, r, body)
		return
	}
	if !s.TakesToken(r.Header.Get("WM_SEC.ACCESS_TOKEN")) {
		refuse(w, http.StatusUnauthorized, "UNAUTHORIZED.GMP_GATEWAY_API", "", "Unauthorized token or incorrect authorization header")
		return
	}
	switch {
	case operation == "":
		refuse(w, http.StatusNotFound, "URI_NOT_FOUND.GMP_GATEWAY_API", "", "There is no such address")
	case slices.Contains(s.options.Unreadable, path):
		refuse(w, http.StatusForbidden, "FORBIDDEN.GMP_GATEWAY_API", "", "The scope is missing")
	case !s.admit(w, operation):
	case operation == "put":
		s.put(w, r, body)
	case operation == "feed":
		s.submit(w, r, body)
	case operation == "poll":
		id, _ := url.PathUnescape(strings.TrimPrefix(path, "/v3/feeds/"))
		s.status(w, r, id)
	default:
		s.read(w, path)
	}
}

// route names the operation.
func route(method, path string) string {
	switch id, polled := strings.CutPrefix(path, "/v3/feeds/"); {
	case method == http.MethodPost && path == "/v3/token":
		return "token"
	case method == http.MethodPost && path == "/v3/feeds":
		return "feed"
	case method == http.MethodPut && path == "/v3/inventory":
		return "put"
	case method == http.MethodGet && polled && id != "" && !strings.ContainsAny(id, "/@"):
		return "poll"
	case method == http.MethodGet && slices.Contains(readable, path):
		return "read"
	}
	return ""
}

// readable are the other paths that can be read.
var readable = []string{"/v3/feeds", "/v3/inventories", "/v3/settings/partnerprofile", "/v3/token/detail", "/v3/settings/shipping/shipnodes"}

func (s *Store) read(w http.ResponseWriter, path string) {
	switch path {
	case "/v3/feeds":
		s.statuses(w)
	case "/v3/inventories":
		channeltest.Reply(w, http.StatusOK, map[string]any{"meta": map[string]any{"totalCount": len(s.listed)}, "elements": map[string]any{"inventories": []any{}}})
	case "/v3/settings/partnerprofile":
		rate := map[string]any{"count": s.options.FeedsPerHour, "replenishTimeWindow": map[string]string{"value": "3600", "unitOfMeasurement": "SECOND"}}
		values := []any{map[string]any{"feedType": "inventory", "throttleConfigurations": []any{map[string]any{"type": "SELLER", "rate": rate}}}}
		channeltest.Reply(w, http.StatusOK, map[string]any{
			"partner": map[string]string{"partnerId": "100009", "partnerDisplayName": "Tidemark Bikes"},
			"configurations": []any{
				map[string]any{"configurationName": "ACCOUNT", "configuration": map[string]any{"status": "ACTIVE"}},
				map[string]any{"configurationName": "FEED", "configuration": map[string]any{"values": values}},
			},
		})
	case "/v3/token/detail":
		scopes := s.options.Scopes
		if scopes == nil {
			scopes = map[string]string{"inventory": "full_access", "feeds": "full_access"}
		}
		channeltest.Reply(w, http.StatusOK, map[string]any{"is_valid": true, "scopes": scopes})
	case "/v3/settings/shipping/shipnodes":
		nodes := []any{map[string]string{"shipNode": "NODE-OFF", "shipNodeName": "Closed", "status": "INACTIVE"}}
		for _, node := range s.options.Nodes {
			nodes = append(nodes, map[string]string{"shipNode": node, "shipNodeName": "Warehouse " + node, "status": "ACTIVE"})
		}
		channeltest.Reply(w, http.StatusOK, nodes)
	}
}

// node is the ship node that a call is for; empty is the default one.
func (s *Store) node(w http.ResponseWriter, r *http.Request) (string, bool) {
	node := r.URL.Query().Get("shipNode")
	if node == "" || slices.Contains(s.options.Nodes, node) {
		return node, true
	}
	refuse(w, http.StatusBadRequest, "INVALID_REQUEST_PARAM.GMP_INVENTORY_API", "shipNode", "The ship node is not valid")
	return "", false
}

// put takes one figure.
func (s *Store) put(w http.ResponseWriter, r *http.Request, body []byte) {
	s.Bodies["put"] = body
	node, ok := s.node(w, r)
	if !ok {
		return
	}
	var request entry
	if json.Unmarshal(body, &request) != nil || request.SKU == "" || request.SKU != r.URL.Query().Get("sku") {
		refuse(w, http.StatusBadRequest, "INVALID_REQUEST_PARAM.GMP_INVENTORY_API", "sku", "The SKU is missing or not the one of the address")
		return
	}
	switch offence, bad := s.judge(request); {
	case bad && offence.Type != "DATA_ERROR":
		refuse(w, http.StatusInternalServerError, "SYSTEM_ERROR.GMP_INVENTORY_API", "", offence.Description)
	case bad && offence == unknown:
		refuse(w, http.StatusNotFound, "CONTENT_NOT_FOUND.GMP_INVENTORY_API", "", offence.Description)
	case bad:
		refuse(w, http.StatusBadRequest, "INVALID_REQUEST_CONTENT.GMP_INVENTORY_API", "quantity", offence.Description)
	default:
		if s.listed[request.SKU] {
			s.shown[channeltest.Place{Location: node, SKU: request.SKU}] = *request.Quantity.Amount
		}
		channeltest.Reply(w, http.StatusOK, request)
	}
}

// What is wrong with an item. Walmart publishes no list of these codes.
var (
	poisoned = ingestionError{"DATA_ERROR", "ERR_EXT_DATA_0801010", "The item is locked by Walmart."}
	unknown  = ingestionError{"DATA_ERROR", "ERR_EXT_DATA_0801011", "Requested content could not be found."}
)

func (s *Store) judge(request entry) (ingestionError, bool) {
	status, faulty := s.options.Faulty[request.SKU]
	switch {
	case faulty:
		return ingestionError{status, "ERR_INT_SYS_0801012", "Something went wrong at Walmart."}, true
	case s.poisons[request.SKU]:
		return poisoned, true
	case request.Quantity.Amount == nil || *request.Quantity.Amount < 0 || request.Quantity.Unit != "EACH":
		return ingestionError{"DATA_ERROR", "ERR_EXT_DATA_0801013", "The quantity is not valid."}, true
	case !s.listed[request.SKU] && !s.options.UnknownAccepted:
		return unknown, true
	}
	return ingestionError{}, false
}

func refuse(w http.ResponseWriter, status int, code, field, description string) {
	channeltest.Reply(w, status, map[string]any{"errors": []map[string]string{{
		"code": code, "field": field, "description": description, "category": "DATA",
		"severity": "ERROR",
	}}})
}

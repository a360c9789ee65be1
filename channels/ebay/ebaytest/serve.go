package ebaytest

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/tidemark/tidemark/channels/channeltest"
)

const (
	tokenPath = "/identity/v1/oauth2/token"
	bulkPath  = "/sell/inventory/v1/bulk_update_price_quantity"
	offerPath = "/sell/inventory/v1/offer"
	itemPath  = "/sell/inventory/v1/inventory_item"
)

// problem is an error of eBay's.
type problem struct {
	ErrorID  int    `json:"errorId"`
	Domain   string `json:"domain"`
	Category string `json:"category"`
	Message  string `json:"message"`
}

func fault(id int, message string) problem {
	return problem{id, "API_INVENTORY", "REQUEST", message}
}

func refuse(w http.ResponseWriter, status int, faults ...problem) {
	channeltest.Reply(w, status, map[string]any{"errors": faults})
}

func (s *Store) serve(w http.ResponseWriter, r *http.Request, body []byte) {
	operation := r.Method + " " + r.URL.Path
	if operation == http.MethodPost+" "+tokenPath {
		s.login(w, r, body)
		return
	}
	token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !s.TakesToken(token) {
		refuse(w, http.StatusUnauthorized, problem{1001, "OAuth", "REQUEST", "Invalid access token"})
		return
	}
	if s.limited(w) {
		return
	}
	switch operation {
	case http.MethodPost + " " + bulkPath:
		s.update(w, r, body)
	case http.MethodGet + " " + offerPath:
		s.getOffers(w, r.URL.Query().Get("sku"))
	case http.MethodGet + " " + itemPath:
		s.getItems(w)
	default:
		refuse(w, http.StatusNotFound, problem{2002, "ACCESS", "REQUEST", "Resource not found"})
	}
}

// limited answers a call that is over the limits.
func (s *Store) limited(w http.ResponseWriter) bool {
	if !s.Limited(w, s.limits.take(s.Now()), s.options.Throttles, s.options.RetryAfter) {
		return false
	}
	refuse(w, http.StatusTooManyRequests, problem{2001, "ACCESS", "REQUEST", "Too many requests."})
	return true
}

// login gives an access token for two hours.
func (s *Store) login(w http.ResponseWriter, r *http.Request, body []byte) {
	refuse := func(status int, code, description string) {
		channeltest.Reply(w, status, map[string]string{"error": code, "error_description": description})
	}
	id, secret, _ := r.BasicAuth()
	form, err := url.ParseQuery(string(body))
	switch {
	case id != Client || secret != channeltest.Credential:
		refuse(http.StatusUnauthorized, "invalid_client", "client authentication failed")
	case err != nil || form.Get("grant_type") != "refresh_token":
		refuse(http.StatusBadRequest, "unsupported_grant_type", "grant type in request is not supported by the authorization server")
	case form.Get("refresh_token") != channeltest.Credential:
		refuse(http.StatusBadRequest, "invalid_grant", "the provided authorization refresh token is invalid or was issued to another client")
	case !slices.Contains(s.scopes, form.Get("scope")):
		refuse(http.StatusBadRequest, "invalid_scope", "The requested scope is invalid, unknown, malformed, or exceeds the scope granted to the client")
	default:
		token := s.IssueToken("v^1.1#i^1#", 2*time.Hour)
		channeltest.Reply(w, http.StatusOK, map[string]any{"access_token": token, "expires_in": 7200, "token_type": "User Access Token"})
	}
}

// getOffers answers with all offers of a SKU.
func (s *Store) getOffers(w http.ResponseWriter, sku string) {
	s.CountLookup()
	if sku == "" || s.options.ShortSKUs && len([]rune(sku)) > 50 {
		refuse(w, http.StatusBadRequest,
			fault(25707, "This is an invalid value for a SKU. Only alphanumeric characters can be used for SKUs, and their length must not exceed 50 characters"))
		return
	}
	item := s.items[sku]
	if (item == nil || len(item.offers) == 0) && !s.options.EmptyOffers {
		refuse(w, http.StatusNotFound, fault(25713, "This Offer is not available."))
		return
	}
	offers := []any{}
	if item != nil {
		for _, offered := range item.offers {
			offers = append(offers, offered.shown())
		}
	}
	if s.Fault() == channeltest.Reordered {
		slices.Reverse(offers)
	}
	channeltest.Reply(w, http.StatusOK, map[string]any{"total": len(offers), "size": len(offers), "limit": 100, "offers": offers})
}

// shown is an offer as a look-up tells of it.
func (o *offer) shown() map[string]any {
	shown := map[string]any{
		"offerId": o.id, "sku": o.sku, "marketplaceId": o.marketplace, "format": o.format, "availableQuantity": o.quantity, "status": "UNPUBLISHED",
	}
	if o.published {
		listing := "ACTIVE"
		if o.ended {
			listing = "ENDED"
		}
		shown["status"], shown["listing"] = "PUBLISHED", map[string]any{"listingId": "1" + o.id, "listingStatus": listing, "soldQuantity": 0}
	}
	return shown
}

// getItems answers with the first inventory item.
func (s *Store) getItems(w http.ResponseWriter) {
	items := []any{}
	for _, item := range s.items {
		availability := map[string]any{"shipToLocationAvailability": map[string]any{"quantity": item.quantity}}
		items = append(items, map[string]any{"sku": item.sku, "availability": availability})
		break
	}
	channeltest.Reply(w, http.StatusOK, map[string]any{"total": len(s.items), "size": len(s.items), "limit": 1, "inventoryItems": items})
}

package amazontest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/tidemark/tidemark/channels/channeltest"
)

const (
	feedsPath     = "/feeds/2021-06-30/feeds"
	documentsPath = "/feeds/2021-06-30/documents"
	listingsPath  = "/listings/2021-08-01/items/"
)

// submission is what can be asked of a listing.
type submission struct {
	ProductType string `json:"productType"`
	Patches     []struct {
		Op    string `json:"op"`
		Path  string `json:"path"`
		Value []struct {
			ChannelCode string `json:"fulfillment_channel_code"`
			Quantity    int64  `json:"quantity"`
		} `json:"value"`
	} `json:"patches"`
}

// offence is what is wrong with a submission.
type offence struct{ code, message, attribute string }

// serve routes by the escaped path, as it was sent: nothing in a SKU may be taken for a part of the path.
func (s *Store) serve(w http.ResponseWriter, r *http.Request, body []byte) {
	path := r.URL.EscapedPath()
	switch {
	case path == "/auth/o2/token":
		s.login(w, body)
		return
	case strings.HasPrefix(path, "/upload/") && r.Method == http.MethodPut:
		s.Bodies["upload"] = body
		s.upload(w, r, strings.TrimPrefix(path, "/upload/"), body)
		return
	case strings.HasPrefix(path, "/download/"):
		s.download(w, r, strings.TrimPrefix(path, "/download/"))
		return
	}
	if !s.TakesToken(r.Header.Get("X-Amz-Access-Token")) {
		// 403, not 401 (amzn/selling-partner-api-models, issue 4122).
		refuse(w, http.StatusForbidden, "Unauthorized", "Access to requested resource is denied.", "The access token you provided has expired.")
		return
	}
	operation, argument := route(r.Method, path)
	if operation == "" {
		refuse(w, http.StatusNotFound, "NotFound", "The requested resource doesn't exist.", "")
		return
	}
	if !s.admit(w, operation) {
		return
	}
	s.Bodies[operation] = body
	w.Header().Set("X-Amzn-Ratelimit-Limit", fmt.Sprint(s.meters[operation].PerSecond))
	switch operation {
	case "createFeedDocument":
		s.createDocument(w, body)
	case "createFeed":
		s.createFeed(w, body)
	case "getFeed":
		s.getFeed(w, argument)
	case "getFeeds":
		s.getFeeds(w)
	case "getFeedDocument":
		s.getDocument(w, argument)
	default:
		s.listings(w, r, operation, argument, body)
	}
}

// route names the operation and what it is about.
func route(method, path string) (operation, argument string) {
	plain := func(text string) string {
		text, _ = url.PathUnescape(text)
		return text
	}
	switch {
	case method == http.MethodPost && path == documentsPath:
		return "createFeedDocument", ""
	case method == http.MethodPost && path == feedsPath:
		return "createFeed", ""
	case method == http.MethodGet && path == feedsPath:
		return "getFeeds", ""
	case method == http.MethodGet && strings.HasPrefix(path, feedsPath+"/"):
		return "getFeed", plain(strings.TrimPrefix(path, feedsPath+"/"))
	case method == http.MethodGet && strings.HasPrefix(path, documentsPath+"/"):
		return "getFeedDocument", plain(strings.TrimPrefix(path, documentsPath+"/"))
	case method == http.MethodGet && path == listingsPath+Seller:
		return "searchListingsItems", ""
	}
	sku, ok := strings.CutPrefix(path, listingsPath+Seller+"/")
	switch {
	case !ok || sku == "" || strings.Contains(sku, "/"):
		return "", ""
	case method == http.MethodPatch:
		return "patchListingsItem", plain(sku)
	case method == http.MethodGet:
		return "getListingsItem", plain(sku)
	}
	return "", ""
}

func (s *Store) listings(w http.ResponseWriter, r *http.Request, operation, sku string, body []byte) {
	if r.URL.Query().Get("marketplaceIds") != Marketplace {
		refuse(w, http.StatusBadRequest, "InvalidInput", "Invalid 'marketplaceIds' provided.", "")
		return
	}
	switch operation {
	case "searchListingsItems":
		items := []map[string]string{}
		for name := range s.shown {
			items = append(items, map[string]string{"sku": name})
			break
		}
		channeltest.Reply(w, http.StatusOK, map[string]any{"numberOfResults": len(s.shown), "items": items})
	case "patchListingsItem":
		s.patch(w, sku, body)
	case "getListingsItem":
		s.get(w, sku)
	}
}

func (s *Store) patch(w http.ResponseWriter, sku string, body []byte) {
	var request submission
	if json.Unmarshal(body, &request) != nil {
		refuse(w, http.StatusBadRequest, "InvalidInput", "Request has missing or invalid parameters and cannot be parsed.", "")
		return
	}
	fields := map[string]any{"sku": sku, "status": "ACCEPTED", "submissionId": fmt.Sprintf("f1dc2914-75dd-11ea-bc55-%012d", s.Next()), "issues": []any{}}
	fault, bad := s.judge(sku, request)
	switch {
	case bad && s.poisons[sku] && s.options.LateRefusal:
		s.listingOf(sku).refused = true
	case bad:
		fields["status"], fields["issues"] = "INVALID", []any{fault.onListing()}
	default:
		listing := s.listingOf(sku)
		listing.pending = append(listing.pending, change{s.Now().Add(s.options.Propagation), request.Patches[0].Value[0].Quantity})
	}
	channeltest.Reply(w, http.StatusOK, fields)
}

func (s *Store) get(w http.ResponseWriter, sku string) {
	listing, exists := s.shown[sku]
	if !exists {
		refuse(w, http.StatusNotFound, "NOT_FOUND", "SKU '"+sku+"' not found in marketplace "+Marketplace, "")
		return
	}
	listing.settle(s.Now())
	shown := map[string]any{"fulfillmentChannelCode": listing.channel}
	if listing.channel == "DEFAULT" {
		shown["quantity"] = listing.quantity
	}
	issues := []any{map[string]any{
		"code": "18027", "message": "The main image has text.", "severity": "ERROR",
		"attributeNames": []string{"main_product_image_locator"}, "categories": []string{"INVALID_IMAGE"},
	}}
	if listing.refused {
		issues = append(issues, poisoned.onListing())
	}
	channeltest.Reply(w, http.StatusOK, map[string]any{"sku": sku, "fulfillmentAvailability": []any{shown}, "issues": issues})
}

var poisoned = offence{"90000900", "The attributes are invalid.", "fulfillment_availability"}

func (o offence) onListing() map[string]any {
	return map[string]any{
		"code": o.code, "message": o.message, "severity": "ERROR", "attributeNames": []string{o.attribute},
		"categories": []string{"INVALID_ATTRIBUTE"},
	}
}

// judge says what is wrong with a submission for a SKU.
func (s *Store) judge(sku string, request submission) (offence, bool) {
	listing, exists := s.shown[sku]
	switch {
	case s.poisons[sku]:
		return poisoned, true
	case len(request.Patches) != 1 || len(request.Patches[0].Value) != 1 || request.Patches[0].Path != "/attributes/fulfillment_availability":
		return offence{"BAD_REQUEST", "Invalid parameters provided.", "fulfillment_availability"}, true
	case request.ProductType == "" || request.ProductType == "PRODUCT" && s.options.StrictProductType:
		return offence{"90000900", "The product type is not valid for the listing.", "productType"}, true
	case !exists && !s.options.UnknownAccepted:
		return offence{"13013", "This SKU does not exist in the Amazon.com catalog.", "sku"}, true
	case exists && listing.channel != request.Patches[0].Value[0].ChannelCode:
		return offence{"90244", "The listing is fulfilled by Amazon.", "fulfillment_availability"}, true
	}
	return offence{}, false
}

// listingOf is the listing of a SKU; a figure for one that does not exist goes nowhere.
func (s *Store) listingOf(sku string) *listing {
	if listing, exists := s.shown[sku]; exists {
		return listing
	}
	return &listing{}
}

func refuse(w http.ResponseWriter, status int, code, message, details string) {
	if status == http.StatusForbidden || status == http.StatusTooManyRequests {
		w.Header().Del("X-Amzn-Ratelimit-Limit") // told on 20x, 400 and 404 only
	}
	channeltest.Reply(w, status, map[string]any{"errors": []map[string]string{{"code": code, "message": message, "details": details}}})
}

var _ channeltest.Store = (*Store)(nil)

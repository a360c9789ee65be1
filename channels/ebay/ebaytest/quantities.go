package ebaytest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/tidemark/tidemark/channels/channeltest"
)

// bulkUpdate is the body of a call.
type bulkUpdate struct {
	Requests []element `json:"requests"`
}

type element struct {
	SKU          string `json:"sku"`
	Availability *struct {
		Quantity *int64 `json:"quantity"`
	} `json:"shipToLocationAvailability"`
	Offers []struct {
		OfferID  string `json:"offerId"`
		Quantity *int64 `json:"availableQuantity"`
	} `json:"offers"`
}

// row is what became of an offer, or of a SKU.
type row struct {
	SKU     string    `json:"sku,omitempty"`
	OfferID string    `json:"offerId,omitempty"`
	Status  int       `json:"statusCode"`
	Errors  []problem `json:"errors,omitempty"`
}

// maxSKUs is the most SKUs in a call.
const maxSKUs = 25

// update sets figures, each by itself.
func (s *Store) update(w http.ResponseWriter, r *http.Request, body []byte) {
	var request bulkUpdate
	limit := maxSKUs
	if s.options.OneSKU {
		limit = 1
	}
	switch {
	case !strings.HasPrefix(r.Header.Get("Content-Type"), "application/json"):
		refuse(w, http.StatusBadRequest, fault(25709, "Invalid value for header Content-Type."))
		return
	case !strings.Contains(r.Header.Get("Content-Language"), "-"):
		refuse(w, http.StatusBadRequest, fault(25709, "Invalid value for header Content-Language."))
		return
	case json.Unmarshal(body, &request) != nil || len(request.Requests) == 0:
		refuse(w, http.StatusBadRequest, problem{2004, "ACCESS", "REQUEST", "Invalid request"})
		return
	case len(request.Requests) > limit:
		refuse(w, http.StatusBadRequest, fault(25709, fmt.Sprintf("Invalid value for requests. It cannot exceed %d.", limit)))
		return
	}
	var rows []row
	for _, element := range request.Requests {
		rows = append(rows, s.apply(element)...)
	}
	s.respond(w, rows)
}

// respond writes the results, spoiled if need be.
func (s *Store) respond(w http.ResponseWriter, rows []row) {
	status, failed := http.StatusOK, 0
	for _, row := range rows {
		if row.Status != http.StatusOK {
			status = http.StatusMultiStatus
			failed++
		}
	}
	if failed == len(rows) && s.options.Plain400 && !s.closes(rows) {
		var faults []problem
		for _, row := range rows {
			faults = append(faults, row.Errors...)
		}
		refuse(w, http.StatusBadRequest, faults...)
		return
	}
	rows = channeltest.Distort(s.Fault(), rows,
		row{SKU: "NOBODY", OfferID: "1", Status: http.StatusBadRequest, Errors: []problem{fault(25713, "This Offer is not available.")}})
	channeltest.Reply(w, status, map[string]any{"responses": rows})
}

// closes is true for the results of SKUs that are refused: they say more than the errors alone.
func (s *Store) closes(rows []row) bool {
	for _, row := range rows {
		if _, closed := s.Closing(row.SKU); closed || row.SKU == "" {
			return true
		}
	}
	return false
}

// apply sets one SKU and its offers.
func (s *Store) apply(request element) []row {
	var rows []row
	if closing, closed := s.Closing(request.SKU); closed {
		return s.closedRows(request, closing)
	}
	item, exists := s.items[request.SKU]
	if exists && request.Availability != nil && request.Availability.Quantity != nil && (*request.Availability.Quantity > 0 || !s.options.RefusesZero) {
		item.quantity = *request.Availability.Quantity
		if s.options.SKURows {
			rows = append(rows, row{SKU: request.SKU, Status: http.StatusOK})
		}
	}
	for _, offered := range request.Offers {
		result := row{SKU: request.SKU, OfferID: offered.OfferID, Status: http.StatusOK}
		if wrong, bad := s.judge(request.SKU, offered.OfferID, offered.Quantity); bad {
			result.Status, result.Errors = http.StatusBadRequest, []problem{wrong}
		} else {
			s.offers[offered.OfferID].quantity = *offered.Quantity
		}
		rows = append(rows, result)
	}
	return rows
}

// closedRows are the results of a SKU that is refused.
func (s *Store) closedRows(request element, closing channeltest.Closing) []row {
	refusal := fault(25002, closing.Words)
	if closing.Status >= http.StatusInternalServerError {
		refusal.Category = "SYSTEM"
	}
	if closing.Nameless {
		return []row{{Status: closing.Status, Errors: []problem{refusal}}}
	}
	var rows []row
	for _, offered := range request.Offers {
		rows = append(rows, row{SKU: request.SKU, OfferID: offered.OfferID, Status: closing.Status, Errors: []problem{refusal}})
	}
	return rows
}

// judge says what is wrong with a figure for an offer.
func (s *Store) judge(sku, id string, quantity *int64) (problem, bool) {
	item, exists := s.items[sku]
	offered := s.offers[id]
	switch {
	case !exists:
		return fault(25702, "SKU "+sku+" could not be found or is not available in the system."), true
	case offered == nil || offered.sku != sku || !offered.published:
		return fault(25713, "This Offer is not available : "+id+"."), true
	case offered.ended:
		return fault(25002, "You are not allowed to revise an ended listing."), true
	case item.poisoned:
		return fault(25002, "The listing cannot be revised."), true
	case quantity == nil || *quantity < 0:
		return fault(25709, "Invalid value for availableQuantity."), true
	case *quantity == 0 && s.options.RefusesZero:
		return fault(25004, "Invalid quantity. The quantity must be a valid number greater than 0."), true
	case !s.limits.revise(id):
		return fault(25002, "The listing has been revised too many times today."), true
	}
	return problem{}, false
}

var (
	_ channeltest.Store   = (*Store)(nil)
	_ channeltest.Renewer = (*Store)(nil)
)

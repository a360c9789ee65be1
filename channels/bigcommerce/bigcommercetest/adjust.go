package bigcommercetest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/tidemark/tidemark/channels/channeltest"
)

const (
	maxItems    = 2000
	maxQuantity = 2_147_483_647
)

// row is an item of a call.
type row struct {
	LocationID *int64  `json:"location_id"`
	SKU        *string `json:"sku"`
	Quantity   *int64  `json:"quantity"`
}

// adjust takes the rows of a call, or none of them.
func (s *Store) adjust(w http.ResponseWriter, r *http.Request) {
	var request struct {
		Reason string `json:"reason"`
		Items  []row  `json:"items"`
	}
	decoder := json.NewDecoder(r.Body)
	decoder.DisallowUnknownFields()
	if decoder.Decode(&request) != nil {
		refuse(w, http.StatusBadRequest, "Input is invalid")
		return
	}
	switch {
	case len(request.Items) > maxItems:
		refuse(w, cmp.Or(s.options.LongCalls, http.StatusRequestEntityTooLarge), fmt.Sprintf("The number of items must not exceed %d", maxItems))
		return
	case len(request.Items) == 0 && cmp.Or(s.options.EmptyCalls, http.StatusUnprocessableEntity) != http.StatusOK:
		refuse(w, cmp.Or(s.options.EmptyCalls, http.StatusUnprocessableEntity), "Payload contains invalid fields")
		return
	}
	if wrong := wrongFields(request.Items); len(wrong) > 0 {
		refuseFields(w, http.StatusUnprocessableEntity, "Payload contains invalid fields", wrong)
		return
	}
	if unknown := s.unknownLocations(request.Items); len(unknown) > 0 {
		refuse(w, http.StatusUnprocessableEntity, fmt.Sprintf("Location not found, identities: [%s]", strings.Join(unknown, ",")))
		return
	}
	if wrong := s.closed(request.Items); len(wrong) > 0 {
		refuseFields(w, http.StatusUnprocessableEntity, "Payload contains invalid fields", wrong)
		return
	}
	offenders := s.offenders(request.Items)
	if len(offenders) == 0 || s.options.Partial {
		s.take(request.Items)
	}
	if len(offenders) > 0 {
		s.refuseItems(w, request.Items, offenders)
		return
	}
	channeltest.Reply(w, http.StatusOK, map[string]string{"transaction_id": fmt.Sprintf("97a73cdd-9fc5-4aa5-892c-%012d", s.Next())})
}

// wrongFields are those of rows that no store could take.
func wrongFields(rows []row) map[string]string {
	wrong := map[string]string{}
	for i, row := range rows {
		if row.LocationID == nil || row.SKU == nil || *row.SKU == "" || row.Quantity == nil || *row.Quantity < 0 || *row.Quantity > maxQuantity {
			wrong[fmt.Sprintf("items.%d", i)] = "A location, a SKU and a quantity are needed"
		}
	}
	return wrong
}

func (s *Store) unknownLocations(rows []row) []string {
	unknown := map[int64]bool{}
	for _, row := range rows {
		if !s.locations[*row.LocationID] {
			unknown[*row.LocationID] = true
		}
	}
	var ids []string
	for _, id := range slices.Sorted(maps.Keys(unknown)) {
		ids = append(ids, fmt.Sprint(id))
	}
	return ids
}

// offenders are the places in the call of items that are refused.
func (s *Store) offenders(rows []row) []int {
	var offenders []int
	for i, row := range rows {
		if item, there := s.items[*row.SKU]; !there || item.refused {
			offenders = append(offenders, i)
		}
	}
	return offenders
}

// closed are the fields of rows whose items are refused.
func (s *Store) closed(rows []row) map[string]string {
	wrong := map[string]string{}
	for i, row := range rows {
		if closing, closed := s.Closing(*row.SKU); closed {
			wrong[fmt.Sprintf("items.%d.sku", i)] = closing.Words
		}
	}
	return wrong
}

// refuseItems names offenders in the way that the options say.
func (s *Store) refuseItems(w http.ResponseWriter, rows []row, offenders []int) {
	if s.options.OneOffender {
		offenders = offenders[:1]
	}
	naming := s.options.Naming
	if s.Fault() == channeltest.UnnamedOffender {
		naming = ByNobody
	}
	const sentence = "Item with %s is tracked by product, please update stock by product id"
	var names []string
	fields := map[string]string{}
	title := "[%s]"
	for _, at := range offenders {
		sku := *rows[at].SKU
		switch item, there := s.items[sku]; {
		case naming == ByIndex:
			fields[fmt.Sprintf("items.%d.sku", at)] = "The item does not take a quantity"
		case naming == ByVariant && there:
			names = append(names, fmt.Sprintf(sentence, fmt.Sprintf("variant_id %d", item.variant)))
		case naming == BySKU && there:
			names = append(names, fmt.Sprintf(sentence, "sku "+sku))
		case naming == ByList || naming == BySKU:
			names, title = append(names, sku), "Item not found, identities: [%s]"
		}
	}
	if len(names) == 0 {
		refuseFields(w, http.StatusUnprocessableEntity, "Payload contains invalid fields", fields)
		return
	}
	refuse(w, http.StatusUnprocessableEntity, fmt.Sprintf(title, strings.Join(names, map[bool]string{true: ",", false: ", "}[naming == ByList])))
}

// take puts rows in the queue.
func (s *Store) take(rows []row) {
	at := s.Now().Add(s.options.Delay)
	for _, row := range rows {
		if item, there := s.items[*row.SKU]; there && !item.refused && !item.dropped {
			s.queue = append(s.queue, adjusted{place{*row.LocationID, *row.SKU}, *row.Quantity, at})
		}
	}
}

// settle makes the adjustments whose time has come.
func (s *Store) settle() {
	now, done := s.Now(), 0
	for _, change := range s.queue {
		if change.at.After(now) {
			break
		}
		s.shown[change.place] = change.quantity
		done++
	}
	s.queue = s.queue[done:]
}

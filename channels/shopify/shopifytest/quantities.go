package shopifytest

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/tidemark/tidemark/channels/channeltest"
)

// keyLife is how long a key is kept.
const keyLife = 24 * time.Hour

// maxQuantity is the largest figure, and the smallest below zero.
const maxQuantity = 1_000_000_000

type kept struct {
	hash     [sha256.Size]byte
	at       time.Time
	failed   bool
	response response
}

type quantity struct {
	InventoryItemID    string          `json:"inventoryItemId"`
	LocationID         string          `json:"locationId"`
	Quantity           int32           `json:"quantity"`
	ChangeFromQuantity json.RawMessage `json:"changeFromQuantity"`
}

type input struct {
	Name                 string     `json:"name"`
	Reason               string     `json:"reason"`
	ReferenceDocumentURI string     `json:"referenceDocumentUri"`
	Quantities           []quantity `json:"quantities"`
}

type userError struct {
	Field   []string `json:"field"`
	Code    string   `json:"code"`
	Message string   `json:"message"`
}

// setQuantities reads a mutation. The order of the checks is the recorded one: directive, variables, size, input fields.
func (s *Store) setQuantities(query string, variables []byte) (operation, *response) {
	var request struct {
		Input input  `json:"input"`
		Key   string `json:"key"`
	}
	decoder := json.NewDecoder(bytes.NewReader(variables))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&request); err != nil {
		return operation{}, new(refusal("INVALID_VARIABLE", "Variable $input was provided invalid value"))
	}
	points := 10 + s.options.PointsPerQuantity*float64(len(request.Input.Quantities))
	if len(request.Input.Quantities) > maxArray {
		return operation{}, new(refusal("MAX_INPUT_SIZE_EXCEEDED", fmt.Sprintf("The input array size of %d is greater than the maximum allowed of 250.",
			len(request.Input.Quantities)), "inventorySetQuantities", "input", "quantities"))
	}
	return operation{[]string{"write_inventory"}, points, func() (response, float64) {
		if !strings.Contains(query, "@idempotent(key: $key)") || strings.TrimSpace(request.Key) == "" {
			return refusal("BAD_REQUEST", "The @idempotent directive is required for this mutation but was not provided.", "inventorySetQuantities"), 10
		}
		for _, quantity := range request.Input.Quantities {
			if quantity.ChangeFromQuantity == nil {
				return refusal("INVALID_FIELD_ARGUMENTS", "InventoryQuantityInput must include the following argument: changeFromQuantity.", "inventorySetQuantities"), 10
			}
		}
		return s.once(request.Key, variables, request.Input), points
	}}, nil
}

// once answers a key that is known without doing anything.
func (s *Store) once(key string, variables []byte, request input) response {
	hash, now := sha256.Sum256(variables), s.Now()
	before, exists := s.keys[key]
	switch {
	case !exists || now.Sub(before.at) > keyLife:
	case before.hash != hash:
		return payload([]userError{{
			Code:    "IDEMPOTENCY_KEY_PARAMETER_MISMATCH",
			Message: "The same idempotency key cannot be used with different operation parameters.",
		}})
	case before.failed && s.options.FailedKeys:
		return payload([]userError{{
			Code:    "IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED",
			Message: "A previous request with this idempotency key failed. Retry with a new idempotency key.",
		}})
	default:
		return before.response
	}
	problems := s.judge(request)
	reply := payload(problems)
	if len(problems) == 0 || s.options.Partial {
		s.apply(request.Quantities, problems)
	}
	s.keys[key] = kept{hash, now, len(problems) > 0, reply}
	return reply
}

func payload(problems []userError) response {
	if problems == nil {
		problems = []userError{}
	}
	return response{Data: map[string]any{"inventorySetQuantities": map[string]any{"userErrors": problems}}}
}

// judge says what is wrong with a call.
func (s *Store) judge(request input) []userError {
	if request.Name != "available" && request.Name != "on_hand" {
		return []userError{{[]string{"input", "name"}, "INVALID_NAME", "The quantity name must be either 'available' or 'on_hand'."}}
	}
	if request.Reason != "correction" && request.Reason != "restock" {
		return []userError{{[]string{"input", "reason"}, "INVALID_REASON", "The specified reason is invalid."}}
	}
	var problems []userError
	seen := map[level]int{}
	for i, quantity := range request.Quantities {
		before := len(problems)
		s.judgeOne(i, quantity, &problems)
		at := level{s.number(quantity.InventoryItemID), quantity.LocationID}
		if first, twice := seen[at]; twice {
			for _, index := range []int{first, i} {
				problems = append(problems, s.offence(index, "locationId", "NO_DUPLICATE_INVENTORY_ITEM_ID_GROUP_ID_PAIR",
					"The combination of inventoryItemId and locationId must be unique."))
			}
		}
		seen[at] = i
		if len(problems) == before {
			continue
		}
		switch s.Fault() {
		case channeltest.UnnamedOffender:
			return []userError{{Code: problems[0].Code, Message: problems[0].Message}}
		case channeltest.Stray:
			return []userError{s.offence(len(request.Quantities), "inventoryItemId", problems[0].Code, problems[0].Message)}
		}
		if s.options.OneOffender {
			return problems[:before+1]
		}
	}
	return problems
}

func (s *Store) offence(index int, field, code, message string) userError {
	return userError{[]string{"input", "quantities", strconv.Itoa(index), field}, code, message}
}

// judgeOne says what is wrong with one quantity.
func (s *Store) judgeOne(i int, request quantity, problems *[]userError) {
	refuse := func(field, code, message string) { *problems = append(*problems, s.offence(i, field, code, message)) }
	if request.Quantity > maxQuantity {
		refuse("quantity", "INVALID_QUANTITY_TOO_HIGH", "The total quantity can't be higher than 1,000,000,000.")
	}
	entry, ok := s.item(request.InventoryItemID)
	if !ok {
		refuse("inventoryItemId", "INVALID_INVENTORY_ITEM", "The specified inventory item could not be found.")
	}
	if _, exists := s.locations[request.LocationID]; !exists {
		refuse("locationId", "INVALID_LOCATION", "The specified location could not be found.")
		return
	}
	if !ok {
		return
	}
	if closing, closed := s.Closing(entry.sku); closed {
		code := "NOT_PERMITTED"
		if closing.Status == http.StatusUnauthorized || closing.Status == http.StatusForbidden {
			code = "ACCESS_DENIED"
		}
		refuse("inventoryItemId", code, closing.Words)
		return
	}
	switch shown := s.levels[level{entry.id, request.LocationID}]; {
	case entry.poisoned || entry.bundle:
		refuse("inventoryItemId", "NON_MUTABLE_INVENTORY_ITEM",
			"The specified inventory item is not allowed to be adjusted via API. Example: if the inventory item is a parent bundle.")
	case entry.unstocked[request.LocationID]:
		refuse("locationId", "ITEM_NOT_STOCKED_AT_LOCATION", "The specified inventory item is not stocked at the location.")
	case string(request.ChangeFromQuantity) != "null" && string(request.ChangeFromQuantity) != strconv.FormatInt(shown, 10):
		refuse("changeFromQuantity", "CHANGE_FROM_QUANTITY_STALE", "The changeFromQuantity argument no longer matches the persisted quantity.")
	}
}

// apply sets figures, except for those that are at fault.
func (s *Store) apply(quantities []quantity, problems []userError) {
	faulty := map[string]bool{}
	for _, problem := range problems {
		if len(problem.Field) > 2 {
			faulty[problem.Field[2]] = true
		}
	}
	for i, quantity := range quantities {
		if !faulty[strconv.Itoa(i)] {
			s.levels[level{s.number(quantity.InventoryItemID), quantity.LocationID}] = int64(quantity.Quantity)
		}
	}
}

func (s *Store) number(id string) int64 {
	number, _ := strconv.ParseInt(strings.TrimPrefix(id, "gid://shopify/InventoryItem/"), 10, 64)
	return number
}

func (s *Store) item(id string) (*item, bool) {
	entry, exists := s.items[s.number(id)]
	return entry, exists
}

package venduretest

import (
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/tidemark/tidemark/channels/channeltest"
)

// limit is the most that the server reads of a body, in bytes.
const limit = 100 << 10

// object is a JSON object.
type object map[string]any

type call struct {
	Query     string `json:"query"`
	Variables struct {
		Username string   `json:"username"`
		Password string   `json:"password"`
		Login    bool     `json:"login"`
		SKUs     []string `json:"skus"`
		Input    []struct {
			ID          string `json:"id"`
			StockLevels []struct {
				Location string `json:"stockLocationId"`
				OnHand   int64  `json:"stockOnHand"`
			} `json:"stockLevels"`
		} `json:"input"`
	} `json:"variables"`
}

func (s *Store) serve(w http.ResponseWriter, r *http.Request, body []byte) {
	var request call
	switch {
	case r.URL.Path != "/admin-api":
		channeltest.Reply(w, http.StatusNotFound, object{"statusCode": 404, "message": "Cannot POST " + r.URL.Path})
		return
	case len(body) > limit:
		channeltest.Reply(w, http.StatusInternalServerError, object{"statusCode": 500, "message": ""})
		return
	case json.Unmarshal(body, &request) != nil:
		refuse(w, "", "", "Unexpected token in JSON")
		return
	}
	operation := operationOf(request.Query)
	s.Bodies[operation] = body
	if operation == "TidemarkLogin" {
		s.login(w, request)
		return
	}
	if !s.Admit(s.bucket.Take(1, s.Now()), s.options.Throttles) {
		wait := max(1-s.bucket.Available, 0) / s.bucket.PerSecond // seconds
		w.Header().Set("Retry-After", strconv.FormatFloat(math.Ceil(wait), 'f', -1, 64))
		channeltest.Reply(w, http.StatusTooManyRequests, object{})
		return
	}
	fields := map[string]string{"TidemarkSetStock": "updateProductVariants", "TidemarkFindVariants": "globalSettings", "TidemarkCheck": "activeChannel"}
	if !s.takes(r) {
		w.Header().Set("vendure-auth-token", "")
		refuse(w, "FORBIDDEN", fields[operation], "You are not currently authorized to perform this action")
		return
	}
	switch operation {
	case "TidemarkSetStock":
		s.update(w, request)
	case "TidemarkFindVariants":
		s.find(w, request)
	case "TidemarkCheck":
		s.about(w, request)
	default:
		refuse(w, "GRAPHQL_VALIDATION_FAILED", "", "Cannot query this")
	}
}

// operationOf is the name that a document gives its operation.
func operationOf(document string) string {
	head, _, _ := strings.Cut(document, "(")
	_, name, _ := strings.Cut(head, " ")
	return name
}

func (s *Store) login(w http.ResponseWriter, request call) {
	if request.Variables.Username != Username || request.Variables.Password != channeltest.Credential {
		channeltest.Reply(w, http.StatusOK, object{"data": object{"login": object{
			"__typename": "InvalidCredentialsError",
			"errorCode":  "INVALID_CREDENTIALS_ERROR",
		}}})
		return
	}
	w.Header().Set("vendure-auth-token", s.IssueToken("session-", sessionLife))
	channeltest.Reply(w, http.StatusOK, object{"data": object{"login": object{"__typename": "CurrentUser"}}})
}

func (s *Store) find(w http.ResponseWriter, request call) {
	ids := []string{}
	for _, sku := range slices.Compact(slices.Sorted(slices.Values(request.Variables.SKUs))) {
		ids = append(ids, s.skus[sku]...)
	}
	items := []object{}
	for _, id := range byID(ids) {
		if entry := s.variant(id); len(items) < s.options.ListLimit {
			items = append(items, object{"id": id, "sku": entry.sku, "trackInventory": entry.track})
		}
	}
	channeltest.Reply(w, http.StatusOK, object{"data": object{
		"globalSettings":  object{"trackInventory": !s.untracks},
		"productVariants": object{"totalItems": len(ids), "items": items},
	}})
}

// update sets all figures or none.
func (s *Store) update(w http.ResponseWriter, request call) {
	const field = "updateProductVariants"
	var errors []object
	for i, entry := range request.Variables.Input {
		for j, level := range entry.StockLevels {
			if level.OnHand > math.MaxInt32 || level.OnHand < math.MinInt32 {
				errors = append(errors, s.tooLarge(len(request.Variables.Input), i, j, level.OnHand))
			}
		}
	}
	if len(errors) > 0 {
		channeltest.Reply(w, http.StatusOK, object{"errors": errors})
		return
	}
	ids := make([]string, 0, len(request.Variables.Input))
	for _, entry := range request.Variables.Input {
		existing := s.variant(entry.ID)
		if existing != nil {
			if closing, closed := s.Closing(existing.sku); closed { // a plugin's own error
				refuse(w, "USER_INPUT_ERROR", field, closing.Words)
				return
			}
		}
		switch {
		case existing == nil:
			refuse(w, "ENTITY_NOT_FOUND", field, fmt.Sprintf("No ProductVariant with the id %q could be found", entry.ID))
			return
		case s.foreign[existing.sku]:
			refuse(w, "USER_INPUT_ERROR", field, "A plugin does not allow it")
			return
		}
		for _, level := range entry.StockLevels {
			if !slices.Contains(s.locations(), level.Location) {
				refuse(w, "", field, `insert or update on table "stock_level" violates foreign key constraint "FK_984c48572468c69661a0b7b0494"`)
				return
			}
		}
		ids = append(ids, entry.ID)
	}
	for _, entry := range request.Variables.Input {
		for _, level := range entry.StockLevels {
			s.variant(entry.ID).levels[level.Location] = level.OnHand
		}
	}
	variants := make([]object, 0, len(ids))
	for _, id := range byID(ids) {
		entry := s.variant(id)
		levels := make([]object, 0, len(entry.levels))
		for _, location := range s.locations() {
			levels = append(levels, object{"stockLocationId": location, "stockOnHand": entry.levels[location]})
		}
		variants = append(variants, object{"id": id, "sku": entry.sku, "stockLevels": levels})
	}
	channeltest.Reply(w, http.StatusOK, object{"data": object{field: variants}})
}

// tooLarge is the error about a number that GraphQL does not have, in the call of so many entries.
func (s *Store) tooLarge(entries, at, level int, number int64) object {
	place := fmt.Sprintf("input[%d].stockLevels[%d].stockOnHand", at, level)
	switch s.Fault() {
	case channeltest.Stray:
		place = fmt.Sprintf("input[%d].stockLevels[%d].stockOnHand", entries, level)
	case channeltest.UnnamedOffender: // a plugin's own, which names nobody
		return failure("USER_INPUT_ERROR", "updateProductVariants", "An item is not valid")
	}
	return failure("BAD_USER_INPUT", "", fmt.Sprintf(
		`Variable "$input" got invalid value %d at "%s"; Int cannot represent non 32-bit signed integer value: %d`, number, place, number))
}

func (s *Store) about(w http.ResponseWriter, request call) {
	locations := []object{}
	for _, id := range s.locations() {
		locations = append(locations, object{"id": id, "name": "Location " + id})
	}
	items, total := []object{}, 0
	for _, variant := range s.variants {
		if !variant.deleted {
			total++
			items = append(items, object{"sku": variant.sku})
		}
	}
	data := object{
		"activeChannel":   object{"code": "__default_channel__", "token": "default-token"},
		"globalSettings":  object{"outOfStockThreshold": 0},
		"stockLocations":  object{"items": locations},
		"productVariants": object{"totalItems": total, "items": items[:min(1, total)]},
	}
	if request.Variables.Login {
		data["me"] = object{"identifier": Username, "channels": []object{
			{"code": "__default_channel__", "permissions": []string{"Authenticated", "ReadProduct", "UpdateProduct", "ReadStockLocation"}},
		}}
	}
	channeltest.Reply(w, http.StatusOK, object{"data": data})
}

// failure is an error of a GraphQL answer; one of the database has no code, and one about variables no path.
func failure(code, field, message string) object {
	failure := object{"message": message, "locations": []object{{"line": 2, "column": 3}}}
	if field != "" {
		failure["path"] = []string{field}
	}
	if code != "" {
		failure["extensions"] = object{"code": code}
	}
	return failure
}

// refuse answers with an error. The data is null.
func refuse(w http.ResponseWriter, code, field, message string) {
	channeltest.Reply(w, http.StatusOK, object{"errors": []object{failure(code, field, message)}, "data": nil})
}

package adobecommercetest

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/tidemark/tidemark/channels/channeltest"
)

// mostPage is the most products on a page.
const mostPage = 300

func refuse(w http.ResponseWriter, status int, message string, parameters any) {
	body := map[string]any{"message": message}
	if parameters != nil {
		body["parameters"] = parameters
	}
	channeltest.Reply(w, status, body)
}

// routes is the store with its server before it.
func (s *Store) routes() http.Handler {
	routes := http.NewServeMux()
	routes.HandleFunc("POST /rest/all/async/bulk/V1/inventory/source-items", s.permitted(Assign, s.take))
	routes.HandleFunc("GET /rest/all/V1/bulk/{uuid}/detailed-status", s.permitted(Reports, s.report))
	routes.HandleFunc("GET /rest/all/V1/products", s.permitted(Products, s.find))
	routes.HandleFunc("GET /rest/all/V1/inventory/sources", s.permitted(Sources, s.listSources))
	routes.HandleFunc("GET /rest/all/V1/inventory/source-items", s.permitted(Sources, func(w http.ResponseWriter, _ *http.Request) {
		channeltest.Reply(w, http.StatusOK, map[string]any{"items": []any{}, "total_count": len(s.figures)})
	}))
	routes.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		refuse(w, http.StatusNotFound, "Request does not match any route.", nil)
	})
	return s.Guarded(func(w http.ResponseWriter, _ *http.Request) bool {
		if s.Limited(w, s.bucket.Take(1, s.Now()), s.options.Throttle, s.options.RetryAfter) {
			w.WriteHeader(http.StatusTooManyRequests)
			return false
		}
		return true
	}, routes)
}

// permitted lets calls with the right token through that may use a resource. Others are all answered the same.
func (s *Store) permitted(resource string, next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer "+channeltest.Credential || slices.Contains(s.options.Without, resource) {
			refuse(w, http.StatusUnauthorized, "The consumer isn't authorized to access %resources.", map[string]string{"resources": resource})
			return
		}
		next(w, r)
	}
}

func (s *Store) listSources(w http.ResponseWriter, _ *http.Request) {
	type source struct {
		Code    string `json:"source_code"`
		Enabled bool   `json:"enabled"`
	}
	items := []source{{standard, true}}
	for _, code := range s.options.Sources {
		items = append(items, source{code, !slices.Contains(s.options.Disabled, code)})
	}
	channeltest.Reply(w, http.StatusOK, map[string]any{"items": items, "total_count": len(items)})
}

// find searches products. Filters of a group are alternatives.
func (s *Store) find(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	size, err := strconv.Atoi(query.Get("searchCriteria[pageSize]"))
	if err != nil || size < 1 || size > mostPage {
		refuse(w, http.StatusBadRequest, "Maximum SearchCriteria pageSize is %max", map[string]int{"max": mostPage})
		return
	}
	s.CountLookup()
	type row struct {
		SKU  string `json:"sku"`
		Type string `json:"type_id"`
	}
	rows := []row{}
	for _, product := range s.matching(query) {
		rows = append(rows, row{product.sku, product.kind})
	}
	channeltest.Reply(w, http.StatusOK, map[string]any{"items": rows[:min(size, len(rows))], "total_count": len(rows)})
}

// matching is the products that the database finds; without a filter, all of them.
func (s *Store) matching(query url.Values) []*product {
	var matches []*product
	seen := map[string]bool{}
	filters := 0
	for ; ; filters++ {
		name := fmt.Sprintf("searchCriteria[filter_groups][0][filters][%d]", filters)
		if query.Get(name+"[field]") != "sku" {
			break
		}
		skus := []string{query.Get(name + "[value]")}
		if query.Get(name+"[condition_type]") == "in" {
			skus = strings.Split(skus[0], ",")
		}
		for _, sku := range skus {
			if !seen[fold(sku)] {
				seen[fold(sku)] = true
				matches = append(matches, s.similar[fold(sku)]...)
			}
		}
	}
	if filters == 0 {
		for _, product := range s.products {
			matches = append(matches, product)
		}
	}
	return matches
}

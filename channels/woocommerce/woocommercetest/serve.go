package woocommercetest

import (
	"cmp"
	"net/http"
	"strconv"

	"github.com/tidemark/tidemark/channels/channeltest"
)

// problem is an error of WordPress.
type problem struct {
	Code    string         `json:"code"`
	Message string         `json:"message"`
	Data    map[string]int `json:"data"`
}

func failure(status int, code, message string) problem {
	return problem{code, message, map[string]int{"status": status}}
}

func refuse(w http.ResponseWriter, status int, code, message string) {
	channeltest.Reply(w, status, failure(status, code, message))
}

// page answers as what stands before a shop does.
func page(w http.ResponseWriter, status int) {
	w.Header().Set("Content-Type", "text/html; charset=UTF-8")
	w.WriteHeader(status)
	_, _ = w.Write([]byte("<!DOCTYPE html><title>" + http.StatusText(status) + "</title>"))
}

// routes is the shop with its host before it.
func (s *Store) routes() http.Handler {
	routes := http.NewServeMux()
	routes.HandleFunc("GET /wp-json/{$}", s.index)
	routes.HandleFunc("GET /wp-json/wc/v3/products", s.permitted("read", s.findProducts))
	routes.HandleFunc("POST /wp-json/wc/v3/products/batch", s.permitted("write", s.batchProducts))
	routes.HandleFunc("POST /wp-json/wc/v3/products/{parent}/variations/batch", s.permitted("write", s.batchVariations))
	routes.HandleFunc("GET /wp-json/wc/v3/settings/products/woocommerce_manage_stock", s.permitted("read", s.manageStock))
	if !s.options.NoVariationsRoute {
		routes.HandleFunc("GET /wp-json/wc/v3/variations", s.permitted("read", s.findVariations))
	}
	routes.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		refuse(w, http.StatusNotFound, "rest_no_route", "No route was found matching the URL and request method.")
	})
	return s.Guarded(func(w http.ResponseWriter, _ *http.Request) bool {
		if s.Limited(w, s.bucket.Take(1, s.Now()), s.options.Throttles != 0, s.options.RetryAfter) {
			page(w, cmp.Or(s.options.Throttles, http.StatusTooManyRequests))
			return false
		}
		return true
	}, routes)
}

// permitted lets calls with the right key through.
func (s *Store) permitted(permission string, next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		key, secret, _ := r.BasicAuth()
		switch {
		case key != channeltest.Credential:
			refuse(w, http.StatusUnauthorized, "woocommerce_rest_cannot_view", "Sorry, you cannot list resources.")
		case secret != channeltest.Credential:
			refuse(w, http.StatusUnauthorized, "woocommerce_rest_authentication_error", "Consumer secret is invalid.")
		case s.options.Permissions != "read_write" && s.options.Permissions != permission:
			refuse(w, http.StatusUnauthorized, "woocommerce_rest_authentication_error", "The API key provided does not have "+permission+" permissions.")
		default:
			next(w, r)
		}
	}
}

// index needs no key.
func (s *Store) index(w http.ResponseWriter, _ *http.Request) {
	channeltest.Reply(w, http.StatusOK, map[string]string{"name": "Acme Bikes"})
}

func (s *Store) manageStock(w http.ResponseWriter, _ *http.Request) {
	value := "yes"
	if s.options.NoStock {
		value = "no"
	}
	channeltest.Reply(w, http.StatusOK, map[string]string{"id": "woocommerce_manage_stock", "value": value})
}

// managing is what the shop says of a product's stock: true, false, or "parent".
func (s *Store) managing(entry *product) any {
	switch parent := s.products[entry.parent]; {
	case s.options.NoStock:
		return false
	case entry.manages:
		return true
	case entry.kind == "variation" && parent != nil && parent.manages:
		return "parent"
	}
	return false
}

// figure is the quantity that the shop shows of a product; null where its stock is not managed.
func (s *Store) figure(entry *product) any {
	quantity := entry.quantity
	switch by := s.managing(entry); {
	case by == false:
		return nil
	case by == "parent":
		quantity = s.products[entry.parent].quantity
	}
	if s.options.TextFigures {
		return strconv.FormatInt(quantity, 10)
	}
	return quantity
}

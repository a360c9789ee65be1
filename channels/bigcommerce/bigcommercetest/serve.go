package bigcommercetest

import (
	"encoding/json"
	"net/http"

	"github.com/tidemark/tidemark/channels/channeltest"
)

// kindOfError is the type of every error.
const kindOfError = "https://developer.bigcommerce.com/api-docs/getting-started/api-status-codes"

// problem is an error of BigCommerce.
type problem struct {
	Status int               `json:"status"`
	Title  string            `json:"title"`
	Type   string            `json:"type"`
	Errors map[string]string `json:"errors"`
}

func refuse(w http.ResponseWriter, status int, title string) {
	refuseFields(w, status, title, map[string]string{})
}

func refuseFields(w http.ResponseWriter, status int, title string, fields map[string]string) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(problem{status, title, kindOfError, fields})
}

// routes is the API with what stands before it.
func (s *Store) routes() http.Handler {
	const prefix = "/stores/" + Hash
	routes := http.NewServeMux()
	routes.HandleFunc("PUT "+prefix+"/v3/inventory/adjustments/absolute", s.permitted(!s.options.ReadOnly, s.adjust))
	routes.HandleFunc("GET "+prefix+"/v3/inventory/locations", s.permitted(!s.options.NoLocations, s.listLocations))
	routes.HandleFunc("GET "+prefix+"/v3/inventory/items", s.listItems)
	routes.HandleFunc("GET "+prefix+"/v2/store", s.permitted(!s.options.NoInformation, s.describe))
	routes.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		refuse(w, http.StatusNotFound, "The route is not found, check the URL")
	})
	return s.Guarded(func(w http.ResponseWriter, r *http.Request) bool {
		if s.limited(w) {
			return false
		}
		if r.Header.Get("X-Auth-Token") != channeltest.Credential {
			refuse(w, http.StatusUnauthorized, "Unauthorized")
			return false
		}
		s.settle()
		return true
	}, routes)
}

// limited answers a call that comes too early.
func (s *Store) limited(w http.ResponseWriter) bool {
	if s.overload > 0 {
		s.overload--
		s.overloaded++
		refuse(w, http.StatusTooManyRequests, "Too many requests")
		return true
	}
	within := true
	if !s.options.Unlimited {
		within = s.window.take(s.Now())
		s.window.tell(w.Header(), s.Now())
	}
	if s.Admit(within, true) {
		return false
	}
	refuse(w, http.StatusTooManyRequests, "Too many requests")
	return true
}

// permitted answers a call that the token does not permit.
func (s *Store) permitted(may bool, next http.HandlerFunc) http.HandlerFunc {
	if may {
		return next
	}
	return func(w http.ResponseWriter, _ *http.Request) {
		refuse(w, http.StatusForbidden, "You don't have a required scope to access the endpoint")
	}
}

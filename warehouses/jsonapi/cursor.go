package jsonapi

import "github.com/tidemark/tidemark/warehouses"

// sourceCursor is what is known of the last snapshot that was recorded. It is of when its figures were taken: the as_of of the API, or when the fetch
// began, by our clock.
type sourceCursor struct {
	warehouses.Stamp
	// AsOf is true when At is the API's.
	AsOf bool `json:"as_of"`
}

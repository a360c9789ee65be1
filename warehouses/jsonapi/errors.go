package jsonapi

import (
	"net/http"

	"github.com/tidemark/tidemark/outbound"
	"github.com/tidemark/tidemark/warehouses"
)

// refused is the error of a 4xx that warehouses.Failure leaves to the driver. The body is not shown, for it could hold what was
// sent.
func (s *source) refused(response outbound.Response) error {
	if response.Status == http.StatusNotFound {
		return warehouses.NeedsPerson(nil, "warehouse %s is not there (status 404); correct the endpoint", s.ID)
	}
	return warehouses.NeedsPerson(nil, "warehouse %s refuses the call (status %d); check query, page and the other settings", s.ID, response.Status)
}

package shipbob

import (
	"net/http"

	"github.com/tidemark/tidemark/outbound"
	"github.com/tidemark/tidemark/warehouses"
)

// refused is the error of a 4xx that warehouses.Failure leaves to the driver. What ShipBob says in words is not shown, for it
// could hold what was sent.
func (s *source) refused(response outbound.Response) error {
	switch response.Status {
	case http.StatusNotFound, http.StatusGone:
		return warehouses.NeedsPerson(nil,
			"warehouse %s is not there (status %d); correct the endpoint, which ends with a version that ShipBob still serves, like https://api.shipbob.com/2026-07",
			s.ID, response.Status)
	case http.StatusBadRequest:
		return warehouses.NeedsPerson(nil, "warehouse %s refuses the query (status 400); try a smaller page", s.ID)
	}
	return warehouses.NeedsPerson(nil, "warehouse %s refuses the call (status %d); check the settings", s.ID, response.Status)
}

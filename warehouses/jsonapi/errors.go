package jsonapi

import (
	"fmt"
	"net/http"

	"github.com/tidemark/tidemark/outbound"
	"github.com/tidemark/tidemark/warehouses"
)

// unbelieved is the error of an answer that promises rows and cannot be taken for what it says. Asking again may bring a
// better one.
func (s *source) unbelieved(page int, format string, arguments ...any) error {
	return warehouses.Faltered(nil, "warehouse %s, page %d: %s; nothing of the snapshot was taken", s.id, page, fmt.Sprintf(format, arguments...))
}

// refused is the error of a 4xx that warehouses.Failure leaves to the driver. The body is not shown, for it could hold what was
// sent.
func (s *source) refused(answer outbound.Answer) error {
	if answer.Status == http.StatusNotFound {
		return warehouses.NeedsPerson(nil, "warehouse %s is not there (status 404); correct the endpoint", s.id)
	}
	return warehouses.NeedsPerson(nil, "warehouse %s refuses the call (status %d); check query, page and the other settings", s.id, answer.Status)
}

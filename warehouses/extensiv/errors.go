package extensiv

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"

	"github.com/tidemark/tidemark/outbound"
	"github.com/tidemark/tidemark/warehouses"
)

// unbelieved is the error of an answer that promises rows and cannot be taken for what it says. Asking again may bring a
// better one.
func (s *source) unbelieved(place, format string, arguments ...any) error {
	return warehouses.Faltered(nil, "warehouse %s, %s: %s; nothing of the snapshot was taken", s.id, place, fmt.Sprintf(format, arguments...))
}

// refused is the error of a 4xx that warehouses.Failure leaves to the driver.
func (s *source) refused(answer outbound.Answer) error {
	said := code(answer.Body)
	switch {
	case answer.Status == http.StatusNotFound:
		return warehouses.NeedsPerson(nil, "warehouse %s is not there (status 404); correct the endpoint", s.id)
	case said == "NotParsable" && s.since != "":
		return warehouses.NeedsPerson(nil, "warehouse %s does not take the query (status 400, NotParsable); it may not know the property %s of the setting since: leave since out", s.id, s.since)
	case said != "":
		return warehouses.NeedsPerson(nil, "warehouse %s refuses the call (status %d, %s); check customer_id, facilities and page", s.id, answer.Status, said)
	}
	return warehouses.NeedsPerson(nil, "warehouse %s refuses the call (status %d); check the settings", s.id, answer.Status)
}

var plainCode = regexp.MustCompile(`^[A-Za-z]{1,40}$`)

// code is Extensiv's own code of an error. Its hint, and anything else in the body, is not shown, for it could hold what was sent.
func code(body []byte) string {
	var said struct {
		ErrorCode string `json:"ErrorCode"`
	}
	if json.Unmarshal(body, &said) != nil || !plainCode.MatchString(said.ErrorCode) {
		return ""
	}
	return said.ErrorCode
}

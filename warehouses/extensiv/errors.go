package extensiv

import (
	"encoding/json"
	"net/http"
	"regexp"

	"github.com/tidemark/tidemark/outbound"
	"github.com/tidemark/tidemark/warehouses"
)

// refused is the error of a 4xx that warehouses.Failure leaves to the driver.
func (s *source) refused(response outbound.Response) error {
	text := code(response.Body)
	switch {
	case response.Status == http.StatusNotFound:
		return warehouses.NeedsPerson(nil, "warehouse %s is not there (status 404); correct the endpoint", s.ID)
	case text == "NotParsable" && s.since != "":
		return warehouses.NeedsPerson(nil,
			"warehouse %s does not take the query (status 400, NotParsable); it may not know the property %s of the setting since: leave since out", s.ID, s.since)
	case text != "":
		return warehouses.NeedsPerson(nil, "warehouse %s refuses the call (status %d, %s); check customer_id, facilities and page", s.ID, response.Status, text)
	}
	return warehouses.NeedsPerson(nil, "warehouse %s refuses the call (status %d); check the settings", s.ID, response.Status)
}

var plainCode = regexp.MustCompile(`^[A-Za-z]{1,40}$`)

// code is Extensiv's own code of an error. Its hint, and anything else in the body, is not shown, for it could hold what was sent.
func code(body []byte) string {
	var document struct {
		ErrorCode string `json:"ErrorCode"`
	}
	if json.Unmarshal(body, &document) != nil || !plainCode.MatchString(document.ErrorCode) {
		return ""
	}
	return document.ErrorCode
}

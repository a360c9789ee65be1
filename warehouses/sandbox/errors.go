package sandbox

import (
	"encoding/json"
	"net/http"
	"regexp"

	"github.com/tidemark/tidemark/outbound"
	"github.com/tidemark/tidemark/warehouses"
)

// refused is the error of a 4xx that warehouses.Failure leaves to the driver.
func (s *source) refused(response outbound.Response) error {
	switch response.Status {
	case http.StatusGone:
		return warehouses.Faltered(nil, "warehouse %s no longer has the snapshot that was being read (status 410); it is read again from its beginning", s.ID)
	case http.StatusNotFound:
		return warehouses.NeedsPerson(nil, "warehouse %s is not there (status 404); correct the endpoint", s.ID)
	}
	return warehouses.NeedsPerson(nil, "warehouse %s refuses the call (status %d%s); check the settings", s.ID, response.Status, code(response.Body))
}

var plainCode = regexp.MustCompile(`^[a-z_]{1,40}$`)

// code is the sandbox's own code of an error. Anything else in the body is not shown, for it could hold what was sent.
func code(body []byte) string {
	var document struct {
		Error struct {
			Code string `json:"code"`
		} `json:"error"`
	}
	if json.Unmarshal(body, &document) != nil || !plainCode.MatchString(document.Error.Code) {
		return ""
	}
	return ", " + document.Error.Code
}

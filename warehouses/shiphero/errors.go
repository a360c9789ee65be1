package shiphero

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"time"

	"github.com/tidemark/tidemark/outbound"
	"github.com/tidemark/tidemark/warehouses"
)

// doubted is the same for the file of a snapshot and the calls around it.
func (s *source) doubted(format string, arguments ...any) error {
	return warehouses.Faltered(nil, "warehouse %s, snapshot: %s; nothing of it was taken", s.ID, fmt.Sprintf(format, arguments...))
}

// refused is the error of a 4xx that warehouses.Failure leaves to the driver.
func (s *source) refused(response outbound.Response) error {
	if response.Status == http.StatusNotFound {
		return warehouses.NeedsPerson(nil, "warehouse %s is not there (status 404); correct the endpoint, which is the address without /graphql", s.ID)
	}
	return warehouses.NeedsPerson(nil, "warehouse %s refuses the call (status %d); check the settings", s.ID, response.Status)
}

// Codes of ShipHero's errors (developer.shiphero.com/troubleshooting/error-glossary, /scopes).
const (
	codeNotFound   = 5
	codeNotAllowed = 7
	codeCredits    = 30
)

// complaint is one of the errors in a response with status 200. ShipHero's message is not among what is read, for it repeats what
// was sent. What is left out, or has another form than the documentation's, is 0.
type complaint struct {
	code      int64
	required  int64  // credits
	remaining int64  // credits
	time      string // until there are enough
}

// complaints are the errors in a response.
func complaints(body []byte) []complaint {
	var document struct {
		Errors []json.RawMessage `json:"errors"`
	}
	if json.Unmarshal(body, &document) != nil {
		return nil
	}
	read := make([]complaint, len(document.Errors))
	for i, raw := range document.Errors {
		var members map[string]json.RawMessage
		if json.Unmarshal(raw, &members) != nil {
			continue
		}
		read[i] = complaint{code: count(members["code"]), required: count(members["required_credits"]), remaining: count(members["remaining_credits"])}
		if json.Unmarshal(members["time_remaining"], &read[i].time) != nil {
			read[i].time = ""
		}
	}
	return read
}

func count(raw json.RawMessage) int64 {
	read, err := strconv.ParseInt(string(raw), 10, 64)
	if err != nil {
		return 0
	}
	return read
}

// judge says what the errors of a response mean. Too few credits are not among them.
func (s *source) judge(complaints []complaint) error {
	for _, item := range complaints {
		switch item.code {
		case codeNotAllowed:
			return warehouses.NeedsPerson(nil, "warehouse %s does not permit the call with this credential (ShipHero's code 7); give it the scopes to view products "+
				"and inventory, and to take inventory snapshots", s.ID)
		case codeNotFound:
			return warehouses.NeedsPerson(nil, "warehouse %s does not find what was asked for (ShipHero's code 5); check warehouse_id and customer_account_id", s.ID)
		}
	}
	return warehouses.Faltered(nil, "warehouse %s refuses the call inside an answer with status 200 (%d errors, ShipHero's code %d)", s.ID, len(complaints),
		complaints[0].code)
}

// credits finds among the errors that there were too few credits.
func credits(complaints []complaint) (complaint, bool) {
	for _, item := range complaints {
		if item.code == codeCredits {
			return item, true
		}
	}
	return complaint{}, false
}

var spans = regexp.MustCompile(`([0-9]{1,6}) ?(second|minute|hour)`)

// wait is how long it takes until there are enough credits: as ShipHero says it ("18 seconds"), or as long as it takes to
// restore what is missing; all of them where it does not say.
func (c complaint) wait() time.Duration {
	units := map[string]time.Duration{"second": time.Second, "minute": time.Minute, "hour": time.Hour}
	var span time.Duration
	for _, part := range spans.FindAllStringSubmatch(c.time, 4) {
		if number, err := strconv.Atoi(part[1]); err == nil {
			span += time.Duration(number) * units[part[2]]
		}
	}
	if span == 0 {
		missing := c.required - c.remaining
		if missing <= 0 || missing > mostCredits {
			missing = mostCredits
		}
		span = time.Duration(missing) * time.Second / restored
	}
	return min(span, outbound.MaxRetryAfter)
}

package warehouses

import (
	"strings"

	"github.com/tidemark/tidemark/inventory"
)

// Report is what a person is told of the first fetch of a warehouse: what stands there, what of it is read, what is not, and why. It is
// plain data, and its size does not grow with what was fetched. Texts of the source are as people may read them: bounded, in one line, with
// what cannot be seen escaped.
type Report struct {
	From    string `json:"from,omitempty"`    // what was read, like a file or an address
	Rows    int64  `json:"rows"`              // that were looked at
	Read    int64  `json:"read"`              // of them, with a figure that counts
	NoLevel int64  `json:"no_level"`          // of them, those that state that there is no level
	Refused int64  `json:"refused"`           // of them
	Limit   string `json:"limit,omitempty"`   // why it was not read to its end; empty when it was
	Failed  string `json:"failed,omitempty"`  // why it cannot be read at all, or not to its end
	Header  int    `json:"header,omitempty"`  // the line of a file's header, from 1
	Skipped int    `json:"skipped,omitempty"` // lines that skip_rows passes over

	Fields         []Field            `json:"fields"` // columns of a file; members of an API's items
	MoreFields     int                `json:"more_fields,omitempty"`
	Refusals       []Refusals         `json:"refusals"`                  // in the order in which the kinds were met
	Facilities     []Facility         `json:"facilities"`                // in the order in which they were met
	MoreFacilities int64              `json:"more_facilities,omitempty"` // levels in others
	Largest        []Figure           `json:"largest"`                   // the largest figures, the first ones of the same size
	Odd            []inventory.Oddity `json:"odd"`

	first   []line            // of the file, whatever they are
	mends   []Setting         // of the failure
	odd     map[string]string // a line of the file as it is written, by the place of an odd row
	last    string            // the place of the last row
	small   int64             // figures read below 1000, and not 0
	large   int64             // figures read of 1000 and above
	headers int64             // refused rows that repeat the header
	quoted  int64             // rows whose SKU or facility begins with a quote
}

// Field is a column of a file, or a member of an API's items.
type Field struct {
	Name     string   `json:"name"`
	As       string   `json:"as,omitempty"` // what it is read as, like sku; empty when it is not used
	Examples []string `json:"examples"`     // of what stands in it, different ones

	name  string // as it is
	holds bool   // an object or a list stands in it
}

// Refusals are the rows that are refused for one kind of reason.
type Refusals struct {
	Kind     inventory.FaultKind `json:"kind"`
	Count    int64               `json:"count"`
	Examples []RefusedRow        `json:"examples"` // the first ones
	Texts    []Text              `json:"texts,omitempty"`
	// MoreTexts is true when there are others that were not kept.
	MoreTexts bool `json:"more_texts,omitempty"`
}

// Text is what stands where something else is expected, and how often.
type Text struct {
	Text  string `json:"text"`
	Count int64  `json:"count"`

	raw string // as it is
}

// RefusedRow is an example of a refused row.
type RefusedRow struct {
	Place    string `json:"place"` // the line or record
	SKU      string `json:"sku,omitempty"`
	Facility string `json:"facility,omitempty"`
	Field    string `json:"field,omitempty"` // that cannot be read
	Text     string `json:"text"`            // as it stands
	Reason   string `json:"reason"`
}

// Facility is what was read of one facility.
type Facility struct {
	Name   string `json:"name"` // empty for the warehouse as a whole
	Levels int64  `json:"levels"`
	Units  int64  `json:"units"`

	name string // as it is
}

// Figure is the figure of a level.
type Figure struct {
	SKU      string `json:"sku"`
	Facility string `json:"facility,omitempty"`
	Units    int64  `json:"units"`
	Place    string `json:"place"`
}

// line is a line of a file as it is written.
type line struct {
	number int
	text   string
}

// The bounds of a Report.
const (
	reportFields     = 200
	reportFacilities = 50
	reportExamples   = 3 // of a field, of refusals of one kind, of the largest figures
	reportTexts      = 100
	reportLines      = 40
	reportText       = 80   // characters of a text
	reportReason     = 400  // characters of a reason
	reportLine       = 2000 // bytes of a line
)

// quote is a text of a source in quotes, as a report shows it.
func quote(text string) string {
	return `"` + strings.ReplaceAll(inventory.Shown(text, reportText), `"`, `\"`) + `"`
}

// Seen is true where there is anything to report of: fields, rows, or lines of a file that could not be told apart.
func (r Report) Seen() bool {
	return r.Rows > 0 || len(r.Fields) > 0 || len(r.first) > 0 || len(r.mends) > 0
}

// header is the line of the header as it is written; empty where it is not known.
func (r Report) header() string {
	for _, line := range r.first {
		if line.number == r.Header {
			return line.text
		}
	}
	return ""
}

// refusals returns those of a kind.
func (r Report) refusals(kind inventory.FaultKind) (Refusals, bool) {
	for _, refusals := range r.Refusals {
		if refusals.Kind == kind {
			return refusals, true
		}
	}
	return Refusals{}, false
}

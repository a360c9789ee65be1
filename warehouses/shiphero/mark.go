package shiphero

import (
	"net/http"
	"time"

	"github.com/tidemark/tidemark/warehouses"
)

// mark is what is known of the last snapshot that was recorded.
type mark struct {
	warehouses.DatedMark
	// Snapshot is the id of ShipHero's last snapshot.
	Snapshot string `json:"snapshot,omitempty"`
}

// begin makes the mark of a fetch of its beginning and of its first answer, and tells when that answer was made (warehouses.Base.Begin).
func (s *source) begin(known mark, began time.Time, header http.Header) (m mark, asOf time.Time, err error) {
	m.Snapshot = known.Snapshot
	m.DatedMark, asOf, err = s.Begin(known.DatedMark, began, header, "ShipHero")
	return m, asOf, err
}

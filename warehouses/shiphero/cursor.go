package shiphero

import (
	"net/http"
	"time"

	"github.com/tidemark/tidemark/warehouses"
)

// sourceCursor is what is known of the last snapshot that was recorded.
type sourceCursor struct {
	warehouses.DatedCursor
	// Snapshot is the id of ShipHero's last snapshot.
	Snapshot string `json:"snapshot,omitempty"`
}

// begin makes the source cursor of a fetch of its beginning and of its first response, and tells when that response was made (warehouses.Base.Begin).
func (s *source) begin(cursor sourceCursor, began time.Time, header http.Header) (m sourceCursor, asOf time.Time, err error) {
	m.Snapshot = cursor.Snapshot
	m.DatedCursor, asOf, err = s.Begin(cursor.DatedCursor, began, header, "ShipHero")
	return m, asOf, err
}

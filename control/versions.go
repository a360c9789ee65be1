package control

import (
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/workflows"
)

// Versions are the formats of stored data that a program can continue from.
type Versions struct {
	Schema    int `json:"schema"`    // of the ledger: an older schema is migrated to it, a newer one is refused
	Histories int `json:"histories"` // the newest set of recorded histories that its workflows replay; they replay all older sets too
}

// VersionsOf are this program's.
func VersionsOf() (Versions, error) {
	schema, err := ledger.Schema()
	return Versions{Schema: schema, Histories: workflows.Histories}, err
}

package control

import (
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/workflows"
)

// Versions are what a program can go on with.
type Versions struct {
	Schema    int `json:"schema"`    // of the ledger: an older one is brought up to it, a newer one is refused
	Histories int `json:"histories"` // the newest set of recorded histories that its workflows replay, with all before it
}

// VersionsOf are this program's.
func VersionsOf() (Versions, error) {
	schema, err := ledger.Schema()
	return Versions{Schema: schema, Histories: workflows.Histories}, err
}

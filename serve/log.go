package serve

import (
	"context"
	"strconv"

	"github.com/tidemark/tidemark/ledger"
)

// log lists what people and programs did, newest first. Next is the cursor of older entries.
func (s *Server) log(ctx context.Context, q question) (any, error) {
	var before int64
	if text := q.query.Get("before"); text != "" {
		var err error
		if before, err = strconv.ParseInt(text, 10, 64); err != nil || before < 1 {
			return nil, invalid("invalid_query", "before: expected the number of an entry, as next has it")
		}
	}
	entries, err := s.options.Control.Log(ctx, before, q.limit)
	found := pageOf(entries, func(entry ledger.AuditEntry) ledger.AuditEntry { return entry })
	if len(entries) >= q.limit {
		found.Next = strconv.FormatInt(entries[len(entries)-1].ID, 10)
	}
	return found, err
}

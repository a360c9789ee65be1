package serve

import (
	"context"

	"github.com/tidemark/tidemark/ledger"
)

// staleLevels lists what was refused of a warehouse and not read since.
func (s *Server) staleLevels(ctx context.Context, q question) (any, error) {
	warehouse, err := s.warehouse(ctx, q.PathValue("id"))
	if err != nil {
		return nil, err
	}
	rows, err := s.options.Ledger.StaleLevels(ctx, warehouse.ID, q.query.Get("sku"), ledger.Page{After: q.query.Get("after"), Limit: q.limit})
	found := pageOf(rows, func(row ledger.StaleLevel) ledger.StaleLevel { return row })
	if len(rows) >= q.limit {
		found.Next = rows[len(rows)-1].SKU
	}
	return found, err
}

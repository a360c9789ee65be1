package control

import (
	"cmp"
	"context"
	"slices"

	"github.com/tidemark/tidemark/ledger"
)

// HeldRows are rows that a held run would take to 0.
type HeldRows struct {
	Rows []ledger.ChannelLevelRow `json:"rows"` // those of which the store shows most, most first
	// Looked is how many due rows were looked at; Whole is true where those are all.
	Looked int  `json:"looked"`
	Whole  bool `json:"whole"`
}

const (
	heldPage  = 1000
	heldPages = 3
)

// HeldRows finds the rows that a held run would take to 0, most at most. Rows that are due are looked at, some thousands at most, for who decides
// waits for the answer.
func (c *Control) HeldRows(ctx context.Context, connection string, most int) (HeldRows, error) {
	var found HeldRows
	after := ""
	for range heldPages {
		rows, err := c.state.ChannelLevels(ctx, connection, "", ledger.StatusPending, ledger.Page{After: after, Limit: heldPage})
		if err != nil {
			return found, err
		}
		found.Looked += len(rows)
		for _, row := range rows {
			if row.Quantity == 0 && row.Exported != nil && *row.Exported > 0 {
				found.Rows = append(found.Rows, row)
			}
			after = row.ChannelSKU
		}
		if found.Whole = len(rows) < heldPage; found.Whole {
			break
		}
	}
	slices.SortStableFunc(found.Rows, func(a, b ledger.ChannelLevelRow) int { return cmp.Compare(*b.Exported, *a.Exported) })
	found.Rows = orEmpty(found.Rows[:min(len(found.Rows), most)])
	return found, nil
}

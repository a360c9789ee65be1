package control

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/tidemark/tidemark/ledger"
)

// HeldRows are rows that a held run would take to 0.
type HeldRows struct {
	Rows []ledger.ChannelLevelRow `json:"rows"` // those with the largest figures in the store, largest first
	// Examined is how many due rows were examined; Whole is true where these are all.
	Examined int  `json:"looked"`
	Whole    bool `json:"whole"`
}

const (
	heldPage  = 1000
	heldPages = 3
)

// HeldRows lists the rows that a held run would take to 0, at most so many. It examines at most 3,000 due rows, because the person who decides
// waits for the answer.
func (c *Control) HeldRows(ctx context.Context, connection string, most int) (HeldRows, error) {
	var held HeldRows
	after := ""
	for range heldPages {
		rows, err := c.state.ChannelLevels(ctx, connection, "", ledger.StatusPending, ledger.Page{After: after, Limit: heldPage})
		if err != nil {
			return held, err
		}
		held.Examined += len(rows)
		for _, row := range rows {
			if row.Quantity == 0 && row.Exported != nil && *row.Exported > 0 {
				held.Rows = append(held.Rows, row)
			}
			after = row.ChannelSKU
		}
		if held.Whole = len(rows) < heldPage; held.Whole {
			break
		}
	}
	slices.SortStableFunc(held.Rows, func(a, b ledger.ChannelLevelRow) int { return cmp.Compare(*b.Exported, *a.Exported) })
	held.Rows = orEmpty(held.Rows[:min(len(held.Rows), most)])
	return held, nil
}

// AskedAgain says that an approved run is held once more, because it would now change more than was approved. at puts a moment into words. The text
// is empty where the hold asks for the first time.
func AskedAgain(hold ledger.Hold, at func(time.Time) string) string {
	before := hold.Before
	if before == nil {
		return ""
	}
	by := cmp.Or(before.By, "somebody")
	if hold.Kind == ledger.HoldSnapshot {
		return fmt.Sprintf("Asked again: %s approved a snapshot of %d rows at %s; now it has %d, or leaves more out.", by, before.Rows, at(before.At), hold.Rows)
	}
	return fmt.Sprintf("Asked again: %s approved %s at %s; now it is %d (%d more).",
		by, Count(before.Rows, "row", "rows"), at(before.At), hold.Zeroing, hold.Zeroing-before.Rows)
}

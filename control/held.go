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
	Rows []ledger.ChannelLevelRow `json:"rows"` // those of which the store shows most, most first
	// Examined is how many due rows were looked at; Whole is true where those are all.
	Examined int  `json:"looked"`
	Whole    bool `json:"whole"`
}

const (
	heldPage  = 1000
	heldPages = 3
)

// HeldRows finds the rows that a held run would take to 0, most at most. Rows that are due are looked at, some thousands at most, for who decides
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

// AskedAgain says that a run which was approved is held once more, because it found more than what was approved; at is the moment of that, in words.
// Empty where it asks for the first time.
func AskedAgain(hold ledger.Hold, at func(time.Time) string) string {
	before := hold.Before
	if before == nil {
		return ""
	}
	by := cmp.Or(before.By, "somebody")
	if hold.Kind == ledger.HoldSnapshot {
		return fmt.Sprintf("Asked again: %s approved a snapshot of %d rows at %s; now it has %d, or leaves more out.", by, before.Rows, at(before.At), hold.Rows)
	}
	rows := "rows"
	if before.Rows == 1 {
		rows = "row"
	}
	return fmt.Sprintf("Asked again: %s approved %d %s at %s; now it is %d (%d more).", by, before.Rows, rows, at(before.At), hold.Zeroing, hold.Zeroing-before.Rows)
}

package activities

import (
	"context"
	"fmt"

	"github.com/tidemark/tidemark/ledger"
)

// previewLines bounds what a dry run returns in words; the counts are complete.
const previewLines = 50

// preview collects what a push would do, from the real resolver and the recorded rows.
type preview struct{ Preview }

func newPreview() *preview { return &preview{} }

// add compares a resolved page with what the store was last known to show.
func (p *preview) add(ctx context.Context, state ledger.Ledger, connection string, page []ledger.Resolution) error {
	for _, resolution := range page {
		for _, level := range resolution.Levels {
			rows, err := state.ChannelLevels(ctx, connection, level.ChannelSKU, "", ledger.Page{Limit: 1000})
			if err != nil {
				return err
			}
			var shown *int64
			for _, row := range rows {
				if row.Location == level.Location {
					shown = row.Exported
				}
			}
			p.count(level.Location, level.ChannelSKU, shown, level.Quantity, level.Blocked)
		}
	}
	return nil
}

func (p *preview) count(location, sku string, shown *int64, quantity int64, blocked string) {
	before, word := "?", ""
	if shown != nil {
		before = fmt.Sprint(*shown)
	}
	switch {
	case blocked != "":
		p.Blocked++
		p.line("block %s: %s", place(location, sku), blocked)
		return
	case shown == nil:
		p.New++
		word = "new"
	case quantity == *shown:
		p.Same++
		word = "same"
	case quantity == 0:
		p.Zero++
		word = "zero"
	case quantity > *shown:
		p.Raise++
		word = "raise"
	default:
		p.Lower++
		word = "lower"
	}
	p.line("%s %s: %s → %d", word, place(location, sku), before, quantity)
}

func (p *preview) line(format string, arguments ...any) {
	if len(p.Lines) < previewLines {
		p.Lines = append(p.Lines, fmt.Sprintf(format, arguments...))
	}
}

func place(location, sku string) string {
	if location == "" {
		return sku
	}
	return sku + " at " + location
}

// result adds the rows that are due from before, which a push would send as well.
func (p *preview) result(ctx context.Context, state ledger.Ledger, input ResolveInput, result ResolveResult) (ResolveResult, error) {
	due, err := state.Due(ctx, input.Connection, input.Scope)
	if err != nil {
		return ResolveResult{}, err
	}
	result.Due, result.Live, result.Preview = due.Rows, due.Live, &p.Preview
	result.Zeroing = p.Zero
	return result, nil
}

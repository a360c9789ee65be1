package activities

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
)

// previewLines bounds what a dry run returns in words; the counts are complete.
const previewLines = 50

// preview collects what a push would do, from the real resolver and the recorded rows.
type preview struct {
	Preview
	changed, blocked, same []string // the first lines of each
}

func newPreview() *preview { return &preview{} }

// add compares a resolved page with what the store was last known to show.
func (p *preview) add(ctx context.Context, state ledger.Ledger, connection string, page []ledger.Resolution) error {
	for _, resolution := range page {
		for _, level := range resolution.Levels {
			rows, err := state.ChannelLevels(ctx, connection, level.ChannelSKU, "", ledger.Page{Limit: 1000})
			if err != nil {
				return err
			}
			cause := inventory.Cause{Redefined: resolution.Redefined, Named: resolution.Named}
			move, shown, blocked := level.Move(nil, cause), (*int64)(nil), level.Blocked
			for _, row := range rows {
				if row.Location != level.Location {
					continue
				}
				standing := row.Standing()
				move, shown = level.Move(&standing, cause), row.Exported
				if level.Quantity == 0 && row.Product == resolution.Product {
					blocked = cmp.Or(blocked, row.Kept)
				}
			}
			if move == inventory.Push {
				p.count(level.Location, level.ChannelSKU, shown, level.Quantity, blocked)
			}
		}
	}
	return nil
}

func (p *preview) count(location, sku string, shown *int64, quantity int64, blocked string) {
	before := "?"
	if shown != nil {
		before = fmt.Sprint(*shown)
	}
	line := func(lines *[]string, counter *int64, word string) {
		*counter++
		if len(*lines) < previewLines {
			*lines = append(*lines, fmt.Sprintf("%s %s: %s → %d", word, place(location, sku), before, quantity))
		}
	}
	switch {
	case blocked != "":
		p.Blocked++
		if len(p.blocked) < previewLines {
			p.blocked = append(p.blocked, fmt.Sprintf("block %s: %s", place(location, sku), blocked))
		}
	case shown == nil:
		line(&p.changed, &p.New, "new")
	case quantity == *shown:
		line(&p.same, &p.Same, "same")
	case quantity == 0:
		line(&p.changed, &p.Zero, "zero")
	case quantity > *shown:
		line(&p.changed, &p.Raise, "raise")
	default:
		line(&p.changed, &p.Lower, "lower")
	}
}

// lines are the first of all, those that would change before the others, and how many more there are.
func (p *preview) lines() []string {
	lines := slices.Concat(p.changed, p.blocked, p.same)
	lines = lines[:min(len(lines), previewLines)]
	all := p.Raise + p.Lower + p.Zero + p.Same + p.New + p.Blocked
	if more := all - int64(len(lines)); more > 0 {
		lines = append(lines, fmt.Sprintf("and %d more", more))
	}
	return lines
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
	p.Lines = p.lines()
	result.Due, result.Live, result.Preview = due.Rows, due.Live, &p.Preview
	result.Zeroing = p.Zero
	return result, nil
}

package activities

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
)

// previewLines is the most lines of text that a dry run returns. Its counts include all rows.
const previewLines = 50

const (
	// previewLasts is how long a preview is kept. After that the levels have changed.
	previewLasts = 24 * time.Hour
	// maximumWhyBytes is how much of a row's explanation is stored with the preview. The page of the row shows all of it.
	maximumWhyBytes = 500
)

// preview collects what a push would do. It uses the real resolver and the stored rows.
type preview struct {
	Preview
	changed, blocked, same []string // the first lines of each kind
	rows                   []ledger.PreviewRow
}

func newPreview() *preview { return &preview{} }

// add compares a resolved page with the figures that the store was last known to show.
func (p *preview) add(ctx context.Context, state previewer, connection string, page []ledger.Resolution) error {
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
				p.keep(resolution.Product, level, blocked, p.count(level.Location, level.ChannelSKU, shown, level.Quantity, blocked), shown)
			}
		}
	}
	return nil
}

// keep adds a row to the preview if it would change, or is blocked.
func (p *preview) keep(product string, level inventory.ChannelLevel, blocked string, move ledger.PreviewMove, shown *int64) {
	if move == "" || len(p.rows) == ledger.MaximumPreviewRows {
		return
	}
	why := blocked
	if why == "" {
		why = strings.Join(level.Why.Lines(), "; ")
	}
	p.rows = append(p.rows, ledger.PreviewRow{
		Product: product, ChannelSKU: level.ChannelSKU, Location: level.Location, Shows: shown, Would: level.Quantity, Move: move,
		Why: inventory.Beginning(why, maximumWhyBytes),
	})
}

// count counts a row and adds its line. It returns what a push would do to the row; empty when the store would show the same.
func (p *preview) count(location, sku string, shown *int64, quantity int64, blocked string) ledger.PreviewMove {
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
		return ledger.PreviewBlocked
	case shown == nil:
		line(&p.changed, &p.New, "new")
		return ledger.PreviewNew
	case quantity == *shown:
		line(&p.same, &p.Same, "same")
		return ""
	case quantity == 0:
		line(&p.changed, &p.Zero, "zero")
		return ledger.PreviewZero
	case quantity > *shown:
		line(&p.changed, &p.Raise, "raise")
		return ledger.PreviewRaise
	}
	line(&p.changed, &p.Lower, "lower")
	return ledger.PreviewLower
}

// lines returns the first lines, beginning with the rows that would change, and how many more there are.
func (p *preview) lines() []string {
	lines := slices.Concat(p.changed, p.blocked, p.same)
	lines = lines[:min(len(lines), previewLines)]
	total := p.Raise + p.Lower + p.Zero + p.Same + p.New + p.Blocked
	if more := total - int64(len(lines)); more > 0 {
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

// result stores the preview. The result also counts rows that were due before, which a push would send as well.
func (p *preview) result(ctx context.Context, state previewer, input ResolveInput, result ResolveResult, now time.Time) (ResolveResult, error) {
	kept := ledger.Preview{MadeAt: now, ExpiresAt: now.Add(previewLasts), PreviewCounts: p.PreviewCounts}
	if err := state.KeepPreview(ctx, input.Lease, kept, p.rows); err != nil {
		return ResolveResult{}, err
	}
	due, err := state.Due(ctx, input.Connection, input.Scope)
	if err != nil {
		return ResolveResult{}, err
	}
	p.Lines = p.lines()
	result.Due, result.Live, result.Preview = due.Rows, due.Live, &p.Preview
	result.Zeroing = p.Zero
	return result, nil
}

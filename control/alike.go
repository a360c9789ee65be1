package control

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/tidemark/tidemark/ledger"
)

// didYouMean says what a person can do about an unknown SKU. It suggests the similar spellings that the first query with any finds, or asks to check
// the spelling.
func (c *Control) didYouMean(ctx context.Context, sku string, queries ...ledger.AlikeQuery) (string, error) {
	for _, query := range queries {
		spellings, err := c.state.Alike(ctx, sku, query)
		if err != nil {
			return "", err
		}
		if len(spellings) > 0 {
			return "did you mean " + quoted(spellings) + "?", nil
		}
	}
	return "check the spelling", nil
}

// quoted are SKUs in quotes, so that blanks show.
func quoted(skus []string) string {
	shown := make([]string, len(skus))
	for i, sku := range skus {
		shown[i] = strconv.Quote(sku)
	}
	return strings.Join(shown, " or ")
}

// spelling finds where the SKUs of rows are spelled in another way in the listings or by the warehouse. It remembers what it has looked up.
type spelling struct {
	state interface {
		Alike(ctx context.Context, sku string, query ledger.AlikeQuery) ([]string, error)
	}
	cache map[alikeKey][]string
}

type alikeKey struct {
	sku string
	ledger.AlikeQuery
}

func (s spelling) alike(ctx context.Context, sku string, query ledger.AlikeQuery) ([]string, error) {
	key := alikeKey{sku, query}
	spellings, cached := s.cache[key]
	if cached {
		return spellings, nil
	}
	spellings, err := s.state.Alike(ctx, sku, query)
	s.cache[key] = spellings
	return spellings, err
}

// lines say for a row, in words, which listing or which levels are not used because their SKU is spelled in another way.
func (s spelling) lines(ctx context.Context, connection ledger.Connection, explanation RowExplanation) ([]string, error) {
	row := explanation.Row
	why := row.Why
	if explanation.Now != nil {
		why = explanation.Now.Why
	}
	var lines []string
	look := func(sku string, query ledger.AlikeQuery, text string) error {
		spellings, err := s.alike(ctx, sku, query)
		if len(spellings) > 0 {
			lines = append(lines, fmt.Sprintf(text, sku, quoted(spellings)))
		}
		return err
	}
	if !why.Listed {
		query, text := ledger.AlikeQuery{Store: connection.Store}, "the listings have no %q; they have %s, which is another SKU, for capitals and spaces count"
		if err := look(row.Product, query, text); err != nil {
			return nil, err
		}
	}
	parts := []string{}
	if why.Bundle == nil && len(why.Levels) == 0 {
		parts = append(parts, row.Product)
	}
	for _, part := range why.Bundle {
		if !part.Reported {
			parts = append(parts, part.SKU)
		}
	}
	query := ledger.AlikeQuery{Warehouse: connection.Warehouse}
	for _, part := range parts {
		if err := look(part, query, "the warehouse reports no %q; it reports %s, which is another SKU, for capitals and spaces count"); err != nil {
			return nil, err
		}
	}
	return lines, nil
}

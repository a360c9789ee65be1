package control

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/tidemark/tidemark/ledger"
)

// didYouMean says what a person can do about a SKU that is not there: names of the first of the queries that has any which are alike, or
// that the spelling is to be checked.
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

// quoted are SKUs as they are written, so that their blanks show.
func quoted(skus []string) string {
	shown := make([]string, len(skus))
	for i, sku := range skus {
		shown[i] = strconv.Quote(sku)
	}
	return strings.Join(shown, " or ")
}

// spelling says of rows that what they are made of has another spelling elsewhere. What it has looked up once it does not look up again.
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

// lines says it of a row: a listing that is not taken, or levels that do not count.
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
		if err := look(row.Product, ledger.AlikeQuery{Store: connection.Store}, "the listings have no %q; they have %s, which is another SKU, for capitals and spaces count"); err != nil {
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
	for _, part := range parts {
		if err := look(part, ledger.AlikeQuery{Warehouse: connection.Warehouse}, "the warehouse reports no %q; it reports %s, which is another SKU, for capitals and spaces count"); err != nil {
			return nil, err
		}
	}
	return lines, nil
}

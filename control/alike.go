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
		found, err := c.state.Alike(ctx, sku, query)
		if err != nil {
			return "", err
		}
		if len(found) > 0 {
			return "did you mean " + quoted(found) + "?", nil
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

// spelled says of a row that what it is made of has another spelling elsewhere: a listing that is not taken, or levels that do not count.
func (c *Control) spelled(ctx context.Context, connection ledger.Connection, explanation ExplanationOf) ([]string, error) {
	row := explanation.Row
	why := row.Why
	if explanation.Now != nil {
		why = explanation.Now.Why
	}
	var said []string
	look := func(sku string, query ledger.AlikeQuery, text string) error {
		found, err := c.state.Alike(ctx, sku, query)
		if len(found) > 0 {
			said = append(said, fmt.Sprintf(text, sku, quoted(found)))
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
	return said, nil
}

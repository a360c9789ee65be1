package console

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/inventory"
)

// strategiesView is how the stock of each warehouse is shared, with one strategy that is tried.
type strategiesView struct{ Rows []strategyRow }

// strategyRow is a warehouse with its strategy and the form in which another is tried.
type strategyRow struct {
	Merchant, Warehouse string
	Words               []string
	Sharing             []string
	Form                strategyForm
	Distributions       []inventory.Distribution
	Open                bool   // its form was sent
	Problem             string // why what was entered cannot be
	Effects             []effectRow
	YAML                string
}

// strategyForm are the fields of a strategy, as they were entered.
type strategyForm struct {
	SKU, BufferPercent, BufferUnits, Minimum, Distribution, Weights, Priority, Caps string
}

type effectRow struct {
	Connection, Href, SKU, Location string
	Now                             string
	Would                           int64
	Change, Blocked                 string
	Why                             []string
}

const strategiesPath = "/strategies"

func (c *Console) strategiesPage(ctx context.Context, q request) (page, error) {
	all, err := c.options.Control.Strategies(ctx)
	if err != nil {
		return page{}, err
	}
	view := strategiesView{}
	for _, one := range all {
		row := viewStrategy(one)
		if q.query.Get("warehouse") == one.Warehouse && q.query.Has("sku") {
			row.Open, row.Form = true, strategyFormFrom(q.query)
			if err := c.tryStrategy(ctx, &row); err != nil {
				return page{}, err
			}
		}
		view.Rows = append(view.Rows, row)
	}
	return c.framed(ctx, "Partitioning", clock{now: q.now, zone: time.UTC}, view)
}

// tryStrategy fills in what a form would do, or why it cannot be.
func (c *Console) tryStrategy(ctx context.Context, row *strategyRow) error {
	strategy, err := row.Form.strategy()
	var tried control.StrategyTried
	if err == nil {
		tried, err = c.options.Control.TryStrategy(ctx, row.Warehouse, strategy, row.Form.SKU)
	}
	var refused *control.UsageError
	if errors.As(err, &refused) {
		row.Problem = sentence(refused.Message)
		return nil
	} else if err != nil {
		return err
	}
	row.YAML = strings.Join(tried.YAML, "\n")
	for _, one := range tried.Effects {
		effect := effectRow{
			Connection: one.Connection, Href: connectionPath(one.Connection), SKU: one.ChannelSKU, Location: one.Location, Now: figure(one.Now), Would: one.Would, Change: "–",
			Blocked: one.Blocked, Why: one.Why,
		}
		if one.Now != nil {
			effect.Change = signed(one.Would - *one.Now)
		}
		row.Effects = append(row.Effects, effect)
	}
	return nil
}

func viewStrategy(one control.Partitioned) strategyRow {
	row := strategyRow{
		Merchant: one.Merchant, Warehouse: one.Warehouse, Sharing: one.Sharing, Words: strategyWords(one.Strategy),
		Distributions: []inventory.Distribution{inventory.DistributeEqual, inventory.DistributeWeighted, inventory.DistributePriority, inventory.DistributeAll},
		Form:          strategyForm{Distribution: string(inventory.DistributeAll)},
	}
	if s := one.Strategy; s != nil {
		row.Form = strategyForm{
			BufferPercent: positive(strconv.FormatFloat(s.BufferPercent, 'f', -1, 64)), BufferUnits: positive(strconv.FormatInt(s.BufferUnits, 10)),
			Minimum: positive(strconv.FormatInt(s.Minimum, 10)), Distribution: string(cmp.Or(s.Distribution, inventory.DistributeEqual)),
			Weights: amounts(s.Weights), Priority: strings.Join(s.Priority, ", "), Caps: amounts(s.Caps),
		}
	}
	return row
}

// positive is a number in a field, which is empty for 0.
func positive(text string) string {
	if text == "0" {
		return ""
	}
	return text
}

// amounts are whole numbers by connection, as a form has them: a: 2, b: 1.
func amounts(given map[string]int64) string {
	var parts []string
	for _, id := range slices.Sorted(maps.Keys(given)) {
		parts = append(parts, fmt.Sprintf("%s: %d", id, given[id]))
	}
	return strings.Join(parts, ", ")
}

// strategyWords say what a strategy does, a sentence each.
func strategyWords(s *inventory.Strategy) []string {
	if s == nil {
		return []string{"No strategy: every store sees the full figure"}
	}
	var words []string
	switch {
	case s.BufferPercent > 0:
		words = append(words, strconv.FormatFloat(s.BufferPercent, 'f', -1, 64)+" % of the stock is held back, rounded up")
	case s.BufferUnits > 0:
		words = append(words, count(s.BufferUnits, "unit")+" of everything are held back")
	}
	if s.Minimum > 0 {
		words = append(words, fmt.Sprintf("With less than %s left, every store shows 0", count(s.Minimum, "unit")))
	}
	switch cmp.Or(s.Distribution, inventory.DistributeEqual) {
	case inventory.DistributeEqual:
		words = append(words, "The rest is divided equally")
	case inventory.DistributeWeighted:
		words = append(words, "The rest is divided by weight: "+amounts(s.Weights)+"; others count 1")
	case inventory.DistributePriority:
		said := "The rest goes out by priority: " + strings.Join(s.Priority, ", then ")
		if len(s.Caps) > 0 {
			said += "; at most " + amounts(s.Caps)
		}
		words = append(words, said)
	case inventory.DistributeAll:
		words = append(words, "Each store sees all of the rest")
	}
	return words
}

func strategyFormFrom(values url.Values) strategyForm {
	field := func(name string) string { return strings.TrimSpace(values.Get(name)) }
	return strategyForm{
		SKU: values.Get("sku"), BufferPercent: field("buffer_percent"), BufferUnits: field("buffer_units"), Minimum: field("minimum"),
		Distribution: field("distribution"), Weights: field("weights"), Priority: field("priority"), Caps: field("caps"),
	}
}

// strategy is what the fields say.
func (f strategyForm) strategy() (inventory.Strategy, error) {
	strategy := inventory.Strategy{Distribution: inventory.Distribution(f.Distribution)}
	if f.SKU == "" {
		return strategy, unclear("name a SKU to try it on")
	}
	var err error
	if f.BufferPercent != "" {
		if strategy.BufferPercent, err = strconv.ParseFloat(f.BufferPercent, 64); err != nil || math.IsNaN(strategy.BufferPercent) {
			return strategy, unclear("%q is no percentage", f.BufferPercent)
		}
	}
	for _, one := range []struct {
		text string
		into *int64
	}{{f.BufferUnits, &strategy.BufferUnits}, {f.Minimum, &strategy.Minimum}} {
		if one.text == "" {
			continue
		}
		if *one.into, err = strconv.ParseInt(one.text, 10, 64); err != nil {
			return strategy, unclear("%q is no whole number", one.text)
		}
	}
	if strategy.Weights, err = amountsOf(f.Weights); err != nil {
		return strategy, err
	}
	if strategy.Caps, err = amountsOf(f.Caps); err != nil {
		return strategy, err
	}
	for id := range strings.SplitSeq(f.Priority, ",") {
		if id = strings.TrimSpace(id); id != "" {
			strategy.Priority = append(strategy.Priority, id)
		}
	}
	return strategy, nil
}

// amountsOf reads whole numbers by connection.
func amountsOf(text string) (map[string]int64, error) {
	if text == "" {
		return nil, nil
	}
	given := map[string]int64{}
	for part := range strings.SplitSeq(text, ",") {
		id, number, found := strings.Cut(part, ":")
		amount, err := strconv.ParseInt(strings.TrimSpace(number), 10, 64)
		if !found || err != nil {
			return nil, unclear("%q is not like acme-shop: 2, acme-market: 1", text)
		}
		given[strings.TrimSpace(id)] = amount
	}
	return given, nil
}

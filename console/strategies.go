package console

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
)

// strategiesView shows how the stock of each warehouse is shared.
type strategiesView struct{ Rows []strategyRow }

// strategyRow is a warehouse with its strategy and the form in which another is tried.
type strategyRow struct {
	Wrong               wrong // what is wrong with which field of its form
	Merchant, Warehouse string
	Words               []string
	Sharing             []string
	Form                strategyForm
	Distributions       []inventory.Distribution
	Open                bool   // its form was sent
	Problem             string // why what was entered cannot be
	Where, Save         string // who set it, and where the form is sent to set another
	Version             int64
	InFile, Overridden  bool
	ReadOnly            bool
	Effects             []effectRow
	YAML                []string
}

// strategyForm are the fields of a strategy, as they were entered.
type strategyForm struct {
	SKU, BufferPercent, BufferUnits, Minimum, Distribution, Weights, Priority, Caps string
	Reason, Until, UntilZone                                                        string
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
	zones, err := c.zones(ctx, q.now)
	if err != nil {
		return page{}, err
	}
	k := zones.shared()
	view := strategiesView{}
	for _, partitioned := range all {
		row := viewStrategy(partitioned, k.zone.String())
		if q.query.Get("warehouse") == partitioned.Warehouse && q.query.Has("sku") {
			row.Open, row.Form = true, strategyFormFrom(q.query)
			row.Form.UntilZone = endZone(q.query, k.zone.String())
			if err := c.tryStrategy(ctx, &row, k); err != nil {
				return page{}, err
			}
		}
		view.Rows = append(view.Rows, row)
	}
	return c.framed(ctx, "Partitioning", k, view)
}

// tryStrategy fills in what the strategy of a form would do, or why it is refused.
func (c *Console) tryStrategy(ctx context.Context, row *strategyRow, k clock) error {
	strategy, err := row.Form.strategy()
	if err == nil && row.Form.SKU == "" {
		err = unclear("name a SKU to try it on")
	}
	var tried control.StrategyTrial
	if err == nil {
		tried, err = c.options.Control.TryStrategy(ctx, row.Warehouse, strategy, row.Form.SKU)
	}
	var unread *formError
	if errors.As(err, &unread) && len(unread.fields) > 0 {
		row.Wrong = unread.fields
		return nil
	}
	var refused *control.UsageError
	if errors.As(err, &refused) {
		row.Problem = sentence(refused.Message)
		return nil
	} else if err != nil {
		return err
	}
	row.YAML = tried.YAML
	for _, place := range tried.Effects {
		effect := effectRow{
			Connection: place.Connection, Href: connectionPath(place.Connection), SKU: place.ChannelSKU, Location: place.Location, Now: figure(place.Now),
			Would: place.Would, Change: "–",
			Blocked: k.localTimes(place.Blocked),
		}
		for _, line := range place.Why {
			effect.Why = append(effect.Why, capital(k.localTimes(line)))
		}
		if place.Now != nil {
			effect.Change = signed(place.Would - *place.Now)
		}
		row.Effects = append(row.Effects, effect)
	}
	return nil
}

func viewStrategy(partitioned control.StockSharing, zone string) strategyRow {
	row := strategyRow{
		Merchant: partitioned.Merchant, Warehouse: partitioned.Warehouse, Sharing: partitioned.Connections, Words: strategyWords(partitioned.Strategy),
		Distributions: []inventory.Distribution{inventory.DistributeEqual, inventory.DistributeWeighted, inventory.DistributePriority, inventory.DistributeAll},
		Form:          strategyForm{Distribution: string(inventory.DistributeAll)},
		Where:         sentence(partitioned.Setting.WordsIn(zone)), Save: strategiesPath + "/" + url.PathEscape(partitioned.Warehouse),
		Version: partitioned.Setting.Version,
		InFile:  partitioned.Setting.File != nil, Overridden: partitioned.Setting.Override != nil, ReadOnly: partitioned.Setting.ReadOnly,
	}
	if s := partitioned.Strategy; s != nil {
		row.Form = strategyForm{
			BufferPercent: positive(strconv.FormatFloat(s.BufferPercent, 'f', -1, 64)), BufferUnits: positive(strconv.FormatInt(s.BufferUnits, 10)),
			Minimum: positive(strconv.FormatInt(s.Minimum, 10)), Distribution: string(cmp.Or(s.Distribution, inventory.DistributeEqual)),
			Weights: amounts(s.Weights), Priority: strings.Join(s.Priority, ", "), Caps: amounts(s.Caps),
		}
	}
	row.Form.UntilZone = zone
	row.Form.Reason, row.Form.Until = setWith(partitioned.Setting.Override, zone)
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
		distribution := "The rest goes out by priority: " + strings.Join(s.Priority, ", then ")
		if len(s.Caps) > 0 {
			distribution += "; at most " + amounts(s.Caps)
		}
		words = append(words, distribution)
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
		Reason: values.Get("reason"), Until: values.Get("until"), UntilZone: values.Get("until_zone"),
	}
}

// actStrategy keeps the strategy that a form says. What is refused goes back to the form as it was sent.
func (c *Console) actStrategy(ctx context.Context, r *http.Request) (string, notice, error) {
	warehouse := r.PathValue("id")
	sent := maps.Clone(r.PostForm)
	sent.Set("warehouse", warehouse)
	sent.Del("version")
	back := strategiesPath + "?" + sent.Encode() + "#of-" + url.QueryEscape(warehouse)
	form := strategyFormFrom(r.PostForm)
	strategy, err := form.strategy()
	if err != nil {
		return back, notice{}, err
	}
	edit, err := settingEditOf(ctx, r.PostForm, control.StrategyText(strategy), "UTC")
	if err != nil {
		return back, notice{}, err
	}
	edited, err := c.options.Control.EditSetting(ctx, strategyKey(warehouse), edit)
	if err != nil {
		return back, notice{}, err
	}
	return strategiesPath + "#of-" + url.QueryEscape(warehouse), strategyNotice("Saved", edited), nil
}

// actClearStrategy ends what was set of a strategy beside the configuration.
func (c *Console) actClearStrategy(ctx context.Context, r *http.Request) (string, notice, error) {
	warehouse := r.PathValue("id")
	edited, err := c.clearSetting(ctx, strategyKey(warehouse), r.PostForm)
	return strategiesPath + "#of-" + url.QueryEscape(warehouse), strategyNotice("Ended", edited), err
}

func strategyKey(warehouse string) ledger.SettingKey {
	return ledger.SettingKey{Kind: ledger.OfWarehouse, ID: warehouse, Name: ledger.SettingStrategy}
}

func strategyNotice(word string, edited control.SettingEditResult) notice {
	return notice{
		state: state{"good", "check", word},
		Text:  fmt.Sprintf("The strategy of %s is %s. The next run of each store on it pushes what that changes.", edited.ID, edited.Value),
	}
}

// strategy reads the strategy from the fields.
func (f strategyForm) strategy() (inventory.Strategy, error) {
	strategy := inventory.Strategy{Distribution: inventory.Distribution(f.Distribution)}
	faults, sent := wrong{}, map[string]string{}
	var err error
	if f.BufferPercent != "" {
		if strategy.BufferPercent, err = strconv.ParseFloat(f.BufferPercent, 64); err != nil || math.IsNaN(strategy.BufferPercent) {
			faults["buffer_percent"], sent["buffer_percent"] = "A percentage, like 7.5, or nothing.", f.BufferPercent
		}
	}
	for _, field := range []struct {
		name, text string
		into       *int64
	}{{"buffer_units", f.BufferUnits, &strategy.BufferUnits}, {"minimum", f.Minimum, &strategy.Minimum}} {
		if field.text == "" {
			continue
		}
		if *field.into, err = strconv.ParseInt(field.text, 10, 64); err != nil {
			faults[field.name], sent[field.name] = "A whole number, or nothing.", field.text
		}
	}
	for _, field := range []struct {
		name, text string
		into       *map[string]int64
	}{{"weights", f.Weights, &strategy.Weights}, {"caps", f.Caps, &strategy.Caps}} {
		if *field.into, err = amountsOf(field.text); err != nil {
			faults[field.name], sent[field.name] = "Whole numbers by connection, like acme-shop: 2, acme-market: 1.", field.text
		}
	}
	if err := faults.refusal(func(name string) string { return sent[name] }); err != nil {
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
		id, number, divided := strings.Cut(part, ":")
		amount, err := strconv.ParseInt(strings.TrimSpace(number), 10, 64)
		if !divided || err != nil {
			return nil, unclear("%q is not like acme-shop: 2, acme-market: 1", text)
		}
		given[strings.TrimSpace(id)] = amount
	}
	return given, nil
}

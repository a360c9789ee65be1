package serve

import (
	"errors"
	"fmt"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/warehouses/jsonvalue"
	"github.com/tidemark/tidemark/warehouses/numbers"
	"github.com/tidemark/tidemark/workflows"
)

// shipHeroUpdate is the webhook that is understood. "Inventory Change" tells differences, which are unsafe to add up: one that
// is lost is wrong for ever.
const shipHeroUpdate = "Inventory Update"

// decodeShipHero reads ShipHero's "Inventory Update" webhook (developer.shiphero.com/webhooks/inventory-update-webhook): a list of
// products, each with the figures of the whole account and, under updated_warehouse, those of the warehouse in which the stock
// moved. The warehouse's are taken, for a facility is one warehouse; an item without them is refused, because the account's total
// would count beside the facilities. Quantities are texts there, or numbers; inventory is what can be sold.
//
// The body says neither when nor in which order: the events are as new as their arrival, as ShipHero's dedupe key allows.
// Fields that are not used are not looked at, for ShipHero adds some now and then.
func decodeShipHero(body []byte, with decoding) ([]workflows.InventoryUpdate, error) {
	if with.id == "" {
		return nil, fmt.Errorf("the header %s is missing; without it the same event could count twice", headerShipHeroMessage)
	}
	document, err := jsonvalue.Parse(body)
	if err != nil {
		return nil, err
	}
	if document.Kind() != jsonvalue.Object {
		return nil, fmt.Errorf("expected an object, found %s", document.Kind())
	}
	with.figures = with.rules.Reading()
	var kind string
	var items jsonvalue.Value
	twice, err := document.Members(func(name string, field jsonvalue.Value) (err error) {
		switch name {
		case "webhook_type":
			kind, err = readText(field)
		case "inventory":
			items = field
		}
		return err
	})
	switch {
	case err != nil:
		return nil, fmt.Errorf("webhook_type: %w", err)
	case twice != "":
		return nil, fmt.Errorf("%s is given twice; it is not known which one is meant", inventory.Quoted(twice))
	case kind != shipHeroUpdate:
		return nil, fmt.Errorf("webhook_type is %s; register the webhook %q for this address, and no other", inventory.Quoted(kind), shipHeroUpdate)
	case items.Kind() != jsonvalue.List:
		return nil, fmt.Errorf("inventory: expected a list, found %s", items.Kind())
	}
	return decodeList(items, func(number int, one jsonvalue.Value) (workflows.InventoryUpdate, error) {
		update := workflows.InventoryUpdate{Event: numbered(with.id, number)}
		row, err := shipHeroItem(one, with.figures)
		if err == nil {
			err = fill(&update, row, with)
		}
		if err != nil && !errors.Is(err, errNoLevel) {
			err = refusal(update, row, err)
		}
		return update, err
	})
}

// shipHeroItem reads one product.
func shipHeroItem(item jsonvalue.Value, figures *numbers.Reading) (inventory.Row, error) {
	var row inventory.Row
	if item.Kind() != jsonvalue.Object {
		return row, fmt.Errorf("expected an object, found %s", item.Kind())
	}
	var place jsonvalue.Value
	var figure numbers.Figure
	twice, err := readOn(item, func(name string, field jsonvalue.Value) (err error) {
		switch name {
		case "sku":
			if row.SKU, err = readText(field); err != nil {
				return fmt.Errorf("sku: %w", err)
			}
			figures.SKU(&row, row.SKU)
		case "updated_warehouse":
			place = field
		}
		return nil
	})
	if err == nil && twice == "" && place.Kind() != jsonvalue.Object {
		return row, errors.New("updated_warehouse: expected an object; without it the figures are the whole account's, not a warehouse's")
	}
	if err == nil && twice == "" {
		twice, err = readOn(place, func(name string, field jsonvalue.Value) (err error) {
			switch name {
			case "warehouse_uuid": // the id that the GraphQL API goes by, too
				row.Facility, err = readText(field)
				row.Facility = figures.Undress(row.Facility)
			case "inventory":
				figure, err = readFigure(figures, field, true) // figures are texts there, or numbers
				row.Available, row.NoAvailable = figure.Units, figure.None
			case "on_hand":
				figure, err = readFigure(figures, field, true)
				row.OnHand, row.NoOnHand = figure.Units, figure.None
			}
			if err != nil {
				return fmt.Errorf("updated_warehouse: %s: %w", name, err)
			}
			return nil
		})
	}
	jsonvalue.Unclear(&row, twice, []string{"sku"}, []string{"warehouse_uuid"})
	switch {
	case err != nil:
		return row, err
	case twice != "":
		return row, fmt.Errorf("%s is given twice; it is not known which one is meant", inventory.Quoted(twice))
	case row.Facility == "":
		return row, errors.New("updated_warehouse: there is no warehouse_uuid")
	}
	return row, nil
}

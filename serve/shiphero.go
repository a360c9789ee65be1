package serve

import (
	"errors"
	"fmt"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/warehouses/jsonvalue"
	"github.com/tidemark/tidemark/warehouses/numbers"
	"github.com/tidemark/tidemark/workflows"
)

// shipHeroUpdate is the only webhook that is accepted. "Inventory Change" reports differences, which are unsafe to add up: if one is lost,
// the figure stays wrong.
const shipHeroUpdate = "Inventory Update"

// decodeShipHero decodes ShipHero's "Inventory Update" webhook (developer.shiphero.com/webhooks/inventory-update-webhook): a list of
// products, each with the figures of the whole account and, under updated_warehouse, the figures of the warehouse in which the stock moved.
// It uses those of the warehouse, because a facility is one warehouse. An item without them is refused: the total of the account would
// count in addition to the facilities. Quantities are texts or numbers; inventory is what can be sold.
//
// The body has neither a time nor an order, so the events count as of their arrival. Unknown fields are ignored, because ShipHero adds
// fields now and then.
func decodeShipHero(body []byte, options decodeOptions) ([]workflows.InventoryUpdate, error) {
	if options.id == "" {
		return nil, fmt.Errorf("the header %s is missing; without it the same event could count twice", headerShipHeroMessage)
	}
	document, err := jsonvalue.Parse(body)
	if err != nil {
		return nil, err
	}
	if document.Kind() != jsonvalue.Object {
		return nil, fmt.Errorf("expected an object, found %s", document.Kind())
	}
	options.figures = options.rules.Reading()
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
		return nil, fmt.Errorf("%s is given twice, so its value is ambiguous", inventory.Quoted(twice))
	case kind != shipHeroUpdate:
		return nil, fmt.Errorf("webhook_type is %s; register the webhook %q for this address, and no other", inventory.Quoted(kind), shipHeroUpdate)
	case items.Kind() != jsonvalue.List:
		return nil, fmt.Errorf("inventory: expected a list, found %s", items.Kind())
	}
	return decodeList(items, func(number int, item jsonvalue.Value) (workflows.InventoryUpdate, error) {
		update := workflows.InventoryUpdate{Event: numbered(options.id, number)}
		row, err := shipHeroItem(item, options.figures)
		if err == nil {
			err = fill(&update, row, options)
		}
		if err != nil && !errors.Is(err, errNoLevel) {
			err = refusedEvent(update, row, err)
		}
		return update, err
	})
}

// shipHeroItem decodes one product.
func shipHeroItem(item jsonvalue.Value, figures *numbers.Reading) (inventory.Row, error) {
	var row inventory.Row
	if item.Kind() != jsonvalue.Object {
		return row, fmt.Errorf("expected an object, found %s", item.Kind())
	}
	var place jsonvalue.Value
	var figure numbers.Figure
	twice, err := eachMember(item, func(name string, field jsonvalue.Value) (err error) {
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
		return row, errors.New("updated_warehouse: expected an object; without it the figures are those of the whole account and not of a warehouse")
	}
	if err == nil && twice == "" {
		twice, err = eachMember(place, func(name string, field jsonvalue.Value) (err error) {
			switch name {
			case "warehouse_uuid": // the id that the GraphQL API also uses
				row.Facility, err = readText(field)
				row.Facility = figures.Undress(row.Facility)
			case "inventory":
				figure, err = readFigure(figures, field, true) // a text or a number
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
		return row, fmt.Errorf("%s is given twice, so its value is ambiguous", inventory.Quoted(twice))
	case row.Facility == "":
		return row, errors.New("updated_warehouse: there is no warehouse_uuid")
	}
	return row, nil
}

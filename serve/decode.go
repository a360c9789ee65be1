package serve

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/warehouses/jsonvalue"
	"github.com/tidemark/tidemark/warehouses/numbers"
	"github.com/tidemark/tidemark/workflows"
)

// maxAhead is how far in the future a reported time may be. An observation from "tomorrow" would make everything until then count as older.
const maxAhead = time.Hour

// decodeOptions is what a decoder needs besides the body.
type decodeOptions struct {
	id       string // of the request; events without an id of their own get theirs from it
	quantity inventory.QuantityField
	rules    numbers.Rules // how the warehouse writes its figures
	figures  *numbers.Reading
	now      time.Time
}

// decodeUpdates decodes update events: one object, or a list of at most workflows.MaximumUpdates. It accepts all of them or none. The error
// is for the sender and says where and why.
func decodeUpdates(body []byte, options decodeOptions) ([]workflows.InventoryUpdate, error) {
	document, err := jsonvalue.Parse(body)
	if err != nil {
		return nil, err
	}
	options.figures = options.rules.Reading()
	switch document.Kind() {
	case jsonvalue.Object:
		update, err := decodeUpdate(document, options, options.id)
		if errors.Is(err, errNoLevel) {
			return nil, nil
		} else if err != nil {
			return nil, err
		}
		return []workflows.InventoryUpdate{update}, nil
	case jsonvalue.List:
		return decodeList(document, func(number int, event jsonvalue.Value) (workflows.InventoryUpdate, error) {
			return decodeUpdate(event, options, numbered(options.id, number))
		})
	}
	return nil, fmt.Errorf("expected an event or a list of events, found %s", document.Kind())
}

// decodeList decodes each event of a list.
func decodeList(list jsonvalue.Value, decode func(number int, event jsonvalue.Value) (workflows.InventoryUpdate, error)) ([]workflows.InventoryUpdate, error) {
	var updates []workflows.InventoryUpdate
	passed := false
	var refused *refusedError
	err := list.Elements(func(number int, event jsonvalue.Value) error {
		if number > workflows.MaximumUpdates {
			return fmt.Errorf("there are more than %d events; send them in parts, or send a snapshot", workflows.MaximumUpdates)
		}
		update, err := decode(number, event)
		if errors.Is(err, errNoLevel) {
			passed = true
			return nil
		} else if err != nil {
			if refused == nil {
				refused = &refusedError{err: fmt.Errorf("event %d: %w", number, err)}
			}
			refused.updates = append(refused.updates, refusedUpdates(err)...)
			return nil // read the rest too: every refused event marks its level
		}
		updates = append(updates, update)
		return nil
	})
	if err == nil && refused != nil {
		return nil, refused
	}
	if err == nil && len(updates) == 0 && !passed {
		err = errors.New("the list is empty; send at least one event")
	}
	return updates, err
}

// numbered is the id of an event in a list: the id of the request with a number. It is empty if the request has no id.
func numbered(id string, number int) string {
	if id == "" {
		return ""
	}
	return id + "/" + strconv.Itoa(number)
}

// decodeUpdate decodes one event.
func decodeUpdate(value jsonvalue.Value, options decodeOptions, id string) (workflows.InventoryUpdate, error) {
	update := workflows.InventoryUpdate{Event: id}
	row, err := decodeFields(value, options.figures, options.now, func(name string, field jsonvalue.Value) (err error) {
		switch name {
		case "event":
			update.Event, err = readText(field)
		case "sequence":
			update.Sequence, err = readSequence(field)
		default:
			err = errUnknown
		}
		return err
	})
	if err == nil {
		err = fill(&update, row, options)
	}
	if err != nil && !errors.Is(err, errNoLevel) {
		err = refusedEvent(update, row, err)
	}
	return update, err
}

// errNoLevel is the error of an event that states that there is no level, by a text that has this meaning in the warehouse's settings. The
// event changes nothing and is left out.
var errNoLevel = errors.New("the event states that there is no level")

// fill copies a row to an update, and checks it.
func fill(update *workflows.InventoryUpdate, row inventory.Row, options decodeOptions) error {
	update.SKU, update.Facility, update.Available, update.OnHand, update.Committed = row.SKU, row.Facility, row.Available, row.OnHand, row.Committed
	if !row.ReportedAt.IsZero() {
		update.ReportedAt = &row.ReportedAt
	}
	if inventory.NoLevel(row, options.quantity) {
		return errNoLevel
	}
	return checkUpdate(*update, options)
}

// checkUpdate refuses what the intake would refuse later, so that the sender gets the error.
func checkUpdate(update workflows.InventoryUpdate, options decodeOptions) error {
	switch {
	case update.Event == "":
		return errors.New("it has no id: send an id in the field event of each event, or in the header webhook-id of the request; without it the same event could " +
			"count twice")
	case len(update.Event) > maxIDBytes:
		return fmt.Errorf("its id has %d bytes; at most %d are accepted", len(update.Event), maxIDBytes)
	case !utf8.ValidString(update.Event) || strings.ContainsRune(update.Event, 0):
		return errors.New("its id holds a NUL byte or is not valid UTF-8")
	}
	row := inventory.Row{Facility: update.Facility, SKU: update.SKU, Available: update.Available, OnHand: update.OnHand, Committed: update.Committed}
	if _, refusal := inventory.Accept(row, options.quantity); refusal != nil {
		return errors.New(refusal.Reason)
	}
	return nil
}

var errUnknown = errors.New("unknown")

// decodeFields decodes the fields that an event and a row of a snapshot have in common. It passes other fields to other, which returns
// errUnknown for an unknown name.
func decodeFields(value jsonvalue.Value, figures *numbers.Reading, now time.Time, other func(name string, field jsonvalue.Value) error) (inventory.Row, error) {
	var row inventory.Row
	var figure numbers.Figure
	if value.Kind() != jsonvalue.Object {
		return row, fmt.Errorf("expected an object, found %s", value.Kind())
	}
	twice, err := eachMember(value, func(name string, field jsonvalue.Value) (err error) {
		switch name {
		case "sku":
			row.SKU, err = readText(field)
			figures.SKU(&row, row.SKU)
		case "facility":
			row.Facility, err = readText(field)
			row.Facility = figures.Undress(row.Facility)
		case "available":
			figure, err = readFigure(figures, field, false)
			row.Available, row.NoAvailable = figure.Units, figure.None
		case "on_hand":
			figure, err = readFigure(figures, field, false)
			row.OnHand, row.NoOnHand = figure.Units, figure.None
		case "committed":
			figure, err = readFigure(figures, field, false)
			row.Committed = figure.Units
		case "reported_at":
			row.ReportedAt, err = readTime(field, now)
		default:
			err = other(name, field)
		}
		if errors.Is(err, errUnknown) {
			return fmt.Errorf("there is no field %s; the fields are event, sku, facility, available, on_hand, committed, sequence and reported_at",
				inventory.Quoted(name))
		} else if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		return nil
	})
	jsonvalue.Unclear(&row, twice, []string{"sku"}, []string{"facility"})
	if err == nil && twice != "" {
		err = fmt.Errorf("%s is given twice, so its value is ambiguous", inventory.Quoted(twice))
	}
	return row, err
}

func readText(value jsonvalue.Value) (string, error) {
	if value.Kind() != jsonvalue.Text {
		return "", fmt.Errorf("expected text, found %s", value.Kind())
	}
	text, sound := value.Text()
	if !sound {
		return "", errors.New("the text holds a character that is not valid Unicode")
	}
	return text, nil
}

// readFigure reads a figure. Null is refused like any other text that is not a figure, unless the warehouse's settings give it a meaning. A
// sender that has no figure leaves the field out.
func readFigure(figures *numbers.Reading, value jsonvalue.Value, asText bool) (numbers.Figure, error) {
	figure, err := figures.JSON(value, asText)
	if err == nil && figure == (numbers.Figure{}) {
		err = fmt.Errorf("expected a whole number, found %s", value.Kind())
	}
	return figure, err
}

func readSequence(value jsonvalue.Value) (int64, error) {
	sequence, err := strconv.ParseUint(value.Raw(), 10, 63)
	if value.Kind() != jsonvalue.Number || err != nil || sequence == 0 {
		return 0, errors.New("expected a whole number from 1 to 9223372036854775807; leave it out if the source does not number its events")
	}
	return int64(sequence), nil
}

func readTime(value jsonvalue.Value, now time.Time) (time.Time, error) {
	text, err := readText(value)
	if err != nil {
		return time.Time{}, err
	}
	return parseTime(text, now)
}

// parseTime reads the time of an observation.
func parseTime(text string, now time.Time) (time.Time, error) {
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return time.Time{}, errNoTime
	}
	if err := checkTime(at, now); err != nil {
		return time.Time{}, err
	}
	return at.UTC(), nil
}

var errNoTime = errors.New("expected a time like 2026-11-24T09:30:00Z (RFC 3339)")

// checkTime refuses a time that cannot be the time of an observation.
func checkTime(at, now time.Time) error {
	if at.Year() < 1970 || at.Year() > 9999 {
		return errNoTime
	}
	if at.After(now.Add(maxAhead)) {
		return fmt.Errorf("the time is more than %s in the future, so everything until then would count as older; correct the sender's clock", maxAhead)
	}
	return nil
}

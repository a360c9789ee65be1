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

// ahead is how far in the future a time may lie that a sender reports. What is observed "tomorrow" would shut out all that is
// observed until then.
const ahead = time.Hour

// decoding is what a decoder knows besides the body.
type decoding struct {
	id       string // of the request; its events are named after it where they have no names of their own
	quantity inventory.QuantityField
	rules    numbers.Rules // by which the warehouse writes its figures
	figures  *numbers.Reading
	now      time.Time
}

// decodeUpdates reads update events: one object, or a list of at most workflows.MaximumUpdates. All of it is taken or nothing is,
// and the error, which is for the sender, says where and why.
func decodeUpdates(body []byte, with decoding) ([]workflows.InventoryUpdate, error) {
	document, err := jsonvalue.Parse(body)
	if err != nil {
		return nil, err
	}
	with.figures = with.rules.Reading()
	switch document.Kind() {
	case jsonvalue.Object:
		update, err := decodeUpdate(document, with, with.id)
		if errors.Is(err, errNoLevel) {
			return nil, nil
		} else if err != nil {
			return nil, err
		}
		return []workflows.InventoryUpdate{update}, nil
	case jsonvalue.List:
		return decodeList(document, func(number int, one jsonvalue.Value) (workflows.InventoryUpdate, error) {
			return decodeUpdate(one, with, numbered(with.id, number))
		})
	}
	return nil, fmt.Errorf("expected an event or a list of events, found %s", document.Kind())
}

// decodeList reads each event of a list.
func decodeList(list jsonvalue.Value, decode func(number int, one jsonvalue.Value) (workflows.InventoryUpdate, error)) ([]workflows.InventoryUpdate, error) {
	var updates []workflows.InventoryUpdate
	passed := false
	var refused *refusedError
	err := list.Elements(func(number int, one jsonvalue.Value) error {
		if number > workflows.MaximumUpdates {
			return fmt.Errorf("there are more than %d events; send them in parts, or send a snapshot", workflows.MaximumUpdates)
		}
		update, err := decode(number, one)
		if errors.Is(err, errNoLevel) {
			passed = true
			return nil
		} else if err != nil {
			if refused == nil {
				refused = &refusedError{err: fmt.Errorf("event %d: %w", number, err)}
			}
			refused.updates = append(refused.updates, refusedIn(err)...)
			return nil // the rest is looked at for what is refused of it
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

// numbered names an event of a request that has a name; empty when it has none.
func numbered(id string, number int) string {
	if id == "" {
		return ""
	}
	return id + "/" + strconv.Itoa(number)
}

// decodeUpdate reads one event.
func decodeUpdate(value jsonvalue.Value, with decoding, id string) (workflows.InventoryUpdate, error) {
	update := workflows.InventoryUpdate{Event: id}
	row, err := decodeFields(value, with.figures, with.now, func(name string, field jsonvalue.Value) (err error) {
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
		err = fill(&update, row, with)
	}
	if err != nil && !errors.Is(err, errNoLevel) {
		err = refusal(update, row, err)
	}
	return update, err
}

// errNoLevel is of an event that states, by a text that the warehouse's settings give this meaning, that there is no level. It changes
// nothing, and is passed over.
var errNoLevel = errors.New("the event states that there is no level")

// fill makes an update of what was read, and checks it.
func fill(update *workflows.InventoryUpdate, row inventory.Row, with decoding) error {
	update.SKU, update.Facility, update.Available, update.OnHand, update.Committed = row.SKU, row.Facility, row.Available, row.OnHand, row.Committed
	if !row.ReportedAt.IsZero() {
		update.ReportedAt = &row.ReportedAt
	}
	if inventory.NoLevel(row, with.quantity) {
		return errNoLevel
	}
	return checkUpdate(*update, with)
}

// checkUpdate refuses at the door what the intake would refuse later, so that the sender learns of it.
func checkUpdate(update workflows.InventoryUpdate, with decoding) error {
	switch {
	case update.Event == "":
		return errors.New("it has no id: give each event its own in the field event, or the request one in the header webhook-id; without it the same event could " +
			"count twice")
	case len(update.Event) > mostIDBytes:
		return fmt.Errorf("its id has %d bytes; at most %d are accepted", len(update.Event), mostIDBytes)
	case !utf8.ValidString(update.Event) || strings.ContainsRune(update.Event, 0):
		return errors.New("its id holds a NUL byte or is not valid UTF-8")
	}
	row := inventory.Row{Facility: update.Facility, SKU: update.SKU, Available: update.Available, OnHand: update.OnHand, Committed: update.Committed}
	if _, refusal := inventory.Accept(row, with.quantity); refusal != nil {
		return errors.New(refusal.Reason)
	}
	return nil
}

var errUnknown = errors.New("unknown")

// decodeFields reads the fields that an event and a row of a snapshot have in common; others are left to more, which returns
// errUnknown for what it does not know.
func decodeFields(value jsonvalue.Value, figures *numbers.Reading, now time.Time, more func(name string, field jsonvalue.Value) error) (inventory.Row, error) {
	var row inventory.Row
	var figure numbers.Figure
	if value.Kind() != jsonvalue.Object {
		return row, fmt.Errorf("expected an object, found %s", value.Kind())
	}
	twice, err := readOn(value, func(name string, field jsonvalue.Value) (err error) {
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
			err = more(name, field)
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
		err = fmt.Errorf("%s is given twice; it is not known which one is meant", inventory.Quoted(twice))
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

// readFigure reads a figure. Null is refused like any other text that is no figure, unless the warehouse's settings say what it means: a
// sender that knows none leaves the field out.
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
		return 0, errors.New("expected a whole number from 1 to 9223372036854775807; leave it out where the source does not count")
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

// parseTime reads when something was observed.
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

// checkTime says why a time cannot be that of an observation.
func checkTime(at, now time.Time) error {
	if at.Year() < 1970 || at.Year() > 9999 {
		return errNoTime
	}
	if at.After(now.Add(ahead)) {
		return fmt.Errorf("the time lies more than %s in the future, and would shut out all that is observed until then; correct the sender's clock", ahead)
	}
	return nil
}

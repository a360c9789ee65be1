package serve

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/warehouses/jsonvalue"
	"github.com/tidemark/tidemark/workflows"
)

// mostAskBytes is how large the body of an act may be.
const mostAskBytes = 256 << 10

// wishes are what the body of an act may say.
type wishes struct {
	*http.Request
	by, reason  string
	channelSKUs []string
	mode        ledger.Mode
	request     workflows.SyncRequest
	version     *int64 // nil: it names none
	run         int64  // 0: it names none
	rules       []ledger.Rule
	timezone    string
	value       string
	until       *time.Time
	force       bool
}

func readWishes(w http.ResponseWriter, r *http.Request, known []string) (wishes, error) {
	wished := wishes{Request: r, by: byTheAPI}
	body, err := readObject(w, r)
	if err != nil || len(strings.TrimSpace(string(body))) == 0 {
		return wished, err
	}
	value, err := jsonvalue.Parse(body)
	if err == nil {
		err = members(value, known, wished.read)
	}
	if err != nil {
		return wished, invalid("invalid_request", "%v", err)
	}
	wished.by = cmp.Or(wished.by, byTheAPI)
	return wished, nil
}

// read reads one field of the body.
func (w *wishes) read(name string, field jsonvalue.Value) (err error) {
	switch name {
	case "by":
		w.by, err = readName(field)
	case "reason":
		w.reason, err = readName(field)
	case "channel_skus":
		w.channelSKUs, err = readTexts(field)
	case "mode":
		var text string
		text, err = readText(field)
		w.mode = ledger.Mode(text)
		if err == nil && w.mode != ledger.Smart && w.mode != ledger.Full {
			err = errors.New("expected smart or full")
		}
	case "skus":
		w.request.SKUs, err = readTexts(field)
	case "dry_run":
		w.request.DryRun, err = readBoolean(field)
	case "id":
		w.request.ID, err = readName(field)
	case "version":
		var version int64
		version, err = readWhole(field)
		w.version = &version
	case "run":
		w.run, err = readWhole(field)
	case "rules":
		w.rules, err = readRules(field)
	case "timezone":
		w.timezone, err = readName(field)
	case "value":
		w.value, err = readText(field)
	case "until":
		w.until, err = readMoment(field)
	case "force":
		w.force, err = readBoolean(field)
	}
	return err
}

// readObject reads the body of a request that asks for something, as JSON and within bounds.
func readObject(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	if _, err := readQuestion(r, nil); err != nil {
		return nil, err
	}
	if form, err := formOf(r.Header); err != nil || form != formJSON {
		return nil, &problem{status: http.StatusUnsupportedMediaType, code: "unsupported_media_type", message: "the Content-Type is not " + formJSON}
	}
	if r.ContentLength > mostAskBytes {
		return nil, tooLarge(mostAskBytes)
	}
	return readBody(w, r, mostAskBytes)
}

// members reads an object of known fields, each once.
func members(value jsonvalue.Value, known []string, read func(name string, field jsonvalue.Value) error) error {
	if value.Kind() != jsonvalue.Object {
		return errors.New("expected an object like {}, found " + string(value.Kind()))
	}
	twice, err := value.Members(func(name string, field jsonvalue.Value) error {
		if !slices.Contains(known, name) {
			return errors.New("there is no field " + inventory.Quoted(name) + fieldsOr(known))
		}
		if err := read(name, field); err != nil {
			return errors.New(name + ": " + err.Error())
		}
		return nil
	})
	if err == nil && twice != "" {
		err = errors.New(inventory.Quoted(twice) + " is given twice; it is not known which one is meant")
	}
	return err
}

func fieldsOr(known []string) string {
	if len(known) == 0 {
		return "; there are none"
	}
	return "; the fields are " + listed(known)
}

// listed names things: a, b and c.
func listed(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " and " + names[last]
}

// readName reads a short text for people or programs.
func readName(value jsonvalue.Value) (string, error) {
	text, err := readText(value)
	if err == nil && (len(text) > mostIDBytes || strings.ContainsRune(text, 0)) {
		err = errors.New("expected at most 255 bytes, and no NUL byte")
	}
	return text, err
}

func readBoolean(value jsonvalue.Value) (bool, error) {
	if value.Kind() != jsonvalue.Boolean {
		return false, errors.New("expected true or false, found " + string(value.Kind()))
	}
	return value.Raw() == "true", nil
}

func readWhole(value jsonvalue.Value) (int64, error) {
	number, err := strconv.ParseInt(value.Raw(), 10, 64)
	if value.Kind() != jsonvalue.Number || err != nil {
		return 0, errors.New("expected a whole number, found " + string(value.Kind()))
	}
	return number, nil
}

func readMoment(value jsonvalue.Value) (*time.Time, error) {
	text, err := readText(value)
	if err != nil {
		return nil, err
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return nil, errNoTime
	}
	return &at, nil
}

// readTexts reads the SKUs of a request.
func readTexts(value jsonvalue.Value) ([]string, error) {
	if value.Kind() != jsonvalue.List {
		return nil, errors.New("expected a list, found " + string(value.Kind()))
	}
	var texts []string
	err := value.Elements(func(number int, one jsonvalue.Value) error {
		text, err := readText(one)
		if err == nil {
			err = inventory.CheckSKU("SKU", text)
		}
		texts = append(texts, text)
		if err == nil && number > workflows.MaximumScope {
			err = errors.New("more than one request may name; ask for a whole sync, or in parts")
		}
		return err
	})
	return texts, err
}

// mostRules is how many rules a schedule may be given.
const mostRules = 100

// readRules reads the rules of a schedule, in the form in which they are shown.
func readRules(value jsonvalue.Value) ([]ledger.Rule, error) {
	if value.Kind() != jsonvalue.List {
		return nil, errors.New("expected a list, found " + string(value.Kind()))
	}
	rules := []ledger.Rule{}
	err := value.Elements(func(number int, one jsonvalue.Value) error {
		if number > mostRules {
			return fmt.Errorf("expected %d rules at most", mostRules)
		}
		rule, err := readRule(one)
		if err != nil {
			return fmt.Errorf("rule %d: %w", number, err)
		}
		rules = append(rules, rule)
		return nil
	})
	return rules, err
}

func readRule(value jsonvalue.Value) (ledger.Rule, error) {
	var rule ledger.Rule
	kinds := 0
	err := members(value, []string{"every", "hourly", "daily", "flexible"}, func(name string, field jsonvalue.Value) (err error) {
		kinds++
		switch name {
		case "every":
			rule.Every, err = readDistance(field)
		case "hourly":
			rule.Hourly, err = readHourly(field)
		case "daily":
			rule.Daily, err = readName(field)
		case "flexible":
			rule.Flexible, err = readFlexible(field)
		}
		return err
	})
	if err == nil && kinds != 1 {
		err = errors.New("expected one of every, hourly, daily and flexible")
	}
	return rule, err
}

func readHourly(value jsonvalue.Value) (*ledger.Hourly, error) {
	rule := &ledger.Hourly{Every: 1}
	return rule, members(value, []string{"every", "minute"}, func(name string, field jsonvalue.Value) error {
		number, err := readWhole(field)
		if name == "every" {
			rule.Every = int(number)
		} else {
			rule.Minute = int(number)
		}
		return err
	})
}

func readFlexible(value jsonvalue.Value) (*ledger.Flexible, error) {
	rule := &ledger.Flexible{To: 23}
	return rule, members(value, []string{"every", "from", "to", "days"}, func(name string, field jsonvalue.Value) (err error) {
		var number int64
		switch name {
		case "every":
			rule.Every, err = readDistance(field)
		case "from":
			number, err = readWhole(field)
			rule.From = int(number)
		case "to":
			number, err = readWhole(field)
			rule.To = int(number)
		case "days":
			rule.Days, err = readTexts(field)
		}
		return err
	})
}

// readDistance reads the time between two starts.
func readDistance(value jsonvalue.Value) (time.Duration, error) {
	text, err := readName(value)
	if err != nil {
		return 0, err
	}
	span, err := time.ParseDuration(text)
	if err != nil || span <= 0 {
		return 0, errors.New("expected a distance like 45m or 2h")
	}
	return span, nil
}

// distance is a span as readDistance reads it: 45m, 2h, 1m30s; empty for none.
func distance(span time.Duration) string {
	if span == 0 {
		return ""
	}
	text := span.String()
	if cut, whole := strings.CutSuffix(text, "m0s"); whole {
		text = cut + "m"
	}
	if cut, whole := strings.CutSuffix(text, "h0m"); whole {
		text = cut + "h"
	}
	return text
}

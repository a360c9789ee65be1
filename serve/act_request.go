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

// maxActBytes is the largest body of an act.
const maxActBytes = 256 << 10

// actRequest is a request for an act: the HTTP request with the fields of its body.
type actRequest struct {
	*http.Request
	by, reason  string
	channelSKUs []string
	mode        ledger.Mode
	sync        workflows.SyncRequest // of an act that requests a sync
	version     *int64                // nil if the body has none
	run         int64                 // 0 if the body has none
	rules       []ledger.Rule
	timezone    string
	value       string
	until       *time.Time
	force       bool
}

func readActRequest(w http.ResponseWriter, r *http.Request, fields []string) (actRequest, error) {
	request := actRequest{Request: r, by: apiActor}
	body, err := readObject(w, r)
	if err != nil || len(strings.TrimSpace(string(body))) == 0 {
		return request, err
	}
	value, err := jsonvalue.Parse(body)
	if err == nil {
		err = members(value, fields, request.read)
	}
	if err != nil {
		return request, invalid("invalid_request", "%v", err)
	}
	request.by = cmp.Or(request.by, apiActor)
	return request, nil
}

// read reads one field of the body.
func (input *actRequest) read(name string, field jsonvalue.Value) (err error) {
	switch name {
	case "by":
		input.by, err = readName(field)
	case "reason":
		input.reason, err = readName(field)
	case "channel_skus":
		input.channelSKUs, err = readTexts(field)
	case "mode":
		var text string
		text, err = readText(field)
		input.mode = ledger.Mode(text)
		if err == nil && input.mode != ledger.Smart && input.mode != ledger.Full {
			err = errors.New("expected smart or full")
		}
	case "skus":
		input.sync.SKUs, err = readTexts(field)
	case "dry_run":
		input.sync.DryRun, err = readBoolean(field)
	case "id":
		input.sync.ID, err = readName(field)
	case "version":
		var version int64
		version, err = readWhole(field)
		input.version = &version
	case "run":
		input.run, err = readWhole(field)
	case "rules":
		input.rules, err = readRules(field)
	case "timezone":
		input.timezone, err = readName(field)
	case "value":
		input.value, err = readText(field)
	case "until":
		input.until, err = readMoment(field)
	case "force":
		input.force, err = readBoolean(field)
	}
	return err
}

// readObject reads the body of an act. It checks the Content-Type and the size.
func readObject(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	if _, err := parseQuery(r, nil); err != nil {
		return nil, err
	}
	if form, err := formOf(r.Header); err != nil || form != formJSON {
		return nil, &problem{status: http.StatusUnsupportedMediaType, code: "unsupported_media_type", message: "the Content-Type is not " + formJSON}
	}
	if r.ContentLength > maxActBytes {
		return nil, tooLarge(maxActBytes)
	}
	return readBody(w, r, maxActBytes)
}

// members calls read for each field of a JSON object. It refuses unknown and repeated fields.
func members(value jsonvalue.Value, fields []string, read func(name string, field jsonvalue.Value) error) error {
	if value.Kind() != jsonvalue.Object {
		return errors.New("expected an object like {}, found " + string(value.Kind()))
	}
	twice, err := value.Members(func(name string, field jsonvalue.Value) error {
		if !slices.Contains(fields, name) {
			return errors.New("there is no field " + inventory.Quoted(name) + fieldsOr(fields))
		}
		if err := read(name, field); err != nil {
			return errors.New(name + ": " + err.Error())
		}
		return nil
	})
	if err == nil && twice != "" {
		err = errors.New(inventory.Quoted(twice) + " is given twice, so its value is ambiguous")
	}
	return err
}

func fieldsOr(fields []string) string {
	if len(fields) == 0 {
		return "; there are none"
	}
	return "; the fields are " + listed(fields)
}

// listed joins names: a, b and c.
func listed(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " and " + names[last]
}

// readName reads a short text, such as a name, a reason or an id.
func readName(value jsonvalue.Value) (string, error) {
	text, err := readText(value)
	if err == nil && (len(text) > maxIDBytes || strings.ContainsRune(text, 0)) {
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

// readTexts reads a list of SKUs.
func readTexts(value jsonvalue.Value) ([]string, error) {
	if value.Kind() != jsonvalue.List {
		return nil, errors.New("expected a list, found " + string(value.Kind()))
	}
	var texts []string
	err := value.Elements(func(number int, item jsonvalue.Value) error {
		text, err := readText(item)
		if err == nil {
			err = inventory.CheckSKU("SKU", text)
		}
		texts = append(texts, text)
		if err == nil && number > workflows.MaximumScope {
			err = errors.New("too many SKUs for one request; request a sync of everything, or several requests")
		}
		return err
	})
	return texts, err
}

// maxRules is the largest number of rules of a schedule.
const maxRules = 100

// readRules reads the rules of a schedule, in the form in which the API returns them.
func readRules(value jsonvalue.Value) ([]ledger.Rule, error) {
	if value.Kind() != jsonvalue.List {
		return nil, errors.New("expected a list, found " + string(value.Kind()))
	}
	rules := []ledger.Rule{}
	err := value.Elements(func(number int, item jsonvalue.Value) error {
		if number > maxRules {
			return fmt.Errorf("expected %d rules at most", maxRules)
		}
		rule, err := readRule(item)
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
			rule.Every, err = readInterval(field)
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
			rule.Every, err = readInterval(field)
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

// readInterval reads the time between two starts.
func readInterval(value jsonvalue.Value) (time.Duration, error) {
	text, err := readName(value)
	if err != nil {
		return 0, err
	}
	span, err := time.ParseDuration(text)
	if err != nil || span <= 0 {
		return 0, errors.New("expected a duration like 45m or 2h")
	}
	return span, nil
}

// durationText formats a duration as readInterval reads it: 45m, 2h, 1m30s. 0 is empty.
func durationText(span time.Duration) string {
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

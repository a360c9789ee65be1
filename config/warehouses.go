package config

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/settings"
)

// The thresholds of the guard where a warehouse sets none, as parts of 1.
const (
	defaultMinimumRows    = 0.8
	defaultMaximumRefused = 0.05
	defaultMaximumZeroed  = 0.2

	// How long a held run waits for a person.
	defaultDecideWithin = 7 * 24 * time.Hour
	longestDecideWithin = 90 * 24 * time.Hour

	// How old a snapshot may be that connections on one warehouse share.
	defaultFreshness = time.Minute
	longestFreshness = 24 * time.Hour
)

func (l *loader) warehouse(n *node) {
	what := label("warehouse", n)
	o, ok := l.object(n, what, "id", "merchant", "driver", "settings", "quantity", "missing", "refused", "repeated", "freshness", "guard", "hook")
	if !ok {
		l.warehouses.incomplete = true
		return
	}
	id, merchant := l.owner(o, &l.warehouses, "warehouse")
	driver, values := l.driver(o, "warehouse", l.drivers.Warehouses)
	quantity, ok := l.choice(o.get("quantity"), "quantity of "+what, string(inventory.QuantityAvailable), string(inventory.QuantityOnHand))
	if !ok {
		quantity = string(inventory.QuantityAvailable)
	}
	missing, ok := l.choice(o.get("missing"), "missing of "+what, string(inventory.MissingKeep), string(inventory.MissingZero))
	if !ok {
		missing = string(inventory.MissingKeep)
	}
	refused, ok := l.choice(o.get("refused"), "refused of "+what, string(inventory.RefusedKeep), string(inventory.RefusedZero))
	if !ok || refused == string(inventory.RefusedKeep) {
		refused = "" // keep, as in what was defined before there was a choice
	}
	repeated, ok := l.choice(o.get("repeated"), "repeated of "+what, string(inventory.RepeatedRefuse), string(inventory.RepeatedSum))
	if !ok || repeated == string(inventory.RepeatedRefuse) {
		repeated = "" // refuse, for the same reason
	}
	freshness, ok := l.span(o.get("freshness"), "freshness of "+what, 0, longestFreshness)
	if !ok {
		freshness = defaultFreshness
	}
	guard, named := l.guard(o.get("guard"), what)
	l.definitions.Warehouses = append(l.definitions.Warehouses, ledger.Warehouse{
		ID: id, Merchant: merchant, Driver: driver.Driver, Settings: values,
		Quantity: inventory.QuantityField(quantity), Missing: inventory.MissingPolicy(missing), Refused: inventory.RefusedPolicy(refused),
		Repeated:  inventory.RepeatedPolicy(repeated),
		Freshness: freshness, Guard: guard, Named: named,
		Hook: l.hook(o.get("hook"), what),
	})
}

// mostKeys is how many keys a hook may have. Each request is held against all of them.
const mostKeys = 8

// hookKey is what one key of a hook is: a credential by reference.
var hookKey = settings.Spec{Options: []settings.Option{{Name: "key", Kind: settings.Secret}}}

// hook reads how the warehouse proves who it is when it sends; nil when it does not send.
func (l *loader) hook(n *node, what string) *ledger.Hook {
	if n == nil {
		return nil
	}
	what = "hook of " + what
	o, ok := l.object(n, what, "format", "keys")
	if !ok {
		return nil
	}
	format, ok := l.choice(o.get("format"), "format in the "+what, string(ledger.HookStandard), string(ledger.HookShipHero), string(ledger.HookBearer))
	if !ok {
		format = string(ledger.HookStandard)
	}
	hook := &ledger.Hook{Format: ledger.HookFormat(format)}
	keys := o.need("keys", "a list of references to the secrets that it signs with, like [\"env:DEPOT_KEY\"]")
	items, ok := l.list(keys, "keys in the "+what)
	if !ok || keys == nil {
		return hook
	}
	if len(items) == 0 || len(items) > mostKeys {
		l.fail(keys.place, "keys in the %s: expected 1 to %d, found %d; without a key nobody could send", what, mostKeys, len(items))
	}
	for i, item := range items {
		if key, ok := l.key(item, fmt.Sprintf("key %d in the %s", i+1, what)); ok && slices.Contains(hook.Keys, key) {
			l.fail(item.place, "key %d in the %s is there already; keep one of them", i+1, what)
		} else if ok {
			hook.Keys = append(hook.Keys, key)
		}
	}
	return hook
}

// key reads a reference to a secret. A secret in clear is not repeated.
func (l *loader) key(n *node, what string) (string, bool) {
	if n.kind == mapping { // in brackets, env:NAME without quotes is a name with a value
		l.fail(n.place, "%s: expected a reference in quotes, like \"env:DEPOT_KEY\", found %s", what, n.kind)
		return "", false
	}
	reference, ok := l.text(n, what)
	if !ok {
		return "", false
	}
	_, problems := hookKey.Check(map[string]any{"key": reference})
	for _, problem := range problems {
		l.fail(n.place, "%s: %s", what, strings.TrimPrefix(problem.Message, "key of : "))
	}
	return reference, len(problems) == 0
}

// owner reads the id and the merchant of a warehouse or store, and notes both.
func (l *loader) owner(o *object, all *names, kind string) (id, merchant string) {
	node := o.need("id", "a short name that stays, like portland")
	id, valid := l.id(node, "id of "+o.what)
	merchantNode := o.need("merchant", "the id of the brand that owns it")
	merchant, ok := l.id(merchantNode, "merchant of "+o.what)
	if ok {
		if _, exists := l.merchants.defined[merchant]; !exists {
			l.define(&l.merchants, "merchant", merchant, merchantNode.place, merchant)
		}
	} else {
		merchant, l.merchants.incomplete = "", true
	}
	if !valid {
		all.incomplete = true
		return id, merchant
	}
	l.define(all, kind, id, node.place, merchant)
	return id, merchant
}

// driver reads which driver is meant, and its settings.
func (l *loader) driver(o *object, kind string, drivers map[string]settings.Spec) (settings.Spec, settings.Values) {
	names := slices.Sorted(maps.Keys(drivers))
	n := o.need("driver", "one of "+some(names))
	name, ok := l.text(n, "driver of "+o.what)
	if !ok {
		return settings.Spec{}, nil
	}
	spec, ok := drivers[name]
	if !ok {
		hint := ""
		if near := suggest(name, names); near != "" {
			hint = fmt.Sprintf("; did you mean %q?", near)
		}
		l.fail(n.place, "driver of %s: there is no %s driver %s; there are %s%s", o.what, kind, inventory.Quoted(name), some(names), hint)
		return settings.Spec{}, nil
	}
	spec.Driver = name
	return spec, l.settings(o, spec)
}

// settings checks the settings of a driver. Their values are never repeated in an error, for any of them might be a secret
// in the wrong place.
func (l *loader) settings(o *object, spec settings.Spec) settings.Values {
	at, n := o.place, o.get("settings")
	raw := map[string]any{}
	places := map[string]place{}
	if o.excused["settings"] {
		return nil
	}
	if n != nil {
		if n.kind != mapping {
			l.fail(n.place, "settings of %s: expected lines like name: value, found %s", o.what, n.kind)
			return nil
		}
		at = o.fields["settings"].place
		sound := true
		for _, field := range n.fields {
			if first, twice := places[field.name]; twice {
				l.fail(field.place, "settings of %s have %s twice; it stands first on line %d, keep one of them", o.what, inventory.Quoted(field.name), first.line)
				sound = false
				continue
			}
			places[field.name] = field.place
			value, ok := l.plain(field.value, fmt.Sprintf("%s in the settings of %s", field.name, o.what))
			raw[field.name] = value
			sound = sound && ok
		}
		if !sound {
			return nil
		}
	}
	values, problems := spec.Check(raw)
	options := make([]string, 0, len(spec.Options))
	for _, option := range spec.Options {
		options = append(options, option.Name)
	}
	renamed := map[string]bool{} // options that were meant by an unknown name
	for _, problem := range problems {
		if problem.Option != "" && !slices.Contains(options, problem.Option) {
			renamed[suggest(problem.Option, options)] = true
		}
	}
	for _, problem := range problems {
		where, exists := places[problem.Option]
		if !exists {
			if slices.ContainsFunc(options, func(option string) bool {
				return renamed[option] && strings.Contains(problem.Message, strconv.Quote(option))
			}) {
				continue // it is absent only because its name is misspelt
			}
			where = at
		}
		hint := ""
		if exists && !slices.Contains(options, problem.Option) {
			if near := suggest(problem.Option, options); near != "" {
				hint = fmt.Sprintf("; did you mean %q?", near)
			}
		}
		l.fail(where, "settings of %s: %s%s", o.what, problem.Message, hint)
	}
	return values
}

// plain turns a value into what settings.Spec.Check takes.
func (l *loader) plain(n *node, what string) (any, bool) {
	switch n.kind {
	case text:
		return n.text, true
	case truth:
		return n.text == "true", true
	case whole:
		if value, err := strconv.ParseInt(n.text, 10, 64); err == nil && (n.text == "0" || !strings.HasPrefix(strings.TrimPrefix(n.text, "-"), "0")) {
			return value, true
		}
		l.fail(n.place, "%s: expected a number in plain decimal digits; if it is text, put it in quotes", what)
	case fraction:
		if value, err := strconv.ParseFloat(n.text, 64); err == nil && !math.IsInf(value, 0) && !math.IsNaN(value) {
			return value, true
		}
		l.fail(n.place, "%s: expected a finite number; if it is text, put it in quotes", what)
	case list:
		values, sound := make([]any, 0, len(n.items)), true
		for i, item := range n.items {
			value, ok := l.plain(item, fmt.Sprintf("entry %d of %s", i+1, what))
			values, sound = append(values, value), sound && ok
		}
		return values, sound
	case mapping:
		values, sound := make(map[string]any, len(n.fields)), true
		for _, field := range n.fields {
			if _, twice := values[field.name]; twice {
				l.fail(field.place, "%s has %s twice; keep one of them", what, inventory.Quoted(field.name))
				sound = false
				continue
			}
			value, ok := l.plain(field.value, fmt.Sprintf("%s of %s", field.name, what))
			values[field.name], sound = value, sound && ok
		}
		return values, sound
	default:
		l.fail(n.place, "%s has no value; give it one or remove the line", what)
	}
	return nil, false
}

// guard reads the thresholds of a warehouse; named are those that it names.
func (l *loader) guard(n *node, what string) (guard ledger.Guard, named []string) {
	guard = ledger.Guard{
		MinimumRows: defaultMinimumRows, MaximumRefused: defaultMaximumRefused, MaximumMissing: ledger.DefaultMaximumMissing, MaximumZeroed: defaultMaximumZeroed,
		DecideWithin: defaultDecideWithin,
	}
	if n == nil {
		return guard, nil
	}
	what = "guard of " + what
	o, ok := l.object(n, what, "minimum_rows", "maximum_refused", "maximum_missing", "maximum_zeroed", "decide_within")
	if !ok {
		return guard, nil
	}
	for name, threshold := range map[string]*float64{
		"minimum_rows": &guard.MinimumRows, "maximum_refused": &guard.MaximumRefused, "maximum_missing": &guard.MaximumMissing,
		"maximum_zeroed": &guard.MaximumZeroed,
	} {
		if part, ok := l.percent(o.get(name), name+" in the "+what); ok {
			*threshold = part
		}
	}
	if within, ok := l.span(o.get("decide_within"), "decide_within in the "+what, time.Minute, longestDecideWithin); ok {
		guard.DecideWithin = within
	}
	return guard, settingsNamed(o, ledger.OfWarehouse)
}

// percent reads a percentage as a part of 1.
func (l *loader) percent(n *node, what string) (float64, bool) {
	if n == nil {
		return 0, false
	}
	digits, sign := strings.CutSuffix(n.text, "%")
	value, err := strconv.ParseFloat(digits, 64)
	if n.kind != text || !sign || err != nil || strings.Trim(digits, "0123456789.") != "" || value > 100 {
		l.fail(n.place, "%s: expected a percentage from 0%% to 100%%, like 80%%, found %s", what, found(n))
		return 0, false
	}
	return value / 100, true
}

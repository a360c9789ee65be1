package config

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
)

// Settings that are set elsewhere than in a file have the form that a file gives them, and are checked by the same rules.

// settingsNamed are the settings of a kind that an object names, in their order; nil for none.
func settingsNamed(o *object, kind string) []string {
	var named []string
	for _, name := range ledger.SettingNames(kind) {
		if o.get(name) != nil {
			named = append(named, name)
		}
	}
	return named
}

// NoValue is the text of a setting that is not there: no quiet hours, no strategy.
const NoValue = "none"

// SettingText is the value of a setting as a configuration has it, in one line: 80%, skip, 48h, {buffer_units: 2, distribution: equal}. Quiet hours are
// written as people say them, 22:00 to 06:30 Europe/Paris.
func SettingText(name string, value json.RawMessage) string {
	read := func(into any) bool { return json.Unmarshal(value, into) == nil }
	switch name {
	case ledger.SettingOverlap, ledger.SettingUnlisted:
		if text := ""; read(&text) {
			return text
		}
	case ledger.SettingShare, ledger.SettingMinimumRows, ledger.SettingMaximumRefused, ledger.SettingMaximumMissing, ledger.SettingMaximumZeroed:
		if part := 0.0; read(&part) {
			return percent(part)
		}
	case ledger.SettingDecideWithin:
		if span := time.Duration(0); read(&span) {
			return spanYAML(span)
		}
	case ledger.SettingQuietHours:
		var quiet *ledger.QuietHours
		if read(&quiet) && quiet != nil {
			return fmt.Sprintf("%s to %s %s", quiet.From, quiet.To, quiet.Timezone)
		}
		return NoValue
	case ledger.SettingStrategy:
		var strategy *inventory.Strategy
		if read(&strategy) && strategy != nil {
			return "{" + strings.Join(strategyMembers(*strategy), ", ") + "}"
		}
		return NoValue
	}
	return string(value)
}

// quietForm is how people write quiet hours; without a time zone they are in UTC.
var quietForm = regexp.MustCompile(`^(\S+)(?: to |-)(\S+?)(?: (\S+))?$`)

// ReadSetting reads the value of a setting from a text as SettingText writes it, by the rules of a configuration file. The definitions are those that
// the setting is of.
func ReadSetting(key ledger.SettingKey, text string, definitions ledger.Definitions) (json.RawMessage, error) {
	if text = strings.TrimSpace(text); text == NoValue && (key.Name == ledger.SettingQuietHours || key.Name == ledger.SettingStrategy) {
		return json.RawMessage("null"), nil
	}
	if hours := quietForm.FindStringSubmatch(text); key.Name == ledger.SettingQuietHours && hours != nil && !strings.HasPrefix(text, "{") {
		text = quietYAML(ledger.QuietHours{From: hours[1], To: hours[2], Timezone: hours[3]})
		if hours[3] == "" {
			text = fmt.Sprintf("{from: %q, to: %q}", hours[1], hours[2])
		}
	}
	l := &loader{definitions: definitions}
	for _, connection := range definitions.Connections {
		l.define(&l.connections, "connection", connection.ID, place{}, connection.Merchant)
	}
	value, ok := any(nil), false
	if root := l.tree([]byte(key.Name + ": " + text + "\n")); root != nil {
		if o, sound := l.object(root, key.Kind+" "+key.ID, key.Name); sound && o.get(key.Name) != nil {
			value, ok = l.settingValue(key, o.get(key.Name))
		}
	}
	if len(l.errors) > 0 {
		var problems []string
		for _, problem := range l.errors {
			problems = append(problems, problem.Message)
		}
		return nil, errors.New(strings.Join(problems, "; "))
	}
	if !ok {
		return nil, fmt.Errorf("%s: a value is expected, like %s", key, strings.Join(SettingExamples(key.Name), " or "))
	}
	return json.Marshal(value)
}

// settingValue reads the value of a setting from its node.
func (l *loader) settingValue(key ledger.SettingKey, n *node) (any, bool) {
	what := key.String()
	switch key.Name {
	case ledger.SettingOverlap:
		text, ok := l.choice(n, what, string(ledger.OverlapSkip), string(ledger.OverlapBuffer))
		return text, ok
	case ledger.SettingUnlisted:
		text, ok := l.choice(n, what, string(inventory.UnlistedPush), string(inventory.UnlistedBlock))
		return text, ok
	case ledger.SettingShare:
		part, ok := l.share(n, what)
		return part, ok
	case ledger.SettingMinimumRows, ledger.SettingMaximumRefused, ledger.SettingMaximumMissing, ledger.SettingMaximumZeroed:
		part, ok := l.percent(n, what)
		return part, ok
	case ledger.SettingDecideWithin:
		span, ok := l.span(n, what, time.Minute, longestDecideWithin)
		return span, ok
	case ledger.SettingQuietHours:
		quiet := l.quietHours(n, what)
		return quiet, quiet != nil
	case ledger.SettingStrategy:
		o, ok := l.object(n, what, "buffer_percent", "buffer_units", "minimum", "distribution", "weights", "priority", "caps")
		if !ok {
			return nil, false
		}
		at := slices.IndexFunc(l.definitions.Warehouses, func(warehouse ledger.Warehouse) bool { return warehouse.ID == key.ID })
		if at < 0 {
			return nil, false
		}
		return l.partition(o, what, ledger.StrategyDefinition{Merchant: l.definitions.Warehouses[at].Merchant, Warehouse: key.ID}), true
	}
	return nil, false
}

// SettingExamples are values that a setting may have: all where there are few, else one or two.
func SettingExamples(name string) []string {
	switch name {
	case ledger.SettingOverlap:
		return []string{string(ledger.OverlapSkip), string(ledger.OverlapBuffer)}
	case ledger.SettingUnlisted:
		return []string{string(inventory.UnlistedPush), string(inventory.UnlistedBlock)}
	case ledger.SettingDecideWithin:
		return []string{"48h"}
	case ledger.SettingQuietHours:
		return []string{"22:00 to 06:30 Europe/Paris", NoValue}
	case ledger.SettingStrategy:
		return []string{"{buffer_units: 2, distribution: equal}", NoValue}
	}
	return []string{"80%"}
}

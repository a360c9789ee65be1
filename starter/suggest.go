package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/tidemark/tidemark/config"
	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/settings"
	"github.com/tidemark/tidemark/warehouses"
)

// suggestedYAML is a warehouse as a configuration file has it, with the settings that are suggested. What a person must decide stands in
// comments. What is as it is without being set is left out.
func suggestedYAML(warehouse ledger.Warehouse, spec settings.Spec, advice warehouses.Advice) string {
	var out strings.Builder
	write := func(format string, arguments ...any) { fmt.Fprintf(&out, format+"\n", arguments...) }
	write("warehouses:")
	write("  - id: %s", scalar(warehouse.ID))
	write("    merchant: %s", scalar(warehouse.Merchant))
	write("    driver: %s", scalar(warehouse.Driver))
	values, _ := spec.Check(advice.Settings)
	usual, _ := spec.Check(nil)
	var set []settings.Option
	for _, option := range spec.Options {
		if value, given := values[option.Name]; given && !reflect.DeepEqual(value, usual[option.Name]) {
			set = append(set, option)
		}
	}
	if len(set) > 0 {
		write("    settings:")
	}
	told := map[int]bool{}
	for _, option := range set {
		for i, suggestion := range advice.Suggestions {
			if !suggestion.Decide && !told[i] && slices.ContainsFunc(suggestion.Ways[0].Settings, func(one warehouses.Setting) bool { return one.Name == option.Name }) {
				told[i] = true
				comment(&out, "      ", suggestion.Why+": "+suggestion.Ways[0].Reads)
			}
		}
		write("      %s", settingYAML(warehouses.Setting{Name: option.Name, Value: yamlValue(option, values[option.Name])}))
	}
	undecided(&out, "      ", advice, values, false)
	undecided(&out, "    ", advice, values, true)
	if advice.Report.Failed != "" && (advice.Then == nil || advice.Then.Failed != "") {
		failed := advice.Report.Failed
		if advice.Then != nil {
			failed = advice.Then.Failed
		}
		comment(&out, "    ", "It cannot be read yet: "+failed)
	}
	aroundYAML(write, warehouse)
	return out.String()
}

// undecided writes what a person must decide.
func undecided(out *strings.Builder, indent string, advice warehouses.Advice, values settings.Values, ofWarehouse bool) {
	for _, suggestion := range advice.Suggestions {
		if !suggestion.Decide || suggestion.Ways[0].Warehouse != ofWarehouse {
			continue
		}
		comment(out, indent, "You decide: "+suggestion.Why+".")
		for i, way := range suggestion.Ways {
			word := ""
			if i > 0 {
				word = "or: "
			}
			comment(out, indent, word+way.Reads+":")
			for _, setting := range way.Settings {
				if _, there := values[setting.Name].(map[string]string); there {
					comment(out, indent, "(in place of "+setting.Name+" above)")
				}
				fmt.Fprintf(out, "%s# %s\n", indent, settingYAML(setting))
			}
		}
	}
}

// comment writes a text as comments that are no wider than a page.
func comment(out *strings.Builder, indent, text string) {
	for _, part := range wrap(inventory.Visible(text), indent+"# ", indent+"#   ") {
		out.WriteString(part + "\n")
	}
}

// aroundYAML writes what stands beside the driver and its settings, where it is not as it would be without.
func aroundYAML(write func(format string, arguments ...any), warehouse ledger.Warehouse) {
	if warehouse.Quantity == inventory.QuantityOnHand {
		write("    quantity: %s", warehouse.Quantity)
	}
	if warehouse.Missing == inventory.MissingZero {
		write("    missing: %s", warehouse.Missing)
	}
	if warehouse.Refused == inventory.RefusedZero {
		write("    refused: %s", warehouse.Refused)
	}
	if warehouse.Repeated == inventory.RepeatedSum {
		write("    repeated: %s", warehouse.Repeated)
	}
	usual := usualWarehouse()
	if warehouse.Freshness != usual.Freshness {
		write("    freshness: %s", minutes(warehouse.Freshness))
	}
	percent := func(part float64) string { return strconv.FormatFloat(part*100, 'f', -1, 64) + "%" }
	if g := warehouse.Guard; g != usual.Guard {
		write("    guard: {minimum_rows: %s, maximum_refused: %s, maximum_missing: %s, maximum_zeroed: %s, decide_within: %s}",
			percent(g.MinimumRows), percent(g.MaximumRefused), percent(g.MaximumMissing), percent(g.MaximumZeroed), minutes(g.DecideWithin))
	}
	if hook := warehouse.Hook; hook != nil {
		var keys []string
		for _, key := range hook.Keys {
			keys = append(keys, quotedYAML(key))
		}
		write("    hook: {format: %s, keys: [%s]}", scalar(string(hook.Format)), strings.Join(keys, ", "))
	}
}

// usualWarehouse is one of which nothing is said but what must be.
func usualWarehouse() ledger.Warehouse {
	definitions, _, err := config.Parse("usual", []byte("warehouses: [{id: a, merchant: a, driver: csv, settings: {path: a}}]"), drivers(), config.Options{})
	if err != nil {
		panic("starter: the least configuration of a warehouse is refused: " + err.Error())
	}
	return definitions.Warehouses[0]
}

// minutes is a span of whole minutes.
func minutes(span time.Duration) string { return strconv.FormatInt(int64(span/time.Minute), 10) + "m" }

// yamlValue is a checked value in the form of the configuration file.
func yamlValue(option settings.Option, value any) any {
	if texts, is := value.(map[string]string); is && option.Kind == settings.Figures {
		figures := map[string]any{}
		for text, meaning := range texts {
			if number, err := strconv.ParseInt(meaning, 10, 64); err == nil {
				figures[text] = number
			} else {
				figures[text] = meaning
			}
		}
		return figures
	}
	if texts, is := value.([]string); is && option.Kind == settings.Patterns && len(texts) == 1 {
		return texts[0]
	}
	return value
}

// settingYAML is a setting as one line of a configuration file.
func settingYAML(setting warehouses.Setting) string {
	return setting.Name + ": " + valueYAML(setting.Value)
}

func valueYAML(value any) string {
	switch value := value.(type) {
	case string:
		return scalar(value)
	case []string:
		items := make([]string, 0, len(value))
		for _, item := range value {
			items = append(items, quotedYAML(item))
		}
		return "[" + strings.Join(items, ", ") + "]"
	case map[string]string:
		all := map[string]any{}
		for name, text := range value {
			all[name] = text
		}
		return valueYAML(all)
	case map[string]any:
		items := make([]string, 0, len(value))
		for _, name := range slices.Sorted(maps.Keys(value)) {
			key := scalar(name)
			if name == warehouses.Unsaid {
				key = quotedYAML(name)
			}
			items = append(items, key+": "+valueYAML(value[name]))
		}
		return "{" + strings.Join(items, ", ") + "}"
	}
	return fmt.Sprint(value)
}

// bare are texts that YAML takes for themselves without quotes.
var bare = regexp.MustCompile(`^[A-Za-z_/][A-Za-z0-9_/.-]*$`)

// scalar is a text in YAML, in quotes where it needs them.
func scalar(text string) string {
	switch strings.ToLower(text) {
	case "true", "false", "yes", "no", "on", "off", "y", "n", "null":
		return quotedYAML(text)
	case warehouses.Unsaid:
		return text
	}
	if bare.MatchString(text) {
		return text
	}
	return quotedYAML(text)
}

// quotedYAML is a text in double quotes. What cannot be seen is escaped, so that the text is what it looks like.
func quotedYAML(text string) string {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(text); err != nil {
		panic("starter: a text cannot be written as JSON: " + err.Error()) // every text can
	}
	var shown strings.Builder
	for _, letter := range strings.TrimSuffix(out.String(), "\n") {
		switch {
		case unicode.IsPrint(letter):
			shown.WriteRune(letter)
		case letter > 0xffff:
			fmt.Fprintf(&shown, `\U%08x`, letter)
		default:
			fmt.Fprintf(&shown, `\u%04x`, letter)
		}
	}
	return shown.String()
}

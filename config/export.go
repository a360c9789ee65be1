package config

import (
	"encoding/csv"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/settings"
)

// CatalogFile is a file of a catalogue, and whose it is.
type CatalogFile struct {
	Kind  string // products, bundles or listings
	Owner string // a merchant; of listings a store
	File  string // relative to the configuration
}

// CatalogFiles are the files that the catalogue of definitions takes, in a folder.
func CatalogFiles(definitions ledger.Definitions, folder string) []CatalogFile {
	var files []CatalogFile
	add := func(kind, owner string) {
		one := CatalogFile{Kind: kind, Owner: owner, File: strings.TrimSuffix(folder, "/") + "/" + kind + "-" + owner + ".csv"}
		if !slices.Contains(files, one) {
			files = append(files, one)
		}
	}
	for _, one := range definitions.Products {
		add("products", one.Merchant)
	}
	for _, one := range definitions.Bundles {
		add("bundles", one.Merchant)
	}
	for _, one := range definitions.Listings {
		add("listings", one.Store)
	}
	return files
}

// WriteCatalog writes the rows of a file of the catalogue.
func WriteCatalog(w io.Writer, definitions ledger.Definitions, file CatalogFile) error {
	columns := columnsOf[file.Kind].all()
	rows := csv.NewWriter(w)
	write := func(cells ...string) { _ = rows.Write(cells) } // rows.Error tells what went wrong
	write(columns...)
	switch file.Kind {
	case "products":
		for _, one := range definitions.Products {
			if one.Merchant == file.Owner {
				write(one.SKU, one.Name, one.Barcode)
			}
		}
	case "bundles":
		for _, one := range definitions.Bundles {
			for _, component := range one.Components {
				if one.Merchant == file.Owner {
					write(one.SKU, component.SKU, strconv.FormatInt(component.Count, 10))
				}
			}
		}
	case "listings":
		for _, one := range definitions.Listings {
			if one.Store == file.Owner {
				write(one.SKU, one.ChannelSKU)
			}
		}
	}
	rows.Flush()
	return rows.Error()
}

// Notes stand as comments before what they are about.
type Notes struct {
	Schedules map[string]map[ledger.Mode]string // by connection and mode
	Settings  map[ledger.SettingKey]string
}

// Write is a configuration file that says what the definitions say. Settings that these do not name are left out.
func Write(definitions ledger.Definitions, files []CatalogFile, notes Notes) string {
	w := &writer{notes: notes}
	w.section("warehouses", len(definitions.Warehouses))
	for _, one := range definitions.Warehouses {
		w.warehouse(one)
	}
	w.section("stores", len(definitions.Stores))
	for _, one := range definitions.Stores {
		w.store(one)
	}
	w.section("connections", len(definitions.Connections))
	for _, one := range definitions.Connections {
		w.connection(one)
	}
	if len(definitions.Strategies) > 0 {
		w.section("strategies", len(definitions.Strategies))
	}
	for _, one := range definitions.Strategies {
		w.strategy(one)
	}
	w.catalog(files)
	var alone []string
	if definitions.SchedulesReadOnly {
		alone = append(alone, "schedules: read-only")
	}
	if definitions.SettingsReadOnly {
		alone = append(alone, "settings: read-only")
	}
	if len(alone) > 0 {
		w.line(0, "console: {%s}", strings.Join(alone, ", "))
	}
	return w.text.String()
}

// WriteSchedules are the schedules of connections as a configuration has them, to copy from.
func WriteSchedules(connections []ledger.Connection, notes Notes) string {
	w := &writer{notes: notes}
	w.section("connections", len(connections))
	for _, one := range connections {
		w.line(1, "- id: %s", scalar(one.ID))
		w.line(2, "inventory:")
		w.schedules(one)
	}
	return w.text.String()
}

// writer writes YAML, indented by two blanks a step.
type writer struct {
	text  strings.Builder
	notes Notes
}

func (w *writer) line(depth int, format string, arguments ...any) {
	fmt.Fprintf(&w.text, strings.Repeat("  ", depth)+format+"\n", arguments...)
}

func (w *writer) section(name string, entries int) {
	if entries == 0 {
		name += ": []"
	} else {
		name += ":"
	}
	w.line(0, "%s", name)
}

// member is a line that is left out where it says nothing.
func (w *writer) member(depth int, name, value string) {
	if value != "" {
		w.line(depth, "%s: %s", name, scalar(value))
	}
}

func (w *writer) warehouse(one ledger.Warehouse) {
	w.line(1, "- id: %s", scalar(one.ID))
	w.member(2, "merchant", one.Merchant)
	w.member(2, "driver", one.Driver)
	w.settings(one.Settings)
	w.member(2, "quantity", string(one.Quantity))
	w.member(2, "missing", string(one.Missing))
	w.member(2, "refused", string(one.Refused))
	w.member(2, "repeated", string(one.Repeated))
	w.group(2, "guard", w.namedSettings(ledger.OfWarehouse, one.ID, one.Named, func(name string) string {
		switch name {
		case ledger.SettingMinimumRows:
			return percent(one.Guard.MinimumRows)
		case ledger.SettingMaximumRefused:
			return percent(one.Guard.MaximumRefused)
		case ledger.SettingMaximumMissing:
			return percent(one.Guard.MaximumMissing)
		case ledger.SettingMaximumZeroed:
			return percent(one.Guard.MaximumZeroed)
		case ledger.SettingDecideWithin:
			return spanYAML(one.Guard.DecideWithin)
		}
		return "" // the strategy has a section of its own
	}))
	w.line(2, "freshness: %s", spanYAML(one.Freshness))
	if hook := one.Hook; hook != nil {
		w.line(2, "hook: {format: %s, keys: %s}", scalar(string(hook.Format)), flow(hook.Keys))
	}
}

func (w *writer) settings(values settings.Values) {
	if len(values) == 0 {
		return
	}
	w.line(2, "settings:")
	for _, name := range slices.Sorted(maps.Keys(values)) {
		w.line(3, "%s: %s", scalar(name), plainValue(values[name]))
	}
}

// plainValue is a setting as its driver reads it.
func plainValue(value any) string {
	switch value := value.(type) {
	case string:
		return scalar(value)
	case float64: // a number that was kept as JSON
		return strconv.FormatFloat(value, 'f', -1, 64)
	case []string:
		return flow(value)
	case []any:
		texts := make([]string, len(value))
		for i, one := range value {
			texts[i] = plainValue(one)
		}
		return "[" + strings.Join(texts, ", ") + "]"
	case map[string]string:
		texts := []string{}
		for _, name := range slices.Sorted(maps.Keys(value)) {
			texts = append(texts, strconv.Quote(name)+": "+scalar(value[name]))
		}
		return "{" + strings.Join(texts, ", ") + "}"
	case map[string]any:
		texts := []string{}
		for _, name := range slices.Sorted(maps.Keys(value)) {
			texts = append(texts, strconv.Quote(name)+": "+plainValue(value[name]))
		}
		return "{" + strings.Join(texts, ", ") + "}"
	}
	return fmt.Sprint(value)
}

func (w *writer) store(one ledger.Store) {
	w.line(1, "- id: %s", scalar(one.ID))
	w.member(2, "merchant", one.Merchant)
	w.member(2, "driver", one.Driver)
	w.settings(one.Settings)
	budget := w.namedSettings(ledger.OfStore, one.ID, one.Named, func(name string) string {
		quiet := one.Budget.QuietHours
		switch {
		case name == ledger.SettingShare:
			return percent(one.Budget.Share)
		case name == ledger.SettingQuietHours && quiet != nil:
			return quietYAML(*quiet)
		}
		return ""
	})
	if calls := one.Budget.DailyCalls; calls > 0 {
		budget = append(budget, fmt.Sprintf("daily_calls: %d", calls))
	}
	if calls := one.Budget.Calls; calls > 0 {
		budget = append(budget, fmt.Sprintf("calls_at_once: %d", calls))
	}
	w.group(2, "budget", budget)
	if one.BatchSize > 0 {
		w.line(2, "batch_size: %d", one.BatchSize)
	}
}

func (w *writer) connection(one ledger.Connection) {
	w.line(1, "- id: %s", scalar(one.ID))
	w.member(2, "merchant", one.Merchant)
	w.member(2, "warehouse", one.Warehouse)
	w.member(2, "store", one.Store)
	if one.Enabled || !one.EnabledByPages { // what nobody has enabled is left to the pages, as it was
		w.line(2, "enabled: %t", one.Enabled)
	}
	w.line(2, "inventory:")
	w.line(3, "enabled: %t", one.Inventory.Enabled)
	w.schedules(one)
	for _, line := range w.namedSettings(ledger.OfConnection, one.ID, one.Named, func(name string) string {
		if name == ledger.SettingOverlap {
			return scalar(string(one.Inventory.Overlap))
		}
		return scalar(string(one.Inventory.Unlisted))
	}) {
		w.line(3, "%s", line)
	}
	if floor := one.Inventory.Floor; floor > 0 {
		w.line(3, "floor: %s", spanYAML(floor))
	}
	if len(one.Inventory.Locations) > 0 {
		w.line(3, "locations:")
	}
	for _, location := range one.Inventory.Locations {
		w.line(4, "- {location: %s, facilities: %s}", scalar(location.ID), flow(location.Facilities))
	}
}

// schedules are those of a connection, as far as the configuration names them, with their zones.
func (w *writer) schedules(one ledger.Connection) {
	for _, mode := range []ledger.Mode{ledger.Smart, ledger.Full} {
		if note := w.notes.Schedules[one.ID][mode]; note != "" {
			w.line(3, "%s", comment(note))
		}
		if one.Inventory.Names(mode) {
			for _, line := range rulesYAML(mode, one.Inventory.Schedule(mode).Rules) {
				w.line(3, "%s", line)
			}
		}
	}
	w.member(3, "timezone", one.Inventory.Timezone)
	if zones := one.Inventory.Zones; len(zones) > 0 {
		w.line(3, "timezones: {%s}", strings.Join(zonesYAML(zones), ", "))
	}
}

func zonesYAML(zones map[ledger.Mode]string) []string {
	var written []string
	for _, mode := range []ledger.Mode{ledger.Smart, ledger.Full} {
		if zone := zones[mode]; zone != "" {
			written = append(written, string(mode)+": "+scalar(zone))
		}
	}
	return written
}

func (w *writer) strategy(one ledger.StrategyDefinition) {
	if note := w.notes.Settings[ledger.SettingKey{Kind: ledger.OfWarehouse, ID: one.Warehouse, Name: ledger.SettingStrategy}]; note != "" {
		w.line(1, "%s", comment(note))
	}
	w.line(1, "- merchant: %s", scalar(one.Merchant))
	w.member(2, "warehouse", one.Warehouse)
	for _, member := range strategyMembers(one.Strategy) {
		w.line(2, "%s", member)
	}
}

// strategyMembers are what a strategy says, a member each.
func strategyMembers(one inventory.Strategy) []string {
	var members []string
	add := func(format string, arguments ...any) { members = append(members, fmt.Sprintf(format, arguments...)) }
	if one.BufferPercent > 0 {
		add("buffer_percent: %s", strconv.FormatFloat(one.BufferPercent, 'f', -1, 64))
	}
	if one.BufferUnits > 0 {
		add("buffer_units: %d", one.BufferUnits)
	}
	if one.Minimum > 0 {
		add("minimum: %d", one.Minimum)
	}
	if one.Distribution != "" {
		add("distribution: %s", scalar(string(one.Distribution)))
	}
	for _, amounts := range []struct {
		name  string
		given map[string]int64
	}{{"weights", one.Weights}, {"caps", one.Caps}} {
		var written []string
		for _, id := range slices.Sorted(maps.Keys(amounts.given)) {
			written = append(written, fmt.Sprintf("%s: %d", scalar(id), amounts.given[id]))
		}
		if len(written) > 0 {
			add("%s: {%s}", amounts.name, strings.Join(written, ", "))
		}
	}
	if len(one.Priority) > 0 {
		add("priority: %s", flow(one.Priority))
	}
	return members
}

// namedSettings are the settings of a thing that the configuration names, a line each, with the notes on them before them. What has no value is left out.
func (w *writer) namedSettings(kind, id string, named []string, value func(name string) string) []string {
	var lines []string
	for _, name := range ledger.SettingNames(kind) {
		written := ""
		if slices.Contains(named, name) {
			written = value(name)
		}
		if written == "" {
			continue
		}
		if note := w.notes.Settings[ledger.SettingKey{Kind: kind, ID: id, Name: name}]; note != "" {
			lines = append(lines, comment(note))
		}
		lines = append(lines, name+": "+written)
	}
	return lines
}

// group is a name with lines under it, if there are any.
func (w *writer) group(depth int, name string, lines []string) {
	if len(lines) > 0 {
		w.line(depth, "%s:", name)
	}
	for _, line := range lines {
		w.line(depth+1, "%s", line)
	}
}

func comment(note string) string {
	return "# " + inventory.Visible(strings.Join(strings.Fields(note), " "))
}

func quietYAML(quiet ledger.QuietHours) string {
	return fmt.Sprintf("{from: %q, to: %q, timezone: %s}", quiet.From, quiet.To, scalar(quiet.Timezone))
}

func (w *writer) catalog(files []CatalogFile) {
	if len(files) == 0 {
		return
	}
	w.line(0, "catalog:")
	for _, kind := range []string{"products", "bundles", "listings"} {
		owner, any := "merchant", false
		if kind == "listings" {
			owner = "store"
		}
		for _, one := range files {
			if one.Kind != kind {
				continue
			}
			if !any {
				w.line(1, "%s:", kind)
			}
			any = true
			w.line(2, "- {file: %s, %s: %s}", strconv.Quote(one.File), owner, scalar(one.Owner))
		}
	}
}

// percent is a part of 1 as a percentage that reads as the same part.
func percent(part float64) string {
	exact := strconv.FormatFloat(part*100, 'f', -1, 64)
	const digits = 1e9
	if round := math.Round(part*100*digits) / digits; round/100 == part {
		exact = strconv.FormatFloat(round, 'f', -1, 64)
	}
	return exact + "%"
}

// StrategyYAML is a strategy as a configuration has it, in lines.
func StrategyYAML(one ledger.StrategyDefinition) []string {
	w := &writer{}
	w.section("strategies", 1)
	w.strategy(one)
	return strings.Split(strings.TrimSpace(w.text.String()), "\n")
}

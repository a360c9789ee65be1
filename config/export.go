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
		file := CatalogFile{Kind: kind, Owner: owner, File: strings.TrimSuffix(folder, "/") + "/" + kind + "-" + owner + ".csv"}
		if !slices.Contains(files, file) {
			files = append(files, file)
		}
	}
	for _, product := range definitions.Products {
		add("products", product.Merchant)
	}
	for _, bundle := range definitions.Bundles {
		add("bundles", bundle.Merchant)
	}
	for _, listing := range definitions.Listings {
		add("listings", listing.Store)
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
		for _, product := range definitions.Products {
			if product.Merchant == file.Owner {
				write(product.SKU, product.Name, product.Barcode)
			}
		}
	case "bundles":
		for _, bundle := range definitions.Bundles {
			for _, component := range bundle.Components {
				if bundle.Merchant == file.Owner {
					write(bundle.SKU, component.SKU, strconv.FormatInt(component.Count, 10))
				}
			}
		}
	case "listings":
		for _, listing := range definitions.Listings {
			if listing.Store == file.Owner {
				write(listing.SKU, listing.ChannelSKU)
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
	for _, warehouse := range definitions.Warehouses {
		w.warehouse(warehouse)
	}
	w.section("stores", len(definitions.Stores))
	for _, store := range definitions.Stores {
		w.store(store)
	}
	w.section("connections", len(definitions.Connections))
	for _, connection := range definitions.Connections {
		w.connection(connection)
	}
	if len(definitions.Strategies) > 0 {
		w.section("strategies", len(definitions.Strategies))
	}
	for _, strategy := range definitions.Strategies {
		w.strategy(strategy)
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
	for _, connection := range connections {
		w.line(1, "- id: %s", scalar(connection.ID))
		w.line(2, "inventory:")
		w.schedules(connection)
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

func (w *writer) warehouse(warehouse ledger.Warehouse) {
	w.line(1, "- id: %s", scalar(warehouse.ID))
	w.member(2, "merchant", warehouse.Merchant)
	w.member(2, "driver", warehouse.Driver)
	w.settings(warehouse.Settings)
	w.member(2, "quantity", string(warehouse.Quantity))
	w.member(2, "missing", string(warehouse.Missing))
	w.member(2, "refused", string(warehouse.Refused))
	w.member(2, "repeated", string(warehouse.Repeated))
	w.group(2, "guard", w.namedSettings(ledger.OfWarehouse, warehouse.ID, warehouse.Named, func(name string) string {
		switch name {
		case ledger.SettingMinimumRows:
			return percent(warehouse.Guard.MinimumRows)
		case ledger.SettingMaximumRefused:
			return percent(warehouse.Guard.MaximumRefused)
		case ledger.SettingMaximumMissing:
			return percent(warehouse.Guard.MaximumMissing)
		case ledger.SettingMaximumZeroed:
			return percent(warehouse.Guard.MaximumZeroed)
		case ledger.SettingDecideWithin:
			return spanYAML(warehouse.Guard.DecideWithin)
		}
		return "" // the strategy has a section of its own
	}))
	w.line(2, "freshness: %s", spanYAML(warehouse.Freshness))
	if hook := warehouse.Hook; hook != nil {
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
		for i, element := range value {
			texts[i] = plainValue(element)
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

func (w *writer) store(store ledger.Store) {
	w.line(1, "- id: %s", scalar(store.ID))
	w.member(2, "merchant", store.Merchant)
	w.member(2, "driver", store.Driver)
	w.settings(store.Settings)
	budget := w.namedSettings(ledger.OfStore, store.ID, store.Named, func(name string) string {
		quiet := store.Budget.QuietHours
		switch {
		case name == ledger.SettingShare:
			return percent(store.Budget.Share)
		case name == ledger.SettingQuietHours && quiet != nil:
			return quietYAML(*quiet)
		}
		return ""
	})
	if calls := store.Budget.DailyCalls; calls > 0 {
		budget = append(budget, fmt.Sprintf("daily_calls: %d", calls))
	}
	if calls := store.Budget.Calls; calls > 0 {
		budget = append(budget, fmt.Sprintf("calls_at_once: %d", calls))
	}
	w.group(2, "budget", budget)
	if store.BatchSize > 0 {
		w.line(2, "batch_size: %d", store.BatchSize)
	}
}

func (w *writer) connection(connection ledger.Connection) {
	w.line(1, "- id: %s", scalar(connection.ID))
	w.member(2, "merchant", connection.Merchant)
	w.member(2, "warehouse", connection.Warehouse)
	w.member(2, "store", connection.Store)
	if connection.Enabled || !connection.EnabledByPages { // what nobody has enabled is left to the pages, as it was
		w.line(2, "enabled: %t", connection.Enabled)
	}
	w.line(2, "inventory:")
	w.line(3, "enabled: %t", connection.Inventory.Enabled)
	w.schedules(connection)
	for _, line := range w.namedSettings(ledger.OfConnection, connection.ID, connection.Named, func(name string) string {
		if name == ledger.SettingOverlap {
			return scalar(string(connection.Inventory.Overlap))
		}
		return scalar(string(connection.Inventory.Unlisted))
	}) {
		w.line(3, "%s", line)
	}
	if floor := connection.Inventory.Floor; floor > 0 {
		w.line(3, "floor: %s", spanYAML(floor))
	}
	if len(connection.Inventory.Locations) > 0 {
		w.line(3, "locations:")
	}
	for _, location := range connection.Inventory.Locations {
		w.line(4, "- {location: %s, facilities: %s}", scalar(location.ID), flow(location.Facilities))
	}
}

// schedules are those of a connection, as far as the configuration names them, with their zones.
func (w *writer) schedules(connection ledger.Connection) {
	for _, mode := range []ledger.Mode{ledger.Smart, ledger.Full} {
		if note := w.notes.Schedules[connection.ID][mode]; note != "" {
			w.line(3, "%s", comment(note))
		}
		if connection.Inventory.Names(mode) {
			for _, line := range rulesYAML(mode, connection.Inventory.Schedule(mode).Rules) {
				w.line(3, "%s", line)
			}
		}
	}
	w.member(3, "timezone", connection.Inventory.Timezone)
	if zones := connection.Inventory.Zones; len(zones) > 0 {
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

func (w *writer) strategy(strategy ledger.StrategyDefinition) {
	if note := w.notes.Settings[ledger.SettingKey{Kind: ledger.OfWarehouse, ID: strategy.Warehouse, Name: ledger.SettingStrategy}]; note != "" {
		w.line(1, "%s", comment(note))
	}
	w.line(1, "- merchant: %s", scalar(strategy.Merchant))
	w.member(2, "warehouse", strategy.Warehouse)
	for _, member := range strategyMembers(strategy.Strategy) {
		w.line(2, "%s", member)
	}
}

// strategyMembers are what a strategy says, a member each.
func strategyMembers(strategy inventory.Strategy) []string {
	var members []string
	add := func(format string, arguments ...any) { members = append(members, fmt.Sprintf(format, arguments...)) }
	if strategy.BufferPercent > 0 {
		add("buffer_percent: %s", strconv.FormatFloat(strategy.BufferPercent, 'f', -1, 64))
	}
	if strategy.BufferUnits > 0 {
		add("buffer_units: %d", strategy.BufferUnits)
	}
	if strategy.Minimum > 0 {
		add("minimum: %d", strategy.Minimum)
	}
	if strategy.Distribution != "" {
		add("distribution: %s", scalar(string(strategy.Distribution)))
	}
	for _, amounts := range []struct {
		name  string
		given map[string]int64
	}{{"weights", strategy.Weights}, {"caps", strategy.Caps}} {
		var written []string
		for _, id := range slices.Sorted(maps.Keys(amounts.given)) {
			written = append(written, fmt.Sprintf("%s: %d", scalar(id), amounts.given[id]))
		}
		if len(written) > 0 {
			add("%s: {%s}", amounts.name, strings.Join(written, ", "))
		}
	}
	if len(strategy.Priority) > 0 {
		add("priority: %s", flow(strategy.Priority))
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
	return "# " + inventory.OneLine(note, len(note))
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
		for _, file := range files {
			if file.Kind != kind {
				continue
			}
			if !any {
				w.line(1, "%s:", kind)
			}
			any = true
			w.line(2, "- {file: %s, %s: %s}", strconv.Quote(file.File), owner, scalar(file.Owner))
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
func StrategyYAML(strategy ledger.StrategyDefinition) []string {
	w := &writer{}
	w.section("strategies", 1)
	w.strategy(strategy)
	return strings.Split(strings.TrimSpace(w.text.String()), "\n")
}

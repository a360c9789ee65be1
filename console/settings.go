package console

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
)

// settingsView lists the settings of a connection, and where each is set.
type settingsView struct {
	ID, Merchant, Path string
	Enabled            bool
	Fixed              string // why that cannot be changed here
	Groups             []settingGroup
	Left               []string
}

type settingGroup struct {
	Name string
	Rows []settingRow
}

// settingRow is a setting: its value, and who or what set it.
type settingRow struct {
	Name   string
	of     string // the setting that can be set beside the configuration; empty where it is none
	Values []string
	Where  string
	Href   string       // to where it can be changed
	Edit   *settingForm // the form that changes it; nil where there is none
}

// settingForm is the form that changes a setting.
type settingForm struct {
	Key, Action                string
	Version                    int64
	Value, Reason, Until, Zone string
	Options                    []settingOption // empty: the value is a text
	Example                    string
	InFile, Overridden, Open   bool
	Also                       string // the other connections for which it counts
}

// settingOption is a value that can be chosen.
type settingOption struct{ Value, Words string }

func settingsPath(id string) string { return connectionPath(id) + "/settings" }

func (c *Console) settingsPage(ctx context.Context, q request) (page, error) {
	setup, err := c.options.Control.Setup(ctx, q.path("id"))
	if err != nil {
		return page{}, err
	}
	return c.framed(ctx, "Settings of "+setup.ID, clockOf(q.now, setup.Inventory.Timezone), viewSettings(setup, q.query))
}

// viewSettings is the page of a connection's settings. values are those of a form that was refused, to fill in again.
func viewSettings(setup control.Setup, values url.Values) settingsView {
	view := settingsView{ID: setup.ID, Merchant: setup.Merchant, Path: settingsPath(setup.ID), Enabled: setup.Enabled}
	if setup.Fixed != "" {
		view.Fixed = sentence(setup.Fixed)
	}
	for _, left := range setup.Left {
		view.Left = append(view.Left, sentence(left.Words()))
	}
	forms := map[string]*settingForm{}
	where, inForce := map[string]string{}, map[string]string{}
	for _, setting := range setup.Settings {
		where[setting.Name], inForce[setting.Name] = sentence(setting.WordsIn(setup.Inventory.Timezone)), setting.Value
		if !setting.ReadOnly && setting.Name != ledger.SettingStrategy {
			forms[setting.Name] = viewSettingForm(setup, setting, values)
		}
	}
	view.Groups = []settingGroup{
		{"Connection", connectionSettings(setup)},
		{"Store " + setup.Store.ID, storeSettings(setup.Store, inFile(setup.File))},
		{"Warehouse " + setup.Warehouse.ID, warehouseSettings(setup.Warehouse, inFile(setup.File))},
	}
	for _, group := range view.Groups {
		for i := range group.Rows {
			row := &group.Rows[i]
			if place, has := where[row.of]; has {
				row.Where, row.Edit = place, forms[row.of]
				if row.of == ledger.SettingStrategy {
					row.Values = []string{inForce[row.of]}
				}
			}
		}
	}
	return view
}

// optionWords say what each value does of settings that have a few fixed values.
var optionWords = map[string]string{
	string(ledger.OverlapSkip): "A start that finds the store taken is skipped", string(ledger.OverlapBuffer): "A start that finds the store taken waits for it",
	string(inventory.UnlistedPush): "A SKU without a listing goes out under its own name", string(inventory.UnlistedBlock): "A SKU without a listing is blocked",
}

func viewSettingForm(setup control.Setup, setting control.Setting, values url.Values) *settingForm {
	form := &settingForm{
		Key: setting.Name, Action: settingsPath(setup.ID) + "/" + setting.Name, Version: setting.Version, Value: setting.Value,
		Zone:   cmp.Or(setup.Inventory.Timezone, "UTC"),
		InFile: setting.File != nil, Overridden: setting.Override != nil, Example: strings.Join(setting.Examples, ", or "),
	}
	for _, value := range setting.Examples {
		if words, has := optionWords[value]; has {
			form.Options = append(form.Options, settingOption{value, words})
		}
	}
	sharers := slices.DeleteFunc(slices.Clone(setting.Connections), func(id string) bool { return id == setup.ID })
	form.Also = strings.Join(sharers, ", ")
	form.Reason, form.Until = setWith(setting.Override, setup.Inventory.Timezone)
	if values.Get("setting") == setting.Name {
		form.Open, form.Value, form.Reason, form.Until = true, values.Get("value"), values.Get("reason"), values.Get("until")
		form.Zone = endZone(values, form.Zone)
	}
	return form
}

// setWith are the reason and the end of an override as fields of a form, so that they stay when another field is edited.
func setWith(set *control.SettingOverride, timezone string) (reason, until string) {
	if set == nil {
		return "", ""
	}
	if set.Until != nil {
		until = endText(*set.Until, timezone)
	}
	return set.Reason, until
}

// keyOf is the setting that a form of a connection's page names.
func (c *Console) keyOf(ctx context.Context, id, name string) (ledger.SettingKey, string, error) {
	connection, err := c.options.Control.Connection(ctx, id)
	if err != nil {
		return ledger.SettingKey{}, "", err
	}
	for kind, of := range map[string]string{ledger.OfConnection: connection.ID, ledger.OfStore: connection.Store, ledger.OfWarehouse: connection.Warehouse} {
		if slices.Contains(ledger.SettingNames(kind), name) {
			return ledger.SettingKey{Kind: kind, ID: of, Name: name}, connection.Inventory.Timezone, nil
		}
	}
	return ledger.SettingKey{}, "", unclear("there is no setting %q", name)
}

// actSetting sets a setting. What is refused goes back to the form as it was sent.
func (c *Console) actSetting(ctx context.Context, r *http.Request) (string, notice, error) {
	id, name := r.PathValue("id"), r.PathValue("name")
	sent := url.Values{"setting": {name}}
	for _, field := range []string{"value", "reason", "until", "until_zone"} {
		sent.Set(field, r.PostForm.Get(field))
	}
	back := settingsPath(id) + "?" + sent.Encode() + "#" + name
	key, zone, err := c.keyOf(ctx, id, name)
	if err != nil {
		return settingsPath(id), notice{}, err
	}
	edit, err := settingEditOf(ctx, r.PostForm, r.PostForm.Get("value"), cmp.Or(zone, "UTC"))
	if err != nil {
		return back, notice{}, err
	}
	edited, err := c.options.Control.EditSetting(ctx, key, edit)
	if err != nil {
		return back, notice{}, err
	}
	return settingsPath(id), settingNotice("Saved", edited), nil
}

// settingEditOf reads what the form of every setting has: the version, the reason and the end.
func settingEditOf(ctx context.Context, values url.Values, value, zone string) (control.SettingEdit, error) {
	edit := control.SettingEdit{Value: value, Reason: values.Get("reason"), By: by(ctx)}
	var err error
	if edit.Version, err = strconv.ParseInt(values.Get("version"), 10, 64); err != nil {
		return edit, unclear("the form does not say on which version it was made; open the page again")
	}
	edit.Until, err = endOf(values, zone)
	return edit, err
}

// actClearSetting ends what was set of a setting beside the configuration.
func (c *Console) actClearSetting(ctx context.Context, r *http.Request) (string, notice, error) {
	id := r.PathValue("id")
	key, _, err := c.keyOf(ctx, id, r.PathValue("name"))
	if err != nil {
		return settingsPath(id), notice{}, err
	}
	edited, err := c.clearSetting(ctx, key, r.PostForm)
	return settingsPath(id), settingNotice("Ended", edited), err
}

func (c *Console) clearSetting(ctx context.Context, key ledger.SettingKey, values url.Values) (control.SettingEditResult, error) {
	version, err := strconv.ParseInt(values.Get("version"), 10, 64)
	if err != nil {
		return control.SettingEditResult{}, unclear("the form does not say on which version it was made; open the page again")
	}
	return c.options.Control.ClearSetting(ctx, key, version)
}

// settingNotice says what is in force after an edit.
func settingNotice(word string, edited control.SettingEditResult) notice {
	shown := notice{state: state{"good", "check", word}, Text: fmt.Sprintf("%s: %s.", strings.ReplaceAll(edited.Name, "_", " "), edited.Value)}
	if edited.Waits != "" {
		shown.state = state{"warn", "triangle", word}
		shown.Text += " It is safe in the ledger; Temporal could not be told yet, and a worker does that as soon as it can."
	}
	return shown
}

// inFile says that a setting is set in the configuration, or has its default there.
func inFile(file string) string { return "Set in " + cmp.Or(file, "the configuration") + "." }

func connectionSettings(setup control.Setup) []settingRow {
	file, flow := inFile(setup.File), setup.Inventory
	enabled := settingRow{Name: "Enabled", Values: []string{yesNo(setup.Enabled)}, Where: file}
	if setup.EnabledByPages {
		enabled.Where = "Set here; " + cmp.Or(setup.File, "the configuration") + " does not set it."
	}
	rows := []settingRow{enabled, {Name: "Inventory flow", Values: []string{onOff(flow.Enabled)}, Where: file}}
	for _, setting := range setup.Schedules {
		rows = append(rows, settingRow{
			Name: scheduleName(setting.Mode), Values: []string{control.ScheduleWords(setting.Schedule)}, Where: sentence(control.SettingWords(setting)),
			Href: schedulePath(setup.ID, setting.Mode),
		})
	}
	overlap := "A start that finds the store taken is skipped"
	if flow.Overlap == ledger.OverlapBuffer {
		overlap = "A start that finds the store taken waits for it"
	}
	unlisted := "A SKU without a listing goes out under its own name"
	if flow.Unlisted == inventory.UnlistedBlock {
		unlisted = "A SKU without a listing is blocked"
	}
	rows = append(rows,
		settingRow{Name: "Overlap", of: ledger.SettingOverlap, Values: []string{overlap}, Where: file},
		settingRow{Name: "Unlisted SKUs", of: ledger.SettingUnlisted, Values: []string{unlisted}, Where: file},
	)
	locations := settingRow{
		Name:  "Locations and links",
		Where: file + " It is changed there alone: apply shows first which rows would stay behind at a place that is left, and what becomes of them.",
	}
	for _, location := range flow.Locations {
		locations.Values = append(locations.Values, location.ID+" shows "+strings.Join(location.Facilities, ", "))
	}
	if len(locations.Values) == 0 {
		locations.Values = []string{"None: the store gets the sum of all facilities"}
	}
	rows = append(rows, locations)
	if flow.Floor > 0 {
		rows = append(rows, settingRow{Name: "Floor of the advice", Values: []string{span(flow.Floor)}, Where: file})
	}
	return rows
}

func storeSettings(store ledger.Store, file string) []settingRow {
	rows := []settingRow{
		{Name: "Platform", Values: []string{store.Driver}, Where: file},
		{Name: "Share of its budget", of: ledger.SettingShare, Values: []string{control.Percent(store.Budget.Share)}, Where: file},
		{Name: "Quiet hours", of: ledger.SettingQuietHours, Values: []string{quietWords(store.Budget.QuietHours)}, Where: file},
	}
	if store.Budget.DailyCalls > 0 {
		rows = append(rows, settingRow{Name: "Calls a day", Values: []string{"At most " + number(store.Budget.DailyCalls)}, Where: file})
	}
	if store.Budget.Calls > 0 {
		rows = append(rows, settingRow{Name: "Calls at once", Values: []string{"At most " + number(int64(store.Budget.Calls))}, Where: file})
	}
	if store.BatchSize > 0 {
		rows = append(rows, settingRow{Name: "Items of a call", Values: []string{"At most " + number(int64(store.BatchSize))}, Where: file})
	}
	return rows
}

func quietWords(quiet *ledger.QuietHours) string {
	if quiet == nil {
		return "None"
	}
	return fmt.Sprintf("%s to %s (%s): no call is begun", quiet.From, quiet.To, quiet.Timezone)
}

func warehouseSettings(warehouse ledger.Warehouse, file string) []settingRow {
	row := func(name, value string) settingRow {
		return settingRow{Name: name, Values: []string{value}, Where: file}
	}
	threshold := func(name, of, value string) settingRow {
		return settingRow{Name: name, of: of, Values: []string{value}, Where: file}
	}
	guard := warehouse.Guard
	missing := "It keeps its last figure"
	if warehouse.Missing == inventory.MissingZero {
		missing = "It goes to 0"
	}
	refused := "Its last figure counts until one is read"
	if warehouse.Refused == inventory.RefusedZero {
		refused = "0 counts until one is read"
	}
	repeated := "They are refused"
	if warehouse.Repeated == inventory.RepeatedSum {
		repeated = "They add up"
	}
	rows := []settingRow{
		row("Platform", warehouse.Driver),
		row("Figure that counts", strings.ReplaceAll(string(cmp.Or(warehouse.Quantity, inventory.QuantityAvailable)), "_", " ")),
		row("A SKU that a full snapshot leaves out", missing),
		row("A level whose row is refused", refused),
		row("Several rows of one level", repeated),
		threshold("Rows of a snapshot", ledger.SettingMinimumRows, "Below "+control.Percent(guard.MinimumRows)+" of those of the last one, it is held"),
		threshold("Refused rows", ledger.SettingMaximumRefused, "Above "+control.Percent(guard.MaximumRefused)+" of a snapshot, it is held"),
		threshold("Levels left out", ledger.SettingMaximumMissing, "Above "+control.Percent(guard.MaximumMissing)+" of those with stock, a full snapshot is held"),
		threshold("Rows to 0", ledger.SettingMaximumZeroed, "Above "+control.Percent(guard.MaximumZeroed)+" of the live rows within a day, a push is held"),
		threshold("A held run waits", ledger.SettingDecideWithin, span(guard.DecideWithin)),
		{Name: "Strategy", of: ledger.SettingStrategy, Values: []string{"How its stock is shared"}, Where: file, Href: strategiesPath + "#of-" + warehouse.ID},
	}
	if warehouse.Freshness > 0 {
		rows = append(rows, row("A fetch is reused for", span(warehouse.Freshness)))
	}
	return rows
}

func yesNo(yes bool) string {
	if yes {
		return "Yes"
	}
	return "No"
}

func onOff(on bool) string {
	if on {
		return "On"
	}
	return "Off"
}

// actEnableConnection enables or disables a connection.
func (c *Console) actEnableConnection(enabled bool) act {
	return func(ctx context.Context, r *http.Request) (string, notice, error) {
		id := r.PathValue("id")
		changed, err := c.options.Control.SetEnabled(ctx, id, enabled, by(ctx))
		if err != nil {
			return settingsPath(id), notice{}, err
		}
		return connectionPath(id), enabledNotice(changed), nil
	}
}

// enabledNotice says what became of enabling or disabling a connection.
func enabledNotice(enabled control.EnableResult) notice {
	shown := notice{state: state{"off", "slash", "Disabled"}, Text: "Its schedules start nothing any more. A run that is under way goes on."}
	switch {
	case enabled.Requested:
		shown = notice{state: state{"good", "check", "Enabled"}, Text: "A first Full Sync is requested: it brings the store to the warehouse's figures."}
	case enabled.Enabled:
		shown = notice{state: state{"good", "check", "Enabled"}, Text: "Its first run is a Full Sync, which brings the store to the warehouse's figures."}
	}
	for _, warning := range enabled.Warnings {
		shown.state.Class, shown.Shape = "warn", "triangle"
		shown.Text += " " + sentence(warning)
	}
	if enabled.Waits != "" {
		shown.state.Class, shown.Shape = "warn", "triangle"
		shown.Text += " Temporal could not be told yet: a worker does that as soon as it can."
		if !enabled.Enabled {
			shown.Text += " What its schedules start until then ends at once, and pushes nothing."
		}
	}
	return shown
}

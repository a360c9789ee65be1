package console

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
)

// settingsView is what a connection is set to, and where each of it is set.
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

// settingRow is one setting: what it is, and who said so.
type settingRow struct {
	Name   string
	Values []string
	Where  string
	Href   string // to where it can be changed
}

func settingsPath(id string) string { return connectionPath(id) + "/settings" }

func (c *Console) settingsPage(ctx context.Context, q request) (page, error) {
	setup, err := c.options.Control.Setup(ctx, q.path("id"))
	if err != nil {
		return page{}, err
	}
	return c.framed(ctx, "Settings of "+setup.ID, clockOf(q.now, setup.Inventory.Timezone), viewSettings(setup))
}

func viewSettings(setup control.Setup) settingsView {
	view := settingsView{ID: setup.ID, Merchant: setup.Merchant, Path: settingsPath(setup.ID), Enabled: setup.Enabled}
	if setup.Fixed != "" {
		view.Fixed = sentence(setup.Fixed)
	}
	for _, left := range setup.Left {
		view.Left = append(view.Left, sentence(left.Words()))
	}
	view.Groups = []settingGroup{
		{"Connection", connectionSettings(setup)},
		{"Store " + setup.Store.ID, storeSettings(setup.Store, inFile(setup.File))},
		{"Warehouse " + setup.Warehouse.ID, warehouseSettings(setup.Warehouse, inFile(setup.File))},
	}
	return view
}

// inFile says that something is set in the configuration, or is the default there.
func inFile(file string) string { return "Set in " + cmp.Or(file, "the configuration") + "." }

func connectionSettings(setup control.Setup) []settingRow {
	file, flow := inFile(setup.File), setup.Inventory
	enabled := settingRow{Name: "Enabled", Values: []string{yesNo(setup.Enabled)}, Where: file}
	if setup.EnabledByPages {
		enabled.Where = "Set here: " + cmp.Or(setup.File, "the configuration") + " leaves it to the pages."
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
	rows = append(rows, settingRow{Name: "Overlap", Values: []string{overlap}, Where: file}, settingRow{Name: "Unlisted SKUs", Values: []string{unlisted}, Where: file})
	locations := settingRow{Name: "Locations and links", Where: file}
	for _, one := range flow.Locations {
		locations.Values = append(locations.Values, one.ID+" shows "+strings.Join(one.Facilities, ", "))
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
		{Name: "Share of its budget", Values: []string{percent(store.Budget.Share)}, Where: file},
	}
	if quiet := store.Budget.QuietHours; quiet != nil {
		rows = append(rows, settingRow{Name: "Quiet hours", Values: []string{fmt.Sprintf("%s to %s (%s): no call is begun", quiet.From, quiet.To, quiet.Timezone)}, Where: file})
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

func warehouseSettings(warehouse ledger.Warehouse, file string) []settingRow {
	row := func(name, value string) settingRow {
		return settingRow{Name: name, Values: []string{value}, Where: file}
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
		row("A snapshot is held", fmt.Sprintf("below %s of the rows of the last one, above %s refused, above %s of the levels with stock left out",
			percent(guard.MinimumRows), percent(guard.MaximumRefused), percent(guard.MaximumMissing))),
		row("A push is held", fmt.Sprintf("when it would take more than %s of the live rows to 0 within a day", percent(guard.MaximumZeroed))),
	}
	if guard.DecideWithin > 0 {
		rows = append(rows, row("A held run waits", span(guard.DecideWithin)))
	}
	if warehouse.Freshness > 0 {
		rows = append(rows, row("A fetch is shared for", span(warehouse.Freshness)))
	}
	return rows
}

func percent(part float64) string { return strconv.FormatFloat(part*100, 'f', -1, 64) + "%" }

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
		done, err := c.options.Control.SetEnabled(ctx, id, enabled, by(ctx))
		if err != nil {
			return settingsPath(id), notice{}, err
		}
		return connectionPath(id), enabledNotice(done), nil
	}
}

// enabledNotice says what became of enabling or disabling a connection.
func enabledNotice(done control.Enabled) notice {
	said := notice{state: state{"off", "slash", "Disabled"}, Text: "Its schedules start nothing any more. A run that is under way goes on."}
	switch {
	case done.Requested:
		said = notice{state: state{"good", "check", "Enabled"}, Text: "A first Full Sync is requested: it brings the store to the warehouse's figures."}
	case done.Enabled:
		said = notice{state: state{"good", "check", "Enabled"}, Text: "Its first run is a Full Sync, which brings the store to the warehouse's figures."}
	}
	for _, warning := range done.Warnings {
		said.state.Class, said.Shape = "warn", "triangle"
		said.Text += " " + sentence(warning)
	}
	if done.Waits != "" {
		said.state.Class, said.Shape = "warn", "triangle"
		said.Text += " Temporal could not be told yet: a worker does that as soon as it can."
		if !done.Enabled {
			said.Text += " What its schedules start until then ends at once, and pushes nothing."
		}
	}
	return said
}

package console

import (
	"cmp"
	"context"
	"fmt"
	"html/template"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/workflows"
)

// connectionsView is the list of all connections.
type connectionsView struct {
	Lede     string
	Name     string // the filter
	State    string
	States   []control.Condition
	Choices  []choice // merchants and platforms
	Filtered bool
	Rows     []connectionRow
	Any      bool // there are connections at all
	Choosing bool // several can be paused or resumed
}

// choice is a filter of a list by one of several values. A list has no such filter where all its rows have the same value.
type choice struct {
	Name, Label, Value string
	All                []string
	of                 func(ledger.Connection) string
}

type connectionRow struct {
	ID, Href, Path, Merchant string
	State                    state
	Why, Now                 string
	Strip                    template.HTML
	Completed, Next          string
	Due, Rejected            int64
	Enabled                  bool
	MayEnable                bool // it is left to the pages
	Held                     bool
}

func (c *Console) connectionsPage(ctx context.Context, q request) (page, error) {
	overview, err := c.options.Control.Overview(ctx, "")
	if err != nil {
		return page{}, err
	}
	connections := make([]ledger.Connection, len(overview.Connections))
	for i, status := range overview.Connections {
		connections[i] = status.Connection
	}
	warehouses, stores, err := c.options.Control.Partners(ctx)
	if err != nil {
		return page{}, err
	}
	zones := zonesOf(connections, q.now)
	shown := frame("Connections", overview.Pulse(), zones.shared())
	shown.Zone = zones.words()
	shown.Body = viewConnections(overview, q, zones, choicesOf(connections, warehouses, stores, q.query))
	return shown, nil
}

// choicesOf are the filters by merchant and platform, with the values that the query sets.
func choicesOf(connections []ledger.Connection, warehouses []ledger.Warehouse, stores []ledger.Store, query url.Values) []choice {
	platforms := map[string]string{} // of warehouses, and of stores, by kind and id
	for _, warehouse := range warehouses {
		platforms["warehouse "+warehouse.ID] = warehouse.Driver
	}
	for _, store := range stores {
		platforms["store "+store.ID] = store.Driver
	}
	var shown []choice
	for _, filter := range []choice{
		{Name: "merchant", Label: "Merchant", of: func(connection ledger.Connection) string { return connection.Merchant }},
		{Name: "store", Label: "Store platform", of: func(connection ledger.Connection) string { return platforms["store "+connection.Store] }},
		{Name: "warehouse", Label: "Warehouse platform", of: func(connection ledger.Connection) string { return platforms["warehouse "+connection.Warehouse] }},
	} {
		filter.Value = query.Get(filter.Name)
		for _, connection := range connections {
			filter.All = append(filter.All, filter.of(connection))
		}
		slices.Sort(filter.All)
		if filter.All = slices.Compact(filter.All); len(filter.All) > 1 || filter.Value != "" {
			shown = append(shown, filter)
		}
	}
	return shown
}

// viewConnections lists the connections that pass the filters; those that need a person come first.
func viewConnections(overview control.Overview, q request, zones zones, choices []choice) connectionsView {
	view := connectionsView{
		Name: q.query.Get("name"), State: q.query.Get("state"), States: control.Conditions(), Choices: choices, Any: len(overview.Connections) > 0,
		Filtered: chosen("name", q.query.Get("name"), "state", q.query.Get("state")) != "",
	}
	for _, choice := range choices {
		view.Filtered = view.Filtered || choice.Value != ""
	}
	conditions := map[control.Condition]int{}
	order := make([]int, len(overview.Connections))
	for i, status := range overview.Connections {
		order[i] = i
		conditions[overview.Standings[i].Condition]++
		view.Choosing = view.Choosing || status.Active()
	}
	view.Lede = ledeOf(len(overview.Connections), conditions)
	slices.SortStableFunc(order, func(a, b int) int {
		rank := func(n int) int { return slices.Index(view.States, overview.Standings[n].Condition) }
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(overview.Connections[a].ID, overview.Connections[b].ID))
	})
	for _, i := range order {
		status, standing := overview.Connections[i], overview.Standings[i]
		filteredOut := slices.ContainsFunc(choices, func(filter choice) bool { return filter.Value != "" && filter.of(status.Connection) != filter.Value })
		if filteredOut || !strings.HasPrefix(status.ID, view.Name) || view.State != "" && string(standing.Condition) != view.State {
			continue
		}
		view.Rows = append(view.Rows, viewConnectionRow(status, standing, overview.Unreachable != "", zones.of(status.ID)))
	}
	return view
}

// ledeOf counts the connections by how they stand.
func ledeOf(all int, conditions map[control.Condition]int) string {
	var parts []string
	for _, condition := range control.Conditions() {
		if n := conditions[condition]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, condition))
		}
	}
	return count(int64(all), "connection") + ": " + strings.Join(parts, ", ") + "."
}

func viewConnectionRow(status control.ConnectionStatus, standing control.Standing, unreachable bool, k clock) connectionRow {
	row := connectionRow{
		ID: status.ID, Href: connectionPath(status.ID), Path: status.Warehouse + " → " + status.Store, Merchant: status.Merchant,
		State: conditionState(standing.Condition), Why: whyWords(standing, k),
		Strip: strip(standing.Day, k.now), Completed: "–", Next: "–",
		Due: dueRows(status.Rows), Rejected: status.Rows[ledger.StatusRejected], Enabled: status.Active(), MayEnable: mayEnable(status.Connection),
	}
	if last := laterOf(standing.Smart, standing.Full); last != nil {
		row.Completed = k.at(*last.EndedAt)
	}
	switch next := nextOf(status.Schedules); {
	case standing.Condition == control.ConditionHeld:
		row.Next, row.Held = "waits for you", true
	case unreachable:
		row.Next = "not known"
	case next != nil:
		row.Next = k.at(*next)
	}
	for _, run := range status.Open {
		if run.Outcome == ledger.Held {
			continue // the state says it
		}
		row.Now = fmt.Sprintf("%s now: %s", control.SyncName(run.Mode), progressWords(run.Run, k.now))
	}
	return row
}

// whyWords say why a connection is in its condition. An error of Temporal is shown once, above the list.
func whyWords(standing control.Standing, k clock) string {
	if standing.Condition == control.ConditionUnknown {
		return "Temporal does not answer"
	}
	return k.localTimes(standing.Why)
}

// mayEnable is true for a connection that the pages can enable.
func mayEnable(connection ledger.Connection) bool {
	return !connection.Enabled && connection.EnabledByPages && connection.Inventory.Enabled
}

// dueRows are those that the next run pushes.
func dueRows(rows map[ledger.Status]int64) int64 {
	return rows[ledger.StatusPending] + rows[ledger.StatusRetrying] + rows[ledger.StatusUnknown]
}

// laterOf is the run of two that ended later; either may be nil.
func laterOf(a, b *ledger.Run) *ledger.Run {
	if a == nil || b != nil && b.EndedAt.After(*a.EndedAt) {
		return b
	}
	return a
}

// nextOf is the next start of all schedules.
func nextOf(schedules []control.ScheduleStatus) *time.Time {
	var next *time.Time
	for _, schedule := range schedules {
		if schedule.Next != nil && (next == nil || schedule.Next.Before(*next)) {
			next = schedule.Next
		}
	}
	return next
}

// progressWords say how much of its work a run has done.
func progressWords(run ledger.Run, now time.Time) string {
	if progress, pushes := control.ProgressOf(run, now); pushes {
		return fmt.Sprintf("%s of %s", number(progress.Done), count(progress.Total, "row"))
	}
	return cmp.Or(run.Phase, "it has begun")
}

// connectionView is the page of a connection.
type connectionView struct {
	ID, Merchant, Warehouse, Store string
	State                          state
	Why                            string
	Active, Paused, MayEnable      bool
	WhyOff                         string // why the buttons cannot be pressed
	Schedules                      []scheduleView
	Runs                           []liveRun
	Day                            template.HTML
	DayWords                       string
	Recent                         runTable
	Rows                           []rowCount
	Kept                           string // which figures stay above what they should be; see control.ConnectionStatus
	KeptRows                       int64
	Today                          string // how the store was called
}

type scheduleView struct {
	Mode                  ledger.Mode
	Name, Button, Source  string
	Rules, Starts         []string
	Spread                string
	Completed, What, Next string
	First                 bool
	Note                  string
	Edit                  string // address of the editor
}

type liveRun struct {
	Name, Href, Phase string
	Done, Total       int64
	Facts             []string
	Retry, Idle       string
	Held              bool
}

type rowCount struct {
	State state
	N     int64
	Href  string
}

func (c *Console) connectionPage(ctx context.Context, q request) (page, error) {
	overview, err := c.options.Control.Overview(ctx, q.path("id"))
	if err != nil {
		return page{}, err
	}
	status, standing := overview.Connections[0], overview.Standings[0]
	k := clockOf(q.now, status.Inventory.Timezone)
	shown := frame(status.ID, overview.Pulse(), k)
	shown.Body = viewConnection(status, standing, overview.Pulse(), k)
	return shown, nil
}

func viewConnection(status control.ConnectionStatus, standing control.Standing, pulse control.Pulse, k clock) connectionView {
	view := connectionView{
		ID: status.ID, Merchant: status.Merchant, Warehouse: status.Warehouse, Store: status.Store, State: conditionState(standing.Condition),
		Why: whyWords(standing, k), Active: status.Active(), MayEnable: mayEnable(status.Connection),
		Kept: k.localTimes(status.Kept), KeptRows: status.KeptRows, WhyOff: whyOff(status.Connection, pulse),
	}
	for _, schedule := range status.Schedules {
		view.Paused = view.Paused || schedule.Paused
	}
	view.Schedules = []scheduleView{
		viewSchedule(status, ledger.Smart, standing.Smart, pulse.Unreachable, k), viewSchedule(status, ledger.Full, standing.Full, pulse.Unreachable, k),
	}
	for _, run := range status.Open {
		view.Runs = append(view.Runs, viewLiveRun(run, k))
	}
	for _, run := range standing.Recent {
		view.Recent.Rows = append(view.Recent.Rows, viewRun(run, k))
	}
	ages := agesOf(standing.Day, k.now.Add(-24*time.Hour), k.now)
	view.Day = dayPicture(standing.Day, ages, k)
	if average, most := summary(ages); len(ages) > 0 {
		view.DayWords = fmt.Sprintf("Figures in the store were %s old on average, %s at most", span(average), span(most))
	}
	if today := status.Today; today != nil {
		view.Today = fmt.Sprintf("%s to the store today (UTC), %s throttled", count(today.Calls, "call"), number(today.Throttled))
	}
	for _, rows := range control.Statuses() {
		if n := status.Rows[rows]; n > 0 {
			view.Rows = append(view.Rows, rowCount{rowState(rows), n, connectionPath(status.ID) + "/levels?status=" + string(rows)})
		}
	}
	return view
}

// whyOff says why no run of a connection can be requested; empty where one can.
func whyOff(connection ledger.Connection, pulse control.Pulse) string {
	switch {
	case !connection.Active():
		return notEnabled(connection)
	case pulse.Unreachable != "":
		return noTemporal
	}
	return ""
}

// notEnabled says that a connection is not enabled, and how to enable it.
func notEnabled(connection ledger.Connection) string {
	if mayEnable(connection) {
		return "The connection is not enabled. Enabling it asks for a first Full Sync."
	}
	return "The connection is not enabled: " + control.HowToEnable(connection) + "."
}

func viewSchedule(status control.ConnectionStatus, mode ledger.Mode, last *ledger.Run, unreachable string, k clock) scheduleView {
	own := status.Inventory.Schedule(mode)
	view := scheduleView{
		Mode: mode, Name: scheduleName(mode), Button: "Update inventory", First: true, Completed: "Never", Next: "–", Rules: ruleSentences(own.Rules),
		Edit: schedulePath(status.ID, mode),
	}
	if mode == ledger.Full {
		view.Button, view.First = "Full inventory update", false
	}
	for _, setting := range status.Settings {
		if setting.Mode == mode {
			view.Source = sentence(control.SettingWords(setting))
		}
	}
	if last != nil {
		view.Completed = fmt.Sprintf("%s, took %s", k.at(*last.EndedAt), span(last.EndedAt.Sub(last.StartedAt)))
		view.What = count(last.Counts.Exported, "row") + " exported"
	}
	if unreachable != "" {
		view.Next = "Not known"
	}
	for _, schedule := range status.Schedules {
		if schedule.ID != workflows.WorkflowID(mode, status.ID) {
			continue
		}
		switch {
		case schedule.Missing:
			view.Note = "The schedule is missing in Temporal: apply the configuration again."
		case schedule.Paused:
			view.Next = "Paused"
			if schedule.Note != control.DisabledNote { // that it is not enabled stands there already
				view.Note = sentence(k.localTimes(schedule.Note))
			}
		case schedule.Next != nil:
			view.Next = k.next(*schedule.Next)
			for _, start := range control.NextStarts(own.Rules, own.Timezone, k.now, nextStarts) {
				view.Starts = append(view.Starts, k.at(start))
			}
			view.Spread = spreadWords(own.Rules)
		}
		if schedule.Ledger != "" {
			view.Note = "The schedule belongs to another ledger."
		}
	}
	return view
}

const nextStarts = 5

func viewLiveRun(run control.OpenRun, k clock) liveRun {
	view := liveRun{
		Name: fmt.Sprintf("%s #%d", control.SyncName(run.Mode), run.ID), Href: runPath(run.ID), Phase: cmp.Or(run.Phase, "running"),
	}
	if run.Retry != nil { // what fails stands below
		view.Phase = cmp.Or(run.Step(), "running")
	}
	progress, pushes := control.ProgressOf(run.Run, k.now)
	if pushes {
		view.Done, view.Total = progress.Done, progress.Total
	}
	if run.Outcome == ledger.Held {
		view.Phase, view.Held = "waits for a person", true
	}
	view.Facts = append(view.Facts, "Since "+k.exact(run.StartedAt))
	if n := run.Counts.Rows; n > 0 {
		view.Facts = append(view.Facts, "Fetched "+count(n, "row"))
	}
	if n := run.Counts.Changed; n > 0 {
		view.Facts = append(view.Facts, number(n)+" changed")
	}
	if n := run.Counts.Calls; n > 0 {
		view.Facts = append(view.Facts, count(n, "call"))
	}
	view.Facts = append(view.Facts, paceFacts(progress)...)
	if retry := run.Retry; retry != nil {
		view.Retry = fmt.Sprintf("Attempt %d: %s", retry.Attempt, retry.Error)
	}
	if run.Idle != nil {
		view.Idle = fmt.Sprintf("No worker has taken up its next step since %s; it goes on when one does.", k.exact(*run.Idle))
	}
	return view
}

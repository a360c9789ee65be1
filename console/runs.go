package console

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"net/url"
	"strconv"
	"time"

	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/ledger"
)

type runRow struct {
	ID                              int64
	Href, Connection, Kind, By      string
	Started, Took                   string
	Changed, Due, Exported, Refused string
	State                           state
	Note                            string
}

func viewRun(run ledger.Run, k clock) runRow {
	row := runRow{
		ID: run.ID, Href: runPath(run.ID), Connection: run.Connection, Kind: kindOf(run), By: startedBy(run), Started: k.at(run.StartedAt), Took: "–",
		State:   runState(run),
		Changed: "–", Due: "–", Exported: "–", Refused: "–",
	}
	if run.EndedAt != nil {
		row.Took, row.Note = span(run.EndedAt.Sub(run.StartedAt)), k.localTimes(run.Reason)
	} else if run.Outcome == ledger.Running {
		row.Note = run.Phase
	}
	if run.Outcome != ledger.Skipped {
		counts := run.Counts
		row.Changed, row.Due, row.Exported, row.Refused = number(counts.Changed), number(counts.Due), number(counts.Exported), number(counts.Rejected+counts.Parked)
	}
	return row
}

// kindOf is what a run is, in a word or two.
func kindOf(run ledger.Run) string {
	kind := "Smart"
	if run.Mode == ledger.Full {
		kind = "Full"
	}
	switch {
	case run.DryRun:
		kind += ", dry"
	case len(run.Scope) == 1:
		kind += ", 1 SKU"
	case len(run.Scope) > 1:
		kind += fmt.Sprintf(", %d SKUs", len(run.Scope))
	}
	return kind
}

// runTable is a list of runs; of several connections it names them.
type runTable struct {
	Named bool
	Rows  []runRow
}

type runsView struct {
	Connection, Merchant string // of which connection they are; empty: of all
	Table                runTable
	More                 string
}

const runsAPage = 100

func (c *Console) runsPage(ctx context.Context, q request) (page, error) {
	connection := q.query.Get("connection")
	limit := runsAPage
	if most, err := strconv.Atoi(q.query.Get("limit")); err == nil && most > 0 {
		limit = min(most, 10*runsAPage)
	}
	runs, err := c.options.Control.Runs(ctx, connection, limit+1)
	if err != nil {
		return page{}, err
	}
	zones, err := c.zones(ctx, q.now)
	if err != nil {
		return page{}, err
	}
	k, words := zones.shared(), zones.words()
	view := runsView{Connection: connection, Table: runTable{Named: connection == ""}}
	if connection != "" { // as on its own pages
		own, err := c.options.Control.Connection(ctx, connection)
		if err != nil {
			return page{}, err
		}
		k, view.Merchant = clockOf(q.now, own.Inventory.Timezone), own.Merchant
		words = zoneWords(k)
	}
	for i, run := range runs {
		if i == limit {
			view.More = "/runs?" + url.Values{"connection": {connection}, "limit": {strconv.Itoa(2 * limit)}}.Encode()
			break
		}
		of := k
		if connection == "" {
			of = zones.of(run.Connection)
		}
		view.Table.Rows = append(view.Table.Rows, viewRun(run, of))
	}
	shown, err := c.framed(ctx, "Runs", k, view)
	shown.Zone = words
	return shown, err
}

// runView is the page of one run.
type runView struct {
	runRow
	ConnectionHref, Store, Warehouse string
	Open, Held                       bool
	Progress                         *control.RunProgress // nil where it does not push
	Pace                             []string
	Stages                           []stage
	Counts                           []fact
	Scope                            []string
	Requests                         []string
	Rejected                         []rejectedRow
	WebUI                            string
}

// stage is a part of a run with its times.
type stage struct{ Name, From, Took string }

type fact struct {
	Name, Value, Note string
}

type rejectedRow struct{ SKU, Location, Reason, Href string }

func (c *Console) runPage(ctx context.Context, q request) (page, error) {
	id, err := strconv.ParseInt(q.path("n"), 10, 64)
	if err != nil {
		return page{}, &control.UsageError{Message: "that is not the number of a run"}
	}
	run, err := c.options.Control.Run(ctx, id)
	if err != nil {
		return page{}, err
	}
	connection, pulse, err := c.connection(ctx, run.Connection)
	if err != nil {
		return page{}, err
	}
	k := clockOf(q.now, connection.Inventory.Timezone)
	view := viewWholeRun(run, k)
	if c.options.WebUI != "" {
		view.WebUI = c.options.WebUI + "/workflows/" + url.PathEscape(run.Workflow) + "/" + url.PathEscape(run.WorkflowRun) + "/history"
	}
	if run.Counts.Rejected > 0 {
		rows, err := c.options.Control.ChannelLevels(ctx, run.Connection, "", ledger.StatusRejected, ledger.Page{Limit: rowsAPage})
		if err != nil {
			return page{}, err
		}
		for _, row := range rows {
			view.Rejected = append(view.Rejected, rejectedRow{row.ChannelSKU, row.Location, k.localTimes(row.Reason), skuPath(connection.Merchant, row.Product)})
		}
	}
	shown := frame(fmt.Sprintf("Run %d", run.ID), pulse, k)
	shown.Body = view
	return shown, nil
}

func viewWholeRun(run ledger.Run, k clock) runView {
	view := runView{
		runRow: viewRun(run, k), ConnectionHref: connectionPath(run.Connection), Store: run.Store, Warehouse: run.Warehouse,
		Open: run.EndedAt == nil, Held: run.Outcome == ledger.Held && run.EndedAt == nil, Scope: run.Scope, Stages: stagesOf(run, k), Counts: factsOf(run.Counts),
	}
	if progress, pushes := control.ProgressOf(run, k.now); pushes {
		view.Progress, view.Pace = &progress, paceFacts(progress)
	}
	for _, request := range run.Requests {
		view.Requests = append(view.Requests, fmt.Sprintf("%s, at %s", cmp.Or(request.By, "somebody"), k.exact(request.At)))
	}
	return view
}

// stagesOf are the parts of a run with their times, as far as they are known.
func stagesOf(run ledger.Run, k clock) []stage {
	stages := []stage{{"Began", k.exact(run.StartedAt), ""}}
	if run.FetchBegan != nil {
		stages = append(stages, stage{"Asked the warehouse", k.exact(*run.FetchBegan), "after " + span(run.FetchBegan.Sub(run.StartedAt))})
	}
	for _, passed := range control.StagesOf(run) {
		stages = append(stages, stage{passed.Name, k.exact(passed.At), passed.What + " " + span(passed.Took)})
	}
	if run.EndedAt != nil {
		return append(stages, stage{"Ended", k.exact(*run.EndedAt), "took " + span(run.EndedAt.Sub(run.StartedAt))})
	}
	phase := cmp.Or(run.Phase, "running")
	if run.Outcome == ledger.Held {
		phase = "waits for a person"
	}
	return append(stages, stage{"Now", phase, span(k.now.Sub(run.StartedAt)) + " since it began"})
}

// paceFacts say how fast a run pushes and what is left of it, as far as that is known.
func paceFacts(progress control.RunProgress) []string {
	var facts []string
	if progress.PerMinute > 0 {
		facts = append(facts, count(max(1, int64(math.Round(progress.PerMinute))), "row")+" a minute")
	}
	if progress.Left != nil && progress.Done < progress.Total {
		facts = append(facts, "about "+span(progress.Left.Round(time.Second))+" left")
	}
	return facts
}

func factsOf(k ledger.Counts) []fact {
	facts := []fact{
		{"Rows fetched", number(k.Rows), ""},
		{"Levels changed", number(k.Changed), ""},
		{"Rows due", number(k.Due), ""},
		{"Exported", number(k.Exported), ""},
		{"Calls", number(k.Calls), ""},
	}
	for _, more := range []struct {
		n          int64
		name, note string
	}{
		{k.Sent, "Sent", "the store has not reported yet"},
		{k.Rejected, "Rejected", "by the store"},
		{k.Parked, "Still rejected", "by an earlier run; not tried"},
		{k.Retrying, "To try again", ""},
		{k.Blocked, "Blocked", "by a rule, or by who rejected it"},
		{k.Refused, "Rows refused", "of the warehouse, not believed"},
		{k.Stale, "Levels stale", "their last row was refused"},
		{k.Odd, "Oddities", "what looks odd in the rows"},
		{k.Missing, "Missing", "levels that the snapshot did not name"},
		{k.Older, "Older", "rows older than the recorded level"},
		{k.Waits, "Waits", "for the store's budget"},
	} {
		if more.n > 0 {
			facts = append(facts, fact{more.name, number(more.n), more.note})
		}
	}
	return facts
}

// heldView lists the runs that wait for a person's answer.
type heldView struct{ Rows []heldRow }

type heldRow struct {
	Run                                int64
	Href, Connection, Warehouse, What  string
	Reason, Since, DecideBy, ConnectTo string
	Again                              string // that it was approved, and asks again
	Zeroing                            bool
	Rows                               []heldLevel
	RowsOf                             string // which rows those are
}

// heldLevel is a row that a held run would take to 0.
type heldLevel struct{ SKU, Location, Href, Shows string }

// mostHeldRows is how many of these rows a run shows.
const mostHeldRows = 50

func (c *Console) heldPage(ctx context.Context, q request) (page, error) {
	pulse, err := c.options.Control.Pulse(ctx)
	if err != nil {
		return page{}, err
	}
	zones, err := c.zones(ctx, q.now)
	if err != nil {
		return page{}, err
	}
	view := heldView{}
	for _, hold := range pulse.Holds {
		connection, err := c.options.Control.Connection(ctx, hold.Connection)
		if err != nil {
			return page{}, err
		}
		row := viewHold(hold, zones.of(hold.Connection))
		if row.Zeroing {
			if err := c.heldRows(ctx, connection, &row); err != nil {
				return page{}, err
			}
		}
		view.Rows = append(view.Rows, row)
	}
	shown := frame("Held", pulse, zones.shared())
	shown.Zone, shown.Body = zones.words(), view
	return shown, nil
}

// heldRows adds the rows that a held run would take to 0.
func (c *Console) heldRows(ctx context.Context, connection ledger.Connection, row *heldRow) error {
	held, err := c.options.Control.HeldRows(ctx, connection.ID, mostHeldRows)
	if err != nil {
		return err
	}
	for _, due := range held.Rows {
		row.Rows = append(row.Rows, heldLevel{due.ChannelSKU, due.Location, skuPath(connection.Merchant, due.Product), figure(due.Exported)})
	}
	row.RowsOf = "Rows that would go to 0, those with most units first"
	if len(held.Rows) == mostHeldRows {
		row.RowsOf = fmt.Sprintf("The %d rows with most units that would go to 0", mostHeldRows)
	}
	if !held.Whole {
		row.RowsOf += fmt.Sprintf(", of the first %s that are due", number(int64(held.Examined)))
	}
	return nil
}

func viewHold(hold control.OpenHold, k clock) heldRow {
	row := heldRow{
		Run: hold.Run, Href: runPath(hold.Run), Connection: hold.Connection, ConnectTo: connectionPath(hold.Connection), Warehouse: hold.Warehouse,
		Reason: k.localTimes(hold.Reason),
		Since:  fmt.Sprintf("%s, %s ago", k.at(hold.At), span(k.now.Sub(hold.At))), DecideBy: "no end is set", What: "A snapshot of " + hold.Warehouse,
		Again: control.AskedAgain(hold.Hold, k.at),
	}
	if hold.Kind == ledger.HoldZeroing {
		row.What, row.Zeroing = fmt.Sprintf("A push that takes %s to 0", count(hold.Zeroing, "row")), true
	}
	if hold.DecideBy != nil {
		row.DecideBy = k.next(*hold.DecideBy)
	}
	return row
}

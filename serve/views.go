package serve

import (
	"time"

	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
)

// The types in this file are the JSON forms of the API for types that have none of their own. Fields are added, never renamed or removed.

// page is one page of a list.
type page[T any] struct {
	Items []T `json:"items"`
	// Next is the value of after for the next page. It is absent on the last page. The last page may be empty.
	Next string `json:"next,omitempty"`
}

// pageOf converts each row of a list. An empty list becomes [] and not null.
func pageOf[F, T any](rows []F, view func(F) T) page[T] {
	list := page[T]{Items: make([]T, len(rows))}
	for i, item := range rows {
		list.Items[i] = view(item)
	}
	return list
}

type connectionView struct {
	ID        string         `json:"id"`
	Merchant  string         `json:"merchant"`
	Warehouse string         `json:"warehouse"`
	Store     string         `json:"store"`
	Active    bool           `json:"active"` // the connection and its inventory flow are enabled
	Locations []locationView `json:"locations"`
}

type locationView struct {
	ID         string   `json:"id"`
	Facilities []string `json:"facilities"`
}

func viewConnection(connection ledger.Connection) connectionView {
	view := connectionView{
		ID: connection.ID, Merchant: connection.Merchant, Warehouse: connection.Warehouse, Store: connection.Store, Active: connection.Active(),
		Locations: make([]locationView, len(connection.Inventory.Locations)),
	}
	for i, location := range connection.Inventory.Locations {
		view.Locations[i] = locationView{ID: location.ID, Facilities: append([]string{}, location.Facilities...)}
	}
	return view
}

type statusView struct {
	Workers int `json:"workers"`
	// Idle is the time since which a step of a run has waited for a worker. It is absent unless the wait is long.
	Idle *time.Time `json:"idle,omitempty"`
	// Unreachable says that Temporal does not answer. Workers, schedules and retries are then unknown.
	Unreachable string                   `json:"unreachable,omitempty"`
	Connections []connectionStatusView   `json:"connections"`
	Holds       []control.OpenHold       `json:"holds"`
	Snapshots   []ledger.SnapshotEntry   `json:"snapshots"` // the last snapshots of warehouses that were held or had refused rows
	Intakes     []control.IntakeStatus   `json:"intakes"`   // that cannot record what they received
	Hooks       []hookProblem            `json:"hooks"`     // with a key that cannot be read
	Stale       []control.WarehouseStale `json:"stale"`     // warehouses with stale levels
}

type connectionStatusView struct {
	connectionView
	Schedules []control.ScheduleStatus `json:"schedules"`
	Rows      map[ledger.Status]int64  `json:"rows"` // by status; a status without rows is absent
	Last      *ledger.Run              `json:"last,omitempty"`
	Holder    *holderView              `json:"holder,omitempty"`
	Open      []control.OpenRun        `json:"open"`
	Today     *control.StoreToday      `json:"today,omitempty"` // the calls to its store, by all connections
	Left      []ledger.Left            `json:"left,omitempty"`  // numbers that stores still show at locations that the connection no longer uses
	Kept      string                   `json:"kept,omitempty"`  // in words: which rows keep their figures because a person rejected to take them to 0
	KeptRows  int64                    `json:"kept_rows,omitempty"`
	KeptRuns  []int64                  `json:"kept_runs,omitempty"`
}

type holderView struct {
	Run        int64     `json:"run"`
	Connection string    `json:"connection"`
	Workflow   string    `json:"workflow"`
	TakenAt    time.Time `json:"taken_at"`
}

// unreachable is the text of statusView.Unreachable. The reason is in the log.
const unreachable = "Temporal does not answer; workers, schedules and retries are unknown"

func viewStatus(status control.Status) statusView {
	statusShown := statusView{
		Workers: status.Workers, Idle: status.Idle, Connections: make([]connectionStatusView, len(status.Connections)),
		Holds:     append([]control.OpenHold{}, status.Holds...),
		Snapshots: append([]ledger.SnapshotEntry{}, status.Snapshots...),
		Intakes:   append([]control.IntakeStatus{}, status.Intakes...), Stale: append([]control.WarehouseStale{}, status.Stale...),
	}
	if status.Unreachable != "" {
		statusShown.Unreachable = unreachable
	}
	for i, connection := range status.Connections {
		view := connectionStatusView{
			connectionView: viewConnection(connection.Connection), Schedules: append([]control.ScheduleStatus{}, connection.Schedules...), Rows: connection.Rows,
			Last: connection.Last,
			Open: append([]control.OpenRun{}, connection.Open...), Kept: connection.Kept, KeptRows: connection.KeptRows, KeptRuns: connection.KeptRuns,
			Left: connection.Left, Today: connection.Today,
		}
		if view.Rows == nil {
			view.Rows = map[ledger.Status]int64{}
		}
		if holder := connection.Holder; holder != nil {
			view.Holder = &holderView{Run: holder.Run, Connection: holder.Connection, Workflow: holder.Workflow, TakenAt: holder.TakenAt}
		}
		statusShown.Connections[i] = view
	}
	return statusShown
}

type levelView struct {
	Warehouse  string           `json:"warehouse"`
	Facility   string           `json:"facility,omitempty"`
	SKU        string           `json:"sku"`
	Available  int64            `json:"available"`
	OnHand     *int64           `json:"on_hand,omitempty"`
	Committed  *int64           `json:"committed,omitempty"`
	ReportedAt *time.Time       `json:"reported_at,omitempty"`
	RecordedAt time.Time        `json:"recorded_at"`
	Version    int64            `json:"version"`
	Product    string           `json:"product,omitempty"`
	Stale      *inventory.Stale `json:"stale,omitempty"` // set if the last row was refused
}

func viewLevel(row ledger.LevelRow) levelView {
	view := levelView{
		Warehouse: row.Warehouse, Facility: row.Facility, SKU: row.SKU, Available: row.Available, OnHand: row.OnHand, Committed: row.Committed,
		RecordedAt: row.RecordedAt, Version: row.Version, Product: row.Product, Stale: row.Stale,
	}
	if !row.ReportedAt.IsZero() {
		view.ReportedAt = &row.ReportedAt
	}
	return view
}

type explanationView struct {
	Row ledger.ChannelLevelRow `json:"row"`
	Now *resolvedView          `json:"now,omitempty"` // as it would be computed now
	Run *ledger.Run            `json:"run,omitempty"` // the last run that changed the row
	// Confirmed is the run in which the store confirmed the figure.
	Confirmed int64                  `json:"confirmed,omitempty"`
	Unread    []ledger.StaleLevel    `json:"unread,omitempty"` // levels of the product that were never read
	Activity  []ledger.ActivityEntry `json:"activity"`
	Lines     []string               `json:"lines"` // the same in words
}

type resolvedView struct {
	Quantity int64                 `json:"quantity"`
	Blocked  string                `json:"blocked,omitempty"`
	Why      inventory.Explanation `json:"why"`
}

func viewExplanation(explanation control.RowExplanation) explanationView {
	view := explanationView{
		Row: explanation.Row, Run: explanation.Run, Confirmed: explanation.Confirmed, Unread: explanation.Unread,
		Activity: append([]ledger.ActivityEntry{}, explanation.Activity...), Lines: append([]string{}, explanation.Lines()...),
	}
	if now := explanation.Now; now != nil {
		view.Now = &resolvedView{Quantity: now.Quantity, Blocked: now.Blocked, Why: now.Why}
	}
	return view
}

// decidedView is a hold with what became of a decision about it.
type decidedView struct {
	Hold   ledger.Hold `json:"hold"`
	Answer string      `json:"answer"` // "accepted" means: Temporal has the decision, and no worker has answered yet
	Runs   []int64     `json:"runs"`   // that the decision was for
	Why    string      `json:"why,omitempty"`
}

const accepted = "accepted"

func viewDecided(decided control.DecisionResult, err error) (any, error) {
	view := decidedView{Hold: decided.Hold, Answer: decided.Answer, Runs: append([]int64{}, decided.Runs...), Why: decided.Why}
	if view.Answer == "" {
		view.Answer = accepted
	}
	return view, err
}

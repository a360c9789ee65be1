package serve

import (
	"time"

	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
)

// The types of this file are how the API shows what has no JSON form of its own. Fields are added, never renamed or removed.

// page is a part of a list.
type page[T any] struct {
	Items []T `json:"items"`
	// Next is what to give as after for the next part; absent at the end. The last part may be empty.
	Next string `json:"next,omitempty"`
}

// pageOf shows each of a list. An empty list is one, and not null.
func pageOf[F, T any](found []F, view func(F) T) page[T] {
	shown := page[T]{Items: make([]T, len(found))}
	for i, one := range found {
		shown.Items[i] = view(one)
	}
	return shown
}

type connectionView struct {
	ID        string         `json:"id"`
	Merchant  string         `json:"merchant"`
	Warehouse string         `json:"warehouse"`
	Store     string         `json:"store"`
	Active    bool           `json:"active"` // it and its inventory flow are enabled
	Locations []locationView `json:"locations"`
}

type locationView struct {
	ID         string   `json:"id"`
	Facilities []string `json:"facilities"`
}

func viewConnection(connection ledger.Connection) connectionView {
	shown := connectionView{
		ID: connection.ID, Merchant: connection.Merchant, Warehouse: connection.Warehouse, Store: connection.Store, Active: connection.Active(),
		Locations: make([]locationView, len(connection.Inventory.Locations)),
	}
	for i, location := range connection.Inventory.Locations {
		shown.Locations[i] = locationView{ID: location.ID, Facilities: append([]string{}, location.Facilities...)}
	}
	return shown
}

type statusView struct {
	Workers int `json:"workers"`
	// Idle is since when a step of a run waits for a worker, where that lasts.
	Idle *time.Time `json:"idle,omitempty"`
	// Unreachable says that Temporal does not answer; then workers, schedules and what is tried again are not known.
	Unreachable string                   `json:"unreachable,omitempty"`
	Connections []connectionStatusView   `json:"connections"`
	Holds       []control.OpenHold       `json:"holds"`
	Snapshots   []ledger.SnapshotEntry   `json:"snapshots"` // the last ones of warehouses of which something was not taken
	Intakes     []control.IntakeStatus   `json:"intakes"`   // that cannot record what they have read
	Hooks       []hookProblem            `json:"hooks"`     // that take nothing
	Stale       []control.WarehouseStale `json:"stale"`     // of warehouses that have any
}

type connectionStatusView struct {
	connectionView
	Schedules []control.ScheduleStatus `json:"schedules"`
	Rows      map[ledger.Status]int64  `json:"rows"` // by status; those without rows are absent
	Last      *ledger.Run              `json:"last,omitempty"`
	Holder    *holderView              `json:"holder,omitempty"`
	Open      []control.OpenRun        `json:"open"`
	Today     *control.StoreToday      `json:"today,omitempty"` // how its store was called, by all its connections together
	Left      []ledger.Left            `json:"left,omitempty"`  // what stays behind at places that the connection does not show any more
	Kept      string                   `json:"kept,omitempty"`  // which rows keep their figures, because a person rejected to take them to 0
	KeptRows  int64                    `json:"kept_rows,omitempty"`
	KeptRuns  []int64                  `json:"kept_runs,omitempty"`
}

type holderView struct {
	Run        int64     `json:"run"`
	Connection string    `json:"connection"`
	Workflow   string    `json:"workflow"`
	TakenAt    time.Time `json:"taken_at"`
}

// unreachable is what the status says where Temporal does not answer. Why is in the log.
const unreachable = "Temporal does not answer; workers, schedules and what is tried again are not known"

func viewStatus(status control.Status) statusView {
	shown := statusView{
		Workers: status.Workers, Idle: status.Idle, Connections: make([]connectionStatusView, len(status.Connections)),
		Holds:     append([]control.OpenHold{}, status.Holds...),
		Snapshots: append([]ledger.SnapshotEntry{}, status.Snapshots...),
		Intakes:   append([]control.IntakeStatus{}, status.Intakes...), Stale: append([]control.WarehouseStale{}, status.Stale...),
	}
	if status.Unreachable != "" {
		shown.Unreachable = unreachable
	}
	for i, one := range status.Connections {
		view := connectionStatusView{
			connectionView: viewConnection(one.Connection), Schedules: append([]control.ScheduleStatus{}, one.Schedules...), Rows: one.Rows, Last: one.Last,
			Open: append([]control.OpenRun{}, one.Open...), Kept: one.Kept, KeptRows: one.KeptRows, KeptRuns: one.KeptRuns, Left: one.Left, Today: one.Today,
		}
		if view.Rows == nil {
			view.Rows = map[ledger.Status]int64{}
		}
		if holder := one.Holder; holder != nil {
			view.Holder = &holderView{Run: holder.Run, Connection: holder.Connection, Workflow: holder.Workflow, TakenAt: holder.TakenAt}
		}
		shown.Connections[i] = view
	}
	return shown
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
	Stale      *inventory.Stale `json:"stale,omitempty"` // its last row was refused
}

func viewLevel(row ledger.LevelRow) levelView {
	shown := levelView{
		Warehouse: row.Warehouse, Facility: row.Facility, SKU: row.SKU, Available: row.Available, OnHand: row.OnHand, Committed: row.Committed,
		RecordedAt: row.RecordedAt, Version: row.Version, Product: row.Product, Stale: row.Stale,
	}
	if !row.ReportedAt.IsZero() {
		shown.ReportedAt = &row.ReportedAt
	}
	return shown
}

type explanationView struct {
	Row ledger.ChannelLevelRow `json:"row"`
	Now *resolvedView          `json:"now,omitempty"` // as it would be computed at this moment
	Run *ledger.Run            `json:"run,omitempty"` // that last touched the row
	// Confirmed is the run that the store confirmed its figure to.
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

func viewExplanation(found control.ExplanationOf) explanationView {
	shown := explanationView{
		Row: found.Row, Run: found.Run, Confirmed: found.Confirmed, Unread: found.Unread,
		Activity: append([]ledger.ActivityEntry{}, found.Activity...), Lines: append([]string{}, found.Lines()...),
	}
	if now := found.Now; now != nil {
		shown.Now = &resolvedView{Quantity: now.Quantity, Blocked: now.Blocked, Why: now.Why}
	}
	return shown
}

// decidedView is a hold with what became of the answer to it.
type decidedView struct {
	Hold   ledger.Hold `json:"hold"`
	Answer string      `json:"answer"` // accepted: it is safe with Temporal, and no worker has answered yet
	Runs   []int64     `json:"runs"`   // that the answer was for
	Why    string      `json:"why,omitempty"`
}

const accepted = "accepted"

func viewDecided(decided control.Decided, err error) (any, error) {
	view := decidedView{Hold: decided.Hold, Answer: decided.Answer, Runs: append([]int64{}, decided.Runs...), Why: decided.Why}
	if view.Answer == "" {
		view.Answer = accepted
	}
	return view, err
}

package ledger

import (
	"context"
	"strings"
	"time"

	"github.com/tidemark/tidemark/inventory"
)

// Run is one SmartSync or FullSync of one connection.
type Run struct {
	ID          int64      `json:"id"`
	Connection  string     `json:"connection"`
	Store       string     `json:"store"`
	Warehouse   string     `json:"warehouse"`
	Mode        Mode       `json:"mode"`
	Trigger     Trigger    `json:"trigger"`
	Workflow    string     `json:"workflow"`
	WorkflowRun string     `json:"workflow_run"`
	Pass        int        `json:"pass"`
	DryRun      bool       `json:"dry_run,omitempty"`
	Scope       []string   `json:"scope,omitempty"`
	Requests    []Request  `json:"requests,omitempty"`
	StartedAt   time.Time  `json:"started_at"`
	FetchBegan  *time.Time `json:"fetch_began,omitempty"`
	// FetchedAt, ResolvedAt and PushedAt are when these stages ended, the last time where the run did a stage again. They are nil
	// while the run has not got there, and when it has no such stage.
	FetchedAt  *time.Time `json:"fetched_at,omitempty"`
	ResolvedAt *time.Time `json:"resolved_at,omitempty"`
	PushedAt   *time.Time `json:"pushed_at,omitempty"`
	EndedAt    *time.Time `json:"ended_at,omitempty"`
	Outcome    Outcome    `json:"outcome"`
	Reason     string     `json:"reason,omitempty"`
	Phase      string     `json:"phase,omitempty"` // progress in words; empty once the run has ended
	Counts     Counts     `json:"counts"`
}

// Step returns the phase without the explanation that may follow a comma: "fetching" also for a fetch that is being retried.
func (r Run) Step() string {
	step, _, _ := strings.Cut(r.Phase, ",")
	return step
}

// Stage is a part of a run whose end is recorded.
type Stage string

// The stages, in their order.
const (
	StageFetch   Stage = "fetched"
	StageResolve Stage = "resolved"
	StagePush    Stage = "pushed"
)

// The phases of a run that the ledger sets itself. Other phases say what a run waits for.
const (
	PhaseFetching  = "fetching"
	PhaseResolving = "resolving"
	PhasePushing   = "pushing"
)

// Hold is a run that waits for a person.
type Hold struct {
	Run        int64     `json:"run"`
	Kind       HoldKind  `json:"kind"`
	Connection string    `json:"connection"`
	Warehouse  string    `json:"warehouse"`
	Workflow   string    `json:"workflow"`
	Reason     string    `json:"reason"`
	Rows       int64     `json:"rows"`    // rows of the held snapshot
	Zeroing    int64     `json:"zeroing"` // rows of the held push that would go to 0
	Absent     Absence   `json:"absent"`  // levels that the held snapshot leaves unnamed
	At         time.Time `json:"at"`
	// Decision is "approved"; "rejected"; "dissolved" when no decision was needed any more; "lifted" when it was rejected and approved
	// afterwards; empty while the hold waits.
	Decision  string     `json:"decision,omitempty"`
	By        string     `json:"by,omitempty"`
	DecidedAt *time.Time `json:"decided_at,omitempty"`
	// Before is the approval of this run's earlier hold, which this one replaced; nil when the run is held for the first time.
	Before *Approval `json:"approved_before,omitempty"`
}

// Approval is a person's approval of a hold.
type Approval struct {
	Rows int64     `json:"rows"` // rows of the held snapshot, or rows of the held push that go to 0
	By   string    `json:"by,omitempty"`
	At   time.Time `json:"at"`
}

// HoldKind says whether a snapshot or a push is held.
type HoldKind string

// The kinds of holds.
const (
	HoldSnapshot HoldKind = "snapshot" // belongs to the warehouse: one answer releases every run that waits on it
	HoldZeroing  HoldKind = "zeroing"  // belongs to the connection
)

// LevelRow is a recorded level, for display.
type LevelRow struct {
	Warehouse string `json:"warehouse"`
	inventory.Level
	Version    int64     `json:"version"`
	RecordedAt time.Time `json:"recorded_at"`
	Product    string    `json:"product,omitempty"` // name from the catalogue
}

// ChannelLevelRow is a channel level, for display.
type ChannelLevelRow struct {
	Connection string `json:"connection"`
	Location   string `json:"location,omitempty"`
	ChannelSKU string `json:"channel_sku"`
	Product    string `json:"product"`
	Quantity   int64  `json:"quantity"` // what the store should show
	Exported   *int64 `json:"exported"` // what the store was last known to show; nil when it is not known
	Status     Status `json:"status"`
	Reason     string `json:"reason,omitempty"`
	Kept       string `json:"-"` // why it keeps its figure instead of going to 0; this is also the Reason when nothing else blocks it
	// Next says what will make a refused row be tried again; empty for a row that was not refused.
	Next         string                `json:"next,omitempty"`
	Attempts     int                   `json:"attempts,omitempty"`
	Observed     int64                 `json:"observed"`
	Run          int64                 `json:"run"`
	LastExported *time.Time            `json:"last_exported,omitempty"`
	Why          inventory.Explanation `json:"why"`

	blocked string // why our own rules forbid a push; empty when they do not
}

// Standing returns the facts that decide whether the row is pushed when it is resolved again.
func (r ChannelLevelRow) Standing() inventory.Standing {
	standing := inventory.Standing{Product: r.Product, Quantity: r.Quantity, Blocked: r.blocked, Observed: r.Observed, Parked: r.Next != ""}
	if r.blocked == r.Kept {
		standing.Blocked = ""
	}
	return standing
}

// NextTry says what will make a row be tried again that its store refused. Each of these causes one try.
const NextTry = "tried again when its figure changes, when somebody names its SKU, when its listing, its reference or its store's settings change, and by " +
	"a Full Sync"

// ActivityQuery selects entries of the activity of a SKU.
type ActivityQuery struct {
	Merchant   string
	SKU        string // the warehouse's SKU or a channel SKU
	Connection string // only entries about pushes of this connection; empty: all
	Before     int64  // only entries whose id is smaller; 0: all
	Limit      int    // the most entries to return, the newest first; 0: the default
}

// ActivityEntry is an event in the history of a SKU.
type ActivityEntry struct {
	ID         int64     `json:"id"` // grows with time
	At         time.Time `json:"at"`
	Run        int64     `json:"run"`
	Kind       string    `json:"kind"` // "reported", "missing", "refused", "misplaced", "exported", "sent", "rejected", "retrying", "superseded", "unknown"
	Warehouse  string    `json:"warehouse,omitempty"`
	Facility   string    `json:"facility,omitempty"`
	Connection string    `json:"connection,omitempty"`
	Location   string    `json:"location,omitempty"`
	SKU        string    `json:"sku"` // the warehouse's SKU
	ChannelSKU string    `json:"channel_sku,omitempty"`
	Before     *int64    `json:"before,omitempty"`
	After      *int64    `json:"after,omitempty"`
	Call       string    `json:"call,omitempty"` // idempotency key
	Note       string    `json:"note,omitempty"`
}

// SnapshotEntry is a warehouse's snapshot that was recorded or held.
type SnapshotEntry struct {
	ID        int64     `json:"id"`
	Warehouse string    `json:"warehouse"`
	Run       int64     `json:"run,omitempty"` // the run that fetched it; 0 when it was sent to us
	BeganAt   time.Time `json:"began_at"`
	EndedAt   time.Time `json:"ended_at"`
	Full      bool      `json:"full"`
	From      string    `json:"from,omitempty"`
	Held      string    `json:"held,omitempty"` // why it was held, so that nothing was recorded
	// Rejected says who rejected the same content before, and why it had been held. Then nothing was recorded, and nobody is asked.
	Rejected string `json:"rejected,omitempty"`
	SnapshotFigures
	// Oddities are the strange rows and SKUs of the snapshot, by kind.
	Oddities []inventory.Oddity `json:"oddities,omitempty"`
}

// Page asks for a part of a list. After is the last key of the previous page; empty for the first page.
type Page struct {
	After string
	Limit int // 0 means 100
	// Prefix is the beginning of the keys to list, byte by byte. Only the lists of the catalogue support it.
	Prefix string
}

// AlikeQuery says among which SKUs to look. An empty field adds none.
type AlikeQuery struct {
	Connection string // the channel SKUs of this connection's rows
	Store      string // the SKUs of this store's listings
	Warehouse  string // the SKUs of this warehouse's levels
	Merchant   string // all SKUs of this merchant: of levels, definitions and channels
}

// Reader reads what is shown to people. It changes nothing.
type Reader interface {
	Run(ctx context.Context, id int64) (Run, error)
	// Runs lists runs, newest first. An empty connection means all.
	Runs(ctx context.Context, connection string, limit int) ([]Run, error)
	// Requests lists requests with their outcomes, newest first.
	Requests(ctx context.Context, query RequestQuery) ([]RequestEntry, error)
	// LastSnapshot returns the newest snapshot of a warehouse that was recorded or held; ErrNotFound when there is none. Its refused
	// rows are listed by Recorder.Refusals.
	LastSnapshot(ctx context.Context, warehouse string) (SnapshotEntry, error)
	// LastSuccess returns the newest run of a connection that pushed everything: without a scope, not a dry run, and ended as
	// Completed or CompletedWithFailures. ErrNotFound when there is none.
	LastSuccess(ctx context.Context, connection string) (Run, error)
	// Levels lists a warehouse's levels by SKU and facility; sku may be empty.
	Levels(ctx context.Context, warehouse, sku string, page Page) ([]LevelRow, error)
	// StaleLevels lists the levels whose newest row was refused, by SKU and facility. It includes SKUs without a level, of which no
	// row was ever accepted. sku may be empty. Page.After is a SKU, and all entries of a SKU are on the same page.
	StaleLevels(ctx context.Context, warehouse, sku string, page Page) ([]StaleLevel, error)
	// StaleOf is StaleLevels for one product of a connection: the SKU, or the product that is listed by this channel SKU.
	StaleOf(ctx context.Context, connection Connection, sku string) ([]StaleLevel, error)
	// CountStale counts the entries of StaleLevels.
	CountStale(ctx context.Context, warehouse string) (StaleCount, error)
	// ChannelLevels lists a connection's rows by channel SKU and location; sku (channel SKU) and status may be empty.
	ChannelLevels(ctx context.Context, connection, sku string, status Status, page Page) ([]ChannelLevelRow, error)
	// Known is true when the ledger has anything on a merchant's SKU or channel SKU: a level, a product, a bundle or a component of
	// one, a listing, a row or activity.
	Known(ctx context.Context, merchant, sku string) (bool, error)
	// Alike lists, sorted, at most five other SKUs that a person may confuse with a SKU: they differ from it only in case, blanks,
	// leading zeros or the marks of a spreadsheet.
	// or a spreadsheet's marks.
	Alike(ctx context.Context, sku string, query AlikeQuery) ([]string, error)
	// StatusCounts counts a connection's rows by status.
	StatusCounts(ctx context.Context, connection string) (map[Status]int64, error)
	// ConnectionStates returns the states of connections, keyed by id; it has an entry for each id. The newest runs of a state
	// include all that were open at some moment after since.
	ConnectionStates(ctx context.Context, ids []string, since time.Time) (map[string]*ConnectionState, error)
	// WarehouseStates returns the states of warehouses, keyed by id.
	WarehouseStates(ctx context.Context, ids []string) (map[string]WarehouseState, error)
	// Recount counts again the figures that the ledger stores, and compares. It reads the whole ledger.
	Recount(ctx context.Context) (Recount, error)
	// Marks returns marks by which a caller that asks repeatedly can tell whether anything has changed.
	Marks(ctx context.Context) (Marks, error)
	// SoldOf gathers the facts that explain how the connections of a merchant sell a product.
	SoldOf(ctx context.Context, merchant, product string) (SoldOf, error)
	// LeftBehind counts, by location, the rows that a connection has left behind at locations that it no longer shows.
	LeftBehind(ctx context.Context, connection string) ([]Left, error)
	// Activity lists the history of a SKU (the warehouse's or the channel's), newest first.
	Activity(ctx context.Context, query ActivityQuery) ([]ActivityEntry, error)

	// HoldOf returns the newest hold of a run.
	HoldOf(ctx context.Context, run int64) (Hold, error)
	// OpenHolds lists the holds that wait.
	OpenHolds(ctx context.Context) ([]Hold, error)
}

// HoldKeeper keeps the holds of runs and the decisions on them. Reader shows them.
type HoldKeeper interface {
	// Hold records that a run waits for a person. When the run has a hold of that kind already, one that waits stays as it is, and
	// one that was decided is replaced.
	Hold(ctx context.Context, hold Hold) error
	// Decide answers a hold and returns every hold that the answer decided: for a snapshot, all that wait on the same warehouse. A
	// hold that was decided before is returned as it is and does not change, except that an approval lifts a rejection. After a
	// rejection the content of the snapshot is not held again, and the rows that the push would have taken to 0 are blocked, until
	// the rejection is lifted.
	Decide(ctx context.Context, run int64, decision, by string, now time.Time) ([]Hold, error)
}

// Tidier deletes old history, so that a ledger does not grow for ever.
type Tidier interface {
	// Tidy deletes activity, ended runs and closed calls older than the given time, in parts, and returns the number of deleted rows.
	Tidy(ctx context.Context, before time.Time) (int64, error)
}

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
	// FetchedAt, ResolvedAt and PushedAt are when these stages ended, each for the last time where the run has done it again; nil when it has not
	// come so far, or had no such stage.
	FetchedAt  *time.Time `json:"fetched_at,omitempty"`
	ResolvedAt *time.Time `json:"resolved_at,omitempty"`
	PushedAt   *time.Time `json:"pushed_at,omitempty"`
	EndedAt    *time.Time `json:"ended_at,omitempty"`
	Outcome    Outcome    `json:"outcome"`
	Reason     string     `json:"reason,omitempty"`
	Phase      string     `json:"phase,omitempty"` // how far it is, in words, until it ends
	Counts     Counts     `json:"counts"`
}

// Step is the phase without why it lasts: "fetching" of one whose fetch is tried again.
func (r Run) Step() string {
	step, _, _ := strings.Cut(r.Phase, ",")
	return step
}

// Stage is a part of a run whose end is noted.
type Stage string

// The stages, in their order.
const (
	StageFetch   Stage = "fetched"
	StageResolve Stage = "resolved"
	StagePush    Stage = "pushed"
)

// The phases of a run that the ledger sets itself. Others say what a run waits for.
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
	Rows       int64     `json:"rows"`    // of the held snapshot
	Zeroing    int64     `json:"zeroing"` // of the held push
	Absent     Absence   `json:"absent"`  // what the held snapshot leaves unnamed
	At         time.Time `json:"at"`
	// Decision is "approved"; "rejected"; "dissolved", nobody had to decide any more; "lifted", rejected and approved afterwards; empty
	// while it waits.
	Decision  string     `json:"decision,omitempty"`
	By        string     `json:"by,omitempty"`
	DecidedAt *time.Time `json:"decided_at,omitempty"`
	// Before is what was approved of this run's hold that this one took the place of; nil where it asks for the first time.
	Before *Approval `json:"approved_before,omitempty"`
}

// Approval is what a person approved of a hold.
type Approval struct {
	Rows int64     `json:"rows"` // of a held snapshot; of a held push, those that go to 0
	By   string    `json:"by,omitempty"`
	At   time.Time `json:"at"`
}

// HoldKind is what is held.
type HoldKind string

// The kinds of holds.
const (
	HoldSnapshot HoldKind = "snapshot" // belongs to the warehouse: one answer releases every run that waits on it
	HoldZeroing  HoldKind = "zeroing"  // belongs to the connection
)

// LevelRow is a recorded level as it is shown.
type LevelRow struct {
	Warehouse string `json:"warehouse"`
	inventory.Level
	Version    int64     `json:"version"`
	RecordedAt time.Time `json:"recorded_at"`
	Product    string    `json:"product,omitempty"` // name from the catalogue
}

// ChannelLevelRow is a channel level as it is shown.
type ChannelLevelRow struct {
	Connection string `json:"connection"`
	Location   string `json:"location,omitempty"`
	ChannelSKU string `json:"channel_sku"`
	Product    string `json:"product"`
	Quantity   int64  `json:"quantity"` // what the store should show
	Exported   *int64 `json:"exported"` // what it was last known to show
	Status     Status `json:"status"`
	Reason     string `json:"reason,omitempty"`
	Kept       string `json:"-"` // why it keeps its figure while it goes to 0; the reason says so where nothing else blocks it
	// Next says what will make a refused row be tried again; empty where nothing has refused it.
	Next         string                `json:"next,omitempty"`
	Attempts     int                   `json:"attempts,omitempty"`
	Observed     int64                 `json:"observed"`
	Run          int64                 `json:"run"`
	LastExported *time.Time            `json:"last_exported,omitempty"`
	Why          inventory.Explanation `json:"why"`

	blocked string // why our own rules forbid a push
}

// Standing is what decides whether the row is pushed when it is resolved again.
func (r ChannelLevelRow) Standing() inventory.Standing {
	standing := inventory.Standing{Product: r.Product, Quantity: r.Quantity, Blocked: r.blocked, Observed: r.Observed, Parked: r.Next != ""}
	if r.blocked == r.Kept {
		standing.Blocked = ""
	}
	return standing
}

// NextTry is what will make a row be tried again that its store refused. Each makes it be tried once.
const NextTry = "tried again when its figure changes, when somebody names its SKU, when its listing, its reference or its store's settings change, and by " +
	"a Full Sync"

// ActivityQuery selects entries of the activity of a SKU.
type ActivityQuery struct {
	Merchant   string
	SKU        string // the warehouse's or a channel's
	Connection string // only entries about pushes of this connection; empty: all
	Before     int64  // only entries whose id is smaller; 0: all
	Limit      int    // at most so many, the newest; 0: the default
}

// ActivityEntry is one thing that happened to a SKU.
type ActivityEntry struct {
	ID         int64     `json:"id"` // grows with time
	At         time.Time `json:"at"`
	Run        int64     `json:"run"`
	Kind       string    `json:"kind"` // "reported", "missing", "refused", "misplaced", "exported", "sent", "rejected", "retrying", "superseded", "unknown"
	Warehouse  string    `json:"warehouse,omitempty"`
	Facility   string    `json:"facility,omitempty"`
	Connection string    `json:"connection,omitempty"`
	Location   string    `json:"location,omitempty"`
	SKU        string    `json:"sku"` // the warehouse's
	ChannelSKU string    `json:"channel_sku,omitempty"`
	Before     *int64    `json:"before,omitempty"`
	After      *int64    `json:"after,omitempty"`
	Call       string    `json:"call,omitempty"` // idempotency key
	Note       string    `json:"note,omitempty"`
}

// SnapshotEntry is a snapshot of a warehouse that was recorded or held.
type SnapshotEntry struct {
	ID        int64     `json:"id"`
	Warehouse string    `json:"warehouse"`
	Run       int64     `json:"run,omitempty"` // that fetched it; 0: it was sent to us
	BeganAt   time.Time `json:"began_at"`
	EndedAt   time.Time `json:"ended_at"`
	Full      bool      `json:"full"`
	From      string    `json:"from,omitempty"`
	Held      string    `json:"held,omitempty"` // why nothing of it was recorded
	// Rejected says who rejected its content, and why it was held; then nothing of it was recorded either, and nobody is asked.
	Rejected string `json:"rejected,omitempty"`
	SnapshotFigures
	// Oddities are what looked odd in its rows and SKUs, by kind.
	Oddities []inventory.Oddity `json:"oddities,omitempty"`
}

// Page asks for a part of a list; After is the last key of the page before.
type Page struct {
	After string
	Limit int // 0 means 100
	// Prefix is what the keys begin with, byte by byte; only the lists of the catalogue know it.
	Prefix string
}

// AlikeQuery says among which SKUs to look; what is empty is left out.
type AlikeQuery struct {
	Connection string // the channel SKUs of its rows
	Store      string // the SKUs of its listings
	Warehouse  string // the SKUs of its levels
	Merchant   string // all that is named of it: levels, definitions, channel SKUs
}

// Reader answers what people ask, and changes nothing.
type Reader interface {
	Run(ctx context.Context, id int64) (Run, error)
	// Runs lists runs, newest first; connection may be empty.
	Runs(ctx context.Context, connection string, limit int) ([]Run, error)
	// Requests lists what became of requests, newest first.
	Requests(ctx context.Context, query RequestQuery) ([]RequestEntry, error)
	// LastSnapshot is the newest snapshot of a warehouse that was recorded or held; ErrNotFound when there is none. Recorder.Refusals
	// are its refused rows.
	LastSnapshot(ctx context.Context, warehouse string) (SnapshotEntry, error)
	// LastSuccess returns the connection's newest run that went through everything and pushed it: one of all SKUs, not dry, that ended
	// as Completed or CompletedWithFailures. ErrNotFound when there is none.
	LastSuccess(ctx context.Context, connection string) (Run, error)
	// Levels lists a warehouse's levels by SKU and facility; sku may be empty.
	Levels(ctx context.Context, warehouse, sku string, page Page) ([]LevelRow, error)
	// StaleLevels lists what was refused and not read since, by SKU and facility: levels, and what has no level because no row of it was
	// ever read. sku may be empty; Page.After is a SKU, and all of a SKU stand on one page.
	StaleLevels(ctx context.Context, warehouse, sku string, page Page) ([]StaleLevel, error)
	// StaleOf is StaleLevels of one product of a connection: of the SKU, or of the product that is listed by that channel SKU.
	StaleOf(ctx context.Context, connection Connection, sku string) ([]StaleLevel, error)
	// CountStale counts them.
	CountStale(ctx context.Context, warehouse string) (StaleCount, error)
	// ChannelLevels lists a connection's rows by channel SKU and location; sku (channel SKU) and status may be empty.
	ChannelLevels(ctx context.Context, connection, sku string, status Status, page Page) ([]ChannelLevelRow, error)
	// Known is true when anything is known of a merchant's SKU or channel SKU: a level, a product, a bundle or a part of one, a
	// listing, a row or an activity.
	Known(ctx context.Context, merchant, sku string) (bool, error)
	// Alike lists, in order, at most five SKUs other than one that a person may take for it: they differ only in case, blanks, leading zeros
	// or a spreadsheet's marks.
	Alike(ctx context.Context, sku string, query AlikeQuery) ([]string, error)
	// StatusCounts counts a connection's rows by status.
	StatusCounts(ctx context.Context, connection string) (map[Status]int64, error)
	// ConnectionStates says how connections stand, by id: each of the ids is in it. The runs that were under way since a time are among the newest.
	ConnectionStates(ctx context.Context, ids []string, since time.Time) (map[string]*ConnectionState, error)
	// WarehouseStates says how warehouses stand, by id.
	WarehouseStates(ctx context.Context, ids []string) (map[string]WarehouseState, error)
	// Recount counts anew what the ledger keeps counts of. It reads the whole ledger.
	Recount(ctx context.Context) (Recount, error)
	// Marks says as of what the ledger is, for who asks again and again.
	Marks(ctx context.Context) (Marks, error)
	// SoldOf gathers what explains how the connections of a merchant sell a product.
	SoldOf(ctx context.Context, merchant, product string) (SoldOf, error)
	// LeftBehind lists what a connection has left behind at places that it does not show any more, by location.
	LeftBehind(ctx context.Context, connection string) ([]Left, error)
	// Activity lists what happened to a SKU (the warehouse's or the channel's), newest first. Connection may be empty.
	Activity(ctx context.Context, query ActivityQuery) ([]ActivityEntry, error)

	// HoldOf returns the newest hold of a run.
	HoldOf(ctx context.Context, run int64) (Hold, error)
	// OpenHolds lists holds that wait.
	OpenHolds(ctx context.Context) ([]Hold, error)
}

// HoldKeeper keeps the holds of runs and what persons decide about them. Reader shows them.
type HoldKeeper interface {
	// Hold records that a run waits for a person. The same run and kind again leaves a hold that waits as it is, and replaces one that was
	// decided.
	Hold(ctx context.Context, hold Hold) error
	// Decide answers a hold and returns every hold that this answered: for a snapshot all that wait on the same warehouse.
	// A hold that was already answered is returned as it is, and nothing changes; except that an approval lifts a rejection. A rejected
	// snapshot's content is not held again, and rows that a rejected push would have taken to 0 are blocked, until it is lifted.
	Decide(ctx context.Context, run int64, decision, by string, now time.Time) ([]Hold, error)
}

// Tidier keeps a ledger from growing for ever.
type Tidier interface {
	// Tidy removes activity, ended runs and closed calls older than the time, a part at a time, and returns how many rows.
	Tidy(ctx context.Context, before time.Time) (int64, error)
}

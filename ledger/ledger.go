// Package ledger is the durable state of Tidemark: what warehouses reported, what stores should show, what they were told
// and what they answered. One interface, SQLite and PostgreSQL under it, one conformance suite (package ledgertest).
//
// Rules that hold for every implementation:
//
//   - A set moves in bulk statements; nothing that grows with the catalogue is held in memory at once. Pages are in the
//     byte order of their key.
//   - Every write of a run carries its Lease and is refused with ErrFenced, in the same transaction, when the store has
//     been taken by someone else since.
//   - Level versions and definition versions are taken under a lock that is held to the commit, so they become visible in
//     order and no cursor can pass one that is still on its way.
//   - Times are given by the caller, in UTC, and kept with microseconds.
package ledger

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/tidemark/tidemark/inventory"
)

// Errors that callers act on. Anything else that a ledger returns is a fault of the database and worth a retry.
var (
	// ErrFenced: the run has lost its store. It must stop at once and write nothing.
	ErrFenced = errors.New("ledger: the store has been taken by another run")
	// ErrNotFound: the thing that was named does not exist.
	ErrNotFound = errors.New("ledger: not found")
	// ErrFull: the disk is full. The work goes on when space has been freed.
	ErrFull = errors.New("ledger: the disk is full; free some space and the work goes on by itself")
	// ErrDamaged: the file is not a ledger, or is broken. Nothing was changed.
	ErrDamaged = errors.New("ledger: damaged")
	// ErrNewer: the ledger was written by a newer Tidemark.
	ErrNewer = errors.New("ledger: the schema is newer than this program")
)

// BusyError says who has a store.
type BusyError struct{ Holder Holder }

func (e *BusyError) Error() string {
	return fmt.Sprintf("ledger: store %s is taken by %s", e.Holder.Store, e.Holder.Workflow)
}

// TurnError is a store that is free, and left to a workflow that waits for it with a whole run.
type TurnError struct{ Store, Workflow string }

func (e *TurnError) Error() string {
	return fmt.Sprintf("ledger: store %s is left to %s, whose turn it is", e.Store, e.Workflow)
}

// Ledger is the durable state.
type Ledger interface {
	Definer
	Gate
	Recorder
	Resolver
	Pusher
	Rememberer
	Reader
	HoldKeeper
	Tidier
	Scheduler
	Previewer
	Enabler
	Setter
	Throttler
	CatalogueReader
	Auditor
	PeopleKeeper
	// Check proves that the ledger answers and that its schema is this program's.
	Check(ctx context.Context) error
	// Close waits for running work.
	Close() error
}

// ── Definitions ─────────────────────────────────────────────────────────────────────────────────────────────────────

// DefinitionReader answers what is configured, and changes nothing.
type DefinitionReader interface {
	Warehouse(ctx context.Context, id string) (Warehouse, error)
	Store(ctx context.Context, id string) (Store, error)
	Connection(ctx context.Context, id string) (Connection, error)
	Warehouses(ctx context.Context) ([]Warehouse, error)
	Stores(ctx context.Context) ([]Store, error)
	// StoreUses are how the stores were called on the UTC day of the time, by store. One that never was called is absent.
	StoreUses(ctx context.Context, day time.Time) (map[string]StoreUse, error)
	Connections(ctx context.Context) ([]Connection, error)
	// Strategy returns nil when the pair has none.
	Strategy(ctx context.Context, merchant, warehouse string) (*inventory.Strategy, error)
	// Generation is how far the ledger has come: it grows with the use of a SQLite ledger, and with Restored.
	Generation(ctx context.Context) (int64, error)
	// Epoch is a random id that Restored replaces.
	Epoch(ctx context.Context) (string, error)
	// Identity says which ledger this is: a random id that is made with the ledger and stays, over restores too. Schedules and workflows
	// name it. A copy of a SQLite file, and a database that was made from another's backup, has the same.
	Identity(ctx context.Context) (string, error)
}

// Definer keeps the configuration.
type Definer interface {
	DefinitionReader
	// Apply makes the ledger hold the definitions, in one transaction, and returns what differed; nothing when nothing did.
	//
	// Each product, bundle, listing, strategy and connection that changed gets a new definition version, from one counter
	// that is locked to the commit. Whenever the set of active connections of a merchant and warehouse changes, that pair's
	// sharing version changes too, for every store's share may. Products, bundles, listings and strategies that are absent
	// are removed (a removal is a change of definition: it carries a version until every cursor has passed it). Warehouses,
	// stores and connections that are absent are removed only with Prune (with their levels, rows and runs); else "kept".
	Apply(ctx context.Context, definitions Definitions, options ApplyOptions) ([]Change, error)

	// Watch is called when a process that runs workflows starts. It tells whether the ledger was put back from a backup since
	// it was last used, and why it thinks so: then Restored has been done. A PostgreSQL ledger cannot tell.
	Watch(ctx context.Context, now time.Time) (restored string, err error)
	// Restored declares that the ledger may be older than what the stores were told: a new epoch begins, every connection's
	// next run is Full, open calls are forgotten (their rows become pending), and held stores are released.
	Restored(ctx context.Context, reason string, now time.Time) error
}

// ── The gate ────────────────────────────────────────────────────────────────────────────────────────────────────────

// Lease is the right of a run to a store, for as long as nobody has taken the store since.
type Lease struct {
	Store string `json:"store"`
	Fence int64  `json:"fence"` // grows with every taking of the store
	Run   int64  `json:"run"`
}

// Holder is the run that has a store.
type Holder struct {
	Store       string    `json:"store"`
	Fence       int64     `json:"fence"`
	Run         int64     `json:"run"`
	Connection  string    `json:"connection"`
	Workflow    string    `json:"workflow"`     // workflow id
	WorkflowRun string    `json:"workflow_run"` // first run id of the workflow's chain
	TakenAt     time.Time `json:"taken_at"`
	// BusyUntil is the deadline of the holder's last call to the store: until then a late request may still arrive there.
	BusyUntil time.Time `json:"busy_until,omitzero"`
}

// Request asks for a run, as a person or a service made it.
type Request struct {
	ID string    `json:"id"` // the same request has the same id, however often it is sent
	By string    `json:"by,omitempty"`
	At time.Time `json:"at"`
}

// Claim asks for a store.
type Claim struct {
	Connection  string
	Mode        Mode
	Trigger     Trigger
	Workflow    string
	WorkflowRun string // first run id of the chain
	Pass        int    // which pass of the workflow; the same (WorkflowRun, Pass) gets the same run again
	Requests    []Request
	// Replace is the fence of a holder that is known to be dead; 0 replaces nobody.
	Replace int64
	// FetchFirst: the run fetches before it needs its store, unless SkipFetch (a Full Sync fetches all the same). Then it is started
	// without the store: its Lease has the fence 0, is good for a fetch, and Acquire takes the store.
	FetchFirst bool
	SkipFetch  bool
	// Yields: such a run does not begin while somebody has the store.
	Yields bool
	// DryRun and Scope are kept with the run.
	DryRun bool
	Scope  []string
	Now    time.Time
}

// Grant is a store taken.
type Grant struct {
	Lease Lease
	// Mode is Full instead of the Smart that was asked for when the connection requires a Full Sync (after a restore).
	Mode Mode
	// NotBefore: no call to the store may be made earlier, because the dead predecessor's last call may still arrive.
	NotBefore time.Time
	// Covered: all the requests are already satisfied: they were served, or a pass completed that had begun to fetch after
	// they were made (a Full pass covers Smart requests). Nothing was taken.
	Covered bool
	// CoveredBy is the run that did; 0 when it is not known.
	CoveredBy int64
}

// Gate lets one run at a time have a store.
type Gate interface {
	// Begin takes the connection's store and starts a run. It returns a *BusyError when another holder has the store and its
	// fence is not Claim.Replace, and a *TurnError when the claim is for a few SKUs and it is another's turn. A holder that takes again (same
	// WorkflowRun and Pass) gets the same Lease. A dry run takes the store as well. Scoped and dry runs never cover requests of others. ErrNotFound:
	// no such connection.
	Begin(ctx context.Context, claim Claim) (Grant, error)
	// Await says that a workflow waits for the store with a whole run and will ask again before until. Claims for a few SKUs
	// leave it the store meanwhile, so that such runs, one after the other, cannot keep it from its turn. The first who waits
	// has the turn until then, or until it has the store, is covered, skipped or ended.
	Await(ctx context.Context, store, workflow string, until, now time.Time) error
	// Leave ends the wait of a workflow that was cancelled, or failed, before it had the store: it is in nobody's way any more, a run
	// that its pass has nevertheless begun ends so, and gives the store back.
	Leave(ctx context.Context, workflowRun string, pass int, workflow string, end RunEnd) error
	// Release gives the store back without ending the run (while a person decides). Fenced or already released: no error. With the
	// fence 0 the store is given back when the run has it, under whatever fence.
	Release(ctx context.Context, lease Lease) error
	// Reacquire takes the store again for a run that released it, with a new fence. Errors as Take.
	Reacquire(ctx context.Context, run int64, replace int64, now time.Time) (Grant, error)
	// Acquire takes the store for a run that was started without it. Errors as Take.
	Acquire(ctx context.Context, run int64, replace int64, now time.Time) (Grant, error)
	// OpenRuns lists a connection's runs that have not ended, oldest first. A run whose workflow is over stays among them until somebody
	// ends it.
	OpenRuns(ctx context.Context, connection string) ([]Run, error)
	// Progress notes how far a run is, for people: its phase, and the counts that are not 0. An ended run is left as it is.
	Progress(ctx context.Context, run int64, phase string, counts Counts) error
	// EndStage notes that a stage of a run has ended, with the phase that comes next, which stays as it is where that is empty, and the counts
	// that are not 0. An ended run is left as it is.
	EndStage(ctx context.Context, run int64, stage Stage, next string, counts Counts, now time.Time) error
	// Holder returns who has a store; ErrNotFound when nobody does.
	Holder(ctx context.Context, store string) (Holder, error)
	// EndRun records how a run ended, marks its requests as served when the outcome is Completed, CompletedWithFailures or
	// Partial, clears a connection's requirement of a Full Sync when a complete unscoped Full pass ended, and gives the store back.
	// Ending an ended run again changes nothing. The lease may be lost: then the run is ended and the store left alone. With the fence 0
	// the store is given back when the run has it, under whatever fence.
	EndRun(ctx context.Context, lease Lease, end RunEnd) error
	// NoteRequests keeps the ids of requests that wait together as a group: whoever takes up a request with the group's id takes them
	// up as well, and what becomes of it becomes of them.
	NoteRequests(ctx context.Context, connection string, mode Mode, group string, requests []Request) error
	// EndUnserved says what became of requests that no run serves, and of what is grouped under them. What was served stays so.
	EndUnserved(ctx context.Context, connection string, mode Mode, requests []Request, end RequestEnd) error
	// SkipRun records a run that did not take place, and why. Its requests have failed for the same reason.
	SkipRun(ctx context.Context, claim Claim, outcome Outcome, reason string) (run int64, err error)
}

// RequestOutcome is what became of a request.
type RequestOutcome string

// What became of requests.
const (
	RequestWaiting RequestOutcome = "waiting" // no run has taken it up yet
	RequestRunning RequestOutcome = "running" // a run has
	RequestServed  RequestOutcome = "served"
	RequestCovered RequestOutcome = "covered" // already satisfied when its turn came
	RequestFailed  RequestOutcome = "failed"  // the reason says why
)

// RequestEnd is what became of a request, and by which run; 0: by none.
type RequestEnd struct {
	Run     int64
	Outcome RequestOutcome
	Reason  string
	Now     time.Time
}

// RequestEntry is a request as the ledger keeps it.
type RequestEntry struct {
	Connection string         `json:"connection"`
	ID         string         `json:"id"`
	Mode       Mode           `json:"mode"`
	By         string         `json:"by,omitempty"`
	MadeAt     time.Time      `json:"made_at"` // when its workflow saw it
	Outcome    RequestOutcome `json:"outcome"`
	Reason     string         `json:"reason,omitempty"`
	EndedAt    *time.Time     `json:"ended_at,omitempty"`
	Run        int64          `json:"run,omitempty"`   // that took it up last, or had already satisfied it
	Group      string         `json:"group,omitempty"` // the requests that it was taken up with
}

// RequestQuery asks for requests, newest first. What is empty does not matter.
type RequestQuery struct {
	Connection, ID string
	Limit          int
}

// Outcome is how a run ended.
type Outcome string

// The outcomes of runs.
const (
	Running               Outcome = "running"
	Completed             Outcome = "completed"
	CompletedWithFailures Outcome = "completed_with_failures" // some items were rejected or are still being retried
	Partial               Outcome = "partial"                 // more is due; the next run was asked for
	Skipped               Outcome = "skipped"
	Covered               Outcome = "covered"
	Held                  Outcome = "held"
	RejectedOutcome       Outcome = "rejected" // a person refused what was held
	Cancelled             Outcome = "cancelled"
	Failed                Outcome = "failed"
)

// RunEnd is how a run ended.
type RunEnd struct {
	Outcome Outcome
	Reason  string
	Counts  Counts
	Now     time.Time
}

// SnapshotFigures count what a snapshot brought. What reports on snapshots embeds them, from the ledger's own result to the counts of a run.
type SnapshotFigures struct {
	Rows    int64 `json:"rows"`    // rows of the snapshot, including refused ones
	Refused int64 `json:"refused"` // rows that were refused
	Missing int64 `json:"missing"` // recorded levels that a full snapshot did not name
	Changed int64 `json:"changed"` // levels whose available figure changed
	Older   int64 `json:"older"`   // rows older than the recorded level
}

// Add adds the figures of the next snapshot of the same fetch. Missing is not a sum: only the last full snapshot says which levels are
// missing.
func (f *SnapshotFigures) Add(next SnapshotFigures) {
	f.Rows += next.Rows
	f.Refused += next.Refused
	f.Missing = next.Missing
	f.Changed += next.Changed
	f.Older += next.Older
}

// Counts are the figures of a run: numbers of rows, levels or calls.
type Counts struct {
	SnapshotFigures
	Stale    int64 `json:"stale,omitempty"` // levels whose last row was refused, by this run or an earlier one
	Odd      int64 `json:"odd,omitempty"`   // what looks odd in the rows and SKUs of the snapshot, by this run or an earlier one
	Resolved int64 `json:"resolved"`        // channel levels computed
	Due      int64 `json:"due"`             // channel levels that were due when the push began, those in open calls included
	Exported int64 `json:"exported"`
	Sent     int64 `json:"sent"`             // accepted, not yet reported on
	Rejected int64 `json:"rejected"`         // newly: by this run, or in an answer that it received
	Parked   int64 `json:"parked,omitempty"` // rejected by an earlier run, resolved again by this one to the same figure, and not tried
	Blocked  int64 `json:"blocked"`
	Retrying int64 `json:"retrying"`
	Calls    int64 `json:"calls"`
	Waits    int64 `json:"waits"` // times the run waited for the store's budget
}

// ── Recording what a warehouse reports ──────────────────────────────────────────────────────────────────────────────

// SnapshotStart begins a staging.
type SnapshotStart struct {
	Warehouse string
	Repeated  inventory.RepeatedPolicy
	Now       time.Time
}

// SnapshotEnd asks for a staged snapshot to become visible.
type SnapshotEnd struct {
	Full         bool
	Rows         int // as counted by the source, refused ones included; must equal what was staged
	AsOf         time.Time
	SourceCursor string
	From         string
	Guard        Guard
	Missing      inventory.MissingPolicy
	Refused      inventory.RefusedPolicy
	// Approved lifts the guard for this snapshot, as far as what was approved: at least MinimumRows of ApprovedRows rows.
	// ApprovedAbsent is the most that it may leave unnamed; an approved snapshot takes those levels to 0 that would count twice.
	Approved       bool
	ApprovedRows   int64
	ApprovedAbsent Absence
	// More: the source has another snapshot, which the run reads next. This one is not what another run would find.
	More bool
	// Pages are fingerprints of the source's pages in their order, of any length for each; empty when they are not known. See Confirm.
	Pages []byte
	Now   time.Time
}

// SnapshotResult is what a snapshot did.
type SnapshotResult struct {
	SnapshotFigures
	Version  int64  // the warehouse's level version afterwards
	Held     string // why it was held; then nothing was recorded
	LastRows int64  // rows of the last full snapshot that was recorded
	Absent   Absence
	More     bool // as it was said at the end of the snapshot
	// Rejected says who rejected this content before, when and why it was held; then it is not held again, and nothing was recorded.
	Rejected string `json:",omitempty"`
	// Oddities are what looks odd in its rows and SKUs. They decide nothing.
	Oddities []inventory.Oddity `json:"-"`
	// Dissolved are the holds of other runs of which nobody need decide any more, for this full snapshot was recorded.
	Dissolved []Hold `json:"-"`
}

// Observation is one update event: what a warehouse said of one level at one moment.
type Observation struct {
	// Event is the sender's id of the event, unique for the warehouse: the same event counts once, however often it comes.
	Event string
	// Sequence is the source's own order of the events of a level, above 0; 0 where the source has none.
	Sequence int64
	// Level's ReportedAt orders it where there is no Sequence to compare; zero means as new as its arrival.
	inventory.Level
	// ReceivedAt is when it arrived; zero means now. It orders an observation without a time, by our clock.
	ReceivedAt time.Time
	// Batch names what it comes in, so that an attempt to record that once more is told from another sending of the event; empty: neither is told.
	Batch string
	// Refused is why it is not believed: the level that it names is stale. Then the SKU is empty where it could not be read, the facility
	// where it is not known, and there need be no event.
	Refused string
}

// StoreUse is how a store was called.
type StoreUse struct {
	Calls     int64     // that began on the day, those included that were sent again or asked about
	Throttled int64     // answers of the day that said: not so fast
	Answered  time.Time // when the last of its calls of any day was over that was kept; zero when none was
}

// Observed is what a set of observations did.
type Observed struct {
	Changed    []string // SKUs whose available figure changed, in order, each once
	Duplicates int64    // events that had come before
	Repeated   []string // SKUs of events that an attempt before had recorded of this batch, in order, each once: they may have changed
	Older      int64    // observations older than what is recorded
	Misplaced  int64    // observations that would have counted stock twice; the activity says why
	Refused    int64    // observations that came as refused
	Version    int64    // the warehouse's level version afterwards
}

// ShareQuery asks for a snapshot that another run of the same warehouse has fetched.
type ShareQuery struct {
	Warehouse string
	Since     time.Time // fetching must have begun at this time or later
	Full      bool      // only a full snapshot will do
	// Staged is the snapshot that the run itself has begun: then only what was begun before it is waited for, so that of runs that
	// begin at once one goes on. 0: none, and what an earlier attempt of the run has left is thrown away.
	Staged int64
	Now    time.Time
}

// Shared is a snapshot that need not be fetched again.
type Shared struct {
	Run    int64 // that fetched it; 0: there is none, so fetch
	Result SnapshotResult
	From   string
	// Fetching is the run that is fetching such a snapshot at this moment; 0 when none is. Wait for it.
	Fetching int64
}

// Recorder takes in what warehouses report.
type Recorder interface {
	// Share looks for a snapshot to take over instead of fetching: the last that another connection's run read of what there was, and
	// that is newer than what the connection has fetched or taken over before. When there is one, the run's fetch counts as begun when
	// that snapshot's did.
	Share(ctx context.Context, lease Lease, query ShareQuery) (Shared, error)
	// Observe records update events of a warehouse in one transaction, which also remembers the events' ids. A level whose
	// recorded sequence is not below the observation's, or whose observation is older, stays. An observation without a facility
	// of a SKU that has levels by facility, or the other way round, is not recorded: both would count. ErrNotFound: no such
	// warehouse.
	Observe(ctx context.Context, warehouse string, observations []Observation, now time.Time) (Observed, error)
	// StageUpload begins a snapshot that was sent to us: like Stage, without a run. StageRows and Discard work on it. What is
	// not recorded within a day is thrown away.
	StageUpload(ctx context.Context, start SnapshotStart) (snapshot int64, err error)
	// RecordUpload is Record for such a snapshot. One that was recorded or held already returns its result again.
	RecordUpload(ctx context.Context, snapshot int64, end SnapshotEnd) (SnapshotResult, error)
	// SourceCursor returns the source cursor of the last recorded snapshot of a warehouse, empty at first.
	SourceCursor(ctx context.Context, warehouse string) (string, error)
	// Stage begins a snapshot of a warehouse for a run, notes on the run when fetching began, and throws away what an
	// earlier attempt of the same run staged.
	Stage(ctx context.Context, lease Lease, start SnapshotStart) (snapshot int64, err error)
	// StageRows adds rows. The same (facility, SKU) twice in one snapshot refuses both.
	StageRows(ctx context.Context, snapshot int64, levels []inventory.Level, refusals []inventory.Refusal) error
	// NoteOddities keeps what looks odd in the rows of a staged snapshot. Record adds which of its SKUs are like those of listings,
	// products, bundles and recorded levels, and are not theirs. A snapshot keeps it all, whether it is recorded or held.
	NoteOddities(ctx context.Context, snapshot int64, oddities []inventory.Oddity) error
	// Pages returns the fingerprints of the pages of the warehouse's last snapshot, as its SnapshotEnd had them, for as long as a snapshot with the same
	// pages would change nothing; else none.
	Pages(ctx context.Context, warehouse string) ([]byte, error)
	// Confirm records a snapshot whose pages are those that Pages returned, without rows: it is as if Record had found that nothing changed. It
	// does nothing, and confirmed is false, when that is not certain any more; then the rows must be staged, and the snapshot be recorded.
	Confirm(ctx context.Context, lease Lease, snapshot int64, end SnapshotEnd) (result SnapshotResult, confirmed bool, err error)
	// Record makes a staged snapshot visible in one transaction, or holds it (and throws the rows away; the refusals stay
	// readable). Versions grow only where the available figure really changed. An observation with an older ReportedAt than
	// the recorded one changes nothing; one without a time is as new as its snapshot. Each change of a figure is written to
	// the activity of the SKU.
	//
	// What would be held, and has the content of a snapshot that a person rejected, is not held: SnapshotResult.Rejected says so, and the
	// source cursor moves past it where the source has more. A full snapshot that is recorded dissolves the warehouse's holds that wait.
	Record(ctx context.Context, lease Lease, snapshot int64, end SnapshotEnd) (SnapshotResult, error)
	// Discard throws a staged snapshot away. Unknown ones are no error.
	Discard(ctx context.Context, snapshot int64) error
	// Refusals lists refused rows of the warehouse's latest snapshot, at most limit.
	Refusals(ctx context.Context, warehouse string, limit int) ([]inventory.Refusal, error)
}

// ── Resolving ───────────────────────────────────────────────────────────────────────────────────────────────────────

// Plan is what a run has to resolve.
type Plan struct {
	Connection Connection
	Strategy   *inventory.Strategy
	Sharing    []string // ids of the active connections of merchant and warehouse, in order
	// Everything: all products, because the mode is Full, or the strategy, the sharing or the connection changed.
	Everything bool
	Redefined  bool // with Everything: because of a change of definition
	Cursor     Cursor
	Next       Cursor // where the cursor goes when all has been resolved
	// Follows: a push under way follows what has moved since its run was resolved. See DueQuery.Newer.
	Follows bool
}

// Cursor is how far a connection has resolved.
type Cursor struct {
	Levels      int64 `json:"levels"`
	Definitions int64 `json:"definitions"`
}

// Affected is a product that has to be resolved.
type Affected struct {
	Product   string
	Redefined bool // its definition changed, or it is resolved for a Full Sync: every place of it is due
	// Named: a person or a service named it: every place of it is due, too. Affected leaves it as it is; who knows the names sets it.
	Named bool
}

// Resolution is the outcome of resolving one product.
type Resolution struct {
	Affected
	Levels []inventory.ChannelLevel
}

// Moves is what a page of products would change among the channel levels.
type Moves struct {
	Places          []MovedPlace // those that would be written anew, or released; in order
	Zeroing         int64        // live rows that would become due to go to 0 and are not yet
	ZeroingProducts int64        // of how many products those are
}

// MovedPlace is a place whose row is another one from now on.
type MovedPlace struct{ Product, ChannelSKU, Location string }

// Resolver turns levels into channel levels.
type Resolver interface {
	// Plan looks at the cursors. Mode Full makes everything due.
	Plan(ctx context.Context, connection string, mode Mode) (Plan, error)
	// Affected returns the next page of products, in order, after the given one: products whose level changed since the
	// cursor, bundles of which a component did, and products whose listing, bundle or product definition did. With
	// Everything: every reported SKU of the warehouse and every bundle of the merchant. With a scope: the SKUs of the scope
	// and the bundles they are part of, and nothing else.
	Affected(ctx context.Context, plan Plan, scope []string, after string, limit int) ([]Affected, error)
	// Inputs loads what inventory.Resolve needs for the products, in their order: levels, bundle, listings, TakenBy; and
	// fills in what the plan says of the connection, the strategy and the sharing.
	Inputs(ctx context.Context, plan Plan, products []string) ([]inventory.Input, error)
	// Resolve writes channel levels of a page of products, in one transaction, as inventory.ChannelLevel.Move decides of each:
	// one whose figure could have changed becomes pending with its new figure and the level version it was computed from,
	// even when the figure is the same; blocked when the level says so. One that a store refused is tried again with another
	// figure, or when the product was Redefined or Named. Rows of these products that are no longer resolved become blocked
	// with the reason, except where a call on them is open, which stay until it is answered. A row with an open call keeps status unknown or sent and
	// takes the new figure. A row that a rejection keeps from 0 stays blocked while it goes to 0; a figure above 0, or another product, ends that.
	Resolve(ctx context.Context, lease Lease, plan Plan, page []Resolution, now time.Time) (int64, error)
	// Newest returns the newest level version of the connection's warehouse and the newest definition version: where they are the ones that
	// a plan goes to, nothing has moved since.
	Newest(ctx context.Context, connection string) (Cursor, error)
	// Moves tells what Resolve would change for a page, and writes nothing.
	Moves(ctx context.Context, plan Plan, page []Resolution) (Moves, error)
	// AdvanceCursor moves the connection's cursor to plan.Next.
	AdvanceCursor(ctx context.Context, lease Lease, plan Plan) error
	// Due counts what a push would do.
	Due(ctx context.Context, connection string, scope []string) (Due, error)
	// Zeroed counts the connection's rows that were live and that the store shows as 0 since a time. What a person approved since is
	// not counted.
	Zeroed(ctx context.Context, connection string, since time.Time) (Zeroed, error)
	// ApproveZeroing notes that a person agreed to all that went to 0, that is due to and that open calls take there: none of it counts
	// in Due, Zeroed or as live any more, until the store shows more than 0 there again.
	ApproveZeroing(ctx context.Context, lease Lease) error
	// Kept counts the connection's rows (those of a scope, when there is one) that keep their figures because a person rejected to take
	// them to 0. They are blocked until their figure is above 0 or the rejection is lifted.
	Kept(ctx context.Context, connection string, scope []string) (Kept, error)
	// DissolveZeroing ends the wait of all of the connection's held pushes, for what they asked about may go out by itself. It returns the
	// holds of other runs.
	DissolveZeroing(ctx context.Context, lease Lease, now time.Time) ([]Hold, error)
}

// Due is what stands to be pushed.
type Due struct {
	Rows    int64 // due channel levels
	Live    int64 // rows that the store was last known to show above 0, though it may not be known any more
	Zeroing int64 // live rows that are due and would go to 0
	Open    int64 // live rows in an open call that are to show 0
	InCalls int64 // rows in an open call, live or not: the run that has the store brings those calls to an end first
}

// Remaining is what a push still has to do: those figures of Due that say so.
type Remaining struct {
	Rows    int64 // due channel levels
	InCalls int64 // rows in an open call
}

// Zeroed is what went to 0 lately.
type Zeroed struct {
	All   int64     // rows that went to 0, also those that are to come back
	Rows  int64     // of these, rows that are still to show 0
	First time.Time // when the first of Rows did; zero when there is none
}

// ── Pushing ─────────────────────────────────────────────────────────────────────────────────────────────────────────

// Status is where a channel level stands.
type Status string

// The statuses of channel levels.
const (
	StatusPending    Status = "pending"
	StatusUnknown    Status = "unknown" // a call was made, or may have been; its answer is not known
	StatusSent       Status = "sent"    // accepted by an asynchronous store, not yet applied
	StatusExported   Status = "exported"
	StatusSuperseded Status = "superseded" // used in the activity: a newer figure replaced this one before it was answered
	StatusRetrying   Status = "retrying"   // refused for now; due again
	StatusRejected   Status = "rejected"   // refused for good; parked, see NextTry
	StatusBlocked    Status = "blocked"    // by a rule of our own, or parked by what a look-up found

	// StatusTooHigh is what ChannelLevels lists the rows by that keep their figures because a person rejected to take them to 0: those that Kept
	// counts. Their own status is another.
	StatusTooHigh Status = "too_high"
)

// DueItem is a channel level that is due.
type DueItem struct {
	Location   string
	ChannelSKU string
	Product    string
	Quantity   int64
	Observed   int64  // the level version that Quantity was computed from
	Part       int    // the most rows in the next call that holds this one, after a refusal that named nobody; 0: no limit
	Reference  string // the store's own id of the item, as it was when a call was made; NextDue leaves it empty
	Exported   *int64 // what the store was last known to show; nil when it is not known
	Attempts   int    // calls in a row that brought no answer or a Retry or Conflict
}

// Intent is a call that is about to be made.
type Intent struct {
	Key      string
	Body     []byte
	Items    []DueItem
	Deadline time.Time // when the call is certainly over, whatever happened to us
	Now      time.Time
	// CountOn counts the call for each of its items on that day; 0 counts nothing. See DueQuery.MaximumCalls.
	CountOn Day
	// Pace is what is known of the store's budget when the call has begun, see Pusher.Pace; empty changes nothing.
	Pace string
}

// CallStanding is where an open call stands: all that says whether it is sent again, asked about or given up. A call may hold
// tens of thousands of rows, and a store may work on hundreds of calls, so what a call holds is read by itself.
type CallStanding struct {
	Key       string
	Begun     time.Time // when it was first sent
	Deadline  time.Time // see Intent
	Ticket    string    // set when the store accepted it and will report
	PollAfter time.Time // for a ticket: not before
	Sends     int       // how often it was sent
	Note      string    // what became of it so far, in the words of the last answer or fault
}

// OpenCall is a call whose answer is not known, or that the store still works on.
type OpenCall struct {
	Intent
	Ticket    string    // set when the store accepted it and will report
	PollAfter time.Time // for a ticket: not before
	Sends     int       // how often it was sent
}

// ItemResponse is what became of one item of a call.
type ItemResponse struct {
	Location   string
	ChannelSKU string
	Status     Status // StatusExported, StatusSent, StatusRejected, StatusRetrying, StatusPending (not applied), StatusUnknown
	Reason     string
	// Shown is what the store is now known to show; with StatusExported nil means the figure that was sent.
	Shown *int64
	// Part, with StatusPending, is the most rows in the next call that holds this one.
	Part int
}

// Response is a store's answer to a call.
type Response struct {
	Key       string
	Items     []ItemResponse
	Ticket    string // the call stays open under this ticket
	PollAfter time.Time
	Note      string // for the activity: the store's words
	Now       time.Time
	// Pace is what is known of the store's budget after the answer, as in Intent.
	Pace string
}

// Pusher keeps intents and answers.
type Pusher interface {
	// Pace is what the last holder of a store knew of its budget, in words of its own; empty when nothing is known.
	Pace(ctx context.Context, store string) (string, error)
	// OpenCalls lists the connection's unanswered calls, oldest first.
	OpenCalls(ctx context.Context, connection string) ([]CallStanding, error)
	// OpenCall is one of them with its body and its rows; ErrNotFound when it is not open any more.
	OpenCall(ctx context.Context, connection, key string) (OpenCall, error)
	// NextDue returns up to limit due rows (pending or retrying), without an open call, in order of key, after the given
	// position. With scope: only rows of those products and of bundles that contain them.
	NextDue(ctx context.Context, query DueQuery) ([]DueItem, error)
	// Intend writes the intents of calls that begin together, before they are made: the rows become unknown, the calls are kept with their
	// bodies, the store's BusyUntil moves to the deadline and the day's calls grow, in one transaction. Where one is refused, none is written.
	Intend(ctx context.Context, lease Lease, intents ...Intent) error
	// Resend notes that an open call is about to be sent again (sends, BusyUntil, day's calls).
	Resend(ctx context.Context, lease Lease, key string, deadline, now time.Time) error
	// ApplyResponses writes what became of calls, in one transaction. A row whose figure changed since its call was made becomes pending again and
	// its activity says superseded. Without a ticket and with no item left unknown or sent, the call is closed.
	// An answer to a closed call changes nothing.
	ApplyResponses(ctx context.Context, lease Lease, responses ...Response) error
	// Abandon closes an open call whose bytes may not be sent again; its rows become pending with no known shown figure.
	Abandon(ctx context.Context, lease Lease, key, reason string, now time.Time) error
	// Throttled notes that a store answered so many calls with: not so fast.
	Throttled(ctx context.Context, lease Lease, calls int64, now time.Time) error
	// CallsOn returns how many calls were made to the store on the UTC day of the time.
	CallsOn(ctx context.Context, store string, day time.Time) (int64, error)
	// Remaining counts what a push still has to do. It is asked for at the end of every slice, so its cost is that of the rows that are left.
	Remaining(ctx context.Context, connection string, scope []string) (Remaining, error)
	// Tally counts the connection's rows that this run touched, by status, and the run's calls.
	Tally(ctx context.Context, run int64) (Counts, error)
}

// DueQuery asks for due rows. Rows that this run already tried MaximumTries times are left for the next run; from the beginning, those that
// it has not tried come first.
type DueQuery struct {
	Connection   string
	Run          int64
	Scope        []string
	MaximumTries int
	AfterSKU     string // channel SKU and location of the last row seen; empty to begin
	AfterPlace   string
	Limit        int
	// Newer: only rows that were resolved again after the run was, and whose levels have moved since. A run of a few SKUs has none.
	Newer bool
	// MaximumCalls leaves rows out whose channel SKU was named in so many calls on Day already; 0 means no limit.
	MaximumCalls int64
	Day          Day
}

// Day is a calendar day in some time zone, as days since 1970: a store's quotas count by it.
type Day int64

// DayOf is the calendar day of a moment in a zone; nil means UTC.
func DayOf(at time.Time, zone *time.Location) Day {
	if zone == nil {
		zone = time.UTC
	}
	year, month, day := at.In(zone).Date()
	return Day(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix() / 86_400)
}

// Reference is the store's own id of an item, and when it was found.
type Reference struct {
	ID      string
	FoundAt time.Time
}

// RefreshedIDs is what became of the rows of channel SKUs whose references were forgotten.
type RefreshedIDs struct {
	References int64 `json:"references"` // that were forgotten
	Due        int64 `json:"due"`        // rows that are pushed again
	Open       int64 `json:"open"`       // rows that were left, because the answer to a call for them is still to come
}

// Rememberer keeps what was learned of a store's items.
type Rememberer interface {
	// References returns what is remembered of channel SKUs of a store; those that are not known are left out.
	References(ctx context.Context, store string, skus []string) (map[string]Reference, error)
	// Remember keeps references, by channel SKU. Rows that the store refused in an earlier run become due again where the reference is
	// new or another than it was.
	Remember(ctx context.Context, lease Lease, references map[string]string, now time.Time) error
	// Forget forgets what the store does not know any more.
	Forget(ctx context.Context, lease Lease, skus []string) error
	// RefreshIDs forgets what is remembered of channel SKUs of a store, of all of them when none is named, and makes their rows
	// due: their ids are refreshed and they are pushed again, for what the store shows is not known. It returns a *BusyError while a
	// run has the store, which may hold in memory what is to be forgotten.
	RefreshIDs(ctx context.Context, store string, skus []string) (RefreshedIDs, error)
	// Park writes what a look-up said of due rows without an open call: each becomes StatusRejected or StatusBlocked, with its
	// reason, and is out of the push; or it is due again: as StatusRetrying after a try that brought nothing, as StatusPending
	// with the limit of its Part. A row whose figure changed since it was read stays as it is.
	Park(ctx context.Context, lease Lease, items []DueItem, responses []ItemResponse, now time.Time) error
}

// Package ledger is the durable state of Tidemark: the levels that warehouses reported, the figures that stores should show,
// the calls that were made to the stores, and the responses to them. It has one interface, two implementations (SQLite and
// PostgreSQL), and one conformance suite for both (package ledgertest).
//
// Rules that hold for every implementation:
//
//   - Sets of rows are written by bulk statements. Nothing that grows with the catalogue is held in memory as a whole. Pages
//     are in the byte order of their key.
//   - Every write of a run carries its Lease. The write is refused with ErrFenced, in the same transaction, when another
//     run has taken the store since.
//   - Level versions and definition versions are taken under a lock that is held until the commit. So they become visible in
//     order, and no cursor can pass a version that is not committed yet.
//   - Times are given by the caller, in UTC, and stored in microseconds.
package ledger

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/tidemark/tidemark/inventory"
)

// Errors that callers act on. Any other error of a ledger is a fault of the database, and the caller should retry.
var (
	// ErrFenced: the run has lost its store. It must stop at once and write nothing.
	ErrFenced = errors.New("ledger: the store has been taken by another run")
	// ErrNotFound: the named thing does not exist.
	ErrNotFound = errors.New("ledger: not found")
	// ErrFull: the disk is full. Work continues by itself once space is free again.
	ErrFull = errors.New("ledger: the disk is full; free some space and the work goes on by itself")
	// ErrDamaged: the file is not a ledger, or is damaged. Nothing was changed.
	ErrDamaged = errors.New("ledger: damaged")
	// ErrNewer: a newer version of Tidemark wrote the ledger.
	ErrNewer = errors.New("ledger: the schema is newer than this program")
)

// BusyError is returned when another run holds the store.
type BusyError struct{ Holder Holder }

func (e *BusyError) Error() string {
	return fmt.Sprintf("ledger: store %s is taken by %s", e.Holder.Store, e.Holder.Workflow)
}

// TurnError is returned when a store is free but reserved for a workflow that waits for it with an unscoped run (see Gate.Await).
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
	// Check returns an error when the ledger does not answer, or has another schema than this program.
	Check(ctx context.Context) error
	// Close waits for running work.
	Close() error
}

// ── Definitions ─────────────────────────────────────────────────────────────────────────────────────────────────────

// DefinitionReader reads the configuration that the ledger holds. It changes nothing.
type DefinitionReader interface {
	Warehouse(ctx context.Context, id string) (Warehouse, error)
	Store(ctx context.Context, id string) (Store, error)
	Connection(ctx context.Context, id string) (Connection, error)
	Warehouses(ctx context.Context) ([]Warehouse, error)
	Stores(ctx context.Context) ([]Store, error)
	// StoreUses returns the use of each store on the UTC day of the given time, keyed by store id. A store that was never
	// called is absent.
	StoreUses(ctx context.Context, day time.Time) (map[string]StoreUse, error)
	Connections(ctx context.Context) ([]Connection, error)
	// Strategy returns nil when the merchant and warehouse have no strategy.
	Strategy(ctx context.Context, merchant, warehouse string) (*inventory.Strategy, error)
	// Generation is a counter that grows while a SQLite ledger is in use, and with Restored. A smaller value than before
	// means that an older copy was put in place.
	Generation(ctx context.Context) (int64, error)
	// Epoch is a random id that Restored replaces.
	Epoch(ctx context.Context) (string, error)
	// Identity is a random id that a ledger gets when it is created and keeps, also when it is restored. Schedules and
	// workflows name it. A copy of a SQLite file has the same identity, and so has a database that was restored from a
	// backup of another.
	Identity(ctx context.Context) (string, error)
}

// Definer keeps the configuration.
type Definer interface {
	DefinitionReader
	// Apply makes the ledger hold the definitions, in one transaction, and returns the differences; none when nothing differed.
	//
	// Each product, bundle, listing, strategy and connection that changed gets a new definition version, from one counter
	// that stays locked until the commit. When the set of active connections of a merchant and warehouse changes, the
	// sharing version of that pair changes too, because the share of every store may change. Products, bundles, listings and
	// strategies that are absent are removed; a removal is a change of definition, and its version is kept until every cursor
	// has passed it. Warehouses, stores and connections that are absent are removed only with Prune (with their levels, rows
	// and runs); without it they are kept, and reported with the action "kept".
	Apply(ctx context.Context, definitions Definitions, options ApplyOptions) ([]Change, error)

	// Watch is called when a process that runs workflows starts. It finds out whether the ledger was restored from a backup
	// since it was last used. If so, it does what Restored does and returns the evidence; otherwise restored is empty. A
	// PostgreSQL ledger cannot find this out.
	Watch(ctx context.Context, now time.Time) (restored string, err error)
	// Restored declares that the ledger may be older than the figures in the stores: a new epoch begins, every connection's
	// next run is Full, open calls are forgotten (their rows become pending), and stores that runs hold are released.
	Restored(ctx context.Context, reason string, now time.Time) error
}

// ── The gate ────────────────────────────────────────────────────────────────────────────────────────────────────────

// Lease is a run's right to use a store. It ends when another run takes the store.
type Lease struct {
	Store string `json:"store"`
	Fence int64  `json:"fence"` // grows each time that the store is taken
	Run   int64  `json:"run"`
}

// Holder is the run that holds a store.
type Holder struct {
	Store       string    `json:"store"`
	Fence       int64     `json:"fence"`
	Run         int64     `json:"run"`
	Connection  string    `json:"connection"`
	Workflow    string    `json:"workflow"`     // workflow id
	WorkflowRun string    `json:"workflow_run"` // first run id of the workflow's chain
	TakenAt     time.Time `json:"taken_at"`
	// BusyUntil is the deadline of the holder's last call to the store. Until then a late request may still arrive there.
	BusyUntil time.Time `json:"busy_until,omitzero"`
}

// Request is a person's or a service's request for a run.
type Request struct {
	ID string    `json:"id"` // identifies the request: one that is sent again has the same id
	By string    `json:"by,omitempty"`
	At time.Time `json:"at"`
}

// Claim asks for a store, to start a run.
type Claim struct {
	Connection  string
	Mode        Mode
	Trigger     Trigger
	Workflow    string
	WorkflowRun string // first run id of the chain
	Pass        int    // number of the pass within the workflow; the same (WorkflowRun, Pass) gets the same run again
	Requests    []Request
	// Replace is the fence of a holder that is known to be dead; 0 replaces nobody.
	Replace int64
	// FetchFirst: the run fetches before it needs its store, so it starts without it. Its Lease has fence 0 and allows only
	// the fetch; Acquire takes the store afterwards. With SkipFetch a Smart run does not fetch, so it takes the store at
	// once; a Full run fetches all the same.
	FetchFirst bool
	SkipFetch  bool
	// Yields: the run does not begin while another run holds the store.
	Yields bool
	// DryRun and Scope are recorded with the run.
	DryRun bool
	Scope  []string
	Now    time.Time
}

// Grant is the answer to a claim: a store that was taken, or the news that the requests are covered already.
type Grant struct {
	Lease Lease
	// Mode is Full, although Smart was claimed, when the connection requires a Full Sync (after a restore).
	Mode Mode
	// NotBefore is the earliest time for a call to the store, because the last call of a dead predecessor may arrive until then.
	NotBefore time.Time
	// Covered: all the requests are already satisfied. They were served, or a pass completed that began to fetch after
	// they were made (a Full pass covers Smart requests). No store was taken.
	Covered bool
	// CoveredBy is the latest run that satisfied one of them; 0 when it is not known.
	CoveredBy int64
}

// Gate lets one run at a time hold a store.
type Gate interface {
	// Begin takes the connection's store and starts a run. It returns a *BusyError when another run holds the store with a
	// fence that is not Claim.Replace, a *TurnError when the claim has a scope and the store is reserved for another
	// workflow, and ErrNotFound when there is no such connection. A holder that begins again (same WorkflowRun and Pass)
	// gets the same Lease. A dry run takes the store as well. Runs with a scope and dry runs never cover requests of others.
	Begin(ctx context.Context, claim Claim) (Grant, error)
	// Await notes that a workflow waits for the store with an unscoped run and will ask again before the time until. Claims
	// with a scope do not get the store meanwhile, so that a sequence of such runs cannot keep it from the workflow. The
	// workflow that began to wait first has the turn. It keeps the turn up to the time until, or until it has the store, is
	// covered, is skipped or has ended.
	Await(ctx context.Context, store, workflow string, until, now time.Time) error
	// Leave ends the wait of a workflow that was cancelled, or failed, before it had the store. The store is no longer
	// reserved for it. A run that its pass began nevertheless ends with the given end, and gives the store back.
	Leave(ctx context.Context, workflowRun string, pass int, workflow string, end RunEnd) error
	// Release gives the store back without ending the run (while a person decides). It returns no error when the lease is
	// lost or the store was released before. With fence 0 it gives the store back whatever the fence, if this run holds it.
	Release(ctx context.Context, lease Lease) error
	// Reacquire takes the store again, under a new fence, for a run that released it. It returns the same errors as Begin.
	Reacquire(ctx context.Context, run int64, replace int64, now time.Time) (Grant, error)
	// Acquire takes the store for a run that was started without it. It returns the same errors as Begin.
	Acquire(ctx context.Context, run int64, replace int64, now time.Time) (Grant, error)
	// OpenRuns lists a connection's runs that have not ended, oldest first. A run whose workflow is over stays among them
	// until it is ended.
	OpenRuns(ctx context.Context, connection string) ([]Run, error)
	// Progress records a run's phase, and those counts that are not 0, for people to see. It leaves an ended run as it is.
	Progress(ctx context.Context, run int64, phase string, counts Counts) error
	// EndStage records that a stage of a run has ended, the next phase (empty leaves the phase as it is), and those counts
	// that are not 0. It leaves an ended run as it is.
	EndStage(ctx context.Context, run int64, stage Stage, next string, counts Counts, now time.Time) error
	// Holder returns the holder of a store; ErrNotFound when no run holds it.
	Holder(ctx context.Context, store string) (Holder, error)
	// EndRun records how a run ended and gives the store back. It marks the run's requests as served when the outcome is
	// Completed, CompletedWithFailures or Partial. It clears the connection's requirement of a Full Sync when a complete
	// Full pass without a scope ended. Ending an ended run again changes nothing. When the lease is lost, the run is ended
	// and the store is left alone. With fence 0 the store is given back whatever the fence, if this run holds it.
	EndRun(ctx context.Context, lease Lease, end RunEnd) error
	// NoteRequests records the ids of requests that wait together as a group, whose id is itself that of a request. A run
	// that takes up the request with the group's id takes up the others too, and they get the same outcome.
	NoteRequests(ctx context.Context, connection string, mode Mode, group string, requests []Request) error
	// EndUnserved records the outcome of requests that no run serves, and of the requests in their groups. A request that
	// was served keeps that outcome.
	EndUnserved(ctx context.Context, connection string, mode Mode, requests []Request, end RequestEnd) error
	// SkipRun records a run that did not take place, and the reason. Its requests have failed for the same reason.
	SkipRun(ctx context.Context, claim Claim, outcome Outcome, reason string) (run int64, err error)
}

// RequestOutcome is the state of a request.
type RequestOutcome string

// The states of requests.
const (
	RequestWaiting RequestOutcome = "waiting" // no run has taken it up yet
	RequestRunning RequestOutcome = "running" // a run has taken it up
	RequestServed  RequestOutcome = "served"
	RequestCovered RequestOutcome = "covered" // it was satisfied already when its turn came
	RequestFailed  RequestOutcome = "failed"  // the reason says why
)

// RequestEnd is the outcome of a request and the run that brought it about; Run is 0 when no run did.
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
	MadeAt     time.Time      `json:"made_at"` // when its workflow received it
	Outcome    RequestOutcome `json:"outcome"`
	Reason     string         `json:"reason,omitempty"`
	EndedAt    *time.Time     `json:"ended_at,omitempty"`
	Run        int64          `json:"run,omitempty"`   // the run that took it up last, or that had satisfied it before
	Group      string         `json:"group,omitempty"` // the group of requests that it was taken up with
}

// RequestQuery asks for requests, newest first. An empty field does not restrict the result.
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
	Partial               Outcome = "partial"                 // more is due; the next run was requested
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

// SnapshotFigures count the rows of a snapshot and their effect. Each type that reports on snapshots embeds them.
type SnapshotFigures struct {
	Rows    int64 `json:"rows"`    // rows of the snapshot, including refused ones
	Refused int64 `json:"refused"` // rows that were refused
	Missing int64 `json:"missing"` // recorded levels that a full snapshot did not name
	Changed int64 `json:"changed"` // levels whose available figure changed
	Older   int64 `json:"older"`   // rows older than the recorded level
}

// Add adds the figures of the next snapshot of the same fetch. Missing is replaced, because only the last full snapshot tells
// which levels are missing.
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
	Odd      int64 `json:"odd,omitempty"`   // oddities in the rows and SKUs of the snapshot, which this run or an earlier one noted
	Resolved int64 `json:"resolved"`        // channel levels computed
	Due      int64 `json:"due"`             // channel levels that were due when the push began, including those in open calls
	Exported int64 `json:"exported"`
	Sent     int64 `json:"sent"`             // accepted by the store, result not reported yet
	Rejected int64 `json:"rejected"`         // newly rejected: by this run, or in a response that it received
	Parked   int64 `json:"parked,omitempty"` // rejected by an earlier run, resolved to the same figure by this one, and not tried
	Blocked  int64 `json:"blocked"`
	Retrying int64 `json:"retrying"`
	Calls    int64 `json:"calls"`
	Waits    int64 `json:"waits"` // times the run waited for the store's budget
}

// ── Recording what a warehouse reports ──────────────────────────────────────────────────────────────────────────────

// SnapshotStart holds what is needed to begin staging a snapshot.
type SnapshotStart struct {
	Warehouse string
	Repeated  inventory.RepeatedPolicy
	Now       time.Time
}

// SnapshotEnd asks for a staged snapshot to become visible.
type SnapshotEnd struct {
	Full         bool
	Rows         int // number of rows by the source's count, including refused ones; must equal the number of staged rows
	AsOf         time.Time
	SourceCursor string
	From         string
	Guard        Guard
	Missing      inventory.MissingPolicy
	Refused      inventory.RefusedPolicy
	// Approved lifts the guard for this snapshot within the limits of the approval: it must have at least MinimumRows of
	// ApprovedRows rows, and may leave unnamed at most ApprovedAbsent. Levels that would count twice are set to 0.
	Approved       bool
	ApprovedRows   int64
	ApprovedAbsent Absence
	// More: the source has another snapshot, which the run reads next. Another run that fetches would not get this one.
	More bool
	// Pages holds the fingerprints of the source's pages, one after the other; empty when they are not known. The ledger only
	// compares them. See Confirm.
	Pages []byte
	Now   time.Time
}

// SnapshotResult is the effect of a snapshot.
type SnapshotResult struct {
	SnapshotFigures
	Version  int64  // the warehouse's level version afterwards
	Held     string // the reason why it was held, and nothing was recorded; empty when it was not held
	LastRows int64  // rows of the last full snapshot that was recorded
	Absent   Absence
	More     bool // SnapshotEnd.More of the snapshot
	// Rejected says who rejected the same content before, when, and why it had been held. The snapshot is then not held
	// again, and nothing was recorded.
	Rejected string `json:",omitempty"`
	// Oddities are strange rows and SKUs of the snapshot. They are reported and have no effect.
	Oddities []inventory.Oddity `json:"-"`
	// Dissolved are the holds of other runs that need no decision any more, because this full snapshot was recorded.
	Dissolved []Hold `json:"-"`
}

// Observation is an update event: a warehouse's report of one level at one moment.
type Observation struct {
	// Event is the sender's id of the event, unique for the warehouse. An event that arrives again is counted once.
	Event string
	// Sequence is the source's own number for the order of a level's events, above 0; 0 where the source has none.
	Sequence int64
	// Level's ReportedAt orders the observations that have no Sequence to compare; zero means the time of arrival.
	inventory.Level
	// ReceivedAt is the time of arrival by our clock; zero means now. It orders an observation that has no time of its own.
	ReceivedAt time.Time
	// Batch is the id of the batch in which the observation arrived. With it, a second attempt to record the batch can be
	// told from a second sending of the event. When it is empty, the two cannot be told apart.
	Batch string
	// Refused is the reason why the figure is not accepted; then the level is marked as stale. In a refused observation the
	// SKU is empty when it could not be read, the facility is empty when it is not known, and Event may be empty.
	Refused string
}

// StoreUse is the use of a store's API.
type StoreUse struct {
	Calls     int64     // calls that began on the day, including those that sent a call again or asked for its result
	Throttled int64     // responses of the day that asked to slow down
	Answered  time.Time // when the last recorded call of any day was over; zero when there is none
}

// Observed is the effect of a set of observations.
type Observed struct {
	Changed    []string // SKUs whose available figure changed, sorted, each once
	Duplicates int64    // events that had arrived before
	Repeated   []string // SKUs of events that an earlier attempt at the same batch recorded, sorted, each once: they may have changed
	Older      int64    // observations older than the recorded level
	Misplaced  int64    // observations that would have counted stock twice; the activity gives the reason
	Refused    int64    // observations that arrived as refused
	Version    int64    // the warehouse's level version afterwards
}

// ShareQuery asks for a snapshot that another run of the same warehouse fetched.
type ShareQuery struct {
	Warehouse string
	Since     time.Time // the snapshot's fetch must have begun at this time or later
	Full      bool      // only a full snapshot will do
	// Staged is the snapshot that the run itself is staging. The run then waits only for snapshots that were begun before
	// that one, so that of several runs that begin at once one goes on. 0 means that it stages none; then what an earlier
	// attempt of the run staged is deleted.
	Staged int64
	Now    time.Time
}

// Shared is a snapshot that a run can use instead of fetching.
type Shared struct {
	Run    int64 // the run that fetched it; 0 means that there is no such snapshot, and the caller must fetch
	Result SnapshotResult
	From   string
	// Fetching is the run that is fetching such a snapshot now, for which the caller should wait; 0 when there is none.
	Fetching int64
}

// Recorder takes in what warehouses report.
type Recorder interface {
	// Share looks for a snapshot that the run can use instead of fetching: the latest that a run of another connection
	// fetched, which must be newer than the last one that this connection fetched or took over. When there is one, the
	// run's fetch counts as begun when the fetch of that snapshot began.
	Share(ctx context.Context, lease Lease, query ShareQuery) (Shared, error)
	// Observe records update events of a warehouse and their ids, in one transaction. A level stays as it is when its
	// recorded sequence is not below the observation's, or when the observation is older. An observation without a facility
	// is not recorded when its SKU has levels by facility, and one with a facility is not when the SKU has a level without:
	// both would count. ErrNotFound: there is no such warehouse.
	Observe(ctx context.Context, warehouse string, observations []Observation, now time.Time) (Observed, error)
	// StageUpload begins a snapshot that was sent to us: it is Stage without a run. StageRows and Discard work on it. A
	// snapshot that is not recorded within 30 days is deleted.
	StageUpload(ctx context.Context, start SnapshotStart) (snapshot int64, err error)
	// RecordUpload is Record for such a snapshot. If the snapshot was recorded or held before, it returns that result again.
	RecordUpload(ctx context.Context, snapshot int64, end SnapshotEnd) (SnapshotResult, error)
	// SourceCursor returns the source cursor of the warehouse's last recorded snapshot; empty when there is none.
	SourceCursor(ctx context.Context, warehouse string) (string, error)
	// Stage begins a snapshot of a warehouse for a run, records on the run when fetching began, and deletes what an earlier
	// attempt of the same run staged.
	Stage(ctx context.Context, lease Lease, start SnapshotStart) (snapshot int64, err error)
	// StageRows adds rows. Rows of a snapshot with the same facility and SKU are summed if SnapshotStart.Repeated says so; otherwise they
	// are all refused.
	StageRows(ctx context.Context, snapshot int64, levels []inventory.Level, refusals []inventory.Refusal) error
	// NoteOddities records oddities in the rows of a staged snapshot. Record adds SKUs that resemble those of listings,
	// products, bundles and recorded levels without being equal to them. Oddities are kept with the snapshot, whether it is
	// recorded or held.
	NoteOddities(ctx context.Context, snapshot int64, oddities []inventory.Oddity) error
	// Pages returns the page fingerprints of the warehouse's last snapshot, as its SnapshotEnd gave them, for as long as a
	// snapshot with the same pages would change nothing; otherwise none.
	Pages(ctx context.Context, warehouse string) ([]byte, error)
	// Confirm records a snapshot without rows, whose pages are those that Pages returned. The effect is that of a Record
	// that changes nothing. When it is no longer certain that nothing would change, Confirm does nothing and confirmed is
	// false; then the caller must stage the rows and record the snapshot.
	Confirm(ctx context.Context, lease Lease, snapshot int64, end SnapshotEnd) (result SnapshotResult, confirmed bool, err error)
	// Record makes a staged snapshot visible in one transaction, or holds it (and deletes the rows; the refusals stay
	// readable). Versions grow only where the available figure really changed. An observation with an older ReportedAt than
	// the recorded one changes nothing; one without a time counts as made when its snapshot was. Each change of a figure is
	// written to the activity of the SKU.
	//
	// A snapshot that would be held, and has the content of one that a person rejected, is not held again: see
	// SnapshotResult.Rejected. The source cursor then moves past it when the source has more. A full snapshot that is
	// recorded dissolves the warehouse's waiting holds.
	Record(ctx context.Context, lease Lease, snapshot int64, end SnapshotEnd) (SnapshotResult, error)
	// Discard deletes a staged snapshot. It returns no error when there is no such snapshot.
	Discard(ctx context.Context, snapshot int64) error
	// Refusals lists at most limit refused rows of the warehouse's latest snapshot.
	Refusals(ctx context.Context, warehouse string, limit int) ([]inventory.Refusal, error)
}

// ── Resolving ───────────────────────────────────────────────────────────────────────────────────────────────────────

// Plan describes the work of resolving for a run.
type Plan struct {
	Connection Connection
	Strategy   *inventory.Strategy
	Sharing    []string // ids of the active connections of the merchant and warehouse, sorted
	// Everything: all products are resolved, because the mode is Full, or the strategy, the sharing or the connection changed.
	Everything bool
	Redefined  bool // with Everything: because of a change of definition
	Cursor     Cursor
	Next       Cursor // the cursor's position after everything has been resolved
	// Follows: the plan is for changes during a push, since its run was resolved. See DueQuery.Newer.
	Follows bool
}

// Cursor is the pair of versions up to which a connection has resolved.
type Cursor struct {
	Levels      int64 `json:"levels"`
	Definitions int64 `json:"definitions"`
}

// Affected is a product that must be resolved.
type Affected struct {
	Product   string
	Redefined bool // its definition changed, or it is resolved for a Full Sync: all its places are due
	// Named: a person or a service named it, so all its places are due too. Resolver.Affected leaves it false; the caller,
	// who knows the names, sets it.
	Named bool
}

// Resolution is the outcome of resolving one product.
type Resolution struct {
	Affected
	Levels []inventory.ChannelLevel
}

// Moves describes what resolving a page of products would change in the channel levels.
type Moves struct {
	Places          []MovedPlace // places that would be written anew, or released; sorted
	Zeroing         int64        // live rows that would newly become due to go to 0
	ZeroingProducts int64        // number of products of those rows
}

// MovedPlace is a place whose row would change.
type MovedPlace struct{ Product, ChannelSKU, Location string }

// Resolver turns levels into channel levels.
type Resolver interface {
	// Plan compares the cursors with the newest versions. Mode Full makes everything due.
	Plan(ctx context.Context, connection string, mode Mode) (Plan, error)
	// Affected returns the next page of products, sorted, after the given one: products whose level changed since the
	// cursor, bundles with such a component, and products whose listing, bundle or product definition changed. With
	// Everything it returns every reported SKU of the warehouse and every bundle of the merchant. With a scope it returns
	// the SKUs of the scope and the bundles that contain them, and nothing else.
	Affected(ctx context.Context, plan Plan, scope []string, after string, limit int) ([]Affected, error)
	// Inputs loads the input of inventory.Resolve for each of the products, in their order: its levels, bundle, listings
	// and TakenBy, together with the plan's connection, strategy and sharing.
	Inputs(ctx context.Context, plan Plan, products []string) ([]inventory.Input, error)
	// Resolve writes the channel levels of a page of products, in one transaction. inventory.ChannelLevel.Move decides for
	// each:
	//   - A row whose figure could have changed becomes pending, with the new figure and the level version that it was
	//     computed from, even when the figure is the same; or blocked when the channel level is.
	//   - A row that a store refused is tried again when its figure changed, or its product was Redefined or Named.
	//   - A row of these products that is no longer resolved becomes blocked with the reason, unless it is in an open call:
	//     then it stays until the call is answered.
	//   - A row in an open call keeps the status unknown or sent and takes the new figure.
	//   - A row that a rejection keeps from going to 0 stays blocked while its figure is 0. A figure above 0, or another
	//     product, ends that.
	Resolve(ctx context.Context, lease Lease, plan Plan, page []Resolution, now time.Time) (int64, error)
	// Newest returns the newest level version of the connection's warehouse and the newest definition version. When they
	// equal Plan.Next, nothing has changed since the plan was made.
	Newest(ctx context.Context, connection string) (Cursor, error)
	// Moves returns what Resolve would change for a page. It writes nothing.
	Moves(ctx context.Context, plan Plan, page []Resolution) (Moves, error)
	// AdvanceCursor moves the connection's cursor to plan.Next.
	AdvanceCursor(ctx context.Context, lease Lease, plan Plan) error
	// Due counts the rows that a push would work on.
	Due(ctx context.Context, connection string, scope []string) (Due, error)
	// Zeroed counts the connection's live rows that the store has shown as 0 since a time. Rows whose zeroing a person has
	// approved since are not counted.
	Zeroed(ctx context.Context, connection string, since time.Time) (Zeroed, error)
	// ApproveZeroing records that a person agreed to all rows that went to 0, are due to go to 0, or are in open calls that
	// set them to 0. They no longer count in Due, in Zeroed or as live, until the store shows more than 0 there again.
	ApproveZeroing(ctx context.Context, lease Lease) error
	// Kept counts the connection's rows (those of a scope, when there is one) that keep their figures because a person
	// rejected taking them to 0. They are blocked until their figure is above 0 or the rejection is lifted.
	Kept(ctx context.Context, connection string, scope []string) (Kept, error)
	// DissolveZeroing ends the wait of all the connection's held pushes, because their changes may now go out without a
	// decision. It returns the holds of other runs.
	// holds of other runs.
	DissolveZeroing(ctx context.Context, lease Lease, now time.Time) ([]Hold, error)
}

// Due counts the rows that stand to be pushed.
type Due struct {
	Rows    int64 // due channel levels
	Live    int64 // rows that the store was last known to show above 0; its present figure may be unknown
	Zeroing int64 // live rows that are due and would go to 0
	Open    int64 // live rows in an open call that are to show 0
	InCalls int64 // rows in an open call, live or not: the run that holds the store completes those calls first
}

// Remaining counts the work that a push still has to do.
type Remaining struct {
	Rows    int64 // due channel levels
	InCalls int64 // rows in an open call
}

// Zeroed counts rows that went to 0 lately.
type Zeroed struct {
	All   int64     // rows that went to 0, including those that are to show more again
	Rows  int64     // of these, rows whose figure is still 0
	First time.Time // when the first row counted in Rows went to 0; zero when there is none
}

// ── Pushing ─────────────────────────────────────────────────────────────────────────────────────────────────────────

// Status is the state of a channel level.
type Status string

// The statuses of channel levels.
const (
	StatusPending    Status = "pending"
	StatusUnknown    Status = "unknown" // a call was made, or may have been; its answer is not known
	StatusSent       Status = "sent"    // accepted by an asynchronous store, not yet applied
	StatusExported   Status = "exported"
	StatusSuperseded Status = "superseded" // only in the activity: a newer figure replaced this one before it was answered
	StatusRetrying   Status = "retrying"   // refused for now; due again
	StatusRejected   Status = "rejected"   // refused for good; parked, see NextTry
	StatusBlocked    Status = "blocked"    // by a rule of our own, or parked after a look-up

	// StatusTooHigh is a filter of ChannelLevels, and no row's own status: it selects the rows that keep their figures
	// because a person rejected taking them to 0, which Kept counts.
	StatusTooHigh Status = "too_high"
)

// DueItem is a channel level that is due.
type DueItem struct {
	Location   string
	ChannelSKU string
	Product    string
	Quantity   int64
	Observed   int64  // the level version that Quantity was computed from
	Part       int    // the most rows in the next call that holds this one, after a refusal that named no row; 0: no limit
	Reference  string // the store's own id of the item when a call was made; NextDue leaves it empty
	Exported   *int64 // the figure that the store was last known to show; nil when it is not known
	Attempts   int    // consecutive calls without a response, or with a Retry or Conflict
}

// Intent is a call that is about to be made.
type Intent struct {
	Key      string
	Body     []byte
	Items    []DueItem
	Deadline time.Time // when the call is certainly over, even if this process dies
	Now      time.Time
	// CountOn is the day on which the call is counted for each of its items; 0 counts nothing. See DueQuery.MaximumCalls.
	CountOn Day
	// Pace is the state of the store's budget after the call has begun, see Pusher.Pace; empty changes nothing.
	Pace string
}

// CallStanding is the state of an open call: the facts that decide whether it is sent again, polled or abandoned. A call may
// hold tens of thousands of rows, and a store may work on hundreds of calls, so OpenCall reads the rows of a call separately.
type CallStanding struct {
	Key       string
	Begun     time.Time // when it was first sent
	Deadline  time.Time // see Intent
	Ticket    string    // set when the store accepted the call and will report its result
	PollAfter time.Time // for a ticket: the earliest time to ask for the result
	Sends     int       // how often it was sent
	Note      string    // the latest response or fault, in words
}

// OpenCall is a call whose response is not known, or that the store still works on.
type OpenCall struct {
	Intent
	Ticket    string    // set when the store accepted the call and will report its result
	PollAfter time.Time // for a ticket: the earliest time to ask for the result
	Sends     int       // how often it was sent
}

// ItemResponse is the result for one item of a call.
type ItemResponse struct {
	Location   string
	ChannelSKU string
	Status     Status // StatusExported, StatusSent, StatusRejected, StatusRetrying, StatusPending (not applied), StatusUnknown
	Reason     string
	// Shown is the figure that the store now shows; nil with StatusExported means the figure that was sent.
	Shown *int64
	// Part, with StatusPending, is the most rows in the next call that holds this one.
	Part int
}

// Response is a store's answer to a call.
type Response struct {
	Key       string
	Items     []ItemResponse
	Ticket    string // when set, the call stays open under this ticket
	PollAfter time.Time
	Note      string // the store's words, for the activity
	Now       time.Time
	// Pace is the state of the store's budget after the response, as in Intent.
	Pace string
}

// Pusher keeps the calls that are made to stores: their intents and their responses.
type Pusher interface {
	// Pace returns what the last holder of a store recorded of the store's budget, in its own format; empty when it recorded
	// nothing.
	Pace(ctx context.Context, store string) (string, error)
	// OpenCalls lists the connection's open calls, oldest first.
	OpenCalls(ctx context.Context, connection string) ([]CallStanding, error)
	// OpenCall returns an open call with its body and its rows; ErrNotFound when it is not open any more.
	OpenCall(ctx context.Context, connection, key string) (OpenCall, error)
	// NextDue returns up to Limit due rows (pending or retrying) without an open call, in the order of their keys, after the
	// given position. With a scope it returns only rows of those products and of bundles that contain them.
	NextDue(ctx context.Context, query DueQuery) ([]DueItem, error)
	// Intend records the intents of calls that begin together, before they are made. In one transaction the rows become
	// unknown, the calls are kept with their bodies, the store's BusyUntil moves to the deadline, and the day's calls are
	// counted. If one intent is refused, none is recorded.
	Intend(ctx context.Context, lease Lease, intents ...Intent) error
	// Resend records that an open call is about to be sent again (number of sends, BusyUntil, the day's calls).
	Resend(ctx context.Context, lease Lease, key string, deadline, now time.Time) error
	// ApplyResponses records the results of calls, in one transaction. A row whose figure changed since its call was made
	// becomes pending again, and its activity says superseded. The call is closed unless it has a ticket or an item that
	// stays unknown or sent. A response to a closed call changes nothing.
	ApplyResponses(ctx context.Context, lease Lease, responses ...Response) error
	// Abandon closes an open call whose bytes may not be sent again. Its rows become pending, and the figure that the store
	// shows for them counts as unknown.
	Abandon(ctx context.Context, lease Lease, key, reason string, now time.Time) error
	// Throttled records that a store answered this number of calls with a request to slow down.
	Throttled(ctx context.Context, lease Lease, calls int64, now time.Time) error
	// CallsOn returns how many calls were made to the store on the UTC day of the given time.
	CallsOn(ctx context.Context, store string, day time.Time) (int64, error)
	// Remaining counts the work that a push still has to do. It runs at the end of every slice, so its cost grows only with
	// the rows that remain.
	Remaining(ctx context.Context, connection string, scope []string) (Remaining, error)
	// Tally counts the rows that a run touched, by status, and the run's calls.
	Tally(ctx context.Context, run int64) (Counts, error)
}

// DueQuery asks for due rows. Rows that this run already tried MaximumTries times are left for the next run. A query that starts
// from the beginning returns the rows first that the run has not tried.
type DueQuery struct {
	Connection   string
	Run          int64
	Scope        []string
	MaximumTries int
	AfterSKU     string // channel SKU of the last row of the previous page; empty to begin
	AfterPlace   string // location of that row
	Limit        int
	// Newer selects only rows that were resolved again after the run was, and whose levels have changed since. There are no
	// such rows in a run with a scope.
	Newer bool
	// MaximumCalls leaves out rows whose channel SKU was in that many calls on Day already; 0 means no limit.
	MaximumCalls int64
	Day          Day
}

// Day is a calendar day in some time zone, in days since 1970-01-01. Stores' quotas are counted by day.
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

// RefreshedIDs is the effect of Rememberer.RefreshIDs.
type RefreshedIDs struct {
	References int64 `json:"references"` // references that were forgotten
	Due        int64 `json:"due"`        // rows that will be pushed again
	Open       int64 `json:"open"`       // rows that were left alone, because they are in an open call
}

// Rememberer keeps the stores' own ids of their items.
type Rememberer interface {
	// References returns the known references of a store, keyed by channel SKU. Channel SKUs without one are absent.
	References(ctx context.Context, store string, skus []string) (map[string]Reference, error)
	// Remember keeps references, keyed by channel SKU. Rows that the store refused in an earlier run become due again when
	// their reference is new or has changed.
	Remember(ctx context.Context, lease Lease, references map[string]string, now time.Time) error
	// Forget deletes the references of channel SKUs that the store no longer knows.
	Forget(ctx context.Context, lease Lease, skus []string) error
	// RefreshIDs deletes the references of some channel SKUs of a store (of all when skus is empty) and makes their rows due.
	// The next push looks their ids up again and pushes the figures, because what the store shows for them is not known. It
	// returns a *BusyError while a run holds the store, because that run may hold the references in memory.
	RefreshIDs(ctx context.Context, store string, skus []string) (RefreshedIDs, error)
	// Park records the results of a look-up for due rows without an open call. A row becomes StatusRejected or StatusBlocked
	// with its reason, and leaves the push; or it stays due, as StatusRetrying after a try without a result, or as
	// StatusPending with the limit of its Part. A row whose figure changed since it was read stays as it is.
	Park(ctx context.Context, lease Lease, items []DueItem, responses []ItemResponse, now time.Time) error
}

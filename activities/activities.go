// Package activities holds the steps of a run that touch the outside world: acquiring the store, fetching, resolving, pushing,
// and ending. Each step is a method of a struct (Gate, Fetch, Resolve, Push, …) whose fields are its dependencies.
//
// Only ids and counts are passed through Temporal. Rows and bodies stay in the ledger, credentials in the environment. Every
// activity may run twice, even at the same time; the ledger's lease decides whose writes are accepted.
package activities

import (
	"time"

	"github.com/tidemark/tidemark/ledger"
)

// BeginInput asks for the store of a connection.
type BeginInput struct {
	// FirstRun is the first run id of the workflow's chain: it stays the same when the workflow continues as new.
	FirstRun   string           `json:"first_run"`
	Connection string           `json:"connection"`
	Ledger     string           `json:"ledger,omitempty"` // identity of the ledger that the run belongs to; empty when its starter did not name one
	Mode       ledger.Mode      `json:"mode"`
	Trigger    ledger.Trigger   `json:"trigger"`
	Pass       int              `json:"pass"`
	Requests   []ledger.Request `json:"requests,omitempty"`
	Scope      []string         `json:"scope,omitempty"`
	DryRun     bool             `json:"dry_run,omitempty"`
	// FetchFirst: the workflow fetches first and then takes the store by Acquire. SkipFetch: it does not fetch, unless it becomes a Full
	// Sync, so Begin takes the store at once.
	FetchFirst bool `json:"fetch_first,omitempty"`
	SkipFetch  bool `json:"skip_fetch,omitempty"`
}

// BeginAction is what the workflow does next.
type BeginAction string

// The actions after Begin.
const (
	BeginGo      BeginAction = "go"
	BeginSkip    BeginAction = "skip"    // a scheduled run that may not wait, or a connection that is not active
	BeginCovered BeginAction = "covered" // already satisfied: another pass did everything that was requested
)

// BeginResult is the result of Begin, Acquire and Retake.
type BeginResult struct {
	Action    BeginAction  `json:"action"`
	Reason    string       `json:"reason,omitempty"`
	Lease     ledger.Lease `json:"lease"` // with fence 0 it allows only the fetch
	Mode      ledger.Mode  `json:"mode"`
	NotBefore time.Time    `json:"not_before"`
	CoveredBy int64        `json:"covered_by,omitempty"`

	// The run's merchant, warehouse and store, for search attributes and for people.
	Merchant  string `json:"merchant"`
	Warehouse string `json:"warehouse"`
	Store     string `json:"store"`
	// Attributes is false when the namespace lacks Tidemark's search attributes; setting them would then block the run.
	Attributes bool `json:"attributes"`
}

// LeaveInput names a pass that ends before it has its store.
type LeaveInput struct {
	FirstRun string         `json:"first_run"`
	Pass     int            `json:"pass"`
	Outcome  ledger.Outcome `json:"outcome"`
	Reason   string         `json:"reason,omitempty"`
}

// FetchInput asks for the warehouse's levels.
type FetchInput struct {
	Lease      ledger.Lease `json:"lease"`
	Connection string       `json:"connection"`
	Mode       ledger.Mode  `json:"mode"`
	// Approved lifts the guard for a snapshot of about ApprovedRows rows, after a person approved it.
	Approved     bool  `json:"approved,omitempty"`
	ApprovedRows int64 `json:"approved_rows,omitempty"`
	// ApprovedAbsent is the most that such a snapshot may leave unnamed.
	ApprovedAbsent ledger.Absence `json:"approved_absent,omitzero"`
	// Asked is when the newest of the run's requests was made. A snapshot whose fetch began before that is not shared.
	Asked *time.Time `json:"asked,omitempty"`
}

// FetchResult is the result of a fetch.
type FetchResult struct {
	Unchanged bool `json:"unchanged,omitempty"` // the warehouse had nothing new to read
	// UnchangedSince is when the warehouse was last read, and UnchangedLevels how many levels that snapshot had. They are set with
	// Unchanged, where they are known.
	UnchangedSince  *time.Time `json:"unchanged_since,omitempty"`
	UnchangedLevels int64      `json:"unchanged_levels,omitempty"`
	From            string     `json:"from,omitempty"`
	ledger.SnapshotFigures
	Held string `json:"held,omitempty"` // why the snapshot is held, and nothing was recorded
	// HeldRows is the number of rows of the held snapshot, which a person must judge; Rows counts the rows of all snapshots that were read.
	// It is nil when nothing is held, and in results of earlier releases.
	HeldRows *int64 `json:"held_rows,omitempty"`
	// Rejected says why the snapshot was not recorded, when a person has rejected the same content before.
	Rejected string `json:"rejected,omitempty"`
	// Absent counts what the held snapshot leaves unnamed.
	Absent ledger.Absence `json:"absent,omitzero"`
	Shared int64          `json:"shared,omitempty"` // the run whose snapshot was shared; the figures are of that run
	// Oddities describe what looks odd in the snapshot, by kind, each with its count and an example. When nothing is new, they are those of
	// the last snapshot. Odd is the sum of the counts.
	Oddities []string `json:"oddities,omitempty"`
	Odd      int64    `json:"odd,omitempty"`
	// Stale is the number of levels whose last row was refused, in this fetch or before.
	Stale int64 `json:"stale,omitempty"`
}

// ResolveInput asks for a connection's channel levels.
type ResolveInput struct {
	Lease      ledger.Lease `json:"lease"`
	Connection string       `json:"connection"`
	Mode       ledger.Mode  `json:"mode"`
	Scope      []string     `json:"scope,omitempty"`
	// Named are the SKUs that a person or a service named in a request. They are resolved even in an unscoped run, and all their places are
	// pushed, even where nothing changed. SKUs of update events are not among them.
	Named  []string `json:"named,omitempty"`
	DryRun bool     `json:"dry_run,omitempty"`
	// Approved lifts the guard against zeroing, up to ApprovedZeroing rows.
	Approved        bool  `json:"approved,omitempty"`
	ApprovedZeroing int64 `json:"approved_zeroing,omitempty"`
}

// ResolveResult is the result of resolving. Its figures are numbers of rows.
type ResolveResult struct {
	Resolved int64  `json:"resolved"`
	Due      int64  `json:"due"`            // rows that the push must complete
	Open     int64  `json:"open,omitempty"` // of these, rows in open calls
	Live     int64  `json:"live"`
	Zeroing  int64  `json:"zeroing"`
	Held     string `json:"held,omitempty"`
	// Rejected says how many figures stay above 0, because a person rejected taking them to 0.
	Rejected string `json:"rejected,omitempty"`
	// Preview holds, for a dry run, the first lines of what a push would do.
	Preview *Preview `json:"preview,omitempty"`
}

// Preview describes what a push would do.
type Preview struct {
	ledger.PreviewCounts
	Lines []string `json:"lines,omitempty"`
}

// PushInput asks for a slice of a push.
type PushInput struct {
	Lease      ledger.Lease `json:"lease"`
	Connection string       `json:"connection"`
	Scope      []string     `json:"scope,omitempty"`
	// Pace is the Pace of the previous slice's result.
	Pace string `json:"pace,omitempty"`
}

// PushResult is the result of a slice.
type PushResult struct {
	Done bool `json:"done"`
	// Until is when the next slice may begin; zero means at once. Why is the reason for the wait, for people.
	Until time.Time `json:"until"`
	Why   string    `json:"why,omitempty"`
	// Again, with Done, is the reason why the workflow must resolve again before the push goes on: more has changed meanwhile than is
	// resolved between two calls, or the guard against mass zeroing would hold the changes. A workflow of an earlier release, which does not
	// know this field, leaves the rows that remain to the next run.
	Again string `json:"again,omitempty"`
	// Pace is the state of the store's budget, for the next slice, which may run on another worker.
	Pace string `json:"pace,omitempty"`
	// Faulty is true when the store could not be reached or had a server error, so that the workflow can give up in time.
	Faulty bool `json:"faulty,omitempty"`
	// Counts are the run's counts so far. Left is the number of rows that are still due.
	Counts ledger.Counts `json:"counts"`
	Left   int64         `json:"left"`
	Open   int64         `json:"open,omitempty"` // rows in open calls, which are not counted in Left
	Rate   float64       `json:"rate,omitempty"` // calls per second that the pace allows now
}

// HoldInput describes a hold: why a run must wait for a person.
type HoldInput struct {
	Lease      ledger.Lease    `json:"lease"`
	Connection string          `json:"connection"`
	Kind       ledger.HoldKind `json:"kind"`
	Reason     string          `json:"reason"`
	Rows       int64           `json:"rows,omitempty"`
	Zeroing    int64           `json:"zeroing,omitempty"`
	Absent     ledger.Absence  `json:"absent,omitzero"`
}

// HoldResult holds the longest time that the run waits for a person.
type HoldResult struct {
	Within time.Duration `json:"within"`
}

// DecideInput answers a hold.
type DecideInput struct {
	Run      int64  `json:"run"`
	Decision string `json:"decision"` // Approved or Rejected; an approval after a rejection lifts the rejection
	By       string `json:"by,omitempty"`
}

// The decisions on a hold.
const (
	Approved = "approved"
	Rejected = "rejected"
	// Dissolved: no decision was needed, because a later full snapshot was recorded, or a later run may push what was held.
	Dissolved = "dissolved"
	// Lifted: the hold was rejected, and approved afterwards. The run is not approved; the next one may be held again.
	Lifted = "lifted"
)

// DecideResult is the decision in force: the first answer, or Lifted.
type DecideResult struct {
	Decision string         `json:"decision"`
	By       string         `json:"by,omitempty"`
	Runs     []int64        `json:"runs,omitempty"`    // the runs whose holds this answer decided, the run of the input first
	Verdict  string         `json:"verdict,omitempty"` // in words: what was decided, by whom and when
	Rows     int64          `json:"rows,omitempty"`
	Zeroing  int64          `json:"zeroing,omitempty"`
	Absent   ledger.Absence `json:"absent,omitzero"`
}

// ReacquireInput takes the store again after a hold.
type ReacquireInput struct {
	Run        int64  `json:"run"`
	Connection string `json:"connection"`
}

// AcquireInput takes the store for a run that was started without it.
type AcquireInput struct {
	Run        int64          `json:"run"`
	Connection string         `json:"connection"`
	Trigger    ledger.Trigger `json:"trigger"`
	Scope      []string       `json:"scope,omitempty"`
	// Waits: the run waits for the store, whatever the connection's overlap policy is, because a person has approved its push.
	Waits bool `json:"waits,omitempty"`
}

// FinishInput ends a run.
type FinishInput struct {
	Lease   ledger.Lease   `json:"lease"`
	Outcome ledger.Outcome `json:"outcome"`
	Reason  string         `json:"reason,omitempty"`
	Counts  ledger.Counts  `json:"counts"`
}

// FinishResult is the record of the run.
type FinishResult struct {
	Outcome ledger.Outcome `json:"outcome"`
	Counts  ledger.Counts  `json:"counts"`
}

// Update is one update event of a warehouse.
type Update struct {
	// Event is the sender's id of the event. An event that is sent several times takes effect once.
	Event    string `json:"event"`
	SKU      string `json:"sku"`
	Facility string `json:"facility,omitempty"`
	// Available is the figure that is recorded (or OnHand, where the warehouse is set to it); an update without it is refused.
	Available *int64 `json:"available,omitempty"`
	OnHand    *int64 `json:"on_hand,omitempty"`
	Committed *int64 `json:"committed,omitempty"`
	// Sequence orders the events of one level, if the source numbers them; otherwise ReportedAt does, or if that is missing, the arrival.
	Sequence   int64      `json:"sequence,omitempty"`
	ReportedAt *time.Time `json:"reported_at,omitempty"`
	// ReceivedAt is when the intake received the update, by our clock. The intake overwrites any value of the sender.
	ReceivedAt *time.Time `json:"received_at,omitempty"`
	// Problem is the reason why the update was refused on arrival. SKU and Facility then name the stale level; they are empty when they
	// could not be read.
	Problem string `json:"problem,omitempty"`
}

// RecordUpdatesInput is a batch of update events.
type RecordUpdatesInput struct {
	Ledger    string   `json:"ledger,omitempty"` // see BeginInput
	Warehouse string   `json:"warehouse"`
	Updates   []Update `json:"updates"`
	// Batch is the id of the batch. With it, the SKUs that a lost attempt recorded count as changed. It is empty from older workflows.
	Batch string `json:"batch,omitempty"`
	// Again: an earlier step may have recorded some of the updates, but its result was lost.
	Again bool `json:"again,omitempty"`
}

// Labels are needed for the search attributes of an intake's workflow, and for the fairness key of its tasks. A service that starts the
// workflow by a signal does not know them, so they are in the results of the intake's steps, and in the details of their errors.
type Labels struct {
	Merchant string `json:"merchant,omitempty"` // empty when the step failed
	// Attributes is false when the namespace lacks Tidemark's search attributes; setting them would then block the workflow.
	Attributes bool `json:"attributes,omitempty"`
}

// RecordUpdatesResult is the effect of a batch.
type RecordUpdatesResult struct {
	// SKUs are the SKUs that must be pushed to the stores, sorted.
	SKUs       []string `json:"skus,omitempty"`
	Changed    int64    `json:"changed"` // SKUs whose figure changed
	Duplicates int64    `json:"duplicates,omitempty"`
	Older      int64    `json:"older,omitempty"`
	Refused    int64    `json:"refused,omitempty"`
	Labels     Labels   `json:"labels,omitzero"`
}

// Snapshot describes a staged snapshot.
type Snapshot struct {
	ID   int64 `json:"id"`
	Full bool  `json:"full"` // it names every SKU of the warehouse; a partial snapshot leaves the levels that it does not name as they are
	Rows int   `json:"rows"` // number of rows, including refused ones
	// AsOf is when the warehouse made the snapshot; nil means when it began to arrive.
	AsOf *time.Time `json:"as_of,omitempty"`
	From string     `json:"from,omitempty"`
	// ApprovedRows lifts the guard for a snapshot of about this number of rows; 0 does not lift it.
	ApprovedRows int64 `json:"approved_rows,omitempty"`
}

// RecordSnapshotInput asks for a staged snapshot to become visible.
type RecordSnapshotInput struct {
	Ledger    string   `json:"ledger,omitempty"` // see BeginInput
	Warehouse string   `json:"warehouse"`
	Snapshot  Snapshot `json:"snapshot"`
}

// RecordSnapshotResult is the effect of a snapshot.
type RecordSnapshotResult struct {
	ledger.SnapshotFigures
	Held   string `json:"held,omitempty"` // why it was held, so that nothing was recorded
	Labels Labels `json:"labels,omitzero"`
}

// RequestInput asks for a Smart Sync, without a fetch, by every active connection on a warehouse.
type RequestInput struct {
	Ledger    string `json:"ledger,omitempty"` // see BeginInput
	Warehouse string `json:"warehouse"`
	// ID is the id of the request. It stays the same when the activity is retried.
	ID   string   `json:"id"`
	SKUs []string `json:"skus,omitempty"` // empty: everything that changed
}

// RequestResult counts the connections that got the request.
type RequestResult struct {
	Requests int64 `json:"requests"`
}

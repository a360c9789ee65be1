// Package activities holds the steps of a run that touch the outside world: acquiring the store, fetching, resolving, pushing,
// and ending. Each step is a method of a struct (Gate, Fetch, Resolve, Push, …), whose fields are what the step depends on.
//
// Only ids and counts cross the boundary to Temporal. Rows and bodies stay in the ledger, credentials in the environment. Every
// activity may run twice, even at the same time; the ledger's lease decides whose writes count.
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
	Ledger     string           `json:"ledger,omitempty"` // that the run belongs to; empty when whoever started it did not say
	Mode       ledger.Mode      `json:"mode"`
	Trigger    ledger.Trigger   `json:"trigger"`
	Pass       int              `json:"pass"`
	Requests   []ledger.Request `json:"requests,omitempty"`
	Scope      []string         `json:"scope,omitempty"`
	DryRun     bool             `json:"dry_run,omitempty"`
	// FetchFirst: the workflow takes the store when it has fetched, by Acquire. SkipFetch: it does not fetch, unless it becomes a Full
	// Sync; then it has the store at once.
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

// BeginResult is what became of the asking.
type BeginResult struct {
	Action    BeginAction  `json:"action"`
	Reason    string       `json:"reason,omitempty"`
	Lease     ledger.Lease `json:"lease"` // with the fence 0 it is good for a fetch alone
	Mode      ledger.Mode  `json:"mode"`
	NotBefore time.Time    `json:"not_before"`
	CoveredBy int64        `json:"covered_by,omitempty"`

	// What the run is about, for search attributes and for people.
	Merchant  string `json:"merchant"`
	Warehouse string `json:"warehouse"`
	Store     string `json:"store"`
	// Attributes is false when the namespace lacks Tidemark's search attributes; setting them would then block the run.
	Attributes bool `json:"attributes"`
}

// LeaveInput says that a pass gives up before it has its store.
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
	// Approved lifts the guard for a snapshot of about ApprovedRows rows, after a person said yes.
	Approved     bool  `json:"approved,omitempty"`
	ApprovedRows int64 `json:"approved_rows,omitempty"`
	// ApprovedAbsent is the most that such a snapshot may leave unnamed.
	ApprovedAbsent ledger.Absence `json:"approved_absent,omitzero"`
	// Asked is when the newest of the run's requests was made: who asks wants to see what is there now.
	Asked *time.Time `json:"asked,omitempty"`
}

// FetchResult is what a fetch recorded.
type FetchResult struct {
	Unchanged bool `json:"unchanged,omitempty"` // the warehouse had nothing new to read
	// UnchangedSince is when it was last read, and UnchangedLevels how many levels that snapshot had; set with Unchanged where that is known.
	UnchangedSince  *time.Time `json:"unchanged_since,omitempty"`
	UnchangedLevels int64      `json:"unchanged_levels,omitempty"`
	From            string     `json:"from,omitempty"`
	ledger.SnapshotFigures
	Held string `json:"held,omitempty"` // why nothing was recorded
	// HeldRows is how many rows the snapshot has that is held, which a person is asked about; Rows holds those of all that were read. Nil where
	// nothing is held, and of earlier releases.
	HeldRows *int64 `json:"held_rows,omitempty"`
	// Rejected says why what was fetched was not recorded, where a person has rejected it before.
	Rejected string `json:"rejected,omitempty"`
	// Absent is what a snapshot that is held leaves unnamed.
	Absent ledger.Absence `json:"absent,omitzero"`
	Shared int64          `json:"shared,omitempty"` // the run that fetched what was taken over; the figures are its
	// Oddities say by kind what looks odd in what was read, by this fetch or before it where nothing is new, each with its count and an
	// example; Odd is the sum of the counts.
	Oddities []string `json:"oddities,omitempty"`
	Odd      int64    `json:"odd,omitempty"`
	// Stale is how many levels there are whose last row was refused, in this fetch or before.
	Stale int64 `json:"stale,omitempty"`
}

// ResolveInput asks for channel levels.
type ResolveInput struct {
	Lease      ledger.Lease `json:"lease"`
	Connection string       `json:"connection"`
	Mode       ledger.Mode  `json:"mode"`
	Scope      []string     `json:"scope,omitempty"`
	// Named are the SKUs that a person or a service named, at most as many as a request may name. They are resolved also where the scope is
	// everything, and all their places are pushed, also where nothing moved. Those of update events are not named.
	Named  []string `json:"named,omitempty"`
	DryRun bool     `json:"dry_run,omitempty"`
	// Approved lifts the guard against zeroing, up to ApprovedZeroing rows.
	Approved        bool  `json:"approved,omitempty"`
	ApprovedZeroing int64 `json:"approved_zeroing,omitempty"`
}

// ResolveResult is what was computed.
type ResolveResult struct {
	Resolved int64  `json:"resolved"`
	Due      int64  `json:"due"`            // rows that the push has to bring to an end
	Open     int64  `json:"open,omitempty"` // of these, rows in open calls
	Live     int64  `json:"live"`
	Zeroing  int64  `json:"zeroing"`
	Held     string `json:"held,omitempty"`
	// Rejected says which figures stay above 0, because a person rejected to take them there.
	Rejected string `json:"rejected,omitempty"`
	// Preview holds, for a dry run, the first lines of what a push would do.
	Preview *Preview `json:"preview,omitempty"`
}

// Preview is what a push would do.
type Preview struct {
	ledger.PreviewCounts
	Lines []string `json:"lines,omitempty"`
}

// PushInput asks for a slice of a push.
type PushInput struct {
	Lease      ledger.Lease `json:"lease"`
	Connection string       `json:"connection"`
	Scope      []string     `json:"scope,omitempty"`
	// Pace is that of the slice before.
	Pace string `json:"pace,omitempty"`
}

// PushResult is how far a slice got.
type PushResult struct {
	Done bool `json:"done"`
	// Until is when the next slice may begin; zero means at once. Why says what it waits for, for people.
	Until time.Time `json:"until"`
	Why   string    `json:"why,omitempty"`
	// Again, with Done, says why the push stopped to be resolved by a step of its own, and is to go on then: more has moved meanwhile than is
	// resolved between two calls, or the guard against mass zeroing would hold it. A workflow that does not know it leaves the rest to the
	// next run.
	Again string `json:"again,omitempty"`
	// Pace is what is known of the store's budget, for the next slice, which another worker may take.
	Pace string `json:"pace,omitempty"`
	// Faulty is true when the store could not be reached or had a server error, so that the workflow can give up in time.
	Faulty bool `json:"faulty,omitempty"`
	// Counts are those of the run so far; Left is what is still due.
	Counts ledger.Counts `json:"counts"`
	Left   int64         `json:"left"`
	Open   int64         `json:"open,omitempty"` // rows in open calls, which are not among Left
	Rate   float64       `json:"rate,omitempty"` // calls per second that the pace allows now
}

// HoldInput records that a run waits for a person, and gives the store back meanwhile.
type HoldInput struct {
	Lease      ledger.Lease    `json:"lease"`
	Connection string          `json:"connection"`
	Kind       ledger.HoldKind `json:"kind"`
	Reason     string          `json:"reason"`
	Rows       int64           `json:"rows,omitempty"`
	Zeroing    int64           `json:"zeroing,omitempty"`
	Absent     ledger.Absence  `json:"absent,omitzero"`
}

// HoldResult says how long the run waits for a person.
type HoldResult struct {
	Within time.Duration `json:"within"`
}

// DecideInput answers a hold.
type DecideInput struct {
	Run      int64  `json:"run"`
	Decision string `json:"decision"` // Approved or Rejected; an approval of what was rejected lifts that
	By       string `json:"by,omitempty"`
}

// The decisions on a hold.
const (
	Approved = "approved"
	Rejected = "rejected"
	// Dissolved: nobody had to decide, for a later snapshot was whole, or a later run may push what was held.
	Dissolved = "dissolved"
	// Lifted: it was rejected, and approved afterwards. The run is not approved; the next one may ask anew.
	Lifted = "lifted"
)

// DecideResult is the decision that holds: the first that was made, or that it was lifted.
type DecideResult struct {
	Decision string         `json:"decision"`
	By       string         `json:"by,omitempty"`
	Runs     []int64        `json:"runs,omitempty"`    // that this answer answered, this one first
	Verdict  string         `json:"verdict,omitempty"` // in words: who decided what, and when
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
	// Waits: the run waits for the store, whatever the connection's overlap policy says. A person has approved what it is to do.
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
	// Event is the sender's id of the event; the same event has one effect, however often it is sent.
	Event    string `json:"event"`
	SKU      string `json:"sku"`
	Facility string `json:"facility,omitempty"`
	// Available is what counts (or OnHand, where the warehouse is set to it); an update without it is refused.
	Available *int64 `json:"available,omitempty"`
	OnHand    *int64 `json:"on_hand,omitempty"`
	Committed *int64 `json:"committed,omitempty"`
	// Sequence orders the events of one level where the source counts them; else ReportedAt does; else the arrival.
	Sequence   int64      `json:"sequence,omitempty"`
	ReportedAt *time.Time `json:"reported_at,omitempty"`
	// ReceivedAt is when the intake received it, by our clock. The intake sets it, whatever the sender says.
	ReceivedAt *time.Time `json:"received_at,omitempty"`
	// Problem is why the update was refused where it came in. Its SKU and facility say which level is stale; they are empty where they could
	// not be read.
	Problem string `json:"problem,omitempty"`
}

// RecordUpdatesInput is a batch of update events.
type RecordUpdatesInput struct {
	Ledger    string   `json:"ledger,omitempty"` // see BeginInput
	Warehouse string   `json:"warehouse"`
	Updates   []Update `json:"updates"`
	// Batch names the batch: what a lost attempt of it has recorded counts as changed. Empty from older workflows.
	Batch string `json:"batch,omitempty"`
	// Again: a step before may have recorded some of them, and its answer was lost.
	Again bool `json:"again,omitempty"`
}

// Labels are how the workflow of a warehouse's intake is found, and by whom its workers are shared: a service that starts it by a signal knows
// nothing of them. They are in the results of an intake's steps, and in the details of their errors.
type Labels struct {
	Merchant string `json:"merchant,omitempty"` // empty when the step failed
	// Attributes is false when the namespace lacks Tidemark's search attributes; setting them would then block the workflow.
	Attributes bool `json:"attributes,omitempty"`
}

// RecordUpdatesResult is what a batch did.
type RecordUpdatesResult struct {
	// SKUs are what the stores must be told of, in order.
	SKUs       []string `json:"skus,omitempty"`
	Changed    int64    `json:"changed"` // SKUs whose figure changed
	Duplicates int64    `json:"duplicates,omitempty"`
	Older      int64    `json:"older,omitempty"`
	Refused    int64    `json:"refused,omitempty"`
	Labels     Labels   `json:"labels,omitzero"`
}

// Snapshot refers to a staged snapshot and says what it is.
type Snapshot struct {
	ID   int64 `json:"id"`
	Full bool  `json:"full"` // it names every SKU; else it says nothing of those that it does not name
	Rows int   `json:"rows"` // refused ones included
	// AsOf is when the warehouse took it; nil: when it began to arrive.
	AsOf *time.Time `json:"as_of,omitempty"`
	From string     `json:"from,omitempty"`
	// ApprovedRows lifts the guard for a snapshot of about so many rows; 0 lifts nothing.
	ApprovedRows int64 `json:"approved_rows,omitempty"`
}

// RecordSnapshotInput asks for a staged snapshot to become visible.
type RecordSnapshotInput struct {
	Ledger    string   `json:"ledger,omitempty"` // see BeginInput
	Warehouse string   `json:"warehouse"`
	Snapshot  Snapshot `json:"snapshot"`
}

// RecordSnapshotResult is what a snapshot did.
type RecordSnapshotResult struct {
	ledger.SnapshotFigures
	Held   string `json:"held,omitempty"` // why nothing was recorded
	Labels Labels `json:"labels,omitzero"`
}

// RequestInput asks for a Smart Sync by every active connection on a warehouse, of what stands in the ledger.
type RequestInput struct {
	Ledger    string `json:"ledger,omitempty"` // see BeginInput
	Warehouse string `json:"warehouse"`
	// ID is the same when the activity is tried again.
	ID   string   `json:"id"`
	SKUs []string `json:"skus,omitempty"` // empty: everything that changed
}

// RequestResult counts the connections that were asked.
type RequestResult struct {
	Requests int64 `json:"requests"`
}

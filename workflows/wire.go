package workflows

import (
	"encoding/json"
	"time"

	"github.com/tidemark/tidemark/activities"
	"github.com/tidemark/tidemark/ledger"
)

// The types of this file are on the wire: in histories, and in signals of other services. Fields are added, their JSON names are never changed or
// removed, and unknown fields are ignored.

// SyncInput starts a SmartSync or a FullSync.
type SyncInput struct {
	Connection string         `json:"connection"`
	Trigger    ledger.Trigger `json:"trigger,omitempty"` // empty means request
	// Ledger is the identity of the ledger that the run belongs to; a worker of another ledger refuses it. Services may leave it out.
	Ledger string `json:"ledger,omitempty"`
	// Carried is the state that a workflow hands to itself when it continues as new.
	Carried *Carried `json:"carried,omitempty"`
}

// SyncRequest is the payload of SignalSyncRequested.
type SyncRequest struct {
	// ID names the request. Requests with the same id are served once. Without an id every signal is a request of its own.
	ID string `json:"id,omitempty"`
	// By is the name of who asks, for people.
	By string `json:"by,omitempty"`
	// SKUs limits the run to these products (and the bundles they are part of); at most MaximumScope.
	SKUs []string `json:"skus,omitempty"`
	// DryRun asks for a run that reads and records the levels and shows what it would push, but pushes nothing.
	DryRun bool `json:"dry_run,omitempty"`
	// SkipFetch asks for a run without a fetch, because the levels are recorded already. InventoryIntake sets it, with SKUs.
	SkipFetch bool `json:"skip_fetch,omitempty"`
	// Moved says that the SKUs are those of levels that moved, and that nobody named them: only the locations whose figures could have changed are pushed.
	// InventoryIntake sets it. Without it all locations of the SKUs are pushed, and those that the store refused are tried again.
	Moved bool `json:"moved,omitempty"`
	// Also are more requests for the same, for services that have many: a signal costs much more than an id. About MostAlso.
	Also []AlsoRequested `json:"also,omitempty"`
}

// MaximumScope is the most SKUs that one request may name. A request for more is a request for everything.
const MaximumScope = 500

// InventoryUpdated is the payload of SignalInventoryUpdated: update events, or a snapshot by reference.
type InventoryUpdated struct {
	// Updates are at most MaximumUpdates.
	Updates []InventoryUpdate `json:"updates,omitempty"`
	// Snapshot refers to a snapshot that is staged in the ledger, as POST /hooks stages it.
	Snapshot *UploadedSnapshot `json:"snapshot,omitempty"`

	unreadable int // how many updates of the payload could not be read
}

// UnmarshalJSON reads a payload. An update that cannot be read is counted and left out; the others are kept.
func (u *InventoryUpdated) UnmarshalJSON(payload []byte) error {
	var payloadFields struct {
		Updates  []json.RawMessage `json:"updates"`
		Snapshot *UploadedSnapshot `json:"snapshot"`
	}
	if err := json.Unmarshal(payload, &payloadFields); err != nil {
		return err
	}
	*u = InventoryUpdated{Snapshot: payloadFields.Snapshot}
	for _, raw := range payloadFields.Updates {
		var update InventoryUpdate
		if err := json.Unmarshal(raw, &update); err != nil {
			u.unreadable++
			continue
		}
		u.Updates = append(u.Updates, update)
	}
	return nil
}

// MaximumUpdates is the most updates that one signal may carry.
const MaximumUpdates = 500

// InventoryUpdate is one update event of a warehouse. UploadedSnapshot refers to a staged snapshot. The activities of an intake take the same types.
type (
	InventoryUpdate  = activities.Update
	UploadedSnapshot = activities.Snapshot
)

// IntakeInput starts an InventoryIntake.
type IntakeInput struct {
	Warehouse string `json:"warehouse"`
	// Ledger is as in SyncInput; a worker of another ledger leaves the updates to that ledger's own workers.
	Ledger string `json:"ledger,omitempty"`
	// Carried and Pending are what a workflow hands to itself when it continues as new: its report, and the updates that it has read and not recorded
	// yet.
	Carried *IntakeReport     `json:"carried,omitempty"`
	Pending []InventoryUpdate `json:"pending,omitempty"`
	// Snapshots were read and not recorded yet, like Pending. Requests are still to be made for what was recorded.
	Snapshots []UploadedSnapshot `json:"snapshots,omitempty"`
	Requests  []IntakeRequest    `json:"requests,omitempty"`
}

// IntakeRequest is a request for Smart Syncs of what was recorded.
type IntakeRequest struct {
	ID   string   `json:"id"`
	SKUs []string `json:"skus,omitempty"` // empty for everything that changed
}

// IntakeFailure is a step of an intake that has used up its attempts. What the intake has read waits until a later try succeeds.
type IntakeFailure struct {
	Error     string    `json:"error"`
	Since     time.Time `json:"since"`
	Attempts  int       `json:"attempts"`  // how many tries of the step have failed in a row
	Next      time.Time `json:"next"`      // when the step is tried again
	Updates   int       `json:"updates"`   // how many updates wait to be recorded
	Snapshots int       `json:"snapshots"` // how many snapshots wait to be recorded
}

// IntakeReport is the result of an InventoryIntake, and the answer to QueryProgress: what it took in since it started.
type IntakeReport struct {
	Batches    int64  `json:"batches"`
	Updates    int64  `json:"updates"`
	Changed    int64  `json:"changed"`
	Duplicates int64  `json:"duplicates,omitempty"`
	Older      int64  `json:"older,omitempty"`
	Refused    int64  `json:"refused,omitempty"`
	Snapshots  int64  `json:"snapshots,omitempty"`
	Requests   int64  `json:"requests"`            // Smart Syncs that were asked for
	LastHeld   string `json:"last_held,omitempty"` // why the last snapshot was not recorded
	// Failure is set while the intake waits to try a failed step again.
	Failure *IntakeFailure `json:"failure,omitempty"`
}

// Decision is the payload of SignalApprove and SignalReject, and of the updates of these names.
type Decision struct {
	By string `json:"by,omitempty"`
	// Run and Kind say which hold is meant, so that the decision is not applied to another one. Empty ones match any hold.
	Run  int64           `json:"run,omitempty"`
	Kind ledger.HoldKind `json:"kind,omitempty"`
}

// DecisionAnswer is the answer to an UpdateApprove or UpdateReject.
type DecisionAnswer struct {
	// Answer is the decision in force now, which another person may have made: activities.Approved, Rejected or Dissolved; or NotHeld.
	Answer string `json:"answer"`
	By     string `json:"by,omitempty"` // who decided first
	// Runs are all runs that the answer released, the held one first: one answer to a snapshot releases every run that waits for it.
	Runs   []int64 `json:"runs,omitempty"`
	Reason string  `json:"reason,omitempty"` // in words: why the run was held, or why the decision changed nothing
}

// NotHeld is the answer to a decision when nothing is held.
const NotHeld = "not held"

// SyncAnswer is the answer to an UpdateSync. It comes as soon as it is known, before the run is over: `starter requests ID` says how the request ended.
type SyncAnswer struct {
	ID     string   `json:"id"` // the id of the request, also where the workflow had to make one
	Answer SyncFate `json:"answer"`
	Run    int64    `json:"run,omitempty"`    // the run that serves the request, that it waits for, or that covers it
	Reason string   `json:"reason,omitempty"` // in words
}

// SyncFate says what happens to a request, as it is known at the moment of the answer.
type SyncFate string

// The fates of requests.
const (
	SyncStarted SyncFate = "started" // a run began for it
	SyncJoined  SyncFate = "joined"  // a run that others asked for as well serves it
	SyncWaits   SyncFate = "waits"   // the run after the named one serves it, or the run after what the reason names
	SyncCovered SyncFate = "covered" // it is already satisfied
	SyncFailed  SyncFate = "failed"  // no run began for it
)

// HoldDissolved is the payload of SignalHoldDissolved.
type HoldDissolved struct {
	Run int64  `json:"run"` // the ledger's number of the held run
	By  string `json:"by"`  // what made the hold needless: "run 13", or a snapshot that was sent
}

// SyncReport is the result of a workflow: what its last pass did, and how many passes there were.
type SyncReport struct {
	Run     int64          `json:"run,omitempty"`
	Mode    ledger.Mode    `json:"mode"`
	Outcome ledger.Outcome `json:"outcome"`
	Reason  string         `json:"reason,omitempty"`
	Counts  ledger.Counts  `json:"counts"`
	Passes  int            `json:"passes"`
	// Preview is set after a dry run.
	Preview *activities.Preview `json:"preview,omitempty"`
	// Oddities say what looks odd in the warehouse's rows, one text for each kind, with a count and an example. They decide nothing.
	Oddities []string `json:"oddities,omitempty"`
}

// Progress is the answer to QueryProgress.
type Progress struct {
	Phase    string        `json:"phase"`
	Pass     int           `json:"pass"`
	Run      int64         `json:"run,omitempty"`
	Since    time.Time     `json:"since"`
	Waiting  string        `json:"waiting,omitempty"` // what the run waits for, in words
	Until    *time.Time    `json:"until,omitempty"`
	Counts   ledger.Counts `json:"counts"`
	Left     int64         `json:"left"`               // rows that are due and in no call
	Open     int64         `json:"open,omitempty"`     // rows in open calls: without an answer, or the store still works on them
	Shared   int64         `json:"shared,omitempty"`   // the run that fetched the snapshot, where another run did
	Requests []string      `json:"requests,omitempty"` // ids of the requests that wait for the next pass; those of a group are in the ledger
	Queued   int           `json:"queued,omitempty"`   // how many requests wait for the next pass, those of groups included
	Strays   []string      `json:"strays,omitempty"`   // the last decisions of people that changed nothing, in words
	Oddities []string      `json:"oddities,omitempty"` // see SyncReport
}

// Carried is the state that a workflow hands to itself when it continues as new.
type Carried struct {
	Pass    int       `json:"pass"`
	Pending []pending `json:"pending,omitempty"`
	Seen    []string  `json:"seen,omitempty"`
	GoOn    bool      `json:"go,omitempty"` // one more pass is due even without a request
	// Gathered is true where the burst of requests was waited for already.
	Gathered bool `json:"gathered,omitempty"`
	// Next is a pass that was planned or has begun.
	Next *unfinished `json:"next,omitempty"`
}

// pending is a request that waits for a pass.
type pending struct {
	SyncRequest
	At time.Time `json:"at"` // when the workflow saw it
	// Count is how many requests a group stands for; 0 for a single request. The ledger has the ids of a group's requests.
	Count int `json:"count,omitempty"`
}

// unfinished is a pass that goes on in the next run of the workflow.
type unfinished struct {
	Trigger   ledger.Trigger `json:"trigger"`
	Requests  []pending      `json:"requests,omitempty"`
	Scope     []string       `json:"scope,omitempty"`
	DryRun    bool           `json:"dry_run,omitempty"`
	SkipFetch bool           `json:"skip_fetch,omitempty"`
	Continues bool           `json:"rest,omitempty"`
	Held      *heldPass      `json:"held,omitempty"`
	Begun     *begunPass     `json:"begun,omitempty"`
}

// heldPass is a pass that waits for a person. It has given its store back.
type heldPass struct {
	Run       int64           `json:"run"`
	Store     string          `json:"store"`
	Mode      ledger.Mode     `json:"mode"`
	Kind      ledger.HoldKind `json:"kind"`
	Reason    string          `json:"reason"`
	Rows      int64           `json:"rows,omitempty"`
	Zeroing   int64           `json:"zeroing,omitempty"`
	Absent    ledger.Absence  `json:"absent,omitzero"`
	Until     time.Time       `json:"until"`
	Rechecks  int             `json:"looks,omitempty"`  // how often the hold was checked again
	RecheckAt time.Time       `json:"look_at,omitzero"` // when it is checked next
	Counts    ledger.Counts   `json:"counts"`
	// What a person has approved in this run before.
	FetchApproved *activities.DecideResult `json:"fetch_approved,omitempty"`
	ZeroApproved  *activities.DecideResult `json:"zero_approved,omitempty"`
	Labelled      bool                     `json:"labelled,omitempty"`
	Merchant      string                   `json:"merchant,omitempty"`
	Continues     bool                     `json:"rest,omitempty"` // what it has pushed is not resolved again
	Oddities      []string                 `json:"oddities,omitempty"`
	// Answered and AnsweredBy are a decision that came while the workflow continued as new.
	Answered   string `json:"answered,omitempty"`
	AnsweredBy string `json:"answered_by,omitempty"`
}

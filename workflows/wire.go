package workflows

import (
	"encoding/json"
	"time"

	"github.com/tidemark/tidemark/activities"
	"github.com/tidemark/tidemark/ledger"
)

// The types of this file are on the wire: in histories, in signals of other services. Fields are added, never renamed or
// removed, and unknown ones are ignored.

// SyncInput starts a SmartSync or a FullSync.
type SyncInput struct {
	Connection string         `json:"connection"`
	Trigger    ledger.Trigger `json:"trigger,omitempty"` // empty means request
	// Ledger is the one that the run belongs to; a worker of another refuses it. Services need not say.
	Ledger string `json:"ledger,omitempty"`
	// Carried is what a workflow hands to itself when it continues as new.
	Carried *Carried `json:"carried,omitempty"`
}

// SyncRequest is the payload of SignalSyncRequested.
type SyncRequest struct {
	// ID names the request. The same id is served once, however often it is sent. Empty: every signal is a request of its own.
	ID string `json:"id,omitempty"`
	// By says who asks, for people.
	By string `json:"by,omitempty"`
	// SKUs limits the run to these products (and the bundles they are part of); at most MaximumScope.
	SKUs []string `json:"skus,omitempty"`
	// DryRun: the levels are read and recorded, and what would be pushed is shown; nothing is pushed.
	DryRun bool `json:"dry_run,omitempty"`
	// SkipFetch: the levels are recorded already, so the warehouse is not asked. InventoryIntake asks so, with SKUs.
	SkipFetch bool `json:"skip_fetch,omitempty"`
	// Moved: the SKUs are those of levels that moved, and nobody named them: only the locations whose figures could have changed are
	// pushed. InventoryIntake asks so. Without it all locations of the SKUs are pushed, and what the store refused of them is tried again.
	Moved bool `json:"moved,omitempty"`
	// Also are more requests for the same, for whoever has many: a signal costs much more than an id. About MostAlso.
	Also []AlsoAsked `json:"also,omitempty"`
}

// MaximumScope is the most SKUs that one request may name. A request for more is a request for everything.
const MaximumScope = 500

// InventoryUpdated is the payload of SignalInventoryUpdated: update events, or a snapshot by reference.
type InventoryUpdated struct {
	// Updates are at most MaximumUpdates.
	Updates []InventoryUpdate `json:"updates,omitempty"`
	// Snapshot is the id of a snapshot that stands staged in the ledger, as POST /hooks stages it.
	Snapshot *UploadedSnapshot `json:"snapshot,omitempty"`

	unreadable int // updates of the payload that are none
}

// UnmarshalJSON reads a payload. An update that cannot be read does not take the others with it: it is counted and left out.
func (u *InventoryUpdated) UnmarshalJSON(payload []byte) error {
	var read struct {
		Updates  []json.RawMessage `json:"updates"`
		Snapshot *UploadedSnapshot `json:"snapshot"`
	}
	if err := json.Unmarshal(payload, &read); err != nil {
		return err
	}
	*u = InventoryUpdated{Snapshot: read.Snapshot}
	for _, raw := range read.Updates {
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

// InventoryUpdate is one update event of a warehouse. UploadedSnapshot refers to a staged snapshot. The steps of an intake take them as they are.
type (
	InventoryUpdate  = activities.Update
	UploadedSnapshot = activities.Snapshot
)

// IntakeInput starts an InventoryIntake.
type IntakeInput struct {
	Warehouse string `json:"warehouse"`
	// Ledger is as in SyncInput; a worker of another leaves what came to the ledger's own.
	Ledger string `json:"ledger,omitempty"`
	// Carried and Pending are what a workflow hands to itself when it continues as new: the figures, and the updates that it has
	// read and not recorded yet, at most one batch.
	Carried *IntakeReport     `json:"carried,omitempty"`
	Pending []InventoryUpdate `json:"pending,omitempty"`
	// Snapshots are read and not recorded yet, like Pending, and Requests are to be made for what is recorded.
	Snapshots []UploadedSnapshot `json:"snapshots,omitempty"`
	Requests  []IntakeRequest    `json:"requests,omitempty"`
}

// IntakeRequest is a request for Smart Syncs of what was recorded.
type IntakeRequest struct {
	ID   string   `json:"id"`
	SKUs []string `json:"skus,omitempty"` // empty: everything that changed
}

// IntakeFailure is a step of an intake that has failed for good. What the intake has read waits for it.
type IntakeFailure struct {
	Error     string    `json:"error"`
	Since     time.Time `json:"since"`
	Attempts  int       `json:"attempts"` // that failed, in a row
	Next      time.Time `json:"next"`     // when it is tried again
	Updates   int       `json:"updates"`  // that wait to be recorded
	Snapshots int       `json:"snapshots"`
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
	// Failure is set while a step that has failed for good is waited for.
	Failure *IntakeFailure `json:"failure,omitempty"`
}

// Decision is the payload of SignalApprove and SignalReject, and of the updates of these names.
type Decision struct {
	By string `json:"by,omitempty"`
	// Run and Kind say which hold is meant: an answer to another one is not taken for it. Empty: whatever the workflow holds.
	Run  int64           `json:"run,omitempty"`
	Kind ledger.HoldKind `json:"kind,omitempty"`
}

// DecisionAnswer is what became of an UpdateApprove or UpdateReject.
type DecisionAnswer struct {
	// Answer is activities.Approved, Rejected or Dissolved, whatever holds now; or NotHeld.
	Answer string `json:"answer"`
	By     string `json:"by,omitempty"` // who decided first
	// Runs are all runs that the answer released, the held one first: one answer to a snapshot is for every run that waits on it.
	Runs   []int64 `json:"runs,omitempty"`
	Reason string  `json:"reason,omitempty"` // in words: why the run was held, or why the answer is for nothing
}

// NotHeld is the answer to a decision for which nothing waits.
const NotHeld = "not held"

// SyncAnswer is what became of an UpdateSync. It is given as soon as it is known, never when the run is over: `starter requests ID` says
// how the request ended.
type SyncAnswer struct {
	ID     string   `json:"id"` // of the request; one is made where it has none
	Answer SyncFate `json:"answer"`
	Run    int64    `json:"run,omitempty"`    // that serves it, is waited for, or covers it
	Reason string   `json:"reason,omitempty"` // in words
}

// SyncFate is what became of a request in the moment in which it was answered.
type SyncFate string

// What becomes of requests.
const (
	SyncStarted SyncFate = "started" // a run began for it
	SyncJoined  SyncFate = "joined"  // it is served by a run that others asked for as well
	SyncWaits   SyncFate = "waits"   // it is served by the run after the one that is named, or after what the reason names
	SyncCovered SyncFate = "covered" // already satisfied
	SyncFailed  SyncFate = "failed"  // no run began for it
)

// HoldDissolved is the payload of SignalHoldDissolved.
type HoldDissolved struct {
	Run int64  `json:"run"` // of the ledger, that was held
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
	// Oddities say by kind what looks odd in what was read of the warehouse, each with its count and an example. They decide nothing.
	Oddities []string `json:"oddities,omitempty"`
}

// Progress is the answer to QueryProgress.
type Progress struct {
	Phase    string        `json:"phase"`
	Pass     int           `json:"pass"`
	Run      int64         `json:"run,omitempty"`
	Since    time.Time     `json:"since"`
	Waiting  string        `json:"waiting,omitempty"` // what for, in words
	Until    *time.Time    `json:"until,omitempty"`
	Counts   ledger.Counts `json:"counts"`
	Left     int64         `json:"left"`               // rows that are due and in no call
	Open     int64         `json:"open,omitempty"`     // rows in calls that are open: without an answer, or the store works on them
	Shared   int64         `json:"shared,omitempty"`   // the run that fetched the snapshot, when another did
	Requests []string      `json:"requests,omitempty"` // that wait for the next pass; a group's requests are in the ledger
	Queued   int           `json:"queued,omitempty"`   // how many requests wait for the next pass, those of groups included
	Strays   []string      `json:"strays,omitempty"`   // the last answers of persons that were for nothing, in words
	Oddities []string      `json:"oddities,omitempty"` // see SyncReport
}

// Carried is what a workflow hands to itself when it continues as new.
type Carried struct {
	Pass    int       `json:"pass"`
	Pending []pending `json:"pending,omitempty"`
	Seen    []string  `json:"seen,omitempty"`
	Go      bool      `json:"go,omitempty"` // one more pass is due even without a request
	// Gathered: the requests that are carried have been waited for already.
	Gathered bool `json:"gathered,omitempty"`
	// Next is a pass that was planned, and that waits for its store or for a person.
	Next *unfinished `json:"next,omitempty"`
}

// pending is a request that waits for a pass.
type pending struct {
	SyncRequest
	At time.Time `json:"at"` // when the workflow saw it
	// Count is how many requests a group stands for; 0: it is a request. The ledger keeps the ids of a group's requests.
	Count int `json:"count,omitempty"`
}

// unfinished is a pass that goes on in the next run of the workflow.
type unfinished struct {
	Trigger   ledger.Trigger `json:"trigger"`
	Requests  []pending      `json:"requests,omitempty"`
	Scope     []string       `json:"scope,omitempty"`
	DryRun    bool           `json:"dry_run,omitempty"`
	SkipFetch bool           `json:"skip_fetch,omitempty"`
	Rest      bool           `json:"rest,omitempty"`
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
	Rechecks  int             `json:"looks,omitempty"`  // how often that was checked again
	RecheckAt time.Time       `json:"look_at,omitzero"` // when it is checked next
	Counts    ledger.Counts   `json:"counts"`
	// What a person has approved of the run before.
	FetchApproved *activities.DecideResult `json:"fetch_approved,omitempty"`
	ZeroApproved  *activities.DecideResult `json:"zero_approved,omitempty"`
	Labelled      bool                     `json:"labelled,omitempty"`
	Merchant      string                   `json:"merchant,omitempty"`
	Rest          bool                     `json:"rest,omitempty"` // what it has pushed is not resolved again
	Oddities      []string                 `json:"oddities,omitempty"`
	// Answered and AnsweredBy are an answer that came while the workflow continued as new.
	Answered   string `json:"answered,omitempty"`
	AnsweredBy string `json:"answered_by,omitempty"`
}

package activities

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"go.temporal.io/sdk/activity"

	"github.com/tidemark/tidemark/crash"
	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
)

// SyncRequest is a request for a Smart Sync that needs no fetch.
type SyncRequest struct {
	ID   string
	By   string
	SKUs []string // empty: everything that changed
}

// Requests sends requests for syncs.
type Requests interface {
	// Request returns when the request is durable. A connection serves a request id once, however often it is sent.
	Request(ctx context.Context, connection ledger.Connection, request SyncRequest) error
}

// Intake records what warehouses send on their own.
type Intake struct {
	Ledger     IntakeLedger
	Requests   Requests
	Executions Executions
	Now        func() time.Time
}

// RecordUpdates records a batch of update events in one transaction. Events that arrived before, and observations that are older than the
// recorded level, change nothing. Refused updates are counted, and their levels are marked as stale.
func (i *Intake) RecordUpdates(ctx context.Context, input RecordUpdatesInput) (RecordUpdatesResult, error) {
	_, stop := heartbeat(ctx)
	defer stop()
	result, err := i.recordUpdates(ctx, input, activity.GetInfo(ctx).Attempt)
	return result, i.label(ctx, &result.Labels, convert("recording updates", err, i.Now()))
}

// label completes the labels of a step's result, and adds them to the details of its error.
func (i *Intake) label(ctx context.Context, labels *Labels, failed error) error {
	ok, err := i.Executions.Attributes(ctx)
	labels.Attributes = err == nil && ok // an error here must not fail a step that has recorded its work
	return detailed(failed, *labels)
}

func (i *Intake) recordUpdates(ctx context.Context, input RecordUpdatesInput, attempt int32) (RecordUpdatesResult, error) {
	warehouse, err := i.warehouse(ctx, input.Ledger, input.Warehouse)
	if err != nil {
		return RecordUpdatesResult{}, err
	}
	observations := accept(input.Updates, warehouse.Quantity, i.Now())
	for n := range observations {
		observations[n].Batch = input.Batch
	}
	observed, err := i.Ledger.Observe(ctx, warehouse.ID, observations, i.Now())
	if err != nil {
		return RecordUpdatesResult{}, err
	}
	crash.At(crash.UpdatesRecorded)
	changed := union(observed.Changed, observed.Repeated)
	result := RecordUpdatesResult{
		SKUs: changed, Changed: int64(len(changed)), Duplicates: observed.Duplicates,
		Older: observed.Older, Refused: observed.Refused + observed.Misplaced, Labels: Labels{Merchant: warehouse.Merchant},
	}
	if (attempt > 1 || input.Again) && observed.Duplicates > 0 {
		// An earlier attempt may have recorded these events, but its result was lost. So all SKUs of the batch count as changed.
		result.SKUs = observedSKUs(observations)
	}
	return result, nil
}

// accept turns updates into observations. Refused ones carry the reason.
func accept(updates []Update, quantity inventory.QuantityField, now time.Time) []ledger.Observation {
	accepted := make([]ledger.Observation, 0, len(updates))
	for _, update := range inOrder(updates, now) {
		row := inventory.Row{
			Facility: update.Facility, SKU: update.SKU, Available: update.Available, OnHand: update.OnHand, Committed: update.Committed, Problem: update.Problem,
		}
		if update.ReportedAt != nil {
			row.ReportedAt = *update.ReportedAt
		}
		observation := ledger.Observation{Event: update.Event, Sequence: update.Sequence}
		if update.ReceivedAt != nil { // otherwise the ledger uses the present time
			observation.ReceivedAt = notAfter(*update.ReceivedAt, now)
		}
		// The rules for event ids are those for SKUs: they are opaque, and both databases must be able to store them.
		problem := inventory.CheckSKU("event id", update.Event)
		if problem != nil {
			observation.Event = ""
		}
		if problem == nil && update.Sequence < 0 {
			problem, observation.Sequence = fmt.Errorf("the sequence %d is below 0", update.Sequence), 0
		}
		if problem != nil && row.Problem == "" {
			row.Problem = problem.Error()
		}
		var refusal *inventory.Refusal
		if observation.Level, refusal = inventory.Accept(inventory.RefuseFuture(row, now), quantity); refusal != nil {
			observation = refused(observation, row, *refusal, now)
		}
		accepted = append(accepted, observation)
	}
	return accepted
}

// refused returns a refused observation. It names the level as far as that could be read, and has the update's own time unless that is in the
// future.
func refused(observation ledger.Observation, row inventory.Row, refusal inventory.Refusal, now time.Time) ledger.Observation {
	observation.Refused, observation.Level = refusal.Reason, inventory.Level{SKU: refusal.SKU, Facility: refusal.Facility}
	if refusal.UnreadableSKU {
		observation.Level = inventory.Level{}
	}
	if refusal.UnreadableFacility {
		observation.Facility = ""
	}
	if !row.ReportedAt.After(now) {
		observation.ReportedAt = row.ReportedAt
	}
	return observation
}

// inOrder sorts updates whose times are in the future by these times, behind all others. Later their times are set to now, and no longer show
// the order.
func inOrder(updates []Update, now time.Time) []Update {
	at := func(update Update) time.Time {
		if update.ReportedAt != nil && update.ReportedAt.After(now) {
			return *update.ReportedAt
		}
		return now
	}
	ordered := slices.Clone(updates)
	slices.SortStableFunc(ordered, func(a, b Update) int { return at(a).Compare(at(b)) })
	return ordered
}

// observedSKUs returns the distinct SKUs of observations, sorted.
func observedSKUs(observations []ledger.Observation) []string {
	skus := make([]string, 0, len(observations))
	for _, observation := range observations {
		if observation.SKU != "" {
			skus = append(skus, observation.SKU)
		}
	}
	slices.Sort(skus)
	return slices.Compact(skus)
}

// union returns the distinct SKUs of two lists, sorted.
func union(a, b []string) []string {
	skus := slices.Concat(a, b)
	slices.Sort(skus)
	return slices.Compact(skus)
}

// RecordSnapshot makes an uploaded, staged snapshot visible, or holds it, by the same rules as a fetched one. A held upload is deleted: its
// sender may check it and send it again with an approval.
func (i *Intake) RecordSnapshot(ctx context.Context, input RecordSnapshotInput) (RecordSnapshotResult, error) {
	_, stop := heartbeat(ctx)
	defer stop()
	result, err := i.recordSnapshot(ctx, input)
	return result, i.label(ctx, &result.Labels, convert("recording the snapshot", err, i.Now()))
}

func (i *Intake) recordSnapshot(ctx context.Context, input RecordSnapshotInput) (RecordSnapshotResult, error) {
	warehouse, err := i.warehouse(ctx, input.Ledger, input.Warehouse)
	if err != nil {
		return RecordSnapshotResult{}, err
	}
	snapshot := input.Snapshot
	if part := warehouse.Repeated.Complete(snapshot.Full); part != nil {
		return RecordSnapshotResult{Held: part.Error()}, i.Ledger.Discard(ctx, snapshot.ID)
	}
	end := ledger.SnapshotEnd{
		Full: snapshot.Full, Rows: snapshot.Rows, From: snapshot.From, Guard: warehouse.Guard, Missing: warehouse.Missing, Refused: warehouse.Refused,
		Approved: snapshot.ApprovedRows > 0, ApprovedRows: snapshot.ApprovedRows, Now: i.Now(),
		// The sender approves the snapshot that is sent, so its absences need no limit.
		ApprovedAbsent: ledger.Absence{Levels: math.MaxInt64, Twice: math.MaxInt64},
	}
	if snapshot.AsOf != nil {
		end.AsOf = notAfter(*snapshot.AsOf, end.Now)
	}
	recorded, err := i.Ledger.RecordUpload(ctx, snapshot.ID, end)
	if errors.Is(err, ledger.ErrNotFound) {
		return RecordSnapshotResult{Held: fmt.Sprintf("snapshot %d is not staged any more; send it again", snapshot.ID)}, nil
	}
	if err == nil {
		crash.At(crash.UploadRecorded)
	}
	signalDissolved(ctx, i.Executions, recorded.Dissolved)
	return RecordSnapshotResult{
		SnapshotFigures: recorded.SnapshotFigures, Held: recorded.Held, Labels: Labels{Merchant: warehouse.Merchant},
	}, err
}

// Request sends a request for a Smart Sync to every active connection on the warehouse. A connection that gets it twice, because an earlier
// attempt failed half-way, recognises the request's id.
func (i *Intake) Request(ctx context.Context, input RequestInput) (RequestResult, error) {
	_, stop := heartbeat(ctx)
	defer stop()
	result, err := i.request(ctx, input)
	return result, convert("asking for Smart Syncs", err, i.Now())
}

func (i *Intake) request(ctx context.Context, input RequestInput) (RequestResult, error) {
	if err := i.own(ctx, input.Ledger); err != nil {
		return RequestResult{}, err
	}
	connections, err := i.Ledger.Connections(ctx)
	if err != nil {
		return RequestResult{}, err
	}
	var result RequestResult
	var refused []error
	request := SyncRequest{ID: input.ID, By: "intake of " + input.Warehouse, SKUs: input.SKUs}
	for _, connection := range connections {
		if connection.Warehouse != input.Warehouse || !connection.Active() {
			continue
		}
		if err := i.Requests.Request(ctx, connection, request); err != nil {
			refused = append(refused, fmt.Errorf("connection %s: %w", connection.ID, err)) // the other connections still get the request
			continue
		}
		result.Requests++
		crash.At(crash.SyncRequested)
	}
	return result, errors.Join(refused...)
}

// own leaves work of another ledger to that ledger's workers, by a retry. The work was acknowledged to its sender, so it must not be dropped.
func (i *Intake) own(ctx context.Context, named string) error {
	refused, err := foreignTo(ctx, i.Ledger, named)
	if err == nil && refused != "" {
		return tryAfter(ErrorNotConfigured, refused, foreignPoll)
	}
	return err
}

// warehouse returns a warehouse. When there is none of that id, a person must act, because what it sends cannot be recorded.
func (i *Intake) warehouse(ctx context.Context, owner, id string) (ledger.Warehouse, error) {
	if err := i.own(ctx, owner); err != nil {
		return ledger.Warehouse{}, err
	}
	warehouse, err := i.Ledger.Warehouse(ctx, id)
	if errors.Is(err, ledger.ErrNotFound) {
		return warehouse, askPerson(ErrorNotConfigured, fmt.Sprintf("there is no warehouse %q; apply a configuration that has it", id), err)
	}
	return warehouse, err
}

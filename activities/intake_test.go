package activities

import (
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
)

func update(event, sku string, available int64) Update {
	return Update{Event: event, SKU: sku, Facility: "east", Available: &available}
}

// believed returns the observations that were not refused, and the number of refused ones.
func believed(observations []ledger.Observation) (accepted []ledger.Observation, refused int64) {
	for _, observation := range observations {
		if observation.Refused != "" {
			refused++
			continue
		}
		accepted = append(accepted, observation)
	}
	return accepted, refused
}

func TestAcceptUpdates(t *testing.T) {
	t.Parallel()
	five, six, absurd := int64(5), int64(6), int64(inventory.MaxQuantity+1)
	for name, test := range map[string]struct {
		update   Update
		quantity inventory.QuantityField
		want     int64
		refused  bool
	}{
		"available":              {Update{Event: "e", Sequence: 8, SKU: "A", Available: &five, OnHand: &six}, inventory.QuantityAvailable, 5, false},
		"on hand":                {Update{Event: "e", Sequence: 8, SKU: "A", Available: &five, OnHand: &six}, inventory.QuantityOnHand, 6, false},
		"no available":           {Update{Event: "e", SKU: "A", OnHand: &six}, inventory.QuantityAvailable, 0, true},
		"no on hand":             {Update{Event: "e", SKU: "A", Available: &five}, inventory.QuantityOnHand, 0, true},
		"no SKU":                 {Update{Event: "e", Available: &five}, inventory.QuantityAvailable, 0, true},
		"no event id":            {Update{SKU: "A", Available: &five}, inventory.QuantityAvailable, 0, true},
		"an event id with a NUL": {Update{Event: "e\x00", SKU: "A", Available: &five}, inventory.QuantityAvailable, 0, true},
		"a long event id":        {Update{Event: strings.Repeat("e", inventory.MaxSKUBytes+1), SKU: "A", Available: &five}, inventory.QuantityAvailable, 0, true},
		"a negative sequence":    {Update{Event: "e", SKU: "A", Available: &five, Sequence: -1}, inventory.QuantityAvailable, 0, true},
		"an absurd figure":       {Update{Event: "e", SKU: "A", Available: &five, Committed: &absurd}, inventory.QuantityAvailable, 0, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test.update.ReportedAt = &noon
			accepted, refused := believed(accept([]Update{test.update}, test.quantity, noon))
			if test.refused {
				require.EqualValues(t, 1, refused)
				require.Empty(t, accepted)
				return
			}
			require.Zero(t, refused)
			require.Equal(t, []ledger.Observation{{Event: "e", Sequence: 8, Level: inventory.Level{SKU: "A", Available: test.want, OnHand: &six, ReportedAt: noon}}},
				accepted)
		})
	}
}

func TestAnUpdateOfTheFutureIsRefused(t *testing.T) {
	t.Parallel()
	event := update("e", "A", 5)
	event.ReportedAt = new(noon.Add(48 * time.Hour))
	_, refused := believed(accept([]Update{event}, inventory.QuantityAvailable, noon))
	require.EqualValues(t, 1, refused)
}

// The times of a clock that is ahead cannot be compared with others, but they order the updates of that clock.
func TestUpdatesOfAClockThatIsAhead(t *testing.T) {
	t.Parallel()
	at := func(event string, available int64, ahead time.Duration) Update {
		dated := update(event, "A", available)
		dated.ReportedAt = new(noon.Add(ahead))
		return dated
	}
	accepted, refused := believed(accept([]Update{at("c", 3, 3*time.Second), at("b", 2, time.Second), at("a", 1, -time.Second), at("d", 4, 2*time.Hour)},
		inventory.QuantityAvailable, noon))
	require.Zero(t, refused)
	events := ""
	for _, observation := range accepted {
		events += observation.Event
	}
	require.Equal(t, "abcd", events)
	require.Equal(t, noon.Add(-time.Second), accepted[0].ReportedAt)
	for _, observation := range accepted[1:] {
		require.Equal(t, noon, observation.ReportedAt)
	}
}

// An update without a time dates from when it was received. A worker's clock may not make this later than now.
func TestUpdatesKeepWhenTheyWereReceived(t *testing.T) {
	t.Parallel()
	waited, ahead, old := update("a", "A", 1), update("b", "A", 1), update("c", "A", 1)
	for _, event := range []*Update{&waited, &ahead, &old} {
		event.ReportedAt = nil
	}
	waited.ReceivedAt, ahead.ReceivedAt = new(noon.Add(-time.Minute)), new(noon.Add(time.Minute))
	accepted, refused := believed(accept([]Update{waited, ahead, old}, inventory.QuantityAvailable, noon))
	require.Zero(t, refused)
	for i, want := range []time.Time{noon.Add(-time.Minute), noon, {}} {
		require.Zero(t, accepted[i].ReportedAt)
		require.True(t, want.Equal(accepted[i].ReceivedAt), accepted[i].Event)
	}
}

func TestASnapshotOfTheFutureIsOfNow(t *testing.T) {
	t.Parallel()
	require.Equal(t, noon, notAfter(noon.Add(time.Hour), noon))
	require.Equal(t, noon.Add(-time.Hour), notAfter(noon.Add(-time.Hour), noon))
	require.Zero(t, notAfter(time.Time{}, noon))
}

func TestRecordUpdates(t *testing.T) {
	t.Parallel()
	w := setup(t)
	input := RecordUpdatesInput{Warehouse: "depot", Updates: []Update{
		update("1", "B", 5), update("2", "A", 6), update("2", "A", 7), update("3", "", 1),
		update("4", "B", 5),
	}}
	result, err := do[RecordUpdatesResult](w, w.intake().RecordUpdates, input)
	require.NoError(t, err)
	require.Equal(t, RecordUpdatesResult{SKUs: []string{"A", "B"}, Changed: 2, Duplicates: 1, Refused: 1, Labels: acme}, result)
	require.Equal(t, map[string]int64{"A": 6, "B": 5}, w.available())

	older := update("5", "A", 9)
	older.ReportedAt, older.ReceivedAt = new(noon.Add(-time.Minute)), new(noon.Add(-time.Minute))
	result, err = do[RecordUpdatesResult](w, w.intake().RecordUpdates, RecordUpdatesInput{Warehouse: "depot", Updates: []Update{older}})
	require.NoError(t, err)
	require.Equal(t, RecordUpdatesResult{Older: 1, Labels: acme}, result)
}

// When the result of an attempt was lost, the next one finds only duplicates. Their changes must still be pushed.
func TestRecordUpdatesAgainNamesWhatItMayHaveChanged(t *testing.T) {
	t.Parallel()
	w := setup(t)
	input := RecordUpdatesInput{Warehouse: "depot", Updates: []Update{update("1", "B", 5), update("2", "A", 6), update("3", "A", 7)}}
	lost, err := w.intake().recordUpdates(t.Context(), input, 1)
	require.NoError(t, err)
	again, err := w.intake().recordUpdates(t.Context(), input, 2)
	require.NoError(t, err)
	require.Equal(t, lost.SKUs, again.SKUs)
	require.Zero(t, again.Changed)
	require.EqualValues(t, 3, again.Duplicates)

	sent, err := w.intake().recordUpdates(t.Context(), input, 1)
	require.NoError(t, err)
	require.Empty(t, sent.SKUs, "a sender that sends again changes nothing")
	input.Again = true
	kept, err := w.intake().recordUpdates(t.Context(), input, 1)
	require.NoError(t, err)
	require.Equal(t, lost.SKUs, kept.SKUs, "an intake that kept them after a failure does not know what of them was recorded")
	fresh, err := w.intake().recordUpdates(t.Context(), RecordUpdatesInput{Warehouse: "depot", Updates: []Update{update("4", "C", 1)}}, 2)
	require.NoError(t, err)
	require.Equal(t, []string{"C"}, fresh.SKUs, "the attempt before recorded nothing")
}

// The worker is lost after the ledger recorded a batch within the workflow task. The next attempt is told that it is the first.
func TestABatchThatWasRecordedByALostWorkerIsPushed(t *testing.T) {
	t.Parallel()
	w := setup(t)
	input := RecordUpdatesInput{Warehouse: "depot", Batch: "run/0", Updates: []Update{update("1", "B", 5), update("2", "A", 6)}}
	lost, err := do[RecordUpdatesResult](w, w.intake().RecordUpdates, input)
	require.NoError(t, err)
	input.Updates = append(input.Updates, update("3", "C", 7))
	again, err := do[RecordUpdatesResult](w, w.intake().RecordUpdates, input)
	require.NoError(t, err)
	require.Equal(t, []string{"A", "B"}, lost.SKUs)
	require.Equal(t, []string{"A", "B", "C"}, again.SKUs)
	require.EqualValues(t, 3, again.Changed, "of what was lost it is not known any more")
	require.Zero(t, again.Duplicates)

	input.Batch = "run/1"
	sent, err := do[RecordUpdatesResult](w, w.intake().RecordUpdates, input)
	require.NoError(t, err)
	require.Empty(t, sent.SKUs, "a sender that sends again changes nothing")
}

func TestUpdatesOfAnUnknownWarehouseAreForAPerson(t *testing.T) {
	t.Parallel()
	w := setup(t)
	_, err := do[RecordUpdatesResult](w, w.intake().RecordUpdates, RecordUpdatesInput{Warehouse: "moon", Updates: []Update{update("1", "A", 5)}})
	require.Equal(t, ErrorNotConfigured, temporalError(t, err).Type())
	require.True(t, temporalError(t, err).NonRetryable())
	_, err = do[RecordSnapshotResult](w, w.intake().RecordSnapshot, RecordSnapshotInput{Warehouse: "moon"})
	require.Equal(t, ErrorNotConfigured, temporalError(t, err).Type())
}

func (w *world) upload(skus ...string) int64 {
	w.t.Helper()
	id, err := w.StageUpload(w.t.Context(), ledger.SnapshotStart{Warehouse: "depot", Now: w.now})
	require.NoError(w.t, err)
	var levels []inventory.Level
	for _, sku := range skus {
		levels = append(levels, inventory.Level{Facility: "east", SKU: sku, Available: 3})
	}
	require.NoError(w.t, w.StageRows(w.t.Context(), id, levels, nil))
	return id
}

func TestRecordSnapshot(t *testing.T) {
	t.Parallel()
	w := setup(t)
	record := func(snapshot Snapshot) RecordSnapshotResult {
		w.t.Helper()
		result, err := do[RecordSnapshotResult](w, w.intake().RecordSnapshot, RecordSnapshotInput{Warehouse: "depot", Snapshot: snapshot})
		require.NoError(t, err)
		return result
	}
	whole := Snapshot{ID: w.upload("A", "B", "C"), Full: true, Rows: 3, AsOf: &noon, From: "a file"}
	first := record(whole)
	require.Equal(t, RecordSnapshotResult{SnapshotFigures: ledger.SnapshotFigures{Rows: 3, Changed: 3}, Labels: acme}, first)
	require.Equal(t, first, record(whole), "the answer may be lost")
	require.Contains(t, record(Snapshot{ID: 1000, Full: true}).Held, "send it again")

	shrunk := record(Snapshot{ID: w.upload("A"), Full: true, Rows: 1})
	require.Contains(t, shrunk.Held, "fewer than")
	require.Len(t, w.available(), 3)
	approved := record(Snapshot{ID: w.upload("A"), Full: true, Rows: 1, ApprovedRows: 1})
	require.Empty(t, approved.Held)
	require.EqualValues(t, 2, approved.Missing)

	old := record(Snapshot{ID: w.upload("A", "B"), Rows: 2, AsOf: new(noon.Add(-time.Hour))})
	require.EqualValues(t, 2, old.Older)
	_, err := do[RecordSnapshotResult](w, w.intake().RecordSnapshot, RecordSnapshotInput{Warehouse: "depot", Snapshot: Snapshot{ID: w.upload("A"), Rows: 2}})
	require.Equal(t, ErrorFaltered, temporalError(t, err).Type(), "rows are missing")
}

// Every active connection on the warehouse gets the request, under the same id when the step is retried.
func TestRequestAsksEveryConnection(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.refuses["south"] = errors.New("no answer")
	input := RequestInput{Warehouse: "depot", ID: "run/1", SKUs: []string{"A", "B"}}
	_, err := do[RequestResult](w, w.intake().Request, input)
	require.Equal(t, ErrorFaltered, temporalError(t, err).Type())
	require.False(t, temporalError(t, err).NonRetryable())
	delete(w.refuses, "south")
	result, err := do[RequestResult](w, w.intake().Request, input)
	require.NoError(t, err)
	require.Equal(t, RequestResult{Requests: 2}, result)
	wish := SyncRequest{ID: "run/1", By: "intake of depot", SKUs: []string{"A", "B"}}
	require.Equal(t, map[string][]SyncRequest{"north": {wish, wish}, "south": {wish, wish}}, w.requests)

	result, err = do[RequestResult](w, w.intake().Request, RequestInput{Warehouse: "annex", ID: "run/2"})
	require.NoError(t, err)
	require.Zero(t, result.Requests)
}

// A connection that cannot get the request does not keep the others from getting it.
func TestARequestReachesTheOthers(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.refuses["north"] = errors.New("exceeded workflow execution limit for signal events")
	intake := w.intake()
	_, err := do[RequestResult](w, intake.Request, RequestInput{Warehouse: "depot", ID: "1", SKUs: []string{"BIKE"}})
	require.Error(t, err, "it is tried again")
	require.Len(t, w.requests["south"], 1)
}

// No event that a signal can carry blocks the others: an event that the ledger cannot store is refused by itself.
func TestAPoisonedUpdateStopsNoOther(t *testing.T) {
	t.Parallel()
	w := setup(t)
	most, least := int64(math.MaxInt64), int64(math.MinInt64)
	poisoned := map[string]func(*Update){
		"NUL in the SKU":       func(u *Update) { u.SKU = "a\x00b" },
		"NUL in the facility":  func(u *Update) { u.Facility = "a\x00b" },
		"NUL in the event":     func(u *Update) { u.Event = "a\x00b" },
		"no UTF-8":             func(u *Update) { u.SKU, u.Facility, u.Event = "\xff", "\xfe", "\xc0" },
		"nothing":              func(u *Update) { *u = Update{} },
		"long names":           func(u *Update) { u.SKU, u.Facility = strings.Repeat("s", 513), strings.Repeat("f", 513) },
		"the largest figures":  func(u *Update) { u.Available, u.OnHand, u.Committed, u.Sequence = &most, &most, &most, most },
		"the smallest figures": func(u *Update) { u.Available, u.OnHand, u.Committed, u.Sequence = &least, &least, &least, least },
		"the largest sequence": func(u *Update) { u.Sequence = most },
		"the year 1":           func(u *Update) { u.ReportedAt = new(time.Date(1, 1, 1, 0, 0, 0, 1, time.UTC)) },
		"the year 0":           func(u *Update) { u.ReportedAt = new(time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC)) },
		"the year 9999": func(u *Update) {
			u.ReportedAt, u.ReceivedAt = new(time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)), new(time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC))
		},
		"received before time": func(u *Update) { u.ReportedAt, u.ReceivedAt = nil, new(time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC)) },
	}
	var updates []Update
	for name, poison := range poisoned {
		good, bad := update("good "+name, "good "+name, 7), update("bad "+name, "bad "+name, 7)
		poison(&bad)
		updates = append(updates, bad, good)
	}
	_, err := do[RecordUpdatesResult](w, w.intake().RecordUpdates, RecordUpdatesInput{Warehouse: "depot", Updates: updates})
	require.NoError(t, err)
	for name := range poisoned {
		require.EqualValues(t, 7, w.available()["good "+name], name)
	}
}

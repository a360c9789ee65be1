package ledger

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tidemark/tidemark/inventory"
)

// Observe records update events; see Recorder.
func (d *database) Observe(ctx context.Context, warehouse string, observations []Observation, now time.Time) (Observed, error) {
	for _, observation := range observations {
		if observation.Event == "" && observation.Refused == "" {
			return Observed{}, fmt.Errorf("ledger: an update of %q has no event id", observation.SKU)
		}
		err := checkText("an event id, SKU, facility or batch", observation.Event, observation.SKU, observation.Facility, observation.Batch)
		if err != nil {
			return Observed{}, err
		}
	}
	var result Observed
	err := d.write(ctx, func(t *tx) error {
		o := observing{tx: t, warehouse: warehouse, now: now}
		var merchant string
		err := t.row(ctx, `SELECT merchant, level_version, confirmed_at, confirmed_received
			FROM warehouses WHERE id = ?`+t.dialect.lock("warehouses"), warehouse).
			Scan(&merchant, &o.version, &o.confirmed.at, &o.confirmed.received)
		if errors.Is(err, sql.ErrNoRows) {
			return fmt.Errorf("%w: warehouse %q", ErrNotFound, warehouse)
		}
		if err == nil {
			result, err = o.observe(ctx, merchant, observations)
		}
		return err
	})
	return result, err
}

// observing records a set of observations, with the warehouse locked.
type observing struct {
	*tx
	warehouse string
	version   int64        // level version of the warehouse before
	confirmed recordedTime // time of every level that has confirmed = 1
	now       time.Time
}

// levelKey is a level within its warehouse.
type levelKey struct{ sku, facility string }

// recordedLevel holds what decides whether an observation is newer than a recorded level.
type recordedLevel struct {
	available int64
	recordedTime
	sequence int64
}

func (o *observing) observe(ctx context.Context, merchant string, observations []Observation) (Observed, error) {
	result := Observed{Version: o.version}
	fresh, err := o.unseen(ctx, observations, &result)
	if err != nil {
		return Observed{}, err
	}
	marks := marking{}
	before, err := o.recorded(ctx, fresh)
	if err != nil {
		return Observed{}, err
	}
	written := map[levelKey]Observation{}
	now := map[levelKey]recordedLevel{}
	places := placesOf(before)
	facilities, err := o.facilities(ctx)
	if err != nil {
		return Observed{}, err
	}
	var misplaced []misplacedLevel
	for _, observation := range fresh {
		key := levelKey{observation.SKU, observation.Facility}
		recorded, ok := now[key]
		if !ok {
			recorded, ok = before[key]
		}
		if observation.Refused != "" {
			result.Refused++
			marks.refuse(levelReport{refused: observation.Refused}, o.refusedLevels(observation, before, now)...)
			continue
		}
		why := places[observation.SKU].refuse(key)
		if why == "" {
			why = facilities.refuse(key)
		}
		if !ok && why != "" {
			misplaced = append(misplaced, misplacedLevel{observation, why})
			marks.refuse(levelReport{refused: why, reported: true}, o.refusedLevels(observation, before, now)...)
			continue
		}
		places.add(key, observation.Available)
		if ok && o.older(observation, recorded) {
			result.Older++
			continue
		}
		written[key] = observation
		_, bareBefore := before[levelKey{sku: key.sku}]
		_, bareNow := now[levelKey{sku: key.sku}]
		marks.read(key, bareBefore || bareNow)
		now[key] = recordedLevel{
			available: observation.Available, recordedTime: o.observed(observation), sequence: max(observation.Sequence, recorded.sequence),
		}
	}
	if err := o.noteMisplaced(ctx, merchant, misplaced); err != nil {
		return Observed{}, err
	}
	if len(marks) > 0 { // every written level has a mark too
		if err := o.levelsChange(ctx, o.warehouse); err != nil {
			return Observed{}, err
		}
	}
	result.Misplaced = int64(len(misplaced))
	if len(written) > 0 {
		if result, err = o.writeAll(ctx, merchant, written, before, now, result); err != nil {
			return Observed{}, err
		}
	}
	return o.mark(ctx, merchant, marks, result)
}

// writeAll writes the observed levels in the order of their keys.
func (o *observing) writeAll(
	ctx context.Context, merchant string, written map[levelKey]Observation, before, now map[levelKey]recordedLevel, result Observed,
) (Observed, error) {
	keys := make([]levelKey, 0, len(written))
	for key := range written {
		keys = append(keys, key)
	}
	slices.SortFunc(keys, func(a, b levelKey) int { return cmp.Or(cmp.Compare(a.sku, b.sku), cmp.Compare(a.facility, b.facility)) })
	return o.write(ctx, merchant, keys, written, before, now, result)
}

// places tells, by SKU, where a SKU has levels.
type places map[string]*placed

// placed tells where one SKU has levels: at which facilities, and how much is available without a facility.
type placed struct {
	facilities []string
	bare       int64 // available without a facility
}

func placesOf(levels map[levelKey]recordedLevel) places {
	places := places{}
	for key, level := range levels {
		places.add(key, level.available)
	}
	return places
}

func (p places) add(key levelKey, available int64) {
	placement := p[key.sku]
	if placement == nil {
		placement = &placed{}
		p[key.sku] = placement
	}
	switch {
	case key.facility == "":
		placement.bare = available
	case !slices.Contains(placement.facilities, key.facility):
		placement.facilities = append(placement.facilities, key.facility)
	}
}

// refuse is the reason why a level that is not recorded yet may not be; empty when it may. A level without a facility and levels with
// facilities would count together, and stores would sell the same stock twice.
func (p *placed) refuse(key levelKey) string {
	switch {
	case p == nil:
		return ""
	case key.facility == "" && len(p.facilities) > 0:
		slices.Sort(p.facilities)
		return "the event names no facility, and the SKU is reported by facility (" + strings.Join(p.facilities, ", ") +
			"); name the one that is meant"
	case key.facility != "" && p.bare > 0:
		return fmt.Sprintf("the event names a facility, and the SKU is reported without one (%d there); report that as 0 first", p.bare)
	}
	return ""
}

// facilities are the facilities that the warehouse's snapshots have named, sorted; empty when there was no snapshot.
type facilities []string

func (o *observing) facilities(ctx context.Context) (facilities, error) {
	return o.texts(ctx, "SELECT facility FROM facilities WHERE warehouse = ? ORDER BY facility", o.warehouse)
}

// refuse is the reason why a level that is not recorded yet may not be; empty when it may. A facility that no snapshot has named is
// refused: no snapshot would ever correct its figure, and its stock would count beside that of the known facilities.
func (f facilities) refuse(key levelKey) string {
	switch {
	case len(f) == 0 || slices.Contains(f, key.facility):
		return ""
	case key.facility == "":
		return "the event names no facility, and the warehouse's snapshots name theirs (" + facilityNames(f) + "); name the one that is meant"
	}
	return "no snapshot of the warehouse has named the facility " + facilityNames([]string{key.facility}) + " (they name " + facilityNames(f) +
		"); correct it, or let a snapshot name it first"
}

// misplacedLevel is an observation that is not recorded, and the reason.
type misplacedLevel struct {
	Observation
	why string
}

// noteMisplaced writes the observations that are not recorded to the activity.
func (o *observing) noteMisplaced(ctx context.Context, merchant string, misplaced []misplacedLevel) error {
	input := newTable(len(misplaced))
	skus, facilities, available, why := input.texts("sku"), input.texts("facility"), input.numbers("available"), input.texts("why")
	for i, item := range misplaced {
		skus[i], facilities[i], available[i], why[i] = item.SKU, item.Facility, item.Available, inventory.Storable(item.why)
	}
	_, err := o.bulk(ctx, *input, `INSERT INTO activity (at, run, kind, merchant, warehouse, facility, sku, after, note)
		SELECT CAST(? AS BIGINT), 0, 'misplaced', CAST(? AS TEXT), CAST(? AS TEXT), facility, sku, available, why FROM input`,
		micros(o.now), merchant, o.warehouse)
	return err
}

// older is true for an observation that must not replace the recorded level: its sequence is not higher, or its time is earlier. Both
// are compared, because a snapshot, which has no sequence, may have been taken after the event.
func (o *observing) older(observation Observation, recorded recordedLevel) bool {
	return (observation.Sequence > 0 && recorded.sequence > 0 && observation.Sequence <= recorded.sequence) ||
		!newer(incomingTime{row: micros(observation.ReportedAt), received: o.received(observation)}, recorded.recordedTime)
}

// received returns when an observation arrived, in microseconds.
func (o *observing) received(observation Observation) int64 {
	if observation.ReceivedAt.IsZero() {
		return micros(o.now)
	}
	return micros(observation.ReceivedAt)
}

// observed returns the time of an observation. Without a time of its own, it is the time of arrival, by our clock.
func (o *observing) observed(observation Observation) recordedTime {
	received := o.received(observation)
	if observation.ReportedAt.IsZero() {
		return recordedTime{at: received, ours: true, received: received}
	}
	return recordedTime{at: micros(observation.ReportedAt), received: received}
}

// unseen records the events and returns the observations whose events had not arrived before, each event once. An event that was refused
// before had no effect, so it may arrive again, corrected. It counts the other events in the result.
func (o *observing) unseen(ctx context.Context, observations []Observation, result *Observed) ([]Observation, error) {
	ids := make([]string, len(observations))
	for i, observation := range observations {
		ids[i] = observation.Event
	}
	type sight struct {
		batch   string
		refused bool
	}
	seen := map[string]sight{}
	err := o.each(ctx, func(row *sql.Rows) error {
		var event string
		var before sight
		err := row.Scan(&event, &before.batch, &before.refused)
		seen[event] = before
		return err
	}, "SELECT e.event, e.batch, e.refused FROM "+o.dialect.set()+" CROSS JOIN events e WHERE e.warehouse = ? AND e.event = j.value",
		o.dialect.list(ids), o.warehouse)
	if err != nil {
		return nil, err
	}
	fresh := make([]Observation, 0, len(observations))
	last := map[string]sight{}    // the last of each event in these observations
	repeated := map[string]bool{} // events that an earlier attempt at this batch has recorded
	var order []string
	for _, observation := range observations {
		before, ok := seen[observation.Event]
		refused := observation.Refused != ""
		if observation.Event != "" && ok && (refused || !before.refused) {
			_, inThisSet := last[observation.Event]
			sameBatch := observation.Batch != "" && observation.Batch == before.batch
			if !inThisSet && !repeated[observation.Event] && observation.SKU != "" && sameBatch && !before.refused {
				repeated[observation.Event] = true
				result.Repeated = append(result.Repeated, observation.SKU)
			} else {
				result.Duplicates++
			}
			continue
		}
		fresh = append(fresh, observation)
		if observation.Event == "" {
			continue
		}
		if _, ok := last[observation.Event]; !ok {
			order = append(order, observation.Event)
		}
		seen[observation.Event] = sight{observation.Batch, refused}
		last[observation.Event] = seen[observation.Event]
	}
	input := newTable(len(order))
	events, batches, refusals := input.texts("event"), input.texts("batch"), input.truths("refused")
	for i, event := range order {
		events[i], batches[i], refusals[i] = event, last[event].batch, last[event].refused
	}
	_, err = o.bulk(ctx, *input, `INSERT INTO events (warehouse, event, seen_at, batch, refused)
		SELECT CAST(? AS TEXT), event, CAST(? AS BIGINT), batch, refused FROM input WHERE TRUE
		ON CONFLICT (warehouse, event) DO UPDATE SET seen_at = excluded.seen_at, batch = excluded.batch, refused = excluded.refused`,
		o.warehouse, micros(o.now))
	slices.Sort(result.Repeated)
	result.Repeated = slices.Compact(result.Repeated)
	return fresh, err
}

// recorded loads the recorded levels of the observations' SKUs.
func (o *observing) recorded(ctx context.Context, observations []Observation) (map[levelKey]recordedLevel, error) {
	skus := make([]string, 0, len(observations))
	for _, observation := range observations {
		skus = append(skus, observation.SKU)
	}
	slices.Sort(skus)
	recorded := map[levelKey]recordedLevel{}
	err := o.each(ctx, func(row *sql.Rows) error {
		var key levelKey
		var level recordedLevel
		var confirmed bool
		err := row.Scan(&key.sku, &key.facility, &level.available, &level.at, &level.ours, &level.received, &confirmed, &level.sequence)
		if err != nil {
			return err
		}
		if confirmed {
			level.at, level.received = o.confirmed.at, o.confirmed.received
		}
		recorded[key] = level
		return nil
	}, `SELECT l.sku, l.facility, l.available, l.observed_at, l.ours, l.received_at, l.confirmed, l.sequence
		FROM `+o.dialect.set()+" CROSS JOIN levels l WHERE l.warehouse = ? AND l.sku = j.value",
		o.dialect.list(slices.Compact(skus)), o.warehouse)
	return recorded, err
}

// write writes the observed levels in the order of keys, and the activity of those whose figure changed.
func (o *observing) write(
	ctx context.Context, merchant string, keys []levelKey, written map[levelKey]Observation, before, now map[levelKey]recordedLevel, result Observed,
) (Observed, error) {
	levels := newTable(len(keys))
	skus, facilities, available := levels.texts("sku"), levels.texts("facility"), levels.numbers("available")
	onHand, committed, reported := levels.optionals("on_hand"), levels.optionals("committed"), levels.optionals("reported_at")
	ours, receivedAt := levels.truths("ours"), levels.numbers("received_at")
	observedAt, sequences, was, moved := levels.numbers("observed_at"), levels.numbers("sequence"), levels.optionals("was"), levels.truths("moved")
	for i, key := range keys {
		observation, level := written[key], now[key]
		skus[i], facilities[i], available[i] = key.sku, key.facility, observation.Available
		onHand[i], committed[i], reported[i] = observation.OnHand, observation.Committed, optionalMicros(observation.ReportedAt)
		observedAt[i], sequences[i], ours[i], receivedAt[i] = level.at, level.sequence, level.ours, level.received
		recorded, ok := before[key]
		if ok {
			was[i] = &recorded.available
		}
		moved[i] = !ok || recorded.available != observation.Available
		if moved[i] && !slices.Contains(result.Changed, key.sku) {
			result.Changed = append(result.Changed, key.sku)
		}
	}
	if len(result.Changed) > 0 {
		result.Version = o.version + 1
	}
	_, err := o.bulk(ctx, *levels, `INSERT INTO levels (warehouse, sku, facility, available, on_hand, committed, reported_at,
			observed_at, ours, received_at, confirmed, version, recorded_at, sequence)
		SELECT CAST(? AS TEXT), sku, facility, available, on_hand, committed, reported_at,
			observed_at, ours, received_at, FALSE, CAST(? AS BIGINT), CAST(? AS BIGINT), sequence FROM input WHERE TRUE
		ON CONFLICT (warehouse, sku, facility) DO UPDATE SET
			version = CASE WHEN levels.available = excluded.available THEN levels.version ELSE excluded.version END,
			recorded_at = CASE WHEN levels.available = excluded.available THEN levels.recorded_at ELSE excluded.recorded_at END,
			available = excluded.available, on_hand = excluded.on_hand, committed = excluded.committed, reported_at = excluded.reported_at,
			observed_at = excluded.observed_at, ours = excluded.ours, received_at = excluded.received_at, confirmed = FALSE,
			sequence = excluded.sequence`,
		o.warehouse, o.version+1, micros(o.now))
	if err != nil {
		return Observed{}, err
	}
	_, err = o.bulk(ctx, *levels, `INSERT INTO activity (at, run, kind, merchant, warehouse, facility, sku, before, after, note)
		SELECT CAST(? AS BIGINT), 0, 'reported', CAST(? AS TEXT), CAST(? AS TEXT), facility, sku, was, available, 'an update event' FROM input WHERE moved`,
		micros(o.now), merchant, o.warehouse)
	if err != nil {
		return Observed{}, err
	}
	_, err = o.exec(ctx, "UPDATE warehouses SET level_version = ? WHERE id = ?", result.Version, o.warehouse)
	return result, err
}

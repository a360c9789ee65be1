package ledger

import (
	"cmp"
	"context"
	"slices"

	"github.com/tidemark/tidemark/inventory"
)

// marking holds the last report of each level in a set of observations: that it was refused, or read.
type marking map[levelKey]levelReport

// levelReport is the last report of a level.
type levelReport struct {
	refused  string // reason; empty means that the level was read
	reported bool   // the activity has the reason already
}

func (m marking) refuse(report levelReport, keys ...levelKey) {
	for _, key := range keys {
		m[key] = report
	}
}

// read notes that a level was read. bare is true when the SKU has a level without a facility. If it has none, a mark of the SKU without a
// facility is of a refused observation that named no facility; such a mark is removed, because the SKU has been read now.
func (m marking) read(key levelKey, bare bool) {
	m[key] = levelReport{}
	if key.facility != "" && !bare {
		delete(m, levelKey{sku: key.sku})
	}
}

// refusedLevels returns the levels that a refused observation concerns: all levels of its SKU when it names no facility. It leaves out
// levels that are newer than the observation. A SKU or facility without a level is returned as the observation names it.
func (o *observing) refusedLevels(observation Observation, before, now map[levelKey]recordedLevel) []levelKey {
	if observation.SKU == "" {
		return nil
	}
	var keys []levelKey
	exists := false
	for _, levels := range []map[levelKey]recordedLevel{before, now} {
		for key, level := range levels {
			if key.sku != observation.SKU || observation.Facility != "" && key.facility != observation.Facility {
				continue
			}
			exists = true
			if newer, ok := now[key]; ok {
				level = newer
			}
			if !slices.Contains(keys, key) && !o.older(observation, level) {
				keys = append(keys, key)
			}
		}
	}
	if !exists {
		return []levelKey{{observation.SKU, observation.Facility}}
	}
	return keys
}

// mark marks and unmarks levels as stale, after the read ones were written, and applies the warehouse's policy to the refused ones.
func (o *observing) mark(ctx context.Context, merchant string, marks marking, result Observed) (Observed, error) {
	var read, refused []levelKey
	for key, report := range marks {
		if report.refused == "" {
			read = append(read, key)
		} else {
			refused = append(refused, key)
		}
	}
	if err := o.unmark(ctx, read); err != nil || len(refused) == 0 {
		return result, err
	}
	slices.SortFunc(refused, func(a, b levelKey) int { return cmp.Or(cmp.Compare(a.sku, b.sku), cmp.Compare(a.facility, b.facility)) })
	warehouse, err := definition[Warehouse](ctx, o.tx, "warehouse", o.warehouse)
	if err != nil {
		return Observed{}, err
	}
	input := newTable(len(refused))
	skus, facilities, reasons, reported := input.texts("sku"), input.texts("facility"), input.texts("reason"), input.truths("reported")
	for i, key := range refused {
		skus[i], facilities[i], reasons[i], reported[i] = key.sku, key.facility, inventory.Storable(marks[key].refused), marks[key].reported
	}
	if err := o.writeMarks(ctx, merchant, input, warehouse.Refused); err != nil {
		return Observed{}, err
	}
	return o.countRefused(ctx, refused, warehouse.Refused, result)
}

// countRefused applies the policy for refused levels to their figures.
func (o *observing) countRefused(ctx context.Context, refused []levelKey, policy inventory.RefusedPolicy, result Observed) (Observed, error) {
	var zeroed bool
	err := o.row(ctx, "SELECT EXISTS (SELECT 1 FROM stale_levels WHERE warehouse = ? AND zeroed)", o.warehouse).Scan(&zeroed)
	if err != nil || policy != inventory.RefusedZero && !zeroed {
		return result, err
	}
	moved := false
	for _, key := range refused {
		changed, err := o.applyRefused(ctx, o.warehouse, "m.sku = ? AND m.facility = ?", []any{key.sku, key.facility},
			policy, o.version+1, micros(o.now))
		if err != nil {
			return Observed{}, err
		}
		moved = moved || changed > 0
		if changed > 0 && !slices.Contains(result.Changed, key.sku) {
			result.Changed = append(result.Changed, key.sku)
		}
	}
	if !moved {
		return result, nil
	}
	slices.Sort(result.Changed)
	result.Version = o.version + 1
	_, err = o.exec(ctx, "UPDATE warehouses SET level_version = ? WHERE id = ?", result.Version, o.warehouse)
	return result, err
}

// unmark removes the marks of levels that were read.
func (o *observing) unmark(ctx context.Context, read []levelKey) error {
	marked, err := o.anyStale(ctx, o.warehouse)
	if err != nil || !marked {
		return err
	}
	input := newTable(len(read))
	skus, facilities := input.texts("sku"), input.texts("facility")
	for i, key := range read {
		skus[i], facilities[i] = key.sku, key.facility
	}
	_, err = o.bulk(ctx, *input, `DELETE FROM stale_levels WHERE warehouse = ? AND EXISTS (SELECT 1 FROM input i
		WHERE i.sku = stale_levels.sku
		AND (i.facility = stale_levels.facility OR (stale_levels.facility = '' AND stale_levels.available IS NULL)))`, o.warehouse)
	return err
}

// writeMarks marks levels as stale. It writes the activity first, for marks that are new or have another reason.
func (o *observing) writeMarks(ctx context.Context, merchant string, input *table, policy inventory.RefusedPolicy) error {
	_, err := o.bulk(ctx, *input, `INSERT INTO activity (at, run, kind, merchant, warehouse, facility, sku, before, after, note)
		SELECT CAST(? AS BIGINT), 0, 'refused', CAST(? AS TEXT), CAST(? AS TEXT), i.facility, i.sku,
			l.available, `+counts(policy)+`, 'an update event: ' || i.reason
		FROM input i LEFT JOIN levels l ON l.warehouse = ? AND l.sku = i.sku AND l.facility = i.facility
		LEFT JOIN stale_levels m ON m.warehouse = ? AND m.sku = i.sku AND m.facility = i.facility
		WHERE (NOT i.reported AND (m.sku IS NULL OR m.reason <> i.reason)) OR l.available <> `+counts(policy),
		micros(o.now), merchant, o.warehouse, o.warehouse, o.warehouse)
	if err != nil {
		return err
	}
	_, err = o.bulk(ctx, *input, `INSERT INTO stale_levels (warehouse, sku, facility, available, zeroed, run, snapshot, since, refused_at, place, reason)
		SELECT CAST(? AS TEXT), i.sku, i.facility, l.available, FALSE, 0, 0, CAST(? AS BIGINT), CAST(? AS BIGINT), '', i.reason
		FROM input i LEFT JOIN levels l ON l.warehouse = ? AND l.sku = i.sku AND l.facility = i.facility WHERE TRUE `+markAgain,
		o.warehouse, micros(o.now), micros(o.now), o.warehouse)
	return err
}

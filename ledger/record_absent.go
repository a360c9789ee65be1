package ledger

import (
	"context"
	"fmt"

	"github.com/tidemark/tidemark/inventory"
)

// Values of copies in staged rows that are not from the snapshot: levels that it does not name and that are taken to 0.
const (
	copiesMissing = 0  // the warehouse's policy is that absence means 0
	copiesDropped = -1 // the snapshot names the SKU elsewhere, and a person approved
)

// Conditions on the snapshot's rows that name, or may name, the level l.
const (
	refusedRow = `EXISTS (SELECT 1 FROM refusals f WHERE f.snapshot = ? AND f.sku = l.sku AND ` + namesLevel + `)`
	// namesLevel: the refused row f of the level's SKU names the level l, or may name it.
	namesLevel = `(NOT f.no_sku AND (f.facility IN (l.facility, '') OR f.no_facility))`
	stagedRow  = `EXISTS (SELECT 1 FROM staged s WHERE s.snapshot = ? AND s.sku = l.sku AND s.facility = l.facility)`
	// stagedElsewhere: the snapshot names the SKU of an unnamed level at another facility.
	stagedElsewhere = `EXISTS (SELECT 1 FROM staged s WHERE s.snapshot = ? AND s.sku = l.sku)`
	// unnamedStock selects the levels with stock that the snapshot does not name, and that are not newer than it.
	unnamedStock = ` FROM this CROSS JOIN levels l WHERE l.warehouse = this.warehouse AND l.available > 0
		AND NOT ` + refusedRow + ` AND NOT ` + stagedRow + ` AND ` + freshAbsence
)

// recordedLevels counts the levels of a warehouse before a snapshot, by what the snapshot says of them.
type recordedLevels struct {
	total, confirmed int64
	named            int64 // levels that its accepted rows name
	unclear          bool  // a refused row has no readable SKU, so it may name any level
	absent           absence
}

// unnamed counts the recorded levels that a full snapshot does not name; named is the number of those that its accepted rows name.
//
// A refused row names a level too. Without a facility it may name any level of its SKU. Without a SKU it may name any level at all, and
// then no level is taken to be 0.
func (r *recording) unnamed(ctx context.Context, named int64) (recordedLevels, error) {
	levels := recordedLevels{named: named}
	if !r.end.Full {
		return levels, nil
	}
	err := r.row(ctx, `SELECT COUNT(*), COUNT(*) FILTER (WHERE confirmed), COUNT(*) FILTER (WHERE available > 0)
		FROM levels WHERE warehouse = ?`, r.warehouse).
		Scan(&levels.total, &levels.confirmed, &levels.absent.stocked)
	if err != nil || named == levels.total {
		return levels, err
	}
	var refused int64
	err = r.row(ctx, `SELECT (SELECT COUNT(*) FROM levels l WHERE l.warehouse = ?
			AND l.sku IN (SELECT sku FROM refusals WHERE snapshot = ?) AND `+refusedRow+` AND NOT `+stagedRow+`),
			EXISTS (SELECT 1 FROM refusals WHERE snapshot = ? AND no_sku)`, r.warehouse, r.id, r.id, r.id, r.id).
		Scan(&refused, &levels.unclear)
	if err != nil {
		return levels, err
	}
	r.result.Missing = levels.total - named - refused
	if r.result.Missing == 0 || levels.absent.stocked == 0 {
		return levels, nil
	}
	levels.absent.before, levels.absent.keeps = r.unnamedBefore, r.end.Missing != inventory.MissingZero || levels.unclear
	arguments := append(r.this(), r.id, r.id, r.id)
	err = r.row(ctx, this+`SELECT COUNT(*), CAST(COALESCE(SUM(u.available), 0) AS BIGINT), COUNT(*) FILTER (WHERE u.elsewhere),
			CAST(COALESCE(SUM(u.available) FILTER (WHERE u.elsewhere), 0) AS BIGINT)
		FROM (SELECT l.available, `+stagedElsewhere+` AS elsewhere`+unnamedStock+`) AS u`, arguments...).
		Scan(&levels.absent.Levels, &levels.absent.units, &levels.absent.Twice, &levels.absent.twiceUnits)
	if !levels.absent.keeps {
		levels.absent.Twice, levels.absent.twiceUnits = 0, 0 // these levels become 0, so they do not count twice
	}
	r.result.Absent = levels.absent.Absence
	return levels, err
}

// facilities adds the facilities of the unnamed levels and the facilities that are new in the snapshot, for a person to judge.
func (r *recording) facilities(ctx context.Context, absent *absence) (err error) {
	limit := fmt.Sprintf("LIMIT %d", maximumNames+1)
	absent.gone, err = r.texts(ctx, this+`SELECT l.facility`+unnamedStock+` GROUP BY l.facility ORDER BY COUNT(*) DESC, l.facility `+limit,
		append(r.this(), r.id, r.id)...)
	if err != nil {
		return err
	}
	absent.came, err = r.texts(ctx, `SELECT s.facility FROM staged s WHERE s.snapshot = ?
		AND s.facility NOT IN (SELECT l.facility FROM levels l WHERE l.warehouse = ?)
		GROUP BY s.facility ORDER BY COUNT(*) DESC, s.facility `+limit, r.id, r.warehouse)
	return err
}

// missing stages levels that the snapshot does not name as 0: all of them where the policy is that absence means 0; otherwise those that
// would count twice, which a person approved. It returns the comparison of these rows with the recorded levels.
func (r *recording) missing(ctx context.Context, levels recordedLevels) (comparison, error) {
	switch {
	case r.result.Missing == 0:
		return comparison{}, nil
	case r.end.Missing == inventory.MissingZero && !levels.unclear:
		_, err := r.exec(ctx, `INSERT INTO staged (snapshot, sku, facility, available, copies)
			SELECT CAST(? AS BIGINT), l.sku, l.facility, 0, 0 FROM levels l WHERE l.warehouse = ? AND NOT `+refusedRow+` AND NOT `+stagedRow+`
			ORDER BY l.sku, l.facility`, r.id, r.warehouse, r.id, r.id)
		if err != nil {
			return comparison{}, err
		}
		return r.compare(ctx, fmt.Sprintf(" AND s.copies = %d", copiesMissing))
	case levels.absent.Twice > 0:
		dropped := fmt.Sprintf(`SELECT this.snapshot, l.sku, l.facility, 0, %d`, copiesDropped)
		_, err := r.exec(ctx, `INSERT INTO staged (snapshot, sku, facility, available, copies) `+this+dropped+
			unnamedStock+` AND `+stagedElsewhere+` ORDER BY l.sku, l.facility`, append(r.this(), r.id, r.id, r.id)...)
		if err != nil {
			return comparison{}, err
		}
		return r.compare(ctx, fmt.Sprintf(" AND s.copies = %d", copiesDropped))
	}
	return comparison{}, nil
}

// droppedNote is the activity's note on a level that was taken to 0 after an approval.
func (r *recording) droppedNote() string {
	if r.owner == 0 {
		return fmt.Sprintf("the approved snapshot %d, which was sent, names the SKU elsewhere and not in this facility", r.id)
	}
	return fmt.Sprintf("the approved snapshot of run %d names the SKU elsewhere and not in this facility", r.owner)
}

// leftUnnamed is how many levels with stock are unnamed and keep their figures after the snapshot was recorded.
func (r *recording) leftUnnamed(levels recordedLevels) int64 {
	if !levels.absent.keeps {
		return 0
	}
	return levels.absent.Levels - levels.absent.Twice
}

package ledger

import (
	"context"
	"fmt"

	"github.com/tidemark/tidemark/inventory"
)

// Copies of staged rows that the snapshot does not hold: levels that are taken to 0.
const (
	copiesMissing = 0  // not named, and absence means 0 by the warehouse's policy
	copiesDropped = -1 // not named, the SKU is named elsewhere, and a person approved that
)

// Rows of the snapshot that name, or may name, the level l.
const (
	refusedRow = `EXISTS (SELECT 1 FROM refusals f WHERE f.snapshot = ? AND f.sku = l.sku AND ` + namesLevel + `)`
	// namesLevel: the refused row f of the level's SKU is of the level l, or may be.
	namesLevel = `(NOT f.no_sku AND (f.facility IN (l.facility, '') OR f.no_facility))`
	stagedRow  = `EXISTS (SELECT 1 FROM staged s WHERE s.snapshot = ? AND s.sku = l.sku AND s.facility = l.facility)`
	// stagedElsewhere: the snapshot names the SKU of a level that it does not name.
	stagedElsewhere = `EXISTS (SELECT 1 FROM staged s WHERE s.snapshot = ? AND s.sku = l.sku)`
	// unnamedStock are the levels with stock that the snapshot says are gone: it does not name them, and it is not older than they are.
	unnamedStock = ` FROM this CROSS JOIN levels l WHERE l.warehouse = this.warehouse AND l.available > 0 AND NOT ` + refusedRow + ` AND NOT ` + stagedRow +
		` AND ` + freshAbsence
)

// recordedLevels are the levels of a warehouse before a snapshot, and what it says of them.
type recordedLevels struct {
	total, confirmed int64
	named            int64 // that its accepted rows name
	unclear          bool  // a refused row does not say which SKU it is of, so it may be of any level
	absent           absence
}

// unnamed looks at what a full snapshot does not name, of the levels that no accepted row names.
//
// A refused row names a level too. Where it does not say which facility, it may be any of the SKU's; and where it does not say
// which SKU, it may be any level at all, so then none is taken as 0.
func (r *recording) unnamed(ctx context.Context, named int64) (recordedLevels, error) {
	levels := recordedLevels{named: named}
	if !r.end.Full {
		return levels, nil
	}
	err := r.row(ctx, "SELECT COUNT(*), COUNT(*) FILTER (WHERE confirmed), COUNT(*) FILTER (WHERE available > 0) FROM levels WHERE warehouse = ?", r.warehouse).
		Scan(&levels.total, &levels.confirmed, &levels.absent.stocked)
	if err != nil || named == levels.total {
		return levels, err
	}
	var refused int64
	err = r.row(ctx, `SELECT (SELECT COUNT(*) FROM levels l WHERE l.warehouse = ? AND l.sku IN (SELECT sku FROM refusals WHERE snapshot = ?) AND `+
		refusedRow+` AND NOT `+stagedRow+`), EXISTS (SELECT 1 FROM refusals WHERE snapshot = ? AND no_sku)`, r.warehouse, r.id, r.id, r.id, r.id).
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
		CAST(COALESCE(SUM(u.available) FILTER (WHERE u.elsewhere), 0) AS BIGINT) FROM (SELECT l.available, `+stagedElsewhere+` AS elsewhere`+unnamedStock+`) AS u`, arguments...).
		Scan(&levels.absent.Levels, &levels.absent.units, &levels.absent.Twice, &levels.absent.twiceUnits)
	if !levels.absent.keeps {
		levels.absent.Twice, levels.absent.twiceUnits = 0, 0 // they become 0
	}
	r.result.Absent = levels.absent.Absence
	return levels, err
}

// facilities tells a person where the levels are that a snapshot does not name, and which facilities are new in it.
func (r *recording) facilities(ctx context.Context, absent *absence) (err error) {
	absent.gone, err = r.texts(ctx, this+`SELECT l.facility`+unnamedStock+fmt.Sprintf(` GROUP BY l.facility ORDER BY COUNT(*) DESC, l.facility LIMIT %d`, maximumNames+1),
		append(r.this(), r.id, r.id)...)
	if err != nil {
		return err
	}
	absent.came, err = r.texts(ctx, `SELECT s.facility FROM staged s WHERE s.snapshot = ? AND s.facility NOT IN (SELECT l.facility FROM levels l WHERE l.warehouse = ?)
		GROUP BY s.facility ORDER BY COUNT(*) DESC, s.facility `+fmt.Sprintf("LIMIT %d", maximumNames+1), r.id, r.warehouse)
	return err
}

// missing stages levels that the snapshot does not name as 0: all of them where absence means that, and those that would count
// twice, which a person has approved. It returns what these rows mean.
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
		_, err := r.exec(ctx, `INSERT INTO staged (snapshot, sku, facility, available, copies) `+this+fmt.Sprintf(`SELECT this.snapshot, l.sku, l.facility, 0, %d`, copiesDropped)+
			unnamedStock+` AND `+stagedElsewhere+` ORDER BY l.sku, l.facility`, append(r.this(), r.id, r.id, r.id)...)
		if err != nil {
			return comparison{}, err
		}
		return r.compare(ctx, fmt.Sprintf(" AND s.copies = %d", copiesDropped))
	}
	return comparison{}, nil
}

// droppedNote says in the activity why a level was taken to 0 after an approval.
func (r *recording) droppedNote() string {
	if r.owner == 0 {
		return fmt.Sprintf("the approved snapshot %d, which was sent, names the SKU elsewhere and not in this facility", r.id)
	}
	return fmt.Sprintf("the approved snapshot of run %d names the SKU elsewhere and not in this facility", r.owner)
}

// leftUnnamed is how many levels with stock the snapshot leaves unnamed after it was recorded.
func (r *recording) leftUnnamed(levels recordedLevels) int64 {
	if !levels.absent.keeps {
		return 0
	}
	return levels.absent.Levels - levels.absent.Twice
}

package ledger

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/tidemark/tidemark/inventory"
)

// A source usually has the same pages as an hour ago, and staging and comparing their rows would change nothing. So the page fingerprints of
// the last snapshot are stored until something else changes the warehouse's levels, or the meaning of its rows: see levelsChange. A
// snapshot with the same pages moves the time of the confirmed levels, and changes nothing else.

// Pages returns the page fingerprints of a warehouse's last snapshot; empty when they are not valid any more. See Recorder.
func (d *database) Pages(ctx context.Context, warehouse string) ([]byte, error) {
	var pages []byte
	err := d.read(ctx, func(t *tx) error {
		err := t.row(ctx, "SELECT pages FROM snapshot_pages WHERE warehouse = ?", warehouse).Scan(&pages)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		return err
	})
	return pages, err
}

// levelsChange deletes the page fingerprints of a warehouse's last snapshot. Whatever changes levels, stale marks, or the settings by which
// rows are read must call it in the same transaction.
func (t *tx) levelsChange(ctx context.Context, warehouse string) error {
	_, err := t.exec(ctx, "DELETE FROM snapshot_pages WHERE warehouse = ?", warehouse)
	return err
}

// keepPages stores the page fingerprints of a recorded snapshot, if a snapshot with the same pages would change nothing.
func (r *recording) keepPages(ctx context.Context) error {
	if !repeatable(r.end, r.result, r.confirms) {
		return r.levelsChange(ctx, r.warehouse)
	}
	_, err := r.exec(ctx, `INSERT INTO snapshot_pages (warehouse, snapshot, pages) VALUES (?, ?, ?)
		ON CONFLICT (warehouse) DO UPDATE SET snapshot = excluded.snapshot, pages = excluded.pages`, r.warehouse, r.id, r.end.Pages)
	return err
}

// repeatable is true for a snapshot after which the levels are exactly its rows: it was full (every snapshot that confirms is), it named
// every level, and no row was refused or older than the recorded level. So no level is marked as stale either.
func repeatable(end SnapshotEnd, result SnapshotResult, confirms bool) bool {
	return len(end.Pages) > 0 && !end.More && confirms && result.Refused+result.Missing+result.Older == 0
}

// lastPages is the snapshot whose page fingerprints are stored.
type lastPages struct {
	id       int64
	pages    []byte
	keys     int64 // see sumOfKeys
	oddities []inventory.Oddity
	compared string // what its SKUs were compared with; see oddness
	compares string // what the SKUs of a snapshot with the same levels would be compared with now
	SnapshotResult
}

func (r *recording) lastPages(ctx context.Context) (lastPages, error) {
	var last lastPages
	var odd, result string
	var definitions, levels int64
	err := r.row(ctx, `SELECT p.snapshot, p.pages, s.level_keys, s.odd, s.compared, s.result, (SELECT definitions FROM state),
			(SELECT COUNT(*) FROM levels WHERE warehouse = p.warehouse)
		FROM snapshot_pages p JOIN snapshots s ON s.id = p.snapshot WHERE p.warehouse = ?`, r.warehouse).
		Scan(&last.id, &last.pages, &last.keys, &odd, &last.compared, &result, &definitions, &levels)
	if errors.Is(err, sql.ErrNoRows) {
		return lastPages{}, nil
	} else if err != nil {
		return lastPages{}, err
	}
	last.compares = comparedWith(last.keys, definitions, levels)
	if last.oddities, err = decodeOddities(last.id, odd); err != nil {
		return lastPages{}, err
	}
	return last, decode(fmt.Sprintf("the result of snapshot %d", last.id), result, &last.SnapshotResult)
}

// oddAsNow is true when comparing again would give the same oddities, because the definitions are the same. The number of levels may have
// changed: the snapshot named all levels, so no SKU was compared with that of an unnamed level.
func (l lastPages) oddAsNow() bool {
	definitions, _, _ := strings.Cut(l.compares, comparedLevels)
	return strings.HasPrefix(l.compared, definitions+comparedLevels)
}

// Confirm records a snapshot without staged rows, because its pages are those of the last one; see Recorder.
func (d *database) Confirm(ctx context.Context, lease Lease, snapshot int64, end SnapshotEnd) (result SnapshotResult, confirmed bool, err error) {
	if err := checkText("the source cursor of a snapshot", end.SourceCursor); err != nil {
		return SnapshotResult{}, false, err
	}
	err = d.write(ctx, func(t *tx) error {
		staged, err := t.stagedBy(ctx, lease, snapshot)
		if err != nil {
			return err
		}
		r, err := t.recording(ctx, staged, end)
		if err != nil {
			return err
		}
		if confirmed, err = r.confirm(ctx); err != nil {
			return fmt.Errorf("snapshot %d of warehouse %s: %w", snapshot, r.warehouse, err)
		}
		result = r.result
		return nil
	})
	if err != nil || !confirmed {
		return SnapshotResult{}, false, err
	}
	return result, true, nil
}

func (r *recording) confirm(ctx context.Context) (bool, error) {
	last, err := r.lastPages(ctx)
	if err != nil || len(last.pages) == 0 || !bytes.Equal(last.pages, r.end.Pages) || int64(r.end.Rows) != last.Rows || r.id <= r.rereadAfter ||
		!repeatable(r.end, last.SnapshotResult, r.confirms) || r.confirmed.ours == r.dated || !last.oddAsNow() {
		return false, err
	}
	r.result.Rows, r.result.Version, r.result.Oddities = last.Rows, r.version, last.oddities
	if holdSnapshot(r.end, r.result, absence{}, true) != "" {
		return false, nil
	}
	r.odd = oddness{oddities: last.oddities, compared: last.compares}
	if _, err := r.exec(ctx, "UPDATE snapshots SET level_keys = ? WHERE id = ?", last.keys, r.id); err != nil {
		return false, err
	}
	if err := r.dissolve(ctx); err != nil {
		return false, err
	}
	return true, r.finish(ctx, snapshotRecorded)
}

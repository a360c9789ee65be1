package ledger

import (
	"bufio"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
)

// recognize looks up whether a person has rejected the same content before; then the snapshot is not held again. A snapshot that was sent
// to us needs no such check: it is deleted when it is held, and its sender decides by sending it again or not.
func (r *recording) recognize(ctx context.Context) (err error) {
	if r.owner == 0 {
		return nil
	}
	if r.content, err = r.hash(ctx); err != nil {
		return err
	}
	before, err := scanHold(r.row(ctx, "SELECT "+holdColumns+` FROM holds WHERE warehouse = ? AND content = ? AND content <> '' AND kind = 'snapshot'
		AND decision = 'rejected' ORDER BY decided_at DESC, run DESC LIMIT 1`, r.warehouse, r.content))
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	} else if err != nil {
		return err
	}
	r.result.Held, r.result.Rejected = "", before.Verdict()
	return nil
}

// pass moves the source cursor past a rejected snapshot when the source has more. Otherwise every fetch would get the same snapshot again,
// and never the ones after it.
func (r *recording) pass(ctx context.Context) error {
	if r.result.Rejected == "" || !r.end.More {
		return nil
	}
	_, err := r.exec(ctx, "UPDATE warehouses SET mark = ? WHERE id = ?", r.end.SourceCursor, r.warehouse)
	return err
}

// hash is a hash of the snapshot's content in the order of the keys: its rows and its refused rows. It leaves out times, places and the
// file name, which change although the content stays the same. It reads every row, so it is only for snapshots that would be held.
func (r *recording) hash(ctx context.Context) (string, error) {
	sum := sha256.New()
	out := bufio.NewWriter(sum)
	var line []byte
	write := func(texts []string, numbers ...*int64) error {
		line = line[:0]
		for _, text := range texts {
			line = append(strconv.AppendQuote(line, text), ' ')
		}
		for _, number := range numbers {
			if number != nil {
				line = strconv.AppendInt(line, *number, 10)
			}
			line = append(line, ',')
		}
		_, err := out.Write(append(line, '\n'))
		return err
	}
	err := write([]string{fmt.Sprintf("full: %t", r.end.Full)})
	if err != nil {
		return "", err
	}
	err = r.each(ctx, func(row *sql.Rows) error {
		var sku, facility string
		var available, onHand, committed, copies *int64
		if err := row.Scan(&sku, &facility, &available, &onHand, &committed, &copies); err != nil {
			return err
		}
		return write([]string{sku, facility}, available, onHand, committed, copies)
	}, "SELECT sku, facility, available, on_hand, committed, copies FROM staged WHERE snapshot = ? ORDER BY sku, facility", r.id)
	if err != nil {
		return "", err
	}
	err = r.each(ctx, func(row *sql.Rows) error {
		var sku, facility, reason string
		var copies *int64
		if err := row.Scan(&facility, &sku, &reason, &copies); err != nil {
			return err
		}
		return write([]string{"refused", facility, sku, reason}, copies)
	}, "SELECT facility, sku, reason, copies FROM refusals WHERE snapshot = ? ORDER BY sku, facility, reason, copies", r.id)
	if err != nil {
		return "", err
	}
	if err := out.Flush(); err != nil {
		return "", err
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// dissolve ends the waiting holds of the warehouse's snapshots, because a full snapshot was recorded and nothing is left to decide.
func (r *recording) dissolve(ctx context.Context) (err error) {
	if !r.end.Full {
		return nil
	}
	by := fmt.Sprintf("run %d", r.owner)
	if r.owner == 0 {
		by = fmt.Sprintf("the snapshot %d that was sent", r.id)
	}
	r.result.Dissolved, err = r.dissolveHolds(ctx, r.owner, by, r.end.Now, "h.kind = 'snapshot' AND h.warehouse = ?", r.warehouse)
	return err
}

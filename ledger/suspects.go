package ledger

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"time"
)

// The kinds of suspects.
const (
	SuspectName    = "name"
	SuspectAddress = "address"
)

// MostSuspects is how many names, and how many addresses, are remembered.
const MostSuspects = 10_000

// Charge is what an attempt to sign in does to a suspect: a name or an address.
type Charge struct {
	Kind, Key string
	// Next is, of the moment at which the suspect's burst of failures is whole again (zero: it is), that moment after the attempt; or how long to
	// wait, when nothing is charged.
	Next func(clean time.Time) (next time.Time, wait time.Duration)
}

// Throttler remembers who failed to sign in, for all servers on a ledger.
type Throttler interface {
	// Charge does what charges say, all or none: where one has to wait, nothing is charged, and the longest wait is returned. Beyond MostSuspects
	// of a kind, those are forgotten whose bursts are whole again, and then those of whom that is true soonest.
	Charge(ctx context.Context, now time.Time, charges ...Charge) (wait time.Duration, err error)
}

// Charge charges suspects; see Throttler.
func (d *database) Charge(ctx context.Context, now time.Time, charges ...Charge) (wait time.Duration, err error) {
	err = d.write(ctx, func(t *tx) error {
		wait = 0
		var locked int64 // attempts come one after the other
		if err := t.row(ctx, "SELECT definitions FROM state"+t.dialect.lock("state")).Scan(&locked); err != nil {
			return err
		}
		moments := make([]time.Time, len(charges))
		for i, charge := range charges {
			clean, err := t.cleanAt(ctx, charge)
			if err != nil {
				return err
			}
			var needed time.Duration
			moments[i], needed = charge.Next(clean)
			wait = max(wait, needed)
		}
		if wait > 0 {
			return nil
		}
		last := map[string]Charge{} // of its kind
		for i, charge := range charges {
			if err := t.suspect(ctx, charge, moments[i]); err != nil {
				return err
			}
			last[charge.Kind] = charge
		}
		for _, kind := range sortedKeys(last) {
			if err := t.forgetSuspects(ctx, last[kind], now); err != nil {
				return err
			}
		}
		return nil
	})
	return wait, err
}

func (c Charge) hashed() string {
	sum := sha256.Sum256([]byte(c.Key))
	return hex.EncodeToString(sum[:])
}

func (t *tx) cleanAt(ctx context.Context, of Charge) (time.Time, error) {
	var clean int64
	err := t.row(ctx, "SELECT clean_at FROM suspects WHERE kind = ? AND key = ?", of.Kind, of.hashed()).Scan(&clean)
	if errors.Is(err, sql.ErrNoRows) {
		return time.Time{}, nil
	}
	return fromMicros(clean), err
}

// suspect writes when a suspect's burst is whole again.
func (t *tx) suspect(ctx context.Context, of Charge, clean time.Time) error {
	_, err := t.exec(ctx, "INSERT INTO suspects (kind, key, clean_at) VALUES (?, ?, ?) ON CONFLICT (kind, key) DO UPDATE SET clean_at = excluded.clean_at",
		of.Kind, of.hashed(), micros(clean))
	return err
}

// forgetSuspects forgets others of a suspect's kind where there are too many.
func (t *tx) forgetSuspects(ctx context.Context, of Charge, now time.Time) error {
	var suspects int64
	if err := t.row(ctx, "SELECT COUNT(*) FROM suspects WHERE kind = ?", of.Kind).Scan(&suspects); err != nil || suspects <= MostSuspects {
		return err
	}
	gone, err := t.exec(ctx, "DELETE FROM suspects WHERE kind = ? AND clean_at <= ?", of.Kind, micros(now))
	if err != nil || suspects-gone <= MostSuspects {
		return err
	}
	_, err = t.exec(ctx, "DELETE FROM suspects WHERE kind = ? AND key IN (SELECT key FROM suspects WHERE kind = ? AND key <> ? ORDER BY clean_at, key LIMIT ?)",
		of.Kind, of.Kind, of.hashed(), suspects-gone-MostSuspects)
	return err
}

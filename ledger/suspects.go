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

// MaximumSuspects is how many names, and how many addresses, are stored at most.
const MaximumSuspects = 10_000

// Charge counts an attempt to sign in against a suspect, which is a name or an address. A suspect is clean when all its attempts are
// available again; the ledger stores the time at which that will be.
type Charge struct {
	Kind, Key string
	// Next gets the time at which the suspect is clean (zero: it is clean now). It returns that time after the attempt, or how long the
	// attempt must wait; then nothing is charged.
	Next func(clean time.Time) (next time.Time, wait time.Duration)
}

// Throttler stores failed attempts to sign in, for all servers of a ledger together.
type Throttler interface {
	// Charge applies all charges or none: when one of them must wait, it charges nothing and returns the longest wait. When there are more
	// than MaximumSuspects of a kind, it deletes those that are clean, and then those that will be clean soonest.
	Charge(ctx context.Context, now time.Time, charges ...Charge) (wait time.Duration, err error)
}

// Charge charges suspects; see Throttler.
func (d *database) Charge(ctx context.Context, now time.Time, charges ...Charge) (wait time.Duration, err error) {
	err = d.write(ctx, func(t *tx) error {
		wait = 0
		var locked int64 // the lock makes attempts wait for each other
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
		last := map[string]Charge{} // the last charge of each kind
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

func (t *tx) cleanAt(ctx context.Context, charge Charge) (time.Time, error) {
	var clean int64
	err := t.row(ctx, "SELECT clean_at FROM suspects WHERE kind = ? AND key = ?", charge.Kind, charge.hashed()).Scan(&clean)
	if errors.Is(err, sql.ErrNoRows) {
		return time.Time{}, nil
	}
	return fromMicros(clean), err
}

// suspect stores when a suspect will be clean.
func (t *tx) suspect(ctx context.Context, charge Charge, clean time.Time) error {
	_, err := t.exec(ctx, `INSERT INTO suspects (kind, key, clean_at) VALUES (?, ?, ?)
		ON CONFLICT (kind, key) DO UPDATE SET clean_at = excluded.clean_at`, charge.Kind, charge.hashed(), micros(clean))
	return err
}

// forgetSuspects deletes other suspects of a charge's kind when there are too many.
func (t *tx) forgetSuspects(ctx context.Context, charge Charge, now time.Time) error {
	var suspects int64
	err := t.row(ctx, "SELECT COUNT(*) FROM suspects WHERE kind = ?", charge.Kind).Scan(&suspects)
	if err != nil || suspects <= MaximumSuspects {
		return err
	}
	deleted, err := t.exec(ctx, "DELETE FROM suspects WHERE kind = ? AND clean_at <= ?", charge.Kind, micros(now))
	if err != nil || suspects-deleted <= MaximumSuspects {
		return err
	}
	_, err = t.exec(ctx, `DELETE FROM suspects WHERE kind = ? AND key IN (SELECT key FROM suspects
		WHERE kind = ? AND key <> ? ORDER BY clean_at, key LIMIT ?)`,
		charge.Kind, charge.Kind, charge.hashed(), suspects-deleted-MaximumSuspects)
	return err
}

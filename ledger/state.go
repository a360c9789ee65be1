package ledger

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/tidemark/tidemark/inventory"
)

// Warehouse returns the definition of a warehouse.
func (d *database) Warehouse(ctx context.Context, id string) (Warehouse, error) {
	return readDefinition[Warehouse](ctx, d, "warehouse", id)
}

// Store returns the definition of a store.
func (d *database) Store(ctx context.Context, id string) (Store, error) {
	return readDefinition[Store](ctx, d, "store", id)
}

// Connection returns the definition of a connection.
func (d *database) Connection(ctx context.Context, id string) (Connection, error) {
	return readDefinition[Connection](ctx, d, "connection", id)
}

// Warehouses lists all warehouses by id.
func (d *database) Warehouses(ctx context.Context) ([]Warehouse, error) {
	return readDefinitions[Warehouse](ctx, d, "warehouse")
}

// Stores lists all stores by id.
func (d *database) Stores(ctx context.Context) ([]Store, error) {
	return readDefinitions[Store](ctx, d, "store")
}

// Connections lists all connections by id.
func (d *database) Connections(ctx context.Context) ([]Connection, error) {
	return readDefinitions[Connection](ctx, d, "connection")
}

func readDefinition[T any](ctx context.Context, d *database, kind, id string) (T, error) {
	var value T
	err := d.read(ctx, func(t *tx) (err error) {
		value, err = definition[T](ctx, t, kind, id)
		return err
	})
	return value, err
}

// definition loads a definition in a transaction; kind is the table's name without the final s.
func definition[T any](ctx context.Context, t *tx, kind, id string) (T, error) {
	var value T
	var content string
	err := t.row(ctx, "SELECT definition FROM "+kind+"s WHERE id = ?", id).Scan(&content)
	if errors.Is(err, sql.ErrNoRows) {
		return value, fmt.Errorf("%w: %s %q", ErrNotFound, kind, id)
	} else if err != nil {
		return value, err
	}
	return value, decode(kind+" "+id, content, &value)
}

func readDefinitions[T any](ctx context.Context, d *database, kind string) ([]T, error) {
	var values []T
	err := d.read(ctx, func(t *tx) (err error) {
		values, err = definitions[T](ctx, t, kind)
		return err
	})
	return values, err
}

// definitions loads all definitions of a kind, sorted by id.
func definitions[T any](ctx context.Context, t *tx, kind string) ([]T, error) {
	var values []T
	return values, t.each(ctx, func(row *sql.Rows) error {
		var next T
		var id, content string
		if err := row.Scan(&id, &content); err != nil {
			return err
		}
		err := decode(kind+" "+id, content, &next)
		values = append(values, next)
		return err
	}, "SELECT id, definition FROM "+kind+"s ORDER BY id")
}

// Generation returns the ledger's generation; see watch.go.
func (d *database) Generation(ctx context.Context) (int64, error) {
	var generation int64
	err := d.read(ctx, func(t *tx) error {
		return t.row(ctx, "SELECT generation FROM state").Scan(&generation)
	})
	return generation, err
}

// Epoch returns the random id that Restored replaces.
func (d *database) Epoch(ctx context.Context) (string, error) {
	var epoch string
	err := d.read(ctx, func(t *tx) error {
		return t.row(ctx, "SELECT epoch FROM state").Scan(&epoch)
	})
	return epoch, err
}

// Identity returns the random id that the ledger keeps for ever; see DefinitionReader.
func (d *database) Identity(ctx context.Context) (string, error) {
	var identity string
	err := d.read(ctx, func(t *tx) error {
		return t.row(ctx, "SELECT ledger FROM state").Scan(&identity)
	})
	return identity, err
}

// Restored declares that the ledger may be older than the figures in the stores; see Definer.
func (d *database) Restored(ctx context.Context, reason string, now time.Time) error {
	return d.write(ctx, func(t *tx) error {
		if err := t.restored(ctx, reason, now); err != nil || d.generationFile == "" {
			return err
		}
		return t.writeGeneration(ctx, d.generationFile)
	})
}

// restored begins a new epoch, in which every connection requires a Full Sync.
//
// The figures that stores were last known to show are kept, except for rows in an open call. They are used only by the guard against mass
// zeroing and for stores that compare a figure before they set another, and the response of such a store corrects them.
func (t *tx) restored(ctx context.Context, reason string, now time.Time) error {
	if err := t.rowsOfStoreChange(ctx, ""); err != nil {
		return err
	}
	why := "the ledger was declared restored: " + inventory.Storable(reason)
	steps := []struct {
		statement string
		arguments []any
	}{
		{"UPDATE state SET epoch = ?, generation = generation + 1", []any{rand.Text()}},
		// The fence grows by more than it can have grown since any backup. Otherwise the lease of a workflow that is still open might have
		// the same fence as a new one by chance.
		{"UPDATE gates SET run = NULL, fence = fence + 1000000, pace = ''", nil},
		{"UPDATE connections SET owes_full = TRUE", nil},
		{"UPDATE schedules SET reconciled = 0", nil}, // Temporal may have been brought to a version that this ledger does not know
		{"UPDATE runs SET ended_at = ?, outcome = ?, reason = ? WHERE ended_at IS NULL", []any{micros(now), Cancelled, why}},
		{
			`UPDATE requests SET outcome = 'failed', reason = 'run ' || run || ' ended as cancelled: ' || ?, ended_at = ?
				WHERE outcome = '' AND run IN (SELECT r.id FROM runs r WHERE r.outcome = 'cancelled' AND r.ended_at = ?)`,
			[]any{why, micros(now), micros(now)},
		},
		{
			"UPDATE channel_levels SET status = " + dueOrBlocked + `, reason = blocked, open_call = NULL, exported = NULL
				WHERE open_call IS NOT NULL`, nil,
		},
		{
			"UPDATE calls SET closed_at = ?, note = ?, body = NULL, items = '[]' WHERE closed_at IS NULL",
			[]any{micros(now), "forgotten: the ledger was declared restored"},
		},
	}
	for _, step := range steps {
		if _, err := t.exec(ctx, step.statement, step.arguments...); err != nil {
			return err
		}
	}
	return nil
}

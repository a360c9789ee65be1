package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/tidemark/tidemark/inventory"
)

// PreviewMove is what a push would do to a row.
type PreviewMove string

// The moves.
const (
	PreviewRaise   PreviewMove = "raise"
	PreviewLower   PreviewMove = "lower"
	PreviewZero    PreviewMove = "zero"
	PreviewNew     PreviewMove = "new" // the figure that the store shows is not known
	PreviewBlocked PreviewMove = "blocked"
)

// PreviewCounts counts all rows of a push by move.
type PreviewCounts struct {
	Raise   int64 `json:"raise"`
	Lower   int64 `json:"lower"`
	Zero    int64 `json:"zero"`
	Same    int64 `json:"same"` // pushed with the figure that the store shows already
	New     int64 `json:"new"`
	Blocked int64 `json:"blocked"`
}

// Preview is the result of a connection's dry run: what a push would do.
type Preview struct {
	Run        int64     `json:"run"`
	Connection string    `json:"connection"`
	MadeAt     time.Time `json:"made_at"`
	ExpiresAt  time.Time `json:"expires_at"`
	PreviewCounts
}

// PreviewRow is a row that a push would change, or that is blocked.
type PreviewRow struct {
	N          int64       `json:"n"` // its number among the rows of the preview, from 1
	Product    string      `json:"product"`
	ChannelSKU string      `json:"channel_sku"`
	Location   string      `json:"location,omitempty"`
	Shows      *int64      `json:"shows,omitempty"` // nil: not known
	Would      int64       `json:"would"`
	Move       PreviewMove `json:"move"`
	Why        string      `json:"why"`
}

// Previewer keeps the results of dry runs.
type Previewer interface {
	// KeepPreview stores a preview with some of its rows, in their order, and deletes the earlier previews of the connection. The run
	// need not hold its store.
	KeepPreview(ctx context.Context, lease Lease, preview Preview, rows []PreviewRow) error
	// Preview returns the newest preview of a connection; ErrNotFound when there is none, or it has expired.
	Preview(ctx context.Context, connection string, now time.Time) (Preview, error)
	// PreviewRows lists at most limit rows of a run's preview whose N is greater than after: those with the move, or all when it is
	// empty.
	PreviewRows(ctx context.Context, run int64, move PreviewMove, after int64, limit int) ([]PreviewRow, error)
}

// KeepPreview stores a preview; see Previewer.
func (d *database) KeepPreview(ctx context.Context, lease Lease, preview Preview, rows []PreviewRow) error {
	input := newTable(len(rows))
	numbers, products, skus, locations := input.numbers("n"), input.texts("product"), input.texts("channel_sku"), input.texts("location")
	shows, would, moves, whys := input.optionals("shows"), input.numbers("would"), input.texts("move"), input.texts("why")
	for i, row := range rows {
		numbers[i], products[i], skus[i], locations[i] = int64(i+1), row.Product, row.ChannelSKU, row.Location
		shows[i], would[i], moves[i], whys[i] = row.Shows, row.Would, string(row.Move), inventory.Storable(row.Why)
	}
	return d.write(ctx, func(t *tx) error {
		at, err := t.checkFetchLease(ctx, lease) // a dry run takes no store
		if err != nil {
			return err
		}
		for _, statement := range forgetPreviews {
			if _, err := t.exec(ctx, statement, at.connection); err != nil {
				return err
			}
		}
		counts := preview.PreviewCounts
		_, err = t.exec(ctx, `INSERT INTO previews (run, connection, made_at, expires_at, raised, lowered, zeroed, same, first, blocked)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, lease.Run, at.connection, micros(preview.MadeAt), micros(preview.ExpiresAt),
			counts.Raise, counts.Lower, counts.Zero, counts.Same, counts.New, counts.Blocked)
		if err != nil {
			return err
		}
		_, err = t.bulk(ctx, *input, `INSERT INTO preview_rows (run, n, product, channel_sku, location, shows, would, move, why)
			SELECT CAST(? AS BIGINT), n, product, channel_sku, location, shows, would, move, why FROM input`, lease.Run)
		return err
	})
}

// forgetPreviews are the statements that delete the previews of a connection.
var forgetPreviews = []string{
	"DELETE FROM preview_rows WHERE run IN (SELECT run FROM previews WHERE connection = ?)", "DELETE FROM previews WHERE connection = ?",
}

// Preview returns the newest preview of a connection; see Previewer.
func (d *database) Preview(ctx context.Context, connection string, now time.Time) (Preview, error) {
	preview := Preview{Connection: connection}
	err := d.read(ctx, func(t *tx) error {
		var made, expires int64
		counts := &preview.PreviewCounts
		err := t.row(ctx, `SELECT run, made_at, expires_at, raised, lowered, zeroed, same, first, blocked FROM previews
			WHERE connection = ? AND expires_at > ? ORDER BY run DESC LIMIT 1`, connection, micros(now)).
			Scan(&preview.Run, &made, &expires, &counts.Raise, &counts.Lower, &counts.Zero, &counts.Same, &counts.New, &counts.Blocked)
		if errors.Is(err, sql.ErrNoRows) {
			return fmt.Errorf("%w: connection %q has no preview", ErrNotFound, connection)
		}
		preview.MadeAt, preview.ExpiresAt = fromMicros(made), fromMicros(expires)
		return err
	})
	return preview, err
}

// PreviewRows lists rows of a preview; see Previewer.
func (d *database) PreviewRows(ctx context.Context, run int64, move PreviewMove, after int64, limit int) ([]PreviewRow, error) {
	query := "SELECT n, product, channel_sku, location, shows, would, move, why FROM preview_rows WHERE run = ? AND n > ?"
	arguments := []any{run, after}
	if move != "" {
		query, arguments = query+" AND move = ?", append(arguments, string(move))
	}
	var rows []PreviewRow
	err := d.read(ctx, func(t *tx) error {
		rows = nil
		return t.each(ctx, func(row *sql.Rows) error {
			var next PreviewRow
			err := row.Scan(&next.N, &next.Product, &next.ChannelSKU, &next.Location, &next.Shows, &next.Would, &next.Move, &next.Why)
			rows = append(rows, next)
			return err
		}, query+" ORDER BY n LIMIT ?", append(arguments, limitOf(limit))...)
	})
	return rows, err
}

package ledger

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestCheckEngineVersion(t *testing.T) {
	t.Parallel()
	for version, good := range map[string]bool{
		"3.7.0": false, "3.44.4": false, "3.51.2": false, "3.51.3": true, "3.51.10": true, "3.52.0": true, "4.0.0": true, "2.99.99": false,
		"": false, "3": false, "newest": false,
	} {
		err := checkEngineVersion(version)
		require.Equal(t, good, err == nil, "%s: %v", version, err)
	}
	require.NoError(t, checkEngine(t.Context()), "the engine that this program is built with")
}

// TestAFullDiskIsTold: the disk has no more room than the file has now, and the ledger returns ErrFull.
func TestAFullDiskIsTold(t *testing.T) {
	t.Parallel()
	opened, err := openSQLite(t.Context(), filepath.Join(t.TempDir(), "tidemark.db"), time.Unix(1, 0))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, opened.Close()) })
	limit := func(pages int) {
		_, err := opened.writer.ExecContext(t.Context(), fmt.Sprintf("PRAGMA max_page_count = %d", pages))
		require.NoError(t, err)
	}
	products := func(count int) Definitions {
		var d Definitions
		for i := range count {
			d.Products = append(d.Products, Product{Merchant: "acme", SKU: fmt.Sprint(i), Name: strings.Repeat("long ", 200)})
		}
		return d
	}
	_, err = opened.Apply(t.Context(), products(1), ApplyOptions{})
	require.NoError(t, err)
	limit(1) // no less than there are
	_, err = opened.Apply(t.Context(), products(100), ApplyOptions{})
	require.ErrorIs(t, err, ErrFull)
	require.NotErrorIs(t, err, ErrDamaged)
	require.Equal(t, 1, count(t.Context(), t, opened), "nothing of it was kept")
	limit(1 << 30)
	_, err = opened.Apply(t.Context(), products(100), ApplyOptions{})
	require.NoError(t, err, "and the work goes on by itself")
	require.Equal(t, 100, count(t.Context(), t, opened))
}

func count(ctx context.Context, t *testing.T, opened *database) int {
	t.Helper()
	var products int
	err := opened.read(ctx, func(t *tx) error {
		return t.each(ctx, func(row *sql.Rows) error { return row.Scan(&products) }, "SELECT COUNT(*) FROM products")
	})
	require.NoError(t, err)
	return products
}

// When a cancellation ends a transaction, the error is that of the context, although the statement in progress reports only that the transaction
// is over. A cancelled step must not look like a failed one.
func TestACancelledTransactionSaysSo(t *testing.T) {
	t.Parallel()
	opened, err := openSQLite(t.Context(), filepath.Join(t.TempDir(), "tidemark.db"), time.Unix(1, 0))
	require.NoError(t, err)
	defer func() { require.NoError(t, opened.Close()) }()
	ctx, cancel := context.WithCancel(t.Context())
	err = opened.write(ctx, func(tx *tx) error {
		cancel()
		for {
			if _, err := tx.exec(context.WithoutCancel(ctx), "UPDATE gates SET run = NULL WHERE store = ''"); err != nil {
				return err
			}
		}
	})
	require.ErrorIs(t, err, context.Canceled)
}

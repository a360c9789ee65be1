package ledger

import (
	"context"
	"database/sql"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// filled creates a ledger with a number of products, closed cleanly, with free pages in its file. It returns the path.
func filled(t *testing.T, products int) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "tidemark.db")
	opened, err := openSQLite(t.Context(), path, time.Unix(1, 0))
	require.NoError(t, err)
	var d Definitions
	for i := range products {
		d.Products = append(d.Products, Product{Merchant: "acme", SKU: fmt.Sprintf("SKU-%06d", i), Name: strings.Repeat("name ", 30)})
	}
	_, err = opened.Apply(t.Context(), d, ApplyOptions{})
	require.NoError(t, err)
	for _, statement := range []string{"CREATE TABLE scratch AS SELECT * FROM products", "DROP TABLE scratch"} { // leaves free pages
		_, err := opened.writer.ExecContext(t.Context(), statement)
		require.NoError(t, err)
	}
	require.NoError(t, opened.Close())
	return path
}

// pagesOf returns the numbers of the pages of one kind: "table", "index" or "freelist".
func pagesOf(t *testing.T, path, kind string) []int {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	require.NoError(t, err)
	defer func() { require.NoError(t, db.Close()) }()
	if kind == "freelist" { // the first of the pages that list free pages: sqlite.org/fileformat2.html#the_freelist
		content, err := os.ReadFile(path)
		require.NoError(t, err)
		trunk := int(binary.BigEndian.Uint32(content[32:]))
		require.NotZero(t, trunk, "there are free pages")
		return []int{trunk}
	}
	rows, err := db.QueryContext(t.Context(), "SELECT d.pageno FROM dbstat AS d JOIN sqlite_schema AS s ON s.name = d.name WHERE s.type = ?", kind)
	require.NoError(t, err)
	var pages []int
	for rows.Next() {
		var page int
		require.NoError(t, rows.Scan(&page))
		pages = append(pages, page)
	}
	require.NoError(t, rows.Err())
	require.NotEmpty(t, pages)
	return pages
}

// flip changes count bytes at random places of the pages, and returns the content of the file afterwards.
func flip(t *testing.T, path string, random *rand.Rand, pages []int, count int) []byte {
	t.Helper()
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	size := int(binary.BigEndian.Uint16(content[16:]))
	within := size
	if len(pages) == 1 { // of a freelist page, SQLite only ever reads the list
		within = 8 + 4*int(binary.BigEndian.Uint32(content[(pages[0]-1)*size+4:]))
	}
	for range count {
		at := (pages[random.IntN(len(pages))]-1)*size + random.IntN(within)
		if at >= 100 { // the header is checked before SQLite reads the file
			content[at] ^= byte(1 + random.IntN(255))
		}
	}
	require.NoError(t, os.WriteFile(path, content, 0o600))
	return content
}

// TestFlippedBytesAreNoticed: a file that was closed cleanly and then changed by something else is refused when it is opened, and is not
// changed. The name of each subtest contains its seed.
func TestFlippedBytesAreNoticed(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"index", "table", "freelist"} {
		for seed := range uint64(5) {
			t.Run(fmt.Sprintf("%s pages, seed %d", kind, seed), func(t *testing.T) {
				t.Parallel()
				path := filled(t, 1000)
				content := flip(t, path, rand.New(rand.NewPCG(seed, 8)), pagesOf(t, path, kind), 200)
				for range 2 {
					_, err := openSQLite(t.Context(), path, time.Unix(2, 0))
					require.ErrorIs(t, err, ErrDamaged)
					require.ErrorContains(t, err, path)
					require.ErrorContains(t, err, "restore a backup and run starter restored")
					after, err := os.ReadFile(path)
					require.NoError(t, err)
					require.True(t, string(content) == string(after), "the file was not touched")
					require.NoFileExists(t, path+"-wal")
				}
			})
		}
	}
}

// TestALargeFileIsInspectedInTheBackground: opening a large file waits only for a bounded time. When damage is found, the ledger refuses all
// work and AwaitDamage returns. Closing returns the damage to a command that ended before it was reported.
func TestALargeFileIsInspectedInTheBackground(t *testing.T) {
	t.Parallel()
	path := filled(t, 60_000)
	about, err := os.Stat(path)
	require.NoError(t, err)
	require.Greater(t, about.Size(), int64(inspectWhole))

	begin := make(chan struct{})
	undamaged, err := openFile(t.Context(), path, time.Unix(2, 0), inspectionPace{begin: begin})
	require.NoError(t, err)
	close(begin)
	<-undamaged.inspection.ended
	require.NoError(t, undamaged.Check(t.Context()))
	require.NoError(t, undamaged.Close())

	pages := pagesOf(t, path, "index")
	flip(t, path, rand.New(rand.NewPCG(1, 8)), pages[len(pages)/2:], 200)
	begin = make(chan struct{})
	opened, err := openFile(t.Context(), path, time.Unix(2, 0), inspectionPace{begin: begin})
	require.NoError(t, err, "opening a large file does not wait for its inspection")
	close(begin)
	err = AwaitDamage(t.Context(), opened)
	require.ErrorIs(t, err, ErrDamaged)
	require.ErrorContains(t, err, "restore a backup")
	require.ErrorIs(t, opened.Check(t.Context()), ErrDamaged, "its health check fails")
	require.ErrorIs(t, opened.Restored(t.Context(), "", time.Unix(3, 0)), ErrDamaged, "nothing is written any more")
	require.NoError(t, opened.Close(), "the damage was reported before")

	begin = make(chan struct{})
	brief, err := openFile(t.Context(), path, time.Unix(2, 0), inspectionPace{begin: begin})
	require.NoError(t, err)
	close(begin)
	<-brief.inspection.ended // nothing has asked for its result
	require.ErrorIs(t, brief.Close(), ErrDamaged)

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	fresh, err := openSQLite(t.Context(), filepath.Join(t.TempDir(), "tidemark.db"), time.Unix(1, 0))
	require.NoError(t, err)
	require.NoError(t, AwaitDamage(ctx, fresh))
	require.NoError(t, fresh.Close())
}

// TestAnInspectionEndsWithItsLedger: closing a ledger stops its inspection, so a short command does not wait for it.
func TestAnInspectionEndsWithItsLedger(t *testing.T) {
	t.Parallel()
	path := filled(t, 60_000)
	opened, err := openFile(t.Context(), path, time.Unix(2, 0), inspectionPace{})
	require.NoError(t, err)
	require.NoError(t, opened.Close())
	<-opened.inspection.ended
	require.NoError(t, opened.inspection.damage(), "a stopped inspection has found nothing")
}

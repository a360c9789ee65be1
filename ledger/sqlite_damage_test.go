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

// filled is a ledger of some thousand rows, closed cleanly, with free pages in its file.
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

// pagesOf are the numbers of the pages of one sort.
func pagesOf(t *testing.T, path, sort string) []int {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	require.NoError(t, err)
	defer func() { require.NoError(t, db.Close()) }()
	if sort == "freelist" { // the first of its pages that list others: sqlite.org/fileformat2.html#the_freelist
		content, err := os.ReadFile(path)
		require.NoError(t, err)
		trunk := int(binary.BigEndian.Uint32(content[32:]))
		require.NotZero(t, trunk, "there are free pages")
		return []int{trunk}
	}
	rows, err := db.QueryContext(t.Context(), "SELECT d.pageno FROM dbstat AS d JOIN sqlite_schema AS s ON s.name = d.name WHERE s.type = ?", sort)
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

// flip changes so many bytes at random places of the pages, and returns the file as it then is.
func flip(t *testing.T, path string, random *rand.Rand, pages []int, count int) []byte {
	t.Helper()
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	size := int(binary.BigEndian.Uint16(content[16:]))
	within := size
	if len(pages) == 1 { // of a list of free pages only what lists is ever read
		within = 8 + 4*int(binary.BigEndian.Uint32(content[(pages[0]-1)*size+4:]))
	}
	for range count {
		at := (pages[random.IntN(len(pages))]-1)*size + random.IntN(within)
		if at >= 100 { // the header is looked at before SQLite is
			content[at] ^= byte(1 + random.IntN(255))
		}
	}
	require.NoError(t, os.WriteFile(path, content, 0o600))
	return content
}

// TestFlippedBytesAreNoticed: a file that was closed cleanly and then changed by something else is refused when it is opened, and left
// as it is. The seed is in the name.
func TestFlippedBytesAreNoticed(t *testing.T) {
	t.Parallel()
	for _, sort := range []string{"index", "table", "freelist"} {
		for seed := range uint64(5) {
			t.Run(fmt.Sprintf("%s pages, seed %d", sort, seed), func(t *testing.T) {
				t.Parallel()
				path := filled(t, 1000)
				content := flip(t, path, rand.New(rand.NewPCG(seed, 8)), pagesOf(t, path, sort), 200)
				for range 2 {
					_, err := openSQLite(t.Context(), path, time.Unix(2, 0))
					require.ErrorIs(t, err, ErrDamaged)
					require.ErrorContains(t, err, path)
					require.ErrorContains(t, err, "restore a backup and run starter restored")
					found, err := os.ReadFile(path)
					require.NoError(t, err)
					require.True(t, string(content) == string(found), "the file was not touched")
					require.NoFileExists(t, path+"-wal")
				}
			})
		}
	}
}

// TestALargeFileIsInspectedInTheBackground: opening it waits for a bounded time only. When damage is found the ledger refuses all
// work, whoever waits for damage learns of it, and closing it is an error for a command that ended before.
func TestALargeFileIsInspectedInTheBackground(t *testing.T) {
	t.Parallel()
	path := filled(t, 60_000)
	about, err := os.Stat(path)
	require.NoError(t, err)
	require.Greater(t, about.Size(), int64(inspectWhole))

	begin := make(chan struct{})
	whole, err := openFile(t.Context(), path, time.Unix(2, 0), inspectionPace{begin: begin})
	require.NoError(t, err)
	close(begin)
	<-whole.inspection.ended
	require.NoError(t, whole.Check(t.Context()))
	require.NoError(t, whole.Close())

	pages := pagesOf(t, path, "index")
	flip(t, path, rand.New(rand.NewPCG(1, 8)), pages[len(pages)/2:], 200)
	begin = make(chan struct{})
	opened, err := openFile(t.Context(), path, time.Unix(2, 0), inspectionPace{begin: begin})
	require.NoError(t, err, "nobody waits for a large file")
	close(begin)
	err = AwaitDamage(t.Context(), opened)
	require.ErrorIs(t, err, ErrDamaged)
	require.ErrorContains(t, err, "restore a backup")
	require.ErrorIs(t, opened.Check(t.Context()), ErrDamaged, "and so says its health")
	require.ErrorIs(t, opened.Restored(t.Context(), "", time.Unix(3, 0)), ErrDamaged, "nothing is written any more")
	require.NoError(t, opened.Close(), "that was told")

	begin = make(chan struct{})
	brief, err := openFile(t.Context(), path, time.Unix(2, 0), inspectionPace{begin: begin})
	require.NoError(t, err)
	close(begin)
	<-brief.inspection.ended // and nobody has asked
	require.ErrorIs(t, brief.Close(), ErrDamaged)

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	fresh, err := openSQLite(t.Context(), filepath.Join(t.TempDir(), "tidemark.db"), time.Unix(1, 0))
	require.NoError(t, err)
	require.NoError(t, AwaitDamage(ctx, fresh))
	require.NoError(t, fresh.Close())
}

// TestAnInspectionEndsWithItsLedger: a short command does not wait for it.
func TestAnInspectionEndsWithItsLedger(t *testing.T) {
	t.Parallel()
	path := filled(t, 60_000)
	opened, err := openFile(t.Context(), path, time.Unix(2, 0), inspectionPace{})
	require.NoError(t, err)
	require.NoError(t, opened.Close())
	<-opened.inspection.ended
	require.NoError(t, opened.inspection.damage(), "what was broken off has found nothing")
}

package ledger

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"path"
	"strconv"
	"strings"
	"time"
)

//go:embed migrations
var migrationFiles embed.FS

// migration is one step of the schema.
type migration struct {
	version  int
	name     string
	content  string
	checksum string
}

// migrationsOf reads the steps of a dialect, in order.
func migrationsOf(dialect string) ([]migration, error) {
	folder := path.Join("migrations", dialect)
	entries, err := fs.ReadDir(migrationFiles, folder)
	if err != nil {
		return nil, err
	}
	steps := make([]migration, 0, len(entries))
	for _, entry := range entries {
		content, err := migrationFiles.ReadFile(path.Join(folder, entry.Name()))
		if err != nil {
			return nil, err
		}
		digits, _, _ := strings.Cut(entry.Name(), "_")
		version, err := strconv.Atoi(digits)
		if err != nil || version != len(steps)+1 {
			return nil, fmt.Errorf("ledger: the migration %s is out of order", entry.Name())
		}
		sum := sha256.Sum256(content)
		steps = append(steps, migration{version, entry.Name(), string(content), hex.EncodeToString(sum[:])})
	}
	return steps, nil
}

// Schema is the version of the schema that this program needs: the number of its newest migration, the same for both databases.
func Schema() (int, error) {
	steps, err := migrationsOf("sqlite")
	return len(steps), err
}

// checkVersion compares the schema of a ledger with this program's.
func checkVersion(version, newest int) error {
	switch {
	case version > newest:
		return fmt.Errorf("%w: it is at version %d and this program knows versions up to %d; use the newer Tidemark", ErrNewer, version, newest)
	case version < newest:
		return fmt.Errorf("ledger: the schema is at version %d and this program needs %d; open the ledger again to bring it up to date",
			version, newest)
	}
	return nil
}

const migrationTable = `CREATE TABLE IF NOT EXISTS tidemark_migrations (
	version    BIGINT PRIMARY KEY,
	name       TEXT   NOT NULL,
	checksum   TEXT   NOT NULL,
	applied_at BIGINT NOT NULL
)`

// migrate brings a schema up to date, in the open transaction of a connection. The caller holds the lock that keeps other processes
// from doing the same.
func migrate(ctx context.Context, connection *sql.Conn, rebind func(string) string, steps []migration, now time.Time) error {
	if _, err := connection.ExecContext(ctx, migrationTable); err != nil {
		return err
	}
	applied, err := appliedMigrations(ctx, connection)
	if err != nil {
		return err
	}
	newest := 0
	for version := range applied {
		newest = max(newest, version)
	}
	if newest > len(steps) {
		return checkVersion(newest, len(steps))
	}
	for version, checksum := range applied {
		if checksum != steps[version-1].checksum {
			return fmt.Errorf("%w: its schema was not made by %s as this program knows it; restore a backup, or use the program that made it",
				ErrDamaged, steps[version-1].name)
		}
	}
	for _, step := range steps[len(applied):] {
		if _, err := connection.ExecContext(ctx, step.content); err != nil {
			return fmt.Errorf("ledger: migration %s: %w", step.name, err)
		}
		_, err := connection.ExecContext(ctx, rebind("INSERT INTO tidemark_migrations (version, name, checksum, applied_at) VALUES (?, ?, ?, ?)"),
			step.version, step.name, step.checksum, micros(now))
		if err != nil {
			return err
		}
	}
	_, err = connection.ExecContext(ctx, rebind("INSERT INTO state (only_one, epoch) VALUES (1, ?) ON CONFLICT (only_one) DO NOTHING"), rand.Text())
	if err != nil {
		return err
	}
	_, err = connection.ExecContext(ctx, rebind("UPDATE state SET ledger = ? WHERE ledger = ''"), rand.Text())
	return err
}

func appliedMigrations(ctx context.Context, connection *sql.Conn) (map[int]string, error) {
	rows, err := connection.QueryContext(ctx, "SELECT version, checksum FROM tidemark_migrations")
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // rows.Err below reports the errors
	applied := map[int]string{}
	for rows.Next() {
		var version int
		var checksum string
		if err := rows.Scan(&version, &checksum); err != nil {
			return nil, err
		}
		applied[version] = checksum
	}
	return applied, rows.Err()
}

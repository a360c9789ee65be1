package ledger

import (
	"cmp"
	"context"
	"os"
	"strings"
	"time"
)

// EnvVariable names where the ledger is: a file path, or an address like postgres://user:password@host/database.
const EnvVariable = "TIDEMARK_LEDGER"

// DefaultPath is the SQLite file that is used when nothing else is named.
const DefaultPath = "tidemark.db"

// Locate returns where the ledger is: as it was asked for, or else as the environment says, or else at DefaultPath.
func Locate(asked string) string {
	return cmp.Or(asked, os.Getenv(EnvVariable), DefaultPath)
}

// Open opens the ledger at a location: a path is a SQLite file, which is made when it does not exist; an address that
// begins with postgres:// or postgresql:// is a PostgreSQL database. The schema is brought up to this program's, under a
// lock, so any number of processes may open at once.
//
// It returns ErrDamaged for a file or database that is not a ledger or is broken, and ErrNewer for one that a newer
// program has written; in both cases nothing was changed. No error holds the password of an address.
func Open(ctx context.Context, location string, now time.Time) (Ledger, error) {
	var opened *database
	var err error
	if isPostgres(location) {
		opened, err = openPostgres(ctx, location, now)
	} else {
		opened, err = openSQLite(ctx, location, now)
	}
	if err != nil {
		return nil, err
	}
	return opened, nil
}

func isPostgres(location string) bool {
	return strings.HasPrefix(location, "postgres://") || strings.HasPrefix(location, "postgresql://")
}

var _ Ledger = (*database)(nil)

package ledger

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"strings"
	"time"
)

// EnvVariable names where the ledger is: a file path, or an address like postgres://user:password@host/database.
const EnvVariable = "TIDEMARK_LEDGER"

// DefaultPath is the SQLite file that is used when nothing else is named.
const DefaultPath = "tidemark.db"

// Locate returns where the ledger is: as it was asked for, or else as the environment says, or else at DefaultPath.
func Locate(requested string) string {
	return cmp.Or(requested, os.Getenv(EnvVariable), DefaultPath)
}

// LocationError is a location that cannot be that of a ledger.
type LocationError struct {
	Scheme string // empty where it is no address but the pairs of a connection string
}

func (e *LocationError) Error() string {
	if e.Scheme == "" {
		return "a ledger is not named like host=… password=… or user:password@host; write an address: postgres://user:password@host:5432/database"
	}
	return fmt.Sprintf("a ledger cannot be at %s://…; name a file, or an address that begins with postgres://", e.Scheme)
}

// Exists is false for the path of a SQLite file that is not there. Whether a database is there is seen when it is opened.
func Exists(location string) (bool, error) {
	if err := checkLocation(location); err != nil || isPostgres(location) {
		return err == nil, err
	}
	for _, path := range []string{location, location + "-wal"} { // a log without its file is for Open to refuse
		if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
			return err == nil, err
		}
	}
	return false, nil
}

// Open opens the ledger at a location: a path is a SQLite file, which is made when it does not exist; an address that
// begins with postgres:// or postgresql:// is a PostgreSQL database. The schema is brought up to this program's, under a
// lock, so any number of processes may open at once.
//
// It returns ErrDamaged for a file or database that is not a ledger or is broken, and ErrNewer for one that a newer
// program has written; in both cases nothing was changed. No error holds the password of an address.
func Open(ctx context.Context, location string, now time.Time) (Ledger, error) {
	if err := checkLocation(location); err != nil {
		return nil, err
	}
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

// checkLocation refuses an address of something else: it would be taken for a path.
func checkLocation(location string) error {
	if pairs.MatchString(location) || !strings.Contains(location, "://") && userinfo.MatchString(location) {
		return &LocationError{}
	}
	if scheme, _, ok := strings.Cut(location, ":"); ok && !isPostgres(location) && strings.HasPrefix(strings.ToLower(scheme), "postgres") {
		return &LocationError{"postgres"} // with one slash, say: its password would end in the name of a file
	}
	scheme, _, ok := strings.Cut(location, "://")
	if ok && !isPostgres(location) && !strings.ContainsAny(scheme, "/.\\") {
		return &LocationError{scheme}
	}
	return nil
}

var (
	// pairs are the form in which other programs take a database: postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING.
	pairs    = regexp.MustCompile(`(?i)(^|\s)(host|hostaddr|port|dbname|user|password|passfile|sslmode|service)\s*=`)
	userinfo = regexp.MustCompile(`^[^/\\]*:[^/\\]*@`)
	secret   = regexp.MustCompile(`(?i)(password\s*=\s*)('[^']*'|\S+)|(:)[^:@]*(@)`)
)

// Shown is a location as it may be printed: without what could be a password.
func Shown(location string) string { return secret.ReplaceAllString(location, "$1$3…$4") }

func isPostgres(location string) bool {
	return strings.HasPrefix(location, "postgres://") || strings.HasPrefix(location, "postgresql://")
}

var _ Ledger = (*database)(nil)

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

// EnvVariable is the environment variable for the ledger's location: a file path, or an address like postgres://user:password@host/database.
const EnvVariable = "TIDEMARK_LEDGER"

// DefaultPath is the SQLite file that is used when no location is given.
const DefaultPath = "tidemark.db"

// Locate returns the ledger's location: the requested one, else that of the environment, else DefaultPath.
func Locate(requested string) string {
	return cmp.Or(requested, os.Getenv(EnvVariable), DefaultPath)
}

// LocationError is returned for a location that cannot be that of a ledger.
type LocationError struct {
	Scheme string // empty when the location is a connection string of key=value pairs, and no address
}

func (e *LocationError) Error() string {
	if e.Scheme == "" {
		return "a ledger is not named like host=… password=… or user:password@host; write an address: postgres://user:password@host:5432/database"
	}
	return fmt.Sprintf("a ledger cannot be at %s://…; name a file, or an address that begins with postgres://", e.Scheme)
}

// Exists is false when the location is a SQLite file that does not exist. For a PostgreSQL address it is true: whether the database
// exists is known only after opening it.
func Exists(location string) (bool, error) {
	if err := checkLocation(location); err != nil || isPostgres(location) {
		return err == nil, err
	}
	for _, path := range []string{location, location + "-wal"} { // Open refuses a log without its file
		if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
			return err == nil, err
		}
	}
	return false, nil
}

// Open opens the ledger at a location. A path is a SQLite file, which is created when it does not exist. An address that begins with
// postgres:// or postgresql:// is a PostgreSQL database. Open brings the schema up to this program's version, under a lock, so any
// number of processes may open the same ledger at once.
//
// It returns ErrDamaged for a file or database that is damaged or not a ledger, and ErrNewer for one that a newer program has
// written; in both cases nothing was changed. No error contains the password of an address.
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

// checkLocation refuses addresses of other things, which would otherwise be taken for paths.
func checkLocation(location string) error {
	if pairs.MatchString(location) || !strings.Contains(location, "://") && userinfo.MatchString(location) {
		return &LocationError{}
	}
	if scheme, _, ok := strings.Cut(location, ":"); ok && !isPostgres(location) && strings.HasPrefix(strings.ToLower(scheme), "postgres") {
		return &LocationError{"postgres"} // with only one slash, for example: the password would become part of a file name
	}
	scheme, _, ok := strings.Cut(location, "://")
	if ok && !isPostgres(location) && !strings.ContainsAny(scheme, "/.\\") {
		return &LocationError{scheme}
	}
	return nil
}

var (
	// pairs matches the connection strings that other programs accept: postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING.
	pairs    = regexp.MustCompile(`(?i)(^|\s)(host|hostaddr|port|dbname|user|password|passfile|sslmode|service)\s*=`)
	userinfo = regexp.MustCompile(`^[^/\\]*:[^/\\]*@`)
	secret   = regexp.MustCompile(`(?i)(password\s*=\s*)('[^']*'|\S+)|(:)[^:@]*(@)`)
)

// Shown returns a location as it may be printed: everything that could be a password is replaced.
func Shown(location string) string { return secret.ReplaceAllString(location, "$1$3…$4") }

func isPostgres(location string) bool {
	return strings.HasPrefix(location, "postgres://") || strings.HasPrefix(location, "postgresql://")
}

var _ Ledger = (*database)(nil)

package ledger

import (
	"database/sql"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Somebody who can read the ledger cannot sign in with what it holds: the tokens of sessions and invitations are stored as SHA-256 hashes.
func TestTokensAreKeptAsTheirHash(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "tidemark.db")
	now := time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)
	state, err := Open(t.Context(), path, now)
	require.NoError(t, err)
	require.NoError(t, state.Invite(t.Context(), "token", now.Add(time.Hour)))
	db, err := sql.Open("sqlite", path)
	require.NoError(t, err)
	kept := func(table string) (token string) {
		require.NoError(t, db.QueryRowContext(t.Context(), "SELECT token FROM "+table).Scan(&token))
		return token
	}
	const hash = "3c469e9d6c5875d37a43f353d4f88e61fcf812c66eee3457465a40b0da4153e0"
	require.Equal(t, hash, kept("invitations"))
	require.NoError(t, state.AddPerson(t.Context(), Person{Name: "ann", Role: Admin, Password: "hash", CreatedAt: now}))
	require.NoError(t, state.BeginSession(t.Context(), Session{Token: "token", Person: "ann", CreatedAt: now, UsedAt: now, ExpiresAt: now.Add(time.Hour)}, "hash"))
	require.Equal(t, hash, kept("sessions"))
	_, person, err := state.Session(t.Context(), "token", now.Add(-time.Hour), now)
	require.NoError(t, err)
	require.Equal(t, "ann", person.Name)
	_, err = db.ExecContext(t.Context(), "UPDATE people SET disabled = 1")
	require.NoError(t, err)
	_, _, err = state.Session(t.Context(), "token", now.Add(-time.Hour), now)
	require.ErrorIs(t, err, ErrNotFound, "who is disabled has no session, however that came about")
	require.NoError(t, db.Close())
	require.NoError(t, state.Close())
}

// A name that failed to sign in may be a password that was typed in the wrong field, so it is not stored in plain text.
func TestSuspectsAreKeptAsTheirHash(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "tidemark.db")
	now := time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)
	state, err := Open(t.Context(), path, now)
	require.NoError(t, err)
	once := func(time.Time) (time.Time, time.Duration) { return now.Add(time.Minute), 0 }
	_, err = state.Charge(t.Context(), now, Charge{Kind: SuspectName, Key: "token", Next: once})
	require.NoError(t, err)
	db, err := sql.Open("sqlite", path)
	require.NoError(t, err)
	var key string
	require.NoError(t, db.QueryRowContext(t.Context(), "SELECT key FROM suspects").Scan(&key))
	require.Equal(t, "3c469e9d6c5875d37a43f353d4f88e61fcf812c66eee3457465a40b0da4153e0", key)
	require.NoError(t, db.Close())
	require.NoError(t, state.Close())
}

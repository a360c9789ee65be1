package main

import (
	"bytes"
	"errors"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/ledger"
)

// A command that only looks makes no ledger, and says how to name the right one.
func TestNoLedgerIsMadeToBeRead(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "tidemark.db")
	s := &session{location: path, output: "text", out: &bytes.Buffer{}}
	opened := 0
	open := func(*control.Control) error { opened++; return nil }
	var wrong *control.UsageError
	err := s.withLedger(t.Context(), open)
	require.ErrorAs(t, err, &wrong)
	require.EqualError(t, err, "there is no ledger at "+path+"; name it with --ledger or TIDEMARK_LEDGER, or apply a configuration first")
	require.NoFileExists(t, path)

	s.location = "mysql://user:secret@host/db"
	err = s.withLedger(t.Context(), open)
	require.ErrorAs(t, err, &wrong)
	require.NotContains(t, err.Error(), "secret")
	require.Zero(t, opened)

	s.location, s.creates = path, true
	require.NoError(t, s.withLedger(t.Context(), open))
	require.FileExists(t, path)
	s.creates = false
	failed := errors.New("failed")
	require.ErrorIs(t, s.withLedger(t.Context(), func(*control.Control) error { return failed }), failed)
	require.Equal(t, 1, opened)
}

func TestExists(t *testing.T) {
	t.Parallel()
	for location, want := range map[string]bool{"postgres://host/db": true, "postgresql://host/db": true, filepath.Join(t.TempDir(), "a://b"): false} {
		exists, err := ledger.Exists(location)
		require.NoError(t, err)
		require.Equal(t, want, exists, location)
	}
}

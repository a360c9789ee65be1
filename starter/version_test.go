package main

import (
	"os"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/control"
)

// TestTheVersionIsTheTag: Go writes the tag of the commit, and its revision, into a program.
func TestTheVersionIsTheTag(t *testing.T) {
	t.Parallel()
	built := versionOf(&debug.BuildInfo{
		GoVersion: "go1.26.8", Main: debug.Module{Path: "github.com/tidemark/tidemark", Version: "v0.3.1"},
		Settings: []debug.BuildSetting{
			{Key: "vcs.revision", Value: "8c9172c"}, {Key: "vcs.time", Value: "2026-11-29T13:18:07Z"}, {Key: "vcs.modified", Value: "false"},
		},
	})
	built.Versions = control.Versions{Schema: 7, Histories: 3}
	var shown strings.Builder
	showVersion(&shown, built)
	require.Equal(t, "github.com/tidemark/tidemark v0.3.1, go1.26.8\nrevision 8c9172c of 2026-11-29T13:18:07Z\n"+
		"schema 0007 of the ledger, histories v1 to v3\n", shown.String())
}

// TestHistoriesAndSchemasAreInTheTable holds docs/releasing.md to what is there: each set of histories has a row, which names a migration of both
// databases, and what is unreleased names the newest set.
func TestHistoriesAndSchemasAreInTheTable(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../docs/releasing.md")
	require.NoError(t, err)
	rows := regexp.MustCompile("(?m)^\\| `(v\\d+)` \\| (\\d{4}) \\|").FindAllStringSubmatch(string(page), -1)
	listed := map[string]string{}
	for _, row := range rows {
		listed[row[1]] = row[2]
	}
	folders, err := filepath.Glob("../workflows/testdata/v*")
	require.NoError(t, err)
	require.NotEmpty(t, folders)
	for _, folder := range folders {
		migration := listed[filepath.Base(folder)]
		require.NotEmpty(t, migration, "docs/releasing.md has no row for %s", folder)
		for _, database := range []string{"sqlite", "postgres"} {
			require.FileExists(t, filepath.Join("../ledger/testdata/released", filepath.Base(folder), database+".sql"), "make record keeps a ledger too")
			found, err := filepath.Glob(filepath.Join("../ledger/migrations", database, migration+"_*.sql"))
			require.NoError(t, err)
			require.Len(t, found, 1, "%s: migration %s of %s", folder, migration, database)
		}
	}
	versions, err := control.VersionsOf()
	require.NoError(t, err)
	require.Len(t, folders, versions.Histories, "workflows.Histories is the newest set")
	migrations, err := filepath.Glob("../ledger/migrations/sqlite/*.sql")
	require.NoError(t, err)
	require.Len(t, migrations, versions.Schema)
	require.Len(t, listed, len(folders), "docs/releasing.md has rows of histories that are not there")
	changes, err := os.ReadFile("../CHANGELOG.md")
	require.NoError(t, err)
	_, unreleased, found := strings.Cut(string(changes), "\n## [Unreleased]\n")
	require.True(t, found)
	unreleased, _, _ = strings.Cut(unreleased, "\n## [")
	newest := rows[len(rows)-1][1]
	require.Contains(t, unreleased, "`v1` to `"+newest+"`")
}

package main

import (
	"bytes"
	"runtime/debug"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/control"
)

func TestUnknownCommands(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"nonsense": `there is no command "nonsense"; starter --help lists the commands`,
		"stauts":   `there is no command "stauts"; did you mean status? starter --help lists the commands`,
	} {
		root := command()
		root.SetArgs([]string{text})
		err := root.ExecuteContext(t.Context())
		require.EqualError(t, err, want)
		require.Equal(t, exitUsage, exitCode(err))
	}
	root, out := command(), &bytes.Buffer{}
	root.SetArgs([]string{})
	root.SetOut(out)
	require.NoError(t, root.ExecuteContext(t.Context()))
	require.Contains(t, out.String(), "Exit codes")
}

func TestVersion(t *testing.T) {
	t.Parallel()
	built := versionOf(&debug.BuildInfo{
		GoVersion: "go1.26.1", Main: debug.Module{Path: "example.org/a", Version: "v1.2.3"},
		Settings: []debug.BuildSetting{{Key: "vcs.revision", Value: "abc"}, {Key: "vcs.time", Value: "2026-11-25T12:00:00Z"}, {Key: "vcs.modified", Value: "true"}},
	})
	built.Versions = control.Versions{Schema: 12, Histories: 4}
	out := &bytes.Buffer{}
	showVersion(out, built)
	require.Equal(t, "example.org/a v1.2.3, go1.26.1\nrevision abc of 2026-11-25T12:00:00Z, with changes\nschema 0012 of the ledger, histories v1 to v4\n",
		out.String())
}

// Without TLS in front the pages are served on loopback alone, and it is said before anything is opened.
func TestPagesWithoutTLSAreServedOnLoopbackAlone(t *testing.T) {
	t.Parallel()
	for _, listen := range []string{"0.0.0.0:9480", "[::]:9480", ":9480", "192.0.2.1:9480"} {
		root := command()
		root.SetArgs([]string{"serve", "--pages", "--listen", listen})
		err := root.ExecuteContext(t.Context())
		require.ErrorContains(t, err, "ssh -L 9480:127.0.0.1:9480", listen)
		require.Equal(t, exitUsage, exitCode(err))
	}
}

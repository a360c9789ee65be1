package main

import (
	"errors"
	"io"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestFlags(t *testing.T) {
	t.Parallel()
	good := options{slice: 45 * time.Second, retention: 90 * 24 * time.Hour, activities: 50}
	for name, test := range map[string]struct {
		change func(*options)
		wrong  string
	}{
		"as they are":           {change: func(*options) {}},
		"kept for ever":         {change: func(o *options) { o.retention = 0 }},
		"kept for a day":        {change: func(o *options) { o.retention = 24 * time.Hour }},
		"kept for less":         {change: func(o *options) { o.retention = 24*time.Hour - 1 }, wrong: "--retention"},
		"kept until tomorrow":   {change: func(o *options) { o.retention = -time.Hour }, wrong: "--retention -1h0m0s"},
		"one activity":          {change: func(o *options) { o.activities = 1 }},
		"many activities":       {change: func(o *options) { o.activities = 1000 }},
		"no activities":         {change: func(o *options) { o.activities = 0 }, wrong: "--concurrent-activities 0"},
		"negative activities":   {change: func(o *options) { o.activities = -1 }, wrong: "--concurrent-activities"},
		"more than a machine's": {change: func(o *options) { o.activities = 1001 }, wrong: "--concurrent-activities"},
		"short slices":          {change: func(o *options) { o.slice = time.Second }},
		"long slices":           {change: func(o *options) { o.slice = 2 * time.Minute }},
		"a token":               {change: func(o *options) { o.metricsToken = "env:TOKEN" }},
		"open, with a token":    {change: func(o *options) { o.metricsToken, o.openMetrics = "env:TOKEN", true }, wrong: "exclude each other"},
		"no slices":             {change: func(o *options) { o.slice = 0 }, wrong: "--push-slice 0s"},
		"longer slices":         {change: func(o *options) { o.slice = 2*time.Minute + 1 }, wrong: "--push-slice"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			given := good
			test.change(&given)
			err := given.check()
			if test.wrong == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, test.wrong)
		})
	}
}

// TestWrongFlagsStopTheWorkerBeforeItDoesAnything: with the exit code for what a person must put right.
func TestWrongFlagsStopTheWorkerBeforeItDoesAnything(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "tidemark.db")
	for _, wrong := range []string{"--retention=-1h", "--retention=1h", "--concurrent-activities=0", "--push-slice=0s", "--push-slice=fast", "--no-such-flag"} {
		started := command()
		started.SetArgs([]string{"--ledger", path, wrong})
		started.SetOut(io.Discard)
		started.SetErr(io.Discard)
		err := started.ExecuteContext(t.Context())
		var refused *startError
		require.True(t, errors.As(err, &refused), "%s: %v", wrong, err)
		require.NoFileExists(t, path)
	}
}

func TestOldest(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, time.March, 1, 12, 0, 0, 0, time.UTC)
	require.Equal(t, now.Add(-48*time.Hour), oldest(now, 48*time.Hour))
	require.Equal(t, int64(0), oldest(now, 0).Unix())
}

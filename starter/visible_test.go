package main

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/control"
)

// TestForeignTextCannotHideWhatItIs: marks that turn the direction of writing, and others that cannot be seen, are shown escaped in
// tables, in lines and in errors.
func TestForeignTextCannotHideWhatItIs(t *testing.T) {
	t.Parallel()
	const evil = "A\u202e001\x1b[2J"
	var out strings.Builder
	table(&out, "SKU\tREASON", func(row func(string, ...any)) { row("%s\t%s", evil, errors.New("a\u2066\tb")) })
	line(&out, "%s and %v", evil, errors.New(evil))
	require.Equal(t, 3, strings.Count(out.String(), `A\u202e001\u001b[2J`))
	require.Contains(t, out.String(), `a\u2066\tb`)
	require.Equal(t, `starter: there is no A\u202e001\u001b[2J`, message(&control.UsageError{Message: "there is no " + evil}))
}

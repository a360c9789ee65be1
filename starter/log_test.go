package main

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/control"
)

// The command line takes every filter that the log has.
func TestTheLogTakesEveryFilter(t *testing.T) {
	t.Parallel()
	command := logCommand(&session{})
	for _, filter := range control.LogFilters {
		require.NotNil(t, command.Flags().Lookup(filter), filter)
	}
}

package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestFaultsInWords(t *testing.T) {
	t.Parallel()
	require.Empty(t, facts{}.faults())
	require.Equal(t, ", faults: 2 × lost_answer, 1 × throttle", facts{Faults: map[string]int64{"throttle": 1, "lost_answer": 2}}.faults())
}

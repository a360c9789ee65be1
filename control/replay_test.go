package control

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// Every recorded history can be replayed by an operator, of each kind of workflow.
func TestReplayOfEveryKind(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join("..", "workflows", "testdata", "v1", "*.json"))
	require.NoError(t, err)
	kinds := map[string]bool{}
	for _, file := range files {
		history, err := HistoryFromFile(file)
		require.NoError(t, err, file)
		replay, err := ReplayHistory(history, LineLogger{W: t.Output()})
		require.NoError(t, err, file)
		require.Empty(t, replay.Difference, file)
		require.NotEmpty(t, replay.Steps, file)
		kinds[replay.Type] = true
	}
	require.Equal(t, map[string]bool{"SmartSync": true, "FullSync": true, "InventoryIntake": true}, kinds)
}

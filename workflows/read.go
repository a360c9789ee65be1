package workflows

import (
	"fmt"

	"github.com/tidemark/tidemark/activities"
	"github.com/tidemark/tidemark/ledger"
)

// read adds a fetch to the figures of a run. A run that a person approved fetches twice: what its first fetch recorded is still its own,
// and the second mostly finds it there. What another run has fetched is that run's.
func read(before ledger.Counts, fetched activities.FetchResult) ledger.Counts {
	before.Stale, before.Odd = fetched.Stale, fetched.Odd
	if fetched.Shared != 0 || fetched.Unchanged {
		return before
	}
	changed, older := before.Changed+fetched.Changed, before.Older+fetched.Older
	before.SnapshotFigures = fetched.SnapshotFigures
	before.Changed, before.Older = changed, older
	return before
}

// heldRows is how many rows a person is asked about: those of the snapshot that is held, and not those that were recorded before it.
func heldRows(fetched activities.FetchResult) int64 {
	if fetched.HeldRows != nil {
		return *fetched.HeldRows
	}
	return fetched.Rows // a worker of an earlier release fetched
}

// unchanged says in words that a warehouse had nothing new to read, and since when.
func unchanged(fetched activities.FetchResult) string {
	if !fetched.Unchanged || fetched.UnchangedSince == nil {
		return ""
	}
	return fmt.Sprintf("the warehouse is unchanged since %s, when %d levels were read",
		fetched.UnchangedSince.UTC().Format("2006-01-02 15:04 UTC"), fetched.UnchangedLevels)
}

package workflows

import (
	"fmt"

	"github.com/tidemark/tidemark/activities"
	"github.com/tidemark/tidemark/ledger"
)

// read adds the figures of a fetch to those of a run. A run that a person approved fetches twice; its changes are those of both fetches, because the
// second finds most of them recorded. A fetch that was shared with another run counts for that run.
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

// heldRows is how many rows the held snapshot has, without those that were recorded before it.
func heldRows(fetched activities.FetchResult) int64 {
	if fetched.HeldRows != nil {
		return *fetched.HeldRows
	}
	return fetched.Rows // a worker of an earlier release fetched
}

// unchanged says in words that a warehouse had nothing new to read, and since when; it is empty where it had.
func unchanged(fetched activities.FetchResult) string {
	if !fetched.Unchanged || fetched.UnchangedSince == nil {
		return ""
	}
	return fmt.Sprintf("the warehouse is unchanged since %s, when %d levels were read",
		fetched.UnchangedSince.UTC().Format("2006-01-02 15:04 UTC"), fetched.UnchangedLevels)
}

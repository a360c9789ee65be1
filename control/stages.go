package control

import (
	"time"

	"github.com/tidemark/tidemark/ledger"
)

// RunStage is a finished stage of a run.
type RunStage struct {
	Name string        // "Fetched"
	What string        // begins a sentence that Took ends: "reading the warehouse took"
	At   time.Time     // when it ended
	Took time.Duration // how long it took
}

// StagesOf are the finished stages of a run, in order. The fetch is timed from the first call to the warehouse, the others from the end of the stage
// before. The time in which a run waits for a store, a person or a budget is part of the stage that waits. A stage that was repeated is listed once,
// as it was done last.
func StagesOf(run ledger.Run) []RunStage {
	before := run.StartedAt
	if run.FetchBegan != nil {
		before = *run.FetchBegan
	}
	var stages []RunStage
	for _, stage := range []struct {
		name, what string
		at         *time.Time
	}{
		{"Fetched", "reading the warehouse took", run.FetchedAt},
		{"Resolved", "working out what is due took", run.ResolvedAt},
		{"Pushed", "calls to the store took", run.PushedAt},
	} {
		if stage.at == nil {
			continue
		}
		stages = append(stages, RunStage{stage.name, stage.what, *stage.at, max(0, stage.at.Sub(before))})
		before = *stage.at
	}
	return stages
}

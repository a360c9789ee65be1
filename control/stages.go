package control

import (
	"time"

	"github.com/tidemark/tidemark/ledger"
)

// RunStage is a part of a run that has ended.
type RunStage struct {
	Name string        // "Fetched"
	What string        // what took so long: "reading took"
	At   time.Time     // when it ended
	Took time.Duration // since the stage before it ended
}

// StagesOf are the stages of a run that have ended, in order, with what each took: a fetch since the warehouse was asked, the others since the stage
// before. What a run waits for (a store, a person, a budget) is part of the stage that waits. One that was done again counts as it was done last.
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
		{"Fetched", "reading the warehouse took", run.FetchedAt}, {"Resolved", "working out what is due took", run.ResolvedAt}, {"Pushed", "calls to the store took", run.PushedAt},
	} {
		if stage.at == nil {
			continue
		}
		stages = append(stages, RunStage{stage.name, stage.what, *stage.at, max(0, stage.at.Sub(before))})
		before = *stage.at
	}
	return stages
}

package shopify

import (
	"context"
	_ "embed"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/outbound/graphql"
)

// readLevels reads what items show at one location.
//
//go:embed read_levels.graphql
var readLevels string

type levelsVariables struct {
	Items    []string `json:"items"`
	Location string   `json:"location"`
}

// readActual fills in what the shop shows where a comparison failed, for without it the next comparison would fail the same way.
// It is one read of one location, that of the first such item; items of others have their turn when they are sent again. A read
// that fails changes nothing about the verdicts. It returns the budget that is left.
func (s *store) readActual(ctx context.Context, items []channels.Item, reply channels.Reply, budget channels.Budget) channels.Budget {
	variables := levelsVariables{}
	for i, entry := range reply.Items {
		if entry.Verdict != channels.Conflict {
			continue
		}
		location, err := s.place(items[i])
		if err == nil && (variables.Location == "" || variables.Location == location) {
			variables.Location, variables.Items = location, append(variables.Items, items[i].Reference)
		}
	}
	if len(variables.Items) == 0 {
		return budget
	}
	body, err := graphql.Body(readLevels, variables)
	if err != nil {
		return budget
	}
	result, left, err := s.ask(ctx, body)
	if left.Known {
		budget.Remaining = left.Remaining
	}
	var data struct {
		Nodes []struct {
			ID    string `json:"id"`
			Level *struct {
				Quantities []struct {
					Name     string `json:"name"`
					Quantity *int64 `json:"quantity"`
				} `json:"quantities"`
			} `json:"inventoryLevel"`
		} `json:"nodes"`
	}
	if err != nil || s.into(result, &data) != nil {
		return budget
	}
	shown := map[string]*int64{}
	for _, node := range data.Nodes {
		if node.Level == nil {
			continue
		}
		for _, entry := range node.Level.Quantities {
			if entry.Name == "available" {
				shown[node.ID] = entry.Quantity
			}
		}
	}
	for i, item := range items {
		if location, err := s.place(item); err == nil && location == variables.Location && reply.Items[i].Verdict == channels.Conflict {
			reply.Items[i].Actual = shown[item.Reference]
		}
	}
	return budget
}

package activities

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
)

// inPlaces returns a connection with a location for each facility, and BIKE in both, confirmed by the store.
func inPlaces(t *testing.T) *world {
	t.Helper()
	w := setup(t)
	d := definitions()
	d.Connections[0].Inventory.Locations = []inventory.Location{{ID: "e", Facilities: []string{"east"}}, {ID: "w", Facilities: []string{"west"}}}
	w.apply(d)
	w.observe("1", inventory.Level{SKU: "BIKE", Facility: "east", Available: 139})
	w.observe("2", inventory.Level{SKU: "BIKE", Facility: "west", Available: 50})
	lease := w.take("north", ledger.Full)
	w.resolve(ResolveInput{Lease: lease, Connection: "north", Mode: ledger.Full})
	w.confirm(lease)
	return w
}

func (w *world) observe(event string, level inventory.Level) {
	w.t.Helper()
	_, err := w.Observe(w.t.Context(), "depot", []ledger.Observation{{Event: event, Level: level}}, w.now)
	require.NoError(w.t, err)
}

func (w *world) resolve(input ResolveInput) ResolveResult {
	w.t.Helper()
	result, err := do[ResolveResult](w, (&Resolve{Ledger: w.Ledger, Executions: living{}, Now: w.clock}).Resolve, input)
	require.NoError(w.t, err)
	return result
}

func (w *world) dueIn(lease ledger.Lease) (places []string, items []ledger.DueItem) {
	w.t.Helper()
	items, err := w.NextDue(w.t.Context(), ledger.DueQuery{Connection: "north", Run: lease.Run, Limit: 100})
	require.NoError(w.t, err)
	for _, item := range items {
		places = append(places, item.ChannelSKU+"@"+item.Location)
	}
	return places, items
}

// confirm lets the store accept everything that is due, and ends the run.
func (w *world) confirm(lease ledger.Lease) {
	w.t.Helper()
	_, items := w.dueIn(lease)
	require.NoError(w.t, w.Intend(w.t.Context(), lease, ledger.Intent{Key: "call", Items: items, Now: w.now, Deadline: w.now}))
	answer := ledger.Response{Key: "call", Now: w.now}
	for _, item := range items {
		answer.Items = append(answer.Items, ledger.ItemResponse{Location: item.Location, ChannelSKU: item.ChannelSKU, Status: ledger.StatusExported})
	}
	require.NoError(w.t, w.ApplyResponses(w.t.Context(), lease, answer))
	require.NoError(w.t, w.EndRun(w.t.Context(), lease, ledger.RunEnd{Outcome: ledger.Completed, Now: w.now}))
}

// A named SKU is pushed to all its places, whatever the scope of the run. A SKU that events changed is pushed where it changed.
func TestPlacesOfARun(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		input ResolveInput
		want  []string
	}{
		"an event about west":                    {ResolveInput{Scope: []string{"BIKE"}}, []string{"BIKE@w"}},
		"a run of everything that changed":       {ResolveInput{}, []string{"BIKE@w"}},
		"somebody names it":                      {ResolveInput{Scope: []string{"BIKE"}, Named: []string{"BIKE"}}, []string{"BIKE@e", "BIKE@w"}},
		"somebody names another":                 {ResolveInput{Scope: []string{"BIKE", "BELL"}, Named: []string{"BELL"}}, []string{"BIKE@w"}},
		"it is named beside a run of everything": {ResolveInput{Named: []string{"BIKE"}}, []string{"BIKE@e", "BIKE@w"}},
		"a Full Sync":                            {ResolveInput{Mode: ledger.Full}, []string{"BIKE@e", "BIKE@w"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := inPlaces(t)
			w.observe("3", inventory.Level{SKU: "BIKE", Facility: "west", Available: 49})
			if test.input.Mode == "" {
				test.input.Mode = ledger.Smart
			}
			test.input.Connection = "north"
			dry := test.input
			dry.DryRun = true
			test.input.Lease = w.take("north", ledger.Smart)
			dry.Lease = test.input.Lease
			previewed := w.resolve(dry).Preview
			require.Len(t, previewed.Lines, len(test.want), "a dry run shows what would be pushed: %v", previewed.Lines)
			w.resolve(test.input)
			due, _ := w.dueIn(test.input.Lease)
			require.Equal(t, test.want, due)
		})
	}
}

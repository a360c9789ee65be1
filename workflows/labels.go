package workflows

import (
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/tidemark/tidemark/activities"
	"github.com/tidemark/tidemark/ledger"
)

// fetchesFirst is true for histories in which a run fetches before it acquires its store, and sets its search attributes when it begins.
func fetchesFirst(ctx workflow.Context) bool {
	return workflow.GetVersion(ctx, "fetch-before-store", workflow.DefaultVersion, 1) == 1
}

// label sets the search attributes of a run that begins, where they differ from those that the workflow was started with: a service that starts a
// workflow by a signal does not set them.
func (p *pass) label(ctx workflow.Context, begun activities.BeginResult, trigger ledger.Trigger) {
	if !begun.Attributes || !fetchesFirst(ctx) {
		return
	}
	set := workflow.GetTypedSearchAttributes(ctx)
	var updates []temporal.SearchAttributeUpdate
	for _, attribute := range []struct {
		key   temporal.SearchAttributeKeyKeyword
		value string
	}{
		{AttributeConnection, p.input.Connection},
		{AttributeMerchant, begun.Merchant},
		{AttributeWarehouse, begun.Warehouse},
		{AttributeStore, begun.Store},
		{AttributeMode, string(begun.Mode)},
		{AttributeTrigger, string(trigger)},
		{AttributeOutcome, string(ledger.Running)},
	} {
		if value, ok := set.GetKeyword(attribute.key); !ok || value != attribute.value {
			updates = append(updates, attribute.key.ValueSet(attribute.value))
		}
	}
	if len(updates) > 0 {
		// It fails only for an attribute that the namespace does not have, and Begin has checked that.
		_ = workflow.UpsertTypedSearchAttributes(ctx, updates...)
	}
}

// labelOutcome sets the outcome in the search attributes: held while the run waits for a person.
func (p *pass) labelOutcome(ctx workflow.Context, outcome ledger.Outcome) {
	if p.labelled && fetchesFirst(ctx) {
		_ = workflow.UpsertTypedSearchAttributes(ctx, AttributeOutcome.ValueSet(string(outcome)))
	}
}

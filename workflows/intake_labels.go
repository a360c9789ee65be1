package workflows

import (
	"errors"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/tidemark/tidemark/activities"
)

// label sets the search attributes of an intake that a service started, and notes its merchant, as the results of its steps say. Results in older
// histories have no labels, so nothing is set.
func (i *intake) label(ctx workflow.Context, labels activities.Labels) {
	if labels.Merchant != "" {
		i.merchant = labels.Merchant
	}
	if !labels.Attributes {
		return
	}
	set := workflow.GetTypedSearchAttributes(ctx)
	var updates []temporal.SearchAttributeUpdate
	if _, labelled := set.GetKeyword(AttributeWarehouse); !labelled {
		updates = append(updates, AttributeWarehouse.ValueSet(i.input.Warehouse))
	}
	if _, labelled := set.GetKeyword(AttributeMerchant); !labelled && labels.Merchant != "" {
		updates = append(updates, AttributeMerchant.ValueSet(labels.Merchant))
	}
	if len(updates) > 0 {
		// It fails only for an attribute that the namespace does not have, and the step has checked that.
		_ = workflow.UpsertTypedSearchAttributes(ctx, updates...)
	}
}

// labelsOf are the labels in the details of a step's error.
func labelsOf(err error) activities.Labels {
	var failed *temporal.ApplicationError
	var labels activities.Labels
	if errors.As(err, &failed) && failed.HasDetails() {
		_ = failed.Details(&labels) // details of another type leave the labels empty
	}
	return labels
}

// prioritised is a context whose steps have the priority of an intake, and its merchant's fair share of the workers. The first step of an intake that a
// service started does not know its merchant.
func (i *intake) prioritised(ctx workflow.Context) workflow.Context {
	merchant := i.merchant
	if merchant == "" {
		merchant, _ = workflow.GetTypedSearchAttributes(ctx).GetKeyword(AttributeMerchant)
	}
	if merchant == "" {
		return ctx
	}
	return workflow.WithValue(ctx, priorityKey{}, IntakePriority(merchant))
}

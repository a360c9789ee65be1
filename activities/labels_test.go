package activities

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"
)

// acme are the labels of an intake of one of its warehouses, in a namespace that knows Tidemark's search attributes.
var acme = Labels{Merchant: "acme", Attributes: true}

// plain is a namespace without Tidemark's search attributes, or one whose attributes cannot be read.
type plain struct {
	living
	err error
}

func (p plain) Attributes(context.Context) (bool, error) { return false, p.err }

// A step of an intake returns its labels, because a service that started the workflow did not set them. A failed step has them in the details of
// its error, which is otherwise unchanged.
func TestAnIntakeSaysHowItIsFound(t *testing.T) {
	t.Parallel()
	w := setup(t)
	steps := map[string]func(i *Intake, warehouse string) (Labels, error){
		"updates": func(i *Intake, warehouse string) (Labels, error) {
			result, err := do[RecordUpdatesResult](w, i.RecordUpdates, RecordUpdatesInput{Warehouse: warehouse, Updates: []Update{update("1", "A", 5)}})
			return result.Labels, err
		},
		"a snapshot": func(i *Intake, warehouse string) (Labels, error) {
			result, err := do[RecordSnapshotResult](w, i.RecordSnapshot, RecordSnapshotInput{Warehouse: warehouse, Snapshot: Snapshot{ID: w.upload("A"), Rows: 1}})
			return result.Labels, err
		},
	}
	for name, step := range steps {
		labels, err := step(w.intake(), "depot")
		require.NoError(t, err, name)
		require.Equal(t, acme, labels, name)

		_, err = step(w.intake(), "moon")
		failed := temporalError(t, err)
		require.True(t, failed.NonRetryable(), name)
		require.Equal(t, ErrorNotConfigured, failed.Type(), name)
		require.Equal(t, `there is no warehouse "moon"; apply a configuration that has it`, failed.Message(), name)
		var details Labels
		require.NoError(t, failed.Details(&details), name)
		require.Equal(t, Labels{Attributes: true}, details, name)

		for _, namespace := range []plain{{}, {err: errors.New("Temporal is away")}} {
			intake := w.intake()
			intake.Executions = namespace
			labels, err = step(intake, "depot")
			require.NoError(t, err, "%s: what is recorded does not wait for labels", name)
			require.Equal(t, Labels{Merchant: "acme"}, labels, name)
		}
	}
	_, err := do[RecordUpdatesResult](w, w.intake().RecordUpdates, RecordUpdatesInput{Ledger: "XXXXYYYYZZZZ", Warehouse: "depot"})
	failed := temporalError(t, err)
	require.Equal(t, foreignPoll, failed.NextRetryDelay())
	require.False(t, failed.NonRetryable())
	require.NotErrorIs(t, detailed(context.Canceled, acme), failed)
	require.Equal(t, context.Canceled, detailed(context.Canceled, acme))
	require.NoError(t, detailed(nil, acme))
}

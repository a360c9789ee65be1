package activities

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/ledger"
)

func TestForeignWork(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ named, own, want string }{
		"its own":       {named: "AAAABBBBCCCC", own: "AAAABBBBCCCC"},
		"of nobody":     {own: "AAAABBBBCCCC"},
		"of another's":  {named: "XXXXYYYYZZZZ", own: "AAAABBBBCCCC", want: "this is of ledger XXXXYYYY, and this worker is of ledger AAAABBBB"},
		"the same head": {named: "AAAABBBBCCCC", own: "AAAABBBBDDDD", want: "this is of ledger"},
	} {
		if got := foreign(test.named, test.own); test.want == "" {
			require.Empty(t, got, name)
		} else {
			require.Contains(t, got, test.want, name)
			require.Contains(t, got, "starter apply --take-over", name)
		}
	}
}

// A run of another ledger fails and needs a person.
func TestBeginRefusesARunOfAnotherLedger(t *testing.T) {
	t.Parallel()
	w := setup(t)
	own, err := w.Identity(t.Context())
	require.NoError(t, err)
	input := BeginInput{FirstRun: "one", Connection: "north", Mode: ledger.Smart, Trigger: ledger.TriggerRequest, Pass: 1}
	for _, ours := range []string{"", own} {
		input.Ledger = ours
		result, err := do[BeginResult](w, w.gate().Begin, input)
		require.NoError(t, err)
		require.Equal(t, BeginGo, result.Action)
	}
	input.Ledger, input.Pass = "XXXXYYYYZZZZ", 2
	_, err = do[BeginResult](w, w.gate().Begin, input)
	refused := temporalError(t, err)
	require.Equal(t, ErrorNotConfigured, refused.Type())
	require.True(t, refused.NonRetryable())
	require.Contains(t, refused.Message(), "ledger XXXXYYYY")
	require.Contains(t, refused.Message(), "ledger "+ledger.ShortIdentity(own))
}

// Updates of another ledger were acknowledged to their sender, so they wait for a worker of that ledger.
func TestIntakeLeavesWhatIsOfAnotherLedger(t *testing.T) {
	t.Parallel()
	w := setup(t)
	five := int64(5)
	updates := []Update{{Event: "e1", SKU: "BIKE", Facility: "east", Available: &five}}
	waits := func(err error) {
		t.Helper()
		refused := temporalError(t, err)
		require.Equal(t, ErrorNotConfigured, refused.Type())
		require.False(t, refused.NonRetryable())
		require.Equal(t, foreignPoll, refused.NextRetryDelay())
		require.Contains(t, refused.Message(), "ledger XXXXYYYY")
	}
	_, err := do[RecordUpdatesResult](w, w.intake().RecordUpdates, RecordUpdatesInput{Ledger: "XXXXYYYYZZZZ", Warehouse: "depot", Updates: updates})
	waits(err)
	_, err = do[RecordSnapshotResult](w, w.intake().RecordSnapshot, RecordSnapshotInput{Ledger: "XXXXYYYYZZZZ", Warehouse: "depot"})
	waits(err)
	_, err = do[RequestResult](w, w.intake().Request, RequestInput{Ledger: "XXXXYYYYZZZZ", Warehouse: "depot", ID: "r1"})
	waits(err)
	require.Empty(t, w.available())
	require.Empty(t, w.requests)

	own, err := w.Identity(t.Context())
	require.NoError(t, err)
	recorded, err := do[RecordUpdatesResult](w, w.intake().RecordUpdates, RecordUpdatesInput{Ledger: own, Warehouse: "depot", Updates: updates})
	require.NoError(t, err)
	require.Equal(t, int64(1), recorded.Changed)
	require.Less(t, foreignPoll, time.Minute)
}

package control

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/ledger"
)

// The details of a workflow in the Web UI tell what to do there: by a command, and by the page's own buttons.
func TestDetailsSayWhatToDo(t *testing.T) {
	t.Parallel()
	connection := ledger.Connection{ID: "shop", Warehouse: "depot", Store: "acme-shop"}
	for text, wanted := range map[string][]string{
		details(connection, ledger.Smart): {"what changed in depot", "`starter status shop`", "`starter sync smart shop`"},
		details(connection, ledger.Full):  {"every figure of depot", "`starter sync full shop`"},
	} {
		for _, want := range append(wanted, "*Update* `sync`", "*Send a Signal* `sync-requested` with `{\"by\": \"NAME\"}`",
			"`starter approve RUN`", "*Update* `approve` or `reject` and the same payload", "Red means that a person must act") {
			require.Contains(t, text, want)
		}
	}
	text := intakeDetails("depot")
	for _, want := range []string{
		"what depot sends", "`starter snapshot depot`", "the current details say why", "*Send a Signal* `inventory-updated` with `{\"updates\": ",
	} {
		require.Contains(t, text, want)
	}
}

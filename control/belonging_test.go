package control

import (
	"testing"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"

	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/workflows"
)

func TestWhoseAScheduleIs(t *testing.T) {
	t.Parallel()
	const own, another = "OURSOURSOURS", "THEIRSTHEIRS"
	type settings struct{ takeOver, prune bool }
	plain, takeOver, prune, both := settings{}, settings{takeOver: true}, settings{prune: true}, settings{true, true}
	for name, test := range map[string]struct {
		owner             string
		configured, known bool
		want              map[settings]verdict
	}{
		"ours, configured":                       {own, true, true, map[settings]verdict{plain: tend, takeOver: tend, prune: tend, both: tend}},
		"ours, configured, a new connection":     {own, true, false, map[settings]verdict{plain: tend, takeOver: tend, prune: tend, both: tend}},
		"ours, not configured":                   {own, false, true, map[settings]verdict{plain: mention, takeOver: mention, prune: remove, both: remove}},
		"ours, of a connection that is gone":     {own, false, false, map[settings]verdict{plain: mention, takeOver: mention, prune: remove, both: remove}},
		"unmarked, of a connection of ours":      {"", true, true, map[settings]verdict{plain: adopt, takeOver: adopt, prune: adopt, both: adopt}},
		"unmarked, of a connection new to us":    {"", true, false, map[settings]verdict{plain: refuse, takeOver: usurp, prune: refuse, both: usurp}},
		"unmarked, left of a connection of ours": {"", false, true, map[settings]verdict{plain: mention, takeOver: mention, prune: remove, both: remove}},
		"unmarked, of who knows whom":            {"", false, false, map[settings]verdict{plain: spare, takeOver: spare, prune: spare, both: spare}},
		"another's, configured here too":         {another, true, false, map[settings]verdict{plain: refuse, takeOver: usurp, prune: refuse, both: usurp}},
		"another's, that was ours":               {another, true, true, map[settings]verdict{plain: refuse, takeOver: usurp, prune: refuse, both: usurp}},
		"another's, not configured":              {another, false, false, map[settings]verdict{plain: spare, takeOver: spare, prune: spare, both: spare}},
		"another's, of a connection we dropped":  {another, false, true, map[settings]verdict{plain: spare, takeOver: spare, prune: spare, both: spare}},
	} {
		for with, want := range test.want {
			got := belonging{owner: test.owner, own: own, configured: test.configured, existed: test.known, takeOver: with.takeOver, prune: with.prune}.decide()
			require.Equal(t, want, got, "%s, %+v", name, with)
		}
	}
}

// The server returns what a schedule's runs are started with as payloads.
func TestOwnerOfASchedule(t *testing.T) {
	t.Parallel()
	connection := ledger.Connection{ID: "acme-shop", Inventory: ledger.Flow{Smart: []ledger.Rule{{Every: 3600e9}}}}
	ours := scheduleOptions(connection, ledger.Smart, owner{ledger: "OURSOURSOURS", from: "box:/etc/acme.yaml"}, today)
	action := *ours.Action.(*client.ScheduleWorkflowAction)
	want := owner{ledger: "OURSOURSOURS", from: "box:/etc/acme.yaml"}
	require.Equal(t, want, ownerOf(client.Schedule{Action: &action}))
	require.Equal(t, "OURSOURSOURS", memoText(action.Memo[workflows.MemoLedger]))

	payloads := action
	payloads.Args, payloads.Memo = nil, map[string]any{}
	for _, value := range action.Args {
		payload, err := converter.GetDefaultDataConverter().ToPayload(value)
		require.NoError(t, err)
		payloads.Args = append(payloads.Args, payload)
	}
	for key, value := range action.Memo {
		payload, err := converter.GetDefaultDataConverter().ToPayload(value)
		require.NoError(t, err)
		payloads.Memo[key] = payload
	}
	require.Equal(t, want, ownerOf(client.Schedule{Action: &payloads}))
	payloads.Args, payloads.Memo = nil, nil
	require.Equal(t, owner{}, ownerOf(client.Schedule{Action: &payloads}))
}

func TestRefusalNamesBothLedgers(t *testing.T) {
	t.Parallel()
	err := collisionError("OURSOURSOURS", "shops", []collision{
		{id: "smart-sync/a", owner: owner{ledger: "THEIRSTHEIRS", from: "box:/etc/acme.yaml"}},
		{id: "full-sync/a"},
		{id: "full-sync/b", owner: owner{ledger: "THEIRSTHEIRS"}, open: true},
	})
	var wrong *UsageError
	require.ErrorAs(t, err, &wrong)
	require.EqualError(t, err, `nothing was changed: this is ledger OURSOURS, and in namespace shops
  schedule smart-sync/a belongs to ledger THEIRSTH (last applied from box:/etc/acme.yaml)
  schedule full-sync/a names no ledger
  the open workflow full-sync/b belongs to ledger THEIRSTH
Give the connections other ids, or each ledger a namespace of its own (TEMPORAL_NAMESPACE). `+
		`Where this ledger replaces that one: stop that one's workers, and apply with --take-over.`+
		` An open workflow must end first; temporal workflow terminate --workflow-id ID ends it.`)
}

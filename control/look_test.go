package control

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/ledger"
)

func TestUnknownNames(t *testing.T) {
	t.Parallel()
	c := &Control{state: shopLedger(t)}
	ctx := t.Context()
	for name, test := range map[string]struct {
		ask  func() error
		want string
	}{
		"warehouse": {func() error { _, err := c.Levels(ctx, "nope", "", ledger.Page{}); return err }, `there is no warehouse "nope"; there are depot`},
		"connection": {
			func() error { _, err := c.ChannelLevels(ctx, "nope", "", "", ledger.Page{}); return err }, `there is no connection "nope"; there are acme-shop`,
		},
		"status": {
			func() error { _, err := c.ChannelLevels(ctx, "acme-shop", "", "bogus", ledger.Page{}); return err },
			`there is no status "bogus"; there are pending, unknown, sent, exported, retrying, rejected, blocked, too_high`,
		},
		"SKU": {
			func() error { _, err := c.Activity(ctx, ledger.ActivityQuery{SKU: "NOSUCH", Limit: 5}); return err },
			`nothing is known of a SKU "NOSUCH" of acme: no warehouse has reported it, and no product, bundle or listing has it; check the spelling (capitals ` +
				`and spaces count)`,
		},
		"connection of an activity": {
			func() error {
				_, err := c.Activity(ctx, ledger.ActivityQuery{SKU: "NOSUCH", Connection: "nope", Limit: 5})
				return err
			}, `there is no connection "nope"; there are acme-shop`,
		},
		"scope": {
			func() error { return c.checkScope(ctx, "acme-shop", []string{"NOSUCH"}) },
			`nothing is known of a SKU "NOSUCH" of acme: no warehouse has reported it, and no product, bundle or listing has it; check the spelling (capitals ` +
				`and spaces count)`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			err := test.ask()
			var wrong *UsageError
			require.ErrorAs(t, err, &wrong)
			require.EqualError(t, err, test.want)
		})
	}
	rows, err := c.Levels(ctx, "depot", "NOSUCH", ledger.Page{})
	require.NoError(t, err)
	require.Equal(t, []ledger.LevelRow{}, rows)
	require.NoError(t, c.checkScope(ctx, "acme-shop", nil))
}

package warehousetest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/outbound"
	"github.com/tidemark/tidemark/outbound/outboundtest"
	"github.com/tidemark/tidemark/warehouses"
)

// reach: addresses where no warehouse can be are refused, and so is a credential in the clear, whether the settings or a name say so.
func (s Subject) reach(t *testing.T) {
	require.NotNil(t, s.Driver.Open, "a subject names its driver")
	cases := outboundtest.Cases(t, s.Driver.Spec, s.Start(t, Stock(3)).Settings(nil))
	if s.Here {
		require.Empty(t, cases)
		return
	}
	require.NotEmpty(t, cases, "a warehouse is called somewhere")
	for _, test := range cases {
		t.Run(test.Name, func(t *testing.T) {
			source, err := s.Driver.Open("portland", test.Values, outboundtest.Environment(Credential))
			if test.Opens {
				require.NoError(t, err)
				_, err = source.Check(t.Context())
				require.ErrorIs(t, err, outbound.ErrRefused)
				RequireError(t, err, warehouses.AskPerson)
			}
			require.Error(t, err)
			for _, text := range test.Says {
				require.ErrorContains(t, err, text)
			}
			require.NotContains(t, err.Error(), Credential)
		})
	}
}

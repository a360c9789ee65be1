package channeltest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/outbound"
	"github.com/tidemark/tidemark/outbound/outboundtest"
)

// reach: addresses where no store can be are refused, and so is a credential in the clear, whether the settings or a name say so.
func (s suite) reach(t *testing.T, store Store) {
	require.NotNil(t, s.subject.Driver.Open, "a subject names its driver")
	cases := outboundtest.Cases(t, s.subject.Driver.Spec, store.Settings())
	require.NotEmpty(t, cases, "a store is called somewhere")
	for _, test := range cases {
		t.Run(test.Name, func(t *testing.T) {
			channel, err := s.subject.Driver.Open("shop", test.Values, outboundtest.Environment(Credential))
			if test.Opens {
				require.NoError(t, err)
				_, err = channel.Check(t.Context())
				require.ErrorIs(t, err, outbound.ErrRefused)
				RequireError(t, err, channels.AskPerson, "shop")
			}
			require.Error(t, err)
			for _, text := range test.Says {
				require.ErrorContains(t, err, text)
			}
			require.NotContains(t, err.Error(), Credential)
		})
	}
	require.Zero(t, store.Calls(t))
}

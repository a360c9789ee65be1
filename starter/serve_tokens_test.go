package main

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/serve"
	"github.com/tidemark/tidemark/settings"
)

func TestTokensOfTheCommandLine(t *testing.T) {
	t.Parallel()
	given := func(tokens ...string) (serve.Options, error) {
		options := serve.Options{Environment: settings.Environment{Variable: func(name string) (string, bool) { return "the token " + name, name != "NONE" }}}
		err := addTokens(&options, tokens)
		return options, err
	}
	options, err := given("env:ALL", "viewer=env:READ", "viewer=env:READ2", "operator=env:DO", "admin=env:MORE")
	require.NoError(t, err)
	require.Equal(t, "the token ALL", options.Token.Reveal())
	require.Len(t, options.Tokens[ledger.Viewer], 2)
	require.Equal(t, "the token DO", options.Tokens[ledger.Operator][0].Reveal())
	require.Equal(t, "the token MORE", options.Tokens[ledger.Admin][0].Reveal())
	for _, wrong := range [][]string{{"env:A", "env:B"}, {"owner=env:A"}, {"viewer=in-clear"}, {"viewer=env:NONE"}, {"env:NONE"}} {
		_, err := given(wrong...)
		require.Error(t, err, "%v", wrong)
	}
}

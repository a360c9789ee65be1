package main

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/settings"
)

// TestMetricsAreForThisMachineOrWhoHasTheToken unless everybody is let in explicitly.
func TestMetricsAreForThisMachineOrWhoHasTheToken(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"0.0.0.0:0", ":0", "[::]:0", "192.0.2.1:0", "example.com:0"} {
		_, err := observe(address, access{})
		var refused *startError
		require.ErrorAs(t, err, &refused, address)
		require.ErrorContains(t, err, address+" can be reached from other machines, and there is no token for /metrics; give one with --metrics-token env:NAME, ")
		require.NoError(t, access{token: "sixteen letters.", open: false}.check(address))
		require.NoError(t, access{open: true}.check(address))
	}
	for _, address := range []string{"127.0.0.1:0", "localhost:0", "127.9.9.9:0", "[::1]:0"} {
		require.NoError(t, access{}.check(address), address)
	}
	require.ErrorContains(t, access{}.check("9464"), `--listen "9464" is not an address like 127.0.0.1:9464`)
}

func TestTheMetricsToken(t *testing.T) {
	t.Parallel()
	token := strings.Repeat("s", leastToken)
	environment := settings.Environment{Variable: func(name string) (string, bool) {
		value, ok := map[string]string{"GOOD": token, "SHORT": token[1:]}[name]
		return value, ok
	}}
	for given, wrong := range map[string]string{
		"env:GOOD": "", "": "",
		"env:SHORT": "the metrics token has 15 characters; expected 16 at least", "env:NONE": "--metrics-token: the environment variable NONE is not set",
		"in-clear-and-long": "--metrics-token: a credential is given by reference",
	} {
		_, err := accessOf(options{metricsToken: given}, environment)
		if wrong == "" {
			require.NoError(t, err)
			continue
		}
		var refused *startError
		require.ErrorAs(t, err, &refused)
		require.ErrorContains(t, err, wrong)
	}

	o, err := observe("127.0.0.1:0", access{token: token})
	require.NoError(t, err)
	t.Cleanup(o.close)
	for _, test := range []struct {
		method, path, authorization string
		want                        int
	}{
		{http.MethodGet, "/metrics", "", http.StatusUnauthorized},
		{http.MethodGet, "/metrics", "Bearer " + token + "s", http.StatusUnauthorized},
		{http.MethodGet, "/metrics", "Basic " + token, http.StatusUnauthorized},
		{http.MethodGet, "/metrics", "Bearer " + token, http.StatusOK},
		{http.MethodGet, "/metrics", "bearer  " + token, http.StatusOK},
		{http.MethodHead, "/metrics", "", http.StatusUnauthorized},
		{http.MethodHead, "/metrics", "Bearer " + token, http.StatusOK},
		{http.MethodGet, "/healthz", "", http.StatusServiceUnavailable}, // open, and starting
		{http.MethodHead, "/healthz", "", http.StatusServiceUnavailable},
		{http.MethodHead, "/readyz", "", http.StatusServiceUnavailable},
		{http.MethodPost, "/healthz", "", http.StatusMethodNotAllowed},
	} {
		request, err := http.NewRequestWithContext(t.Context(), test.method, "http://"+o.address()+test.path, nil)
		require.NoError(t, err)
		if test.authorization != "" {
			request.Header.Set("Authorization", test.authorization)
		}
		response, err := caller.Do(request)
		require.NoError(t, err)
		require.NoError(t, errors.Join(err, response.Body.Close()))
		require.Equal(t, test.want, response.StatusCode, "%v", test)
	}
}

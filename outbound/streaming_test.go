package outbound_test

import (
	"crypto/x509"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/outbound"
)

func TestStreamingKeepsTheRules(t *testing.T) {
	t.Parallel()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/moved" {
			http.Redirect(w, r, "/file", http.StatusFound)
			return
		}
		_, _ = io.WriteString(w, r.Proto+" "+r.Header.Get("Accept-Encoding"))
	}))
	server.EnableHTTP2 = true
	server.StartTLS()
	t.Cleanup(server.Close)
	get := func(client *http.Client, path string) (*http.Response, string, error) {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+path, http.NoBody)
		require.NoError(t, err)
		response, err := client.Do(request)
		if err != nil {
			return nil, "", err
		}
		defer func() { _ = response.Body.Close() }()
		body, err := io.ReadAll(response.Body)
		require.NoError(t, err)
		return response, string(body), nil
	}
	trust := x509.NewCertPool()
	trust.AddCert(server.Certificate())

	_, _, err := get(outbound.Streaming{Timeout: time.Minute}.Client(), "/file")
	require.ErrorContains(t, err, "certificate", "the system does not vouch for the server")
	client := outbound.Streaming{Timeout: time.Minute, Trust: trust, Uncompressed: true}.Client()
	response, body, err := get(client, "/file")
	require.NoError(t, err)
	require.Equal(t, "HTTP/1.1 ", body)
	require.Equal(t, int64(len(body)), response.ContentLength)
	response, _, err = get(client, "/moved")
	require.NoError(t, err)
	require.Equal(t, http.StatusFound, response.StatusCode, "a redirect is not followed")
	_, body, err = get(outbound.Streaming{Timeout: time.Minute, Trust: trust}.Client(), "/file")
	require.NoError(t, err)
	require.Equal(t, "HTTP/1.1 gzip", body)
}

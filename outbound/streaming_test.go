package outbound_test

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
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
	get := func(client *outbound.Stream, path string) (*http.Response, string, error) {
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

func TestNothingOlderThanTLS12IsSpoken(t *testing.T) {
	t.Parallel()
	var calls atomic.Int64
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { calls.Add(1) }))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.TLS = &tls.Config{MaxVersion: tls.VersionTLS11, MinVersion: tls.VersionTLS10}
	server.StartTLS()
	t.Cleanup(server.Close)
	trust := x509.NewCertPool()
	trust.AddCert(server.Certificate())
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL, http.NoBody)
	require.NoError(t, err)
	response, err := outbound.Streaming{Timeout: time.Minute, Trust: trust}.Client().Do(request)
	if err == nil {
		_ = response.Body.Close()
	}
	require.ErrorContains(t, err, "protocol version")
	_, err = outbound.NewClient(outbound.Limits{}).Do(t.Context(), http.MethodGet, server.URL, nil, nil)
	require.Error(t, err)
	require.Zero(t, calls.Load())
}

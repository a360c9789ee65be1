package server_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// over serves a sandbox on a real port.
func over(t *testing.T, b *box) func(method, path, body string) (*http.Response, string, error) {
	t.Helper()
	web := httptest.NewServer(b)
	t.Cleanup(web.Close)
	client := web.Client()
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return func(method, path, body string) (*http.Response, string, error) {
		request, err := http.NewRequestWithContext(t.Context(), method, web.URL+path, strings.NewReader(body))
		require.NoError(t, err)
		request.GetBody = nil // or the client sends it once more when the connection breaks
		request.Header.Set("Authorization", "Bearer secret")
		response, err := client.Do(request)
		if err != nil {
			return nil, "", err
		}
		defer func() { require.NoError(t, response.Body.Close()) }()
		content, err := io.ReadAll(response.Body)
		return response, string(content), err
	}
}

func TestLostAnswerOverTheNetwork(t *testing.T) {
	t.Parallel()
	b := setup(t, store("single", ""))
	do := over(t, b)
	response, _, err := do("PUT", "/stores/shop/item?sku=A", `{"quantity":4}`)
	require.NoError(t, err)
	require.Equal(t, 200, response.StatusCode)
	b.faults(t, "stores/shop", `{"lost_answer":1}`)
	_, _, err = do("PUT", "/stores/shop/item?sku=A", `{"quantity":5}`)
	require.ErrorIs(t, err, io.EOF)
	require.Equal(t, map[string]int64{"A": 5}, b.shown(t))
	require.Equal(t, uint64(2), b.facts(t).Calls)
}

func TestTruncatedPageOverTheNetwork(t *testing.T) {
	t.Parallel()
	b := setup(t, portland)
	do := over(t, b)
	b.faults(t, "warehouses/portland", `{"truncate":1}`)
	broken := 0
	for range 20 {
		if _, text, err := do("GET", levelsPath, ""); err != nil {
			require.ErrorIs(t, err, io.ErrUnexpectedEOF)
			require.True(t, strings.HasPrefix(text, `{"snapshot"`))
			broken++
		}
	}
	require.Positive(t, broken)
	require.Less(t, broken, 20)
}

func TestOddPaths(t *testing.T) {
	t.Parallel()
	b := setup(t, portland)
	do := over(t, b)
	for path, status := range map[string]int{
		"//warehouses//portland": 404, "/warehouses/portland/levels/": 200, "/warehouses/portland%2Flevels": 404, "/warehouses/../stores": 404, "//": 404,
	} {
		response, text, err := do("GET", path, "")
		require.NoError(t, err)
		require.Equal(t, status, response.StatusCode, "%s: %s", path, text)
	}
}

package serve

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestHeadIsGetWithoutTheBody wherever something can be got, as checks of load balancers ask; and nowhere else.
func TestHeadIsGetWithoutTheBody(t *testing.T) {
	t.Parallel()
	w := setup(t)
	front := httptest.NewServer(w.server.Handler())
	defer front.Close()
	ask := func(method, path string) *http.Response {
		request, err := http.NewRequestWithContext(t.Context(), method, front.URL+path, nil)
		require.NoError(t, err)
		response, err := caller.Do(request)
		require.NoError(t, err)
		content, err := readAll(response)
		require.NoError(t, err)
		if method == http.MethodHead {
			require.Empty(t, content)
		}
		return response
	}
	require.Equal(t, http.StatusOK, ask(http.MethodHead, "/healthz").StatusCode)
	for _, route := range w.server.Routes() {
		if route.Method != http.MethodGet {
			continue
		}
		get, head := ask(http.MethodGet, route.Path), ask(http.MethodHead, route.Path)
		require.Equal(t, get.StatusCode, head.StatusCode, route.Path)
		require.Equal(t, get.Header.Get("Content-Type"), head.Header.Get("Content-Type"), route.Path)
	}
	refused := ask(http.MethodHead, "/hooks/depot")
	require.Equal(t, http.StatusMethodNotAllowed, refused.StatusCode)
	require.Equal(t, "POST", refused.Header.Get("Allow"))
	require.Equal(t, "GET, HEAD", ask(http.MethodDelete, "/healthz").Header.Get("Allow"))
}

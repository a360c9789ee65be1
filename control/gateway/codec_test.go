package gateway

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	commonpb "go.temporal.io/api/common/v1"
	"google.golang.org/protobuf/encoding/protojson"
)

func TestCodecEndpoint(t *testing.T) {
	t.Parallel()
	const webUI = "http://localhost:8233"
	keys := parsed(t, keyLine("k", 'k'))
	sealed, err := keys.Encode([]*commonpb.Payload{{Data: []byte("figure")}})
	require.NoError(t, err)
	body, err := protojson.Marshal(&commonpb.Payloads{Payloads: sealed})
	require.NoError(t, err)
	foreign, err := parsed(t, keyLine("other", 'o')).Encode([]*commonpb.Payload{{Data: []byte("figure")}})
	require.NoError(t, err)
	unknown, err := protojson.Marshal(&commonpb.Payloads{Payloads: foreign})
	require.NoError(t, err)
	for name, one := range map[string]struct {
		method, path, host, origin, body string
		code                             int
		allowed, says                    string
	}{
		"the command":           {path: "/decode", host: "127.0.0.1:8081", body: string(body), code: http.StatusOK},
		"the Web UI":            {path: "/decode", host: "localhost:8081", origin: webUI, body: string(body), code: http.StatusOK, allowed: webUI},
		"the Web UI asks first": {method: http.MethodOptions, path: "/decode", host: "localhost:8081", origin: webUI, code: http.StatusNoContent, allowed: webUI},
		"IPv6":                  {path: "/decode", host: "[::1]:8081", body: string(body), code: http.StatusOK},
		"another page": {
			path: "/decode", host: "localhost:8081", origin: "http://localhost:8234", body: string(body), code: http.StatusForbidden, says: "--web-ui",
		},
		"another page asks first": {method: http.MethodOptions, path: "/decode", host: "localhost:8081", origin: "https://evil.example", code: http.StatusForbidden},
		"no page's origin":        {path: "/decode", host: "localhost:8081", origin: "null", body: string(body), code: http.StatusForbidden},
		"a name that leads here":  {path: "/decode", host: "evil.example:8081", body: string(body), code: http.StatusForbidden, says: "loopback"},
		"it seals nothing":        {path: "/encode", host: "localhost", body: string(body), code: http.StatusNotFound},
		"another method":          {method: http.MethodGet, path: "/decode", host: "localhost", code: http.StatusMethodNotAllowed},
		"no payloads":             {path: "/decode", host: "localhost", body: "nothing", code: http.StatusBadRequest},
		"a key that is not there": {path: "/decode", host: "localhost", body: string(unknown), code: http.StatusBadRequest, says: `sealed with the key "other"`},
		"more than a page's worth": {
			path: "/decode", host: "localhost", body: strings.Repeat(" ", mostRequestBytes+1), code: http.StatusBadRequest, says: "too large",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			method := one.method
			if method == "" {
				method = http.MethodPost
			}
			request := httptest.NewRequestWithContext(t.Context(), method, one.path, strings.NewReader(one.body))
			request.Host = one.host
			if one.origin != "" {
				request.Header.Set("Origin", one.origin)
			}
			answer := httptest.NewRecorder()
			CodecHandler(keys, []string{webUI}).ServeHTTP(answer, request)
			require.Equal(t, one.code, answer.Code, answer.Body.String())
			require.Equal(t, one.allowed, answer.Header().Get("Access-Control-Allow-Origin"))
			require.Empty(t, answer.Header().Get("Access-Control-Allow-Credentials"))
			require.Equal(t, "no-store", answer.Header().Get("Cache-Control"))
			require.Contains(t, answer.Body.String(), one.says)
			if one.code == http.StatusOK {
				var opened commonpb.Payloads
				require.NoError(t, protojson.Unmarshal(answer.Body.Bytes(), &opened))
				require.Equal(t, "figure", string(opened.GetPayloads()[0].GetData()))
			} else {
				require.NotContains(t, answer.Body.String(), "figure")
			}
		})
	}
}

package outbound

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestBeginning(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ body, want string }{
		"nothing":                 {"", "nothing"},
		"only blanks":             {" \r\n\t", "nothing"},
		"a page":                  {"<!DOCTYPE html><html lang=\"en\"><title>Checking", `"<!DOCTYPE html><html lang=\"en\"><title>Checking"`},
		"a notice before JSON":    {"\n<br />\n<b>Notice</b>: Undefined index in {\"update\"", `"<br />\n<b>Notice</b>: Undefined index in {\"update\""`},
		"a byte order mark":       {"\ufeffService down", `"Service down"`},
		"control characters":      {"a\x00b\x1b[31m", `"a\x00b\x1b[31m"`},
		"right-to-left override":  {"a\u202eb", `"a\u202eb"`},
		"not UTF-8":               {"caf\xe9 closed", `"caf\xe9 closed"`},
		"a token by its name":     {`{"access_token":"abc","expires":1}`, `"{\"access_token\":…,\"expires\":1}"`},
		"a password in a text":    {"login password=hunter2&x", `"login password=…&x"`},
		"a token by its look":     {"Bearer eyJhbGciOiJIUzI1NiJ9.e30 end", `"Bearer … end"`},
		"a short word with digit": {"HTTP/1.1 502 Bad Gateway", `"HTTP/1.1 502 Bad Gateway"`},
		"a long one":              {strings.Repeat("word ", 40), `"` + strings.Repeat("word ", 16) + `"…`},
		"cut in a letter":         {strings.Repeat("é", 60), `"` + strings.Repeat("é", 40) + `"…`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, test.want, Beginning([]byte(test.body)))
		})
	}
}

// A token that the cut would leave short is not shown in part.
func TestBeginningCutsNoTokenShort(t *testing.T) {
	t.Parallel()
	body := strings.Repeat("x ", 38) + "s3cr3t-s3cr3t-s3cr3t-s3cr3t"
	require.NotContains(t, Beginning([]byte(body)), "s3c")
}

func TestByteOrderMarkIsSkipped(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte("\ufeff{}"))
	}))
	t.Cleanup(server.Close)
	response, err := NewClient(Limits{}).Do(t.Context(), http.MethodGet, server.URL, http.Header{}, nil)
	require.NoError(t, err)
	require.Equal(t, "{}", string(response.Body))
}

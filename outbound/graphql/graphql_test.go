package graphql_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/outbound/graphql"
)

func TestBodyIsTheSameEveryTime(t *testing.T) {
	t.Parallel()
	variables := struct {
		Z int            `json:"z"`
		A map[string]int `json:"a"`
	}{1, map[string]int{"y": 2, "x": 3}}
	for range 10 {
		body, err := graphql.Body("query($z: Int) { a(z: $z) }", variables)
		require.NoError(t, err)
		require.Equal(t, `{"query":"query($z: Int) { a(z: $z) }","variables":{"z":1,"a":{"x":3,"y":2}}}`, string(body))
	}
	body, err := graphql.Body("{ a }", nil)
	require.NoError(t, err)
	require.Equal(t, `{"query":"{ a }"}`, string(body))
}

func TestWhatIsNoResponseIsNotBelieved(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"nothing": "", "a page": "<html>canary</html>", "a list": "[]", "cut": `{"data":{"a":`, "no data, no errors": `{"data":null}`,
		"an empty object": "{}", "more follows": `{"data":{"a":1}} {"canary":1}`, "a text": `"canary"`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := graphql.Read([]byte(body))
			require.Error(t, err)
			require.NotContains(t, err.Error(), "canary")
		})
	}
}

func TestDataAndErrorsTogether(t *testing.T) {
	t.Parallel()
	response, err := graphql.Read([]byte(`{"data":{"a":{"b":5}},"errors":[{"message":"slow down","path":["a",3,"b"],"extensions":{"code":"throttled"}}],` +
		`"extensions":{"cost":{}}}`))
	require.NoError(t, err)
	var data struct{ A struct{ B int } }
	require.NoError(t, response.Into(&data))
	require.Equal(t, 5, data.A.B)
	failure, ok := response.Has("OTHER", "THROTTLED")
	require.True(t, ok)
	require.Equal(t, "a.3.b", failure.At())
	require.Equal(t, "slow down", failure.Message)
	_, ok = response.Has("OTHER")
	require.False(t, ok)
	require.Error(t, response.Into(&struct{ A int }{}), "another form")
}

func TestErrorsWithoutData(t *testing.T) {
	t.Parallel()
	response, err := graphql.Read([]byte(`{"errors":[{"message":"no"}],"data":null}`))
	require.NoError(t, err)
	require.Error(t, response.Into(&struct{}{}))
	require.Len(t, response.Errors, 1)
}

package jsonapi

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/settings"
	"github.com/tidemark/tidemark/warehouses"
	"github.com/tidemark/tidemark/warehouses/warehousetest"
)

// TestSuggestions: of an API the members of its items are told in place of columns, and it is asked once.
func TestSuggestions(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		body   string
		fields string
		want   string
		decide bool
	}{
		"other names": {
			`[{"item":{"code":"A"},"qty":5},{"item":{"code":"B"},"qty":6}]`, "item= (object); item.code= A|B; qty= 5|6", `{"available":"qty","sku":"item.code"}`, false,
		},
		"two names":  {`[{"sku":"A","qty":5,"stock":6}]`, "sku=sku A; qty= 5; stock= 6", `{"available":"qty"}`, true},
		"text":       {`[{"sku":"A","available":"5"}]`, "sku=sku A; available=available 5", "true", false},
		"thousands":  {`[{"sku":"A","available":"5"},{"sku":"B","available":"1,250"}]`, "sku=sku A|B; available=available 5|1,250", "true", false},
		"a fraction": {`[{"sku":"A","available":5.5}]`, "sku=sku A; available=available 5.5", "", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			calls := 0
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				calls++
				_, _ = w.Write([]byte(`{"items":` + test.body + `}`))
			}))
			defer server.Close()
			advice, _ := warehouses.Advisor{
				Driver: Driver(), ID: "lyon", Limits: warehouses.Limits{Rows: 100}, Now: time.Now, Environment: warehousetest.Environment(),
			}.Advise(t.Context(), settings.Values{"endpoint": server.URL})
			require.Equal(t, 1, calls)
			require.Nil(t, advice.Then)
			fields := ""
			for i, field := range advice.Report.Fields {
				if i > 0 {
					fields += "; "
				}
				fields += field.Name + "=" + field.As + " "
				for j, example := range field.Examples {
					if j > 0 {
						fields += "|"
					}
					fields += example
				}
			}
			require.Equal(t, test.fields, fields)
			if test.want == "" {
				require.Empty(t, advice.Suggestions)
				return
			}
			require.Len(t, advice.Suggestions, 1)
			require.Equal(t, test.decide, advice.Suggestions[0].Decide)
			require.Equal(t, `{"":`+test.want+`}`, settings.Values{"": advice.Suggestions[0].Ways[0].Settings[0].Value}.Canonical())
		})
	}
}

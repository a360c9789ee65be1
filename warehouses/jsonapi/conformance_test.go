package jsonapi_test

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/tidemark/tidemark/warehouses/jsonapi"
	"github.com/tidemark/tidemark/warehouses/jsonapi/jsonapitest"
	"github.com/tidemark/tidemark/warehouses/warehousetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// forms are the APIs on which the driver is proved. Each tells its end in another way.
var forms = map[string]jsonapitest.Form{
	"pages, a total":                {Paging: "page", Evidence: []string{"total"}},
	"pages, more or not, and since": {Paging: "page", Evidence: []string{"more", "total"}, Zero: true, Since: true},
	"offsets":                       {Paging: "offset", Evidence: []string{"total"}, MostItems: 500},
	"a cursor":                      {Paging: "cursor", Evidence: []string{"total"}, OmitsNext: true, Since: true},
	"an address":                    {Paging: "next", Evidence: []string{"total"}, PathNext: true, TextFigures: true},
}

func TestConformance(t *testing.T) {
	for name, form := range forms {
		t.Run(name, func(t *testing.T) { warehousetest.Run(t, subject(form)) })
	}
}

func BenchmarkMillionRows(b *testing.B) {
	warehousetest.Benchmark(b, subject(forms["a cursor"]), 1_000_000)
}

func subject(form jsonapitest.Form) warehousetest.Subject {
	unreadable := warehousetest.UnreadableJSON("free")
	unreadable["text that is no number"], unreadable["NaN"] = `"many"`, `"NaN"`
	if form.TextFigures {
		delete(unreadable, "text")
	}
	return warehousetest.Subject{
		Driver: jsonapi.Driver(),
		Start: func(t testing.TB, stock []warehousetest.Item) warehousetest.Warehouse {
			return jsonapitest.Start(t, form, stock)
		},
		Unreadable: unreadable,
		Excused: map[warehousetest.Fault]string{warehousetest.Undated: "where as_of is set, an answer without it is refused; TestAsOfOfAHeader shows an API " +
			"that states none"},
	}
}

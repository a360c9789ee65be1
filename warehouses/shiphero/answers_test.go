package shiphero_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/warehouses"
	"github.com/tidemark/tidemark/warehouses/shiphero/shipherotest"
	"github.com/tidemark/tidemark/warehouses/warehousetest"
)

// TestAnswersThatAreNotBelieved: 25 products in three pages, one of which is not what it should be.
func TestAnswersThatAreNotBelieved(t *testing.T) {
	t.Parallel()
	replace := func(page int, from, to string) func(string, int, *warehousetest.Answer) {
		return func(kind string, number int, response *warehousetest.Answer) {
			if kind == shipherotest.Levels && (page == 0 || number == page) {
				response.Body = strings.ReplaceAll(response.Body, from, to)
			}
		}
	}
	status := func(status int, body string) func(string, int, *warehousetest.Answer) {
		return func(kind string, _ int, response *warehousetest.Answer) {
			if kind == shipherotest.Levels {
				response.Status, response.Body = status, body
			}
		}
	}
	for name, test := range map[string]struct {
		spoil func(string, int, *warehousetest.Answer)
		next  warehouses.Next
		says  string
	}{
		"no edges": {replace(1, `"edges"`, `"nodes"`), warehouses.Retry, `page 1: "edges" is missing`},
		"edges are null": {
			status(200, `{"data":{"warehouse_products":{"data":{"pageInfo":{"hasNextPage":false,"endCursor":null},"edges":null}}}}`),
			warehouses.Retry, "edges: expected a list, found null",
		},
		"edges twice":         {replace(1, `"edges":[`, `"Edges":[],"edges":[`), warehouses.Retry, "is given twice"},
		"no end":              {replace(2, `"hasNextPage"`, `"more"`), warehouses.Retry, `page 2: "hasNextPage" is missing`},
		"an end of text":      {replace(3, `"hasNextPage":false`, `"hasNextPage":"false"`), warehouses.Retry, "hasNextPage: expected true or false"},
		"more, and not where": {replace(1, `"endCursor":"YXJyYXljb25uZWN0aW9uOjk="`, `"endCursor":null`), warehouses.Retry, "endCursor does not say where"},
		"a longer loop": {replace(3, `"hasNextPage":false,"endCursor":"YXJyYXljb25uZWN0aW9uOjI0"`,
			`"hasNextPage":true,"endCursor":"YXJyYXljb25uZWN0aW9uOjk="`), warehouses.Retry, "page 3: its endCursor leads back"},
		"an empty page": {
			status(200, `{"data":{"warehouse_products":{"data":{"pageInfo":{"hasNextPage":true,"endCursor":"x"},"edges":[]}}}}`),
			warehouses.Retry, "page 1: it is empty, and not the last page",
		},
		"a page that comes again": {comesAgain(), warehouses.Retry, "page 3: it begins with a product, as a page before did"},
		"two documents":           {replace(1, `]}}}}`, `]}}}}{}`), warehouses.Retry, "something follows the JSON"},
		"HTML":                    {status(200, "<html>"), warehouses.Retry, "found an HTML page"},
		"neither data nor errors": {status(200, "{}"), warehouses.Retry, "neither data nor errors"},
		"data is null":            {status(200, `{"data":{"warehouse_products":null}}`), warehouses.Retry, "expected an object"},
		"a renamed figure":        {replace(0, `"available"`, `"availableNow"`), warehouses.AskPerson, `none of its 25 rows has "available"`},
		"a renamed SKU":           {replace(0, `"sku"`, `"name"`), warehouses.AskPerson, `none of its 25 rows has "sku"`},
		"may not": {
			status(200, `{"errors":[{"message":"`+warehousetest.Credential+`","code":7}],"data":null}`), warehouses.AskPerson,
			"scopes to view products and inventory",
		},
		"not found": {status(200, `{"errors":[{"message":"x","code":5}],"data":null}`), warehouses.AskPerson, "check warehouse_id"},
		"an unknown code": {
			status(200, `{"errors":[{"message":"`+warehousetest.Credential+`","code":99},{"code":1}],"data":null}`), warehouses.Retry,
			"2 errors, ShipHero's code 99",
		},
		"an error without a code": {status(200, `{"errors":[{"message":"x"}],"data":null}`), warehouses.Retry, "ShipHero's code 0"},
		"an error of text": {
			status(200, `{"errors":[{"message":"x","code":"`+warehousetest.Credential+`"}],"data":null}`), warehouses.Retry,
			"ShipHero's code 0",
		},
		"data beside an error": {replace(2, `{"data"`, `{"errors":[{"message":"x","code":1}],"data"`), warehouses.Retry, "inside an answer with status 200"},
		"a bad request":        {status(400, `{"errors":[]}`), warehouses.AskPerson, "status 400"},
		"gone":                 {status(404, ""), warehouses.AskPerson, "without /graphql"},
		"forbidden":            {status(403, ""), warehouses.AskPerson, "status 403"},
		"unavailable":          {status(503, ""), warehouses.Retry, "status 503"},
		"throttled by HTTP":    {status(429, ""), warehouses.Wait, "status 429"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := shipherotest.Start(t, warehousetest.Stock(25))
			fake.Spoil(test.spoil)
			snapshot, err := open(t, fake, warehousetest.NewClock(), with(pages, "page", 10)).Fetch(t.Context(), warehouses.Request{}, warehousetest.Discard)
			warehousetest.RequireError(t, err, test.next, test.says)
			require.Equal(t, warehouses.Snapshot{}, snapshot)
		})
	}
}

// comesAgain has the third page hold the products of the first one.
func comesAgain() func(string, int, *warehousetest.Answer) {
	first := ""
	return func(kind string, number int, response *warehousetest.Answer) {
		head, edges, _ := strings.Cut(response.Body, `"edges":`)
		switch {
		case kind != shipherotest.Levels:
		case number == 1:
			first = edges
		case number == 3:
			response.Body = head + `"edges":` + first
		}
	}
}

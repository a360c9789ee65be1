package jsonapi_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/warehouses"
	"github.com/tidemark/tidemark/warehouses/jsonapi/jsonapitest"
	"github.com/tidemark/tidemark/warehouses/warehousetest"
)

// spoiled is a response that is not what it should be, of 25 items in three pages.
type spoiled struct {
	form  jsonapitest.Form
	spoil func(int, *warehousetest.Answer)
	next  warehouses.Next
	says  string
}

// replace changes a page, or all of them when it is 0.
func replace(t *testing.T, page int, from, to string) func(int, *warehousetest.Answer) {
	t.Helper()
	return func(number int, response *warehousetest.Answer) {
		if page != 0 && number != page {
			return
		}
		changed := strings.ReplaceAll(response.Body, from, to)
		require.NotEqual(t, response.Body, changed)
		response.Body = changed
	}
}

func status(status int, body string) func(int, *warehousetest.Answer) {
	return func(_ int, response *warehousetest.Answer) { response.Status, response.Body = status, body }
}

// emptied takes the items out of the second page.
func emptied(number int, response *warehousetest.Answer) {
	if number != 2 {
		return
	}
	head, rest, _ := strings.Cut(response.Body, `"stock":[`)
	_, tail, _ := strings.Cut(rest, "]")
	response.Body = head + `"stock":[]` + tail
}

func TestAnswersThatAreNotBelieved(t *testing.T) {
	t.Parallel()
	cursor := jsonapitest.Form{Paging: "cursor", Evidence: []string{"total"}}
	uncounted := jsonapitest.Form{Paging: "cursor"}
	pages := jsonapitest.Form{Paging: "page", Evidence: []string{"more", "total"}}
	more := jsonapitest.Form{Paging: "page", Evidence: []string{"more"}}
	for name, test := range map[string]spoiled{
		"another time":          {cursor, replace(t, 3, "12:00:00Z\"", "12:00:01Z\""), warehouses.Retry, "page 3: its as_of differs"},
		"another total":         {cursor, replace(t, 2, `"total":25`, `"total":26`), warehouses.Retry, "page 2: its total differs"},
		"fewer items than told": {cursor, replace(t, 0, `"total":25`, `"total":26`), warehouses.Retry, "page 3: it is the last page, and there were 25 items of 26"},
		"more items than told":  {cursor, replace(t, 0, `"total":25`, `"total":15`), warehouses.Retry, "page 2: there are more items than the 15"},
		"a loop":                {uncounted, replace(t, 3, `"next":null`, `"next":"after 10"`), warehouses.Retry, "page 3: its next leads back"},
		"a page that repeats":   {uncounted, replace(t, 2, "after 20", "after 00"), warehouses.Retry, "page 3: it holds the same items as a page before"},
		"a page without items":  {uncounted, emptied, warehouses.Retry, "page 2: it is empty, and not the last page"},
		"more, without items":   {more, emptied, warehouses.Retry, "page 2: it is empty, and not the last page"},
		"no more too early": {
			pages, replace(t, 2, `"more":true`, `"more":false`), warehouses.Retry,
			"page 2: it is the last page, and there were 20 items of 25",
		},
		"more is text":        {more, replace(t, 1, `"more":true`, `"more":"true"`), warehouses.Retry, "more: expected true or false, found text"},
		"more is left out":    {more, replace(t, 1, `"more":true`, `"less":true`), warehouses.Retry, "nothing at the path meta.more, which is more"},
		"total is left out":   {cursor, replace(t, 1, `"total":25`, `"Total":25`), warehouses.Retry, "nothing at the path meta.total, which is total"},
		"total is a fraction": {cursor, replace(t, 1, `"total":25`, `"total":25.0`), warehouses.Retry, "total: expected a count, found a number"},
		"total twice":         {cursor, replace(t, 1, `"total":25`, `"total":25,"TOTAL":3`), warehouses.Retry, `"TOTAL" is given twice`},
		"as_of is null":       {cursor, replace(t, 1, `"as_of":"2026-03-01T12:00:00Z"`, `"as_of":null`), warehouses.Retry, "as_of: expected a time, found null"},
		"as_of is no time": {
			cursor, replace(t, 1, `"as_of":"2026-03-01T12:00:00Z"`, `"as_of":"now"`), warehouses.Retry,
			`as_of: "now" is not a time in the form of time_layout: rfc3339`,
		},
		"meta is a list":        {cursor, replace(t, 1, `"meta":{`, `"meta":[],"other":{`), warehouses.Retry, "meta: expected an object, found a list"},
		"no items":              {cursor, replace(t, 1, `"stock"`, `"levels"`), warehouses.Retry, "nothing at the path data.stock, which is items"},
		"items in another case": {cursor, replace(t, 1, `"stock"`, `"Stock"`), warehouses.Retry, "nothing at the path data.stock"},
		"items is an object": {
			cursor, status(http.StatusOK, `{"meta":{"as_of":"2026-03-01T12:00:00Z","total":1},"data":{"stock":{}},"links":{"next":null}}`),
			warehouses.Retry, "items: expected a list, found an object",
		},
		"next is left out": {
			uncounted, replace(t, 1, `"next"`, `"following"`), warehouses.AskPerson,
			"nothing at the path links.next, which is next; if the API leaves it out on the last page, set next_omitted",
		},
		"next is an object": {uncounted, replace(t, 3, `"next":null`, `"next":{}`), warehouses.Retry, "next: expected text, found an object"},
		"a renamed figure": {
			uncounted, replace(t, 0, `"free"`, `"available"`), warehouses.AskPerson,
			"none of its 25 items has anything at the path quantity.free, which is available",
		},
		"a renamed group": {
			uncounted, replace(t, 0, `"quantity"`, `"stock_level"`), warehouses.AskPerson,
			"none of its 25 items has anything at the path quantity.free, which is available",
		},
		"a renamed SKU":        {uncounted, replace(t, 0, `"code"`, `"sku"`), warehouses.AskPerson, "which is sku"},
		"a renamed facility":   {uncounted, replace(t, 0, `"site"`, `"warehouse"`), warehouses.AskPerson, "which is facility"},
		"two documents":        {cursor, func(_ int, a *warehousetest.Answer) { a.Body += a.Body }, warehouses.Retry, "goes on after its end"},
		"cut, and told so":     {cursor, func(_ int, a *warehousetest.Answer) { a.Cut = true }, warehouses.Retry, "did not answer"},
		"cut, and not told so": {cursor, func(_ int, a *warehousetest.Answer) { a.Body = a.Body[:len(a.Body)-1] }, warehouses.Retry, "breaks off"},
		"nothing":              {cursor, status(http.StatusOK, ""), warehouses.Retry, "found nothing"},
		"a list":               {cursor, status(http.StatusOK, "[]"), warehouses.Retry, "expected an object, found a list"},
		"no content":           {cursor, status(http.StatusNoContent, ""), warehouses.AskPerson, "status 204"},
		"forbidden":            {cursor, status(http.StatusForbidden, "{}"), warehouses.AskPerson, "permission to read stock"},
		"a bad request":        {cursor, status(http.StatusBadRequest, warehousetest.Credential), warehouses.AskPerson, "(status 400); check query, page"},
		"unavailable":          {cursor, status(http.StatusServiceUnavailable, "<html>"), warehouses.Retry, "status 503"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := jsonapitest.Start(t, test.form, warehousetest.Stock(25))
			fake.Spoil(test.spoil)
			snapshot, err := fake.OpenWith(t, map[string]any{"page": 10}).Fetch(t.Context(), warehouses.Request{}, warehousetest.Discard)
			warehousetest.RequireError(t, err, test.next, test.says)
			require.Equal(t, warehouses.Snapshot{}, snapshot)
		})
	}
}

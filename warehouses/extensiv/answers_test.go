package extensiv_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/warehouses"
	"github.com/tidemark/tidemark/warehouses/extensiv/extensivtest"
	"github.com/tidemark/tidemark/warehouses/warehousetest"
)

// TestAnswersThatAreNotBelieved: 25 rows in three pages, one of which is not what it should be.
func TestAnswersThatAreNotBelieved(t *testing.T) {
	t.Parallel()
	replace := func(page int, from, to string) func(int, *warehousetest.Answer) {
		return func(number int, response *warehousetest.Answer) {
			if page == 0 || number == page {
				response.Body = strings.ReplaceAll(response.Body, from, to)
			}
		}
	}
	status := func(status int, body string) func(int, *warehousetest.Answer) {
		return func(_ int, response *warehousetest.Answer) { response.Status, response.Body = status, body }
	}
	for name, test := range map[string]struct {
		spoil func(int, *warehousetest.Answer)
		next  warehouses.Next
		says  string
	}{
		"no summaries":            {replace(1, `"summaries"`, `"Summaries"`), warehouses.Retry, `page 1: "summaries" is missing`},
		"summaries are null":      {status(200, `{"totalResults":0,"summaries":null}`), warehouses.Retry, "summaries: expected a list, found null"},
		"no total":                {replace(2, `"totalResults"`, `"total"`), warehouses.Retry, `page 2: "totalResults" is missing`},
		"a total of text":         {replace(1, `"totalResults":25`, `"totalResults":"25"`), warehouses.Retry, "totalResults: expected a whole number"},
		"a total below 0":         {replace(1, `"totalResults":25`, `"totalResults":-1`), warehouses.Retry, "totalResults: expected a whole number"},
		"a total twice":           {replace(1, `"totalResults":25`, `"totalResults":25,"TotalResults":5`), warehouses.Retry, `"TotalResults" is given twice`},
		"more than was promised":  {replace(0, `"totalResults":25`, `"totalResults":15`), warehouses.Retry, "page 2: there are more rows than the 15"},
		"less than was promised":  {replace(0, `"totalResults":25`, `"totalResults":35`), warehouses.Retry, "page 4: it is empty, and there were 25 rows of 35"},
		"a page that comes again": {comesAgain(), warehouses.Retry, "page 3: it holds the same rows as a page before"},
		"two documents":           {func(_ int, a *warehousetest.Answer) { a.Body += a.Body }, warehouses.Retry, "goes on after its end"},
		"cut, and told so":        {func(_ int, a *warehousetest.Answer) { a.Cut = true }, warehouses.Retry, "did not answer"},
		"cut, and not told so":    {func(_ int, a *warehousetest.Answer) { a.Body = a.Body[:len(a.Body)-1] }, warehouses.Retry, "breaks off"},
		"nothing":                 {status(http.StatusOK, ""), warehouses.Retry, "found nothing"},
		"a renamed figure":        {replace(0, `"available"`, `"availableQty"`), warehouses.AskPerson, `none of its 25 rows has "available"`},
		"a renamed item":          {replace(0, `"itemIdentifier"`, `"item"`), warehouses.AskPerson, `none of its 25 rows has "itemIdentifier"`},
		"a foreign facility":      {replace(0, `"facilityId":2`, `"facilityId":3`), warehouses.AskPerson, "not among facilities"},
		"no content":              {status(http.StatusNoContent, ""), warehouses.AskPerson, "status 204"},
		"forbidden":               {status(http.StatusForbidden, "{}"), warehouses.AskPerson, "permission to read stock"},
		"a bad request": {
			status(http.StatusBadRequest, `{"ErrorCode":"Required","Hint":"`+warehousetest.Credential+`"}`), warehouses.AskPerson,
			"status 400, Required",
		},
		"a strange bad request": {
			status(http.StatusBadRequest, `{"ErrorCode":"`+warehousetest.Credential+`"}`), warehouses.AskPerson,
			"(status 400); check the settings",
		},
		"unavailable": {status(http.StatusServiceUnavailable, "<html>"), warehouses.Retry, "status 503"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := extensivtest.Start(t, warehousetest.Stock(25))
			fake.Spoil(test.spoil)
			snapshot, err := open(t, fake, warehousetest.NewClock(),
				map[string]any{"page": 10, "facilities": map[string]any{"1": "east", "2": "west"}}).Fetch(t.Context(), warehouses.Request{}, warehousetest.Discard)
			warehousetest.RequireError(t, err, test.next, test.says)
			require.Equal(t, warehouses.Snapshot{}, snapshot)
		})
	}
}

// comesAgain has the third page hold the rows of the first one.
func comesAgain() func(int, *warehousetest.Answer) {
	var first string
	return func(number int, response *warehousetest.Answer) {
		switch number {
		case 1:
			first = response.Body
		case 3:
			response.Body = first
		}
	}
}

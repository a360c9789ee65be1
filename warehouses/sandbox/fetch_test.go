package sandbox_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/settings"
	"github.com/tidemark/tidemark/warehouses"
	"github.com/tidemark/tidemark/warehouses/sandbox"
	"github.com/tidemark/tidemark/warehouses/sandbox/sandboxtest"
	"github.com/tidemark/tidemark/warehouses/warehousetest"
)

func TestSnapshot(t *testing.T) {
	t.Parallel()
	fake := sandboxtest.Start(t, warehousetest.Stock(25))
	snapshot, err := fake.OpenWith(t, map[string]any{"page": 10}).Fetch(t.Context(), warehouses.Request{}, warehousetest.Discard)
	require.NoError(t, err)
	require.Equal(t, warehouses.Snapshot{
		Full: true, Rows: 25, AsOf: sandboxtest.Began, From: fake.Endpoint(),
		Cursor: `{"snapshot":"s1","as_of":"2026-03-01T12:00:00.123456Z"}`,
	}, snapshot)
	require.Equal(t, []string{
		"/warehouses/portland/levels?limit=10",
		"/warehouses/portland/levels?cursor=10%40s1&limit=10",
		"/warehouses/portland/levels?cursor=20%40s1&limit=10",
	}, fake.Calls())
}

// TestAKnownSnapshot: something between us and the warehouse that answers from memory brings nothing new.
func TestAKnownSnapshot(t *testing.T) {
	t.Parallel()
	fake := sandboxtest.Start(t, warehousetest.Stock(5))
	var first string
	fake.Spoil(func(_ int, response *warehousetest.Answer) {
		if first == "" {
			first = response.Body
		}
		response.Body = first
	})
	source := fake.Open(t)
	snapshot, err := source.Fetch(t.Context(), warehouses.Request{}, warehousetest.Discard)
	require.NoError(t, err)
	again, err := source.Fetch(t.Context(), warehouses.Request{Cursor: snapshot.Cursor, Everything: true}, func(context.Context, []inventory.Row) error {
		t.Error("rows of a known snapshot were passed on")
		return nil
	})
	require.NoError(t, err)
	require.True(t, again.Unchanged)
	require.Equal(t, snapshot.Cursor, again.Cursor)
}

func TestThrottledUntil(t *testing.T) {
	t.Parallel()
	fake := sandboxtest.Start(t, warehousetest.Stock(5))
	fake.Provoke(t, warehousetest.Throttles)
	before := time.Now()
	_, err := fake.Open(t).Fetch(t.Context(), warehouses.Request{}, warehousetest.Discard)
	failed := warehousetest.RequireError(t, err, warehouses.Wait, "throttles")
	require.WithinRange(t, failed.Until, before.Add(sandboxtest.RetryAfter), time.Now().Add(sandboxtest.RetryAfter))
}

func TestASnapshotThatIsForgotten(t *testing.T) {
	t.Parallel()
	fake := sandboxtest.Start(t, warehousetest.Stock(25))
	source := fake.OpenWith(t, map[string]any{"page": 10})
	forget := func(context.Context, []inventory.Row) error {
		fake.Forget()
		return nil
	}
	_, err := source.Fetch(t.Context(), warehouses.Request{}, forget)
	warehousetest.RequireError(t, err, warehouses.Retry, "status 410", "read again from its beginning")
	_, err = source.Fetch(t.Context(), warehouses.Request{}, warehousetest.Discard)
	require.NoError(t, err)
}

// TestAnswersThatAreNotBelieved: 25 rows in three pages, one of which is not what it should be.
func TestAnswersThatAreNotBelieved(t *testing.T) {
	t.Parallel()
	replace := func(page int, from, to string) func(int, *warehousetest.Answer) {
		return func(number int, response *warehousetest.Answer) {
			if number != page {
				return
			}
			changed := strings.Replace(response.Body, from, to, 1)
			require.NotEqual(t, response.Body, changed)
			response.Body = changed
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
		"another snapshot": {replace(2, `"s1"`, `"s2"`), warehouses.Retry, "page 2: it belongs to another snapshot"},
		"another time":     {replace(3, "12:00:00", "12:00:01"), warehouses.Retry, "page 3: it belongs to another snapshot"},
		"another total":    {replace(2, `"total":25`, `"total":26`), warehouses.Retry, "page 2: it belongs to another snapshot"},
		"fewer rows than told": {
			func(_ int, a *warehousetest.Answer) { a.Body = strings.Replace(a.Body, `"total":25`, `"total":26`, 1) }, warehouses.Retry,
			"page 3: it is the last page, and there were 25 rows of 26",
		},
		"more rows than told": {
			func(_ int, a *warehousetest.Answer) { a.Body = strings.Replace(a.Body, `"total":25`, `"total":15`, 1) }, warehouses.Retry,
			"page 2: there are more rows than the 15",
		},
		"a longer loop":         {replace(3, `"next":null`, `"next":"10@s1"`), warehouses.Retry, "page 3: its cursor leads back"},
		"a page without rows":   {func(n int, a *warehousetest.Answer) { emptyPage(n, a) }, warehouses.Retry, "page 2: it is empty, and not the last page"},
		"no total":              {replace(1, `"total":25,`, ""), warehouses.Retry, `page 1: "total" is missing`},
		"no items":              {replace(1, `"items"`, `"rows"`), warehouses.Retry, `"items" is missing`},
		"items in another case": {replace(1, `"items"`, `"Items"`), warehouses.Retry, `"items" is missing`},
		"two documents":         {func(_ int, a *warehousetest.Answer) { a.Body += a.Body }, warehouses.Retry, "goes on after its end"},
		"cut, and told so":      {func(_ int, a *warehousetest.Answer) { a.Cut = true }, warehouses.Retry, "did not answer"},
		"cut, and not told so":  {func(_ int, a *warehousetest.Answer) { a.Body = a.Body[:len(a.Body)-1] }, warehouses.Retry, "breaks off"},
		"nothing":               {status(http.StatusOK, ""), warehouses.Retry, "found nothing"},
		"no content":            {status(http.StatusNoContent, ""), warehouses.AskPerson, "status 204"},
		"a list":                {status(http.StatusOK, "[]"), warehouses.Retry, "expected an object"},
		"forbidden":             {status(http.StatusForbidden, "{}"), warehouses.AskPerson, "permission to read stock"},
		"a bad request": {
			status(http.StatusBadRequest, `{"error":{"code":"invalid_limit","message":"`+warehousetest.Credential+`"}}`), warehouses.AskPerson,
			"(status 400, invalid_limit)",
		},
		"an odd code":      {status(http.StatusBadRequest, `{"error":{"code":"`+warehousetest.Credential+`"}}`), warehouses.AskPerson, "(status 400)"},
		"unavailable":      {status(http.StatusServiceUnavailable, "<html>"), warehouses.Retry, "status 503"},
		"too much at once": {status(http.StatusOK, strings.Repeat(" ", 17<<20)), warehouses.AskPerson, "ask for smaller pages"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := sandboxtest.Start(t, warehousetest.Stock(25))
			fake.Spoil(test.spoil)
			snapshot, err := fake.OpenWith(t, map[string]any{"page": 10}).Fetch(t.Context(), warehouses.Request{}, warehousetest.Discard)
			warehousetest.RequireError(t, err, test.next, test.says)
			require.Equal(t, warehouses.Snapshot{}, snapshot)
		})
	}
}

// emptyPage takes the items out of the second page.
func emptyPage(number int, response *warehousetest.Answer) {
	if number != 2 {
		return
	}
	head, rest, _ := strings.Cut(response.Body, `"items":[`)
	_, tail, _ := strings.Cut(rest, "]")
	response.Body = head + `"items":[]` + tail
}

func TestPagesWithoutEnd(t *testing.T) {
	t.Parallel()
	fake := sandboxtest.Start(t, warehousetest.Stock(25))
	_, err := fake.OpenWith(t, map[string]any{"page": 10, "max_pages": 2}).Fetch(t.Context(), warehouses.Request{}, warehousetest.Discard)
	warehousetest.RequireError(t, err, warehouses.AskPerson, "more than 2 pages, which is max_pages")
	_, err = fake.OpenWith(t, map[string]any{"page": 10, "max_pages": 3}).Fetch(t.Context(), warehouses.Request{}, warehousetest.Discard)
	require.NoError(t, err)
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	t.Parallel()
	fake := sandboxtest.Start(t, warehousetest.Stock(5))
	fake.Provoke(t, warehousetest.Redirects)
	_, err := fake.Open(t).Fetch(t.Context(), warehouses.Request{}, warehousetest.Discard)
	warehousetest.RequireError(t, err, warehouses.AskPerson, "redirect")
	require.Len(t, fake.Calls(), 1)
}

func TestAWarehouseThatIsNotThere(t *testing.T) {
	t.Parallel()
	fake := sandboxtest.Start(t, nil)
	_, err := fake.OpenWith(t, map[string]any{"endpoint": fake.Endpoint() + "x"}).Fetch(t.Context(), warehouses.Request{}, warehousetest.Discard)
	warehousetest.RequireError(t, err, warehouses.AskPerson, "status 404", "correct the endpoint")
	_, err = fake.OpenWith(t, map[string]any{"endpoint": "http://127.0.0.1:1/warehouses/x"}).Check(t.Context())
	warehousetest.RequireError(t, err, warehouses.Retry, "127.0.0.1:1")
}

func TestSettingsThatCannotBe(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		raw  settings.Values
		says string
	}{
		{settings.Values{"token": "env:TOKEN"}, `needs the setting "endpoint"`},
		{settings.Values{"endpoint": "http://x", "token": warehousetest.Credential}, "by reference"},
		{settings.Values{"endpoint": "http://x", "token": "env:TOKEN"}, "TOKEN is not set"},
		{settings.Values{"endpoint": "http://x", "token": "env:TOKEN", "page": 5001}, "outside 1 to 5000"},
	} {
		_, err := sandbox.Driver().Open("portland", test.raw, settings.Environment{Variable: func(string) (string, bool) { return "", false }})
		require.ErrorContains(t, err, test.says)
		require.NotContains(t, err.Error(), warehousetest.Credential)
	}
}

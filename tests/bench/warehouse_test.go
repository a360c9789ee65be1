package bench

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"
	"time"

	"github.com/tidemark/tidemark/settings"
)

// depot is a warehouse with an API: n levels of one facility, of which every hundredth may move.
type depot struct {
	*httptest.Server
	n     int
	moved int64 // is added to the figure of every hundredth level
	asked int   // fetches so far: each gets a snapshot of its own
}

func newDepot(t testing.TB, n int) *depot {
	t.Helper()
	d := &depot{n: n}
	d.Server = httptest.NewServer(http.HandlerFunc(d.answer))
	t.Cleanup(d.Close)
	return d
}

func (d *depot) settings() settings.Values {
	return settings.Values{"endpoint": d.URL, "token": "env:TOKEN", "private_addresses": "allow"}
}

// environment is that of the depot's driver.
func environment() settings.Environment {
	return settings.Environment{Variable: func(string) (string, bool) { return "token", true }}
}

func sku(i int) string { return fmt.Sprintf("SKU-%07d", i) }

func (d *depot) figure(i int) int64 {
	if i%100 == 0 {
		return int64(10+i%50) + d.moved
	}
	return int64(10 + i%50)
}

// answer is a page of a snapshot.
func (d *depot) answer(w http.ResponseWriter, request *http.Request) {
	limit, _ := strconv.Atoi(request.FormValue("limit"))
	begin, _ := strconv.Atoi(request.FormValue("cursor"))
	if begin == 0 {
		d.asked++
	}
	end := min(begin+limit, d.n)
	asOf := time.Date(2026, 11, 23, 8, 0, d.asked, 0, time.UTC).Format(time.RFC3339)
	body := make([]byte, 0, 80*limit)
	body = fmt.Appendf(body, `{"snapshot":"s%d","as_of":%q,"total":%d,`, d.asked, asOf, d.n)
	if end < d.n {
		body = fmt.Appendf(body, `"next":"%d",`, end)
	}
	body = append(body, `"items":[`...)
	for i := begin; i < end; i++ {
		if i > begin {
			body = append(body, ',')
		}
		body = fmt.Appendf(body, `{"sku":%q,"facility":"east","available":%d,"on_hand":%d}`, sku(i), d.figure(i), d.figure(i)+1)
	}
	_, _ = w.Write(append(body, "]}"...))
}

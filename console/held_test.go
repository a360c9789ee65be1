package console

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

// A run that was approved and found more says so on its card, in the zone of its connection.
func TestAHeldRunThatAsksAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t).signIn()
	_, body := w.get("/held")
	require.NotContains(t, body, "Asked again")
	require.Contains(t, body, "03:00 PST, 1 h ago")
	w.fake.again = true
	_, body = w.get("/held")
	require.Contains(t, body, "Asked again: mia approved 308 rows at 02:00 PST; now it is 310 (2 more).")
}

// What a person rejected to take to 0 can be seen and pushed after all: the rejections are taken back, and a run is asked for.
func TestFiguresThatStayTooHigh(t *testing.T) {
	t.Parallel()
	w := newWorld(t).signIn()
	_, body := w.get("/c/acme-shop")
	require.NotContains(t, body, "after all")
	require.Contains(t, body, "4,160 calls to the store today (UTC), 17 throttled")
	status, body := w.post("/c/acme-shop/lift", nil)
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, body, "no figure of acme-shop stays above what it should be any more")

	w.fake.kept = []int64{9, 6}
	_, body = w.get("/c/acme-shop")
	require.Contains(t, body, "191 figures stay above 0: rejected at 03:00 ", "in the zone of the page, and not in UTC")
	require.Contains(t, body, `href="/c/acme-shop/levels?status=too_high"`)
	require.Contains(t, body, "Push them after all")
	w.fake.done = nil
	_, body = w.post("/c/acme-shop/lift", nil)
	require.Equal(t, []string{"lift acme-shop by ann"}, w.fake.did())
	require.Contains(t, body, "The rejection is taken back. Smart Sync started as run 5.")
}

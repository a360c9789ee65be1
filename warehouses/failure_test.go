package warehouses_test

import (
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/outbound"
	"github.com/tidemark/tidemark/warehouses"
)

func TestFailure(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	broken := errors.New("the connection broke")
	for name, test := range map[string]struct {
		status int
		after  string // Retry-After
		failed error
		want   bool
		next   warehouses.Next
		until  time.Time
		says   string
	}{
		"fine":                   {status: 200},
		"a matter of the driver": {status: 410},
		"redirect":               {status: 307, want: true, next: warehouses.AskPerson, says: "redirect (status 307)"},
		"unauthorised":           {status: 401, want: true, next: warehouses.AskPerson, says: "renew it"},
		"forbidden":              {status: 403, want: true, next: warehouses.AskPerson, says: "permission"},
		"throttled, seconds":     {status: 429, after: "90", want: true, next: warehouses.Wait, until: now.Add(90 * time.Second), says: "throttles"},
		"throttled, a date": {
			status: 429, after: now.Add(time.Minute).Format(http.TimeFormat), want: true, next: warehouses.Wait, until: now.Add(time.Minute),
			says: "throttles",
		},
		"throttled, nothing": {status: 429, want: true, next: warehouses.Wait, until: now.Add(10 * time.Second), says: "throttles"},
		"request timeout":    {status: 408, want: true, next: warehouses.Retry, says: "status 408"},
		"server error":       {status: 502, want: true, next: warehouses.Retry, says: "status 502"},
		"refused, body cut":  {status: 401, failed: broken, want: true, next: warehouses.AskPerson, says: "renew it"},
		"an answer cut":      {status: 200, failed: broken, want: true, next: warehouses.Retry, says: "did not answer: the connection broke"},
		"not sent":           {failed: fmt.Errorf("%w: no connection", outbound.ErrNotSent), want: true, next: warehouses.Retry, says: "no connection"},
		"not trusted":        {failed: fmt.Errorf("%w: expired", outbound.ErrUntrusted), want: true, next: warehouses.AskPerson, says: "certificate"},
		"too large":          {status: 200, failed: outbound.ErrTooLarge, want: true, next: warehouses.AskPerson, says: "smaller pages"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			response := outbound.Response{Status: test.status, Header: http.Header{"Retry-After": {test.after}}}
			err := warehouses.Failure("portland", response, test.failed, now)
			if !test.want {
				require.NoError(t, err)
				return
			}
			var failed *warehouses.Error
			require.ErrorAs(t, err, &failed)
			require.Equal(t, test.next, failed.Next)
			require.Equal(t, test.until, failed.Until)
			require.ErrorContains(t, err, "warehouse portland")
			require.ErrorContains(t, err, test.says)
		})
	}
}

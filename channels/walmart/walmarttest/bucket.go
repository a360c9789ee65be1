package walmarttest

import (
	"fmt"
	"math"
	"net/http"
	"time"

	"github.com/tidemark/tidemark/channels/channeltest"
)

// published are the rates of the operations, each its own bucket that is filled gradually (reference: inventory feeds 10 an hour, PUT and
// GET some 200 a minute).
func published(feedsPerHour int, now time.Time) map[string]*channeltest.Bucket {
	meters := map[string]*channeltest.Bucket{"feed": channeltest.NewBucket(float64(feedsPerHour)/3600, float64(feedsPerHour), now)}
	for _, operation := range []string{"put", "poll", "read"} {
		meters[operation] = channeltest.NewBucket(200.0/60, 200, now)
	}
	return meters
}

// admit counts a call, tells what is left, and answers it with 429 where the account throttles.
func (s *Store) admit(w http.ResponseWriter, operation string) bool {
	meter, now := s.meters[operation], s.Now()
	within := meter.Take(1, now)
	s.tell(w, meter, now)
	if s.Admit(within, s.options.Throttle) {
		return true
	}
	refuse(w, http.StatusTooManyRequests, "REQUEST_THRESHOLD_VIOLATED.GMP_GATEWAY_API", "", "Request Threshold Violated")
	return false
}

// tell writes what is left and when there is more, as the options say. A whole number of calls is told.
func (s *Store) tell(w http.ResponseWriter, meter *channeltest.Bucket, now time.Time) {
	left := math.Floor(meter.Available)
	more := now.Add(time.Duration(math.Ceil((left + 1 - meter.Available) / meter.PerSecond * float64(time.Second))))
	count, name, text := "x-current-token-count", "X-Next-Replenishment-Time", fmt.Sprint(more.UnixMilli()+1)
	switch s.options.Replenishment {
	case Seconds:
		name, text = "x-next-replenish-time", fmt.Sprint(more.Unix()+1)
	case Date:
		count, name, text = "X-CURRENT-TOKEN-COUNT", "X-NEXT-REPLENISHMENT-TIME", more.Add(time.Millisecond).UTC().Format("2006-01-02T15:04:05.000Z")
	}
	w.Header()[count], w.Header()[name] = []string{fmt.Sprint(left)}, []string{text}
}

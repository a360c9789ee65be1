package amazontest

import (
	"net/http"
	"time"
)

// bucket is a published rate of an operation.
type bucket struct {
	rate, burst float64
	tokens      float64
	at          time.Time
}

// published are the rates of the operations (listingsItems_2021-08-01.json, feeds_2021-06-30.json).
func published(now time.Time) map[string]*bucket {
	meters := map[string]*bucket{
		"patchListingsItem": {rate: 5, burst: 5}, "getListingsItem": {rate: 5, burst: 10}, "searchListingsItems": {rate: 5, burst: 5},
		"createFeedDocument": {rate: 0.5, burst: 15}, "createFeed": {rate: 0.0083, burst: 15}, "getFeed": {rate: 2, burst: 15},
		"getFeeds": {rate: 0.0222, burst: 10}, "getFeedDocument": {rate: 0.0222, burst: 10},
	}
	for _, meter := range meters {
		meter.tokens, meter.at = meter.burst, now
	}
	return meters
}

// Of this kind of feed, five are taken in five minutes (sp-api/changelog, 2025-05-06).
const (
	feedsAtOnce = 5
	feedsWindow = 5 * time.Minute
)

// admit counts a call, and answers it with 429 where the account throttles.
func (s *Store) admit(w http.ResponseWriter, operation string) bool {
	now := s.options.Now()
	within := s.meters[operation].take(now)
	if operation == "createFeed" {
		for len(s.recent) > 0 && now.Sub(s.recent[0]) >= feedsWindow {
			s.recent = s.recent[1:]
		}
		if len(s.recent) >= feedsAtOnce {
			within = false
		}
		if within || !s.options.Throttle {
			s.recent = append(s.recent, now)
		}
	}
	if within {
		return true
	}
	s.overruns++
	if !s.options.Throttle {
		return true
	}
	s.throttled++
	refuse(w, http.StatusTooManyRequests, "QuotaExceeded", "You exceeded your quota for the requested resource.", "")
	return false
}

func (b *bucket) take(now time.Time) bool {
	if now.After(b.at) {
		b.tokens, b.at = min(b.burst, b.tokens+now.Sub(b.at).Seconds()*b.rate), now
	}
	if b.tokens < 1 {
		return false
	}
	b.tokens--
	return true
}

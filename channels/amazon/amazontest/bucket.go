package amazontest

import (
	"net/http"
	"time"

	"github.com/tidemark/tidemark/channels/channeltest"
)

// published are the rates of the operations (listingsItems_2021-08-01.json, feeds_2021-06-30.json).
func published(now time.Time) map[string]*channeltest.Bucket {
	return map[string]*channeltest.Bucket{
		"patchListingsItem":   channeltest.NewBucket(5, 5, now),
		"getListingsItem":     channeltest.NewBucket(5, 10, now),
		"searchListingsItems": channeltest.NewBucket(5, 5, now),
		"createFeedDocument":  channeltest.NewBucket(0.5, 15, now),
		"createFeed":          channeltest.NewBucket(0.0083, 15, now),
		"getFeed":             channeltest.NewBucket(2, 15, now),
		"getFeeds":            channeltest.NewBucket(0.0222, 10, now),
		"getFeedDocument":     channeltest.NewBucket(0.0222, 10, now),
	}
}

// Of this kind of feed, five are taken in five minutes (sp-api/changelog, 2025-05-06).
const (
	feedsAtOnce = 5
	feedsWindow = 5 * time.Minute
)

// admit counts a call, and answers it with 429 where the account throttles.
func (s *Store) admit(w http.ResponseWriter, operation string) bool {
	now := s.Now()
	within := s.meters[operation].Take(1, now)
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
	if s.Admit(within, s.options.Throttle) {
		return true
	}
	refuse(w, http.StatusTooManyRequests, "QuotaExceeded", "You exceeded your quota for the requested resource.", "")
	return false
}

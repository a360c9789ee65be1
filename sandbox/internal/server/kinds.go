package server

import (
	"crypto/sha256"
	"net/http"
	"time"

	"github.com/tidemark/tidemark/sandbox/internal/shop"
)

// atomic sets all items of a call or none, once for each key.
func (s *store) atomic(c *call, items []shop.Item) answer {
	given, seen, applied := s.shop.SetOnce(c.outcome.Key, sha256.Sum256(c.body), c.forShop(), items, true, func(outcomes []shop.Outcome) shop.Answer {
		return kept(s.together(outcomes))
	})
	c.outcome.Applied = applied
	return s.once(given, seen)
}

// together is the answer of a store that applies all or nothing.
func (s *store) together(outcomes []shop.Outcome) answer {
	type offence struct {
		Index int `json:"index"`
		failure
	}
	var offences []offence
	for i, outcome := range outcomes {
		if p := outcome.Problem; p != nil {
			offences = append(offences, offence{i, failure{p.Code, p.Message, p.Actual}})
		}
	}
	switch {
	case len(offences) == 0:
		return reply(http.StatusOK, map[string]bool{"applied": true})
	case s.setup.Unnamed:
		return refuse(http.StatusUnprocessableEntity, "invalid_batch", "an item of the call is not valid; nothing was applied")
	}
	return reply(http.StatusOK, map[string]any{"applied": false, "errors": offences})
}

func kept(a answer) shop.Answer { return shop.Answer{Status: a.status, Body: a.body} }

// once is the answer to a call with a key, if it has one.
func (s *store) once(given shop.Answer, seen shop.Seen) answer {
	if seen == shop.Reused {
		return refuse(http.StatusConflict, "key_reused", "the Idempotency-Key was used before with other bytes; take a new key")
	}
	return answer{status: given.Status, body: given.Body}
}

// result is the verdict on one item.
type result struct {
	SKU      string `json:"sku"`
	Location string `json:"location"`
	Status   string `json:"status"`
	Code     string `json:"code,omitempty"`
	Message  string `json:"message,omitempty"`
	Quantity *int64 `json:"quantity,omitempty"`
}

// results lists a verdict for each item, in another order than the items have.
func (s *store) results(c *call, items []shop.Item, outcomes []shop.Outcome) answer {
	all := make([]result, len(items))
	turn := 0
	if len(items) > 1 {
		turn = 1 + s.draws.Below(c.n, "order", len(items)-1)
	}
	for i, item := range items {
		entry := result{SKU: item.SKU, Location: item.Location, Status: "ok", Quantity: outcomes[i].Shown}
		if p := outcomes[i].Problem; p != nil {
			entry.Status, entry.Code, entry.Message = "error", p.Code, p.Message
		}
		all[(i+turn)%len(items)] = entry
	}
	return reply(http.StatusOK, map[string]any{"results": all})
}

// perItem sets each item of a call by itself.
func (s *store) perItem(c *call, items []shop.Item) answer {
	outcomes, applied := s.shop.Set(c.forShop(), items, false)
	c.outcome.Applied = applied
	return s.results(c, items, outcomes)
}

// single sets one item.
func (s *store) single(c *call, items []shop.Item) answer {
	outcomes, applied := s.shop.Set(c.forShop(), items, true)
	c.outcome.Applied = applied
	p := outcomes[0].Problem
	if p == nil {
		return reply(http.StatusOK, map[string]int64{"quantity": *outcomes[0].Shown})
	}
	status := http.StatusUnprocessableEntity
	switch p.Code {
	case shop.CodeUnknown, shop.CodeNowhere:
		status = http.StatusNotFound
	case shop.CodeStale:
		status = http.StatusConflict
	}
	return refuseWith(status, failure{p.Code, p.Message, p.Actual})
}

// submit takes a feed, once for each key.
func (s *store) submit(c *call, items []shop.Item) answer {
	given, seen := s.feeds.SubmitOnce(c.outcome.Key, sha256.Sum256(c.body), c.forShop(), items, func(id string) shop.Answer {
		return kept(reply(http.StatusAccepted, map[string]any{"feed": id, "poll_after_ms": milliseconds(s.setup.FeedDelay.Duration())}))
	})
	return s.once(given, seen)
}

// milliseconds are rounded up, so that who waits so long finds that it is over.
func milliseconds(span time.Duration) int64 {
	return int64((span + time.Millisecond - 1) / time.Millisecond)
}

func (s *store) progress(id string) answer {
	progress, exists := s.feeds.Progress(id)
	if !exists {
		return unknownFeed(id)
	}
	return reply(http.StatusOK, map[string]any{"feed": id, "state": progress.State, "poll_after_ms": milliseconds(progress.Left)})
}

func unknownFeed(id string) answer {
	return refuse(http.StatusNotFound, "unknown_feed", "there is no feed %q, or it is forgotten", id)
}

func (s *store) report(c *call, id string) answer {
	progress, exists := s.feeds.Progress(id)
	switch {
	case !exists:
		return unknownFeed(id)
	case progress.State != shop.Done:
		return refuse(http.StatusConflict, "no_report", "the feed %q is %s; there is a report when it is done", id, progress.State)
	}
	return s.results(c, progress.Items, progress.Outcomes)
}

package bigcommercetest

import (
	"cmp"
	"math"
	"net/http"
	"strconv"
	"time"
)

// window counts calls as BigCommerce does: a quota for a time, renewed when that is over (api-docs/getting-started/api-rate-limits).
type window struct {
	quota, left float64
	length      time.Duration
	gradual     bool
	at          time.Time // when it began, or when it was last renewed a bit
}

// The quota of Pro.
const (
	proQuota  = 450
	proWindow = 30 * time.Second
)

func newWindow(options Options, now time.Time) window {
	quota := float64(cmp.Or(options.Quota, proQuota))
	return window{quota: quota, left: quota, length: cmp.Or(options.Window, proWindow), gradual: options.Gradual, at: now}
}

// take counts a call and tells whether there was room for it.
func (w *window) take(now time.Time) bool {
	passed := now.Sub(w.at)
	switch {
	case w.gradual && passed > 0:
		w.left, w.at = min(w.quota, w.left+w.quota*passed.Seconds()/w.length.Seconds()), now
	case !w.gradual && passed >= w.length:
		w.left, w.at = w.quota, now
	}
	if w.left < 1 {
		return false
	}
	w.left--
	return true
}

// tell says how things stand, with every response.
func (w *window) tell(header http.Header, now time.Time) {
	reset := w.at.Add(w.length).Sub(now)
	if w.gradual {
		reset = time.Duration(math.Ceil(max(1-w.left, 0) / w.quota * float64(w.length)))
	}
	header.Set("X-Rate-Limit-Time-Window-Ms", strconv.FormatInt(w.length.Milliseconds(), 10))
	header.Set("X-Rate-Limit-Time-Reset-Ms", strconv.FormatInt((reset+time.Millisecond-1).Milliseconds(), 10))
	header.Set("X-Rate-Limit-Requests-Quota", strconv.FormatFloat(w.quota, 'f', 0, 64))
	header.Set("X-Rate-Limit-Requests-Left", strconv.FormatFloat(math.Floor(w.left), 'f', 0, 64))
}

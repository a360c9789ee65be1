package server

import (
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"log/slog"
	"math"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/tidemark/tidemark/sandbox/internal/bucket"
	"github.com/tidemark/tidemark/sandbox/internal/draw"
	"github.com/tidemark/tidemark/sandbox/internal/record"
	"github.com/tidemark/tidemark/sandbox/internal/scenario"
)

// maxBody is the largest body that is read.
const maxBody = 16 << 20

// maxKey is the longest Idempotency-Key.
const maxKey = 255

// statusLeft is recorded for a call whose caller did not wait for the answer.
const statusLeft = 499

var errClosing = errors.New("the sandbox is closing")

// target is a warehouse or a store: what its callers meet before and after it does its work.
type target struct {
	name     string // "stores/acme-shop"
	token    string
	latency  time.Duration
	draws    draw.Source
	recorder *record.Recorder
	bucket   *bucket.Bucket // nil where there is no budget
	work     func(*call) answer

	mutex     sync.Mutex
	faults    scenario.Faults
	poison    map[string]string
	throttled uint64
	overruns  uint64
}

// call is one call at a target.
type call struct {
	n       uint64
	request *http.Request
	path    []string // behind the target's name, decoded
	body    []byte
	faults  scenario.Faults
	poison  map[string]string
	drawn   string // the fault that the seed drew for the call
	outcome record.Outcome
}

func (t *target) setFaults(faults scenario.Faults) {
	poison := make(map[string]string, len(faults.Poison))
	for _, sku := range faults.Poison {
		poison[sku] = faults.PoisonWords[sku]
	}
	t.mutex.Lock()
	defer t.mutex.Unlock()
	t.faults, t.poison = faults, poison
}

func (t *target) refused() (throttled, overruns uint64) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	return t.throttled, t.overruns
}

// serve answers a call at a target.
func (b *Box) serve(t *target, w http.ResponseWriter, r *http.Request, path []string) {
	ctx, release := b.until(r.Context())
	defer release()
	c := &call{request: r, path: path, n: t.recorder.Arrive(r.Method, r.RequestURI)}
	finished := false
	finish := func(status int, sent bool) {
		if finished {
			return
		}
		finished = true
		c.outcome.Status = status
		t.recorder.Finish(c.n, c.outcome, sent)
		b.log.LogAttrs(r.Context(), slog.LevelDebug, "call", slog.String("target", t.name), slog.Uint64("n", c.n), slog.String("method", r.Method),
			slog.String("path", r.URL.Path), slog.Int("status", status), slog.String("fault", c.outcome.Fault), slog.Int("items", c.outcome.Items),
			slog.Int("applied", c.outcome.Applied))
	}
	defer finish(http.StatusInternalServerError, false) // only if the work panics
	a := b.decide(ctx, t, c)
	switch a.spoiled {
	case left:
		finish(statusLeft, false)
		panic(http.ErrAbortHandler)
	case lost:
		finish(0, false)
		panic(http.ErrAbortHandler)
	default:
		finish(a.status, true)
		a.write(w)
	}
}

// until is a context that ends with a call, or with the sandbox.
func (b *Box) until(call context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(call)
	stop := context.AfterFunc(b.ends, func() { cancel(errClosing) })
	return ctx, func() { stop(); cancel(nil) }
}

// decide makes the answer to a call, with what goes wrong on the way.
func (b *Box) decide(ctx context.Context, t *target, c *call) answer {
	budget := http.Header{}
	authorized := c.request.Header.Get("Authorization") == "Bearer "+t.token
	level, room := t.take(b.now(), authorized)
	if t.bucket != nil {
		budget.Set("X-Bucket-Capacity", strconv.FormatInt(level.Capacity, 10))
		budget.Set("X-Bucket-Remaining", strconv.FormatFloat(math.Floor(level.Remaining*1000)/1000, 'f', -1, 64))
		budget.Set("X-Bucket-Rate", strconv.FormatFloat(level.Rate, 'f', -1, 64))
	}
	body, err := io.ReadAll(io.LimitReader(c.request.Body, maxBody+1))
	if err != nil {
		return answer{spoiled: left}
	}
	c.note(body)
	if t.recorder.Hang(ctx, c.request.Method == http.MethodGet) != nil {
		if errors.Is(context.Cause(ctx), errClosing) {
			return refuse(http.StatusServiceUnavailable, "closing", "the sandbox is closing")
		}
		return answer{spoiled: left}
	}
	t.mutex.Lock()
	c.faults, c.poison = t.faults, t.poison
	t.mutex.Unlock()

	a, span := t.meet(c, authorized, room, level.Wait, b.now())
	if !b.pass(ctx, span+t.latency) {
		return answer{spoiled: left}
	}
	if a.header == nil {
		a.header = http.Header{}
	}
	for name, values := range budget {
		a.header[name] = values
	}
	return a
}

// note keeps what is recorded of a call.
func (c *call) note(body []byte) {
	c.body = body
	key := c.request.Header.Get("Idempotency-Key")
	c.outcome.Key = key[:min(len(key), maxKey)]
	if c.outcome.HasBody = len(body) > 0; c.outcome.HasBody {
		c.outcome.Body = sha256.Sum256(body)
	}
}

// take takes a call from the bucket; a call with a wrong token takes nothing.
func (t *target) take(now time.Time, authorized bool) (bucket.Level, bool) {
	if t.bucket == nil {
		return bucket.Level{}, true
	}
	if !authorized {
		return t.bucket.Level(now), true
	}
	level, room := t.bucket.Take(now)
	if !room {
		t.mutex.Lock()
		t.overruns++
		t.mutex.Unlock()
	}
	return level, room
}

// meet lets a call meet its faults, and the target's work if it gets there. The second result is how long that holds up the answer.
func (t *target) meet(c *call, authorized, room bool, wait time.Duration, now time.Time) (answer, time.Duration) {
	if !authorized {
		return refuse(http.StatusUnauthorized, "unauthorized", "the token is not that of %s; send Authorization: Bearer <token of the scenario>", t.name), 0
	}
	if c.faults.Unauthorized {
		c.outcome.Fault = "unauthorized"
		return refuse(http.StatusUnauthorized, "unauthorized", "the token has been revoked"), 0
	}
	if !room {
		return t.throttle(c, wait, now), 0
	}
	if c.faults.Redirect != "" {
		c.outcome.Fault = "redirect"
		a := refuse(http.StatusFound, "moved", "%s has moved", t.name)
		a.header = http.Header{"Location": {c.faults.Redirect}}
		return a, 0
	}
	c.drawn = c.faults.Draw(t.draws.Unit(c.n, "fault"))
	if c.drawn == scenario.AckWithoutEffect && c.request.Method == http.MethodGet {
		c.drawn = "" // a read has no effect to leave out
	}
	if c.drawn != "" {
		c.outcome.Fault = c.drawn
	}
	switch c.drawn {
	case scenario.Throttle:
		return t.throttle(c, time.Second, now), 0
	case scenario.Error500:
		return refuse(http.StatusInternalServerError, "internal", "something went wrong"), 0
	case scenario.HTML:
		return answer{
			status: http.StatusOK, kind: "text/html; charset=utf-8",
			body: []byte("<!DOCTYPE html>\n<html><head><title>Back soon</title></head><body><h1>We will be back soon</h1></body></html>\n"),
		}, 0
	}
	a := t.do(c)
	switch c.drawn {
	case scenario.LostAnswer:
		a.spoiled = lost
	case scenario.WrongJSON:
		a = answer{status: http.StatusOK, body: []byte(`{"applied": tru`)}
	case scenario.Slow:
		return a, c.faults.SlowFor.Duration()
	}
	return a, 0
}

// do refuses what no target takes, and has the target do its work.
func (t *target) do(c *call) answer {
	switch {
	case len(c.body) > maxBody:
		return refuse(http.StatusRequestEntityTooLarge, "batch_too_large", "the body is over %d bytes; send less in one call", maxBody)
	case len(c.request.Header.Get("Idempotency-Key")) > maxKey:
		return badRequest("the Idempotency-Key is over %d bytes", maxKey)
	}
	return t.work(c)
}

// throttle is the answer to a call that is too many.
func (t *target) throttle(c *call, wait time.Duration, now time.Time) answer {
	t.mutex.Lock()
	t.throttled++
	t.mutex.Unlock()
	a := refuse(http.StatusTooManyRequests, "throttled", "too many calls; slow down")
	seconds := max(1, int64(math.Ceil(wait.Seconds())))
	switch c.faults.RetryAfter {
	case scenario.RetryAfterSeconds:
		a.header = http.Header{"Retry-After": {strconv.FormatInt(seconds, 10)}}
	case scenario.RetryAfterDate:
		at := now.Add(time.Duration(seconds)*time.Second + time.Second - 1).UTC() // a date has whole seconds: rounded up
		a.header = http.Header{"Retry-After": {at.Format(http.TimeFormat)}}
	}
	return a
}

// pass lets time pass. It returns false when the caller has left; when the sandbox closes, answers go out at once.
func (b *Box) pass(ctx context.Context, span time.Duration) bool {
	if span > 0 {
		timer := time.NewTimer(span)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-ctx.Done():
		}
	}
	return ctx.Err() == nil || errors.Is(context.Cause(ctx), errClosing)
}

// rest is the path behind the target as it is written in routes: "feeds/f1/report".
func (c *call) rest() string { return strings.Join(c.path, "/") }

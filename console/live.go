package console

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/ledger"
)

const (
	streamEvery   = time.Second      // while somebody looks; see looks.go
	streamBeat    = 15 * time.Second // a line that keeps the connection
	streamWrite   = 10 * time.Second // the longest that a browser may take to read one
	mostStreams   = 500
	mostTopics    = 100
	fragmentBound = 15 * time.Second
)

// part is a piece of a page that changes: its id, and its HTML.
type part struct {
	ID   string `json:"id"`
	HTML string `json:"html"`
}

// news are the parts of a page, or that they are not known: the ledger does not answer.
type news struct {
	parts []part
	stale bool
}

// topic is a page as those with a role see it.
type topic struct {
	role    ledger.Role
	address string
}

// followed is a page with the browsers that follow it, and when it was made last. A browser that has come since then is false: it may know the page as it
// became afterwards.
type followed struct {
	tabs map[chan news]bool
	last look
}

// streams keep pages up to date. There is one poller for all browsers, and it asks only for the pages at which somebody looks.
type streams struct {
	fragments func(ctx context.Context, of topic) ([]part, error)
	marks     func(ctx context.Context) (func(of topic) string, error) // as of what the ledger is, for a page
	now       func() time.Time

	mutex   sync.Mutex
	topics  map[topic]*followed
	count   int
	running bool
	ctx     context.Context // of the poller, which outlives requests
	stop    context.CancelFunc
	done    sync.WaitGroup
}

func (c *Console) newStreams() *streams {
	ctx, stop := context.WithCancel(context.Background())
	return &streams{fragments: c.fragments, marks: c.marks, now: time.Now, topics: map[topic]*followed{}, ctx: ctx, stop: stop}
}

func (s *streams) close() {
	s.stop()
	s.done.Wait()
}

// follow returns a page as it is, and what changes of it from now on. It is false when too many follow already.
func (s *streams) follow(page topic) (chan news, bool) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.count >= mostStreams || s.ctx.Err() != nil || s.topics[page] == nil && len(s.topics) >= mostTopics {
		return nil, false
	}
	if s.topics[page] == nil {
		s.topics[page] = &followed{tabs: map[chan news]bool{}}
	}
	changes := make(chan news, 1)
	s.topics[page].tabs[changes] = false
	s.count++
	if !s.running {
		s.running = true
		s.done.Go(s.poll)
	}
	return changes, true
}

func (s *streams) leave(page topic, changes chan news) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	delete(s.topics[page].tabs, changes)
	if len(s.topics[page].tabs) == 0 {
		delete(s.topics, page)
	}
	s.count--
}

// poll makes the pages at which somebody looks, until nobody does.
func (s *streams) poll() {
	for {
		pages, any := s.watched()
		if !any {
			return
		}
		began := s.now()
		s.look(pages)
		pause := time.NewTimer(pauseAfter(s.now().Sub(began)))
		select {
		case <-s.ctx.Done():
			pause.Stop()
			return
		case <-pause.C:
		}
	}
}

// look makes those of the pages anew that are due. When the ledger does not answer for one of them, it is not asked for the others, and all are told that
// they are not live; each is made as soon as it answers again.
func (s *streams) look(pages map[topic]look) {
	ctx, cancel := context.WithTimeout(s.ctx, fragmentBound)
	marks, err := s.marks(ctx)
	cancel()
	stale := err != nil
	for page, last := range pages {
		if stale {
			s.tell(page, look{}, news{stale: true})
			continue
		}
		now := look{s.now(), marks(page)}
		if !last.due(now.mark, now.at) {
			continue
		}
		ctx, cancel := context.WithTimeout(s.ctx, fragmentBound)
		parts, err := s.fragments(ctx, page)
		cancel()
		if err != nil {
			var refused *control.UsageError // what the page is about is gone
			stale = !errors.As(err, &refused)
			s.tell(page, look{}, news{stale: true})
			continue
		}
		s.tell(page, now, news{parts: parts})
	}
}

// watched are the pages at which somebody looks, with when they were made last: never for somebody who has just come.
func (s *streams) watched() (pages map[topic]look, any bool) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	pages = map[topic]look{}
	for page, at := range s.topics {
		pages[page] = at.last
		for tab, awaits := range at.tabs {
			if !awaits {
				pages[page], at.tabs[tab] = look{}, true
			}
		}
	}
	s.running = len(pages) > 0
	return pages, s.running
}

// tell hands a page's news to its browsers. One that has not read the last ones yet gets these in their place.
func (s *streams) tell(page topic, made look, latest news) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	at := s.topics[page]
	if at == nil { // nobody looks any more
		return
	}
	at.last = made
	for changes, awaits := range at.tabs {
		if !awaits {
			continue
		}
		select {
		case <-changes:
		default:
		}
		changes <- latest
	}
}

// live streams what changes of a page as server-sent events.
func (c *Console) live(w http.ResponseWriter, r *http.Request) {
	name := r.URL.Query().Get("page")
	if _, _, ok := c.find(name); !ok {
		http.Error(w, "there is no such page", http.StatusNotFound)
		return
	}
	role := control.ActorOf(r.Context()).Role
	of := topic{role, name}
	changes, ok := c.streams.follow(of)
	if !ok {
		http.Error(w, "too many pages are open", http.StatusServiceUnavailable)
		return
	}
	defer c.streams.leave(of, changes)
	stream := http.NewResponseController(w)
	_ = stream.SetReadDeadline(time.Time{}) // the server's is for requests that end
	w.Header().Set("Content-Type", "text/event-stream")
	w.WriteHeader(http.StatusOK)
	if err := stream.Flush(); err != nil { // the browser knows at once that the stream is open, not with the first change
		return
	}
	shown, stale := map[string][sha256.Size]byte{}, false
	beat := time.NewTicker(streamBeat)
	defer beat.Stop()
	for {
		text := ": here\n\n"
		select {
		case <-r.Context().Done():
			return
		case <-c.streams.ctx.Done():
			return
		case <-beat.C:
			if !c.stays(r, role) {
				return
			}
		case latest := <-changes:
			text = events(latest, shown)
			if latest.stale != stale {
				stale = latest.stale
				text = liveEvent(stale) + text
			}
		}
		if text == "" {
			continue
		}
		_ = stream.SetWriteDeadline(time.Now().Add(streamWrite))
		if _, err := w.Write([]byte(text)); err != nil {
			return
		}
		if err := stream.Flush(); err != nil {
			return
		}
	}
}

// stays is false when who follows a page is signed in no more, or has another role.
func (c *Console) stays(r *http.Request, role ledger.Role) bool {
	now, err := c.visitor(r, false)
	return err == nil && now.Role == role
}

// liveEvent tells a page that it is not live, or live again.
func liveEvent(stale bool) string {
	if stale {
		return "event: stale\ndata: {}\n\n"
	}
	return "event: fresh\ndata: {}\n\n"
}

// events are the parts that are not as they were shown last.
func events(latest news, shown map[string][sha256.Size]byte) string {
	text := ""
	for _, one := range latest.parts {
		sum := sha256.Sum256([]byte(one.HTML))
		if shown[one.ID] == sum {
			continue
		}
		shown[one.ID] = sum
		data, err := json.Marshal(one)
		if err != nil {
			continue // strings can be written always
		}
		text += fmt.Sprintf("event: part\ndata: %s\n\n", data)
	}
	return text
}

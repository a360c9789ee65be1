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
	streamEvery   = time.Second      // while somebody looks; see refresh.go
	streamBeat    = 15 * time.Second // a line that keeps the connection
	streamWrite   = 10 * time.Second // the longest that a browser may take to read one
	mostStreams   = 500
	mostTopics    = 100
	fragmentBound = 15 * time.Second
)

// part is a piece of a page that changes by itself: its id, and its HTML.
type part struct {
	ID   string `json:"id"`
	HTML string `json:"html"`
}

// news are the parts of a page as they are now. They are stale, and none, while the ledger does not answer.
type news struct {
	parts []part
	stale bool
}

// topic is the page at an address, as people of a role see it.
type topic struct {
	role    ledger.Role
	address string
}

// followed is a page that browsers follow, and when it was rendered last. The value of a tab is false until the page has been rendered for it once:
// the browser may have loaded the page before its last change.
type followed struct {
	tabs map[chan news]bool
	last rendered
}

// streams keep open pages up to date. One poller serves all browsers, and it renders only pages that somebody has open.
type streams struct {
	fragments func(ctx context.Context, of topic) ([]part, error)
	marks     func(ctx context.Context) (func(of topic) string, error) // the ledger's change mark of a page
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

// follow returns a channel of the news of a page, whose first has the page as it is now. It is false when too many browsers follow pages already.
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

// poll renders the pages that browsers follow, until none does.
func (s *streams) poll() {
	for {
		pages, any := s.watched()
		if !any {
			return
		}
		began := s.now()
		s.refresh(pages)
		pause := time.NewTimer(pauseAfter(s.now().Sub(began)))
		select {
		case <-s.ctx.Done():
			pause.Stop()
			return
		case <-pause.C:
		}
	}
}

// refresh renders the pages that are due. Once the ledger does not answer for one page it is not asked for the others; all show that they are out of date,
// and are rendered as soon as the ledger answers again.
func (s *streams) refresh(pages map[topic]rendered) {
	ctx, cancel := context.WithTimeout(s.ctx, fragmentBound)
	marks, err := s.marks(ctx)
	cancel()
	stale := err != nil
	for page, last := range pages {
		if stale {
			s.tell(page, rendered{}, news{stale: true})
			continue
		}
		now := rendered{s.now(), marks(page)}
		if !last.due(now.mark, now.at) {
			continue
		}
		ctx, cancel := context.WithTimeout(s.ctx, fragmentBound)
		parts, err := s.fragments(ctx, page)
		cancel()
		if err != nil {
			var refused *control.UsageError // what the page is about is gone
			stale = !errors.As(err, &refused)
			s.tell(page, rendered{}, news{stale: true})
			continue
		}
		s.tell(page, now, news{parts: parts})
	}
}

// watched are the pages that browsers follow, with when each was rendered last: never, where a browser has just come.
func (s *streams) watched() (pages map[topic]rendered, any bool) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	pages = map[topic]rendered{}
	for page, followed := range s.topics {
		pages[page] = followed.last
		for tab, awaits := range followed.tabs {
			if !awaits {
				pages[page], followed.tabs[tab] = rendered{}, true
			}
		}
	}
	s.running = len(pages) > 0
	return pages, s.running
}

// tell hands the news of a page to the browsers that follow it. One that has not read the last ones yet gets these in their place.
func (s *streams) tell(page topic, last rendered, latest news) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	followed := s.topics[page]
	if followed == nil { // nobody follows it any more
		return
	}
	followed.last = last
	for changes, awaits := range followed.tabs {
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

// live streams the changes of a page as server-sent events.
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

// stays is false when the person who follows a page has signed out, or has another role.
func (c *Console) stays(r *http.Request, role ledger.Role) bool {
	now, err := c.visitor(r, false)
	return err == nil && now.Role == role
}

// liveEvent is the event by which a page learns that it is out of date, or up to date again.
func liveEvent(stale bool) string {
	if stale {
		return "event: stale\ndata: {}\n\n"
	}
	return "event: fresh\ndata: {}\n\n"
}

// events are those of the parts that differ from what was sent last.
func events(latest news, shown map[string][sha256.Size]byte) string {
	text := ""
	for _, part := range latest.parts {
		sum := sha256.Sum256([]byte(part.HTML))
		if shown[part.ID] == sum {
			continue
		}
		shown[part.ID] = sum
		data, err := json.Marshal(part)
		if err != nil {
			continue // strings can be written always
		}
		text += fmt.Sprintf("event: part\ndata: %s\n\n", data)
	}
	return text
}

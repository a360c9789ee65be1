package console

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/ledger"
)

const (
	streamEvery   = time.Second      // while somebody looks
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

// topic is a page as those with a role see it.
type topic struct {
	role    ledger.Role
	address string
}

// streams keep pages up to date. There is one poller for all browsers, and it asks only for the pages at which somebody looks.
type streams struct {
	fragments func(ctx context.Context, of topic) ([]part, error)

	mutex   sync.Mutex
	topics  map[topic]map[chan []part]bool // page → its browsers
	count   int
	running bool
	ctx     context.Context //nolint:containedctx // of the poller, which outlives requests
	stop    context.CancelFunc
	done    sync.WaitGroup
}

func newStreams(fragments func(ctx context.Context, of topic) ([]part, error)) *streams {
	ctx, stop := context.WithCancel(context.Background())
	return &streams{fragments: fragments, topics: map[topic]map[chan []part]bool{}, ctx: ctx, stop: stop}
}

func (s *streams) close() {
	s.stop()
	s.done.Wait()
}

// follow returns what changes of a page from now on. It is false when too many follow already.
func (s *streams) follow(page topic) (chan []part, bool) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.count >= mostStreams || s.ctx.Err() != nil || s.topics[page] == nil && len(s.topics) >= mostTopics {
		return nil, false
	}
	if s.topics[page] == nil {
		s.topics[page] = map[chan []part]bool{}
	}
	changes := make(chan []part, 1)
	s.topics[page][changes] = true
	s.count++
	if !s.running {
		s.running = true
		s.done.Go(s.poll)
	}
	return changes, true
}

func (s *streams) leave(page topic, changes chan []part) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	delete(s.topics[page], changes)
	if len(s.topics[page]) == 0 {
		delete(s.topics, page)
	}
	s.count--
}

// poll makes the pages at which somebody looks, until nobody does.
func (s *streams) poll() {
	ticker := time.NewTicker(streamEvery)
	defer ticker.Stop()
	for {
		pages, any := s.watched()
		if !any {
			return
		}
		for _, page := range pages {
			ctx, cancel := context.WithTimeout(s.ctx, fragmentBound)
			parts, err := s.fragments(ctx, page)
			cancel()
			if err == nil { // else the browser says since when it is not live
				s.tell(page, parts)
			}
		}
		select {
		case <-s.ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

func (s *streams) watched() (pages []topic, any bool) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	for page := range s.topics {
		pages = append(pages, page)
	}
	s.running = len(pages) > 0
	return pages, s.running
}

// tell hands a page's parts to its browsers. One that has not read the last ones yet gets these in their place.
func (s *streams) tell(page topic, parts []part) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	for changes := range s.topics[page] {
		select {
		case <-changes:
		default:
		}
		changes <- parts
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
	shown := map[string][sha256.Size]byte{}
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
		case parts := <-changes:
			text = events(parts, shown)
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

// events are the parts that are not as they were shown last.
func events(parts []part, shown map[string][sha256.Size]byte) string {
	text := ""
	for _, one := range parts {
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

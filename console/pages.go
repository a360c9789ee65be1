package console

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/ledger"
)

// request is what a page is built from: the values of its path, its query and the time.
type request struct {
	path  func(name string) string
	query url.Values
	now   time.Time
}

// kind is a kind of page.
type kind struct {
	path    string // as net/http's patterns have it
	name    string // of its template
	section string // of the menu
	act     control.Act
	parts   []string
	// build reads what the page shows, and sets its title and the zone of its times.
	build func(ctx context.Context, q request) (page, error)
}

// pages are all kinds of pages.
func (c *Console) pages() []kind {
	return []kind{
		{"/{$}", "connections", "connections", control.ActRead, []string{"lede", "list", "foot"}, c.connectionsPage},
		{"/c/{id}", "connection", "connections", control.ActRead, []string{"head", "kept", "schedules", "now", "day", "recent", "foot"}, c.connectionPage},
		{"/c/{id}/levels", "channel", "connections", control.ActRead, nil, c.channelPage},
		{"/runs", "runs", "runs", control.ActRead, []string{"list", "foot"}, c.runsPage},
		{"/runs/{n}", "run", "runs", control.ActRead, []string{"head", "facts", "foot"}, c.runPage},
		{"/levels", "levels", "levels", control.ActRead, nil, c.levelsPage},
		{"/sku/{merchant}/{sku...}", "sku", "levels", control.ActRead, []string{"pushes", "differ", "sold", "why", "stock", "activity", "foot"}, c.skuPage},
		{"/held", "held", "held", control.ActRead, []string{"list", "foot"}, c.heldPage},
		{"/partners", "partners", "partners", control.ActRead, nil, c.partnersPage},
		{"/c/{id}/schedule/{mode}", "schedule", "connections", control.ActRead, nil, c.schedulePage},
		{"/c/{id}/tune", "tune", "connections", control.ActRead, nil, c.tunePage},
		{ownPath, "me", "me", control.ActOwn, nil, c.ownPage},
		{"/c/{id}/preview", "preview", "connections", control.ActRead, []string{"under", "foot"}, c.previewPage},
		{"/c/{id}/settings", "settings", "connections", control.ActRead, nil, c.settingsPage},
		{cataloguePath, "catalogue", "catalogue", control.ActRead, nil, c.cataloguePage},
		{strategiesPath, "strategies", "strategies", control.ActRead, nil, c.strategiesPage},
		{peoplePath, "people", "people", control.ActPeople, nil, c.peoplePage},
		{"/log", "log", "log", control.ActRead, nil, c.logPage},
	}
}

// ledgerAway is shown in place of a page when the ledger does not answer.
const ledgerAway = "The ledger did not answer; the server's log says why. Try it again in a moment."

// show serves the pages of a kind.
func (c *Console) show(move kind) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), pagePatience)
		defer cancel()
		shown, err := c.build(ctx, move, request{path: r.PathValue, query: r.URL.Query(), now: c.options.Now()})
		var refused *control.UsageError
		switch {
		case errors.As(err, &refused):
			c.fail(w, r, http.StatusNotFound, sentence(withoutCommand(refused.Message)))
			return
		case err != nil:
			c.options.Log.Error("a page could not be made", "path", r.URL.Path, "error", err)
			c.fail(w, r, http.StatusServiceUnavailable, ledgerAway)
			return
		}
		shown.Notice = c.notices.of(r)
		if len(move.parts) > 0 {
			shown.Live = "/live?page=" + url.QueryEscape(liveAddress(r.URL))
		}
		c.views.render(w, http.StatusOK, move.name, shown)
	}
}

// liveAddress is the address of a page for its stream: with its filters, which apply to its changes too, and without its notice, which never changes.
func liveAddress(shown *url.URL) string {
	filters := shown.Query()
	filters.Del("notice")
	return withQuery(shown.EscapedPath(), filters.Encode())
}

func (c *Console) build(ctx context.Context, kind kind, q request) (page, error) {
	shown, err := kind.build(ctx, q)
	shown.seenBy(control.ActorOf(ctx), kind.section)
	return shown, err
}

// seenBy sets who looks at a page, and the section of the menu that the page belongs to.
func (p *page) seenBy(actor control.Actor, section string) {
	_, notNamed := control.PersonName(actor.Name) // a proxy's user and the local one have no password here
	p.Section, p.By, p.Role, p.Own = section, actor.Name, actor.Role, notNamed == nil
}

// connection reads a connection, and the pulse that every page shows.
func (c *Console) connection(ctx context.Context, id string) (ledger.Connection, control.Pulse, error) {
	connection, err := c.options.Control.Connection(ctx, id)
	if err != nil {
		return connection, control.Pulse{}, err
	}
	pulse, err := c.options.Control.Pulse(ctx)
	return connection, pulse, err
}

// fail serves a page that says why the one that was asked for is not served.
func (c *Console) fail(w http.ResponseWriter, r *http.Request, status int, text string) {
	title := "Not found"
	if status != http.StatusNotFound {
		title = "Not now"
	}
	c.tell(w, r, status, title, text)
}

// noSection is the section of pages that are not in the menu.
const noSection = "none"

// tell serves a page that says one thing. It has the menu where somebody is signed in, even if the ledger does not answer.
func (c *Console) tell(w http.ResponseWriter, r *http.Request, status int, title, text string) {
	shown := page{Title: title}
	if actor := control.ActorOf(r.Context()); actor.Role != "" {
		ctx, cancel := context.WithTimeout(r.Context(), pagePatience)
		defer cancel()
		pulse, err := c.options.Control.Pulse(ctx)
		zones, none := c.zones(ctx, c.options.Now())
		if err == nil && none == nil {
			shown = frame(title, pulse, zones.shared())
		}
		shown.seenBy(actor, noSection)
	}
	shown.Body = text
	c.views.render(w, status, "alone", shown)
}

// find is the kind of page at an address, and the request for it. It is false for pages that do not change by themselves.
func (c *Console) find(address string) (kind, request, bool) {
	address, filters, _ := strings.Cut(address, "?")
	query, err := url.ParseQuery(filters)
	if err != nil {
		return kind{}, request{}, false
	}
	for _, kind := range c.pages() {
		if values, ok := match(kind.path, address); ok && len(kind.parts) > 0 {
			return kind, request{path: func(name string) string { return values[name] }, query: query, now: c.options.Now()}, true
		}
	}
	return kind{}, request{}, false
}

// match returns the values of the names in a pattern like /c/{id}; false where the escaped path does not match it. A last name like {sku...} takes the rest.
func match(pattern, path string) (map[string]string, bool) {
	if pattern == "/{$}" {
		return nil, path == "/"
	}
	expected := strings.Split(pattern, "/")
	given := strings.SplitN(path, "/", restOf(expected))
	if len(expected) != len(given) {
		return nil, false
	}
	values := map[string]string{}
	for i, segment := range expected {
		if name, ok := strings.CutPrefix(segment, "{"); ok {
			value, err := url.PathUnescape(given[i])
			if err != nil || value == "" {
				return nil, false
			}
			values[strings.TrimSuffix(strings.TrimSuffix(name, "}"), "...")] = value
		} else if segment != given[i] {
			return nil, false
		}
	}
	return values, true
}

// restOf is the limit with which strings.SplitN divides a path for a pattern: none, or so many parts that the last has the rest.
func restOf(expected []string) int {
	if strings.HasSuffix(expected[len(expected)-1], "...}") {
		return len(expected)
	}
	return -1
}

// fragments renders the parts of a page that change, for its streams. They are the same for all people of a role.
func (c *Console) fragments(ctx context.Context, of topic) ([]part, error) {
	kind, request, ok := c.find(of.address)
	if !ok {
		return nil, fmt.Errorf("%s is no page that changes", of.address)
	}
	shown, err := c.build(control.WithActor(ctx, control.Actor{Role: of.role}), kind, request)
	if err != nil {
		return nil, err
	}
	parts := make([]part, len(kind.parts))
	for i, name := range kind.parts {
		parts[i].ID = name
		if parts[i].HTML, err = c.views.fragment(kind.name, name, shown); err != nil {
			return nil, err
		}
	}
	return parts, nil
}

// marks returns the ledger's change mark of each page.
func (c *Console) marks(ctx context.Context) (func(of topic) string, error) {
	marks, err := c.options.Control.Marks(ctx)
	return func(of topic) string {
		_, request, ok := c.find(of.address)
		if !ok {
			return marks.Of("")
		}
		return marks.Of(request.path("id"))
	}, err
}

// shared is a page about several connections, in the frame of every page; body gets the clock of its times.
func (c *Console) shared(ctx context.Context, title string, q request, body func(k clock) any) (page, error) {
	zones, err := c.zones(ctx, q.now)
	if err != nil {
		return page{}, err
	}
	k := zones.shared()
	return c.framed(ctx, title, k, body(k))
}

// framed is a page in the frame of every page, for which it asks control.
func (c *Console) framed(ctx context.Context, title string, k clock, body any) (page, error) {
	pulse, err := c.options.Control.Pulse(ctx)
	if err != nil {
		return page{}, err
	}
	shown := frame(title, pulse, k)
	shown.Body = body
	return shown, nil
}

// frame is what every page shows: held runs, workers, whether Temporal answers.
func frame(title string, pulse control.Pulse, k clock) page {
	shown := page{Title: title, Zone: zoneWords(k), Held: len(pulse.Holds), Trouble: pulse.Unreachable}
	if pulse.Unreachable == "" {
		shown.Workers, shown.Idle = count(int64(pulse.Workers), "worker"), pulse.Workers == 0
		if pulse.Idle != nil && !shown.Idle {
			shown.Stuck = "No worker takes up work since " + k.at(*pulse.Idle)
		}
	}
	return shown
}

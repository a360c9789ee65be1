package console

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// notice says what an act of a person did.
type notice struct {
	state
	Text string
	Href string // to more of it
	More string
	// Secret is shown on a page of its own, once; it is not kept.
	Secret *secretView
	// Token is of the session that replaces the browser's own; it is not kept either.
	Token string
}

const (
	noticeLasts = 10 * time.Minute
	mostNotices = 1000
)

// notices keep the notice of an act for the page that shows it. A restart loses notices, never acts.
type notices struct {
	now func() time.Time

	mutex sync.Mutex
	kept  map[string]keptNotice
}

type keptNotice struct {
	notice
	until time.Time
}

func newNotices(now func() time.Time) *notices {
	return &notices{now: now, kept: map[string]keptNotice{}}
}

func (n *notices) keep(shown notice) (string, error) {
	key, err := randomText()
	if err != nil {
		return "", err
	}
	n.mutex.Lock()
	defer n.mutex.Unlock()
	for old, kept := range n.kept {
		if n.now().After(kept.until) || len(n.kept) >= mostNotices {
			delete(n.kept, old)
		}
	}
	shown.Token = ""
	n.kept[key] = keptNotice{shown, n.now().Add(noticeLasts)}
	return key, nil
}

// of is the notice that a request names; nil where it names none, or one that has ended.
func (n *notices) of(r *http.Request) *notice {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	kept, ok := n.kept[r.URL.Query().Get("notice")]
	if !ok || n.now().After(kept.until) {
		return nil
	}
	return &kept.notice
}

// lead redirects a browser to a page that shows the notice.
func (c *Console) lead(w http.ResponseWriter, r *http.Request, to string, shown notice) {
	key, err := c.notices.keep(shown)
	if err != nil {
		c.options.Log.Error("a notice could not be kept", "error", err)
		http.Redirect(w, r, to, http.StatusSeeOther)
		return
	}
	to, fragment, marked := strings.Cut(to, "#")
	if marked {
		fragment = "#" + fragment
	}
	joint := "?"
	if strings.Contains(to, "?") {
		joint = "&"
	}
	http.Redirect(w, r, to+joint+"notice="+url.QueryEscape(key)+fragment, http.StatusSeeOther)
}

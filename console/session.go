package console

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"math"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/ledger"
)

// There are three ways to know who asks for a page: a person's session, which package control keeps; a trusted proxy; or, on loopback while there are no
// people, the link that the server prints when it starts.

const (
	signInPath  = "/in"
	signOutPath = "/out"
	firstPath   = "/first"

	cookieName = "tidemark_session"
	// secureCookieName is a name that browsers accept only over TLS and only from this very host, so that no other host of the domain can set a session.
	secureCookieName = "__Host-tidemark_session"

	mostSessions = 1000
	keyBytes     = 32
)

// locals are the sessions that began with the printed link. They end with the process, and with the first person who is added.
type locals struct {
	key string
	now func() time.Time

	mutex sync.Mutex
	ends  map[[sha256.Size]byte]time.Time // by the hash of the token
}

func newLocals(now func() time.Time) (*locals, error) {
	key, err := randomText()
	return &locals{key: key, now: now, ends: map[[sha256.Size]byte]time.Time{}}, err
}

func randomText() (string, error) {
	random := make([]byte, keyBytes)
	_, err := rand.Read(random)
	return base64.RawURLEncoding.EncodeToString(random), err
}

// begin starts a session for a browser that has the key. It is false for another key.
func (l *locals) begin(key string) (token string, ok bool, err error) {
	if subtle.ConstantTimeCompare([]byte(key), []byte(l.key)) != 1 {
		return "", false, nil
	}
	if token, err = randomText(); err != nil {
		return "", false, err
	}
	l.mutex.Lock()
	defer l.mutex.Unlock()
	for hash, end := range l.ends {
		if !l.now().Before(end) || len(l.ends) >= mostSessions {
			delete(l.ends, hash)
		}
	}
	l.ends[sha256.Sum256([]byte(token))] = l.now().Add(control.SessionLasts)
	return token, true, nil
}

func (l *locals) holds(token string) bool {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	end, live := l.ends[sha256.Sum256([]byte(token))]
	return live && l.now().Before(end)
}

func (l *locals) end(token string) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	delete(l.ends, sha256.Sum256([]byte(token)))
}

// alone is true while the pages work without people: on loopback, before the first person is added.
func (c *Console) alone(ctx context.Context) (bool, error) {
	if c.options.Local == "" {
		return false, nil
	}
	somebody, err := c.options.Control.HasPeople(ctx)
	return !somebody, err
}

// token is the session's token in the browser's cookie.
func (c *Console) token(r *http.Request) string {
	cookie, err := r.Cookie(c.cookieName())
	if err != nil {
		return ""
	}
	return cookie.Value
}

func (c *Console) cookieName() string {
	if c.options.Origin != "" {
		return secureCookieName
	}
	return cookieName
}

// setCookie gives the browser a token; an empty token removes the cookie.
func (c *Console) setCookie(w http.ResponseWriter, token string) {
	cookie := &http.Cookie{
		Name: c.cookieName(), Value: token, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: c.options.Origin != "",
		MaxAge: int(control.SessionLasts / time.Second),
	}
	if token == "" {
		cookie.MaxAge = -1
	}
	http.SetCookie(w, cookie)
}

// proxyError is a user named by the proxy who is not let in: the proxy's headers cannot be read, or the person is disabled here.
type proxyError struct{ error }

// visitor is who sent a request; it has no role where nobody is signed in. used is false for requests that an open page makes without a person.
func (c *Console) visitor(r *http.Request, used bool) (control.Actor, error) {
	ctx := r.Context()
	actor := control.Actor{Name: "not signed in", Face: control.FacePage, Address: c.options.Proxy.client(r)}
	name, role, named, err := c.options.Proxy.user(r)
	if err != nil {
		return actor, &proxyError{err}
	}
	if named {
		disabled, err := c.options.Control.DisabledPerson(ctx, name)
		if err == nil && disabled {
			err = &proxyError{errors.New(name + " is disabled here")}
		}
		if err == nil {
			actor.Name, actor.Role = name+" (proxy)", role
		}
		return actor, err
	}
	token := c.token(r)
	if token == "" {
		return actor, nil
	}
	if c.locals.holds(token) {
		alone, err := c.alone(ctx)
		if err == nil && alone {
			actor.Name, actor.Role = c.options.Local, ledger.Admin
		}
		return actor, err
	}
	person, err := c.options.Control.SignedIn(ctx, token, used)
	if errors.Is(err, ledger.ErrNotFound) {
		return actor, nil
	}
	if err == nil {
		actor.Name, actor.Role = person.Name, person.Role
	}
	return actor, err
}

// guarded refuses a request whose sender's role is not enough for the route, and notes who asked, from where and for what.
func (c *Console) guarded(entry route) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		actor, err := c.visitor(r, !entry.byItself)
		ctx := control.WithActor(r.Context(), actor)
		if err == nil && actor.Role != "" {
			err = c.options.Control.Authorize(ctx, entry.act, entry.what, shortPath(r))
		}
		var denied *control.ForbiddenError
		var proxied *proxyError
		switch {
		case errors.As(err, &proxied):
			c.options.Log.Warn("who a proxy names is not let in", "error", err, "from", actor.Address)
			_ = c.options.Control.NoteNotSignedIn(ctx, r.Method, shortPath(r), &control.ForbiddenError{Message: err.Error()})
			c.views.render(w, http.StatusForbidden, "alone", page{Title: "Not let in", Body: sentence(err.Error())})
		case errors.As(err, &denied):
			c.tell(w, r.WithContext(ctx), http.StatusForbidden, "Not allowed", "Nothing was done: "+denied.Message+". An admin gives roles.")
		case err != nil:
			c.options.Log.Error("who asks for a page cannot be known", "path", r.URL.Path, "error", err)
			c.fail(w, r, http.StatusServiceUnavailable, "The ledger did not answer; the server's log says why. Try it again in a moment.")
		case actor.Role == "":
			c.askToSignIn(w, r)
		default:
			entry.handle(w, r.WithContext(ctx))
		}
	}
}

// shortPath is the path of a request, shortened for the log of acts.
func shortPath(r *http.Request) string {
	return r.URL.EscapedPath()[:min(len(r.URL.EscapedPath()), mostSubjectBytes)]
}

// fromElsewhere refuses a form that another site sent, and notes that.
func (c *Console) fromElsewhere(w http.ResponseWriter, r *http.Request) {
	actor, err := c.visitor(r, false)
	ctx, why := control.WithActor(r.Context(), actor), &control.ForbiddenError{Message: "a form of another site sent this"}
	if err != nil || actor.Role == "" {
		_ = c.options.Control.NoteNotSignedIn(ctx, r.Method, shortPath(r), why)
	} else {
		_ = c.options.Control.NoteRefused(ctx, r.Method, shortPath(r), why)
	}
	c.tell(w, r.WithContext(ctx), http.StatusForbidden, "Not allowed",
		"Nothing was done: another site sent this form. Open the page here, and send it from there.")
}

// signInView is the form with which a person signs in.
type signInView struct{ Name, Next, Key, Problem string }

// askToSignIn serves the form to sign in with, or, while there are no people, what to do.
func (c *Console) askToSignIn(w http.ResponseWriter, r *http.Request) {
	next := "/"
	if r.Method == http.MethodGet {
		next = onward(r.URL.RequestURI())
	}
	c.showSignIn(w, r, http.StatusUnauthorized, signInView{Next: next})
}

func (c *Console) showSignIn(w http.ResponseWriter, r *http.Request, status int, view signInView) {
	alone, err := c.alone(r.Context())
	switch {
	case err != nil:
		c.options.Log.Error("it is not known whether there are people", "error", err)
		c.fail(w, r, http.StatusServiceUnavailable, "The ledger did not answer; the server's log says why. Try it again in a moment.")
	case alone:
		c.views.render(w, status, "alone",
			page{Title: "Not signed in", Body: "Open the link that the server printed when it started; it is in its log. Nobody has a name and a password yet."})
	default:
		c.views.render(w, status, "in", page{Title: "Sign in", Body: view})
	}
}

// signInPage shows the form. With the key of the printed link it signs a browser in, while there are no people.
func (c *Console) signInPage(w http.ResponseWriter, r *http.Request) {
	key := r.URL.Query().Get("key")
	alone, err := c.alone(r.Context())
	if err != nil || !alone || key == "" {
		status := http.StatusOK
		if alone {
			status = http.StatusUnauthorized
		}
		c.showSignIn(w, r, status, signInView{Next: onward(r.URL.Query().Get("next"))})
		return
	}
	token, ok, err := c.locals.begin(key)
	switch {
	case err != nil:
		c.options.Log.Error("a session could not be made", "error", err)
		c.fail(w, r, http.StatusServiceUnavailable, "The server could not make a session; its log says why.")
	case !ok:
		c.options.Log.Warn("somebody tried to sign in to the pages with another key", "from", r.RemoteAddr)
		c.views.render(w, http.StatusUnauthorized, "alone",
			page{Title: "Not signed in", Body: "This link is of another start of the server. Open the one that it printed when it started; it is in its log."})
	default:
		c.setCookie(w, token)
		http.Redirect(w, r, "/", http.StatusSeeOther)
	}
}

// nobodyYet is the context of a request before its sender has signed in.
func (c *Console) nobodyYet(r *http.Request) (context.Context, context.CancelFunc) {
	ctx := control.WithActor(r.Context(), control.Actor{Name: "not signed in", Face: control.FacePage, Address: c.options.Proxy.client(r)})
	return context.WithTimeout(ctx, pagePatience)
}

// signIn starts a session for a name and its password.
func (c *Console) signIn(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := c.nobodyYet(r)
	defer cancel()
	if err := r.ParseForm(); err != nil {
		c.fail(w, r, http.StatusBadRequest, "The form cannot be read.")
		return
	}
	view := signInView{Name: r.PostForm.Get("name"), Next: onward(r.PostForm.Get("next"))}
	token, _, err := c.options.Control.SignIn(ctx, view.Name, r.PostForm.Get("password"), c.token(r))
	var refused *control.SignInError
	switch {
	case errors.As(err, &refused):
		status := http.StatusUnauthorized
		if refused.Wait > 0 {
			status = http.StatusTooManyRequests
			w.Header().Set("Retry-After", strconv.FormatFloat(math.Ceil(refused.Wait.Seconds()), 'f', 0, 64))
		}
		view.Problem = sentence(refused.Error())
		c.showSignIn(w, r, status, view)
	case errors.Is(err, control.ErrBusy):
		view.Problem = sentence(err.Error())
		c.showSignIn(w, r, http.StatusServiceUnavailable, view)
	case err != nil:
		c.options.Log.Error("a person could not be signed in", "error", err)
		c.fail(w, r, http.StatusServiceUnavailable, "The ledger did not answer; the server's log says why. Try it again in a moment.")
	default:
		c.setCookie(w, token)
		http.Redirect(w, r, view.Next, http.StatusSeeOther)
	}
}

func (c *Console) signOut(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := c.nobodyYet(r)
	defer cancel()
	token := c.token(r)
	c.locals.end(token)
	if err := c.options.Control.SignOut(ctx, token); err != nil {
		c.options.Log.Error("a session could not be ended", "error", err)
		c.fail(w, r, http.StatusServiceUnavailable, "You may still be signed in: the ledger did not answer; the server's log says why. Try it again in a moment.")
		return
	}
	c.setCookie(w, "")
	c.views.render(w, http.StatusOK, "alone", page{Title: "Signed out", Body: "You are signed out.", SignIn: true})
}

// firstPage is the form that makes the first admin, for somebody who has the link.
func (c *Console) firstPage(w http.ResponseWriter, r *http.Request) {
	key := r.URL.Query().Get("key")
	counts, err := c.options.Control.Invited(r.Context(), key)
	switch {
	case err != nil:
		c.options.Log.Error("a link cannot be judged", "error", err)
		c.fail(w, r, http.StatusServiceUnavailable, "The ledger did not answer; the server's log says why. Try it again in a moment.")
	case !counts:
		c.views.render(w, http.StatusUnauthorized, "alone",
			page{Title: "This link counts no more", Body: "It is good once, for a day, while there is nobody. starter serve prints another one when it starts."})
	default:
		c.views.render(w, http.StatusOK, "first", page{Title: "The first admin", Body: signInView{Key: key}})
	}
}

// first makes the first admin, and signs that person in.
func (c *Console) first(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := c.nobodyYet(r)
	defer cancel()
	if err := r.ParseForm(); err != nil {
		c.fail(w, r, http.StatusBadRequest, "The form cannot be read.")
		return
	}
	view := signInView{Name: r.PostForm.Get("name"), Key: r.PostForm.Get("key")}
	password := r.PostForm.Get("password")
	if password != r.PostForm.Get("again") {
		view.Problem = "The two passwords differ."
		c.views.render(w, http.StatusUnprocessableEntity, "first", page{Title: "The first admin", Body: view})
		return
	}
	token, err := c.options.Control.AcceptInvitation(ctx, view.Key, view.Name, password)
	var refused *control.UsageError
	switch {
	case errors.As(err, &refused):
		view.Problem = sentence(refused.Message)
		c.views.render(w, http.StatusUnprocessableEntity, "first", page{Title: "The first admin", Body: view})
	case err != nil:
		c.options.Log.Error("the first admin could not be made", "error", err)
		c.fail(w, r, http.StatusServiceUnavailable, "The server's log says why that failed. Try it again in a moment.")
	default:
		c.setCookie(w, token)
		c.lead(w, r, peoplePath,
			notice{state: state{"good", "check", "You are the first admin"}, Text: "From now on whoever uses the pages signs in. Add the others here."})
	}
}

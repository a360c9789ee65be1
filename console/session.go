package console

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"net/http"
	"sync"
	"time"
)

// A browser is signed in by the link that the server prints when it starts: who can read that may do all that starter may. A session is a
// random token in a cookie; the server keeps its hash, until it ends.

const (
	signInPath    = "/in"
	cookieName    = "tidemark_session"
	sessionLasts  = 12 * time.Hour
	mostSessions  = 1000
	keyBytes      = 32
	signedOutText = "You are not signed in. Open the link that the server printed when it started; it is in its log."
)

// sessions are the browsers that are signed in.
type sessions struct {
	key string
	now func() time.Time

	mutex sync.Mutex
	ends  map[[sha256.Size]byte]time.Time // by the hash of the token
}

func newSessions(now func() time.Time) (*sessions, error) {
	key, err := randomText()
	return &sessions{key: key, now: now, ends: map[[sha256.Size]byte]time.Time{}}, err
}

func randomText() (string, error) {
	random := make([]byte, keyBytes)
	_, err := rand.Read(random)
	return base64.RawURLEncoding.EncodeToString(random), err
}

// begin makes a session for who has the key. It is false for another key.
func (s *sessions) begin(key string) (token string, ok bool, err error) {
	if subtle.ConstantTimeCompare([]byte(key), []byte(s.key)) != 1 {
		return "", false, nil
	}
	if token, err = randomText(); err != nil {
		return "", false, err
	}
	s.mutex.Lock()
	defer s.mutex.Unlock()
	for hash, end := range s.ends {
		if !s.now().Before(end) || len(s.ends) >= mostSessions {
			delete(s.ends, hash)
		}
	}
	s.ends[sha256.Sum256([]byte(token))] = s.now().Add(sessionLasts)
	return token, true, nil
}

func (s *sessions) holds(token string) bool {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	end, known := s.ends[sha256.Sum256([]byte(token))]
	return known && s.now().Before(end)
}

func (s *sessions) end(token string) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	delete(s.ends, sha256.Sum256([]byte(token)))
}

// signedIn lets no other browser pass.
func (c *Console) signedIn(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		cookie, err := r.Cookie(cookieName)
		if err != nil || !c.sessions.holds(cookie.Value) {
			c.views.render(w, http.StatusUnauthorized, "alone", page{Title: "Not signed in", Body: signedOutText})
			return
		}
		next(w, r)
	}
}

func (c *Console) signIn(w http.ResponseWriter, r *http.Request) {
	token, ok, err := c.sessions.begin(r.URL.Query().Get("key"))
	switch {
	case err != nil:
		c.options.Log.Error("a session could not be made", "error", err)
		c.views.render(w, http.StatusServiceUnavailable, "alone", page{Title: "Not signed in", Body: "The server could not make a session; its log says why."})
		return
	case !ok:
		c.options.Log.Warn("somebody tried to sign in to the pages with another key", "from", r.RemoteAddr)
		c.views.render(w, http.StatusUnauthorized, "alone", page{Title: "Not signed in", Body: "This link is of another start of the server. " + signedOutText})
		return
	}
	http.SetCookie(w, &http.Cookie{
		Name: cookieName, Value: token, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: r.TLS != nil, MaxAge: int(sessionLasts / time.Second),
	})
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

func (c *Console) signOut(w http.ResponseWriter, r *http.Request) {
	if cookie, err := r.Cookie(cookieName); err == nil {
		c.sessions.end(cookie.Value)
	}
	http.SetCookie(w, &http.Cookie{Name: cookieName, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode, MaxAge: -1})
	c.views.render(w, http.StatusOK, "alone", page{Title: "Signed out", Body: "You are signed out. The link that the server printed when it started signs you in again."})
}

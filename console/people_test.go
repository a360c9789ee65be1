package console

import (
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/ledger"
)

const horse = "correct horse battery"

// add adds somebody.
func (w *world) add(name string, role ledger.Role) {
	w.t.Helper()
	root := control.WithActor(w.t.Context(), control.Actor{Name: "root", Face: control.FaceCommandLine, Role: ledger.Admin})
	_, err := w.house.AddPerson(root, name, role, horse)
	require.NoError(w.t, err)
}

// anew is another browser, without cookies.
func (w *world) anew() *world {
	w.t.Helper()
	jar, err := cookiejar.New(nil)
	require.NoError(w.t, err)
	w.browser = &http.Client{Jar: jar, Transport: w.browser.Transport, CheckRedirect: w.browser.CheckRedirect}
	return w
}

// as is another browser in which somebody is signed in.
func (w *world) as(name string) *world {
	w.t.Helper()
	status, body := w.anew().post(signInPath, url.Values{"name": {name}, "password": {horse}})
	require.Equal(w.t, http.StatusOK, status, body)
	return w
}

// cookie is what the browser has of us.
func (w *world) cookie() string {
	w.t.Helper()
	address, err := url.Parse(w.server.URL)
	require.NoError(w.t, err)
	for _, cookie := range w.browser.Jar.Cookies(address) {
		if cookie.Name == cookieName {
			return cookie.Value
		}
	}
	return ""
}

func (w *world) setCookie(value string) {
	w.t.Helper()
	address, err := url.Parse(w.server.URL)
	require.NoError(w.t, err)
	w.browser.Jar.SetCookies(address, []*http.Cookie{{Name: cookieName, Value: value, Path: "/"}})
}

// logged are the newest entries of the log of acts: who, what, on what, what became of it.
func (w *world) logged(count int) (lines []string) {
	w.t.Helper()
	entries, err := w.house.Log(w.t.Context(), ledger.AuditQuery{Limit: count})
	require.NoError(w.t, err)
	for _, entry := range entries {
		lines = append(lines, strings.Join([]string{entry.Who, entry.From, entry.Act, entry.On, string(entry.Result), entry.Reason}, "|"))
	}
	return lines
}

// needed is the least role for everything that browsers ask for. What is missing here fails TestEveryRouteNeedsItsRole.
var needed = map[string]ledger.Role{
	"GET /assets/": "", "GET /in": "", "POST /in": "", "POST /out": "", "GET /first": "", "POST /first": "",

	"/": ledger.Viewer, "GET /{$}": ledger.Viewer, "GET /live": ledger.Viewer, "GET /levels.csv": ledger.Viewer, "GET /log.csv": ledger.Viewer,
	"GET /c/{id}/levels.csv": ledger.Viewer, "GET /c/{id}": ledger.Viewer, "GET /c/{id}/levels": ledger.Viewer,
	"GET /runs": ledger.Viewer, "GET /runs/{n}": ledger.Viewer, "GET /levels": ledger.Viewer,
	"GET /sku/{merchant}/{sku...}": ledger.Viewer, "GET /held": ledger.Viewer, "GET /partners": ledger.Viewer, "GET /c/{id}/schedule/{mode}": ledger.Viewer,
	"GET /c/{id}/tune": ledger.Viewer, "GET /c/{id}/preview": ledger.Viewer, "GET /c/{id}/settings": ledger.Viewer, "GET /catalogue": ledger.Viewer,
	"GET /strategies": ledger.Viewer, "GET /log": ledger.Viewer, "GET /me": ledger.Viewer, "POST /me": ledger.Viewer,

	"POST /c/{id}/lift": ledger.Operator, "POST /c/{id}/preview": ledger.Operator, "POST /c/{id}/preview/push": ledger.Operator,
	"POST /c/{id}/sync": ledger.Operator, "POST /c/{id}/push": ledger.Operator, "POST /c/{id}/pause": ledger.Operator, "POST /pause": ledger.Operator,
	"POST /resume": ledger.Operator, "POST /c/{id}/resume": ledger.Operator,
	"POST /c/{id}/schedule/{mode}": ledger.Operator, "POST /c/{id}/schedule/{mode}/clear": ledger.Operator, "POST /c/{id}/advice": ledger.Operator,
	"POST /c/{id}/advice/undo": ledger.Operator, "POST /runs/{n}/cancel": ledger.Operator, "POST /runs/{n}/approve": ledger.Operator,
	"POST /runs/{n}/reject": ledger.Operator,

	"POST /partners/stores/{id}/test": ledger.Operator, "POST /partners/warehouses/{id}/test": ledger.Operator,
	"POST /c/{id}/settings/{name}": ledger.Admin, "POST /c/{id}/settings/{name}/clear": ledger.Admin, "POST /strategies/{id}": ledger.Admin,
	"POST /strategies/{id}/clear": ledger.Admin, "POST /c/{id}/enable": ledger.Admin, "POST /c/{id}/disable": ledger.Admin,
	"POST /c/{id}/relearn": ledger.Admin, "GET /people": ledger.Admin, "POST /people": ledger.Admin, "POST /people/first": ledger.Admin,
	"POST /people/{id}/disable": ledger.Admin,
	"POST /people/{id}/enable":  ledger.Admin, "POST /people/{id}/reset": ledger.Admin, "POST /people/{id}/role": ledger.Admin,
}

var pathOf = strings.NewReplacer("{$}", "", "{id}", "acme-shop", "{n}", "5", "{mode}", "smart", "{name}", "share", "{merchant}", "acme", "{sku...}", "BIKE")

// Every page and every button is refused, on the server, to a role that is not enough, and nothing is done then. Each refusal of somebody who is
// signed in is noted.
func TestEveryRouteNeedsItsRole(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.browser.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	w.add("root", ledger.Admin)
	for _, role := range ledger.Roles() {
		w.add(string(role), role)
	}
	var patterns []string
	for _, route := range w.console.routes() {
		patterns = append(patterns, route.pattern)
	}
	require.ElementsMatch(t, slices.Collect(maps.Keys(needed)), patterns)
	roles := append([]ledger.Role{""}, ledger.Roles()...)
	for i, role := range roles {
		if w.anew(); role != "" {
			status, _ := w.post(signInPath, url.Values{"name": {string(role)}, "password": {horse}})
			require.Equal(t, http.StatusSeeOther, status)
		}
		for pattern, least := range needed {
			if least == "" || pattern == "GET /live" && i > 0 || strings.HasPrefix(pattern, "POST /people/") && i == 3 {
				continue // it streams; admins who change people are tried by name below
			}
			method, path, named := strings.Cut(pattern, " ")
			if !named {
				method, path = http.MethodDelete, "/nothing"
			}
			before, acts := len(w.logged(1000)), len(w.fake.did())
			request, err := http.NewRequestWithContext(t.Context(), method, w.server.URL+pathOf.Replace(path), strings.NewReader("mode=smart&version=3"))
			require.NoError(t, err)
			request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			status, body := w.send(request)
			what := pattern + " as " + string(role)
			switch {
			case role == "":
				require.Equal(t, http.StatusUnauthorized, status, what)
				require.Contains(t, body, `name="password"`, what)
				require.Len(t, w.logged(1000), before, what)
			case i < slices.Index(roles, least):
				require.Equal(t, http.StatusForbidden, status, what)
				require.Contains(t, body, "this needs the role "+string(least)+", and "+string(role)+" has the role "+string(role), what)
				require.Len(t, w.logged(1000), before+1, what)
				noted := w.logged(1)[0]
				require.True(t, strings.HasPrefix(noted, string(role)+"|page|"), noted)
				require.Contains(t, noted, "|"+pathOf.Replace(path)+"|refused|this needs the role ", what)
				require.Contains(t, noted, "; from 127.0.0.1", what)
			default:
				require.NotContains(t, []int{http.StatusUnauthorized, http.StatusForbidden}, status, what)
			}
			if i < slices.Index(roles, least) {
				require.Len(t, w.fake.did(), acts, what)
			}
		}
	}
}

// What a stream sends may be read by whoever may follow one.
func TestStreamsAreForAll(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, kind := range w.console.pages() {
		if len(kind.parts) > 0 {
			require.Equal(t, control.ActRead, kind.act, "%s: GET /live has to ask for its act", kind.path)
		}
	}
}

// Buttons that a role may not press are not shown, in the parts that change by themselves neither.
func TestButtonsAreThoseOfTheRole(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.add("root", ledger.Admin)
	w.add("oli", ledger.Operator)
	w.add("vic", ledger.Viewer)
	// a fragment is of a page that is read
	form := regexp.MustCompile(`<form[^>]* method="post" action="([^"]*)"|formaction="([^"#]*)"(?: formmethod="post")?|formmethod="(post)"`)
	forms := func(body string) (actions []string) {
		for _, match := range form.FindAllStringSubmatch(body, -1) {
			if action := match[1] + match[2] + match[3]; action != signOutPath {
				actions = append(actions, action)
			}
		}
		slices.Sort(actions)
		return slices.Compact(actions)
	}
	for path, want := range map[string]map[string][]string{
		"/":                    {"oli": {"/pause", "/resume"}},
		"/c/acme-shop":         {"oli": {"/c/acme-shop/pause", "/c/acme-shop/sync"}},
		"/c/acme-shop/levels":  {"oli": {"/c/acme-shop/push"}, "root": {"/c/acme-shop/push", "/c/acme-shop/relearn"}},
		"/held":                {"oli": {"/runs/6/approve", "/runs/6/reject"}},
		"/sku/acme/BIKE":       {"oli": {"/c/acme-shop/push"}},
		"/c/acme-shop/preview": {"oli": {"/c/acme-shop/preview", "/c/acme-shop/preview/push"}},
		"/partners":            {"oli": {"/partners/stores/shop/test", "/partners/warehouses/portland/test"}},
		"/strategies":          {"oli": nil, "root": {"/strategies/boise", "/strategies/portland"}},
		"/c/acme-shop/settings": {"root": {
			"/c/acme-shop/disable", "/c/acme-shop/settings/decide_within", "/c/acme-shop/settings/maximum_missing", "/c/acme-shop/settings/maximum_refused",
			"/c/acme-shop/settings/maximum_zeroed", "/c/acme-shop/settings/minimum_rows", "/c/acme-shop/settings/overlap", "/c/acme-shop/settings/quiet_hours",
			"/c/acme-shop/settings/share", "/c/acme-shop/settings/share/clear", "/c/acme-shop/settings/unlisted",
		}},
		"/c/acme-shop/tune":           {"oli": {"/c/acme-shop/advice", "/c/acme-shop/advice/undo"}},
		"/c/acme-shop/schedule/smart": {"oli": {"/c/acme-shop/schedule/smart/clear", "post"}},
	} {
		status, body := w.as("vic").get(path)
		require.Equal(t, http.StatusOK, status, path)
		require.Empty(t, forms(body), "%s as a viewer", path)
		require.NotContains(t, body, `href="/people"`)
		require.Contains(t, body, "vic</a>, viewer")
		_, body = w.as("oli").get(path)
		require.Equal(t, want["oli"], forms(body), "%s as an operator", path)
		require.NotContains(t, body, `href="/people"`)
		_, body = w.as("root").get(path)
		expected := want["root"]
		if expected == nil {
			expected = want["oli"]
		}
		require.Equal(t, expected, forms(body), "%s as an admin", path)
		require.Contains(t, body, `href="/people"`)
	}
	for _, role := range ledger.Roles() {
		for _, page := range []string{"/c/acme-shop", "/held"} {
			parts, err := w.console.fragments(t.Context(), topic{role, page})
			require.NoError(t, err)
			html := ""
			for _, part := range parts {
				html += part.HTML
			}
			require.Equal(t, role != ledger.Viewer, len(forms(html)) > 0, "%s as %s", page, role)
		}
	}
}

// No page shows a form that the server would refuse to who looks at it.
func TestNoPageShowsAFormInVain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.add("root", ledger.Admin)
	w.add("oli", ledger.Operator)
	w.add("vic", ledger.Viewer)
	// a fragment is of a page that is read
	tag := regexp.MustCompile(`<form[^>]* method="post" action="([^"]*)"|formaction="([^"#]*)"(?: formmethod="post")?|formmethod="(post)"`)
	shown := map[string]int{}
	for name, role := range map[string]ledger.Role{"vic": ledger.Viewer, "oli": ledger.Operator, "root": ledger.Admin} {
		w.as(name)
		for _, kind := range w.console.pages() {
			path := pathOf.Replace(kind.path)
			status, body := w.get(path)
			if !control.RoleAllows(role, kind.act) {
				require.Equal(t, http.StatusForbidden, status, path)
				continue
			}
			require.Equal(t, http.StatusOK, status, "%s: %s", path, body)
			for _, parts := range tag.FindAllStringSubmatch(body, -1) {
				action := parts[1] + parts[2]
				if parts[3] != "" {
					action = path
				}
				if action == signOutPath {
					continue
				}
				at := slices.IndexFunc(w.console.forms(), func(form form) bool { _, fits := match(form.path, action); return fits })
				require.GreaterOrEqual(t, at, 0, "%s: nothing takes the form for %s", path, action)
				require.True(t, control.RoleAllows(role, w.console.forms()[at].kind), "%s shows a %s the form for %s", path, role, action)
				shown[name]++
			}
		}
	}
	require.Equal(t, 1, shown["vic"], "that of the own password")
	require.Greater(t, shown["oli"], shown["vic"])
	require.Greater(t, shown["root"], shown["oli"])
}

// A session is the one that was made at sign-in, and no other: none that was there before, none that is guessed, none that has ended.
func TestSessionsOfPeople(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.add("ann", ledger.Admin)
	w.add("vic", ledger.Viewer)
	const fixed = "a-session-that-somebody-else-chose-for-me-1234"
	w.setCookie(fixed)
	status, _ := w.post(signInPath, url.Values{"name": {"ann"}, "password": {horse}})
	require.Equal(t, http.StatusOK, status)
	session := w.cookie()
	require.Len(t, session, 43)
	require.NotEqual(t, fixed, session)
	w.anew().setCookie(fixed)
	status, _ = w.get("/runs")
	require.Equal(t, http.StatusUnauthorized, status, "the session that was fixed before is nobody's")

	w.anew().setCookie(session)
	status, _ = w.post(signInPath, url.Values{"name": {"vic"}, "password": {horse}})
	require.Equal(t, http.StatusOK, status)
	w.anew().setCookie(session)
	status, _ = w.get("/runs")
	require.Equal(t, http.StatusUnauthorized, status, "the browser's session before has ended")

	for _, guess := range []string{"", "ann", "1", "null", strings.Repeat("A", 43), session[:42], session + "A"} {
		w.anew().setCookie(guess)
		status, _ = w.get("/runs")
		require.Equal(t, http.StatusUnauthorized, status, "%q", guess)
	}

	w.as("vic")
	kept := w.cookie()
	status, body := w.post(signOutPath, nil)
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, body, "signed out")
	require.Empty(t, w.cookie())
	w.setCookie(kept)
	status, _ = w.get("/runs")
	require.Equal(t, http.StatusUnauthorized, status, "the session itself is over, whoever kept its cookie")

	w.as("vic")
	w.pass(control.SessionIdles)
	status, _ = w.get("/runs")
	require.Equal(t, http.StatusUnauthorized, status, "it was not used")
	require.Empty(t, w.fake.did())
}

// A failed sign-in says nothing of who there is, is noted, and is slowed down.
func TestSignInThatFails(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.add("ann", ledger.Admin)
	status, body := w.get("/runs?connection=acme-shop")
	require.Equal(t, http.StatusUnauthorized, status)
	require.Contains(t, body, `name="next" value="/runs?connection=acme-shop"`, "after signing in it goes on there")
	for _, name := range []string{"ann", "nobody"} {
		status, body = w.post(signInPath, url.Values{"name": {name}, "password": {"a wrong password"}, "next": {"/runs"}})
		require.Equal(t, http.StatusUnauthorized, status)
		require.Contains(t, body, "The name or the password is wrong.")
		require.Contains(t, body, `value="/runs"`)
		require.NotContains(t, body, "a wrong password")
		require.Empty(t, w.cookie())
	}
	require.Equal(t, []string{
		"not signed in|page|sign in|a name that nobody has|refused|there is nobody of that name; from 127.0.0.1",
		"not signed in|page|sign in|ann|refused|the password is wrong; from 127.0.0.1",
	}, w.logged(2))
	for range 9 {
		status, _ = w.post(signInPath, url.Values{"name": {"ann"}, "password": {"a wrong password"}})
		require.Equal(t, http.StatusUnauthorized, status)
	}
	status, body = w.post(signInPath, url.Values{"name": {"ann"}, "password": {horse}})
	require.Equal(t, http.StatusTooManyRequests, status)
	require.Contains(t, body, "There were too many attempts; wait 20s.")
	w.pass(20 * time.Second)
	w.as("ann")
	require.Equal(t, []string{"ann|page|sign in|the pages|done|"}, w.logged(1))
}

// A form of another site does nothing, whoever's browser sends it, and is noted. So is a form that a viewer made up.
func TestForgedForms(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.add("ann", ledger.Admin)
	w.add("vic", ledger.Viewer)
	w.as("ann")
	for _, headers := range [][]string{{"Sec-Fetch-Site", "cross-site"}, {"Origin", "http://elsewhere.example"}, {"Sec-Fetch-Site", "same-site"}} {
		for _, path := range []string{"/c/acme-shop/sync", "/people", signOutPath, signInPath} {
			status, body := w.post(path, url.Values{"mode": {"smart"}, "name": {"eve"}, "role": {"admin"}}, headers...)
			require.Equal(t, http.StatusForbidden, status, "%s %v", path, headers)
			require.Contains(t, body, "another site sent this form")
			require.Equal(t, []string{"ann|page|POST|" + path + "|refused|a form of another site sent this; from 127.0.0.1"}, w.logged(1))
		}
	}
	status, _ := w.get("/runs")
	require.Equal(t, http.StatusOK, status, "she is still signed in")
	status, _ = w.anew().post("/c/acme-shop/sync", url.Values{"mode": {"smart"}}, "Sec-Fetch-Site", "cross-site")
	require.Equal(t, http.StatusForbidden, status)
	require.Equal(t, []string{"not signed in|page|POST|/c/acme-shop/sync|refused|a form of another site sent this; from 127.0.0.1"}, w.logged(1))

	w.as("vic")
	for path, form := range map[string]url.Values{
		"/c/acme-shop/sync": {"mode": {"full"}}, "/runs/6/approve": nil, "/people": {"name": {"eve"}, "role": {"admin"}},
		"/people/vic/role": {"role": {"admin"}}, "/people/ann/disable": nil,
	} {
		status, body := w.post(path, form, "Sec-Fetch-Site", "same-origin")
		require.Equal(t, http.StatusForbidden, status, path)
		require.Contains(t, body, "vic has the role viewer")
		require.Contains(t, w.logged(1)[0], "vic|page|", path)
		require.Contains(t, w.logged(1)[0], "|"+path+"|refused|this needs the role ", path)
	}
	require.Empty(t, w.fake.did())
	people, err := w.house.People(control.WithActor(t.Context(), control.Actor{Role: ledger.Admin}))
	require.NoError(t, err)
	require.Len(t, people, 2)
	require.Equal(t, "ann admin false, vic viewer false", people[0].Name+" "+string(people[0].Role)+" false, "+people[1].Name+" "+string(people[1].Role)+" false")
}

// While there is nobody, the printed link is enough. By the other one the first admin is made, once; then whoever comes signs in.
func TestTheFirstAdmin(t *testing.T) {
	t.Parallel()
	w := newWorld(t).signIn()
	local := w.cookie()
	status, body := w.get("/people")
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, body, "Make the first admin")
	require.Contains(t, body, "ann</a>, admin", "who started the server")
	status, body = w.post("/people/first", nil)
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, body, "Become the first admin")
	key := regexp.MustCompile(`name="key" value="([^"]+)"`).FindStringSubmatch(body)[1]

	status, body = w.get(firstPath + "?key=another")
	require.Equal(t, http.StatusUnauthorized, status)
	require.NotContains(t, body, "password")
	form := url.Values{"key": {key}, "name": {"Ann"}, "password": {horse}, "again": {"another horse battery"}}
	status, body = w.anew().post(firstPath, form)
	require.Equal(t, http.StatusUnprocessableEntity, status)
	require.Contains(t, body, "The two passwords differ.")
	form.Set("password", "short")
	form.Set("again", "short")
	_, body = w.post(firstPath, form)
	require.Contains(t, body, "fewer than 15")
	form.Set("password", horse)
	form.Set("again", horse)
	status, body = w.post(firstPath, form)
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, body, "You are the first admin")
	require.Contains(t, body, "ann</a>, admin")
	status, body = w.anew().post(firstPath, form)
	require.Equal(t, http.StatusUnprocessableEntity, status)
	require.Contains(t, body, "This link counts no more")

	w.anew().setCookie(local)
	status, body = w.get("/runs")
	require.Equal(t, http.StatusUnauthorized, status, "there is somebody now")
	require.Contains(t, body, `name="password"`)
	status, body = w.anew().get(strings.TrimPrefix(w.console.Link("host"), "http://host"))
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, body, `name="password"`, "the printed link counts no more")
	status, _ = w.get("/runs")
	require.Equal(t, http.StatusUnauthorized, status)
}

// Where no link is printed, nobody is let in without people.
func TestNobodyIsLetInWithoutPeople(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(o *Options) { o.Local, o.Origin = "", "https://stock.example.com" })
	status, body := w.get(strings.TrimPrefix(w.console.Link("host"), "http://host"))
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, body, `name="password"`)
	status, _ = w.get("/")
	require.Equal(t, http.StatusUnauthorized, status)
}

// An admin adds people, with a password that is shown once, and changes them.
func TestThePageOfPeople(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.add("ann", ledger.Admin)
	w.as("ann")
	status, body := w.post("/people", url.Values{"name": {"Bob"}, "role": {"operator"}})
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, body, "bob was added as operator")
	password := regexp.MustCompile(`id="secret">([^<]+)<`).FindStringSubmatch(body)[1]
	_, body = w.get("/people")
	require.NotContains(t, body, password, "it is shown once")
	require.Contains(t, body, "(you)")
	require.Contains(t, body, "never")
	_, body = w.post("/people", url.Values{"name": {"bob"}, "role": {"viewer"}})
	require.Contains(t, body, "there is somebody called bob already")
	require.NotContains(t, body, "secret")
	_, body = w.post("/people/bob/role", url.Values{"role": {"viewer"}})
	require.Contains(t, body, "bob is a viewer now, and signs in anew.")
	_, body = w.post("/people/bob/role", url.Values{"role": {"owner"}})
	require.Contains(t, body, "there is no role &#34;owner&#34;")
	_, body = w.post("/people/ann/disable", nil)
	require.Contains(t, body, "no admin would be left")
	_, body = w.post("/people/bob/reset", nil)
	another := regexp.MustCompile(`id="secret">([^<]+)<`).FindStringSubmatch(body)[1]
	require.NotEqual(t, password, another)
	_, body = w.post("/people/bob/disable", nil)
	require.Contains(t, body, "bob is signed out everywhere")
	require.Contains(t, body, "Disabled")
	_, body = w.post("/people/bob/enable", nil)
	require.Contains(t, body, "bob signs in again")
	_, body = w.post("/people/first", nil)
	require.Contains(t, body, "there is somebody already")
	require.Equal(t, "ann|page|enable a person|bob|done|", w.logged(1)[0])
	w.anew()
	status, _ = w.post(signInPath, url.Values{"name": {"bob"}, "password": {password}})
	require.Equal(t, http.StatusUnauthorized, status)
	status, _ = w.post(signInPath, url.Values{"name": {"bob"}, "password": {another}, "next": {"/runs"}})
	require.Equal(t, http.StatusOK, status)
}

// Who signed in with a password changes it, and stays signed in there alone.
func TestTheOwnPassword(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.add("root", ledger.Admin)
	w.add("vic", ledger.Viewer)
	w.as("vic")
	cookie := w.cookie()
	w.as("vic")
	status, body := w.get("/me")
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, body, `<a href="/me">vic</a>, viewer`)
	form := url.Values{"current": {horse}, "another": {"another horse battery"}, "again": {"another horse batterz"}}
	_, body = w.post("/me", form)
	require.Contains(t, body, "the two passwords differ")
	form.Set("again", "another horse battery")
	before := w.cookie()
	_, body = w.post("/me", form)
	require.Contains(t, body, "The password is another now")
	require.NotEqual(t, before, w.cookie())
	require.Len(t, w.cookie(), 43)
	w.setCookie(cookie)
	status, _ = w.get("/runs")
	require.Equal(t, http.StatusUnauthorized, status)
	status, _ = w.post(signInPath, url.Values{"name": {"vic"}, "password": {horse}})
	require.Equal(t, http.StatusUnauthorized, status)
}

// Acts on pages are noted with the name of the person.
func TestActsNameThePerson(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.add("root", ledger.Admin)
	w.add("oli", ledger.Operator)
	w.as("oli")
	_, body := w.post("/c/acme-shop/pause", url.Values{"reason": {"stocktaking"}})
	require.Contains(t, body, "Paused")
	_, body = w.post("/c/acme-shop/sync", url.Values{"mode": {"smart"}})
	require.Contains(t, body, "started as run 5")
	require.Equal(t, []string{"pause acme-shop stocktaking by oli on a page", "smart acme-shop  by oli"}, w.fake.did())
}

// An open page is told no more when its session has ended.
func TestAStreamEndsWithItsSession(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.add("ann", ledger.Admin)
	w.add("bob", ledger.Operator)
	w.as("bob")
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, w.server.URL+"/live?page=/c/acme-shop", nil)
	require.NoError(t, err)
	request.AddCookie(&http.Cookie{Name: cookieName, Value: w.cookie()})
	before, err := w.console.visitor(request, false)
	require.NoError(t, err)
	require.True(t, w.console.stays(request, before.Role))
	root := control.WithActor(t.Context(), control.Actor{Name: "root", Face: control.FaceCommandLine, Role: ledger.Admin})
	_, err = w.house.SetRole(root, "bob", ledger.Viewer)
	require.NoError(t, err)
	require.False(t, w.console.stays(request, before.Role))
}

// The cookie is for this host, over TLS where there is TLS, and for no script.
func TestCookies(t *testing.T) {
	t.Parallel()
	for origin, want := range map[string]string{
		"":                          `^tidemark_session=\S{43}; Path=/; Max-Age=43200; HttpOnly; SameSite=Lax$`,
		"https://stock.example.com": `^__Host-tidemark_session=\S{43}; Path=/; Max-Age=43200; HttpOnly; Secure; SameSite=Lax$`,
	} {
		w := newWorld(t, func(o *Options) { o.Origin = origin })
		w.add("ann", ledger.Admin)
		w.browser.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, w.server.URL+signInPath,
			strings.NewReader(url.Values{"name": {"ann"}, "password": {horse}, "next": {"/runs"}}.Encode()))
		require.NoError(t, err)
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		response, err := w.browser.Do(request)
		require.NoError(t, err)
		require.NoError(t, response.Body.Close())
		require.Equal(t, http.StatusSeeOther, response.StatusCode)
		require.Equal(t, "/runs", response.Header.Get("Location"))
		require.Regexp(t, want, response.Header.Get("Set-Cookie"))
	}
}

// Behind TLS a form of the pages' own address is taken, whatever host the proxy asks for.
func TestFormsBehindAProxy(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(o *Options) { o.Origin = "https://stock.example.com" })
	w.add("ann", ledger.Admin)
	for origin, want := range map[string]int{
		"https://stock.example.com": http.StatusUnauthorized, "https://stock.example.com.evil.example": http.StatusForbidden,
		"http://stock.example.com": http.StatusForbidden,
	} {
		status, _ := w.post(signInPath, url.Values{"name": {"ann"}, "password": {"a wrong password"}}, "Origin", origin)
		require.Equal(t, want, status, origin)
	}
}

// What a proxy says is believed from its addresses alone, and only where it can be understood.
func TestWhoAProxyNames(t *testing.T) {
	t.Parallel()
	proxy := Proxy{
		From: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/24"), netip.MustParsePrefix("::1/128")}, User: "X-User", Role: "X-Role",
		Everybody: ledger.Viewer,
	}
	strict, plain := proxy, proxy
	strict.Everybody = ""
	plain.Role = ""
	for name, test := range map[string]struct {
		proxy  Proxy
		remote string
		header http.Header
		want   string
		wrong  string
	}{
		"a user with a role":           {proxy, "10.0.0.5:1", http.Header{"X-User": {"Ann@Example.com"}, "X-Role": {"operator"}}, "ann@example.com operator", ""},
		"IPv6":                         {proxy, "[::1]:1", http.Header{"X-User": {"ann"}, "X-Role": {"admin"}}, "ann admin", ""},
		"IPv4 as IPv6":                 {proxy, "[::ffff:10.0.0.5]:1", http.Header{"X-User": {"ann"}, "X-Role": {"admin"}}, "ann admin", ""},
		"no role, and a default":       {proxy, "10.0.0.5:1", http.Header{"X-User": {"ann"}}, "ann viewer", ""},
		"no role, and no default":      {strict, "10.0.0.5:1", http.Header{"X-User": {"ann"}}, "", "the proxy gives ann no role"},
		"one role for everybody":       {plain, "10.0.0.5:1", http.Header{"X-User": {"ann"}, "X-Role": {"admin"}}, "ann viewer", ""},
		"a role that there is not":     {proxy, "10.0.0.5:1", http.Header{"X-User": {"ann"}, "X-Role": {"root"}}, "", "the proxy gives ann no role"},
		"an empty role":                {proxy, "10.0.0.5:1", http.Header{"X-User": {"ann"}, "X-Role": {""}}, "", "the proxy gives ann no role"},
		"another address":              {proxy, "10.0.1.5:1", http.Header{"X-User": {"ann"}, "X-Role": {"admin"}}, "", ""},
		"an address that is none":      {proxy, "@", http.Header{"X-User": {"ann"}, "X-Role": {"admin"}}, "", ""},
		"an address that says so":      {proxy, "192.0.2.1:1", http.Header{"X-User": {"ann"}, "X-Forwarded-For": {"10.0.0.5"}}, "", ""},
		"nobody":                       {proxy, "10.0.0.5:1", http.Header{"X-User": {""}, "X-Role": {"admin"}}, "", ""},
		"no header":                    {proxy, "10.0.0.5:1", http.Header{"X-Role": {"admin"}}, "", ""},
		"a proxy that signs in nobody": {Proxy{From: proxy.From}, "10.0.0.5:1", http.Header{"X-User": {"ann"}}, "", ""},
		"no proxy":                     {Proxy{User: "X-User", Everybody: ledger.Admin}, "127.0.0.1:1", http.Header{"X-User": {"ann"}}, "", ""},
		"the browser's header as well": {proxy, "10.0.0.5:1", http.Header{"X-User": {"root", "ann"}}, "", "more than once"},
		"the browser's role as well":   {proxy, "10.0.0.5:1", http.Header{"X-User": {"ann"}, "X-Role": {"admin", "viewer"}}, "", "more than once"},
		"a name that is none":          {proxy, "10.0.0.5:1", http.Header{"X-User": {"ann (admin)"}}, "", "a name has 1 to 64"},
	} {
		user, role, named, err := test.proxy.user(&http.Request{RemoteAddr: test.remote, Header: test.header})
		require.Equal(t, test.want != "", named, name)
		require.Equal(t, test.want, strings.TrimSpace(map[bool]string{true: user + " " + string(role)}[named]), name)
		if test.wrong == "" {
			require.NoError(t, err, name)
		} else {
			require.ErrorContains(t, err, test.wrong, name)
		}
	}
	for name, test := range map[string]struct{ remote, passed, want string }{
		"straight":                   {"192.0.2.1:1", "", "192.0.2.1"},
		"straight, and it lies":      {"192.0.2.1:1", "203.0.113.9", "192.0.2.1"},
		"through the proxy":          {"10.0.0.5:1", "192.0.2.1", "192.0.2.1"},
		"it lies through the proxy":  {"10.0.0.5:1", "203.0.113.9, 192.0.2.1", "192.0.2.1"},
		"through two of them":        {"10.0.0.5:1", "192.0.2.1, 10.0.0.6", "192.0.2.1"},
		"the proxy itself":           {"10.0.0.5:1", "", "10.0.0.5"},
		"what cannot be read":        {"10.0.0.5:1", "192.0.2.1, unknown", "10.0.0.5"},
		"an end that cannot be read": {"@", "192.0.2.1", "@"},
	} {
		header := http.Header{}
		if test.passed != "" {
			header.Set("X-Forwarded-For", test.passed)
		}
		require.Equal(t, test.want, proxy.client(&http.Request{RemoteAddr: test.remote, Header: header}), name)
	}
}

// Who a trusted proxy names uses the pages with the role that it gives, and is noted as that; who is disabled here is not let in.
func TestPagesBehindAProxyThatSignsIn(t *testing.T) {
	t.Parallel()
	trusted := func(o *Options) {
		o.Proxy = Proxy{From: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, User: "X-User", Role: "X-Role"}
		o.Local, o.Origin = "", "https://stock.example.com"
	}
	w := newWorld(t, trusted)
	status, body := w.getWith("/runs", "X-User", "ann", "X-Role", "viewer")
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, body, "ann (proxy), viewer")
	require.NotContains(t, body, `href="/me"`, "she has no password here")
	status, _ = w.post("/c/acme-shop/sync", url.Values{"mode": {"smart"}}, "X-User", "ann", "X-Role", "viewer", "X-Forwarded-For", "192.0.2.9")
	require.Equal(t, http.StatusForbidden, status)
	require.Equal(t,
		[]string{"ann (proxy)|page|sync|/c/acme-shop/sync|refused|this needs the role operator, and ann (proxy) has the role viewer; from 192.0.2.9"},
		w.logged(1))
	status, body = w.getWith("/runs", "X-User", "ann")
	require.Equal(t, http.StatusForbidden, status)
	require.Contains(t, body, "The proxy gives ann no role")
	status, _ = w.get("/runs")
	require.Equal(t, http.StatusUnauthorized, status)
	w.add("root", ledger.Admin)
	w.add("ann", ledger.Viewer)
	root := control.WithActor(t.Context(), control.Actor{Name: "root", Face: control.FaceCommandLine, Role: ledger.Admin})
	_, err := w.house.DisablePerson(root, "ann")
	require.NoError(t, err)
	status, body = w.getWith("/runs", "X-User", "Ann", "X-Role", "admin")
	require.Equal(t, http.StatusForbidden, status)
	require.Contains(t, body, "Ann is disabled here.")

	elsewhere := newWorld(t, trusted, func(o *Options) { o.Proxy.From = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")} })
	status, _ = elsewhere.getWith("/runs", "X-User", "ann", "X-Role", "admin")
	require.Equal(t, http.StatusUnauthorized, status, "the header is ignored from another address")
}

func (w *world) getWith(path string, headers ...string) (int, string) {
	w.t.Helper()
	request, err := http.NewRequestWithContext(w.t.Context(), http.MethodGet, w.server.URL+path, nil)
	require.NoError(w.t, err)
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	return w.send(request)
}

// Signing in leads to a page of ours.
func TestOnward(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"/": "/", "/runs?connection=a%2Fb": "/runs?connection=a%2Fb", "/c/acme-shop/levels": "/c/acme-shop/levels", "": "/", "runs": "/",
		"//evil.example": "/", "/\\evil.example": "/",
		"https://evil.example/": "/", "javascript:alert(1)": "/", "/\t/evil.example": "/", "/in": "/", "/out": "/", "/first?key=x": "/", "/%": "/",
		"///evil.example": "/",
	} {
		require.Equal(t, want, onward(text), text)
	}
}

// Who reads a page has the menu, and no command line.
func TestWhatPagesTellNamesNoCommand(t *testing.T) {
	t.Parallel()
	words, ok := refusalWords(&control.UsageError{Message: "there is no run 9; starter runs lists them"})
	require.True(t, ok)
	require.Equal(t, "there is no run 9", words)
}

package control

import (
	"context"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/ledger"
)

const horse = "correct horse battery"

// house is a control with an admin, and a clock that a test moves.
type house struct {
	*Control
	t     *testing.T
	mutex sync.Mutex
	at    time.Time
}

func newHouse(t *testing.T) *house {
	t.Helper()
	h := &house{t: t, at: noon}
	h.Control = New(emptyLedger(t), nil, func() time.Time {
		h.mutex.Lock()
		defer h.mutex.Unlock()
		return h.at
	})
	return h
}

func (h *house) pass(span time.Duration) {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	h.at = h.at.Add(span)
}

func (h *house) add(name string, role ledger.Role) {
	h.t.Helper()
	_, err := h.AddPerson(h.as(ledger.Admin), name, role, horse)
	require.NoError(h.t, err)
}

func (h *house) as(role ledger.Role) context.Context {
	return WithActor(h.t.Context(), Actor{Name: "root", Face: FaceCommandLine, Role: role})
}

// from is the context of a request from an address, with nobody signed in.
func (h *house) from(address string) context.Context {
	return WithActor(h.t.Context(), Actor{Name: "not signed in", Face: FacePage, Address: address})
}

// last are the newest entries of the activity log, in words, the newest first.
func (h *house) last(count int) (lines []string) {
	h.t.Helper()
	entries, err := h.Log(h.t.Context(), ledger.AuditQuery{Limit: count})
	require.NoError(h.t, err)
	for _, entry := range entries {
		lines = append(lines, strings.Join([]string{entry.Who, entry.From, entry.Act, entry.On, entry.Before, entry.After, string(entry.Result), entry.Reason}, "|"))
	}
	return lines
}

// The right password begins a new session, which ends; every sign-in, right or wrong, and every sign-out is noted.
func TestSignIn(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.add("ann", ledger.Admin)
	h.add("bob", ledger.Viewer)
	_, err := h.DisablePerson(h.as(ledger.Admin), "bob")
	require.NoError(t, err)

	token, person, err := h.SignIn(h.from("192.0.2.7"), " Ann ", horse, "")
	require.NoError(t, err)
	require.Equal(t, "ann", person.Name)
	require.Equal(t, []string{"ann|page|sign in|the pages||signed in, from 192.0.2.7|done|"}, h.last(1))
	person, err = h.SignedIn(t.Context(), token, true)
	require.NoError(t, err)
	require.Equal(t, ledger.Admin, person.Role)

	again, _, err := h.SignIn(h.from("192.0.2.7"), "ann", horse, token)
	require.NoError(t, err)
	require.NotEqual(t, token, again)
	_, err = h.SignedIn(t.Context(), token, true)
	require.ErrorIs(t, err, ledger.ErrNotFound, "the browser's session before it has ended")

	for name, test := range map[string]struct{ name, password, noted string }{
		"a wrong password":    {"ann", "correct horse batterz", "not signed in|page|sign in|ann|||refused|the password is wrong; from 192.0.2.7"},
		"nobody":              {"correct horse", horse, "not signed in|page|sign in|a name that nobody has|||refused|there is nobody of that name; from 192.0.2.7"},
		"no name":             {"", horse, "not signed in|page|sign in|a name that nobody has|||refused|there is nobody of that name; from 192.0.2.7"},
		"a disabled person":   {"bob", horse, "not signed in|page|sign in|bob|||refused|the person is disabled; from 192.0.2.7"},
		"an endless password": {"ann", strings.Repeat(horse, 1000), "not signed in|page|sign in|ann|||refused|the password is wrong; from 192.0.2.7"},
	} {
		token, _, err := h.SignIn(h.from("192.0.2.7"), test.name, test.password, again)
		require.EqualError(t, err, "the name or the password is wrong", name)
		require.Empty(t, token, name)
		require.Equal(t, []string{test.noted}, h.last(1), name)
	}
	_, err = h.SignedIn(t.Context(), again, true)
	require.NoError(t, err, "who fails to sign in again is still signed in")

	require.NoError(t, h.SignOut(h.from("192.0.2.7"), again))
	require.Equal(t, []string{"ann|page|sign out|the pages||signed out, from 192.0.2.7|done|"}, h.last(1))
	_, err = h.SignedIn(t.Context(), again, true)
	require.ErrorIs(t, err, ledger.ErrNotFound)
	require.NoError(t, h.SignOut(h.from("192.0.2.7"), "a guess"))
}

// A session ends some time after its last use, and after a day's work however much it is used. What a page does by itself is no use.
func TestSessionsEnd(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.add("ann", ledger.Admin)
	begin := func() string {
		token, _, err := h.SignIn(h.from("192.0.2.7"), "ann", horse, "")
		require.NoError(t, err)
		return token
	}
	token := begin()
	h.pass(SessionIdles - time.Second)
	_, err := h.SignedIn(t.Context(), token, false)
	require.NoError(t, err)
	h.pass(time.Second)
	_, err = h.SignedIn(t.Context(), token, false)
	require.ErrorIs(t, err, ledger.ErrNotFound, "it was not used")
	token = begin()
	for range 11 {
		h.pass(time.Hour)
		_, err = h.SignedIn(t.Context(), token, true)
		require.NoError(t, err)
	}
	h.pass(time.Hour)
	_, err = h.SignedIn(t.Context(), token, true)
	require.ErrorIs(t, err, ledger.ErrNotFound, "twelve hours are over")
}

// Guessing is slowed down: of one name from many addresses, and of many names from one address. Other sign-ins are not.
func TestSignInIsThrottled(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.add("ann", ledger.Admin)
	h.add("bob", ledger.Viewer)
	var tooMany *SignInError
	for n := range paceOfName.burst {
		_, _, err := h.SignIn(h.from("192.0.2."+string(rune('1'+n%9))), "ann", "a wrong password", "")
		require.ErrorAs(t, err, &tooMany)
		require.Zero(t, tooMany.Wait)
	}
	before := h.last(100)
	_, _, err := h.SignIn(h.from("198.51.100.1"), "ann", horse, "")
	require.ErrorAs(t, err, &tooMany)
	require.Equal(t, paceOfName.every, tooMany.Wait, "the right password as well, or guessing would go on")
	require.Equal(t, before, h.last(100), "nobody fills the log")
	_, _, err = h.SignIn(h.from("198.51.100.1"), "bob", horse, "")
	require.NoError(t, err, "another name is not slowed down")
	h.pass(paceOfName.every)
	_, _, err = h.SignIn(h.from("198.51.100.1"), "ann", horse, "")
	require.NoError(t, err)

	for n := range paceOfAddress.burst {
		_, _, err := h.SignIn(h.from("203.0.113.5"), "nobody"+string(rune('a'+n)), horse, "")
		require.ErrorAs(t, err, &tooMany)
		require.Zero(t, tooMany.Wait)
	}
	_, _, err = h.SignIn(h.from("203.0.113.5"), "bob", horse, "")
	require.ErrorAs(t, err, &tooMany)
	require.NotZero(t, tooMany.Wait)
	for range 3 * paceOfName.burst {
		_, _, err = h.SignIn(h.from("203.0.113.6"), "bob", horse, "")
		require.NoError(t, err, "who succeeds is not slowed down")
	}
}

// Servers beside each other on a ledger count together: whoever guesses gets no further by asking them in turn, nor by a restart.
func TestServersThrottleTogether(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.add("ann", ledger.Admin)
	var refused *SignInError
	for n := range paceOfName.burst {
		_, _, err := New(h.state, nil, h.now).SignIn(h.from("192.0.2."+string(rune('1'+n%9))), "ann", "a wrong password", "")
		require.ErrorAs(t, err, &refused)
		require.Zero(t, refused.Wait)
	}
	_, _, err := New(h.state, nil, h.now).SignIn(h.from("198.51.100.1"), "ann", horse, "")
	require.ErrorAs(t, err, &refused)
	require.Equal(t, paceOfName.every, refused.Wait)
	for range 3 * paceOfName.burst {
		h.pass(paceOfName.every)
		_, _, err = New(h.state, nil, h.now).SignIn(h.from("198.51.100.1"), "ann", horse, "")
		require.NoError(t, err, "who succeeds is charged nothing")
	}
}

// An unknown name is verified as a known one is: against a hash of the same parameters.
func TestUnknownNamesTakeTheSameWork(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.add("ann", ledger.Admin)
	person, err := wholeLedger(h.state).Person(t.Context(), "ann")
	require.NoError(t, err)
	cost := func(hash string) string { return strings.Join(strings.Split(hash, "$")[:4], "$") }
	require.Equal(t, cost(person.Password), cost(nobodysHash))

	synctest.Test(t, func(t *testing.T) {
		for _, name := range []string{"ann", "nobody", "", "no name at all"} {
			c := New(&few{person: person}, nil, time.Now)
			for range hashesAtOnce { // all places are taken, so whoever hashes waits
				c.signIns.ready().hashing.slots <- struct{}{}
			}
			_, _, err := c.SignIn(WithActor(t.Context(), Actor{Address: "192.0.2.7"}), name, horse, "")
			require.ErrorIs(t, err, ErrBusy, "%q is not hashed", name)
		}
	})
}

// few is a ledger with one person.
type few struct {
	ledger.Ledger
	person ledger.Person
}

func (f *few) Person(_ context.Context, name string) (ledger.Person, error) {
	if name != f.person.Name {
		return ledger.Person{}, ledger.ErrNotFound
	}
	return f.person, nil
}

func (*few) Charge(context.Context, time.Time, ...ledger.Charge) (time.Duration, error) {
	return 0, nil
}

func (*few) Audit(context.Context, ledger.AuditEntry) error { return nil }

// The first admin is made by a link, once.
func TestTheFirstAdmin(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	somebody, err := h.HasPeople(t.Context())
	require.NoError(t, err)
	require.False(t, somebody)
	key, err := h.Invite(t.Context())
	require.NoError(t, err)
	for name, test := range map[string]struct{ key, name, password, want string }{
		"another key":      {"another", "ann", horse, "this link counts no more"},
		"no name":          {key, " ", horse, "a name has 1 to 64"},
		"a short password": {key, "ann", "short", "fewer than 15"},
	} {
		_, err := h.AcceptInvitation(h.from("127.0.0.1"), test.key, test.name, test.password)
		require.ErrorContains(t, err, test.want, name)
	}
	token, err := h.AcceptInvitation(h.from("127.0.0.1"), key, "Ann", horse)
	require.NoError(t, err)
	person, err := h.SignedIn(t.Context(), token, true)
	require.NoError(t, err)
	require.Equal(t, "ann admin", person.Name+" "+string(person.Role))
	require.Equal(t,
		[]string{
			"ann|page|sign in|the pages||signed in, from 127.0.0.1|done|", "the link of the first admin|page|add a person|ann||admin, from 127.0.0.1|done|",
		}, h.last(2))
	_, err = h.AcceptInvitation(h.from("127.0.0.1"), key, "eve", horse)
	require.ErrorContains(t, err, "this link counts no more")
	key, err = h.Invite(t.Context())
	require.NoError(t, err)
	require.Empty(t, key, "there is somebody")

	other := newHouse(t)
	key, err = other.Invite(t.Context())
	require.NoError(t, err)
	other.pass(InvitationLasts)
	_, err = other.AcceptInvitation(other.from("127.0.0.1"), key, "ann", horse)
	require.ErrorContains(t, err, "this link counts no more")
}

// Each change of people is noted, ends the sessions, and is refused where no admin would be left.
func TestPeopleAreChanged(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	root := h.as(ledger.Admin)
	_, err := h.AddPerson(root, "ann", ledger.Operator, horse)
	require.ErrorContains(t, err, "the first person is an admin")
	h.add("Ann", ledger.Admin)
	require.Equal(t, []string{"root|command line|add a person|ann||admin|done|"}, h.last(1))
	_, err = h.AddPerson(root, "ann", ledger.Viewer, horse)
	require.EqualError(t, err, "there is somebody called ann already")
	_, err = h.AddPerson(root, "an n", ledger.Viewer, horse)
	require.ErrorContains(t, err, "a name has 1 to 64")
	require.Contains(t, h.last(1)[0], "add a person|a name that cannot be one")
	_, err = h.AddPerson(root, "bob", "owner", horse)
	require.ErrorContains(t, err, `there is no role "owner"`)
	_, err = h.AddPerson(root, "bob", ledger.Viewer, "short")
	require.ErrorContains(t, err, "fewer than 15")
	h.add("bob", ledger.Viewer)
	_, err = h.DisablePerson(root, "ann")
	require.ErrorContains(t, err, "no admin would be left")
	_, err = h.SetRole(root, "ann", ledger.Viewer)
	require.ErrorContains(t, err, "no admin would be left")
	_, err = h.EnablePerson(root, "cy")
	require.ErrorContains(t, err, "there is nobody called cy")

	for noted, change := range map[string]func() (ledger.Person, error){
		"root|command line|change a role|bob|viewer|operator|done|": func() (ledger.Person, error) { return h.SetRole(root, "Bob", ledger.Operator) },
		"root|command line|reset a password|bob||another " +
			"password|done|": func() (ledger.Person, error) { return h.ResetPassword(root, "bob", "another horse battery") },
		"root|command line|disable a person|bob|viewer|viewer, disabled|done|": func() (ledger.Person, error) { return h.DisablePerson(root, "bob") },
	} {
		token, _, err := h.SignIn(h.from("192.0.2.7"), "bob", horse, "")
		require.NoError(t, err)
		person, err := change()
		require.NoError(t, err)
		require.Equal(t, "bob", person.Name)
		require.Equal(t, []string{noted}, h.last(1))
		_, err = h.SignedIn(t.Context(), token, true)
		require.ErrorIs(t, err, ledger.ErrNotFound, noted)
		_, err = h.EnablePerson(root, "bob")
		require.NoError(t, err)
		_, err = h.SetRole(root, "bob", ledger.Viewer)
		require.NoError(t, err)
		_, err = h.ResetPassword(root, "bob", horse)
		require.NoError(t, err)
	}
	people, err := h.People(root)
	require.NoError(t, err)
	require.Len(t, people, 2)
	_, err = h.People(h.as(ledger.Operator))
	require.ErrorContains(t, err, "this needs the role admin")
	require.Equal(t, []string{"root|command line|list the people|people|||refused|this needs the role admin, and root has the role operator"}, h.last(1))
	disabled, err := h.DisabledPerson(t.Context(), "bob")
	require.NoError(t, err)
	require.False(t, disabled)
}

// A person changes the own password with the current one; all other sessions of the person end.
func TestTheOwnPassword(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.add("root", ledger.Admin)
	h.add("vic", ledger.Viewer)
	begin := func(password string) string {
		t.Helper()
		token, _, err := h.SignIn(h.from("192.0.2.7"), "vic", password, "")
		require.NoError(t, err)
		return token
	}
	other, mine := begin(horse), begin(horse)
	vic := WithActor(t.Context(), Actor{Name: "vic", Face: FacePage, Role: ledger.Viewer, Address: "192.0.2.7"})
	for name, test := range map[string]struct{ token, current, another, want string }{
		"a wrong password": {mine, "correct horse batterz", "another horse battery", "the password that there was is wrong"},
		"a short one":      {mine, horse, "short", "fewer than 15"},
		"no session":       {"a guess", horse, "another horse battery", "only who signed in here"},
	} {
		token, err := h.ChangePassword(vic, test.token, test.current, test.another)
		require.ErrorContains(t, err, test.want, name)
		require.Empty(t, token, name)
		require.Contains(t, h.last(1)[0], "vic|page|change the own password|vic|||refused|", name)
		require.Contains(t, h.last(1)[0], test.want, name)
	}
	_, err := h.SignedIn(t.Context(), other, true)
	require.NoError(t, err, "nothing was changed")
	token, err := h.ChangePassword(vic, mine, horse, "another horse battery")
	require.NoError(t, err)
	person, err := h.SignedIn(t.Context(), token, true)
	require.NoError(t, err)
	require.Equal(t, "vic", person.Name)
	for _, ended := range []string{mine, other} {
		_, err = h.SignedIn(t.Context(), ended, true)
		require.ErrorIs(t, err, ledger.ErrNotFound)
	}
	require.Equal(t, "vic|page|change the own password|vic||another password|done|", h.last(1)[0])
	begin("another horse battery")
	for range paceOfName.burst - 1 { // one was wrong above
		_, err = h.ChangePassword(vic, token, "a wrong password", "a third horse battery")
		require.ErrorContains(t, err, "is wrong")
		h.pass(time.Second)
	}
	_, err = h.ChangePassword(vic, token, "another horse battery", "a third horse battery")
	require.ErrorContains(t, err, "too many attempts")
}

// Refusals of requests without a sign-in are noted, and nobody can fill the log with them.
func TestUnknownRefusalsAreBounded(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for range 3 * paceOfRefusals.burst {
		require.Error(t, h.NoteNotSignedIn(h.from("192.0.2.7"), "POST /out", "the pages", &ForbiddenError{"a form of another site"}))
	}
	noted := h.last(100)
	require.Len(t, noted, paceOfRefusals.burst)
	require.Equal(t, "not signed in|page|POST /out|the pages|||refused|a form of another site; from 192.0.2.7", noted[0])
}

package ledgertest

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/ledger"
)

var peopleTests = tests{
	"people are added once, listed by name and found":          peopleAreKept,
	"there is always an admin":                                 anAdminIsKept,
	"of two admins who disable each other, one is left":        adminsWhoDisableEachOther,
	"a session is found by its token until it ends":            sessionsEnd,
	"a change of a person ends all sessions of that person":    changesEndSessions,
	"no session begins with a password that was replaced":      sessionsNeedThePassword,
	"a link makes the first admin once, and nobody later":      invitationsAreForOne,
	"of many who open the same link at once, one is the first": invitationsAtOnce,
	"what has expired is tidied":                               sessionsAreTidied,
}

func (w *world) person(name string, role ledger.Role) ledger.Person {
	return ledger.Person{Name: name, Role: role, Password: "hash of " + name, CreatedAt: began}
}

func (w *world) add(t *testing.T, name string, role ledger.Role) {
	t.Helper()
	require.NoError(t, w.AddPerson(w.ctx(), w.person(name, role)))
}

// begin begins a session that lasts a day, and is idle after an hour.
func (w *world) begin(t *testing.T, token, person string) {
	t.Helper()
	require.NoError(t, w.BeginSession(w.ctx(), w.session(token, person), "hash of "+person))
}

func (w *world) session(token, person string) ledger.Session {
	return ledger.Session{Token: token, Person: person, CreatedAt: began, UsedAt: began, ExpiresAt: began.Add(24 * time.Hour)}
}

// signedIn returns the person of a token at a given time.
func (w *world) signedIn(t *testing.T, token string, now time.Time) string {
	t.Helper()
	_, person, err := w.Session(w.ctx(), token, now.Add(-time.Hour), now)
	if err != nil {
		require.ErrorIs(t, err, ledger.ErrNotFound)
		return ""
	}
	return person.Name
}

func peopleAreKept(t *testing.T, w *world) {
	none, err := w.People(w.ctx())
	require.NoError(t, err)
	require.Empty(t, none)
	w.add(t, "cy", ledger.Admin)
	w.add(t, "ann", ledger.Viewer)
	require.ErrorIs(t, w.AddPerson(w.ctx(), w.person("ann", ledger.Admin)), ledger.ErrExists)
	all, err := w.People(w.ctx())
	require.NoError(t, err)
	require.Equal(t, []ledger.Person{w.person("ann", ledger.Viewer), w.person("cy", ledger.Admin)}, slices.Collect(func(yield func(ledger.Person) bool) {
		for _, listed := range all {
			require.True(t, listed.CreatedAt.Equal(began))
			listed.CreatedAt = began
			if !yield(listed) {
				return
			}
		}
	}))
	before, err := w.ChangePerson(w.ctx(), "ann", func(person *ledger.Person) {
		person.Role, person.Password, person.Disabled = ledger.Operator, "another", true
	})
	require.NoError(t, err)
	require.Equal(t, ledger.Viewer, before.Role)
	stored, err := w.Person(w.ctx(), "ann")
	require.NoError(t, err)
	require.Equal(t, []any{ledger.Operator, "another", true}, []any{stored.Role, stored.Password, stored.Disabled})
	_, err = w.Person(w.ctx(), "Ann")
	require.ErrorIs(t, err, ledger.ErrNotFound)
	_, err = w.ChangePerson(w.ctx(), "bob", func(*ledger.Person) {})
	require.ErrorIs(t, err, ledger.ErrNotFound)
}

func anAdminIsKept(t *testing.T, w *world) {
	require.ErrorIs(t, w.AddPerson(w.ctx(), w.person("ann", ledger.Operator)), ledger.ErrNoAdmin)
	none, err := w.People(w.ctx())
	require.NoError(t, err)
	require.Empty(t, none, "nothing was changed")
	w.add(t, "ann", ledger.Admin)
	w.add(t, "bob", ledger.Operator)
	w.begin(t, "token", "ann")
	for _, change := range []func(*ledger.Person){
		func(person *ledger.Person) { person.Disabled = true }, func(person *ledger.Person) { person.Role = ledger.Operator },
	} {
		_, err := w.ChangePerson(w.ctx(), "ann", change)
		require.ErrorIs(t, err, ledger.ErrNoAdmin)
	}
	require.Equal(t, "ann", w.signedIn(t, "token", began), "nothing was changed")
	_, err = w.ChangePerson(w.ctx(), "bob", func(person *ledger.Person) { person.Role = ledger.Admin })
	require.NoError(t, err)
	_, err = w.ChangePerson(w.ctx(), "ann", func(person *ledger.Person) { person.Disabled = true })
	require.NoError(t, err)
}

func adminsWhoDisableEachOther(t *testing.T, w *world) {
	w.add(t, "ann", ledger.Admin)
	w.add(t, "bob", ledger.Admin)
	refused := atOnce(2, func(n int) error {
		_, err := w.ChangePerson(w.ctx(), []string{"ann", "bob"}[n], func(person *ledger.Person) { person.Disabled = true })
		return err
	})
	require.Len(t, refused, 1)
	require.ErrorIs(t, refused[0], ledger.ErrNoAdmin)
}

// atOnce calls a function several times concurrently and returns the errors.
func atOnce(times int, do func(n int) error) (failed []error) {
	var mutex sync.Mutex
	var all sync.WaitGroup
	for n := range times {
		all.Go(func() {
			if err := do(n); err != nil {
				mutex.Lock()
				defer mutex.Unlock()
				failed = append(failed, err)
			}
		})
	}
	all.Wait()
	return failed
}

func sessionsEnd(t *testing.T, w *world) {
	w.add(t, "ann", ledger.Admin)
	w.begin(t, "token", "ann")
	require.Equal(t, "ann", w.signedIn(t, "token", began.Add(time.Hour-time.Second)))
	require.Empty(t, w.signedIn(t, "token", began.Add(time.Hour)), "it was idle for too long")
	require.Empty(t, w.signedIn(t, "token", began.Add(3*time.Hour)))
	require.Empty(t, w.signedIn(t, "another", began))
	const stored = "3c469e9d6c5875d37a43f353d4f88e61fcf812c66eee3457465a40b0da4153e0" // the SHA-256 of "token", as the ledger stores it
	for _, guess := range []string{"", "ann", stored} {
		require.Empty(t, w.signedIn(t, guess, began), "what the ledger keeps signs nobody in")
	}
	later := began.Add(50 * time.Minute)
	require.NoError(t, w.UseSession(w.ctx(), "token", later))
	require.Equal(t, "ann", w.signedIn(t, "token", later.Add(time.Hour-time.Second)))
	seen, err := w.Person(w.ctx(), "ann")
	require.NoError(t, err)
	require.True(t, seen.SeenAt.Equal(later), "%v", seen.SeenAt)
	end := began.Add(24 * time.Hour)
	require.NoError(t, w.UseSession(w.ctx(), "token", end.Add(-time.Second)))
	require.Equal(t, "ann", w.signedIn(t, "token", end.Add(-time.Second)))
	require.Empty(t, w.signedIn(t, "token", end), "however often it is used")
	require.Empty(t, w.signedIn(t, "token", end.Add(time.Minute)))
	require.NoError(t, w.EndSession(w.ctx(), "token"))
	require.Empty(t, w.signedIn(t, "token", later))
	require.NoError(t, w.EndSession(w.ctx(), "token"))
}

func changesEndSessions(t *testing.T, w *world) {
	w.add(t, "ann", ledger.Admin)
	w.add(t, "bob", ledger.Operator)
	w.begin(t, "of ann", "ann")
	for name, change := range map[string]func(*ledger.Person){
		"another role":     func(person *ledger.Person) { person.Role = ledger.Viewer },
		"another password": func(person *ledger.Person) { person.Password = "hash of bob" },
		"disabled":         func(person *ledger.Person) { person.Disabled = true },
	} {
		_, err := w.ChangePerson(w.ctx(), "bob", func(person *ledger.Person) { person.Disabled = false })
		require.NoError(t, err)
		w.begin(t, name, "bob")
		w.begin(t, name+", again", "bob")
		_, err = w.ChangePerson(w.ctx(), "bob", change)
		require.NoError(t, err)
		require.Empty(t, w.signedIn(t, name, began), name)
		require.Empty(t, w.signedIn(t, name+", again", began), name)
	}
	require.Equal(t, "ann", w.signedIn(t, "of ann", began))
}

func sessionsNeedThePassword(t *testing.T, w *world) {
	w.add(t, "ann", ledger.Admin)
	w.add(t, "bob", ledger.Operator)
	_, err := w.ChangePerson(w.ctx(), "ann", func(person *ledger.Person) { person.Password = "another" })
	require.NoError(t, err)
	require.ErrorIs(t, w.BeginSession(w.ctx(), w.session("token", "ann"), "hash of ann"), ledger.ErrNotFound)
	_, err = w.ChangePerson(w.ctx(), "bob", func(person *ledger.Person) { person.Disabled = true })
	require.NoError(t, err)
	require.ErrorIs(t, w.BeginSession(w.ctx(), w.session("token", "bob"), "hash of bob"), ledger.ErrNotFound)
	require.ErrorIs(t, w.BeginSession(w.ctx(), w.session("token", "cy"), "hash of cy"), ledger.ErrNotFound)
	require.Empty(t, w.signedIn(t, "token", began))
}

func (w *world) invited(t *testing.T, token string, now time.Time) bool {
	t.Helper()
	counts, err := w.Invited(w.ctx(), token, now)
	require.NoError(t, err)
	return counts
}

func invitationsAreForOne(t *testing.T, w *world) {
	end := began.Add(time.Hour)
	require.NoError(t, w.Invite(w.ctx(), "first", end))
	require.NoError(t, w.Invite(w.ctx(), "second", end))
	require.True(t, w.invited(t, "first", began))
	require.False(t, w.invited(t, "first", end))
	require.False(t, w.invited(t, "first", end.Add(time.Hour)))
	require.False(t, w.invited(t, "third", began))
	require.ErrorIs(t, w.AcceptInvitation(w.ctx(), "third", w.person("eve", ledger.Admin), began), ledger.ErrNotFound)
	require.ErrorIs(t, w.AcceptInvitation(w.ctx(), "first", w.person("eve", ledger.Admin), end), ledger.ErrNotFound, "it has expired")
	require.ErrorIs(t, w.AcceptInvitation(w.ctx(), "first", w.person("eve", ledger.Viewer), began), ledger.ErrNoAdmin)
	require.NoError(t, w.AcceptInvitation(w.ctx(), "first", w.person("ann", ledger.Admin), began))
	for _, token := range []string{"first", "second"} {
		require.False(t, w.invited(t, token, began))
		require.ErrorIs(t, w.AcceptInvitation(w.ctx(), token, w.person("eve", ledger.Admin), began), ledger.ErrNotFound)
	}
	require.ErrorIs(t, w.Invite(w.ctx(), "fourth", end), ledger.ErrExists)
	all, err := w.People(w.ctx())
	require.NoError(t, err)
	require.Len(t, all, 1)
}

func invitationsAtOnce(t *testing.T, w *world) {
	require.NoError(t, w.Invite(context.WithoutCancel(w.ctx()), "first", began.Add(time.Hour)))
	failed := atOnce(5, func(n int) error {
		return w.AcceptInvitation(w.ctx(), "first", w.person(string(rune('a'+n)), ledger.Admin), began)
	})
	require.Len(t, failed, 4)
	for _, err := range failed {
		require.ErrorIs(t, err, ledger.ErrNotFound)
	}
}

func sessionsAreTidied(t *testing.T, w *world) {
	require.NoError(t, w.Invite(w.ctx(), "first", began.Add(time.Hour)))
	removed, err := w.Tidy(w.ctx(), began.Add(time.Hour))
	require.NoError(t, err)
	require.Zero(t, removed)
	removed, err = w.Tidy(w.ctx(), began.Add(2*time.Hour))
	require.NoError(t, err)
	require.EqualValues(t, 1, removed)
	w.add(t, "ann", ledger.Admin)
	w.begin(t, "token", "ann")
	removed, err = w.Tidy(w.ctx(), began.Add(48*time.Hour))
	require.NoError(t, err)
	require.EqualValues(t, 1, removed)
	require.Empty(t, w.signedIn(t, "token", began))
	all, err := w.People(w.ctx())
	require.NoError(t, err)
	require.Len(t, all, 1)
}

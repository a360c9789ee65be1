package control

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/tidemark/tidemark/ledger"
)

// People sign in to the pages with a name and a password; a session is a random token, of which the ledger keeps the hash.

const (
	// SessionLasts is after how long a session ends, however much it is used; SessionIdles is after how long without use it ends. NIST SP 800-63B-4
	// (2.2.3) asks for at most 24 hours, and about one hour without use.
	SessionLasts = 12 * time.Hour
	SessionIdles = 2 * time.Hour
	// useEvery is the least time between two notes of a session's use.
	useEvery = time.Minute
	// InvitationLasts is how long the link that makes the first admin is valid.
	InvitationLasts = 24 * time.Hour
)

var personName = regexp.MustCompile(`^[a-z0-9][a-z0-9._@+-]{0,63}$`)

// PersonName is a name as the ledger keeps it: in lower case, without blanks around it. A text that cannot be the name of a person is a *UsageError.
func PersonName(text string) (string, error) {
	name := strings.ToLower(strings.TrimSpace(text))
	if !personName.MatchString(name) {
		return "", usage("a name has 1 to 64 letters, digits and . _ - @ +, and begins with a letter or digit")
	}
	return name, nil
}

// signIns counts the failed attempts to sign in that this process has seen lately. Its zero value is ready.
type signIns struct {
	once      sync.Once
	hashing   *hashing
	mutex     sync.Mutex // guards the fields below
	names     *suspects[string]
	addresses *suspects[netip.Prefix]
	refusals  *suspects[netip.Prefix]
}

func (s *signIns) ready() *signIns {
	s.once.Do(func() {
		s.hashing, s.names = newHashing(), newSuspects[string](paceOfName)
		s.addresses, s.refusals = newSuspects[netip.Prefix](paceOfAddress), newSuspects[netip.Prefix](paceOfRefusals)
	})
	return s
}

// attempt charges one failure to a name and an address, or says how long to wait: first by what this process has seen, then by what all
// processes on the ledger have seen. An attempt that has to wait by this process's count does not reach the ledger.
func (c *Control) attempt(ctx context.Context, name, address string) (time.Duration, error) {
	now, s := c.now(), c.signIns.ready()
	if wait := s.attempt(name, address, now); wait > 0 {
		return wait, nil
	}
	charge := func(kind, key string, p pace) ledger.Charge {
		return ledger.Charge{Kind: kind, Key: key, Next: func(clean time.Time) (time.Time, time.Duration) { return p.attempt(clean, now) }}
	}
	wait, err := c.state.Charge(ctx, now,
		charge(ledger.SuspectAddress, networkOf(address).String(), paceOfAddress), charge(ledger.SuspectName, name, paceOfName))
	if wait > 0 || err != nil {
		s.refund(name, address)
	}
	return wait, err
}

// refund takes back the charge of an attempt that was no failure, also when the client has gone.
func (c *Control) refund(ctx context.Context, name, address string) error {
	c.signIns.ready().refund(name, address)
	charge := func(kind, key string, p pace) ledger.Charge {
		return ledger.Charge{Kind: kind, Key: key, Next: func(clean time.Time) (time.Time, time.Duration) { return p.refund(clean), 0 }}
	}
	refunding, cancel := context.WithTimeout(context.WithoutCancel(ctx), auditPatience)
	defer cancel()
	_, err := c.state.Charge(refunding, c.now(),
		charge(ledger.SuspectAddress, networkOf(address).String(), paceOfAddress), charge(ledger.SuspectName, name, paceOfName))
	return err
}

// attempt charges one failure to a name and an address in this process, or says how long to wait.
func (s *signIns) attempt(name, address string, now time.Time) time.Duration {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	network := networkOf(address)
	if wait := s.addresses.attempt(network, now); wait > 0 {
		return wait
	}
	wait := s.names.attempt(name, now)
	if wait > 0 {
		s.addresses.refund(network)
	}
	return wait
}

func (s *signIns) refund(name, address string) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.addresses.refund(networkOf(address))
	s.names.refund(name)
}

// SignInError is a sign-in that was refused. It does not say whether a person of that name exists.
type SignInError struct {
	// Wait is how long to wait before the next attempt where there were too many; 0 where the name or the password is wrong.
	Wait time.Duration
}

func (e *SignInError) Error() string {
	if e.Wait > 0 {
		return fmt.Sprintf("there were too many attempts; wait %s", e.Wait.Round(time.Second))
	}
	return "the name or the password is wrong"
}

// ErrBusy is for a sign-in that waited too long while many others signed in. Trying again helps.
var ErrBusy = errors.New("many sign in at once; try it again in a moment")

// hashPatience is how long a sign-in waits until it may hash its password.
const hashPatience = 10 * time.Second

// SignIn checks a name and a password and begins a session. old is the token of a session of the same browser, which ends. The error is a
// *SignInError, ErrBusy or a fault of the ledger. Failures are noted, but not attempts that have to wait, so that nobody fills the log.
func (c *Control) SignIn(ctx context.Context, name, password, old string) (token string, person ledger.Person, err error) {
	actor := ActorOf(ctx)
	personName, unusable := PersonName(name)
	wait, err := c.attempt(ctx, personName, actor.Address)
	if err != nil {
		return "", person, err
	}
	if wait > 0 {
		return "", person, &SignInError{Wait: wait}
	}
	if unusable == nil {
		person, err = c.state.Person(ctx, personName)
	} else {
		err = ledger.ErrNotFound
	}
	exists := err == nil
	if err != nil && !errors.Is(err, ledger.ErrNotFound) {
		return "", person, errors.Join(err, c.refund(ctx, personName, actor.Address))
	}
	hash := nobodysHash // a name that nobody has takes as long to refuse
	if exists {
		hash = person.Password
	}
	matches, err := c.verify(ctx, hash, password)
	if err != nil {
		return "", person, errors.Join(err, c.refund(ctx, personName, actor.Address))
	}
	if exists && matches {
		token, err = c.beginSession(ctx, person) // the ledger refuses it for a disabled person
		if err == nil {
			return token, person, errors.Join(c.refund(ctx, personName, actor.Address), c.endSession(ctx, old))
		}
	}
	if err != nil && !errors.Is(err, ledger.ErrNotFound) {
		return "", person, err
	}
	return "", ledger.Person{}, c.noteOutcome(ctx, failedSignIn(actor, person.Name, person.Disabled && matches), &SignInError{})
}

// failedSignIn is the entry of the log for a sign-in that failed. name is empty for a name that nobody has, which is left out of the log:
// people type passwords there by mistake.
func failedSignIn(actor Actor, name string, disabled bool) ledger.AuditEntry {
	entry := ledger.AuditEntry{
		Who: "not signed in", From: actor.Face, Act: "sign in", On: name, Result: ledger.AuditRefused, Reason: "the password is wrong; from " + actor.Address,
	}
	switch {
	case name == "":
		entry.On, entry.Reason = "a name that nobody has", "there is nobody of that name; from "+actor.Address
	case disabled:
		entry.Reason = "the person is disabled; from " + actor.Address
	}
	return entry
}

func (c *Control) verify(ctx context.Context, hash, password string) (matches bool, err error) {
	if len(password) > mostPassword {
		password = "" // no person has an empty password, and hashing it takes no longer
	}
	if busy := c.withHashSlot(ctx, func() { matches, err = verifyPassword(hash, password) }); busy != nil {
		return false, busy
	}
	return matches, err
}

// hashed is the hash of a password, as the ledger keeps it.
func (c *Control) hashed(ctx context.Context, password string) (hash string, err error) {
	err = c.withHashSlot(ctx, func() { hash = hashPassword(password) })
	return hash, err
}

// withHashSlot calls hash when a slot is free, or returns ErrBusy where that takes too long.
func (c *Control) withHashSlot(ctx context.Context, hash func()) error {
	waiting, cancel := context.WithTimeout(ctx, hashPatience)
	defer cancel()
	if c.signIns.ready().hashing.do(waiting, hash) != nil {
		return ErrBusy
	}
	return nil
}

// beginSession makes a session with a new token: the token of an earlier session is never used again.
func (c *Control) beginSession(ctx context.Context, person ledger.Person) (string, error) {
	now := c.now()
	session := ledger.Session{Token: newToken(), Person: person.Name, CreatedAt: now, UsedAt: now, ExpiresAt: now.Add(SessionLasts)}
	if err := c.state.BeginSession(ctx, session, person.Password); err != nil {
		return "", err
	}
	return session.Token, c.noteOutcome(ctx, sessionEntry(ctx, person, "sign in", "signed in"), nil)
}

// sessionEntry is the entry of the log for a session of a person that began or ended.
func sessionEntry(ctx context.Context, person ledger.Person, act, outcome string) ledger.AuditEntry {
	actor := ActorOf(ctx)
	return ledger.AuditEntry{
		Who: person.Name, From: actor.Face, Act: act, On: "the pages", After: outcome + ", from " + actor.Address, Result: ledger.AuditDone,
	}
}

func (c *Control) endSession(ctx context.Context, token string) error {
	if token == "" {
		return nil
	}
	return c.state.EndSession(ctx, token)
}

// SignOut ends a session.
func (c *Control) SignOut(ctx context.Context, token string) error {
	_, person, err := c.state.Session(ctx, token, c.now().Add(-SessionIdles), c.now())
	if errors.Is(err, ledger.ErrNotFound) {
		return c.endSession(ctx, token)
	} else if err != nil {
		return err
	}
	return c.noteOutcome(ctx, sessionEntry(ctx, person, "sign out", "signed out"), c.endSession(ctx, token))
}

// SignedIn is the person of a session; ledger.ErrNotFound where there is no such session or it has ended. used is false for requests that a
// page makes by itself, which do not keep the session alive.
func (c *Control) SignedIn(ctx context.Context, token string, used bool) (ledger.Person, error) {
	now := c.now()
	session, person, err := c.state.Session(ctx, token, now.Add(-SessionIdles), now)
	if err == nil && used && now.Sub(session.UsedAt) >= useEvery {
		_ = c.state.UseSession(ctx, token, now) // where it cannot be noted, with a full disk for example, the session only ends sooner
	}
	return person, err
}

// NoteNotSignedIn notes that a request was refused because nobody was signed in. It notes a few refusals of an address, and then seldom more
// (paceOfRefusals). It returns the refusal.
func (c *Control) NoteNotSignedIn(ctx context.Context, act, on string, refusal error) error {
	s := c.signIns.ready()
	s.mutex.Lock()
	wait := s.refusals.attempt(networkOf(ActorOf(ctx).Address), c.now())
	s.mutex.Unlock()
	if wait > 0 {
		return refusal
	}
	return c.NoteRefused(ctx, act, on, refusal)
}

// HasPeople is true where the ledger has people: then the pages ask for a sign-in.
func (c *Control) HasPeople(ctx context.Context) (bool, error) {
	people, err := c.state.People(ctx)
	return len(people) > 0, err
}

// DisabledPerson is true for the name of a person who is disabled here, also where a proxy vouches for that name.
func (c *Control) DisabledPerson(ctx context.Context, name string) (bool, error) {
	person, err := c.state.Person(ctx, name)
	if errors.Is(err, ledger.ErrNotFound) {
		return false, nil
	}
	return person.Disabled, err
}

// Invite makes the key of a link that makes the first admin, once and within InvitationLasts. The key is empty where the ledger has people already.
func (c *Control) Invite(ctx context.Context) (string, error) {
	key := newToken()
	err := c.state.Invite(ctx, key, c.now().Add(InvitationLasts))
	if errors.Is(err, ledger.ErrExists) {
		return "", nil
	}
	return key, err
}

// Invited is true for a key that is valid now.
func (c *Control) Invited(ctx context.Context, key string) (bool, error) {
	return c.state.Invited(ctx, key, c.now())
}

// AcceptInvitation makes the first admin with the key of such a link, and begins a session. A key that is no longer valid, an invalid name and a
// password that is too short are a *UsageError.
func (c *Control) AcceptInvitation(ctx context.Context, key, name, password string) (token string, err error) {
	person, err := c.newPerson(ctx, name, ledger.Admin, password, func() error {
		counts, err := c.Invited(ctx, key)
		if err == nil && !counts {
			err = usage("this link counts no more: it is good once, for a day, while there is nobody")
		}
		return err
	})
	if err != nil {
		return "", err
	}
	actor := ActorOf(ctx)
	actor.Name = "the link of the first admin"
	err = c.state.AcceptInvitation(ctx, key, person, c.now())
	if errors.Is(err, ledger.ErrNotFound) {
		return "", usage("this link counts no more: somebody was made an admin meanwhile")
	} else if err != nil {
		return "", err
	}
	entry := auditEntry(actor, auditedAct{act: "add a person", on: person.Name}, nil)
	entry.After = personWords(person) + ", from " + actor.Address
	if err = c.noteOutcome(ctx, entry, nil); err != nil {
		return "", err
	}
	return c.beginSession(ctx, person)
}

// newPerson is a person with the hash of a password. It calls first before it makes the hash, which takes a while.
func (c *Control) newPerson(ctx context.Context, name string, role ledger.Role, password string, first func() error) (ledger.Person, error) {
	person := ledger.Person{Role: role, CreatedAt: c.now()}
	err := first()
	if err == nil {
		person.Name, err = PersonName(name)
	}
	if err == nil {
		err = checkRole(role)
	}
	if err == nil {
		err = checkPassword(person.Name, password)
	}
	if err == nil {
		person.Password, err = c.hashed(ctx, password)
	}
	return person, err
}

func checkRole(role ledger.Role) error {
	if !slices.Contains(ledger.Roles(), role) {
		return usage("there is no role %q; there are viewer, operator and admin", role)
	}
	return nil
}

// personWords is a person's role, and whether the person is disabled, for the activity log.
func personWords(person ledger.Person) string {
	if person.Disabled {
		return string(person.Role) + ", disabled"
	}
	return string(person.Role)
}

// People lists the people who may sign in. It is for admins only.
func (c *Control) People(ctx context.Context) ([]ledger.Person, error) {
	if err := c.Authorize(ctx, ActPeople, "list the people", "people"); err != nil {
		return nil, err
	}
	people, err := c.state.People(ctx)
	return orEmpty(people), err
}

func personAct(act, name string) auditedAct {
	if personName, err := PersonName(name); err == nil {
		return auditedAct{kind: ActPeople, act: act, on: personName}
	}
	return auditedAct{kind: ActPeople, act: act, on: "a name that cannot be one"}
}

// AddPerson adds a person who signs in with a password. The first person must be an admin.
func (c *Control) AddPerson(ctx context.Context, name string, role ledger.Role, password string) (ledger.Person, error) {
	return audited(ctx, c, new(personAct("add a person", name)), personWords, func() (ledger.Person, error) {
		person, err := c.newPerson(ctx, name, role, password, func() error { return nil })
		if err == nil {
			err = c.state.AddPerson(ctx, person)
		}
		return person, peopleProblem(err, person.Name)
	})
}

// DisablePerson stops a person from signing in, and ends the person's sessions.
func (c *Control) DisablePerson(ctx context.Context, name string) (ledger.Person, error) {
	return c.changePerson(ctx, "disable a person", name, func(person *ledger.Person) { person.Disabled = true })
}

// EnablePerson lets a disabled person sign in again, with the password from before.
func (c *Control) EnablePerson(ctx context.Context, name string) (ledger.Person, error) {
	return c.changePerson(ctx, "enable a person", name, func(person *ledger.Person) { person.Disabled = false })
}

// SetRole gives a person a role, and ends the person's sessions.
func (c *Control) SetRole(ctx context.Context, name string, role ledger.Role) (ledger.Person, error) {
	if err := checkRole(role); err != nil {
		return ledger.Person{}, err
	}
	return c.changePerson(ctx, "change a role", name, func(person *ledger.Person) { person.Role = role })
}

// ResetPassword replaces a person's password, and ends the person's sessions.
func (c *Control) ResetPassword(ctx context.Context, name, password string) (ledger.Person, error) {
	d := personAct("reset a password", name)
	return audited(ctx, c, &d, func(ledger.Person) string { return "another password" }, func() (ledger.Person, error) {
		personName, err := PersonName(name)
		if err == nil {
			err = checkPassword(personName, password)
		}
		if err != nil {
			return ledger.Person{}, err
		}
		hash, err := c.hashed(ctx, password)
		if err != nil {
			return ledger.Person{}, err
		}
		return c.change(ctx, personName, func(person *ledger.Person) { person.Password = hash })
	})
}

// ChangePassword replaces the password of the person whose session has the token. It ends all sessions of that person and begins a new one, whose
// token it returns. The current password must be right, and guessing it is slowed down as at sign-in.
func (c *Control) ChangePassword(ctx context.Context, token, current, another string) (string, error) {
	d := auditedAct{kind: ActOwn, act: "change the own password", on: ActorOf(ctx).Name}
	return audited(ctx, c, &d, func(string) string { return "another password" }, func() (string, error) {
		person, err := c.SignedIn(ctx, token, true)
		if errors.Is(err, ledger.ErrNotFound) {
			return "", usage("only who signed in here with a name and a password has one to change")
		} else if err != nil {
			return "", err
		}
		if err := checkPassword(person.Name, another); err != nil {
			return "", err
		}
		address := ActorOf(ctx).Address
		wait, err := c.attempt(ctx, person.Name, address)
		if err != nil {
			return "", err
		}
		if wait > 0 {
			return "", usage("%s", (&SignInError{Wait: wait}).Error())
		}
		matches, err := c.verify(ctx, person.Password, current)
		if err == nil && !matches {
			return "", usage("the password that there was is wrong")
		}
		if err = errors.Join(err, c.refund(ctx, person.Name, address)); err != nil {
			return "", err
		}
		hash, err := c.hashed(ctx, another)
		if err != nil {
			return "", err
		}
		before := person.Password
		changed, err := c.change(ctx, person.Name, func(current *ledger.Person) {
			if current.Password == before { // otherwise somebody has reset it meanwhile
				current.Password = hash
			}
		})
		if err != nil {
			return "", err
		}
		return c.beginSession(ctx, changed)
	})
}

func (c *Control) changePerson(ctx context.Context, act, name string, change func(*ledger.Person)) (ledger.Person, error) {
	d := personAct(act, name)
	if before, err := c.state.Person(ctx, d.on); err == nil {
		d.before = personWords(before)
	}
	return audited(ctx, c, &d, personWords, func() (ledger.Person, error) {
		personName, err := PersonName(name)
		if err != nil {
			return ledger.Person{}, err
		}
		return c.change(ctx, personName, change)
	})
}

func (c *Control) change(ctx context.Context, name string, change func(*ledger.Person)) (ledger.Person, error) {
	before, err := c.state.ChangePerson(ctx, name, change)
	change(&before)
	return before, peopleProblem(err, name)
}

// peopleProblem turns the ledger's refusal of a change of people into an error that says what to do.
func peopleProblem(err error, name string) error {
	switch {
	case errors.Is(err, ledger.ErrExists):
		return usage("there is somebody called %s already", name)
	case errors.Is(err, ledger.ErrNotFound):
		return usage("there is nobody called %s; starter people list shows who there is", name)
	case errors.Is(err, ledger.ErrNoAdmin):
		return usage("no admin would be left who can sign in: make somebody else one first; the first person is an admin")
	}
	return err
}

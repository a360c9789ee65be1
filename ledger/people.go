package ledger

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"time"
)

// This file keeps the people who sign in to the pages. Their passwords are stored as hashes, which package control makes. The tokens of
// sessions and invitations are stored as SHA-256 hashes, so somebody who can read the ledger cannot sign in with them.

// Role is a set of rights. Each role includes the rights of the roles before it.
type Role string

// The roles.
const (
	Viewer   Role = "viewer"
	Operator Role = "operator"
	Admin    Role = "admin"
)

// Roles lists the roles in the order of their rights, the one with the fewest first.
func Roles() []Role { return []Role{Viewer, Operator, Admin} }

// Person is a person who may sign in.
type Person struct {
	Name      string     `json:"name"`
	Role      Role       `json:"role"`
	Disabled  bool       `json:"disabled"`
	CreatedAt time.Time  `json:"created_at"`
	SeenAt    *time.Time `json:"seen_at,omitempty"` // nil: never
	Password  string     `json:"-"`                 // hash of the password, in the PHC string format
}

// Session is a signed-in browser.
type Session struct {
	Token     string // the browser's token; the ledger stores its hash
	Person    string
	CreatedAt time.Time
	UsedAt    time.Time
	ExpiresAt time.Time
}

var (
	// ErrExists: the name is taken, or the first person exists already.
	ErrExists = errors.New("ledger: there is somebody of that name")
	// ErrNoAdmin: after the change no enabled admin would be left, and nobody could change people any more.
	ErrNoAdmin = errors.New("ledger: no admin would be left")
)

// PeopleKeeper keeps the people who may sign in, their sessions and the invitations.
type PeopleKeeper interface {
	// AddPerson adds a person. ErrExists: the name is taken. ErrNoAdmin: the first person is not an admin.
	AddPerson(ctx context.Context, person Person) error
	// ChangePerson calls change with a person's present values, stores the role, password and disabled that it sets, and ends the
	// person's sessions. It returns the values before the change. ErrNotFound: there is no such person. ErrNoAdmin: no enabled
	// admin would be left. After an error nothing is changed.
	ChangePerson(ctx context.Context, name string, change func(person *Person)) (before Person, err error)
	// Person returns a person; ErrNotFound when there is none of that name.
	Person(ctx context.Context, name string) (Person, error)
	// People lists all people by name.
	People(ctx context.Context) ([]Person, error)

	// BeginSession stores a session and deletes the expired ones. ErrNotFound: the person does not exist, is disabled, or has
	// another password hash by now.
	BeginSession(ctx context.Context, session Session, password string) error
	// Session returns the session of a token and its person. ErrNotFound: the session has ended, was last used before idle, or
	// belongs to a disabled person.
	Session(ctx context.Context, token string, idle, now time.Time) (Session, Person, error)
	// UseSession records that a session was used now, and that its person was seen.
	UseSession(ctx context.Context, token string, now time.Time) error
	// EndSession ends a session. Ending it again changes nothing.
	EndSession(ctx context.Context, token string) error

	// Invite stores a token that allows its bearer to add the first person until it expires. ErrExists: there are people already.
	Invite(ctx context.Context, token string, expires time.Time) error
	// Invited is true for a token that is valid now.
	Invited(ctx context.Context, token string, now time.Time) (bool, error)
	// AcceptInvitation adds the first person, for the bearer of a valid token, and deletes all invitations. ErrNotFound: the token
	// is not valid.
	AcceptInvitation(ctx context.Context, token string, person Person, now time.Time) error
}

// tokenHash is the hash that the ledger stores of a token.
func tokenHash(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

const personColumns = "name, role, password, disabled, created_at, seen_at"

func scanPerson(row scanner, more ...any) (Person, error) {
	var person Person
	var created int64
	var seen sql.NullInt64
	err := row.Scan(append([]any{&person.Name, &person.Role, &person.Password, &person.Disabled, &created, &seen}, more...)...)
	if errors.Is(err, sql.ErrNoRows) {
		return person, ErrNotFound
	}
	person.CreatedAt, person.SeenAt = fromMicros(created), fromOptional(seen)
	return person, err
}

// lockPeople makes changes of people wait for each other, so that each sees the result of the one before.
func (t *tx) lockPeople(ctx context.Context) error {
	var locked int64
	return t.row(ctx, "SELECT only_one FROM state"+t.dialect.lock("state")).Scan(&locked)
}

// keepAdmin returns ErrNoAdmin when no person is an enabled admin.
func (t *tx) keepAdmin(ctx context.Context) error {
	var admins int64
	if err := t.row(ctx, "SELECT COUNT(*) FROM people WHERE role = ? AND NOT disabled", string(Admin)).Scan(&admins); err != nil {
		return err
	}
	if admins == 0 {
		return ErrNoAdmin
	}
	return nil
}

func (t *tx) addPerson(ctx context.Context, person Person) error {
	added, err := t.exec(ctx, `INSERT INTO people (name, role, password, disabled, created_at) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (name) DO NOTHING`, person.Name, string(person.Role), person.Password, person.Disabled, micros(person.CreatedAt))
	switch {
	case err != nil:
		return err
	case added == 0:
		return ErrExists
	}
	if _, err := t.exec(ctx, "DELETE FROM invitations"); err != nil {
		return err
	}
	return t.keepAdmin(ctx)
}

// AddPerson adds a person; see PeopleKeeper.
func (d *database) AddPerson(ctx context.Context, person Person) error {
	return d.write(ctx, func(t *tx) error {
		if err := t.lockPeople(ctx); err != nil {
			return err
		}
		return t.addPerson(ctx, person)
	})
}

// ChangePerson changes a person; see PeopleKeeper.
func (d *database) ChangePerson(ctx context.Context, name string, change func(person *Person)) (Person, error) {
	var before Person
	err := d.write(ctx, func(t *tx) (err error) {
		if err = t.lockPeople(ctx); err != nil {
			return err
		}
		if before, err = t.person(ctx, name); err != nil {
			return err
		}
		after := before
		change(&after)
		_, err = t.exec(ctx, "UPDATE people SET role = ?, password = ?, disabled = ? WHERE name = ?",
			string(after.Role), after.Password, after.Disabled, name)
		if err != nil {
			return err
		}
		if _, err = t.exec(ctx, "DELETE FROM sessions WHERE person = ?", name); err != nil {
			return err
		}
		return t.keepAdmin(ctx)
	})
	return before, err
}

func (t *tx) person(ctx context.Context, name string) (Person, error) {
	return scanPerson(t.row(ctx, "SELECT "+personColumns+" FROM people WHERE name = ?", name))
}

// Person returns a person; see PeopleKeeper.
func (d *database) Person(ctx context.Context, name string) (Person, error) {
	var person Person
	err := d.read(ctx, func(t *tx) (err error) {
		person, err = t.person(ctx, name)
		return err
	})
	return person, err
}

// People lists all people; see PeopleKeeper.
func (d *database) People(ctx context.Context) ([]Person, error) {
	var people []Person
	err := d.read(ctx, func(t *tx) error {
		people = nil
		return t.each(ctx, func(row *sql.Rows) error {
			person, err := scanPerson(row)
			people = append(people, person)
			return err
		}, "SELECT "+personColumns+" FROM people ORDER BY name")
	})
	return people, err
}

// BeginSession stores a session; see PeopleKeeper.
func (d *database) BeginSession(ctx context.Context, session Session, password string) error {
	return d.write(ctx, func(t *tx) error {
		if err := t.lockPeople(ctx); err != nil { // so that a concurrent change of the person also ends this session
			return err
		}
		person, err := t.person(ctx, session.Person)
		if err != nil {
			return err
		}
		if person.Disabled || person.Password != password {
			return ErrNotFound
		}
		if _, err := t.exec(ctx, "DELETE FROM sessions WHERE expires_at <= ?", micros(session.CreatedAt)); err != nil {
			return err
		}
		if _, err := t.exec(ctx, "INSERT INTO sessions (token, person, created_at, used_at, expires_at) VALUES (?, ?, ?, ?, ?)",
			tokenHash(session.Token), session.Person, micros(session.CreatedAt), micros(session.UsedAt), micros(session.ExpiresAt)); err != nil {
			return err
		}
		_, err = t.exec(ctx, "UPDATE people SET seen_at = ? WHERE name = ?", micros(session.UsedAt), session.Person)
		return err
	})
}

// Session returns the session of a token; see PeopleKeeper.
func (d *database) Session(ctx context.Context, token string, idle, now time.Time) (Session, Person, error) {
	session := Session{Token: token}
	var person Person
	err := d.read(ctx, func(t *tx) (err error) {
		var created, used, expires int64
		person, err = scanPerson(t.row(ctx, `SELECT p.name, p.role, p.password, p.disabled, p.created_at, p.seen_at,
			s.created_at, s.used_at, s.expires_at
			FROM sessions s JOIN people p ON p.name = s.person WHERE s.token = ? AND s.expires_at > ? AND s.used_at > ? AND NOT p.disabled`,
			tokenHash(token), micros(now), micros(idle)), &created, &used, &expires)
		session.Person, session.CreatedAt = person.Name, fromMicros(created)
		session.UsedAt, session.ExpiresAt = fromMicros(used), fromMicros(expires)
		return err
	})
	return session, person, err
}

// UseSession records a use; see PeopleKeeper.
func (d *database) UseSession(ctx context.Context, token string, now time.Time) error {
	return d.writeScratch(ctx, func(t *tx) error {
		_, err := t.exec(ctx, "UPDATE sessions SET used_at = ? WHERE token = ? AND used_at < ?", micros(now), tokenHash(token), micros(now))
		if err != nil {
			return err
		}
		_, err = t.exec(ctx, "UPDATE people SET seen_at = ? WHERE name = (SELECT person FROM sessions WHERE token = ?)",
			micros(now), tokenHash(token))
		return err
	})
}

// EndSession ends a session; see PeopleKeeper.
func (d *database) EndSession(ctx context.Context, token string) error {
	return d.write(ctx, func(t *tx) error {
		_, err := t.exec(ctx, "DELETE FROM sessions WHERE token = ?", tokenHash(token))
		return err
	})
}

// checkNoPeople returns ErrExists when there are people.
func (t *tx) checkNoPeople(ctx context.Context) error {
	var people int64
	if err := t.row(ctx, "SELECT COUNT(*) FROM people").Scan(&people); err != nil {
		return err
	}
	if people > 0 {
		return ErrExists
	}
	return nil
}

// Invite stores a token for adding the first person; see PeopleKeeper.
func (d *database) Invite(ctx context.Context, token string, expires time.Time) error {
	return d.write(ctx, func(t *tx) error {
		if err := t.lockPeople(ctx); err != nil {
			return err
		}
		if err := t.checkNoPeople(ctx); err != nil {
			return err
		}
		_, err := t.exec(ctx, "INSERT INTO invitations (token, expires_at) VALUES (?, ?)", tokenHash(token), micros(expires))
		return err
	})
}

func (t *tx) invited(ctx context.Context, token string, now time.Time) (bool, error) {
	var count int64
	err := t.row(ctx, "SELECT COUNT(*) FROM invitations WHERE token = ? AND expires_at > ?", tokenHash(token), micros(now)).Scan(&count)
	return count > 0, err
}

// Invited is true for a valid token; see PeopleKeeper.
func (d *database) Invited(ctx context.Context, token string, now time.Time) (bool, error) {
	valid := false
	err := d.read(ctx, func(t *tx) (err error) {
		valid, err = t.invited(ctx, token, now)
		return err
	})
	return valid, err
}

// AcceptInvitation adds the first person; see PeopleKeeper.
func (d *database) AcceptInvitation(ctx context.Context, token string, person Person, now time.Time) error {
	return d.write(ctx, func(t *tx) error {
		if err := t.lockPeople(ctx); err != nil {
			return err
		}
		valid, err := t.invited(ctx, token, now)
		if err != nil {
			return err
		}
		if err := t.checkNoPeople(ctx); !valid || errors.Is(err, ErrExists) {
			return ErrNotFound
		} else if err != nil {
			return err
		}
		return t.addPerson(ctx, person)
	})
}

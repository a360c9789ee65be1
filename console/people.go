package console

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/ledger"
)

const (
	peoplePath = "/people"
	ownPath    = "/me"
)

// peopleView is the page of the people who may sign in.
type peopleView struct {
	Rows  []personRow
	Roles []ledger.Role
	// Alone is true where there is nobody yet, and Proxy where one that is trusted names people as well.
	Alone, Proxy bool
}

type personRow struct {
	Name, Path  string
	Role        ledger.Role
	State       state
	Disabled    bool
	Seen, Since string
	Self        bool // who looks
}

func (c *Console) peoplePage(ctx context.Context, q request) (page, error) {
	people, err := c.options.Control.People(ctx)
	if err != nil {
		return page{}, err
	}
	return c.shared(ctx, "People", q, func(k clock) any { return viewPeople(people, control.ActorOf(ctx).Name, c.options.Proxy.User != "", k) })
}

func viewPeople(people []ledger.Person, self string, proxy bool, k clock) peopleView {
	view := peopleView{Roles: ledger.Roles(), Alone: len(people) == 0, Proxy: proxy}
	for _, person := range people {
		row := personRow{
			Name: person.Name, Path: peoplePath + "/" + url.PathEscape(person.Name), Role: person.Role, State: state{"good", "check", "Signs in"},
			Disabled: person.Disabled,
			Seen:     "never", Since: k.at(person.CreatedAt), Self: person.Name == self,
		}
		if person.Disabled {
			row.State = state{"off", "slash", "Disabled"}
		}
		if person.SeenAt != nil {
			row.Seen = k.at(*person.SeenAt)
		}
		view.Rows = append(view.Rows, row)
	}
	return view
}

// secretView is a password that is shown once.
type secretView struct{ Name, Password, What string }

// actInvite leads to the form of the first admin.
func (c *Console) actInvite(ctx context.Context, _ *http.Request) (string, notice, error) {
	key, err := c.options.Control.Invite(ctx)
	if err == nil && key == "" {
		err = &control.UsageError{Message: "there is somebody already"}
	}
	if err != nil {
		return peoplePath, notice{}, err
	}
	return firstPath + "?key=" + url.QueryEscape(key), notice{}, nil
}

func (c *Console) actAddPerson(ctx context.Context, r *http.Request) (string, notice, error) {
	password := control.GeneratePassword()
	person, err := c.options.Control.AddPerson(ctx, r.PostForm.Get("name"), ledger.Role(r.PostForm.Get("role")), password)
	return peoplePath, notice{Secret: &secretView{person.Name, password, "was added as " + string(person.Role)}}, err
}

func (c *Console) actResetPassword(ctx context.Context, r *http.Request) (string, notice, error) {
	password := control.GeneratePassword()
	person, err := c.options.Control.ResetPassword(ctx, r.PathValue("id"), password)
	return peoplePath, notice{Secret: &secretView{person.Name, password, "has another password, and is signed out everywhere"}}, err
}

func (c *Console) actSetRole(ctx context.Context, r *http.Request) (string, notice, error) {
	person, err := c.options.Control.SetRole(ctx, r.PathValue("id"), ledger.Role(r.PostForm.Get("role")))
	return peoplePath, notice{state: state{"good", "check", "Changed"}, Text: person.Name + " is " + article(person.Role) + " now, and signs in anew."}, err
}

// ownPage is the form of the own password.
func (c *Console) ownPage(ctx context.Context, q request) (page, error) {
	return c.shared(ctx, "Your password", q, func(clock) any { return nil })
}

func (c *Console) actChangePassword(ctx context.Context, r *http.Request) (string, notice, error) {
	another := r.PostForm.Get("another")
	if another != r.PostForm.Get("again") {
		return ownPath, notice{}, unclear("the two passwords differ")
	}
	token, err := c.options.Control.ChangePassword(ctx, c.token(r), r.PostForm.Get("current"), another)
	return ownPath, notice{
		state: state{"good", "check", "Changed"}, Text: "The password is another now; wherever else you were signed in, you are not.", Token: token,
	}, err
}

func article(role ledger.Role) string {
	if role == ledger.Viewer {
		return "a viewer"
	}
	return "an " + string(role)
}

func (c *Console) actDisable(ctx context.Context, r *http.Request) (string, notice, error) {
	person, err := c.options.Control.DisablePerson(ctx, r.PathValue("id"))
	return peoplePath, notice{state: state{"off", "slash", "Disabled"}, Text: person.Name + " is signed out everywhere, and signs in no more."}, err
}

func (c *Console) actEnable(ctx context.Context, r *http.Request) (string, notice, error) {
	person, err := c.options.Control.EnablePerson(ctx, r.PathValue("id"))
	return peoplePath, notice{state: state{"good", "check", "Enabled"}, Text: person.Name + " signs in again, with the password that there was."}, err
}

// withoutCommand is a message of control without the command that it recommends: pages have the menu for that.
func withoutCommand(text string) string {
	if at := strings.LastIndex(text, "; starter "); at >= 0 {
		return text[:at]
	}
	return text
}

// refusalWords are the words of an error that the person who reads it can do something about; false for any other.
func refusalWords(err error) (string, bool) {
	var refused *control.UsageError
	var denied *control.ForbiddenError
	switch {
	case errors.As(err, &refused):
		return withoutCommand(refused.Message), true
	case errors.As(err, &denied):
		return denied.Message, true
	}
	return "", false
}

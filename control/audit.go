package control

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/tidemark/tidemark/ledger"
)

// The faces from which acts come.
const (
	FromPage        = "page"
	FromAPI         = "API"
	FromCommandLine = "command line"
	FromFile        = "file"
)

// Actor is who acts, through which face, and with which role. Without a role nothing is allowed.
type Actor struct {
	Who, From string
	Role      ledger.Role
	// Address is where a request came from, without its port; empty on the command line.
	Address string
}

type actorKey struct{}

// WithActor has everything that is done with the context noted as done by an actor.
func WithActor(ctx context.Context, actor Actor) context.Context {
	return context.WithValue(ctx, actorKey{}, actor)
}

// ActorOf is who acts in a context. Code that names nobody is a fault of a face, and it shows in the log as that.
func ActorOf(ctx context.Context) Actor {
	if actor, ok := ctx.Value(actorKey{}).(Actor); ok {
		return actor
	}
	return Actor{Who: "unknown", From: "unknown"}
}

// deed is an act as the audit lists it: what is done, on what, and what that was before where it is known.
type deed struct {
	kind            Act // says which role is needed
	act, on, before string
	// from replaces the face of the actor, where it is another: a configuration file.
	from string
}

// auditPatience is how long noting an act may take, also when who acted has gone.
const auditPatience = 10 * time.Second

// audited does something where the role of who acts is enough for it, and notes in the ledger who did it and what became of it, refusals and
// failures as well. after says what there is then, of what was done. What was before may be found out while it is done.
func audited[T any](ctx context.Context, c *Control, d *deed, after func(T) string, do func() (T, error)) (T, error) {
	var result T
	err := forbidden(ActorOf(ctx), d.kind)
	if err == nil {
		result, err = do()
	}
	entry := auditEntry(ActorOf(ctx), *d, err)
	if err == nil {
		entry.After = after(result)
	}
	return result, c.noted(ctx, entry, err)
}

// noted notes an act, and returns its error with that of noting it.
func (c *Control) noted(ctx context.Context, entry ledger.AuditEntry, err error) error {
	if failed := c.note(ctx, entry); failed != nil {
		return errors.Join(err, failed)
	}
	return err
}

// Refused notes an act that somebody asked for and that a face refused, because what was said of it could not be read, or names nothing that
// it could be done on. What control itself refuses is noted there.
func (c *Control) Refused(ctx context.Context, act, on, reason string) error {
	return c.note(ctx, auditEntry(ActorOf(ctx), deed{act: act, on: on}, usage("%s", reason)))
}

// note adds an entry to the log of acts, also when who acted has gone.
func (c *Control) note(ctx context.Context, entry ledger.AuditEntry) error {
	entry.At = c.now()
	noting, cancel := context.WithTimeout(context.WithoutCancel(ctx), auditPatience)
	defer cancel()
	if err := c.state.Audit(noting, entry); err != nil {
		return fmt.Errorf("%s on %s: %s, and that could not be noted in the activity log: %w", entry.Act, entry.On, entry.Result, err)
	}
	return nil
}

// auditEntry is what is noted of an act that ended so.
func auditEntry(actor Actor, d deed, err error) ledger.AuditEntry {
	entry := ledger.AuditEntry{Who: actor.Who, From: actor.From, Act: d.act, On: d.on, Before: d.before, Result: ledger.AuditDone}
	if d.from != "" {
		entry.From = d.from
	}
	var refused *UsageError
	var denied *ForbiddenError
	switch {
	case errors.As(err, &denied):
		entry.Result, entry.Reason = ledger.AuditRefused, denied.Message
		if actor.Address != "" {
			entry.Reason += "; from " + actor.Address
		}
	case errors.As(err, &refused):
		entry.Result, entry.Reason = ledger.AuditRefused, refused.Message
	case err != nil:
		entry.Result, entry.Reason = ledger.AuditFailed, brief(err)
	}
	return entry
}

// Log lists what was done, newest first. LogQuery reads a query.
func (c *Control) Log(ctx context.Context, query ledger.AuditQuery) ([]ledger.AuditEntry, error) {
	entries, err := c.state.Audits(ctx, query)
	return orEmpty(entries), err
}

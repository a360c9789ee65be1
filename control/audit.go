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
	FacePage        = "page"
	FaceAPI         = "API"
	FaceCommandLine = "command line"
	FaceFile        = "file"
)

// Actor is the person or program that acts, through a face and with a role. Without a role nothing is allowed.
type Actor struct {
	Name, Face string
	Role       ledger.Role
	// Address is the network address that a request came from, without its port; empty on the command line.
	Address string
}

type actorKey struct{}

// WithActor makes a context whose acts are noted as done by an actor.
func WithActor(ctx context.Context, actor Actor) context.Context {
	return context.WithValue(ctx, actorKey{}, actor)
}

// ActorOf is the actor of a context. A face that sets none has a fault, which the log shows as an unknown actor.
func ActorOf(ctx context.Context) Actor {
	if actor, ok := ctx.Value(actorKey{}).(Actor); ok {
		return actor
	}
	return Actor{Name: "unknown", Face: "unknown"}
}

// auditedAct is an act as the log lists it: what is done, on what, and the value before the act where it is known.
type auditedAct struct {
	kind            Act // decides which role is needed
	act, on, before string
	// from replaces the face of the actor where the act comes from a configuration file.
	from string
}

// auditPatience is how long noting an act may take, also when the client that asked for it has gone.
const auditPatience = 10 * time.Second

// audited calls do where the actor's role is enough for it, and notes in the ledger who acted and how it ended, refusals and failures as well.
// outcome puts the result into words. do may set what was before the act.
func audited[T any](ctx context.Context, c *Control, d *auditedAct, outcome func(T) string, do func() (T, error)) (T, error) {
	var result T
	err := forbidden(ActorOf(ctx), d.kind)
	if err == nil {
		result, err = do()
	}
	entry := auditEntry(ActorOf(ctx), *d, err)
	if err == nil {
		entry.After = outcome(result)
	}
	return result, c.noteOutcome(ctx, entry, err)
}

// noteOutcome notes an act, and returns its error with that of noting it.
func (c *Control) noteOutcome(ctx context.Context, entry ledger.AuditEntry, err error) error {
	if failed := c.note(ctx, entry); failed != nil {
		return errors.Join(err, failed)
	}
	return err
}

// NoteInvalid notes an act that a face refused because its request could not be read, or names something that does not exist. Control notes what
// it refuses itself.
func (c *Control) NoteInvalid(ctx context.Context, act, on, reason string) error {
	return c.note(ctx, auditEntry(ActorOf(ctx), auditedAct{act: act, on: on}, usage("%s", reason)))
}

// note adds an entry to the activity log, also when the client that asked for the act has gone.
func (c *Control) note(ctx context.Context, entry ledger.AuditEntry) error {
	entry.At = c.now()
	noting, cancel := context.WithTimeout(context.WithoutCancel(ctx), auditPatience)
	defer cancel()
	if err := c.state.Audit(noting, entry); err != nil {
		return fmt.Errorf("%s on %s: %s, and that could not be noted in the activity log: %w", entry.Act, entry.On, entry.Result, err)
	}
	return nil
}

// auditEntry is the entry for an act that ended with err, which is nil where it was done.
func auditEntry(actor Actor, d auditedAct, err error) ledger.AuditEntry {
	entry := ledger.AuditEntry{Who: actor.Name, From: actor.Face, Act: d.act, On: d.on, Before: d.before, Result: ledger.AuditDone}
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

// Log lists the entries of the activity log that a query selects, newest first. LogQuery reads a query.
func (c *Control) Log(ctx context.Context, query ledger.AuditQuery) ([]ledger.AuditEntry, error) {
	entries, err := c.state.Audits(ctx, query)
	return orEmpty(entries), err
}

package control

import (
	"context"
	"fmt"
	"slices"

	"github.com/tidemark/tidemark/ledger"
)

// Act is a kind of thing that is done, and that a role is needed for.
type Act string

// Everything that can be done.
const (
	ActRead       Act = "read"
	ActSync       Act = "sync"     // a run now, of everything or of some SKUs
	ActPause      Act = "pause"    // pause and resume schedules
	ActDecide     Act = "decide"   // approve and reject what is held
	ActCancel     Act = "cancel"   // a run
	ActSchedule   Act = "schedule" // set and clear one, apply and undo the advice
	ActTest       Act = "test"     // try whether a store or a warehouse can be used
	ActEnable     Act = "enable"   // and disable a connection
	ActRefreshIDs Act = "relearn"  // refresh a store's ids
	ActSettings   Act = "settings" // set a setting beside the configuration, a strategy too
	ActApply      Act = "apply"    // a configuration
	ActRestored   Act = "restored" // declare that the ledger came from a backup
	ActPeople     Act = "people"   // see and change who may sign in
	ActOwn        Act = "own"      // change one's own password
)

// needs is the least role for each act, on every face: the pages, the API and the command line come through control.
var needs = map[Act]ledger.Role{
	ActRead:       ledger.Viewer,
	ActSync:       ledger.Operator,
	ActPause:      ledger.Operator,
	ActDecide:     ledger.Operator,
	ActCancel:     ledger.Operator,
	ActSchedule:   ledger.Operator,
	ActTest:       ledger.Operator,
	ActEnable:     ledger.Admin,
	ActRefreshIDs: ledger.Admin,
	ActSettings:   ledger.Admin,
	ActApply:      ledger.Admin,
	ActRestored:   ledger.Admin,
	ActPeople:     ledger.Admin,
	ActOwn:        ledger.Viewer,
}

// May is true where a role is enough for an act. No role is enough for an act that is not listed, and none that is not known is enough for any.
func May(role ledger.Role, act Act) bool {
	least, listed := needs[act]
	return listed && slices.Contains(ledger.Roles(), role) && slices.Index(ledger.Roles(), role) >= slices.Index(ledger.Roles(), least)
}

// Needs is the least role for an act, in words.
func Needs(act Act) string {
	if least, listed := needs[act]; listed {
		return string(least)
	}
	return "nobody"
}

// ForbiddenError is an act for which the role of who asked is not enough. It has been noted in the activity log.
type ForbiddenError struct{ Message string }

func (e *ForbiddenError) Error() string { return e.Message }

// forbidden is why an actor may not do something; nil where that is allowed.
func forbidden(actor Actor, act Act) error {
	if May(actor.Role, act) {
		return nil
	}
	role := string(actor.Role)
	if role == "" {
		role = "nobody"
	}
	return &ForbiddenError{fmt.Sprintf("this needs the role %s, and %s has the role %s", Needs(act), actor.Who, role)}
}

// Allow is nil where the actor of a context may do something. A refusal is noted in the activity log: what was asked for, on what, from which address.
func (c *Control) Allow(ctx context.Context, act Act, what, on string) error {
	refused := forbidden(ActorOf(ctx), act)
	if refused == nil {
		return nil
	}
	return c.NoteRefused(ctx, what, on, refused)
}

// NoteRefused notes in the activity log that something was refused before it came to an act, and why. It returns the reason.
func (c *Control) NoteRefused(ctx context.Context, what, on string, why error) error {
	return c.noted(ctx, auditEntry(ActorOf(ctx), deed{act: what, on: on}, why), why)
}

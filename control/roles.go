package control

import (
	"context"
	"fmt"
	"slices"

	"github.com/tidemark/tidemark/ledger"
)

// Act is a kind of act, for which a role is needed.
type Act string

// The kinds of acts.
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

// leastRoles is the least role for each kind of act, on every face: the pages, the API and the command line come through control.
var leastRoles = map[Act]ledger.Role{
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

// RoleAllows is true where a role is enough for an act. No role is enough for an act that is not listed, and an unknown role is enough for none.
func RoleAllows(role ledger.Role, act Act) bool {
	least, listed := leastRoles[act]
	return listed && slices.Contains(ledger.Roles(), role) && slices.Index(ledger.Roles(), role) >= slices.Index(ledger.Roles(), least)
}

// LeastRole is the name of the least role for an act; "nobody" for an act that is not listed.
func LeastRole(act Act) string {
	if least, listed := leastRoles[act]; listed {
		return string(least)
	}
	return "nobody"
}

// ForbiddenError is an act for which the actor's role is not enough. It has been noted in the activity log.
type ForbiddenError struct{ Message string }

func (e *ForbiddenError) Error() string { return e.Message }

// forbidden is a *ForbiddenError where an actor may not do an act; nil where the act is allowed.
func forbidden(actor Actor, act Act) error {
	if RoleAllows(actor.Role, act) {
		return nil
	}
	role := string(actor.Role)
	if role == "" {
		role = "nobody"
	}
	return &ForbiddenError{fmt.Sprintf("this needs the role %s, and %s has the role %s", LeastRole(act), actor.Name, role)}
}

// Authorize is nil where the actor of a context may do an act. It notes a refusal in the activity log: the request, its object and the address that
// it came from.
func (c *Control) Authorize(ctx context.Context, act Act, request, on string) error {
	refused := forbidden(ActorOf(ctx), act)
	if refused == nil {
		return nil
	}
	return c.NoteRefused(ctx, request, on, refused)
}

// NoteRefused notes in the activity log that a request was refused before it became an act, and why. It returns the refusal.
func (c *Control) NoteRefused(ctx context.Context, act, on string, refusal error) error {
	return c.noteOutcome(ctx, auditEntry(ActorOf(ctx), auditedAct{act: act, on: on}, refusal), refusal)
}

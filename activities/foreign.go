package activities

import (
	"context"
	"fmt"
	"time"

	"github.com/tidemark/tidemark/ledger"
)

// foreignPoll is how long work of another ledger waits for the next worker: it may be one of its own.
const foreignPoll = 5 * time.Second

// foreign says why a worker refuses work that names a ledger; empty when it is the worker's own, and for work that names none, as
// services start it.
func foreign(named, own string) string {
	if named == "" || named == own {
		return ""
	}
	return fmt.Sprintf("this is of ledger %s, and this worker is of ledger %s: workers of both listen in this namespace. Give each ledger a namespace "+
		"of its own; where ledger %s replaces ledger %s, stop the workers of that one and run starter apply --take-over",
		ledger.ShortIdentity(named), ledger.ShortIdentity(own), ledger.ShortIdentity(own), ledger.ShortIdentity(named))
}

// foreignTo is foreign for the work of a ledger.
func foreignTo(ctx context.Context, state identity, named string) (string, error) {
	if named == "" {
		return "", nil
	}
	own, err := state.Identity(ctx)
	return foreign(named, own), err
}

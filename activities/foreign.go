package activities

import (
	"context"
	"fmt"
	"time"

	"github.com/tidemark/tidemark/ledger"
)

// foreignPoll is the delay before work of another ledger is retried. The worker that gets it then may be one of that ledger.
const foreignPoll = 5 * time.Second

// foreign returns the reason why a worker refuses work that names another ledger than its own; empty when it accepts the work. It accepts work
// that names no ledger, because services start such work.
func foreign(named, own string) string {
	if named == "" || named == own {
		return ""
	}
	return fmt.Sprintf("this is of ledger %s, and this worker is of ledger %s: workers of both listen in this namespace. Give each ledger a namespace "+
		"of its own; where ledger %s replaces ledger %s, stop the workers of that one and run starter apply --take-over",
		ledger.ShortIdentity(named), ledger.ShortIdentity(own), ledger.ShortIdentity(own), ledger.ShortIdentity(named))
}

// foreignTo is foreign for a worker of the given ledger.
func foreignTo(ctx context.Context, state identity, named string) (string, error) {
	if named == "" {
		return "", nil
	}
	own, err := state.Identity(ctx)
	return foreign(named, own), err
}

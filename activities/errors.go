package activities

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.temporal.io/sdk/temporal"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/warehouses"
)

// Types of the errors that leave an activity. They are part of what operators see and search for; they do not change.
const (
	ErrorNotConfigured = "NotConfigured" // a person must correct the configuration
	ErrorCredentials   = "Credentials"   // a person must renew or grant credentials
	ErrorSource        = "Source"        // a warehouse that a person must look at
	ErrorStoreBusy     = "StoreBusy"     // another run has the store; the server asks again
	ErrorStoreLost     = "StoreLost"     // another run has taken the store from this one
	ErrorThrottled     = "Throttled"     // a warehouse asked to wait
	ErrorFetching      = "Fetching"      // another run fetches what this one can share; the server asks again
	ErrorFaltered      = "Faltered"      // a fault of a partner or of the ledger that may pass; the server tries again
)

// askPerson ends the run: nothing will work until somebody acts.
func askPerson(kind, message string, cause error) error {
	return temporal.NewApplicationErrorWithOptions(message, kind, temporal.ApplicationErrorOptions{NonRetryable: true, Cause: cause})
}

// shortestWait keeps a wait that is over already from being asked after without a pause.
const shortestWait = 500 * time.Millisecond

// tryAfter has the server ask again after a wait. It is expected, so it is no failure in logs and metrics.
func tryAfter(kind, message string, wait time.Duration) error {
	return temporal.NewApplicationErrorWithOptions(message, kind, temporal.ApplicationErrorOptions{
		NextRetryDelay: max(wait, shortestWait),
		Category:       temporal.ApplicationErrorCategoryBenign,
	})
}

// detailed adds details to what an error tells Temporal.
func detailed(err error, details any) error {
	var failed *temporal.ApplicationError
	if !errors.As(err, &failed) {
		return err
	}
	return temporal.NewApplicationErrorWithOptions(failed.Message(), failed.Type(), temporal.ApplicationErrorOptions{
		NonRetryable: failed.NonRetryable(), Cause: failed.Unwrap(), Details: []any{details}, NextRetryDelay: failed.NextRetryDelay(), Category: failed.Category(),
	})
}

// convert makes the error of a step into what Temporal should do about it. It is called once, at the boundary: the SDK looks
// only at the outermost error.
func convert(step string, err error, now time.Time) error {
	if err == nil {
		return nil
	}
	var already *temporal.ApplicationError
	var source *warehouses.Error
	var call *channels.Error
	var cancelled *temporal.CanceledError
	switch {
	case errors.As(err, &already):
		return already // what was joined to it says nothing to the server
	case errors.As(err, &cancelled):
		return err
	case errors.Is(err, context.Canceled):
		return err // the SDK reports it as a cancellation when one was asked for
	case errors.Is(err, ledger.ErrFenced):
		return askPerson(ErrorStoreLost, step+": another run has taken the store; this run stops and what is left is due for the next", err)
	case errors.Is(err, ledger.ErrNotFound):
		return askPerson(ErrorStoreLost,
			fmt.Sprintf("%s: what this run works on is not in the ledger any more; it was removed from the configuration (%v)", step, err), err)
	case errors.Is(err, ledger.ErrDamaged), errors.Is(err, ledger.ErrNewer):
		return askPerson(ErrorNotConfigured, fmt.Sprintf("%s: %v", step, err), err)
	case errors.As(err, &source):
		switch source.Next {
		case warehouses.AskPerson:
			return askPerson(ErrorSource, fmt.Sprintf("%s: %v", step, source), source)
		case warehouses.Wait:
			return tryAfter(ErrorThrottled, fmt.Sprintf("%s: %v", step, source), source.Until.Sub(now))
		case warehouses.Retry:
		}
	case errors.As(err, &call):
		if call.Next == channels.AskPerson {
			return askPerson(ErrorCredentials, fmt.Sprintf("%s: %v", step, call), call)
		}
	}
	return temporal.NewApplicationErrorWithOptions(fmt.Sprintf("%s: %v", step, err), ErrorFaltered, temporal.ApplicationErrorOptions{Cause: err})
}

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

// Types of the errors that leave an activity. Operators see them and search for them, so they never change.
const (
	ErrorNotConfigured = "NotConfigured" // a person must correct the configuration
	ErrorCredentials   = "Credentials"   // a person must renew or grant credentials
	ErrorSource        = "Source"        // a person must look at the warehouse
	ErrorStoreBusy     = "StoreBusy"     // another run holds the store; the server retries
	ErrorStoreLost     = "StoreLost"     // another run has taken the store from this one
	ErrorThrottled     = "Throttled"     // the warehouse asked to wait
	ErrorFetching      = "Fetching"      // another run fetches a snapshot that this one can share; the server retries
	ErrorFaltered      = "Faltered"      // a temporary fault of a partner or of the ledger; the server retries
)

// askPerson returns an error that ends the run, because nothing will work until a person acts.
func askPerson(kind, message string, cause error) error {
	return temporal.NewApplicationErrorWithOptions(message, kind, temporal.ApplicationErrorOptions{NonRetryable: true, Cause: cause})
}

// shortestWait is the shortest delay of tryAfter, so that a wait that is over already does not cause retries without a pause.
const shortestWait = 500 * time.Millisecond

// tryAfter returns an error that makes the server retry after a wait. The wait is expected, so logs and metrics do not count it as a failure.
func tryAfter(kind, message string, wait time.Duration) error {
	return temporal.NewApplicationErrorWithOptions(message, kind, temporal.ApplicationErrorOptions{
		NextRetryDelay: max(wait, shortestWait),
		Category:       temporal.ApplicationErrorCategoryBenign,
	})
}

// detailed adds details to an error for Temporal.
func detailed(err error, details any) error {
	var failed *temporal.ApplicationError
	if !errors.As(err, &failed) {
		return err
	}
	return temporal.NewApplicationErrorWithOptions(failed.Message(), failed.Type(), temporal.ApplicationErrorOptions{
		NonRetryable: failed.NonRetryable(), Cause: failed.Unwrap(), Details: []any{details}, NextRetryDelay: failed.NextRetryDelay(), Category: failed.Category(),
	})
}

// convert turns the error of a step into one that tells Temporal what to do next. It is called once, when the activity returns, because the
// SDK looks only at the outermost error.
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
		return already // the errors that were joined to it mean nothing to the server
	case errors.As(err, &cancelled):
		return err
	case errors.Is(err, context.Canceled):
		return err // the SDK reports it as a cancellation if one was requested
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

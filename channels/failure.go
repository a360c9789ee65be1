package channels

import (
	"errors"
	"net/http"
	"time"

	"github.com/tidemark/tidemark/outbound"
)

// Failure says what it means for a call when the store was not reached, did not answer, or answered with a status that means
// the same in every HTTP API. It is nil where the driver must judge the response itself: for 2xx, and for the 4xx that depend on
// the API. It reads only the status and Retry-After, never the body.
//
// A call that was not sent is Resend like one whose response was lost: nothing was applied, but the same bytes with the same key
// are still right, and no key is wasted.
func (b *Base) Failure(response outbound.Response, failed error) error {
	next := Resend
	var reason string
	var until time.Time
	switch status := response.Status; {
	case status >= 300 && status < 400:
		next = AskPerson
		reason = "it answers with a redirect, which is not followed because the credential would go with it; correct the store's endpoint"
	case status == http.StatusUnauthorized:
		next, reason = AskPerson, "it does not accept the credential; renew it and check the reference in the store's settings"
	case status == http.StatusForbidden:
		next, reason = AskPerson, "the credential does not permit the call; give it the permission that the driver's documentation names"
	case status == http.StatusRequestEntityTooLarge:
		next, reason = Smaller, "the call is too large for it"
	case status == http.StatusTooManyRequests:
		next, reason = Wait, "it throttles"
		if wait, ok := outbound.RetryAfter(response.Header.Get("Retry-After"), b.Now()); ok {
			until = b.Now().Add(wait)
		}
	case status == http.StatusRequestTimeout || status >= 500:
		reason = "server error; the call may have been applied"
	case failed == nil:
		return nil
	case errors.Is(failed, outbound.ErrRefused):
		next, reason = AskPerson, failed.Error()
	case errors.Is(failed, outbound.ErrUntrusted):
		next, reason = AskPerson, failed.Error()+"; correct the store's endpoint or its certificate"
	default:
		reason = failed.Error()
	}
	failure := b.Failed(next, response.Status, reason)
	failure.Until, failure.Cause = until, failed
	return failure
}

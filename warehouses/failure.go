package warehouses

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/tidemark/tidemark/outbound"
)

// unsaidWait is how long a warehouse is left alone that throttles without saying for how long.
const unsaidWait = 10 * time.Second

// Failure says what it means for a fetch over HTTP when the warehouse was not reached, did not answer, or answered with a
// status that means the same in every API. It is nil where the driver must judge the response itself: for 2xx, and for the 4xx
// that depend on the API. It reads only the status and Retry-After, never the body.
func Failure(warehouse string, response outbound.Response, failed error, now time.Time) error {
	switch status := response.Status; {
	case status >= 300 && status < 400:
		return NeedsPerson(nil,
			"warehouse %s answers with a redirect (status %d), which is not followed because the credential would go with it; correct the endpoint", warehouse, status)
	case status == http.StatusUnauthorized:
		return NeedsPerson(nil, "warehouse %s does not accept the credential (status 401); renew it and check the reference in the settings", warehouse)
	case status == http.StatusForbidden:
		return NeedsPerson(nil, "warehouse %s does not permit the call with this credential (status 403); give it the permission to read stock", warehouse)
	case status == http.StatusTooManyRequests:
		wait, ok := outbound.RetryAfter(response.Header.Get("Retry-After"), now)
		if !ok {
			wait = unsaidWait
		}
		return Throttled(now.Add(wait), "warehouse %s throttles (status 429)", warehouse)
	case status == http.StatusRequestTimeout || status >= 500:
		return Faltered(failed, "warehouse %s: server error (status %d)", warehouse, status)
	case failed == nil:
		return nil
	case errors.Is(failed, outbound.ErrRefused):
		return NeedsPerson(failed, "warehouse %s is not called", warehouse)
	case errors.Is(failed, outbound.ErrUntrusted):
		return NeedsPerson(failed, "warehouse %s is not who it should be; correct the endpoint or its certificate", warehouse)
	case errors.Is(failed, outbound.ErrTooLarge):
		return NeedsPerson(failed, "warehouse %s answers with more than is read at once; ask for smaller pages", warehouse)
	}
	return Faltered(failed, "warehouse %s did not answer", warehouse)
}

// Judge passes on a response with status 200. Anything else is an error: that of the context when it has ended, that of Failure, or what
// refused says of a status that Failure leaves to the driver.
func Judge(ctx context.Context, warehouse string, response outbound.Response, failed error, now time.Time, refused func(outbound.Response) error) (
	outbound.Response, error,
) {
	if ctx.Err() != nil {
		return response, ctx.Err()
	}
	if err := Failure(warehouse, response, failed, now); err != nil {
		return response, err
	}
	if response.Status != http.StatusOK {
		return response, refused(response)
	}
	return response, nil
}

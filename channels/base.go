package channels

import (
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/tidemark/tidemark/outbound"
	"github.com/tidemark/tidemark/settings"
)

// Base is what every store with an HTTP API has. Drivers embed it.
type Base struct {
	outbound.Partner
	// Bounds are what Limits returns. NewDriver fills in what the settings batch_limit, find_limit, tickets and timeout say; the driver adds
	// what the store's API publishes.
	Bounds Limits
}

// newBase checks settings and returns them with their defaults. It makes no call; bytes is the most that is read of a response, 0 the default.
func newBase(spec settings.Spec, store string, given settings.Values, environment settings.Environment, bytes int64) (Base, settings.Values, error) {
	partner, values, err := outbound.NewPartner(spec, store, given, environment, bytes)
	return Base{Partner: partner, Bounds: Limits{
		Batch: int(values.Integer("batch_limit")), Find: int(values.Integer("find_limit")), Tickets: int(values.Integer("tickets")),
		Timeout: values.Duration("timeout"),
	}}, values, err
}

// Limits says what the store's API allows, as published or as set.
func (b *Base) Limits() Limits { return b.Bounds }

// Failed is the error of a call that failed as a whole. The status is that of the response, 0 where there is none; the reason says what
// happened and what to do.
func (b *Base) Failed(next Next, status int, reason string) *Error {
	return &Error{Next: next, Status: status, Reason: "store " + b.ID + ": " + reason}
}

// Read decodes the JSON of a response. What is not the JSON that the driver expects, with nothing after it, is a lost response.
func (b *Base) Read(response outbound.Response, into any) error {
	if json.Unmarshal(response.Body, into) != nil {
		return b.Unreadable(response, "it is not the JSON that this store's API promises")
	}
	return nil
}

// ReadOK decodes the response to a call that failed with err, or with nil. Its error is err, what refused says of a status other than 200, or
// that of Read.
func (b *Base) ReadOK(response outbound.Response, err error, refused func(outbound.Response) error, into any) error {
	if err != nil {
		return err
	}
	if response.Status != http.StatusOK {
		return refused(response)
	}
	return b.Read(response, into)
}

// Decoded reads the JSON of a response as far as it has the form of T: the zero value where it has another, like where a response holds no
// error object.
func Decoded[T any](response outbound.Response) T {
	var decoded, none T
	if json.Unmarshal(response.Body, &decoded) != nil {
		return none
	}
	return decoded
}

// Unreadable is the error for a response that promises success or a verdict and cannot be believed. A person sees how it begins.
func (b *Base) Unreadable(response outbound.Response, why string) error {
	failure := b.Failed(Resend, response.Status, fmt.Sprintf("the answer of %d bytes is not believed: %s", len(response.Body), why))
	if len(response.Body) > 0 {
		failure.Reason += "; it begins with " + outbound.Beginning(response.Body)
	}
	return failure
}

// Forgotten is the error for a submission that nothing more will be heard of. Figures are absolute: building them anew is right whether or
// not it was applied.
func (b *Base) Forgotten(status int, why string) error {
	return b.Failed(Anew, status, why+"; the items are sent again")
}

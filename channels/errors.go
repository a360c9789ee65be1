package channels

import (
	"fmt"
	"time"
)

// Next is what should happen after a call failed as a whole. It is all that the push activity looks at.
type Next int

// What should happen next. The zero value is Resend: when a driver does not know, the same bytes go out again.
const (
	Resend    Next = iota // the answer was lost or the store faltered: it may have been applied; same bytes, same key, later
	Wait                  // throttled, nothing was applied: wait until Error.Until; waiting is not an attempt
	Anew                  // nothing was applied and the key must not be used again: build a new call
	Smaller               // nothing was applied: the call was too large; halve it
	AskPerson             // credentials, permission or configuration: nothing will work until a person acts
)

// Error is a call that failed as a whole. Its message never holds a credential, and of an answer's body at most how an unreadable one
// begins (outbound.Beginning).
type Error struct {
	Next   Next
	Until  time.Time // for Wait: when the store may be called again; zero means that the store did not say
	Status int       // the HTTP status, 0 when there was none
	Code   string    // the store's own code
	Reason string    // what happened, where, and what to do
	Cause  error     // for logs; nil when there is none
}

func (e *Error) Error() string {
	if e.Status != 0 {
		return fmt.Sprintf("%s (status %d)", e.Reason, e.Status)
	}
	return e.Reason
}

func (e *Error) Unwrap() error { return e.Cause }

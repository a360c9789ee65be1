package channels

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// Next is what should happen after a call failed as a whole. It is all that the push activity looks at.
type Next int

// What should happen next. The zero value is Resend: when a driver does not know, the same bytes go out again.
const (
	Resend    Next = iota // the response was lost or the store had a server error: the call may have been applied; same bytes, same key, later
	Wait                  // throttled, nothing was applied: wait until Error.Until; waiting is not an attempt
	Anew                  // nothing was applied and the key must not be used again: build a new call
	Smaller               // nothing was applied: the call was too large; halve it
	AskPerson             // credentials, permission or configuration: nothing will work until a person acts
)

// Error is a call that failed as a whole. Its message never holds a credential, and of a response's body at most how an unreadable one
// begins (outbound.Beginning).
type Error struct {
	Next   Next
	Until  time.Time // for Wait: when the store may be called again; zero means that the store did not say
	Status int       // the HTTP status, 0 when there was none
	Code   string    // the store's own code
	Reason string    // what happened, where, and what to do
	// Words are what the store itself says, where its response is an error in the form of its API. They are shown where the call turns out
	// to be refused for its one item, which the reason cannot know; they are no part of the message.
	Words string
	Cause error // for logs; nil when there is none
}

func (e *Error) Error() string {
	if e.Status != 0 {
		return fmt.Sprintf("%s (status %d)", e.Reason, e.Status)
	}
	return e.Reason
}

// OfItem is why the one item of the call is refused: in the store's words, where there are any.
func (e *Error) OfItem() string {
	if e.Words == "" {
		return e.Error()
	}
	words := *e
	words.Reason = e.Words
	if e.Code != "" && !strings.Contains(e.Words, e.Code) {
		words.Reason = e.Code + ": " + e.Words
	}
	return words.Error()
}

// InWords adds what the store says to an error that asks for a person, with its code; other errors stay as they are.
func InWords(err error, code, words string) error {
	var failure *Error
	if !errors.As(err, &failure) || failure == nil || failure.Next != AskPerson {
		return err
	}
	failure.Words = words
	if failure.Code == "" {
		failure.Code = code
	}
	return err
}

func (e *Error) Unwrap() error { return e.Cause }

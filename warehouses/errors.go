package warehouses

import (
	"fmt"
	"time"
)

// Faltered is the error of a source that may do better the next time. The cause may be nil.
func Faltered(cause error, format string, arguments ...any) *Error {
	return &Error{Next: Retry, Reason: fmt.Sprintf(format, arguments...), Cause: cause}
}

// Throttled is the error of a source that must be left alone until a time.
func Throttled(until time.Time, format string, arguments ...any) *Error {
	return &Error{Next: Wait, Until: until, Reason: fmt.Sprintf(format, arguments...)}
}

// NeedsPerson is the error of a source that will not work until somebody acts; the reason says what to do. The cause may
// be nil.
func NeedsPerson(cause error, format string, arguments ...any) *Error {
	return &Error{Next: AskPerson, Reason: fmt.Sprintf(format, arguments...), Cause: cause}
}

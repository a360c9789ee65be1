package channels

import "fmt"

// Nameless is what becomes of an item that no result of a response names, when so many items of the call have none; silent says so for
// people. An error that names no item (its id is null, 0 or left out) is this item's when no other item lacks a result and there is no
// other such error. Else it may be any of theirs, so each stays Unknown and keeps the words of the first: the same bytes go out again,
// and tell.
func Nameless(silent string, errors []ItemReply, missing int) ItemReply {
	switch {
	case len(errors) == 0:
		return ItemReply{Reason: silent}
	case len(errors) == 1 && missing == 1:
		return errors[0]
	}
	first := errors[0]
	return ItemReply{Code: first.Code, Reason: fmt.Sprintf("%s, and there are errors that name no item: %s", silent, first.Reason)}
}

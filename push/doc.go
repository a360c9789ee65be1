// Package push decides what a push does: what is done next, and what a response means for the ledger. It makes no calls, reads no clock,
// writes nothing and knows no Temporal. Package activities carries its decisions out.
//
// # The machine
//
// A [Machine] holds what one slice of a push knows: the calls whose answers are not known, the rows that were read from the ledger and are
// still to be looked up and sent, the calls under way, and what the store's answers said of its credential. A loop drives it:
//
//   - Next returns what can be done now: read something from the ledger, give up a call, or start one. The steps that it returns do not
//     depend on each other; the loop may start any of them, in any order, and calls Next again after each.
//   - With Opened, Read, Due, Known and Abandoned the loop reports what the ledger returned, and with Began that a call is under way.
//   - With Answered, Found and Checked it reports what the store answered, in any order. Each returns Effects: what to write to the
//     ledger, and whether the slice ends.
//
// # What holds
//
//   - A row stands in one open call at most.
//   - A call whose response was lost is sent again with the same bytes and the same key, or abandoned; nothing new starts before that.
//   - Never more calls are under way at once than the store allows; look-ups count as calls.
//   - An item that a response does not mention is unknown, never exported.
package push

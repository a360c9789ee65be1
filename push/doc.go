// Package push decides what a push does: what is done next, and what a response means for the ledger. It makes no calls, reads no clock,
// writes nothing and knows no Temporal. Package activities carries its decisions out.
//
// # The machine
//
// A [Machine] holds what one slice of a push knows: the calls whose answers are not known, the rows that were read from the ledger and are
// still to be looked up and sent, the calls under way, and what the store's answers said of its credential. It is asked and told:
//
//   - Next says what can be done now: read something from the ledger, give up a call, or start one. What it returns is a set; the loop may
//     start any of it, in any order, and asks again after each.
//   - Opened, Read, Due, Known and Abandoned tell what the ledger returned; Began tells that a call is under way.
//   - Answered, Found and Checked tell what the store answered, in any order. Each returns Effects: what to write to the ledger, and
//     whether the slice ends.
//
// # What holds
//
//   - A row stands in one open call at most.
//   - A call whose response was lost is sent again with the same bytes and the same key, or abandoned; nothing new starts before that.
//   - No more calls are under way at once than the store takes, look-ups among them.
//   - An item of which a response says nothing is unknown, never exported.
package push

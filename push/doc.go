// Package push decides what a push does next, and what a store's response means for the ledger. It is pure: it makes no calls, reads no
// clock, writes nothing and imports nothing of Temporal. Package activities carries out its decisions.
//
// # The machine
//
// A [Machine] is the state of one slice of a push: the calls without a known response, the rows that were read from the ledger and are not
// sent yet, the calls under way, and what the responses say about the store's credential. A loop drives it:
//
//   - Next returns the steps that can be done now: read from the ledger, abandon a call, or start one. The steps of one result are
//     independent. The loop may start any of them, in any order, and calls Next again after each.
//   - The loop passes what it read from the ledger to Opened, Read, Due, Known and Abandoned, and each call that it starts to Began.
//   - The loop passes the store's responses to Answered, Found and Checked, in any order. Each returns Effects: what to write to the
//     ledger, and whether the slice ends.
//
// # Invariants
//
//   - A row is in at most one open call.
//   - A call whose response was lost is sent again with the same bytes and the same key, or abandoned. Before that no new call starts.
//   - No more calls are under way at once than the store allows. Look-ups count as calls.
//   - An item that a response does not mention is unknown, never exported.
package push

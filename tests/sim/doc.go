// Package sim plays histories: hours in the life of a merchant, in some tens of milliseconds, in which everything goes wrong that can, and judges
// each by what DESIGN promises.
//
// # What is real, and what is simulated
//
// Real are the workflows, the activities, the domain, the gate, the push machine, the pace, what package control asks of Temporal, and the ledger: a
// SQLite file in shared memory, which a process keeps open and which each history begins with what a migrated one holds. Their code runs as it is, and
// reads the time from package time.
//
// Simulated are
//
//   - time: a history runs within testing/synctest. Its clock stands while anything works, and goes to the next moment at which something happens when
//     all of it waits. So hours take as long as what is computed in them;
//   - Temporal (server_test.go): an environment of the SDK runs a workflow's code; when an activity is tried again, what a dead worker leaves behind, how
//     cancellations reach a step, and what a signal finds open, is done here by the rules of the server;
//   - two workers (world_test.go, ledgers_test.go): they take steps in turn, die between two calls of the ledger, before or after them, and stand
//     still past their heartbeats and then go on;
//   - the warehouse (warehouse_test.go), which sells, counts and renames facilities, whose snapshots fail, are cut, empty, old or without figures, once or
//     every other time, whose events are lost, doubled and late, whose files are written before events and come after them, whose figures go there and
//     back, and which is put back as it was minutes ago;
//   - up to three stores (stores_test.go) of the four kinds in which stores answer, with row B of the fault matrix, ids that change, items that are not
//     taken any more, keys that are revoked for a while, rates that halve, figures that are cut to the most that a store shows, shoppers and other
//     writers. A store may have a location for each facility;
//   - operators and schedules (actors_test.go): they ask, approve, reject, cancel, terminate and put an older ledger back;
//   - the configuration (config_test.go): strategies, listings, a bundle, locations and the size of batches change, and connections are switched off and
//     on;
//   - resets of workflows to an earlier step (resets_test.go): what had been done until then is answered from memory.
//
// # How a history is decided
//
// One integer decides all of it, for as long as no more is drawn from it; what failed is kept as it was drawn and shrunk (testdata/kept). What happens
// is drawn before it begins: a list of steps, each at a moment of its own (actors_test.go). How long things take is drawn where they happen, from the
// seed and from what they are, never from one stream that others draw from; so a step that is left out changes as little of the rest as can be, and a
// history that fails is shrunk by leaving steps out (seeds_test.go). No two things happen at one moment, for moments are drawn in nanoseconds: so the
// order in which goroutines run decides nothing, and the same seed tells the same story to the byte, which a test holds. What production code draws at
// random, the keys of calls, comes from the seed too, by a reader that a process has once: so a process plays one history at a time, and many are played
// by many processes.
//
// # How it is judged
//
// The judge (model_test.go) shares no code with what it judges. It sees what the warehouse has, and what stores were told and show. Figures that a warehouse
// counts only ever grow, so an older one is known by being smaller. When the last step is over nothing goes wrong any more; what is under way must
// end, and one Smart Sync must bring every store to what it should show, but for what somebody else wrote there, which takes a Full Sync.
//
// # Why the SDK's environment, and not the activities by hand
//
// Both ways were measured: see docs/reliability.md. Calling the activities in a workflow's order saves a third of the time, and would repeat what
// the workflows decide: which requests a pass serves, what is carried over, when a hold is asked again. There is where bugs lie.
package sim

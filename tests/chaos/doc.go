// Package chaos runs Tidemark as real processes and kills one at each moment that package crash names. Then package check judges what the
// stores were told by what the warehouse reported.
//
// The programs are built with the tag crash into bin/chaos. Tidemark is asked by its command line and by its hook alone; of its packages only
// crash is imported, for the names, and ledgertest, for a PostgreSQL server.
//
// Other plays disturb the network from one program to another, by proxies in the test's own process, or fail the disk of the ledger.
//
// What is left to chance is drawn from one seed, which is printed: which pass of a point kills, on which database, and which way is disturbed how.
//
//	make chaos                 every crash point, three times each
//	make chaos CHAOS_SEED=7    the same passes and databases again
//	go test -C tests/chaos     the two around a call and the shorter plays, as with every change
//
// Bugs that were planted in the product, and the plays of a whole round that fall by them:
//
//	the cursor moves before pages are resolved       page-resolved, cursor-moved (2 and later: a Smart Sync)
//	a call is sent again under a new key             call-answered
//	a call without an answer is taken for not sent   resend-noted
//	events are answered with 202 before durable      events-proven, events-handed
//
// No play falls by these yet, whose entries of tests/mutants name the tests that do: the intent is written after the call, a row with an unknown answer
// is closed, the wait for a dead holder's last call is ignored, a sync is not asked for when events come again, and what waits is dropped when a
// workflow continues as new.
package chaos

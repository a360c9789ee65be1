// Package chaos runs Tidemark as real processes and kills one at each moment that package crash names. Then package check judges what the
// stores were told by what the warehouse reported.
//
// The programs are built with the tag crash into bin/chaos. Tidemark is asked by its command line and by its hook alone; of its packages only
// crash is imported, for the names, and ledgertest, for a PostgreSQL server.
//
// What is left to chance is drawn from one seed, which is printed: which pass of a point kills, and on which database.
//
//	make chaos                 every crash point, three times each
//	make chaos CHAOS_SEED=7    the same passes and databases again
//	go test -C tests/chaos     the two around a call and the shorter plays, as with every change
package chaos

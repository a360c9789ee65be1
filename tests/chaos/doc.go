// Package chaos runs Tidemark as real processes and has everything go wrong with them: a process is killed at each moment that package crash
// names, workers die, stand still and lose the network, the Temporal server goes away, memory and disks are small. Then package check judges what
// the stores were told by what the warehouse reported.
//
// The programs are built with the tag crash into bin/chaos. Tidemark is asked by its command line and by its hook alone; of its packages only
// crash is imported, for the names, and ledgertest, for a PostgreSQL server.
//
// Everything that is left to chance is drawn from one seed, which is printed. The same seed draws the same faults in the same order; when they
// meet which step of a process is the machine's affair.
//
//	make chaos                          every crash point, three times each, and ten minutes of faults
//	make chaos CHAOS_SEED=7 CHAOS_MINUTES=30
//	go test -C tests/chaos              a few crash points and half a minute of faults, as with every change
package chaos

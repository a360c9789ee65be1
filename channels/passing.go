package channels

import (
	"slices"
	"strings"
)

// passing are faults of a database that the next try does not meet, in the words of MySQL and MariaDB, PostgreSQL and SQLite and of
// those who pass them on: deadlocks (MySQL 1213, SQLSTATE 40P01), lock waits (1205, 55P03), updates at the same time (40001), connections
// that were lost (2006, 2013, 08006, 57P01) or are not to be had (1040, 1203, 2002, 2003, 53300).
var passing = []string{
	"deadlock found", "deadlock detected", "lock wait timeout exceeded", "due to lock timeout", "could not serialize access", "database is locked",
	"mysql server has gone away", "lost connection to mysql server", "lost connection to server", "server closed the connection unexpectedly",
	"terminating connection due to", "connection terminated unexpectedly", "too many connections", "max_user_connections", "too many clients already",
	"connection refused", "connection timed out", "can't connect to", "could not connect to server",
	"sqlstate[40001]", "sqlstate[40p01]", "sqlstate[55p03]", "sqlstate[08s01]", "sqlstate[08006]", "sqlstate[hy000] [2002]",
}

// Passes tells that what a store says of an item is a fault of its database that is over with the next try, and nothing about the item.
func Passes(words string) bool {
	lower := strings.ToLower(words)
	return slices.ContainsFunc(passing, func(part string) bool { return strings.Contains(lower, part) })
}

package sim

import (
	"sync"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"
)

// alone has SQLite take the files of ledgers as those of this process alone: it then asks the system for no locks.
var alone = sync.OnceFunc(func() {
	tls := libc.NewTLS()
	defer tls.Close()
	name, err := libc.CString("unix-excl")
	must(err)
	defer libc.Xfree(tls, name)
	sqlite3.Xsqlite3_initialize(tls)
	if vfs := sqlite3.Xsqlite3_vfs_find(tls, name); vfs != 0 {
		sqlite3.Xsqlite3_vfs_register(tls, vfs, 1)
	}
})

package sim

import (
	"os"
	"slices"
	"sync"
	"unsafe"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"
)

// ahead are the files in which SQLite writes ahead, of all ledgers: they stay in memory. And ledgers are files of this process alone, so SQLite asks the
// system for no locks. Both only save calls of the system: a worker that dies here is no process of the system, and a restore puts back what was
// written ahead, too. The ledger itself is a file, for production code looks at it.
var ahead struct {
	mutex   sync.Mutex
	byPath  map[string]*aheadFile
	byFile  map[uintptr]*aheadFile // SQLite's file
	methods *sqlite3.Tsqlite3_io_methods
	open    func(tls *libc.TLS, vfs, path, file uintptr, flags int32, outFlags uintptr) int32
	remove  func(tls *libc.TLS, vfs, path uintptr, sync int32) int32
	close   func(tls *libc.TLS, file uintptr) int32
}

// aheadFile is what such a file holds.
type aheadFile struct{ content []byte }

// keepAhead has SQLite do so from now on. Where the system has no files that are locked by one process alone, nothing changes.
var keepAhead = sync.OnceFunc(func() {
	tls := libc.NewTLS()
	defer tls.Close()
	name, err := libc.CString("unix-excl")
	must(err)
	defer libc.Xfree(tls, name)
	sqlite3.Xsqlite3_initialize(tls)
	system := sqlite3.Xsqlite3_vfs_find(tls, name)
	if system == 0 {
		return
	}
	vfs := (*sqlite3.Tsqlite3_vfs)(pointer(system))
	ahead.byPath, ahead.byFile = map[string]*aheadFile{}, map[uintptr]*aheadFile{}
	take(&ahead.open, &vfs.FxOpen)
	take(&ahead.remove, &vfs.FxDelete)
	give(&vfs.FxOpen, openAhead)
	give(&vfs.FxDelete, removeAhead)
	sqlite3.Xsqlite3_vfs_register(tls, system, 1)
})

// pointer is an address of SQLite's own memory, which never moves.
func pointer(at uintptr) unsafe.Pointer { return *(*unsafe.Pointer)(unsafe.Pointer(&at)) }

// take and give read and write a function of SQLite.
func take[F any](into *F, from *uintptr)    { *into = *(*F)(unsafe.Pointer(&struct{ uintptr }{*from})) }
func give[F any](into *uintptr, function F) { *(*F)(unsafe.Pointer(into)) = function }

func openAhead(tls *libc.TLS, vfs, path, file uintptr, flags int32, outFlags uintptr) int32 {
	code := ahead.open(tls, vfs, path, file, flags, outFlags)
	if code != sqlite3.SQLITE_OK || flags&sqlite3.SQLITE_OPEN_WAL == 0 {
		return code
	}
	ahead.mutex.Lock()
	defer ahead.mutex.Unlock()
	opened := (*sqlite3.Tsqlite3_file)(pointer(file))
	if ahead.methods == nil {
		methods := *(*sqlite3.Tsqlite3_io_methods)(pointer(opened.FpMethods))
		take(&ahead.close, &methods.FxClose)
		give(&methods.FxClose, closeAhead)
		give(&methods.FxRead, readAhead)
		give(&methods.FxWrite, writeAhead)
		give(&methods.FxTruncate, truncateAhead)
		give(&methods.FxFileSize, sizeAhead)
		ahead.methods = &methods
	}
	opened.FpMethods = uintptr(unsafe.Pointer(ahead.methods))
	ahead.byFile[file] = aheadAt(libc.GoString(path))
	return code
}

// aheadAt is the memory of a path.
func aheadAt(path string) *aheadFile {
	if ahead.byPath[path] == nil {
		ahead.byPath[path] = &aheadFile{}
	}
	return ahead.byPath[path]
}

func openedAhead(file uintptr) *aheadFile {
	ahead.mutex.Lock()
	defer ahead.mutex.Unlock()
	return ahead.byFile[file]
}

func closeAhead(tls *libc.TLS, file uintptr) int32 {
	ahead.mutex.Lock()
	delete(ahead.byFile, file)
	ahead.mutex.Unlock()
	return ahead.close(tls, file)
}

func removeAhead(tls *libc.TLS, vfs, path uintptr, sync int32) int32 {
	ahead.mutex.Lock()
	delete(ahead.byPath, libc.GoString(path))
	ahead.mutex.Unlock()
	return ahead.remove(tls, vfs, path, sync)
}

func readAhead(_ *libc.TLS, file, into uintptr, size int32, offset int64) int32 {
	content, buffer := openedAhead(file).content, unsafe.Slice((*byte)(pointer(into)), size)
	read := 0
	if offset < int64(len(content)) {
		read = copy(buffer, content[offset:])
	}
	if read < len(buffer) {
		clear(buffer[read:])
		return sqlite3.SQLITE_IOERR_SHORT_READ
	}
	return sqlite3.SQLITE_OK
}

func writeAhead(_ *libc.TLS, file, from uintptr, size int32, offset int64) int32 {
	held := openedAhead(file)
	if end := offset + int64(size); end > int64(len(held.content)) {
		held.content = append(held.content, make([]byte, end-int64(len(held.content)))...)
	}
	copy(held.content[offset:], unsafe.Slice((*byte)(pointer(from)), size))
	return sqlite3.SQLITE_OK
}

func truncateAhead(_ *libc.TLS, file uintptr, size int64) int32 {
	held := openedAhead(file)
	held.content = held.content[:min(size, int64(len(held.content)))]
	return sqlite3.SQLITE_OK
}

func sizeAhead(_ *libc.TLS, file, into uintptr) int32 {
	*(*int64)(pointer(into)) = int64(len(openedAhead(file).content))
	return sqlite3.SQLITE_OK
}

// aheadOf is what was written ahead of a ledger.
func aheadOf(path string) []byte {
	if ahead.byPath == nil {
		content, err := os.ReadFile(path + "-wal")
		must(err)
		return content
	}
	ahead.mutex.Lock()
	defer ahead.mutex.Unlock()
	return slices.Clone(aheadAt(path + "-wal").content)
}

// setAhead sets it, for a ledger that is not open.
func setAhead(path string, content []byte) {
	if ahead.byPath == nil {
		must(os.WriteFile(path+"-wal", content, 0o600))
		return
	}
	ahead.mutex.Lock()
	defer ahead.mutex.Unlock()
	aheadAt(path + "-wal").content = slices.Clone(content)
}

package csv

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/tidemark/tidemark/outbound"
	"github.com/tidemark/tidemark/settings"
)

// site is where the files of a warehouse are: this machine, an SFTP server or a web server. It is safe for concurrent use.
type site interface {
	// visit goes there for one fetch or check. What it returns is used by one goroutine, and ends with close or with the context.
	visit(ctx context.Context) (place, error)
	// join names a file of a folder.
	join(folder, name string) string
}

// place is a site while it is visited. Its paths are written as people see them. Nothing there is ever changed.
//
// An error says with fs.ErrNotExist and fs.ErrPermission what they mean, is the context's when it ended, or a
// *warehouses.Error where the place knows best what should happen next. None holds a credential.
type place interface {
	// stat looks at a file or a folder. A size below 0 is not known, a time of zero neither.
	stat(path string) (fs.FileInfo, error)
	// list returns what is in a folder, in no order. Links are not followed.
	list(path string) ([]fs.DirEntry, error)
	open(path string) (opened, error)
	// changed tells whether an open file, or the file that now goes by its name, is another than before, as far as size and
	// time can tell.
	changed(f opened, path string, before fs.FileInfo) (bool, error)
	// exact is true where a file that changes is told by its size and time. Elsewhere its content must be looked at.
	exact() bool
	close()
}

// opened is a file that is read. Its end is io.EOF only when it was certainly reached.
type opened interface {
	io.ReadCloser
	Stat() (fs.FileInfo, error)
}

// local is this machine.
type local struct{}

var (
	_ site  = local{}
	_ place = local{}
)

func (l local) visit(context.Context) (place, error)  { return l, nil }
func (local) join(folder, name string) string         { return filepath.Join(folder, name) }
func (local) stat(path string) (fs.FileInfo, error)   { return os.Stat(path) }
func (local) list(path string) ([]fs.DirEntry, error) { return os.ReadDir(path) }
func (local) exact() bool                             { return true }
func (local) close()                                  {}
func (local) open(path string) (opened, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err // not a *os.File of nil in an interface that is not
	}
	return f, nil
}

func (local) changed(f opened, path string, before fs.FileInfo) (bool, error) {
	open, err := f.Stat()
	if err != nil || !alike(open, before) {
		return true, nil
	}
	named, err := os.Stat(path)
	return err != nil || !os.SameFile(before, named), nil
}

// alike compares what can be seen of two files from outside.
func alike(a, b fs.FileInfo) bool {
	return a.Size() == b.Size() && a.ModTime().Equal(b.ModTime())
}

// access are the settings that say how a location is reached. They change nothing of what is read there.
var access = []string{"host_key", "password", "private_key", "passphrase", "token", "ca_file", "timeout", "max_entries", "private_addresses"}

// useless are settings that mean nothing for a kind of location; to have set one is a mistake.
var useless = map[string][]string{
	"":      {"host_key", "password", "private_key", "passphrase", "token", "ca_file", "private_addresses"},
	"sftp":  {"token", "ca_file"},
	"https": {"host_key", "private_key", "passphrase", "pattern", "full_pattern", "delta_pattern"},
}

// locate reads the setting path. The path that it returns has no user and no query in it, and may be shown.
func locate(values settings.Values, environment settings.Environment) (path string, at site, err error) {
	text := values.Text("path")
	scheme, _, elsewhere := strings.Cut(text, "://")
	if scheme = strings.ToLower(scheme); !elsewhere {
		scheme = ""
	}
	unused, ok := useless[scheme]
	if !ok {
		return "", nil, fmt.Errorf("the setting path: there is no reading of %s:// locations; give a file or folder of this machine, sftp:// or https://",
			printable(scheme))
	}
	for _, name := range unused {
		if values.Text(name) != "" {
			kind := "a location on this machine"
			if elsewhere {
				kind = scheme + ":// locations"
			}
			return "", nil, fmt.Errorf("the setting %s means nothing for %s; remove it, or correct the setting path", name, kind)
		}
	}
	if !elsewhere {
		return filepath.Clean(text), local{}, nil
	}
	if values.Duration("timeout") <= 0 {
		return "", nil, errors.New("the setting timeout must be above 0")
	}
	address, err := url.Parse(text)
	if err != nil || address.Hostname() == "" || address.Opaque != "" {
		return "", nil, fmt.Errorf("the setting path is not a location like %s", examples[scheme])
	}
	if _, has := address.User.Password(); has {
		return "", nil, errors.New("the setting path must not hold a password; give it by reference, with the setting password")
	}
	if address.Fragment != "" || strings.HasSuffix(text, "#") {
		return "", nil, errors.New("the setting path has a # in it; write it as %23 when it belongs to a name")
	}
	reach := outbound.ReachOf(Spec, values, environment)
	if scheme == "sftp" {
		return newSFTP(address, values, environment, reach)
	}
	return newWeb(address, values, environment, reach)
}

var examples = map[string]string{
	"sftp":  "sftp://user@sftp.example.com:22/out/stock.csv",
	"https": "https://user@www.example.com/export/stock.csv",
}

// printable is a text as an error may show it: it stands where a scheme should, and may be anything.
func printable(scheme string) string {
	if len(scheme) > 16 || strings.ContainsFunc(scheme, func(r rune) bool { return r < 'a' || r > 'z' }) {
		return "such"
	}
	return scheme
}

// patience ends work that stands still: what is under way fails once nothing has come for so long.
type patience struct {
	span time.Duration
	end  func() // makes what is under way fail
}

// during starts waiting; the function that it returns ends it, and tells whether it lasted too long.
func (p patience) during() (stop func() (late bool)) {
	timer := time.AfterFunc(p.span, p.end)
	return func() bool { return !timer.Stop() }
}

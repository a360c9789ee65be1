// Package csv reads stock from CSV files: one file that is replaced time and again, or a folder into which snapshots are
// dropped. They are on this machine or on an SFTP server; one file may also be on a web server.
//
// A file is read only when it is complete by the rule that it is declared to follow, and it is taken only when it was read
// to its end and did not change meanwhile. A line that cannot be read is refused with its line number; a file that breaks
// off, or whose columns are not those of the file before, is refused as a whole. Nothing is guessed: neither the columns nor
// the delimiter nor the encoding.
//
// The files are those of every driver: spec.go says what can be set and opens the source, fetch.go says what is read next,
// decode.go makes rows of records, check.go proves the settings, errors.go says what a broken file means. Besides: place.go
// says what a place with files is; sftp.go and web.go are the places elsewhere, and credential.go and hostkey.go hold who may
// read there and how a server is known; files.go and plan.go know folders, cursor.go what was read, asof.go as of when it counts, stream.go reads one file to
// its proven end, scan.go tells its rows from its other lines, shapes.go holds what a file looks like around them, reader.go and lines.go split
// text into records. upload.go reads what is sent over HTTP by the same rules.
package csv

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/outbound"
	"github.com/tidemark/tidemark/settings"
	"github.com/tidemark/tidemark/warehouses"
	"github.com/tidemark/tidemark/warehouses/numbers"
)

// Spec is what can be set on a CSV warehouse.
var Spec = settings.Spec{
	Driver: "csv",
	Help:   "A CSV file, or a folder into which CSV snapshots are dropped; here, on an SFTP server or (one file) on a web server.",
	Options: append([]settings.Option{
		{Name: "path", Kind: settings.String, Required: true, Help: "The file or the folder, absolute or relative to the working directory of the worker; or " +
			"sftp://user@host:port/path, or https://host/path for one file."},
		{
			Name: "kind", Kind: settings.String, Default: "full", Choices: []string{"full", "delta"},
			Help: "What a file holds: full, every SKU of the warehouse; or delta, only what changed.",
		},
		{
			Name: "pattern", Kind: settings.String,
			Help: "For a folder: which files are read (*.csv unless it is set). Their names must sort in order of time; numbers in them count as numbers.",
		},
		{
			Name: "full_pattern", Kind: settings.String,
			Help: "For a folder with files of both kinds, instead of pattern: which ones are full. The files are sorted by what the wildcards stand for.",
		},
		{Name: "delta_pattern", Kind: settings.String, Help: "For a folder with files of both kinds, instead of pattern: which ones are deltas."},
		{
			Name: "complete", Kind: settings.String, Default: "rename", Choices: []string{"rename", "marker", "trailer", "quiet"},
			Help: "How to tell that a file is complete: rename, it is written under another name and renamed; marker, a file of the same name and a suffix is written " +
				"after it; trailer, its last line holds the count of its rows; quiet, it has not been written to for a while.",
		},
		{Name: "marker", Kind: settings.String, Default: ".done", Help: "For complete: marker, the suffix of the marker file."},
		{
			Name: "trailer", Kind: settings.String, Default: "#END,{rows}",
			Help: "For complete: trailer, the last line, with {rows} where the count of rows stands (the header and the trailer do not count).",
		},
		{Name: "quiet_for", Kind: settings.Duration, Default: "10s", Help: "For complete: quiet, how long a file must have been left alone."},
		{
			Name: "final_newline", Kind: settings.Boolean, Default: "false",
			Help: "Set it to true when the last line ends with a newline too: a file without one is then known to be cut short.",
		},
		{
			Name: nameHeader, Kind: settings.Boolean, Default: "true", Choices: []string{headerAuto}, Judge: shapeSettings{},
			Help: "Whether the first line names the columns; auto, the first line that has the columns does, and what stands above it is passed over.",
		},
		{
			Name: nameHeaderLine, Kind: settings.Integer, Minimum: 1, Maximum: 10_000,
			Help: "On which line the header stands, when it is not the first; what stands above it is passed over.",
		},
		{Name: "columns", Kind: settings.Map, Help: "Which column holds sku, facility, available, on_hand, committed and reported_at: its name in the header, or " +
			"its number from 1 when there is no header; where two columns have the same name, #2 is the second column. A name of \"\" means that there is none. What " +
			"is not set is looked for under its own name."},
		{Name: "facility", Kind: settings.String, Help: "The facility of every row, when there is no column for it."},
		{Name: "delimiter", Kind: settings.String, Default: ",", Choices: []string{",", ";", "|", "tab"}, Help: "What separates the fields."},
		{Name: "quotes", Kind: settings.String, Choices: []string{"double", quotesBackslash, quotesNone}, Help: "Whether fields may stand in quotes: double, they " +
			"may, with a quote inside written twice; backslash, they may, and a quote inside may have a backslash before it too, as a backslash has; none, a quote is " +
			"a letter like others. It is double unless it is set."},
		{Name: "short_rows", Kind: settings.String, Choices: []string{"refuse", rowsAccept}, Help: "What becomes of a row with fewer fields than the header has: " +
			"refuse; or accept, it is read where no column is missing that is read. It is refuse unless it is set."},
		{Name: "long_rows", Kind: settings.String, Choices: []string{"refuse", rowsAccept}, Help: "What becomes of a row with more fields than the header has: " +
			"refuse; or accept, it is read where all further fields are empty. It is refuse unless it is set."},
		{
			Name: nameSkipRows, Kind: settings.Patterns,
			Help: "Lines that are no rows: the text of the line as it is written, with * for any text, like \"Total*\"; or a list of such texts.",
		},
		{Name: nameStopAt, Kind: settings.Patterns, Help: "A line behind which there are no more rows, in the same form; it is no row itself."},
		{
			Name: "encoding", Kind: settings.String, Default: "utf-8", Choices: []string{"utf-8", "utf-16", "utf-16le", "utf-16be", "windows-1252", "iso-8859-1"},
			Help: "How the text is encoded; utf-16 needs a byte order mark, utf-16le and utf-16be do without.",
		},
		{
			Name: "time_layout", Kind: settings.String, Default: "rfc3339",
			Help: "How reported_at is written: rfc3339, unix, unix_ms, or the moment 2006-01-02 15:04:05 in your form (\"02.01.2006 15:04\").",
		},
		{Name: "timezone", Kind: settings.String, Default: "UTC", Help: "The time zone of times that do not name theirs, like Europe/Berlin."},
		{Name: "as_of", Kind: settings.String, Default: asOfModified, Judge: asOfSettings{}, Help: "As of when rows without a reported_at count: modified, when " +
			"the file was last modified; line:TEXT, as a line of the file says that looks like TEXT, with {time} where the time stands (\"line:#as of {time}\"); " +
			"name:TEXT, as the file's name says (\"name:stock-{time}.csv\", * is any text); none, the files do not say."},
		{
			Name: "as_of_layout", Kind: settings.String, Default: layoutRFC3339,
			Help: "How the {time} of as_of is written, in the forms of time_layout; without an hour it is the beginning of the day.",
		},
		{Name: "host_key", Kind: settings.String, Help: "For sftp: the key by which the server is known, like \"ssh-ed25519 AAAA…\", or its fingerprint, like " +
			"SHA256:…; a check without it shows what the server offers."},
		{Name: "password", Kind: settings.Secret, Help: "For sftp and https: the password of the user that the location names, by reference."},
		{Name: "private_key", Kind: settings.Secret, Help: "For sftp: the private key of the user, in place of a password, by reference."},
		{Name: "passphrase", Kind: settings.Secret, Help: "For sftp: what opens the private key, by reference; none when the key is not encrypted."},
		{Name: "token", Kind: settings.Secret, Help: "For https: a bearer token, in place of user and password, by reference."},
		{Name: "ca_file", Kind: settings.String, Help: "For https: a file of certificates (PEM) that vouch for the server, in place of the system's."},
		{
			Name: "timeout", Kind: settings.Duration, Default: "30s",
			Help: "For sftp and https: the longest that one step may take: to connect, to log in, to list a folder, to wait for more of a file.",
		},
		outbound.PrivateAddresses,
		{
			Name: "max_entries", Kind: settings.Integer, Default: "10000", Minimum: 1, Maximum: 1_000_000,
			Help: "For sftp: the most entries of a folder, whatever their names.",
		},
		{Name: "max_bytes", Kind: settings.Integer, Default: "1073741824", Minimum: 1, Maximum: 1 << 40, Help: "The largest file that is read, in bytes."},
		{Name: "max_record_bytes", Kind: settings.Integer, Default: "65536", Minimum: 64, Maximum: 16 << 20, Help: "The longest row that is read, in bytes."},
		{Name: "max_fields", Kind: settings.Integer, Default: "256", Minimum: 1, Maximum: 10_000, Help: "The most fields of a row."},
		{Name: "max_rows", Kind: settings.Integer, Default: "10000000", Minimum: 1, Maximum: 1 << 40, Help: "The most rows of a file."},
	}, numbers.Options()...),
}

// Driver opens CSV warehouses.
func Driver() warehouses.Driver { return warehouses.Driver{Spec: Spec, Open: Open, Files: true} }

var _ warehouses.Source = (*source)(nil)

// source is a file or a folder. It is safe for concurrent use.
type source struct {
	path        string // as it is shown
	site        site
	folder      folder
	full        bool // what a file holds that no pattern says more about
	completion  completion
	format      format
	asOf        asOf
	maxBytes    int64
	maxRows     int64
	fingerprint string // of the settings; what was read under others is read again
	now         func() time.Time
}

// format is how a file is written.
type format struct {
	own          bool // it is Tidemark's own form, which no setting changes
	header       bool
	shapes       shapes
	columns      map[string]string // by field; only those that were set
	facility     string
	encoding     encoding.Encoding // nil for UTF-8
	wide         bool              // two bytes to a character
	marked       bool              // it begins with a byte order mark
	limits       limits
	trailer      *trailer // nil when the last line is a row like the others
	finalNewline bool
	times        timeForm
	rules        numbers.Rules
}

// Open returns the source of a warehouse. It looks up credentials and certificates; it touches no other file and makes no call.
func Open(_ string, values settings.Values, environment settings.Environment) (warehouses.Source, error) {
	values, problems := Spec.Check(values)
	if len(problems) > 0 {
		return nil, errors.New(problems[0].Message)
	}
	made, err := newSource(values, environment.Clock())
	if err != nil {
		return nil, err
	}
	if made.path, made.site, err = locate(values, environment); err != nil {
		return nil, err
	}
	return made, nil
}

// newSource returns a source of this machine.
func newSource(values settings.Values, now func() time.Time) (*source, error) {
	s := &source{
		path:     filepath.Clean(values.Text("path")),
		site:     local{},
		full:     values.Text("kind") == "full",
		maxBytes: values.Integer("max_bytes"),
		maxRows:  values.Integer("max_rows"),
		now:      now,
	}
	// A new password or a new key is no reason to read anything again.
	content := maps.Clone(values)
	maps.DeleteFunc(content, func(name string, value any) bool {
		return slices.Contains(access, name) || newer[name] != "" && newer[name] == value // nor is one that came later, unless it is set
	})
	sum := sha256.Sum256([]byte(content.Canonical()))
	s.fingerprint = hex.EncodeToString(sum[:8])
	var err error
	if s.folder, err = newFolder(values); err != nil {
		return nil, err
	}
	if s.completion, err = newCompletion(values); err != nil {
		return nil, err
	}
	if s.format, err = newFormat(values); err != nil {
		return nil, err
	}
	s.asOf, err = newAsOf(values, s.format.times.zone)
	return s, err
}

// newer are the defaults of settings that source cursors of earlier releases do not know.
var newer = map[string]string{"as_of": asOfModified, "as_of_layout": layoutRFC3339}

// delimiters are those that are known, and how a configuration file holds them.
var delimiters = []struct {
	separator byte
	written   string
}{{',', `","`}, {';', `";"`}, {'|', `"|"`}, {'\t', "tab"}}

func newFormat(values settings.Values) (format, error) {
	f := format{
		header:       values.Boolean(nameHeader) || values.Text(nameHeader) == headerAuto,
		shapes:       newShapes(values),
		columns:      values.Map("columns"),
		facility:     values.Text("facility"),
		finalNewline: values.Boolean("final_newline"),
		times:        timeForm{setting: "time_layout", layout: values.Text("time_layout")},
		rules:        numbers.New(values),
		limits: limits{
			delimiter: ',',
			literal:   values.Text("quotes") == quotesNone,
			escapes:   values.Text("quotes") == quotesBackslash,
			record:    int(values.Integer("max_record_bytes")),
			fields:    int(values.Integer("max_fields")),
		},
	}
	for _, entry := range delimiters {
		if strings.Trim(entry.written, `"`) == values.Text("delimiter") {
			f.limits.delimiter = entry.separator
		}
	}
	switch values.Text("encoding") {
	case "utf-16":
		f.encoding, f.wide, f.marked = unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM), true, true
	case "utf-16le":
		f.encoding, f.wide = unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), true
	case "utf-16be":
		f.encoding, f.wide = unicode.UTF16(unicode.BigEndian, unicode.UseBOM), true
	case "windows-1252":
		f.encoding = charmap.Windows1252
	case "iso-8859-1":
		f.encoding = charmap.ISO8859_1
	}
	if err := f.checkColumns(); err != nil {
		return f, err
	}
	if f.facility != "" {
		if err := inventory.CheckSKU("facility", f.facility); err != nil {
			return f, fmt.Errorf("the setting facility: %w", err)
		}
	}
	var err error
	if f.times.zone, err = time.LoadLocation(values.Text("timezone")); err != nil {
		return f, fmt.Errorf("the setting timezone: %q is not a time zone; expected a name like Europe/Berlin", values.Text("timezone"))
	}
	if values.Text("complete") == "trailer" {
		f.trailer, err = newTrailer(values.Text("trailer"))
	}
	return f, err
}

// checkColumns checks what can be checked of the setting columns before a file is seen.
func (f format) checkColumns() error {
	for field, column := range f.columns {
		if !slices.Contains(fields, field) {
			return fmt.Errorf("the setting columns: %q is not one of %s", field, strings.Join(fields, ", "))
		}
		if f.header || column == "" {
			continue
		}
		if number, err := strconv.Atoi(column); err != nil || number < 1 || number > f.limits.fields {
			return fmt.Errorf("the setting columns: %s: without a header a column is given by its number, from 1 to max_fields (%d); found %q", field, f.limits.fields,
				column)
		}
	}
	switch {
	case !f.header && f.columns[fieldSKU] == "":
		return fmt.Errorf("the setting columns: without a header, give the numbers of the columns, like columns: {sku: \"1\", available: \"2\"}")
	case !f.header && f.columns[fieldAvailable] == "" && f.columns[fieldOnHand] == "":
		return fmt.Errorf("the setting columns: give the number of the column available, or of on_hand")
	case f.facility != "" && f.columns[fieldFacility] != "":
		return fmt.Errorf("the settings facility and columns: facility exclude each other; set one of them")
	}
	return nil
}

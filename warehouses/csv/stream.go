package csv

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/warehouses"
)

// content is what a file turned out to hold.
type content struct {
	rows     int
	decoder  *decoder // nil when it has no line that could tell its columns
	hash     string
	size     int64
	modified time.Time // as the file that was read said, not as it was found before
	asOf     time.Time // as a line of the file says; zero where none is looked for
}

// hash reads a file for its hash alone.
func (s *source) hash(ctx context.Context, at place, path string) (string, error) {
	f, err := at.open(path)
	if err != nil {
		return "", unreadable(path, err)
	}
	defer func() { _ = f.Close() }()
	if _, err := s.stat(f, path); err != nil {
		return "", err
	}
	sum := sha256.New()
	read, err := io.Copy(sum, &input{ctx: ctx, from: io.LimitReader(f, s.maxBytes+1)})
	switch {
	case ctx.Err() != nil:
		return "", ctx.Err()
	case err != nil:
		return "", unreadable(path, err)
	case read > s.maxBytes:
		return "", s.tooLarge(path, "more")
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// read streams the rows of a file. It fails when the file is not whole, when it changed meanwhile, or when it is not the one
// whose hash is wanted; an empty hash wants any.
func (s *source) read(ctx context.Context, at place, path string, full bool, expected map[string]bool, want string, pages *pages) (content, error) {
	f, err := at.open(path)
	if err != nil {
		return content{}, unreadable(path, err)
	}
	defer func() { _ = f.Close() }()
	before, err := s.stat(f, path)
	if err != nil {
		return content{}, err
	}
	sum := sha256.New()
	// One byte more than there was shows that the file has grown.
	most := before.Size()
	if most < 0 {
		most = s.maxBytes
	}
	from := &input{ctx: ctx, from: io.TeeReader(io.LimitReader(f, most+1), sum)}
	decoder, err := s.rows(ctx, filepath.Base(path), from, full, expected, pages)
	switch {
	case pages.failed != nil:
		return content{}, pages.failed
	case ctx.Err() != nil:
		return content{}, ctx.Err()
	case from.failed != nil:
		return content{}, unreadable(path, from.failed)
	}
	hash := hex.EncodeToString(sum.Sum(nil))
	switch changed, unsure := at.changed(f, path, before); {
	case unsure != nil:
		return content{}, unreadable(path, unsure)
	case changed, err == nil && want != "" && hash != want:
		// This comes before what was wrong with the rows, for it is why.
		return content{}, altered(path)
	case err != nil:
		return content{}, err
	}
	return content{rows: pages.count, decoder: decoder, hash: hash, size: before.Size(), modified: before.ModTime(), asOf: pages.asOf}, nil
}

// stat looks at an open file and refuses one that is larger than agreed on, or of half a character.
func (s *source) stat(f opened, path string) (fs.FileInfo, error) {
	info, err := f.Stat()
	switch {
	case err != nil:
		return nil, unreadable(path, err)
	case info.Size() > s.maxBytes:
		return nil, s.tooLarge(path, strconv.FormatInt(info.Size(), 10))
	case s.format.wide && info.Size() > 0 && info.Size()%2 != 0:
		return nil, warehouses.Faltered(nil, "%s: the file is truncated: it ends in the middle of a UTF-16 character; nothing of it was taken", path)
	}
	return info, nil
}

// decoded is the text of a file in UTF-8, without a byte order mark.
func decoded(name string, from io.Reader, f format) (io.Reader, error) {
	buffered := bufio.NewReaderSize(from, 64<<10)
	start, _ := buffered.Peek(beginning) // an error of reading comes again
	begins := func(mark string) bool { return bytes.HasPrefix(start, []byte(mark)) }
	wide := unmarked(start)
	switch {
	case begins("\x1f\x8b"), begins("PK\x03\x04"):
		return nil, warehouses.NeedsPerson(nil, "%s is compressed, not CSV; have it written without compression", whole(name))
	case wide != "" && f.marked:
		return nil, warehouses.NeedsPerson(nil, "%s: encoding is set to utf-16, and the file does not begin with a byte order mark; set encoding: %s", whole(name),
			wide)
	case f.encoding != nil:
		return f.encoding.NewDecoder().Reader(buffered), nil
	case f.own && (wide != "" || begins("\xff\xfe") || begins("\xfe\xff")):
		return nil, warehouses.NeedsPerson(nil, "%s is written in UTF-16; send it in UTF-8", whole(name))
	case begins("\xff\xfe"), begins("\xfe\xff"):
		return nil, mended(warehouses.NeedsPerson(nil, "%s is written in UTF-16; set encoding: utf-16", whole(name)), "encoding", "utf-16")
	case wide != "":
		return nil, mended(warehouses.NeedsPerson(nil, "%s looks like UTF-16 without a byte order mark; set encoding: %s", whole(name), wide), "encoding", wide)
	case page(start):
		return nil,
			warehouses.NeedsPerson(nil, "%s is a web page, not CSV, as of a log-in or of an error; look at it in a browser, and correct path or the credentials",
				whole(name))
	}
	for { // whoever adds a mark to a text that has one writes it twice, or as the letters that its bytes are elsewhere
		start, _ := buffered.Peek(len(lettersOfMark))
		switch {
		case bytes.HasPrefix(start, []byte("\ufeff")):
			_, _ = buffered.Discard(len("\ufeff"))
		case string(start) == lettersOfMark:
			_, _ = buffered.Discard(len(lettersOfMark))
		default:
			return buffered, nil
		}
	}
}

// lettersOfMark is a byte order mark that was taken for letters and encoded again.
const lettersOfMark = "\u00ef\u00bb\u00bf"

// beginning is how many bytes tell what a file is.
const beginning = 64

// unmarked is the encoding of a text that begins as UTF-16 does when it has no byte order mark: every other byte of a letter that is
// ASCII is 0. It is empty for any other text.
func unmarked(start []byte) string {
	for begin, encoding := range []string{"utf-16be", "utf-16le"} {
		zeros, pairs := 0, len(start)/2
		for i := range pairs {
			if start[2*i+begin] == 0 && start[2*i+1-begin] != 0 {
				zeros++
			}
		}
		if pairs > 0 && zeros == pairs {
			return encoding
		}
	}
	return ""
}

// page is true for the beginning of a web page.
func page(start []byte) bool {
	text := strings.ToLower(strings.TrimSpace(strings.TrimPrefix(string(start), "\ufeff")))
	return strings.HasPrefix(text, "<!doctype html") || strings.HasPrefix(text, "<html")
}

// rowsPerPage is how many rows are passed on at once.
const rowsPerPage = 1000

// pages gathers rows and passes them on.
type pages struct {
	sink   warehouses.Sink
	report *warehouses.Collector // nil in a run
	page   []inventory.Row
	count  int   // of rows, those of the page included
	failed error // what the sink returned
	asOf   time.Time
}

// date notes the time that a line of the file tells.
func (p *pages) date(how asOf, name string, line int, text string) error {
	at, err := how.form.parse(text)
	switch {
	case err != nil:
		return warehouses.NeedsPerson(nil, "%s: the line is to say as of when the file counts, and %v; correct as_of or as_of_layout", lineOf(name, line), err)
	case !p.asOf.IsZero():
		return warehouses.NeedsPerson(nil, "%s: a second line says as of when the file counts; one is expected", lineOf(name, line))
	}
	p.asOf = at
	return nil
}

func (p *pages) add(ctx context.Context, row inventory.Row) error {
	p.page = append(p.page, row)
	p.count++
	if len(p.page) < rowsPerPage {
		return nil
	}
	return p.flush(ctx)
}

func (p *pages) flush(ctx context.Context) error {
	if len(p.page) == 0 {
		return nil
	}
	if p.failed = p.sink(ctx, p.page); p.failed != nil {
		return p.failed
	}
	p.page = p.page[:0]
	return ctx.Err()
}

// input is a reader that ends with its context, and that remembers why it could not go on.
type input struct {
	ctx    context.Context
	from   io.Reader
	failed error
}

func (i *input) Read(into []byte) (int, error) {
	if err := i.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := i.from.Read(into)
	if err != nil && err != io.EOF {
		i.failed = err
	}
	return n, err
}

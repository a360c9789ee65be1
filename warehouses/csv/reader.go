package csv

import (
	"bufio"
	"bytes"
	"errors"
	"io"
)

// limits are the form of a record and the bounds that it must keep.
type limits struct {
	delimiter byte
	literal   bool // a quote is a letter like others
	escapes   bool // a backslash inside quotes makes a letter of the quote, or the backslash, behind it
	record    int  // bytes of one record as it is written, line ends included
	fields    int  // of one record; further ones are counted, not kept
}

// record is one row as it is written. Its slices hold until the next is read.
type record struct {
	fields [][]byte // at most limits.fields
	count  int      // of fields; more than limits.fields when some were not kept
	raw    []byte   // without the line end
	line   int      // where it begins, from 1
	ended  bool     // false when the file ends without a line end after it
	quotes []int    // the fields that a quote stands inside of and that do not begin with one: their text is in doubt
}

// Errors of a file whose lines can no longer be told apart.
var (
	// errStrayQuote: more than one line lies behind the quote, so it is no field that was cut.
	errStrayQuote = errors.New("a quote opens a field here, and none closes it to the end of the file; close it")
	errOpenQuote  = errors.New("the file ends inside a quoted field")
	errBackslash  = errors.New("a quoted field is followed by text, and a backslash stands before a quote in this row; a quote inside a quoted field is written " +
		"twice")
	errAfterQuote = errors.New("a quoted field is followed by text; expected the delimiter or the end of the line, and a quote inside a quoted field is written " +
		"twice")
	errTooLong = errors.New("the row is longer than max_record_bytes; perhaps a quote is never closed")
)

// reader splits a text into records as RFC 4180 and encoding/csv do, with bounds. encoding/csv has none: it keeps a quote
// that is never closed, and all that follows, in memory.
//
// Unlike there, a line end inside quotes stays as it is written, for a SKU is not to be changed.
type reader struct {
	limits limits
	from   *bufio.Reader
	begun  bool
	cr     bool // a carriage return alone ends a line
	line   int
	raw    []byte
	text   []byte // of the fields, without the quoting
	ends   []int  // where the fields end in text
	quotes []int  // the fields with a bare quote
	fields [][]byte
}

func newReader(from io.Reader, limits limits) *reader {
	return &reader{limits: limits, from: bufio.NewReaderSize(from, 64<<10)}
}

// next returns the next record, io.EOF after the last. Blank lines are passed over, as encoding/csv does. After an error
// reader.line is the line on which the record begins.
func (r *reader) next() (record, error) {
	for {
		r.raw = r.raw[:0]
		end, ended, err := r.extend()
		if err != nil {
			return record{}, err
		}
		if end > 0 {
			return r.split(end, ended)
		}
	}
}

// extend appends one line to raw and returns where its content ends, before its line end.
func (r *reader) extend() (end int, ended bool, err error) {
	if !r.begun {
		r.begun, r.cr = true, r.returns()
	}
	r.line++
	start := len(r.raw)
	for {
		part, err := r.part()
		if len(r.raw)+len(part) > r.limits.record {
			return 0, false, errTooLong
		}
		r.raw = append(r.raw, part...)
		switch {
		case err == nil:
			return start + len(bytes.TrimSuffix(bytes.TrimSuffix(r.raw[start:], []byte("\n")), []byte("\r"))), true, nil
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case err == io.EOF && len(r.raw) > start:
			end = len(r.raw)
			if r.raw[end-1] == '\r' {
				end--
			}
			return end, false, nil
		default:
			return 0, false, err
		}
	}
}

// split makes fields of raw and takes in more lines where a quoted field goes on.
func (r *reader) split(end int, ended bool) (record, error) {
	first, at := r.line, 0
	r.text, r.ends, r.quotes = r.text[:0], r.ends[:0], r.quotes[:0]
	count := 0
	for last := false; !last; count++ {
		if at < end && r.raw[at] == '"' && !r.limits.literal {
			var err error
			opens := at
			if at, end, ended, err = r.quoted(at+1, end, ended); err != nil {
				r.line = first
				if err == errOpenQuote && r.stray(opens) {
					err = errStrayQuote
				}
				return record{}, err
			}
		} else {
			length := bytes.IndexByte(r.raw[at:end], r.limits.delimiter)
			if length < 0 {
				length = end - at
			}
			if !r.limits.literal && count < r.limits.fields && bytes.IndexByte(r.raw[at:at+length], '"') >= 0 {
				r.quotes = append(r.quotes, count)
			}
			r.keep(r.raw[at : at+length])
			at += length
		}
		last = at == end
		at++ // the delimiter
		if count < r.limits.fields {
			r.ends = append(r.ends, len(r.text))
		} else {
			r.text = r.text[:r.ends[len(r.ends)-1]]
		}
	}
	r.fields = r.fields[:0]
	from := 0
	for _, to := range r.ends {
		r.fields = append(r.fields, r.text[from:to:to])
		from = to
	}
	return record{fields: r.fields, count: count, raw: r.raw[:end], line: first, ended: ended, quotes: r.quotes}, nil
}

// stray tells whether rows follow behind the line of a quote that nothing closes.
func (r *reader) stray(opens int) bool {
	behind := bytes.IndexAny(r.raw[opens:], "\r\n")
	return behind >= 0 && bytes.IndexByte(r.raw[opens+behind:], r.limits.delimiter) >= 0
}

// quoted takes in a field from behind its opening quote; the result is behind its closing one.
func (r *reader) quoted(at, end int, ended bool) (int, int, bool, error) {
	for {
		length := r.special(at)
		if length < 0 { // the line end belongs to the field
			r.keep(r.raw[at:])
			at = len(r.raw)
			if !ended {
				return 0, 0, false, errOpenQuote
			}
			var err error
			if end, ended, err = r.extend(); err == io.EOF {
				err = errOpenQuote
			}
			if err != nil {
				return 0, 0, false, err
			}
			continue
		}
		r.keep(r.raw[at : at+length])
		at += length + 1
		if r.raw[at-1] == '\\' {
			at = r.escaped(at, end)
			continue
		}
		switch {
		case at == end || at < end && r.raw[at] == r.limits.delimiter:
			return at, end, ended, nil
		case at < end && r.raw[at] == '"':
			r.keep(r.raw[at : at+1])
			at++
		case !r.limits.escapes && bytes.Contains(r.raw[:at], []byte(`\"`)):
			return 0, 0, false, errBackslash
		default:
			return 0, 0, false, errAfterQuote
		}
	}
}

// special is how far the next letter inside quotes is that is not kept as it is; below 0 for none.
func (r *reader) special(at int) int {
	if r.limits.escapes {
		return bytes.IndexAny(r.raw[at:], `"\`)
	}
	return bytes.IndexByte(r.raw[at:], '"')
}

// escaped keeps what a backslash means with what stands behind it, and returns where the text goes on.
func (r *reader) escaped(at, end int) int {
	if at < end && (r.raw[at] == '"' || r.raw[at] == '\\') {
		r.keep(r.raw[at : at+1])
		return at + 1
	}
	r.keep(r.raw[at-1 : at])
	return at
}

func (r *reader) keep(text []byte) { r.text = append(r.text, text...) }

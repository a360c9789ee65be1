package csv

import (
	"bufio"
	"bytes"
	"io"
)

// returns tells whether a carriage return alone ends the first line, as old spreadsheets write. Then it ends every line, as a line feed
// does. In any other file a carriage return that stands alone is a letter like others. A quoted field may hold either.
func (r *reader) returns() bool {
	start, _ := r.from.Peek(r.from.Size()) // an error of reading comes again
	quoted, begins, escaped := false, true, false
	for i, letter := range start {
		switch {
		case escaped:
			escaped = false
			continue
		case quoted && letter == '\\' && r.limits.escapes:
			escaped = true
			continue
		case letter == '"' && (quoted || begins && !r.limits.literal):
			quoted = !quoted // one that is written twice ends the field and begins it again
			begins = true
			continue
		case quoted:
		case letter == '\n':
			return false
		case letter == '\r':
			return i+1 < len(start) && start[i+1] != '\n'
		}
		begins = letter == r.limits.delimiter
	}
	return false
}

// part returns more of a line: to its end, or as much as there is at once with bufio.ErrBufferFull. It holds until the next call.
func (r *reader) part() ([]byte, error) {
	if !r.cr {
		return r.from.ReadSlice('\n')
	}
	if _, err := r.from.Peek(1); err != nil {
		return nil, err
	}
	part, _ := r.from.Peek(r.from.Buffered())
	end := bytes.IndexAny(part, "\r\n")
	switch {
	case end < 0:
		_, _ = r.from.Discard(len(part))
		return part, bufio.ErrBufferFull
	case part[end] == '\r' && end+1 == len(part) && end > 0: // whether a line feed follows is seen the next time
		_, _ = r.from.Discard(end)
		return part[:end], bufio.ErrBufferFull
	case part[end] == '\r':
		two, err := r.from.Peek(end + 2) // which may move what was read before
		switch {
		case err != nil && err != io.EOF:
			return nil, err
		case err == nil && two[end+1] == '\n':
			end++
		}
		part = two
	}
	_, _ = r.from.Discard(end + 1)
	return part[:end+1], nil
}

// physical returns the next line as it is written, whatever stands in it: no field of it is looked at.
func (r *reader) physical() (record, error) {
	r.raw = r.raw[:0]
	end, ended, err := r.extend()
	if err != nil {
		return record{}, err
	}
	return record{raw: r.raw[:end], line: r.line, ended: ended}, nil
}

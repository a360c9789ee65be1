package csv

import (
	"encoding/json"
	"maps"
	"slices"
	"time"
)

// sourceCursor is what is known of the files that were read. It is bounded: of a folder the last keptFiles are listed, and every
// file up to Before counts as read.
type sourceCursor struct {
	// Settings is the fingerprint of the settings; under others everything is read anew.
	Settings string `json:"settings"`
	// Known are the fields that the last full file and the last delta had.
	Known map[string][]string `json:"known"`
	// Full is the last full file that was read of a folder; it replaced everything before it.
	Full string `json:"full,omitempty"`
	// Before: the files of a folder up to this one are no longer listed.
	Before string `json:"before,omitempty"`
	// Files were read, or replaced by a later full file before they were; in order.
	Files []read `json:"files"`
}

// read is a file that was read. One that was replaced before it was read has no hash.
type read struct {
	Name     string    `json:"name"`
	Hash     string    `json:"sha256,omitempty"`
	Size     int64     `json:"size"`
	Modified time.Time `json:"modified"`
	// AsOf is as of when its rows counted; zero when it did not say.
	AsOf time.Time `json:"as_of,omitzero"`
}

// keptFiles is how many files of a folder a source cursor lists.
const keptFiles = 1000

// readCursor reads the source cursor of a request. One that was made under other settings, or that is not a source cursor, counts as none: then
// files are read again, which is harmless.
func (s *source) readCursor(text string) sourceCursor {
	var m sourceCursor
	if json.Unmarshal([]byte(text), &m) != nil || m.Settings != s.fingerprint {
		return sourceCursor{Settings: s.fingerprint}
	}
	return m
}

func (m sourceCursor) String() string {
	text, err := json.Marshal(m)
	if err != nil {
		panic("csv: a source cursor cannot be written as JSON: " + err.Error()) // it holds texts, numbers and file times only
	}
	return string(text)
}

// The keys of sourceCursor.Known.
const (
	knownFull  = "full"
	knownDelta = "delta"
)

func kindOf(full bool) string {
	if full {
		return knownFull
	}
	return knownDelta
}

// expected says which fields a file must have and must not have: those of the file of its kind before it. A first file of
// its kind may differ from those of the other kind, but not in whether it has facilities.
func (m sourceCursor) expected(full bool) map[string]bool {
	expected := map[string]bool{}
	if names, ok := m.Known[kindOf(full)]; ok {
		for _, field := range fields {
			expected[field] = slices.Contains(names, field)
		}
	} else if names, ok := m.Known[kindOf(!full)]; ok {
		expected[fieldFacility] = slices.Contains(names, fieldFacility)
	}
	return expected
}

// learn notes which fields a file had.
func (m *sourceCursor) learn(full bool, d *decoder) {
	if d == nil {
		return // it had no rows that could tell
	}
	m.Known = maps.Clone(m.Known)
	if m.Known == nil {
		m.Known = map[string][]string{}
	}
	m.Known[kindOf(full)] = d.fieldsFound()
}

// empty is true when nothing was read yet.
func (m sourceCursor) empty() bool { return len(m.Files) == 0 }

// find returns what is known of a file.
func (m sourceCursor) find(name string) (read, bool) {
	at := slices.IndexFunc(m.Files, func(r read) bool { return r.Name == name })
	if at < 0 {
		return read{}, false
	}
	return m.Files[at], true
}

// bound keeps the last files only.
func (m *sourceCursor) bound() {
	if more := len(m.Files) - keptFiles; more > 0 {
		m.Before = m.Files[more-1].Name
		m.Files = slices.Clone(m.Files[more:])
	}
}

package jsonapi

import (
	"encoding/json"
	"time"
)

// mark is what is known of the last snapshot that was recorded.
type mark struct {
	// Settings is the fingerprint of the settings; under others everything is read anew.
	Settings string `json:"settings"`
	// At is when its figures were taken: the as_of of the API, or when the fetch began, by our clock.
	At time.Time `json:"at"`
	// AsOf is true when At is the API's.
	AsOf bool `json:"as_of"`
}

// mark reads the mark of a request. One that was made under other settings, or by a clock that has been put back since, or
// that is not a mark, counts as none: then everything is read.
func (s *source) mark(text string) mark {
	var m mark
	if json.Unmarshal([]byte(text), &m) != nil || m.Settings != s.fingerprint || m.At.After(s.now()) {
		return mark{}
	}
	return m
}

func (m mark) String() string {
	text, err := json.Marshal(m)
	if err != nil {
		panic("jsonapi: a mark cannot be written as JSON: " + err.Error()) // years of more than four digits are not read
	}
	return string(text)
}

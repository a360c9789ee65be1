package shiphero

import (
	"encoding/json"
	"net/http"
	"time"
)

// mark is what is known of the last snapshot that was recorded.
type mark struct {
	// Settings is the fingerprint of the settings; under others everything is read anew.
	Settings string `json:"settings"`
	// At is when the fetch began, by our clock or by ShipHero's, whichever is earlier.
	At time.Time `json:"at"`
	// Dated is when the first answer was made, by ShipHero's clock; zero when it did not say.
	Dated time.Time `json:"dated,omitzero"`
	// Snapshot is the id of ShipHero's last snapshot.
	Snapshot string `json:"snapshot,omitempty"`
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
		panic("shiphero: a mark cannot be written as JSON: " + err.Error()) // no year has more than four digits
	}
	return string(text)
}

// tolerance is how far the clocks of ShipHero's servers may differ.
const tolerance = time.Minute

// begin makes the mark of a fetch of its beginning and of its first answer, and tells when that answer was made, which is as of when its
// figures count; zero when it does not say. What is read after it may be newer, never older. An answer that is older than the recorded one comes
// from something between us that answers from memory. A date that lies ahead of us is a wrong clock, and is not noted: every
// answer with the right time would seem old later.
func (s *source) begin(known mark, began time.Time, header http.Header) (m mark, asOf time.Time, err error) {
	m = mark{Settings: s.fingerprint, At: began.UTC(), Dated: known.Dated, Snapshot: known.Snapshot}
	dated, err := http.ParseTime(header.Get("Date"))
	if err != nil {
		return m, time.Time{}, nil
	}
	if dated.Before(known.Dated.Add(-tolerance)) {
		return mark{}, time.Time{}, s.unbelieved(1, "the answer is dated %s, and the last one that was recorded %s, so it does not come from ShipHero but from something that remembers it", dated.UTC().Format(time.RFC3339), known.Dated.Format(time.RFC3339))
	}
	if now := s.now(); dated.After(now) {
		dated = now
	}
	m.Dated = dated.UTC()
	if m.Dated.Before(m.At) {
		m.At = m.Dated
	}
	return m, m.Dated, nil
}

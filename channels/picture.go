package channels

import (
	"encoding/json"
	"maps"
	"time"
)

// Picture is what one holder of a store knows of its budget, for the holder after it. It travels with a run and stands in the ledger, so it
// only grows.
type Picture struct {
	Number int64  `json:"number"` // grows with every picture of a store: the larger is the newer
	Of     string `json:"of"`     // what the settings were; a picture of others is not believed
	// Closed says that no call was under way. Of any other picture it is assumed that as many calls as may be under way came after it.
	Closed bool            `json:"closed,omitempty"`
	Meters map[string]Pace `json:"meters"`
}

// Pace is what is known of one budget, in the store's units.
type Pace struct {
	At        time.Time `json:"at"`
	Tokens    float64   `json:"tokens"`
	Cost      float64   `json:"cost"`
	Units     bool      `json:"units,omitempty"`
	Capacity  float64   `json:"capacity,omitempty"`   // as the store said
	PerSecond float64   `json:"per_second,omitempty"` // as the store said
	Level     float64   `json:"level"`
	Throttled time.Time `json:"throttled,omitzero"`
}

// paceLife is how long a picture is believed: a plan, or what others use of a store, may be another by then.
const paceLife = 24 * time.Hour

// ReadPicture reads a picture; what cannot be read is none.
func ReadPicture(text string) Picture {
	var picture Picture
	if json.Unmarshal([]byte(text), &picture) != nil {
		return Picture{}
	}
	return picture
}

// String is a picture as ReadPicture reads it.
func (p Picture) String() string {
	text, err := json.Marshal(p)
	if err != nil {
		return ""
	}
	return string(text)
}

// Newer returns the newer of two pictures.
func (p Picture) Newer(other Picture) Picture {
	if other.Number > p.Number {
		return other
	}
	return p
}

// Picture is what is known now. Meters that were not used since a picture are as that one had them.
func (m *Meters) Picture(now time.Time) Picture {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	m.last.Number++
	next := Picture{Number: m.last.Number, Of: m.last.Of, Closed: true, Meters: maps.Clone(m.last.Meters)}
	if next.Meters == nil {
		next.Meters = map[string]Pace{}
	}
	for name, pacer := range m.pacers {
		pace, under := pacer.pace(now)
		next.Meters[name] = pace
		next.Closed = next.Closed && !under
	}
	return next
}

// Number is that of the last picture.
func (m *Meters) Number() int64 {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	return m.last.Number
}

// pace is what a pacer knows, and whether calls are under way.
func (p *Pacer) pace(now time.Time) (Pace, bool) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.advance(now)
	b := p.bucket
	return Pace{
		At: b.at, Tokens: b.tokens, Cost: b.cost, Units: b.units, Capacity: b.reported.Capacity, PerSecond: b.reported.PerSecond,
		Level: p.climb.level, Throttled: p.throttled,
	}, len(p.flights) > 0
}

// resume goes on from what the holder before knew. The bucket may hold what that one would have now, never more; without a closed picture
// less by the calls that it may have begun since.
func (p *Pacer) resume(pace Pace, closed bool, now time.Time) {
	if age := now.Sub(pace.At); age > paceLife || age < -MaxThrottle || pace.Cost <= 0 || pace.Level <= 0 {
		return
	}
	b := &p.bucket
	b.units, b.cost, b.at = pace.Units, pace.Cost, pace.At
	b.reported.Capacity, b.reported.PerSecond = positive(pace.Capacity, 0), positive(pace.PerSecond, 0)
	p.climb.level = min(pace.Level, 1)
	b.tokens = min(pace.Tokens, b.room(0))
	b.refill(now, p.rate(), 0)
	if !closed {
		b.tokens -= float64(p.most) * b.cost
	}
	if pace.Throttled.After(now) {
		p.throttled = pace.Throttled
		if latest := now.Add(MaxThrottle); p.throttled.After(latest) {
			p.throttled = latest
		}
	}
}

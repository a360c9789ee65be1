package csv

import (
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/tidemark/tidemark/inventory"
)

// timeForm is how times are written.
type timeForm struct {
	setting string // that says so; empty where none does
	layout  string
	zone    *time.Location
}

// The layouts that are no moment written in one's own form.
const (
	layoutUnix       = "unix"
	layoutUnixMillis = "unix_ms"
	layoutRFC3339    = "rfc3339"
)

// parse reads a time, in UTC.
func (f timeForm) parse(text string) (time.Time, error) {
	layout := f.layout
	switch layout {
	case layoutUnix, layoutUnixMillis:
		number, err := strconv.ParseInt(text, 10, 64)
		at := time.Unix(number, 0).UTC()
		if layout == layoutUnixMillis {
			at = time.UnixMilli(number).UTC()
		}
		if err != nil || number < 0 || at.Year() > 9999 {
			return time.Time{}, notTime(text, fmt.Errorf("%s is not a count since 1970 as %s: %s says", inventory.Quoted(text), f.setting, layout))
		}
		return at, nil
	case layoutRFC3339:
		layout = time.RFC3339
	}
	at, err := time.ParseInLocation(layout, text, f.zone)
	if err != nil && f.setting == "" {
		return time.Time{}, notTime(text, errors.New("expected a time like 2026-11-24T09:30:00Z (RFC 3339)"))
	}
	if err != nil {
		return time.Time{}, notTime(text, fmt.Errorf("%s is not a time in the form of %s: %s", inventory.Quoted(text), f.setting, f.layout))
	}
	return at.UTC(), nil
}

func notTime(text string, err error) error { return inventory.Faulty(inventory.FaultTime, text, err) }

// format writes a time.
func (f timeForm) format(at time.Time) string {
	switch f.layout {
	case layoutUnix:
		return strconv.FormatInt(at.Unix(), 10)
	case layoutUnixMillis:
		return strconv.FormatInt(at.UnixMilli(), 10)
	case layoutRFC3339:
		return at.UTC().Format(time.RFC3339)
	}
	return at.In(f.zone).Format(f.layout)
}

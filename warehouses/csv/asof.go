package csv

import (
	"bytes"
	"fmt"
	"path"
	"strings"
	"time"

	"github.com/tidemark/tidemark/settings"
	"github.com/tidemark/tidemark/warehouses"
)

// The forms of the setting as_of.
const (
	asOfModified = "modified"
	asOfNone     = "none"
	asOfLine     = "line"
	asOfName     = "name"
	asOfTime     = "{time}"
)

// asOf says where a file tells as of when its rows count that have no time of their own.
type asOf struct {
	by            string // one of the forms
	before, after string // of the time, in a line or in the file's name
	form          timeForm
}

// asOfSettings judges the settings as_of and as_of_layout.
type asOfSettings struct{}

// Judge reports what is wrong with each.
func (asOfSettings) Judge(spec settings.Spec, values settings.Values) []settings.Problem {
	var problems []settings.Problem
	for _, setting := range []struct {
		name  string
		check func(text string) error
	}{
		{"as_of", func(text string) error {
			_, err := parseAsOf(text)
			return err
		}},
		{"as_of_layout", checkLayout},
	} {
		if _, ok := values[setting.name]; !ok {
			continue // what it is no text is told already
		}
		if err := setting.check(values.Text(setting.name)); err != nil {
			problems = append(problems, settings.Problem{Option: setting.name, Message: fmt.Sprintf("%s of %s: %v", setting.name, spec.Driver, err)})
		}
	}
	return problems
}

func parseAsOf(text string) (asOf, error) {
	if text == asOfModified || text == asOfNone {
		return asOf{by: text}, nil
	}
	by, pattern, _ := strings.Cut(text, ":")
	before, after, holds := strings.Cut(pattern, asOfTime)
	a := asOf{by: by, before: before, after: after}
	switch {
	case by != asOfLine && by != asOfName:
		return a, fmt.Errorf("%q is none of modified, none, line:TEXT and name:TEXT", text)
	case !holds || strings.Contains(after, asOfTime):
		return a, fmt.Errorf("%q does not hold %s once, where the time stands", text, asOfTime)
	case by == asOfLine && (before == "" || strings.ContainsAny(pattern, "\r\n")):
		return a, fmt.Errorf("%q is not one line that begins with a mark, like line:#as of %s", text, asOfTime)
	case by == asOfName && !isNamePattern(before, after):
		return a, fmt.Errorf("%q is not a pattern for file names, like name:stock-%s.csv", text, asOfTime)
	}
	return a, nil
}

// isNamePattern is true for the two parts of a pattern for file names, with * for any text.
func isNamePattern(before, after string) bool {
	return !strings.ContainsAny(before+after, `/\?[]`)
}

// sampleTime is a moment that a layout must be able to tell, to the day.
var sampleTime = time.Date(2031, 11, 23, 17, 48, 0, 0, time.UTC)

// checkLayout says what is wrong with a layout that must tell at least the day.
func checkLayout(layout string) error {
	form := timeForm{setting: "as_of_layout", layout: layout, zone: time.UTC}
	again, err := form.parse(form.format(sampleTime))
	if err != nil || again.After(sampleTime) || sampleTime.Sub(again) > 24*time.Hour {
		return fmt.Errorf("%q does not tell a day; write the moment 2006-01-02 15:04:05 in your form, or rfc3339, unix or unix_ms", layout)
	}
	return nil
}

func newAsOf(values settings.Values, zone *time.Location) (asOf, error) {
	a, err := parseAsOf(values.Text("as_of"))
	a.form = timeForm{setting: "as_of_layout", layout: values.Text("as_of_layout"), zone: zone}
	return a, err
}

// line returns the time that a line of a file tells as it is written there; ok is false for any other line.
func (a asOf) line(r record) (text string, ok bool) {
	if a.by != asOfLine || len(r.raw) < len(a.before)+len(a.after) ||
		!bytes.HasPrefix(r.raw, []byte(a.before)) || !bytes.HasSuffix(r.raw, []byte(a.after)) {
		return "", false
	}
	return strings.TrimSpace(string(r.raw[len(a.before) : len(r.raw)-len(a.after)])), true
}

// name reads the time in the name of a file. With * in the pattern the time may stand in several places; it is believed where only one
// of them can be read.
func (a asOf) name(name string) (time.Time, error) {
	var match time.Time
	tellings := 0
	for from := 0; from <= len(name); from++ {
		if matched, err := path.Match(a.before, name[:from]); err != nil || !matched {
			continue
		}
		for to := from + 1; to <= len(name); to++ {
			if matched, err := path.Match(a.after, name[to:]); err != nil || !matched {
				continue
			}
			if at, err := a.form.parse(name[from:to]); err == nil && !at.Equal(match) {
				match = at
				tellings++
			}
		}
	}
	if tellings != 1 {
		return time.Time{}, fmt.Errorf("its name tells %d times in the form of as_of: name:%s%s%s and as_of_layout: %s; expected one",
			tellings, a.before, asOfTime, a.after, a.form.layout)
	}
	return match, nil
}

// made is as of when a file's rows count: what the file tells, else when it was last modified. Zero: it does not say. It is never when
// it was read, but a time that has not come is cut to now.
//
// In a folder the names are the order of the files, whatever their times of modification are: after is when the first of those behind
// it was modified, and before as of when the one before it counted. A file that is written once more then stays older than those after it, and
// one that came with an old time stays younger than those before it.
func (s *source) made(name string, c content, before, after time.Time) (time.Time, error) {
	var at time.Time
	switch s.asOf.by {
	case asOfNone:
		return at, nil
	case asOfLine:
		at = c.asOf
	case asOfName:
		var err error
		if at, err = s.asOf.name(name); err != nil {
			return at, warehouses.NeedsPerson(nil, "%s: %v; correct as_of, or rename the file", name, err)
		}
	default:
		if at = stated(c.modified); at.IsZero() {
			return at, nil
		}
		if !after.IsZero() && after.Before(at) {
			at = after
		}
		if before.After(at) {
			at = before
		}
	}
	if now := s.now(); at.After(now) {
		at = now
	}
	return at.UTC(), nil
}

// stated is a time of modification; zero where it is not one, for a place that tells none may say 1970.
func stated(modified time.Time) time.Time {
	if modified.Unix() <= 0 {
		return time.Time{}
	}
	return modified
}

// where says where the time stands, for people.
func (a asOf) where() string {
	switch a.by {
	case asOfLine:
		return "as its line " + a.before + "… says"
	case asOfName:
		return "as its name says"
	}
	return "when the file was last modified"
}

package jsonapi

import (
	"fmt"
	"strconv"
	"time"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/settings"
	"github.com/tidemark/tidemark/warehouses/jsonvalue"
)

// layout is how times are written.
type layout struct {
	setting string // that says so
	name    string
	zone    *time.Location
}

// sample is a moment that a layout must be able to tell, to the day.
var sample = time.Date(2031, 11, 23, 17, 48, 0, 0, time.UTC)

func newLayout(values settings.Values, setting string) (layout, error) {
	zone, err := time.LoadLocation(values.Text("timezone"))
	if err != nil {
		return layout{}, fmt.Errorf("timezone of json: %q is not a time zone; expected a name like Europe/Berlin", values.Text("timezone"))
	}
	l := layout{setting: setting, name: values.Text(setting), zone: zone}
	if again, err := l.parse(l.format(sample)); err != nil || again.After(sample) || sample.Sub(again) > 24*time.Hour {
		return layout{}, fmt.Errorf("%s of json: %q does not tell a day; write the moment 2006-01-02 15:04:05 in your form, or rfc3339, unix or unix_ms", setting,
			l.name)
	}
	return l, nil
}

// format writes a time. What is finer than the layout is cut off, so the time that is written is not later.
func (l layout) format(at time.Time) string {
	switch l.name {
	case "unix":
		return strconv.FormatInt(at.Unix(), 10)
	case "unix_ms":
		return strconv.FormatInt(at.UnixMilli(), 10)
	case "rfc3339":
		return at.UTC().Format(time.RFC3339)
	}
	return at.In(l.zone).Format(l.name)
}

func (l layout) parse(text string) (time.Time, error) {
	name := l.name
	switch name {
	case "unix", "unix_ms":
		number, err := strconv.ParseInt(text, 10, 64)
		at := time.Unix(number, 0).UTC()
		if name == "unix_ms" {
			at = time.UnixMilli(number).UTC()
		}
		if err != nil || number < 0 || at.Year() > 9999 {
			return time.Time{}, notTime(text, fmt.Errorf("%s is not a count since 1970 as %s: %s says", inventory.Quoted(text), l.setting, name))
		}
		return at, nil
	case "rfc3339":
		name = time.RFC3339
	}
	at, err := time.ParseInLocation(name, text, l.zone)
	if err != nil {
		return time.Time{}, notTime(text, fmt.Errorf("%s is not a time in the form of %s: %s", inventory.Quoted(text), l.setting, l.name))
	}
	return at.UTC(), nil
}

// read reads a time; null is none.
func (l layout) read(value jsonvalue.Value) (time.Time, error) {
	switch value.Kind() {
	case jsonvalue.Null:
		return time.Time{}, nil
	case jsonvalue.Text:
		text, _ := value.Text()
		return l.parse(text)
	case jsonvalue.Number:
		return l.parse(value.Raw())
	}
	return time.Time{}, fmt.Errorf("expected a time, found %s", value.Kind())
}

func notTime(text string, err error) error { return inventory.Faulty(inventory.FaultTime, text, err) }

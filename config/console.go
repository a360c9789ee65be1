package config

import (
	"slices"

	"github.com/tidemark/tidemark/ledger"
)

// console reads what the configuration says of the pages.
func (l *loader) console(n *node) {
	if n == nil {
		return
	}
	o, ok := l.object(n, "console", "schedules", "settings")
	if !ok {
		return
	}
	const readOnly = "read-only"
	for name, into := range map[string]*bool{"schedules": &l.definitions.SchedulesReadOnly, "settings": &l.definitions.SettingsReadOnly} {
		if choice, ok := l.choice(o.get(name), name+" of console", "editable", readOnly); ok {
			*into = choice == readOnly
		}
	}
}

// timezones reads the zones of single schedules.
func (l *loader) timezones(n *node, what string) map[ledger.Mode]string {
	if n == nil {
		return nil
	}
	o, ok := l.object(n, what, string(ledger.Smart), string(ledger.Full))
	if !ok {
		return nil
	}
	zones := map[ledger.Mode]string{}
	for _, mode := range []ledger.Mode{ledger.Smart, ledger.Full} {
		if zone := o.get(string(mode)); zone != nil {
			zones[mode] = l.timezone(zone, string(mode)+" in "+what)
		}
	}
	return zones
}

// without is a list without one of its entries; nil when it was the last.
func without(modes []ledger.Mode, mode ledger.Mode) []ledger.Mode {
	left := slices.DeleteFunc(slices.Clone(modes), func(requested ledger.Mode) bool { return requested == mode })
	if len(left) == 0 {
		return nil
	}
	return left
}

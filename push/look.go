package push

import (
	"errors"
	"slices"
	"time"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/ledger"
)

// Found tells what a look-up brought, or how it failed. What was found is remembered; rows that cannot be sent are parked. The loop tells
// Answered of calls of figures alone.
func (m *Machine) Found(number int, found []channels.Found, failed error, now time.Time) Effects {
	step := m.flights[number].step
	delete(m.flights, number)
	m.returned()
	step.window.looking--
	defer m.stirred(step.Call.Items)
	if failed != nil {
		step.window.unknown = slices.Concat(step.Call.Items, step.window.unknown)
		return m.settleFind(failed, now)
	}
	m.failedFinds = 0
	m.find = min(2*m.find, max(m.setup.Limits.Find, 1)) // after one that was too large
	effects := Effects{Remember: map[string]string{}}
	for i, row := range step.Call.Items {
		switch found := found[i]; {
		case found.Missing != "":
			effects.Park = append(effects.Park, Parked{row, ledger.ItemAnswer{Status: ledger.StatusRejected, Reason: found.Missing}})
		case found.Blocked != "":
			effects.Park = append(effects.Park, Parked{row, ledger.ItemAnswer{Status: ledger.StatusBlocked, Reason: found.Blocked}})
		default:
			effects.Remember[row.ChannelSKU] = found.Reference
		}
	}
	step.window.learn(effects)
	return effects
}

// learn fills references in and drops parked rows.
func (w *window) learn(effects Effects) {
	type place struct{ sku, location string }
	parked := map[place]bool{}
	for _, gone := range effects.Park {
		parked[place{gone.Row.ChannelSKU, gone.Row.Location}] = true
	}
	w.rows = slices.DeleteFunc(w.rows, func(row ledger.DueItem) bool { return parked[place{row.ChannelSKU, row.Location}] })
	for i := range w.rows {
		if reference, found := effects.Remember[w.rows[i].ChannelSKU]; found {
			w.rows[i].Reference = reference
		}
	}
	w.unknown = slices.DeleteFunc(w.unknown, func(row ledger.DueItem) bool {
		_, found := effects.Remember[row.ChannelSKU]
		return found
	})
}

// settleFind does what the error of a look-up asks for. Nothing was begun, so there is nothing to keep.
func (m *Machine) settleFind(failed error, now time.Time) Effects {
	var cause *channels.Error
	if !errors.As(failed, &cause) {
		cause = &channels.Error{Reason: failed.Error()}
	}
	switch cause.Next {
	case channels.AskPerson:
		return Effects{Fail: m.named(cause)}
	case channels.Wait:
		return Effects{} // the pacer knows until when
	case channels.Smaller:
		if m.find > 1 {
			m.find = (m.find + 1) / 2
			return Effects{}
		}
	}
	m.failedFinds++
	return Effects{Pause: &Pause{Until: now.Add(findPause * time.Duration(m.failedFinds)), Why: cause.Error()}}
}

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
func (m *Machine) Found(number int, matches []channels.Found, failed error, now time.Time) Effects {
	under := m.flights[number]
	step := under.step
	m.returned()
	step.window.looking--
	defer m.stirred(step.Call.Items)
	if failed != nil {
		effects := m.applyFind(under, failed, now)
		if !effects.Check {
			delete(m.flights, number)
		}
		return effects
	}
	delete(m.flights, number)
	m.failedFinds = 0
	m.of(step).answered()
	m.find = min(2*m.find, max(m.setup.Limits.Find, 1)) // after one that was too large
	effects := Effects{Remember: map[string]string{}}
	for i, row := range step.Call.Items {
		switch match := matches[i]; {
		case match.Missing != "":
			effects.Park = append(effects.Park, Parked{row, ledger.ItemResponse{Status: ledger.StatusRejected, Reason: match.Missing}})
		case match.Blocked != "":
			effects.Park = append(effects.Park, Parked{row, ledger.ItemResponse{Status: ledger.StatusBlocked, Reason: match.Blocked}})
		default:
			effects.Remember[row.ChannelSKU] = match.Reference
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

// again puts rows back whose look-up failed.
func (w *window) again(step Step) { w.unknown = slices.Concat(step.Call.Items, w.unknown) }

// applyFind does what the error of a look-up asks for. Nothing was begun, so there is nothing to keep.
func (m *Machine) applyFind(under *flight, failed error, now time.Time) Effects {
	var cause *channels.Error
	if !errors.As(failed, &cause) {
		cause = &channels.Error{Reason: failed.Error()}
	}
	if cause.Next == channels.AskPerson {
		return m.applyBlame(under, cause, now)
	}
	under.step.window.again(under.step)
	switch {
	case cause.Next == channels.Wait:
		return Effects{} // the pacer knows until when
	case cause.Next == channels.Smaller && m.find > 1:
		m.find = (m.find + 1) / 2
		return Effects{}
	}
	return m.pauseFinds(cause, now)
}

// pauseFinds ends the slice, for longer each time that a look-up fails in a row.
func (m *Machine) pauseFinds(cause *channels.Error, now time.Time) Effects {
	m.failedFinds++
	return Effects{Pause: &Pause{Until: now.Add(findPause * time.Duration(m.failedFinds)), Why: cause.Error()}}
}

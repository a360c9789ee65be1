package push

import (
	"errors"
	"slices"
	"time"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/ledger"
)

// Found takes the result of a look-up, or the error with which it failed. References are remembered, and rows that cannot be sent are
// parked. Results of calls that send figures go to Answered instead.
func (m *Machine) Found(number int, matches []channels.Found, failed error, now time.Time) Effects {
	under := m.flights[number]
	step := under.step
	m.returned()
	step.window.lookUps--
	defer m.rereadMoved(step.Call.Items)
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
	m.find = min(2*m.find, max(m.setup.Limits.Find, 1)) // grows again after a look-up that was too large
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

// learn fills in references and drops parked rows.
func (w *window) learn(effects Effects) {
	type rowKey struct{ sku, location string }
	parked := map[rowKey]bool{}
	for _, gone := range effects.Park {
		parked[rowKey{gone.Row.ChannelSKU, gone.Row.Location}] = true
	}
	w.rows = slices.DeleteFunc(w.rows, func(row ledger.DueItem) bool { return parked[rowKey{row.ChannelSKU, row.Location}] })
	for i := range w.rows {
		if reference, ok := effects.Remember[w.rows[i].ChannelSKU]; ok {
			w.rows[i].Reference = reference
		}
	}
	w.unknown = slices.DeleteFunc(w.unknown, func(row ledger.DueItem) bool {
		_, ok := effects.Remember[row.ChannelSKU]
		return ok
	})
}

// again puts back the rows of a look-up that failed.
func (w *window) again(step Step) { w.unknown = slices.Concat(step.Call.Items, w.unknown) }

// applyFind does what the error of a look-up asks for. A look-up changes nothing in the store, so nothing is written to the ledger about
// it.
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
		return Effects{} // the pacer knows how long to wait
	case cause.Next == channels.Smaller && m.find > 1:
		m.find = (m.find + 1) / 2
		return Effects{}
	}
	return m.pauseFinds(cause, now)
}

// pauseFinds ends the slice. The pause grows with each look-up in a row that failed.
func (m *Machine) pauseFinds(cause *channels.Error, now time.Time) Effects {
	m.failedFinds++
	return Effects{Pause: &Pause{Until: now.Add(findPause * time.Duration(m.failedFinds)), Why: cause.Error()}}
}

// Package ledgertest is the contract of ledger.Ledger as tests, with a real PostgreSQL server to run them on. Every database runs the same
// tests:
//
//	func TestSQLite(t *testing.T) {
//		ledgertest.Run(t, func(t testing.TB) ledger.Ledger { … })
//	}
package ledgertest

import (
	"testing"

	"github.com/tidemark/tidemark/ledger"
)

// tests are the tests of a theme, by name. Each gets a ledger of its own.
type tests map[string]func(t *testing.T, w *world)

// Run tests a database. open returns an empty ledger that is closed at the end of the test.
func Run(t *testing.T, open func(t testing.TB) ledger.Ledger) {
	t.Helper()
	for theme, tests := range map[string]tests{
		"apply":       applyTests,
		"versions":    versionTests,
		"state":       stateTests,
		"schedules":   scheduleTests,
		"settings":    settingTests,
		"suspects":    suspectTests,
		"audit":       auditTests,
		"people":      peopleTests,
		"preview":     previewTests,
		"enable":      enableTests,
		"gate":        gateTests,
		"acquire":     acquireTests,
		"requests":    requestTests,
		"end":         endTests,
		"record":      recordTests,
		"order":       orderTests,
		"clock":       clockTests,
		"snapshot":    snapshotTests,
		"pages":       pageTests,
		"odd":         oddTests,
		"repeated":    repeatedTests,
		"guard":       guardTests,
		"stale":       staleTests,
		"stale event": staleEventTests,
		"facility":    facilityTests,
		"observe":     observeTests,
		"intake":      intakeTests,
		"plan":        planTests,
		"affected":    affectedTests,
		"resolve":     resolveTests,
		"place":       placeTests,
		"moved":       movedTests,
		"leaving":     leavingTests,
		"parked":      parkedTests,
		"redefine":    redefineTests,
		"due":         dueTests,
		"call":        callTests,
		"answer":      answerTests,
		"ticket":      ticketTests,
		"fence":       fenceTests,
		"remember":    rememberTests,
		"hold":        holdTests,
		"reject":      rejectTests,
		"keep":        keepTests,
		"dissolve":    dissolveTests,
		"read":        readTests,
		"together":    togetherTests,
		"marks":       markTests,
		"tidy":        tidyTests,
		"text":        textTests,
		"promise":     promiseTests,
		"concurrency": concurrencyTests,
	} {
		t.Run(theme, func(t *testing.T) {
			t.Parallel()
			for name, test := range tests {
				t.Run(name, func(t *testing.T) {
					t.Parallel()
					w := newWorld(t, open(t))
					test(t, w)
					recounts(t, w)
				})
			}
		})
	}
}

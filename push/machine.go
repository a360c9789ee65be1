package push

import (
	"fmt"
	"time"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/ledger"
)

const (
	triesPerRun   = 3               // calls in a row for one row without success; then it is due for the next run
	comparedTries = 2               // then the figure goes out without comparing: what the store shows could not be learned
	findPause     = 5 * time.Second // after a look-up that failed; longer for each one that failed since the last that did not
	callMargin    = 5 * time.Second // after a call's timeout, until it is certain that it is over
	longestCall   = 2 * time.Minute // for a driver that states no timeout
)

// Setup is what a slice of a push works on.
type Setup struct {
	Store      string // for people
	Connection string
	Run        int64
	Scope      []string
	Limits     channels.Limits
	Batch      int  // the most rows in a call, as a person set it; 0 or more than the store takes: as many as the store takes
	Calls      int  // the most calls under way at once, in the same way
	Finds      bool // rows need a reference before they can be sent
	Newer      bool // what moved after the run was resolved goes first
	// Submits is true when a call for items makes a submission; see channels.Submits. Nil: each does.
	Submits func(items []channels.Item) bool
	// Compose splits rows into calls of at most so many; see channels.Compose.
	Compose func(items []channels.Item, batch int) ([][]int, error)
}

// Kind is what a Step does.
type Kind int

// The kinds of steps. The first five are about the ledger, the others are calls to the store.
const (
	ReadOpen       Kind = iota + 1 // list the connection's open calls, and tell Opened
	ReadCall                       // read the open call of the key, and tell Read
	ReadDue                        // read due rows with the query, and tell Due
	ReadReferences                 // read what is remembered of the channel SKUs, and tell Known
	Abandon                        // close the call of the key for the reason, and tell Abandoned
	Send                           // a new call for the items of Call: write its intent, tell Began, make it, and tell Answered
	Resend                         // the call once more, with the same bytes and the same key; else as Send
	Poll                           // ask for the report on the call's ticket; else as Resend
	Find                           // look the items of Call up: tell Began, make the call, and tell Found
)

// Step is one thing that can be done now.
type Step struct {
	Kind  Kind
	Key   string          // of ReadCall and Abandon
	Why   string          // of Abandon; of Poll, what the call was last answered
	Query ledger.DueQuery // of ReadDue
	SKUs  []string        // of ReadReferences
	// Call is that of Resend and Poll as the ledger has it. Of Send and Find only Items are set.
	Call ledger.OpenCall

	window  *window   // of Find
	windows []*window // of ReadReferences
}

// Operation is the kind of call of a step that makes one; it is empty for the others.
func (s Step) Operation() channels.Operation {
	switch s.Kind {
	case Send, Resend:
		return channels.Sending
	case Poll:
		return channels.Polling
	case Find:
		return channels.Looking
	}
	return ""
}

// NextSteps is what can be done now. Without steps and without calls under way, the push is over when Until is zero; else there is nothing to do
// before that time.
type NextSteps struct {
	Steps  []Step
	Until  time.Time
	Why    string
	Faulty bool // the store has server errors
}

// flight is a call under way.
type flight struct {
	step    Step
	refusal *channels.Error // that is judged when it is known whether reads work
}

// again is true for a call that was sent before: a refusal to send it again, or to report on it, says nothing about what became of it.
func (f *flight) again() bool { return f.step.Kind == Resend || f.step.Kind == Poll }

// Machine is the state of one slice of a push.
type Machine struct {
	setup  Setup
	batch  int
	atOnce int

	listed bool       // open is what the ledger has
	open   []standing // calls without a response that are not under way, oldest first

	parts   [][]ledger.DueItem // calls that are still to be made, the next one last
	windows []*window          // rows that were read and are still to be looked up and composed, oldest first
	after   ledger.DueItem     // the last row that was read
	ended   bool               // no due rows lie after it
	drained bool               // there are no due rows at all

	flights map[int]*flight
	last    int // the number of the last flight

	find        int // the most items in one look-up
	failedFinds int // look-ups in a row that failed

	refusals map[channels.Operation]*refusals // by the kind of call
	reads    bool                             // a read that changes nothing works with the credential
	moves    moves
}

// standing is an open call, with its bytes and rows once they were read.
type standing struct {
	ledger.CallStanding
	whole *ledger.OpenCall
}

// New returns the machine of a new slice.
func New(setup Setup) *Machine {
	m := &Machine{
		setup: setup, batch: max(setup.Limits.Batch, 1), atOnce: max(setup.Limits.Calls, 1), find: max(setup.Limits.Find, 1),
		flights: map[int]*flight{}, refusals: map[channels.Operation]*refusals{},
	}
	if setup.Batch > 0 {
		m.batch = min(m.batch, setup.Batch)
	}
	if setup.Calls > 0 {
		m.atOnce = min(m.atOnce, setup.Calls)
	}
	m.moves.newer = setup.Newer
	return m
}

// AtOnce is how many calls may be under way at once.
func (m *Machine) AtOnce() int { return m.atOnce }

// UnderWay is how many calls are under way.
func (m *Machine) UnderWay() int { return len(m.flights) }

// Begun is how many calls this slice has begun.
func (m *Machine) Begun() int { return m.last }

// Next says what can be done now: first about calls whose answers are not known, then with calls that were composed, or parts of one that
// was refused, then with rows that are due.
func (m *Machine) Next(now time.Time) (NextSteps, error) {
	if !m.listed {
		return NextSteps{Steps: []Step{{Kind: ReadOpen}}}, nil
	}
	plan, serverErrors := m.unanswered(now)
	switch {
	case len(plan.Steps) > 0 && plan.Steps[0].Operation() == "":
		return plan, nil // the ledger first
	case len(m.flights) >= m.atOnce:
		plan.Steps = nil
		return plan, nil
	case serverErrors || m.workload() >= m.setup.Limits.Tickets && m.setup.Limits.Tickets > 0:
		return plan, nil // nothing new is sent until the lost call is answered, or the store is done with a submission
	case m.doubtful() && len(m.flights) > 0:
		return plan, nil // the calls under way tell whether the store refuses everything
	}
	steps, err := m.fresh(now)
	plan.Steps = append(plan.Steps, steps...)
	return plan, err
}

// workload is how many submissions the store works on, or will when the calls under way have arrived.
func (m *Machine) workload() int {
	submissions := 0
	for _, call := range m.open {
		if call.Ticket != "" {
			submissions++
		}
	}
	for _, under := range m.flights {
		if under.step.Kind == Poll || under.step.Kind == Send && m.submits(under.step) {
			submissions++
		}
	}
	return submissions
}

func (m *Machine) submits(step Step) bool {
	return m.setup.Submits == nil || m.setup.Submits(m.Items(step.Call.Items))
}

// Began tells that the call of a step is being made, and returns its number, by which its response is told. The call is the step's, with the
// key and the bytes of a new one.
func (m *Machine) Began(step Step, call ledger.OpenCall) int {
	switch step.Kind {
	case Send:
		m.parts = m.parts[:len(m.parts)-1]
	case Find:
		step.window.unknown = step.window.unknown[len(step.Call.Items):]
		step.window.looking++
	case Resend, Poll:
		m.close(call.Key)
	}
	step.Call = call
	m.last++
	m.flights[m.last] = &flight{step: step}
	return m.last
}

// Withdrawn tells that a call is not under way any more, and that nothing more will be told of it: its intent could not be written, so that it was
// not made, or what its refusal is about could not be checked. The slice ends then, so that its rows are read again by the next.
func (m *Machine) Withdrawn(number int) { delete(m.flights, number) }

// Timeout is the longest that a call may take.
func (m *Machine) Timeout() time.Duration {
	if m.setup.Limits.Timeout > 0 {
		return m.setup.Limits.Timeout
	}
	return longestCall
}

// Deadline is when a call that begins now is certainly over.
func (m *Machine) Deadline(now time.Time) time.Time { return now.Add(m.Timeout() + callMargin) }

// Intent is what is written before a new call is made.
func (m *Machine) Intent(step Step, key string, body []byte, now time.Time) ledger.Intent {
	intent := ledger.Intent{Key: key, Body: body, Items: step.Call.Items, Deadline: m.Deadline(now), Now: now}
	if m.setup.Limits.ItemCalls > 0 {
		intent.CountOn = ledger.DayOf(now, m.setup.Limits.DayZone)
	}
	return intent
}

// Items are rows as a driver is asked about them.
func (m *Machine) Items(rows []ledger.DueItem) []channels.Item {
	items := make([]channels.Item, len(rows))
	for i, row := range rows {
		items[i] = channels.Item{Location: row.Location, ChannelSKU: row.ChannelSKU, Quantity: row.Quantity, Reference: row.Reference}
		if m.setup.Limits.Compare && row.Attempts < comparedTries {
			items[i].Expected = row.Exported
		}
	}
	return items
}

// named makes an error of the store's that ends the push.
func (m *Machine) named(failed error) error { return fmt.Errorf("store %s: %w", m.setup.Store, failed) }

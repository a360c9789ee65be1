package push

import (
	"fmt"
	"time"

	"github.com/tidemark/tidemark/channels"
	"github.com/tidemark/tidemark/ledger"
)

const (
	triesPerRun   = 3               // calls in a row for one row without success; after that the next run tries it
	comparedTries = 2               // after so many, the figure is sent without comparing it with what the store shows, which cannot be read
	findPause     = 5 * time.Second // after a look-up that failed; longer with each further one in a row
	callMargin    = 5 * time.Second // after a call's timeout, until the call is certainly over
	longestCall   = 2 * time.Minute // for a driver that states no timeout
)

// Setup is what a slice of a push works on.
type Setup struct {
	Store      string // its id, for people
	Connection string
	Run        int64
	Scope      []string
	Limits     channels.Limits
	Batch      int  // the most rows in a call, as configured; 0, or more than the store takes, means as many as the store takes
	Calls      int  // the most calls under way at once, as configured; 0, or more than the store takes, means as many as the store takes
	Finds      bool // rows need a reference before they can be sent
	Newer      bool // rows whose levels changed after the run was resolved are sent first
	// Submits is true when a call for items creates a submission; see channels.Submits. Nil: every call does.
	Submits func(items []channels.Item) bool
	// Compose groups items into calls of at most batch items, each given by its indices; see channels.Compose.
	Compose func(items []channels.Item, batch int) ([][]int, error)
}

// Kind is what a Step does.
type Kind int

// The kinds of steps. The first five only read or write the ledger; the others call the store. Each comment names the method to call with
// the result.
const (
	ReadOpen       Kind = iota + 1 // list the connection's open calls: Opened
	ReadCall                       // read the open call with this key: Read
	ReadDue                        // read due rows with this query: Due
	ReadReferences                 // read the references of these channel SKUs: Known
	Abandon                        // close the call with this key for this reason: Abandoned
	Send                           // make a new call for Call.Items: write its intent, Began, make the call, Answered
	Resend                         // make Call again with the same bytes and the same key; otherwise like Send
	Poll                           // ask for the report on Call's ticket; otherwise like Resend
	Find                           // look up Call.Items: Began, make the call, Found
)

// Step is one thing that can be done now.
type Step struct {
	Kind  Kind
	Key   string          // for ReadCall and Abandon
	Why   string          // for Abandon, the reason; for Poll, the last response to the call
	Query ledger.DueQuery // for ReadDue
	SKUs  []string        // for ReadReferences
	// Call is the call as the ledger has it, for Resend and Poll. For Send and Find only its Items are set.
	Call ledger.OpenCall

	window  *window   // for Find
	windows []*window // for ReadReferences
}

// Operation is the kind of call that the step makes; empty when it makes none.
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

// NextSteps are the steps that can be done now. When there are none and no call is under way, the push is over if Until is zero; otherwise
// nothing can be done before Until.
type NextSteps struct {
	Steps  []Step
	Until  time.Time
	Why    string // what the push waits for, for people
	Faulty bool   // the store has server errors
}

// flight is a call under way.
type flight struct {
	step    Step
	refusal *channels.Error // is handled when it is known whether reads work
}

// again is true for a call that was sent before. A refusal to send it again, or to report on it, does not say what became of the first
// send.
func (f *flight) again() bool { return f.step.Kind == Resend || f.step.Kind == Poll }

// Machine is the state of one slice of a push.
type Machine struct {
	setup  Setup
	batch  int
	atOnce int

	listed bool       // open is up to date with the ledger
	open   []openCall // calls without a response that are not under way, oldest first

	parts   [][]ledger.DueItem // calls that are not made yet, the next one last
	windows []*window          // rows that are not yet looked up and composed into calls, oldest first
	after   ledger.DueItem     // the last row that was read
	ended   bool               // there are no due rows after it
	drained bool               // there are no due rows at all

	flights map[int]*flight
	last    int // number of the latest flight

	find        int // the most items in one look-up
	failedFinds int // look-ups in a row that failed

	refusals map[channels.Operation]*refusals // by operation
	reads    bool                             // reads that change nothing work with the credential
	moves    moves
}

// openCall is an open call; whole is nil until its bytes and rows are read.
type openCall struct {
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

// Next says what can be done now: first about calls without a response, then calls that are composed or halves of a refused one, then rows
// that are due.
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
		return plan, nil // nothing new is sent before the lost call has a response, or before the store has finished a submission
	case m.doubtful() && len(m.flights) > 0:
		return plan, nil // the responses to the calls under way will tell whether the store refuses everything
	}
	steps, err := m.fresh(now)
	plan.Steps = append(plan.Steps, steps...)
	return plan, err
}

// workload is how many submissions the store works on, including those of the calls under way.
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

// Began takes the call of a step that is now being made, with its key and bytes, and returns the number by which its response is passed.
func (m *Machine) Began(step Step, call ledger.OpenCall) int {
	switch step.Kind {
	case Send:
		m.parts = m.parts[:len(m.parts)-1]
	case Find:
		step.window.unknown = step.window.unknown[len(step.Call.Items):]
		step.window.lookUps++
	case Resend, Poll:
		m.close(call.Key)
	}
	step.Call = call
	m.last++
	m.flights[m.last] = &flight{step: step}
	return m.last
}

// Withdrawn removes a call for which there will be no response: its intent could not be written, so it was not made, or the check after its
// refusal failed. The slice ends then, and the next one reads its rows again.
func (m *Machine) Withdrawn(number int) { delete(m.flights, number) }

// Timeout is how long a call may take.
func (m *Machine) Timeout() time.Duration {
	if m.setup.Limits.Timeout > 0 {
		return m.setup.Limits.Timeout
	}
	return longestCall
}

// Deadline is when a call that begins now is certainly over.
func (m *Machine) Deadline(now time.Time) time.Time { return now.Add(m.Timeout() + callMargin) }

// Intent is the intent of a new call.
func (m *Machine) Intent(step Step, key string, body []byte, now time.Time) ledger.Intent {
	intent := ledger.Intent{Key: key, Body: body, Items: step.Call.Items, Deadline: m.Deadline(now), Now: now}
	if m.setup.Limits.ItemCalls > 0 {
		intent.CountOn = ledger.DayOf(now, m.setup.Limits.DayZone)
	}
	return intent
}

// Items turns rows into the items that drivers take.
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

// named wraps an error that ends the push with the store's id.
func (m *Machine) named(failed error) error { return fmt.Errorf("store %s: %w", m.setup.Store, failed) }

package control

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"

	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/workflows"
)

// Several ledgers can use one namespace, and their ids of schedules and workflows may be the same, because these are made of the ids of
// connections. Each schedule and workflow therefore names the ledger that it belongs to, and an apply leaves those of other ledgers alone.

// owner is the ledger that a schedule or a workflow says it belongs to.
type owner struct {
	ledger string // identity of the ledger; empty where none is named, as in schedules of early releases
	from   string // host and file that it was last applied from, if known
}

func (o owner) String() string {
	if o.ledger == "" {
		return "names no ledger"
	}
	return "belongs to ledger " + ledger.ShortIdentity(o.ledger) + o.applied()
}

func (o owner) applied() string {
	if o.from == "" {
		return ""
	}
	return " (last applied from " + o.from + ")"
}

// memo is the part of a memo that names the owner.
func (o owner) memo() map[string]any {
	marked := map[string]any{}
	for key, value := range map[string]string{workflows.MemoLedger: o.ledger, workflows.MemoApplied: o.from} {
		if value != "" {
			marked[key] = value
		}
	}
	return marked
}

// belonging holds what decides about an existing schedule.
type belonging struct {
	owner, own string // identities of ledgers: the one that the schedule names, and the one that is applied to
	configured bool   // the configuration has the schedule's connection
	existed    bool   // the ledger that is applied had the connection before
	takeOver   bool
	prune      bool
}

// verdict is what an apply does about an existing schedule.
type verdict string

const (
	tend    verdict = "tend"    // bring it to what it should be
	adopt   verdict = "adopt"   // as tend; it named no ledger, and names this one from now on
	usurp   verdict = "usurp"   // as tend; it belonged to another ledger, and a person chose to take it over
	refuse  verdict = "refuse"  // change nothing at all
	remove  verdict = "remove"  // remove it, because its connection is no longer configured
	mention verdict = "mention" // warn of it: its connection is no longer configured, and nobody chose to prune
	spare   verdict = "spare"   // leave it alone: it does not belong to this ledger
)

// decide decides what to do about the schedule.
func (b belonging) decide() verdict {
	ours := b.owner == b.own || (b.owner == "" && b.existed)
	switch {
	case b.configured && b.owner == b.own:
		return tend
	case b.configured && ours:
		return adopt
	case b.configured && b.takeOver:
		return usurp
	case b.configured:
		return refuse
	case ours && b.prune:
		return remove
	case ours:
		return mention
	}
	return spare
}

// ownerOf is the owner that a schedule names. It is read from what the schedule starts its runs with, because the memo of a schedule itself
// cannot be changed.
func ownerOf(schedule client.Schedule) owner {
	action, ok := schedule.Action.(*client.ScheduleWorkflowAction)
	if !ok {
		return owner{}
	}
	marked := owner{from: memoText(action.Memo[workflows.MemoApplied])}
	for _, input := range inputs(action.Args) {
		marked.ledger = input.Ledger
	}
	return marked
}

// memoText reads a text of a memo: a payload where the server returned it, a plain string where it was set here.
func memoText(value any) string {
	text, plain := value.(string)
	if payload, ok := value.(*commonpb.Payload); ok && !plain {
		if err := converter.GetDefaultDataConverter().FromPayload(payload, &text); err != nil {
			return ""
		}
	}
	return text
}

// collision is an id that belongs to another ledger.
type collision struct {
	id    string
	owner owner
	open  bool // it is an open workflow, not a schedule
}

// collisionError says which ids belong to another ledger, and what to do.
func collisionError(own, namespace string, collisions []collision) error {
	const mostListed = 6
	var lines []string
	open := false
	for i, entry := range collisions {
		if i == mostListed {
			lines = append(lines, fmt.Sprintf("  … and %d more", len(collisions)-mostListed))
			break
		}
		kind := "schedule "
		if entry.open {
			kind, open = "the open workflow ", true
		}
		lines = append(lines, fmt.Sprintf("  %s%s %s", kind, entry.id, entry.owner))
	}
	advice := "Give the connections other ids, or each ledger a namespace of its own (TEMPORAL_NAMESPACE). " +
		"Where this ledger replaces that one: stop that one's workers, and apply with --take-over."
	if open {
		advice += " An open workflow must end first; temporal workflow terminate --workflow-id ID ends it."
	}
	return usage("nothing was changed: this is ledger %s, and in namespace %s\n%s\n%s", ledger.ShortIdentity(own), namespace, strings.Join(lines, "\n"), advice)
}

// identity is the identity of the control's ledger.
func (c *Control) identity(ctx context.Context) (string, error) {
	c.ownLedger.mutex.Lock()
	defer c.ownLedger.mutex.Unlock()
	if c.ownLedger.id != "" || c.state == nil {
		return c.ownLedger.id, nil
	}
	identity, err := c.state.Identity(ctx)
	if err != nil {
		return "", fmt.Errorf("asking the ledger which one it is: %w", err)
	}
	c.ownLedger.id = identity
	return identity, nil
}

// otherOwner is the owner that the memo of an open workflow names where that is another ledger; nil where it is this one, or none is named.
func (c *Control) otherOwner(ctx context.Context, memo *commonpb.Memo) (*owner, error) {
	own, err := c.identity(ctx)
	if err != nil {
		return nil, err
	}
	fields := memo.GetFields()
	marked := owner{ledger: memoText(fields[workflows.MemoLedger]), from: memoText(fields[workflows.MemoApplied])}
	if marked.ledger == "" || marked.ledger == own || own == "" {
		return nil, nil
	}
	return &marked, nil
}

// checkOwner refuses a request to an open workflow that belongs to another ledger: that ledger's workers would serve the request, or refuse it.
func (c *Control) checkOwner(id string, theirs *owner) error {
	if theirs == nil {
		return nil
	}
	return usage("workflow %s is open and %s, not to this one (%s): nothing was asked of it. Each ledger needs a namespace of its own (TEMPORAL_NAMESPACE)",
		id, theirs, ledger.ShortIdentity(c.ownLedger.id))
}

// checkOwnerOften refuses a workflow that belongs to another ledger, as isOpen does. It is for workflows that are signalled often, and asks
// Temporal about each once in 30 seconds at most.
func (c *Control) checkOwnerOften(ctx context.Context, id string) error {
	const trusted = 30 * time.Second
	c.ownLedger.mutex.Lock()
	fresh := c.now().Sub(c.ownLedger.checkedAt[id]) < trusted
	c.ownLedger.mutex.Unlock()
	if fresh {
		return nil
	}
	if _, err := c.isOpen(ctx, id); err != nil {
		return err
	}
	c.ownLedger.mutex.Lock()
	defer c.ownLedger.mutex.Unlock()
	if c.ownLedger.checkedAt == nil {
		c.ownLedger.checkedAt = map[string]time.Time{}
	}
	c.ownLedger.checkedAt[id] = c.now()
	return nil
}

// neighbourWarnings say which schedules of other ledgers, and of unknown ones, the namespace has.
func neighbourWarnings(namespace string, others map[owner]int, unmarked []string) []string {
	var sentences []string
	for theirs, n := range others {
		sentences = append(sentences, fmt.Sprintf("namespace %s also has %s of ledger %s%s, which are left alone; "+
			"workers of both listen in it, and refuse each other's runs: give each ledger a namespace of its own",
			namespace, Count(int64(n), "schedule", "schedules"), ledger.ShortIdentity(theirs.ledger), theirs.applied()))
	}
	slices.Sort(sentences)
	if len(unmarked) > 0 {
		sentences = append(sentences, fmt.Sprintf("namespace %s also has %s of which nobody knows whose they are, left alone: %s; "+
			"temporal schedule delete --schedule-id ID removes one",
			namespace, Count(int64(len(unmarked)), "schedule", "schedules"), joinFirst(unmarked, 6)))
	}
	return sentences
}

// joinFirst lists at most so many names, and says how many more there are.
func joinFirst(names []string, most int) string {
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return strings.Join(names[:most], ", ") + fmt.Sprintf(" and %d more", len(names)-most)
}

// ownSchedule reads a schedule, and refuses one that belongs to another ledger.
func (c *Control) ownSchedule(ctx context.Context, handle client.ScheduleHandle) (*client.ScheduleDescription, error) {
	described, err := handle.Describe(ctx)
	if err != nil {
		return nil, err
	}
	own, err := c.identity(ctx)
	if err != nil {
		return nil, err
	}
	if theirs := ownerOf(described.Schedule); theirs.ledger != "" && theirs.ledger != own {
		return nil, usage("it %s, and this is ledger %s; starter apply --take-over takes it over", theirs, ledger.ShortIdentity(own))
	}
	return described, nil
}

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

// Several ledgers can meet in a namespace, for the ids of schedules and workflows are made of the ids of connections. Each therefore
// names the ledger that it belongs to, and an apply changes and removes none of another's.

// owner is the ledger that a schedule belongs to, as the schedule says.
type owner struct {
	ledger string // empty: it does not say, as those of before
	from   string // from where it was last applied, if known
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

// memo marks what belongs to a ledger.
func (o owner) memo() map[string]any {
	marked := map[string]any{}
	for key, value := range map[string]string{workflows.MemoLedger: o.ledger, workflows.MemoApplied: o.from} {
		if value != "" {
			marked[key] = value
		}
	}
	return marked
}

// belonging is what decides over a schedule that is there.
type belonging struct {
	owner, own string // ledgers: that the schedule names, and the one that is applied
	configured bool   // the configuration has the schedule's connection
	existed    bool   // the ledger that is applied had the connection before
	takeOver   bool
	prune      bool
}

// verdict is what an apply does about a schedule that is there.
type verdict string

const (
	tend    verdict = "tend"    // make it what it should be
	adopt   verdict = "adopt"   // the same; it named no ledger, and is named now
	usurp   verdict = "usurp"   // the same; it was another's, and a person said so
	refuse  verdict = "refuse"  // change nothing at all
	remove  verdict = "remove"  // its connection is no longer configured
	mention verdict = "mention" // the same, and nobody said that it may go
	spare   verdict = "spare"   // it is no business of this ledger
)

// decide decides about a schedule.
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

// ownerOf is what a schedule says about whose it is. What counts is what its runs are started with, for the memo of a schedule
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

// memoText reads a text of a memo, which the server returns as it was sent and we set as it is.
func memoText(value any) string {
	text, plain := value.(string)
	if payload, ok := value.(*commonpb.Payload); ok && !plain {
		if err := converter.GetDefaultDataConverter().FromPayload(payload, &text); err != nil {
			return ""
		}
	}
	return text
}

// collision is an id that is another's.
type collision struct {
	id    string
	owner owner
	open  bool // a workflow that is under way
}

// collisionError says which ids are another's and what to do.
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
	advice := "Give the connections other ids, or each ledger a namespace of its own (TEMPORAL_NAMESPACE). Where this ledger replaces that one: stop that one's workers, and apply with --take-over."
	if open {
		advice += " An open workflow must end first; temporal workflow terminate --workflow-id ID ends it."
	}
	return usage("nothing was changed: this is ledger %s, and in namespace %s\n%s\n%s", ledger.ShortIdentity(own), namespace, strings.Join(lines, "\n"), advice)
}

// identity is the ledger that is spoken for.
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

// otherOwner is the owner of an open workflow that belongs to another ledger; nil when it is ours, or does not say.
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

// checkOwner refuses what is asked of an open workflow that belongs to another ledger: that one's workers would serve it, or refuse it.
func (c *Control) checkOwner(id string, theirs *owner) error {
	if theirs == nil {
		return nil
	}
	return usage("workflow %s is open and %s, not to this one (%s): nothing was asked of it. Each ledger needs a namespace of its own (TEMPORAL_NAMESPACE)",
		id, theirs, ledger.ShortIdentity(c.ownLedger.id))
}

// checkOwnerOften is open for what is signalled often: it looks at a workflow once in a while.
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

// neighbourWarnings says what else is in the namespace.
func neighbourWarnings(namespace string, others map[owner]int, unmarked []string) []string {
	var sentences []string
	for theirs, n := range others {
		sentences = append(sentences, fmt.Sprintf("namespace %s also has %s of ledger %s%s, which are left alone; workers of both listen in it, and refuse each other's runs: give each ledger a namespace of its own",
			namespace, Count(int64(n), "schedule", "schedules"), ledger.ShortIdentity(theirs.ledger), theirs.applied()))
	}
	slices.Sort(sentences)
	if len(unmarked) > 0 {
		sentences = append(sentences, fmt.Sprintf("namespace %s also has %s of which nobody knows whose they are, left alone: %s; temporal schedule delete --schedule-id ID removes one",
			namespace, Count(int64(len(unmarked)), "schedule", "schedules"), joinFirst(unmarked, 6)))
	}
	return sentences
}

// joinFirst names the first few of what may be many.
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

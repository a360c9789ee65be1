// Package control is what a client may ask of Tidemark: apply a configuration, sync now, pause, approve, explain, see how things
// stand. The command line, the HTTP interface and the pages are thin faces over it; none of them knows more.
package control

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	enumspb "go.temporal.io/api/enums/v1"

	"github.com/tidemark/tidemark/control/gateway"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/workflows"
)

// Control acts on one ledger and one Temporal namespace. No face reaches past it to either.
type Control struct {
	state    Ledger
	temporal gateway.Temporal // nil: it cannot be reached
	now      func() time.Time
	tester   Tester // nil: stores and warehouses cannot be tried

	attributes    attributes
	ownLedger     ownLedger
	gatherer      gatherer
	signIns       signIns
	recentChanges recentChanges
}

// New acts on a ledger and, where there is one, a namespace of Temporal.
func New(state Ledger, temporal gateway.Temporal, now func() time.Time) *Control {
	return &Control{state: state, temporal: temporal, now: now}
}

// ownLedger remembers which ledger is spoken for, and which workflows were looked at lately.
type ownLedger struct {
	mutex     sync.Mutex
	id        string
	checkedAt map[string]time.Time
}

// attributes remembers whether the namespace knows Tidemark's search attributes.
type attributes struct {
	mutex      sync.Mutex
	registered bool
	until      time.Time
}

// UsageError is a request that cannot be granted as it was put. Its message says what to do instead.
type UsageError struct{ Message string }

func (e *UsageError) Error() string { return e.Message }

func usage(format string, arguments ...any) error {
	return &UsageError{fmt.Sprintf(format, arguments...)}
}

// AbsentError is for an id of which there is nothing. Its message says what there is.
type AbsentError struct{ Message string }

func (e *AbsentError) Error() string { return e.Message }

// Unwrap makes it a refusal as any other, for who does not tell the difference.
func (e *AbsentError) Unwrap() error { return &UsageError{Message: e.Message} }

func absentf(format string, arguments ...any) error {
	return &AbsentError{fmt.Sprintf(format, arguments...)}
}

// connection finds a connection, or says which there are.
func (c *Control) connection(ctx context.Context, id string) (ledger.Connection, error) {
	return find(ctx, "connection", id, c.state.Connection, c.state.Connections, func(connection ledger.Connection) string { return connection.ID })
}

// warehouse finds a warehouse, or says which there are.
func (c *Control) warehouse(ctx context.Context, id string) (ledger.Warehouse, error) {
	return find(ctx, "warehouse", id, c.state.Warehouse, c.state.Warehouses, func(warehouse ledger.Warehouse) string { return warehouse.ID })
}

// find finds one thing of a kind by its id, or says which there are.
func find[T any](
	ctx context.Context, kind, id string, get func(context.Context, string) (T, error), list func(context.Context) ([]T, error), idOf func(T) string,
) (T, error) {
	defined, err := get(ctx, id)
	if !errors.Is(err, ledger.ErrNotFound) {
		return defined, err
	}
	all, err := list(ctx)
	if err != nil {
		return defined, err
	}
	return defined, absent(kind, id, all, idOf)
}

// absent is the error for an id that is none of what there is.
func absent[T any](kind, id string, all []T, idOf func(T) string) error {
	if len(all) == 0 {
		return absentf("there is no %s %q, and no other; apply a configuration first (starter apply FILE)", kind, id)
	}
	ids := make([]string, len(all))
	for i, defined := range all {
		ids[i] = idOf(defined)
	}
	return absentf("there is no %s %q; there are %s", kind, id, strings.Join(ids, ", "))
}

// Registration is what became of registering the search attributes.
type Registration struct {
	Added   []string `json:"added,omitempty"`
	Missing []string `json:"missing,omitempty"` // could not be added; Advice says what to do
	Advice  string   `json:"advice,omitempty"`
}

// register makes sure that the namespace knows Tidemark's search attributes. Where that is not permitted it says which to create;
// everything else works without them.
func (c *Control) register(ctx context.Context) (Registration, error) {
	missing, err := c.missingAttributes(ctx)
	if err != nil || len(missing) == 0 {
		return Registration{}, err
	}
	types := map[string]enumspb.IndexedValueType{}
	for _, name := range missing {
		types[name] = enumspb.INDEXED_VALUE_TYPE_KEYWORD
	}
	if err = c.temporal.AddAttributes(ctx, types); err == nil {
		return Registration{Added: missing}, nil
	}
	advice := "the server does not let us add search attributes (" + brief(err) + "). Runs work without them, but cannot be searched for. An administrator adds them with:"
	for _, name := range missing {
		advice += fmt.Sprintf("\n  temporal operator search-attribute create --namespace %s --name %s --type Keyword", c.temporal.Namespace(), name)
	}
	return Registration{Missing: missing, Advice: advice}, nil
}

func (c *Control) missingAttributes(ctx context.Context) ([]string, error) {
	registered, err := c.temporal.Attributes(ctx)
	if err != nil {
		return nil, fmt.Errorf("asking Temporal for its search attributes: %w", err)
	}
	var missing []string
	for _, key := range workflows.Attributes() {
		if registered[key.GetName()] != enumspb.INDEXED_VALUE_TYPE_KEYWORD {
			missing = append(missing, key.GetName())
		}
	}
	return missing, nil
}

// attributesRegistered is true when search attributes may be set. The answer is remembered, a no only for a moment, because they are looked
// at for every event that comes.
func (c *Control) attributesRegistered(ctx context.Context) (bool, error) {
	const yes, no = 10 * time.Minute, time.Second
	a := &c.attributes
	a.mutex.Lock()
	defer a.mutex.Unlock()
	if c.now().Before(a.until) {
		return a.registered, nil
	}
	missing, err := c.missingAttributes(ctx)
	if err != nil {
		return false, err
	}
	a.registered, a.until = len(missing) == 0, c.now().Add(no)
	if a.registered {
		a.until = c.now().Add(yes)
	}
	return a.registered, nil
}

// orEmpty makes no list an empty one, as programs expect it in JSON.
func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// brief is the first line of an error, for a sentence.
func brief(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}

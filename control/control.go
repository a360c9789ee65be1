// Package control holds what a client may ask of Tidemark: apply a configuration, sync now, pause, approve, explain, show the status. The command
// line, the HTTP API and the pages are thin faces over it; none of them reaches past it to the ledger or to Temporal.
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

// Control acts on one ledger and one Temporal namespace.
type Control struct {
	state    Ledger
	temporal gateway.Temporal // nil without a connection to Temporal
	now      func() time.Time
	tester   Tester // nil where stores and warehouses cannot be tried

	attributes    attributes
	ownLedger     ownLedger
	gatherer      gatherer
	signIns       signIns
	recentChanges recentChanges
}

// New makes a Control for a ledger and a namespace of Temporal, which is nil without a connection to it.
func New(state Ledger, temporal gateway.Temporal, now func() time.Time) *Control {
	return &Control{state: state, temporal: temporal, now: now}
}

// ownLedger remembers the identity of the control's ledger, and when each workflow was last seen to belong to it.
type ownLedger struct {
	mutex     sync.Mutex
	id        string
	checkedAt map[string]time.Time
}

// attributes remembers until a moment whether the namespace has Tidemark's search attributes.
type attributes struct {
	mutex      sync.Mutex
	registered bool
	until      time.Time
}

// UsageError is for a request that cannot be granted as it was made. Its message says what to do instead.
type UsageError struct{ Message string }

func (e *UsageError) Error() string { return e.Message }

func usage(format string, arguments ...any) error {
	return &UsageError{fmt.Sprintf(format, arguments...)}
}

// AbsentError is for an id that does not exist. Its message says which ids exist.
type AbsentError struct{ Message string }

func (e *AbsentError) Error() string { return e.Message }

// Unwrap makes it a *UsageError too, for callers that treat all refusals alike.
func (e *AbsentError) Unwrap() error { return &UsageError{Message: e.Message} }

func absentf(format string, arguments ...any) error {
	return &AbsentError{fmt.Sprintf(format, arguments...)}
}

// connection is the connection of an id. An unknown id is an *AbsentError that lists the known ones.
func (c *Control) connection(ctx context.Context, id string) (ledger.Connection, error) {
	return find(ctx, "connection", id, c.state.Connection, c.state.Connections, func(connection ledger.Connection) string { return connection.ID })
}

// warehouse is the warehouse of an id. An unknown id is an *AbsentError that lists the known ones.
func (c *Control) warehouse(ctx context.Context, id string) (ledger.Warehouse, error) {
	return find(ctx, "warehouse", id, c.state.Warehouse, c.state.Warehouses, func(warehouse ledger.Warehouse) string { return warehouse.ID })
}

// find is the definition of an id, of a kind such as "store". An unknown id is an *AbsentError that lists the known ones.
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

// absent is the *AbsentError for an id that is none of all.
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

// Registration is the result of registering the search attributes.
type Registration struct {
	Added   []string `json:"added,omitempty"`
	Missing []string `json:"missing,omitempty"` // those that could not be added; Advice says what to do
	Advice  string   `json:"advice,omitempty"`
}

// register makes sure that the namespace has Tidemark's search attributes. Where the server does not permit it, the result says which to create;
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
	advice := "the server does not let us add search attributes (" + brief(err) +
		"). Runs work without them, but cannot be searched for. An administrator adds them with:"
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

// attributesRegistered is true when the namespace has the search attributes, so that they may be set. The answer is remembered, because every
// event asks for it: a yes for minutes, a no for a second.
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

// orEmpty makes a nil list an empty one, which JSON shows as [] rather than null.
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

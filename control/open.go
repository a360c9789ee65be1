package control

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/tidemark/tidemark/control/gateway"
	"github.com/tidemark/tidemark/ledger"
)

// Open opens the ledger at a location: a file or a PostgreSQL URL; an empty one means that of the environment. A ledger that does not exist is
// created where creates is set, otherwise refused. Connect connects the control to Temporal; Close closes the ledger.
func Open(ctx context.Context, location string, creates bool, now func() time.Time) (*Control, error) {
	location = ledger.Locate(location)
	exists, err := ledger.Exists(location)
	var wrong *ledger.LocationError
	switch {
	case errors.As(err, &wrong):
		return nil, usage("%v", err)
	case err != nil:
		return nil, fmt.Errorf("the ledger %s: %w", ledger.Shown(location), err)
	case !exists && !creates:
		return nil, usage("there is no ledger at %s; name it with --ledger or %s, or apply a configuration first", ledger.Shown(location), ledger.EnvVariable)
	}
	state, err := ledger.Open(ctx, location, now())
	if err != nil {
		return nil, err
	}
	return New(state, nil, now), nil
}

// Close closes the ledger of a control that Open made.
func (c *Control) Close() error { return c.state.Close() }

// Connect connects to Temporal with the settings of the environment, as the temporal command does (TEMPORAL_ADDRESS, TEMPORAL_PROFILE, …),
// and gives up after patience. Without a connection a control does what needs the ledger alone. disconnect ends the connection.
func (c *Control) Connect(ctx context.Context, patience time.Duration) (disconnect func(), err error) {
	// The client's own log lines would only disturb the reader of a command.
	through, namespace, err := gateway.Dial(ctx, slog.New(slog.DiscardHandler), nil, patience)
	var wrong *gateway.SettingsError
	if errors.As(err, &wrong) {
		return nil, usage("%s", wrong.Message)
	} else if err != nil {
		return nil, err
	}
	c.temporal = gateway.New(through, namespace)
	return through.Close, nil
}

// Namespace is the name of the namespace of Temporal; empty where it cannot be reached.
func (c *Control) Namespace() string {
	if c.temporal == nil {
		return ""
	}
	return c.temporal.Namespace()
}

// Check is nil when the ledger answers.
func (c *Control) Check(ctx context.Context) error { return c.state.Check(ctx) }

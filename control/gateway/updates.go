package gateway

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
)

// updateError turns the error of an update into a *RefusedError where its workflow refused it, or wraps ErrUnanswered where nobody answered. Other
// errors stay as they are.
func updateError(err error) error {
	var application *temporal.ApplicationError
	var late *client.WorkflowUpdateServiceTimeoutOrCanceledError
	var busy *serviceerror.ResourceExhausted // an execution takes 2,000 updates
	var deadline *serviceerror.DeadlineExceeded
	switch {
	case errors.As(err, &application) && !strings.Contains(application.Message(), "unknown update"):
		return &RefusedError{Reason: application.Message()}
	case application != nil, errors.As(err, &late), errors.As(err, &busy), errors.As(err, &deadline), errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("%w: %w", ErrUnanswered, err)
	}
	return err
}

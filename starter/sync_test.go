package main

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestUnfinished(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(t.Context())
	failed := fmt.Errorf("workflow: %w", errors.New("the token has expired"))
	err := unfinished(ctx, "smart-sync/acme-shop", failed)
	require.EqualError(t, err, "smart-sync/acme-shop did not complete: the token has expired")
	stop()
	err = unfinished(ctx, "smart-sync/acme-shop", context.Canceled)
	require.EqualError(t, err, "stopped waiting; smart-sync/acme-shop goes on (starter status shows how it stands)")
	require.Equal(t, exitFailed, exitCode(err))
}

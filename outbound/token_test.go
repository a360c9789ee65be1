package outbound_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/outbound"
	"github.com/tidemark/tidemark/settings"
)

// counting asks a partner that numbers its credentials, which live an hour.
func counting(clock *time.Time, fault *error) (token *outbound.Token, asked *int) {
	asked = new(int)
	return &outbound.Token{
		Now: func() time.Time { return *clock },
		Ask: func(context.Context) (settings.Credential, time.Duration, error) {
			*asked++
			return settings.NewCredential(fmt.Sprint("token-", *asked)), time.Hour, *fault
		},
	}, asked
}

func TestTokenIsKeptUntilShortlyBeforeItsEnd(t *testing.T) {
	t.Parallel()
	clock, fault := now, error(nil)
	token, asked := counting(&clock, &fault)
	for _, step := range []struct {
		after time.Duration
		want  string
	}{{0, "token-1"}, {58 * time.Minute, "token-1"}, {59 * time.Minute, "token-2"}, {100 * time.Minute, "token-2"}} {
		clock = now.Add(step.after)
		value, err := token.Get(t.Context())
		require.NoError(t, err)
		require.Equal(t, step.want, value.Reveal())
	}
	require.Equal(t, 2, *asked)
}

func TestDroppedTokenIsAskedForAgain(t *testing.T) {
	t.Parallel()
	clock, fault := now, error(nil)
	token, asked := counting(&clock, &fault)
	first, err := token.Get(t.Context())
	require.NoError(t, err)
	token.Drop(first)
	second, err := token.Get(t.Context())
	require.NoError(t, err)
	require.Equal(t, "token-2", second.Reveal())
	token.Drop(first) // a late complaint about the old one
	_, err = token.Get(t.Context())
	require.NoError(t, err)
	require.Equal(t, 2, *asked)
}

func TestTokenThatCannotBeHadIsNotKept(t *testing.T) {
	t.Parallel()
	clock, fault := now, errors.New("no")
	token, _ := counting(&clock, &fault)
	_, err := token.Get(t.Context())
	require.ErrorIs(t, err, fault)
	fault = nil
	value, err := token.Get(t.Context())
	require.NoError(t, err)
	require.Equal(t, "token-2", value.Reveal())
}

func TestTokenIsAskedForOnceAtATime(t *testing.T) {
	t.Parallel()
	clock, fault := now, error(nil)
	token, asked := counting(&clock, &fault)
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() { _, _ = token.Get(t.Context()) })
	}
	all.Wait()
	require.Equal(t, 1, *asked)
}

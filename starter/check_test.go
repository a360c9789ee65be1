package main

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAbout(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"it throttles": "store shop: it throttles", "store shop: it throttles": "store shop: it throttles",
		"store shopping: it throttles": "store shop: store shopping: it throttles",
	} {
		err := errors.New(text)
		require.EqualError(t, about("store shop", err), want)
		require.ErrorIs(t, about("store shop", err), err)
	}
}

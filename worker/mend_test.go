package main

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/control"
)

// Schedules are looked at every half minute, at the end of an override when that is sooner, and go on after a fault.
func TestSchedulesAreMendedInTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		var looks []time.Duration
		ends := began.Add(40*time.Second + 200*time.Millisecond)
		ctx, cancel := context.WithCancel(t.Context())
		mendSchedules(ctx, func(context.Context) (control.MendResult, error) {
			at := time.Since(began)
			looks = append(looks, at)
			mended := control.MendResult{}
			if time.Now().Before(ends) {
				mended.Next = ends
			}
			if len(looks) == 4 {
				cancel()
			}
			return mended, errors.New("unavailable")
		}, time.Now, slog.New(slog.DiscardHandler))
		require.Equal(t, []time.Duration{0, 30 * time.Second, 40*time.Second + 200*time.Millisecond, 70*time.Second + 200*time.Millisecond}, looks)
	})
}

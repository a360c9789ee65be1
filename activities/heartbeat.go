package activities

import (
	"context"
	"sync/atomic"
	"time"

	"go.temporal.io/sdk/activity"
)

// heartbeatEvery is how often an activity sends a heartbeat, whatever it is waiting for. The server's answer tells it about a cancellation,
// for which a workflow that is flooded with requests waits.
const heartbeatEvery = time.Second

// heartbeat sends heartbeats with the latest progress until it is stopped. Each step begins with it. The server takes a step for lost after a few
// seconds without a heartbeat, so that a dead worker is noticed soon, and a long call to a partner or to the ledger must not look like one.
func heartbeat(ctx context.Context) (progress *atomic.Int64, stop func()) {
	progress = &atomic.Int64{}
	beating, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		ticker := time.NewTicker(heartbeatEvery)
		defer ticker.Stop()
		for {
			select {
			case <-ticker.C:
				activity.RecordHeartbeat(ctx, progress.Load())
			case <-beating.Done():
				return
			}
		}
	}()
	return progress, func() { cancel(); <-done }
}

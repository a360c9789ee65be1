package activities

import (
	"context"
	"sync/atomic"
	"time"

	"go.temporal.io/sdk/activity"
)

// heartbeatEvery is how often a working activity tells the server that it lives, whatever it is waiting for at the moment. In the answer it learns
// that it is cancelled, and while requests flood in, a workflow waits for that.
const heartbeatEvery = time.Second

// heartbeat heartbeats until stopped, with the latest progress. Each step begins with it, for the server takes a step for lost that has not done so for a
// few seconds: a long call to a partner, or to the ledger, must not look like a dead worker, and a dead worker should be noticed soon.
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

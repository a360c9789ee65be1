package activities

import (
	"errors"
	"fmt"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"
)

// retried describes the failure of a step that the server will retry, and when; empty when it is not retried. The workflow does not see the
// server's retries, so a reader must ask the ledger, or the server for its pending activities.
func retried(step string, failed error, info activity.Info, now time.Time) string {
	var failure *temporal.ApplicationError
	if !errors.As(failed, &failure) || failure.NonRetryable() {
		return ""
	}
	words := fmt.Sprintf("%s, attempt %d failed", step, info.Attempt)
	if failure.Category() == temporal.ApplicationErrorCategoryBenign {
		words = fmt.Sprintf("%s, attempt %d waits", step, info.Attempt)
	}
	if wait := nextAfter(info.RetryPolicy, info.Attempt, failure.NextRetryDelay()); wait > 0 {
		words += ", the next one is due at " + now.Add(wait).UTC().Format(moment)
	}
	return words + ": " + failure.Message()
}

// nextAfter returns how long the server waits before the next attempt; 0 when that is not known.
func nextAfter(policy *temporal.RetryPolicy, attempt int32, delay time.Duration) time.Duration {
	if delay > 0 || policy == nil {
		return delay
	}
	wait := policy.InitialInterval
	for n := int32(1); n < attempt && (policy.MaximumInterval == 0 || wait < policy.MaximumInterval); n++ {
		wait = time.Duration(float64(wait) * policy.BackoffCoefficient)
	}
	if policy.MaximumInterval > 0 {
		wait = min(wait, policy.MaximumInterval)
	}
	return wait
}

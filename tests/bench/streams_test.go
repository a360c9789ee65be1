package bench

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/ledger"
)

// openTabs is how many browser tabs follow pages.
const openTabs = 50

// watched is how long their cost is measured, after all have been told of their page once.
const watched = 10 * time.Second

// BenchmarkStreams measures what tabs cost that follow pages of a large ledger, in percent of one core: the processor time of this process, which has
// the server and the browsers' side, less what it takes without tabs. Where a connection changes, five rows of it are pushed every 200 ms. Of PostgreSQL's
// own processes nothing is counted.
func BenchmarkStreams(b *testing.B) {
	for _, database := range []string{"sqlite", "postgres"} {
		state := largeLedger(b, database)
		for _, look := range []struct {
			name  string
			page  func(tab int) string
			moves bool
		}{
			{"one quiet connection", func(int) string { return "/c/shop-000" }, false},
			{"50 quiet connections", func(tab int) string { return fmt.Sprintf("/c/shop-%03d", tab) }, false},
			{"all connections", func(int) string { return "/" }, false},
			{"one connection that is pushed", func(int) string { return "/c/shop-000" }, true},
			{"50 connections, one of which is pushed", func(tab int) string { return fmt.Sprintf("/c/shop-%03d", tab) }, true},
			{"all connections, one of which is pushed", func(int) string { return "/" }, true},
		} {
			b.Run(database+" "+look.name, func(b *testing.B) {
				for range b.N {
					stop := func() {}
					if look.moves {
						stop = pushes(b, state, "shop-000")
					}
					without := spent(b, watched/4) * 4
					told, leave := follow(b, state, look.page)
					with := spent(b, watched)
					leave()
					stop()
					b.ReportMetric(100*(with-without).Seconds()/watched.Seconds(), "%core")
					b.ReportMetric(float64(told.Load())/watched.Seconds()/openTabs, "parts/s/tab")
				}
				b.ReportMetric(0, "ns/op")
			})
		}
	}
}

// spent is the processor time of this process during a span.
func spent(b *testing.B, during time.Duration) time.Duration {
	b.Helper()
	before := used(b)
	select {
	case <-b.Context().Done():
	case <-time.After(during):
	}
	return used(b) - before
}

// follow opens the tabs and returns when each was told of its page. It counts what they are told from then on, until they leave.
func follow(b *testing.B, state ledger.Ledger, page func(tab int) string) (told *atomic.Int64, leave func()) {
	b.Helper()
	served := serve(b, control.New(state, nil, time.Now))
	told = &atomic.Int64{}
	ctx, cancel := context.WithCancel(b.Context())
	var first, tabs sync.WaitGroup
	first.Add(openTabs)
	for tab := range openTabs {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, served.URL+"/live?page="+url.QueryEscape(page(tab)), nil)
		require.NoError(b, err)
		response, err := served.browser.Do(request)
		require.NoError(b, err)
		require.Equal(b, http.StatusOK, response.StatusCode)
		tabs.Go(func() {
			defer func() { _ = response.Body.Close() }()
			lines, seen := bufio.NewScanner(response.Body), false
			lines.Buffer(nil, 1<<22)
			for lines.Scan() {
				if !strings.HasPrefix(lines.Text(), "data: ") {
					continue
				}
				told.Add(1)
				if !seen {
					seen = true
					first.Done()
				}
			}
		})
	}
	first.Wait()
	told.Store(0)
	return told, func() {
		cancel()
		tabs.Wait()
		served.Close()
	}
}

// pushes pushes rows of a connection until it is stopped.
func pushes(b *testing.B, state ledger.Ledger, connection string) (stop func()) {
	b.Helper()
	ctx, cancel := context.WithCancel(b.Context())
	grant, err := state.Begin(ctx, ledger.Claim{
		Connection: connection, Mode: ledger.Smart, Trigger: ledger.TriggerRequest, Workflow: "sync/" + connection,
		WorkflowRun: fmt.Sprint("bench-", time.Now().UnixNano()),
		Now:         time.Now(),
	})
	require.NoError(b, err)
	var group sync.WaitGroup
	group.Go(func() {
		ticker := time.NewTicker(200 * time.Millisecond)
		defer ticker.Stop()
		for n := 0; ; n++ {
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
			}
			due, err := state.NextDue(ctx, ledger.DueQuery{Connection: connection, Run: grant.Lease.Run, MaximumTries: 5, Limit: 5})
			if ctx.Err() != nil {
				return
			}
			if err != nil || len(due) == 0 {
				b.Errorf("%d rows are due: %v", len(due), err)
				return
			}
			key := fmt.Sprintf("call-%d-%d", grant.Lease.Run, n)
			intent := ledger.Intent{Key: key, Body: []byte("{}"), Items: due, Deadline: time.Now().Add(time.Minute), Now: time.Now()}
			err = state.Intend(ctx, grant.Lease, intent)
			answer := ledger.Response{Key: key, Now: time.Now()}
			for _, one := range due {
				answer.Items = append(answer.Items, ledger.ItemResponse{Location: one.Location, ChannelSKU: one.ChannelSKU, Status: ledger.StatusExported})
			}
			if err = errors.Join(err, state.ApplyResponses(ctx, grant.Lease, answer)); err != nil && ctx.Err() == nil {
				b.Errorf("the rows are not pushed: %v", err)
				return
			}
		}
	})
	return func() {
		cancel()
		group.Wait()
		require.NoError(b, state.EndRun(b.Context(), grant.Lease, ledger.RunEnd{Outcome: ledger.Completed, Now: time.Now()}))
	}
}

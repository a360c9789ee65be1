package browser

import (
	"fmt"
	"regexp"
	"slices"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// A merchant's day while parts of Tidemark are away: no worker, the page's stream cut, Temporal stopped. The pages say what is so, their buttons
// say why they are off, and when the part is back the same page goes on.
func TestPartsThatAreAway(t *testing.T) {
	t.Parallel()
	r := startRig(t, changes{configuration: enabledByPages})
	b := open(t, r.address)
	b.do(chromedp.Navigate(r.link), chromedp.WaitReady("#main"))
	b.visit("/c/birch-shop/settings")
	b.submit("Enable")

	noWorker(t, r, b)
	streamCut(t, r, b)
	temporalStopped(t, r, b)
	workerStopped(t, r, b)
	b.clean()
}

// noWorker asks for an update that nobody can begin, and sees it begin when a worker comes.
func noWorker(t *testing.T, r *rig, b *browser) {
	t.Helper()
	b.visit("/c/birch-shop")
	require.Contains(t, b.text("main"), "What is asked for is accepted, and begins when one is started")
	require.Contains(t, b.text("#part-foot"), "No worker runs")
	b.look("no-worker")
	b.submit("Update inventory")
	require.Contains(t, b.text(".notice[role=status]"), "Accepted")
	require.Contains(t, b.text(".notice[role=status]"), "no worker has answered yet: it starts as soon as one runs")
	b.look("accepted")
	require.Zero(t, positive(r.shows("birch-shop")), "nothing was pushed")
	b.visit("/c/birch-shop")

	r.worker.start()
	b.until("#part-foot", "1 worker")
	b.until("#part-recent", "local (") // who asked
	b.until("#part-head", "On time")
	require.NotZero(t, positive(r.shows("birch-shop")), "what was asked for is done")
	for _, id := range []string{"acme-shop", "acme-market", "acme-outlet"} {
		b.visit("/c/" + id)
		b.until("#part-head", "On time")
	}
}

// workerStopped stops the only worker in the middle of a run at which somebody looks. When there is one again the same run goes on, and ends.
func workerStopped(t *testing.T, r *rig, b *browser) {
	t.Helper()
	b.visit("/c/birch-shop")
	b.until("#stream", "Live")
	b.gone("#part-now", "Follow the run") // what was asked for before is done
	var all []string
	for n := 1; n <= 120; n++ {
		all = append(all, fmt.Sprintf("SKU-%05d", n))
	}
	r.set("boise", "main", 333, all...)
	r.fault("stores/birch-shop", map[string]any{"slow": 1, "slow_for": "200ms"})
	b.submit("Update inventory")
	run := regexp.MustCompile(`Follow run (\d+)`).FindStringSubmatch(b.text(".notice[role=status]"))
	require.NotNil(t, run, b.text(".notice[role=status]"))
	b.until("#part-now", "of 120 rows")
	r.worker.stop()
	b.until("#part-now", "No worker has taken up its next step since")
	b.look("worker-stopped")
	r.fault("stores/birch-shop", map[string]any{})
	r.worker.start()
	b.gone("#part-now", "#"+run[1])
	b.visit("/runs/" + run[1])
	require.Contains(t, b.text("#part-head"), "Completed")
	require.Equal(t, int64(333), r.shows("birch-shop")["SKU-00120@"])
	require.Eventually(t, func() bool { return slices.Equal(r.intervals("smart-sync/birch-shop"), []string{"5400s"}) }, patience, tick, "a worker brings Temporal to what was set without it")
	b.visit("/c/birch-shop")
	b.until("#part-head", "On time")
}

// streamCut cuts the stream of an open page, changes what it shows, and sees the page take that up when the stream is back.
func streamCut(t *testing.T, r *rig, b *browser) {
	t.Helper()
	b.visit("/c/birch-shop")
	b.until("#stream", "Live")
	b.forgive("/live?")
	r.streams.cut()
	b.until("#stream", "Not live since")
	require.Regexp(t, `^Not live since \d\d:\d\d`, b.text("#stream"))
	b.look("not-live")
	r.starter("pause", "birch-shop", "--reason", "the stream is cut")
	require.NotContains(t, b.text("#part-head"), "the stream is cut", "the page cannot know it")
	require.Eventually(t, func() bool { return r.streams.tried() > 1 }, patience, tick, "it tries again and again")
	r.streams.mend()
	b.gone("#stream", "Not live since")
	b.until("#stream", "Live")
	b.until("#part-head", "the stream is cut")
	b.forgive()
	b.clean()
	r.starter("resume", "birch-shop")
	b.until("#part-head", "On time")
}

// temporalStopped stops Temporal under an open page. What the ledger knows is shown on; nothing can be asked for until Temporal is back.
func temporalStopped(t *testing.T, r *rig, b *browser) {
	t.Helper()
	b.visit("/c/birch-shop")
	b.until("#stream", "Live")
	require.Empty(t, b.off(), "every button can be pressed")
	rows := regexp.MustCompile(`\d+ Exported`).FindString(b.text("main"))
	require.NotEmpty(t, rows, "%s", b.text("main"))
	r.temporal.stop()
	b.until("#part-foot", "Temporal does not answer")
	b.until("#part-schedules", "Not known")
	b.until("#part-now", "nothing can be asked for now")
	require.Subset(t, b.off(), []string{"Update inventory", "Full inventory update"})
	b.until("#part-head", "Not known")

	setWithoutTemporal(t, r, b)
	for _, path := range []string{"/", "/c/birch-shop", "/c/birch-shop/levels", "/c/birch-shop/preview", "/sku/birch/SKU-00001", "/runs", "/held"} {
		b.visit(path)

		require.Contains(t, b.text("main .notice.bad"), "What is shown is what the ledger knows. When schedules start next is not known, and no run can be asked for.", path)
		require.Empty(t, b.unexplained(), "%s: each button that asks Temporal is off, and says why", path)
		b.look("no-temporal" + regexp.MustCompile(`\W+`).ReplaceAllString(path, "-"))
	}
	b.visit("/c/birch-shop")
	require.Contains(t, b.text("main"), rows, "the ledger's figures stay")
	r.set("boise", "main", 222, "SKU-00020")

	r.temporal.start()
	b.until("#part-foot", "1 worker")
	b.gone("#part-head", "Not known")
	require.Empty(t, b.off(), "the same page goes on")
	b.submit("Update inventory")
	require.Regexp(t, `Started|Joined|Waits|Accepted`, b.text(".notice[role=status]"))
	b.visit("/c/birch-shop")
	require.Eventually(t, func() bool { return r.shows("birch-shop")["SKU-00020@"] == 222 }, patience, tick, "what changed meanwhile comes to the store")
}

// setWithoutTemporal edits a schedule, and disables and enables a connection, while Temporal is stopped: the ledger keeps that, and the page says so at
// once, for it asks Temporal only once.
func setWithoutTemporal(t *testing.T, r *rig, b *browser) {
	t.Helper()
	const kept = "This is kept in the ledger, and a worker brings Temporal to it"
	b.visit("/c/birch-shop/schedule/smart")
	require.Contains(t, b.title("Save"), kept)
	b.set(`[name="r0.every"]`, "90")
	b.set(`[name="reason"]`, "Temporal is stopped")
	b.submit("Save")
	require.Contains(t, b.text(".notice[role=status]"), "Smart Sync runs every 90 minutes")
	require.Contains(t, b.text(".notice[role=status]"), "It is safe in the ledger; Temporal could not be told yet")
	b.look("set-without-temporal")
	b.visit("/c/birch-shop/settings")
	require.Contains(t, b.title("Disable"), kept)
	b.submit("Disable")
	require.Contains(t, b.text(".notice[role=status]"), "What its schedules start until then ends at once, and pushes nothing.")
	b.visit("/c/birch-shop/settings")
	require.Contains(t, b.title("Enable"), kept)
	b.submit("Enable")
	require.Contains(t, b.text(".notice[role=status]"), "Its first run is a Full Sync")
	require.Contains(t, b.text(".notice[role=status]"), "Temporal could not be told yet: a worker does that as soon as it can.")
	b.visit("/c/birch-shop/schedule/smart")
	require.Contains(t, b.text("main"), "Temporal has not been brought to it yet; a worker does that.")
	require.Contains(t, b.title("End the override"), kept)
}

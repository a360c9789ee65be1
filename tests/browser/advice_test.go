package browser

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// The advised interval is applied on the page and undone there, once twenty runs have shown how long one takes. Temporal's own schedule is asked what
// it does then.
func TestTheAdvisedInterval(t *testing.T) {
	t.Parallel()
	r := startRig(t, func(scenario string) string { return scenario })
	b := open(t, r.address)
	b.do(chromedp.Navigate(r.link), chromedp.WaitReady("#main"))
	b.visit("/c/birch-shop/tune")
	require.Contains(t, b.text("main"), "0 of 20 runs")
	require.False(t, b.offers("Apply it"), "too few runs")
	r.worker.start()
	for range 20 { // inventory.AdviceRuns
		r.starter("sync", "smart", "birch-shop", "--wait")
	}
	require.Equal(t, []string{"3600s"}, r.intervals("smart-sync/birch-shop"))

	b.visit("/c/birch-shop/tune")
	require.Contains(t, b.text("#advised"), "Every 30 min")
	require.False(t, b.offers("Undo"), "nothing is applied")
	b.look("advice")
	b.submit("Apply it")
	require.Contains(t, b.text(".notice[role=status]"), "Applied")
	require.False(t, b.offers("Apply it"), "it is applied")
	b.look("advice-applied")
	require.Eventually(t, func() bool { return strings.Join(r.intervals("smart-sync/birch-shop"), " ") == "1800s" }, patience, tick, "Temporal's schedule follows")
	b.visit("/c/birch-shop")
	require.Contains(t, b.text("#part-schedules"), "Every 30 minutes")
	require.Contains(t, b.text("#part-schedules"), "of 20 runs took up to", "who reads the schedule sees why")

	b.visit("/c/birch-shop/tune")
	b.submit("Undo")
	require.Contains(t, b.text(".notice[role=status]"), "Undone")
	require.False(t, b.offers("Undo"), "it is undone")
	require.Eventually(t, func() bool { return strings.Join(r.intervals("smart-sync/birch-shop"), " ") == "3600s" }, patience, tick, "Temporal's schedule follows")
	log := b.log()
	require.Regexp(t, `page\s+apply the advice\s+birch-shop\s+every 60 minutes.*\s+every 30 minutes`, log)
	require.Regexp(t, `page\s+undo the advice\s+birch-shop\s+every 30 minutes.*\s+every 60 minutes`, log)
	b.clean()
}

// offers is true when a page has a button with these words.
func (b *browser) offers(words string) bool {
	b.t.Helper()
	buttons := get(b, chromedp.Evaluate[[]string](`[...document.querySelectorAll("main button")].map(e => e.textContent.trim())`))
	return strings.Contains(strings.Join(buttons, "\n"), words)
}

// intervals are those of a schedule as Temporal lists it.
func (r *rig) intervals(schedule string) (found []string) {
	r.t.Helper()
	response, err := http.Get(r.http + "/api/v1/namespaces/default/schedules") //nolint:noctx // it is answered at once
	require.NoError(r.t, err)
	defer func() { _ = response.Body.Close() }()
	var list struct {
		Schedules []struct {
			ID   string `json:"scheduleId"`
			Info struct {
				Spec struct {
					Interval []struct {
						Interval string `json:"interval"`
					} `json:"interval"`
				} `json:"spec"`
			} `json:"info"`
		} `json:"schedules"`
	}
	require.NoError(r.t, json.NewDecoder(response.Body).Decode(&list))
	for _, one := range list.Schedules {
		for _, rule := range one.Info.Spec.Interval {
			if one.ID == schedule {
				found = append(found, rule.Interval)
			}
		}
	}
	return found
}

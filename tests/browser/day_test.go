package browser

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// A merchant's day without a terminal: look how everything stands, press Update inventory and read what became of it, look at a SKU that
// changed, pause and resume, meet the held run of the demo and approve it, enable the connection that the demo leaves off and watch its first Full Sync.
// The stores are asked what they show afterwards.
func TestTheDayOfAMerchant(t *testing.T) {
	d := startDemo(t)
	b := open(t, d.address)

	b.do(chromedp.Navigate(d.link), chromedp.WaitReady("#main"))
	require.Equal(t, "/", b.path(), "the link leads to the connections")
	for _, id := range []string{"acme-shop", "acme-market", "acme-outlet", "birch-shop", "birch-market"} {
		require.Contains(t, b.text("main"), id)
	}
	require.Contains(t, b.text("main"), "On time")
	b.until("#stream", "Live")
	b.look("connections")
	b.menuOfAPhone()

	b.visit("/c/acme-shop")
	require.Contains(t, b.text("main"), "Every 60 minutes")
	require.Contains(t, b.text("main"), "Daily at 01:00")
	b.submit("Update inventory")
	require.Equal(t, "/c/acme-shop", b.path())
	said := b.text(".notice")
	require.Regexp(t, `Started|Joined|Waits`, said)
	run := regexp.MustCompile(`[Rr]un (\d+)`).FindStringSubmatch(said)
	require.NotNil(t, run, "the notice names its run: %s", said)
	b.visit("/runs/" + run[1])
	b.until("#part-head", "Completed")
	b.look("run")
	b.visit("/c/acme-shop")
	b.look("connection")
	b.pictured("connection")

	// The demo's warehouses trade by themselves, so a figure may be another before it is read.
	for changed := false; !changed; {
		d.set("portland", "east", 377, "SKU-00005")
		d.starter("sync", "smart", "acme-shop", "--sku", "SKU-00005", "--wait")
		b.visit("/sku/acme/SKU-00005")
		changed = strings.Contains(b.text("#activity"), "377")
	}
	require.Regexp(t, `Level changed\s+portland, east\s+\d+\s+377\s+#\d+\s+\d.* s, Smart Sync`, b.text("#activity"), "a figure, its run, and how long that took")
	require.Contains(t, b.text("main"), "a buffer of 2")
	b.look("sku")
	d.starter("sync", "smart", "acme-shop", "--sku", "SKU-00005", "--wait")
	b.visit("/sku/acme/SKU-00005")
	row := regexp.MustCompile(`acme-shop\s+front\s+ACME-5\s+([\d,]+)\s+([\d,]+)`).FindStringSubmatch(b.text("main"))
	require.NotNil(t, row, "%s", b.text("main"))
	require.Equal(t, row[1], row[2], "the store shows what it should")
	require.Equal(t, row[2], fmt.Sprint(d.shows("acme-shop")["ACME-5@front"]), "and so says the store itself")

	b.visit("/c/acme-shop")
	b.do(chromedp.SendKeys("#reason", "stocktaking"))
	b.submit("Pause schedules")
	require.Contains(t, b.text(".notice"), "Paused")
	require.Contains(t, b.text("#part-head"), "stocktaking")
	b.submit("Resume schedules")
	require.Contains(t, b.text(".notice"), "Resumed")
	b.until("#part-head", "On time")

	schedules(t, d, b)
	held(t, d, b)
	enable(t, d, b)
	several(t, d, b)
	preview(t, d, b)
	set(t, d, b)
	lists(t, d, b)
	people(t, d, b)
	b.clean()
}

// several pauses two connections from the list at once, and resumes them. What is chosen stays chosen when the list changes by itself.
func several(t *testing.T, d *demo, b *browser) {
	t.Helper()
	b.visit("/")
	b.until("#stream", "Live")
	for _, id := range []string{"acme-outlet", "acme-shop"} {
		b.do(chromedp.Click(chromedp.CSS(`input[value="` + id + `"]`)))
	}
	b.do(chromedp.Evaluate[chromedp.Void](`document.querySelector("#part-list table").dataset.old = "1"`))
	d.starter("sync", "smart", "acme-market", "--sku", "SKU-00001")
	b.wait("#part-list", "something else", `!document.querySelector("#part-list table").dataset.old`)
	require.EqualValues(t, 2, get(b, chromedp.Evaluate[int64](`document.querySelectorAll('input[name="connection"]:checked').length`)))
	b.look("chosen")
	b.set(`#several [name="reason"]`, "stocktaking")
	b.submit("Pause the chosen")
	require.Contains(t, b.text(".notice[role=status]"), "acme-outlet, acme-shop. Their schedules start nothing")
	b.until("#part-list", "stocktaking")
	require.Contains(t, b.text("#part-lede"), "2 paused")
	for _, id := range []string{"acme-outlet", "acme-shop"} {
		b.do(chromedp.Click(chromedp.CSS(`input[value="` + id + `"]`)))
	}
	b.submit("Resume the chosen")
	require.Contains(t, b.text(".notice[role=status]"), "Resumed")
	b.gone("#part-list", "stocktaking")
}

// held meets the run that the demo has held in its first minutes, sees which rows it would take to 0, and approves it. Where more sold out meanwhile it
// asks again, and says what was approved before.
func held(t *testing.T, d *demo, b *browser) {
	t.Helper()
	b.visit("/held")
	b.until("#part-list", "birch-shop")
	b.look("held")
	require.Regexp(t, `Would show\s+SKU-\d+\s+[\d,]+\s+0`, b.text("#part-list"), "which rows, and from what")
	before := positive(d.shows("birch-shop"))
	require.Greater(t, before, 90, "nothing is taken to 0 before somebody approves")
	for waits := true; waits; {
		b.submit("Approve")
		require.Contains(t, b.text(".notice"), "Approved")
		b.wait("#part-list", "nothing, or a question once more", `/Nothing waits for a person|Asked again: local approved/.test(document.querySelector("#part-list").textContent)`)
		waits = strings.Contains(b.text("#part-list"), "Asked again")
	}
	run := regexp.MustCompile(`Run (\d+)`).FindStringSubmatch(b.text(".notice"))
	require.NotNil(t, run, b.text(".notice"))
	b.visit("/runs/" + run[1])
	b.until("#part-head", "Completed")
	// How many stay at 0 is not known: the demo's warehouses restock meanwhile.
	require.Less(t, positive(d.shows("birch-shop")), before, "what was approved is done")
}

// enable enables the connection that the demo leaves off, and watches its first Full Sync, which brings the store to the warehouse's figures.
func enable(t *testing.T, d *demo, b *browser) {
	t.Helper()
	b.visit("/c/birch-shop/settings")
	require.Contains(t, b.text("main"), "The configuration says whether birch-shop is enabled")
	b.look("settings")
	require.Empty(t, d.shows("birch-market"))
	b.visit("/c/birch-market/settings")
	require.Contains(t, b.text("main"), "Not enabled")
	b.visit("/")
	b.submit("Enable birch-market")
	require.Equal(t, "/c/birch-market", b.path())
	require.Contains(t, b.text(".notice"), "A first Full Sync is requested")
	b.until("#part-now", "of 120 rows")
	b.look("first")
	b.gone("#part-now", "Full Sync")
	b.until("#part-head", "On time")
	require.Len(t, d.shows("birch-market"), 120, "the store has the warehouse's figures")
	require.Regexp(t, `enable\s+birch-market\s+not enabled\s+enabled`, b.log())
}

// set has a share of the file overridden and a strategy saved where the file has none: the store then shows less. Both are ended again.
func set(t *testing.T, d *demo, b *browser) {
	t.Helper()
	b.visit("/c/acme-shop/settings")
	b.do(chromedp.Click("#share > summary"), chromedp.WaitVisible(`#share [name="value"]`))
	b.set(`#share [name="value"]`, "60%")
	b.set(`#share [name="reason"]`, "the sale")
	b.look("setting")
	b.submit("Save: Share of its budget")
	require.Contains(t, b.text(".notice"), "share: 60%")
	require.Contains(t, b.text("main"), "(the sale)")
	require.Contains(t, d.starter("setting", "store", "acme-shop"), "share of store acme-shop: 60%")
	b.visit("/c/acme-shop/settings?setting=share&value=0%25&reason=x")
	b.submit("Save: Share of its budget")
	require.Contains(t, b.text(".notice"), "0% leaves no calls at all")
	b.submit("End the override: Share of its budget")
	require.Contains(t, d.starter("setting", "store", "acme-shop"), "share of store acme-shop: 80%")

	b.visit("/strategies?warehouse=boise&sku=SKU-00011&distribution=priority&priority=birch-market&caps=birch-market%3A+300")
	require.Contains(t, b.text("main"), "In a configuration it is")
	b.submit("Save the strategy of boise")
	require.Contains(t, b.text(".notice"), "The strategy of boise is {distribution: priority, caps: {birch-market: 300}, priority: [birch-market]}")
	d.set("boise", "main", 512, "SKU-00011")
	d.starter("sync", "smart", "birch-market", "--wait")
	require.EqualValues(t, 300, d.shows("birch-market")["SKU-00011@"], "the store shows what the strategy leaves it")
	b.visit("/strategies")
	b.submit("Clear what was set of boise")
	d.starter("sync", "smart", "birch-market", "--wait")
	require.NotEqualValues(t, 300, d.shows("birch-market")["SKU-00011@"])
	require.Regexp(t, `set strategy\s+warehouse boise\s+none`, b.log())
}

// log is the page of acts.
func (b *browser) log() string {
	b.t.Helper()
	b.visit("/log")
	return b.text("main")
}

// preview has what would go out shown by a dry run, and pushes that; the store is asked before and after.
func preview(t *testing.T, d *demo, b *browser) {
	t.Helper()
	b.visit("/c/birch-market/preview")
	require.Contains(t, b.text("main"), "No preview is kept")
	before := d.shows("birch-market")
	// The demo syncs by itself, and may have pushed the figure before the dry run looks.
	for changed := false; !changed; {
		d.set("boise", "main", 431, "SKU-00009")
		b.submit("Dry run: everything")
		run := regexp.MustCompile(`run (\d+)`).FindStringSubmatch(b.text(".notice"))
		require.NotNil(t, run, b.text(".notice"))
		b.until("#part-under", "The newest preview is that of run "+run[1]+".")
		b.follow("Show it")
		require.Regexp(t, `\d+ unchanged`, b.text("main"))
		changed = regexp.MustCompile(`SKU-00009\s+[\d,]+\s+[345]\d\d`).MatchString(b.text("main"))
	}
	require.Regexp(t, `\d+ rows? would change`, b.text("main"))
	b.look("preview")
	b.submit("Push these")
	require.Equal(t, "/c/birch-market", b.path())
	pushed := regexp.MustCompile(`[Rr]un (\d+)`).FindStringSubmatch(b.text(".notice"))
	require.NotNil(t, pushed, b.text(".notice"))
	b.visit("/runs/" + pushed[1])
	b.until("#part-head", "Completed")
	require.NotEqual(t, before, d.shows("birch-market"))
}

// schedules edits one with the next five starts read, has a wrong edit refused, ends it again, and reads all of that in the log.
func schedules(t *testing.T, d *demo, b *browser) {
	t.Helper()
	b.visit("/c/acme-shop")
	b.follow("Edit the smart schedule")
	require.Equal(t, "/c/acme-shop/schedule/smart", b.path())
	b.look("schedule")
	typed := func(text string) {
		b.set(`[name="r0.every"]`, text)
		b.do(chromedp.Evaluate[chromedp.Void](`document.querySelector('[name="r0.every"]').dispatchEvent(new Event("input", {bubbles: true}))`))
	}
	typed("600")
	b.until("#would-part", "every 10 hours") // 600 minutes: what the fields say follows by itself
	typed("600x")
	b.until(`[id="r0.every-wrong"]`, "A whole number of minutes, from 1 to 44640.")
	require.Empty(t, b.violations(), "a field that cannot be read")
	b.set(`[name="r0.every"]`, "45")
	b.set(`[name="r1.kind"]`, "daily")
	b.set(`[name="r1.time"]`, "06:30")
	b.submit("Show the next starts")
	require.Contains(t, b.text("#preview"), "every 45 minutes; daily at 06:30 (America/Los_Angeles)")
	require.Len(t, regexp.MustCompile(`[A-Z][a-z]{2} [A-Z][a-z]{2} \d+, \d\d:\d\d P[SD]T`).FindAllString(b.text("#preview"), -1), 5, "the next five starts, in the schedule's zone")
	b.do(chromedp.Click(`//button[normalize-space(.)="Save"]`))
	require.Equal(t, "reason", get(b, chromedp.Evaluate[string](`document.activeElement.name`)), "a person says why: the cursor is in the field")
	require.Equal(t, "/c/acme-shop/schedule/smart", b.path(), "nothing was sent")
	b.set(`[name="reason"]`, "the sale")
	b.set(`[name="until"]`, "2020-01-01T08:00")
	b.submit("Save")
	require.Contains(t, b.text(".notice"), "Not done", "its end has come already")
	b.set(`[name="until"]`, "")
	b.submit("Save")
	require.Equal(t, "/c/acme-shop", b.path())
	require.Contains(t, b.text("#part-schedules"), "Every 45 minutes")
	require.Contains(t, b.text("#part-schedules"), "(the sale)")
	require.Contains(t, d.starter("schedule", "acme-shop"), "every 45 minutes; daily at 06:30 (America/Los_Angeles)")
	b.visit("/c/acme-shop/schedule/smart")
	b.submit("End the override")
	require.Contains(t, b.text("#part-schedules"), "Every 60 minutes")
	b.visit("/c/acme-shop/tune")
	require.Contains(t, b.text("main"), "of 20 runs")
	b.look("tune")
	b.visit("/log")
	require.Regexp(t, `page\s+set the smart schedule\s+acme-shop`, b.text("main"))
	require.Contains(t, b.text("main"), "the sale")
	require.Contains(t, b.text("main"), "Refused")
	b.look("log")
}

func positive(shown map[string]int64) (n int) {
	for _, figure := range shown {
		if figure > 0 {
			n++
		}
	}
	return n
}

// lists looks at the pages of lists in every width and colour. They are refused to who is not signed in.
func lists(t *testing.T, d *demo, b *browser) {
	t.Helper()
	for name, path := range map[string]string{
		"strategies": "/strategies", "tried": "/strategies?warehouse=portland&sku=SKU-00005&distribution=equal&buffer_units=5",
		"catalogue": "/catalogue", "bundles": "/catalogue?show=bundles", "listings": "/catalogue?show=listings&merchant=acme&store=acme-shop",
		"runs": "/runs", "levels": "/levels?warehouse=portland", "channel": "/c/acme-shop/levels", "partners": "/partners", "empty": "/levels?sku=%3Cscript%3Ealert(1)%3C/script%3E",
	} {
		b.visit(path)
		b.look(name)
	}
	b.forgive("/nothing")
	b.visit("/nothing")
	b.look("nothing")
	b.forgive()
	b.visit("/partners")
	b.submit("Test connection of acme-shop")
	require.Contains(t, b.text(".notice"), "acme-shop (sandbox) answers.")
	b.submit("Test connection of portland")
	require.Contains(t, b.text(".notice"), "rows looked at")
	b.look("tested")
	for _, path := range []string{"/", "/runs", "/c/acme-shop", "/levels.csv?warehouse=portland", "/live?page=/"} {
		response, err := http.Get(d.address + path) // it is answered at once
		require.NoError(t, err)
		require.NoError(t, response.Body.Close())
		require.Equal(t, http.StatusUnauthorized, response.StatusCode, path)
	}
	request, err := http.NewRequest(http.MethodPost, d.address+"/c/acme-shop/sync", strings.NewReader("mode=smart"))
	require.NoError(t, err)
	request.Header.Set("Sec-Fetch-Site", "cross-site")
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	require.Equal(t, http.StatusForbidden, response.StatusCode)
}

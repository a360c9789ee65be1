package browser

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"
)

// A merchant's day by keyboard alone: Tab and Shift+Tab, Enter, Space, and what is typed. Nothing is clicked, no address is typed, and wherever the
// focus stops it can be seen.
func TestTheDayByKeyboard(t *testing.T) {
	t.Parallel()
	r := startRig(t, changes{configuration: enabledByPages})
	r.worker.start()
	b := open(t, r.address)
	b.do(chromedp.Navigate(r.link), chromedp.WaitReady("#main"))

	enabledByKeyboard(t, r, b)
	scheduleByKeyboard(t, r, b)
	updateByKeyboard(t, r, b)
	heldByKeyboard(t, r, b)
	adviceByKeyboard(t, r, b)
	severalByKeyboard(t, b)
	listsByKeyboard(t, b)
	personByKeyboard(t, b)
	b.clean()
}

// enabledByPages leaves it to the pages whether birch-shop is enabled.
func enabledByPages(configuration string) string {
	before, after, found := strings.Cut(configuration, "    store: birch-shop\n    enabled: true\n")
	if !found {
		panic("birch-shop is not enabled as it was")
	}
	return before + "    store: birch-shop\n" + after
}

// enabledByKeyboard enables a connection and watches its first Full Sync; what the stream replaces meanwhile does not take the focus away.
func enabledByKeyboard(t *testing.T, r *rig, b *browser) {
	t.Helper()
	require.Equal(t, "Skip to the page", b.tab().Words, "the first stop leaves out the menu")
	b.do(chromedp.KeyEvent(kb.Enter))
	require.True(t, b.tab().InMain, "and the next is in the page")
	b.enter("birch-shop")
	require.Equal(t, "/c/birch-shop", b.path())
	require.Contains(t, b.text("#part-head"), "Off")
	require.Contains(t, b.text("#part-now"), "The connection is not enabled. Enabling it asks for a first Full Sync.")
	b.enter("Enable")
	require.Equal(t, "/c/birch-shop", b.path())
	require.Contains(t, b.focused().Words, "A first Full Sync is requested", "the focus is on what became of it")
	b.seek("The next starts")
	b.do(chromedp.KeyEvent(kb.Enter))
	b.until("#part-now", "Full Sync")
	b.gone("#part-now", "Full Sync")
	b.until("#part-head", "On time")
	b.until("#part-schedules", "120 rows") // of the first Full Sync: the part was replaced
	require.Equal(t, "The next starts", b.focused().Words, "the focus stays when the stream replaces what has it")
	require.True(t, get(b, chromedp.Evaluate[bool](`document.activeElement.parentElement.open`)), "and what was opened stays open")
	require.Len(t, r.shows("birch-shop"), 120, "the store has the warehouse's figures")
}

// scheduleByKeyboard edits a schedule, reads its next five starts, saves it, and ends that again.
func scheduleByKeyboard(t *testing.T, r *rig, b *browser) {
	t.Helper()
	b.enter("Edit the smart schedule")
	require.Equal(t, "/c/birch-shop/schedule/smart", b.path())
	b.write("r0.every", "45")
	b.write("r1.kind", "Daily")
	b.write("r1.time", "0630AM")
	b.write("reason", "the sale")
	b.enter("Show the next starts")
	require.Contains(t, b.text("#preview"), "every 45 minutes; daily at 06:30 (UTC)")
	require.Len(t, regexp.MustCompile(`[A-Z][a-z]{2} [A-Z][a-z]{2} \d+, \d\d:\d\d UTC`).FindAllString(b.text("#preview"), -1), 5, "the next five starts")
	require.True(t, get(b, chromedp.Evaluate[bool](`(r => r.top < innerHeight && r.bottom > 0)(document.querySelector("#preview").getBoundingClientRect())`)), "they are in the window")
	for b.back().Words != "Save" {
	}
	b.press(kb.Enter)
	require.Equal(t, "/c/birch-shop", b.path())
	require.Contains(t, b.focused().Words, "Smart Sync runs every 45 minutes")
	require.Contains(t, b.text("#part-schedules"), "(the sale)")
	require.Contains(t, r.starter("schedule", "birch-shop"), "every 45 minutes; daily at 06:30 (UTC)")
	b.enter("Edit the smart schedule")
	b.enter("End the override")
	require.Contains(t, b.text("#part-schedules"), "Every 60 minutes")
}

// updateByKeyboard has a changed figure pushed, reads what became of that, and why the store shows it.
func updateByKeyboard(t *testing.T, r *rig, b *browser) {
	t.Helper()
	r.set("boise", "main", 377, "SKU-00005")
	b.seek("Update inventory")
	b.press(" ")
	require.Regexp(t, `Started|Joined|Waits`, b.focused().Words)
	run := regexp.MustCompile(`Follow run (\d+)`).FindStringSubmatch(b.text(".notice"))
	require.NotNil(t, run, b.text(".notice"))
	require.Equal(t, run[0], b.tab().Words, "the next stop leads to the run")
	b.press(kb.Enter)
	b.until("#part-head", "Completed")
	b.enter("Warehouse levels")
	b.write("warehouse", "boise")
	b.write("sku", "SKU-00005")
	b.press(kb.Enter)
	b.enter("SKU-00005")
	require.Equal(t, "/sku/birch/SKU-00005", b.path())
	require.Regexp(t, `Level changed\s+boise, main\s+\d+\s+377\s+#`+run[1]+`\s+\d.* s, Smart Sync`, b.text("#activity"), "a figure, its run, and how long that took")
	require.Contains(t, b.text("main"), "Why 377 in birch-shop?")
	require.Contains(t, b.text(".chain"), "377")
	require.EqualValues(t, 377, r.shows("birch-shop")["SKU-00005@"])
}

// heldByKeyboard meets a run that would take everything to 0, and approves it. When somebody else decides a run at whose button the focus is, it goes
// to what takes the button's place.
func heldByKeyboard(t *testing.T, r *rig, b *browser) {
	t.Helper()
	var all []string
	for n := 1; n <= 120; n++ {
		all = append(all, fmt.Sprintf("SKU-%05d", n))
	}
	b.enter("Held")
	r.set("portland", "east", 0, all...)
	r.set("portland", "west", 0, all...)
	r.starter("sync", "smart", "acme-market")
	b.until("#part-list", "acme-market")
	other := regexp.MustCompile(`Run\s+(\d+)`).FindStringSubmatch(b.text("#part-list"))
	require.NotNil(t, other, b.text("#part-list"))
	b.seek("Approve run " + other[1])
	r.starter("reject", other[1])
	b.until("#part-list", "Nothing waits for a person.")
	require.Contains(t, b.focused().Words, "Nothing waits for a person.", "the focus is not lost")
	r.set("boise", "main", 0, all...)
	b.enter("Connections")
	b.enter("birch-shop")
	b.enter("Update inventory")
	b.enter("Held")
	b.until("#part-list", "birch-shop")
	require.NotZero(t, positive(r.shows("birch-shop")), "nothing is taken to 0 before somebody approves")
	run := regexp.MustCompile(`Run\s+(\d+)`).FindStringSubmatch(b.text("#part-list"))
	require.NotNil(t, run, b.text("#part-list"))
	b.enter("Approve run " + run[1])
	require.Contains(t, b.focused().Words, "Approved")
	b.until("#part-list", "Nothing waits for a person.")
	b.enter("Run " + run[1])
	b.until("#part-head", "Completed")
	require.Zero(t, positive(r.shows("birch-shop")), "what was approved is done")
}

// adviceByKeyboard applies the advised interval, once twenty runs have shown how long one takes, and undoes that. Temporal's own schedule is asked
// what it does then.
func adviceByKeyboard(t *testing.T, r *rig, b *browser) {
	t.Helper()
	b.enter("birch-shop")
	b.enter("Tune")
	require.Contains(t, b.text("main"), "of 20 runs")
	require.False(t, b.offers("Apply it"), "too few runs")
	for range 20 { // inventory.AdviceRuns
		r.starter("sync", "smart", "birch-shop", "--wait")
	}
	require.Equal(t, []string{"3600s"}, r.intervals("smart-sync/birch-shop"))
	b.enter("Tune")
	require.Contains(t, b.text("#advised"), "Every 30 min")
	require.False(t, b.offers("Undo"), "nothing is applied")
	b.look("advice")
	b.enter("Apply it")
	require.Contains(t, b.focused().Words, "Applied")
	require.False(t, b.offers("Apply it"), "it is applied")
	b.look("advice-applied")
	require.Eventually(t, func() bool { return strings.Join(r.intervals("smart-sync/birch-shop"), " ") == "1800s" }, patience, tick, "Temporal's schedule follows")
	b.enter("Inventory")
	require.Contains(t, b.text("#part-schedules"), "Every 30 minutes")
	require.Regexp(t, `of \d+ runs took up to`, b.text("#part-schedules"), "who reads the schedule sees why")
	b.enter("Tune")
	b.enter("Undo")
	require.Contains(t, b.focused().Words, "Undone")
	require.False(t, b.offers("Undo"), "it is undone")
	require.Eventually(t, func() bool { return strings.Join(r.intervals("smart-sync/birch-shop"), " ") == "3600s" }, patience, tick, "Temporal's schedule follows")
	b.enter("Activity log")
	log := b.text("main")
	require.Regexp(t, `page\s+apply the advice\s+birch-shop\s+every 60 minutes.*\s+every 30 minutes`, log)
	require.Regexp(t, `page\s+undo the advice\s+birch-shop\s+every 30 minutes.*\s+every 60 minutes`, log)
}

// severalByKeyboard chooses two connections in their list and pauses them with a reason, and resumes them.
func severalByKeyboard(t *testing.T, b *browser) {
	t.Helper()
	for _, button := range []string{"Pause the chosen", "Resume the chosen"} {
		b.enter("Connections")
		for _, id := range []string{"acme-market", "acme-outlet"} {
			b.seek("Choose " + id)
			b.do(chromedp.KeyEvent(" "))
		}
		if strings.HasPrefix(button, "Pause") {
			b.write("reason", "stocktaking")
		}
		b.enter(button)
		require.Contains(t, b.focused().Words, "acme-market, acme-outlet.")
	}
}

// listsByKeyboard looks at levels, the catalogue, and stores and warehouses, tries a strategy before it is saved, and comes to every list that can be had
// as a file.
func listsByKeyboard(t *testing.T, b *browser) {
	t.Helper()
	b.enter("Warehouse levels")
	b.seek("CSV")
	b.enter("Catalogue")
	b.enter("Bundles")
	require.Contains(t, b.text("main"), "CITY-KIT")
	b.enter("Stores and warehouses")
	b.enter("Test connection of birch-shop")
	require.Contains(t, b.focused().Words, "birch-shop (sandbox) answers.")
	b.enter("Partitioning")
	b.seek("Try another on a SKU of portland")
	b.do(chromedp.KeyEvent(kb.Enter))
	b.write("sku", "SKU-00005")
	b.write("buffer_units", "7")
	b.press(kb.Enter)
	require.Contains(t, b.text("main"), "less a buffer of 7")
	b.enter("Connections")
	b.enter("birch-shop")
	b.enter("Channel levels")
	b.seek("CSV")
	b.enter("Preview")
	b.enter("Dry run: everything")
	require.Contains(t, b.focused().Words, "Nothing is pushed.")
	b.enter("Activity log")
	b.seek("CSV")
}

// personByKeyboard makes the first admin, who signs in by that and adds a viewer.
func personByKeyboard(t *testing.T, b *browser) {
	t.Helper()
	const password = "correct horse battery"
	b.enter("People")
	b.enter("Make the first admin")
	b.write("name", "ann")
	b.write("password", password)
	b.write("again", password)
	b.press(kb.Enter)
	require.Contains(t, b.focused().Words, "You are the first admin")
	b.write("name", "vic")
	b.enter("Add")
	require.Contains(t, b.text("main"), "vic was added as viewer")
	b.enter("People")
	require.Regexp(t, `vic\s+Signs in`, b.text("main"))
}

// stop is what has the focus.
type stop struct {
	Words  string // its text without what is only laid out, or its label
	Field  string // its name in a form
	InMain bool
	Lost   bool   // nothing has it
	Unseen string // why somebody who looks cannot tell that it has the focus
}

// stopScript describes what has the focus.
const stopScript = `(() => {
	const e = document.activeElement;
	if (!e || e === document.body) return {Lost: true};
	const style = getComputedStyle(e), box = [...e.getClientRects()].find(r => r.width > 0 && r.height > 0);
	let unseen = "";
	if (style.outlineStyle === "none" || parseFloat(style.outlineWidth) < 2) unseen = "its mark is " + style.outline;
	else if (!box || style.visibility !== "visible") unseen = "it is not shown";
	else {
		const middle = (from, to, most) => (Math.max(from, 0) + Math.min(to, most)) / 2;
		const at = document.elementFromPoint(middle(box.left, box.right, innerWidth), middle(box.top, box.bottom, innerHeight));
		if (!at || !(e.contains(at) || at.contains(e))) unseen = "it is out of the window, or something is over it";
	}
	return {Words: (e.getAttribute("aria-label") || e.innerText || "").replace(/\s+/g, " ").trim(), Field: e.name || "", InMain: !!e.closest("#main"), Unseen: unseen};
})()`

func (b *browser) focused() stop {
	b.t.Helper()
	return get(b, chromedp.Evaluate[stop](stopScript))
}

// tab goes on to the next stop, which must be seen.
func (b *browser) tab() stop {
	b.t.Helper()
	return b.moved(chromedp.KeyEvent(kb.Tab))
}

// back goes back to the stop before.
func (b *browser) back() stop {
	b.t.Helper()
	return b.moved(chromedp.KeyEvent(kb.Tab, chromedp.KeyModifiers(kb.ModifierShift)))
}

func (b *browser) moved(key chromedp.Action[chromedp.Void]) stop {
	b.t.Helper()
	b.do(key)
	at := b.focused()
	require.Empty(b.t, at.Unseen, "%+v, on %s", at, b.path())
	return at
}

// mostStops is how many stops a page may have before what somebody looks for.
const mostStops = 200

// seek goes to the stop whose words are these or begin with them, or to the field of this name.
func (b *browser) seek(what string) {
	b.t.Helper()
	var met []string
	for range mostStops {
		at := b.tab()
		if at.Words == what || at.Field == what || strings.HasPrefix(at.Words, what+" ") {
			return
		}
		met = append(met, at.Words+at.Field)
	}
	require.Fail(b.t, "no stop", "%s is not among the stops of %s: %q", what, b.path(), met)
}

// enter goes to what has these words, and follows or presses it.
func (b *browser) enter(what string) {
	b.t.Helper()
	b.seek(what)
	b.press(kb.Enter)
}

// press sends a key to what has the focus, and waits for the page to which that leads.
func (b *browser) press(key string) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	at := b.focused()
	_, err := chromedp.RunResponse(ctx, chromedp.KeyEvent(key))
	require.NoError(b.t, err, "pressing %+v", at)
	b.do(chromedp.WaitReady("#main"))
}

// write goes to a field and types into it, in place of what it has.
func (b *browser) write(field, keys string) {
	b.t.Helper()
	b.seek(field)
	b.do(chromedp.KeyEvent(keys))
}

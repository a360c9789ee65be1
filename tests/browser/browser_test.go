package browser

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// browser is a tab of Chromium, and everything that went wrong in it.
type browser struct {
	t      *testing.T
	ctx    context.Context
	origin string

	mutex    sync.Mutex
	problems []string
	expected []string // failures of the network that a test brings about: beginnings of their paths
}

// open starts Chromium. Where it is missing the test is skipped, or fails where nothing may be skipped.
func open(t *testing.T, origin string) *browser {
	t.Helper()
	program, err := exec.LookPath("chromium")
	if err != nil {
		if os.Getenv("TIDEMARK_REQUIRE_ALL") == "1" {
			t.Fatal("Chromium is not installed")
		}
		t.Skip("Chromium is not installed")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(program), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.WindowSize(1440, 900))
	allocator, stop := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(stop)
	ctx, end := chromedp.NewContext(allocator)
	t.Cleanup(end)
	b := &browser{t: t, ctx: ctx, origin: origin}
	require.NoError(t, chromedp.Do(ctx)) // the browser lives as long as the context of the first call
	require.NoError(t, chromedp.Listen(ctx, b.watch))
	return b
}

// watch notes requests to elsewhere, and what the browser's console complains of.
func (b *browser) watch(event any) {
	problem := ""
	switch one := event.(type) {
	case *network.EventRequestWillBeSent:
		if !strings.HasPrefix(one.Request.URL, b.origin+"/") && !strings.HasPrefix(one.Request.URL, "data:") {
			problem = "a request to " + one.Request.URL
		}
	case *log.EventEntryAdded:
		if one.Entry.Level == log.EntryLevelError && !(one.Entry.Source == log.EntrySourceNetwork && b.forgiven(one.Entry.URL)) {
			problem = "the console says: " + one.Entry.Text
		}
	case *runtime.EventExceptionThrown:
		problem = "an exception: " + one.ExceptionDetails.Text
	}
	if problem == "" {
		return
	}
	b.mutex.Lock()
	defer b.mutex.Unlock()
	b.problems = append(b.problems, problem)
}

// forgive expects that what is loaded from paths with these beginnings fails, in place of those that were expected before.
func (b *browser) forgive(paths ...string) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	b.expected = paths
}

func (b *browser) forgiven(address string) bool {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	return slices.ContainsFunc(b.expected, func(path string) bool { return strings.HasPrefix(address, b.origin+path) })
}

// clean demands that nothing went wrong so far.
func (b *browser) clean() {
	b.t.Helper()
	b.mutex.Lock()
	defer b.mutex.Unlock()
	require.Empty(b.t, b.problems)
}

func (b *browser) do(actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	require.NoError(b.t, chromedp.Do(ctx, actions...))
}

// get is what an action finds.
func get[T any](b *browser, action chromedp.Action[T]) T {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	found, err := chromedp.Run(ctx, action)
	require.NoError(b.t, err)
	return found
}

func (b *browser) visit(path string) {
	b.t.Helper()
	b.do(chromedp.Navigate(b.origin+path), chromedp.WaitReady("#main"))
}

// text is what an element shows.
func (b *browser) text(selector string) string {
	b.t.Helper()
	return get(b, chromedp.Text(chromedp.CSS(selector)))
}

// submit presses a button that leads to another page, by its words.
func (b *browser) submit(words string) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	_, err := chromedp.RunResponse(ctx, chromedp.Click(fmt.Sprintf(`//button[contains(., %q)]`, words)))
	require.NoError(b.t, err, "pressing %s", words)
	b.do(chromedp.WaitReady("#main"))
}

// follow goes where a link leads, by its words.
func (b *browser) follow(words string) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	_, err := chromedp.RunResponse(ctx, chromedp.Click(fmt.Sprintf(`//a[normalize-space(.)=%q]`, words)))
	require.NoError(b.t, err, "following %s", words)
	b.do(chromedp.WaitReady("#main"))
}

// set writes into a field in place of what it has.
func (b *browser) set(field, text string) {
	b.t.Helper()
	b.do(chromedp.SetValue(field, text))
}

// until waits for a page to say something by itself: nothing is loaded again.
func (b *browser) until(selector, words string) {
	b.t.Helper()
	b.wait(selector, words, fmt.Sprintf(`[...document.querySelectorAll(%q)].some(e => e.textContent.includes(%q))`, selector, words))
}

// gone waits for a page to say something no longer by itself.
func (b *browser) gone(selector, words string) {
	b.t.Helper()
	b.wait(selector, "no longer "+words, fmt.Sprintf(`![...document.querySelectorAll(%q)].some(e => e.textContent.includes(%q))`, selector, words))
}

// wait waits until a script is true.
func (b *browser) wait(selector, words, script string) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	_, err := chromedp.Run(ctx, chromedp.Poll[bool](script, chromedp.WithPollingInterval(tick), chromedp.WithPollingTimeout(0)))
	if err != nil {
		require.NoError(b.t, err, "%s says: %s; it says: %s", selector, words, get(b, chromedp.Evaluate[string](fmt.Sprintf(`[...document.querySelectorAll(%q)].map(e => e.innerText).join("\n")`, selector))))
	}
}

// off are the buttons that cannot be pressed.
func (b *browser) off() []string {
	b.t.Helper()
	return get(b, chromedp.Evaluate[[]string](`[...document.querySelectorAll("main button[disabled]")].map(e => e.textContent.trim())`))
}

// unexplained are the buttons that can be pressed, but for those that ask the ledger alone, and those that do not say why they cannot.
func (b *browser) unexplained() []string {
	b.t.Helper()
	return get(b, chromedp.Evaluate[[]string](`[...document.querySelectorAll("main form[method=post] button")].filter(e => !e.title || !(e.disabled || /Look the chosen ones up anew|Enable /.test(e.textContent))).map(e => e.textContent.trim())`))
}

// offers is true when a page has a button with these words.
func (b *browser) offers(words string) bool {
	b.t.Helper()
	buttons := get(b, chromedp.Evaluate[[]string](`[...document.querySelectorAll("main button")].map(e => e.textContent.trim())`))
	return strings.Contains(strings.Join(buttons, "\n"), words)
}

// title is what a button says of itself to who points at it.
func (b *browser) title(words string) string {
	b.t.Helper()
	return get(b, chromedp.Evaluate[string](fmt.Sprintf(`[...document.querySelectorAll("main button")].find(e => e.textContent.includes(%q)).title`, words)))
}

// path is where the tab is, without its query.
func (b *browser) path() string {
	b.t.Helper()
	parsed, err := url.Parse(get(b, chromedp.Location()))
	require.NoError(b.t, err)
	return parsed.Path
}

// look judges the page that is open, light and dark and at three widths, and keeps pictures of it where TIDEMARK_PICTURES names a folder.
func (b *browser) look(name string) {
	b.t.Helper()
	b.sees()
	b.do(chromedp.Evaluate[chromedp.Void](axe(b.t) + ";undefined"))
	for _, scheme := range []string{"light", "dark"} {
		b.prefer(scheme)
		for _, width := range []int64{1440, 768, 360} {
			b.do(chromedp.EmulateViewport(width, 900))
			over := get(b, chromedp.Evaluate[int64](`document.documentElement.scrollWidth - document.documentElement.clientWidth`))
			require.LessOrEqual(b.t, over, int64(0), "%s is wider than a window of %d", name, width)
			require.Empty(b.t, get(b, chromedp.Evaluate[string](frameScript)), "%s in a window of %d", name, width)
			b.keep(fmt.Sprintf("%s-%s-%d.png", name, scheme, width))
			if width != 768 { // the menu beside the page, and closed above it
				require.Empty(b.t, b.violations(), "%s, %s, in a window of %d", name, scheme, width)
			}
		}
	}
	b.do(chromedp.EmulateViewport(1440, 900))
}

// frameScript says what is wrong with the frame of a page: on a phone the head is one line, and in any window the tab of the page is in sight.
const frameScript = `(() => {
	const head = document.querySelector(".side"), tab = document.querySelector(".tab[aria-current]");
	if (head && innerWidth <= 820 && head.offsetHeight > 60) return "the head is " + head.offsetHeight + " high";
	if (!tab) return "";
	const box = tab.getBoundingClientRect();
	return box.left < 0 || box.right > innerWidth || box.width === 0 ? "the tab is out of sight" : "";
})()`

// prefer makes the page light or dark.
func (b *browser) prefer(scheme string) {
	b.t.Helper()
	_, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"},
	}})
	require.NoError(b.t, err)
}

func (b *browser) keep(file string) {
	b.t.Helper()
	folder := os.Getenv("TIDEMARK_PICTURES")
	if folder == "" {
		return
	}
	require.NoError(b.t, os.WriteFile(filepath.Join(folder, file), get(b, chromedp.FullScreenshot(100)), 0o600))
}

// axe is the accessibility checker.
func axe(t *testing.T) string {
	t.Helper()
	script, err := os.ReadFile("node_modules/axe-core/axe.min.js")
	if err != nil && os.Getenv("TIDEMARK_REQUIRE_ALL") != "1" {
		t.Skip("axe-core is not installed: make test-browser installs it")
	}
	require.NoError(t, err)
	return string(script)
}

// violations are what axe-core finds wrong with the page.
func (b *browser) violations() []string {
	b.t.Helper()
	report := get(b, chromedp.Evaluate[string](`axe.run().then(r => JSON.stringify(r.violations.map(v => v.id + ": " + v.help + ": " + v.nodes.map(n => n.html).slice(0, 3).join(" | "))))`, chromedp.EvalAwaitPromise))
	var found []string
	require.NoError(b.t, json.Unmarshal([]byte(report), &found))
	return found
}

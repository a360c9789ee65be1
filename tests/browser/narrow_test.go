package browser

import (
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"
)

// menuOfAPhone opens the menu in a narrow window, follows it, and closes it again: a browser does that without script.
func (b *browser) menuOfAPhone() {
	b.t.Helper()
	shown := func() bool {
		return get(b, chromedp.Evaluate[bool](`document.querySelector('nav[aria-label="Operation"] a').checkVisibility()`))
	}
	require.True(b.t, shown(), "in a wide window the menu is in its place")
	b.do(chromedp.EmulateViewport(360, 800))
	require.False(b.t, shown(), "on a phone it is closed")
	b.do(chromedp.Click(chromedp.CSS(".opens")))
	require.True(b.t, shown())
	require.Empty(b.t, b.violations(), "the menu of a phone")
	b.keep("menu-360.png")
	b.do(chromedp.KeyEvent(kb.Escape))
	require.False(b.t, shown(), "Escape closes it")
	b.do(chromedp.Click(chromedp.CSS(".opens")))
	b.follow("Activity log")
	require.Equal(b.t, "/log", b.path())
	b.do(chromedp.EmulateViewport(1440, 900))
}

package browser

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// images is where the README's pictures are.
const images = "../../docs/images"

// outline is what stands on a page wherever it is taken: the menu, headings, tabs, buttons and the heads of columns, figures as #.
const outline = `[...document.querySelectorAll("nav a, h1, h2, h3, button, th")].map(e => e.textContent.trim().replace(/\s+/g, " ").replace(/\d[\d,.:]*/g, "#")).
	filter(text => text !== "").join("\n") + "\n"`

// pictured holds a picture of the README to the page: an outline is kept beside it, and a page with another one needs another picture. make pictures
// takes it anew.
func (b *browser) pictured(name string) {
	b.t.Helper()
	found := get(b, chromedp.Evaluate[string](outline))
	picture, kept := filepath.Join(images, name+".png"), filepath.Join(images, name+".txt")
	if os.Getenv("TIDEMARK_RETAKE") == "1" {
		b.prefer("light")
		require.NoError(b.t, os.WriteFile(picture, get(b, chromedp.FullScreenshot(100)), 0o600))
		require.NoError(b.t, os.WriteFile(kept, []byte(found), 0o600))
	}
	want, err := os.ReadFile(kept)
	require.NoError(b.t, err)
	require.Equal(b.t, string(want), found, "the page is not that of %s any more; take it anew: make pictures", picture)
}

// TestTheFirstPictureIsOfThePages: the README shows the pages before anything else, by the picture that the browser takes.
func TestTheFirstPictureIsOfThePages(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("../../README.md")
	require.NoError(t, err)
	require.Regexp(t, `^[^!]*(![^\[][^!]*)*!\[[^\]]*\]\(docs/images/connection\.png\)`, string(readme))
}

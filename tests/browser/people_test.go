package browser

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"
)

// typed sends keys to whatever has the focus, with Enter at the end, and waits for the page that they lead to.
func (b *browser) typed(keys string) {
	b.t.Helper()
	b.do(chromedp.KeyEvent(keys))
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	_, err := chromedp.RunResponse(ctx, chromedp.KeyEvent(kb.Enter))
	require.NoError(b.t, err, "typing")
	b.do(chromedp.WaitReady("#main"))
}

// people makes the first admin, who adds a viewer; from then on everybody signs in, by keyboard alone, and has the buttons of the role.
func people(t *testing.T, d *demo, b *browser) {
	t.Helper()
	const password = "correct horse battery"
	b.visit("/people")
	b.look("people-none")
	b.submit("Make the first admin")
	require.Equal(t, "/first", b.path())
	b.look("first")
	b.do(chromedp.Focus(`[name="name"]`))
	b.typed("ann" + kb.Tab + password + kb.Tab + password)
	require.Contains(t, b.text(".notice"), "You are the first admin")
	require.Equal(t, "/people", b.path())
	require.Contains(t, b.text(".side .foot"), "ann, admin")
	b.set(`[name="name"]`, "vic")
	b.submit("Add")
	require.Contains(t, b.text("main"), "vic was added as viewer")
	b.look("secret")
	generated := b.text("#secret")
	b.visit("/people")
	require.NotContains(t, b.text("main"), generated)
	b.look("people")

	b.submit("Sign out")
	b.visit("/in")
	b.look("in")
	b.visit("/in")
	b.typed("vic" + kb.Tab + generated) // the field of the name has the focus
	require.Contains(t, b.text(".side .foot"), "vic, viewer")
	require.Equal(t, "/", b.path())
	b.visit("/c/acme-shop")
	require.Empty(t, get(b, chromedp.Evaluate[[]string](`[...document.querySelectorAll("main form[method=post]")].map(f => f.action)`)), "a viewer has no buttons")
	b.look("connection-viewer")
	b.visit("/me")
	b.look("me")

	d.starter("people", "disable", "vic")
	var listed []struct {
		Name     string `json:"name"`
		Disabled bool   `json:"disabled"`
	}
	require.NoError(t, json.Unmarshal([]byte(d.starter("people", "list", "-o", "json")), &listed))
	require.Len(t, listed, 2)
	require.True(t, listed[1].Disabled)
	log := d.starter("log")
	for _, words := range []string{"the link of the first admin", "sign out", "sign in", "disable a person"} {
		require.True(t, strings.Contains(log, words), "%s is not among %s", words, log)
	}
}

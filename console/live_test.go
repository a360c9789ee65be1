package console

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/ledger"
)

// The page of a SKU changes by itself in all that its run may change, for each role as that sees it.
func TestThePageOfASKUIsLive(t *testing.T) {
	t.Parallel()
	w := newWorld(t).signIn()
	_, body := w.get("/sku/acme/A%2F1")
	require.Contains(t, body, `data-live="/live?page=%2Fsku%2Facme%2FA%252F1"`)
	parts, err := w.console.fragments(t.Context(), topic{ledger.Operator, "/sku/acme/A%2F1"})
	require.NoError(t, err)
	whole := map[string]string{}
	for _, part := range parts {
		require.Contains(t, body, `id="part-`+part.ID+`"`)
		whole[part.ID] = part.HTML
	}
	require.Contains(t, whole["pushes"], `value="A/1"`)
	require.Contains(t, whole["differ"], "It is not known to be shown as it should: acme-shop")
	require.Contains(t, whole["sold"], "Pending")
	require.Contains(t, whole["why"], "Why 19 in acme-shop?")
	require.Contains(t, whole["stock"], "No warehouse has reported it")
	require.Contains(t, inOneLine.ReplaceAllString(whole["activity"], "$1"), "6 min 12 s, Smart Sync")
	for _, html := range whole {
		for _, tag := range strings.Split(html, "<")[1:] {
			if strings.HasPrefix(tag, "a ") || strings.HasPrefix(tag, "button") {
				require.Contains(t, tag, "data-key=", "the focus stays on it when the part changes")
			}
		}
	}
	parts, err = w.console.fragments(t.Context(), topic{ledger.Viewer, "/sku/acme/A%2F1"})
	require.NoError(t, err)
	require.NotContains(t, parts[0].HTML, "Push to")
}

// What changes of a page with filters is what they choose, and not everything.
func TestALivePageKeepsItsFilters(t *testing.T) {
	t.Parallel()
	w := newWorld(t).signIn()
	_, body := w.get("/runs?connection=acme-shop&notice=x")
	require.Contains(t, body, `data-live="/live?page=%2Fruns%3Fconnection%3Dacme-shop"`)
	require.Contains(t, body, "No run yet.")
	list := func(address string) string {
		parts, err := w.console.fragments(t.Context(), topic{ledger.Viewer, address})
		require.NoError(t, err)
		return parts[0].HTML
	}
	require.Contains(t, list("/runs?connection=acme-shop"), "No run yet.")
	require.NotContains(t, list("/runs"), "No run yet.")
	status, _ := w.get("/live?page=%2Fruns%3Fa%3Db%3Bc")
	require.Equal(t, http.StatusNotFound, status, "a query that cannot be read is of no page")
}

// The page of a run that pushes says how far it is, how fast and how long it takes still, in a part that changes by itself.
func TestARunThatPushesSaysHowFarItIs(t *testing.T) {
	t.Parallel()
	w := newWorld(t).signIn()
	_, body := w.get("/runs/5")
	require.NotContains(t, body, "<progress", "it has ended")
	w.fake.pushing = true
	_, body = w.get("/runs/5")
	_, facts, _ := strings.Cut(inOneLine.ReplaceAllString(body, "$1"), `id="part-facts"`)
	require.Contains(t, facts, "312 of 1,204 rows pushed")
	require.Contains(t, facts, "624 rows a minute")
	require.Contains(t, facts, "about 1 min 26 s left")
	require.Contains(t, facts, `<progress value="312" max="1204"`)
	_, body = w.get("/c/acme-shop")
	require.Contains(t, inOneLine.ReplaceAllString(body, "$1"), "624 rows a minute")
}

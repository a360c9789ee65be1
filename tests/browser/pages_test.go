package browser

import (
	"flag"
	"fmt"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// seen are the paths of the pages that were looked at: in both colours, at three widths, and by axe-core.
var seen struct {
	sync.Mutex
	paths []string
}

// sees notes that the page which is open is looked at.
func (b *browser) sees() {
	b.t.Helper()
	parsed, err := url.Parse(get(b, chromedp.Location()))
	require.NoError(b.t, err)
	seen.Lock()
	defer seen.Unlock()
	seen.paths = append(seen.paths, parsed.EscapedPath())
}

var parameter = regexp.MustCompile(`\\\{\w+(\\\.\\\.\\\.)?\\\}`)

// unseen are the pages that none of the paths is of.
func unseen(pages, paths []string) []string {
	return slices.DeleteFunc(slices.Clone(pages), func(page string) bool {
		pattern := regexp.QuoteMeta(strings.TrimSuffix(page, "{$}"))
		pattern = parameter.ReplaceAllStringFunc(pattern, func(name string) string {
			if strings.Contains(name, ".") {
				return ".+"
			}
			return "[^/]+"
		})
		return slices.ContainsFunc(paths, regexp.MustCompile("^"+pattern+"$").MatchString)
	})
}

// A page that the suite does not look at is named. Patterns are those of the routes.
func TestPagesThatWereMissed(t *testing.T) {
	t.Parallel()
	pages := []string{"/{$}", "/c/{id}", "/c/{id}/schedule/{mode}", "/sku/{merchant}/{sku...}", "/log"}
	require.Equal(t, pages, unseen(pages, nil))
	require.Empty(t, unseen(pages, []string{"/", "/c/a", "/c/a/schedule/smart", "/sku/acme/A%2FB/C", "/log"}))
	require.Equal(t, []string{"/{$}", "/c/{id}", "/log"}, unseen(pages, []string{"/c/a/schedule/full", "/sku/acme/A", "/log.csv", "/c/a/b/c"}))
}

// TestMain demands of a whole suite that passed that it has looked at every page that there is; console holds the list to its routes.
func TestMain(m *testing.M) {
	flag.Parse()
	code := m.Run()
	whole := flag.Lookup("test.run").Value.String() == "" && flag.Lookup("test.skip").Value.String() == "" && flag.Lookup("test.list").Value.String() == ""
	if code == 0 && whole && (len(seen.paths) > 0 || os.Getenv("TIDEMARK_REQUIRE_ALL") == "1") { // without Chromium the tests skip
		kept, err := os.ReadFile("../../console/testdata/pages.txt")
		missed := unseen(strings.Fields(string(kept)), seen.paths)
		if err != nil || len(missed) > 0 {
			fmt.Fprintln(os.Stderr, "FAIL: pages at which no test looks:", strings.Join(missed, ", "), err)
			code = 1
		}
	}
	os.Exit(code)
}

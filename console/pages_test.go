package console

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The browser's tests look at every page that testdata/pages.txt has, and fail where one is missed. It is held to the routes here, for they are a module of
// their own: a page that is added is written there, and looked at.
func TestPagesThatABrowserLooksAt(t *testing.T) {
	t.Parallel()
	kept, err := os.ReadFile("testdata/pages.txt")
	require.NoError(t, err)
	notPages := []string{"/assets/", "/live", "/levels.csv", "/log.csv", "/c/{id}/levels.csv"}
	var paths []string
	for _, route := range newWorld(t).console.routes() {
		method, path, named := strings.Cut(route.pattern, " ")
		if !named { // what there is not: the page that says so
			path = "/nothing"
		}
		if (!named || method == "GET") && !slices.Contains(notPages, path) {
			paths = append(paths, path)
		}
	}
	slices.Sort(paths)
	require.Equal(t, strings.Join(paths, "\n")+"\n", string(kept))
}

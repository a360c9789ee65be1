package main

import (
	"bytes"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/ledger"
)

// The pages are served where only this machine reaches them, or where people sign in behind TLS; else it is said what to do.
func TestWherePagesMayBeServed(t *testing.T) {
	t.Parallel()
	for name, item := range map[string]struct {
		paging
		somebody bool
		want     string
	}{
		"loopback, nobody":                 {paging{listen: "127.0.0.1:9480"}, false, ""},
		"loopback, people":                 {paging{listen: "localhost:9480"}, true, ""},
		"elsewhere, nobody":                {paging{listen: "0.0.0.0:9480"}, false, "there is no TLS in front of the pages"},
		"elsewhere, people without TLS":    {paging{listen: ":9480"}, true, "there is no TLS in front of the pages"},
		"elsewhere, TLS without people":    {paging{listen: "0.0.0.0:9480", origin: "https://stock.example.com"}, false, "starter people add NAME --role admin"},
		"loopback behind TLS, nobody":      {paging{listen: "127.0.0.1:9480", origin: "https://stock.example.com"}, false, "starter people add NAME --role admin"},
		"elsewhere, TLS and people":        {paging{listen: "0.0.0.0:9480", origin: "https://stock.example.com"}, true, ""},
		"elsewhere, TLS and a proxy":       {paging{listen: "0.0.0.0:9480", origin: "https://stock.example.com/", proxyUser: "X-User"}, false, ""},
		"a proxy without TLS":              {paging{listen: "0.0.0.0:9480", proxyUser: "X-User"}, true, "there is no TLS in front of the pages"},
		"TLS and an unknown proxy":         {paging{listen: "127.0.0.1:9480", origin: "https://stock.example.com"}, true, "--pages-url needs --proxy-from"},
		"an address without TLS":           {paging{listen: "0.0.0.0:9480", origin: "http://stock.example.com"}, true, "--pages-url"},
		"an address with a path":           {paging{listen: "0.0.0.0:9480", origin: "https://stock.example.com/pages"}, true, "--pages-url"},
		"an address without a host":        {paging{listen: "127.0.0.1:9480", origin: "https:stock"}, true, "--pages-url"},
		"an address with somebody's name":  {paging{listen: "127.0.0.1:9480", origin: "https://ann@stock.example.com"}, true, "--pages-url"},
		"another machine's own TLS answer": {paging{listen: "192.0.2.1:443"}, true, "there is no TLS in front of the pages"},
	} {
		if name != "TLS and an unknown proxy" {
			item.proxyFrom = []string{"127.0.0.1"}
		}
		why := item.unsafe(item.somebody)
		if item.want == "" {
			require.Empty(t, why, name)
		} else {
			require.Contains(t, why, item.want, name)
		}
	}
}

func TestWhichProxyIsTrusted(t *testing.T) {
	t.Parallel()
	for name, item := range map[string]struct {
		paging
		want string
	}{
		"none":                        {paging{}, ""},
		"one that passes on":          {paging{proxyFrom: []string{"127.0.0.1", "10.0.0.0/8", "::1"}}, ""},
		"one that signs in":           {paging{proxyFrom: []string{"127.0.0.1"}, proxyUser: "X-User", proxyRole: "X-Role"}, ""},
		"one role for all":            {paging{proxyFrom: []string{"127.0.0.1"}, proxyUser: "X-User", proxyEvery: "viewer"}, ""},
		"from anywhere":               {paging{proxyUser: "X-User", proxyEvery: "viewer"}, "--proxy-user needs --proxy-from"},
		"no role":                     {paging{proxyFrom: []string{"127.0.0.1"}, proxyUser: "X-User"}, "--proxy-user needs --proxy-role"},
		"a role of nobody":            {paging{proxyFrom: []string{"127.0.0.1"}, proxyEvery: "viewer"}, "--proxy-default-role need --proxy-user"},
		"a role that there is not":    {paging{proxyFrom: []string{"127.0.0.1"}, proxyUser: "X-User", proxyEvery: "root"}, `"root" is not viewer, operator or admin`},
		"an address that is not one":  {paging{proxyFrom: []string{"proxy.example.com"}}, `"proxy.example.com" is not an address`},
		"a network that is not a net": {paging{proxyFrom: []string{"10.0.0.0/99"}}, `"10.0.0.0/99" is not an address`},
	} {
		_, err := item.proxy()
		if item.want == "" {
			require.NoError(t, err, name)
		} else {
			require.ErrorContains(t, err, item.want, name)
			require.Equal(t, exitUsage, exitCode(err), name)
		}
	}
	require.ErrorContains(t, (&paging{origin: "https://stock.example.com"}).check(false), "need --pages")
	require.NoError(t, (&paging{}).check(false))
	require.ErrorContains(t, (&paging{listen: ":9480"}).check(true), "no TLS in front")
	proxy, err := (&paging{proxyFrom: []string{"10.1.2.3/8", "::ffff:192.0.2.1"}}).proxy()
	require.NoError(t, err)
	require.Equal(t, "10.0.0.0/8", proxy.From[0].String())
	require.Equal(t, "192.0.2.1/32", proxy.From[1].String())
}

// What is printed leads somebody in: by a link while there is nobody, else to the sign-in.
func TestWherePagesAreIsPrinted(t *testing.T) {
	t.Parallel()
	c, err := control.Open(t.Context(), t.TempDir()+"/tidemark.db", true, time.Now)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, c.Close()) })
	printed := func(p paging) string {
		t.Helper()
		pages, err := p.pagesOf(t.Context(), c, slog.New(slog.DiscardHandler))
		require.NoError(t, err)
		defer pages.Close()
		var out bytes.Buffer
		require.NoError(t, p.printPages(t.Context(), &out, c, pages, "127.0.0.1:9480"))
		return out.String()
	}
	local := paging{listen: "127.0.0.1:9480"}
	require.Regexp(t, `pages +http://127\.0\.0\.1:9480/in\?key=\S{43}\n +first admin +http://127\.0\.0\.1:9480/first\?key=\S{43}\n`, printed(local))
	_, err = (&paging{listen: "0.0.0.0:9480", origin: "https://stock.example.com", proxyFrom: []string{"127.0.0.1"}}).pagesOf(t.Context(), c,
		slog.New(slog.DiscardHandler))
	require.ErrorContains(t, err, "nobody who could sign in")
	_, err = c.AddPerson(control.WithActor(t.Context(), commandLine()), "ann", ledger.Admin, "correct horse battery")
	require.NoError(t, err)
	require.Equal(t, "\n  pages   http://127.0.0.1:9480/\n\nSign in with your name and password; starter people list shows who can.\n", printed(local))
	require.Equal(t, "\n  pages   https://stock.example.com/\n\n",
		printed(paging{listen: "0.0.0.0:9480", origin: "https://stock.example.com", proxyFrom: []string{"127.0.0.1"}}))
}

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tidemark/tidemark/console"
	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/serve"
)

// paging is how the pages are to be served.
type paging struct {
	listen string
	webUI  string
	origin string // where browsers reach them over TLS
	// Of a proxy that is trusted: its addresses, the headers in which it names a user and a role, and the role of everybody else.
	proxyFrom                        []string
	proxyUser, proxyRole, proxyEvery string
}

func (p *paging) flags(command *cobra.Command) {
	command.Flags().StringVar(&p.webUI, "web-ui", "", "the address of the Temporal Web UI, like http://127.0.0.1:8233; the pages link to it")
	command.Flags().StringVar(&p.origin, "pages-url", "", "the address under which browsers reach the pages through a TLS proxy, like https://stock.example.com")
	command.Flags().StringSliceVar(&p.proxyFrom, "proxy-from", nil, "the proxy's own addresses, like 127.0.0.1 or 10.0.0.0/8; its X-Forwarded-For is trusted")
	command.Flags().StringVar(&p.proxyUser, "proxy-user", "",
		"the header in which the proxy sends the signed-in user, like X-Forwarded-User; trusted only from --proxy-from")
	command.Flags().StringVar(&p.proxyRole, "proxy-role", "", "the header in which the proxy sends the role: viewer, operator or admin")
	command.Flags().StringVar(&p.proxyEvery, "proxy-default-role", "", "the role of users without a role header (default: they are refused)")
}

// proxy is the proxy that the flags describe.
func (p *paging) proxy() (console.Proxy, error) {
	proxy := console.Proxy{User: p.proxyUser, Role: p.proxyRole, Everybody: ledger.Role(p.proxyEvery)}
	for _, text := range p.proxyFrom {
		network, err := networkOf(text)
		if err != nil {
			return proxy, &control.UsageError{Message: fmt.Sprintf("--proxy-from: %q is not an address like 127.0.0.1 or a network like 10.0.0.0/8", text)}
		}
		proxy.From = append(proxy.From, network)
	}
	switch {
	case proxy.Everybody != "" && !slices.Contains(ledger.Roles(), proxy.Everybody):
		return proxy, &control.UsageError{Message: fmt.Sprintf("--proxy-default-role: %q is not viewer, operator or admin", p.proxyEvery)}
	case p.proxyUser == "" && (p.proxyRole != "" || p.proxyEvery != ""):
		return proxy, &control.UsageError{Message: "--proxy-role and --proxy-default-role need --proxy-user, the header with the signed-in user"}
	case p.proxyUser != "" && len(proxy.From) == 0:
		return proxy, &control.UsageError{Message: "--proxy-user needs --proxy-from, because anybody could send that header: name the addresses that are trusted"}
	case p.proxyUser != "" && p.proxyRole == "" && p.proxyEvery == "":
		return proxy, &control.UsageError{Message: "--proxy-user needs --proxy-role (a header with the role) or --proxy-default-role (the role of everybody else)"}
	}
	return proxy, nil
}

// networkOf reads an address or a network.
func networkOf(text string) (netip.Prefix, error) {
	if address, err := netip.ParseAddr(text); err == nil {
		address = address.Unmap().WithZone("")
		return netip.PrefixFrom(address, address.BitLen()), nil
	}
	network, err := netip.ParsePrefix(text)
	return network.Masked(), err
}

// unsafe says why pages may not be served so, and what to do; empty where they may. On loopback without people they are as safe as the machine;
// everywhere else somebody must be able to sign in, and passwords must not travel in the clear.
func (p *paging) unsafe(somebody bool) string {
	if p.origin != "" {
		parsed, err := url.Parse(p.origin)
		plain := err == nil && parsed.User == nil && strings.Trim(parsed.Path, "/") == "" && parsed.RawQuery == "" && parsed.Fragment == ""
		if !plain || parsed.Scheme != "https" || parsed.Host == "" {
			return fmt.Sprintf("--pages-url: %q is not an HTTPS address under which browsers reach the pages, like https://stock.example.com", p.origin)
		}
	}
	if p.origin != "" && len(p.proxyFrom) == 0 {
		return "--pages-url needs --proxy-from, the addresses of the proxy: otherwise everybody who signs in has the proxy's address, " +
			"and one person who guesses passwords slows down everybody"
	}
	if p.origin == "" && !serve.Loopback(p.listen) {
		return fmt.Sprintf("%s can be reached from other machines, and there is no TLS in front of the pages; put a TLS proxy there and "+
			"give its address with --pages-url https://HOST, or leave --listen out and reach the pages through a tunnel: ssh -L 9480:%s HOST",
			p.listen, serve.DefaultListen)
	}
	if p.origin != "" && !somebody && p.proxyUser == "" {
		return "the pages can be reached from other machines, and there is nobody who could sign in; add the first person: starter people add NAME --role admin"
	}
	return ""
}

// check refuses what could not be served whoever there is, before anything is opened.
func (p *paging) check(pages bool) error {
	if !pages {
		if p.webUI+p.origin+p.proxyUser+p.proxyRole+p.proxyEvery != "" || len(p.proxyFrom) > 0 {
			return &flagError{errors.New("the flags for the pages need --pages")}
		}
		return nil
	}
	if _, err := p.proxy(); err != nil {
		return err
	}
	if why := p.unsafe(true); why != "" {
		return &control.UsageError{Message: why}
	}
	return nil
}

// pagesOf makes the pages. While there are no people, who has the link that is printed uses them as who started the server: on loopback alone.
func (p *paging) pagesOf(ctx context.Context, c *control.Control, log *slog.Logger) (*console.Console, error) {
	proxy, err := p.proxy()
	if err != nil {
		return nil, err
	}
	somebody, err := c.HasPeople(ctx)
	if err != nil {
		return nil, err
	}
	if why := p.unsafe(somebody); why != "" {
		return nil, &control.UsageError{Message: why}
	}
	options := console.Options{Control: c, Origin: strings.TrimSuffix(p.origin, "/"), Proxy: proxy, Log: log, Now: time.Now}
	if p.webUI != "" {
		options.WebUI = strings.TrimSuffix(p.webUI, "/") + "/namespaces/" + url.PathEscape(c.Namespace())
	}
	if p.origin == "" && p.proxyUser == "" {
		options.Local = "local (" + me() + ")"
	}
	return console.New(options)
}

// printPages says where the pages are, and how somebody signs in.
func (p *paging) printPages(ctx context.Context, w io.Writer, c *control.Control, pages *console.Console, address string) error {
	where := "http://" + address + "/"
	if p.origin != "" {
		where = strings.TrimSuffix(p.origin, "/") + "/"
	}
	if p.origin != "" || p.proxyUser != "" {
		line(w, "\n  pages   %s\n", where)
		return nil
	}
	key, err := c.Invite(ctx)
	if err != nil {
		return err
	}
	if key == "" {
		line(w, "\n  pages   %s\n\nSign in with your name and password; starter people list shows who can.", where)
		return nil
	}
	line(w, "\n  pages         %s\n  first admin   %s\n", pages.Link(address), console.FirstLink(address, key))
	line(w, "There are no people yet. The first link signs your browser in. You may then do everything, until serve stops or the first person is added.")
	line(w, "The second link creates the first admin. It works once, within a day. From then on everybody signs in.")
	return nil
}

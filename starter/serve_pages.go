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
	command.Flags().StringVar(&p.webUI, "web-ui", "", "where the Temporal Web UI is, like http://127.0.0.1:8233; the pages lead there")
	command.Flags().StringVar(&p.origin, "pages-url", "", "where browsers reach the pages through a proxy that speaks TLS, like https://stock.example.com")
	command.Flags().StringSliceVar(&p.proxyFrom, "proxy-from", nil, "the addresses that the proxy asks from, like 127.0.0.1 or 10.0.0.0/8: its X-Forwarded-For is believed")
	command.Flags().StringVar(&p.proxyUser, "proxy-user", "", "the header in which the proxy names who is signed in there, like X-Forwarded-User; believed from --proxy-from alone")
	command.Flags().StringVar(&p.proxyRole, "proxy-role", "", "the header in which the proxy says viewer, operator or admin")
	command.Flags().StringVar(&p.proxyEvery, "proxy-default-role", "", "the role of those of whom that header says nothing; default: they are refused")
}

// proxy is the proxy that the flags describe.
func (p *paging) proxy() (console.Proxy, error) {
	proxy := console.Proxy{User: p.proxyUser, Role: p.proxyRole, Everybody: ledger.Role(p.proxyEvery)}
	for _, text := range p.proxyFrom {
		network, err := networkOf(text)
		if err != nil {
			return proxy, &control.UsageError{Message: fmt.Sprintf("--proxy-from: %q is no address like 127.0.0.1, and no network like 10.0.0.0/8", text)}
		}
		proxy.From = append(proxy.From, network)
	}
	switch {
	case proxy.Everybody != "" && !slices.Contains(ledger.Roles(), proxy.Everybody):
		return proxy, &control.UsageError{Message: fmt.Sprintf("--proxy-default-role: %q is not viewer, operator or admin", p.proxyEvery)}
	case p.proxyUser == "" && (p.proxyRole != "" || p.proxyEvery != ""):
		return proxy, &control.UsageError{Message: "--proxy-role and --proxy-default-role are of no use without --proxy-user, the header that names who is signed in"}
	case p.proxyUser != "" && len(proxy.From) == 0:
		return proxy, &control.UsageError{Message: "--proxy-user needs --proxy-from: anybody could send that header, so say which addresses are believed"}
	case p.proxyUser != "" && p.proxyRole == "" && p.proxyEvery == "":
		return proxy, &control.UsageError{Message: "--proxy-user needs --proxy-role, a header with the role, or --proxy-default-role, the role of everybody"}
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
			return fmt.Sprintf("--pages-url: %q is not where browsers reach the pages over TLS, like https://stock.example.com", p.origin)
		}
	}
	if p.origin != "" && len(p.proxyFrom) == 0 {
		return "--pages-url needs --proxy-from, the addresses that the proxy before the pages asks from: else all who sign in have its address, and one who guesses passwords slows down everybody"
	}
	if p.origin == "" && !serve.Loopback(p.listen) {
		return fmt.Sprintf("%s can be reached from other machines, and nothing says that TLS is in front of the pages; put a proxy there that speaks it and "+
			"say where browsers reach it with --pages-url https://HOST, or leave --listen out and reach the pages through a tunnel: ssh -L 9480:%s HOST",
			p.listen, serve.DefaultListen)
	}
	if p.origin != "" && !somebody && p.proxyUser == "" {
		return "the pages can be reached from other machines, and nobody could sign in; add the first person: starter people add NAME --role admin"
	}
	return ""
}

// check refuses what could not be served whoever there is, before anything is opened.
func (p *paging) check(pages bool) error {
	if !pages {
		if p.webUI+p.origin+p.proxyUser+p.proxyRole+p.proxyEvery != "" || len(p.proxyFrom) > 0 {
			return &flagError{errors.New("what is said of the pages is of no use without --pages")}
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
	somebody, err := c.Somebody(ctx)
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
		line(w, "\n  pages   %s\n\nWhoever uses them signs in; starter people list shows who can.", where)
		return nil
	}
	line(w, "\n  pages         %s\n  first admin   %s\n", pages.Link(address), console.FirstLink(address, key))
	line(w, "There are no people yet. Who opens the first link is signed in and may do all that starter may, until serve stops or there is somebody.")
	line(w, "By the second one the first admin is made, once and within a day; from then on whoever uses the pages signs in.")
	return nil
}

package console

import (
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/ledger"
)

// Proxy is a proxy before the pages that is trusted: what it says of who asks is believed, and of nobody else.
type Proxy struct {
	// From are the addresses that it asks from. Without any nothing is believed.
	From []netip.Prefix
	// User is the header that names who is signed in there; empty: it only passes requests on, and people sign in here.
	User string
	// Role is the header that says viewer, operator or admin; empty: everybody has the role Everybody.
	Role string
	// Everybody is the role of those of whom the header Role says nothing; empty: they are refused.
	Everybody ledger.Role
}

// trusts is true for an address of the proxy.
func (p Proxy) trusts(address netip.Addr) bool {
	return slices.ContainsFunc(p.From, func(prefix netip.Prefix) bool { return prefix.Contains(address) })
}

// hostOf is the address of a remote end like 192.0.2.7:4711; not valid where that cannot be read.
func hostOf(remote string) netip.Addr {
	end, err := netip.ParseAddrPort(remote)
	if err != nil {
		return netip.Addr{}
	}
	return end.Addr().Unmap().WithZone("")
}

// client is the address that a request came from first: the last of X-Forwarded-For that is not the proxy's own, where the proxy says so.
func (p Proxy) client(r *http.Request) string {
	address := hostOf(r.RemoteAddr)
	if !address.IsValid() {
		return r.RemoteAddr
	}
	passed := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for _, text := range slices.Backward(passed) {
		if !p.trusts(address) {
			break
		}
		before, err := netip.ParseAddr(strings.TrimSpace(text))
		if err != nil {
			break
		}
		address = before.Unmap().WithZone("")
	}
	return address.String()
}

// user is who the proxy says is signed in. known is false where nothing says so: the request is not the proxy's, or names nobody. An error is a
// proxy that says what cannot be understood: then nobody is let in.
func (p Proxy) user(r *http.Request) (name string, role ledger.Role, named bool, err error) {
	if p.User == "" || !p.trusts(hostOf(r.RemoteAddr)) {
		return "", "", false, nil
	}
	names := r.Header.Values(p.User)
	if len(names) == 0 || len(names) == 1 && names[0] == "" {
		return "", "", false, nil
	}
	if len(names) > 1 {
		return "", "", false, fmt.Errorf("the proxy sends %s more than once: one may be from the browser, so have it replace the header", p.User)
	}
	if name, err = control.PersonName(names[0]); err != nil {
		return "", "", false, fmt.Errorf("%s: %w", p.User, err)
	}
	role = p.Everybody
	if p.Role != "" {
		roles := r.Header.Values(p.Role)
		switch {
		case len(roles) > 1:
			return "", "", false, fmt.Errorf("the proxy sends %s more than once: one may be from the browser, so have it replace the header", p.Role)
		case len(roles) == 1:
			role = ledger.Role(strings.TrimSpace(roles[0]))
		}
	}
	if !slices.Contains(ledger.Roles(), role) {
		return "", "", false, fmt.Errorf("the proxy gives %s no role: expected viewer, operator or admin", name)
	}
	return name, role, true, nil
}

// onward is the page to go to after signing in: the first page where the text names none of ours.
func onward(text string) string {
	parsed, err := url.Parse(text)
	ours := err == nil && parsed.Scheme == "" && parsed.Host == "" && parsed.User == nil && strings.HasPrefix(text, "/") && !strings.HasPrefix(text, "//") &&
		!strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == '\\' || r == 0x7f })
	if !ours || slices.Contains([]string{signInPath, signOutPath, firstPath}, parsed.Path) {
		return "/"
	}
	return text
}

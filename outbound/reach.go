package outbound

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
	"time"

	"github.com/tidemark/tidemark/settings"
)

// Reach says to which addresses connections may be opened. It is asked about every address that is about to be connected to, after a
// name was resolved, so that it does not matter what the name said before. The zero value allows public addresses, private networks and
// this machine, and lets nothing leave this machine unencrypted.
//
// Link-local addresses, those of cloud metadata services, multicast, reserved and unspecified ones are never allowed, in whatever form
// they are written. No proxy is used, whatever the environment says: a proxy would resolve the name where this rule cannot see it.
type Reach struct {
	// PublicOnly refuses private networks and this machine too.
	PublicOnly bool
	// Plain is for who sends no credential: what is sent may go over plain http to other machines.
	Plain bool
	// Resolver resolves names; nil is the system's.
	Resolver *net.Resolver

	options map[string]string // the option that names a host, by the host
}

// allowPrivate and refusePrivate are the choices of PrivateAddresses.
const (
	allowPrivate  = "allow"
	refusePrivate = "refuse"
)

// privateAddresses is the name of the option PrivateAddresses.
const privateAddresses = "private_addresses"

// PrivateAddresses is an option that every driver has that opens connections. It has no stored default, so that definitions from before
// it are the same as now.
var PrivateAddresses = settings.Option{
	Name: privateAddresses, Kind: settings.String, Choices: []string{allowPrivate, refusePrivate}, Judge: literals{},
	Help: "Whether addresses on this machine and in private networks may be called: allow, which holds unless it is set, or refuse.",
}

// CallOptions are the options that every driver with an API ends with: how long a call may take, and which addresses may be called. The
// note, which may be empty, says what else the time is for.
func CallOptions(timeout, note string) []settings.Option {
	help := "The longest that one call may take"
	if note != "" {
		help += ", " + note
	}
	return []settings.Option{{Name: "timeout", Kind: settings.Duration, Default: timeout, Help: help + "."}, PrivateAddresses}
}

// ReachOf is where the settings of a driver let it go. What is sent is taken for a credential when an option of the kind Secret is set.
func ReachOf(spec settings.Spec, values settings.Values, environment settings.Environment) Reach {
	r := Reach{
		PublicOnly: values.Text(privateAddresses) == refusePrivate, Plain: true,
		Resolver: environment.Resolver, options: map[string]string{},
	}
	for _, option := range spec.Options {
		switch text := values.Text(option.Name); {
		case text == "":
		case option.Kind == settings.Secret && !option.Harmless:
			r.Plain = false
		case located(option, text):
			if parsed, err := url.Parse(text); err == nil {
				r.options[strings.ToLower(parsed.Hostname())] = option.Name
			}
		}
	}
	return r
}

// located is true for an option that says where something is in the network, also one that may name a file instead.
func located(option settings.Option, text string) bool {
	switch scheme, _, _ := strings.Cut(strings.ToLower(text), "://"); option.Kind {
	case settings.URL:
		return text != ""
	case settings.String:
		return len(scheme) < len(text) && (scheme == "sftp" || scheme == "https" || scheme == "http")
	}
	return false
}

// ErrRefused: the address is not one that may be called; nothing was sent, so it is ErrNotSent too. A person must act.
var ErrRefused = errors.New("the address is refused")

// literals judges the addresses of a configuration as far as they can be judged without resolving names.
type literals struct{}

// Judge reports every address that no connection would be opened to.
func (literals) Judge(spec settings.Spec, values settings.Values) []settings.Problem {
	reach := ReachOf(spec, values, settings.Environment{})
	var problems []settings.Problem
	for _, option := range spec.Options {
		if !located(option, values.Text(option.Name)) {
			continue
		}
		if err := reach.CheckURL(values.Text(option.Name)); err != nil {
			problems = append(problems, settings.Problem{Option: option.Name, Message: fmt.Sprintf("%s of %s: %v", option.Name, spec.Driver, err)})
		}
	}
	return problems
}

// CheckURL refuses an address that shows in itself that no connection to it would be opened. What a name leads to shows only when it is
// resolved, and is judged then.
func (r Reach) CheckURL(address string) error {
	parsed, err := url.Parse(address)
	if err != nil {
		return nil // it leads nowhere, and what form it should have the driver says
	}
	host := parsed.Hostname()
	plain := parsed.Scheme == "http"
	if ip, err := netip.ParseAddr(host); err == nil {
		return r.judge(ip, plain)
	}
	here := strings.ToLower(strings.TrimSuffix(host, "."))
	if plain && !r.Plain && here != "localhost" && !strings.HasSuffix(here, ".localhost") {
		return inTheClear("http://" + parsed.Host)
	}
	return nil
}

func inTheClear(address string) error {
	return fmt.Errorf("%q is not an https address; the credential would go over the network in the clear", address)
}

// judge refuses an address; plain says that what is sent to it is not encrypted.
func (r Reach) judge(address netip.Addr, plain bool) error {
	switch class, is := classify(address); {
	case class == never:
		return fmt.Errorf("%s is %s, which is never called; correct the address", address, is)
	case class != public && r.PublicOnly:
		return fmt.Errorf("%s is %s, and private_addresses is refuse; correct the address, or set private_addresses: allow", address, is)
	case class != loopback && plain && !r.Plain:
		return inTheClear("http://" + bracketed(address))
	}
	return nil
}

func bracketed(address netip.Addr) string {
	if address.Is6() {
		return "[" + address.String() + "]"
	}
	return address.String()
}

// Dial opens a TCP connection for what encrypts by itself, like SSH.
func (r Reach) Dial(ctx context.Context, timeout time.Duration, address string) (net.Conn, error) {
	return r.dialer(timeout, false)(ctx, "tcp", address)
}

// dialer returns a function that opens connections within the rule; plain says that nothing encrypts what goes over them.
func (r Reach) dialer(timeout time.Duration, plain bool) func(ctx context.Context, network, address string) (net.Conn, error) {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		dialer := &net.Dialer{
			Timeout: timeout, KeepAlive: 30 * time.Second, Resolver: r.Resolver,
			// Control sees the address that the very next system call connects to.
			Control: func(_, to string, _ syscall.RawConn) error { return r.permit(address, to, plain) },
		}
		return dialer.DialContext(ctx, network, address)
	}
}

// permit judges the address that a connection is about to be opened to.
func (r Reach) permit(requested, to string, plain bool) error {
	connect, err := netip.ParseAddrPort(to)
	if err != nil {
		return &refusal{fmt.Sprintf("%q is not an address and a port", to)}
	}
	failed := r.judge(connect.Addr(), plain)
	if failed == nil {
		return nil
	}
	host, _, err := net.SplitHostPort(requested)
	if err != nil {
		host = requested
	}
	reason := failed.Error()
	if _, err := netip.ParseAddr(host); err != nil {
		reason = fmt.Sprintf("the name %s leads to an address that is not called: %s", host, reason)
	}
	if option := r.options[strings.ToLower(host)]; option != "" {
		reason = fmt.Sprintf("the setting %s: %s", option, reason)
	}
	return &refusal{reason}
}

// refusal is the reason why no connection was opened, on its way through the errors of package net. It is ErrRefused.
type refusal struct{ reason string }

func (r *refusal) Error() string { return r.reason }

func (r *refusal) Is(target error) bool { return target == ErrRefused || target == ErrNotSent }

// Refused takes out of an error of a Stream or of Dial that an address was refused, without the address that was asked for and its query;
// nil when the error is another.
func Refused(err error) error {
	var refused *refusal
	if !errors.As(err, &refused) {
		return nil
	}
	return refused
}

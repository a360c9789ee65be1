package outboundtest

import (
	"maps"
	"net"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/tidemark/tidemark/settings"
)

// Case are settings of a driver with an address that it must refuse.
type Case struct {
	Name   string
	Values settings.Values
	// Opens is true when the address shows only when its name is resolved, so that a call refuses it and not the opening.
	Opens bool
	// Says are parts of the reason.
	Says []string
}

// Hosts are names that lead to addresses which drivers must refuse.
const (
	metadataHost = "metadata.test"
	hereHost     = "here.localhost" // by its name on this machine, and by its address elsewhere
	privateHost  = "private.test"
)

// Environment gives every reference the same credential and leads the hosts of Cases to their addresses.
func Environment(credential string) settings.Environment {
	return settings.Environment{
		Variable: func(string) (string, bool) { return credential, true },
		ReadFile: os.ReadFile,
		Resolver: Resolver(Leads(map[string]string{metadataHost: "169.254.169.254", hereHost: "192.0.2.1", privateHost: "10.1.2.3"})),
	}
}

// Cases are the addresses that a driver with these settings, which work, must refuse in place of each address that they hold.
func Cases(t testing.TB, spec settings.Spec, values settings.Values) []Case {
	t.Helper()
	var cases []Case
	private := settings.Values{"private_addresses": "refuse"} // with every address in a private network
	for _, option := range spec.Options {
		scheme, _, located := strings.Cut(values.Text(option.Name), "://")
		if !located || scheme != "http" && scheme != "https" && scheme != "sftp" {
			continue
		}
		add := func(name string, opens bool, changed settings.Values, says ...string) {
			with := maps.Clone(values)
			maps.Copy(with, changed)
			cases = append(cases, Case{Name: option.Name + ": " + name, Values: with, Opens: opens, Says: append(says, option.Name)})
		}
		at := func(scheme, host string) settings.Values {
			return settings.Values{option.Name: moved(t, values.Text(option.Name), scheme, host)}
		}
		secure := "https"
		if scheme == "sftp" {
			secure = scheme
		}
		for _, address := range []string{"169.254.169.254", "::ffff:169.254.169.254", "fd00:ec2::254", "0.0.0.0", "fe80::1", "224.0.0.1"} {
			add(address, false, at(secure, address), "never called")
		}
		add("a name of a metadata service", true, at(secure, metadataHost), "169.254.169.254", metadataHost, "never called")
		maps.Copy(private, at(secure, privateHost))
		if secure == "https" && !harmless(spec) {
			add("in the clear", false, at("http", "192.0.2.1"), "192.0.2.1", "in the clear")
			add("in the clear by name", false, at("http", "shop.example.com"), "shop.example.com", "in the clear")
			if scheme == "http" { // not a driver that speaks https alone
				add("in the clear by a name that changed", true, at("http", hereHost), "192.0.2.1", hereHost, "in the clear")
			}
		}
	}
	if len(cases) > 0 {
		here := maps.Clone(values)
		here["private_addresses"] = "refuse"
		away := maps.Clone(values)
		maps.Copy(away, private)
		cases = append(cases,
			Case{Name: "this machine", Values: here, Says: []string{"private_addresses"}},
			Case{Name: "names in a private network", Values: away, Opens: true, Says: []string{"10.1.2.3", privateHost, "private_addresses"}})
	}
	return cases
}

// harmless is true for a driver whose credentials protect nothing.
func harmless(spec settings.Spec) bool {
	for _, option := range spec.Options {
		if option.Kind == settings.Secret && !option.Harmless {
			return false
		}
	}
	return true
}

// moved is an address at another host, with the port that it had.
func moved(t testing.TB, address, scheme, host string) string {
	t.Helper()
	parsed, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	port := parsed.Port()
	switch {
	case port != "":
		parsed.Host = net.JoinHostPort(host, port)
	case strings.Contains(host, ":"):
		parsed.Host = "[" + host + "]"
	default:
		parsed.Host = host
	}
	parsed.Scheme = scheme
	return parsed.String()
}

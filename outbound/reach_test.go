package outbound_test

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/outbound"
	"github.com/tidemark/tidemark/outbound/outboundtest"
	"github.com/tidemark/tidemark/settings"
)

// TestAddresses: what each address is by default, with private ones refused, and for a credential in the clear.
func TestAddresses(t *testing.T) {
	t.Parallel()
	const never, clear, private = "never called", "in the clear", "private_addresses is refuse"
	for address, want := range map[string]struct{ secure, plain, publicOnly string }{
		// public
		"93.184.216.34": {"", clear, ""}, "2606:2800:220:1::1": {"", clear, ""}, "172.32.0.1": {"", clear, ""}, "100.128.0.1": {"", clear, ""},
		"192.169.0.1": {"", clear, ""}, "169.253.255.255": {"", clear, ""}, "::ffff:93.184.216.34": {"", clear, ""},
		"64:ff9b::5db8:d822": {"", clear, ""}, "2002:5db8:d822::1": {"", clear, ""},
		// this machine
		"127.0.0.1": {"", "", private}, "127.255.255.254": {"", "", private}, "::1": {"", "", private}, "::ffff:127.0.0.1": {"", "", private},
		// private networks
		"10.0.0.7": {"", clear, private}, "172.16.0.1": {"", clear, private}, "172.31.255.255": {"", clear, private},
		"192.168.1.1": {"", clear, private}, "100.64.0.1": {"", clear, private}, "100.127.255.255": {"", clear, private},
		"fc00::1": {"", clear, private}, "fd12:3456::1": {"", clear, private}, "::ffff:10.0.0.7": {"", clear, private},
		"198.18.0.1": {"", clear, private}, "64:ff9b::a00:7": {"", clear, private}, "fec0::1": {"", clear, private},
		// never
		"169.254.169.254": {never, never, never}, "169.254.0.1": {never, never, never}, "169.254.170.2": {never, never, never},
		"::ffff:169.254.169.254": {never, never, never}, "::169.254.169.254": {never, never, never}, "64:ff9b::a9fe:a9fe": {never, never, never},
		"64:ff9b:1::a9fe:a9fe": {never, never, never}, "2002:a9fe:a9fe::1": {never, never, never}, "2001:0:5db8:d822::5601:5601": {never, never, never},
		"fe80::1": {never, never, never}, "fe80::1%eth0": {never, never, never}, "febf::1": {never, never, never},
		"fd00:ec2::254": {never, never, never}, "fd20:ce::254": {never, never, never}, "100.100.100.200": {never, never, never},
		"168.63.129.16": {never, never, never}, "192.0.0.192": {never, never, never},
		"0.0.0.0": {never, never, never}, "0.1.2.3": {never, never, never}, "::": {never, never, never}, "::ffff:0.0.0.0": {never, never, never},
		"224.0.0.1": {never, never, never}, "239.255.255.255": {never, never, never}, "ff02::1": {never, never, never},
		"255.255.255.255": {never, never, never}, "240.0.0.1": {never, never, never},
		"64:ff9b::7f00:1": {never, never, never}, "2002:7f00:1::": {never, never, never}, "::127.0.0.1": {never, never, never},
	} {
		requireRefused := func(reach outbound.Reach, scheme, says string) {
			t.Helper()
			host := address
			if strings.Contains(host, ":") {
				host = "[" + strings.ReplaceAll(host, "%", "%25") + "]"
			}
			err := reach.CheckURL(scheme + "://" + host + "/path")
			if says == "" {
				require.NoError(t, err, "%s://%s", scheme, address)
				return
			}
			require.ErrorContains(t, err, says, "%s://%s", scheme, address)
			plain, _, _ := strings.Cut(netip.MustParseAddr(address).String(), "%")
			require.ErrorContains(t, err, plain)
		}
		requireRefused(outbound.Reach{}, "https", want.secure)
		requireRefused(outbound.Reach{}, "sftp", want.secure)
		requireRefused(outbound.Reach{}, "http", want.plain)
		requireRefused(outbound.Reach{Plain: true}, "http", want.secure)
		requireRefused(outbound.Reach{PublicOnly: true}, "https", want.publicOnly)
	}
}

func TestNamesInTheClear(t *testing.T) {
	t.Parallel()
	for address, refused := range map[string]bool{
		"http://shop.example.com": true, "http://localhost.example.com": true, "http://2130706433": true, "http://0x7f.1:80": true,
		"https://shop.example.com": false, "http://localhost:8080": false, "http://LOCALHOST": false, "http://shop.localhost/x": false,
	} {
		require.Equal(t, refused, outbound.Reach{}.CheckURL(address) != nil, address)
		require.NoError(t, outbound.Reach{Plain: true}.CheckURL(address), address)
	}
}

// leading makes a client whose names lead where the function says.
func leading(reach outbound.Reach, addresses func(string) []netip.Addr) *outbound.Client {
	reach.Resolver = outboundtest.Resolver(addresses)
	return outbound.NewClient(outbound.Limits{Reach: reach})
}

// TestNamesAreJudgedWhereTheyLead: whatever a name led to before, each connection is judged by the address that it is opened to.
func TestNamesAreJudgedWhereTheyLead(t *testing.T) {
	t.Parallel()
	var calls atomic.Int64
	server := serve(t, func(http.ResponseWriter, *http.Request) { calls.Add(1) })
	_, port, err := net.SplitHostPort(server.Listener.Addr().String())
	require.NoError(t, err)
	var lookups atomic.Int64
	rebinding := func(string) []netip.Addr {
		if lookups.Add(1) <= 2 { // of A and AAAA, for the first call
			return []netip.Addr{netip.MustParseAddr("127.0.0.1")}
		}
		return []netip.Addr{netip.MustParseAddr("169.254.169.254"), netip.MustParseAddr("::ffff:169.254.169.254"), netip.MustParseAddr("fd00:ec2::254")}
	}
	client := leading(outbound.Reach{}, rebinding)
	address := "http://shop.localhost:" + port
	_, err = post(t, client, address)
	require.NoError(t, err)
	require.Equal(t, int64(1), calls.Load())
	client.CloseIdle()
	_, err = post(t, client, address)
	require.ErrorIs(t, err, outbound.ErrRefused)
	require.ErrorIs(t, err, outbound.ErrNotSent)
	require.ErrorContains(t, err, "the name shop.localhost leads to")
	require.ErrorContains(t, err, "never called")
	requireClean(t, err)
	require.Equal(t, int64(1), calls.Load())
}

func TestACredentialDoesNotLeaveThisMachineInTheClear(t *testing.T) {
	t.Parallel()
	leads := outboundtest.Leads(map[string]string{"shop.localhost": "10.1.2.3"})
	_, err := post(t, leading(outbound.Reach{}, leads), "http://shop.localhost")
	require.ErrorIs(t, err, outbound.ErrRefused)
	require.ErrorContains(t, err, `"http://10.1.2.3" is not an https address`)
	requireClean(t, err)
	_, err = post(t, leading(outbound.Reach{PublicOnly: true, Plain: true}, leads), "http://shop.localhost")
	require.ErrorIs(t, err, outbound.ErrRefused)
	require.ErrorContains(t, err, "private_addresses")
}

// TestEveryKindOfConnectionIsJudged: a download, and what is no HTTP.
func TestEveryKindOfConnectionIsJudged(t *testing.T) {
	t.Parallel()
	reach := outbound.Reach{Resolver: outboundtest.Resolver(outboundtest.Leads(map[string]string{"files.test": "169.254.169.254"}))}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://files.test/x?key="+query, http.NoBody)
	require.NoError(t, err)
	response, err := outbound.Streaming{Timeout: time.Minute, Reach: reach}.Client().Do(request)
	if err == nil {
		_ = response.Body.Close()
	}
	err = outbound.Refused(err)
	require.ErrorIs(t, err, outbound.ErrRefused)
	requireClean(t, err)
	_, err = reach.Dial(t.Context(), time.Minute, "files.test:22")
	require.ErrorIs(t, err, outbound.ErrRefused)
	_, err = outbound.Reach{}.Dial(t.Context(), time.Minute, "[fe80::1%lo]:22")
	require.ErrorIs(t, err, outbound.ErrRefused)
	require.NoError(t, outbound.Refused(context.Canceled))
}

// TestProxiesOfTheEnvironmentAreNotUsed: one would be told the name, and nobody here would see where that leads.
func TestProxiesOfTheEnvironmentAreNotUsed(t *testing.T) {
	t.Parallel() // net/http reads the environment once in a process, so that a test cannot show it by a call
	require.False(t, outbound.NewClient(outbound.Limits{}).Proxied())
	require.False(t, outbound.Streaming{Timeout: time.Minute}.Client().Proxied())
}

// TestReachOfSettings: the setting, the credential, and the option that an address is from.
func TestReachOfSettings(t *testing.T) {
	t.Parallel()
	spec := settings.Spec{Driver: "example", Options: []settings.Option{
		{Name: "endpoint", Kind: settings.URL},
		{Name: "path", Kind: settings.String},
		{Name: "token", Kind: settings.Secret},
		{Name: "game", Kind: settings.Secret, Harmless: true},
		outbound.PrivateAddresses,
	}}
	for name, test := range map[string]struct {
		raw    map[string]any
		option string
		says   string
	}{
		"a store at home":    {raw: map[string]any{"endpoint": "https://10.0.0.7", "token": "env:T"}},
		"said to be allowed": {raw: map[string]any{"endpoint": "https://10.0.0.7", "private_addresses": "allow"}},
		"said to be refused": {
			map[string]any{"endpoint": "https://10.0.0.7", "private_addresses": "refuse"},
			"endpoint",
			"10.0.0.7 is a private address, and private_addresses is refuse",
		},
		"neither":                          {map[string]any{"private_addresses": "perhaps"}, "private_addresses", `"perhaps" is not one of allow, refuse`},
		"metadata":                         {map[string]any{"endpoint": "http://169.254.169.254/latest"}, "endpoint", "never called"},
		"a location of files":              {map[string]any{"path": "sftp://me@169.254.169.254/x"}, "path", "never called"},
		"a file":                           {raw: map[string]any{"path": "/169.254.169.254"}},
		"a credential in the clear":        {map[string]any{"endpoint": "http://shop.example.com", "token": "env:T"}, "endpoint", "in the clear"},
		"no credential":                    {raw: map[string]any{"endpoint": "http://shop.example.com"}},
		"a credential that protects noone": {raw: map[string]any{"endpoint": "http://sandbox:9470", "game": "env:T"}},
		"both mistakes": {
			map[string]any{"endpoint": "http://shop.example.com", "token": "env:T", "unknown": 1}, "endpoint", "in the clear",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, problems := spec.Check(test.raw)
			if test.says == "" {
				require.Empty(t, problems)
				return
			}
			require.NotEmpty(t, problems)
			require.Equal(t, test.option, problems[0].Option)
			require.Contains(t, problems[0].Message, test.says)
		})
	}
	values, problems := spec.Check(map[string]any{"endpoint": "https://Shop.Test", "token": "env:T"})
	require.Empty(t, problems)
	environment := settings.Environment{Resolver: outboundtest.Resolver(outboundtest.Leads(map[string]string{"shop.test": "0.0.0.0"}))}
	_, err := post(t, outbound.NewClient(outbound.Limits{Reach: outbound.ReachOf(spec, values, environment)}), "https://Shop.Test")
	require.ErrorContains(t, err, "the setting endpoint: the name Shop.Test leads to an address that is not called: 0.0.0.0 is an address of no host")
}

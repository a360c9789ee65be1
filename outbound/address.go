package outbound

import (
	"encoding/binary"
	"net/netip"
)

// class is what an address means for the rule of Reach.
type class int

const (
	public   class = iota
	private        // of a private network, allowed unless a setting refuses it
	loopback       // this machine: like a private address, and nothing that is sent leaves it
	never          // no store or warehouse can be there
)

// special are the networks that are not public, the narrow ones before those that hold them, with what they are called in errors.
// The cloud metadata services give credentials of the machine to whoever can be made to call them.
var special = []struct {
	network netip.Prefix
	class   class
	is      string
}{
	{netip.MustParsePrefix("100.100.100.200/32"), never, "the address of a cloud metadata service"}, // Alibaba Cloud
	{netip.MustParsePrefix("168.63.129.16/32"), never, "the address of a cloud metadata service"},   // Azure's wire server
	{netip.MustParsePrefix("192.0.0.192/32"), never, "the address of a cloud metadata service"},     // Oracle Cloud
	{netip.MustParsePrefix("fd00:ec2::/32"), never, "the address of a cloud metadata service"},      // AWS: metadata, time, DNS
	{netip.MustParsePrefix("fd20:ce::254/128"), never, "the address of a cloud metadata service"},   // Google Cloud
	{netip.MustParsePrefix("169.254.0.0/16"), never, "a link-local address, where cloud metadata services answer"},
	{netip.MustParsePrefix("fe80::/10"), never, "a link-local address"},
	{netip.MustParsePrefix("0.0.0.0/8"), never, "an address of no host"},
	{netip.MustParsePrefix("::/128"), never, "an address of no host"},
	{netip.MustParsePrefix("224.0.0.0/4"), never, "a multicast address"},
	{netip.MustParsePrefix("ff00::/8"), never, "a multicast address"},
	{netip.MustParsePrefix("255.255.255.255/32"), never, "the broadcast address"},
	{netip.MustParsePrefix("240.0.0.0/4"), never, "a reserved address"},

	{netip.MustParsePrefix("127.0.0.0/8"), loopback, "an address of this machine"},
	{netip.MustParsePrefix("::1/128"), loopback, "an address of this machine"},

	{netip.MustParsePrefix("10.0.0.0/8"), private, "a private address"},
	{netip.MustParsePrefix("172.16.0.0/12"), private, "a private address"},
	{netip.MustParsePrefix("192.168.0.0/16"), private, "a private address"},
	{netip.MustParsePrefix("100.64.0.0/10"), private, "a private address"}, // carriers, and overlay networks
	{netip.MustParsePrefix("198.18.0.0/15"), private, "a private address"}, // test networks
	{netip.MustParsePrefix("fc00::/7"), private, "a private address"},
	{netip.MustParsePrefix("fec0::/10"), private, "a private address"},

	{netip.MustParsePrefix("::/96"), never, "an obsolete form of an IPv4 address"},
}

// carriers are networks whose IPv6 addresses lead to an IPv4 address by a translator or a tunnel, and how that is read from them.
var carriers = []struct {
	network netip.Prefix
	inside  func(b [16]byte) uint32
}{
	{netip.MustParsePrefix("64:ff9b::/96"), last},                                                           // NAT64
	{netip.MustParsePrefix("64:ff9b:1::/48"), last},                                                         // NAT64 of a network's own
	{netip.MustParsePrefix("2002::/16"), func(b [16]byte) uint32 { return binary.BigEndian.Uint32(b[2:]) }}, // 6to4
	{netip.MustParsePrefix("2001::/32"), func(b [16]byte) uint32 { return ^last(b) }},                       // Teredo
}

func last(b [16]byte) uint32 { return binary.BigEndian.Uint32(b[12:]) }

// classify says what an address is, in the class and in words.
func classify(address netip.Addr) (class, string) {
	address = address.Unmap().WithZone("")
	if !address.IsValid() {
		return never, "not an address"
	}
	for _, carrier := range carriers {
		if !carrier.network.Contains(address) {
			continue
		}
		var four [4]byte
		binary.BigEndian.PutUint32(four[:], carrier.inside(address.As16()))
		inside, is := classify(netip.AddrFrom4(four))
		if inside == loopback { // of a machine that is not this one
			inside = never
		}
		return inside, is + " in another form"
	}
	for _, entry := range special {
		if entry.network.Contains(address) {
			return entry.class, entry.is
		}
	}
	return public, "a public address"
}

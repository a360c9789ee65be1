// Package outboundtest has what tests of drivers share about the addresses that they call: names that lead where a test says, and the
// addresses that every driver must refuse.
package outboundtest

import (
	"context"
	"encoding/binary"
	"io"
	"net"
	"net/netip"
	"strings"
)

// Resolver resolves names as a test says, and asks no server. The function is given the name without its last dot, once for every
// question; a name may lead elsewhere each time. What is not an address of the kind that is asked for is left out.
func Resolver(addresses func(name string) []netip.Addr) *net.Resolver {
	return &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		client, server := net.Pipe()
		go respond(server, addresses)
		return client, nil
	}}
}

// Leads is a function for Resolver with names that always lead to the same address.
func Leads(names map[string]string) func(string) []netip.Addr {
	return func(name string) []netip.Addr {
		if to, exists := names[name]; exists {
			return []netip.Addr{netip.MustParseAddr(to)}
		}
		return nil
	}
}

// The parts of the DNS that the responses need (RFC 1035, 4.1).
const (
	headerBytes = 12
	typeA       = 1
	typeAAAA    = 28
)

// answer answers the questions of a connection, each with its length before it, until it is closed.
func respond(server net.Conn, addresses func(string) []netip.Addr) {
	defer func() { _ = server.Close() }()
	for {
		var length [2]byte
		if _, err := io.ReadFull(server, length[:]); err != nil {
			return
		}
		query := make([]byte, binary.BigEndian.Uint16(length[:]))
		if _, err := io.ReadFull(server, query); err != nil || len(query) < headerBytes {
			return
		}
		reply := reply(query, addresses)
		if _, err := server.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(reply))), reply...)); err != nil {
			return
		}
	}
}

func reply(query []byte, addresses func(string) []netip.Addr) []byte {
	var labels []string
	at := headerBytes
	for query[at] != 0 {
		labels = append(labels, string(query[at+1:at+1+int(query[at])]))
		at += 1 + int(query[at])
	}
	kind := binary.BigEndian.Uint16(query[at+1:])
	question := query[headerBytes : at+5]
	var records []byte
	count := 0
	resolved := addresses(strings.ToLower(strings.Join(labels, ".")))
	for _, address := range resolved {
		if (kind == typeA) != address.Is4() || kind != typeA && kind != typeAAAA {
			continue
		}
		data := address.AsSlice()
		records = append(records, 0xc0, headerBytes) // the name of the question
		records = binary.BigEndian.AppendUint16(records, kind)
		records = append(records, 0, 1, 0, 0, 0, 0) // class IN, to be kept for no time
		records = binary.BigEndian.AppendUint16(records, uint16(len(data)))
		records = append(records, data...)
		count++
	}
	code := byte(0)
	if len(resolved) == 0 {
		code = 3 // there is no such name
	}
	made := append([]byte{query[0], query[1], 0x81, 0x80 | code, 0, 1, 0, byte(count), 0, 0, 0, 0}, question...)
	return append(made, records...)
}

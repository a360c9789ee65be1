package main

import (
	"fmt"
	"net"
)

// freePort finds a port that nothing listens on and that the kernel will not hand out again for a while.
//
// The server opens its ports itself, so there is a gap between finding a port and using it. A port with a
// connection in TIME_WAIT is not handed out for "any free port", yet can be listened on; so each port is
// found, connected to once, and closed from the listening side first.
func freePort(ip string) (int, error) {
	listener, err := net.Listen("tcp", hostPort(ip, 0))
	if err != nil {
		return 0, fmt.Errorf("no free port on %s: %w", ip, err)
	}
	defer listener.Close()
	address := listener.Addr().(*net.TCPAddr)

	dialled, err := net.Dial("tcp", hostPort(reachable(ip), address.Port))
	if err != nil {
		return 0, fmt.Errorf("reserve a port on %s: %w", ip, err)
	}
	defer dialled.Close()
	accepted, err := listener.Accept()
	if err != nil {
		return 0, fmt.Errorf("reserve a port on %s: %w", ip, err)
	}
	return address.Port, accepted.Close()
}

// requireFree says which flag to change when a port is taken.
func requireFree(flagName, ip string, port int) error {
	listener, err := net.Listen("tcp", hostPort(ip, port))
	if err != nil {
		return fmt.Errorf("cannot listen on %s: %w; stop what uses it or choose another %s", hostPort(ip, port), err, flagName)
	}
	return listener.Close()
}

// reachable is an address under which a listener on ip answers this machine.
func reachable(ip string) string {
	parsed := net.ParseIP(ip)
	switch {
	case parsed == nil || !parsed.IsUnspecified():
		return ip
	case parsed.To4() == nil:
		return "::1"
	default:
		return "127.0.0.1"
	}
}

package main

import (
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"net"
	"net/http"
	"strings"

	"github.com/tidemark/tidemark/settings"
)

// leastToken is the least length of the metrics token, in characters. starter serve asks for the same.
const leastToken = 16

// access says who may read the metrics. They are not public: they name merchants' connections and stores, and count their rows.
type access struct {
	token string // empty: anybody who can reach the address may read
	open  bool   // other machines may read without a token
}

// accessOf reads the token that --metrics-token refers to.
func accessOf(options options, environment settings.Environment) (access, error) {
	if options.metricsToken == "" {
		return access{open: options.openMetrics}, nil
	}
	secret, err := settings.Reference(options.metricsToken).Resolve(environment)
	if err != nil {
		return access{}, &startError{fmt.Errorf("--metrics-token: %w", err)}
	}
	token := secret.Reveal()
	if len(token) < leastToken {
		return access{}, &startError{fmt.Errorf("the metrics token has %d characters; expected %d at least, random ones", len(token), leastToken)}
	}
	return access{token: token}, nil
}

// check refuses an address that other machines can reach, unless there is a token or --open-metrics.
func (a access) check(address string) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return &startError{fmt.Errorf("--listen %q is not an address like %s", address, ListenAddress)}
	}
	ip := net.ParseIP(host)
	if loopback := host == "localhost" || ip != nil && ip.IsLoopback(); loopback || a.token != "" || a.open {
		return nil
	}
	return &startError{fmt.Errorf(
		"%s can be reached from other machines, and there is no token for /metrics; give one with --metrics-token env:NAME, allow everybody with "+
			"--open-metrics, or listen on %s",
		address, ListenAddress)}
}

// guard serves requests that carry the token.
func (a access) guard(next http.Handler) http.Handler {
	if a.token == "" {
		return next
	}
	want := sha256.Sum256([]byte(a.token))
	return http.HandlerFunc(func(response http.ResponseWriter, request *http.Request) {
		scheme, given, _ := strings.Cut(request.Header.Get("Authorization"), " ")
		sum := sha256.Sum256([]byte(strings.TrimSpace(given)))
		if !strings.EqualFold(scheme, "bearer") || subtle.ConstantTimeCompare(sum[:], want[:]) != 1 {
			response.Header().Set("WWW-Authenticate", "Bearer")
			http.Error(response, "reading the metrics needs the token", http.StatusUnauthorized)
			return
		}
		next.ServeHTTP(response, request)
	})
}

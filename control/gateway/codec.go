package gateway

import (
	"net"
	"net/http"
	"slices"

	"go.temporal.io/sdk/converter"
)

// mostRequestBytes bounds a request to the codec endpoint. The Web UI sends the payloads of a page of a history at once, each of 2 MiB at most.
const mostRequestBytes = 64 << 20

// CodecHandler decrypts payloads for Temporal's tools, as their codec endpoint: POST …/decode. It is for loopback only, where it gives nobody more than
// the keys do, which the user who starts it can read anyway. It refuses requests to other host names, which protects against DNS rebinding. Of pages in
// browsers, only those of the origins ("http://localhost:8233") may read its responses. It does not encrypt: programs that send to Temporal through
// Tidemark have the keys themselves.
func CodecHandler(keys *Keys, origins []string) http.Handler {
	decoder := converter.NewPayloadCodecHTTPHandler(keys)
	mux := http.NewServeMux()
	mux.HandleFunc("POST /decode", func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, mostRequestBytes)
		decoder.ServeHTTP(w, r)
	})
	mux.HandleFunc("OPTIONS /decode", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Access-Control-Allow-Methods", http.MethodPost)
		w.Header().Set("Access-Control-Allow-Headers", "Content-Type, X-Namespace, Authorization")
		w.WriteHeader(http.StatusNoContent)
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Vary", "Origin")
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		switch origin := r.Header.Get("Origin"); {
		case !namesLoopback(r.Host):
			http.Error(w, "this is for loopback alone", http.StatusForbidden)
			return
		case origin == "": // no browser's page: the temporal command
		case !slices.Contains(origins, origin):
			http.Error(w, "this page is not one that may read payloads; name its origin with --web-ui", http.StatusForbidden)
			return
		default:
			w.Header().Set("Access-Control-Allow-Origin", origin)
		}
		mux.ServeHTTP(w, r)
	})
}

// namesLoopback is true for a Host header that names loopback: localhost or a loopback address, which nobody can make another name point to.
func namesLoopback(host string) bool {
	name := host
	if hostname, _, err := net.SplitHostPort(host); err == nil {
		name = hostname
	}
	ip := net.ParseIP(name)
	return name == "localhost" || ip != nil && ip.IsLoopback()
}

package control

import (
	"net/http"

	"github.com/tidemark/tidemark/control/gateway"
)

// CodecHandler decrypts payloads for Temporal's Web UI, whose pages have the given origins, and for the temporal command; see
// gateway.CodecHandler. Without keys in the environment nothing is sealed, which is a *UsageError.
func CodecHandler(origins []string) (http.Handler, error) {
	keys, err := gateway.ProcessKeys()
	switch {
	case err != nil:
		return nil, usage("%v", err)
	case keys == nil:
		return nil, usage("nothing is sealed: %s is not set; it refers to the keys that the workers have, as file:/path or env:NAME", gateway.KeysVariable)
	}
	return gateway.CodecHandler(keys, origins), nil
}

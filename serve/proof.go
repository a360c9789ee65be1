package serve

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"hash"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/tidemark/tidemark/ledger"
)

// The headers by which a sender proves who it is.
const (
	headerID        = "Webhook-Id"
	headerTimestamp = "Webhook-Timestamp"
	headerSignature = "Webhook-Signature"

	headerShipHeroHMAC    = "X-Shiphero-Hmac-Sha256"
	headerShipHeroMessage = "X-Shiphero-Message-Id"
)

const (
	// tolerance is how far the time of a signed request may lie from ours, in both directions.
	tolerance = 5 * time.Minute

	mostSignatureBytes = 4096
	mostSignatures     = 16  // in one header: a sender that rotates keys sends two
	mostIDBytes        = 255 // of an event
	mostRequestID      = 250 // of a request: its events are numbered behind it

	leastSecretBytes = 24 // of a Standard Webhooks secret, as the specification asks for
	leastTextKey     = 16 // characters of a key that is used as it is written
)

// Why a sender is not believed, for our log only: the sender is told nothing.
var (
	errNoProof   = errors.New("the proof is missing or malformed")
	errTimestamp = errors.New("the timestamp is more than five minutes away; the sender's clock is wrong, or the request is a replay")
	errSignature = errors.New("no key fits")
)

// secretKey makes the key of a hook's secret. Its errors never hold the secret.
func secretKey(format ledger.HookFormat, secret string) ([]byte, error) {
	switch format {
	case ledger.HookStandard:
		return standardKey(secret)
	case ledger.HookShipHero, ledger.HookBearer:
		if len(secret) < leastTextKey {
			return nil, fmt.Errorf("the key has %d characters; expected %d at least, random ones", len(secret), leastTextKey)
		}
		return []byte(secret), nil
	}
	return nil, fmt.Errorf("this program does not know the format %q; it may be older than the one that applied the configuration", format)
}

// standardKey decodes a secret of the Standard Webhooks specification: "whsec_" and at least 24 bytes in base64.
//
// The specification's reference library is not used: its tagged Go release (v0.0.1) takes an empty secret, with which anybody can
// sign, and a sign before the timestamp. The scheme is a few lines.
func standardKey(secret string) ([]byte, error) {
	coded, ok := strings.CutPrefix(secret, "whsec_")
	if !ok {
		return nil, errors.New("the key does not begin with whsec_; make one with: echo whsec_$(head -c 32 /dev/urandom | base64)")
	}
	key, err := base64.StdEncoding.Strict().DecodeString(coded)
	if err != nil {
		return nil, errors.New("what follows whsec_ in the key is not base64; it was perhaps cut")
	}
	if len(key) < leastSecretBytes {
		return nil, fmt.Errorf("the key has %d bytes behind whsec_; expected %d at least, random ones", len(key), leastSecretBytes)
	}
	return key, nil
}

// proof is what a sender brought to show who it is. The body that it signed is written to it, then it holds or not; a proof that
// needs no body holds at once.
type proof struct {
	id    string    // what the sender calls the request; empty where it has no name
	at    time.Time // when it was signed; zero where that is not signed
	macs  []hash.Hash
	given [][]byte
	held  bool // without a body
}

// newProof reads the headers of a request. What can be refused before the body is read is refused here.
func newProof(hook *hook, header http.Header, now time.Time) (*proof, error) {
	switch hook.format {
	case ledger.HookStandard:
		return standardProof(hook.keys, header, now)
	case ledger.HookShipHero:
		mac, ok := decodeMAC(only(header, headerShipHeroHMAC))
		if !ok {
			return nil, errNoProof
		}
		return &proof{id: only(header, headerShipHeroMessage), macs: macsOf(hook.keys, ""), given: [][]byte{mac}}, nil
	default:
		if !bearer(header, hook.keys) {
			return nil, errSignature
		}
		return &proof{id: only(header, headerID), held: true}, nil
	}
}

// standardProof reads the three headers of Standard Webhooks.
func standardProof(keys [][]byte, header http.Header, now time.Time) (*proof, error) {
	id, stamp := only(header, headerID), only(header, headerTimestamp)
	seconds, err := strconv.ParseUint(stamp, 10, 63) // no sign, which ParseInt would take
	// A dot in the id would let the same signed bytes be read with another border between id, time and body.
	if id == "" || len(id) > mostRequestID || strings.Contains(id, ".") || err != nil || len(stamp) > len("9999999999") {
		return nil, errNoProof
	}
	given := signatures(only(header, headerSignature))
	if len(given) == 0 {
		return nil, errNoProof
	}
	at := time.Unix(int64(seconds), 0).UTC()
	if at.Before(now.Add(-tolerance)) || at.After(now.Add(tolerance)) {
		return nil, errTimestamp
	}
	return &proof{id: id, at: at, macs: macsOf(keys, id+"."+stamp+"."), given: given}, nil
}

// signatures are those of a webhook-signature header that we can check: "v1,BASE64", several with a space between them. Others, as
// v1a for a public key, are passed over. A header that is too long is taken for none.
func signatures(header string) [][]byte {
	if len(header) > mostSignatureBytes {
		return nil
	}
	var found [][]byte
	for part := range strings.SplitSeq(header, " ") {
		coded, ok := strings.CutPrefix(part, "v1,")
		if !ok {
			continue
		}
		mac, ok := decodeMAC(coded)
		if !ok {
			continue
		}
		if found = append(found, mac); len(found) > mostSignatures {
			return nil
		}
	}
	return found
}

// decodeMAC reads a MAC in base64, in the one form in which it can be written: the decoder would pass over line ends.
func decodeMAC(coded string) ([]byte, bool) {
	if len(coded) != base64.StdEncoding.EncodedLen(sha256.Size) {
		return nil, false
	}
	mac, err := base64.StdEncoding.Strict().DecodeString(coded)
	return mac, err == nil && len(mac) == sha256.Size
}

// macsOf begins a MAC for each key.
func macsOf(keys [][]byte, prefix string) []hash.Hash {
	macs := make([]hash.Hash, len(keys))
	for i, key := range keys {
		macs[i] = hmac.New(sha256.New, key)
		_, _ = macs[i].Write([]byte(prefix)) // a hash takes everything
	}
	return macs
}

// Write takes in a part of the signed body.
func (p *proof) Write(part []byte) (int, error) {
	for _, mac := range p.macs {
		_, _ = mac.Write(part) // a hash takes everything
	}
	return len(part), nil
}

// holds tells whether a signature is that of a key. It takes as long for a wrong one as for the right one.
func (p *proof) holds() bool {
	found := 0
	for _, mac := range p.macs {
		expected := mac.Sum(nil)
		for _, given := range p.given {
			found |= subtle.ConstantTimeCompare(expected, given)
		}
	}
	return p.held || found == 1
}

// bearer tells whether a request carries one of the keys. Digests are compared, so that the time does not even tell the length.
func bearer(header http.Header, keys [][]byte) bool {
	scheme, token, _ := strings.Cut(only(header, "Authorization"), " ")
	given, found := sha256.Sum256([]byte(token)), 0
	for _, key := range keys {
		expected := sha256.Sum256(key)
		found |= subtle.ConstantTimeCompare(expected[:], given[:])
	}
	return found == 1 && strings.EqualFold(scheme, "Bearer")
}

// only returns a header that is given once; one that is given twice could be read in two ways, so it is none.
func only(header http.Header, name string) string {
	if values := header.Values(name); len(values) == 1 {
		return values[0]
	}
	return ""
}

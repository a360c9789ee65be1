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

// The headers with which a sender authenticates.
const (
	headerID        = "Webhook-Id"
	headerTimestamp = "Webhook-Timestamp"
	headerSignature = "Webhook-Signature"

	headerShipHeroHMAC    = "X-Shiphero-Hmac-Sha256"
	headerShipHeroMessage = "X-Shiphero-Message-Id"
)

const (
	// tolerance is the largest difference between the time of a signed request and our time, in both directions.
	tolerance = 5 * time.Minute

	maxSignatureBytes = 4096
	maxSignatures     = 16  // in one header; a sender that rotates keys sends two
	maxIDBytes        = 255 // of an event
	maxRequestIDBytes = 250 // of a request; event ids append a number to it

	minSecretBytes   = 24 // of a Standard Webhooks secret, as the specification requires
	minTextKeyLength = 16 // characters of a key that is used as text
)

// The reasons why a proof is not valid. They are for the log only; the sender does not get them.
var (
	errNoProof   = errors.New("the proof is missing or malformed")
	errTimestamp = errors.New("the timestamp is more than five minutes off; the sender's clock is wrong, or the request is a replay")
	errSignature = errors.New("no key verifies the signature")
)

// secretKey returns the key in a hook's secret. Its errors never contain the secret.
func secretKey(format ledger.HookFormat, secret string) ([]byte, error) {
	switch format {
	case ledger.HookStandard:
		return standardKey(secret)
	case ledger.HookShipHero, ledger.HookBearer:
		if len(secret) < minTextKeyLength {
			return nil, fmt.Errorf("the key has %d characters; expected at least %d random characters", len(secret), minTextKeyLength)
		}
		return []byte(secret), nil
	}
	return nil, fmt.Errorf("this program does not know the format %q; it may be older than the program that applied the configuration", format)
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
		return nil, errors.New("the key is not base64 after whsec_; it may have been cut")
	}
	if len(key) < minSecretBytes {
		return nil, fmt.Errorf("the key has %d bytes after whsec_; expected at least %d random bytes", len(key), minSecretBytes)
	}
	return key, nil
}

// proof authenticates one request. A proof by signature needs the signed body: write the body to it, then call valid. A bearer token is
// proven without the body.
type proof struct {
	id         string    // the id of the request; empty if it has none
	at         time.Time // when it was signed; zero if the time is not signed
	macs       []hash.Hash
	signatures [][]byte // that the sender sent; one must be the MAC of a key
	proven     bool     // by a bearer token, without the body
}

// newProof reads the proof in the headers of a request. It refuses what can be refused before the body is read.
func newProof(hook *hook, header http.Header, now time.Time) (*proof, error) {
	switch hook.format {
	case ledger.HookStandard:
		return standardProof(hook.keys, header, now)
	case ledger.HookShipHero:
		mac, ok := decodeMAC(single(header, headerShipHeroHMAC))
		if !ok {
			return nil, errNoProof
		}
		return &proof{id: single(header, headerShipHeroMessage), macs: macsOf(hook.keys, ""), signatures: [][]byte{mac}}, nil
	default:
		if !bearer(header, hook.keys) {
			return nil, errSignature
		}
		return &proof{id: single(header, headerID), proven: true}, nil
	}
}

// standardProof reads the three headers of Standard Webhooks.
func standardProof(keys [][]byte, header http.Header, now time.Time) (*proof, error) {
	id, stamp := single(header, headerID), single(header, headerTimestamp)
	seconds, err := strconv.ParseUint(stamp, 10, 63) // ParseInt would accept a sign
	// With a dot in the id, the same signed bytes could be split differently into id, time and body.
	if id == "" || len(id) > maxRequestIDBytes || strings.Contains(id, ".") || err != nil || len(stamp) > len("9999999999") {
		return nil, errNoProof
	}
	signed := signatures(single(header, headerSignature))
	if len(signed) == 0 {
		return nil, errNoProof
	}
	at := time.Unix(int64(seconds), 0).UTC()
	if at.Before(now.Add(-tolerance)) || at.After(now.Add(tolerance)) {
		return nil, errTimestamp
	}
	return &proof{id: id, at: at, macs: macsOf(keys, id+"."+stamp+"."), signatures: signed}, nil
}

// signatures parses a webhook-signature header: "v1,BASE64", several with a space between them. Other versions, like v1a for a public key,
// are ignored. A header that is too long counts as none.
func signatures(header string) [][]byte {
	if len(header) > maxSignatureBytes {
		return nil
	}
	var macs [][]byte
	for part := range strings.SplitSeq(header, " ") {
		coded, ok := strings.CutPrefix(part, "v1,")
		if !ok {
			continue
		}
		mac, ok := decodeMAC(coded)
		if !ok {
			continue
		}
		if macs = append(macs, mac); len(macs) > maxSignatures {
			return nil
		}
	}
	return macs
}

// decodeMAC decodes a MAC in base64. It checks the length first, because the decoder ignores line breaks.
func decodeMAC(coded string) ([]byte, bool) {
	if len(coded) != base64.StdEncoding.EncodedLen(sha256.Size) {
		return nil, false
	}
	mac, err := base64.StdEncoding.Strict().DecodeString(coded)
	return mac, err == nil && len(mac) == sha256.Size
}

// macsOf starts an HMAC for each key.
func macsOf(keys [][]byte, prefix string) []hash.Hash {
	macs := make([]hash.Hash, len(keys))
	for i, key := range keys {
		macs[i] = hmac.New(sha256.New, key)
		_, _ = macs[i].Write([]byte(prefix)) // never fails
	}
	return macs
}

// Write adds a part of the signed body.
func (p *proof) Write(part []byte) (int, error) {
	for _, mac := range p.macs {
		_, _ = mac.Write(part) // never fails
	}
	return len(part), nil
}

// valid is true if one of the signatures is the MAC of one of the keys. It takes the same time for wrong and right signatures.
func (p *proof) valid() bool {
	matches := 0
	for _, mac := range p.macs {
		expected := mac.Sum(nil)
		for _, mac := range p.signatures {
			matches |= subtle.ConstantTimeCompare(expected, mac)
		}
	}
	return p.proven || matches == 1
}

// bearer is true if a request carries one of the keys as a bearer token. It compares digests, so that the time does not reveal the length.
func bearer(header http.Header, keys [][]byte) bool {
	scheme, token, _ := strings.Cut(single(header, "Authorization"), " ")
	digest, matches := sha256.Sum256([]byte(token)), 0
	for _, key := range keys {
		expected := sha256.Sum256(key)
		matches |= subtle.ConstantTimeCompare(expected[:], digest[:])
	}
	return matches == 1 && strings.EqualFold(scheme, "Bearer")
}

// single returns the value of a header that occurs once. A header that occurs twice is ambiguous and counts as missing.
func single(header http.Header, name string) string {
	if values := header.Values(name); len(values) == 1 {
		return values[0]
	}
	return ""
}

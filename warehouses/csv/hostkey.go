package csv

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/ssh"

	"github.com/tidemark/tidemark/warehouses"
)

// hostKeyAlgorithms are the ways in which a server may prove who it is, by the type of its key, the preferred first.
// ssh-dss and RSA with SHA-1 are not among them.
var hostKeyAlgorithms = []struct {
	keyType    string
	algorithms []string
}{
	{ssh.KeyAlgoED25519, []string{ssh.KeyAlgoED25519}},
	{ssh.KeyAlgoECDSA256, []string{ssh.KeyAlgoECDSA256}},
	{ssh.KeyAlgoECDSA384, []string{ssh.KeyAlgoECDSA384}},
	{ssh.KeyAlgoECDSA521, []string{ssh.KeyAlgoECDSA521}},
	{ssh.KeyAlgoRSA, []string{ssh.KeyAlgoRSASHA512, ssh.KeyAlgoRSASHA256}},
}

// hostKey is what the setting host_key pins; the zero value pins nothing, so that no server is let through.
type hostKey struct {
	key         ssh.PublicKey // nil when only the fingerprint is known
	fingerprint string        // as ssh-keygen writes it: SHA256:…
}

func newHostKey(text string) (hostKey, error) {
	text = strings.TrimSpace(text)
	switch encoded, isFingerprint := strings.CutPrefix(text, "SHA256:"); {
	case text == "":
		return hostKey{}, nil
	case isFingerprint:
		if sum, err := base64.RawStdEncoding.DecodeString(encoded); err != nil || len(sum) != 32 {
			return hostKey{}, errors.New("the setting host_key is not a whole fingerprint: SHA256: is followed by 43 characters")
		}
		return hostKey{fingerprint: text}, nil
	}
	key, _, options, rest, err := ssh.ParseAuthorizedKey([]byte(text))
	if err != nil || len(options) > 0 || len(rest) > 0 {
		return hostKey{}, errors.New(`the setting host_key is neither one public key, like "ssh-ed25519 AAAA…", nor a fingerprint, like SHA256:…`)
	}
	pinned := hostKey{key: key, fingerprint: ssh.FingerprintSHA256(key)}
	if len(pinned.algorithms()) == 0 {
		return hostKey{}, fmt.Errorf("the setting host_key: a key of type %s is not accepted; use one of type ssh-ed25519, ecdsa or ssh-rsa", key.Type())
	}
	return pinned, nil
}

// algorithms are what the server is asked to prove itself with: by the pinned key where it is known.
func (h hostKey) algorithms() []string {
	var algorithms []string
	for _, candidate := range hostKeyAlgorithms {
		if h.key == nil || h.key.Type() == candidate.keyType {
			algorithms = append(algorithms, candidate.algorithms...)
		}
	}
	return algorithms
}

// check compares the key of a server. Its error shows the server's fingerprint, for a person to compare.
func (h hostKey) check(host string, offered ssh.PublicKey) error {
	fingerprint := ssh.FingerprintSHA256(offered)
	switch {
	case h.fingerprint == "":
		return warehouses.NeedsPerson(nil, "the SFTP server %s is not known: it offers the host key %s %s. Compare that with what its operator publishes or tells "+
			"you, and if they are the same, set host_key: %q; "+
			"until then nothing is sent to it", host, offered.Type(), fingerprint, fingerprint)
	case h.key != nil && bytes.Equal(h.key.Marshal(), offered.Marshal()), h.key == nil && h.fingerprint == fingerprint:
		return nil
	}
	return warehouses.NeedsPerson(nil,
		"the SFTP server %s is not the one that host_key names: it offers the host key %s %s, expected %s. No credential was sent to it. "+
			"Ask its operator whether its key was replaced, and correct host_key only if so; otherwise somebody may stand between", host, offered.Type(), fingerprint,
		h.fingerprint)
}

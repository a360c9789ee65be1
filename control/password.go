package control

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"
)

// Passwords are kept as argon2id in the PHC string format: $argon2id$v=19$m=19456,t=2,p=1$SALT$HASH. The parameters are those that OWASP's Password
// Storage Cheat Sheet recommends (19 MiB of memory, 2 passes, 1 lane); they stand in the hash, so that others may be chosen later.
const (
	passwordMemory = 19 << 10 // KiB
	passwordPasses = 2
	passwordLanes  = 1
	saltBytes      = 16
	hashBytes      = 32
	// mostPasswordMemory and mostPasswordPasses bound what a hash in the ledger may ask for.
	mostPasswordMemory = 256 << 10 // KiB
	mostPasswordPasses = 16
	// hashesAtOnce bounds the memory that sign-ins use: 4 × 19 MiB.
	hashesAtOnce = 4

	// leastPassword is what NIST SP 800-63B-4 (3.1.1.2) asks of a password that is used alone, in characters.
	leastPassword = 15
	mostPassword  = 256 // bytes
)

// hashing lets a few goroutines hash passwords at once; the others wait. newHashing makes it.
type hashing struct{ slots chan struct{} }

func newHashing() *hashing { return &hashing{slots: make(chan struct{}, hashesAtOnce)} }

// do calls hash when a slot is free, or returns the error of a context that ended first.
func (h *hashing) do(ctx context.Context, hash func()) error {
	select {
	case h.slots <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-h.slots }()
	hash()
	return nil
}

// checkPassword refuses a password that is too short, too long or one text repeated. It does not ask for kinds of characters.
func checkPassword(name, password string) error {
	switch {
	case !utf8.ValidString(password) || strings.ContainsAny(password, "\x00\r\n"):
		return usage("the password has bytes that no keyboard writes")
	case utf8.RuneCountInString(password) < leastPassword:
		return usage("the password has fewer than %d characters; a few words do, like those of a sentence", leastPassword)
	case len(password) > mostPassword:
		return usage("the password has more than %d bytes", mostPassword)
	case strings.Trim(password, password[:1]) == "", strings.ReplaceAll(strings.ToLower(password), name, "") == "":
		return usage("the password is one character, or the name, over and over")
	}
	return nil
}

// GeneratePassword makes a password of 125 random bits, in letters and digits that are not mistaken for each other.
func GeneratePassword() string {
	letters := strings.ToLower(rand.Text()[:25])
	var groups []string
	for ; letters != ""; letters = letters[5:] {
		groups = append(groups, letters[:5])
	}
	return strings.Join(groups, "-")
}

// newToken is a random 256-bit token, as text that may stand in a cookie and a URL.
func newToken() string {
	random := make([]byte, 32)
	_, _ = rand.Read(random) // it never fails
	return base64.RawURLEncoding.EncodeToString(random)
}

// bytesOf is what is hashed of a password: its Unicode normal form C, because keyboards write some characters in several forms. NIST SP 800-63B-4
// (3.1.1.2) asks for it.
func bytesOf(password string) []byte { return norm.NFC.Bytes([]byte(password)) }

// hashPassword is the hash of a password in the PHC string format, with a random salt.
func hashPassword(password string) string {
	salt := make([]byte, saltBytes)
	_, _ = rand.Read(salt) // it never fails
	hash := argon2.IDKey(bytesOf(password), salt, passwordPasses, passwordMemory, passwordLanes, hashBytes)
	return phc(passwordMemory, passwordPasses, passwordLanes, salt, hash)
}

func phc(memory, passes uint32, lanes uint8, salt, hash []byte) string {
	text := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, memory, passes, lanes, text.EncodeToString(salt), text.EncodeToString(hash))
}

var errPasswordHash = errors.New("the ledger has a password hash that cannot be read; set the password anew: starter people reset NAME")

// verifyPassword is true for the password that the encoded hash was made of. It takes as long for any other.
func verifyPassword(encoded, password string) (bool, error) {
	var version, memory, passes uint32
	var lanes uint8
	parts := strings.Split(encoded, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" {
		return false, errPasswordHash
	}
	if _, err := fmt.Sscanf(parts[2]+" "+parts[3], "v=%d m=%d,t=%d,p=%d", &version, &memory, &passes, &lanes); err != nil {
		return false, errPasswordHash
	}
	salt, badSalt := base64.RawStdEncoding.DecodeString(parts[4])
	hash, badHash := base64.RawStdEncoding.DecodeString(parts[5])
	bounded := version == argon2.Version && memory >= 8 && memory <= mostPasswordMemory && passes >= 1 && passes <= mostPasswordPasses && lanes == passwordLanes
	if badSalt != nil || badHash != nil || !bounded || len(salt) < 8 || len(hash) != hashBytes {
		return false, errPasswordHash
	}
	computed := argon2.IDKey(bytesOf(password), salt, passes, memory, lanes, hashBytes)
	return subtle.ConstantTimeCompare(computed, hash) == 1, nil
}

// nobodysHash takes as long to verify as a person's hash, and no password matches it.
var nobodysHash = phc(passwordMemory, passwordPasses, passwordLanes, make([]byte, saltBytes), make([]byte, hashBytes))

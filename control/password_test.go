package control

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPasswordHashes(t *testing.T) {
	t.Parallel()
	hash := hashPassword("correct horse battery")
	require.Regexp(t, `^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$`, hash)
	require.NotEqual(t, hash, hashPassword("correct horse battery"), "each has a salt of its own")
	for password, want := range map[string]bool{"correct horse battery": true, "correct horse batterz": false, "": false, "correct horse battery ": false} {
		right, err := verifyPassword(hash, password)
		require.NoError(t, err)
		require.Equal(t, want, right, password)
	}
	// Made with the reference implementation: echo -n password | argon2 somesalt -id -t 2 -k 65536 -p 1 -l 32 -e
	right, err := verifyPassword("$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc", "password")
	require.NoError(t, err)
	require.True(t, right, "other parameters, as the hash says")
	right, err = verifyPassword(hashPassword("caf\u00e9 au lait, s'il vous plait"), "cafe\u0301 au lait, s'il vous plait")
	require.NoError(t, err)
	require.True(t, right, "one keyboard writes é as one character, another as two")
	for _, password := range []string{"", "password", "\x00"} {
		right, err = verifyPassword(nobodysHash, password)
		require.NoError(t, err)
		require.False(t, right)
	}
	for _, broken := range []string{
		"", "secret", "$argon2i$v=19$m=19456,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
		"$argon2id$v=18$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
		"$argon2id$v=19$m=4294967295,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
		"$argon2id$v=19$m=65536,t=0,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
		"$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$", "$argon2id$v=19$m=65536,t=2,p=1$$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
	} {
		right, err := verifyPassword(broken, "")
		require.ErrorIs(t, err, errPasswordHash, broken)
		require.False(t, right, broken)
	}
}

func TestWhichPasswordsAreTaken(t *testing.T) {
	t.Parallel()
	for password, want := range map[string]string{
		"correct horse battery": "", "fifteen-letters": "", "éééééééééééééàà": "", "pass word pass word": "",
		"": "fewer than 15", "fourteen-chars": "fewer than 15", strings.Repeat("ab", 129): "more than 256 bytes", strings.Repeat("a", 20): "over and over",
		"annannannannAnn": "over and over", "a tab is allowed\t": "", "a line is not\nso": "no keyboard", "correct horse \xff battery": "no keyboard",
	} {
		err := checkPassword("ann", password)
		if want == "" {
			require.NoError(t, err, password)
		} else {
			require.ErrorContains(t, err, want, password)
		}
	}
	made := GeneratePassword()
	require.Regexp(t, `^([a-z2-7]{5}-){4}[a-z2-7]{5}$`, made)
	require.NoError(t, checkPassword("ann", made))
	require.NotEqual(t, made, GeneratePassword())
	require.Len(t, newToken(), 43, "256 bits")
}

// At most a few passwords are hashed at once, whoever asks, and who waits may leave.
func TestHashingIsBounded(t *testing.T) {
	t.Parallel()
	h := newHashing()
	release, began := make(chan struct{}), make(chan struct{}, hashesAtOnce)
	ended := make(chan error, hashesAtOnce)
	for range hashesAtOnce {
		go func() {
			ended <- h.do(t.Context(), func() { began <- struct{}{}; <-release })
		}()
	}
	for range hashesAtOnce {
		<-began
	}
	gone, leave := context.WithCancel(t.Context())
	leave()
	require.ErrorIs(t, h.do(gone, func() { t.Error("one too many is hashed") }), context.Canceled)
	close(release)
	for range hashesAtOnce {
		require.NoError(t, <-ended)
	}
	require.NoError(t, h.do(t.Context(), func() {}))
}

package serve

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/ledger"
)

// The test vector of the specification's reference libraries.
const (
	vectorID        = "msg_p5jXN8AQM9LWM0D4loKWxJek"
	vectorBody      = `{"test": 2432232314}`
	vectorSignature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
)

var vectorTime = time.Unix(1614265330, 0)

func keyOf(t testing.TB, format ledger.HookFormat, name string) []byte {
	t.Helper()
	key, err := secretKey(format, secrets[name])
	require.NoError(t, err)
	return key
}

// checkRefused tells whether a body is believed.
func checkRefused(setup *hook, header http.Header, at time.Time, body string) error {
	given, err := newProof(setup, header, at)
	if err != nil {
		return err
	}
	for _, part := range []string{body[:len(body)/2], body[len(body)/2:]} {
		if _, err := given.Write([]byte(part)); err != nil {
			return err
		}
	}
	if !given.valid() {
		return errSignature
	}
	return nil
}

func standardHeader(id, stamp, signature string) http.Header {
	return http.Header{headerID: {id}, headerTimestamp: {stamp}, headerSignature: {signature}}
}

func TestStandardSignatures(t *testing.T) {
	t.Parallel()
	const stamp = "1614265330"
	wrong := "v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc="
	both := [][]byte{keyOf(t, ledger.HookStandard, "OTHER"), keyOf(t, ledger.HookStandard, "KEY")}
	for name, test := range map[string]struct {
		header http.Header
		at     time.Time // zero: the vector's
		body   string    // empty: the vector's
		keys   [][]byte  // nil: the vector's, behind another
		want   error
	}{
		"the vector of the specification": {header: standardHeader(vectorID, stamp, vectorSignature)},
		"several signatures":              {header: standardHeader(vectorID, stamp, wrong+" v2,"+vectorSignature[3:]+" "+vectorSignature+" "+wrong)},
		"the new key only":                {header: standardHeader(vectorID, stamp, vectorSignature), keys: both[:1], want: errSignature},
		"another body":                    {header: standardHeader(vectorID, stamp, vectorSignature), body: vectorBody + " ", want: errSignature},
		"another id":                      {header: standardHeader("msg_other", stamp, vectorSignature), want: errSignature},
		"another time":                    {header: standardHeader(vectorID, "1614265331", vectorSignature), want: errSignature},
		"another signature":               {header: standardHeader(vectorID, stamp, wrong), want: errSignature},
		"no id":                           {header: http.Header{headerTimestamp: {stamp}, headerSignature: {vectorSignature}}, want: errNoProof},
		"no time":                         {header: http.Header{headerID: {vectorID}, headerSignature: {vectorSignature}}, want: errNoProof},
		"no signature":                    {header: http.Header{headerID: {vectorID}, headerTimestamp: {stamp}}, want: errNoProof},
		"the id twice": {
			header: http.Header{headerID: {vectorID, vectorID}, headerTimestamp: {stamp}, headerSignature: {vectorSignature}},
			want:   errNoProof,
		},
		"an id with a dot":                 {header: standardHeader("msg.1", stamp, vectorSignature), want: errNoProof},
		"an id without end":                {header: standardHeader(strings.Repeat("m", 300), stamp, vectorSignature), want: errNoProof},
		"a sign before the time":           {header: standardHeader(vectorID, "+"+stamp, vectorSignature), want: errNoProof},
		"a time in words":                  {header: standardHeader(vectorID, "now", vectorSignature), want: errNoProof},
		"a time in milliseconds":           {header: standardHeader(vectorID, stamp+"000", vectorSignature), want: errNoProof},
		"a truncated signature":            {header: standardHeader(vectorID, stamp, vectorSignature[:len(vectorSignature)-5]), want: errNoProof},
		"an empty signature":               {header: standardHeader(vectorID, stamp, "v1,"), want: errNoProof},
		"a signature without its version":  {header: standardHeader(vectorID, stamp, vectorSignature[3:]), want: errNoProof},
		"a signature for a public key":     {header: standardHeader(vectorID, stamp, "v1a,"+vectorSignature[3:]), want: errNoProof},
		"signatures with commas between":   {header: standardHeader(vectorID, stamp, wrong+","+vectorSignature), want: errNoProof},
		"signatures without end":           {header: standardHeader(vectorID, stamp, strings.Repeat(vectorSignature+" ", 200)), want: errNoProof},
		"more signatures than keys":        {header: standardHeader(vectorID, stamp, strings.Repeat(vectorSignature+" ", maxSignatures+1)), want: errNoProof},
		"five minutes ago":                 {header: standardHeader(vectorID, stamp, vectorSignature), at: vectorTime.Add(tolerance)},
		"in five minutes":                  {header: standardHeader(vectorID, stamp, vectorSignature), at: vectorTime.Add(-tolerance)},
		"five minutes ago and a bit":       {header: standardHeader(vectorID, stamp, vectorSignature), at: vectorTime.Add(tolerance + 1), want: errTimestamp},
		"in five minutes and a bit":        {header: standardHeader(vectorID, stamp, vectorSignature), at: vectorTime.Add(-tolerance - 1), want: errTimestamp},
		"the border between time and body": {header: standardHeader(vectorID, stamp, vectorSignature), body: "x." + vectorBody, want: errSignature},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			setup := &hook{format: ledger.HookStandard, keys: test.keys}
			if setup.keys == nil {
				setup.keys = both
			}
			if test.at.IsZero() {
				test.at = vectorTime
			}
			if test.body == "" {
				test.body = vectorBody
			}
			require.Equal(t, test.want, checkRefused(setup, test.header, test.at, test.body))
		})
	}
}

// Every bit of the body, the id, the time and the signature counts.
func TestEveryBitCounts(t *testing.T) {
	t.Parallel()
	setup := &hook{format: ledger.HookStandard, keys: [][]byte{keyOf(t, ledger.HookStandard, "KEY")}}
	parts := []string{vectorID, "1614265330", vectorSignature, vectorBody}
	for which := range parts {
		for bit := range 8 * len(parts[which]) {
			flipped := append([]string{}, parts...)
			letters := []byte(parts[which])
			letters[bit/8] ^= 1 << (bit % 8)
			flipped[which] = string(letters)
			require.Error(t, checkRefused(setup, standardHeader(flipped[0], flipped[1], flipped[2]), vectorTime, flipped[3]), "part %d, bit %d", which, bit)
		}
	}
	require.NoError(t, checkRefused(setup, standardHeader(parts[0], parts[1], parts[2]), vectorTime, parts[3]))
}

func TestShipHeroSignatures(t *testing.T) {
	t.Parallel()
	setup := &hook{format: ledger.HookShipHero, keys: [][]byte{keyOf(t, ledger.HookBearer, "BEARER"), keyOf(t, ledger.HookShipHero, "HERO")}}
	header := func(signature string) http.Header {
		return http.Header{headerShipHeroHMAC: {signature}, headerShipHeroMessage: {"m1"}}
	}
	right := mac([]byte(secrets["HERO"]), vectorBody)
	require.NoError(t, checkRefused(setup, header(right), now, vectorBody))
	require.NoError(t, checkRefused(setup, header(mac([]byte(secrets["BEARER"]), vectorBody)), now, vectorBody), "the other key")
	require.Equal(t, errSignature, checkRefused(setup, header(right), now, vectorBody+" "))
	require.Equal(t, errSignature, checkRefused(setup, header(mac([]byte("another-shared-secret"), vectorBody)), now, vectorBody))
	for _, malformed := range []string{"", right[:20], "v1," + right, right + right} {
		require.Equal(t, errNoProof, checkRefused(setup, header(malformed), now, vectorBody))
	}
}

func TestBearerKeys(t *testing.T) {
	t.Parallel()
	setup := &hook{format: ledger.HookBearer, keys: [][]byte{keyOf(t, ledger.HookShipHero, "HERO"), keyOf(t, ledger.HookBearer, "BEARER")}}
	for text, want := range map[string]error{
		"Bearer " + secrets["BEARER"]: nil, "bearer " + secrets["HERO"]: nil,
		"": errSignature, "Bearer": errSignature, "Bearer ": errSignature, secrets["BEARER"]: errSignature, "Basic " + secrets["BEARER"]: errSignature,
		"Bearer " + secrets["BEARER"] + " ": errSignature, "Bearer  " + secrets["BEARER"]: errSignature, "Bearer " + secrets["BEARER"][1:]: errSignature,
	} {
		require.Equal(t, want, checkRefused(setup, http.Header{"Authorization": {text}}, now, vectorBody), "%q", text)
	}
	require.Equal(t, errSignature, checkRefused(setup, http.Header{"Authorization": {"Bearer " + secrets["BEARER"], "Bearer x"}}, now, vectorBody))
}

func TestKeysThatAreRefused(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		format    ledger.HookFormat
		key, want string
	}{
		{ledger.HookStandard, "env:EMPTY", "EMPTY is not set"},
		{ledger.HookStandard, "env:ABSENT", "ABSENT is not set"},
		{ledger.HookStandard, "env:SHORT", "env:SHORT: the key has 5 bytes after whsec_; expected at least 24 random bytes"},
		{ledger.HookStandard, "env:CUT", "env:CUT: the key is not base64 after whsec_"},
		{ledger.HookStandard, "env:PLAIN", "env:PLAIN: the key does not begin with whsec_"},
		{ledger.HookBearer, "env:LITTLE", "env:LITTLE: the key has 15 characters; expected at least 16"},
		{ledger.HookShipHero, "env:LITTLE", "env:LITTLE: the key has 15 characters; expected at least 16"},
		{"carrier-pigeon", "env:KEY", `this program does not know the format "carrier-pigeon"`},
	} {
		_, err := newHook(warehouse("depot", test.format, "env:KEY", test.key), environment(), nil)
		if test.format != ledger.HookStandard {
			_, err = newHook(warehouse("depot", test.format, test.key), environment(), nil)
		}
		require.ErrorContains(t, err, test.want)
		for _, secret := range secrets {
			require.False(t, secret != "" && strings.Contains(err.Error(), secret), "%v", err)
		}
	}
	_, err := newHook(warehouse("depot", ledger.HookStandard), environment(), nil)
	require.ErrorContains(t, err, "its hook has no keys, so anybody could send")
}

// FuzzSignatureHeader holds that no header makes the check panic, that it takes in a bounded number of signatures, and that nothing
// but the right signature is believed.
func FuzzSignatureHeader(f *testing.F) {
	f.Add(vectorID, "1614265330", vectorSignature)
	f.Add(vectorID, "+1614265330", "v1,"+vectorSignature)
	f.Add("a.b", "0", "v1a,x v1, v1,=")
	key, err := standardKey(secrets["KEY"])
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, id, stamp, signature string) {
		require.LessOrEqual(t, len(signatures(signature)), maxSignatures)
		err := checkRefused(&hook{format: ledger.HookStandard, keys: [][]byte{key}}, standardHeader(id, stamp, signature), vectorTime, vectorBody)
		if err == nil {
			require.Contains(t, signature, "v1,"+mac(key, id+"."+stamp+"."+vectorBody))
		}
	})
}

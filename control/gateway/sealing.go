package gateway

import (
	"bufio"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"errors"
	"fmt"
	"regexp"
	"strings"

	commonpb "go.temporal.io/api/common/v1"
	failurepb "go.temporal.io/api/failure/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/api/proxy"
	"go.temporal.io/sdk/converter"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"github.com/tidemark/tidemark/settings"
)

// Payloads to Temporal can be sealed (encrypted), so that the server, its database and readers of its histories see ciphertext: the arguments and
// results of workflows and activities, signals, queries, memos, summaries, and the messages and stacks of failures. Ids, search attributes and the
// reasons of terminations are not sealed; they name connections and warehouses, and have no figures.

// KeysVariable names the environment variable that refers to the keys, as file:/path or env:NAME.
const KeysVariable = "TIDEMARK_PAYLOAD_KEYS"

// A sealed payload's metadata has the encoding and the name of the key, as in Temporal's own samples, so that its tools recognise it as encrypted.
const (
	sealedEncoding = "binary/encrypted"
	metaEncoding   = converter.MetadataEncoding
	metaKey        = "encryption-key-id"
)

// keyBytes is the length of a key of AES-256.
const keyBytes = 32

var keyName = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,39}$`)

// Keys seals payloads with the first key and opens them with any key. It is a converter.PayloadCodec, which many goroutines may use at once.
type Keys struct {
	sealsWith string
	byName    map[string]cipher.AEAD
}

// KeysOf reads the keys that the environment refers to; nil when it refers to none. Its error is a *SettingsError, which never shows a key.
func KeysOf(environment settings.Environment) (*Keys, error) {
	reference, ok := environment.Variable(KeysVariable)
	if !ok || reference == "" {
		return nil, nil
	}
	text, err := settings.Reference(reference).Resolve(environment)
	if err != nil {
		return nil, &SettingsError{fmt.Sprintf("%s: %v", KeysVariable, err)}
	}
	keys, err := ParseKeys(text.Reveal())
	if err != nil {
		return nil, &SettingsError{fmt.Sprintf("%s: %v", KeysVariable, err)}
	}
	return keys, nil
}

// ProcessKeys are the keys of this process's environment; nil when there are none.
func ProcessKeys() (*Keys, error) { return KeysOf(settings.Process()) }

// ParseKeys reads keys, one a line: a name, and 32 random bytes in base64 (openssl rand -base64 32). It skips empty lines and lines that begin with #.
func ParseKeys(text string) (*Keys, error) {
	keys := &Keys{byName: map[string]cipher.AEAD{}}
	lines := bufio.NewScanner(strings.NewReader(text))
	for number := 1; lines.Scan(); number++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if err := keys.add(strings.Fields(line)); err != nil {
			return nil, fmt.Errorf("line %d: %w", number, err)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, err
	}
	if keys.sealsWith == "" {
		return nil, errors.New("there is no key; a line is a name and the output of openssl rand -base64 32")
	}
	return keys, nil
}

func (k *Keys) add(fields []string) error {
	if len(fields) != 2 {
		return fmt.Errorf("%d words; expected a name and a key in base64", len(fields))
	}
	name := fields[0]
	if !keyName.MatchString(name) {
		return errors.New("the name of the key is not 1 to 40 of a-z, 0-9, '.', '_' and '-'")
	}
	if _, exists := k.byName[name]; exists {
		return fmt.Errorf("a second key is named %s", name)
	}
	key, err := base64.StdEncoding.DecodeString(fields[1])
	if err != nil || len(key) != keyBytes {
		return fmt.Errorf("key %s is not %d bytes in base64; make one with openssl rand -base64 32", name, keyBytes)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return err
	}
	if k.byName[name], err = cipher.NewGCMWithRandomNonce(block); err != nil {
		return err
	}
	if k.sealsWith == "" {
		k.sealsWith = name
	}
	return nil
}

// associatedData binds a ciphertext to the name of its key: it does not open under another name.
func associatedData(name string) []byte { return []byte("tidemark payload, " + name) }

// Encode seals payloads. Sealed payloads stay as they are.
func (k *Keys) Encode(payloads []*commonpb.Payload) ([]*commonpb.Payload, error) {
	sealed := make([]*commonpb.Payload, len(payloads))
	for i, payload := range payloads {
		if isSealed(payload) {
			sealed[i] = payload
			continue
		}
		plain, err := proto.Marshal(payload)
		if err != nil {
			return nil, err
		}
		sealed[i] = &commonpb.Payload{
			Metadata: map[string][]byte{metaEncoding: []byte(sealedEncoding), metaKey: []byte(k.sealsWith)},
			Data:     k.byName[k.sealsWith].Seal(nil, nil, plain, associatedData(k.sealsWith)),
		}
	}
	return sealed, nil
}

// Decode opens payloads. Payloads that are not sealed stay as they are: services may send signals unsealed, and histories may be older than the keys.
func (k *Keys) Decode(payloads []*commonpb.Payload) ([]*commonpb.Payload, error) {
	opened := make([]*commonpb.Payload, len(payloads))
	for i, payload := range payloads {
		if !isSealed(payload) {
			opened[i] = payload
			continue
		}
		name := string(payload.GetMetadata()[metaKey])
		key, exists := k.byName[name]
		if !exists {
			return nil, openErrorf("a payload is sealed with the key %q, which %s does not have", name, KeysVariable)
		}
		plain, err := key.Open(nil, nil, payload.GetData(), associatedData(name))
		if err != nil {
			return nil, openErrorf("a payload that is sealed with the key %q does not open: it was changed, or another key has that name", name)
		}
		opened[i] = &commonpb.Payload{}
		if err := proto.Unmarshal(plain, opened[i]); err != nil {
			return nil, openErrorf("a payload that was sealed with the key %q is damaged: %v", name, err)
		}
	}
	return opened, nil
}

// openError is for a payload that these keys do not open. The SDK does not retry a call that fails with it.
type openError struct{ message string }

func openErrorf(format string, values ...any) error {
	return &openError{fmt.Sprintf(format, values...)}
}

func (e *openError) Error() string { return e.message }

// GRPCStatus is the status by which the SDK decides not to retry.
func (e *openError) GRPCStatus() *status.Status {
	return status.New(codes.FailedPrecondition, e.message)
}

func isSealed(payload *commonpb.Payload) bool {
	return string(payload.GetMetadata()[metaEncoding]) == sealedEncoding
}

// Interceptor seals and opens the payloads of every call to the server: calls of the SDK, also for schedules, and calls that are made to the server
// directly.
func (k *Keys) Interceptor() (grpc.UnaryClientInterceptor, error) {
	failures, err := proxy.NewFailureVisitorInterceptor(proxy.FailureVisitorInterceptorOptions{
		Outbound: &proxy.VisitFailuresOptions{Visitor: hideMessage}, Inbound: &proxy.VisitFailuresOptions{Visitor: showMessage},
	})
	if err != nil {
		return nil, err
	}
	payloads, err := converter.NewPayloadCodecGRPCClientInterceptor(converter.PayloadCodecGRPCClientInterceptorOptions{Codecs: []converter.PayloadCodec{k}})
	if err != nil {
		return nil, err
	}
	// In this order: the message of a failure becomes a payload first, and then the payload is sealed.
	return func(
		ctx context.Context, method string, request, response any, connection *grpc.ClientConn, invoke grpc.UnaryInvoker, options ...grpc.CallOption,
	) error {
		sealed := func(ctx context.Context, method string, request, response any, connection *grpc.ClientConn, options ...grpc.CallOption) error {
			return payloads(ctx, method, request, response, connection, invoke, options...)
		}
		return failures(ctx, method, request, response, connection, sealed, options...)
	}, nil
}

// hideMessage turns the message and the stack of a failure into a payload, which is then sealed. A failure that has such a payload already, in a request
// that is sent once more, stays as it is.
func hideMessage(_ *proxy.VisitFailuresContext, failure *failurepb.Failure) error {
	if failure.GetEncodedAttributes() != nil {
		return nil
	}
	return converter.EncodeCommonFailureAttributes(converter.GetDefaultDataConverter(), failure)
}

// showMessage restores the message and the stack of a failure. It removes the payload, so that a failure that is sent on, as the SDK does with causes, is
// hidden again.
func showMessage(_ *proxy.VisitFailuresContext, failure *failurepb.Failure) error {
	converter.DecodeCommonFailureAttributes(converter.GetDefaultDataConverter(), failure)
	failure.EncodedAttributes = nil
	return nil
}

// OpenHistory opens the sealed payloads of a history that was exported from the server. A nil Keys opens none, and says which key is needed.
func (k *Keys) OpenHistory(history *historypb.History) error {
	if k == nil {
		k = &Keys{} // has no key, and Decode fails at the first sealed payload
	}
	err := proxy.VisitPayloads(context.Background(), history, proxy.VisitPayloadsOptions{
		Visitor: func(_ *proxy.VisitPayloadsContext, payloads []*commonpb.Payload) ([]*commonpb.Payload, error) {
			return k.Decode(payloads)
		},
		SkipSearchAttributes: true,
	})
	if err != nil {
		return err
	}
	return proxy.VisitFailures(context.Background(), history, proxy.VisitFailuresOptions{Visitor: showMessage})
}

package gateway

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	commonpb "go.temporal.io/api/common/v1"
	failurepb "go.temporal.io/api/failure/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/converter"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"

	"github.com/tidemark/tidemark/settings"
)

// keyLine is a line of keys: a key whose bytes are all the same.
func keyLine(name string, fill byte) string {
	return name + " " + base64.StdEncoding.EncodeToString([]byte(strings.Repeat(string(fill), keyBytes))) + "\n"
}

func parsed(t require.TestingT, text string) *Keys {
	keys, err := ParseKeys(text)
	require.NoError(t, err)
	return keys
}

func TestKeysAreRead(t *testing.T) {
	t.Parallel()
	secret := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("s", keyBytes)))
	for name, one := range map[string]struct{ text, wrong string }{
		"one":                  {text: keyLine("2026-11", 'a')},
		"two, with a comment":  {text: "# the newest first\n\n" + keyLine("b", 'b') + keyLine("a", 'a')},
		"none":                 {text: "# nothing\n", wrong: "there is no key; a line is a name and the output of openssl rand -base64 32"},
		"no name":              {text: secret, wrong: "line 1: 1 words; expected a name and a key in base64"},
		"a name with a letter": {text: "Ä " + secret, wrong: "line 1: the name of the key is not 1 to 40 of a-z, 0-9, '.', '_' and '-'"},
		"a short key": {
			text: keyLine("a", 'a') + "b " + secret[:20], wrong: "line 2: key b is not 32 bytes in base64; make one with openssl rand -base64 32",
		},
		"no base64": {text: "b " + strings.Repeat("?", 44), wrong: "line 1: key b is not 32 bytes in base64; make one with openssl rand -base64 32"},
		"twice":     {text: keyLine("a", 'a') + keyLine("a", 'b'), wrong: "line 2: a second key is named a"},
		"too long":  {text: strings.Repeat("x", 1<<17), wrong: "bufio.Scanner: token too long"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			keys, err := ParseKeys(one.text)
			if one.wrong == "" {
				require.NoError(t, err)
				require.NotNil(t, keys)
				return
			}
			require.EqualError(t, err, one.wrong)
			require.NotContains(t, err.Error(), secret[:20])
		})
	}
}

func TestKeysOfTheEnvironment(t *testing.T) {
	t.Parallel()
	environment := func(values map[string]string) settings.Environment {
		return settings.Environment{
			Variable: func(name string) (string, bool) { value, ok := values[name]; return value, ok },
			ReadFile: func(path string) ([]byte, error) { return nil, errors.New("no file " + path) },
		}
	}
	keys, err := KeysOf(environment(nil))
	require.NoError(t, err)
	require.Nil(t, keys, "nothing is sealed")
	keys, err = KeysOf(environment(map[string]string{KeysVariable: "env:KEYS", "KEYS": keyLine("a", 'a')}))
	require.NoError(t, err)
	require.NotNil(t, keys)
	for _, wrong := range []map[string]string{
		{KeysVariable: keyLine("a", 'a')}, {KeysVariable: "env:KEYS"}, {KeysVariable: "env:KEYS", "KEYS": "a short"}, {KeysVariable: "file:/nowhere"},
	} {
		_, err = KeysOf(environment(wrong))
		var refused *SettingsError
		require.ErrorAs(t, err, &refused, "%v", wrong)
		require.Contains(t, err.Error(), KeysVariable)
		require.NotContains(t, err.Error(), "YWFh", "a key")
	}
}

// A sealed payload opens to the original, shows nothing of it, and is another text each time.
func TestSealedPayloadsOpen(t *testing.T) {
	t.Parallel()
	keys := parsed(t, keyLine("new", 'n')+keyLine("old", 'o'))
	rapid.Check(t, func(t *rapid.T) {
		plain := &commonpb.Payload{
			Metadata: map[string][]byte{"encoding": []byte("json/plain"), "more": rapid.SliceOf(rapid.Byte()).Draw(t, "meta")},
			Data:     append([]byte("canary-"), rapid.SliceOfN(rapid.Byte(), 0, 2000).Draw(t, "data")...),
		}
		before := proto.Clone(plain)
		sealed, err := keys.Encode([]*commonpb.Payload{plain, plain})
		require.NoError(t, err)
		require.True(t, proto.Equal(before, plain), "the caller's payload stays as it is")
		require.NotEqual(t, sealed[0].GetData(), sealed[1].GetData())
		require.Equal(t, "new", string(sealed[0].GetMetadata()[metaKey]))
		for _, one := range sealed {
			require.NotContains(t, one.String(), "canary-")
		}
		again, err := keys.Encode(sealed)
		require.NoError(t, err)
		require.Equal(t, sealed, again, "what is sealed is not sealed once more")
		opened, err := keys.Decode(again)
		require.NoError(t, err)
		require.True(t, proto.Equal(plain, opened[0]) && proto.Equal(plain, opened[1]))
	})
}

// A key that was the first opens what it sealed for as long as it is among the keys. Nothing opens with another key, or when it was changed.
func TestSealedPayloadsOpenWithTheirKeyAlone(t *testing.T) {
	t.Parallel()
	old := parsed(t, keyLine("old", 'o'))
	sealed, err := old.Encode([]*commonpb.Payload{{Data: []byte("figure")}})
	require.NoError(t, err)
	opened, err := parsed(t, keyLine("new", 'n')+keyLine("old", 'o')).Decode(sealed)
	require.NoError(t, err)
	require.Equal(t, "figure", string(opened[0].GetData()))

	_, err = parsed(t, keyLine("new", 'n')).Decode(sealed)
	require.EqualError(t, err, `a payload is sealed with the key "old", which TIDEMARK_PAYLOAD_KEYS does not have`)
	_, err = parsed(t, keyLine("old", 'x')).Decode(sealed)
	require.EqualError(t, err, `a payload that is sealed with the key "old" does not open: it was changed, or another key has that name`)
	renamed := proto.CloneOf(sealed[0])
	renamed.Metadata[metaKey] = []byte("other")
	_, err = parsed(t, keyLine("other", 'o')).Decode([]*commonpb.Payload{renamed})
	require.ErrorContains(t, err, "does not open", "the name is bound to the text")
	for i := range sealed[0].GetData() {
		changed := proto.CloneOf(sealed[0])
		changed.Data[i] ^= 1
		_, err = old.Decode([]*commonpb.Payload{changed})
		require.ErrorContains(t, err, "does not open", "byte %d", i)
	}
	plain := []*commonpb.Payload{{Metadata: map[string][]byte{"encoding": []byte("json/plain")}, Data: []byte(`"as services send it"`)}}
	opened, err = old.Decode(plain)
	require.NoError(t, err)
	require.Equal(t, plain, opened)
}

// wire is a server that keeps what it was sent, and answers with it.
type wire struct{ sent []proto.Message }

func (w *wire) invoke(_ context.Context, _ string, request, response any, _ *grpc.ClientConn, _ ...grpc.CallOption) error {
	w.sent = append(w.sent, proto.Clone(request.(proto.Message)))
	proto.Merge(response.(proto.Message), request.(proto.Message))
	return nil
}

// Messages and stacks of failures, and their causes, are sealed too: also when a request is sent once more, and when a failure that came from the server is
// handed on.
func TestFailuresAreSealed(t *testing.T) {
	t.Parallel()
	keys := parsed(t, keyLine("k", 'k'))
	intercept, err := keys.Interceptor()
	require.NoError(t, err)
	var server wire
	through := func(request *workflowservice.RespondActivityTaskFailedRequest) *failurepb.Failure {
		var response workflowservice.RespondActivityTaskFailedRequest
		require.NoError(t, intercept(t.Context(), "method", request, &response, nil, server.invoke))
		return response.GetFailure()
	}
	request := &workflowservice.RespondActivityTaskFailedRequest{Failure: &failurepb.Failure{
		Message: "canary-message", StackTrace: "canary-stack", Cause: &failurepb.Failure{Message: "canary-cause"},
	}}
	through(request)
	returned := through(request) // as a retry of the call does
	for range 2 {
		require.Equal(t, "canary-message", returned.GetMessage())
		require.Equal(t, "canary-stack", returned.GetStackTrace())
		require.Equal(t, "canary-cause", returned.GetCause().GetMessage())
		returned = through(&workflowservice.RespondActivityTaskFailedRequest{Failure: returned})
	}
	require.Len(t, server.sent, 4)
	for i, sent := range server.sent {
		require.NotContains(t, fmt.Sprint(sent), "canary", "request %d", i)
	}
}

// A history that was exported from the server is opened with the keys; without them, what is sealed is said, and a history in which nothing is stays as it is.
func TestExportedHistoriesAreOpened(t *testing.T) {
	t.Parallel()
	keys := parsed(t, keyLine("k", 'k'))
	input, err := converter.GetDefaultDataConverter().ToPayloads("canary")
	require.NoError(t, err)
	failure := &failurepb.Failure{Message: "canary-message"}
	require.NoError(t, hideMessage(nil, failure))
	history := &historypb.History{Events: []*historypb.HistoryEvent{
		{Attributes: &historypb.HistoryEvent_WorkflowExecutionStartedEventAttributes{
			WorkflowExecutionStartedEventAttributes: &historypb.WorkflowExecutionStartedEventAttributes{Input: input},
		}},
		{Attributes: &historypb.HistoryEvent_ActivityTaskFailedEventAttributes{
			ActivityTaskFailedEventAttributes: &historypb.ActivityTaskFailedEventAttributes{Failure: failure},
		}},
	}}
	plain := proto.CloneOf(history)
	var none *Keys
	require.NoError(t, none.OpenHistory(plain))

	started, failed := history.GetEvents()[0].GetWorkflowExecutionStartedEventAttributes(), history.GetEvents()[1].GetActivityTaskFailedEventAttributes()
	started.Input.Payloads, err = keys.Encode(started.GetInput().GetPayloads())
	require.NoError(t, err)
	hidden, err := keys.Encode([]*commonpb.Payload{failed.GetFailure().GetEncodedAttributes()})
	require.NoError(t, err)
	failed.Failure.EncodedAttributes = hidden[0]
	require.EqualError(t, none.OpenHistory(proto.CloneOf(history)), `a payload is sealed with the key "k", which TIDEMARK_PAYLOAD_KEYS does not have`)

	require.NoError(t, keys.OpenHistory(history))
	require.True(t, proto.Equal(plain.GetEvents()[0], history.GetEvents()[0]))
	require.Equal(t, "canary-message", failed.GetFailure().GetMessage())
}

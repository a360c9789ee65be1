package jsonvalue_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/warehouses/jsonvalue"
)

func ExampleValue_Members() {
	item, _ := jsonvalue.Parse([]byte(`{"sku": "A", "available": 1e3, "on_hand": null, "Available": 5}`))
	twice, _ := item.Members(func(name string, member jsonvalue.Value) error {
		fmt.Printf("%s is %s: %s\n", name, member.Kind(), member.Raw())
		return nil
	})
	fmt.Println("twice:", twice)
	// Output:
	// sku is text: "A"
	// available is a number: 1e3
	// on_hand is null: null
	// Available is a number: 5
	// twice: Available
}

func TestParseTakesOneDocument(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", " ", "{", "{}{}", "{} x", "[1,]", `{"a"}`, "01", "NaN", "'a'", "\"a\nb\"", "<html>", "\ufeff"} {
		_, err := jsonvalue.Parse([]byte(text))
		require.Error(t, err, text)
	}
	for text, kind := range map[string]jsonvalue.Kind{
		" {} \n": jsonvalue.Object, "[]": jsonvalue.List, `""`: jsonvalue.Text, "-1": jsonvalue.Number, "true": jsonvalue.Boolean, "false": jsonvalue.Boolean,
		"null": jsonvalue.Null,
	} {
		value, err := jsonvalue.Parse([]byte(text))
		require.NoError(t, err)
		require.Equal(t, kind, value.Kind())
		require.Equal(t, strings.TrimSpace(text), value.Raw())
	}
	require.Equal(t, jsonvalue.Null, jsonvalue.Value{}.Kind(), "none is like null")
}

func TestText(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		`""`: "", `"a b"`: "a b", `"\u0041\n\"\\\/"`: "A\n\"\\/", `"\ud83d\ude00"`: "\U0001f600", "\"\u00e9\"": "\u00e9", `7`: "",
	} {
		value, err := jsonvalue.Parse([]byte(raw))
		require.NoError(t, err)
		text, sound := value.Text()
		require.True(t, sound)
		require.Equal(t, want, text)
	}
	for _, raw := range []string{`"\ud83d"`, `"\ude00a"`, "\"a\xff\"", "\"\\n\xff\"", `"\ufffd"`} {
		value, err := jsonvalue.Parse([]byte(raw))
		require.NoError(t, err)
		_, sound := value.Text()
		require.False(t, sound, "%q", raw)
	}
}

func TestNamesGivenTwice(t *testing.T) {
	t.Parallel()
	var many strings.Builder
	for i := range 100 {
		fmt.Fprintf(&many, `"name %d":0,`, i)
	}
	for text, want := range map[string]string{
		`{}`: "", `{"a":1,"b":1}`: "", `{"a":1,"a":1}`: "a", `{"qty":1,"Qty":1}`: "Qty", `{"a":1,"\u0041":1}`: "A", `{"k":1,"` + "\u212a" + `":1}`: "\u212a",
		`{"s":1,"` + "\u017f" + `":1}`: "\u017f", `{"x":{"a":1},"y":{"a":1}}`: "",
		"{" + many.String() + `"last":0}`: "", "{" + many.String() + `"NAME 3":0}`: "NAME 3", "{" + many.String() + `"Name 99":0}`: "Name 99",
	} {
		value, err := jsonvalue.Parse([]byte(text))
		require.NoError(t, err)
		twice, err := value.Members(func(string, jsonvalue.Value) error { return nil })
		require.NoError(t, err)
		require.Equal(t, want, twice)
	}
}

func TestAnErrorEndsTheWalk(t *testing.T) {
	t.Parallel()
	enough := errors.New("enough")
	for _, text := range []string{`{"a":1,"b":2}`, `[1,2]`} {
		value, err := jsonvalue.Parse([]byte(text))
		require.NoError(t, err)
		calls := 0
		_, inMembers := value.Members(func(string, jsonvalue.Value) error { calls++; return enough })
		inElements := value.Elements(func(int, jsonvalue.Value) error { calls++; return enough })
		require.ErrorIs(t, errors.Join(inMembers, inElements), enough)
		require.Equal(t, 1, calls)
	}
}

// tree reads a value into what encoding/json makes of it.
func tree(t *testing.T, value jsonvalue.Value) (read any, sound bool) {
	sound = true
	switch value.Kind() {
	case jsonvalue.Object:
		members := map[string]any{}
		_, err := value.Members(func(name string, member jsonvalue.Value) error {
			element, ok := tree(t, member)
			members[name], sound = element, sound && ok && !strings.ContainsRune(name, '\ufffd')
			return nil
		})
		require.NoError(t, err)
		return members, sound
	case jsonvalue.List:
		elements := []any{}
		require.NoError(t, value.Elements(func(number int, element jsonvalue.Value) error {
			entry, ok := tree(t, element)
			elements, sound = append(elements, entry), sound && ok
			require.Len(t, elements, number)
			return nil
		}))
		return elements, sound
	case jsonvalue.Text:
		text, ok := value.Text()
		return text, ok
	case jsonvalue.Number:
		return json.Number(value.Raw()), true
	case jsonvalue.Boolean:
		return value.Raw() == "true", true
	}
	return nil, true
}

// TestParseSkipsAMarkOfByteOrder: some servers write one before JSON.
func TestParseSkipsAMarkOfByteOrder(t *testing.T) {
	t.Parallel()
	value, err := jsonvalue.Parse([]byte("\ufeff {\"a\":1}"))
	require.NoError(t, err)
	require.Equal(t, `{"a":1}`, value.Raw())
	_, err = jsonvalue.Parse([]byte("\ufeff\ufeff1"))
	require.Error(t, err)
}

// FuzzParse holds the walk against encoding/json: every member and every element is seen, as it is written.
func FuzzParse(f *testing.F) {
	f.Fuzz(func(t *testing.T, document []byte) {
		value, err := jsonvalue.Parse(document)
		document = bytes.TrimPrefix(document, []byte("\ufeff"))
		if err != nil {
			require.False(t, json.Valid(document))
			return
		}
		d := json.NewDecoder(bytes.NewReader(document))
		d.UseNumber()
		var want any
		require.NoError(t, d.Decode(&want))
		if got, sound := tree(t, value); sound && !bytes.ContainsRune(document, '\ufffd') && bytes.Equal(document, bytes.ToValidUTF8(document, nil)) {
			require.Equal(t, want, got)
		}
	})
}

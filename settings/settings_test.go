package settings_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/settings"
)

var spec = settings.Spec{
	Driver: "example",
	Options: []settings.Option{
		{Name: "endpoint", Kind: settings.URL, Required: true, Help: "The address of the API."},
		{Name: "token", Kind: settings.Secret, Required: true, Help: "The API token."},
		{Name: "page", Kind: settings.Integer, Default: "100", Minimum: 1, Maximum: 500},
		{Name: "mode", Kind: settings.String, Default: "fast", Choices: []string{"fast", "safe"}},
		{Name: "timeout", Kind: settings.Duration, Default: "30s"},
		{Name: "columns", Kind: settings.Map},
		{Name: "done", Kind: settings.List},
		{Name: "strict", Kind: settings.Boolean, Default: "true"},
	},
}

func TestCheckFillsDefaults(t *testing.T) {
	t.Parallel()
	values, problems := spec.Check(map[string]any{"endpoint": "https://example.com/", "token": "env:TOKEN"})
	require.Empty(t, problems)
	require.Equal(t, "https://example.com", values.Text("endpoint"))
	require.Equal(t, int64(100), values.Integer("page"))
	require.Equal(t, "fast", values.Text("mode"))
	require.True(t, values.Boolean("strict"))
	require.Equal(t, "30s", values.Duration("timeout").String())

	var again settings.Values
	require.NoError(t, json.Unmarshal([]byte(values.Canonical()), &again))
	require.Equal(t, int64(100), again.Integer("page"), "values survive their stored form")
	require.Equal(t, values.Canonical(), again.Canonical())
}

func TestFiguresPatternsAndTruthsWithChoices(t *testing.T) {
	t.Parallel()
	spec := settings.Spec{Driver: "example", Options: []settings.Option{
		{Name: "texts", Kind: settings.Figures, Minimum: -10, Maximum: 10},
		{Name: "skip", Kind: settings.Patterns},
		{Name: "header", Kind: settings.Boolean, Default: "true", Choices: []string{"auto"}},
	}}
	values, problems := spec.Check(map[string]any{
		"texts": map[string]any{"Out": 0, "Few": int64(-3), "Many": "10", "n/a": "none"}, "skip": "Total,*,end", "header": "auto",
	})
	require.Empty(t, problems)
	stored := values.Canonical()
	var again settings.Values
	require.NoError(t, json.Unmarshal([]byte(stored), &again))
	read, problems := spec.Check(again)
	require.Empty(t, problems)
	require.Equal(t, values, read, "values survive their stored form")
	require.Equal(t, map[string]string{"Out": "0", "Few": "-3", "Many": "10", "n/a": "none"}, values.Map("texts"))
	require.Equal(t, []string{"Total,*,end"}, again.List("skip"), "a pattern may hold commas")
	require.Equal(t, "auto", values.Text("header"))
	values, problems = spec.Check(map[string]any{"skip": []any{"a", "b"}, "header": "false"})
	require.Empty(t, problems)
	require.Equal(t, []string{"a", "b"}, values.List("skip"))
	require.Equal(t, false, values["header"])
	for says, raw := range map[string]map[string]any{
		"Out: 11 is outside -10 to 10":                               {"texts": map[string]any{"Out": 11}},
		"Out: expected a whole number or none, found text":           {"texts": map[string]any{"Out": "no"}},
		"expected texts with numbers":                                {"texts": []any{"Out"}},
		"expected a list, found a number":                            {"skip": 5},
		"expected true or false or auto, found text":                 {"header": "perhaps"},
		"expected true or false or auto, found a number":             {"header": 1},
		"entry 2: expected text, found a number":                     {"skip": []any{"a", 1}},
		"Out: expected a whole number or none, found a nested value": {"texts": map[string]any{"Out": map[string]any{}}},
	} {
		_, problems := spec.Check(raw)
		require.Len(t, problems, 1)
		require.Contains(t, problems[0].Message, says)
	}
}

func TestCheckReportsEveryProblem(t *testing.T) {
	t.Parallel()
	_, problems := spec.Check(map[string]any{
		"token": "hunter2-in-clear", "page": 0, "mode": "slow", "timeout": "soon", "strict": "perhaps",
		"columns": []any{"a"}, "done": []any{1}, "colour": "red", "endpoint": "https://me:pw@example.com",
	})
	require.Len(t, problems, 9)
	for _, problem := range problems {
		require.NotContains(t, problem.Message, "hunter2")
		require.NotContains(t, problem.Message, "pw@")
	}
}

func TestCredentialNeverShows(t *testing.T) {
	t.Parallel()
	credential, err := settings.Reference("env:CANARY").Resolve(settings.Environment{
		Variable: func(string) (string, bool) { return "canary-value", true },
	})
	require.NoError(t, err)
	require.Equal(t, "canary-value", credential.Reveal())

	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "credential", credential, "any", struct{ C settings.Credential }{credential})
	text, err := json.Marshal(map[string]any{"c": credential})
	require.NoError(t, err)
	wrapped := fmt.Errorf("call failed with %v: %w", credential, errors.New("x"))
	for _, shown := range []string{
		fmt.Sprintf("%v %+v %#v %s %q %x %d", credential, credential, credential, credential, credential, credential, credential),
		fmt.Sprintf("%v %+v %#v", &credential, []settings.Credential{credential}, struct{ C settings.Credential }{credential}),
		log.String(), string(text), wrapped.Error(),
	} {
		require.NotContains(t, shown, "canary-value")
		require.NotContains(t, shown, fmt.Sprintf("%x", "canary-value"))
	}
}

func TestReferencesThatCannotBeResolved(t *testing.T) {
	t.Parallel()
	environment := settings.Environment{
		Variable: func(string) (string, bool) { return "", false },
		ReadFile: func(path string) ([]byte, error) { return []byte("\n"), nil },
	}
	for reference, want := range map[string]string{
		"env:MISSING": "MISSING is not set",
		"file:/empty": "/empty is empty",
		"file:here":   "not an absolute path",
		"secret":      "by reference",
	} {
		_, err := settings.Reference(reference).Resolve(environment)
		require.ErrorContains(t, err, want)
	}
}

package settings_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"time"

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

// Every kind says what it expects, names the form of what it got, and never repeats the value of a secret.
func TestEachKindRefusesOtherForms(t *testing.T) {
	t.Parallel()
	const secret = "hunter2"
	for name, test := range map[string]struct {
		kind  settings.Kind
		given any
		want  string // empty: it is taken
	}{
		"text":                          {settings.String, 3, "expected text, found a number"},
		"text, of truths":               {settings.String, true, "found true or false"},
		"a number":                      {settings.Integer, 1.5, "expected a whole number, found a number with a fraction"},
		"a number, of a list":           {settings.Integer, []any{1}, "found a list"},
		"a number, too large":           {settings.Integer, uint64(1 << 63), "found a number"},
		"a number from stored JSON":     {settings.Integer, float64(7), ""},
		"a large number of YAML":        {settings.Integer, uint64(7), ""},
		"a number as text":              {settings.Integer, "7", ""},
		"a number in words":             {settings.Integer, "seven", "found text"},
		"truth":                         {settings.Boolean, 1, "expected true or false, found a number"},
		"truth itself":                  {settings.Boolean, true, ""},
		"a duration":                    {settings.Duration, 30, "expected a duration like 30s or 5m, found a number"},
		"a duration before now":         {settings.Duration, "-5m", `found "-5m"`},
		"an address":                    {settings.URL, 3, "expected an address, found a number"},
		"an address of another kind":    {settings.URL, "ftp://example.com", `found "ftp://example.com"`},
		"an address of nobody":          {settings.URL, "https://", "expected an address like https://example.com/api"},
		"a secret":                      {settings.Secret, map[string]any{"value": secret}, "found a nested value"},
		"a secret in the clear":         {settings.Secret, secret, "by reference"},
		"a list":                        {settings.List, 3, "expected a list, found a number"},
		"a list of more than texts":     {settings.List, []any{"a", 3}, "entry 2: expected text, found a number"},
		"a list of texts":               {settings.List, []string{"a"}, ""},
		"a map":                         {settings.Map, "a", "expected names with values, found text"},
		"a map of more than texts":      {settings.Map, map[string]any{"a": nil}, "a: expected text, found nothing"},
		"a map of texts":                {settings.Map, map[string]string{"a": "b"}, ""},
		"figures":                       {settings.Figures, []string{"a"}, "expected texts with numbers"},
		"figures that are none":         {settings.Figures, map[string]any{"a": "b"}, "a: expected a whole number or none, found text"},
		"figures outside, as stored":    {settings.Figures, map[string]string{"a": "11"}, "a: 11 is outside -10 to 10"},
		"figures outside, as written":   {settings.Figures, map[string]any{"a": -11}, "a: -11 is outside -10 to 10"},
		"a kind that is none":           {"colour", "red", `unknown kind "colour"`},
		"a map without a single member": {settings.Map, map[string]any{}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			spec := settings.Spec{Driver: "example", Options: []settings.Option{{Name: "x", Kind: test.kind, Minimum: -10, Maximum: 10}}}
			values, problems := spec.Check(map[string]any{"x": test.given})
			if test.want == "" {
				require.Empty(t, problems)
				require.Contains(t, values, "x")
				return
			}
			require.Len(t, problems, 1)
			require.Equal(t, "x", problems[0].Option)
			require.Contains(t, problems[0].Message, "x of example: ")
			require.Contains(t, problems[0].Message, test.want)
			require.NotContains(t, problems[0].Message, secret)
			require.NotContains(t, values, "x")
		})
	}
}

// judge finds one thing wrong, whatever is set.
type judge struct{}

func (judge) Judge(of settings.Spec, values settings.Values) []settings.Problem {
	return []settings.Problem{{Option: "mode", Message: of.Driver + " is never " + values.Text("mode")}}
}

// What is between options is asked for when each is right by itself.
func TestRulesBetweenOptions(t *testing.T) {
	t.Parallel()
	ruled := settings.Spec{
		Driver: "example", Options: []settings.Option{{Name: "mode", Kind: settings.String}},
		Rule: func(settings.Values) error { return errors.New("one of two is needed") },
	}
	_, problems := ruled.Check(map[string]any{"mode": "fast"})
	require.Equal(t, []settings.Problem{{Message: "one of two is needed"}}, problems)
	_, problems = ruled.Check(map[string]any{"mode": 3})
	require.Len(t, problems, 1)
	require.Equal(t, "mode", problems[0].Option, "the rule is not asked")

	ruled.Options[0].Judge = judge{}
	_, problems = ruled.Check(map[string]any{"mode": "fast"})
	require.Equal(t, []settings.Problem{{Option: "mode", Message: "example is never fast"}}, problems)

	require.PanicsWithValue(t, `settings: driver example, option page has an invalid default: expected a whole number, found text`, func() {
		settings.Spec{Driver: "example", Options: []settings.Option{{Name: "page", Kind: settings.Integer, Default: "many"}}}.Check(nil)
	})
}

// What is not set, or was stored in another form, is the zero value of its kind.
func TestValuesThatAreNotSet(t *testing.T) {
	t.Parallel()
	for _, values := range []settings.Values{nil, {"x": []any{1}}} {
		require.Empty(t, values.Text("x"))
		require.Zero(t, values.Integer("x"))
		require.False(t, values.Boolean("x"))
		require.Zero(t, values.Duration("x"))
		require.Nil(t, values.List("x"))
		require.Nil(t, values.Map("x"))
		require.Empty(t, values.Reference("x"))
	}
	require.Equal(t, "{}", settings.Values{}.Canonical())
	require.Panics(t, func() { _ = settings.Values{"x": make(chan int)}.Canonical() })
}

func TestCredentialsComeInTheOrderOfTheirNames(t *testing.T) {
	t.Parallel()
	environment := settings.Environment{
		Variable: func(name string) (string, bool) { return "value of " + name, name != "MISSING" },
		ReadFile: func(path string) ([]byte, error) {
			if path == "/secret" {
				return []byte("of a file\r\n"), nil
			}
			return nil, errors.New("no such file")
		},
	}
	values := settings.Values{"id": "env:ID", "secret": "file:/secret", "lost": "env:MISSING", "gone": "file:/gone"}
	read, err := values.Credentials(environment, "secret", "id")
	require.NoError(t, err)
	require.Equal(t, []string{"of a file", "value of ID"}, []string{read[0].Reveal(), read[1].Reveal()})
	require.False(t, read[0].Empty())
	require.Equal(t, "[redacted]", read[0].String())
	require.Equal(t, "[redacted]", read[0].GoString())
	require.True(t, settings.NewCredential("").Empty())

	for name, want := range map[string]string{
		"lost": "setting lost: the environment variable MISSING", "gone": "setting gone: the credential file cannot be read", "none": "setting none: ",
	} {
		_, err := values.Credentials(environment, "id", name)
		require.ErrorContains(t, err, want)
		require.NotContains(t, err.Error(), "value of ID")
	}
	require.True(t, settings.Reference("env:ID").Valid())
	require.False(t, settings.Reference("ID").Valid())
}

func TestTheClockOfAnEnvironment(t *testing.T) {
	t.Parallel()
	noon := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	require.Equal(t, noon, settings.Environment{Now: func() time.Time { return noon }}.Clock()())
	require.NotNil(t, settings.Process().Clock())
	_, set := settings.Process().Variable("TIDEMARK_NOBODY_SETS_THIS")
	require.False(t, set)
}

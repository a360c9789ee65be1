package main

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/ledger"
)

// ran runs a command of starter as main does, and returns what it printed.
func ran(t *testing.T, location, input string, arguments ...string) (string, error) {
	t.Helper()
	var out bytes.Buffer
	root := commandOf(&session{out: &out, in: strings.NewReader(input)})
	root.SetArgs(append(arguments, "--ledger", location))
	err := root.ExecuteContext(control.WithActor(t.Context(), commandLine()))
	return out.String(), err
}

// People are added, listed and changed, with a password that is read or made, and never is an argument.
func TestPeople(t *testing.T) {
	t.Parallel()
	location := filepath.Join(t.TempDir(), "tidemark.db")
	run := func(input string, arguments ...string) (string, error) {
		return ran(t, location, input, append([]string{"people"}, arguments...)...)
	}
	refused := func(words, input string, arguments ...string) {
		t.Helper()
		out, err := run(input, arguments...)
		require.ErrorContains(t, err, words)
		require.Equal(t, exitUsage, exitCode(err))
		require.Empty(t, out)
	}
	refused("the first person is an admin", "correct horse battery\n", "add", "ann")
	refused("no password in the first line", "\n", "add", "ann", "--role", "admin")
	refused("fewer than 15", "short\n", "add", "ann", "--role", "admin")
	refused("accepts 1 arg(s)", "", "add", "ann", "correct horse battery")
	out, err := run("correct horse battery\r\n", "add", "Ann", "--role", "admin")
	require.NoError(t, err)
	require.Equal(t, "ann: admin\n", out)
	out, err = run("", "add", "bob", "--generate", "-o", "json")
	require.NoError(t, err)
	var made struct {
		Name     string      `json:"name"`
		Role     ledger.Role `json:"role"`
		Password string      `json:"password"`
	}
	require.NoError(t, json.Unmarshal([]byte(out), &made))
	require.Equal(t, "bob viewer", made.Name+" "+string(made.Role))
	require.Len(t, made.Password, 29)
	require.NotContains(t, out, "argon2id")
	out, err = run("", "reset", "bob", "--generate")
	require.NoError(t, err)
	require.Regexp(t, `^bob: viewer\npassword: \S{29}\nIt is not shown again\.\n$`, out)
	require.NotContains(t, out, made.Password)
	out, err = run("", "role", "bob", "operator")
	require.NoError(t, err)
	require.Equal(t, "bob: operator\n", out)
	refused(`there is no role "owner"`, "", "role", "bob", "owner")
	out, err = run("", "disable", "bob")
	require.NoError(t, err)
	require.Equal(t, "bob: operator, disabled\n", out)
	refused("no admin would be left", "", "disable", "ann")
	refused("there is nobody called cy", "", "enable", "cy")
	out, err = run("", "list")
	require.NoError(t, err)
	require.Regexp(t, `^NAME +ROLE +SIGNS IN +LAST SEEN \(UTC\) +SINCE \(UTC\)\nann +admin +yes +- +20\S+ \S+\nbob +operator +no, disabled +- +20\S+ \S+\n$`, out)
	out, err = run("", "enable", "bob", "-o", "json")
	require.NoError(t, err)
	require.Contains(t, out, `"disabled": false`)
	require.NotContains(t, out, "password")

	log, err := ran(t, location, "", "log", "-o", "json")
	require.NoError(t, err)
	require.Contains(t, log, `"act": "reset a password"`)
	require.Contains(t, log, `"from": "command line"`)
	for _, secret := range []string{made.Password, "correct horse battery", "argon2id"} {
		require.NotContains(t, log, secret)
	}
	out, err = ran(t, filepath.Join(t.TempDir(), "none.db"), "", "people", "list")
	require.ErrorContains(t, err, "there is no ledger")
	require.Empty(t, out)
}

func TestAPasswordIsTypedTwice(t *testing.T) {
	t.Parallel()
	typing := func(typed ...string) func(string) (string, error) {
		return func(string) (string, error) {
			next := typed[0]
			typed = typed[1:]
			return next, nil
		}
	}
	password, err := askPassword(typing("correct horse battery", "correct horse battery"))
	require.NoError(t, err)
	require.Equal(t, "correct horse battery", password)
	_, err = askPassword(typing("correct horse battery", "correct house battery"))
	require.ErrorContains(t, err, "differ")
}

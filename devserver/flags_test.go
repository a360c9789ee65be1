package main

import (
	"flag"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/enums/v1"
)

func TestParse(t *testing.T) {
	t.Parallel()
	tests := []struct {
		args    string
		want    func(*testing.T, options)
		wantErr string
	}{
		{
			args: "server start-dev",
			want: func(t *testing.T, o options) {
				require.Equal(t, "127.0.0.1", o.ip)
				require.Equal(t, "127.0.0.1", o.uiIP)
				require.Equal(t, 7233, o.port)
				require.Equal(t, 8233, o.uiPort)
				require.Equal(t, 7*24*time.Hour, o.retention)
				require.Equal(t, []string{"default"}, o.namespaces)
				require.True(t, o.uiDisableNews)
				require.False(t, o.logLevelGiven)
			},
		},
		{
			// The order and the spelling of the SDK's testsuite.StartDevServer.
			args: "server start-dev --ip 127.0.0.1 --port 7001 --namespace default " +
				"--dynamic-config-value frontend.enableServerVersionCheck=false --log-level error --log-format pretty " +
				"--headless --db-filename a.db --ui-port 9001 --search-attribute Store=Keyword",
			want: func(t *testing.T, o options) {
				require.Equal(t, 7001, o.port)
				require.Equal(t, 9001, o.uiPort)
				require.True(t, o.headless)
				require.True(t, o.logLevelGiven)
				require.Equal(t, "a.db", o.databaseFile)
				require.Equal(t, []string{"default"}, o.namespaces)
				require.Equal(t, map[string]any{"frontend.enableServerVersionCheck": false}, o.dynamicConfig)
				require.Equal(t, map[string]enums.IndexedValueType{"Store": enums.INDEXED_VALUE_TYPE_KEYWORD}, o.searchAttributes)
			},
		},
		{
			args: `server start-dev -n a -n b --ip=localhost --ui-ip ::1 -p 1000 --retention 36h --ui-public-path ui ` +
				`--dynamic-config-value a=[{"b":3,"c":1.5}] --sqlite-pragma synchronous=full --search-attribute X=keywordlist`,
			want: func(t *testing.T, o options) {
				require.Equal(t, []string{"default", "a", "b"}, o.namespaces)
				require.Equal(t, "127.0.0.1", o.ip)
				require.Equal(t, "::1", o.uiIP)
				require.Equal(t, 2000, o.uiPort)
				require.Equal(t, 36*time.Hour, o.retention)
				require.Equal(t, "/ui", o.uiPublicPath)
				require.Equal(t, map[string]any{"a": []any{map[string]any{"b": 3, "c": 1.5}}}, o.dynamicConfig)
				require.Equal(t, map[string]string{"synchronous": "full"}, o.pragmas)
				require.Equal(t, map[string]enums.IndexedValueType{"X": enums.INDEXED_VALUE_TYPE_KEYWORD_LIST}, o.searchAttributes)
			},
		},
		{args: "", wantErr: flag.ErrHelp.Error()},
		{args: "--help", wantErr: flag.ErrHelp.Error()},
		{args: "server start-dev --help", wantErr: flag.ErrHelp.Error()},
		{args: "--version", wantErr: errVersion.Error()},
		{args: "workflow list", wantErr: `unknown command "workflow list"`},
		{args: "server start-dev --bogus", wantErr: "-bogus"},
		{args: "server start-dev now", wantErr: `unexpected argument "now"`},
		{args: "server start-dev --ip example.com", wantErr: `--ip "example.com"`},
		{args: "server start-dev --port 0", wantErr: "--port 0"},
		{args: "server start-dev --retention 5m", wantErr: "at least 1h0m0s"},
		{args: "server start-dev --retention soon", wantErr: "--retention soon"},
		{args: "server start-dev --log-level loud", wantErr: `--log-level "loud"`},
		{args: "server start-dev --log-format xml", wantErr: `--log-format "xml"`},
		{args: "server start-dev --search-attribute Store", wantErr: "NAME=VALUE"},
		{args: "server start-dev --search-attribute Store=Colour", wantErr: `unknown type "Colour"`},
		{args: "server start-dev --dynamic-config-value a=text", wantErr: "is not JSON"},
	}
	for _, test := range tests {
		t.Run(test.args, func(t *testing.T) {
			t.Parallel()
			got, err := parse(strings.Fields(test.args))
			if test.wantErr != "" {
				require.ErrorContains(t, err, test.wantErr)
				return
			}
			require.NoError(t, err)
			test.want(t, got)
		})
	}
}

func TestUsageNamesEveryFlag(t *testing.T) {
	t.Parallel()
	var usage strings.Builder
	writeUsage(&usage)
	newFlagSet(&options{}).set.VisitAll(func(f *flag.Flag) {
		if len(f.Name) > 1 {
			require.Contains(t, usage.String(), "--"+f.Name)
		}
	})
}

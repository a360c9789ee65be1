package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"

	uiversion "github.com/temporalio/ui-server/v2/server/version"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/server/common/headers"
)

const (
	defaultNamespace = "default"
	defaultPort      = 7233
	uiPortOffset     = 1000 // The Temporal CLI's rule: 7233 has its Web UI on 8233.

	// defaultRetention keeps closed runs for a week. The one day of a stock dev server loses Friday's runs
	// before Monday.
	defaultRetention = 7 * 24 * time.Hour
	minimumRetention = time.Hour // Below this the server itself refuses a local namespace.

	// levelNever is above every level that the server logs at.
	levelNever = slog.Level(100)
)

// errVersion says that only the version was asked for.
var errVersion = errors.New("version")

// options is what a command line says, with defaults filled in.
type options struct {
	ip, uiIP               string
	port, uiPort, httpPort int
	metricsPort            int // 0: no metrics
	headless               bool
	uiPublicPath           string
	uiAssetPath            string
	uiCodecEndpoint        string
	uiDisableNews          bool
	databaseFile           string // empty: in memory
	pragmas                map[string]string
	namespaces             []string
	retention              time.Duration
	searchAttributes       map[string]enums.IndexedValueType
	dynamicConfig          map[string]any
	logLevel               slog.Level
	logLevelGiven          bool
	logFormat              string
}

// parse reads the arguments after the program's name.
func parse(args []string) (options, error) {
	command, rest := "", args
	switch {
	case len(args) == 0, args[0] == "help":
		return options{}, flag.ErrHelp
	case args[0] == "--version", args[0] == "-v", args[0] == "version":
		return options{}, errVersion
	case len(args) >= 2 && args[0] == "server" && args[1] == "start-dev":
		rest = args[2:]
	default:
		if slices.ContainsFunc(args, isHelp) {
			return options{}, flag.ErrHelp
		}
		command = strings.Join(args[:min(2, len(args))], " ")
		return options{}, fmt.Errorf("unknown command %q: this program only knows `server start-dev`; "+
			"for client commands install the Temporal CLI and point it at this server", command)
	}

	var o options
	flags := newFlagSet(&o)
	if err := flags.set.Parse(rest); err != nil {
		return options{}, err
	}
	if flags.set.NArg() > 0 {
		return options{}, fmt.Errorf("unexpected argument %q", flags.set.Arg(0))
	}
	return o, flags.finish(&o)
}

func isHelp(arg string) bool { return arg == "-h" || arg == "--help" || arg == "-help" }

// flagSet holds the flags whose values need more than a type.
type flagSet struct {
	set       *flag.FlagSet
	logLevel  string
	retention string
	listed    []listedFlag
}

// listedFlag is one row of the help text, in the order in which it was declared.
type listedFlag struct{ names, usage string }

func newFlagSet(o *options) *flagSet {
	f := &flagSet{set: flag.NewFlagSet("temporal server start-dev", flag.ContinueOnError)}
	f.set.SetOutput(io.Discard)
	o.pragmas = map[string]string{}
	o.searchAttributes = map[string]enums.IndexedValueType{}
	o.dynamicConfig = map[string]any{}
	o.namespaces = []string{defaultNamespace}

	text := func(target *string, fallback, value, usage string, names ...string) {
		for _, name := range names {
			f.set.StringVar(target, name, fallback, usage)
		}
		f.list(value, usage, names)
	}
	number := func(target *int, fallback int, usage string, names ...string) {
		for _, name := range names {
			f.set.IntVar(target, name, fallback, usage)
		}
		f.list("PORT", usage, names)
	}
	repeated := func(value, usage string, add func(string) error, names ...string) {
		for _, name := range names {
			f.set.Func(name, usage, add)
		}
		f.list(value, usage+" Repeatable.", names)
	}
	toggle := func(target *bool, fallback bool, usage string, names ...string) {
		for _, name := range names {
			f.set.BoolVar(target, name, fallback, usage)
		}
		f.list("", usage, names)
	}

	text(&o.ip, "127.0.0.1", "IP", "Address of the gRPC port. Anything but loopback shows the server, which asks nobody for a password, to the network.", "ip")
	number(&o.port, defaultPort, "Port of the gRPC service (7233).", "port", "p")
	number(&o.httpPort, 0, "Port of the HTTP API (a free port).", "http-port")
	number(&o.metricsPort, 0, "Port of Prometheus metrics at /metrics (off).", "metrics-port")
	toggle(&o.headless, false, "No Web UI.", "headless")
	text(&o.uiIP, "", "IP", "Address of the Web UI (the value of --ip).", "ui-ip")
	number(&o.uiPort, 0, "Port of the Web UI (--port + 1000).", "ui-port")
	text(&o.uiPublicPath, "", "PATH", "Base path of the Web UI, for a reverse proxy.", "ui-public-path")
	text(&o.uiAssetPath, "", "DIR", "Serve the Web UI's files from here instead of the built-in ones.", "ui-asset-path")
	text(&o.uiCodecEndpoint, "", "URL", "Remote codec that the Web UI decodes payloads with.", "ui-codec-endpoint")
	toggle(&o.uiDisableNews, true, "Do not let the Web UI ask the Internet for news (on).", "ui-disable-news-fetch")
	text(&o.databaseFile, "", "FILE", "SQLite file to keep everything in (in memory).", "db-filename", "f")
	repeated("NAME=VALUE", "SQLite pragma. For a file, journal_mode=wal, synchronous=normal and locking_mode=exclusive are set unless given.",
		pair(func(name, value string) error { o.pragmas[name] = value; return nil }), "sqlite-pragma")
	repeated("NAME", "Namespace to create. \"default\" always exists.", func(name string) error {
		if name == "" {
			return errors.New("empty name")
		}
		if !slices.Contains(o.namespaces, name) {
			o.namespaces = append(o.namespaces, name)
		}
		return nil
	}, "namespace", "n")
	text(&f.retention, "7d", "TIME", "How long a namespace that is created now keeps closed runs, like 36h or 30d (7d).", "retention")
	repeated("NAME=TYPE", "Search attribute of every namespace named here: Bool, Datetime, Double, Int, Keyword, KeywordList or Text.",
		pair(o.addSearchAttribute), "search-attribute")
	repeated("KEY=JSON", "Dynamic configuration of the server, like matching.enableFairness=false.",
		pair(o.addDynamicConfig), "dynamic-config-value")
	text(&f.logLevel, "warn", "LEVEL", "debug, info, warn, error or never (warn).", "log-level")
	text(&o.logFormat, "text", "FORMAT", "text or json (text; \"pretty\" means text).", "log-format")
	return f
}

func (f *flagSet) list(value, usage string, names []string) {
	shown := "--" + names[0]
	if len(names) > 1 {
		shown = "-" + names[1] + ", " + shown
	}
	if value != "" {
		shown += " " + value
	}
	f.listed = append(f.listed, listedFlag{names: shown, usage: usage})
}

// finish checks what no single flag can check, and fills in what follows from other flags.
func (f *flagSet) finish(o *options) error {
	var err error
	if o.retention, err = parseRetention(f.retention); err != nil {
		return fmt.Errorf("--retention %s: %w", f.retention, err)
	}
	if f.logLevel == "never" {
		o.logLevel = levelNever
	} else if err := o.logLevel.UnmarshalText([]byte(f.logLevel)); err != nil {
		return fmt.Errorf("--log-level %q: want debug, info, warn, error or never", f.logLevel)
	}
	f.set.Visit(func(given *flag.Flag) { o.logLevelGiven = o.logLevelGiven || given.Name == "log-level" })
	if !slices.Contains([]string{"text", "json", "pretty"}, o.logFormat) {
		return fmt.Errorf("--log-format %q: want text or json", o.logFormat)
	}

	if o.uiIP == "" {
		o.uiIP = o.ip
	}
	for name, ip := range map[string]*string{"--ip": &o.ip, "--ui-ip": &o.uiIP} {
		if *ip == "localhost" {
			*ip = "127.0.0.1"
		}
		if net.ParseIP(*ip) == nil {
			return fmt.Errorf("%s %q: want an IP address, like 127.0.0.1", name, *ip)
		}
	}
	if o.uiPort == 0 {
		o.uiPort = min(o.port+uiPortOffset, 65535)
	}
	for name, port := range map[string]int{
		"--port": o.port, "--ui-port": o.uiPort, "--http-port": o.httpPort, "--metrics-port": o.metricsPort,
	} {
		if port < 0 || port > 65535 || (port == 0 && name == "--port") {
			return fmt.Errorf("%s %d: want a port between 1 and 65535", name, port)
		}
	}
	if o.uiPublicPath != "" && !strings.HasPrefix(o.uiPublicPath, "/") {
		o.uiPublicPath = "/" + o.uiPublicPath
	}
	return nil
}

// parseRetention reads a Go duration, or a whole number of days like "7d".
func parseRetention(text string) (time.Duration, error) {
	duration, err := time.ParseDuration(text)
	if days, isDays := strings.CutSuffix(text, "d"); isDays {
		var count int
		count, err = strconv.Atoi(days)
		duration = time.Duration(count) * 24 * time.Hour
	}
	switch {
	case err != nil:
		return 0, errors.New("want a time like 36h or 7d")
	case duration < minimumRetention:
		return 0, fmt.Errorf("want at least %s", minimumRetention)
	}
	return duration, nil
}

// pair turns a handler of name and value into a flag that reads NAME=VALUE.
func pair(add func(name, value string) error) func(string) error {
	return func(text string) error {
		name, value, found := strings.Cut(text, "=")
		if !found || name == "" {
			return errors.New("want NAME=VALUE")
		}
		return add(name, value)
	}
}

func (o *options) addSearchAttribute(name, typeName string) error {
	for known, value := range enums.IndexedValueType_shorthandValue {
		if value != 0 && strings.EqualFold(known, typeName) {
			o.searchAttributes[name] = enums.IndexedValueType(value)
			return nil
		}
	}
	return fmt.Errorf("unknown type %q: want Bool, Datetime, Double, Int, Keyword, KeywordList or Text", typeName)
}

// addDynamicConfig decodes a value of the dynamic configuration. The server takes whole numbers as int only,
// at any depth.
func (o *options) addDynamicConfig(key, text string) error {
	decoder := json.NewDecoder(bytes.NewReader([]byte(text)))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil || decoder.More() {
		return fmt.Errorf("the value of %s is not JSON: text needs quotes, like %s=\"value\"", key, key)
	}
	value, err := plainNumbers(value)
	if err != nil {
		return err
	}
	o.dynamicConfig[key] = value
	return nil
}

func plainNumbers(value any) (any, error) {
	var err error
	switch v := value.(type) {
	case json.Number:
		if whole, err := strconv.Atoi(v.String()); err == nil {
			return whole, nil
		}
		return v.Float64()
	case []any:
		for i := range v {
			if v[i], err = plainNumbers(v[i]); err != nil {
				return nil, err
			}
		}
	case map[string]any:
		for key := range v {
			if v[key], err = plainNumbers(v[key]); err != nil {
				return nil, err
			}
		}
	}
	return value, nil
}

// friendly names an address the way a person types it.
func friendly(ip string) string {
	if parsed := net.ParseIP(ip); parsed != nil && parsed.IsLoopback() {
		return "localhost"
	}
	return ip
}

func hostPort(host string, port int) string { return net.JoinHostPort(host, strconv.Itoa(port)) }

func version() string {
	return fmt.Sprintf("temporal development server: server %s, Web UI %s", headers.ServerVersion, uiversion.UIVersion)
}

func writeUsage(w io.Writer) {
	fmt.Fprint(w, `A Temporal server and its Web UI in one process, for development and tests.
Not for production: one database connection, no authentication.

Usage:
  temporal server start-dev [flags]

Examples:
  temporal server start-dev                                 Web UI on http://localhost:8233
  temporal server start-dev --db-filename temporal.db       keeps schedules and runs over restarts
  temporal server start-dev --port 7000 --headless --search-attribute Store=Keyword

Flags:
`)
	flags := newFlagSet(&options{})
	for _, listed := range flags.listed {
		fmt.Fprintf(w, "  %s\n        %s\n", listed.names, listed.usage)
	}
	fmt.Fprint(w, `
Exit codes: 0 stopped by a signal, 1 the server could not run, 2 wrong usage.
`)
}

package main

// anything lets a room import every package of ours.
const anything = "anything"

// rooms says which rooms a room may import besides itself. A room is a folder at the top of the module, or
// one of the packages below it that is listed by its full path. CONTRIBUTING.md says the same in words.
var rooms = map[string][]string{
	"inventory":  {},
	"settings":   {},
	"sandbox":    {},
	"crash":      {},
	"outbound":   {"settings"},
	"ledger":     {"inventory", "settings", "crash"},
	"warehouses": {"inventory", "settings", "outbound"},
	"channels":   {"inventory", "settings", "outbound"},
	"config":     {"inventory", "settings", "ledger"},
	"push":       {"ledger", "channels"},
	"activities": {"inventory", "ledger", "warehouses", "channels", "push", "settings", "crash"},
	"workflows":  {"inventory", "activities", "ledger", "crash"},
	"control":    {"control/gateway", "inventory", "ledger", "config", "workflows", "activities", "crash"},
	"serve":      {"control", "settings", "ledger", "workflows", "inventory", "warehouses", "crash"},
	"console":    {"control", "ledger", "inventory", "workflows"},
	"examples":   {"workflows"},
	"starter":    {"control", "serve", "console", "config", "settings", "inventory", "ledger", "workflows", "warehouses", "warehouses/all", "channels/all"},
	"worker":     {anything},
	"tests":      {anything},

	// What control asks of Temporal. The faces reach it through control alone.
	"control/gateway": {"settings"},

	// Explicit registration of the drivers, so that nothing registers itself.
	"warehouses/all": {"warehouses", "settings"},
	"channels/all":   {"channels", "settings"},
}

// ports are the rooms whose packages below the top are drivers: other rooms import the port only, and get a
// driver by its name. A package below a port that is no driver is listed here to open it to other rooms.
var ports = map[string][]string{
	"warehouses": {"warehouses/jsonvalue", "warehouses/numbers"},
	"channels":   {},
}

// doors open a driver to one room: what is uploaded as CSV is read as CSV files are.
var doors = map[string][]string{
	"serve": {"warehouses/csv"},
}

// outside bans packages that are not ours. A pattern ends in "/..." to cover what lies below it.
var outside = []struct {
	rooms    []string
	packages []string
	why      string
}{
	{
		rooms: []string{
			"inventory", "settings", "outbound", "ledger", "warehouses", "channels", "config", "push", "sandbox",
			"warehouses/all", "channels/all",
		},
		packages: []string{"go.temporal.io/..."},
		why:      "only activities, workflows, control and the programs know Temporal",
	},
	{
		rooms: []string{"inventory"},
		packages: []string{
			"os/...", "net/...", "database/sql/...", "log/...", "math/rand/...", "crypto/rand/...", "io/ioutil", "syscall",
		},
		why: "the domain is pure",
	},
	{
		rooms: []string{"push"},
		packages: []string{
			"context", "os/...", "net/...", "database/sql/...", "log/...", "math/rand/...", "crypto/rand/...", "sync/...", "syscall",
		},
		why: "what a push does is decided without doing it; package activities makes the calls",
	},
	{
		rooms:    drivers,
		packages: []string{"os/exec", "syscall", "unsafe", "net/rpc/...", "net/smtp", "golang.org/x/net/...", "golang.org/x/sys/...", "google.golang.org/..."},
		why:      wayOut,
	},
	{
		rooms:    []string{"serve", "console"},
		packages: []string{"go.temporal.io/..."},
		why:      oneFace,
	},
	{
		rooms:    []string{"starter"},
		packages: []string{"go.temporal.io/sdk/client", "go.temporal.io/sdk/worker"},
		why:      oneFace,
	},
	{
		rooms:    []string{"workflows"},
		packages: []string{"os/...", "net/...", "database/sql/...", "log/...", "math/rand/...", "crypto/rand/...", "sync/..."},
		why:      "workflow code must do the same at every replay",
	},
	{
		rooms:    []string{anything},
		packages: []string{"go.temporal.io/server/...", "github.com/temporalio/ui-server/..."},
		why:      "the Temporal server belongs to the devserver module",
	},
}

// faces are the rooms through which people and services come. They know the ledger's types, and have no ledger.
var faces = []string{"serve", "console", "starter"}

const oneFace = "the faces ask package control, which asks the ledger and Temporal"

// drivers are the rooms whose connections package outbound opens.
var drivers = []string{"channels", "warehouses", "channels/all", "warehouses/all"}

const wayOut = "drivers reach their partners through outbound, which judges every address"

// calls bans functions and types of packages that may otherwise be imported. A package of ours is named by its path below the module.
var calls = []struct {
	rooms     []string
	pkg       string
	functions []string
	why       string
}{
	{drivers, "net", []string{
		"Dial", "DialTimeout", "DialTCP", "DialUDP", "DialIP", "DialUnix", "Dialer", "Resolver", "DefaultResolver", "FileConn",
		"ListenUDP", "ListenPacket", "ListenMulticastUDP", "ListenConfig",
		"LookupHost", "LookupIP", "LookupAddr", "LookupCNAME", "LookupMX", "LookupNS", "LookupPort", "LookupSRV", "LookupTXT",
	}, wayOut},
	{drivers, "net/http", []string{
		"Client", "DefaultClient", "Transport", "DefaultTransport", "RoundTripper", "Get", "Head", "Post", "PostForm",
		"ProxyFromEnvironment", "ProxyURL", "NewFileTransport", "NewFileTransportFS",
	}, wayOut},
	{faces, "ledger", []string{
		"Open", "Exists", "Locate", "AwaitDamage",
		"Ledger", "Definer", "Gate", "Recorder", "Resolver", "Pusher", "Rememberer", "Reader", "CatalogueReader", "Scheduler", "Auditor", "Previewer", "Enabler",
	}, oneFace},
	{drivers, "crypto/tls", []string{"Dial", "DialWithDialer", "Dialer"}, wayOut},
	{drivers, "golang.org/x/crypto/ssh", []string{"Dial"}, wayOut},
	{
		rooms:     []string{"workflows", "inventory", "push"},
		pkg:       "fmt",
		functions: []string{"Print", "Printf", "Println"},
		why:       "printing is I/O",
	},
	{
		rooms:     []string{"workflows", "inventory", "push"},
		pkg:       "time",
		functions: []string{"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "Tick", "NewTicker", "NewTimer"},
		why:       "the clock comes from workflow.Now, workflow.NewTimer or an argument",
	},
}

// Package console is Tidemark's pages, for people who work in a browser: how every connection stands, its runs, levels and SKUs, and the
// buttons for what is done about them.
//
// It is a face over package control, as the command line and the HTTP interface are: it reads nothing by itself and decides nothing. A page
// is whole without script; script only keeps what changes up to date. Reading is GET, whatever acts is POST.
package console

import (
	"context"
	"embed"
	"io/fs"
	"log/slog"
	"net/http"
	"time"

	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/workflows"
)

// Control is what the pages need of Tidemark; *control.Control implements it.
type Control interface {
	Overview(ctx context.Context, only string) (control.Overview, error)
	Pulse(ctx context.Context) (control.Pulse, error)
	Marks(ctx context.Context) (ledger.Marks, error)
	Connection(ctx context.Context, id string) (ledger.Connection, error)
	Connections(ctx context.Context) ([]ledger.Connection, error)
	Runs(ctx context.Context, connection string, limit int) ([]ledger.Run, error)
	Run(ctx context.Context, id int64) (ledger.Run, error)
	Levels(ctx context.Context, warehouse, sku string, page ledger.Page) ([]ledger.LevelRow, error)
	StaleLevels(ctx context.Context, warehouse, sku string, page ledger.Page) ([]ledger.StaleLevel, error)
	ChannelLevels(ctx context.Context, connection, sku string, status ledger.Status, page ledger.Page) ([]ledger.ChannelLevelRow, error)
	Product(ctx context.Context, merchant, sku string, before int64, limit int) (control.Product, error)
	Partners(ctx context.Context) ([]ledger.Warehouse, []ledger.Store, error)
	StoreUses(ctx context.Context) (map[string]ledger.StoreUse, error)
	HeldRows(ctx context.Context, connection string, most int) (control.HeldRows, error)
	Snapshot(ctx context.Context, warehouse string, limit int) (control.Snapshot, error)

	SyncWithAnswer(ctx context.Context, mode ledger.Mode, connection string, request workflows.SyncRequest) (control.SyncAnswer, error)
	Pause(ctx context.Context, connection, by, reason string) ([]string, error)
	Resume(ctx context.Context, connection, by string) ([]string, error)
	Decide(ctx context.Context, run int64, approve bool, by string) (control.DecisionResult, error)
	LiftRejections(ctx context.Context, connection string, request workflows.SyncRequest) (control.LiftedRejections, error)
	Cancel(ctx context.Context, run int64) (ledger.Run, error)
	Preview(ctx context.Context, connection string, move ledger.PreviewMove, after int64, limit int) (control.PreviewPage, error)
	PushPreview(ctx context.Context, connection string, run int64, request workflows.SyncRequest) (control.SyncAnswer, error)
	Catalogue(ctx context.Context, query control.CatalogueQuery) (control.Catalogue, error)
	TestStore(ctx context.Context, id string) (control.TestResult, error)
	TestWarehouse(ctx context.Context, id string) (control.TestResult, error)
	Strategies(ctx context.Context) ([]control.StockSharing, error)
	TryStrategy(ctx context.Context, warehouse string, strategy inventory.Strategy, sku string) (control.StrategyTrial, error)
	Setup(ctx context.Context, connection string) (control.Setup, error)
	EditSetting(ctx context.Context, key ledger.SettingKey, edit control.SettingEdit) (control.SettingEditResult, error)
	ClearSetting(ctx context.Context, key ledger.SettingKey, version int64) (control.SettingEditResult, error)
	SetEnabled(ctx context.Context, connection string, enabled bool, by string) (control.EnableResult, error)
	RefreshIDs(ctx context.Context, store string, channelSKUs []string) (ledger.RefreshedIDs, error)
	// Refused notes an act that the pages themselves refused.
	NoteInvalid(ctx context.Context, act, on, reason string) error

	Schedule(ctx context.Context, connection string, mode ledger.Mode) (control.ScheduleWithPreview, error)
	PreviewSchedule(ctx context.Context, connection string, mode ledger.Mode, edit control.ScheduleEdit) (control.SchedulePreview, error)
	EditSchedule(ctx context.Context, connection string, mode ledger.Mode, edit control.ScheduleEdit) (control.ScheduleEditResult, error)
	ClearOverride(ctx context.Context, connection string, mode ledger.Mode, version int64) (control.ScheduleEditResult, error)
	Advise(ctx context.Context, connection string) (control.Advice, error)
	ApplyAdvice(ctx context.Context, connection string, version int64, by string) (control.ScheduleEditResult, error)
	UndoAdvice(ctx context.Context, connection string, version int64) (control.ScheduleEditResult, error)
	Log(ctx context.Context, query ledger.AuditQuery) ([]ledger.AuditEntry, error)

	Authorize(ctx context.Context, act control.Act, what, on string) error
	NoteRefused(ctx context.Context, what, on string, why error) error
	NoteNotSignedIn(ctx context.Context, what, on string, why error) error
	SignIn(ctx context.Context, name, password, old string) (token string, person ledger.Person, err error)
	SignOut(ctx context.Context, token string) error
	SignedIn(ctx context.Context, token string, used bool) (ledger.Person, error)
	HasPeople(ctx context.Context) (bool, error)
	DisabledPerson(ctx context.Context, name string) (bool, error)
	Invite(ctx context.Context) (string, error)
	Invited(ctx context.Context, key string) (bool, error)
	AcceptInvitation(ctx context.Context, key, name, password string) (token string, err error)
	People(ctx context.Context) ([]ledger.Person, error)
	AddPerson(ctx context.Context, name string, role ledger.Role, password string) (ledger.Person, error)
	DisablePerson(ctx context.Context, name string) (ledger.Person, error)
	EnablePerson(ctx context.Context, name string) (ledger.Person, error)
	SetRole(ctx context.Context, name string, role ledger.Role) (ledger.Person, error)
	ResetPassword(ctx context.Context, name, password string) (ledger.Person, error)
	ChangePassword(ctx context.Context, token, current, another string) (string, error)
}

// Options are what a Console needs.
type Options struct {
	Control Control
	// Local is the name under which somebody acts who uses the printed link while there are no people. Only people with access to the machine itself may
	// have that link. Empty: there is no such link.
	Local string
	// Origin is where browsers reach the pages over TLS, like https://stock.example.com; empty on loopback, where there is no TLS.
	Origin string
	// Proxy is a proxy that is trusted; none is by default.
	Proxy Proxy
	// WebUI is the address of the Temporal Web UI with its namespace, like http://127.0.0.1:8233/namespaces/default; empty where there is none.
	WebUI string
	Log   *slog.Logger
	Now   func() time.Time
}

// Console serves the pages.
type Console struct {
	options Options
	views   *views
	locals  *locals
	notices *notices
	streams *streams
}

const (
	mostFormBytes = 64 << 10
	pagePatience  = 20 * time.Second
)

//go:embed assets
var assets embed.FS

// New makes the pages ready. Close ends what runs in the background.
func New(options Options) (*Console, error) {
	views, err := parseViews()
	if err != nil {
		return nil, err
	}
	locals, err := newLocals(options.Now)
	if err != nil {
		return nil, err
	}
	c := &Console{options: options, views: views, locals: locals, notices: newNotices(options.Now)}
	c.streams = c.newStreams()
	return c, nil
}

// Close ends all streams.
func (c *Console) Close() { c.streams.close() }

// Link is the address that signs a browser in while there are no people, for the person who started the server.
func (c *Console) Link(address string) string {
	return "http://" + address + signInPath + "?key=" + c.locals.key
}

// FirstLink is the address by which the first admin is made, of a key that control.Invite made.
func FirstLink(address, key string) string {
	return "http://" + address + firstPath + "?key=" + key
}

// route is a path that the pages serve.
type route struct {
	pattern string      // as net/http's have it
	act     control.Act // says which role is needed; everyone: none, nobody is signed in
	what    string      // as the log of acts has it when it is refused
	handle  http.HandlerFunc
	// byItself is true for requests that an open page makes without a person: they keep no session alive.
	byItself bool
}

// everyone is the act of routes that need no sign-in.
const everyone control.Act = "everyone"

// routes are all paths that the pages serve. Each names its act, so that none can be served without a role by mistake.
func (c *Console) routes() []route {
	routes := []route{
		{pattern: "GET /assets/", act: everyone, handle: static()},
		{pattern: "GET " + signInPath, act: everyone, handle: c.signInPage},
		{pattern: "POST " + signInPath, act: everyone, handle: c.signIn},
		{pattern: "POST " + signOutPath, act: everyone, handle: c.signOut},
		{pattern: "GET " + firstPath, act: everyone, handle: c.firstPage},
		{pattern: "POST " + firstPath, act: everyone, handle: c.first},
		{pattern: "GET /live", act: control.ActRead, what: "follow a page", handle: c.live, byItself: true},
		{pattern: "GET /levels.csv", act: control.ActRead, what: "read a list", handle: c.levelsCSV},
		{pattern: "GET /log.csv", act: control.ActRead, what: "read a list", handle: c.logCSV},
		{pattern: "GET /c/{id}/levels.csv", act: control.ActRead, what: "read a list", handle: c.channelLevelsCSV},
		{pattern: "/", act: control.ActRead, what: "ask for what there is not", handle: func(w http.ResponseWriter, r *http.Request) {
			c.fail(w, r, http.StatusNotFound, "There is no such page.")
		}},
	}
	for _, kind := range c.pages() {
		routes = append(routes, route{pattern: "GET " + kind.path, act: kind.act, what: "see the page " + kind.name, handle: c.show(kind)})
	}
	for _, form := range c.forms() {
		routes = append(routes, route{pattern: "POST " + form.path, act: form.kind, what: form.act, handle: c.perform(form)})
	}
	return routes
}

func static() http.HandlerFunc {
	folder, err := fs.Sub(assets, "assets")
	if err != nil {
		panic("console: the assets are not embedded: " + err.Error())
	}
	return http.StripPrefix("/assets/", http.FileServerFS(folder)).ServeHTTP
}

// Handler serves the pages to browsers that are signed in.
func (c *Console) Handler() http.Handler {
	mux := http.NewServeMux()
	for _, route := range c.routes() {
		if route.act == everyone {
			mux.HandleFunc(route.pattern, route.handle)
		} else {
			mux.HandleFunc(route.pattern, c.guarded(route))
		}
	}
	protection := http.NewCrossOriginProtection()
	if c.options.Origin != "" {
		if err := protection.AddTrustedOrigin(c.options.Origin); err != nil {
			panic("console: the origin was not checked: " + err.Error())
		}
	}
	protection.SetDenyHandler(http.HandlerFunc(c.fromElsewhere))
	return headers(protection.Handler(mux))
}

// headers sets the security headers of every response: a page loads nothing from other sites, no site may frame it, and none learns its address.
func headers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy",
			"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		r.Body = http.MaxBytesReader(w, r.Body, mostFormBytes)
		next.ServeHTTP(w, r)
	})
}

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
	"github.com/tidemark/tidemark/ledger"
	"github.com/tidemark/tidemark/workflows"
)

// Control is what the pages ask of Tidemark; *control.Control answers it.
type Control interface {
	Overview(ctx context.Context, only string) (control.Overview, error)
	Pulse(ctx context.Context) (control.Pulse, error)
	Connection(ctx context.Context, id string) (ledger.Connection, error)
	Connections(ctx context.Context) ([]ledger.Connection, error)
	Runs(ctx context.Context, connection string, limit int) ([]ledger.Run, error)
	Run(ctx context.Context, id int64) (ledger.Run, error)
	Levels(ctx context.Context, warehouse, sku string, page ledger.Page) ([]ledger.LevelRow, error)
	StaleLevels(ctx context.Context, warehouse, sku string, page ledger.Page) ([]ledger.StaleLevel, error)
	ChannelLevels(ctx context.Context, connection, sku string, status ledger.Status, page ledger.Page) ([]ledger.ChannelLevelRow, error)
	Product(ctx context.Context, merchant, sku string, limit int) (control.Product, error)
	Partners(ctx context.Context) ([]ledger.Warehouse, []ledger.Store, error)
	Snapshot(ctx context.Context, warehouse string, limit int) (control.Snapshot, error)

	Ask(ctx context.Context, mode ledger.Mode, connection string, request workflows.SyncRequest) (control.SyncAnswer, error)
	Pause(ctx context.Context, connection, by, reason string) ([]string, error)
	Resume(ctx context.Context, connection, by string) ([]string, error)
	Decide(ctx context.Context, run int64, approve bool, by string) (control.Decided, error)
	Cancel(ctx context.Context, run int64) (ledger.Run, error)
	Relearn(ctx context.Context, store string, channelSKUs []string) (ledger.Relearned, error)
	// Refused notes an act that was refused here.
	Refused(ctx context.Context, act, on, reason string) error

	Schedule(ctx context.Context, connection string, mode ledger.Mode) (control.ScheduleShown, error)
	PreviewSchedule(ctx context.Context, connection string, mode ledger.Mode, edit control.ScheduleEdit) (control.SchedulePreview, error)
	EditSchedule(ctx context.Context, connection string, mode ledger.Mode, edit control.ScheduleEdit) (control.ScheduleEdited, error)
	ClearOverride(ctx context.Context, connection string, mode ledger.Mode, version int64) (control.ScheduleEdited, error)
	Advise(ctx context.Context, connection string) (control.Advice, error)
	ApplyAdvice(ctx context.Context, connection string, version int64, by string) (control.ScheduleEdited, error)
	UndoAdvice(ctx context.Context, connection string, version int64) (control.ScheduleEdited, error)
	Log(ctx context.Context, before int64, limit int) ([]ledger.AuditEntry, error)
}

// Options are what a Console needs.
type Options struct {
	Control Control
	// By is who acts on the pages, as others will read it.
	By string
	// WebUI is the address of the Temporal Web UI with its namespace, like http://127.0.0.1:8233/namespaces/default; empty where there is none.
	WebUI string
	Log   *slog.Logger
	Now   func() time.Time
}

// Console serves the pages.
type Console struct {
	options  Options
	views    *views
	sessions *sessions
	notices  *notices
	streams  *streams
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
	sessions, err := newSessions(options.Now)
	if err != nil {
		return nil, err
	}
	c := &Console{options: options, views: views, sessions: sessions, notices: newNotices(options.Now)}
	c.streams = newStreams(c.fragments)
	return c, nil
}

// Close ends all streams.
func (c *Console) Close() { c.streams.close() }

// Link is the address that signs a browser in, for the person who started the server.
func (c *Console) Link(address string) string {
	return "http://" + address + signInPath + "?key=" + c.sessions.key
}

// Handler serves the pages to browsers that are signed in.
func (c *Console) Handler() http.Handler {
	mux := http.NewServeMux()
	static, err := fs.Sub(assets, "assets")
	if err != nil {
		panic("console: the assets are not embedded: " + err.Error())
	}
	mux.Handle("GET /assets/", http.StripPrefix("/assets/", http.FileServerFS(static)))
	mux.HandleFunc("GET "+signInPath, c.signIn)
	mux.HandleFunc("POST /out", c.signOut)
	for _, one := range c.pages() {
		mux.HandleFunc("GET "+one.path, c.signedIn(c.show(one)))
	}
	mux.HandleFunc("GET /live", c.signedIn(c.live))
	mux.HandleFunc("GET /levels.csv", c.signedIn(c.levelsCSV))
	mux.HandleFunc("GET /c/{id}/levels.csv", c.signedIn(c.channelLevelsCSV))
	for _, one := range c.forms() {
		mux.HandleFunc("POST "+one.path, c.signedIn(c.perform(one)))
	}
	mux.HandleFunc("/", c.signedIn(func(w http.ResponseWriter, r *http.Request) {
		c.fail(w, r, http.StatusNotFound, "There is no such page.")
	}))
	return headers(http.NewCrossOriginProtection().Handler(mux))
}

// headers are on every answer: nothing from elsewhere is loaded, nobody may frame a page, and addresses are told to nobody.
func headers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		r.Body = http.MaxBytesReader(w, r.Body, mostFormBytes)
		next.ServeHTTP(w, r)
	})
}

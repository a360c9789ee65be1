package console

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"net/http"
	"regexp"
	"strings"

	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
)

//go:embed templates
var templates embed.FS

// page is what every page shows, and its own part in Body.
type page struct {
	Title   string
	Section string // of the menu
	// Live is the address of the page's stream; empty where nothing of it changes by itself.
	Live    string
	Zone    string // of the page's times, in words
	By      string
	Role    ledger.Role // of who looks
	Own     bool        // who looks has a password of the own here
	SignIn  bool        // there is nothing to do but to sign in
	Notice  *notice
	Held    int
	Workers string // how many, in words
	Trouble string // why Temporal cannot be asked
	Idle    bool   // no worker runs
	Stuck   string // that no worker takes up what waits, and since when
	Body    any
}

// May is true where the person who looks may press the buttons of an act. The server checks the role again when a button is pressed.
func (p page) May(act string) bool { return control.RoleAllows(p.Role, control.Act(act)) }

// noTemporal is why buttons that need Temporal are disabled.
const noTemporal = "Temporal does not answer, so nothing can be asked for now."

// WhyOff says why the page's buttons that need Temporal are disabled; empty where they are not.
func (p page) WhyOff() string {
	if p.Trouble == "" {
		return ""
	}
	return noTemporal
}

// Later says, while Temporal does not answer, what happens to acts that are saved in the ledger first; empty otherwise.
func (p page) Later() string {
	if p.Trouble == "" {
		return ""
	}
	return "Temporal does not answer. This is kept in the ledger, and a worker brings Temporal to it as soon as it can."
}

// views are the parsed templates, by page: each has the layout and its own main part.
type views struct {
	parsed map[string]*template.Template
}

// words are the functions that templates call. Text from outside goes through text, which escapes what cannot be seen; the template escapes HTML.
var words = template.FuncMap{
	"text":     inventory.Visible,
	"prose":    prose,
	"day":      dayWord,
	"invalid":  invalid,
	"mend":     mend,
	"number":   number,
	"figure":   figure,
	"rowState": rowState,
	"count":    count,
	"tabs":     func(id, current string) tabs { return tabs{id, current} },
}

// unbroken matches what no line breaks within: moments, and amounts with their units.
var unbroken = regexp.MustCompile(strings.Join([]string{
	`\b(?:[A-Z][a-z]{2} )?\d{4}-\d\d-\d\d(?: \d\d:\d\d(?::\d\d)?(?: [A-Z]{3,4}\b)?)?`, // Sat 2026-11-28 22:06 UTC
	`\b[A-Z][a-z]{2} \d{1,2}, \d\d:\d\d(?: [A-Z]{3,4}\b)?`,                            // Nov 27, 09:41 PST
	`\b\d\d:\d\d(?::\d\d)? [A-Z]{3,4}\b`,                                              // 09:41:30 PST
	`\b\d[\d,.]* (?:%|(?:days?|h|min|s)\b)(?: \d+ (?:h|min|s)\b)?`,                    // 80 %, 6 min 12 s
}, "|"))

// prose is a text whose moments and amounts are kept on one line. It escapes what cannot be seen, as text does.
func prose(words string) template.HTML {
	return template.HTML(unbroken.ReplaceAllString(template.HTMLEscapeString(inventory.Visible(words)), `<span class="nowrap">$0</span>`)) // escaped
}

// invalid marks a field of a form as wrong, and refers to the element that says why. The names of fields are our own.
func invalid(field, words string) template.HTMLAttr {
	if words == "" {
		return ""
	}
	return template.HTMLAttr(` aria-invalid="true" aria-describedby="` + template.HTMLEscapeString(field) + `-wrong"`) // a name of ours
}

// mend says what a field of a form should hold, where it is wrong.
func mend(field, words string) template.HTML {
	if words == "" {
		return ""
	}
	return template.HTML(`<span class="wrong bad small" id="` + template.HTMLEscapeString(field) + `-wrong">` +
		template.HTMLEscapeString(inventory.Visible(words)) + `</span>`) // escaped
}

// tabs are the links between the pages of a connection; Current is the one that is shown.
type tabs struct{ ID, Current string }

func parseViews() (*views, error) {
	layout, err := template.New("layout").Funcs(words).ParseFS(templates, "templates/layout.html", "templates/parts.html")
	if err != nil {
		return nil, fmt.Errorf("the layout of the pages: %w", err)
	}
	v := &views{parsed: map[string]*template.Template{}}
	for _, name := range []string{
		"alone", "connections", "connection", "runs", "run", "levels", "channel", "sku", "held", "partners", "schedule", "tune", "preview", "settings",
		"catalogue", "strategies", "log", "people", "me", "in", "first", "secret",
	} {
		copied, err := layout.Clone()
		if err == nil {
			copied, err = copied.ParseFS(templates, "templates/"+name+".html")
		}
		if err != nil {
			return nil, fmt.Errorf("the page %s: %w", name, err)
		}
		v.parsed[name] = copied
	}
	return v, nil
}

// render writes a page whole, or nothing of it.
func (v *views) render(w http.ResponseWriter, status int, name string, shown page) {
	var content bytes.Buffer
	if err := v.parsed[name].ExecuteTemplate(&content, "layout.html", shown); err != nil {
		http.Error(w, "this page could not be made", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(content.Bytes()) // who has left needs no answer
}

// fragment is a named part of a page by itself.
func (v *views) fragment(name, part string, shown page) (string, error) {
	var content bytes.Buffer
	err := v.parsed[name].ExecuteTemplate(&content, part, shown)
	return content.String(), err
}

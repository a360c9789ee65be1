package console

import (
	"cmp"
	"context"
	"encoding/csv"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
)

const rowsAPage = 100

func skuPath(merchant, sku string) string {
	return "/sku/" + url.PathEscape(merchant) + "/" + url.PathEscape(sku)
}

// levelsView is what a warehouse reported.
type levelsView struct {
	Warehouse, SKU string
	Warehouses     []string
	Rows           []levelRow
	Unread         []string // what was never read, because every row of it was refused
	Next, CSV      string
}

type levelRow struct {
	SKU, Href, Product, Facility string
	Available                    int64
	OnHand, Committed, Updated   string
	Stale                        string
}

func (c *Console) levelsPage(ctx context.Context, q request) (page, error) {
	zones, err := c.zones(ctx, q.now)
	if err != nil {
		return page{}, err
	}
	k := zones.shared()
	warehouses, _, err := c.options.Control.Partners(ctx)
	if err != nil {
		return page{}, err
	}
	view := levelsView{SKU: q.query.Get("sku")}
	for _, warehouse := range warehouses {
		view.Warehouses = append(view.Warehouses, warehouse.ID)
	}
	view.Warehouse = q.query.Get("warehouse")
	if view.Warehouse == "" && len(warehouses) > 0 {
		view.Warehouse = warehouses[0].ID
	}
	if view.Warehouse != "" {
		merchant := ""
		for _, warehouse := range warehouses {
			if warehouse.ID == view.Warehouse {
				merchant = warehouse.Merchant
			}
		}
		rows, err := c.options.Control.Levels(ctx, view.Warehouse, view.SKU, ledger.Page{After: q.query.Get("after"), Limit: rowsAPage})
		if err != nil {
			return page{}, err
		}
		for _, row := range rows {
			view.Rows = append(view.Rows, viewLevel(row, merchant, k))
		}
		if len(rows) >= rowsAPage {
			view.Next = "/levels?" + url.Values{"warehouse": {view.Warehouse}, "after": {rows[len(rows)-1].SKU}}.Encode()
		}
		if q.query.Get("after") == "" {
			refused, err := c.options.Control.StaleLevels(ctx, view.Warehouse, view.SKU, ledger.Page{Limit: rowsAPage})
			if err != nil {
				return page{}, err
			}
			view.Unread = neverRead(refused)
		}
		view.CSV = withQuery("/levels.csv", chosen("warehouse", view.Warehouse, "sku", view.SKU))
	}
	return c.framed(ctx, "Warehouse levels", k, view)
}

func viewLevel(row ledger.LevelRow, merchant string, k clock) levelRow {
	view := levelRow{
		SKU: row.SKU, Href: skuPath(merchant, row.SKU), Product: row.Product, Facility: row.Facility, Available: row.Available, OnHand: figure(row.OnHand),
		Committed: figure(row.Committed), Updated: k.at(row.RecordedAt),
	}
	if row.Stale != nil {
		view.Stale = "stale: " + row.Stale.Words()
	}
	return view
}

// neverRead lists the levels of which every row so far was refused, and why.
func neverRead(refused []ledger.StaleLevel) []string {
	var lines []string
	for _, stale := range refused {
		if stale.Read != nil {
			continue
		}
		place := ""
		if stale.Facility != "" {
			place = " in " + stale.Facility
		}
		lines = append(lines, stale.SKU+place+" was never read: "+stale.Words())
	}
	return lines
}

// channelView lists what a connection's store should show and what it shows.
type channelView struct {
	ID, Merchant, SKU, Status, WhyOff string
	Statuses                          []ledger.Status
	Rows                              []channelRow
	Next, CSV                         string
}

type channelRow struct {
	SKU, Location, Product, Href string
	Should                       int64
	Shows, Exported              string
	State                        state
	Reason                       string
}

func (c *Console) channelPage(ctx context.Context, q request) (page, error) {
	connection, pulse, err := c.connection(ctx, q.path("id"))
	if err != nil {
		return page{}, err
	}
	k := clockOf(q.now, connection.Inventory.Timezone)
	view := channelView{
		ID: connection.ID, Merchant: connection.Merchant, SKU: q.query.Get("sku"), Status: q.query.Get("status"), Statuses: control.StatusFilters(),
		WhyOff: whyOff(connection, pulse),
	}
	view.CSV = withQuery(connectionPath(connection.ID)+"/levels.csv", chosen("status", view.Status, "sku", view.SKU))
	rows, err := c.options.Control.ChannelLevels(ctx, connection.ID, view.SKU, ledger.Status(view.Status),
		ledger.Page{After: q.query.Get("after"), Limit: rowsAPage})
	if err != nil {
		return page{}, err
	}
	for _, row := range rows {
		view.Rows = append(view.Rows, viewChannelRow(row, connection.Merchant, k))
	}
	if len(rows) >= rowsAPage {
		view.Next = connectionPath(connection.ID) + "/levels?" + url.Values{"status": {view.Status}, "after": {rows[len(rows)-1].ChannelSKU}}.Encode()
	}
	shown := frame(connection.ID+" levels", pulse, k)
	shown.Body = view
	return shown, nil
}

func viewChannelRow(row ledger.ChannelLevelRow, merchant string, k clock) channelRow {
	view := channelRow{
		SKU: row.ChannelSKU, Location: row.Location, Product: row.Product, Href: skuPath(merchant, row.Product), Should: row.Quantity, Shows: figure(row.Exported),
		State: rowState(row.Status), Reason: k.localTimes(row.Reason), Exported: "never",
	}
	if row.LastExported != nil {
		view.Exported = k.at(*row.LastExported)
	}
	if row.Next != "" {
		view.Reason = strings.TrimPrefix(view.Reason+"; "+row.Next, "; ")
	}
	return view
}

// skuView is all that is known of a merchant's SKU.
type skuView struct {
	Merchant, SKU, Name string
	Barcode             string
	Bundles             []bundleLink // that have it as a component
	Levels              []levelRow
	Unread              []string // see levelsView
	Sold                []soldRow
	Activity            []activityRow
	Connections         []string
	Notice              string
	Older, Newest       string // addresses: of the activity before what is shown, and of the newest where that is older
}

type bundleLink struct{ SKU, Href string }

type soldRow struct {
	channelRow
	Connection, ConnectionHref string
	Why                        []whyStep
}

// whyStep is a step of an explanation, with the figure that it gives.
type whyStep struct {
	Words, Figure string
	Result        bool // the figure is what the store should show
}

func viewSteps(steps []inventory.Step, k clock) []whyStep {
	shown := make([]whyStep, len(steps))
	for i, step := range steps {
		shown[i] = whyStep{Words: capital(k.localTimes(strings.TrimSpace(step.Words))), Result: step.Result}
		if step.Figure != nil {
			shown[i].Figure = number(*step.Figure)
		}
	}
	return shown
}

type activityRow struct {
	At, What, Where, Before, After, Run, RunHref, Note string
}

const activityAPage = 100

func (c *Console) skuPage(ctx context.Context, q request) (page, error) {
	var before int64
	if text := q.query.Get("before"); text != "" {
		var err error
		if before, err = strconv.ParseInt(text, 10, 64); err != nil || before < 1 {
			return page{}, &control.UsageError{Message: fmt.Sprintf("%q is not the number of an entry", text)}
		}
	}
	product, err := c.options.Control.Product(ctx, q.path("merchant"), q.path("sku"), before, activityAPage)
	if err != nil {
		return page{}, err
	}
	return c.shared(ctx, product.SKU, q, func(k clock) any {
		view := viewProduct(product, k)
		if before > 0 {
			view.Newest = skuPath(product.Merchant, product.SKU) + "#activity"
		}
		return view
	})
}

func viewProduct(product control.Product, k clock) skuView {
	view := skuView{Merchant: product.Merchant, SKU: product.SKU, Name: product.Name, Barcode: product.Barcode}
	for _, sku := range product.Bundles {
		view.Bundles = append(view.Bundles, bundleLink{sku, skuPath(product.Merchant, sku)})
	}
	if product.Older > 0 {
		view.Older = fmt.Sprintf("%s?before=%d#activity", skuPath(product.Merchant, product.SKU), product.Older)
	}
	for _, row := range product.Levels {
		level := viewLevel(row, product.Merchant, k)
		level.Facility = strings.TrimPrefix(row.Warehouse+", "+row.Facility, ", ")
		view.Levels = append(view.Levels, level)
	}
	view.Unread = neverRead(product.Unread)
	var differ []soldRow
	for _, sold := range product.Sold {
		row := soldRow{
			channelRow: viewChannelRow(sold.Row, product.Merchant, k), Connection: sold.Row.Connection, ConnectionHref: connectionPath(sold.Row.Connection),
		}
		row.Why = viewSteps(sold.Steps(), k)
		if sold.Row.Exported == nil || *sold.Row.Exported != sold.Row.Quantity {
			differ = append(differ, row)
		}
		if len(view.Connections) == 0 || view.Connections[len(view.Connections)-1] != sold.Row.Connection {
			view.Connections = append(view.Connections, sold.Row.Connection)
		}
		view.Sold = append(view.Sold, row)
	}
	view.Notice = notShown(differ, len(product.Sold))
	for _, entry := range product.Activity {
		view.Activity = append(view.Activity, viewActivity(entry, k))
	}
	return view
}

// notShown says how many of the places where a product is sold may show another figure than they should.
func notShown(differ []soldRow, all int) string {
	opening := ""
	switch {
	case len(differ) == 0:
		return ""
	case all == 1:
		opening = "It is not known to be shown as it should:"
	case len(differ) == 1:
		opening = fmt.Sprintf("1 of %s is not known to show what it should:", count(int64(all), "place"))
	default:
		opening = fmt.Sprintf("%s of %s are not known to show what they should:", number(int64(len(differ))), count(int64(all), "place"))
	}
	var places []string
	for _, row := range differ[:min(len(differ), mostDiffering)] {
		place, shows := row.Connection, "shows "+row.Shows
		if row.Location != "" {
			place += ", " + row.Location + ","
		}
		if row.Shows == figure(nil) {
			shows = "has not confirmed a figure"
		}
		places = append(places, fmt.Sprintf("%s %s and should show %s (%s)", place, shows, number(row.Should), strings.ToLower(row.State.Word)))
	}
	if more := len(differ) - len(places); more > 0 {
		places = append(places, fmt.Sprintf("and %s more", number(int64(more))))
	}
	return opening + " " + strings.Join(places, "; ") + "."
}

// mostDiffering is how many of these places are named.
const mostDiffering = 3

// activityWords are the kinds of activity for people.
var activityWords = map[string]string{
	"reported": "Level changed", "missing": "Not in the snapshot", "refused": "Row refused", "misplaced": "Counted elsewhere", "exported": "Exported",
	"sent":     "Sent",
	"rejected": "Rejected", "retrying": "To try again", "superseded": "Superseded", "unknown": "Answer not known",
}

func viewActivity(entry control.ProductEvent, k clock) activityRow {
	row := activityRow{
		At: k.exact(entry.At), What: cmp.Or(activityWords[entry.Kind], entry.Kind), Where: strings.Trim(entry.Warehouse+", "+entry.Facility, ", "),
		Before: figure(entry.Before), After: figure(entry.After),
		Note: k.localTimes(entry.Note),
	}
	if entry.Connection != "" {
		row.Where = strings.Trim(entry.Connection+", "+entry.Location, ", ")
	}
	if entry.Run != 0 {
		row.Run, row.RunHref = fmt.Sprintf("#%d", entry.Run), runPath(entry.Run)
		took := "so far no end"
		if entry.Took != nil {
			took = span(*entry.Took)
		}
		if entry.Mode != "" {
			took += ", " + control.SyncName(entry.Mode)
		}
		row.Note = strings.TrimSuffix(took+"; "+row.Note, "; ")
	}
	return row
}

// formulaStarts are the characters with which a spreadsheet begins a formula, their full-width forms, and the space that it skips before them.
const formulaStarts = "=+-@＝＋－＠\t\r\n"

// cell quotes a text that a spreadsheet would take for a formula.
func cell(text string) string {
	if first, _ := utf8.DecodeRuneInString(text); text != "" && strings.ContainsRune(formulaStarts, first) {
		return "'" + text
	}
	return text
}

// chosen is a query of names and values, without the empty values.
func chosen(pairs ...string) string {
	values := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			values.Set(pairs[i], pairs[i+1])
		}
	}
	return values.Encode()
}

// withQuery is a path with a query, where there is one.
func withQuery(path, query string) string {
	if query == "" {
		return path
	}
	return path + "?" + query
}

// levelsCSV writes the levels of a warehouse, those of a SKU where one is named.
func (c *Console) levelsCSV(w http.ResponseWriter, r *http.Request) {
	warehouse := r.URL.Query().Get("warehouse")
	header := []string{"sku", "product", "facility", "available", "on_hand", "committed", "recorded_at_utc"}
	writeCSV(c, w, r, warehouse+"-levels.csv", header, func(ctx context.Context, after string) ([][]string, string, error) {
		rows, err := c.options.Control.Levels(ctx, warehouse, r.URL.Query().Get("sku"), ledger.Page{After: after, Limit: csvPage})
		var lines [][]string
		for _, row := range rows {
			after = row.SKU
			lines = append(lines,
				[]string{
					cell(row.SKU), cell(row.Product), cell(row.Facility), fmt.Sprint(row.Available), plainFigure(row.OnHand), plainFigure(row.Committed),
					row.RecordedAt.UTC().Format(time.RFC3339),
				})
		}
		return lines, after, err
	})
}

// channelLevelsCSV writes the rows of a connection's store, those of a status or a SKU where one is named.
func (c *Console) channelLevelsCSV(w http.ResponseWriter, r *http.Request) {
	id, q := r.PathValue("id"), r.URL.Query()
	header := []string{"channel_sku", "location", "product", "should_show", "shows", "status", "reason", "last_exported_utc"}
	writeCSV(c, w, r, id+"-levels.csv", header, func(ctx context.Context, after string) ([][]string, string, error) {
		rows, err := c.options.Control.ChannelLevels(ctx, id, q.Get("sku"), ledger.Status(q.Get("status")), ledger.Page{After: after, Limit: csvPage})
		var lines [][]string
		for _, row := range rows {
			after = row.ChannelSKU
			exported := ""
			if row.LastExported != nil {
				exported = row.LastExported.UTC().Format(time.RFC3339)
			}
			lines = append(lines,
				[]string{
					cell(row.ChannelSKU), cell(row.Location), cell(row.Product), fmt.Sprint(row.Quantity), plainFigure(row.Exported), string(row.Status),
					cell(row.Reason), exported,
				})
		}
		return lines, after, err
	})
}

const csvPage = 1000

func plainFigure(n *int64) string {
	if n == nil {
		return ""
	}
	return fmt.Sprint(*n)
}

// writeCSV writes a list page by page, so that it never holds a large list in memory. A failure in the middle aborts the response, so that nobody takes
// the part for the whole.
func writeCSV(c *Console, w http.ResponseWriter, r *http.Request, name string, header []string,
	list func(ctx context.Context, after string) ([][]string, string, error),
) {
	lines, after, err := list(r.Context(), "")
	if err != nil {
		c.fail(w, r, http.StatusNotFound, "There is no such list.")
		return
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", name))
	sheet := csv.NewWriter(w)
	_ = sheet.Write(header)
	stream := http.NewResponseController(w)
	for {
		_ = stream.SetWriteDeadline(time.Now().Add(streamWrite))
		if err := sheet.WriteAll(lines); err != nil {
			return
		}
		if len(lines) < csvPage {
			return
		}
		if lines, after, err = list(r.Context(), after); err != nil {
			panic(http.ErrAbortHandler)
		}
	}
}

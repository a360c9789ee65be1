package extensivtest

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tidemark/tidemark/warehouses/warehousetest"
)

// problem is the error of a query, in Extensiv's form.
func problem(parameter, code string) (int, warehousetest.Answer) {
	return 0, haljson(http.StatusBadRequest, fmt.Sprintf(
		`{"$type":"QueryParameterException","Parameters":[%s],"ErrorCode":%s,"Hint":"Properties not supported: %s"}`,
		warehousetest.Quote(parameter), warehousetest.Quote(code), warehousetest.Credential))
}

// list answers with one page of a list as it is now; it is not frozen while it is read.
func (w *Warehouse) list(request *http.Request) (int, warehousetest.Answer) {
	query := request.URL.Query()
	details := request.URL.Path == "/inventory/stockdetails"
	size, err := strconv.Atoi(query.Get("pgsiz"))
	if err != nil || size < 1 || size > 500 {
		return problem("pgsiz", "NotParsable")
	}
	if w.switches.MostRows > 0 {
		size = min(size, w.switches.MostRows)
	}
	number, err := strconv.Atoi(query.Get("pgnum"))
	if err != nil || number < 1 {
		return problem("pgnum", "NotParsable")
	}
	if details && (query.Get("customerid") == "" || query.Get("facilityid") == "") {
		return problem("customerid", "Required")
	}
	rows, ok := w.filtered(query, details)
	if !ok {
		return problem("rql", "NotParsable")
	}
	served := number
	if w.Fault() == warehousetest.Repeats && number > 2 {
		served = 2
	}
	from := min((served-1)*size, len(rows))
	to, total := min(from+size, len(rows)), len(rows)
	if w.Fault() == warehousetest.Truncated && number > 1 {
		total = to
	}
	var text strings.Builder
	fmt.Fprintf(&text, `{"totalResults":%d,`, total)
	if details {
		text.WriteString(`"_embedded":{"item":`)
	} else {
		text.WriteString(`"summaries":`)
	}
	lots := from
	text.WriteString(warehousetest.List(rows[from:to], func(row row) string {
		lots++
		if details {
			return w.lot(row, lots-1)
		}
		return w.summary(row)
	}))
	if details {
		text.WriteByte('}')
	}
	if details || w.switches.Links {
		text.WriteString(`,"_links":{"self":{"href":"/inventory"},"next":{"href":"http://attacker.invalid/inventory?pgnum=9"}}`)
	}
	text.WriteByte('}')
	response := haljson(http.StatusOK, text.String())
	response.Cut = w.Fault() == warehousetest.BreaksOff && number == 2
	return number, response
}

var (
	isCustomer = regexp.MustCompile(`^customerIdentifier\.id==([0-9]+)$`)
	isFacility = regexp.MustCompile(`^facilityId=in=\(([0-9,]+)\)$`)
	isSince    = regexp.MustCompile(`^readonly\.lastModifiedDate=ge=(.+)$`)
)

// filtered are the rows that are asked for; false when the filter is not understood.
func (w *Warehouse) filtered(query url.Values, details bool) ([]row, bool) {
	var numbers []string
	var since time.Time
	customer := strconv.Itoa(Customer)
	if details {
		numbers, customer = []string{query.Get("facilityid")}, query.Get("customerid")
	}
	for condition := range strings.SplitSeq(query.Get("rql"), ";") {
		if matches := isCustomer.FindStringSubmatch(condition); matches != nil {
			customer = matches[1]
		} else if parts := isFacility.FindStringSubmatch(condition); parts != nil {
			numbers = strings.Split(parts[1], ",")
		} else if groups := isSince.FindStringSubmatch(condition); groups != nil && w.switches.Since {
			var err error
			if since, err = time.Parse("2006-01-02T15:04:05", groups[1]); err != nil {
				return nil, false
			}
			if w.switches.Eastern {
				since = since.Add(5 * time.Hour)
			}
		} else if condition != "" {
			return nil, false
		}
	}
	if customer != strconv.Itoa(Customer) {
		return nil, true
	}
	var rows []row
	for _, row := range w.rows {
		if (numbers == nil || slices.Contains(numbers, strconv.Itoa(w.facilities[row.Facility]))) && !row.updated.Before(since) {
			rows = append(rows, row)
		}
	}
	return rows, true
}

// The figures besides the available one.
const (
	OnHand    = 1200
	Allocated = 3
)

func (w *Warehouse) summary(row row) string {
	return fmt.Sprintf(`{"itemIdentifier":{"sku":%s,"id":%d},"qualifier":%s,"totalReceived":%s,"allocated":%s,%s"onHold":%s,"onHand":%s,"facilityId":%d}`,
		warehousetest.Quote(row.SKU), w.items[row.SKU], warehousetest.Quote(row.qualifier), w.figure("2000"), w.figure(strconv.Itoa(Allocated)), w.available(row),
		w.figure("0"), w.figure(strconv.Itoa(OnHand)), w.facilities[row.Facility])
}

func (w *Warehouse) lot(row row, number int) string {
	return fmt.Sprintf(`{"receiveItemId":%d,"itemIdentifier":{"sku":%s,"id":%d},"description":"An item","qualifier":%s,"received":%s,%s"isOnHold":%t,`+
		`"quarantined":null,"onHand":%s,"lotNumber":"L%d"}`,
		number+1, warehousetest.Quote(row.SKU), w.items[row.SKU], warehousetest.Quote(row.qualifier), w.figure("2000"), w.available(row), row.held,
		w.figure(strconv.Itoa(OnHand)), number)
}

func (w *Warehouse) available(row row) string {
	if row.Available == "" {
		return ""
	}
	return `"available":` + w.figure(row.Available) + ","
}

var plain = regexp.MustCompile(`^-?[0-9]+$`)

// figure writes a whole figure as the documentation's examples do.
func (w *Warehouse) figure(raw string) string {
	if w.switches.Whole || !plain.MatchString(raw) {
		return raw
	}
	return raw + ".0"
}

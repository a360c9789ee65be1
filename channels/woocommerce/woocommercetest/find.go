package woocommercetest

import (
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/tidemark/tidemark/channels/channeltest"
)

// maxPage is the most products on a page.
const maxPage = 100

// listed is what a look-up shows of a product with the fields that the driver asks for.
type listed struct {
	ID          int64  `json:"id"`
	SKU         string `json:"sku"`
	Type        string `json:"type,omitempty"`
	ParentID    int64  `json:"parent_id"`
	ManageStock any    `json:"manage_stock"`
}

func (s *Store) findProducts(w http.ResponseWriter, r *http.Request) {
	s.find(w, r, func(entry *product) bool { return entry.kind != "variation" || !s.options.SeparateVariations })
}

// findVariations finds products, too, as long as it is asked by SKU. It gives them no type.
func (s *Store) findVariations(w http.ResponseWriter, r *http.Request) {
	s.find(w, r, func(*product) bool { return true })
}

func (s *Store) find(w http.ResponseWriter, r *http.Request, includes func(*product) bool) {
	query := r.URL.Query()
	size, err := strconv.Atoi(query.Get("per_page"))
	if err != nil || size < 1 || size > maxPage {
		refuse(w, http.StatusBadRequest, "rest_invalid_param", "Invalid parameter(s): per_page")
		return
	}
	s.CountLookup()
	typed := !strings.HasSuffix(r.URL.Path, "/variations")
	var rows []listed
	for _, product := range s.matching(query.Get("sku")) {
		if product.status == "trash" || !includes(product) {
			continue
		}
		row := listed{ID: product.id, SKU: product.sku, ParentID: product.parent, ManageStock: s.managing(product)}
		if typed {
			row.Type = product.kind
		}
		rows = append(rows, row)
	}
	if !s.options.NoPages {
		w.Header().Set("X-WP-Total", strconv.Itoa(len(rows)))
		w.Header().Set("X-WP-TotalPages", strconv.Itoa((len(rows)+size-1)/size))
	}
	channeltest.Reply(w, http.StatusOK, append([]listed{}, rows[:min(size, len(rows))]...))
}

// matching is the products that the database finds for a list of SKUs, the newest first. Without a list, and "0" is none to PHP,
// that is every product.
func (s *Store) matching(list string) []*product {
	if s.options.Cleans {
		list = clean(list)
	}
	seen := map[string]bool{}
	if list != "" && list != "0" {
		for _, sku := range append(strings.Split(list, ","), list) {
			seen[fold(sku)] = true
		}
	}
	var matches []*product
	for sku := range seen {
		for _, id := range s.bySKU[sku] {
			matches = append(matches, s.products[id])
		}
	}
	if len(seen) == 0 {
		for _, product := range s.products {
			if product.kind != "variation" {
				matches = append(matches, product)
			}
		}
	}
	slices.SortFunc(matches, func(a, b *product) int { return int(b.id - a.id) })
	return matches
}

var (
	tags   = regexp.MustCompile(`<[^>]*>?`)
	blanks = regexp.MustCompile(`[\s]+`)
	codes  = regexp.MustCompile(`%[a-fA-F0-9]{2}`)
)

// clean does what sanitize_text_field does.
func clean(text string) string {
	return strings.TrimSpace(codes.ReplaceAllString(blanks.ReplaceAllString(tags.ReplaceAllString(text, ""), " "), ""))
}

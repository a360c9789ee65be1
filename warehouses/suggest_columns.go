package warehouses

import (
	"cmp"
	"encoding/csv"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// words are names that columns often have, by what they hold, without blanks and signs. A name that could mean two things is not among them.
var words = map[string][]string{
	"sku": {
		"sku", "itemsku", "productsku", "variantsku", "merchantsku", "sellersku", "skucode", "itemnumber", "itemno", "itemcode", "item", "articlenumber", "article",
		"articlecode", "partnumber", "partno", "productcode", "stockcode", "materialnumber", "material", "artikel", "artikelnummer", "artikelnr", "artnr",
		"referencia", "codigo", "référence", "reference", "codice", "codicearticolo", "artikelcode",
	},
	"available": {
		"available", "availableqty", "availablequantity", "availablestock", "availableunits", "qtyavailable", "quantityavailable", "stockavailable", "freestock",
		"freeqty", "free", "salable", "sellable", "fulfillable", "fulfillablequantity", "afnfulfillablequantity", "stock", "stockqty", "stockquantity", "stocklevel",
		"qty", "quantity", "units", "inventory", "inventoryquantity", "inventoryqty", "inventorylevel", "frei", "verfügbar", "verfugbar", "bestand", "lagerbestand",
		"menge", "stück", "disponible", "cantidad", "existencias", "quantité", "quantite", "quantità", "giacenza", "disponibilità", "voorraad", "aantal",
	},
	"facility": {
		"facility", "facilityid", "warehouse", "warehousecode", "warehouseid", "warehousename", "site", "location", "locationid", "locationcode", "depot", "branch",
		"fulfillmentcenter", "lager", "lagerort", "standort", "filiale", "almacen", "almacén", "entrepôt", "entrepot", "magazzino", "magazijn",
	},
}

// normal is a name as words has it.
func normal(name string) string {
	return strings.Map(func(letter rune) rune {
		if unicode.IsLetter(letter) || unicode.IsDigit(letter) {
			return unicode.ToLower(letter)
		}
		return -1
	}, name)
}

// meant are those of some names that may hold a field, each once.
func meant(field string, names []string) []string {
	var all []string
	for _, name := range names {
		if slices.Contains(words[field], normal(name)) && !slices.Contains(all, name) {
			all = append(all, name)
		}
	}
	return all
}

// table is the setting that says which column or member holds what; empty where the driver has none.
func (s subject) table() string {
	for _, name := range []string{"columns", "fields"} {
		if s.offers(name) {
			return name
		}
	}
	return ""
}

// reads is true for what a field is read as already.
func (s subject) reads(as string) bool {
	return slices.ContainsFunc(s.report.Fields, func(field Field) bool { return field.As == as })
}

// columns suggests which columns, or members, hold the SKU and the figure, where they are not those that are read.
func (s subject) columns() *Suggestion {
	if s.table() == "" || len(s.report.mends) > 0 || s.reads("sku") && (s.reads("available") || s.reads("on_hand")) {
		return nil
	}
	if s.table() == "fields" {
		return s.named(s.unused(), func(string) string { return "" }, nil)
	}
	if len(s.report.first) == 0 || s.values[headerName] == false {
		return nil
	}
	if suggestion := s.header(); suggestion != nil {
		return suggestion
	}
	if bare := s.headless(); bare != nil {
		return bare
	}
	return s.unknown()
}

const headerName = "header"

// unused are the names of what is not read.
func (s subject) unused() []string {
	var names []string
	for _, field := range s.report.Fields {
		if field.As == "" && !field.holds {
			names = append(names, field.name)
		}
	}
	return names
}

// split parts a line at a delimiter, as a file's lines are mostly parted.
func split(text, delimiter string) []string {
	reader := csv.NewReader(strings.NewReader(text))
	reader.Comma, reader.LazyQuotes = rune(delimiter[0]), true
	fields, err := reader.Read()
	if err != nil {
		return strings.Split(text, delimiter)
	}
	return fields
}

// header looks for a line that names a SKU and a figure, with any delimiter.
func (s subject) header() *Suggestion {
	delimiters := []string{s.values.Text("delimiter")}
	if s.open("delimiter") {
		delimiters = []string{",", ";", "|", "tab"}
	}
	for i, line := range s.report.first {
		var best []string
		with := ""
		for _, delimiter := range delimiters {
			names := split(line.text, written(delimiter))
			if len(s.candidates("sku", names)) > 0 && len(s.candidates("available", names)) > 0 && len(names) > len(best) {
				best, with = names, delimiter
			}
		}
		if best == nil {
			continue
		}
		var more []Setting
		if with != s.values.Text("delimiter") {
			more = append(more, Setting{"delimiter", with})
		}
		if i > 0 && s.open("header_line") && s.open(headerName) {
			more = append(more, Setting{"header_line", int64(line.number)})
		}
		var next []string
		if i+1 < len(s.report.first) {
			next = split(s.report.first[i+1].text, written(with))
		}
		return s.named(best, func(name string) string {
			if at := slices.Index(best, name); at < len(next) {
				return next[at]
			}
			return ""
		}, more)
	}
	return nil
}

// candidates are the names that may hold a field: that which is set, where it is there, or those with a usual name.
func (s subject) candidates(field string, names []string) []string {
	if set := s.values.Map(s.table())[field]; set != "" && slices.Contains(names, set) {
		return []string{set}
	}
	if slices.Contains(names, field) {
		return []string{field}
	}
	return meant(field, names)
}

// named suggests columns or fields of these names, with more settings; example is what stands under a name.
func (s subject) named(names []string, example func(name string) string, more []Setting) *Suggestion {
	skus, figures := s.candidates("sku", names), s.candidates("available", names)
	if s.reads("sku") {
		skus = []string{""}
	}
	if s.reads("available") || s.reads("on_hand") {
		figures = []string{""}
	}
	if len(skus) == 0 || len(figures) == 0 {
		return nil
	}
	suggestion := &Suggestion{Why: "the columns that hold the SKU and the figure are not those that are read"}
	if s.table() == "fields" {
		suggestion.Why = "the members that hold the SKU and the figure are not those that are read"
	}
	for _, sku := range skus {
		for _, figure := range figures {
			suggestion.add(s.column(map[string]string{"sku": sku, "available": figure}, example, more))
		}
	}
	suggestion.Decide = len(suggestion.Ways) > 1
	if len(suggestion.Ways) == 0 {
		return nil
	}
	return suggestion
}

func (s *Suggestion) add(way Way) {
	if len(way.Settings) > 0 && len(s.Ways) < 6 {
		s.Ways = append(s.Ways, way)
	}
}

// column is the way that reads fields from columns of these names.
func (s subject) column(names map[string]string, example func(name string) string, more []Setting) Way {
	table := maps.Clone(s.values.Map(s.table()))
	if table == nil {
		table = map[string]string{}
	}
	way, changed := Way{Settings: slices.Clone(more)}, false
	var parts []string
	for _, field := range []string{"sku", "available", "facility"} {
		name := names[field]
		if name == "" {
			continue
		}
		if name != cmp.Or(table[field], field) {
			table[field], changed = name, true
		}
		text := fmt.Sprintf("reads %s from %s", field, quote(name))
		if stands := example(name); stands != "" {
			text += fmt.Sprintf(", where %s stands first", quote(stands))
		}
		parts = append(parts, text)
	}
	if changed {
		way.Settings = append(way.Settings, Setting{s.table(), table})
	}
	way.Reads = strings.Join(parts, "; ")
	return way
}

// numeric is true for a text that looks like a number.
func numeric(text string) bool {
	digits := strings.TrimLeft(strings.TrimSpace(text), "+-")
	return digits != "" && strings.Trim(digits, "0123456789.,'") == "" && strings.ContainsAny(digits, "0123456789")
}

// headless has a person say which columns of a file without a header hold what.
func (s subject) headless() *Suggestion {
	var fields []string
	with := ""
	for _, delimiter := range []string{",", ";", "|", "tab"} {
		if parted := split(s.report.first[0].text, written(delimiter)); len(parted) > len(fields) &&
			(s.open("delimiter") || delimiter == s.values.Text("delimiter")) {
			fields, with = parted, delimiter
		}
	}
	if len(fields) < 2 || !slices.ContainsFunc(fields, numeric) {
		return nil
	}
	suggestion := &Suggestion{Why: "the first line holds a number, so it may be a row; there is then no header", Decide: true}
	sku := max(slices.IndexFunc(fields, func(text string) bool { return !numeric(text) }), 0)
	for i, text := range fields {
		if i == sku || !numeric(text) {
			continue
		}
		var more []Setting
		if with != s.values.Text("delimiter") {
			more = append(more, Setting{"delimiter", with})
		}
		numbered := map[string]string{"sku": strconv.Itoa(sku + 1), "available": strconv.Itoa(i + 1)}
		more = append(more, Setting{headerName, false}, Setting{s.table(), numbered})
		suggestion.add(Way{Settings: more, Reads: fmt.Sprintf("reads %s as the first SKU and %s as its figure",
			quote(fields[sku]), quote(text))})
	}
	if len(suggestion.Ways) == 0 {
		return nil
	}
	return suggestion
}

// unknown has a person say which columns hold the SKU and the figure, where no name tells.
func (s subject) unknown() *Suggestion {
	at, with := s.heading()
	if at < 0 || at+1 >= len(s.report.first) {
		return nil
	}
	names := split(s.report.first[at].text, written(with))
	next := s.sample(at, len(names), with)
	skus, figures := s.likely("sku", names, next), s.likely("available", names, next)
	var more []Setting
	if with != s.values.Text("delimiter") {
		more = append(more, Setting{"delimiter", with})
	}
	if at > 0 && s.open("header_line") && s.open(headerName) {
		more = append(more, Setting{"header_line", int64(s.report.first[at].number)})
	}
	suggestion := &Suggestion{Why: "no column is named as those of SKUs and figures mostly are", Decide: true}
	for _, sku := range skus {
		for _, figure := range figures {
			if sku == figure {
				continue
			}
			suggestion.add(s.column(map[string]string{"sku": sku, "available": figure}, func(name string) string {
				if at := slices.Index(names, name); at < len(next) {
					return next[at]
				}
				return ""
			}, more))
		}
	}
	if len(suggestion.Ways) == 0 {
		return nil
	}
	return suggestion
}

// heading is the line that may hold the names of the columns, and the delimiter that parts it: the first one that names a SKU or, where none
// does, the first one of as many fields as most have. It is below 0 where no line has several fields.
func (s subject) heading() (at int, with string) {
	delimiters := []string{s.values.Text("delimiter")}
	if s.open("delimiter") {
		delimiters = []string{",", ";", "|", "tab"}
	}
	at, most := -1, 0 // most: fields of a line that names a SKU
	usual, lines, firsts := 0, map[int]int{}, map[int]int{}
	for _, delimiter := range delimiters {
		for i, line := range s.report.first {
			names := split(line.text, written(delimiter))
			if len(names) < 2 {
				continue
			}
			if len(names) > most && len(s.candidates("sku", names)) > 0 {
				at, with, most = i, delimiter, len(names)
			}
		}
	}
	if at >= 0 {
		return at, with
	}
	for _, delimiter := range delimiters {
		clear(lines)
		clear(firsts)
		for i, line := range s.report.first {
			width := len(split(line.text, written(delimiter)))
			if _, ok := firsts[width]; !ok {
				firsts[width] = i
			}
			lines[width]++
			if width > 1 && (lines[width] > usual || lines[width] == usual && width > most) {
				at, with, usual, most = firsts[width], delimiter, lines[width], width
			}
		}
	}
	return at, with
}

// sample are the fields of the first row below a heading, as it seems: of as many fields, with a number among them.
func (s subject) sample(at, width int, with string) []string {
	below := s.report.first[at+1:]
	for _, line := range below {
		if fields := split(line.text, written(with)); len(fields) == width && slices.ContainsFunc(fields, numeric) {
			return fields
		}
	}
	return split(below[0].text, written(with))
}

// likely are the columns that may hold a field: those of a usual name, else those whose name has the word, else by what stands in them.
func (s subject) likely(field string, names, row []string) []string {
	if matches := s.candidates(field, names); len(matches) > 0 {
		return matches
	}
	var worded, all []string
	for i, name := range names[:min(len(names), len(row))] {
		number := numeric(row[i])
		switch {
		case row[i] == "" || field == "available" && !number: // it holds no such thing
		case strings.Contains(normal(name), field):
			worded = append(worded, name)
		case number == (field == "available") && len(all) < 3:
			all = append(all, name)
		}
	}
	if len(worded) > 0 {
		return worded
	}
	return all
}

// facility suggests the column that tells where the stock is, where nobody reads it. Where two rows are of one SKU it is needed; elsewhere a
// person decides whether places are told apart.
func (s subject) facility() *Suggestion {
	if s.table() == "" || s.reads("facility") || s.values.Text("facility") != "" || !s.reads("sku") {
		return nil
	}
	if _, ok := s.values.Map(s.table())["facility"]; ok {
		return nil
	}
	matches := meant("facility", s.unused())
	if len(matches) == 0 {
		return nil
	}
	doubles, twice := s.report.refusals("same level twice")
	names := quote(matches[0])
	for _, name := range matches[1:] {
		names += " or " + quote(name)
	}
	suggestion := &Suggestion{
		Why:    names + " may say where the stock is, and is not read; without it all stock counts as in one place",
		Decide: !twice || len(matches) > 1,
	}
	if twice {
		suggestion.Why = rows(doubles.Count) + " of a SKU that other rows have too, and " + names + " may say where the stock is, and is not read"
	}
	for _, name := range matches {
		example := func(string) string {
			for _, field := range s.report.Fields {
				if field.name == name && len(field.Examples) > 0 {
					return field.Examples[0]
				}
			}
			return ""
		}
		suggestion.add(s.column(map[string]string{"facility": name}, example, nil))
	}
	return suggestion
}

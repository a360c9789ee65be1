package bigcommerce

import (
	"encoding/json"
	"regexp"
	"strconv"
	"strings"

	"github.com/tidemark/tidemark/channels"
)

// BigCommerce names offenders in the title of its response, in prose. These titles are known (reference/inventory.v3.yml; the first was
// reported by others):
//
//	Location not found, identities: [3,2]
//	[Item with variant_id 106 is tracked by product, please update stock by product id]
//	Items with identity: [product_id 113] requires absolute adjustment before relative
//
// They are read with certainty or not at all: a name that is not in the call, or that fits two of its items, is no name.
var (
	// names holds what stands before the brackets, and in them.
	names = regexp.MustCompile(`(?s)^([^\[\]]*)\[(.+)\][^\[\]]*$`)
	// tracked follows an item whose stock BigCommerce keeps in another place.
	tracked = regexp.MustCompile(` is tracked by (?:product|variant), please update stock by (?:product|variant) id`)
	// otherIdentity is an item by an id that Tidemark does not use; what is a number alone may be one.
	otherIdentity = regexp.MustCompile(`^(?:(?:variant_id|product_id) )?[0-9]+$`)
	// indexed is a field of an item by its place in the call, in the way of the errors of other calls of this API
	// (reference/inventory.v3.yml, "setting.0.settings").
	indexed = regexp.MustCompile(`^items\.([0-9]{1,6})(?:\.|$)`)
)

const (
	noLocation = "BigCommerce has no such location; correct the connection's locations or the store's setting location"
	byProduct  = "BigCommerce does not track the stock of this SKU by itself, so it cannot be set; switch the product's inventory tracking to the variant level " +
		"in BigCommerce"
)

// named returns the items that a title names, and why they are refused.
func (s *store) named(title string, items []channels.Item) map[int]string {
	parts := names.FindStringSubmatch(title)
	if parts == nil {
		return nil
	}
	if strings.HasPrefix(parts[1], "Location not found") {
		return s.atLocations(parts[2], items)
	}
	reason, list := title, tracked.ReplaceAllString(parts[2], "")
	if list != parts[2] {
		reason = byProduct
	}
	places := map[string]int{} // of each SKU; below zero for one at several locations, for the title does not say at which
	for i, item := range items {
		if _, seen := places[item.ChannelSKU]; seen {
			places[item.ChannelSKU] = -1
			continue
		}
		places[item.ChannelSKU] = i
	}
	whole, isWhole := identity(list, places)
	pieces := strings.Split(list, ",")
	offences := map[int]string{}
	for _, piece := range pieces {
		if at, certain := identity(piece, places); certain {
			offences[at] = reason
		}
	}
	arePieces := len(offences) == len(pieces)
	switch {
	case isWhole && (len(pieces) == 1 || !arePieces): // a SKU may hold commas
		return map[int]string{whole: reason}
	case arePieces && !isWhole:
		return offences
	}
	return nil
}

// identity is the item that a piece of a title names.
func identity(text string, places map[string]int) (at int, certain bool) {
	text = strings.TrimPrefix(strings.TrimPrefix(text, " "), "Item with ")
	if otherIdentity.MatchString(text) {
		return 0, false
	}
	bare, isBare := places[text]
	short, marked := strings.CutPrefix(text, "sku ")
	named, isNamed := places[short]
	switch {
	case marked && isNamed && !isBare:
		return named, named >= 0
	case isBare && !(marked && isNamed):
		return bare, bare >= 0
	}
	return 0, false
}

// atLocations returns the items at the locations of a list.
func (s *store) atLocations(list string, items []channels.Item) map[int]string {
	at := map[int64][]int{}
	for i, item := range items {
		if id, err := s.place(item); err == nil {
			at[id] = append(at[id], i)
		}
	}
	offences := map[int]string{}
	for text := range strings.SplitSeq(list, ",") {
		id, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64)
		if err != nil || len(at[id]) == 0 {
			return nil
		}
		for _, i := range at[id] {
			offences[i] = noLocation
		}
	}
	return offences
}

// indexed returns the items that the details name by their place in the call, and why.
func (p problem) indexed(items int) map[int]string {
	offences := map[int]string{}
	for field, raw := range p.details() {
		parts := indexed.FindStringSubmatch(field)
		if parts == nil {
			return nil
		}
		at, err := strconv.Atoi(parts[1])
		if err != nil || at >= items {
			return nil
		}
		reason := p.Title
		if text := ""; json.Unmarshal(raw, &text) == nil && text != "" {
			reason = text
		}
		if before, seen := offences[at]; seen && before < reason {
			reason = before // of several the same one every time
		}
		offences[at] = reason
	}
	return offences
}

package config

import (
	"path/filepath"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/ledger"
)

// catalog reads the catalogue files.
func (l *loader) catalog(n *node) {
	o, ok := l.object(n, "catalog", "products", "bundles", "listings")
	if !ok {
		return
	}
	l.catalogFiles(o.get("products"), "products", "merchant", &l.merchants, l.products())
	bundles := newBundles(l)
	l.catalogFiles(o.get("bundles"), "bundles", "merchant", &l.merchants, bundles.read)
	bundles.finish()
	l.catalogFiles(o.get("listings"), "listings", "store", &l.stores, l.listings())
}

// catalogFiles reads the files of a kind. Each belongs to a merchant or a store.
func (l *loader) catalogFiles(n *node, kind, ownerKind string, owners *names, read func(t *table, owner string)) {
	items, _ := l.list(n, kind+" of catalog")
	seen := map[[2]string]bool{}
	for _, item := range items {
		what := "an entry of " + kind
		o, ok := l.object(item, what, "file", ownerKind)
		if !ok {
			continue
		}
		fileNode := o.need("file", "a CSV file, relative to this one")
		file, fileRead := l.text(fileNode, "file in "+what)
		ownerNode := o.need(ownerKind, "the id of the "+ownerKind+" that the file is for")
		owner, ownerRead := l.id(ownerNode, ownerKind+" in "+what)
		if ownerRead {
			_, ownerRead = l.refer(owners, ownerKind, owner, ownerNode.place, what)
		}
		if !fileRead {
			continue
		}
		if !filepath.IsAbs(file) {
			file = filepath.Join(filepath.Dir(l.path), file)
		}
		key := [2]string{filepath.Clean(file), owner}
		if ownerRead && seen[key] {
			l.fail(fileNode.place, "%s names the file %q for %s %s twice; keep one of them", kind, file, ownerKind, owner)
			continue
		}
		seen[key] = ownerRead
		if !ownerRead {
			owner = "" // the rows are checked, each file alone
		}
		if t, ok := l.openTable(file, fileNode.place, columnsOf[kind]); ok {
			read(t, owner)
		}
	}
}

// columnsOf are the columns of the files; those that a file may leave out come last.
var columnsOf = map[string]columns{
	"products": {required: []string{"sku"}, optional: []string{"name", "barcode"}},
	"bundles":  {required: []string{"bundle_sku", "component_sku", "count"}},
	"listings": {required: []string{"sku", "channel_sku"}},
}

// products returns a reader of product files that knows what earlier files held.
func (l *loader) products() func(*table, string) {
	seen := map[[2]string]place{}
	return func(t *table, merchant string) {
		for t.next() {
			sku, ok := t.sku("sku")
			name, barcode := t.short("name"), t.short("barcode")
			if !ok || !once(t, seen, [2]string{t.scope(merchant), sku}, "sku", "product "+inventory.Quoted(sku)) {
				continue
			}
			l.definitions.Products = append(l.definitions.Products, ledger.Product{Merchant: merchant, SKU: sku, Name: name, Barcode: barcode})
		}
	}
}

// listings returns a reader of listing files that knows what earlier files held.
func (l *loader) listings() func(*table, string) {
	seen := map[[2]string]place{}
	return func(t *table, store string) {
		for t.next() {
			sku, skuRead := t.sku("sku")
			channelSKU, channelRead := t.sku("channel_sku")
			if !skuRead || !channelRead || !once(t, seen, [2]string{t.scope(store), channelSKU}, "channel_sku", "channel SKU "+inventory.Quoted(channelSKU)) {
				continue
			}
			l.definitions.Listings = append(l.definitions.Listings, ledger.ListingDefinition{Store: store, Listing: inventory.Listing{SKU: sku, ChannelSKU: channelSKU}})
		}
	}
}

// bundles collects the components of bundles, a row each, and checks the bundles when all are known.
type bundles struct {
	l         *loader
	owners    []string
	byOwner   map[string]*ownedBundles
	component map[[3]string]place // merchant, bundle and component → where the component stands
	tables    map[string]*table   // by file
}

// ownedBundles are the bundles of a merchant.
type ownedBundles struct {
	all   []inventory.Bundle
	index map[string]int
}

func newBundles(l *loader) *bundles {
	return &bundles{l: l, byOwner: map[string]*ownedBundles{}, component: map[[3]string]place{}, tables: map[string]*table{}}
}

func (b *bundles) read(t *table, merchant string) {
	owner := t.scope(merchant)
	owned := b.byOwner[owner]
	if owned == nil {
		owned = &ownedBundles{index: map[string]int{}}
		b.byOwner[owner] = owned
		b.owners = append(b.owners, owner)
	}
	b.tables[t.file] = t
	for t.next() {
		sku, ok := t.sku("bundle_sku")
		if !ok {
			continue
		}
		component, componentRead := t.sku("component_sku")
		count, countRead := t.count("count")
		if _, exists := owned.index[sku]; !exists {
			owned.index[sku] = len(owned.all)
			owned.all = append(owned.all, inventory.Bundle{SKU: sku})
		}
		if !componentRead || !countRead || !once(t, b.component, [3]string{owner, sku, component}, "component_sku", "component "+inventory.Quoted(component)+
			" of bundle "+inventory.Quoted(sku)) {
			continue
		}
		bundle := &owned.all[owned.index[sku]]
		bundle.Components = append(bundle.Components, inventory.Component{SKU: component, Count: count})
	}
}

func (b *bundles) finish() {
	for _, owner := range b.owners {
		owned := b.byOwner[owner]
		for _, problem := range inventory.CheckBundles(owned.all) {
			// Only what concerns several rows is new here; it always names a component.
			if at, ok := b.component[[3]string{owner, problem.Bundle, problem.Component}]; ok {
				b.tables[at.file].failAt(at, "%v", problem)
			}
		}
		for _, bundle := range owned.all {
			b.l.definitions.Bundles = append(b.l.definitions.Bundles, ledger.BundleDefinition{Merchant: owner, Bundle: bundle})
		}
	}
}

package config_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/config"
)

// catalogue is the base configuration with one file of each kind.
const catalogue = base + `catalog:
  products: [{file: products.csv, merchant: acme}]
  bundles: [{file: bundles.csv, merchant: acme}]
  listings: [{file: listings.csv, store: acme-shop}]
`

func TestCatalogueMistakes(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ products, bundles, listings, want string }{
		"an empty file": {
			products: "\n\n",
			want:     "products.csv:1:1: the file is empty; expected a first line with the columns sku,name,barcode",
		},
		"no header": {
			products: "BIKE,City bike,4006381333931\n",
			want:     "products.csv:1:1: the file has no header; expected a first line with the columns sku,name,barcode",
		},
		"a column is missing": {
			listings: "sku\nBIKE\n",
			want:     "listings.csv:1:1: the column channel_sku is missing; expected a first line with the columns sku,channel_sku",
		},
		"an unknown column": {
			products: "sku,colour\nBIKE,red\n",
			want:     `products.csv:1:5: the column "colour" is not known; it has sku, name, barcode`,
		},
		"a misspelt column that is needed": {
			listings: "sku,channel-sku\nBIKE,B-1\n",
			want:     `listings.csv:1:5: the column "channel-sku" is not known; did you mean "channel_sku"?`,
		},
		"a column twice": {
			products: "sku,name,sku\nBIKE,x,BIKE\n",
			want:     "products.csv:1:10: the column sku comes twice; keep one of them",
		},
		"a separator that no spreadsheet writes": {
			products: "sku^name\nBIKE^City bike\n",
			want:     "products.csv:1:1: the file has no header; expected a first line with the columns sku,name,barcode",
		},
		"a blank behind the name of a column": {
			products: "sku ;name\nBIKE;City bike\n",
			want:     `products.csv:1:1: the column "sku " is not known; did you mean "sku"?`,
		},
		"a spreadsheet's own file": {
			products: "PK\x03\x04\x14\x00",
			want:     "products.csv:1:1: this is a spreadsheet's own file or an archive, not CSV; save it as CSV",
		},
		"UTF-16 without a byte order mark": {
			products: "s\x00k\x00u\x00\n\x00",
			want:     "products.csv:1:1: the file is not written in UTF-8, as its NUL bytes show; save it as UTF-8",
		},
		"half a character of UTF-16": {
			products: "\xff\xfes\x00k\x00u",
			want:     "products.csv:1:1: the file is cut short: it ends in the middle of a UTF-16 character",
		},
		"a mistake behind a line that names the separator": {
			products: "sep=;\r\nsku;name\r\nBIKE;x;y\r\n",
			want:     "products.csv:3:8: the row has 3 fields, the header 2; put values with commas in quotes",
		},
		"a field too many": {
			products: "sku,name\nBIKE,Stadtrad, größer,x\n",
			want:     "products.csv:2:15: the row has 4 fields, the header 2; put values with commas in quotes",
		},
		"a field too few": {
			listings: "sku,channel_sku\nBIKE\n",
			want:     "listings.csv:2:1: the row has 1 fields, the header 2; put values with commas in quotes",
		},
		"a bare quote": {
			products: "sku,name\nBIKE,28\" bike\n",
			want:     "products.csv:2:8: a quote stands within a value without quotes; put the value in quotes and double the quote",
		},
		"a quote that does not end": {
			products: "sku,name\nBIKE,\"City\nLIGHT,Light\n",
			want:     "products.csv:3:13: a value in quotes does not end, or goes on after its closing quote; a quote within it is doubled (the row begins on line 2)",
		},
		"not UTF-8": {
			products: "sku,name\nBIKE,gr\xf6\xdfer\n",
			want:     "products.csv:2:8: the file is not valid UTF-8; save it as UTF-8",
		},
		"an empty SKU": {
			products: "sku,name\n,City bike\n",
			want:     "products.csv:2:1: the sku is empty; expected an SKU",
		},
		"an over-long SKU, its column counted in characters": {
			listings: "sku,channel_sku\nGröße," + strings.Repeat("x", 513) + "\n",
			want:     "listings.csv:2:7: the channel_sku is 513 bytes long; at most 512 are accepted; expected an SKU",
		},
		"an over-long name": {
			products: "sku,name\nBIKE," + strings.Repeat("x", 1025) + "\n",
			want:     "products.csv:2:6: the name is longer than 1024 bytes or holds a NUL byte; shorten it",
		},
		"a product twice": {
			products: "sku\nBIKE\nLIGHT\nBIKE\n",
			want:     `products.csv:4:1: product "BIKE" is defined twice, first on line 2; keep one of them`,
		},
		"a channel SKU twice": {
			listings: "sku,channel_sku\nBIKE,B-1\nOLD-BIKE,B-1\n",
			want:     `listings.csv:3:10: channel SKU "B-1" is defined twice, first on line 2; keep one of them`,
		},
		"a component twice": {
			bundles: "bundle_sku,component_sku,count\nKIT,BIKE,1\nKIT,LIGHT,2\nKIT,BIKE,1\n",
			want:    `bundles.csv:4:5: component "BIKE" of bundle "KIT" is defined twice, first on line 2; keep one of them`,
		},
		"a count of 0": {
			bundles: "bundle_sku,component_sku,count\nKIT,BIKE,0\n",
			want:    `bundles.csv:2:10: the count "0" cannot be used; expected a whole number from 1`,
		},
		"a count with a fraction": {
			bundles: "bundle_sku,component_sku,count\nKIT,BIKE,1.5\nKIT,LIGHT,2\n",
			want:    `bundles.csv:2:10: the count "1.5" cannot be used; expected a whole number from 1`,
		},
		"a bundle without a component": {
			bundles: "bundle_sku,component_sku,count\nKIT,,1\n",
			want:    "bundles.csv:2:5: the component_sku is empty; expected an SKU",
		},
		"a bundle in a bundle": {
			bundles: "bundle_sku,component_sku,count\nBIG,KIT,1\nKIT,BIKE,1\n",
			want:    `bundles.csv:2:5: bundle "BIG": its component "KIT" is a bundle itself; name the products that "KIT" is made of instead`,
		},
		"a bundle in itself": {
			bundles: "bundle_sku,component_sku,count\nKIT,BIKE,1\nKIT,KIT,1\n",
			want:    `bundles.csv:3:5: bundle "KIT": it contains itself; a bundle is made of other products`,
		},
		"bundles in a circle": {
			bundles: "bundle_sku,component_sku,count\nA,B,1\nB,A,1\n",
			want:    `bundles.csv:2:3: bundle "A": the bundles "A", "B" contain each other; name the products that "A" is made of instead`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			content := func(given, otherwise string) string {
				if given == "" {
					return otherwise
				}
				return given
			}
			path := setup(t, map[string]string{
				"tidemark.yaml": catalogue,
				"products.csv":  content(test.products, "sku\n"),
				"bundles.csv":   content(test.bundles, "bundle_sku,component_sku,count\n"),
				"listings.csv":  content(test.listings, "sku,channel_sku\n"),
			})
			require.Equal(t, []string{test.want}, told(t, path, config.Options{}))
		})
	}
}

// TestCataloguesAsSpreadsheetsWriteThem are read: what a file says of itself needs no setting.
func TestCataloguesAsSpreadsheetsWriteThem(t *testing.T) {
	t.Parallel()
	wide := func(text string) string {
		made := "\xff\xfe"
		for _, letter := range utf16.Encode([]rune(text)) {
			made += string([]byte{byte(letter), byte(letter >> 8)})
		}
		return made
	}
	for name, text := range map[string]string{
		"commas":                           "sku,name\nBIKE,Größe; 28\nBELL,x\n",
		"semicolons":                       "sku;name\r\nBIKE;\"Größe; 28\"\r\nBELL;x\r\n",
		"tabs":                             "name\tsku\nGröße; 28\tBIKE\nx\tBELL\n",
		"bars":                             "sku|name\nBIKE|Größe; 28\nBELL|x",
		"a line that names the separator":  "sep=;\nsku;name\nBIKE;\"Größe; 28\"\nBELL;x\n",
		"that line, in quotes":             "\ufeff\"sep=;\"\nsku;name\nBIKE;\"Größe; 28\"\nBELL;x\n",
		"a byte order mark, twice":         "\ufeff\ufeffsku,name\nBIKE,Größe; 28\nBELL,x\n",
		"a carriage return alone":          "sku,name\rBIKE,Größe; 28\rBELL,x\r",
		"Unicode text, which is in UTF-16": wide("sku\tname\r\nBIKE\tGröße; 28\r\nBELL\tx\r\n"),
		"rows of empty fields":             "sku,name\nBIKE,Größe; 28\n,\n , \nBELL,x\n,,,\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := setup(t, map[string]string{"tidemark.yaml": base + "catalog: {products: [{file: products.csv, merchant: acme}]}\n", "products.csv": text})
			read, _, err := config.Load(path, drivers, config.Options{})
			require.NoError(t, err)
			var got []string
			for _, product := range read.Products {
				got = append(got, product.SKU+": "+product.Name)
			}
			require.Equal(t, []string{"BIKE: Größe; 28", "BELL: x"}, got)
		})
	}
}

func TestCatalogueFiles(t *testing.T) {
	t.Parallel()
	listing := "sku,channel_sku\nBIKE,B-1\n"
	section := func(entries string) string { return base + "catalog:\n  listings:\n" + entries }
	for name, test := range map[string]struct{ text, want string }{
		"the same channel SKU in two files": {
			text: section("    - {file: a.csv, store: acme-shop}\n    - {file: b.csv, store: acme-shop}\n"),
			want: `b.csv:2:6: channel SKU "B-1" is defined twice, first in a.csv:2; keep one of them`,
		},
		"the same file twice": {
			text: section("    - {file: a.csv, store: acme-shop}\n    - {file: ./a.csv, store: acme-shop}\n"),
			want: `tidemark.yaml:29:14: listings names the file "a.csv" for store acme-shop twice; keep one of them`,
		},
		"an unknown store": {
			text: section("    - {file: a.csv, store: acme-shopp}\n    - {file: a.csv, store: acme-shop}\n"),
			want: `tidemark.yaml:28:28: an entry of listings names the store "acme-shopp", which is not defined; did you mean "acme-shop"?`,
		},
		"a folder": {
			text: section("    - {file: folder, store: acme-shop}\n"),
			want: `tidemark.yaml:28:14: "folder": this is not a file; name a CSV file`,
		},
		"a file for two stores": {
			text: section("    - {file: a.csv, store: acme-shop}\n    - {file: a.csv, store: acme-market}\n"),
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := setup(t, map[string]string{"tidemark.yaml": test.text, "a.csv": listing, "b.csv": listing})
			require.NoError(t, os.Mkdir(filepath.Join(filepath.Dir(path), "folder"), 0o700))
			var want []string
			if test.want != "" {
				want = []string{test.want}
			}
			require.Equal(t, want, told(t, path, config.Options{}))
		})
	}
}

func TestAFileFullOfMistakesIsCutShort(t *testing.T) {
	t.Parallel()
	var rows strings.Builder
	for i := range 1000 {
		_, _ = fmt.Fprintf(&rows, "B-%d,B-%d,0\n", i, i)
	}
	path := setup(t, map[string]string{
		"tidemark.yaml": base + "catalog: {bundles: [{file: bundles.csv, merchant: acme}]}\n",
		"bundles.csv":   "bundle_sku,component_sku,count\n" + rows.String(),
	})
	got := told(t, path, config.Options{})
	require.Len(t, got, 21)
	require.Equal(t, "bundles.csv:22:11: the file has more mistakes from here on; correct those above first", got[20])
}

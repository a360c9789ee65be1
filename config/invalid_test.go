package config_test

import (
	"maps"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/config"
)

// with is the base configuration with one text replaced by another.
func with(old, replacement string) string {
	if !strings.Contains(base, old) {
		panic("the base configuration does not hold " + old)
	}
	return strings.Replace(base, old, replacement, 1)
}

// flow is the base configuration with lines in the inventory of the connection shop; the first of them is line 23.
func flow(lines string) string {
	return with("    enabled: true\n", "    enabled: true\n    inventory:\n"+lines)
}

// strategy is the base configuration with a strategy; its first line is line 27.
func strategy(lines string) string { return base + "strategies:\n" + lines }

// invalid is a configuration with one mistake, and the one error that tells it.
type invalid struct{ text, want string }

// TestOneMistakeOneError holds that each mistake makes exactly one error, with its place and what to do.
func TestOneMistakeOneError(t *testing.T) {
	t.Parallel()
	all := maps.Clone(invalidForms)
	maps.Copy(all, invalidFlows)
	require.Len(t, all, len(invalidForms)+len(invalidFlows))
	for name, test := range all {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := setup(t, map[string]string{"tidemark.yaml": test.text, "products.csv": "sku\n"})
			require.Equal(t, []string{test.want}, told(t, path, config.Options{}))
		})
	}
}

// invalidForms are mistakes of the file's form, of ids, drivers, warehouses and stores.
var invalidForms = map[string]invalid{
	"empty": {
		text: "",
		want: "tidemark.yaml:1:1: the file is empty; a configuration has warehouses, stores and connections (see examples/demo.yaml)",
	},
	"only comments": {
		text: "# nothing yet\n",
		want: "tidemark.yaml:1:1: the file is empty; a configuration has warehouses, stores and connections (see examples/demo.yaml)",
	},
	"not YAML": {
		text: "warehouses: [\n",
		want: "tidemark.yaml:1:13: this is not valid YAML: sequence end token ']' not found; check the indentation, the quotes and the brackets here and on the " +
			"line before",
	},
	"a tab": {
		text: "warehouses:\n\t- id: portland\n",
		want: "tidemark.yaml:2:1: this is not valid YAML: found character '\t' that cannot start any token; check the indentation, the quotes and the brackets " +
			"here and on the line before",
	},
	"wrong indentation": {
		text: with("    driver: depot\n", "   driver: depot\n"),
		want: "tidemark.yaml:4:4: this is not valid YAML: value is not allowed in this context; check the indentation, the quotes and the brackets here and on " +
			"the line before",
	},
	"a list at the top": {
		text: "- id: portland\n",
		want: "tidemark.yaml:1:1: the configuration: expected lines like warehouses: …, found a list",
	},
	"two documents": {
		text: base + "---\nwarehouses: []\n",
		want: "tidemark.yaml:26:1: a second document begins here; a configuration is one document, remove the line ---",
	},
	"a carriage return alone": {
		text: with("    driver: depot\n", "    driver: depot\r"),
		want: "tidemark.yaml:4:18: a carriage return stands here without a line feed; save the file with line ends of one kind, LF or CR LF",
	},
	"not UTF-8": {
		text: "# caf\xe9\n" + base,
		want: "tidemark.yaml:1:6: the file is not valid UTF-8; save it as UTF-8",
	},
	"an anchor": {
		text: with("merchant: acme\n    driver: depot", "merchant: &m acme\n    driver: depot"),
		want: "tidemark.yaml:3:15: anchors (&) and aliases (*) are not supported; write the value out, in quotes if it is text that begins so",
	},
	"an alias": {
		text: with("merchant: acme\n    driver: depot", "merchant: *m\n    driver: depot"),
		want: "tidemark.yaml:3:15: anchors (&) and aliases (*) are not supported; write the value out, in quotes if it is text that begins so",
	},
	"a merge": {
		text: with("    driver: depot\n", "    driver: depot\n    <<: {quantity: on_hand}\n"),
		want: "tidemark.yaml:5:5: merging (<<) is not supported; write the values out",
	},
	"a tag": {
		text: with("merchant: acme\n    driver: depot", "merchant: !!str acme\n    driver: depot"),
		want: "tidemark.yaml:3:15: tags (!) are not supported; write the value without it, in quotes if it is text that begins so",
	},
	"nested too deep": {
		text: "warehouses: " + strings.Repeat("[", 3000),
		want: "tidemark.yaml:1:1: the file opens brackets 200 deep or deeper; close the brackets",
	},
	"an unknown section": {
		text: base + "conections: []\n",
		want: `tidemark.yaml:26:1: the configuration has no setting "conections"; did you mean "connections"?`,
	},
	"a section twice": {
		text: base + "stores: []\n",
		want: "tidemark.yaml:26:1: the configuration has stores twice; it stands first on line 8, keep one of them",
	},
	"a misspelt name": {
		text: with("    driver: depot\n", "    driver: depot\n    quantitty: on_hand\n"),
		want: `tidemark.yaml:5:5: warehouse portland has no setting "quantitty"; did you mean "quantity"?`,
	},
	"a misspelt name that is needed": {
		text: with("    driver: depot\n", "    drivr: depot\n"),
		want: `tidemark.yaml:4:5: warehouse portland has no setting "drivr"; did you mean "driver"?`,
	},
	"a name that is nothing like": {
		text: with("    driver: depot\n", "    driver: depot\n    colour: red\n"),
		want: `tidemark.yaml:5:5: warehouse portland has no setting "colour"; it has id, merchant, driver, settings, quantity, missing, refused, ` +
			`repeated, freshness, guard, hook`,
	},
	"a name of another place": {
		text: with("    enabled: true\n", "    enabled: true\n    smart: []\n"),
		want: `tidemark.yaml:22:5: connection shop has no setting "smart"; it has id, merchant, warehouse, store, enabled, inventory`,
	},
	"a name twice": {
		text: with("    driver: depot\n", "    driver: depot\n    driver: folder\n"),
		want: "tidemark.yaml:5:5: warehouse portland has driver twice; it stands first on line 4, keep one of them",
	},
	"a name without a value": {
		text: with("    driver: depot\n", "    driver: depot\n    quantity:\n"),
		want: "tidemark.yaml:5:5: warehouse portland: quantity has no value; give it one or remove the line",
	},
	"a needed name without a value": {
		text: with("    store: acme-shop\n", "    store:\n"),
		want: "tidemark.yaml:20:5: connection shop: store has no value; give it one or remove the line",
	},
	"a needed name is missing": {
		text: with("    store: acme-shop\n", ""),
		want: "tidemark.yaml:17:5: connection shop needs store: the id of the store that shows it",
	},
	"a section of another type": {
		text: with(base[strings.Index(base, "connections"):], "connections: all\n"),
		want: `tidemark.yaml:16:14: connections: expected a list, found text; begin each entry with "- ", or write [] for none`,
	},
	"an entry of another type": {
		text: with("connections:\n", "connections:\n  - all\n"),
		want: "tidemark.yaml:17:5: this connection: expected lines like id: …, found text",
	},
	"a number for text": {
		text: with("    driver: depot\n", "    driver: 5\n"),
		want: "tidemark.yaml:4:13: driver of warehouse portland: expected text, found a number; put it in quotes",
	},
	"text for true or false": {
		text: with("enabled: true", "enabled: yes"),
		want: `tidemark.yaml:21:14: enabled of connection shop: expected true or false, found "yes"`,
	},
	"an empty text": {
		text: with("    driver: depot\n", "    driver: \"\"\n"),
		want: "tidemark.yaml:4:13: driver of warehouse portland: the text is empty; give a value or remove the line",
	},
	"a bad id": {
		text: with("id: acme-market", "id: Acme_Market"),
		want: `tidemark.yaml:13:9: id of this store: "Acme_Market" is not a valid id; expected 1 to 63 of a-z, 0-9 and -, not beginning with -`,
	},
	"an id that is too long": {
		text: with("- id: market", "- id: "+strings.Repeat("a", 64)),
		want: `tidemark.yaml:22:9: id of this connection: "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"… is not a valid id; expected 1 ` +
			`to 63 of a-z, 0-9 and -, not beginning with -`,
	},
	"an id that begins with a hyphen": {
		text: with("- id: market", "- id: -market"),
		want: `tidemark.yaml:22:9: id of this connection: "-market" is not a valid id; expected 1 to 63 of a-z, 0-9 and -, not beginning with -`,
	},
	"a numeric id": {
		text: with("- id: market", "- id: 7"),
		want: "tidemark.yaml:22:9: id of this connection: expected text, found a number; put it in quotes",
	},
	"a warehouse twice": {
		text: with("stores:\n", "  - {id: portland, merchant: acme, driver: folder, settings: {path: /in}}\nstores:\n"),
		want: "tidemark.yaml:8:10: warehouse portland is defined twice, first on line 2; give one of them another id",
	},
	"a store twice": {
		text: with("connections:\n", "  - {id: acme-shop, merchant: acme, driver: creator}\nconnections:\n"),
		want: "tidemark.yaml:16:10: store acme-shop is defined twice, first on line 9; give one of them another id",
	},
	"a connection twice": {
		text: with("- id: market", "- id: shop"),
		want: "tidemark.yaml:22:9: connection shop is defined twice, first on line 17; give one of them another id",
	},
	"a warehouse that is not defined": {
		text: with("    warehouse: portland\n    store: acme-shop", "    warehouse: portlnd\n    store: acme-shop"),
		want: `tidemark.yaml:19:16: connection shop names the warehouse "portlnd", which is not defined; did you mean "portland"?`,
	},
	"a store that is not defined": {
		text: with("    store: acme-shop\n", "    store: amazon\n"),
		want: `tidemark.yaml:20:12: connection shop names the store "amazon", which is not defined; defined are acme-market, acme-shop`,
	},
	"a merchant that is not known": {
		text: with("    merchant: acme\n    warehouse: portland\n    store: acme-shop", "    merchant: acne\n    warehouse: portland\n    store: acme-shop"),
		want: `tidemark.yaml:18:15: connection shop names the merchant "acne", which is not defined; did you mean "acme"?`,
	},
	"a store of another merchant": {
		text: with("  - id: acme-market\n    merchant: acme\n", "  - id: acme-market\n    merchant: birch\n"),
		want: "tidemark.yaml:25:12: connection market belongs to merchant acme, but store acme-market belongs to birch; one of them must be changed",
	},
	"the same warehouse and store twice": {
		text: with("    store: acme-market\n", "    store: acme-shop\n"),
		want: "tidemark.yaml:22:9: connection market ties warehouse portland to store acme-shop, as the connection on line 17 does already; keep one of them",
	},
	"an unknown driver": {
		text: with("driver: depot", "driver: depo"),
		want: `tidemark.yaml:4:13: driver of warehouse portland: there is no warehouse driver "depo"; there are depot, folder; did you mean "depot"?`,
	},
	"an unknown driver of a store": {
		text: with("driver: creator", "driver: magento"),
		want: `tidemark.yaml:15:13: driver of store acme-market: there is no store driver "magento"; there are creator, shop`,
	},
	"a setting is missing": {
		text: with("      token: env:DEPOT_TOKEN\n", ""),
		want: `tidemark.yaml:5:5: settings of warehouse portland: depot needs the setting "token": The API token.`,
	},
	"all settings are missing": {
		text: with("    settings: {token: \"env:SHOP_TOKEN\"}\n", ""),
		want: `tidemark.yaml:9:5: settings of store acme-shop: shop needs the setting "token": The API token.`,
	},
	"an unknown setting": {
		text: with("      token: env:DEPOT_TOKEN\n", "      token: env:DEPOT_TOKEN\n      colour: red\n"),
		want: `tidemark.yaml:8:7: settings of warehouse portland: depot has no setting "colour"; it has columns, endpoint, header, page, parts, skip, texts, token`,
	},
	"a misspelt setting that is needed": {
		text: with("      token: env:DEPOT_TOKEN\n", "      tokn: env:DEPOT_TOKEN\n"),
		want: `tidemark.yaml:7:7: settings of warehouse portland: depot has no setting "tokn"; it has columns, endpoint, header, page, parts, skip, ` +
			`texts, token; did you mean "token"?`,
	},
	"a setting of another type": {
		text: with("      token: env:DEPOT_TOKEN\n", "      token: env:DEPOT_TOKEN\n      page: many\n"),
		want: "tidemark.yaml:8:7: settings of warehouse portland: page of depot: expected a whole number, found text",
	},
	"a setting out of bounds": {
		text: with("      token: env:DEPOT_TOKEN\n", "      token: env:DEPOT_TOKEN\n      page: 501\n"),
		want: "tidemark.yaml:8:7: settings of warehouse portland: page of depot: 501 is outside 1 to 500",
	},
	"a setting in octal": {
		text: with("      token: env:DEPOT_TOKEN\n", "      token: env:DEPOT_TOKEN\n      page: 0100\n"),
		want: "tidemark.yaml:8:13: page in the settings of warehouse portland: expected a number in plain decimal digits; if it is text, put it in quotes",
	},
	"a setting twice": {
		text: with("      token: env:DEPOT_TOKEN\n", "      token: env:DEPOT_TOKEN\n      token: env:OTHER\n"),
		want: `tidemark.yaml:8:7: settings of warehouse portland have "token" twice; it stands first on line 7, keep one of them`,
	},
	"a setting without a value": {
		text: with("      token: env:DEPOT_TOKEN\n", "      token:\n"),
		want: "tidemark.yaml:7:13: token in the settings of warehouse portland has no value; give it one or remove the line",
	},
	"settings of another type": {
		text: with("settings: {token: \"env:SHOP_TOKEN\"}", "settings: env:SHOP_TOKEN"),
		want: "tidemark.yaml:12:15: settings of store acme-shop: expected lines like name: value, found text",
	},
	"a credential in clear": {
		text: with("env:DEPOT_TOKEN", "hunter2-in-clear"),
		want: "tidemark.yaml:7:7: settings of warehouse portland: token of depot: a credential is given by reference, as env:NAME or file:/path; move the value " +
			"there and put the reference here",
	},
	"a credential in the address": {
		text: with("https://depot.example/api/", "https://me:hunter2@depot.example/api/"),
		want: "tidemark.yaml:6:7: settings of warehouse portland: endpoint of depot: the address must not hold a user or password; give them by reference " +
			"(env:NAME or file:/path)",
	},
	"an address that is none": {
		text: with("https://depot.example/api/", "depot.example"),
		want: `tidemark.yaml:6:7: settings of warehouse portland: endpoint of depot: expected an address like https://example.com/api, found "depot.example"`,
	},
	"an unknown quantity": {
		text: with("    driver: depot\n", "    driver: depot\n    quantity: onhand\n"),
		want: `tidemark.yaml:5:15: quantity of warehouse portland: expected available or on_hand, found "onhand"; did you mean "on_hand"?`,
	},
	"an unknown policy for what is repeated": {
		text: with("    driver: depot\n", "    driver: depot\n    repeated: add\n"),
		want: `tidemark.yaml:5:15: repeated of warehouse portland: expected refuse or sum, found "add"`,
	},
	"an unknown policy for what is refused": {
		text: with("    driver: depot\n", "    driver: depot\n    refused: drop\n"),
		want: `tidemark.yaml:5:14: refused of warehouse portland: expected keep or zero, found "drop"`,
	},
	"an unknown policy for what is missing": {
		text: with("    driver: depot\n", "    driver: depot\n    missing: drop\n"),
		want: `tidemark.yaml:5:14: missing of warehouse portland: expected keep or zero, found "drop"`,
	},
	"a threshold without a percent sign": {
		text: with("    driver: depot\n", "    driver: depot\n    guard: {minimum_rows: 0.8}\n"),
		want: "tidemark.yaml:5:27: minimum_rows in the guard of warehouse portland: expected a percentage from 0% to 100%, like 80%, found 0.8",
	},
	"a threshold above 100%": {
		text: with("    driver: depot\n", "    driver: depot\n    guard: {maximum_zeroed: 101%}\n"),
		want: `tidemark.yaml:5:29: maximum_zeroed in the guard of warehouse portland: expected a percentage from 0% to 100%, like 80%, found "101%"`,
	},
	"a negative threshold": {
		text: with("    driver: depot\n", "    driver: depot\n    guard: {maximum_zeroed: -1%}\n"),
		want: `tidemark.yaml:5:29: maximum_zeroed in the guard of warehouse portland: expected a percentage from 0% to 100%, like 80%, found "-1%"`,
	},
	"a decision within no time": {
		text: with("    driver: depot\n", "    driver: depot\n    guard: {decide_within: 30s}\n"),
		want: `tidemark.yaml:5:28: decide_within in the guard of warehouse portland: expected whole minutes from 1m to 2160h, like 60m or 2h, found "30s"`,
	},
	"a freshness that is no time": {
		text: with("    driver: depot\n", "    driver: depot\n    freshness: soon\n"),
		want: `tidemark.yaml:5:16: freshness of warehouse portland: expected whole minutes from 0m to 24h, like 60m or 2h, found "soon"`,
	},
	"a hook without keys": {
		text: with("    driver: depot\n", "    driver: depot\n    hook: {format: bearer}\n"),
		want: "tidemark.yaml:5:11: hook of warehouse portland needs keys: a list of references to the secrets that it signs with, like [\"env:DEPOT_KEY\"]",
	},
	"a hook with no key": {
		text: with("    driver: depot\n", "    driver: depot\n    hook: {keys: []}\n"),
		want: "tidemark.yaml:5:18: keys in the hook of warehouse portland: expected 1 to 8, found 0; without a key nobody could send",
	},
	"a hook with too many keys": {
		text: with("    driver: depot\n", "    driver: depot\n    hook: {keys: [\"env:A\", \"env:B\", \"env:C\", \"env:D\", \"env:E\", \"env:F\", \"env:G\", "+
			"\"env:H\", \"env:I\"]}\n"),
		want: "tidemark.yaml:5:18: keys in the hook of warehouse portland: expected 1 to 8, found 9; without a key nobody could send",
	},
	"a key of a hook in clear": {
		text: with("    driver: depot\n", "    driver: depot\n    hook: {keys: [\"env:OLD\", whsec_hunter2]}\n"),
		want: "tidemark.yaml:5:30: key 2 in the hook of warehouse portland: a credential is given by reference, as env:NAME or file:/path; move the value there " +
			"and put the reference here",
	},
	"a key of a hook in a file somewhere": {
		text: with("    driver: depot\n", "    driver: depot\n    hook: {keys: [\"file:key\"]}\n"),
		want: "tidemark.yaml:5:19: key 1 in the hook of warehouse portland: file:key is not an absolute path",
	},
	"a key of a hook twice": {
		text: with("    driver: depot\n", "    driver: depot\n    hook: {keys: [\"env:KEY\", \"env:KEY\"]}\n"),
		want: "tidemark.yaml:5:30: key 2 in the hook of warehouse portland is there already; keep one of them",
	},
	"keys of a hook that are no list": {
		text: with("    driver: depot\n", "    driver: depot\n    hook: {keys: env:KEY}\n"),
		want: `tidemark.yaml:5:18: keys in the hook of warehouse portland: expected a list, found text; begin each entry with "- ", or write [] for none`,
	},
	"a key of a hook without quotes": {
		text: with("    driver: depot\n", "    driver: depot\n    hook: {keys: [env:KEY]}\n"),
		want: `tidemark.yaml:5:19: key 1 in the hook of warehouse portland: expected a reference in quotes, like "env:DEPOT_KEY", found names with values`,
	},
	"a key of a hook that is a number": {
		text: with("    driver: depot\n", "    driver: depot\n    hook: {keys: [5]}\n"),
		want: "tidemark.yaml:5:19: key 1 in the hook of warehouse portland: expected text, found a number; put it in quotes",
	},
	"an unknown format of a hook": {
		text: with("    driver: depot\n", "    driver: depot\n    hook: {format: standart, keys: [\"env:KEY\"]}\n"),
		want: `tidemark.yaml:5:20: format in the hook of warehouse portland: expected standard, shiphero or bearer, found "standart"; did you mean "standard"?`,
	},
	"an unknown setting of a hook": {
		text: with("    driver: depot\n", "    driver: depot\n    hook: {key: env:KEY}\n"),
		want: `tidemark.yaml:5:12: hook of warehouse portland has no setting "key"; did you mean "keys"?`,
	},
	"a hook that is no object": {
		text: with("    driver: depot\n", "    driver: depot\n    hook: standard\n"),
		want: "tidemark.yaml:5:11: hook of warehouse portland: expected lines like format: …, found text",
	},
	"a share of nothing": {
		text: with("    driver: creator\n", "    driver: creator\n    budget: {share: 0%}\n"),
		want: "tidemark.yaml:16:21: share in the budget of store acme-market: 0% leaves no calls at all; to stop the sync, disable the connection",
	},
	"no daily calls": {
		text: with("    driver: creator\n", "    driver: creator\n    budget: {daily_calls: 0}\n"),
		want: "tidemark.yaml:16:27: daily_calls in the budget of store acme-market: expected a whole number from 1 to 1000000000, found 0",
	},
	"no calls at once": {
		text: with("    driver: creator\n", "    driver: creator\n    budget: {calls_at_once: 0}\n"),
		want: "tidemark.yaml:16:29: calls_at_once in the budget of store acme-market: expected a whole number from 1 to 1000, found 0",
	},
	"quiet hours without an end": {
		text: with("    driver: creator\n", "    driver: creator\n    budget: {quiet_hours: {from: \"22:00\"}}\n"),
		want: `tidemark.yaml:16:27: quiet_hours in the budget of store acme-market needs to: a time of day like "06:30"`,
	},
	"quiet hours all day": {
		text: with("    driver: creator\n", "    driver: creator\n    budget: {quiet_hours: {from: \"22:00\", to: \"22:00\"}}\n"),
		want: "tidemark.yaml:16:47: quiet_hours in the budget of store acme-market: from and to are both 22:00; leave the quiet hours out for none, or disable " +
			"the connection for good",
	},
	"quiet hours at no time of day": {
		text: with("    driver: creator\n", "    driver: creator\n    budget: {quiet_hours: {from: \"24:00\", to: \"06:30\"}}\n"),
		want: `tidemark.yaml:16:34: from in the quiet_hours in the budget of store acme-market: expected a time of day from 00:00 to 23:59 in two ` +
			`digits each, like "01:00", found "24:00"`,
	},
	"quiet hours nowhere": {
		text: with("    driver: creator\n", "    driver: creator\n    budget: {quiet_hours: {from: \"22:00\", to: \"06:00\", timezone: Paris}}\n"),
		want: `tidemark.yaml:16:66: timezone in the quiet_hours in the budget of store acme-market: "Paris" is not a known time zone; expected a name ` +
			`of the IANA list like Europe/Paris or UTC`,
	},
	"a batch of none": {
		text: with("    driver: creator\n", "    driver: creator\n    batch_size: 0\n"),
		want: "tidemark.yaml:16:17: batch_size of store acme-market: expected a whole number from 1 to 100000, found 0",
	},
}

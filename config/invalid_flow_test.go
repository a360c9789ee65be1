package config_test

import "strings"

// invalidFlows are mistakes of schedules, locations, strategies and the list of catalogue files.
var invalidFlows = map[string]invalid{
	"an unknown overlap": {
		text: flow("      overlap: queue\n"),
		want: `tidemark.yaml:23:16: overlap of connection shop: expected skip or buffer, found "queue"`,
	},
	"an unknown policy for the unlisted": {
		text: flow("      unlisted: pusch\n"),
		want: `tidemark.yaml:23:17: unlisted of connection shop: expected push or block, found "pusch"; did you mean "push"?`,
	},
	"an unknown choice for the schedules of the pages": {
		text: base + "console: {schedules: readonly}\n",
		want: `tidemark.yaml:26:22: schedules of console: expected editable or read-only, found "readonly"; did you mean "read-only"?`,
	},
	"a setting that the pages do not have": {
		text: base + "console: {colour: red}\n",
		want: `tidemark.yaml:26:11: console has no setting "colour"; it has schedules, settings`,
	},
	"an unknown time zone of one schedule": {
		text: flow("      timezones: {full: Mars/Olympus}\n"),
		want: `tidemark.yaml:23:25: full in timezones of connection shop: "Mars/Olympus" is not a known time zone; expected a name of the IANA list ` +
			`like Europe/Paris or UTC`,
	},
	"a floor in seconds": {
		text: flow("      floor: 90s\n"),
		want: `tidemark.yaml:23:14: floor of connection shop: expected whole minutes from 1m to 24h, like 60m or 2h, found "90s"`,
	},
	"an unknown time zone": {
		text: flow("      timezone: Mars/Olympus\n"),
		want: `tidemark.yaml:23:17: timezone of connection shop: "Mars/Olympus" is not a known time zone; expected a name of the IANA list like Europe/Paris or UTC`,
	},
	"the time zone of the machine": {
		text: flow("      timezone: Local\n"),
		want: `tidemark.yaml:23:17: timezone of connection shop: "Local" is not a known time zone; expected a name of the IANA list like Europe/Paris or UTC`,
	},
	"a schedule that is no list": {
		text: flow("      smart: 60m\n"),
		want: `tidemark.yaml:23:14: smart of connection shop: expected a list, found text; begin each entry with "- ", or write [] for none`,
	},
	"a rule that is no rule": {
		text: flow("      smart: [60m]\n"),
		want: "tidemark.yaml:23:15: a rule of smart of connection shop: expected lines like every: …, found text",
	},
	"a rule of two forms": {
		text: flow("      smart:\n        - every: 60m\n          daily: \"01:00\"\n"),
		want: `tidemark.yaml:25:11: a rule of smart of connection shop has both every and daily; write two rules, each beginning with "- "`,
	},
	"a rule of no form": {
		text: flow("      smart: [{}]\n"),
		want: "tidemark.yaml:23:15: a rule of smart of connection shop is empty; expected every, hourly, daily or flexible, like every: 60m",
	},
	"a misspelt form": {
		text: flow("      smart: [{evry: 60m}]\n"),
		want: `tidemark.yaml:23:16: a rule of smart of connection shop has no setting "evry"; did you mean "every"?`,
	},
	"an interval without a unit": {
		text: flow("      smart: [{every: 60}]\n"),
		want: "tidemark.yaml:23:23: every in smart of connection shop: expected whole minutes from 1m to 744h, like 60m or 2h, found 60",
	},
	"an interval in seconds": {
		text: flow("      smart: [{every: 90s}]\n"),
		want: `tidemark.yaml:23:23: every in smart of connection shop: expected whole minutes from 1m to 744h, like 60m or 2h, found "90s"`,
	},
	"an interval of nothing": {
		text: flow("      smart: [{every: 0m}]\n"),
		want: `tidemark.yaml:23:23: every in smart of connection shop: expected whole minutes from 1m to 744h, like 60m or 2h, found "0m"`,
	},
	"an interval of months": {
		text: flow("      smart: [{every: 1000h}]\n"),
		want: `tidemark.yaml:23:23: every in smart of connection shop: expected whole minutes from 1m to 744h, like 60m or 2h, found "1000h"`,
	},
	"every so many hours, too many": {
		text: flow("      smart: [{hourly: {every: 24}}]\n"),
		want: "tidemark.yaml:23:32: every of hourly in smart of connection shop: expected a whole number from 1 to 23, found 24",
	},
	"every so many hours, at no minute": {
		text: flow("      smart: [{hourly: {every: 2, minute: 60}}]\n"),
		want: "tidemark.yaml:23:43: minute of hourly in smart of connection shop: expected a whole number from 0 to 59, found 60",
	},
	"every so many hours, not said how many": {
		text: flow("      smart: [{hourly: {minute: 5}}]\n"),
		want: "tidemark.yaml:23:24: hourly in smart of connection shop needs every: the number of hours from one run to the next, counted from midnight",
	},
	"daily at no time of day": {
		text: flow("      full: [{daily: \"25:00\"}]\n"),
		want: `tidemark.yaml:23:22: daily in full of connection shop: expected a time of day from 00:00 to 23:59 in two digits each, like "01:00", found "25:00"`,
	},
	"daily in one digit": {
		text: flow("      full: [{daily: 1:00}]\n"),
		want: `tidemark.yaml:23:22: daily in full of connection shop: expected a time of day from 00:00 to 23:59 in two digits each, like "01:00", found "1:00"`,
	},
	"flexible without an end": {
		text: flow("      smart: [{flexible: {every: 60m, from: 8}}]\n"),
		want: "tidemark.yaml:23:26: flexible in smart of connection shop needs to: the last hour, 0 to 23, which is included",
	},
	"flexible at no hour": {
		text: flow("      smart: [{flexible: {every: 60m, from: 8, to: 24}}]\n"),
		want: "tidemark.yaml:23:52: to of flexible in smart of connection shop: expected a whole number from 0 to 23, found 24",
	},
	"flexible on no day": {
		text: flow("      smart: [{flexible: {every: 60m, from: 8, to: 18, days: []}}]\n"),
		want: "tidemark.yaml:23:62: days of flexible in smart of connection shop has no day; name some, or remove the line for every day",
	},
	"flexible on an unknown day": {
		text: flow("      smart: [{flexible: {every: 60m, from: 8, to: 18, days: [monday]}}]\n"),
		want: `tidemark.yaml:23:63: a day of flexible in smart of connection shop: expected mon, tue, wed, thu, fri, sat or sun, found "monday"`,
	},
	"flexible on a day twice": {
		text: flow("      smart: [{flexible: {every: 60m, from: 8, to: 18, days: [mon, mon]}}]\n"),
		want: "tidemark.yaml:23:68: flexible in smart of connection shop has the day mon twice; keep one of them",
	},
	"a Full Sync twice a day": {
		text: flow("      full: [{daily: \"01:00\"}, {daily: \"13:00\"}]\n"),
		want: `tidemark.yaml:23:13: the Full Sync of connection shop runs up to 2 times a day; more than once a day strains the store and corrects nothing that ` +
			`Smart Sync would miss: schedule it once a day, like daily: "01:00", or apply with --force`,
	},
	"a Full Sync every hour": {
		text: flow("      full: [{every: 1h}]\n"),
		want: `tidemark.yaml:23:13: the Full Sync of connection shop runs up to 24 times a day; more than once a day strains the store and corrects nothing that ` +
			`Smart Sync would miss: schedule it once a day, like daily: "01:00", or apply with --force`,
	},
	"a location twice": {
		text: flow("      locations:\n        - {location: front, facilities: [east]}\n        - {location: front, facilities: [west]}\n"),
		want: `tidemark.yaml:25:22: location "front" of connection shop is linked twice, first on line 24; name all its facilities there`,
	},
	"a facility in two locations": {
		text: flow("      locations:\n        - {location: front, facilities: [east]}\n        - {location: outlet, facilities: [west, east]}\n"),
		want: `tidemark.yaml:25:49: facility "east" of connection shop is shown by location "front" already; in a second place its stock would be offered twice`,
	},
	"a location without facilities": {
		text: flow("      locations: [{location: front, facilities: []}]\n"),
		want: `tidemark.yaml:23:49: location "front" of connection shop has no facilities; name at least one`,
	},
	"a location with a number for its id": {
		text: flow("      locations: [{location: 655441491, facilities: [east]}]\n"),
		want: "tidemark.yaml:23:30: location of connection shop: expected text, found a number; put it in quotes",
	},
	"a facility that is no SKU": {
		text: flow("      locations: [{location: front, facilities: [" + strings.Repeat("x", 600) + "]}]\n"),
		want: `tidemark.yaml:23:50: a facility of location "front": the text is 600 bytes long; at most 512 are accepted`,
	},
	"both buffers": {
		text: strategy("  - {merchant: acme, warehouse: portland, buffer_percent: 10, buffer_units: 2}\n"),
		want: "tidemark.yaml:27:63: the strategy of portland has both buffer_percent and buffer_units; keep one of them",
	},
	"a buffer with a percent sign": {
		text: strategy("  - {merchant: acme, warehouse: portland, buffer_percent: 10%}\n"),
		want: `tidemark.yaml:27:59: buffer_percent of the strategy of portland: expected a number from 0 to 100 like 10 or 2.5, without a % sign, found "10%"`,
	},
	"a buffer above 100": {
		text: strategy("  - {merchant: acme, warehouse: portland, buffer_percent: 100.5}\n"),
		want: "tidemark.yaml:27:59: buffer_percent of the strategy of portland: expected a number from 0 to 100 like 10 or 2.5, without a % sign, found 100.5",
	},
	"a negative buffer": {
		text: strategy("  - {merchant: acme, warehouse: portland, buffer_units: -1}\n"),
		want: "tidemark.yaml:27:57: buffer_units of the strategy of portland: expected a whole number from 0 to 1000000000, found -1",
	},
	"a fraction of a unit": {
		text: strategy("  - {merchant: acme, warehouse: portland, minimum: 1.5}\n"),
		want: "tidemark.yaml:27:52: minimum of the strategy of portland: expected a whole number from 0 to 1000000000, found 1.5",
	},
	"an unknown distribution": {
		text: strategy("  - {merchant: acme, warehouse: portland, distribution: equall}\n"),
		want: `tidemark.yaml:27:57: distribution of the strategy of portland: expected equal, weighted, priority or all, found "equall"; did you mean "equal"?`,
	},
	"weights that do not count": {
		text: strategy("  - {merchant: acme, warehouse: portland, weights: {shop: 2}}\n"),
		want: "tidemark.yaml:27:43: weights of the strategy of portland only count with distribution: weighted, and this one is equal; change the distribution " +
			"or remove the line",
	},
	"caps that do not count": {
		text: strategy("  - {merchant: acme, warehouse: portland, distribution: all, caps: {shop: 2}}\n"),
		want: "tidemark.yaml:27:62: caps of the strategy of portland only count with distribution: priority, and this one is all; change the distribution or " +
			"remove the line",
	},
	"weights of 0": {
		text: strategy("  - {merchant: acme, warehouse: portland, distribution: weighted, weights: {shop: 0, market: 0}}\n"),
		want: "tidemark.yaml:27:76: weights of the strategy of portland are all 0, so no store would be given anything; give at least one connection a weight " +
			"above 0",
	},
	"a weight of a stranger": {
		text: strategy("  - {merchant: acme, warehouse: portland, distribution: weighted, weights: {shopp: 2}}\n"),
		want: `tidemark.yaml:27:77: weights of the strategy of portland names the connection "shopp", which is not defined; did you mean "shop"?`,
	},
	"a negative weight": {
		text: strategy("  - {merchant: acme, warehouse: portland, distribution: weighted, weights: {shop: -2}}\n"),
		want: "tidemark.yaml:27:83: shop in weights of the strategy of portland: expected a whole number from 0 to 1000000000, found -2",
	},
	"a priority twice": {
		text: strategy("  - {merchant: acme, warehouse: portland, distribution: priority, priority: [shop, shop]}\n"),
		want: `tidemark.yaml:27:84: priority of the strategy of portland names "shop" twice; keep one of them`,
	},
	"a strategy twice": {
		text: strategy("  - {merchant: acme, warehouse: portland}\n  - {merchant: acme, warehouse: portland, buffer_units: 2}\n"),
		want: "tidemark.yaml:28:33: warehouse portland has a strategy already; keep one of them",
	},
	"a strategy of an unknown warehouse": {
		text: strategy("  - {merchant: acme, warehouse: salem}\n"),
		want: `tidemark.yaml:27:33: this strategy names the warehouse "salem", which is not defined; defined are portland`,
	},
	"a strategy of another merchant": {
		text: strings.Replace(strategy("  - {merchant: birch, warehouse: portland}\n"), "connections:\n",
			"  - {id: birch-shop, merchant: birch, driver: creator}\nconnections:\n", 1),
		want: "tidemark.yaml:28:34: this strategy belongs to merchant birch, but warehouse portland belongs to acme; one of them must be changed",
	},
	"a strategy without a warehouse": {
		text: strategy("  - {merchant: acme, buffer_units: 2}\n"),
		want: "tidemark.yaml:27:5: this strategy needs warehouse: the id of the warehouse whose stock is shared",
	},
	"a catalogue file that is not there": {
		text: base + "catalog:\n  products: [{file: none.csv, merchant: acme}]\n",
		want: `tidemark.yaml:27:21: "none.csv": there is no such file; check the path`,
	},
	"a catalogue file of nobody": {
		text: base + "catalog:\n  products: [{file: products.csv}]\n",
		want: "tidemark.yaml:27:14: an entry of products needs merchant: the id of the merchant that the file is for",
	},
	"a catalogue section of another name": {
		text: base + "catalog:\n  listing: []\n",
		want: `tidemark.yaml:27:3: catalog has no setting "listing"; did you mean "listings"?`,
	},
}

package ledger

import (
	"encoding/json"
	"time"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/settings"
)

// Mode is which of the two syncs a run is.
type Mode string

// The modes.
const (
	Smart Mode = "smart" // push what changed, and what did not get there before
	Full  Mode = "full"  // push everything
)

// Trigger is what set a run going.
type Trigger string

// The triggers.
const (
	TriggerSchedule Trigger = "schedule"
	TriggerRequest  Trigger = "request" // a person or a service, by signal
)

// Overlap is what a scheduled run does when its store is taken.
type Overlap string

// The overlap policies.
const (
	OverlapSkip   Overlap = "skip"   // end as skipped, naming the holder (the default)
	OverlapBuffer Overlap = "buffer" // wait
)

// Warehouse is a source of levels as it is configured.
type Warehouse struct {
	ID       string                  `json:"id"`
	Merchant string                  `json:"merchant"`
	Driver   string                  `json:"driver"`
	Settings settings.Values         `json:"settings,omitempty"`
	Quantity inventory.QuantityField `json:"quantity"`
	Missing  inventory.MissingPolicy `json:"missing"`
	Refused  inventory.RefusedPolicy `json:"refused,omitempty"` // empty is keep
	// Repeated is empty for refuse.
	Repeated inventory.RepeatedPolicy `json:"repeated,omitempty"`
	Guard    Guard                    `json:"guard"`
	// Freshness is how old a snapshot may be that a run takes over from another connection's instead of fetching again. A run
	// that was asked for takes over only what was fetched after it was asked for. 0 shares nothing.
	Freshness time.Duration `json:"freshness,omitempty"`
	// Hook lets the warehouse send updates and snapshots to `starter serve`; nil lets it not.
	Hook *Hook `json:"hook,omitempty"`
	// Named are the settings that the configuration names, in order (see SettingNames); the others belong to the pages, as those of stores and
	// connections do.
	Named []string `json:"named,omitempty"`
}

// ReadsLike is true when both definitions read the same rows and take them for the same levels: it does not matter by which credential,
// how old a snapshot may be, what the guard allows, and what the warehouse may send.
func (w Warehouse) ReadsLike(other Warehouse) bool {
	plain := func(w Warehouse) string {
		values := settings.Values{}
		for name, value := range w.Settings {
			if text, ok := value.(string); ok && settings.Reference(text).Valid() {
				value = "a credential"
			}
			values[name] = value
		}
		return encode(Warehouse{Driver: w.Driver, Settings: values, Quantity: w.Quantity, Missing: w.Missing, Refused: w.Refused, Repeated: w.Repeated})
	}
	return plain(w) == plain(other)
}

// Hook is how a warehouse proves who it is when it sends.
type Hook struct {
	Format HookFormat `json:"format"`
	// Keys are references to the secrets that are accepted: several while one replaces another.
	Keys []string `json:"keys"`
}

// HookFormat is a way to sign.
type HookFormat string

// The formats of hooks.
const (
	HookStandard HookFormat = "standard" // Standard Webhooks: webhook-id, webhook-timestamp, webhook-signature (the default)
	HookShipHero HookFormat = "shiphero" // x-shiphero-hmac-sha256 over the body
	HookBearer   HookFormat = "bearer"   // Authorization: Bearer KEY
)

// Guard holds the thresholds above which a person decides. Each is a fraction from 0 to 1.
type Guard struct {
	// MinimumRows: a full snapshot with fewer rows than this part of the last one is held. Default 0.8.
	MinimumRows float64 `json:"minimum_rows"`
	// MaximumRefused: a snapshot of which more than this part was refused is held. Default 0.05.
	MaximumRefused float64 `json:"maximum_refused"`
	// MaximumMissing: a full snapshot that leaves unnamed more than this part of the recorded levels with stock is held, beside those
	// that the last one left unnamed already. Default 0.05.
	MaximumMissing float64 `json:"maximum_missing"`
	// MaximumZeroed: a run that would newly take more than this part of the live rows to 0 is held. Default 0.2.
	MaximumZeroed float64 `json:"maximum_zeroed"`
	// DecideWithin is how long a held run waits for a person. Default 7 days.
	DecideWithin time.Duration `json:"decide_within,omitempty"`
}

// DefaultMaximumMissing is the part of the levels with stock that a full snapshot may leave unnamed.
const DefaultMaximumMissing = 0.05

// UnmarshalJSON reads a guard; one that was written before there was MaximumMissing has its default.
func (g *Guard) UnmarshalJSON(content []byte) error {
	type plain Guard
	read := plain{MaximumMissing: DefaultMaximumMissing}
	err := json.Unmarshal(content, &read)
	*g = Guard(read)
	return err
}

// Store is one sales channel account as it is configured.
type Store struct {
	ID        string          `json:"id"`
	Merchant  string          `json:"merchant"`
	Driver    string          `json:"driver"`
	Settings  settings.Values `json:"settings,omitempty"`
	Budget    Budget          `json:"budget"`
	BatchSize int             `json:"batch_size,omitempty"` // 0: the most that the store takes
	Named     []string        `json:"named,omitempty"`      // see Warehouse
}

// Budget is the part of a store's API limits that Tidemark may use.
type Budget struct {
	Share      float64     `json:"share"`                   // of the published rate; default 0.8
	QuietHours *QuietHours `json:"quiet_hours,omitempty"`   // no calls are begun then
	DailyCalls int64       `json:"daily_calls,omitempty"`   // per UTC day; 0 means no limit
	Calls      int         `json:"calls_at_once,omitempty"` // under way at once; 0 means as many as the store takes
}

// QuietHours is a daily span of wall-clock time, possibly over midnight.
type QuietHours struct {
	From     string `json:"from"` // "22:00"
	To       string `json:"to"`   // "06:30"
	Timezone string `json:"timezone"`
}

// Connection ties a merchant's warehouse to a store.
type Connection struct {
	ID        string `json:"id"`
	Merchant  string `json:"merchant"`
	Warehouse string `json:"warehouse"`
	Store     string `json:"store"`
	Enabled   bool   `json:"enabled"`
	// EnabledByPages: the configuration does not say whether it is enabled. Then that is as somebody set it, and not enabled at first.
	EnabledByPages bool `json:"enabled_by_pages,omitempty"`
	Inventory      Flow `json:"inventory"`
	// Named: see Warehouse.
	Named []string `json:"named,omitempty"`
}

// Active is true when the connection and its inventory flow are both enabled.
func (c Connection) Active() bool { return c.Enabled && c.Inventory.Enabled }

// Flow is the inventory flow of a connection.
type Flow struct {
	Enabled   bool                     `json:"enabled"`
	Smart     []Rule                   `json:"smart"`
	Full      []Rule                   `json:"full,omitempty"`
	Timezone  string                   `json:"timezone"`
	Overlap   Overlap                  `json:"overlap"`
	Unlisted  inventory.UnlistedPolicy `json:"unlisted"`
	Locations []inventory.Location     `json:"locations,omitempty"`
	// Unnamed are the schedules that the configuration does not name: they belong to the pages, and Smart and Full are only their defaults.
	Unnamed []Mode `json:"unnamed,omitempty"`
	// Zones are the time zones of schedules for which Timezone does not hold.
	Zones map[Mode]string `json:"zones,omitempty"`
	// Floor is the shortest interval that the advice for Smart Sync may give; 0 leaves it to the advice.
	Floor time.Duration `json:"floor,omitempty"`
}

// Rule is one rule of a schedule; exactly one field is set. Rules stack: a run starts whenever any of them fires.
type Rule struct {
	Every    time.Duration `json:"every,omitempty"`
	Hourly   *Hourly       `json:"hourly,omitempty"`
	Daily    string        `json:"daily,omitempty"` // "01:00"
	Flexible *Flexible     `json:"flexible,omitempty"`
}

// Hourly fires every so many hours (counted from midnight) at a minute past the hour.
type Hourly struct {
	Every  int `json:"every"`
	Minute int `json:"minute"`
}

// Flexible fires in a span of hours on chosen days.
type Flexible struct {
	Every time.Duration `json:"every"`
	From  int           `json:"from"` // hour block, 0 to 23, included
	To    int           `json:"to"`   // hour block, 0 to 23, included
	Days  []string      `json:"days"` // "mon" … "sun"; empty means every day
}

// StrategyDefinition is the strategy of a merchant and a warehouse.
type StrategyDefinition struct {
	Merchant  string             `json:"merchant"`
	Warehouse string             `json:"warehouse"`
	Strategy  inventory.Strategy `json:"strategy"`
}

// ListingDefinition is a listing on a store.
type ListingDefinition struct {
	Store string `json:"store"`
	inventory.Listing
}

// BundleDefinition is a merchant's bundle.
type BundleDefinition struct {
	Merchant string `json:"merchant"`
	inventory.Bundle
}

// Product is a catalogue entry, for display.
type Product struct {
	Merchant string `json:"merchant"`
	SKU      string `json:"sku"`
	Name     string `json:"name,omitempty"`
	Barcode  string `json:"barcode,omitempty"`
}

// Definitions is a whole configuration, checked. Applying it makes the ledger say the same.
type Definitions struct {
	Warehouses  []Warehouse
	Stores      []Store
	Connections []Connection
	Strategies  []StrategyDefinition
	Products    []Product
	Bundles     []BundleDefinition
	Listings    []ListingDefinition
	// SchedulesReadOnly leaves all schedules to the configuration: nothing is set on the pages.
	SchedulesReadOnly bool
	// SettingsReadOnly does the same for settings.
	SettingsReadOnly bool
}

// Change is one difference that an apply made, or would make.
type Change struct {
	Action string `json:"action"` // "created", "changed", "removed", "left behind", "kept": kept means absent from the configuration but not pruned
	Kind   string `json:"kind"`   // "warehouse", "store", "connection", "strategy", "product", "bundle", "listing", "setting"
	ID     string `json:"id"`
	Detail string `json:"detail,omitempty"`
	Left   *Left  `json:"left,omitempty"` // with the action "left behind"
}

// ApplyOptions says how far an apply goes.
type ApplyOptions struct {
	DryRun bool // report the changes, make none
	Prune  bool // remove warehouses, stores and connections that the configuration no longer has
	// ZeroLeft has 0 pushed to what connections have left behind at places that they do not show any more. It is a person's approval of just
	// those rows: the guard against mass zeroing does not count them.
	ZeroLeft bool
	// Overrides are what becomes of overrides of schedules with this apply, as its caller decided.
	Overrides []OverrideChange
	// Settings are what becomes of overrides of settings.
	Settings []SettingChange
	// From names the file that is applied, for people, and Now is when.
	From string
	Now  time.Time
}

package ledger

import (
	"encoding/json"
	"time"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/settings"
)

// Mode is the kind of sync that a run does.
type Mode string

// The modes.
const (
	Smart Mode = "smart" // push what changed, and what did not reach the store before
	Full  Mode = "full"  // push everything
)

// Trigger is what started a run.
type Trigger string

// The triggers.
const (
	TriggerSchedule Trigger = "schedule"
	TriggerRequest  Trigger = "request" // a person or a service, by signal
)

// Overlap is what a scheduled run does when another run holds its store.
type Overlap string

// The overlap policies.
const (
	OverlapSkip   Overlap = "skip"   // end as skipped, naming the holder (the default)
	OverlapBuffer Overlap = "buffer" // wait
)

// Warehouse is the definition of a warehouse.
type Warehouse struct {
	ID       string                  `json:"id"`
	Merchant string                  `json:"merchant"`
	Driver   string                  `json:"driver"`
	Settings settings.Values         `json:"settings,omitempty"`
	Quantity inventory.QuantityField `json:"quantity"`
	Missing  inventory.MissingPolicy `json:"missing"`
	Refused  inventory.RefusedPolicy `json:"refused,omitempty"` // empty means keep
	// Repeated is the policy for rows with the same key; empty means refuse.
	Repeated inventory.RepeatedPolicy `json:"repeated,omitempty"`
	Guard    Guard                    `json:"guard"`
	// Freshness is the greatest age of another connection's snapshot that a run may use instead of fetching. A run that was
	// requested uses only a snapshot that was fetched after the request. 0 means that snapshots are not shared.
	Freshness time.Duration `json:"freshness,omitempty"`
	// Hook lets the warehouse send updates and snapshots to `starter serve`; nil means that it may not.
	Hook *Hook `json:"hook,omitempty"`
	// Named lists the settings that the configuration names, sorted (see SettingNames). The other settings can be changed on the
	// pages. The same holds for stores and connections.
	Named []string `json:"named,omitempty"`
}

// ReadsLike is true when both definitions read the same rows and give them the same meaning. It does not compare credentials,
// the age of a shared snapshot, the guard, or what the warehouse may send.
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

// Hook is how a warehouse authenticates what it sends.
type Hook struct {
	Format HookFormat `json:"format"`
	// Keys are references to the accepted secrets. There are several while one is being replaced.
	Keys []string `json:"keys"`
}

// HookFormat is a way to sign requests.
type HookFormat string

// The formats of hooks.
const (
	HookStandard HookFormat = "standard" // Standard Webhooks: webhook-id, webhook-timestamp, webhook-signature (the default)
	HookShipHero HookFormat = "shiphero" // x-shiphero-hmac-sha256 over the body
	HookBearer   HookFormat = "bearer"   // Authorization: Bearer KEY
)

// Guard holds the thresholds beyond which a person decides. Each is a fraction from 0 to 1.
type Guard struct {
	// MinimumRows: a full snapshot whose rows are fewer than this fraction of the last one's is held. Default 0.8.
	MinimumRows float64 `json:"minimum_rows"`
	// MaximumRefused: a snapshot is held when more than this fraction of its rows was refused. Default 0.05.
	MaximumRefused float64 `json:"maximum_refused"`
	// MaximumMissing: a full snapshot is held when it leaves unnamed more than this fraction of the recorded levels with stock.
	// Levels that the last full snapshot left unnamed are not counted. Default 0.05.
	MaximumMissing float64 `json:"maximum_missing"`
	// MaximumZeroed: a run is held when it would newly take more than this fraction of the live rows to 0. Default 0.2.
	// MaximumZeroed: a run that would newly take more than this part of the live rows to 0 is held. Default 0.2.
	MaximumZeroed float64 `json:"maximum_zeroed"`
	// DecideWithin is how long a held run waits for a person. Default 7 days.
	DecideWithin time.Duration `json:"decide_within,omitempty"`
}

// DefaultMaximumMissing is the default of Guard.MaximumMissing.
const DefaultMaximumMissing = 0.05

// UnmarshalJSON reads a guard. A guard that was written before MaximumMissing existed gets its default.
func (g *Guard) UnmarshalJSON(content []byte) error {
	type plain Guard
	read := plain{MaximumMissing: DefaultMaximumMissing}
	err := json.Unmarshal(content, &read)
	*g = Guard(read)
	return err
}

// Store is the definition of one sales channel account.
type Store struct {
	ID        string          `json:"id"`
	Merchant  string          `json:"merchant"`
	Driver    string          `json:"driver"`
	Settings  settings.Values `json:"settings,omitempty"`
	Budget    Budget          `json:"budget"`
	BatchSize int             `json:"batch_size,omitempty"` // 0: the largest that the store accepts
	Named     []string        `json:"named,omitempty"`      // see Warehouse
}

// Budget is the part of a store's API limits that Tidemark may use.
type Budget struct {
	Share      float64     `json:"share"`                   // fraction of the published rate; default 0.8
	QuietHours *QuietHours `json:"quiet_hours,omitempty"`   // no call begins in these hours
	DailyCalls int64       `json:"daily_calls,omitempty"`   // per UTC day; 0 means no limit
	Calls      int         `json:"calls_at_once,omitempty"` // concurrent calls; 0 means as many as the store allows
}

// QuietHours is a daily span of wall-clock time, which may include midnight.
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
	// EnabledByPages: the configuration does not say whether the connection is enabled. It is disabled at first, and then as
	// somebody set it on the pages.
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
	// Unnamed are the schedules that the configuration does not name. They are set on the pages; Smart and Full hold only
	// their defaults.
	Unnamed []Mode `json:"unnamed,omitempty"`
	// Zones are the time zones of the schedules that have another zone than Timezone.
	Zones map[Mode]string `json:"zones,omitempty"`
	// Floor is the shortest interval that the advice for Smart Sync may give; 0 leaves it to the advice.
	Floor time.Duration `json:"floor,omitempty"`
}

// Rule is one rule of a schedule; exactly one field is set. A run starts whenever any rule of its schedule fires.
type Rule struct {
	Every    time.Duration `json:"every,omitempty"`
	Hourly   *Hourly       `json:"hourly,omitempty"`
	Daily    string        `json:"daily,omitempty"` // "01:00"
	Flexible *Flexible     `json:"flexible,omitempty"`
}

// Hourly fires every few hours, counted from midnight, at a minute past the hour.
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

// Definitions is a whole configuration, already checked. Apply makes the ledger hold it.
type Definitions struct {
	Warehouses  []Warehouse
	Stores      []Store
	Connections []Connection
	Strategies  []StrategyDefinition
	Products    []Product
	Bundles     []BundleDefinition
	Listings    []ListingDefinition
	// SchedulesReadOnly: only the configuration sets schedules, and the pages cannot.
	SchedulesReadOnly bool
	// SettingsReadOnly does the same for the other settings.
	SettingsReadOnly bool
}

// Change is one difference that an apply made, or would make.
type Change struct {
	Action string `json:"action"` // "created", "changed", "removed", "left behind", "kept" (not in the configuration, and not pruned)
	Kind   string `json:"kind"`   // "warehouse", "store", "connection", "strategy", "product", "bundle", "listing", "setting"
	ID     string `json:"id"`
	Detail string `json:"detail,omitempty"`
	Left   *Left  `json:"left,omitempty"` // with the action "left behind"
}

// ApplyOptions are the options of an apply.
type ApplyOptions struct {
	DryRun bool // report the changes without making them
	Prune  bool // remove warehouses, stores and connections that the configuration no longer has
	// ZeroLeft has 0 pushed to the rows that connections have left behind at places which they no longer show. It is a person's
	// approval for just those rows: the guard against mass zeroing does not count them.
	ZeroLeft bool
	// Overrides are the changes of schedule overrides that belong to this apply, as its caller decided them.
	Overrides []OverrideChange
	// Settings are the changes of setting overrides.
	Settings []SettingChange
	// From names the applied file, for people. Now is the time of the apply.
	From string
	Now  time.Time
}

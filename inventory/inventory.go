// Package inventory is the domain of Tidemark: what a warehouse reports, what a store should show, and why.
//
// It is pure. It does no I/O, reads no clock and knows nothing of Temporal, of databases or of any store's API, so
// every rule in it can be shown by a table and every promise by a property.
package inventory

import "time"

// MaxQuantity is the largest figure that is believed; anything above it is refused as a fault of the source.
const MaxQuantity = 1_000_000_000

// MaxSKUBytes is the longest SKU, facility or channel SKU that is accepted.
const MaxSKUBytes = 512

// Row is one line of a warehouse's answer as a driver read it, before it was accepted.
//
// A driver never guesses: a figure that it could not read stays nil and Problem says why.
type Row struct {
	Facility string
	SKU      string

	// Written is the SKU as it stands in the source, where SKU is what is left of it without a spreadsheet's dress; else empty.
	Written string

	// Available, OnHand and Committed are counts of units. Nil means that the source gave none.
	Available *int64
	OnHand    *int64
	Committed *int64

	// NoAvailable and NoOnHand are true where the source states, by a word or code that was given this meaning, that there is no level
	// of the SKU here. It is neither 0 nor a figure that is missing.
	NoAvailable bool
	NoOnHand    bool

	// ReportedAt is when the warehouse says that it took the figure; zero when it does not say.
	ReportedAt time.Time

	// Place is where in the source the row stands ("stock.csv:17", "page 3, item 5"); it is shown with a refusal.
	Place string

	// Problem is why the driver could not read the row, empty when it could.
	Problem string

	// Fault is Problem as data; nil where there is none, or where nothing more is known than the words.
	Fault *Fault
}

// Level is one accepted quantity report: what a warehouse has of a SKU in one facility.
type Level struct {
	Facility string `json:"facility,omitempty"`
	SKU      string `json:"sku"`

	// Available is the recorded value, as the warehouse reported it. It may be negative; it is never computed.
	Available int64 `json:"available"`

	// OnHand and Committed are kept for display; nil when the warehouse did not report them.
	OnHand    *int64 `json:"on_hand,omitempty"`
	Committed *int64 `json:"committed,omitempty"`

	// ReportedAt orders observations of one level; zero when the source gives no time.
	ReportedAt time.Time `json:"reported_at,omitzero"`

	// Stale is set on a recorded level whose last row was refused.
	Stale *Stale `json:"stale,omitempty"`

	// Version is that of a recorded level: the warehouse's counter, as it was when the available figure changed last.
	Version int64 `json:"-"`
}

// Refusal says why a row of a snapshot was not accepted. The level that it names is stale until it is read again.
type Refusal struct {
	Facility string
	SKU      string
	Place    string
	Reason   string

	// UnreadableSKU: what stands in SKU is only to be shown, so it is not known which level the row is of.
	UnreadableSKU bool
	// UnreadableFacility: the same of the facility, so the row may be of any level of its SKU, like one without a facility.
	UnreadableFacility bool
}

// UnreadLevel is a level of which no row was ever read, for all were refused.
type UnreadLevel struct {
	Facility string
	Stale
}

// QuantityField is the figure of a warehouse that is taken as available.
type QuantityField string

// The figures a warehouse may be set to.
const (
	QuantityAvailable QuantityField = "available" // the default
	QuantityOnHand    QuantityField = "on_hand"
)

// MissingPolicy says what it means that a full snapshot does not mention a recorded SKU.
type MissingPolicy string

// The policies for absent SKUs. Absence is not zero unless a warehouse is declared to mean it.
const (
	MissingKeep MissingPolicy = "keep" // the default
	MissingZero MissingPolicy = "zero"
)

// Component is a part of a bundle.
type Component struct {
	SKU   string
	Count int64 // units of SKU in one bundle, at least 1
}

// Bundle is a product that is made of other products.
type Bundle struct {
	SKU        string
	Components []Component
}

// Listing says under which SKU a store knows a product. One product may have several listings on one store.
type Listing struct {
	SKU        string // the warehouse's SKU, or the bundle's
	ChannelSKU string // the store's
}

// Location is a place of a store and the facilities of the warehouse whose stock it shows.
type Location struct {
	ID         string   `json:"id"`
	Facilities []string `json:"facilities"`
}

// UnlistedPolicy says what becomes of a SKU that has no listing on a store.
type UnlistedPolicy string

// The policies for unlisted SKUs.
const (
	UnlistedPush  UnlistedPolicy = "push"  // the warehouse's SKU goes out as it is (the default)
	UnlistedBlock UnlistedPolicy = "block" // nothing goes out, with the reason
)

// Distribution is how a strategy shares stock among the stores of a warehouse.
type Distribution string

// The distributions. Except for All, the shares never sum to more than the distributable figure.
const (
	DistributeEqual    Distribution = "equal"
	DistributeWeighted Distribution = "weighted"
	DistributePriority Distribution = "priority"
	DistributeAll      Distribution = "all"
)

// Strategy is how much of a warehouse's stock the stores get to see (inventory partitioning). It belongs to a merchant
// and a warehouse and is applied to the resolved figure of each location.
type Strategy struct {
	// BufferPercent, 0 to 100, is held back, rounded up to whole units. At most one of the buffers is set.
	BufferPercent float64 `json:"buffer_percent,omitempty"`
	// BufferUnits is held back.
	BufferUnits int64 `json:"buffer_units,omitempty"`
	// Minimum: a distributable figure below it is shown as 0 to every store.
	Minimum int64 `json:"minimum,omitempty"`
	// Distribution defaults to DistributeEqual.
	Distribution Distribution `json:"distribution,omitempty"`
	// Weights are for DistributeWeighted, by connection id; a connection without one has weight 1.
	Weights map[string]int64 `json:"weights,omitempty"`
	// Priority is for DistributePriority: connection ids, first served first; those not named follow in id order.
	Priority []string `json:"priority,omitempty"`
	// Caps is for DistributePriority: the most that a connection is given; no entry means no limit.
	Caps map[string]int64 `json:"caps,omitempty"`
}

// Input is all that decides what one store shows of one product.
type Input struct {
	// Product is the warehouse SKU or the bundle SKU that is resolved.
	Product string
	// Levels holds the recorded levels, of all facilities, of the product or of each component, by SKU. Order does not
	// matter. A SKU without an entry was never reported.
	Levels map[string][]Level
	// Unread are the SKUs without a level whose rows were refused.
	Unread map[string][]UnreadLevel
	// Bundle is set when the product is a bundle.
	Bundle *Bundle
	// Listings are the product's listings on the store.
	Listings []Listing
	// TakenBy is the product whose listing on this store already uses Product as its channel SKU, empty when none does.
	TakenBy string

	// Connection is the id of the connection that is resolved.
	Connection string
	// Locations are the store's locations; none means that the store gets the sum of all facilities.
	Locations []Location
	// Unlisted is the connection's policy.
	Unlisted UnlistedPolicy
	// Strategy of the merchant and warehouse; nil means that every store sees the full figure.
	Strategy *Strategy
	// Sharing are the ids of all enabled connections of the merchant and warehouse, this one included.
	Sharing []string
}

// ChannelLevel is what a store should show for one channel SKU in one location.
type ChannelLevel struct {
	Location   string `json:"location,omitempty"` // empty when the store is not split into locations
	ChannelSKU string `json:"channel_sku"`
	Quantity   int64  `json:"quantity"` // units, 0 to MaxQuantity
	// Blocked is why the level must not be pushed, empty when it may be.
	Blocked string `json:"blocked,omitempty"`
	// Why is the chain of the number.
	Why Explanation `json:"why"`
	// Newest is the greatest version of the levels that the location shows of the product, or of its components; 0 without any.
	Newest int64 `json:"-"`
}

// Explanation is the chain that leads from the warehouse's levels to a pushed number. Its JSON form is kept and shown.
type Explanation struct {
	Product string `json:"product"`
	// Levels are the facility figures that were summed, of the product itself.
	Levels []FacilityFigure `json:"levels,omitempty"`
	// Bundle is set for bundles.
	Bundle []ComponentFigure `json:"bundle,omitempty"`
	// Resolved is the figure before the strategy; it may be negative.
	Resolved int64 `json:"resolved"`
	// Strategy is set when one was applied.
	Strategy *StrategyFigure `json:"strategy,omitempty"`
	// Quantity is the figure after the strategy and the clamp.
	Quantity int64 `json:"quantity"`
	// Clamped is true when a negative figure was raised to 0.
	Clamped bool `json:"clamped,omitempty"`
	// Listed is true when a listing named the channel SKU.
	Listed bool `json:"listed"`
	// Notes are reasons in words ("component BATTERY was never reported: 0").
	Notes []string `json:"notes,omitempty"`
}

// FacilityFigure is the part that a facility has in a sum.
type FacilityFigure struct {
	Facility   string     `json:"facility,omitempty"`
	Available  int64      `json:"available"`
	ReportedAt *time.Time `json:"reported_at,omitempty"`
	Stale      *Stale     `json:"stale,omitempty"` // its last row was refused
}

// ComponentFigure is the part that a component has in a bundle.
type ComponentFigure struct {
	SKU       string           `json:"sku"`
	Count     int64            `json:"count"`
	Available int64            `json:"available"`
	Makes     int64            `json:"makes"` // floor(available / count)
	Reported  bool             `json:"reported"`
	Levels    []FacilityFigure `json:"levels,omitempty"`
	Unread    *Stale           `json:"unread,omitempty"` // it has no level, for its rows were refused
}

// StrategyFigure is what a strategy made of a resolved figure.
type StrategyFigure struct {
	Buffer        int64        `json:"buffer"`
	Distributable int64        `json:"distributable"`
	Minimum       int64        `json:"minimum,omitempty"`
	BelowMinimum  bool         `json:"below_minimum,omitempty"`
	Distribution  Distribution `json:"distribution"`
	Stores        int          `json:"stores"`
	Share         int64        `json:"share"`
}

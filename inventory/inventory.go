// Package inventory is the domain of Tidemark: what a warehouse reports, what a store should show, and why.
//
// It is pure: no I/O, no clock, nothing of Temporal, databases or store APIs. So table tests cover each rule, and property tests each
// promise.
package inventory

import "time"

// MaxQuantity is the largest figure, in units, that is accepted. Anything above it is taken for an error of the source and refused.
const MaxQuantity = 1_000_000_000

// MaxSKUBytes is the length in bytes of the longest SKU, facility or channel SKU that is accepted.
const MaxSKUBytes = 512

// Row is one line of a warehouse's response as its driver read it, before Accept.
//
// A driver never guesses: it leaves a figure that it cannot read nil and says why in Problem.
type Row struct {
	Facility string
	SKU      string

	// Written is the SKU as the source wrote it, when the driver removed a spreadsheet's marks from it (="…", an apostrophe). Otherwise it is
	// empty.
	Written string

	// Available, OnHand and Committed are counts of units; nil when the source gave none.
	Available *int64
	OnHand    *int64
	Committed *int64

	// NoAvailable and NoOnHand are true when the source states, by a word or code that the configuration gives this meaning, that it has no
	// level of the SKU here. That is different from 0 and from a missing figure; see NoLevel.
	NoAvailable bool
	NoOnHand    bool

	// ReportedAt is when the warehouse took the figure, by its own clock; zero when the source gives no time.
	ReportedAt time.Time

	// Place is where the row stands in the source ("stock.csv:17", "page 3, item 5"). A refusal shows it.
	Place string

	// Problem is why the driver could not read the row; empty when it could.
	Problem string

	// Fault is Problem for programs; nil when there is no problem or only its words are known.
	Fault *Fault
}

// Level is one accepted quantity report: the figures of one SKU in one facility of a warehouse.
type Level struct {
	Facility string `json:"facility,omitempty"`
	SKU      string `json:"sku"`

	// Available is the recorded value, in units, as the warehouse reported it. It may be negative. It is never computed.
	Available int64 `json:"available"`

	// OnHand and Committed are kept for display; nil when the warehouse did not report them.
	OnHand    *int64 `json:"on_hand,omitempty"`
	Committed *int64 `json:"committed,omitempty"`

	// ReportedAt orders the observations of one level; zero when the source gives no time.
	ReportedAt time.Time `json:"reported_at,omitzero"`

	// Stale is set on a recorded level whose last row was refused.
	Stale *Stale `json:"stale,omitempty"`

	// Version is the value of the warehouse's version counter when Available last changed. It is set on recorded levels only.
	Version int64 `json:"-"`
}

// Refusal says why a row of a snapshot was refused. The level that it names is stale until a row of it is accepted again.
type Refusal struct {
	Facility string
	SKU      string
	Place    string
	Reason   string

	// UnreadableSKU is true when SKU is for display only, because the source's text could not be read. The row may then be of any level.
	UnreadableSKU bool
	// UnreadableFacility is the same for Facility. The row may then be of any level of its SKU, as if it named no facility.
	UnreadableFacility bool
}

// UnreadLevel is a level without a figure: all rows of it so far were refused.
type UnreadLevel struct {
	Facility string
	Stale
}

// QuantityField says which figure of a row counts as available.
type QuantityField string

// The figures a warehouse may be set to.
const (
	QuantityAvailable QuantityField = "available" // the default
	QuantityOnHand    QuantityField = "on_hand"
)

// MissingPolicy says what becomes of a recorded SKU that a full snapshot does not name.
type MissingPolicy string

// The policies for SKUs that a full snapshot does not name. Absence means 0 only for a warehouse that is configured so.
const (
	MissingKeep MissingPolicy = "keep" // the level keeps its figure (the default)
	MissingZero MissingPolicy = "zero" // the level becomes 0
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

// Listing maps a product to the SKU under which a store knows it. A product may have several listings on one store.
type Listing struct {
	SKU        string // of the warehouse, or of a bundle
	ChannelSKU string // the store's SKU
}

// Location is a location of a store, with the facilities of the warehouse whose stock it shows.
type Location struct {
	ID         string   `json:"id"`
	Facilities []string `json:"facilities"`
}

// UnlistedPolicy says what becomes of an SKU that has no listing on a store.
type UnlistedPolicy string

// The policies for SKUs without a listing.
const (
	UnlistedPush  UnlistedPolicy = "push"  // it is pushed under the warehouse's SKU (the default)
	UnlistedBlock UnlistedPolicy = "block" // nothing is pushed for it; the row is blocked with the reason
)

// Distribution is how a strategy shares stock among the stores of a warehouse.
type Distribution string

// The distributions. Except for DistributeAll, the shares never sum to more than the distributable figure.
const (
	DistributeEqual    Distribution = "equal"
	DistributeWeighted Distribution = "weighted"
	DistributePriority Distribution = "priority"
	DistributeAll      Distribution = "all"
)

// Strategy says how much of a warehouse's stock the stores may show (inventory partitioning). It belongs to a merchant and a warehouse and
// is applied to the resolved figure of each location.
type Strategy struct {
	// BufferPercent is the part of the figure that is held in reserve, from 0 to 100, rounded up to whole units. At most one of the two
	// buffers may be set.
	BufferPercent float64 `json:"buffer_percent,omitempty"`
	// BufferUnits is how many units are held in reserve.
	BufferUnits int64 `json:"buffer_units,omitempty"`
	// Minimum: every store shows 0 for a distributable figure below it.
	Minimum int64 `json:"minimum,omitempty"`
	// Distribution defaults to DistributeEqual.
	Distribution Distribution `json:"distribution,omitempty"`
	// Weights are for DistributeWeighted, by connection id. A connection that is absent has the weight 1.
	Weights map[string]int64 `json:"weights,omitempty"`
	// Priority is for DistributePriority: connection ids, the first one is served first. Connections that are absent follow in the order of
	// their ids.
	Priority []string `json:"priority,omitempty"`
	// Caps are for DistributePriority: the most units that a connection is given, by connection id. A connection that is absent has no cap.
	Caps map[string]int64 `json:"caps,omitempty"`
}

// Input is everything that decides what one store shows of one product.
type Input struct {
	// Product is the SKU of the warehouse, or of the bundle, that is resolved.
	Product string
	// Levels are the recorded levels of the product, or of each of its components, in all facilities, by SKU and in any order. An SKU that is
	// absent was never reported.
	Levels map[string][]Level
	// Unread are levels without a figure, because all their rows were refused, by SKU.
	Unread map[string][]UnreadLevel
	// Bundle is set when the product is a bundle.
	Bundle *Bundle
	// Listings are the product's listings on the store.
	Listings []Listing
	// TakenBy is another product that has a listing on this store with Product as its channel SKU; empty when there is none.
	TakenBy string

	// Connection is the id of the connection for which the product is resolved.
	Connection string
	// Locations are those of the store. Without any the store gets the sum of all facilities.
	Locations []Location
	// Unlisted is the connection's policy for SKUs without a listing.
	Unlisted UnlistedPolicy
	// Strategy is that of the merchant and warehouse; nil means that every store shows the full figure.
	Strategy *Strategy
	// Sharing are the ids of all enabled connections of the merchant and warehouse, this one included.
	Sharing []string
}

// ChannelLevel is what a store should show for one channel SKU in one location.
type ChannelLevel struct {
	Location   string `json:"location,omitempty"` // empty when the store is not split into locations
	ChannelSKU string `json:"channel_sku"`
	Quantity   int64  `json:"quantity"` // units, 0 to MaxQuantity
	// Blocked is why the level must not be pushed; empty when it may be.
	Blocked string `json:"blocked,omitempty"`
	// Why explains Quantity, step by step.
	Why Explanation `json:"why"`
	// Newest is the greatest version of the levels that Quantity was computed from; 0 without any.
	Newest int64 `json:"-"`
}

// Explanation is the chain of steps from the warehouse's levels to the quantity that a store should show. Its JSON form is stored and
// shown.
type Explanation struct {
	Product string `json:"product"`
	// Levels are the figures of the product itself, by facility, that were summed.
	Levels []FacilityFigure `json:"levels,omitempty"`
	// Bundle are the components, when the product is a bundle.
	Bundle []ComponentFigure `json:"bundle,omitempty"`
	// Resolved is the figure before the strategy. It may be negative.
	Resolved int64 `json:"resolved"`
	// Strategy is set when a strategy was applied.
	Strategy *StrategyFigure `json:"strategy,omitempty"`
	// Quantity is the figure after the strategy, raised to 0 if it was negative.
	Quantity int64 `json:"quantity"`
	// Clamped is true when a negative figure was raised to 0.
	Clamped bool `json:"clamped,omitempty"`
	// Listed is true when a listing named the channel SKU.
	Listed bool `json:"listed"`
	// Notes are reasons in words ("component BATTERY was never reported: 0").
	Notes []string `json:"notes,omitempty"`
}

// FacilityFigure is the figure of one facility in a sum.
type FacilityFigure struct {
	Facility   string     `json:"facility,omitempty"`
	Available  int64      `json:"available"`
	ReportedAt *time.Time `json:"reported_at,omitempty"`
	Stale      *Stale     `json:"stale,omitempty"` // its last row was refused
}

// ComponentFigure is one component's part in the figure of a bundle.
type ComponentFigure struct {
	SKU       string           `json:"sku"`
	Count     int64            `json:"count"`
	Available int64            `json:"available"`
	Makes     int64            `json:"makes"` // how many bundles the component is enough for: floor(available / count)
	Reported  bool             `json:"reported"`
	Levels    []FacilityFigure `json:"levels,omitempty"`
	Unread    *Stale           `json:"unread,omitempty"` // set when it has no level because all its rows were refused
}

// StrategyFigure says how a strategy changed a resolved figure.
type StrategyFigure struct {
	Buffer        int64        `json:"buffer"`
	Distributable int64        `json:"distributable"`
	Minimum       int64        `json:"minimum,omitempty"`
	BelowMinimum  bool         `json:"below_minimum,omitempty"`
	Distribution  Distribution `json:"distribution"`
	Stores        int          `json:"stores"`
	Share         int64        `json:"share"`
}

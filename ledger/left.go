package ledger

import (
	"fmt"
	"slices"

	"github.com/tidemark/tidemark/inventory"
)

// leftBehind is the reason why a row is no longer resolved. levels are the channel levels that its product is resolved to now, and
// locations those of the connection. shown is the figure that the store was last known to show; nil when it is not known.
func leftBehind(row place, product string, levels []inventory.ChannelLevel, locations []inventory.Location, shown *int64) string {
	keepsNumber := "; the store keeps its last number"
	if shown != nil && *shown == 0 {
		keepsNumber = "; the store was told to show 0"
	}
	linked := slices.ContainsFunc(locations, func(location inventory.Location) bool { return location.ID == row.location })
	switch {
	case row.location == "" && len(locations) > 0:
		return "the connection names locations now, and this row is of none" + keepsNumber
	case row.location != "" && len(locations) == 0:
		return fmt.Sprintf("figures go to the store's own location now, and not to location %s any more%s there", row.location, keepsNumber)
	case row.location != "" && !linked:
		return fmt.Sprintf("the connection has no link to location %s any more%s there", row.location, keepsNumber)
	case len(levels) == 0:
		return fmt.Sprintf("%s is no bundle any more, and the warehouse has never reported it%s", product, keepsNumber)
	case row.channelSKU == product && levels[0].Why.Listed:
		return fmt.Sprintf("%s goes out as %s now, by its listing%s", product, levels[0].ChannelSKU, keepsNumber)
	}
	return "the listing was removed" + keepsNumber
}

package ledger

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// A connection that begins to show its figures at other places leaves units behind: the store goes on selling what it shows at the old
// places. They are neither taken to 0 nor left there without a person being told.

// Left counts the rows that a connection leaves behind at a location that it no longer shows.
type Left struct {
	Connection string `json:"connection"`
	Location   string `json:"location"` // empty when the store chose it
	Rows       int64  `json:"rows"`     // rows for which the store shows more than 0, or an unknown figure
	Units      int64  `json:"units"`    // sum of the known figures
	Unknown    int64  `json:"unknown"`  // rows with an unknown figure
	Zeroing    int64  `json:"zeroing"`  // rows that go to 0, because a person asked for it
}

// Words describes what stays behind.
func (l Left) Words() string {
	text := fmt.Sprintf("%s with %s", counted(l.Rows, "row"), counted(l.Units, "unit"))
	if l.Unknown > 0 {
		text += fmt.Sprintf(" (and %s of which is not known what the store shows)", counted(l.Unknown, "row"))
	}
	text += " " + map[bool]string{true: "stays", false: "stay"}[l.Rows == 1] + " behind at " + l.place()
	switch {
	case l.Zeroing == 0:
		return text + ": the store keeps the numbers there; starter apply FILE --zero-left pushes 0 there"
	case l.Zeroing == l.Rows:
		return text + "; 0 is pushed there, as --zero-left asked"
	}
	return text + fmt.Sprintf("; 0 is pushed to %d of them, as --zero-left asked; the others keep their numbers", l.Zeroing)
}

func (l Left) place() string {
	if l.Location == "" {
		return "the store's own location"
	}
	return "location " + l.Location
}

// placeSetting names the stores' setting for the location at which the figures of connections without locations are shown.
const placeSetting = "location"

// ownPlace is the location at which a store shows the figures of connections without locations; empty when the driver chooses it.
func (s Store) ownPlace() string {
	switch value := s.Settings[placeSetting].(type) {
	case nil:
		return ""
	case float64: // a number that was stored as JSON
		return strconv.FormatFloat(value, 'f', -1, 64)
	default:
		return samePlace(fmt.Sprint(value))
	}
}

// samePlace returns one name for a location that may be written as a number or as an address that ends with this number.
func samePlace(id string) string {
	if strings.HasPrefix(id, "gid://") {
		return id[strings.LastIndexByte(id, '/')+1:]
	}
	return id
}

// shownPlaces returns the locations of a connection, named by samePlace.
func shownPlaces(connection Connection, store Store) []string {
	if len(connection.Inventory.Locations) == 0 {
		return []string{store.ownPlace()}
	}
	var places []string
	for _, location := range connection.Inventory.Locations {
		places = append(places, samePlace(location.ID))
	}
	return places
}

// leaving is a connection and its store, before and after an apply.
type leaving struct {
	before, after           Connection
	storeBefore, storeAfter Store
	others                  []string // places of the store that other connections show
}

// reachable is false when the store is another account now, because nothing can be pushed to the old account any more.
func (l leaving) reachable() bool {
	return l.before.Store == l.after.Store && sameAccount(elsewhere(l.storeBefore), elsewhere(l.storeAfter))
}

// elsewhere returns the definition of a store without its own place.
func elsewhere(store Store) Store {
	settings := make(map[string]any, len(store.Settings))
	for name, value := range store.Settings {
		if name != placeSetting {
			settings[name] = value
		}
	}
	store.Settings = settings
	return store
}

// moves is true when the store's own place changes.
func (l leaving) moves() bool { return l.storeBefore.ownPlace() != l.storeAfter.ownPlace() }

// left returns those of some locations at which rows stay behind.
func (l leaving) left(locations []string) []string {
	var left []string
	for _, location := range locations {
		if stays, _ := l.leaves(location); stays {
			left = append(left, location)
		}
	}
	return left
}

// leaves decides whether the rows of a location stay behind, and under which location they are recorded from then on, so that they can be
// told from others.
func (l leaving) leaves(location string) (stays bool, as string) {
	old := samePlace(location)
	if location == "" {
		old = l.storeBefore.ownPlace()
	}
	if slices.Contains(shownPlaces(l.after, l.storeAfter), old) || slices.Contains(l.others, old) {
		return false, location
	}
	if location == "" && l.moves() {
		return true, old
	}
	return true, location
}

// refusal is the reason why 0 cannot be pushed to the rows that stay behind; empty when it can.
func (l leaving) refusal(left Left) string {
	switch {
	case !l.after.Active():
		return fmt.Sprintf("connection %s is not enabled, so nothing is pushed for it; "+
			"enable it, apply with --zero-left, and disable it when it is pushed", l.after.ID)
	case left.Location == "" && l.moves():
		return fmt.Sprintf("connection %s: the store %s had no setting %s before, so where its driver showed the figures is not known; "+
			"set 0 there in the store itself", l.after.ID, l.after.Store, placeSetting)
	}
	return ""
}

// nothingLeft is the refusal of --zero-left where it would do nothing.
const nothingLeft = "nothing was changed: --zero-left has nothing to do, for no connection of the file has left units behind " +
	"at a place that it does not show any more; apply without it"

// leavingReason is the reason of a row that is due to go to 0 at a location that its connection no longer shows.
const leavingReason = "the connection does not show this place any more; 0 is pushed there, as apply --zero-left asked"

package ledger

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// A connection that shows its figures somewhere else from now on leaves units behind: the store goes on to sell what it shows at the old
// place. Nothing takes them to 0 silently, and nothing leaves them there silently.

// Left is what stays behind at a place that a connection does not show any more.
type Left struct {
	Connection string `json:"connection"`
	Location   string `json:"location"` // empty where the store chose it
	Rows       int64  `json:"rows"`     // that the store shows above 0, or of which is not known what it shows
	Units      int64  `json:"units"`    // that it shows there
	Unknown    int64  `json:"unknown"`  // rows of which is not known what it shows; they are no part of the units
	Zeroing    int64  `json:"zeroing"`  // rows that go to 0, because a person asked for it
}

// Words says what stays behind.
func (l Left) Words() string {
	what := fmt.Sprintf("%s with %s", counted(l.Rows, "row"), counted(l.Units, "unit"))
	if l.Unknown > 0 {
		what += fmt.Sprintf(" (and %s of which is not known what the store shows)", counted(l.Unknown, "row"))
	}
	what += " " + map[bool]string{true: "stays", false: "stay"}[l.Rows == 1] + " behind at " + l.place()
	switch {
	case l.Zeroing == 0:
		return what + ": the store keeps the numbers there; starter apply FILE --zero-left pushes 0 there"
	case l.Zeroing == l.Rows:
		return what + "; 0 is pushed there, as --zero-left asked"
	}
	return what + fmt.Sprintf("; 0 is pushed to %d of them, as --zero-left asked; the others keep their numbers", l.Zeroing)
}

func (l Left) place() string {
	if l.Location == "" {
		return "the store's own location"
	}
	return "location " + l.Location
}

// placeSetting is the setting of stores that says where the figures of connections without locations are shown.
const placeSetting = "location"

// ownPlace is where a store shows the figures of connections without locations; empty where the driver chooses.
func (s Store) ownPlace() string {
	switch value := s.Settings[placeSetting].(type) {
	case nil:
		return ""
	case float64: // a number that was kept as JSON
		return strconv.FormatFloat(value, 'f', -1, 64)
	default:
		return samePlace(fmt.Sprint(value))
	}
}

// samePlace is one name for a location that has two: as a number, and as an address that ends with it.
func samePlace(id string) string {
	if strings.HasPrefix(id, "gid://") {
		return id[strings.LastIndexByte(id, '/')+1:]
	}
	return id
}

// shownPlaces are the places of a connection, by their one name.
func shownPlaces(connection Connection, store Store) []string {
	if len(connection.Inventory.Locations) == 0 {
		return []string{store.ownPlace()}
	}
	var matches []string
	for _, location := range connection.Inventory.Locations {
		matches = append(matches, samePlace(location.ID))
	}
	return matches
}

// leaving is what a connection was and is to be.
type leaving struct {
	before, after           Connection
	storeBefore, storeAfter Store
	others                  []string // places of the store that other connections show
}

// reachable is false when the store is another account now: nothing can be pushed to the old one any more.
func (l leaving) reachable() bool {
	return l.before.Store == l.after.Store && sameAccount(elsewhere(l.storeBefore), elsewhere(l.storeAfter))
}

// elsewhere is a store but for its own place.
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

// moves is true when the store's own place is another one.
func (l leaving) moves() bool { return l.storeBefore.ownPlace() != l.storeAfter.ownPlace() }

// left are those of some locations whose rows stay behind.
func (l leaving) left(locations []string) []string {
	var matches []string
	for _, location := range locations {
		if stays, _ := l.leaves(location); stays {
			matches = append(matches, location)
		}
	}
	return matches
}

// leaves decides about the rows of a location: whether they stay behind, and under which location they can be told from others from then on.
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

// refusal says why 0 cannot be pushed to what stays behind; empty when it can.
func (l leaving) refusal(left Left) string {
	switch {
	case !l.after.Active():
		return fmt.Sprintf("connection %s is not enabled, so nothing is pushed for it; enable it, apply with --zero-left, and disable it when it is pushed", l.after.ID)
	case left.Location == "" && l.moves():
		return fmt.Sprintf("connection %s: the store %s had no setting %s before, so where its driver showed the figures is not known; set 0 there in the store itself",
			l.after.ID, l.after.Store, placeSetting)
	}
	return ""
}

// nothingLeft refuses --zero-left where it would do nothing.
const nothingLeft = "nothing was changed: --zero-left has nothing to do, for no connection of the file has left units behind at a place that it does not show any more; apply without it"

// leavingReason is why a row is due to go to 0 at a place that its connection does not show any more.
const leavingReason = "the connection does not show this place any more; 0 is pushed there, as apply --zero-left asked"

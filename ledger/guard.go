package ledger

import (
	"fmt"
	"strings"

	"github.com/tidemark/tidemark/inventory"
)

// Absence counts the recorded levels with stock that a full snapshot leaves unnamed. It does not count a level that a refused row
// names, nor one that was observed after the snapshot was taken.
type Absence struct {
	// Levels are the recorded levels with stock that the snapshot does not name.
	Levels int64 `json:"levels,omitempty"`
	// Twice are the unnamed levels of SKUs that the snapshot names at another facility. An unnamed level keeps its figure, so
	// their stock would count twice.
	Twice int64 `json:"twice,omitempty"`
}

// absence is an Absence with the facts that a person needs to judge it.
type absence struct {
	Absence
	units      int64    // stock of the unnamed levels
	twiceUnits int64    // stock that would count twice
	stocked    int64    // recorded levels with stock
	before     int64    // unnamed levels that the last recorded full snapshot left unnamed too: nobody needs to judge them again
	keeps      bool     // an unnamed level keeps its figure
	gone, came []string // a few facilities of the unnamed levels, and a few facilities that had no level before
}

// holdSnapshot is the guard of snapshots. It returns the reason why a snapshot must wait for a person, or "" when it need not. An
// approval covers a snapshot with about as many rows as were approved, and with no more unnamed levels.

// holdSnapshot is the guard: it says why a snapshot must wait for a person, empty when it need not. An approval covers what was
// approved: about as many rows, and no more levels that are not named.
func holdSnapshot(end SnapshotEnd, result SnapshotResult, absent absence, recordedBefore bool) string {
	var reasons []string
	if !coversRows(end, result) {
		reasons = append(reasons, holdRows(end, result, recordedBefore)...)
	}
	if end.Full {
		reasons = append(reasons, holdAbsence(end, absent)...)
	}
	if len(reasons) == 0 {
		return ""
	}
	return strings.Join(reasons, "; ") + nothingRecorded + "; " + advice(absent)
}

// coversRows is true when the number of rows is close to the approved number.
func coversRows(end SnapshotEnd, result SnapshotResult) bool {
	return end.Approved && !fewer(result.Rows, end.ApprovedRows, end.Guard.MinimumRows) && (result.Rows > 0 || end.ApprovedRows == 0)
}

// holdRows checks the number of rows and the number of refused rows. It returns the reasons to hold the snapshot.
func holdRows(end SnapshotEnd, result SnapshotResult, recordedBefore bool) []string {
	switch {
	case end.Full && result.Rows == 0 && recordedBefore:
		return []string{fmt.Sprintf("the full snapshot is empty, and the last one had %d rows", result.LastRows)}
	case end.Full && fewer(result.Rows, result.LastRows, end.Guard.MinimumRows):
		return []string{fmt.Sprintf("the full snapshot has %d rows, fewer than %g %% of the %d rows of the last one",
			result.Rows, 100*end.Guard.MinimumRows, result.LastRows)}
	case result.Refused > 0 && float64(result.Refused)/float64(result.Rows) > end.Guard.MaximumRefused:
		reason := fmt.Sprintf("%d of the %d rows were refused, more than %g %% (starter snapshot lists them)",
			result.Refused, result.Rows, 100*end.Guard.MaximumRefused)
		if result.Refused == result.Rows {
			reason += ", so nothing of it can be read: a run that is approved marks their levels stale and fails"
		}
		return []string{reason}
	}
	return nil
}

// holdAbsence checks the levels that a full snapshot leaves unnamed: whether stock would count twice, and whether too many are unnamed
// at once. It returns the reasons to hold the snapshot.
func holdAbsence(end SnapshotEnd, absent absence) []string {
	var reasons []string
	var approved Absence
	if end.Approved {
		approved = end.ApprovedAbsent
	}
	if absent.Twice > approved.Twice {
		reasons = append(reasons, fmt.Sprintf("the full snapshot leaves out %s with stock of SKUs that it names elsewhere, so %s would count twice",
			counted(absent.Twice, "recorded level"), counted(absent.twiceUnits, "unit")))
	}
	if unnamed := absent.Levels - absent.before; absent.Levels > approved.Levels && unnamed > 0 &&
		float64(unnamed)/float64(absent.stocked) > end.Guard.MaximumMissing {
		reasons = append(reasons, fmt.Sprintf("the full snapshot leaves out %d of the %s with stock (%s), more than %g %%",
			absent.Levels, counted(absent.stocked, "recorded level"), counted(absent.units, "unit"), 100*end.Guard.MaximumMissing))
	}
	if len(reasons) == 0 {
		return nil
	}
	if len(absent.gone) > 0 {
		places := "left out: " + facilityNames(absent.gone)
		if len(absent.came) > 0 {
			places += "; new: " + facilityNames(absent.came)
		}
		reasons[len(reasons)-1] += " (" + places + ")"
	}
	return reasons
}

// advice explains what an approval would do.
func advice(absent absence) string {
	const reject = ", or reject it"
	switch {
	case absent.Twice > 0:
		return "approve it to fetch it again, record it and take those levels of SKUs that it names elsewhere to 0" + reject +
			"; where a level is left out because it is sold out, set missing: zero on the warehouse"
	case absent.Levels > 0 && !absent.keeps:
		return "approve it to fetch it again, record it and take the levels that it leaves out to 0" + reject
	case absent.Levels > 0:
		return "approve it to fetch and record it all the same, the levels that it leaves out keep their figures" + reject
	}
	return "approve it to fetch and record it all the same" + reject
}

// fewer is true when the rows are less than a fraction of the expected number. It divides, because in floating point 0.55 × 100 is
// more than 55.
func fewer(rows, expected int64, fraction float64) bool {
	return expected > 0 && float64(rows)/float64(expected) < fraction
}

// counted writes a number of things in words, such as "1 row" or "2 rows".
func counted(n int64, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// maximumNames is how many facilities a reason names.
const maximumNames = 3

// facilityNames lists facilities for people: at most maximumNames, each escaped and shortened.
func facilityNames(facilities []string) string {
	var shown []string
	for i, facility := range facilities {
		if i == maximumNames {
			shown = append(shown, "…")
			break
		}
		if facility == "" {
			shown = append(shown, "no facility")
			continue
		}
		shown = append(shown, inventory.Quoted(facility))
	}
	return strings.Join(shown, ", ")
}

package warehouses

import "time"

// AsDated says where sources state the time of their figures that have none but the one of their answers.
const AsDated = "when the first answer was made, as its Date says"

// CountsAsOf says for Finding.Notes as of when the rows of a source count that have no time of their own. A time of zero is that of a
// source that states none; where says where it states it.
func CountsAsOf(at time.Time, where string) string {
	if at.IsZero() {
		return "rows without a time of their own count as of when they are fetched, for the source does not say when it made them"
	}
	return "rows without a time of their own count as of " + at.UTC().Format(time.RFC3339) + ", " + where
}

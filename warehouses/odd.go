package warehouses

import "github.com/tidemark/tidemark/inventory"

// LooksOdd says for Finding.Notes what is odd in rows that can be read, and what to do about it.
func LooksOdd(rows []inventory.Row) []string {
	var odd inventory.Oddities
	for _, row := range rows {
		odd.Add(row)
	}
	return OddNotes(&odd)
}

// OddNotes says what is odd in rows that were looked at one by one.
func OddNotes(odd *inventory.Oddities) []string {
	var notes []string
	for _, one := range odd.List() {
		notes = append(notes, one.Text+"; "+one.Advice)
	}
	return notes
}

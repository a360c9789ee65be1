package main

import (
	"fmt"
	"strings"
	"time"
)

// stamp is a moment with its date and its time zone.
func stamp(at *time.Time) string {
	if at == nil || at.IsZero() {
		return "-"
	}
	return moment(at) + " UTC"
}

// moment is a moment in a column whose header names the time zone.
func moment(at *time.Time) string {
	if at == nil || at.IsZero() {
		return "-"
	}
	return at.UTC().Format("2006-01-02 15:04:05")
}

func figure(n *int64) string {
	if n == nil {
		return "?"
	}
	return fmt.Sprint(*n)
}

// count is a number with the word for what it counts, like "1 row" and "2 rows".
func count[N ~int | ~int64](n N, one string) string {
	return fmt.Sprintf("%d %s", n, plural(n, one))
}

func plural[N ~int | ~int64](n N, one string) string {
	stem, ending := one, "s"
	switch {
	case n == 1:
		return one
	case strings.HasSuffix(one, "gy"):
		stem, ending = strings.TrimSuffix(one, "y"), "ies"
	}
	return stem + ending
}

// were is the verb for a number of things in the past.
func were[N ~int | ~int64](n N) string {
	if n == 1 {
		return "was"
	}
	return "were"
}

// part is one number of a sum, and what it counts.
type part struct {
	n    int64
	what string
}

// sum lists the parts that are not 0.
func sum(parts ...part) string {
	var shown []string
	for _, part := range parts {
		if part.n != 0 {
			shown = append(shown, fmt.Sprintf("%d %s", part.n, part.what))
		}
	}
	return strings.Join(shown, ", ")
}

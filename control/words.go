package control

import "fmt"

// Count is a number with the singular or plural of its noun: "1 row", "2 rows".
func Count(n int64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

package inventory

import "bytes"

// NamedSeparator is the character that a line names as what separates the fields of a text, in the way of spreadsheets: sep=; or "sep=;" above
// the header. It is 0 for any other line. The line has no line end.
func NamedSeparator(line []byte) byte {
	if last := len(line) - 1; last > 0 && line[0] == '"' && line[last] == '"' {
		line = line[1:last]
	}
	const name = "sep="
	if len(line) == len(name)+1 && bytes.EqualFold(line[:len(name)], []byte(name)) {
		return line[len(name)]
	}
	return 0
}

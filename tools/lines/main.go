// Command lines refuses lines of Go code that are longer than 160 characters, in the folders that its arguments name and below them. A tab
// counts as one character.
package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"unicode/utf8"
)

const longest = 160

func main() {
	found := 0
	for _, folder := range os.Args[1:] {
		if err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || filepath.Ext(path) != ".go" {
				return err
			}
			content, err := os.ReadFile(path)
			for _, number := range long(content) {
				fmt.Printf("%s:%d: longer than %d characters\n", path, number, longest)
				found++
			}
			return err
		}); err != nil {
			fmt.Fprintf(os.Stderr, "lines: %v\n", err)
			os.Exit(2)
		}
	}
	if found > 0 {
		os.Exit(1)
	}
}

// long are the numbers, from 1, of the lines that are too long.
func long(content []byte) (numbers []int) {
	number := 0
	for line := range bytes.Lines(content) {
		if number++; utf8.RuneCount(bytes.TrimRight(line, "\r\n")) > longest {
			numbers = append(numbers, number)
		}
	}
	return numbers
}

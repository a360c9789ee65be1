package csv

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/warehouses"
)

// newTestSource opens a source under a clock.
func newTestSource(t *testing.T, now func() time.Time, raw map[string]any) *source {
	t.Helper()
	values, problems := Spec.Check(raw)
	require.Empty(t, problems)
	made, err := newSource(values, now)
	require.NoError(t, err)
	return made
}

func TestNaturalOrder(t *testing.T) {
	t.Parallel()
	sorted := []string{"", "1", "01a", "2", "9", "10", "010b", "a", "a-9", "a-10", "a-010b", "a-20260301", "a-20260301-2", "a-20260301T0100", "b", "b1"}
	for i, a := range sorted {
		for j, b := range sorted {
			order := natural(a, b)
			require.Equal(t, i < j, order < 0, "%q %q", a, b)
			require.Equal(t, i == j, order == 0, "%q %q", a, b)
		}
	}
	require.Zero(t, natural("a-007", "a-007"))
	require.Zero(t, natural("a-7", "a-007"), "leading zeros do not matter")
	require.Negative(t, natural("99999999999999999999", "100000000000000000000"))
}

func TestPlace(t *testing.T) {
	t.Parallel()
	two := folder{full: "full-*.csv", delta: "delta-*.csv"}
	for name, want := range map[string]position{
		"full-20260301.csv":  {name: "full-20260301.csv", key: "20260301", full: true},
		"delta-20260301.csv": {name: "delta-20260301.csv", key: "20260301"},
		"prices.csv":         {},
		".full-1.csv":        {},
		"full-1.csv.done":    {},
	} {
		at, ok := two.place(name, true)
		require.Equal(t, want, at)
		require.Equal(t, want.name != "", ok)
	}
	for _, test := range []struct{ pattern, name, key string }{
		{"*.csv", "a.csv", "a"},
		{"stock", "stock", "stock"},
		{"s-????-*", "s-2026-a.b", "2026-a.b"},
		{"s[0-9].csv", "s7.csv", "7"},
		{`s\**.csv`, "s*1.csv", "s*1.csv"},
	} {
		at, ok := folder{pattern: test.pattern}.place(test.name, false)
		require.True(t, ok)
		require.Equal(t, test.key, at.key, test.pattern)
	}
}

// scene is a folder in short: "F1 d2! d3? -d1" holds a full file 1, a delta 2 that was rewritten since it was read, and a
// delta 3 that is not complete.
func scene(s *source, text string) []file {
	var files []file
	for _, word := range strings.Fields(text) {
		name := strings.TrimRight(word, "!?")
		at, ok := s.folder.place(longName(name), true)
		if !ok {
			panic(word)
		}
		f := file{position: at, complete: !strings.HasSuffix(word, "?")}
		if strings.HasSuffix(word, "!") {
			f.size = 99
		}
		files = append(files, f)
	}
	slices.Reverse(files) // the order in which they are found does not matter
	return files
}

func longName(word string) string {
	return map[byte]string{'F': "full-", 'd': "delta-"}[word[0]] + word[1:] + ".csv"
}

func shortName(name string) string {
	name = strings.TrimSuffix(name, ".csv")
	return strings.ReplaceAll(strings.ReplaceAll(name, "full-", "F"), "delta-", "d")
}

func shortNames[T any](list []T, name func(T) string) string {
	words := make([]string, len(list))
	for i, entry := range list {
		words[i] = shortName(name(entry))
	}
	return strings.Join(words, " ")
}

func TestPlan(t *testing.T) {
	t.Parallel()
	s := newTestSource(t, time.Now, map[string]any{"path": "x", "full_pattern": "full-*.csv", "delta_pattern": "delta-*.csv"})
	for name, test := range map[string]struct {
		read     string // what the source cursor lists, in order
		full     string // the last full file of the source cursor
		before   string // of the source cursor
		folder   string
		next     string
		more     bool
		replaced string
		kept     string // what the source cursor lists once next was read, without it
		err      string
	}{
		"nothing":                             {},
		"a first full":                        {folder: "F1", next: "F1"},
		"the last full of several":            {folder: "F1 F2 F10", next: "F10", replaced: "F1 F2", kept: "F1 F2"},
		"deltas before a full do not count":   {folder: "d1 F2 d3 d4", next: "F2", more: true, replaced: "d1", kept: "d1"},
		"a full comes before its delta":       {folder: "d1 F1", next: "F1", more: true},
		"then the deltas":                     {read: "d1 F2", full: "F2", folder: "d1 F2 d3 d4", next: "d3", more: true, kept: "d1 F2"},
		"to the last":                         {read: "d1 F2 d3", full: "F2", folder: "d1 F2 d3 d4", next: "d4", kept: "d1 F2 d3"},
		"all was read":                        {read: "d1 F2 d3 d4", full: "F2", folder: "d1 F2 d3 d4"},
		"a new full":                          {read: "F2 d3", full: "F2", folder: "F2 d3 d4 F5 d6", next: "F5", more: true, replaced: "d4", kept: "F2 d3 d4"},
		"only deltas":                         {folder: "d1 d2", next: "d1", more: true},
		"read files may be taken away":        {read: "F1 d2", full: "F1", folder: "d3", next: "d3", kept: "F1 d2"},
		"all was taken away":                  {read: "F1 d2", full: "F1", folder: ""},
		"an older full is not the last":       {read: "F1 F2", full: "F2", folder: "F1"},
		"what is not complete waits":          {folder: "F1 d2? d3", next: "F1", more: true},
		"nothing is complete":                 {folder: "F1? d2?"},
		"a full that is not complete":         {read: "F1", full: "F1", folder: "F1 d2 F3?", next: "d2", kept: "F1"},
		"an incomplete file is replaced":      {folder: "d1? F2", next: "F2", replaced: "d1", kept: "d1"},
		"a late delta goes before those read": {read: "F1 d3 d4", full: "F1", folder: "F1 d2 d3 d4", next: "d2", more: true, kept: "F1"},
		"a rewritten delta too":               {read: "F1 d2 d3 d4", full: "F1", folder: "F1 d2! d3 d4", next: "d2", more: true, kept: "F1"},
		"a rewritten full too":                {read: "F1 d2", full: "F1", folder: "F1! d2", next: "F1", more: true},
		"a replaced file may be rewritten":    {read: "F1 F2", full: "F2", folder: "F1! F2"},
		"a late delta whose later is gone": {
			read: "F1 d3 d4", full: "F1", folder: "F1 d2 d4",
			err: "delta-3.csv, which sorts after it and was read already, is gone",
		},
		"a new file before the last full": {read: "F2", full: "F2", folder: "d1 F2", err: "delta-1.csv is new, but its name sorts before full-2.csv"},
		"a new full before the last":      {read: "F2 d3", full: "F2", folder: "F1 F2 d3", err: "full-1.csv is new"},
		"forgotten files were read":       {read: "d5 d6", before: "d4", folder: "d1 d2 d4 d5 d6 d7", next: "d7", kept: "d5 d6"},
		"forgotten files before a full":   {read: "d5 F6", full: "F6", before: "d4", folder: "d1 d4 d5 F6 d7", next: "d7", kept: "d5 F6"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := sourceCursor{Settings: s.fingerprint}
			for _, word := range strings.Fields(test.read) {
				m.Files = append(m.Files, read{Name: longName(word)})
			}
			if test.full != "" {
				m.Full = longName(test.full)
			}
			if test.before != "" {
				m.Before = longName(test.before)
			}
			p, err := s.plan(m, scene(s, test.folder), func(f file, before read) (bool, error) { return f.size == before.Size, nil })
			if test.err != "" {
				require.ErrorContains(t, err, test.err)
				var failed *warehouses.Error
				require.ErrorAs(t, err, &failed)
				require.Equal(t, warehouses.AskPerson, failed.Next)
				return
			}
			require.NoError(t, err)
			if test.next == "" {
				require.Nil(t, p.next)
				require.False(t, p.more)
				return
			}
			require.NotNil(t, p.next)
			require.Equal(t, test.next, shortName(p.next.name))
			require.Equal(t, test.more, p.more)
			require.Equal(t, test.replaced, shortNames(p.replaced, func(f file) string { return f.name }))
			require.Equal(t, test.kept, shortNames(p.cursor.Files, func(r read) string { return r.Name }))
		})
	}
}

func TestMarkIsBounded(t *testing.T) {
	t.Parallel()
	s := newTestSource(t, time.Now, map[string]any{"path": "x", "kind": "delta"})
	m := sourceCursor{Settings: s.fingerprint}
	var files []file
	for i := range keptFiles + 50 {
		at, _ := s.folder.place(fmt.Sprintf("%d.csv", i), false)
		files = append(files, file{position: at, complete: true})
	}
	same := func(file, read) (bool, error) { return true, nil }
	for i := range files {
		p, err := s.plan(m, slices.Clone(files), same)
		require.NoError(t, err)
		require.Equal(t, files[i].name, p.next.name)
		require.Equal(t, i < len(files)-1, p.more)
		m = p.cursor
		m.Files = append(m.Files, read{Name: p.next.name})
		m.bound()
		require.LessOrEqual(t, len(m.Files), keptFiles)
	}
	p, err := s.plan(m, files, same)
	require.NoError(t, err)
	require.Nil(t, p.next)
	require.Equal(t, "49.csv", m.Before)
}

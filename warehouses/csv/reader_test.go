package csv

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	standard "encoding/csv"

	"github.com/stretchr/testify/require"
)

// plain is a record as a test states it.
type plain struct {
	line   int
	fields []string
	mark   string // "open" for a record without a line end, "quote" for one with a bare quote, "more" for fields not kept
}

func readAll(t *testing.T, from io.Reader, l limits) ([]plain, *reader, error) {
	t.Helper()
	r := newReader(from, l)
	var all []plain
	for {
		entry, err := r.next()
		if err == io.EOF {
			return all, r, nil
		}
		if err != nil {
			return all, r, err
		}
		record := plain{line: entry.line}
		for _, field := range entry.fields {
			record.fields = append(record.fields, string(field))
		}
		switch {
		case len(entry.quotes) > 0:
			record.mark = "quote"
		case entry.count != len(entry.fields):
			record.mark = "more"
		case !entry.ended:
			record.mark = "open"
		}
		all = append(all, record)
	}
}

func TestReader(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		text string
		want []plain
		err  error
		line int
	}{
		"nothing":                    {text: ""},
		"blank lines":                {text: "\n\r\n\n"},
		"plain":                      {text: "a,b\nc,d\n", want: []plain{{line: 1, fields: []string{"a", "b"}}, {line: 2, fields: []string{"c", "d"}}}},
		"no line end":                {text: "a,b\nc", want: []plain{{line: 1, fields: []string{"a", "b"}}, {line: 2, fields: []string{"c"}, mark: "open"}}},
		"carriage returns":           {text: "a,b\r\nc,d\r\n", want: []plain{{line: 1, fields: []string{"a", "b"}}, {line: 2, fields: []string{"c", "d"}}}},
		"carriage return at the end": {text: "a\r", want: []plain{{line: 1, fields: []string{"a"}, mark: "open"}}},
		"a lone carriage return":     {text: "x\na\rb,c\n", want: []plain{{line: 1, fields: []string{"x"}}, {line: 2, fields: []string{"a\rb", "c"}}}},
		"carriage returns alone": {text: "a,b\rc,d\r\re", want: []plain{
			{line: 1, fields: []string{"a", "b"}},
			{line: 2, fields: []string{"c", "d"}},
			{line: 4, fields: []string{"e"}, mark: "open"},
		}},
		"carriage returns and more": {text: "a,b\rc,d\r\ne\nf\r", want: []plain{
			{line: 1, fields: []string{"a", "b"}},
			{line: 2, fields: []string{"c", "d"}},
			{line: 3, fields: []string{"e"}},
			{line: 4, fields: []string{"f"}},
		}},
		"carriage returns, quoted": {
			text: "\"a\n\"\"\r\",b\r\"c\rd\",\"\"\r",
			want: []plain{{line: 1, fields: []string{"a\n\"\r", "b"}}, {line: 4, fields: []string{"c\rd", ""}}},
		},
		"one in the first field":     {text: "\"a\rb\",c\nd\re\n", want: []plain{{line: 1, fields: []string{"a\rb", "c"}}, {line: 2, fields: []string{"d\re"}}}},
		"empty fields":               {text: ",,\n,\n", want: []plain{{line: 1, fields: []string{"", "", ""}}, {line: 2, fields: []string{"", ""}}}},
		"an empty last field":        {text: "a,", want: []plain{{line: 1, fields: []string{"a", ""}, mark: "open"}}},
		"quotes":                     {text: `"a,b","c""d",""` + "\n", want: []plain{{line: 1, fields: []string{"a,b", `c"d`, ""}}}},
		"lines in quotes":            {text: "\"a\n\nb\",c\nd,e\n", want: []plain{{line: 1, fields: []string{"a\n\nb", "c"}}, {line: 4, fields: []string{"d", "e"}}}},
		"line ends stay as they are": {text: "\"a\r\nb\"\r\n", want: []plain{{line: 1, fields: []string{"a\r\nb"}}}},
		"spaces stay":                {text: " a , b\n", want: []plain{{line: 1, fields: []string{" a ", " b"}}}},
		"blank lines are counted":    {text: "a\n\n\nb\n", want: []plain{{line: 1, fields: []string{"a"}}, {line: 4, fields: []string{"b"}}}},
		"a bare quote": {
			text: "5\" pipe,1\nb,2\n",
			want: []plain{{line: 1, fields: []string{`5" pipe`, "1"}, mark: "quote"}, {line: 2, fields: []string{"b", "2"}}},
		},
		"too many fields": {
			text: "1,2,3,4,\"5\",6\na\n",
			want: []plain{{line: 1, fields: []string{"1", "2", "3", "4"}, mark: "more"}, {line: 2, fields: []string{"a"}}},
		},
		"a quote that stays open":   {text: "a\n\"b\nc\n", want: []plain{{line: 1, fields: []string{"a"}}}, err: errOpenQuote, line: 2},
		"a quote opened at the end": {text: "a,\"", err: errOpenQuote, line: 1},
		"a quote that is stray":     {text: "a,\"b\nc,d\n", err: errStrayQuote, line: 1},
		"text behind a quote":       {text: "a\n\"b\" ,c\n", want: []plain{{line: 1, fields: []string{"a"}}}, err: errAfterQuote, line: 2},
		"a long row":                {text: "a\n" + strings.Repeat("x", 100) + "\n", want: []plain{{line: 1, fields: []string{"a"}}}, err: errTooLong, line: 2},
		"a long quoted field":       {text: "a\n\"" + strings.Repeat("x\n", 100), want: []plain{{line: 1, fields: []string{"a"}}}, err: errTooLong, line: 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, from := range []io.Reader{strings.NewReader(test.text), iotest.OneByteReader(strings.NewReader(test.text))} {
				got, r, err := readAll(t, from, limits{delimiter: ',', record: 64, fields: 4})
				require.Equal(t, test.want, got)
				require.ErrorIs(t, err, test.err)
				if test.err != nil {
					require.Equal(t, test.line, r.line)
				}
			}
		})
	}
}

func TestReaderAtTheEdgeOfItsBuffer(t *testing.T) {
	t.Parallel()
	for _, size := range []int{64<<10 - 1, 64 << 10, 64<<10 + 1, 128 << 10} {
		for _, end := range []string{"", "\n", "\r\n"} {
			got, _, err := readAll(t, strings.NewReader(strings.Repeat("x", size)+end), limits{delimiter: ',', record: 1 << 20, fields: 4})
			require.NoError(t, err)
			require.Len(t, got, 1)
			require.Len(t, got[0].fields[0], size)
		}
	}
}

func TestReaderPassesOnFaultsOfTheFile(t *testing.T) {
	t.Parallel()
	fault := errors.New("the disk is gone")
	for _, text := range []string{"a\nb", "a\n\"b"} {
		got, _, err := readAll(t, io.MultiReader(strings.NewReader(text), iotest.ErrReader(fault)), limits{delimiter: ',', record: 64, fields: 4})
		require.ErrorIs(t, err, fault)
		require.Len(t, got, 1)
	}
}

// endless is a quote that is never closed, of any length.
type endless struct{ begun bool }

func (e *endless) Read(into []byte) (int, error) {
	for i := range into {
		into[i] = "x\n"[i%2]
	}
	if !e.begun {
		into[0], e.begun = '"', true
	}
	return len(into), nil
}

func TestReaderIsNotFilledByAnOpenQuote(t *testing.T) {
	t.Parallel()
	_, r, err := readAll(t, &endless{}, limits{delimiter: ',', record: 64 << 10, fields: 256})
	require.ErrorIs(t, err, errTooLong)
	require.LessOrEqual(t, cap(r.raw)+cap(r.text), 512<<10)

	_, r, err = readAll(t, strings.NewReader(strings.Repeat(",", 60_000)+"\n"), limits{delimiter: ',', record: 64 << 10, fields: 256})
	require.NoError(t, err)
	require.LessOrEqual(t, cap(r.ends), 1024)
}

// FuzzReader holds the reader against encoding/csv: what that reads, this reads the same; what that refuses, this refuses or
// marks.
func FuzzReader(f *testing.F) {
	f.Fuzz(func(t *testing.T, data []byte, delimiter byte) {
		delimiter = ",;|\t"[int(delimiter)%4]
		theirs := standard.NewReader(bytes.NewReader(data))
		theirs.Comma, theirs.FieldsPerRecord = rune(delimiter), -1
		ours := newReader(bytes.NewReader(data), limits{delimiter: delimiter, record: 1 << 20, fields: 1 << 20})
		for {
			want, wrong := theirs.Read()
			got, err := ours.next()
			if ours.cr {
				return // there, a carriage return is a letter; FuzzCarriageReturns looks at these
			}
			if wrong == io.EOF {
				require.Equal(t, io.EOF, err)
				return
			}
			if wrong != nil {
				require.True(t, err != nil && err != io.EOF || len(got.quotes) > 0, "%q was read as %q", data, got.fields)
				return
			}
			require.NoError(t, err)
			require.Empty(t, got.quotes)
			require.Equal(t, len(want), got.count)
			for i, field := range got.fields {
				require.Equal(t, want[i], strings.ReplaceAll(string(field), "\r\n", "\n"))
			}
			line, _ := theirs.FieldPos(0)
			require.Equal(t, line, got.line)
		}
	})
}

// FuzzBackslashes: what is written with backslashes before quotes and backslashes, as databases write, reads as it was.
func FuzzBackslashes(f *testing.F) {
	f.Add(`TV 32" wide`, `C:\`, "two\nlines")
	f.Add(`\"`, `"\`, ``)
	f.Fuzz(func(t *testing.T, entry, two, three string) {
		want := []string{entry, two, three}
		var text strings.Builder
		for range 2 {
			for i, field := range want {
				if i > 0 {
					text.WriteByte(';')
				}
				text.WriteString(`"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(field) + `"`)
			}
			text.WriteString("\n")
		}
		all, _, err := readAll(t, strings.NewReader(text.String()), limits{delimiter: ';', escapes: true, record: 1 << 20, fields: 1 << 10})
		require.NoError(t, err)
		require.Len(t, all, 2)
		require.Equal(t, want, all[0].fields)
		require.Equal(t, want, all[1].fields)
	})
}

// FuzzCarriageReturns: a text reads the same whether a line feed ends its lines, a carriage return, or both; only what stands in quotes
// holds them as they are written.
func FuzzCarriageReturns(f *testing.F) {
	for _, text := range []string{"a,b\nc,d\n", "a\n\n\nb", "a,\"b\"\"c\"\nd,e", "\n\na", ",,\n\n,", "5\" x,1\n"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		text = "x\ny\n" + strings.ReplaceAll(text, "\r", "")
		read := func(end string) ([]plain, error) {
			all, _, err := readAll(t, strings.NewReader(strings.ReplaceAll(text, "\n", end)), limits{delimiter: ',', record: 1 << 20, fields: 1 << 10})
			for _, row := range all {
				for i := range row.fields {
					row.fields[i] = strings.ReplaceAll(row.fields[i], end, "\n")
				}
			}
			return all, err
		}
		want, failed := read("\n")
		both, err := read("\r\n")
		require.Equal(t, failed, err)
		require.Equal(t, want, both)
		alone, err := read("\r")
		require.Equal(t, failed, err)
		require.Equal(t, want, alone)
	})
}

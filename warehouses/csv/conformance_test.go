package csv_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/tidemark/tidemark/settings"
	"github.com/tidemark/tidemark/warehouses"
	"github.com/tidemark/tidemark/warehouses/csv"
	"github.com/tidemark/tidemark/warehouses/warehousetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// subjects are the ways to be given files on which the driver is proved.
var subjects = map[string]struct {
	folder   bool
	settings map[string]any
}{
	"a file":                {},
	"a file with a trailer": {settings: map[string]any{"complete": "trailer"}},
	"a file with a marker":  {settings: map[string]any{"complete": "marker"}},
	"a folder":              {folder: true, settings: map[string]any{"pattern": "stock-*.csv"}},
}

func TestConformance(t *testing.T) {
	for name, test := range subjects {
		t.Run(name, func(t *testing.T) {
			warehousetest.Run(t, subject(test.folder, test.settings))
		})
	}
}

func BenchmarkMillionRows(b *testing.B) {
	warehousetest.Benchmark(b, subject(false, nil), 1_000_000)
}

func subject(folder bool, raw map[string]any) warehousetest.Subject {
	return warehousetest.Subject{
		Driver: csv.Driver(),
		Here:   true,
		Start: func(t testing.TB, stock []warehousetest.Item) warehousetest.Warehouse {
			path := filepath.Join(t.TempDir(), "stock.csv")
			if folder {
				path = t.TempDir()
			}
			w := &files{path: path, folder: folder, settings: map[string]any{"path": path}}
			for name, value := range raw {
				w.settings[name] = value
			}
			w.Set(t, stock)
			return w
		},
		Unreadable: map[string]string{
			"NaN": "NaN", "infinite": "Inf", "underscores": "1_000", "commas": "1,000", "full width": "\uff11\uff12",
			"hexadecimal": "0x10", "a space": "5 5", "a thousand or one": "1.000", "a dash": "\u22125", "words": "many", "quotes": `"5"`, "a formula": "=1+1",
		},
		Excused: map[warehousetest.Fault]string{
			warehousetest.Repeats:      "a file has no pages",
			warehousetest.Unauthorised: "a file has no credential; what the system does not let us read is tested beside",
			warehousetest.Redirects:    "a file is where it is",
			warehousetest.Throttles:    "a file system does not throttle",
			warehousetest.ServerError:  "a file system that falters cannot be had without one",
			warehousetest.Undated:      "a file always has a time of its last modification; TestConformanceHTTPS shows a server that does not tell it",
		},
	}
}

// files is a warehouse that writes files.
type files struct {
	path     string
	folder   bool
	settings map[string]any
	stock    []warehousetest.Item
	written  int
	last     string
	at       time.Time // of the files that are written; zero: now
}

func (w *files) Settings(other map[string]any) settings.Values {
	raw := maps.Clone(w.settings)
	maps.Copy(raw, other)
	return raw
}

func (w *files) Open(t testing.TB) warehouses.Source { return w.OpenWith(t, nil) }

func (w *files) OpenWith(t testing.TB, other map[string]any) warehouses.Source {
	source, err := csv.Open("portland", w.Settings(other), settings.Process())
	require.NoError(t, err)
	return source
}

// Set writes the stock under another name and then gives it its own: a new one in a folder, the same one otherwise.
func (w *files) Set(t testing.TB, stock []warehousetest.Item) {
	w.stock = stock
	w.last = w.path
	if w.folder {
		w.written++
		w.last = filepath.Join(w.path, fmt.Sprintf("stock-%d.csv", w.written+8)) // 9, 10, … do not sort as text
	}
	w.write(t, w.text())
}

func (w *files) write(t testing.TB, text string) {
	temporary := filepath.Join(filepath.Dir(w.last), ".coming")
	require.NoError(t, os.WriteFile(temporary, []byte(text), 0o600))
	if !w.at.IsZero() {
		require.NoError(t, os.Chtimes(temporary, time.Time{}, w.at))
	}
	require.NoError(t, os.Rename(temporary, w.last))
	require.NoError(t, os.WriteFile(w.last+".done", nil, 0o600))
	if w.at.After(time.Now()) {
		require.NoError(t, os.Chtimes(w.last+".done", time.Time{}, w.at))
	}
}

// Date writes the last file again, at another time.
func (w *files) Date(t testing.TB, at time.Time) {
	w.at = at
	w.write(t, w.text())
}

func (w *files) text() string {
	var text strings.Builder
	timed := slices.ContainsFunc(w.stock, func(item warehousetest.Item) bool { return item.ReportedAt != "" })
	text.WriteString("sku,facility,available")
	if timed {
		text.WriteString(",reported_at")
	}
	text.WriteString("\r\n")
	for _, item := range w.stock {
		fields := []string{item.SKU, item.Facility, item.Available}
		if timed {
			fields = append(fields, item.ReportedAt)
		}
		for i, field := range fields {
			if i > 0 {
				text.WriteByte(',')
			}
			if strings.ContainsAny(field, ",\"\r\n") {
				field = `"` + strings.ReplaceAll(field, `"`, `""`) + `"`
			}
			text.WriteString(field)
		}
		text.WriteString("\r\n")
	}
	if w.settings["complete"] == "trailer" {
		fmt.Fprintf(&text, "#END,%d\r\n", len(w.stock))
	}
	return text.String()
}

func (w *files) Provoke(t testing.TB, fault warehousetest.Fault) {
	text := w.text()
	switch fault {
	case warehousetest.BreaksOff: // behind a delimiter, where a row lacks its last field
		text = text[:strings.LastIndexByte(text[:len(text)*4/5], ',')-1]
	case warehousetest.Truncated:
		if w.settings["complete"] == "trailer" { // at the end of a row, which nothing else shows
			text = text[:strings.LastIndexByte(text[:len(text)*4/5], '\n')+1]
		} else {
			text += `"SKU-`
		}
	case warehousetest.Garbage:
		text = "<!doctype html>\n<title>Sign in</title>\n"
	}
	w.write(t, text)
}

package csv_test

import (
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/warehouses/csv"
	"github.com/tidemark/tidemark/warehouses/warehousetest"
)

func TestConformanceSFTP(t *testing.T) {
	server := csv.StartSSHD(t)
	for _, name := range []string{"a file with a marker", "a folder"} {
		test := subjects[name]
		t.Run(name, func(t *testing.T) {
			here := subject(test.folder, test.settings)
			there := here
			there.Here = false
			there.Start = func(t testing.TB, stock []warehousetest.Item) warehousetest.Warehouse {
				w := here.Start(t, stock).(*files)
				for name, value := range server.Settings(w.path) {
					w.settings[name] = value
				}
				return w
			}
			there.Excused[warehousetest.Unauthorised] = "the server lets one key in as long as it runs; another is tested beside"
			warehousetest.Run(t, there)
		})
	}
}

func TestConformanceHTTPS(t *testing.T) {
	here := subject(false, nil)
	there := here
	there.Here = false
	there.Start = func(t testing.TB, stock []warehousetest.Item) warehousetest.Warehouse {
		w := &webFiles{files: here.Start(t, stock).(*files)}
		token := filepath.Join(t.TempDir(), "token")
		require.NoError(t, os.WriteFile(token, []byte(warehousetest.Credential), 0o600))
		for name, value := range csv.StartWeb(t, w.serve) {
			w.settings[name] = value
		}
		w.settings["token"] = "file:" + token
		return w
	}
	there.Excused = map[warehousetest.Fault]string{warehousetest.Repeats: "a file has no pages"}
	warehousetest.Run(t, there)
}

// webFiles is a warehouse whose file stands on a web server.
type webFiles struct {
	*files
	mutex   sync.Mutex
	fault   warehousetest.Fault
	undated bool
}

func (w *webFiles) Provoke(t testing.TB, fault warehousetest.Fault) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	w.fault = fault
	w.files.Provoke(t, fault)
}

// Date writes the file again; a time of zero has the server not tell it.
func (w *webFiles) Date(t testing.TB, at time.Time) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	w.undated = at.IsZero()
	w.files.Date(t, at)
}

func (w *webFiles) serve(to http.ResponseWriter, request *http.Request) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	switch {
	case request.Header.Get("Authorization") != "Bearer "+warehousetest.Credential, w.fault == warehousetest.Unauthorised:
		http.Error(to, request.Header.Get("Authorization"), http.StatusUnauthorized)
	case w.fault == warehousetest.Redirects:
		http.Redirect(to, request, "/elsewhere", http.StatusTemporaryRedirect)
	case w.fault == warehousetest.Throttles:
		to.WriteHeader(http.StatusTooManyRequests)
	case w.fault == warehousetest.ServerError:
		to.WriteHeader(http.StatusServiceUnavailable)
	case w.undated:
		content, _ := os.ReadFile(w.path)
		http.ServeContent(to, request, "", time.Time{}, bytes.NewReader(content))
	default:
		http.ServeFile(to, request, w.path)
	}
}

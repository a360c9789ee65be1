package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestCheck plants one violation of each kind in a module of its own.
func TestCheck(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		files map[string]string
		want  []string // One per violation, in any order: each must be the start of a sentence.
	}{
		{
			name: "everything in its place",
			files: map[string]string{
				"inventory/a.go":           "package inventory",
				"ledger/a.go":              `package ledger; import _ "example.com/m/inventory"`,
				"ledger/ledgertest/a.go":   `package ledgertest; import _ "example.com/m/ledger"`,
				"ledger/a_test.go":         `package ledger; import _ "example.com/m/warehouses/csv"`,
				"warehouses/a.go":          "package warehouses",
				"warehouses/csv/a.go":      `package csv; import _ "example.com/m/warehouses"`,
				"warehouses/all/a.go":      `package all; import _ "example.com/m/warehouses/csv"`,
				"worker/a.go":              `package main; import _ "example.com/m/warehouses/all"; func main() {}`,
				"tests/e2e/a.go":           `package e2e; import _ "example.com/m/ledger/ledgertest"`,
				"workflows/a.go":           "package workflows\n\nimport \"time\"\n\nconst interval = time.Hour\n",
				"workflows/a_test.go":      "package workflows\n\nimport \"time\"\n\nvar _ = time.Now\n",
				"inventory/b_windows.go":   "package inventory",
				"sandbox/internal/data.go": "package internal",
			},
		},
		{
			name: "a wall is crossed",
			files: map[string]string{
				"config/a.go":    "package config",
				"inventory/a.go": "package inventory\n\nimport _ \"example.com/m/config\"\n",
				"ledger/a.go":    `package ledger; import _ "example.com/m/config"`,
			},
			want: []string{
				"inventory/a.go:3: imports config: inventory may import nothing of ours",
				"ledger/a.go:1: imports config: ledger may import only inventory",
			},
		},
		{
			name: "a wall is crossed on another platform",
			files: map[string]string{
				"config/a.go":            "package config",
				"inventory/a.go":         "package inventory",
				"inventory/a_windows.go": `package inventory; import _ "example.com/m/config"`,
				"inventory/a_plan9.go":   `package inventory; import _ "example.com/m/config"`,
			},
			want: []string{"inventory/a_plan9.go:1: imports config", "inventory/a_windows.go:1: imports config"},
		},
		{
			name: "a driver is imported past its port",
			files: map[string]string{
				"channels/shopify/a.go":   "package shopify",
				"activities/a.go":         `package activities; import _ "example.com/m/channels/shopify"`,
				"starter/a.go":            `package main; import _ "example.com/m/warehouses/csv"; func main() {}`,
				"serve/a.go":              "package serve\n\nimport (\n\t_ \"example.com/m/warehouses/csv\"\n\t_ \"example.com/m/warehouses/shipbob\"\n)\n",
				"warehouses/csv/a.go":     "package csv",
				"warehouses/shipbob/a.go": "package shipbob",
			},
			want: []string{
				"activities/a.go:1: imports channels/shopify: only channels/all may import a driver",
				"starter/a.go:1: imports warehouses/csv: only warehouses/all may import a driver",
				"serve/a.go:5: imports warehouses/shipbob: only warehouses/all may import a driver",
			},
		},
		{
			name: "a driver has a way out of its own",
			files: map[string]string{
				"channels/shop/a.go": "package shop\n\nimport (\n\t\"crypto/tls\"\n\t\"net\"\n\tweb \"net/http\"\n)\n\n" +
					"var a net.Dialer\nvar b web.Client\nvar c = &web.Transport{}\nvar d = web.Get\nvar e = tls.Dial\nvar f net.Conn\nvar g web.Header\n",
				"warehouses/files/a.go": "package files\n\nimport _ \"os/exec\"\n",
				"warehouses/a.go":       "package warehouses\n\nimport \"net\"\n\nvar a = net.DialTimeout\n",
			},
			want: []string{
				"channels/shop/a.go:9: uses net.Dialer: drivers reach their partners through outbound",
				"channels/shop/a.go:10: uses net/http.Client: drivers reach",
				"channels/shop/a.go:11: uses net/http.Transport: drivers reach",
				"channels/shop/a.go:12: uses net/http.Get: drivers reach",
				"channels/shop/a.go:13: uses crypto/tls.Dial: drivers reach",
				"warehouses/files/a.go:3: imports os/exec: drivers reach",
				"warehouses/a.go:5: uses net.DialTimeout: drivers reach",
			},
		},
		{
			name: "a test helper is shipped",
			files: map[string]string{
				"ledger/ledgertest/a.go": "package ledgertest",
				"worker/a.go":            `package main; import _ "example.com/m/ledger/ledgertest"; func main() {}`,
			},
			want: []string{"worker/a.go:1: imports ledger/ledgertest: only tests may import a test helper"},
		},
		{
			name: "a workflow reads the clock and prints",
			files: map[string]string{
				"workflows/a.go": "package workflows\n\nimport (\n\t\"fmt\"\n\tclock \"time\"\n)\n\n" +
					"func f() {\n\tfmt.Println(clock.Now())\n\tafter := clock.After\n\t_ = after\n}\n",
			},
			want: []string{
				"workflows/a.go:9: uses fmt.Println", "workflows/a.go:9: uses time.Now", "workflows/a.go:10: uses time.After",
			},
		},
		{
			name: "a pure package reaches outside",
			files: map[string]string{
				"inventory/a.go": `package inventory; import _ "net/http"`,
				"ledger/a.go":    `package ledger; import _ "go.temporal.io/sdk/client"`,
				"worker/a.go":    `package main; import _ "go.temporal.io/server/temporal"; func main() {}`,
			},
			want: []string{
				"inventory/a.go:1: imports net/http: the domain is pure",
				"ledger/a.go:1: imports go.temporal.io/sdk/client: only activities",
				"worker/a.go:1: imports go.temporal.io/server/temporal: the Temporal server belongs",
			},
		},
		{
			name: "a face reaches past control",
			files: map[string]string{
				"ledger/a.go":          "package ledger\n\ntype Ledger interface{}\n\ntype Run struct{}\n\nfunc Open() Ledger { return nil }\n",
				"control/gateway/a.go": `package gateway; import _ "go.temporal.io/sdk/client"`,
				"control/a.go":         `package control; import _ "example.com/m/control/gateway"`,
				"serve/a.go":           "package serve\n\nimport \"example.com/m/ledger\"\n\nvar _ ledger.Ledger = ledger.Open()\n\nvar _ ledger.Run\n",
				"console/a.go":         `package console; import _ "go.temporal.io/api/serviceerror"`,
				"starter/a.go":         `package main; import _ "example.com/m/control/gateway"; import _ "go.temporal.io/sdk/client"; func main() {}`,
				"worker/a.go":          "package main\n\nimport \"example.com/m/ledger\"\n\nfunc main() { ledger.Open() }\n",
			},
			want: []string{
				"serve/a.go:5: uses ledger.Ledger: the faces ask package control", "serve/a.go:5: uses ledger.Open: the faces ask package control",
				"console/a.go:1: imports go.temporal.io/api/serviceerror: the faces ask package control",
				"starter/a.go:1: imports control/gateway: starter may import only", "starter/a.go:1: imports go.temporal.io/sdk/client: the faces ask package control",
			},
		},
		{
			name:  "a folder that nobody placed",
			files: map[string]string{"util/a.go": "package util"},
			want:  []string{"util: the folder has no row in the table of rooms"},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			test.files["go.mod"] = "module example.com/m\n\ngo 1.26.0\n"
			for name, content := range test.files {
				file := filepath.Join(dir, filepath.FromSlash(name))
				if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			got, err := check(dir)
			if err != nil {
				t.Fatal(err)
			}
			for _, want := range test.want {
				if !slices.ContainsFunc(got, func(sentence string) bool { return strings.HasPrefix(sentence, want) }) {
					t.Errorf("no violation starts with %q", want)
				}
			}
			if len(got) != len(test.want) {
				t.Errorf("got %d violations, want %d:\n%s", len(got), len(test.want), strings.Join(got, "\n"))
			}
		})
	}
}

// TestTable keeps the table itself consistent: a name that is no room would allow nothing.
func TestTable(t *testing.T) {
	t.Parallel()
	for room, allowed := range rooms {
		for _, name := range allowed {
			if _, known := rooms[name]; !known && name != anything {
				t.Errorf("%s may import %s, which is no room", room, name)
			}
		}
	}
	for port := range ports {
		if _, known := rooms[port]; !known {
			t.Errorf("port %s is no room", port)
		}
	}
}

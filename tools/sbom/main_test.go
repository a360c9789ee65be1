package main

import (
	"encoding/hex"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
)

// listed is what a reader of a bill of materials sees.
type listed struct {
	BOMFormat  string `json:"bomFormat"`
	Components []struct {
		Name, Version, PURL string
		Hashes              []struct{ Alg, Content string }
	}
}

func (l listed) names() (names []string) {
	for _, one := range l.Components {
		names = append(names, one.Name+" "+one.Version)
	}
	slices.Sort(names)
	return names
}

// TestEveryModuleIsListed: the bills of the worker and of starter name what the go command says that they are built from, and nothing else.
func TestEveryModuleIsListed(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	for _, program := range []string{"worker", "starter"} {
		goCommand(t, "build", "-trimpath", "-o", filepath.Join(folder, program), "./"+program)
		path := filepath.Join(folder, program)
		if err := write(path, folder); err != nil {
			t.Fatal(err)
		}
		content, err := os.ReadFile(path + ".cdx.json")
		if err != nil {
			t.Fatal(err)
		}
		var bill listed
		if err := json.Unmarshal(content, &bill); err != nil {
			t.Fatal(err)
		}
		if bill.BOMFormat != "CycloneDX" {
			t.Errorf("%s: the form is %q", program, bill.BOMFormat)
		}
		want := strings.Fields(goCommand(t, "list", "-deps", "-f", `{{with .Module}}{{if not .Main}}{{.Path}}@{{.Version}}{{end}}{{end}}`, "./"+program))
		want = append(want, "std@"+strings.TrimPrefix(goCommand(t, "env", "GOVERSION"), "go"))
		for i, one := range want {
			want[i] = strings.Replace(strings.TrimSpace(one), "@", " ", 1)
		}
		slices.Sort(want)
		want = slices.Compact(want)
		if len(want) < 10 {
			t.Fatalf("%s: the go command names %v alone", program, want)
		}
		if got := bill.names(); !slices.Equal(got, want) {
			t.Errorf("%s: the bill lists\n%s\nnot\n%s", program, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
}

// goCommand runs the go command at the root of the repository.
func goCommand(t *testing.T, arguments ...string) string {
	t.Helper()
	command := exec.Command("go", arguments...)
	command.Dir = filepath.Join("..", "..")
	var problems strings.Builder
	command.Stderr = &problems
	output, err := command.Output()
	if err != nil {
		t.Fatalf("go %s: %v\n%s", strings.Join(arguments, " "), err, problems.String())
	}
	return string(output)
}

// TestBillOfAProgram: a replaced module is listed as what takes its place, sums are in hexadecimal, and one program has one bill.
func TestBillOfAProgram(t *testing.T) {
	t.Parallel()
	info := &debug.BuildInfo{
		GoVersion: runtime.Version(), Main: debug.Module{Path: "example.com/one", Version: "v1.0.0"},
		Deps: []*debug.Module{
			{Path: "example.com/two", Version: "v2.0.0+incompatible", Sum: "h1:" + strings.Repeat("A", 43) + "="},
			{Path: "example.com/three", Version: "v3.0.0", Replace: &debug.Module{Path: "example.com/four", Version: "v4.0.0"}},
		},
	}
	read := func() (text string, found listed) {
		made, err := bill("one", nil, info)
		if err != nil {
			t.Fatal(err)
		}
		content, err := json.Marshal(made)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(content, &found); err != nil {
			t.Fatal(err)
		}
		return string(content), found
	}
	text, got := read()
	again, _ := read()
	if text != again {
		t.Error("two bills of one program differ")
	}
	want := []string{"example.com/four v4.0.0", "example.com/two v2.0.0+incompatible", "std " + strings.TrimPrefix(runtime.Version(), "go")}
	if !slices.Equal(got.names(), want) {
		t.Errorf("listed are %v, not %v", got.names(), want)
	}
	for _, one := range got.Components {
		if one.Name != "example.com/two" {
			continue
		}
		if one.PURL != "pkg:golang/example.com/two@v2.0.0%2Bincompatible" {
			t.Errorf("its address is %s", one.PURL)
		}
		if len(one.Hashes) != 1 || one.Hashes[0].Content != hex.EncodeToString(make([]byte, 32)) {
			t.Errorf("its hashes are %v", one.Hashes)
		}
	}
}

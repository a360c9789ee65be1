// Package tools has the tests of the scripts in this folder.
package tools

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestATemporalOnThePathIsUsedBeforeOneIsBuilt: make takes it when its server is new enough and says so in one line; TEMPORAL_CLI wins.
func TestATemporalOnThePathIsUsedBeforeOneIsBuilt(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("make"); err != nil {
		if os.Getenv("TIDEMARK_REQUIRE_ALL") == "1" {
			t.Fatal("make is not installed")
		}
		t.Skip("make is not installed")
	}
	for name, test := range map[string]struct {
		says  string // what the program on the PATH says of its version; empty when there is none
		named bool   // TEMPORAL_CLI names another one
		want  string
		built bool
	}{
		"none":                   {built: true},
		"a new one":              {says: "temporal version 1.5.1 (Server 1.29.1, UI 2.42.1)", want: "PATH/temporal (server 1.29) in place of bin/temporal."},
		"a newer one":            {says: "temporal version 1.9.0 (Server 1.32.0, UI 2.54.1)", want: "PATH/temporal (server 1.32) in place of bin/temporal."},
		"another number of ten":  {says: "temporal version 2.0.0 (Server 2.3.0, UI 3.0.0)", want: "PATH/temporal (server 2.3) in place of bin/temporal."},
		"one that is too old":    {says: "temporal version 1.4.1 (Server 1.28.0, UI 2.39.0)", want: "PATH/temporal has server 1.28; 1.29 or newer is needed", built: true},
		"one of nine":            {says: "temporal version 0.1.0 (Server 1.9.9, UI 2.0.0)", want: "PATH/temporal has server 1.9; 1.29 or newer is needed", built: true},
		"one that says nothing":  {says: "hello", want: "unknown version; 1.29 or newer is needed", built: true},
		"another one is named":   {says: "temporal version 1.5.1 (Server 1.29.1, UI 2.42.1)", named: true, want: "NAMED in place of bin/temporal."},
		"named, none on the way": {named: true, want: "NAMED in place of bin/temporal."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			folder, other := t.TempDir(), filepath.Join(t.TempDir(), "named")
			program := func(path, says string) {
				if err := os.WriteFile(path, []byte("#!/bin/sh\necho '"+says+"'\n"), 0o700); err != nil {
					t.Fatal(err)
				}
			}
			program(other, "anything")
			if test.says != "" {
				program(filepath.Join(folder, "temporal"), test.says)
			}
			arguments := []string{"-s", "-W", "devserver/main.go", "temporal"}
			if test.built {
				arguments = append(arguments, "-n") // show what would be built
			}
			if test.named {
				arguments = append(arguments, "TEMPORAL_CLI="+other)
			}
			command := exec.Command("make", arguments...)
			command.Dir = ".."
			command.Env = []string{"HOME=" + os.Getenv("HOME"), "PATH=" + folder + ":" + withoutTemporal()}
			output, err := command.CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%s", err, output)
			}
			if test.built {
				script := exec.Command("../tools/find-temporal.sh", "say")
				script.Env = command.Env
				said, err := script.Output()
				if err != nil {
					t.Fatal(err)
				}
				if !strings.Contains(string(output), "tools/build-devserver.sh") {
					t.Fatalf("none is built:\n%s", output)
				}
				output = said
			} else if strings.Contains(string(output), "build-devserver") {
				t.Fatalf("one is built:\n%s", output)
			}
			said := strings.TrimSpace(strings.NewReplacer(folder, "PATH", other, "NAMED").Replace(string(output)))
			if !strings.Contains(said, test.want) || strings.Contains(said, "\n") || (test.want == "") != (said == "") {
				t.Fatalf("it says %q, expected one line with %q", said, test.want)
			}
		})
	}
}

// withoutTemporal is the PATH without the folders that hold a temporal.
func withoutTemporal() string {
	var kept []string
	for _, folder := range filepath.SplitList(os.Getenv("PATH")) {
		if _, err := os.Stat(filepath.Join(folder, "temporal")); err != nil {
			kept = append(kept, folder)
		}
	}
	return strings.Join(kept, ":")
}

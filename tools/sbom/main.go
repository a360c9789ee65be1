// Command sbom writes, for each program that its arguments name, which modules it is built from: a software bill of materials in the form of
// CycloneDX, as JSON. It reads what Go writes into every program, so it needs neither the source nor a network, and says of the same program
// always the same.
package main

import (
	"bytes"
	"crypto/sha256"
	"debug/buildinfo"
	"encoding/base64"
	"encoding/hex"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"

	cdx "github.com/CycloneDX/cyclonedx-go"
)

func main() {
	folder := flag.String("to", ".", "the `folder` that PROGRAM.cdx.json is written to")
	flag.Parse()
	if flag.NArg() == 0 {
		fmt.Fprintln(os.Stderr, "sbom: name the programs")
		os.Exit(2)
	}
	for _, program := range flag.Args() {
		if err := write(program, *folder); err != nil {
			fmt.Fprintf(os.Stderr, "sbom: %s: %v\n", program, err)
			os.Exit(1)
		}
	}
}

// write reads a program and writes its bill of materials into a folder.
func write(program, folder string) error {
	content, err := os.ReadFile(program)
	if err != nil {
		return err
	}
	info, err := buildinfo.Read(bytes.NewReader(content))
	if err != nil {
		return err
	}
	list, err := bill(filepath.Base(program), content, info)
	if err != nil {
		return err
	}
	var text bytes.Buffer
	if err := cdx.NewBOMEncoder(&text, cdx.BOMFileFormatJSON).SetPretty(true).Encode(list); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(folder, filepath.Base(program)+".cdx.json"), text.Bytes(), 0o644)
}

// bill lists the modules of a program, and Go's own packages as the module std.
func bill(name string, content []byte, info *debug.BuildInfo) (*cdx.BOM, error) {
	digest := sha256.Sum256(content)
	program := cdx.Component{
		BOMRef: address(info.Main.Path, info.Main.Version), Type: cdx.ComponentTypeApplication, Name: name, Version: info.Main.Version,
		PackageURL: address(info.Main.Path, info.Main.Version),
		Hashes:     &[]cdx.Hash{{Algorithm: cdx.HashAlgoSHA256, Value: hex.EncodeToString(digest[:])}},
	}
	components := []cdx.Component{library("std", strings.TrimPrefix(info.GoVersion, "go"))}
	for _, module := range info.Deps {
		if module.Replace != nil {
			module = module.Replace
		}
		one := library(module.Path, module.Version)
		if module.Sum != "" {
			sum, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(module.Sum, "h1:"))
			if err != nil {
				return nil, fmt.Errorf("the sum of %s: %w", module.Path, err)
			}
			one.Hashes = &[]cdx.Hash{{Algorithm: cdx.HashAlgoSHA256, Value: hex.EncodeToString(sum)}}
		}
		components = append(components, one)
	}
	var references []string
	for _, one := range components {
		references = append(references, one.BOMRef)
	}
	list := cdx.NewBOM()
	list.Metadata = &cdx.Metadata{Component: &program}
	list.Components = &components
	list.Dependencies = &[]cdx.Dependency{{Ref: program.BOMRef, Dependencies: &references}}
	return list, nil
}

func library(path, version string) cdx.Component {
	return cdx.Component{
		BOMRef: address(path, version), Type: cdx.ComponentTypeLibrary, Name: path, Version: version, PackageURL: address(path, version),
		Scope: cdx.ScopeRequired,
	}
}

// address is the package URL of a module: https://github.com/package-url/purl-spec, type golang. A program that was built outside a clean
// checkout has no version.
func address(path, version string) string {
	if version == "" || version == "(devel)" {
		return "pkg:golang/" + path
	}
	return "pkg:golang/" + path + "@" + strings.ReplaceAll(version, "+", "%2B")
}

#!/bin/sh
# Runs every fuzz target of the main module for a number of executions each.
#
#   tools/fuzz.sh 20000x
#
# What a target finds is written beside it, under testdata/fuzz, and fails the run. A length of time (5m) is taken
# too, but before Go 1.27 a target may then fail with "context deadline exceeded" and no input: https://go.dev/issue/75804.
# FUZZ_FIGURES names a file to which it is written how many targets ran and failed, as one line of JSON.
set -eu

span=${1:-20000x}
log=$(mktemp)
trap 'rm -f "$log"' EXIT
status=0
targets=0
failed=0
began=$(date +%s)
# The test files of this module's packages: a file of another module cannot be run from here.
files=$(go list -f '{{$dir := .Dir}}{{range .TestGoFiles}}{{$dir}}/{{.}}
{{end}}{{range .XTestGoFiles}}{{$dir}}/{{.}}
{{end}}' ./... | sed "s|^$PWD/|./|")
for file in $(grep -l '^func Fuzz' $files | sort); do
	folder=$(dirname "$file")
	for target in $(sed -n 's/^func \(Fuzz[A-Za-z0-9_]*\)(.*/\1/p' "$file"); do
		if go test -vet=off -run '^$' -fuzz "^$target\$" -fuzztime "$span" -fuzzminimizetime 100x "$folder" >"$log" 2>&1; then
			echo "$folder $target: $(grep '^fuzz: elapsed' "$log" | tail -n 1)"
		else
			cat "$log"
			status=1
			failed=$((failed + 1))
		fi
		targets=$((targets + 1))
	done
done
if [ -n "${FUZZ_FIGURES:-}" ]; then
	echo "{\"targets\":$targets,\"failed\":$failed,\"seconds\":$(($(date +%s) - began))}" >"$FUZZ_FIGURES"
fi
exit $status

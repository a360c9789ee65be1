#!/bin/sh
# Runs the tests of packages many times over: a test that depends on chance fails in one of them.
#
#   tools/repeats.sh bin/repeats.json 50 "inventory push" -race
#
# What follows the packages are flags of go test. The file gets one line of JSON: {"repeats":50,"packages":["inventory","push"],"failed":[]}.
set -eu

to=$1
repeats=$2
packages=$3
shift 3
log=$(mktemp)
trap 'rm -f "$log"' EXIT
status=0
ran=
failed=
for package in $packages; do
	ran="$ran${ran:+,}\"$package\""
	if go test "$@" -count="$repeats" -vet=off -timeout 0 "./$package" >"$log" 2>&1; then
		echo "$package: $(tail -n 1 "$log")"
	else
		cat "$log"
		status=1
		failed="$failed${failed:+,}\"$package\""
	fi
done
mkdir -p "$(dirname "$to")"
echo "{\"repeats\":$repeats,\"packages\":[$ran],\"failed\":[$failed]}" >"$to"
exit $status

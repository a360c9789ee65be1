#!/bin/sh
# Measures which part of the statements of packages their own tests run.
#
#   tools/coverage.sh bin/coverage.json "inventory ledger" -race
#
# What follows the packages are flags of go test. The file gets one line of JSON: {"race":true,"packages":{"inventory":97.1}}. A package whose tests fail
# is not in it.
set -eu

to=$1
packages=$2
shift 2
race=false
for flag; do
	if [ "$flag" = -race ]; then race=true; fi
done
status=0
measured=
for package in $packages; do
	if ! output=$(go test "$@" -count=1 -vet=off -timeout 40m -cover "./$package"); then
		echo "$output"
		status=1
		continue
	fi
	percent=$(echo "$output" | sed -n 's/.*coverage: \([0-9.]*\)% of statements.*/\1/p')
	echo "$package: $percent %"
	measured="$measured${measured:+,}\"$package\":$percent"
done
mkdir -p "$(dirname "$to")"
echo "{\"race\":$race,\"packages\":{$measured}}" >"$to"
exit $status

#!/bin/sh
# Compares the main module, and with less weight the development server, with a snapshot of the Go
# vulnerability database.
#
#   tools/vulnerabilities.sh GOVULNCHECK [SNAPSHOT.tar.gz]
#
# TIDEMARK_REQUIRE_ALL=1 turns a missing snapshot into a failure.
set -eu

# The scanner runs in other folders as well.
govulncheck=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
snapshot=${2:-}
if [ -z "$snapshot" ] || [ ! -f "$snapshot" ]; then
	echo "No snapshot of the Go vulnerability database at ../shared/vulndb: nothing was compared. VULNDB=FILE names another place."
	[ "${TIDEMARK_REQUIRE_ALL:-}" != 1 ]
	exit
fi

date=$(basename "$snapshot" | sed -n 's/.*\([0-9]\{4\}-[0-9]\{2\}-[0-9]\{2\}\).*/\1/p')
database=$(mktemp -d)
trap 'rm -rf "$database"' EXIT
trap 'exit 130' INT TERM
tar -C "$database" -xzf "$snapshot"

echo "Main module, calls that reach a known vulnerability, by the snapshot of ${date:-unknown date}:"
status=0
"$govulncheck" -db "file://$database" ./... || status=$?

echo
echo "Development server, modules with a known vulnerability, by the same snapshot. It listens on loopback,"
echo "runs on developers' machines only and pins what the Temporal server pins, so this is a report, not a failure:"
"$govulncheck" -C devserver -db "file://$database" -scan module || true
exit "$status"

#!/bin/sh
# Builds the devserver module into the file named by the first argument and shows that it is still at work:
# the Temporal server is large, and the first build compiles all of it.
set -eu

output=$1
folder=$(dirname "$0")/../devserver
log=$(mktemp)
trap 'rm -f "$log"' EXIT

case $output in
/*) ;;
*) output=$PWD/$output ;;
esac

echo "Building the Temporal server and its Web UI: the first build takes some minutes, later ones seconds."
go build -C "$folder" -trimpath -ldflags='-s -w' -o "$output" . >"$log" 2>&1 &
build=$!
trap 'kill "$build" 2>/dev/null || true; rm -f "$log"; exit 130' INT TERM

seconds=0
while kill -0 "$build" 2>/dev/null; do
	sleep 1
	seconds=$((seconds + 1))
	if [ $((seconds % 30)) -eq 0 ]; then
		printf ' %ds\n' "$seconds"
	elif [ $((seconds % 3)) -eq 0 ]; then
		printf '.'
	fi
done
[ "$seconds" -lt 3 ] || echo
if ! wait "$build"; then
	cat "$log" >&2
	echo "The devserver did not build. TEMPORAL_CLI=/path/to/temporal uses an installed Temporal CLI instead." >&2
	exit 1
fi
echo "Built $1 in ${seconds}s."

#!/bin/sh
# Looks for a Temporal CLI on the PATH whose server can do what Tidemark needs.
#   find-temporal.sh path   prints where it is; nothing when there is none
#   find-temporal.sh say    says in one line what is used, or why a server is built
set -u

needed=1.29 # the first with priorities and fairness

path=$(command -v temporal) || exit 0
# Like: temporal version 1.5.1 (Server 1.29.1, UI 2.42.1)
version=$("$path" --version 2>/dev/null | sed -n 's/.*[Ss]erver \([0-9][0-9]*\.[0-9][0-9]*\)[.0-9]*.*/\1/p' | head -n 1)
oldest=$(printf '%s\n%s\n' "$needed" "$version" | sort -t . -k 1,1n -k 2,2n | head -n 1)

if [ -n "$version" ] && [ "$oldest" = "$needed" ]; then
	case $1 in
	path) echo "$path" ;;
	say) echo "Using $path (server $version) in place of bin/temporal." ;;
	esac
elif [ "$1" = say ]; then
	echo "$path has server ${version:-of an unknown version}; $needed or newer is needed, so bin/temporal is used."
fi

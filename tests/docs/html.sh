#!/bin/sh
# `make docs` says nothing: every comment is one Doxygen understands, and
# every noun has a group.
set -u
B=${B:-build}
if ! command -v doxygen >/dev/null 2>&1; then
    echo "skip docs/html - no doxygen"
    exit 0
fi
mkdir -p "$B/test-output"
log=$B/test-output/doxygen
rm -rf "$B/html"
if make --no-print-directory -s B="$B" docs >"$log" 2>&1 &&
    ! grep -qE 'warning|error' "$log"; then
    echo "ok docs/html without warnings"
else
    grep -E 'warning|error' "$log" | head -n 5
    echo "not ok docs/html without warnings"
fi
missing=
for header in include/custcap/*.h; do
    noun=$(basename "$header" .h)
    [ "$noun" = custcap ] || [ -f "$B/html/group__$noun.html" ] ||
        missing="$missing $noun"
done
if [ -z "$missing" ]; then
    echo "ok docs/every header is a group"
else
    echo "not ok docs/every header is a group:$missing"
fi

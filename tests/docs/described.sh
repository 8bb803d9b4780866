#!/bin/sh
# What is generated from the header comments and committed is what the
# headers say now.  The control: a changed header is noticed.
set -u
if ! command -v doxygen >/dev/null 2>&1; then
    echo "skip bindings/api.json is fresh - no doxygen"
    exit 0
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if tools/describe "$work/api.json" &&
    diff bindings/api.json "$work/api.json" >"$work/diff"; then
    echo "ok bindings/api.json is fresh"
else
    head -n 20 "$work/diff"
    echo "not ok bindings/api.json is fresh: run make describe"
fi

mkdir -p "$work/copy/tools" "$work/copy/include"
cp tools/describe "$work/copy/tools/"
cp Doxyfile "$work/copy/"
cp -R include/custcap "$work/copy/include/"
sed 's/custcap_table_rows(const custcap_table \*table)/custcap_table_rows(\
custcap_table *table)/' include/custcap/table.h \
    >"$work/copy/include/custcap/table.h"
if "$work/copy/tools/describe" "$work/other.json" &&
    ! cmp -s bindings/api.json "$work/other.json"; then
    echo "ok a changed header is noticed"
else
    echo "not ok a changed header is noticed"
fi

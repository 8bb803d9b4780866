#!/bin/sh
# A host that has its own copy of Arrow's structs may include both, in either
# order, and they are the same structs.
set -u
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
sed -n '/^#ifndef ARROW_C_DATA/,/^#endif .*ARROW_C_STREAM/p' \
    include/custcap/arrow.h >"$work/host_arrow.h"
cat >"$work/sizes" <<'END'
#include <stddef.h>
/* Of a 64-bit platform, from the specification's declarations. */
int schema_is[sizeof(struct ArrowSchema) == 9 * 8 ? 1 : -1];
int array_is[sizeof(struct ArrowArray) == 10 * 8 ? 1 : -1];
int stream_is[sizeof(struct ArrowArrayStream) == 5 * 8 ? 1 : -1];
int release_is[offsetof(struct ArrowArray, release) == 64 ? 1 : -1];
int dictionary_is[offsetof(struct ArrowSchema, dictionary) == 48 ? 1 : -1];
END
both="#include <stdint.h>
#include \"host_arrow.h\""
ours="#include <custcap/custcap.h>"
{ echo "$both"; echo "$ours"; cat "$work/sizes"; } >"$work/host_first.c"
{ echo "$ours"; echo "$both"; cat "$work/sizes"; } >"$work/host_last.c"
for name in host_first host_last; do
    if ${CC:-cc} -std=c11 -Wall -Wextra -Wpedantic -Werror -Iinclude \
        -I"$work" -fsyntax-only "$work/$name.c"; then
        echo "ok arrow structs, $name"
    else
        echo "not ok arrow structs, $name"
    fi
done

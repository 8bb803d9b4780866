#!/bin/sh
# The host brings a SQLite of its own: too old, built without threads, or told
# to do without them.  Whoever comes first in the program wins over the
# library's, so the same is done here: with LD_PRELOAD, and by a host that
# configures SQLite before the library meets it.  Each is UNSUPPORTED, in
# words, from every door; nothing crashes, and nothing is made.
set -u
B=${B:-build}
case $B in /*) ;; *) B=$PWD/$B ;; esac
root=$PWD
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1

say() { # CONDITION NAME
    if [ "$1" = 0 ]; then
        echo "ok faults/host_sqlite $2"
    else
        echo "not ok faults/host_sqlite $2: $(head -c 300 out err | tr '\n' ' ')"
    fi
}

stub() { # NAME C
    echo "$2" >"$1.c"
    "${CC:-cc}" -shared -fPIC -o "$1.so" "$1.c" -Wl,--no-as-needed -lsqlite3
}

stub old 'int sqlite3_libversion_number(void); int sqlite3_libversion_number(void)
{ return 3039004; }
const char *sqlite3_libversion(void); const char *sqlite3_libversion(void)
{ return "3.39.4"; }'
stub single 'int sqlite3_threadsafe(void); int sqlite3_threadsafe(void)
{ return 0; }'
# What runs before main() is as early as a host can be.
stub told '#include <stdarg.h>
int sqlite3_config(int, ...);
__attribute__((constructor)) static void tell(void)
{ sqlite3_config(1 /* SQLITE_CONFIG_SINGLETHREAD */); }'

cat >door.c <<'C'
#include <custcap/custcap.h>
#include <stdio.h>
int main(int count, char **paths)
{
    custcap_ledger *ledger = NULL;
    custcap_error *error = custcap_error_new();
    const custcap_status status = count == 3
        ? custcap_ledger_create(paths[1], NULL, &ledger, error)
        : custcap_ledger_open(paths[1], NULL, &ledger, error);
    printf("%s\n", custcap_status_name(status));
    fprintf(stderr, "%s\n", custcap_error_text(error));
    custcap_ledger_free(ledger);
    custcap_error_free(error);
    return 0;
}
C
"${CC:-cc}" -I"$root/include" -o door door.c -L"$B" -lcustcap \
    -Wl,-rpath,"$B" || exit 1

"$B/custcap" init kept.ledger &&
    "$B/custcap" post kept.ledger entry party=ann day=2024-01-15 amount=1 >out
cp kept.ledger before
cat >door.py <<'PY'
import custcap
try:
    custcap.open("kept.ledger")
except custcap.Error as problem:
    print(problem.name, problem)
PY

tried() { # NAME WORDS COMMAND...: refused, in these words
    name=$1
    words=$2
    shift 2
    LD_PRELOAD=$work/$name.so "$@" >out 2>err
    code=$?
    cat out >>err
    [ $code -lt 2 ] && grep -q "$words" err
    say $? "$name: $(basename "$1") ${2:-} ${4:-}"
}

for case in "old SQLite 3.39.4 is in this program" \
    "single not thread-safe" "told not thread-safe"; do
    name=${case%% *}
    words=${case#* }
    for command in head verify report seal rebuild; do
        tried "$name" "$words" "$B/custcap" $command kept.ledger
    done
    tried "$name" "$words" "$B/custcap" init new.ledger
    tried "$name" "$words" ./door kept.ledger
    [ "$(head -n 1 out)" = UNSUPPORTED ]
    say $? "$name: opening is UNSUPPORTED"
    tried "$name" "$words" ./door new.ledger create
    [ "$(head -n 1 out)" = UNSUPPORTED ]
    say $? "$name: making is UNSUPPORTED"
    CUSTCAP_LIBRARY=$B/libcustcap.so.0 PYTHONPATH=$root/bindings/python \
        tried "$name" "UNSUPPORTED.*$words" python3 door.py
done
[ -z "$(find . -name 'new.ledger*')" ] && cmp -s kept.ledger before
say $? "nothing was made or changed"
# The control: the same doors, with the SQLite that is installed.
[ "$(./door kept.ledger 2>err)" = OK ] && "$B/custcap" verify kept.ledger >out
say $? "the door opens otherwise"

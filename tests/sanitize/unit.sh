#!/bin/sh
# Every unit test again, with AddressSanitizer and UndefinedBehaviorSanitizer,
# and the sample company through a command built the same way; then the
# command once under valgrind, which also sees what was never initialised.
set -u
B=${B:-build}
S=$B/sanitized
# Threads may not share the build's own targets: this is a build of its own.
unset MAKEFLAGS MFLAGS MAKELEVEL
if ! make --no-print-directory -s -j2 B="$S" CFLAGS="-O1 -g" \
    SANITIZE=address,undefined "$S/custcap" tests >"$S.log" 2>&1; then
    tail -n 20 "$S.log"
    echo "not ok sanitized build"
    exit 1
fi
export ASAN_OPTIONS=detect_leaks=1:abort_on_error=0
export UBSAN_OPTIONS=print_stacktrace=1

# Two at a time: most of them wait for the disk now and then.
for test in "$S"/tests/test_*; do
    case $test in *.d | *.log) ;; *) echo "$test" ;; esac
done | xargs -P 2 -I '{}' sh -c '
    name=$(basename "{}")
    if CK_TIMEOUT_MULTIPLIER=4 "{}" >"{}.log" 2>&1; then
        echo "ok sanitized $name"
    else
        tail -n 30 "{}.log"
        echo "not ok sanitized $name"
    fi'

walk() { # COMMAND...: a ledger's life in a temporary folder
    folder=$(mktemp -d)
    for line in "init $folder/l" "sample $folder/l --customers=40" \
        "measure $folder/l revenue.movements --format=csv" \
        "measure $folder/l customer.rfm --format=json" \
        "drill $folder/l capital.structure --row=1 --column=revenue --prove" \
        "report $folder/l" "seal $folder/l" "rebuild $folder/l" \
        "erase $folder/l C000003" "export $folder/l entry --format=csv" \
        "verify $folder/l"; do
        # shellcheck disable=SC2086 # words, on purpose
        "$@" $line >/dev/null 2>"$S.log" || {
            rm -rf "$folder"
            return 1
        }
    done
    rm -rf "$folder"
}
if walk "$S/custcap"; then
    echo "ok sanitized command"
else
    cat "$S.log"
    echo "not ok sanitized command"
fi
if walk valgrind -q --error-exitcode=9 --leak-check=full "$B/custcap"; then
    echo "ok valgrind command"
else
    cat "$S.log"
    echo "not ok valgrind command"
fi

#!/bin/sh
# A library in somebody else's program does not print, exit, install signal
# handlers or change the locale: the functions that would are not linked.
# (What is left is __assert_fail: an assertion that fails is a bug.)
set -u
B=${B:-build}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
forbidden='abort|exit|_exit|_Exit|quick_exit|atexit|raise|kill'
forbidden="$forbidden|printf|vprintf|fprintf|vfprintf|puts|fputs|putchar"
forbidden="$forbidden|fwrite|perror|psignal|syslog|stdout|stderr|stdin"
forbidden="$forbidden|signal|sigaction|bsd_signal|setlocale|uselocale"
forbidden="$forbidden|setenv|putenv|unsetenv|tzset|srand|chdir|umask|system"

rude() { # FILE
    nm -D --undefined-only "$1" | sed 's/.* U //; s/@.*//' |
        grep -xE "($forbidden)|__(printf|fprintf|vfprintf)_chk"
}

if found=$(rude "$B/libcustcap.so"); then
    echo "not ok abi/manners: it links" "$found"
else
    echo "ok abi/manners"
fi

# The control.
echo '#include <stdio.h>
int f(int i);
int f(int i) { return printf("%d", i); }' >"$work/rude.c"
if "${CC:-cc}" -shared -fPIC -o "$work/rude.so" "$work/rude.c" &&
    rude "$work/rude.so" >/dev/null; then
    echo "ok abi/bad manners are noticed"
else
    echo "not ok abi/bad manners are noticed"
fi

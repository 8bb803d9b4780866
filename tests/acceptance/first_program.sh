#!/bin/sh
# first_program: what the README promises to a newcomer, against an installed
# copy: install, compile through pkg-config, run, compare with a calculation
# by hand, the same from the shell, and uninstall without a trace.
#
# By hand: in January ann pays 100 and bob 50, in February ann 120 and bob
# nothing.  Net 120 / 150 = 80.0 %, gross 100 / 150 = 66.7 %, customers kept
# 1 / 2 = 50.0 %, quick ratio 20 / 50 = 40.0 %.
set -u
B=${B:-build}
root=$(cd "$(dirname "$0")/../.." && pwd)
cd "$root" || exit 1
case $B in /*) ;; *) B=$root/$B ;; esac
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
failed=0

ok() { echo "ok acceptance/first_program/$1"; }
not_ok() { # NAME WHY FILE
    echo "not ok acceptance/first_program/$1 $2" \
        "$(tail -n 3 "${3:-/dev/null}" | tr '\n' ' ' | cut -c1-400)"
    failed=1
}

# Numbers of the row of February, whatever the blanks between them.
february() { grep '^2024-02' "$1" | tr -s ' ' | sed 's/ $//'; }
by_hand='2024-02 80.0% 66.7% 50.0% 40.0%'

make_it() { # TARGET ARGUMENTS...
    make B="$B" --no-print-directory "$@"
}

compile() { # SOURCE PROGRAM
    # shellcheck disable=SC2046
    ${CC:-cc} -std=c11 -Wall -Wextra -Werror "$1" -o "$2" \
        $(pkg-config --cflags --libs custcap)
}

# Everything that is asked of one installed copy.  NAME PREFIX
newcomer() {
    name=$1
    prefix=$2
    LD_LIBRARY_PATH=$prefix/lib
    PATH=$prefix/bin:$old_path
    export LD_LIBRARY_PATH PATH
    log=$work/$name.log
    cp examples/first.c "$work/first.c"
    if compile "$work/first.c" "$work/$name-first" >"$log" 2>&1 &&
        "$work/$name-first" "$work/$name.ledger" >"$log" 2>&1 &&
        [ "$(february "$log")" = "$by_hand" ]; then
        ok "$name-example"
    else
        not_ok "$name-example" "not compiled, run or 80.0 %:" "$log"
    fi
    mkdir -p "$work/$name-readme"
    sed -n '/^```c$/,/^```$/p' README.md | sed '1d;$d' \
        >"$work/$name-readme/first.c"
    if (cd "$work/$name-readme" && compile first.c a.out && ./a.out) \
        >"$log" 2>&1 && [ "$(february "$log")" = "$by_hand" ]; then
        ok "$name-readme-program"
    else
        not_ok "$name-readme-program" "the README's program:" "$log"
    fi
    sed -n '/^    custcap init/,/^    custcap measure/p' README.md \
        >"$work/commands"
    mkdir -p "$work/$name-shell"
    if [ "$(wc -l <"$work/commands")" -ge 5 ] &&
        (cd "$work/$name-shell" && sh -e "$work/commands") \
            >"$log" 2>&1 && [ "$(february "$log")" = "$by_hand" ]; then
        ok "$name-shell"
    else
        not_ok "$name-shell" "the README's commands:" "$log"
    fi
    PATH=$old_path
    unset LD_LIBRARY_PATH
}

# What is there after make uninstall that was not there before.
left_behind() { # NAME FOLDER
    find "$2" ! -type d >"$work/left"
    find "$2" -type d -name '*custcap*' >>"$work/left"
    if [ -s "$work/left" ]; then
        not_ok "$1" "left behind:" "$work/left"
    else
        ok "$1"
    fi
}

old_path=$PATH

# A folder of one's own as prefix.
prefix=$work/own
if make_it prefix="$prefix" install >"$work/log" 2>&1; then
    ok prefix-install
    PKG_CONFIG_PATH=$prefix/lib/pkgconfig
    export PKG_CONFIG_PATH
    newcomer prefix "$prefix"
    unset PKG_CONFIG_PATH
    make_it prefix="$prefix" uninstall >"$work/log" 2>&1
    left_behind prefix-uninstall "$prefix"
else
    not_ok prefix-install "make install failed:" "$work/log"
fi

# A package being made: /usr under DESTDIR.
stage=$work/stage
if make_it DESTDIR="$stage" prefix=/usr install >"$work/log" 2>&1; then
    ok destdir-install
    PKG_CONFIG_LIBDIR=$stage/usr/lib/pkgconfig:$(pkg-config --variable \
        pc_path pkg-config)
    PKG_CONFIG_SYSROOT_DIR=$stage
    export PKG_CONFIG_LIBDIR PKG_CONFIG_SYSROOT_DIR
    if [ "$(pkg-config --variable=prefix custcap)" = "$stage/usr" ] ||
        grep -q '^prefix=/usr$' "$stage/usr/lib/pkgconfig/custcap.pc"; then
        ok destdir-prefix
    else
        not_ok destdir-prefix "custcap.pc names another prefix:" \
            "$stage/usr/lib/pkgconfig/custcap.pc"
    fi
    newcomer destdir "$stage/usr"
    unset PKG_CONFIG_LIBDIR PKG_CONFIG_SYSROOT_DIR
    make_it DESTDIR="$stage" prefix=/usr uninstall >"$work/log" 2>&1
    left_behind destdir-uninstall "$stage"
else
    not_ok destdir-install "make install failed:" "$work/log"
fi
exit $failed

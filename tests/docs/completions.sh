#!/bin/sh
# completions: what the shells offer is what the command's own usage says.
set -u
B=${B:-build}
case $B in /*) ;; *) B=$PWD/$B ;; esac
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
PATH=$B:$PATH
export PATH

# What custcap(1) itself says, in plain shell.
custcap help | sed -n 's/^  \([a-z]*\)  .*/\1/p' >"$work/commands"
options_of() {
    custcap help "$1" | sed '/^$/,$d' | grep -o -e '--[a-z][a-z-]*=\{0,1\}'
    [ "$1" = drill ] && options_of measure
}
wanted() { # LINE: what is to be offered for it
    case $1 in
    "custcap ") cat "$work/commands" && echo help ;;
    "custcap help ") cat "$work/commands" ;;
    *" --") options_of "$(echo "$1" | cut -d' ' -f2)" ;;
    "custcap export l "*)
        custcap list - '' 2>&1 | sed -n 's/.*there are //p' | tr -d , |
            tr ' ' '\n' ;;
    *" --format=") printf '%s\n' table csv json ;;
    *" --period=") printf '%s\n' day week month quarter year whole ;;
    *" --lang=zh") echo zh ;;
    "custcap measure l "*) custcap measures | sed 's/ .*//' ;;
    *) echo "words.json" ;; # a file
    esac | sort -u
}
lines() {
    printf '%s\n' "custcap " "custcap help " "custcap export l " \
        "custcap measure l --limit=3 " "custcap measure l n --format=" \
        "custcap measure l n --period=" "custcap drill l n --lang=zh" \
        "custcap init word" "custcap measure word"
    sed 's/.*/custcap & l --/' "$work/commands"
}
echo '[]' >"$work/words.json"

try() { # SHELL COMMAND...: it prints what is offered for "$line"
    name=$1
    shift
    bad=
    while IFS= read -r line; do
        export line
        wanted "$line" >"$work/wanted"
        (cd "$work" && "$@" </dev/null 2>"$work/err") |
            sed 's/[[:space:]].*//; s/^--[a-z-]*=\([a-z]\)/\1/' |
            grep . | sort -u >"$work/offered"
        cmp -s "$work/wanted" "$work/offered" ||
            bad="$bad '$line': $(diff "$work/wanted" "$work/offered" |
                tr '\n' ' ')$(head -n 3 "$work/err")"
    done <"$work/lines"
    if [ -z "$bad" ]; then
        echo "ok docs/completions-$name"
    else
        echo "not ok docs/completions-$name $bad" | cut -c1-600
    fi
}
lines >"$work/lines"

cat >"$work/try.bash" <<'EOS'
. "$1"
COMP_LINE=$line
COMP_POINT=${#line}
_custcap custcap
printf '%s\n' "${COMPREPLY[@]}"
EOS
try bash bash "$work/try.bash" "$PWD/tools/completions/custcap.bash"

if command -v fish >/dev/null 2>&1; then
    HOME=$work XDG_CONFIG_HOME=$work
    export HOME XDG_CONFIG_HOME
    # shellcheck disable=SC2016 # fish's own variables
    try fish fish --no-config -c \
        'source $argv[1]; complete -C "$line"' \
        "$PWD/tools/completions/custcap.fish"
else
    echo "skip docs/completions-fish - fish is not installed"
fi

if command -v zsh >/dev/null 2>&1; then
    cat >"$work/try.zsh" <<'EOS'
# zsh completes in its line editor only: the functions that it gives to a
# completion are stood in for.
compdef() { :; }
words=(${(z)line}) CURRENT=${#words}
[[ $line == *' ' ]] && { words+=('') ; ((CURRENT++)) }
offer() { print -rl -- ${(M)@:#${current_part}*} }
current_part=$words[CURRENT]
compset() { current_part=${words[CURRENT]#*=} }
compadd() {
    while [[ $1 == -* && $1 != --?* ]]; do
        [[ $1 == -- ]] && { shift; break }
        [[ $1 == -S ]] && shift
        shift
    done
    offer "$@"
}
_describe() { offer ${${(P)2}%%:*} }
_files() { print -rl -- ${words[CURRENT]}*(N) }
. $1
EOS
    try zsh zsh -f "$work/try.zsh" "$PWD/tools/completions/_custcap"
else
    echo "skip docs/completions-zsh - zsh is not installed"
fi

for period in $(wanted "custcap x --period="); do
    custcap init "$work/$period" && custcap post "$work/$period" entry party=a \
        day=2024-01-01 amount=1 >/dev/null &&
        custcap measure "$work/$period" revenue.movements \
            --period="$period" >/dev/null 2>"$work/err" ||
        echo "not ok docs/completions-period $period $(cat "$work/err")"
done
